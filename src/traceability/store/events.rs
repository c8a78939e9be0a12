//! SQL of trace events: only ever added. A wrong one is taken back by an error declaration, a row of its own.

use uuid::Uuid;

use crate::clock::Time;
use crate::db::{Cx, Result, on};
use crate::ids::{CommuneId, EventId, FileId, LotId, PlaceId, ProducerId, UserId};

use super::super::event_lots::LotRole;
use super::super::identifiers::Identifiers;
use super::super::quantity::{Quantity, Uom};
use super::super::record::RecordedEvent;

const OF_CLIENT: &str = "SELECT id FROM trace_events WHERE commune_id = $1 AND producer_id = $2 AND client_id = $3";
const INSERT: &str = "INSERT INTO trace_events (commune_id, id, event_id, event_hash, is_error_declaration, event_type,
      action, biz_step, disposition, event_time, zone_offset, record_time, read_point, biz_location, producer_id,
      place_id, client_id, step, note, body, created_by)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21)
    ON CONFLICT DO NOTHING RETURNING id";
const OF_EVENT_ID: &str = "SELECT id, event_hash FROM trace_events
    WHERE commune_id = $1 AND event_id = $2 AND is_error_declaration = $3";
// Lots of other services may stand in an event; only those kept here join the graph.
const INSERT_LOT: &str = "INSERT INTO trace_event_lots (commune_id, event_id, lot_id, role, quantity, uom)
    SELECT commune_id, $2, id, $4, $5, $6 FROM lots WHERE commune_id = $1 AND id = $3";
// Pages of the lot are made anew (labels::cache).
const COUNT_EVENT: &str = "UPDATE lots SET page_version = page_version + 1 WHERE commune_id = $1 AND id = $2";
const INSERT_FILE: &str = "INSERT INTO trace_event_files (commune_id, event_id, file_id) VALUES ($1, $2, $3)
    ON CONFLICT DO NOTHING";
const OF_LOT: &str =
    "SELECT e.id, e.event_id, e.event_hash, e.is_error_declaration, e.event_type, e.action, e.biz_step,
      e.disposition, e.event_time, e.zone_offset, e.record_time, e.producer_id, e.place_id, e.client_id, e.step,
      e.note, e.body, e.created_by, l.role, l.quantity, l.uom
    FROM trace_event_lots l JOIN trace_events e ON e.commune_id = l.commune_id AND e.id = l.event_id
    WHERE l.commune_id = $1 AND l.lot_id = $2
    ORDER BY e.event_time, e.is_error_declaration, e.record_time, e.id";
const FILES_OF_LOT: &str = "SELECT f.event_id, f.file_id FROM trace_event_lots l
      JOIN trace_event_files f ON f.commune_id = l.commune_id AND f.event_id = l.event_id
    WHERE l.commune_id = $1 AND l.lot_id = $2 ORDER BY f.event_id, f.file_id";
const INPUTS_OF_LOT: &str = "SELECT i.event_id, i.lot_id, i.quantity, i.uom FROM trace_event_lots o
      JOIN trace_event_lots i ON i.commune_id = o.commune_id AND i.event_id = o.event_id
        AND i.role = CASE o.role WHEN 'output' THEN 'input' ELSE 'child' END
      JOIN trace_events e ON e.commune_id = o.commune_id AND e.id = o.event_id AND e.is_error_declaration = FALSE
        AND (e.action IS NULL OR e.action = 'ADD')
    WHERE o.commune_id = $1 AND o.lot_id = $2 AND o.role IN ('output', 'parent') ORDER BY i.event_id, i.lot_id";

/// An event to add, with what is kept beside it.
#[derive(Clone, Copy, Debug)]
pub struct NewEvent<'a> {
    /// The event with its columns.
    pub event: &'a RecordedEvent,
    /// Whose it is.
    pub producer: ProducerId,
    /// Where it happened, if the place is kept here.
    pub place: Option<PlaceId>,
    /// The phone's own id of the step: a repeat is the same step.
    pub client: Option<Uuid>,
    /// Key in `seed/step-templates.json`, or `recall`, `recall_lifted`.
    pub step: &'a str,
    /// Free text; never part of the event.
    pub note: &'a str,
    /// Photos.
    pub files: &'a [FileId],
    /// Who recorded it.
    pub by: Option<UserId>,
    /// When it was recorded.
    pub now: Time,
}

/// What came of adding an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stored {
    /// It was added.
    Added(EventId),
    /// It is there already, with the same content or the same client id.
    Repeated(EventId),
    /// Another event with this id but other content is there; nothing was added.
    Conflict(EventId),
}

/// A lot's event with the lot's part in it.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct TraceEvent {
    /// Row.
    pub id: EventId,
    /// Id in EPCIS; an error declaration has that of the event it takes back.
    pub event_id: String,
    /// CBV 2.0 hash.
    pub event_hash: String,
    /// True if it takes an earlier event back.
    pub is_error_declaration: bool,
    /// EPCIS type, `ObjectEvent`.
    pub event_type: String,
    /// `ADD`, `OBSERVE`, `DELETE`; None for a transformation.
    pub action: Option<String>,
    /// CBV business step.
    pub biz_step: Option<String>,
    /// CBV disposition.
    pub disposition: Option<String>,
    /// When it happened.
    pub event_time: Time,
    /// The zone it happened in.
    pub zone_offset: String,
    /// When it was recorded.
    pub record_time: Time,
    /// Whose it is.
    pub producer_id: ProducerId,
    /// Where it happened.
    pub place_id: Option<PlaceId>,
    /// The phone's own id.
    pub client_id: Option<Uuid>,
    /// Key of the step's template.
    pub step: String,
    /// Free text beside the event; for an error declaration, why.
    pub note: String,
    /// The whole event as JSON text.
    pub body: String,
    /// Who recorded it.
    pub created_by: Option<UserId>,
    /// The lot's part.
    pub role: LotRole,
    /// How much of the lot, in thousandths of [`TraceEvent::uom`].
    pub quantity: Option<i64>,
    /// Unit.
    pub uom: Option<Uom>,
}

/// A lot that was used up to make another, or packed into it.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct InputLot {
    /// In which event.
    pub event_id: EventId,
    /// Which lot.
    pub lot_id: LotId,
    /// How much, in thousandths of [`InputLot::uom`].
    pub quantity: Option<i64>,
    /// Unit.
    pub uom: Option<Uom>,
}

/// The step that a client id belongs to, if it is recorded already.
pub async fn of_client(
    cx: &mut Cx<'_>,
    commune: CommuneId,
    producer: ProducerId,
    client: Uuid,
) -> Result<Option<EventId>> {
    on!(cx, c => sqlx::query_scalar(OF_CLIENT).bind(commune).bind(producer).bind(client).fetch_optional(c).await)
}

/// Adds an event with its lots and files, unless it is there already. The client id is looked at first, since a
/// phone that sends a step again may have corrected its clock or its text meanwhile.
pub async fn insert(
    cx: &mut Cx<'_>,
    commune: CommuneId,
    identifiers: &Identifiers,
    new: &NewEvent<'_>,
) -> Result<Stored> {
    if let Some(client) = new.client
        && let Some(id) = of_client(cx, commune, new.producer, client).await?
    {
        return Ok(Stored::Repeated(id));
    }
    let event = new.event;
    let added: Option<EventId> = on!(cx, c => sqlx::query_scalar(INSERT)
        .bind(commune)
        .bind(EventId::new(new.now))
        .bind(&event.event_id)
        .bind(&event.event_hash)
        .bind(event.is_error_declaration)
        .bind(event.event_type.as_str())
        .bind(event.action.map(super::super::epcis::Action::as_str))
        .bind(&event.biz_step)
        .bind(&event.disposition)
        .bind(Time::from(event.event_time))
        .bind(&event.tz)
        .bind(new.now)
        .bind(&event.read_point)
        .bind(&event.biz_location)
        .bind(new.producer)
        .bind(new.place)
        .bind(new.client)
        .bind(new.step)
        .bind(new.note)
        .bind(&event.body)
        .bind(new.by)
        .fetch_optional(c)
        .await)?;
    let Some(id) = added else { return existing(cx, commune, new).await };
    for lot in &event.lots {
        // A packing unit is named as the one thing it is, not as a class of goods.
        let kind = if lot.role == LotRole::Parent { "obj" } else { "class" };
        let local = identifiers.local(kind, lot.amount.class.as_str()).and_then(|text| text.parse::<LotId>().ok());
        if let Some(lot_id) = local {
            insert_lot(cx, commune, id, lot_id, lot.role, lot.amount.quantity).await?;
        }
    }
    for file in new.files {
        on!(cx, c => sqlx::query(INSERT_FILE).bind(commune).bind(id).bind(*file).execute(c).await.map(drop))?;
    }
    Ok(Stored::Added(id))
}

/// Which event stands in the way of one that could not be added.
async fn existing(cx: &mut Cx<'_>, commune: CommuneId, new: &NewEvent<'_>) -> Result<Stored> {
    if let Some(client) = new.client
        && let Some(id) = of_client(cx, commune, new.producer, client).await?
    {
        return Ok(Stored::Repeated(id));
    }
    let (id, hash): (EventId, String) = on!(cx, c => sqlx::query_as(OF_EVENT_ID)
        .bind(commune)
        .bind(&new.event.event_id)
        .bind(new.event.is_error_declaration)
        .fetch_one(c)
        .await)?;
    Ok(if hash == new.event.event_hash { Stored::Repeated(id) } else { Stored::Conflict(id) })
}

async fn insert_lot(
    cx: &mut Cx<'_>,
    commune: CommuneId,
    event: EventId,
    lot: LotId,
    role: LotRole,
    quantity: Option<Quantity>,
) -> Result<()> {
    on!(cx, c => sqlx::query(INSERT_LOT)
        .bind(commune)
        .bind(event)
        .bind(lot)
        .bind(role)
        .bind(quantity.map(Quantity::thousandths))
        .bind(quantity.map(Quantity::uom))
        .execute(c)
        .await
        .map(drop))?;
    on!(cx, c => sqlx::query(COUNT_EVENT).bind(commune).bind(lot).execute(c).await.map(drop))
}

/// Everything that happened to a lot, earliest first; an error declaration follows the event it takes back.
pub async fn events_of_lot(cx: &mut Cx<'_>, commune: CommuneId, lot: LotId) -> Result<Vec<TraceEvent>> {
    on!(cx, c => sqlx::query_as(OF_LOT).bind(commune).bind(lot).fetch_all(c).await)
}

/// The photos of a lot's events.
pub async fn files_of_lot(cx: &mut Cx<'_>, commune: CommuneId, lot: LotId) -> Result<Vec<(EventId, FileId)>> {
    on!(cx, c => sqlx::query_as(FILES_OF_LOT).bind(commune).bind(lot).fetch_all(c).await)
}

/// The lots that went into a lot, by event.
pub async fn inputs_of_lot(cx: &mut Cx<'_>, commune: CommuneId, lot: LotId) -> Result<Vec<InputLot>> {
    on!(cx, c => sqlx::query_as(INPUTS_OF_LOT).bind(commune).bind(lot).fetch_all(c).await)
}
