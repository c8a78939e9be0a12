//! What is said of a dossier: score sheets, and the commune's opinion on the four points (DOMAIN.md §3).

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::rubric::{Mean, Points};
use crate::clock::Time;
use crate::db::{text_column, words};
use crate::ids::UserId;

text_column!(PointsText, |points| serde_json::to_string(&points.0).unwrap_or_default(), |text: &str| {
    serde_json::from_str::<Points>(text).map(PointsText)
});

/// Points of a sheet, as kept.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PointsText(pub Points);

/// One scorer's sheet.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Sheet {
    /// Who scored.
    pub scorer_id: UserId,
    /// Their name.
    pub scorer_name: Option<String>,
    /// Points by criterion.
    pub points: PointsText,
    /// Sum in thousandths of a point.
    pub total: i64,
    /// Their words.
    pub note: String,
    /// Counts up with each change.
    pub version: i64,
    /// When it last changed.
    pub updated_at: Time,
}

/// The mean of sheets; None without one.
pub fn mean(sheets: &[Sheet]) -> Option<Mean> {
    Mean::of(sheets.iter().map(|sheet| sheet.total))
}

words! {
    /// The four points of a commune's opinion (DOMAIN.md §3).
    Point {
        /// Made of what is from here.
        Origin = "origin": "Nguồn gốc nguyên liệu tại địa phương" / "Local origin",
        /// Made by people from here.
        Labour = "labour": "Sử dụng lao động địa phương" / "Local labour",
        /// The idea is theirs.
        Idea = "idea": "Nguồn gốc ý tưởng sản phẩm" / "Origin of the idea",
        /// It tells of this place.
        Identity = "identity": "Bản sắc, giá trị địa phương" / "Local identity",
    }
}

words! {
    /// What is said of a point.
    Mark {
        /// Yes.
        Yes = "yes": "Có" / "Yes",
        /// In part.
        Partly = "partly": "Một phần" / "In part",
        /// No.
        No = "no": "Không" / "No",
    }
}

/// What the commune says of the four points: each point's mark and words.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Marks(pub BTreeMap<String, (String, String)>);

impl Marks {
    /// What is said of a point.
    pub fn of(&self, point: Point) -> (Option<Mark>, &str) {
        let told = self.0.get(point.word());
        (told.and_then(|(mark, _)| mark.parse().ok()), told.map_or("", |(_, words)| words.as_str()))
    }
}

text_column!(Marks, |marks| serde_json::to_string(marks).unwrap_or_default(), |text: &str| {
    serde_json::from_str::<Marks>(text)
});

/// The commune's opinion.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Opinion {
    /// On the four points.
    pub marks: Marks,
    /// The commune asks for it to be judged.
    pub agreed: bool,
    /// In its own words.
    pub words: String,
    /// Counts up with each change.
    pub version: i64,
    /// When it was last written.
    pub updated_at: Time,
    /// By whom.
    pub by_name: Option<String>,
}
