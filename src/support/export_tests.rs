use std::io::Cursor;

use calamine::{Data, Reader, Xlsx};

use super::*;

fn table() -> Table {
    Table {
        title: "Danh sách chủ thể được hỗ trợ: năm 2026".to_owned(),
        notes: vec!["Lọc: thôn Đông".to_owned(), "2 dòng, lúc 22/11/2026, 09:30".to_owned()],
        columns: vec![
            Column::new("Cơ sở", ColumnKind::Text, 30),
            Column::new("Điện thoại", ColumnKind::Phone, 14),
            Column::new("Ngày", ColumnKind::Date, 12),
            Column::new("Số lượng", ColumnKind::Quantity, 10),
            Column::new("Đã chi (đ)", ColumnKind::Money, 16),
        ],
        rows: vec![
            vec![
                Cell::text("HTX Vải \"Bến Sậy\", thôn Đông"),
                Cell::Phone("0912345678".to_owned()),
                Cell::Date(Day::new(2026, 3, 14).unwrap()),
                Cell::Quantity(Thousandths(1_240_500)),
                Cell::Number(12_500_000),
            ],
            vec![
                Cell::text("=HYPERLINK(\"http://evil.example\",\"x\")"),
                Cell::Empty,
                Cell::Empty,
                Cell::Empty,
                Cell::Number(0),
            ],
        ],
        total: Some(vec![Cell::text("Cộng"), Cell::Empty, Cell::Empty, Cell::Empty, Cell::Number(12_500_000)]),
    }
}

fn read_back(table: &Table) -> (calamine::Range<Data>, calamine::Range<String>) {
    let mut workbook: Xlsx<_> = Xlsx::new(Cursor::new(table.xlsx().unwrap())).unwrap();
    let name = workbook.sheet_names()[0].clone();
    (workbook.worksheet_range(&name).unwrap(), workbook.worksheet_formula(&name).unwrap())
}

#[test]
fn the_workbook_holds_real_dates_numbers_and_text_phones() {
    let (cells, _) = read_back(&table());
    // Title, two notes, heading, two rows, total.
    assert_eq!(cells.height(), 7);
    assert_eq!(cells.get((3, 0)), Some(&Data::String("Cơ sở".to_owned())));
    assert_eq!(cells.get((4, 1)), Some(&Data::String("0912345678".to_owned())));
    let Some(Data::DateTime(date)) = cells.get((4, 2)) else { panic!("no date: {:?}", cells.get((4, 2))) };
    assert_eq!(date.to_ymd_hms_milli(), (2026, 3, 14, 0, 0, 0, 0));
    assert_eq!(cells.get((4, 3)), Some(&Data::Float(1240.5)));
    assert_eq!(cells.get((4, 4)), Some(&Data::Float(12_500_000.0)));
    assert_eq!(cells.get((6, 0)), Some(&Data::String("Cộng".to_owned())));
    assert_eq!(cells.get((6, 4)), Some(&Data::Float(12_500_000.0)));
}

#[test]
fn a_formula_typed_as_a_name_is_text_in_the_workbook() {
    let (cells, formulas) = read_back(&table());
    assert_eq!(cells.get((5, 0)), Some(&Data::String("=HYPERLINK(\"http://evil.example\",\"x\")".to_owned())));
    assert!(formulas.used_cells().next().is_none(), "a cell became a formula");
}

#[test]
fn the_csv_has_a_mark_commas_and_quoted_fields() {
    let text = String::from_utf8(table().csv().unwrap()).unwrap();
    let lines: Vec<&str> = text.split_terminator("\r\n").collect();
    assert_eq!(lines[0], "\u{feff}Cơ sở,Điện thoại,Ngày,Số lượng,Đã chi (đ)");
    assert_eq!(lines[1], "\"HTX Vải \"\"Bến Sậy\"\", thôn Đông\",0912 345 678,2026-03-14,1240.5,12500000");
    assert_eq!(lines.len(), 3, "one heading and two records");
}

#[test]
fn cells_that_begin_like_a_formula_are_made_harmless_in_csv() {
    for text in ["=1+1", "+84", "-5", "@SUM(A1)", "\tx", "\rx", " =1", "＝1"] {
        assert!(harmless(text).starts_with('\''), "{text:?}");
    }
    for text in ["Vải thiều", "5-10 kg", "", "a=b"] {
        assert_eq!(harmless(text), text);
    }
    let text = String::from_utf8(table().csv().unwrap()).unwrap();
    let mut records = csv::Reader::from_reader(text.trim_start_matches('\u{feff}').as_bytes());
    let second = records.records().nth(1).unwrap().unwrap();
    assert_eq!(&second[0], "'=HYPERLINK(\"http://evil.example\",\"x\")");
}

#[test]
fn ten_thousand_rows_are_written_and_counted_back() {
    let mut big = table();
    let row = big.rows[0].clone();
    big.rows = vec![row; 10_000];
    big.total = None;
    let (cells, _) = read_back(&big);
    assert_eq!(cells.height(), 10_000 + 4);
}

#[test]
fn names_that_excel_refuses_for_a_sheet_are_cut() {
    assert_eq!(sheet_name("a/b:c[d]*?"), "abcd");
    assert_eq!(sheet_name("///"), "1");
    assert_eq!(sheet_name(&"ă".repeat(50)).chars().count(), 31);
}

#[test]
fn a_day_that_excel_does_not_know_is_written_as_text() {
    let mut old = table();
    old.rows[0][2] = Cell::Date(Day::new(1899, 1, 2).unwrap());
    let (cells, _) = read_back(&old);
    assert_eq!(cells.get((4, 2)), Some(&Data::String("02/01/1899".to_owned())));
}
