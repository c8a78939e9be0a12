//! SQL of score sheets and the commune's opinion.

use crate::clock::Time;
use crate::db::{Cx, Result, on};
use crate::ids::{CommuneId, DossierId, UserId, new_id};
use crate::ocop::model::{Opinion, PointsText, Sheet};

const SHEETS: &str = "SELECT t.scorer_id, u.name AS scorer_name, t.points, t.total, t.note, t.version, t.updated_at
    FROM ocop_scores t LEFT JOIN users u ON u.id = t.scorer_id
    WHERE t.commune_id = $1 AND t.dossier_id = $2 ORDER BY t.id";
const INSERT: &str =
    "INSERT INTO ocop_scores (commune_id, id, dossier_id, scorer_id, points, total, note, version, updated_at)
    VALUES ($1, $2, $3, $4, $5, $6, $7, 1, $8) ON CONFLICT (commune_id, dossier_id, scorer_id) DO NOTHING";
const UPDATE: &str = "UPDATE ocop_scores SET points = $5, total = $6, note = $7, version = version + 1, updated_at = $8
    WHERE commune_id = $1 AND dossier_id = $2 AND scorer_id = $3 AND version = $4";
const OPINION: &str = "SELECT o.marks, o.agreed, o.words, o.version, o.updated_at, u.name AS by_name
    FROM ocop_opinions o LEFT JOIN users u ON u.id = o.updated_by
    WHERE o.commune_id = $1 AND o.dossier_id = $2";
const INSERT_OPINION: &str =
    "INSERT INTO ocop_opinions (commune_id, dossier_id, marks, agreed, words, version, updated_by, updated_at)
    VALUES ($1, $2, $3, $4, $5, 1, $6, $7) ON CONFLICT (commune_id, dossier_id) DO NOTHING";
const UPDATE_OPINION: &str =
    "UPDATE ocop_opinions SET marks = $4, agreed = $5, words = $6, version = version + 1, updated_by = $7,
      updated_at = $8
    WHERE commune_id = $1 AND dossier_id = $2 AND version = $3";

/// A dossier's sheets, the first scorer's first.
pub async fn sheets(cx: &mut Cx<'_>, commune: CommuneId, dossier: DossierId) -> Result<Vec<Sheet>> {
    on!(cx, c => sqlx::query_as(SHEETS).bind(commune).bind(dossier).fetch_all(c).await)
}

/// What a scorer says.
#[derive(Clone, Debug)]
pub struct Scored<'a> {
    /// Points by criterion.
    pub points: &'a PointsText,
    /// Sum in thousandths.
    pub total: i64,
    /// Words.
    pub note: &'a str,
}

/// Writes a scorer's sheet over the version that was seen (0: none was there); false if it changed meanwhile.
pub async fn put_sheet(
    cx: &mut Cx<'_>,
    commune: CommuneId,
    (dossier, scorer, seen): (DossierId, UserId, i64),
    scored: &Scored<'_>,
    now: Time,
) -> Result<bool> {
    let done = if seen == 0 {
        on!(cx, c => sqlx::query(INSERT)
            .bind(commune)
            .bind(new_id(now))
            .bind(dossier)
            .bind(scorer)
            .bind(scored.points)
            .bind(scored.total)
            .bind(scored.note)
            .bind(now)
            .execute(c)
            .await
            .map(|done| done.rows_affected()))?
    } else {
        on!(cx, c => sqlx::query(UPDATE)
            .bind(commune)
            .bind(dossier)
            .bind(scorer)
            .bind(seen)
            .bind(scored.points)
            .bind(scored.total)
            .bind(scored.note)
            .bind(now)
            .execute(c)
            .await
            .map(|done| done.rows_affected()))?
    };
    Ok(done == 1)
}

/// The commune's opinion, if it is written.
pub async fn opinion(cx: &mut Cx<'_>, commune: CommuneId, dossier: DossierId) -> Result<Option<Opinion>> {
    on!(cx, c => sqlx::query_as(OPINION).bind(commune).bind(dossier).fetch_optional(c).await)
}

/// Writes the opinion over the version that was seen (its own; 0: none was there); false if it changed meanwhile.
pub async fn put_opinion(
    cx: &mut Cx<'_>,
    commune: CommuneId,
    dossier: DossierId,
    opinion: &Opinion,
    by: UserId,
    now: Time,
) -> Result<bool> {
    let done = if opinion.version == 0 {
        on!(cx, c => sqlx::query(INSERT_OPINION)
            .bind(commune)
            .bind(dossier)
            .bind(&opinion.marks)
            .bind(opinion.agreed)
            .bind(&opinion.words)
            .bind(by)
            .bind(now)
            .execute(c)
            .await
            .map(|done| done.rows_affected()))?
    } else {
        on!(cx, c => sqlx::query(UPDATE_OPINION)
            .bind(commune)
            .bind(dossier)
            .bind(opinion.version)
            .bind(&opinion.marks)
            .bind(opinion.agreed)
            .bind(&opinion.words)
            .bind(by)
            .bind(now)
            .execute(c)
            .await
            .map(|done| done.rows_affected()))?
    };
    Ok(done == 1)
}
