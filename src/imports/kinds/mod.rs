//! What each kind of line can tell, how it is held against the register, written and taken back. A kind is a file here
//! and an arm in each function of this one.

pub mod attendance;
pub mod people;
pub mod producers;
pub mod products;
pub mod subject;
pub mod support;

use super::model::{Actor, Field, Kind, Planned, Told, Undo};
use super::store::Item;
pub use super::texts::Texts;
use crate::clock::{Day, Time};
use crate::db::Cx;
use crate::ids::{ActivityId, CommuneId};
use crate::web::{AppError, Lang};

/// What a line writes.
#[derive(Clone, Debug)]
pub enum Work {
    /// A producer.
    Producer(Box<producers::Work>),
    /// A product.
    Product(Box<products::Work>),
    /// A support record.
    Support(Box<support::Work>),
    /// Somebody at an activity.
    Attendance(Box<attendance::Work>),
}

impl Work {
    /// Its content as JSON, by which one plan is told from another.
    pub fn json(&self) -> String {
        match self {
            Self::Producer(work) => json(&work.after),
            Self::Product(work) => json(&work.after),
            Self::Support(work) => json(&work.after),
            Self::Attendance(work) => json(&work.after),
        }
    }
}

/// JSON of something.
pub fn json(value: &impl serde::Serialize) -> String {
    serde_json::to_string(value).unwrap_or_default()
}

/// The columns that a kind knows.
pub fn fields(kind: Kind) -> &'static [Field] {
    match kind {
        Kind::Producers => producers::FIELDS,
        Kind::Products => products::FIELDS,
        Kind::Support => support::FIELDS,
        Kind::Attendance => attendance::FIELDS,
    }
}

/// Columns of which at least one of each group must be there.
pub fn needed(kind: Kind) -> &'static [&'static [&'static str]] {
    match kind {
        Kind::Producers => &[&["name", "representative", "id"]],
        Kind::Products => &[&["name", "id"], &["producer", "producer_id", "producer_phone", "producer_tax_code", "id"]],
        Kind::Support => &[
            &["producer", "producer_id", "producer_phone", "producer_tax_code", "id"],
            &["kind", "id"],
            &["given_on", "id"],
        ],
        Kind::Attendance => attendance::NEEDED,
    }
}

/// What a check looks at besides the lines.
#[derive(Clone, Copy, Debug)]
pub struct Around {
    /// Whose register.
    pub commune: CommuneId,
    /// In whose words.
    pub lang: Lang,
    /// Today.
    pub today: Day,
    /// The activity of lines that name none.
    pub activity: Option<ActivityId>,
}

impl Around {
    /// The room's texts.
    pub fn t(&self) -> Texts {
        Texts(self.lang)
    }
}

/// Holds the lines against the register; writes nothing.
pub async fn check(
    cx: &mut Cx<'_>,
    kind: Kind,
    around: Around,
    lines: Vec<Told>,
) -> Result<Vec<Planned<Work>>, AppError> {
    Ok(match kind {
        Kind::Producers => producers::check(cx, around, lines).await?,
        Kind::Products => products::check(cx, around, lines).await?,
        Kind::Support => support::check(cx, around, lines).await?,
        Kind::Attendance => attendance::check(cx, around, lines).await?,
    })
}

/// Who writes, when, and from which file.
#[derive(Clone, Copy, Debug)]
pub struct Writing<'a> {
    /// Whose register.
    pub commune: CommuneId,
    /// Who.
    pub actor: &'a Actor,
    /// When.
    pub now: Time,
    /// Name of the file.
    pub file: &'a str,
}

/// What was written, for the batch's list: subject, before, after, version. None if somebody was faster.
pub type Written = Option<(uuid::Uuid, Option<String>, String, i64)>;

/// Writes what a line does.
pub async fn write(cx: &mut Cx<'_>, writing: Writing<'_>, work: &Work) -> Result<Written, AppError> {
    match work {
        Work::Producer(work) => producers::write(cx, writing, work).await,
        Work::Product(work) => products::write(cx, writing, work).await,
        Work::Support(work) => support::write(cx, writing, work).await,
        Work::Attendance(work) => attendance::write(cx, writing, work).await,
    }
}

/// Takes back what a line did, unless something came after it.
pub async fn undo(cx: &mut Cx<'_>, kind: Kind, writing: Writing<'_>, item: &Item) -> Result<Undo, AppError> {
    match kind {
        Kind::Producers => producers::undo(cx, writing, item).await,
        Kind::Products => products::undo(cx, writing, item).await,
        Kind::Support => support::undo(cx, writing, item).await,
        Kind::Attendance => attendance::undo(cx, writing, item).await,
    }
}
