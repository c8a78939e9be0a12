//! SQL of what is left of lots, of handovers and of outside parties.

use crate::clock::Time;
use crate::db::{Cx, Result, on};
use crate::ids::{CommuneId, EventId, HandoverId, LotId, PartyId, ProducerId, UserId};
use crate::producers::model::State;
use crate::traceability::epcis::Action;
use crate::traceability::event_lots::LotRole;
use crate::traceability::model::LotCode;
use crate::traceability::quantity::{Quantity, Uom};
use crate::traceability::store::lots::ListedLot;

use super::balance::Movement;
use super::model::{Handover, HandoverState, Party};

pub mod undo;

const MOVEMENTS: &str = "SELECT e.id, e.producer_id, l.role, e.action, e.biz_step, l.quantity, l.uom, e.record_time
    FROM trace_event_lots l JOIN trace_events e ON e.commune_id = l.commune_id AND e.id = l.event_id
    WHERE l.commune_id = $1 AND l.lot_id = $2 AND l.standing = TRUE";
// The row stays locked until the commit, so that what is read afterwards is what the others left.
const TAKE: &str = "UPDATE lots SET version = version + 1 WHERE commune_id = $1 AND id = $2 AND version = $3";
const HOLD: &str = "UPDATE lots SET version = version WHERE commune_id = $1 AND id = $2";
const PRODUCT_STATE: &str = "SELECT p.state FROM lots l
    JOIN products p ON p.commune_id = l.commune_id AND p.id = l.product_id WHERE l.commune_id = $1 AND l.id = $2";
const RECEIVED_BY: &str =
    "SELECT DISTINCT l.commune_id, l.id, l.producer_id, l.product_id, l.place_id, l.code, l.state,
      l.made_on, l.best_before, l.quantity, l.uom, l.recall_reason, l.recalled_at, l.recalled_by, l.version,
      l.created_by, l.created_at, p.name AS product_name, r.name AS producer_name
    FROM handovers h JOIN lots l ON l.commune_id = h.commune_id AND l.id = h.lot_id
      JOIN products p ON p.commune_id = l.commune_id AND p.id = l.product_id
      JOIN producers r ON r.commune_id = l.commune_id AND r.id = l.producer_id
    WHERE h.commune_id = $1 AND h.to_producer_id = $2 AND h.state = 'confirmed'
    ORDER BY l.made_on DESC, l.id LIMIT 100";

/// Reads whole handovers; what follows says which.
macro_rules! handovers {
    ($($rest:tt)+) => {
        concat!(
            "SELECT h.commune_id, h.id, h.lot_id, h.from_producer_id, h.to_producer_id, h.party_id, h.quantity, \
             h.uom, h.received_quantity, h.state, h.handed_at, h.ship_event_id, h.receive_event_id, h.reason, \
             h.version, h.created_by, h.created_at, l.code, p.name AS product_name, f.name AS from_name, \
             COALESCE(t.name, o.name, '') AS to_name \
             FROM handovers h \
             JOIN lots l ON l.commune_id = h.commune_id AND l.id = h.lot_id \
             JOIN products p ON p.commune_id = l.commune_id AND p.id = l.product_id \
             JOIN producers f ON f.commune_id = h.commune_id AND f.id = h.from_producer_id \
             LEFT JOIN producers t ON t.commune_id = h.commune_id AND t.id = h.to_producer_id \
             LEFT JOIN parties o ON o.commune_id = h.commune_id AND o.id = h.party_id ",
            $($rest)+
        )
    };
}

const HANDOVER: &str = handovers!("WHERE h.commune_id = $1 AND h.id = $2");
const OF_LOT: &str = handovers!("WHERE h.commune_id = $1 AND h.lot_id = $2 ORDER BY h.handed_at DESC, h.id LIMIT 200");
const WAITING_FOR: &str = handovers!(
    "WHERE h.commune_id = $1 AND ((h.to_producer_id = $2 AND h.state = 'sent')
      OR (h.from_producer_id = $2 AND h.state = 'claimed')) ORDER BY h.handed_at, h.id LIMIT 100"
);
const OPEN_BY: &str = handovers!(
    "WHERE h.commune_id = $1 AND ((h.from_producer_id = $2 AND h.state = 'sent')
      OR (h.to_producer_id = $2 AND h.state = 'claimed')) ORDER BY h.handed_at, h.id LIMIT 100"
);
const WAITING_OF_LOT: &str = handovers!(
    "WHERE h.commune_id = $1 AND h.lot_id = $2 AND h.to_producer_id = $3 AND h.state = 'sent'
    ORDER BY h.handed_at, h.id LIMIT 1"
);
const INSERT_HANDOVER: &str =
    "INSERT INTO handovers (commune_id, id, lot_id, from_producer_id, to_producer_id, party_id,
      quantity, uom, state, handed_at, ship_event_id, version, created_by, created_at)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, 1, $12, $13) ON CONFLICT (commune_id, id) DO NOTHING";
const DECIDE: &str =
    "UPDATE handovers SET state = $4, received_quantity = $5, ship_event_id = COALESCE($6, ship_event_id),
      receive_event_id = $7, reason = $8, decided_by = $9, decided_at = $10, version = version + 1
    WHERE commune_id = $1 AND id = $2 AND state = $3";
const PARTIES_OF: &str = "SELECT commune_id, id, producer_id, name, phone, phone_consent_at, created_by, created_at
    FROM parties WHERE commune_id = $1 AND producer_id = $2 ORDER BY name, id LIMIT 200";
const INSERT_PARTY: &str =
    "INSERT INTO parties (commune_id, id, producer_id, name, phone, phone_consent_at, created_by,
      created_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
const SET_PHONE: &str = "UPDATE parties SET phone = $3, phone_consent_at = $4 WHERE commune_id = $1 AND id = $2";
const RECEIVERS: &str = "SELECT short, name FROM producers
    WHERE commune_id = $1 AND id <> $2 AND state = 'approved' ORDER BY name_folded, id LIMIT 1000";

/// A handover with the names that pages show.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct ListedHandover {
    /// The handover.
    #[sqlx(flatten)]
    pub handover: Handover,
    /// Code of the lot.
    pub code: LotCode,
    /// Name of its product.
    pub product_name: String,
    /// Name of who hands on.
    pub from_name: String,
    /// Name of who gets.
    pub to_name: String,
}

/// How a handover is decided.
#[derive(Clone, Debug)]
pub struct Decided<'a> {
    /// What it was when it was looked at.
    pub from: HandoverState,
    /// What it becomes.
    pub to: HandoverState,
    /// What arrived, in thousandths of its unit.
    pub received: Option<i64>,
    /// The event of sending, if it is told only now.
    pub ship: Option<EventId>,
    /// The event of receiving.
    pub receive: Option<EventId>,
    /// Why it was refused.
    pub reason: Option<&'a str>,
    /// Who decides.
    pub by: Option<UserId>,
}

/// Role, amount and event of a lot's row, as stored.
type MovementRow = (EventId, ProducerId, LotRole, Option<String>, Option<String>, Option<i64>, Option<Uom>, Time);

/// A lot's part in every event that stands.
pub async fn movements(cx: &mut Cx<'_>, commune: CommuneId, lot: LotId) -> Result<Vec<Movement>> {
    let rows: Vec<MovementRow> = on!(cx, c => sqlx::query_as(MOVEMENTS).bind(commune).bind(lot).fetch_all(c).await)?;
    let movement = |(event, producer, role, action, biz_step, quantity, uom, recorded_at): MovementRow| Movement {
        event,
        producer,
        role,
        action: action.and_then(|text| Action::parse(&text).ok()),
        biz_step,
        amount: quantity.zip(uom).and_then(|(quantity, uom)| Quantity::new(quantity, uom).ok()),
        recorded_at,
    };
    Ok(rows.into_iter().map(movement).collect())
}

/// Takes a lot for this transaction; others who would take it wait for the commit. Over the version that was looked at
/// if one is given, which then counts up: false if it changed meanwhile.
pub async fn take(cx: &mut Cx<'_>, commune: CommuneId, lot: LotId, version: Option<i64>) -> Result<bool> {
    let done = on!(cx, c => {
        let query = match version {
            Some(version) => sqlx::query(TAKE).bind(commune).bind(lot).bind(version),
            None => sqlx::query(HOLD).bind(commune).bind(lot),
        };
        query.execute(c).await.map(|done| done.rows_affected())
    })?;
    Ok(done == 1)
}

/// Where the product of a lot stands.
pub async fn product_state(cx: &mut Cx<'_>, commune: CommuneId, lot: LotId) -> Result<State> {
    on!(cx, c => sqlx::query_scalar(PRODUCT_STATE).bind(commune).bind(lot).fetch_one(c).await)
}

/// Other producers' lots of which this one received some, latest first; at most a hundred.
pub async fn received_by(cx: &mut Cx<'_>, commune: CommuneId, producer: ProducerId) -> Result<Vec<ListedLot>> {
    on!(cx, c => sqlx::query_as(RECEIVED_BY).bind(commune).bind(producer).fetch_all(c).await)
}

/// A handover by id.
pub async fn handover(cx: &mut Cx<'_>, commune: CommuneId, id: HandoverId) -> Result<Option<ListedHandover>> {
    on!(cx, c => sqlx::query_as(HANDOVER).bind(commune).bind(id).fetch_optional(c).await)
}

/// A lot's handovers, latest first; at most 200.
pub async fn of_lot(cx: &mut Cx<'_>, commune: CommuneId, lot: LotId) -> Result<Vec<ListedHandover>> {
    on!(cx, c => sqlx::query_as(OF_LOT).bind(commune).bind(lot).fetch_all(c).await)
}

/// Handovers that wait for this producer's word, oldest first; at most a hundred.
pub async fn waiting_for(cx: &mut Cx<'_>, commune: CommuneId, producer: ProducerId) -> Result<Vec<ListedHandover>> {
    on!(cx, c => sqlx::query_as(WAITING_FOR).bind(commune).bind(producer).fetch_all(c).await)
}

/// Handovers of this producer that wait for the other side, oldest first; at most a hundred.
pub async fn open_by(cx: &mut Cx<'_>, commune: CommuneId, producer: ProducerId) -> Result<Vec<ListedHandover>> {
    on!(cx, c => sqlx::query_as(OPEN_BY).bind(commune).bind(producer).fetch_all(c).await)
}

/// The oldest shipment of a lot that waits for this producer.
pub async fn waiting_of_lot(
    cx: &mut Cx<'_>,
    commune: CommuneId,
    lot: LotId,
    producer: ProducerId,
) -> Result<Option<ListedHandover>> {
    on!(cx, c => sqlx::query_as(WAITING_OF_LOT).bind(commune).bind(lot).bind(producer).fetch_optional(c).await)
}

/// Adds a handover; one with the same id (the same form sent again) stays as it is, and false comes back.
pub async fn insert_handover(cx: &mut Cx<'_>, h: &Handover) -> Result<bool> {
    let done = on!(cx, c => sqlx::query(INSERT_HANDOVER)
        .bind(h.commune_id)
        .bind(h.id)
        .bind(h.lot_id)
        .bind(h.from_producer_id)
        .bind(h.to_producer_id)
        .bind(h.party_id)
        .bind(h.quantity)
        .bind(h.uom)
        .bind(h.state)
        .bind(h.handed_at)
        .bind(h.ship_event_id)
        .bind(h.created_by)
        .bind(h.created_at)
        .execute(c)
        .await
        .map(|done| done.rows_affected()))?;
    Ok(done == 1)
}

/// Decides a handover; false if it no longer stands as it did.
pub async fn decide(
    cx: &mut Cx<'_>,
    commune: CommuneId,
    id: HandoverId,
    decided: &Decided<'_>,
    now: Time,
) -> Result<bool> {
    let done = on!(cx, c => sqlx::query(DECIDE)
        .bind(commune)
        .bind(id)
        .bind(decided.from)
        .bind(decided.to)
        .bind(decided.received)
        .bind(decided.ship)
        .bind(decided.receive)
        .bind(decided.reason)
        .bind(decided.by)
        .bind(now)
        .execute(c)
        .await
        .map(|done| done.rows_affected()))?;
    Ok(done == 1)
}

/// A producer's outside receivers, by name; at most 200.
pub async fn parties_of(cx: &mut Cx<'_>, commune: CommuneId, producer: ProducerId) -> Result<Vec<Party>> {
    on!(cx, c => sqlx::query_as(PARTIES_OF).bind(commune).bind(producer).fetch_all(c).await)
}

/// Adds an outside receiver.
pub async fn insert_party(cx: &mut Cx<'_>, p: &Party) -> Result<()> {
    on!(cx, c => sqlx::query(INSERT_PARTY)
        .bind(p.commune_id)
        .bind(p.id)
        .bind(p.producer_id)
        .bind(&p.name)
        .bind(&p.phone)
        .bind(p.phone_consent_at)
        .bind(p.created_by)
        .bind(p.created_at)
        .execute(c)
        .await
        .map(drop))
}

/// Notes a phone to which its owner consented.
pub async fn set_phone(cx: &mut Cx<'_>, commune: CommuneId, id: PartyId, phone: &str, at: Time) -> Result<()> {
    on!(cx, c => sqlx::query(SET_PHONE).bind(commune).bind(id).bind(phone).bind(at).execute(c).await.map(drop))
}

/// Short address and name of the approved producers to whom this one may hand goods; at most a thousand.
pub async fn receivers(cx: &mut Cx<'_>, commune: CommuneId, but: ProducerId) -> Result<Vec<(String, String)>> {
    on!(cx, c => sqlx::query_as(RECEIVERS).bind(commune).bind(but).fetch_all(c).await)
}
