//! SQL of searches that found nothing.

use std::time::Duration;

use crate::clock::Time;
use crate::db::{Cx, Result, on};
use crate::ids::CommuneId;

/// How long an unanswered search is remembered after it was last tried.
const KEPT: Duration = Duration::from_hours(180 * 24);

/// The most different searches kept; the ones longest not tried make room.
const MOST: i64 = 2_000;

const NOTE: &str = "INSERT INTO search_misses (commune_id, folded, asked, times, first_at, last_at)
    VALUES ($1, $2, $3, 1, $4, $4)
    ON CONFLICT (commune_id, folded) DO UPDATE SET asked = excluded.asked, times = search_misses.times + 1,
      last_at = excluded.last_at";
const FORGET_OLD: &str = "DELETE FROM search_misses WHERE commune_id = $1 AND last_at < $2";
const MAKE_ROOM: &str = "DELETE FROM search_misses WHERE commune_id = $1 AND last_at < (
      SELECT last_at FROM search_misses WHERE commune_id = $1 ORDER BY last_at DESC LIMIT 1 OFFSET $2)";
const MOST_WANTED: &str = "SELECT asked, times, first_at, last_at FROM search_misses
    WHERE commune_id = $1 ORDER BY times DESC, last_at DESC, folded LIMIT $2";

/// Words that found nothing.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Miss {
    /// As last typed.
    pub asked: String,
    /// How often.
    pub times: i64,
    /// First tried.
    pub first_at: Time,
    /// Last tried.
    pub last_at: Time,
}

/// Notes one search that found nothing.
pub async fn note(cx: &mut Cx<'_>, commune: CommuneId, folded: &str, asked: &str, now: Time) -> Result<()> {
    on!(cx, c => sqlx::query(NOTE).bind(commune).bind(folded).bind(asked).bind(now).execute(c).await.map(|_| ()))?;
    on!(cx, c => sqlx::query(FORGET_OLD).bind(commune).bind(now.minus(KEPT)).execute(c).await.map(|_| ()))?;
    on!(cx, c => sqlx::query(MAKE_ROOM).bind(commune).bind(MOST).execute(c).await.map(|_| ()))?;
    Ok(())
}

/// What was looked for in vain, most often first.
pub async fn most_wanted(cx: &mut Cx<'_>, commune: CommuneId, limit: i64) -> Result<Vec<Miss>> {
    on!(cx, c => sqlx::query_as(MOST_WANTED).bind(commune).bind(limit).fetch_all(c).await)
}
