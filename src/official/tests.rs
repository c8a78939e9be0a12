use proptest::prelude::*;

use super::letterhead::{Letterhead, MOTTO, NATION};
use super::paper::{Paper, Part};
use super::sheet::{self, Lie, MM};
use super::{docx, pdf};
use crate::amounts::Thousandths;
use crate::clock::Day;
use crate::labels::sheet::reading::{rasterise, texts};
use crate::support::export::{Cell, Column, ColumnKind, FileFormat, Table};

fn letterhead(rows: usize) -> Letterhead {
    Letterhead::list("Hà Bắc", 2026, "Chủ thể được hỗ trợ năm 2026", format!("Danh sách này có {rows} chủ thể./."))
}

fn table(rows: usize) -> Table {
    let columns = vec![
        Column::new("STT", ColumnKind::Whole, 6),
        Column::new("Cơ sở", ColumnKind::Text, 34),
        Column::new("Điện thoại", ColumnKind::Phone, 14),
        Column::new("Nội dung hỗ trợ", ColumnKind::Text, 56),
        Column::new("Số lượng", ColumnKind::Quantity, 10),
        Column::new("Lần gần nhất", ColumnKind::Date, 13),
        Column::new("Đã chi (đ)", ColumnKind::Money, 17),
    ];
    let day = Day::new(2026, 3, 1).unwrap();
    let row = |number: usize| {
        vec![
            Cell::Number(number as i64 + 1),
            Cell::text(format!("HTX mẫu Đồng Vang số {:03}", number + 1)),
            Cell::Phone("0912345678".to_owned()),
            Cell::text("Bao bì, nhãn hàng hóa (01/03/2026); Tập huấn bán hàng trực tuyến (02/05/2026)"),
            Cell::Quantity(Thousandths(1_500)),
            Cell::Date(day),
            Cell::Number(1_250_000),
        ]
    };
    let mut total = vec![Cell::Empty; columns.len()];
    total[1] = Cell::text("Tổng cộng");
    total[6] = Cell::Number(1_250_000 * rows as i64);
    Table {
        title: "Danh sách chủ thể được hỗ trợ năm 2026".to_owned(),
        notes: vec!["Đang lọc: không lọc".to_owned()],
        columns,
        rows: (0..rows).map(row).collect(),
        total: Some(total),
    }
}

/// A report with a table of so many rows, a drawing, and words that fill more than a page.
fn report(rows: usize) -> Paper {
    let columns = [("Thôn mẫu", 36), ("Lượt", 12)];
    let columns = columns.map(|(name, width)| Column::new(name, ColumnKind::Text, width)).to_vec();
    let villages = vec![vec![Cell::text("Đông"), Cell::text("12")], vec![Cell::text("Đoài"), Cell::text("3")]];
    let head = Letterhead { kind: "BÁO CÁO".to_owned(), ..letterhead(rows) };
    Paper {
        title: "Báo cáo năm 2026".to_owned(),
        letterhead: Letterhead { closing: "Trên đây là báo cáo./.".to_owned(), ..head },
        parts: vec![
            Part::Heading("I. KẾT QUẢ".to_owned()),
            Part::Text("Đoạn thứ nhất.\n\nĐoạn thứ hai.".to_owned()),
            Part::Table(table(rows)),
            Part::Heading("II. THEO THÔN".to_owned()),
            Part::Table(Table { columns, rows: villages, ..Table::default() }),
            Part::Bars(vec![("Thôn Đông".to_owned(), 12_345), ("Thôn Đoài".to_owned(), 0)]),
            Part::Heading("III. KHÓ KHĂN".to_owned()),
            Part::Text("Thiếu kinh phí cho bao bì của các hộ. ".repeat(120)),
        ],
    }
}

fn plain(text: &str) -> String {
    text.chars().filter(|c| !c.is_whitespace()).collect()
}

#[test]
fn an_official_list_says_what_the_decree_asks_for_and_every_row_once() {
    let file = pdf::render(&table(60), Some(&letterhead(60))).unwrap();
    let pages: Vec<String> = texts(&file).iter().map(|page| plain(page)).collect();
    assert!(pages.len() > 2, "{}", pages.len());
    let first = &pages[0];
    for said in [
        "ỦY BAN NHÂN DÂN",
        "XÃ HÀ BẮC",
        NATION,
        MOTTO,
        "Số: ………/DS-UBND",
        "DANH SÁCH",
        "Hà Bắc, ngày …… tháng …… năm 2026",
    ] {
        assert!(first.contains(&plain(said)), "{said}: {first}");
    }
    let all = pages.concat();
    for number in 1..=60 {
        let name = plain(&format!("HTX mẫu Đồng Vang số {number:03}"));
        assert_eq!(all.matches(&name).count(), 1, "{name}");
    }
    assert!(all.contains("75.000.000") && all.contains("1,5") && all.contains("0912345678"));
    let last = pages.last().unwrap();
    for said in
        ["Danh sách này có 60 chủ thể./.", "Nơi nhận:", "- Lưu: VT.", "TM. ỦY BAN NHÂN DÂN", "CHỦ TỊCH", "Tổng cộng"]
    {
        assert!(last.contains(&plain(said)), "{said}: {last}");
    }
    for (at, page) in pages.iter().enumerate() {
        assert!(page.contains(&plain("Nội dung hỗ trợ")), "the heading stands on page {}", at + 1);
        assert_eq!(page.contains(MOTTO.split(' ').next().unwrap()), at == 0);
    }
    // Laid out after the page's own text, so it comes last.
    assert!(
        pages[1].ends_with('2') && pages[2].ends_with('3') && !pages[0].ends_with('1'),
        "pages are numbered from 2"
    );
}

#[test]
fn nothing_is_printed_in_the_margins_but_the_number_of_the_page() {
    let mut wide = table(40);
    wide.rows[3][1] = Cell::text("một-từ-rất-dài-không-có-chỗ-ngắt".repeat(12));
    wide.rows[5][3] = Cell::text("dài hơn một trang ".repeat(900));
    let file = pdf::render(&wide, Some(&letterhead(40))).unwrap();
    let pages = rasterise(&file);
    assert!(pages.len() > 3, "a row goes on on the next page: {}", pages.len());
    let dots = |mm: f32| (mm * 300.0 / 25.4) as u32;
    for (at, page) in pages.iter().enumerate() {
        let (width, height) = page.dimensions();
        assert!(width > height, "the list is wide, so it lies on its side");
        let (left, right) = (dots(sheet::LEFT) - 4, width - dots(sheet::RIGHT) + 4);
        let (top, bottom) = (dots(sheet::TOP) - 4, height - dots(sheet::BOTTOM) + 4);
        let in_margin = |x: u32, y: u32| {
            x < left || x > right || y > bottom || (y < top && (at == 0 || !(6..=16).contains(&(y * 254 / 3000))))
        };
        let stray = page.enumerate_pixels().find(|(x, y, pixel)| pixel.0[0] < 200 && in_margin(*x, *y));
        assert!(stray.is_none(), "page {}: {stray:?}", at + 1);
    }
}

#[test]
fn the_total_never_stands_without_a_row_or_a_signature() {
    for rows in 1..40 {
        let file = pdf::render(&table(rows), Some(&letterhead(rows))).unwrap();
        let pages: Vec<String> = texts(&file).iter().map(|page| plain(page)).collect();
        let last = pages.last().unwrap();
        assert!(last.contains("Tổngcộng") && last.contains("CHỦTỊCH"), "{rows} rows: {last}");
        assert!(last.contains(&plain(&format!("HTX mẫu Đồng Vang số {rows:03}"))), "{rows} rows: {last}");
    }
}

#[test]
fn a_letter_that_the_font_lacks_is_seen_to_be_missing() {
    let mut odd = table(1);
    odd.rows[0][1] = Cell::text("Trà 龍 mẫu");
    let text = plain(&texts(&pdf::render(&odd, None).unwrap()).concat());
    assert!(text.contains("Trà□mẫu"), "{text}");
    assert!(!text.contains(&plain(NATION)), "no letterhead was asked for");
}

#[test]
fn a_document_holds_the_list_as_word_reads_it() {
    let file = docx::render(&table(25), Some(&letterhead(25))).unwrap();
    let document = docx_rs::read_docx(&file).unwrap();
    let json = document.json();
    for said in [NATION, MOTTO, "DANH SÁCH", "HTX mẫu Đồng Vang số 025", "31.250.000", "CHỦ TỊCH", "- Lưu: VT."]
    {
        assert!(json.contains(said), "{said}");
    }
    let tables: Vec<&docx_rs::Table> = document
        .document
        .children
        .iter()
        .filter_map(|child| if let docx_rs::DocumentChild::Table(table) = child { Some(&**table) } else { None })
        .collect();
    assert_eq!(tables.iter().map(|table| table.rows.len()).collect::<Vec<_>>(), [2, 1 + 25 + 1, 1]);
    let body = part(&file, "word/document.xml");
    assert_eq!(body.matches("<w:tblHeader/>").count(), 1);
    assert!(body.find("<w:tblHeader/>").unwrap() < body.find("HTX mẫu").unwrap());
    assert!(body.contains("w:orient=\"landscape\""), "{}", &body[body.len() - 600..]);
}

/// A part of a package.
fn part(file: &[u8], name: &str) -> String {
    let mut archive = zip::ZipArchive::new(std::io::Cursor::new(file)).unwrap();
    std::io::read_to_string(archive.by_name(name).unwrap()).unwrap()
}

#[test]
fn what_a_document_cannot_hold_is_left_out_and_signs_of_its_language_are_text() {
    let mut odd = table(1);
    odd.rows[0][1] = Cell::text("Ổi <b>&amp;\u{1}\u{fffe} mẫu");
    let file = docx::render(&odd, None).unwrap();
    assert!(docx_rs::read_docx(&file).is_ok());
    let body = part(&file, "word/document.xml");
    assert!(body.contains("Ổi &lt;b&gt;&amp;amp; mẫu"), "{body}");
}

#[test]
fn a_report_says_its_parts_in_order_and_is_signed_below_its_last_words() {
    let file = report(20).write(FileFormat::Pdf).unwrap().unwrap();
    // Without the number, which is drawn last.
    let bare = |(at, page): (usize, &String)| plain(page).trim_end_matches(&(at + 1).to_string()).to_owned();
    let pages: Vec<String> = texts(&file).iter().enumerate().map(bare).collect();
    assert!(pages.len() > 2, "{}", pages.len());
    assert!(pages[0].contains(&plain(NATION)) && pages[0].contains("BÁOCÁO"), "{}", pages[0]);
    let all = pages.concat();
    let mut at = 0;
    for said in [
        "I. KẾT QUẢ",
        "Đoạn thứ nhất.",
        "Đoạn thứ hai.",
        "HTX mẫu Đồng Vang số 020",
        "II. THEO THÔN",
        "Thôn mẫu",
        "Thôn Đông",
        "12.345",
        "III. KHÓ KHĂN",
        "Trên đây là báo cáo./.",
        "CHỦ TỊCH",
    ] {
        let found = all[at..].find(&plain(said));
        assert!(found.is_some(), "{said} after {}", &all[..at]);
        at += found.unwrap_or(0);
    }
    assert_eq!(all.matches(&plain("Thiếu kinh phí cho bao bì của các hộ.")).count(), 120, "no word is lost");
    assert!(pages.last().unwrap().contains("CHỦTỊCH"));
    for (at, page) in rasterise(&file).iter().enumerate() {
        let dots = |mm: f32| (mm * 300.0 / 25.4) as u32;
        let (width, height) = page.dimensions();
        assert!(height > width, "upright");
        let (left, right, end) =
            (dots(sheet::LEFT) - 4, width - dots(sheet::RIGHT) + 4, height - dots(sheet::BOTTOM) + 4);
        let stray = page.enumerate_pixels().find(|(x, y, p)| p.0[0] < 200 && (*x < left || *x > right || *y > end));
        assert!(stray.is_none(), "page {}: {stray:?}", at + 1);
    }
    assert!(report(2).write(FileFormat::Xlsx).unwrap().is_none(), "a workbook is the table's");
}

#[test]
fn a_report_as_a_document_has_each_table_with_its_heading() {
    let file = report(20).write(FileFormat::Docx).unwrap().unwrap();
    let document = docx_rs::read_docx(&file).unwrap();
    let tables: Vec<usize> = document
        .document
        .children
        .iter()
        .filter_map(
            |child| if let docx_rs::DocumentChild::Table(table) = child { Some(table.rows.len()) } else { None },
        )
        .collect();
    assert_eq!(tables, [2, 1 + 20 + 1, 1 + 2, 1]);
    let body = part(&file, "word/document.xml");
    assert_eq!(body.matches("<w:tblHeader/>").count(), 2);
    let at = |said: &str| body.find(said).unwrap_or_else(|| panic!("{said}"));
    assert!(at("I. KẾT QUẢ") < at("HTX mẫu") && at("HTX mẫu") < at("II. THEO") && at("II. THEO") < at("Đoài"));
    assert!(body.contains("w:firstLine=\"566\""), "paragraphs are set in by 1 cm");
}

proptest! {
    #[test]
    fn columns_fill_the_page_and_get_what_they_need_while_there_is_room(
        parts in proptest::collection::vec((1_u16..80, 5.0_f32..90.0), 1..14)
    ) {
        let columns: Vec<Column> = parts.iter().map(|(width, _)| Column::new("x", ColumnKind::Text, *width)).collect();
        let least: Vec<f32> = parts.iter().map(|(_, least)| *least).collect();
        let whole = Lie { landscape: true, size: 11.0 }.width() * MM;
        let widths = sheet::widths(&columns, &least, whole);
        prop_assert!((widths.iter().sum::<f32>() - whole).abs() < 0.1, "{widths:?}");
        if least.iter().sum::<f32>() <= whole {
            for (width, least) in widths.iter().zip(&least) {
                prop_assert!(width + 0.01 >= *least, "{widths:?} {least}");
            }
        }
    }
}

/// LibreOffice says every row of them once. Skipped, by name, where it is not installed.
#[test]
fn libreoffice_opens_documents_and_workbooks() {
    use std::io::Write as _;
    let folder = tempfile::tempdir().unwrap();
    let table = table(30);
    let document = docx::render(&table, Some(&letterhead(30))).unwrap();
    let report = report(30).write(FileFormat::Docx).unwrap().unwrap();
    let files = [
        ("list.docx", document, "txt", "txt:Text (encoded):UTF8"),
        ("report.docx", report, "txt", "txt:Text (encoded):UTF8"),
        ("list.xlsx", table.xlsx().unwrap(), "csv", "csv:Text - txt - csv (StarCalc):44,34,76"),
    ];
    for (name, bytes, ending, filter) in files {
        let path = folder.path().join(name);
        std::fs::write(&path, bytes).unwrap();
        let profile = format!("-env:UserInstallation=file://{}", folder.path().join("profile").display());
        let ran = std::process::Command::new("soffice")
            .args([&profile, "--headless", "--convert-to", filter, "--outdir"])
            .args([folder.path(), &path])
            .output();
        let Ok(ran) = ran else {
            // Not eprintln!, which the test runner would capture and drop.
            let _ = writeln!(std::io::stderr(), "SKIPPED opening {name} in LibreOffice: there is no soffice");
            continue;
        };
        let text = std::fs::read_to_string(path.with_extension(ending)).unwrap_or_else(|_| panic!("{name}: {ran:?}"));
        for number in 1..=30 {
            let row = format!("HTX mẫu Đồng Vang số {number:03}");
            assert_eq!(text.matches(&row).count(), 1, "{name}: {row}");
        }
        assert!(text.contains("37.500.000") || text.contains("37,500,000"), "{name}: {text}");
    }
}
