//! `/van-phong/nhap`: files of the office read into the register, held against it, taken back.

mod attendance;
mod bad_files;
mod identity;
mod kinds;
mod runs;

use rust_xlsxwriter::{Workbook, Worksheet};

use sanvat::activities::model::{Activity, ActivityKind, ActivityState, AttendanceChannel, NewAttendance, Said, Topic};
use sanvat::activities::store::{self as activities, people};
use sanvat::clock::Day;
use sanvat::ids::{ActivityId, AttendanceId, new_id};

use crate::support::{Page, TestApp, Visitor};

const XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
const UPLOAD: &str = "form[action='/van-phong/nhap']";
const RUN: &str = "form[action$='/chay']";
const UNDO: &str = "form[action$='/hoan-tac']";

/// Adds a training class of this day.
async fn class(app: &TestApp, title: &str, day: Day) -> ActivityId {
    let activity = Activity {
        id: ActivityId::new(app.now()),
        kind: ActivityKind::Training,
        title: title.to_owned(),
        topic: Topic::Selling,
        starts_on: day,
        ends_on: day.plus_days(1),
        hours: String::new(),
        place: "Nhà văn hóa thôn mẫu".to_owned(),
        runs_by: String::new(),
        programme_id: None,
        seats: None,
        description: String::new(),
        state: ActivityState::Planned,
        door_open: false,
        token: new_id(app.now()).to_string(),
        participants: None,
        results: String::new(),
        cancel_reason: String::new(),
        version: 1,
        attended: 0,
        producers: 0,
    };
    let by = app.person("Người tổ chức mẫu").await;
    let mut tx = app.begin().await;
    let added = activities::insert(&mut tx.cx(), app.commune, &activity, new_id(app.now()), by, app.now()).await;
    tx.commit().await.unwrap();
    added.unwrap().0
}

/// Writes somebody into the attendance by hand.
async fn attend(app: &TestApp, activity: ActivityId, said: &Said) -> AttendanceId {
    let said = said.clone();
    let line = NewAttendance {
        id: AttendanceId::new(app.now()),
        producer: said.producer,
        user: None,
        name: said.name,
        village: said.village,
        phone: said.phone,
        channel: AttendanceChannel::Office,
        state: said.state,
        request: new_id(app.now()),
        at: app.now(),
    };
    let mut tx = app.begin().await;
    assert!(people::add(&mut tx.cx(), app.commune, activity, &line).await.unwrap());
    tx.commit().await.unwrap();
    line.id
}

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
