//! Files that can't be taken, and forms of text that can.

use std::io::{Cursor, Write};

use encoding_rs::WINDOWS_1258;
use zip::write::SimpleFileOptions;

use super::{counts, send, workbook};
use crate::support::on_both_engines;

/// An archive with this file in it.
fn archive(name: &str, size: usize) -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    zip.start_file("[Content_Types].xml", SimpleFileOptions::default()).unwrap();
    zip.write_all(b"<Types/>").unwrap();
    zip.start_file(name, SimpleFileOptions::default().compression_method(zip::CompressionMethod::Deflated)).unwrap();
    let block = vec![b' '; 1 << 20];
    for _ in 0..size >> 20 {
        zip.write_all(&block).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

#[tokio::test]
async fn what_is_no_table_is_refused_with_what_to_do() {
    on_both_engines(async |app| {
        let officer = app.officer().await;
        let compound = b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1".repeat(80);
        let name: Vec<u8> = "EncryptedPackage".encode_utf16().flat_map(u16::to_le_bytes).collect();
        let encrypted = [compound.clone(), name].concat();
        let many = [b"Ten co so,Thon\n".to_vec(), b"a,b\n".repeat(200_001)].concat();
        let bomb = archive("xl/worksheets/sheet1.xml", 320 << 20);
        assert!(bomb.len() < 2 << 20, "a bomb is small");
        for (bytes, wanted) in [
            (compound, "kiểu cũ (.xls)"),
            (encrypted, "có mật khẩu"),
            (bomb, "bung ra quá lớn"),
            (archive("xl/workbook.xml", 1 << 20), "Không đọc được sổ làm việc"),
            (many, "hơn 200.000 dòng"),
            (b"%PDF-1.7 ...".to_vec(), "không phải bảng"),
            (vec![7; 3_000], "không phải bảng"),
            (b"\n\n".to_vec(), "không có dòng nào"),
        ] {
            let page = send(&officer, "producers", "tệp.xlsx", bytes).await.expect(422);
            assert!(page.error_of("tep").contains(wanted), "{wanted}: {page}");
        }
        assert_eq!(app.count("SELECT COUNT(*) FROM import_batches").await, 0);
        let form = officer.get("/van-phong/nhap").await.form(super::UPLOAD);
        assert!(form.submit().await.expect(422).error_of("tep").contains("Chọn một tệp"));
    })
    .await;
}

#[tokio::test]
async fn a_cell_in_the_farthest_corner_costs_no_memory() {
    on_both_engines(async |app| {
        app.village("Đông").await;
        let officer = app.officer().await;
        let mut book = rust_xlsxwriter::Workbook::new();
        let sheet = book.add_worksheet();
        super::lines(sheet, 0, &[&["Tên cơ sở", "Thôn"], &["Hộ mẫu", "Đông"]]);
        sheet.write_string(1_048_575, 16_383, "xa").unwrap();
        let page = send(&officer, "producers", "xa.xlsx", book.save_to_buffer().unwrap()).await.expect(200);
        assert_eq!(counts(&page), ["0", "1", "0", "0"], "{page}");
    })
    .await;
}

#[tokio::test]
async fn text_is_read_in_the_encodings_and_separators_of_offices() {
    on_both_engines(async |app| {
        app.village("Đông").await;
        let officer = app.officer().await;
        let parted = |sign: &str| {
            format!(
                "DANH SÁCH\nTên cơ sở{sign}Thôn{sign}Giới thiệu\n\"Hộ \"\"Mẫu\"\", vườn\"{sign}Đông{sign}\"Dòng \
                 một\ndòng hai\"\n"
            )
        };
        let text = parted(",");
        let utf16 = |swap: bool| {
            let units = "\u{feff}".encode_utf16().chain(text.encode_utf16());
            units.flat_map(|unit| if swap { unit.to_be_bytes() } else { unit.to_le_bytes() }).collect::<Vec<u8>>()
        };
        // In Windows-1258 tone marks follow their vowels, which keep hats, horns and breves.
        let toned = "DANH SA\u{301}CH\nTên cơ sơ\u{309},Thôn,Giơ\u{301}i thiê\u{323}u\n\"Hô\u{323} \"\"Mâ\u{303}u\"\", \
                     vươ\u{300}n\",Đông,\"Do\u{300}ng mô\u{323}t\ndo\u{300}ng hai\"\n";
        let (windows, _, unfit) = WINDOWS_1258.encode(toned);
        assert!(!unfit);
        for (name, bytes) in [
            ("UTF-8", text.as_bytes().to_vec()),
            ("UTF-8 with a mark", ["\u{feff}", text.as_str()].concat().into_bytes()),
            ("semicolons", parted(";").into_bytes()),
            ("tabs", parted("\t").into_bytes()),
            ("UTF-16 LE", utf16(false)),
            ("UTF-16 BE", utf16(true)),
            ("Windows-1258", windows.into_owned()),
        ] {
            let page = send(&officer, "producers", "a.csv", bytes).await.expect(200);
            assert_eq!(counts(&page), ["0", "1", "0", "0"], "{name}: {page}");
            assert_eq!(page.text("tbody th"), "Hộ \"Mẫu\", vườn", "{name}");
        }
    })
    .await;
}

#[tokio::test]
async fn a_formula_that_failed_is_an_error_and_none_is_worked_out() {
    on_both_engines(async |app| {
        app.village("Đông").await;
        let officer = app.officer().await;
        let mut book = rust_xlsxwriter::Workbook::new();
        let sheet = book.add_worksheet();
        super::lines(sheet, 0, &[&["Tên cơ sở", "Thôn"], &["", "Đông"], &["", "Đông"]]);
        let failed = rust_xlsxwriter::Formula::new("VLOOKUP(1,A1:A2,1,0)").set_result("#N/A");
        sheet.write_formula(1, 0, failed).unwrap();
        let stored = rust_xlsxwriter::Formula::new("1+1").set_result("Hộ đã tính");
        sheet.write_formula(2, 0, stored).unwrap();
        let page = send(&officer, "producers", "a.xlsx", book.save_to_buffer().unwrap()).await.expect(200);
        assert_eq!(counts(&page), ["1", "1", "0", "0"], "{page}");
        assert!(page.says("#N/A") && page.says("Hộ đã tính"), "{page}");
        let none = send(&officer, "producers", "b.xlsx", workbook(&[&["Tên cơ sở", "Thôn"]])).await.expect(200);
        assert_eq!(counts(&none), ["0", "0", "0", "0"], "{none}");
    })
    .await;
}
