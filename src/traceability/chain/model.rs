//! What is done with lots, what may not be done, and goods that change hands: types and pure rules.

use super::balance::Balance;
use crate::clock::Time;
use crate::db::words;
use crate::ids::{CommuneId, EventId, HandoverId, LotId, PartyId, ProducerId, ProductId, UserId};
use crate::producers::model::State;
use crate::traceability::model::{Lot, LotState};
use crate::traceability::quantity::{Quantity, Uom};

words! {
    /// Making lots from lots.
    Work {
        /// One lot into several of the same product.
        Split = "split": "Tách lô" / "Split the lot",
        /// Several lots of one product into one.
        Merge = "merge": "Gộp lô" / "Merge lots",
        /// Inputs used up, another product made.
        Transform = "transform": "Chế biến" / "Process",
        /// Lots packed into one that keeps them: a carton, a gift basket.
        Pack = "pack": "Đóng gói" / "Pack",
    }
}

impl Work {
    /// The last part of the page's address.
    pub fn slug(self) -> &'static str {
        match self {
            Self::Split => "tach",
            Self::Merge => "gop",
            Self::Transform => "che-bien",
            Self::Pack => "dong-goi",
        }
    }

    /// The work of such an address.
    pub fn of_slug(slug: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|work| work.slug() == slug)
    }

    /// The CBV 2.0 business step (section 7.1). Splitting and merging is `repackaging`: what the goods are stays, how
    /// they are put together changes. What is processed is a new class of goods, `creating_class_instance`, as the
    /// diary's own steps of making say.
    pub fn biz_step(self) -> &'static str {
        match self {
            Self::Split | Self::Merge => "repackaging",
            Self::Transform => "creating_class_instance",
            Self::Pack => "packing",
        }
    }

    /// True if what comes out is of the product that went in.
    pub fn keeps_product(self) -> bool {
        matches!(self, Self::Split | Self::Merge)
    }
}

words! {
    /// Where a handover stands.
    HandoverState {
        /// The sender sent it; the receiver is to confirm.
        Sent = "sent": "Chờ bên nhận xác nhận" / "The receiver is to confirm",
        /// The receiver has it without a shipment; the sender is to confirm.
        Claimed = "claimed": "Chờ bên giao xác nhận" / "The sender is to confirm",
        /// Both sides agree.
        Confirmed = "confirmed": "Đã giao nhận" / "Handed over",
        /// The other side says it was not so.
        Refused = "refused": "Bị từ chối" / "Refused",
        /// The sender took it back before anybody confirmed it.
        Withdrawn = "withdrawn": "Bên giao rút lại" / "Withdrawn by the sender",
        /// It went to somebody outside, who confirms nothing here.
        Delivered = "delivered": "Đã giao" / "Delivered",
    }
}

/// Goods of a lot that change hands.
///
/// The lot stays the same lot with the same code, as goods do that are shipped and not repacked (EPCIS names the same
/// class in the shipping and the receiving event); what changes is who holds how much of it. The receiver's own lots
/// name it as their input, so lineage stays one graph without links that no event tells of.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Handover {
    /// Commune.
    pub commune_id: CommuneId,
    /// Id, that of its form.
    pub id: HandoverId,
    /// Of which lot.
    pub lot_id: LotId,
    /// Who hands it on: the lot's producer or a holder of some of it.
    pub from_producer_id: ProducerId,
    /// To which producer of the commune.
    pub to_producer_id: Option<ProducerId>,
    /// To whom outside.
    pub party_id: Option<PartyId>,
    /// Thousandths of [`Handover::uom`].
    pub quantity: i64,
    /// Unit.
    pub uom: Uom,
    /// What arrived, in thousandths of the same unit.
    pub received_quantity: Option<i64>,
    /// Where it stands.
    pub state: HandoverState,
    /// When it changed hands, as the first side told.
    pub handed_at: Time,
    /// The event of sending.
    pub ship_event_id: Option<EventId>,
    /// The event of receiving.
    pub receive_event_id: Option<EventId>,
    /// Why it was refused.
    pub reason: Option<String>,
    /// Counts up with each change.
    pub version: i64,
    /// Who told it.
    pub created_by: Option<UserId>,
    /// When.
    pub created_at: Time,
}

impl Handover {
    /// The producer whose word is waited for.
    pub fn waits_for(&self) -> Option<ProducerId> {
        match self.state {
            HandoverState::Sent => self.to_producer_id,
            HandoverState::Claimed => Some(self.from_producer_id),
            _ => None,
        }
    }

    /// The amount that was told first.
    pub fn amount(&self) -> Option<Quantity> {
        Quantity::new(self.quantity, self.uom).ok()
    }
}

/// Somebody outside the commune's producers who gets goods.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Party {
    /// Commune.
    pub commune_id: CommuneId,
    /// Id.
    pub id: PartyId,
    /// In whose book.
    pub producer_id: ProducerId,
    /// Name of a shop, a trader.
    pub name: String,
    /// Phone, with their consent.
    pub phone: Option<String>,
    /// When that consent was noted.
    pub phone_consent_at: Option<Time>,
    /// Who added it.
    pub created_by: Option<UserId>,
    /// When.
    pub created_at: Time,
}

/// Why an amount of a lot can't be used, packed or sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// The lot is taken back.
    Recalled,
    /// The lot is marked as done.
    Closed,
    /// The work that made it was taken back.
    SetAside,
    /// Its product is not approved (any more).
    ProductNotApproved,
    /// Its unit does not convert into the lot's: pieces are never guessed into kilograms.
    OtherMeasure {
        /// The lot's unit.
        of: Uom,
    },
    /// There is less than that.
    NotEnough {
        /// What is left, in thousandths of `of`.
        left: i64,
        /// The lot's unit.
        of: Uom,
    },
}

/// Whether `amount` of a lot may be used by who has `balance` of it.
pub fn may_use(lot: &Lot, product: State, balance: &Balance, amount: Quantity) -> Result<(), Refusal> {
    stands(lot, product)?;
    let wanted = balance.counts(amount).ok_or(Refusal::OtherMeasure { of: lot.uom })?;
    if wanted > balance.left {
        return Err(Refusal::NotEnough { left: balance.left_in(lot.uom), of: lot.uom });
    }
    Ok(())
}

/// Whether anything may be done with a lot at all.
pub fn stands(lot: &Lot, product: State) -> Result<(), Refusal> {
    match lot.state {
        LotState::Recalled => Err(Refusal::Recalled),
        LotState::Closed => Err(Refusal::Closed),
        LotState::SetAside => Err(Refusal::SetAside),
        LotState::Open if product != State::Approved => Err(Refusal::ProductNotApproved),
        LotState::Open => Ok(()),
    }
}

/// Product and amount of a lot that is to come out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Output {
    /// Of what.
    pub product: ProductId,
    /// How much.
    pub amount: Quantity,
}

#[cfg(test)]
mod tests {
    use super::super::balance::tests::lot;
    use super::*;
    use crate::traceability::quantity::Measure;

    #[test]
    fn what_may_be_used_is_approved_open_there_and_of_the_same_measure() {
        let balance = Balance {
            measure: Measure::Mass,
            had: 5_000_000,
            left: 2_000_000,
            untold: false,
            converted: false,
            rate: None,
        };
        let mut lot = lot(ProducerId(uuid::Uuid::nil()), 5_000, Uom::Kilogram);
        let amount = |thousandths, uom| Quantity::new(thousandths, uom).unwrap();
        let may = |lot: &Lot, product, amount| may_use(lot, product, &balance, amount);
        let two_kilograms = amount(2_000_000, Uom::Gram);
        assert_eq!(may(&lot, State::Approved, two_kilograms), Ok(()));
        let more = amount(2_001, Uom::Kilogram);
        let not_enough = Refusal::NotEnough { left: 2_000, of: Uom::Kilogram };
        assert_eq!(may(&lot, State::Approved, more), Err(not_enough));
        let pieces = amount(1_000, Uom::Piece);
        assert_eq!(may(&lot, State::Approved, pieces), Err(Refusal::OtherMeasure { of: Uom::Kilogram }));
        assert_eq!(may(&lot, State::Suspended, two_kilograms), Err(Refusal::ProductNotApproved));
        lot.state = LotState::Closed;
        assert_eq!(may(&lot, State::Approved, two_kilograms), Err(Refusal::Closed));
        lot.state = LotState::SetAside;
        assert_eq!(may(&lot, State::Approved, two_kilograms), Err(Refusal::SetAside));
        lot.state = LotState::Recalled;
        assert_eq!(may(&lot, State::Suspended, two_kilograms), Err(Refusal::Recalled));
    }

    #[test]
    fn every_work_is_found_by_its_address() {
        for work in Work::ALL {
            assert_eq!(Work::of_slug(work.slug()), Some(*work));
        }
        assert_eq!(Work::of_slug("giao"), None);
    }
}
