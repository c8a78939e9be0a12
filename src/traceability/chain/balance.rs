//! How much of a lot somebody still has, from the lot's events: what was made or received, less what was used, packed
//! or sent. Units of one measure convert (kg, g, tạ, tấn; lít, ml); pieces only by what the producer stated when the
//! event was recorded.

use crate::clock::Time;
use crate::ids::{EventId, ProducerId};
use crate::traceability::conversions::model::{Rate, Statements};
use crate::traceability::epcis::Action;
use crate::traceability::event_lots::LotRole;
use crate::traceability::model::Lot;
use crate::traceability::quantity::{Measure, Quantity, Uom};

/// A lot's part in an event that stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Movement {
    /// In which event.
    pub event: EventId,
    /// Whose event it is.
    pub producer: ProducerId,
    /// The lot's part.
    pub role: LotRole,
    /// The event's action.
    pub action: Option<Action>,
    /// CBV business step.
    pub biz_step: Option<String>,
    /// How much; None: not told.
    pub amount: Option<Quantity>,
    /// When the event was recorded.
    pub recorded_at: Time,
}

impl Movement {
    /// True if it opens the lot as a packing unit.
    pub fn is_opening(&self) -> bool {
        self.role == LotRole::Parent && self.action == Some(Action::Delete)
    }
}

/// What a producer has of a lot, in thousandths of the smallest unit of its measure (gram, millilitre, metre, piece).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Balance {
    /// What is measured.
    pub measure: Measure,
    /// Made or received.
    pub had: i128,
    /// Still there; never below zero, whatever was told.
    pub left: i128,
    /// True if some of it was used without an amount that counts: less may be there than is said.
    pub untold: bool,
    /// True if some of it was counted by what the producer stated of a piece.
    pub converted: bool,
    /// What is stated of a piece at present.
    pub rate: Option<Rate>,
}

impl Balance {
    /// What is left, in thousandths of a unit of the measure.
    pub fn left_in(&self, uom: Uom) -> i64 {
        let left = self.left / i128::from(uom.measure().1);
        // Part of a piece, left by a conversion, is no piece.
        let left = if uom == Uom::Piece { left / 1_000 * 1_000 } else { left };
        i64::try_from(left).unwrap_or(i64::MAX)
    }

    /// An amount in thousandths of the smallest unit of the lot's measure, by what is stated of a piece at present;
    /// None if it does not convert.
    pub fn counts(&self, amount: Quantity) -> Option<i128> {
        counted(amount, self.measure, self.rate)
    }

    /// True if nothing is left.
    pub fn is_empty(&self) -> bool {
        self.left == 0
    }
}

fn counted(amount: Quantity, measure: Measure, rate: Option<Rate>) -> Option<i128> {
    let (of, thousandths) = amount.in_smallest();
    if of == measure { Some(thousandths) } else { rate?.convert(amount, measure) }
}

/// What `holder` has of a lot: its producer had all of it, others what they received. `stated` is what was stated of
/// a piece of its product.
pub fn balance(lot: &Lot, holder: ProducerId, movements: &[Movement], stated: &Statements) -> Balance {
    let own = lot.producer_id == holder;
    let measure = lot.uom.measure().0;
    let mut had = if own { i128::from(lot.quantity) * i128::from(lot.uom.measure().1) } else { 0 };
    let mut gone = 0;
    let (mut untold, mut converted) = (false, false);
    // What was packed into a unit that was opened is in its own lots again.
    let opened = |m: &Movement| m.producer == holder && m.is_opening();
    if movements.iter().any(opened) {
        return Balance { measure, had, left: 0, untold, converted: false, rate: stated.latest() };
    }
    for movement in movements.iter().filter(|movement| movement.producer == holder) {
        let step = movement.biz_step.as_deref().unwrap_or_default();
        let leaves = match movement.role {
            LotRole::Input => true,
            LotRole::Child => movement.action == Some(Action::Add),
            LotRole::Object => step == "shipping",
            LotRole::Output | LotRole::Parent => false,
        };
        let returns = movement.role == LotRole::Child && movement.action == Some(Action::Delete);
        let arrives = movement.role == LotRole::Object && step == "receiving" && !own;
        let told = movement.amount.filter(|_| leaves || returns || arrives);
        let amount = told.and_then(|amount| counted(amount, measure, stated.at(movement.recorded_at)));
        converted |= amount.is_some() && told.is_some_and(|amount| amount.uom().measure().0 != measure);
        match amount {
            Some(amount) if leaves => gone += amount,
            Some(amount) if returns => gone -= amount,
            Some(amount) if arrives => had += amount,
            None if leaves => untold = true,
            _ => {}
        }
    }
    Balance { measure, had, left: (had - gone).max(0), untold, converted, rate: stated.latest() }
}

#[cfg(test)]
pub(super) mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::clock::Day;
    use crate::ids::{CommuneId, ConversionId, LotId, ProductId};
    use crate::traceability::conversions::model::Conversion;
    use crate::traceability::model::{LotCode, LotState};

    pub fn lot(producer: ProducerId, thousandths: i64, uom: Uom) -> Lot {
        Lot {
            commune_id: CommuneId(10816),
            id: LotId(Uuid::from_u128(1)),
            producer_id: producer,
            product_id: ProductId(Uuid::from_u128(2)),
            place_id: None,
            code: LotCode::random(),
            state: LotState::Open,
            made_on: Day::new(2026, 6, 14).unwrap(),
            best_before: None,
            quantity: thousandths,
            uom,
            recall_reason: None,
            recalled_at: None,
            recalled_by: None,
            version: 1,
            created_by: None,
            created_at: Time::from_micros(0),
        }
    }

    fn movement(producer: ProducerId, role: LotRole, step: &str, thousandths: i64, uom: Uom) -> Movement {
        let action = match role {
            LotRole::Child => Some(Action::Add),
            LotRole::Object => Some(Action::Observe),
            _ => None,
        };
        let amount = Quantity::new(thousandths, uom).ok();
        let event = EventId(Uuid::nil());
        let recorded_at = Time::from_micros(5);
        Movement { event, producer, role, action, biz_step: Some(step.to_owned()), amount, recorded_at }
    }

    #[test]
    fn what_is_left_is_what_was_made_less_what_was_used_packed_and_sent() {
        let (maker, buyer) = (ProducerId(Uuid::from_u128(7)), ProducerId(Uuid::from_u128(8)));
        let lot = lot(maker, 100_000, Uom::Kilogram);
        let mut movements = vec![
            movement(maker, LotRole::Object, "creating_class_instance", 60_000, Uom::Kilogram),
            movement(maker, LotRole::Input, "creating_class_instance", 20_000, Uom::Kilogram),
            movement(maker, LotRole::Child, "packing", 5_000_000, Uom::Gram),
            movement(maker, LotRole::Object, "shipping", 100, Uom::Decitonne),
            movement(buyer, LotRole::Object, "receiving", 10_000, Uom::Kilogram),
            movement(buyer, LotRole::Input, "creating_class_instance", 4_000, Uom::Kilogram),
        ];
        let of_maker = balance(&lot, maker, &movements, &Statements::default());
        assert_eq!((of_maker.left_in(Uom::Kilogram), of_maker.untold), (65_000, false));
        let of_buyer = balance(&lot, buyer, &movements, &Statements::default());
        assert_eq!((of_buyer.left_in(Uom::Kilogram), of_buyer.left_in(Uom::Gram)), (6_000, 6_000_000));
        assert!(balance(&lot, ProducerId(Uuid::nil()), &movements, &Statements::default()).is_empty());

        let mut unpacked = movement(maker, LotRole::Child, "unpacking", 5_000, Uom::Kilogram);
        unpacked.action = Some(Action::Delete);
        movements.push(unpacked);
        assert_eq!(balance(&lot, maker, &movements, &Statements::default()).left_in(Uom::Kilogram), 70_000);
    }

    #[test]
    fn a_unit_that_was_opened_holds_nothing() {
        let maker = ProducerId(Uuid::from_u128(7));
        let unit = lot(maker, 6_000, Uom::Piece);
        let mut opened = movement(maker, LotRole::Parent, "unpacking", 0, Uom::Piece);
        opened.amount = None;
        assert_eq!(
            balance(&unit, maker, std::slice::from_ref(&opened), &Statements::default()).left_in(Uom::Piece),
            6_000
        );
        opened.action = Some(Action::Delete);
        assert!(balance(&unit, maker, &[opened], &Statements::default()).is_empty());
    }

    #[test]
    fn an_amount_that_does_not_convert_is_not_guessed() {
        let maker = ProducerId(Uuid::from_u128(7));
        let lot = lot(maker, 100_000, Uom::Kilogram);
        let mut used = movement(maker, LotRole::Input, "packing", 3_000, Uom::Piece);
        let counted = balance(&lot, maker, std::slice::from_ref(&used), &Statements::default());
        assert_eq!((counted.left_in(Uom::Kilogram), counted.untold), (100_000, true));
        used.amount = None;
        assert!(balance(&lot, maker, &[used], &Statements::default()).untold);
    }

    #[test]
    fn pieces_count_by_what_was_stated_when_they_were_used() {
        let maker = ProducerId(Uuid::from_u128(7));
        let lot = lot(maker, 100_000, Uom::Kilogram);
        let stated = |at: i64, quantity: i64| Conversion {
            commune_id: CommuneId(10816),
            id: ConversionId(Uuid::nil()),
            product_id: lot.product_id,
            quantity: Some(quantity),
            uom: Some(Uom::Kilogram),
            stated_by: None,
            stated_at: Time::from_micros(at),
        };
        let used = movement(maker, LotRole::Child, "packing", 10_000, Uom::Piece);
        let early = Statements(vec![stated(9, 900), stated(5, 350)]);
        let counted = balance(&lot, maker, std::slice::from_ref(&used), &early);
        assert_eq!((counted.left_in(Uom::Kilogram), counted.converted, counted.untold), (96_500, true, false));
        let two = Quantity::new(2_000, Uom::Piece).unwrap();
        assert_eq!(counted.counts(two), Some(1_800_000), "what is used now counts by what stands now");
        let late = balance(&lot, maker, &[used], &Statements(vec![stated(6, 350)]));
        assert_eq!((late.left_in(Uom::Kilogram), late.converted, late.untold), (100_000, false, true));
    }

    #[test]
    fn more_sent_than_there_was_leaves_nothing_and_no_debt() {
        let maker = ProducerId(Uuid::from_u128(7));
        let lot = lot(maker, 1_000, Uom::Tonne);
        let sent = movement(maker, LotRole::Object, "shipping", 2_000_000, Uom::Kilogram);
        assert!(balance(&lot, maker, &[sent], &Statements::default()).is_empty());
    }
}
