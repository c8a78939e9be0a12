//! What may happen to a support record: its states, the steps between them, and the rules of its money.

use crate::amounts::Dong;
use crate::db::words;

words! {
    /// Where a support record stands.
    SupportState {
        /// Somebody of the office wants it.
        Proposed = "proposed": "Đề xuất" / "Proposed",
        /// It may be given.
        Approved = "approved": "Đã duyệt" / "Approved",
        /// The producer got it.
        Delivered = "delivered": "Đã hỗ trợ" / "Delivered",
        /// What came of it is recorded.
        Known = "known": "Đã rõ kết quả" / "Result known",
        /// Voided with a reason; the row stays.
        Void = "void": "Đã bỏ" / "Voided",
    }
}

words! {
    /// A line of a record's history.
    StepKind {
        /// Proposed.
        Proposed = "proposed": "Đề xuất" / "Proposed",
        /// Approved.
        Approved = "approved": "Duyệt" / "Approved",
        /// Delivered.
        Delivered = "delivered": "Đã hỗ trợ" / "Delivered",
        /// The result recorded, or recorded again.
        Known = "known": "Ghi kết quả" / "Result recorded",
        /// Figures or words corrected.
        Changed = "changed": "Sửa số liệu" / "Changed",
        /// A paper added.
        Evidence = "evidence": "Thêm minh chứng" / "Evidence added",
        /// Voided.
        Void = "void": "Bỏ" / "Voided",
    }
}

impl SupportState {
    /// States in which a record counts as support given: the official list holds these.
    pub const fn counts(self) -> bool {
        matches!(self, Self::Delivered | Self::Known)
    }

    /// The class of its tag.
    pub const fn tag(self) -> &'static str {
        match self {
            Self::Proposed => " wait",
            Self::Approved => "",
            Self::Delivered | Self::Known => " ok",
            Self::Void => " bad",
        }
    }

    /// The step that comes next in the ordinary way; None where nothing is missing.
    pub const fn next(self) -> Option<StepKind> {
        match self {
            Self::Proposed => Some(StepKind::Approved),
            Self::Approved => Some(StepKind::Delivered),
            Self::Delivered => Some(StepKind::Known),
            Self::Known | Self::Void => None,
        }
    }
}

impl StepKind {
    /// Where a step leads from `now`; `None` stands for a record that is only being made. No step leads out of void,
    /// and none is skipped but by recording what was given already.
    pub const fn leads_to(self, now: Option<SupportState>) -> Option<SupportState> {
        use SupportState as S;
        match (now, self) {
            (Some(S::Void), _) => None,
            (None, Self::Proposed) => Some(S::Proposed),
            (None | Some(S::Proposed), Self::Approved) => Some(S::Approved),
            (None | Some(S::Approved), Self::Delivered) => Some(S::Delivered),
            (Some(S::Delivered | S::Known), Self::Known) => Some(S::Known),
            (Some(state), Self::Changed | Self::Evidence) => Some(state),
            (Some(_), Self::Void) => Some(S::Void),
            _ => None,
        }
    }

    /// Its word in addresses; empty for what has no page of its own.
    pub const fn path(self) -> &'static str {
        match self {
            Self::Approved => "duyet",
            Self::Delivered => "giao",
            Self::Known => "ket-qua",
            Self::Changed => "sua",
            Self::Void => "bo",
            Self::Proposed | Self::Evidence => "",
        }
    }

    /// The step of a word in an address.
    pub fn of_path(word: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|step| !word.is_empty() && step.path() == word)
    }
}

/// The three sums of a record, whole đồng.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Money {
    /// What it is thought to cost.
    pub budgeted: Dong,
    /// What was approved.
    pub approved: Dong,
    /// What was paid so far.
    pub paid: Dong,
}

/// What is wrong with a record's sums.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MoneyError {
    /// A proposal has nothing approved or paid yet.
    TooEarly,
    /// More is paid than approved, and nobody said why.
    PaidAbove,
}

impl Money {
    /// Holds the sums against the state; `why` is what was said of paying more than approved.
    pub fn check(self, state: SupportState, why: &str) -> Result<(), MoneyError> {
        if state == SupportState::Proposed && (self.approved.0 > 0 || self.paid.0 > 0) {
            return Err(MoneyError::TooEarly);
        }
        if self.paid > self.approved && why.trim().is_empty() {
            return Err(MoneyError::PaidAbove);
        }
        Ok(())
    }

    /// What a record takes of its programme's budget: a proposal what it is thought to cost, later what was approved
    /// or, where that is more, paid; a void record nothing. The sums of `store::ledger` follow the same rule.
    pub fn committed(self, state: SupportState) -> Dong {
        match state {
            SupportState::Proposed => self.budgeted,
            SupportState::Approved | SupportState::Delivered | SupportState::Known => self.approved.max(self.paid),
            SupportState::Void => Dong(0),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn any_step() -> impl Strategy<Value = StepKind> {
        (0..StepKind::ALL.len()).prop_map(|at| StepKind::ALL[at])
    }

    proptest! {
        #[test]
        fn whatever_is_tried_states_only_go_forward_and_void_is_the_end(
            steps in proptest::collection::vec(any_step(), 1..40)
        ) {
            let mut now = None;
            for step in steps {
                let Some(next) = step.leads_to(now) else { continue };
                prop_assert!(now.is_none_or(|now: SupportState| next >= now && now != SupportState::Void));
                if let Some(now) = now && next != now && next != SupportState::Void {
                    prop_assert_eq!(now.next().and_then(|step| step.leads_to(Some(now))), Some(next), "nothing skipped");
                }
                now = Some(next);
            }
        }

        #[test]
        fn sums_hold_or_are_explained(budgeted in 0..9_i64, approved in 0..9_i64, paid in 0..9_i64) {
            let money = Money { budgeted: Dong(budgeted), approved: Dong(approved), paid: Dong(paid) };
            for state in SupportState::ALL.iter().copied() {
                let early = state == SupportState::Proposed && approved + paid > 0;
                prop_assert_eq!(money.check(state, "").is_ok(), !early && paid <= approved);
                prop_assert_eq!(money.check(state, "giá tăng").is_ok(), !early);
                prop_assert!(!state.counts() || money.committed(state).0 >= paid);
            }
            prop_assert_eq!(money.committed(SupportState::Void), Dong(0));
        }
    }

    #[test]
    fn every_page_of_a_step_is_found_by_its_word() {
        for step in StepKind::ALL.iter().filter(|step| !step.path().is_empty()) {
            assert_eq!(StepKind::of_path(step.path()), Some(*step));
        }
        assert_eq!(StepKind::of_path(""), None);
    }

    #[test]
    fn a_record_may_begin_anywhere_but_at_its_end() {
        let starts: Vec<_> = StepKind::ALL.iter().filter_map(|step| step.leads_to(None)).collect();
        assert_eq!(starts, [SupportState::Proposed, SupportState::Approved, SupportState::Delivered]);
    }
}
