//! The rules of misuse: what each looks at, from where on it is a case, and why, in words.
//!
//! All of it is pure: a rule is told what was counted and answers with a score. Thresholds stand in [`Rule::bounds`]
//! alone.

use serde::{Deserialize, Serialize};

use crate::clock::Day;
use crate::db::words;
use crate::ids::{LotId, ProducerId, RunId};
use crate::web::Lang;

use super::texts::Texts;

words! {
    /// What may be wrong.
    Rule {
        /// One piece's label was opened by too many different visitors.
        ManyVisitors = "many_visitors": "Một tem, nhiều người mở" / "One label, many visitors",
        /// A piece that was marked as sold is still opened by many.
        AfterSale = "after_sale": "Mở nhiều sau khi đã bán" / "Opened a lot after it was sold",
        /// A piece that was marked as used up is still opened.
        AfterUse = "after_use": "Mở sau khi đã dùng" / "Opened after it was used up",
        /// One source tries codes that were never issued.
        Guessing = "guessing": "Dò mã tem" / "Guessing codes",
        /// Goods that were recalled are still opened.
        Recalled = "recalled": "Hàng đã thu hồi vẫn được mở" / "Recalled goods still opened",
        /// Goods whose best-before day is over are still opened.
        Expired = "expired": "Hàng quá hạn vẫn được mở" / "Expired goods still opened",
        /// Labels are opened of which no print was recorded before.
        BeforePrint = "before_print": "Mở trước khi in" / "Opened before it was printed",
    }
}

words! {
    /// What came of a case.
    Outcome {
        /// It was what it looked like.
        Misuse = "misuse": "Đúng là sai phạm" / "It was misuse",
        /// It was not.
        FalseAlarm = "false_alarm": "Báo nhầm" / "False alarm",
        /// It can't be told.
        Unclear = "unclear": "Không rõ" / "It can't be told",
    }
}

words! {
    /// Whether somebody still has to look.
    CaseState {
        /// Somebody has.
        Open = "open": "Đang mở" / "Open",
        /// It is closed with an outcome.
        Closed = "closed": "Đã đóng" / "Closed",
    }
}

words! {
    /// What a seller says of a piece.
    MarkKind {
        /// It was sold.
        Sold = "sold": "Đã bán" / "Sold",
        /// It was used up.
        Used = "used": "Đã dùng" / "Used up",
    }
}

/// From where on a rule sees a case.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bounds {
    /// At this count and above there is a case.
    pub case: i64,
    /// What is usual, as people are told.
    pub usual: i64,
    /// Days that are looked at, or that pass before it counts.
    pub days: i64,
}

impl Rule {
    /// The rule's numbers. One household opens a pack on a few phones; a visitor is counted anew each day. A buyer
    /// opens at home what was sold, so that alone is no sign; what was used up nobody holds. People look once more at
    /// what was recalled, and eat what is a few days over. A dozen well-formed codes are never mistyped by chance: one
    /// in 32 slips passes the check character.
    pub const fn bounds(self) -> Bounds {
        match self {
            Self::ManyVisitors => Bounds { case: 21, usual: 5, days: 7 },
            Self::AfterSale => Bounds { case: 11, usual: 4, days: 1 },
            Self::AfterUse => Bounds { case: 3, usual: 0, days: 1 },
            Self::Guessing => Bounds { case: 12, usual: 1, days: 1 },
            Self::Recalled => Bounds { case: 10, usual: 3, days: 1 },
            Self::Expired => Bounds { case: 20, usual: 5, days: 7 },
            Self::BeforePrint => Bounds { case: 3, usual: 1, days: 0 },
        }
    }

    /// True if it looks at the label of one piece, whose page then says so.
    pub const fn is_of_piece(self) -> bool {
        matches!(self, Self::ManyVisitors | Self::AfterSale | Self::AfterUse)
    }
}

/// What was counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Evidence {
    /// Visitors, openings or codes, as the rule counts.
    pub count: i64,
    /// From when on.
    pub since: Day,
}

impl Evidence {
    /// How grave it is by a rule: None below the threshold, 50 at it, 100 at twice of it and above.
    pub fn score(self, rule: Rule) -> Option<i64> {
        let case = rule.bounds().case;
        (self.count >= case).then(|| (self.count.saturating_mul(50) / case.max(1)).min(100))
    }

    /// Why this is a case, in words and numbers.
    pub fn say(self, rule: Rule, lang: Lang) -> String {
        let (t, bounds, n) = (Texts(lang), rule.bounds(), self.count);
        match rule {
            Rule::ManyVisitors => t.why_many(n, bounds.days, bounds.usual),
            Rule::AfterSale => t.why_sold(n, self.since, bounds.usual),
            Rule::AfterUse => t.why_used(n, self.since),
            Rule::Guessing => t.why_guessing(n, self.since, bounds.usual),
            Rule::Recalled => t.why_recalled(n, self.since),
            Rule::Expired => t.why_expired(n, self.since),
            Rule::BeforePrint => t.why_before_print(n, bounds.usual),
        }
    }
}

/// What a case is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Subject {
    /// Names it among those of its rule: number of a label, id of a run or lot, a source's hash with its day.
    pub key: String,
    /// The label of one piece.
    pub label: Option<i64>,
    /// The run.
    pub run: Option<RunId>,
    /// The lot.
    pub lot: Option<LotId>,
    /// Whose goods.
    pub producer: Option<ProducerId>,
}

/// Something that a rule found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// By which rule.
    pub rule: Rule,
    /// About what.
    pub subject: Subject,
    /// What was counted.
    pub evidence: Evidence,
    /// How grave, 50 to 100.
    pub score: i64,
}

impl Finding {
    /// What a rule finds in the evidence; None below its threshold.
    pub fn of(rule: Rule, subject: Subject, evidence: Evidence) -> Option<Self> {
        let score = evidence.score(rule)?;
        Some(Self { rule, subject, evidence, score })
    }
}

/// What the office thinks of a piece's label by its last case.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// A case is open, or was closed as misuse or unclear: its page says so.
    Suspected,
    /// The last case was a false alarm: its page says nothing.
    Cleared,
}

impl Standing {
    /// Of the last case.
    pub fn of(state: CaseState, outcome: Option<Outcome>) -> Self {
        match (state, outcome) {
            (CaseState::Closed, Some(Outcome::FalseAlarm)) => Self::Cleared,
            _ => Self::Suspected,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn evidence(count: i64) -> Evidence {
        Evidence { count, since: Day::new(2026, 6, 14).unwrap() }
    }

    #[test]
    fn a_score_begins_at_the_threshold_and_ends_at_twice_of_it() {
        for rule in Rule::ALL {
            let case = rule.bounds().case;
            assert_eq!(evidence(case - 1).score(*rule), None, "{rule}");
            assert_eq!(evidence(case).score(*rule), Some(50), "{rule}");
            assert_eq!(evidence(case * 2).score(*rule), Some(100), "{rule}");
            assert_eq!(evidence(i64::MAX).score(*rule), Some(100), "{rule}");
            assert!(rule.bounds().usual < case, "{rule}: what is usual is no case");
        }
    }

    #[test]
    fn the_reason_is_told_with_its_numbers() {
        let said = evidence(23).say(Rule::ManyVisitors, Lang::Vi);
        assert_eq!(said, "Mã được 23 người khác nhau mở trong 7 ngày, thường không quá 5.");
        assert!(evidence(4).say(Rule::AfterUse, Lang::Vi).contains("14/06/2026"));
    }

    #[test]
    fn only_a_false_alarm_clears_a_label() {
        assert_eq!(Standing::of(CaseState::Open, None), Standing::Suspected);
        assert_eq!(Standing::of(CaseState::Closed, Some(Outcome::Misuse)), Standing::Suspected);
        assert_eq!(Standing::of(CaseState::Closed, Some(Outcome::Unclear)), Standing::Suspected);
        assert_eq!(Standing::of(CaseState::Closed, Some(Outcome::FalseAlarm)), Standing::Cleared);
    }
}
