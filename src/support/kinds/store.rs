//! SQL of a commune's own words and rules for kinds of support.

use crate::db::{Cx, Result, on};
use crate::ids::CommuneId;
use crate::support::model::SupportKind;

// A kind of one commune's own is hidden in the list that all share.
const ADD: &str =
    "INSERT INTO support_kinds (code, name_vi, name_en, position, hidden) VALUES ($1, $2, $3, 1000, TRUE)";
const PUT: &str = "INSERT INTO commune_support_kinds (commune_id, code, name_vi, name_en, months, hidden, version)
    VALUES ($1, $2, $3, $4, $5, $6, 1)
    ON CONFLICT (commune_id, code) DO UPDATE SET name_vi = excluded.name_vi, name_en = excluded.name_en,
      months = excluded.months, hidden = excluded.hidden, version = commune_support_kinds.version + 1
    WHERE commune_support_kinds.version = $7";

/// Adds a kind of the commune's own.
pub async fn add(cx: &mut Cx<'_>, commune: CommuneId, kind: &SupportKind) -> Result<()> {
    on!(cx, c => sqlx::query(ADD)
        .bind(&kind.code).bind(&kind.name_vi).bind(&kind.name_en).execute(c).await.map(drop))?;
    put(cx, commune, kind).await.map(drop)
}

/// Writes the commune's words and rules over the version that was seen (0: the shared ones); false if somebody was
/// there before.
pub async fn put(cx: &mut Cx<'_>, commune: CommuneId, kind: &SupportKind) -> Result<bool> {
    let done = on!(cx, c => sqlx::query(PUT)
        .bind(commune)
        .bind(&kind.code)
        .bind(&kind.name_vi)
        .bind(&kind.name_en)
        .bind(kind.months)
        .bind(kind.hidden)
        .bind(kind.version)
        .execute(c)
        .await
        .map(|done| done.rows_affected()))?;
    Ok(done == 1)
}
