//! What stands in the way of issuing and of printing labels; asked both times, since it may change in between.

use crate::clock::Day;
use crate::producers::model::State;
use crate::products::model::Product;
use crate::traceability::model::{Lot, LotState};

use super::super::model::{LabelRun, RunState};
use super::texts::Texts;

/// Why labels can't be issued or printed now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Obstacle {
    /// The product was not approved, or is so no longer.
    NotApproved,
    /// The lot is being taken back.
    Recalled,
    /// The work that made the lot was taken back.
    SetAside,
    /// The lot is past its last good day.
    Expired,
    /// The producer does not agree to be named on labels.
    NoConsent,
    /// The run was declared void.
    Voided,
    /// The run's codes are still being made.
    Making,
}

impl Obstacle {
    /// What stands in the way of labels for this product and lot.
    pub fn of(product: &Product, lot: Option<&Lot>, consents: bool, today: Day) -> Option<Self> {
        if product.state != State::Approved {
            return Some(Self::NotApproved);
        }
        if let Some(lot) = lot {
            match lot.state {
                LotState::Recalled => return Some(Self::Recalled),
                LotState::SetAside => return Some(Self::SetAside),
                LotState::Open | LotState::Closed => {}
            }
            if lot.is_expired_on(today) {
                return Some(Self::Expired);
            }
        }
        (!consents).then_some(Self::NoConsent)
    }

    /// What stands in the way of printing this run, whatever its product and lot are.
    pub fn of_run(run: &LabelRun) -> Option<Self> {
        if run.voided_at.is_some() {
            Some(Self::Voided)
        } else {
            (run.state == RunState::Making).then_some(Self::Making)
        }
    }

    /// Why, for people.
    pub fn why(self, t: Texts) -> &'static str {
        match self {
            Self::NotApproved => t.product_not_approved(),
            Self::Recalled => t.lot_recalled(),
            Self::SetAside => t.lot_set_aside(),
            Self::Expired => t.lot_expired(),
            Self::NoConsent => t.consent_lead(),
            Self::Voided => t.run_voided(),
            Self::Making => t.run_making(),
        }
    }
}
