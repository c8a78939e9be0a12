//! Rubrics: parts and criteria with their points, and the stars that a total comes to (Quyết định 148/QĐ-TTg,
//! DOMAIN.md §3).

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde::{Deserialize, Serialize};

use crate::amounts::Thousandths;

/// Points of a whole rubric, in thousandths.
pub const WHOLE: i64 = 100_000;

/// One version of a rubric. A version is never changed: another is written.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rubric {
    /// Stable code of the version.
    pub code: String,
    /// Name.
    pub name: String,
    /// What it rests on.
    pub basis: String,
    /// Its parts: A, B, C.
    pub parts: Vec<Part>,
}

/// A part of a rubric.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Part {
    /// A, B, C.
    pub code: String,
    /// What it judges.
    pub title: String,
    /// Its criteria.
    pub criteria: Vec<Criterion>,
}

/// What points are given for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Criterion {
    /// Code, unique in its rubric.
    pub code: String,
    /// What is looked at.
    pub title: String,
    /// Most points, in thousandths.
    pub max: i64,
}

/// Points by criterion, in thousandths.
pub type Points = BTreeMap<String, i64>;

/// What is wrong with a rubric as it is typed; lines count from 1.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RubricError {
    /// No part or criterion is there.
    Empty,
    /// A line is neither a part nor a criterion.
    Line(usize),
    /// A criterion stands before the first part.
    NoPart(usize),
    /// The points of a line are no number above zero.
    Points(usize),
    /// A code stands twice.
    Twice(usize),
    /// A part has no criterion.
    Bare(String),
    /// The points don't come to a hundred.
    Sum(Thousandths),
}

impl Rubric {
    /// Every criterion, in order.
    pub fn criteria(&self) -> impl Iterator<Item = &Criterion> {
        self.parts.iter().flat_map(|part| &part.criteria)
    }

    /// The parts as people type them: `A. Title`, then a criterion a line, `A1 | title | points`.
    pub fn lines(&self) -> String {
        let mut text: Vec<String> = Vec::new();
        for part in &self.parts {
            text.push(format!("{}. {}\n", part.code, part.title));
            for one in &part.criteria {
                let max = Thousandths(one.max).text(crate::web::Lang::Vi);
                text.push(format!("{} | {} | {max}\n", one.code, one.title));
            }
        }
        text.concat()
    }

    /// Reads parts from such lines. The points of all come to 100.
    pub fn read(text: &str) -> Result<Vec<Part>, RubricError> {
        let mut parts: Vec<Part> = Vec::new();
        let mut seen = std::collections::HashSet::new();
        for (at, line) in text.lines().enumerate().map(|(at, line)| (at + 1, line.trim())) {
            if line.is_empty() {
                continue;
            }
            let fields: Vec<&str> = line.split('|').map(str::trim).collect();
            match fields.as_slice() {
                [code, title, points] => {
                    let max = Thousandths::parse(points).ok().filter(|points| points.0 > 0);
                    let max = max.ok_or(RubricError::Points(at))?.0;
                    if code.is_empty() || title.is_empty() {
                        return Err(RubricError::Line(at));
                    }
                    if !seen.insert((*code).to_owned()) {
                        return Err(RubricError::Twice(at));
                    }
                    let part = parts.last_mut().ok_or(RubricError::NoPart(at))?;
                    part.criteria.push(Criterion { code: (*code).to_owned(), title: (*title).to_owned(), max });
                }
                [heading] => {
                    let (code, title) = heading.split_once('.').ok_or(RubricError::Line(at))?;
                    let (code, title) = (code.trim().to_owned(), title.trim().to_owned());
                    if code.is_empty() || title.is_empty() || code.chars().count() > 3 {
                        return Err(RubricError::Line(at));
                    }
                    if parts.iter().any(|part| part.code == code) {
                        return Err(RubricError::Twice(at));
                    }
                    parts.push(Part { code, title, criteria: Vec::new() });
                }
                _ => return Err(RubricError::Line(at)),
            }
        }
        if parts.is_empty() {
            return Err(RubricError::Empty);
        }
        if let Some(bare) = parts.iter().find(|part| part.criteria.is_empty()) {
            return Err(RubricError::Bare(bare.code.clone()));
        }
        match parts.iter().map(Part::max).sum::<i64>() {
            WHOLE => Ok(parts),
            sum => Err(RubricError::Sum(Thousandths(sum))),
        }
    }

    /// The points of a sheet by part, in the order of the parts.
    pub fn by_part(&self, points: &Points) -> Vec<i64> {
        let sum = |part: &Part| part.criteria.iter().filter_map(|one| points.get(&one.code)).sum();
        self.parts.iter().map(sum).collect()
    }
}

impl Part {
    /// Most points, in thousandths.
    pub fn max(&self) -> i64 {
        self.criteria.iter().map(|one| one.max).sum()
    }
}

/// The rubrics that come with the program, the one in force first.
pub fn built_in() -> &'static [Rubric] {
    static RUBRICS: LazyLock<Vec<Rubric>> = LazyLock::new(|| {
        serde_json::from_str(include_str!("../../seed/ocop-rubrics.json"))
            .expect("the rubrics are part of the program and a test reads them")
    });
    &RUBRICS
}

/// The mean of several sheets' totals: a sum in thousandths and how many sheets. Nothing is rounded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mean {
    sum: i64,
    sheets: i64,
}

impl Mean {
    /// Of these totals; None without one.
    pub fn of(totals: impl IntoIterator<Item = i64>) -> Option<Self> {
        let (mut sum, mut sheets) = (0, 0);
        for total in totals {
            sum += total;
            sheets += 1;
        }
        (sheets > 0).then_some(Self { sum, sheets })
    }

    /// Rounded to the nearest thousandth, to be shown.
    pub fn shown(self) -> Thousandths {
        Thousandths((self.sum * 2 + self.sheets) / (self.sheets * 2))
    }

    /// Stars that the mean comes to: below 30 one, from 30 two, from 50 three, from 70 four, from 90 five.
    pub fn stars(self) -> i32 {
        let from = |points: i64| self.sum >= points * 1_000 * self.sheets;
        1 + [30, 50, 70, 90].into_iter().filter(|points| from(*points)).count() as i32
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_rubrics_of_the_law_come_to_a_hundred_points() {
        let parts: Vec<Vec<i64>> =
            built_in().iter().map(|rubric| rubric.parts.iter().map(|part| part.max() / 1_000).collect()).collect();
        assert_eq!(parts, [[40, 25, 35], [35, 25, 40]]);
        for rubric in built_in() {
            assert_eq!(Rubric::read(&rubric.lines()).unwrap(), rubric.parts, "written and read again");
        }
    }

    #[test]
    fn what_is_wrong_with_a_rubric_is_told_by_its_line() {
        let read = |text: &str| Rubric::read(text).unwrap_err();
        assert_eq!(read(" \n"), RubricError::Empty);
        assert_eq!(read("A1 | Vùng trồng | 40"), RubricError::NoPart(1));
        assert_eq!(read("A. Sản phẩm\nA1 | Vùng | không"), RubricError::Points(2));
        assert_eq!(read("A. Sản phẩm\n\nA1 | Vùng | 1\nA1 | Lao động | 2"), RubricError::Twice(4));
        assert_eq!(read("Sản phẩm"), RubricError::Line(1));
        assert_eq!(read("A. Sản phẩm\nB. Tiếp thị\nB1 | x | 100"), RubricError::Bare("A".to_owned()));
        assert_eq!(read("A. Sản phẩm\nA1 | x | 99,5"), RubricError::Sum(Thousandths(99_500)));
        assert!(Rubric::read("A. Sản phẩm\nA1 | x | 99,5\nA2 | y | 0,5").is_ok());
    }

    #[test]
    fn stars_begin_at_the_point_itself_and_decimals_are_kept() {
        let stars = |totals: &[i64]| Mean::of(totals.iter().copied()).unwrap().stars();
        for (total, expected) in [
            (0, 1),
            (29_999, 1),
            (30_000, 2),
            (49_999, 2),
            (50_000, 3),
            (69_999, 3),
            (70_000, 4),
            (89_999, 4),
            (90_000, 5),
            (100_000, 5),
        ] {
            assert_eq!(stars(&[total]), expected, "{total}");
        }
        assert_eq!(stars(&[89_999, 90_000]), 4, "a mean of 89.9995 is below 90, however it is shown");
        assert_eq!(Mean::of([89_999, 90_000]).unwrap().shown(), Thousandths(90_000));
        assert_eq!(stars(&[89_999, 90_001]), 5);
        assert_eq!(Mean::of([]), None);
    }

    proptest! {
        #[test]
        fn stars_never_fall_when_a_sheet_rises(totals in prop::collection::vec(0..=WHOLE, 1..6), more in 0..5_000i64) {
            let before = Mean::of(totals.iter().copied()).unwrap();
            let mut risen = totals.clone();
            risen[0] = (risen[0] + more).min(WHOLE);
            let after = Mean::of(risen).unwrap();
            prop_assert!(after.stars() >= before.stars());
            let exact = totals.iter().sum::<i64>() as f64 / totals.len() as f64;
            let shown = before.shown().0 as f64;
            prop_assert!((shown - exact).abs() <= 0.5);
        }
    }
}
