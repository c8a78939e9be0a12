//! SQL of what the rules count. Each reads the openings of one label by its index, and of those no more than
//! `MOST`.

use std::sync::LazyLock;

use crate::clock::{Day, Time};
use crate::db::{Cx, Result, WithIds, on};
use crate::ids::{CommuneId, LotId, ProducerId, RunId};

/// Openings of a label that are looked at, the latest first.
const MOST: i64 = 1_000;

static OPENED: LazyLock<WithIds> = LazyLock::new(|| {
    WithIds::new(
        "SELECT l.id AS label_id, l.serial, r.id AS run_id, r.lot_id, r.producer_id, r.created_at AS issued_at,
          r.prints_known, CASE t.state WHEN 'recalled' THEN t.recalled_at END AS recalled_at, t.best_before
        FROM labels l
        JOIN label_runs r ON r.commune_id = l.commune_id AND r.id = l.run_id
        LEFT JOIN lots t ON t.commune_id = r.commune_id AND t.id = r.lot_id
        WHERE l.commune_id = $1 AND l.id IN (",
        2,
        ")",
    )
});
const VISITORS: &str = "SELECT COUNT(DISTINCT x.visitor) FROM (SELECT visitor FROM scans
      WHERE commune_id = $1 AND label_id = $2 AND at >= $3 AND person = TRUE ORDER BY at DESC LIMIT $4) AS x";
const VISITORS_BEFORE: &str = "SELECT DISTINCT x.visitor FROM (SELECT visitor FROM scans
      WHERE commune_id = $1 AND label_id = $2 AND at >= $3 AND at < $4 AND person = TRUE
      ORDER BY at LIMIT $5) AS x";
const OF_LOT: &str = "SELECT CAST(COALESCE(SUM(people), 0) AS BIGINT) FROM scan_lot_days
    WHERE commune_id = $1 AND lot_id = $2 AND day >= $3";
const FIRST_PRINT: &str = "SELECT MIN(created_at) FROM label_prints WHERE commune_id = $1 AND run_id = $2";
const ADD_GUESSES: &str = "INSERT INTO code_guesses (commune_id, day, source, codes, first_at, last_at)
    VALUES ($1, $2, $3, $4, $5, $6)
    ON CONFLICT (commune_id, day, source) DO UPDATE SET codes = code_guesses.codes + excluded.codes,
      last_at = excluded.last_at
    RETURNING codes";

/// A label that was opened, with what it is of.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Opened {
    /// The code's random bits.
    pub label_id: i64,
    /// Its number, of a piece.
    pub serial: Option<i64>,
    /// Its run.
    pub run_id: RunId,
    /// Its lot.
    pub lot_id: Option<LotId>,
    /// Whose.
    pub producer_id: ProducerId,
    /// When the run was issued.
    pub issued_at: Time,
    /// False: the run may have been printed before prints were recorded.
    pub prints_known: bool,
    /// Since when the lot is recalled.
    pub recalled_at: Option<Time>,
    /// The lot's last good day.
    pub best_before: Option<Day>,
}

/// What a source tried.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Guessed {
    /// On which day.
    pub day: Day,
    /// The source's hash.
    pub source: String,
    /// Different codes.
    pub codes: i64,
    /// From when.
    pub first_at: Time,
    /// To when.
    pub last_at: Time,
}

/// The labels with these numbers.
pub async fn opened(cx: &mut Cx<'_>, commune: CommuneId, labels: &[i64]) -> Result<Vec<Opened>> {
    OPENED.rows(cx, commune, labels).await
}

/// Different visitors of a label since a time; a person is another each day.
pub async fn visitors(cx: &mut Cx<'_>, commune: CommuneId, label: i64, since: Time) -> Result<i64> {
    on!(cx, c => sqlx::query_scalar(VISITORS)
        .bind(commune)
        .bind(label)
        .bind(since)
        .bind(MOST)
        .fetch_one(c)
        .await)
}

/// Different visitors of some labels from a time to before another.
pub async fn visitors_before(
    cx: &mut Cx<'_>,
    commune: CommuneId,
    labels: &[i64],
    since: Time,
    before: Time,
) -> Result<i64> {
    let mut visitors = std::collections::HashSet::new();
    for label in labels {
        let some: Vec<String> = on!(cx, c => sqlx::query_scalar(VISITORS_BEFORE)
            .bind(commune)
            .bind(*label)
            .bind(since)
            .bind(before)
            .bind(MOST)
            .fetch_all(c)
            .await)?;
        visitors.extend(some);
    }
    Ok(visitors.len() as i64)
}

/// Openings of a lot's labels by people from a day on, as counted so far.
pub async fn openings_of_lot(cx: &mut Cx<'_>, commune: CommuneId, lot: LotId, from: Day) -> Result<i64> {
    on!(cx, c => sqlx::query_scalar(OF_LOT).bind(commune).bind(lot).bind(from).fetch_one(c).await)
}

/// When labels of a run were first printed or given to a print shop.
pub async fn first_print(cx: &mut Cx<'_>, commune: CommuneId, run: RunId) -> Result<Option<Time>> {
    on!(cx, c => sqlx::query_scalar(FIRST_PRINT).bind(commune).bind(run).fetch_one(c).await)
}

/// Adds to what a source tried on a day; returns how many different codes that are now.
pub async fn add_guesses(cx: &mut Cx<'_>, commune: CommuneId, guessed: &Guessed) -> Result<i64> {
    on!(cx, c => sqlx::query_scalar(ADD_GUESSES)
        .bind(commune)
        .bind(guessed.day)
        .bind(&guessed.source)
        .bind(guessed.codes)
        .bind(guessed.first_at)
        .bind(guessed.last_at)
        .fetch_one(c)
        .await)
}
