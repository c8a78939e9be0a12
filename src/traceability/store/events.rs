//! SQL of trace events: only ever added. A wrong one is taken back by an error declaration, a row of its own.

use std::collections::{BTreeSet, HashSet};
use std::sync::LazyLock;

use uuid::Uuid;

use crate::clock::Time;
use crate::db::{Cx, Result, Rows, WithIds, on};
use crate::ids::{CommuneId, EventId, FileId, LotId, PlaceId, ProducerId, UserId};

use super::super::event_lots::{EventLot, LotRole};
use super::super::identifiers::Identifiers;
use super::super::quantity::{Quantity, Uom};
use super::super::record::RecordedEvent;

const OF_CLIENT: &str = "SELECT id FROM trace_events WHERE commune_id = $1 AND producer_id = $2 AND client_id = $3";
const OF_EVENT_ID: &str = "SELECT id, event_hash FROM trace_events
    WHERE commune_id = $1 AND event_id = $2 AND is_error_declaration = $3";
static INSERT: LazyLock<Rows> = LazyLock::new(|| {
    Rows::new(
        "INSERT INTO trace_events (commune_id, id, event_id, event_hash, is_error_declaration, event_type, action,
          biz_step, disposition, event_time, zone_offset, record_time, read_point, biz_location, producer_id, place_id,
          client_id, step, note, body, created_by) VALUES ",
        21,
        " ON CONFLICT DO NOTHING RETURNING id",
    )
});
// Lots of other services may stand in an event; only those kept here join the graph. Their pages are made anew
// (labels::cache).
static COUNT_EVENT: LazyLock<WithIds> = LazyLock::new(|| {
    WithIds::new(
        "UPDATE lots SET page_version = page_version + 1 WHERE commune_id = $1 AND id IN (",
        2,
        ") RETURNING id",
    )
});
static DECLARED: LazyLock<WithIds> = LazyLock::new(|| {
    WithIds::new(
        "SELECT event_id FROM trace_events
          WHERE commune_id = $1 AND is_error_declaration = TRUE AND event_id IN (",
        2,
        ")",
    )
});
const TAKE_BACK: &str = "UPDATE trace_event_lots SET standing = FALSE WHERE commune_id = $1
    AND event_id IN (SELECT id FROM trace_events WHERE commune_id = $1 AND event_id = $2)";
static INSERT_LOTS: LazyLock<Rows> = LazyLock::new(|| {
    Rows::new("INSERT INTO trace_event_lots (commune_id, event_id, lot_id, role, quantity, uom) VALUES ", 6, "")
});
static INSERT_FILES: LazyLock<Rows> = LazyLock::new(|| {
    Rows::new("INSERT INTO trace_event_files (commune_id, event_id, file_id) VALUES ", 3, " ON CONFLICT DO NOTHING")
});
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
      JOIN trace_events e ON e.commune_id = o.commune_id AND e.id = o.event_id
        AND (e.action IS NULL OR e.action = 'ADD')
    WHERE o.commune_id = $1 AND o.lot_id = $2 AND o.role IN ('output', 'parent') AND o.standing = TRUE
    ORDER BY i.event_id, i.lot_id";

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

/// Adds an event with its lots and files, unless it is there already: see [`insert_many`].
pub async fn insert(
    cx: &mut Cx<'_>,
    commune: CommuneId,
    identifiers: &Identifiers,
    new: &NewEvent<'_>,
) -> Result<Stored> {
    let stored = insert_many(cx, commune, identifiers, std::slice::from_ref(new)).await?;
    stored.into_iter().next().ok_or(sqlx::Error::RowNotFound)
}

/// Adds events with their lots and files, a hundred in a statement; what is there already is left as it is. Tells what
/// came of each, in their order. A client id that is known means a step that was sent again: the phone may have
/// corrected its clock or its text meanwhile.
pub async fn insert_many(
    cx: &mut Cx<'_>,
    commune: CommuneId,
    identifiers: &Identifiers,
    new: &[NewEvent<'_>],
) -> Result<Vec<Stored>> {
    let ids: Vec<EventId> = new.iter().map(|new| EventId::new(new.now)).collect();
    let rows: Vec<(EventId, &NewEvent<'_>)> = ids.iter().copied().zip(new).collect();
    let mut added = HashSet::with_capacity(rows.len());
    for (sql, chunk) in INSERT.chunks(cx, &rows) {
        added.extend(insert_events(cx, commune, sql, chunk).await?);
    }
    let fresh = || rows.iter().filter(|(id, _)| added.contains(id));
    let parts: Vec<LotPart> = fresh().flat_map(|(id, new)| parts_of(*id, new.event, identifiers)).collect();
    insert_lots(cx, commune, parts).await?;
    let events: Vec<&str> = fresh().map(|(_, new)| new.event.event_id.as_str()).collect();
    take_back(cx, commune, &events).await?;
    let files: Vec<(EventId, FileId)> =
        fresh().flat_map(|(id, new)| new.files.iter().map(|file| (*id, *file))).collect();
    for (sql, chunk) in INSERT_FILES.chunks(cx, &files) {
        on!(cx, c => {
            let query = chunk.iter().fold(sqlx::query(sql), |q, (event, file)| q.bind(commune).bind(*event).bind(*file));
            query.execute(c).await.map(drop)
        })?;
    }
    let mut stored = Vec::with_capacity(rows.len());
    for (id, new) in rows {
        stored.push(if added.contains(&id) { Stored::Added(id) } else { existing(cx, commune, new).await? });
    }
    Ok(stored)
}

/// The parts in events of which an error declaration is there, and in the declaration, stand no more, whichever came
/// first.
async fn take_back(cx: &mut Cx<'_>, commune: CommuneId, events: &[&str]) -> Result<()> {
    for chunk in events.chunks(WithIds::MOST) {
        let (sql, ids) = DECLARED.of(chunk);
        let declared: Vec<String> = on!(cx, c => {
            ids.fold(sqlx::query_scalar(sql).bind(commune), sqlx::query::QueryScalar::bind).fetch_all(c).await
        })?;
        for event in declared {
            on!(cx, c => sqlx::query(TAKE_BACK).bind(commune).bind(&event).execute(c).await.map(drop))?;
        }
    }
    Ok(())
}

/// Adds the rows of events; gives the ids of those that were not there.
async fn insert_events(
    cx: &mut Cx<'_>,
    commune: CommuneId,
    sql: &'static str,
    rows: &[(EventId, &NewEvent<'_>)],
) -> Result<Vec<EventId>> {
    on!(cx, c => {
        let mut query = sqlx::query_scalar(sql);
        for (id, new) in rows {
            let event = new.event;
            query = query
                .bind(commune)
                .bind(*id)
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
                .bind(new.by);
        }
        query.fetch_all(c).await
    })
}

/// A lot's part in an event.
struct LotPart {
    event: EventId,
    lot: LotId,
    role: LotRole,
    quantity: Option<Quantity>,
}

/// The parts that lots of this service have in an event.
fn parts_of(id: EventId, event: &RecordedEvent, identifiers: &Identifiers) -> Vec<LotPart> {
    let part = |lot: &EventLot| {
        // A packing unit is named as the one thing it is, not as a class of goods.
        let kind = if lot.role == LotRole::Parent { "obj" } else { "class" };
        let local = identifiers.local(kind, lot.amount.class.as_str())?.parse().ok()?;
        Some(LotPart { event: id, lot: local, role: lot.role, quantity: lot.amount.quantity })
    };
    event.lots.iter().filter_map(part).collect()
}

async fn insert_lots(cx: &mut Cx<'_>, commune: CommuneId, mut parts: Vec<LotPart>) -> Result<()> {
    // In one order, so that two who add events of the same lots wait for each other and never in a circle.
    let lots: Vec<LotId> = parts.iter().map(|part| part.lot).collect::<BTreeSet<_>>().into_iter().collect();
    let mut known: HashSet<LotId> = HashSet::with_capacity(lots.len());
    for chunk in lots.chunks(WithIds::MOST) {
        let (sql, ids) = COUNT_EVENT.of(chunk);
        let rows: Vec<LotId> = on!(cx, c => {
            ids.fold(sqlx::query_scalar(sql).bind(commune), sqlx::query::QueryScalar::bind).fetch_all(c).await
        })?;
        known.extend(rows);
    }
    parts.retain(|part| known.contains(&part.lot));
    for (sql, chunk) in INSERT_LOTS.chunks(cx, &parts) {
        on!(cx, c => {
            let mut query = sqlx::query(sql);
            for part in chunk {
                query = query
                    .bind(commune)
                    .bind(part.event)
                    .bind(part.lot)
                    .bind(part.role)
                    .bind(part.quantity.map(Quantity::thousandths))
                    .bind(part.quantity.map(Quantity::uom));
            }
            query.execute(c).await.map(drop)
        })?;
    }
    Ok(())
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

/// Everything that happened to a lot, earliest first; an error declaration follows the event it takes back.
pub async fn events_of_lot(cx: &mut Cx<'_>, commune: CommuneId, lot: LotId) -> Result<Vec<TraceEvent>> {
    on!(cx, c => sqlx::query_as(OF_LOT).bind(commune).bind(lot).fetch_all(c).await)
}

/// The photos of a lot's events.
pub async fn files_of_lot(cx: &mut Cx<'_>, commune: CommuneId, lot: LotId) -> Result<Vec<(EventId, FileId)>> {
    on!(cx, c => sqlx::query_as(FILES_OF_LOT).bind(commune).bind(lot).fetch_all(c).await)
}

/// The lots that went into a lot, by event that stands.
pub async fn inputs_of_lot(cx: &mut Cx<'_>, commune: CommuneId, lot: LotId) -> Result<Vec<InputLot>> {
    on!(cx, c => sqlx::query_as(INPUTS_OF_LOT).bind(commune).bind(lot).fetch_all(c).await)
}
