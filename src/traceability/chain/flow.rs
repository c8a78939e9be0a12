//! What is done with lots, in the caller's transaction: [`work`] makes lots from lots, [`send`], [`claim`] and
//! [`decide`] let goods change hands, [`circles`] tells what would make a lot its own ancestor.
//!
//! Each lot that is used is taken first ([`store::take`]), and what is left of it is read after that: of two people
//! who use the same lot at once, one wins and the other is told.

use uuid::Uuid;

use super::balance::{Balance, balance};
use super::event::{Passed, RECEIVE, SHIP, WorkDone, passed, worked};
use super::model::{Handover, HandoverState, Refusal, Work, may_use};
use super::store::{self, Decided, ListedHandover};
use super::undo::{Why, take_back_told};
use crate::clock::Time;
use crate::db::{Cx, Result};
use crate::ids::{CommuneId, EventId, LotId, PlaceId, ProducerId, UserId};
use crate::traceability::conversions::store as conversions;
use crate::traceability::diary::DiaryError;
use crate::traceability::event_lots::LotAmount;
use crate::traceability::identifiers::{IdentifierError, Identifiers};
use crate::traceability::model::{Lot, LotCode};
use crate::traceability::place_certificates::products::after_lot;
use crate::traceability::quantity::Quantity;
use crate::traceability::record::{ErrorReason, RecordedEvent};
use crate::traceability::store::events::{NewEvent, Stored, insert};
use crate::traceability::store::lineage::{Direction, lineage};
use crate::traceability::store::lots;

/// As far as a circle is looked for. No way from field to shelf comes near it.
const CIRCLE_DEPTH: i64 = 1_000;
const CIRCLE_LOTS: i64 = 20_000;

/// Who does something, as what is written tells.
#[derive(Clone, Copy, Debug)]
pub struct Hand<'a> {
    /// Commune.
    pub commune: CommuneId,
    /// Its identifiers.
    pub identifiers: &'a Identifiers,
    /// Whose goods they are.
    pub holder: ProducerId,
    /// Who tells it.
    pub by: Option<UserId>,
    /// Now.
    pub now: Time,
}

/// Lots made from lots.
#[derive(Clone, Debug)]
pub struct Making<'a> {
    /// What is done.
    pub work: Work,
    /// What goes in.
    pub inputs: &'a [(Lot, Quantity)],
    /// What comes out: lots that are not there yet.
    pub outputs: Vec<Lot>,
    /// When.
    pub at: Time,
    /// Where.
    pub place: PlaceId,
    /// The form's own id: a repeat is the same work.
    pub client: Uuid,
}

/// What a producer has of a lot.
pub async fn balance_of(cx: &mut Cx<'_>, lot: &Lot, holder: ProducerId) -> Result<Balance> {
    let movements = store::movements(cx, lot.commune_id, lot.id).await?;
    let stated = conversions::of_product(cx, lot.commune_id, lot.product_id).await?;
    Ok(balance(lot, holder, &movements, &stated))
}

/// Takes lots for this transaction, in one order for all, over the versions that were looked at. The lot that changed
/// meanwhile comes back.
pub async fn take_all(cx: &mut Cx<'_>, commune: CommuneId, lots: &[(LotId, Option<i64>)]) -> Result<Option<LotId>> {
    let mut lots = lots.to_vec();
    lots.sort_unstable();
    for (lot, version) in lots {
        if !store::take(cx, commune, lot, version).await? {
            return Ok(Some(lot));
        }
    }
    Ok(None)
}

/// Whether this much of a lot may be used now; the lot is to be taken before.
pub async fn check(cx: &mut Cx<'_>, lot: &Lot, holder: ProducerId, amount: Quantity) -> Result<Option<Refusal>> {
    let product = store::product_state(cx, lot.commune_id, lot.id).await?;
    let balance = balance_of(cx, lot, holder).await?;
    Ok(may_use(lot, product, &balance, amount).err())
}

/// True if `output` made from `inputs` would be made from itself, or if that can't be told.
pub async fn circles(cx: &mut Cx<'_>, commune: CommuneId, inputs: &[LotId], output: LotId) -> Result<bool> {
    let before = lineage(cx, commune, inputs, Direction::Back, CIRCLE_DEPTH, CIRCLE_LOTS).await?;
    Ok(before.cut || before.lots.iter().any(|reached| reached.lot == output))
}

/// Makes the output lots and the event; their codes come back. What goes in was taken and checked before. Outputs are
/// new, so no circle can come of it.
pub async fn work(cx: &mut Cx<'_>, hand: Hand<'_>, making: Making<'_>) -> std::result::Result<Vec<Lot>, DiaryError> {
    let ids = hand.identifiers;
    let class = |lot: &Lot| ids.lot(&lot.id.to_string());
    let inputs: Vec<LotAmount> = making
        .inputs
        .iter()
        .map(|(lot, amount)| Ok(LotAmount { class: class(lot)?, quantity: Some(*amount) }))
        .collect::<std::result::Result<_, IdentifierError>>()?;
    let mut made = making.outputs;
    for lot in &mut made {
        insert_with_code(cx, lot).await?;
        after_lot(cx, lot, hand.now).await?;
    }
    let output = |lot: &Lot| {
        let uri = if making.work == Work::Pack { ids.object(&lot.id.to_string())? } else { class(lot)? };
        Ok(LotAmount { class: uri, quantity: lot.amount() })
    };
    let outputs: Vec<LotAmount> = made.iter().map(output).collect::<std::result::Result<_, IdentifierError>>()?;
    let done = WorkDone {
        work: making.work,
        inputs: &inputs,
        outputs: &outputs,
        at: making.at.utc(),
        producer: ids.party(&hand.holder.to_string())?,
        place: ids.place(&making.place.to_string())?,
    };
    let event = worked(&done, ids)?;
    add(cx, hand, &event, making.work.word(), Some(making.place), Some(making.client)).await?;
    Ok(made)
}

/// Adds a lot; a code that is taken is drawn again.
async fn insert_with_code(cx: &mut Cx<'_>, lot: &mut Lot) -> Result<()> {
    while !lots::insert(cx, lot).await? {
        lot.code = LotCode::random();
    }
    Ok(())
}

/// Records that goods left, with what is still to be confirmed; the lot was taken and checked before. False if this
/// handover is there already.
pub async fn send(
    cx: &mut Cx<'_>,
    hand: Hand<'_>,
    handover: &Handover,
    place: Option<PlaceId>,
) -> std::result::Result<bool, DiaryError> {
    let ship = tell(cx, hand, handover, handover.quantity, true, place).await?;
    let handover = Handover { ship_event_id: Some(ship), ..handover.clone() };
    Ok(store::insert_handover(cx, &handover).await?)
}

/// Notes that goods are said to have arrived without a shipment: the sender is asked. No event is told before.
pub async fn claim(cx: &mut Cx<'_>, handover: &Handover) -> Result<bool> {
    store::insert_handover(cx, handover).await
}

/// The word of the side that was waited for.
#[derive(Clone, Copy, Debug)]
pub enum Word<'a> {
    /// It was so; this much arrived, in thousandths of the handover's unit.
    Yes(i64),
    /// It was not, and why.
    No(&'a str),
}

/// Confirms or refuses a handover; false if it was decided meanwhile. `hand` is the side that decides. For a claim
/// that is confirmed, the lot was taken and checked before.
pub async fn decide(
    cx: &mut Cx<'_>,
    hand: Hand<'_>,
    listed: &ListedHandover,
    word: Word<'_>,
    place: Option<PlaceId>,
) -> std::result::Result<bool, DiaryError> {
    let h = &listed.handover;
    let claimed = h.state == HandoverState::Claimed;
    let mut decided = Decided {
        from: h.state,
        to: HandoverState::Confirmed,
        received: None,
        ship: None,
        receive: None,
        reason: None,
        by: hand.by,
    };
    match word {
        Word::Yes(received) => {
            if claimed {
                decided.ship = Some(tell(cx, hand, h, received, true, place).await?);
            }
            let receiver = Hand { holder: h.to_producer_id.unwrap_or(hand.holder), ..hand };
            let place = if claimed { None } else { place };
            decided.receive = Some(tell(cx, receiver, h, received, false, place).await?);
            decided.received = Some(received);
        }
        Word::No(reason) => {
            if !claimed {
                // A refused shipment did not reach anybody.
                take_back_told(cx, hand, h, Why { reason: ErrorReason::DidNotOccur, note: reason }).await?;
            }
            decided.to = HandoverState::Refused;
            decided.reason = Some(reason);
        }
    }
    Ok(store::decide(cx, hand.commune, h.id, &decided, hand.now).await?)
}

/// Tells one side of a handover as an event.
async fn tell(
    cx: &mut Cx<'_>,
    hand: Hand<'_>,
    h: &Handover,
    thousandths: i64,
    sending: bool,
    place: Option<PlaceId>,
) -> std::result::Result<EventId, DiaryError> {
    let ids = hand.identifiers;
    let to = match (h.to_producer_id, h.party_id) {
        (Some(producer), _) => producer.to_string(),
        (None, party) => party.map(|id| id.to_string()).unwrap_or_default(),
    };
    let goods = LotAmount { class: ids.lot(&h.lot_id.to_string())?, quantity: Quantity::new(thousandths, h.uom).ok() };
    let at = if sending { h.handed_at } else { hand.now.max(h.handed_at) };
    let told = Passed {
        sending,
        goods: &goods,
        at: at.utc(),
        from: ids.party(&h.from_producer_id.to_string())?,
        to: ids.party(&to)?,
        document: ids.document(&h.id.to_string())?,
        place: place.map(|place| ids.place(&place.to_string())).transpose()?,
    };
    let event = passed(&told, ids)?;
    let teller = Hand { holder: if sending { h.from_producer_id } else { hand.holder }, ..hand };
    add(cx, teller, &event, if sending { SHIP } else { RECEIVE }, place, None).await
}

pub(super) async fn add(
    cx: &mut Cx<'_>,
    hand: Hand<'_>,
    event: &RecordedEvent,
    step: &str,
    place: Option<PlaceId>,
    client: Option<Uuid>,
) -> std::result::Result<EventId, DiaryError> {
    let new = NewEvent {
        event,
        producer: hand.holder,
        place,
        client,
        step,
        note: "",
        files: &[],
        by: hand.by,
        now: hand.now,
    };
    Ok(match insert(cx, hand.commune, hand.identifiers, &new).await? {
        Stored::Added(id) | Stored::Repeated(id) | Stored::Conflict(id) => id,
    })
}
