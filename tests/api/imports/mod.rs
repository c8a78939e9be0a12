//! `/van-phong/nhap`: files of the office read into the register, held against it, taken back.

mod bad_files;
mod identity;
mod kinds;
mod runs;

use rust_xlsxwriter::{Workbook, Worksheet};

use crate::support::{Page, Visitor};

const XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
const UPLOAD: &str = "form[action='/van-phong/nhap']";
const RUN: &str = "form[action$='/chay']";
const UNDO: &str = "form[action$='/hoan-tac']";

/// Writes lines of words from a row on.
fn lines(sheet: &mut Worksheet, from: u32, rows: &[&[&str]]) {
    for (down, row) in rows.iter().enumerate() {
        for (at, text) in row.iter().enumerate().filter(|(_, text)| !text.is_empty()) {
            sheet.write_string(from + down as u32, at as u16, *text).unwrap();
        }
    }
}

/// A workbook of one sheet with these lines.
fn workbook(rows: &[&[&str]]) -> Vec<u8> {
    let mut book = Workbook::new();
    lines(book.add_worksheet(), 0, rows);
    book.save_to_buffer().unwrap()
}

/// Sends a file for this kind of line: the page of what it would do, or the form again.
async fn send(officer: &Visitor, kind: &str, name: &str, bytes: Vec<u8>) -> Page {
    let form = officer.get("/van-phong/nhap").await.expect(200).form(UPLOAD).choose("loai", kind);
    form.attach("tep", name, XLSX, bytes).submit().await
}

/// Sends a file and writes it, wrong lines left out.
async fn import(officer: &Visitor, kind: &str, bytes: Vec<u8>) -> Page {
    let page = send(officer, kind, "danh-sach.xlsx", bytes).await.expect(200);
    page.form(RUN).choose("cach", "valid").submit().await.expect(200)
}

/// Numbers of lines as a checked file's page tells them: wrong, new, changed, same.
fn counts(page: &Page) -> Vec<String> {
    page.texts("dl.tiles dd")
}
