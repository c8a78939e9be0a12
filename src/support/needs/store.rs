//! SQL of needs.

use super::model::{Answer, NeedRow, NeedState, NewNeed};
use crate::db::{Cx, Result, on};
use crate::ids::{CommuneId, NeedId, ProducerId};

/// Reads needs with their producer, product and programme; what follows says which.
macro_rules! needs {
    ($rest:literal) => {
        concat!(
            "SELECT n.id, n.producer_id, n.kind, n.words, n.channel, n.state, n.later, n.answer, n.answered_at, \
             n.version, n.created_at, n.programme_id, g.name AS programme_name, p.name AS producer_name, \
             p.short AS producer_short, s.name AS product_name, s.short AS product_short \
             FROM support_needs n \
             JOIN producers p ON p.commune_id = n.commune_id AND p.id = n.producer_id \
             LEFT JOIN products s ON s.commune_id = n.commune_id AND s.id = n.product_id \
             LEFT JOIN support_programmes g ON g.commune_id = n.commune_id AND g.id = n.programme_id ",
            $rest
        )
    };
}

const INSERT: &str =
    "INSERT INTO support_needs (commune_id, id, producer_id, product_id, kind, words, channel, state, later, answer,
      version, request_id, created_by, created_at)
    VALUES ($1, $2, $3, $4, $5, $6, $7, 'open', '', '', 1, $8, $9, $10)
    ON CONFLICT (commune_id, request_id) DO NOTHING";
const OPEN_COUNT: &str = "SELECT COUNT(*) FROM support_needs n
    WHERE n.commune_id = $1 AND n.producer_id = $2 AND n.state = 'open'";
const BY_ID: &str = needs!("WHERE n.commune_id = $1 AND n.id = $2");
const OF_PRODUCER: &str =
    needs!("WHERE n.commune_id = $1 AND n.producer_id = $2 ORDER BY n.created_at DESC, n.id DESC LIMIT 200");
const WAITING: &str = needs!("WHERE n.commune_id = $1 AND n.state = 'open' ORDER BY n.created_at, n.id LIMIT 500");
const IN_STATE: &str =
    needs!("WHERE n.commune_id = $1 AND n.state = $2 ORDER BY n.created_at DESC, n.id DESC LIMIT $3 OFFSET $4");
const COUNT: &str = "SELECT COUNT(*) FROM support_needs WHERE commune_id = $1 AND state = $2";
const ANSWER: &str =
    "UPDATE support_needs SET state = $4, programme_id = $5, later = $6, answer = $7, answered_by = $8,
      answered_at = $9, version = version + 1
    WHERE commune_id = $1 AND id = $2 AND version = $3 AND state <> 'withdrawn'";
const WITHDRAW: &str = "UPDATE support_needs SET state = 'withdrawn', version = version + 1
    WHERE commune_id = $1 AND id = $2 AND version = $3 AND state = 'open'";

/// Adds a need; false if this form's is there already.
pub async fn insert(cx: &mut Cx<'_>, commune: CommuneId, n: &NewNeed) -> Result<bool> {
    let done = on!(cx, c => sqlx::query(INSERT)
        .bind(commune)
        .bind(n.id)
        .bind(n.producer)
        .bind(n.product)
        .bind(&n.kind)
        .bind(&n.words)
        .bind(n.channel)
        .bind(n.request)
        .bind(n.by)
        .bind(n.at)
        .execute(c)
        .await
        .map(|done| done.rows_affected()))?;
    Ok(done == 1)
}

/// How many of a producer's needs wait for an answer.
pub async fn open_count(cx: &mut Cx<'_>, commune: CommuneId, producer: ProducerId) -> Result<i64> {
    on!(cx, c => sqlx::query_scalar(OPEN_COUNT).bind(commune).bind(producer).fetch_one(c).await)
}

/// A need.
pub async fn by_id(cx: &mut Cx<'_>, commune: CommuneId, id: NeedId) -> Result<Option<NeedRow>> {
    on!(cx, c => sqlx::query_as(BY_ID).bind(commune).bind(id).fetch_optional(c).await)
}

/// A producer's needs, the latest first; at most 200.
pub async fn of_producer(cx: &mut Cx<'_>, commune: CommuneId, producer: ProducerId) -> Result<Vec<NeedRow>> {
    on!(cx, c => sqlx::query_as(OF_PRODUCER).bind(commune).bind(producer).fetch_all(c).await)
}

/// Needs that wait for an answer, the longest first; at most 500.
pub async fn waiting(cx: &mut Cx<'_>, commune: CommuneId) -> Result<Vec<NeedRow>> {
    on!(cx, c => sqlx::query_as(WAITING).bind(commune).fetch_all(c).await)
}

/// Needs in one state, the latest first: so many, after so many.
pub async fn in_state(
    cx: &mut Cx<'_>,
    commune: CommuneId,
    state: NeedState,
    limit: i64,
    offset: i64,
) -> Result<Vec<NeedRow>> {
    on!(cx, c => sqlx::query_as(IN_STATE).bind(commune).bind(state).bind(limit).bind(offset).fetch_all(c).await)
}

/// How many needs are in one state.
pub async fn count(cx: &mut Cx<'_>, commune: CommuneId, state: NeedState) -> Result<i64> {
    on!(cx, c => sqlx::query_scalar(COUNT).bind(commune).bind(state).fetch_one(c).await)
}

/// Answers over the version that was seen; false if somebody was there before.
pub async fn answer(cx: &mut Cx<'_>, commune: CommuneId, id: NeedId, version: i64, a: &Answer) -> Result<bool> {
    let done = on!(cx, c => sqlx::query(ANSWER)
        .bind(commune)
        .bind(id)
        .bind(version)
        .bind(a.state)
        .bind(a.programme)
        .bind(&a.later)
        .bind(&a.words)
        .bind(a.by)
        .bind(a.at)
        .execute(c)
        .await
        .map(|done| done.rows_affected()))?;
    Ok(done == 1)
}

/// Withdraws a need that nobody answered, over the version that was seen.
pub async fn withdraw(cx: &mut Cx<'_>, commune: CommuneId, id: NeedId, version: i64) -> Result<bool> {
    let done = on!(cx, c => sqlx::query(WITHDRAW)
        .bind(commune).bind(id).bind(version).execute(c).await.map(|done| done.rows_affected()))?;
    Ok(done == 1)
}
