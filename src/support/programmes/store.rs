//! SQL of support programmes.

use uuid::Uuid;

use super::model::{Programme, ProgrammeState};
use crate::clock::Time;
use crate::db::{Cx, Result, on};
use crate::ids::{CommuneId, ProgrammeId, UserId};

/// Reads whole programmes; what follows says which.
macro_rules! programmes {
    ($rest:literal) => {
        concat!(
            "SELECT id, year, name, budget, source, legal_basis, targets, state, version FROM support_programmes ",
            $rest
        )
    };
}

const OF_YEAR: &str = programmes!("WHERE commune_id = $1 AND year = $2 ORDER BY name, id");
const OPEN: &str = programmes!("WHERE commune_id = $1 AND state = 'open' ORDER BY year DESC, name, id LIMIT 200");
const BY_ID: &str = programmes!("WHERE commune_id = $1 AND id = $2");
// Held until the transaction ends, so that two at once don't both see the budget reach.
const HOLD: &str = "UPDATE support_programmes SET version = version WHERE commune_id = $1 AND id = $2";
const INSERT: &str =
    "INSERT INTO support_programmes (commune_id, id, year, name, budget, source, legal_basis, targets, state, version,
      request_id, created_by, created_at)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 1, $10, $11, $12)
    ON CONFLICT (commune_id, request_id) DO NOTHING";
const OF_REQUEST: &str = "SELECT id FROM support_programmes WHERE commune_id = $1 AND request_id = $2";
const UPDATE: &str =
    "UPDATE support_programmes SET name = $4, budget = $5, source = $6, legal_basis = $7, targets = $8,
      version = version + 1
    WHERE commune_id = $1 AND id = $2 AND version = $3";
const SET_STATE: &str = "UPDATE support_programmes SET state = $4, version = version + 1
    WHERE commune_id = $1 AND id = $2 AND version = $3";

/// A year's programmes, by name.
pub async fn of_year(cx: &mut Cx<'_>, commune: CommuneId, year: i32) -> Result<Vec<Programme>> {
    on!(cx, c => sqlx::query_as(OF_YEAR).bind(commune).bind(year).fetch_all(c).await)
}

/// Programmes that records may be added to, the latest year first.
pub async fn open(cx: &mut Cx<'_>, commune: CommuneId) -> Result<Vec<Programme>> {
    on!(cx, c => sqlx::query_as(OPEN).bind(commune).fetch_all(c).await)
}

/// A programme.
pub async fn by_id(cx: &mut Cx<'_>, commune: CommuneId, id: ProgrammeId) -> Result<Option<Programme>> {
    on!(cx, c => sqlx::query_as(BY_ID).bind(commune).bind(id).fetch_optional(c).await)
}

/// Holds a programme until the transaction ends: its sums stay as they are read.
pub async fn hold(cx: &mut Cx<'_>, commune: CommuneId, id: ProgrammeId) -> Result<()> {
    on!(cx, c => sqlx::query(HOLD).bind(commune).bind(id).execute(c).await.map(drop))
}

/// Adds a programme; the same form sent twice adds one. Returns its id.
pub async fn insert(
    cx: &mut Cx<'_>,
    commune: CommuneId,
    p: &Programme,
    request: Uuid,
    by: UserId,
    now: Time,
) -> Result<(ProgrammeId, bool)> {
    let done = on!(cx, c => sqlx::query(INSERT)
        .bind(commune)
        .bind(p.id)
        .bind(p.year)
        .bind(&p.name)
        .bind(p.budget)
        .bind(&p.source)
        .bind(&p.legal_basis)
        .bind(&p.targets)
        .bind(p.state)
        .bind(request)
        .bind(by)
        .bind(now)
        .execute(c)
        .await
        .map(|done| done.rows_affected()))?;
    let id = on!(cx, c => sqlx::query_scalar(OF_REQUEST).bind(commune).bind(request).fetch_one(c).await)?;
    Ok((id, done == 1))
}

/// Writes all but year and state over the version that was seen; false if somebody was there before.
pub async fn update(cx: &mut Cx<'_>, commune: CommuneId, p: &Programme) -> Result<bool> {
    let done = on!(cx, c => sqlx::query(UPDATE)
        .bind(commune)
        .bind(p.id)
        .bind(p.version)
        .bind(&p.name)
        .bind(p.budget)
        .bind(&p.source)
        .bind(&p.legal_basis)
        .bind(&p.targets)
        .execute(c)
        .await
        .map(|done| done.rows_affected()))?;
    Ok(done == 1)
}

/// Opens or closes over the version that was seen; false if somebody was there before.
pub async fn set_state(
    cx: &mut Cx<'_>,
    commune: CommuneId,
    id: ProgrammeId,
    version: i64,
    state: ProgrammeState,
) -> Result<bool> {
    let done = on!(cx, c => sqlx::query(SET_STATE)
        .bind(commune).bind(id).bind(version).bind(state).execute(c).await.map(|done| done.rows_affected()))?;
    Ok(done == 1)
}
