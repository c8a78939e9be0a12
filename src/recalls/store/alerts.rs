//! SQL of what the office is to look at: a producer's own recall, and a request for one.

use crate::clock::Time;
use crate::db::{Cx, Result, on};
use crate::ids::{AlertId, CommuneId, LotId, ProducerId, RecallId, UserId};

use super::super::model::AlertKind;

const INSERT: &str = "INSERT INTO recall_alerts (commune_id, id, kind, lot_id, producer_id, recall_id, reason, state,
      note, created_by, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7, 'new', '', $8, $9)
    ON CONFLICT (commune_id, id) DO NOTHING";
const WAITING: &str = "SELECT a.id, a.kind, a.reason, a.created_at, l.code AS lot_code, p.name AS product_name,
      o.name AS producer_name, o.short AS producer_short, r.number AS recall_number
    FROM recall_alerts a
      JOIN lots l ON l.commune_id = a.commune_id AND l.id = a.lot_id
      JOIN products p ON p.commune_id = l.commune_id AND p.id = l.product_id
      JOIN producers o ON o.commune_id = a.commune_id AND o.id = a.producer_id
      LEFT JOIN recalls r ON r.commune_id = a.commune_id AND r.id = a.recall_id
    WHERE a.commune_id = $1 AND a.state = 'new' ORDER BY a.created_at, a.id LIMIT 500";
const SEEN: &str = "UPDATE recall_alerts SET state = 'seen', note = $3, seen_by = $4, seen_at = $5
    WHERE commune_id = $1 AND id = $2 AND state = 'new'";
const OPEN_OF: &str = "SELECT COUNT(*) FROM recall_alerts
    WHERE commune_id = $1 AND lot_id = $2 AND producer_id = $3 AND kind = 'requested' AND state = 'new'";

/// Something for the office to look at.
#[derive(Clone, Copy, Debug)]
pub struct NewAlert<'a> {
    /// Id.
    pub id: AlertId,
    /// What it is.
    pub kind: AlertKind,
    /// Which lot.
    pub lot: LotId,
    /// Who recalled or asks.
    pub producer: ProducerId,
    /// The recall.
    pub recall: Option<RecallId>,
    /// Why.
    pub reason: &'a str,
    /// Who told it.
    pub by: UserId,
}

/// One that waits, with the names that pages show.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Alert {
    /// Id.
    pub id: AlertId,
    /// What it is.
    pub kind: AlertKind,
    /// Why.
    pub reason: String,
    /// When.
    pub created_at: Time,
    /// Code of the lot.
    pub lot_code: String,
    /// Name of its product.
    pub product_name: String,
    /// Who recalled or asks.
    pub producer_name: String,
    /// Suffix of its address.
    pub producer_short: String,
    /// Number of the recall.
    pub recall_number: Option<i64>,
}

/// Adds one; false if it is there already.
pub async fn insert(cx: &mut Cx<'_>, commune: CommuneId, new: &NewAlert<'_>, now: Time) -> Result<bool> {
    let done = on!(cx, c => sqlx::query(INSERT)
        .bind(commune)
        .bind(new.id)
        .bind(new.kind)
        .bind(new.lot)
        .bind(new.producer)
        .bind(new.recall)
        .bind(new.reason)
        .bind(new.by)
        .bind(now)
        .execute(c)
        .await
        .map(|done| done.rows_affected()))?;
    Ok(done == 1)
}

/// Those that no officer looked at, oldest first; at most 500.
pub async fn waiting(cx: &mut Cx<'_>, commune: CommuneId) -> Result<Vec<Alert>> {
    on!(cx, c => sqlx::query_as(WAITING).bind(commune).fetch_all(c).await)
}

/// Notes that an officer looked at it, and what was done; false if somebody did before.
pub async fn seen(cx: &mut Cx<'_>, commune: CommuneId, id: AlertId, note: &str, by: UserId, now: Time) -> Result<bool> {
    let done = on!(cx, c => sqlx::query(SEEN)
        .bind(commune).bind(id).bind(note).bind(by).bind(now).execute(c).await.map(|done| done.rows_affected()))?;
    Ok(done == 1)
}

/// True while a request of this producer for this lot waits.
pub async fn is_asked(cx: &mut Cx<'_>, commune: CommuneId, lot: LotId, producer: ProducerId) -> Result<bool> {
    let rows: i64 =
        on!(cx, c => sqlx::query_scalar(OPEN_OF).bind(commune).bind(lot).bind(producer).fetch_one(c).await)?;
    Ok(rows > 0)
}
