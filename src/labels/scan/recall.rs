//! What a scan page tells of a recall.

use serde::Serialize;

use crate::clock::Time;
use crate::ids::RecallId;
use crate::recalls::model::Grade;

/// A recall that stands.
#[derive(Clone, Debug, Serialize)]
pub struct Recall {
    /// Which.
    #[serde(skip)]
    pub id: RecallId,
    /// When it was announced.
    pub at: Time,
    /// Why, and what to do, in the words of who recalled it.
    pub reason: String,
    /// Its number in the commune.
    pub number: i64,
    /// How grave it is.
    pub grade: Option<Grade>,
    /// The same in words with what it means; "" without a grade.
    pub grade_text: String,
    /// Its notice.
    pub url: String,
    /// Pieces that are taken back, by label run; none: the whole lot.
    pub pieces: Vec<Pieces>,
}

impl Recall {
    /// True if only pieces are taken back.
    pub fn is_partial(&self) -> bool {
        !self.pieces.is_empty()
    }

    /// True if nothing but the label is wrong.
    pub fn is_of_label(&self) -> bool {
        self.grade == Some(Grade::Label)
    }
}

/// Pieces of a label run.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct Pieces {
    /// Number of the run.
    pub run: i64,
    /// First piece.
    pub first: i64,
    /// Last piece.
    pub last: i64,
}
