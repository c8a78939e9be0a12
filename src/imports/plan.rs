//! From a file to a plan: which line does what. [`read`] is the file alone, [`check`] holds it against the register.

use sha2::{Digest, Sha256};

use super::book::{self, Book, Refusal, Row};
use super::cells;
use super::headings::{self, Layout, Remembered};
use super::kinds::{self, Around, Work};
use super::model::{Batch, Counts, Kind, Outcome, Planned, Told};
use super::store;
use super::texts::Texts;
use crate::app::App;
use crate::clock::Day;
use crate::db::Cx;
use crate::files::sniff::FileKind;
use crate::files::{FileKey, StoreError};
use crate::fold::fold;
use crate::ids::{CommuneId, ImportId};
use crate::web::{AppError, Lang};

/// How an office's last line begins.
const TOTALS: [&str; 5] = ["tong", "tong cong", "tong so", "cong", "total"];

/// A file as it was read.
pub struct Reading {
    /// All its sheets.
    pub book: Book,
    /// Place of the chosen sheet in the book.
    pub sheet: usize,
    /// Its heading.
    pub layout: Layout,
    /// Its lines.
    pub lines: Vec<Told>,
    /// How many of its lines are hidden.
    pub hidden: usize,
    /// How many lines of totals were left out.
    pub totals: usize,
}

impl Reading {
    /// Fields of which one must have a column and none has.
    pub fn missing(&self, batch: &Batch) -> Vec<&'static [&'static str]> {
        let is_chosen = |fields: &&[&str]| batch.activity_id.is_some() && fields.contains(&"activity");
        let needed = kinds::needed(batch.kind).iter().copied().filter(|fields| !is_chosen(fields));
        needed.filter(|fields| !self.layout.has_any(fields)).collect()
    }
}

/// What a file would do.
pub struct Plan {
    /// Its lines.
    pub rows: Vec<Planned<Work>>,
    /// Lines by outcome.
    pub counts: Counts,
    /// Tells one plan from another: what was looked at is what is written.
    pub fingerprint: String,
}

/// Under which key a batch's file is kept.
pub fn key(commune: CommuneId, id: ImportId) -> FileKey {
    FileKey::original(commune.0 as u32, id.0, FileKind::Office)
}

/// The bytes of a batch's file; None once they were dropped.
pub async fn bytes(app: &App, batch: &Batch) -> Result<Option<Vec<u8>>, AppError> {
    if batch.dropped_at.is_some() {
        return Ok(None);
    }
    match app.files.get(key(batch.commune_id, batch.id)).await {
        Ok(bytes) => Ok(Some(bytes)),
        Err(StoreError::Missing(_)) => Ok(None),
        Err(error) => {
            tracing::error!(%error, "a file to be imported can't be read");
            Err(AppError::from(&error))
        }
    }
}

/// How a file is to be read.
#[derive(Clone, Debug)]
pub struct Way {
    /// What its lines are.
    pub kind: Kind,
    /// The sheet; empty: the one that fits best.
    pub sheet: String,
    /// Hidden lines are left out.
    pub leave_hidden: bool,
    /// What officers said of headings.
    pub remembered: Remembered,
    /// In whose words.
    pub lang: Lang,
    /// Today.
    pub today: Day,
}

/// Reads a file.
pub fn read(bytes: &[u8], way: &Way) -> Result<Reading, Refusal> {
    let kind = way.kind;
    let book = book::open(bytes, &|row| headings::fits(kind, row, &way.remembered))?;
    let chosen = headings::sheet(kind, &book, &way.sheet, &way.remembered).ok_or(Refusal::Empty)?;
    let place = book.sheets.iter().position(|sheet| sheet.name == chosen.name).unwrap_or(0);
    let layout = headings::layout(kind, chosen, &way.remembered);
    let table = chosen.rows.get(layout.line + 1..).unwrap_or_default();
    let (totals, rows): (Vec<&Row>, Vec<&Row>) = table.iter().partition(|row| is_total(row));
    let hidden = rows.iter().filter(|row| row.hidden).count();
    let read = rows.into_iter().filter(|row| !(way.leave_hidden && row.hidden));
    let lines: Vec<Told> = read.map(|row| line(row, &layout, way)).collect();
    let totals = totals.len();
    Ok(Reading { sheet: place, layout, lines, hidden, totals, book })
}

fn is_total(row: &Row) -> bool {
    let first = row.cells.iter().find(|cell| !cell.is_empty()).map(|cell| fold(&cell.text())).unwrap_or_default();
    TOTALS.contains(&first.trim_end_matches([':', '.']).trim())
}

fn line(row: &Row, layout: &Layout, way: &Way) -> Told {
    let t = Texts(way.lang);
    let mut told = Told::new(row.number);
    for column in &layout.columns {
        let Some(field) = column.field.and_then(|key| headings::field(way.kind, key)) else { continue };
        match cells::text(row.cell(column.at), field.what, way.today, t, &mut told.notes) {
            Ok(text) => told.set(field.key, text),
            Err(message) => told.fail(field.key, message),
        }
    }
    told
}

/// Reads a batch's file as it was chosen, beside other work; None once the file was dropped.
pub async fn reading(
    app: &App,
    cx: &mut Cx<'_>,
    batch: &Batch,
    lang: Lang,
) -> Result<Option<Result<Reading, Refusal>>, AppError> {
    let Some(bytes) = bytes(app, batch).await? else { return Ok(None) };
    let way = Way {
        kind: batch.kind,
        sheet: batch.sheet.clone(),
        leave_hidden: batch.leave_hidden,
        remembered: store::headings(cx, batch.commune_id, batch.kind).await?,
        lang,
        today: app.clock.today(),
    };
    tokio::task::spawn_blocking(move || read(&bytes, &way)).await.map(Some).map_err(AppError::internal)
}

/// Holds a file's lines against the register.
pub async fn check(cx: &mut Cx<'_>, batch: &Batch, lines: Vec<Told>, around: Around) -> Result<Plan, AppError> {
    let around = Around { activity: batch.activity_id, ..around };
    let rows = kinds::check(cx, batch.kind, around, lines).await?;
    let mut counts = Counts::default();
    let mut hash = Sha256::new();
    for row in &rows {
        counts.add(row.outcome);
        let content = row.work.as_ref().map(Work::json).unwrap_or_default();
        // A line that is wrong is wrong in any language.
        let faults: Vec<&str> = row.faults.iter().map(|fault| fault.field.as_str()).collect();
        let said = format!("{} {:?} {:?} {content} {faults:?}\n", row.number, row.outcome, row.subject);
        hash.update(said.as_bytes());
        for caution in &row.cautions {
            hash.update(caution.mark.as_bytes());
        }
        for change in &row.changes {
            hash.update(change.field.as_bytes());
            hash.update(change.before.as_bytes());
        }
    }
    Ok(Plan { rows, counts, fingerprint: data_encoding::HEXLOWER.encode(&hash.finalize()) })
}

impl Plan {
    /// Right lines that should be looked at again.
    pub fn warned(&self) -> impl Iterator<Item = &Planned<Work>> {
        self.rows.iter().filter(|row| row.outcome != Outcome::Wrong && !row.cautions.is_empty())
    }

    /// Lines of one outcome, or all.
    pub fn of(&self, outcome: Option<Outcome>) -> impl Iterator<Item = &Planned<Work>> {
        self.rows.iter().filter(move |row| outcome.is_none_or(|outcome| row.outcome == outcome))
    }
}
