//! SQL of what those who came think.

use crate::activities::model::{FeedbackSums, QUESTIONS};
use crate::clock::Time;
use crate::db::{Cx, Result, on};
use crate::ids::{ActivityId, CommuneId, new_id};

const INSERT: &str =
    "INSERT INTO activity_feedback (commune_id, id, activity_id, useful, clear, usable, organised, words, request_id, at)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) ON CONFLICT (commune_id, activity_id, request_id) DO NOTHING";
const SUMS: &str = "SELECT COUNT(*) AS answers, CAST(COALESCE(SUM(useful), 0) AS BIGINT) AS useful,
      CAST(COALESCE(SUM(clear), 0) AS BIGINT) AS clear, CAST(COALESCE(SUM(usable), 0) AS BIGINT) AS usable,
      CAST(COALESCE(SUM(organised), 0) AS BIGINT) AS organised
    FROM activity_feedback WHERE commune_id = $1 AND activity_id = $2";
const WORDS: &str = "SELECT words FROM activity_feedback WHERE commune_id = $1 AND activity_id = $2 AND words <> ''
    ORDER BY id DESC LIMIT 200";

/// Keeps an answer; the same form sent twice is one. True if it is new.
pub async fn insert(
    cx: &mut Cx<'_>,
    commune: CommuneId,
    activity: ActivityId,
    marks: [i32; QUESTIONS],
    words: &str,
    request: uuid::Uuid,
    now: Time,
) -> Result<bool> {
    let [useful, clear, usable, organised] = marks;
    let done = on!(cx, c => sqlx::query(INSERT)
        .bind(commune)
        .bind(new_id(now))
        .bind(activity)
        .bind(useful)
        .bind(clear)
        .bind(usable)
        .bind(organised)
        .bind(words)
        .bind(request)
        .bind(now)
        .execute(c)
        .await
        .map(|done| done.rows_affected()))?;
    Ok(done == 1)
}

/// The answers, summed.
pub async fn sums(cx: &mut Cx<'_>, commune: CommuneId, activity: ActivityId) -> Result<FeedbackSums> {
    on!(cx, c => sqlx::query_as(SUMS).bind(commune).bind(activity).fetch_one(c).await)
}

/// What was said in words, the latest first; at most 200.
pub async fn words(cx: &mut Cx<'_>, commune: CommuneId, activity: ActivityId) -> Result<Vec<String>> {
    on!(cx, c => sqlx::query_scalar(WORDS).bind(commune).bind(activity).fetch_all(c).await)
}
