//! Taking back what was told of lots: [`take_back`] a split, merge, processing or packing, [`withdraw`] goods that
//! were sent, and [`unpack`], which is no correction but work of its own.
//!
//! Nothing is deleted. The event gets an error declaration (EPCIS 2.0 section 7.4.1.4), from which on neither amounts
//! nor lineage follow it; lots that it made are set aside. What went on with such a lot stands on the event, so it has
//! to be taken back first.

use uuid::Uuid;

use super::balance::Movement;
use super::event::{RECEIVE, SHIP, Unpacked, unpacked};
use super::flow::{Hand, add, balance_of, take_all};
use super::model::{Handover, HandoverState};
use super::store::undo::{EventPart, changes_hands, is_labelled, parts};
use super::store::{self, Decided};
use crate::db::{Cx, Result};
use crate::ids::{CommuneId, EventId, LotId, PlaceId, ProducerId};
use crate::traceability::diary::DiaryError;
use crate::traceability::event_lots::{LotAmount, LotRole};
use crate::traceability::history::HistoryStep;
use crate::traceability::identifiers::IdentifierError;
use crate::traceability::model::{Lot, LotCode, LotState};
use crate::traceability::place_certificates::products::after_lot;
use crate::traceability::quantity::Quantity;
use crate::traceability::record::{ErrorReason, declare_error};
use crate::traceability::store::events::{NewEvent, Stored, events_of_lot, insert};
use crate::traceability::store::lots;

/// What was done with a lot that was made, so that its making can't be taken back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WentOn {
    /// It is recalled.
    Recalled,
    /// Some of it was used or packed.
    Used,
    /// Some of it was sent, received, or waits for somebody's word.
    Sent,
    /// It is a packing unit that was opened.
    Opened,
    /// Labels of it were issued.
    Labelled,
}

/// What went on with a lot since the event `made_by`; `movements` are those that stand.
pub fn went_on(
    lot: &Lot,
    made_by: EventId,
    movements: &[Movement],
    changed_hands: bool,
    labelled: bool,
) -> Option<WentOn> {
    let later = || movements.iter().filter(|movement| movement.event != made_by);
    let used = |m: &Movement| matches!(m.role, LotRole::Input | LotRole::Child);
    let moved =
        |m: &Movement| m.role == LotRole::Object && matches!(m.biz_step.as_deref(), Some("shipping" | "receiving"));
    if lot.is_recalled() {
        Some(WentOn::Recalled)
    } else if later().any(used) {
        Some(WentOn::Used)
    } else if changed_hands || later().any(moved) {
        Some(WentOn::Sent)
    } else if later().any(Movement::is_opening) {
        Some(WentOn::Opened)
    } else {
        labelled.then_some(WentOn::Labelled)
    }
}

/// Why and in which words something is taken back.
#[derive(Clone, Copy, Debug)]
pub struct Why<'a> {
    /// The word of CBV.
    pub reason: ErrorReason,
    /// In the words of who takes it back.
    pub note: &'a str,
}

/// What came of taking back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Undone {
    /// It is taken back.
    Done,
    /// Somebody did so before.
    Before,
    /// These lots made by it went on.
    Stopped(Vec<(LotCode, WentOn)>),
}

/// The lots made by an event that went on since, each with what was done with it.
pub async fn what_stops(cx: &mut Cx<'_>, commune: CommuneId, event: EventId) -> Result<Vec<(LotCode, WentOn)>> {
    let mut stopped = Vec::new();
    let parts = parts(cx, commune, event).await?;
    for lot in made_by(cx, commune, &parts).await? {
        let movements = store::movements(cx, commune, lot.id).await?;
        let hands = changes_hands(cx, commune, lot.id).await?;
        let labelled = is_labelled(cx, commune, lot.id).await?;
        if let Some(what) = went_on(&lot, event, &movements, hands, labelled) {
            stopped.push((lot.code, what));
        }
    }
    Ok(stopped)
}

async fn made_by(cx: &mut Cx<'_>, commune: CommuneId, parts: &[EventPart]) -> Result<Vec<Lot>> {
    let mut made = Vec::new();
    for part in parts.iter().filter(|part| matches!(part.role, LotRole::Output | LotRole::Parent)) {
        made.extend(lots::by_id(cx, commune, part.lot_id).await?);
    }
    Ok(made)
}

/// Takes back the event by which lots were made from lots: what went in is there again, what came out is set aside.
pub async fn take_back(
    cx: &mut Cx<'_>,
    hand: Hand<'_>,
    step: &HistoryStep,
    why: Why<'_>,
) -> std::result::Result<Undone, DiaryError> {
    let parts = parts(cx, hand.commune, step.id).await?;
    let taken: Vec<(LotId, Option<i64>)> = parts.iter().map(|part| (part.lot_id, None)).collect();
    take_all(cx, hand.commune, &taken).await?;
    let stopped = what_stops(cx, hand.commune, step.id).await?;
    if !stopped.is_empty() {
        return Ok(Undone::Stopped(stopped));
    }
    if !declare(cx, hand, &step.body, &step.key, why).await? {
        return Ok(Undone::Before);
    }
    for lot in made_by(cx, hand.commune, &parts).await? {
        lots::set_state(cx, hand.commune, lot.id, lot.state, LotState::SetAside).await?;
        after_lot(cx, &lot, hand.now).await?;
    }
    Ok(Undone::Done)
}

/// Declares an event of the hand's holder to be in error; false if it was before.
async fn declare(
    cx: &mut Cx<'_>,
    hand: Hand<'_>,
    body: &str,
    step: &str,
    why: Why<'_>,
) -> std::result::Result<bool, DiaryError> {
    let event = declare_error(body, hand.now.utc(), why.reason, &[])?;
    let new = NewEvent {
        event: &event,
        producer: hand.holder,
        place: None,
        client: None,
        step,
        note: why.note,
        files: &[],
        by: hand.by,
        now: hand.now,
    };
    Ok(matches!(insert(cx, hand.commune, hand.identifiers, &new).await?, Stored::Added(_)))
}

/// Takes back the events of a handover that were told so far, each in the name of who told it.
pub(super) async fn take_back_told(
    cx: &mut Cx<'_>,
    hand: Hand<'_>,
    h: &Handover,
    why: Why<'_>,
) -> std::result::Result<(), DiaryError> {
    let told = events_of_lot(cx, hand.commune, h.lot_id).await?;
    let sides = [(h.ship_event_id, Some(h.from_producer_id), SHIP), (h.receive_event_id, h.to_producer_id, RECEIVE)];
    for (event, teller, step) in sides {
        let row = told.iter().find(|row| Some(row.id) == event);
        if let (Some(row), Some(holder)) = (row, teller) {
            declare(cx, Hand { holder, ..hand }, &row.body, step, why).await?;
        }
    }
    Ok(())
}

/// The state in which a handover is once this side took its word back; None: it has none to take back. A sender may
/// do so until the receiver confirmed it, from then on only the receiver.
pub fn withdrawn_by(h: &Handover, side: ProducerId) -> Option<HandoverState> {
    match h.state {
        HandoverState::Sent | HandoverState::Delivered if h.from_producer_id == side => Some(HandoverState::Withdrawn),
        HandoverState::Confirmed if h.to_producer_id == Some(side) => Some(HandoverState::Refused),
        _ => None,
    }
}

/// True if the receiver of a confirmed handover still has all of what arrived; the lot is to be taken before.
pub async fn still_has(cx: &mut Cx<'_>, lot: &Lot, h: &Handover, side: ProducerId) -> Result<bool> {
    let balance = balance_of(cx, lot, side).await?;
    let arrived = Quantity::new(h.received_quantity.unwrap_or(h.quantity), h.uom).ok();
    let has = |amount| balance.counts(amount).is_some_and(|amount| balance.left >= amount);
    Ok(arrived.is_none_or(|amount| !balance.untold && has(amount)))
}

/// Takes a side's word on a handover back: the goods are the sender's again. False if it was decided meanwhile.
pub async fn withdraw(
    cx: &mut Cx<'_>,
    hand: Hand<'_>,
    h: &Handover,
    to: HandoverState,
    why: Why<'_>,
) -> std::result::Result<bool, DiaryError> {
    let decided = Decided {
        from: h.state,
        to,
        received: h.received_quantity,
        ship: None,
        receive: h.receive_event_id,
        reason: Some(why.note),
        by: hand.by,
    };
    if !store::decide(cx, hand.commune, h.id, &decided, hand.now).await? {
        return Ok(false);
    }
    take_back_told(cx, hand, h, why).await?;
    Ok(true)
}

/// The packing of a unit that stands and was not undone, in its history.
pub fn packing_of(steps: &[HistoryStep]) -> Option<&HistoryStep> {
    let of_unit = |key: &str| steps.iter().find(|s| s.key == key && s.part == LotRole::Parent && s.stands());
    of_unit("pack").filter(|_| of_unit("unpack").is_none())
}

/// What is in a packing unit: each lot with the amount that was packed.
pub async fn packed(cx: &mut Cx<'_>, commune: CommuneId, packing: EventId) -> Result<Vec<(LotId, Option<Quantity>)>> {
    let children = parts(cx, commune, packing).await?.into_iter().filter(|part| part.role == LotRole::Child);
    let amount = |part: &EventPart| Quantity::new(part.quantity?, part.uom?).ok();
    Ok(children.map(|part| (part.lot_id, amount(&part))).collect())
}

/// Opens a packing unit: what was in it is in its own lots again, the unit is empty and done. The unit was taken and
/// is whole; `client` is the form's own id.
pub async fn unpack(
    cx: &mut Cx<'_>,
    hand: Hand<'_>,
    unit: &Lot,
    packing: &HistoryStep,
    place: PlaceId,
    client: Uuid,
) -> std::result::Result<(), DiaryError> {
    let ids = hand.identifiers;
    let inside: Vec<LotAmount> = packed(cx, hand.commune, packing.id)
        .await?
        .into_iter()
        .map(|(lot, quantity)| Ok(LotAmount { class: ids.lot(&lot.to_string())?, quantity }))
        .collect::<std::result::Result<_, IdentifierError>>()?;
    // Events tell milliseconds; lineage asks which of the two came later.
    let after_packing = packing.at.plus(std::time::Duration::from_millis(1));
    let done = Unpacked {
        unit: ids.object(&unit.id.to_string())?,
        inside: &inside,
        at: hand.now.max(after_packing).utc(),
        producer: ids.party(&hand.holder.to_string())?,
        place: ids.place(&place.to_string())?,
    };
    let event = unpacked(&done, ids)?;
    add(cx, hand, &event, "unpack", Some(place), Some(client)).await?;
    lots::set_state(cx, hand.commune, unit.id, LotState::Open, LotState::Closed).await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::Time;
    use crate::traceability::chain::balance::tests::lot;
    use crate::traceability::epcis::Action;
    use crate::traceability::quantity::Uom;

    fn event(number: u128) -> EventId {
        EventId(Uuid::from_u128(number))
    }

    fn movement(number: u128, role: LotRole, step: &str) -> Movement {
        Movement {
            event: event(number),
            producer: ProducerId(Uuid::from_u128(7)),
            role,
            action: (role == LotRole::Parent).then_some(Action::Delete),
            biz_step: Some(step.to_owned()),
            amount: None,
            recorded_at: Time::from_micros(0),
        }
    }

    #[test]
    fn a_lot_that_went_on_says_what_was_done_with_it() {
        let mut made = lot(ProducerId(Uuid::from_u128(7)), 1_000, Uom::Kilogram);
        let own = movement(1, LotRole::Output, "creating_class_instance");
        let told = |lot: &Lot, later: Option<Movement>, hands, labelled| {
            let movements: Vec<Movement> = std::iter::once(own.clone()).chain(later).collect();
            went_on(lot, event(1), &movements, hands, labelled)
        };
        assert_eq!(told(&made, None, false, false), None);
        assert_eq!(told(&made, Some(movement(2, LotRole::Object, "storing")), false, false), None);
        assert_eq!(told(&made, None, false, true), Some(WentOn::Labelled));
        assert_eq!(told(&made, None, true, false), Some(WentOn::Sent));
        for (role, step, what) in [
            (LotRole::Input, "creating_class_instance", WentOn::Used),
            (LotRole::Child, "packing", WentOn::Used),
            (LotRole::Object, "shipping", WentOn::Sent),
            (LotRole::Object, "receiving", WentOn::Sent),
            (LotRole::Parent, "unpacking", WentOn::Opened),
        ] {
            assert_eq!(told(&made, Some(movement(2, role, step)), false, false), Some(what), "{step}");
        }
        made.state = LotState::Recalled;
        assert_eq!(told(&made, None, false, false), Some(WentOn::Recalled));
    }
}
