//! SQL of what stands in the way of taking work back.

use crate::db::{Cx, Result, on};
use crate::ids::{CommuneId, EventId, LotId};
use crate::traceability::event_lots::LotRole;
use crate::traceability::model::Lot;
use crate::traceability::quantity::Uom;

const PARTS: &str = "SELECT lot_id, role, quantity, uom FROM trace_event_lots
    WHERE commune_id = $1 AND event_id = $2 ORDER BY lot_id, role";
const CHANGES_HANDS: &str = "SELECT COUNT(*) FROM handovers
    WHERE commune_id = $1 AND lot_id = $2 AND state IN ('sent', 'claimed', 'confirmed', 'delivered')";
const LABELLED: &str = "SELECT COUNT(*) FROM label_runs
    WHERE commune_id = $1 AND lot_id = $2 AND voided_at IS NULL";

const PACKING: &str = "SELECT e.id FROM trace_event_lots l
      JOIN trace_events e ON e.commune_id = l.commune_id AND e.id = l.event_id
    WHERE l.commune_id = $1 AND l.lot_id = $2 AND l.role = 'parent' AND l.standing = TRUE
      AND e.action = 'ADD' AND e.producer_id = $3
    LIMIT 1";

/// A lot's part in one event.
#[derive(Clone, Copy, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct EventPart {
    /// Which lot.
    pub lot_id: LotId,
    /// Its part.
    pub role: LotRole,
    /// How much, in thousandths of [`EventPart::uom`].
    pub quantity: Option<i64>,
    /// Unit.
    pub uom: Option<Uom>,
}

/// The lots of an event that are kept here.
pub async fn parts(cx: &mut Cx<'_>, commune: CommuneId, event: EventId) -> Result<Vec<EventPart>> {
    on!(cx, c => sqlx::query_as(PARTS).bind(commune).bind(event).fetch_all(c).await)
}

/// The event by which its producer packed a unit; None: the lot is no unit. One that was opened holds nothing any
/// more, which its balance tells.
pub async fn packing_of(cx: &mut Cx<'_>, lot: &Lot) -> Result<Option<EventId>> {
    on!(cx, c => sqlx::query_scalar(PACKING)
        .bind(lot.commune_id)
        .bind(lot.id)
        .bind(lot.producer_id)
        .fetch_optional(c)
        .await)
}

/// True if some of a lot changed hands, or waits for somebody's word.
pub async fn changes_hands(cx: &mut Cx<'_>, commune: CommuneId, lot: LotId) -> Result<bool> {
    let rows: i64 = on!(cx, c => sqlx::query_scalar(CHANGES_HANDS).bind(commune).bind(lot).fetch_one(c).await)?;
    Ok(rows > 0)
}

/// True if labels of a lot were issued and not declared void.
pub async fn is_labelled(cx: &mut Cx<'_>, commune: CommuneId, lot: LotId) -> Result<bool> {
    let rows: i64 = on!(cx, c => sqlx::query_scalar(LABELLED).bind(commune).bind(lot).fetch_one(c).await)?;
    Ok(rows > 0)
}
