//! What a programme is, and its targets as people write them.

use crate::amounts::{Dong, Thousandths};
use crate::db::words;
use crate::ids::ProgrammeId;
use crate::support::store::ledger::Sums;
use crate::web::Lang;

words! {
    /// Whether records may be added to a programme.
    ProgrammeState {
        /// They may.
        Open = "open": "Đang mở" / "Open",
        /// They may not; what is there stays.
        Closed = "closed": "Đã đóng" / "Closed",
    }
}

/// A support programme.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Programme {
    /// Id.
    pub id: ProgrammeId,
    /// Calendar year of its plan; its records are of that year.
    pub year: i32,
    /// Name.
    pub name: String,
    /// Whole đồng.
    pub budget: Dong,
    /// Where the money comes from.
    pub source: String,
    /// Decision or plan it rests on.
    pub legal_basis: String,
    /// One a line, each as [`Target::parse`] takes it.
    pub targets: String,
    /// Open or closed.
    pub state: ProgrammeState,
    /// Counts up with each change.
    pub version: i64,
}

impl Programme {
    /// The targets.
    pub fn targets(&self) -> Vec<Target> {
        self.targets.lines().filter_map(Target::parse).collect()
    }

    /// True if records may be added.
    pub fn is_open(&self) -> bool {
        self.state == ProgrammeState::Open
    }

    /// What is left of the budget, below zero where it is exceeded.
    pub fn left(&self, sums: &Sums) -> Dong {
        Dong(self.budget.0 - sums.committed.0)
    }
}

/// What a programme is to reach: a number and its unit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Target {
    /// How many.
    pub amount: Thousandths,
    /// Of what: "hộ", "lớp tập huấn".
    pub unit: String,
}

impl Target {
    /// Reads `50 hộ`, `1.200 tem`, `2,5 ha vườn`: a number, then words.
    pub fn parse(line: &str) -> Option<Self> {
        let (number, unit) = line.trim().split_once(char::is_whitespace)?;
        let amount = Thousandths::parse(number).ok()?;
        let unit = unit.trim().to_owned();
        (amount.0 > 0 && !unit.is_empty()).then_some(Self { amount, unit })
    }

    /// As it is shown.
    pub fn text(&self, lang: Lang) -> String {
        format!("{} {}", self.amount.text(lang), self.unit)
    }
}

/// The first line that is no target.
pub fn wrong_line(targets: &str) -> Option<&str> {
    targets.lines().map(str::trim).find(|line| !line.is_empty() && Target::parse(line).is_none())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_target_is_a_number_and_its_unit() {
        let target = Target::parse(" 1.200 tem truy xuất ").unwrap();
        assert_eq!((target.amount, target.unit.as_str()), (Thousandths(1_200_000), "tem truy xuất"));
        assert_eq!(target.text(Lang::En), "1,200 tem truy xuất");
        for wrong in ["hộ 50", "50", "", "0 hộ", "năm mươi hộ"] {
            assert_eq!(Target::parse(wrong), None, "{wrong}");
        }
        assert_eq!(wrong_line("50 hộ\n\n2 lớp\nnhiều sản phẩm"), Some("nhiều sản phẩm"));
        assert_eq!(wrong_line("50 hộ\n"), None);
    }
}
