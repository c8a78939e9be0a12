//! The lot's events as a table, one row an event, for the office's spreadsheets.
//!
//! A heading has the Vietnamese words and, in brackets, the name of the field in EPCIS, so that people and programs
//! find a column alike.

use super::super::history::HistoryStep;
use super::super::store::events::TraceEvent;
use super::load::{Audience, LotPapers};
use super::texts::Texts;
use crate::amounts::Thousandths;
use crate::clock::Time;
use crate::support::export::{Cell, Column, ColumnKind, Table};
use crate::web::i18n::Lang;

/// The table of a lot's events, earliest first.
pub fn table(papers: &LotPapers, lang: Lang) -> Table {
    let t = Texts(lang);
    let columns = [
        (t.column_at(), "eventTime", ColumnKind::Text, 20),
        (t.column_step(), "sv:step", ColumnKind::Text, 24),
        (t.column_stands(), "errorDeclaration", ColumnKind::Text, 24),
        (t.column_place(), "readPoint", ColumnKind::Text, 24),
        (t.column_quantity(), "quantity", ColumnKind::Quantity, 12),
        (t.column_unit(), "uom", ColumnKind::Text, 8),
        (t.column_used(), "sv:inputName", ColumnKind::Text, 24),
        (t.column_dose(), "sv:dose", ColumnKind::Text, 14),
        (t.column_days(), "sv:withholdingDays", ColumnKind::Whole, 8),
        (t.column_celsius(), "sensorReport", ColumnKind::Text, 8),
        (t.column_photos(), "sv:photo", ColumnKind::Whole, 8),
        (t.column_note(), "note", ColumnKind::Text, 30),
        (t.column_recorded(), "recordTime", ColumnKind::Text, 20),
        (t.column_place_id(), "readPoint.id", ColumnKind::Text, 30),
        (t.column_type(), "type", ColumnKind::Text, 16),
        (t.column_biz_step(), "bizStep", ColumnKind::Text, 16),
        (t.column_disposition(), "disposition", ColumnKind::Text, 16),
        (t.column_event_id(), "eventID", ColumnKind::Text, 40),
        (t.column_hash(), "hash", ColumnKind::Text, 40),
    ];
    Table {
        title: t.table_title(&papers.history.lot.code),
        columns: columns
            .into_iter()
            .map(|(words, field, kind, width)| Column::new(format!("{words} [{field}]"), kind, width))
            .collect(),
        rows: papers.rows.iter().map(|row| cells(papers, row, t)).collect(),
        ..Table::default()
    }
}

/// A time as spreadsheets read it, in local time.
fn moment(at: Time) -> Cell {
    Cell::text(format!("{} {}", at.day().iso(), at.clock_text()))
}

fn cells(papers: &LotPapers, row: &TraceEvent, t: Texts) -> Vec<Cell> {
    let step = papers.step_of(row);
    let facts = step.filter(|_| !row.is_error_declaration);
    let place = papers.places.iter().find(|place| Some(place.id) == row.place_id);
    let place_id = place.and_then(|place| papers.identifiers.place(&place.id.to_string()).ok());
    let text = |read: fn(&HistoryStep) -> Option<&str>| Cell::text(facts.and_then(read).unwrap_or_default());
    let quantity = facts.and_then(|step| step.quantity);
    // A note may name a person; the reason of a recall is for everybody.
    let note = match (papers.audience, step) {
        (Audience::Own, _) => row.note.clone(),
        (Audience::Public, Some(step)) if step.is_recall() => row.note.clone(),
        (Audience::Public, _) if row.is_error_declaration || !papers.tells_names() => String::new(),
        (Audience::Public, step) => step.map(HistoryStep::public_note).unwrap_or_default(),
    };
    vec![
        moment(row.event_time),
        Cell::text(step.map(|step| step.label.text(t.0)).unwrap_or_default()),
        Cell::text(stands(row, step, t)),
        Cell::text(place.filter(|_| papers.tells_names()).map(|place| place.name.clone()).unwrap_or_default()),
        quantity.map_or(Cell::Empty, |(thousandths, _)| Cell::Quantity(Thousandths(thousandths))),
        Cell::text(quantity.map(|(_, uom)| uom.code()).unwrap_or_default()),
        text(|step| step.input_name.as_deref()),
        text(|step| step.dose.as_deref()),
        facts.and_then(|step| step.withholding_days).map_or(Cell::Empty, |days| Cell::Number(days.into())),
        text(|step| step.celsius.as_deref()),
        facts.map_or(Cell::Empty, |step| Cell::Number(step.photos.len() as i64)),
        Cell::text(note),
        moment(row.record_time),
        Cell::text(place_id.map(|id| id.to_string()).unwrap_or_default()),
        Cell::text(row.event_type.as_str()),
        Cell::text(row.biz_step.as_deref().unwrap_or_default()),
        Cell::text(row.disposition.as_deref().unwrap_or_default()),
        Cell::text(row.event_id.as_str()),
        Cell::text(row.event_hash.as_str()),
    ]
}

/// Whether an event stands, was taken back, or takes another back.
fn stands(row: &TraceEvent, step: Option<&HistoryStep>, t: Texts) -> &'static str {
    let reason = step.and_then(|step| step.correction.as_ref()).map(|correction| correction.why(t.0));
    match (row.is_error_declaration, reason) {
        (true, Some(why)) => why,
        (true, None) => t.declares(),
        (false, Some(_)) => t.taken_back(),
        (false, None) => t.stands(),
    }
}

/// The audience decides what a file is called, so that one for oneself is not handed on by mistake.
pub fn file_name(papers: &LotPapers, what: &str, ending: &str) -> String {
    let own = if papers.audience == Audience::Own { "-noi-bo" } else { "" };
    format!("{}-{what}{own}.{ending}", papers.history.lot.code)
}
