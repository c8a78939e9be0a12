//! SQL of dossiers of which the product wasn't recognised.

use crate::clock::Time;
use crate::db::{Cx, Result, on};
use crate::ids::{CommuneId, DossierId, UserId, new_id};
use crate::ocop::model::Refusal;

const OF_DOSSIER: &str = "SELECT decided_on, level, reason, file_id FROM ocop_refusals
    WHERE commune_id = $1 AND dossier_id = $2 AND voided_at IS NULL";
const REFUSE: &str = "UPDATE ocop_dossiers SET state = 'refused', version = version + 1
    WHERE commune_id = $1 AND id = $2 AND version = $3 AND state = 'passed'";
const INSERT: &str = "INSERT INTO ocop_refusals (commune_id, id, dossier_id, decided_on, level, reason, file_id,
      recorded_by, recorded_at)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
const WAITS_AGAIN: &str = concat!(
    "UPDATE ocop_dossiers SET state = 'passed', version = version + 1
    WHERE commune_id = $1 AND id = $2 AND version = $3 AND state = 'refused' AND product_id NOT IN
      (SELECT o.product_id FROM ocop_dossiers o WHERE o.commune_id = $1 AND o.state IN ",
    live_states!(),
    ")"
);
const VOID: &str = "UPDATE ocop_refusals SET voided_at = $3
    WHERE commune_id = $1 AND dossier_id = $2 AND voided_at IS NULL";

/// The refusal that stands of a dossier.
pub async fn of_dossier(cx: &mut Cx<'_>, commune: CommuneId, dossier: DossierId) -> Result<Option<Refusal>> {
    on!(cx, c => sqlx::query_as(OF_DOSSIER).bind(commune).bind(dossier).fetch_optional(c).await)
}

/// Records that a dossier with the city led to no recognition, over the version that was seen; false if somebody was
/// there before.
pub async fn record(
    cx: &mut Cx<'_>,
    commune: CommuneId,
    (id, seen): (DossierId, i64),
    refusal: &Refusal,
    by: UserId,
    now: Time,
) -> Result<bool> {
    let done = on!(cx, c => sqlx::query(REFUSE)
        .bind(commune).bind(id).bind(seen).execute(c).await.map(|done| done.rows_affected()))?;
    if done == 1 {
        on!(cx, c => sqlx::query(INSERT)
            .bind(commune)
            .bind(new_id(now))
            .bind(id)
            .bind(refusal.decided_on)
            .bind(refusal.level)
            .bind(&refusal.reason)
            .bind(refusal.file_id)
            .bind(by)
            .bind(now)
            .execute(c)
            .await
            .map(drop))?;
    }
    Ok(done == 1)
}

/// Takes a refusal back that was recorded by mistake: the dossier waits for the city's word again. False if somebody was
/// there before, or another dossier of the product is open.
pub async fn take_back(cx: &mut Cx<'_>, commune: CommuneId, (id, seen): (DossierId, i64), now: Time) -> Result<bool> {
    let done = on!(cx, c => sqlx::query(WAITS_AGAIN)
        .bind(commune).bind(id).bind(seen).execute(c).await.map(|done| done.rows_affected()))?;
    if done == 1 {
        on!(cx, c => sqlx::query(VOID).bind(commune).bind(id).bind(now).execute(c).await.map(drop))?;
    }
    Ok(done == 1)
}
