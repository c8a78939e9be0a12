//! SQL of label runs, labels and scans; what was printed and declared void in [`prints`] and [`voids`], papers in
//! [`papers`].
//!
//! Rows that come by the thousand are written with statements of a few fixed lengths, so that both engines
//! prepare each text once.

pub mod papers;
pub mod photos;
pub mod prints;
pub mod runs;
pub mod voids;

use std::collections::HashMap;
use std::sync::LazyLock;

use crate::clock::Time;
use crate::db::{Cx, Result, Rows, WithIds, on};
use crate::figures::store::sums;
use crate::ids::{CommuneId, LotId, RunId};

use super::model::{Found, LabelRow, Openings, Reach};
use super::scan::feedback::NewFeedback;
use super::scan_log::Scan;
pub use runs::{ListedRun, NewRun, first_label, insert_run, labels_of, run, run_by_id, runs_of};

const SERIALS_BETWEEN: &str =
    "SELECT serial FROM labels WHERE commune_id = $1 AND run_id = $2 AND serial BETWEEN $3 AND $4";
// One shape of row; each question adds how many codes it asks for. PostgreSQL may read all of a table for an EXISTS, to
// look codes up in it; for one row with a limit it never does.
macro_rules! find {
    ($end:literal) => {
        concat!(
            "SELECT l.id, l.serial, l.voided_at AS label_voided_at, r.id AS run_id, r.kind, r.count,
              r.producer_id, r.product_id, r.lot_id, r.created_at AS issued_at, r.voided_at AS run_voided_at, r.void_reason,
              r.version AS run_version,
              p.version + p.page_version AS product_version, o.version + o.page_version AS producer_version,
              COALESCE(t.version + t.page_version, 0) AS lot_version,
              (SELECT 1 FROM scans s WHERE s.commune_id = l.commune_id AND s.label_id = l.id LIMIT 1) IS NOT NULL
                OR (SELECT 1 FROM scan_past g WHERE g.commune_id = l.commune_id AND g.label_id = l.id LIMIT 1) IS NOT NULL
                AS was_opened
            FROM labels l
            JOIN label_runs r ON r.commune_id = l.commune_id AND r.id = l.run_id
            JOIN products p ON p.commune_id = r.commune_id AND p.id = r.product_id
            JOIN producers o ON o.commune_id = r.commune_id AND o.id = r.producer_id
            LEFT JOIN lots t ON t.commune_id = r.commune_id AND t.id = r.lot_id
             WHERE l.commune_id = $1 AND l.id IN ",
            $end
        )
    };
}

const FIND: &str = find!("($2)");
const FIND_FOUR: &str = find!("($2, $3, $4, $5)");
const FIND_SOME: &str = find!("($2, $3, $4, $5, $6, $7, $8, $9)");
const FIND_MORE: &str = find!("($2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)");
const FIND_MANY: &str = find!(
    "($2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, $25,
      $26, $27, $28, $29, $30, $31, $32, $33)"
);
/// The most codes that [`find_among`] is asked for at once.
pub const FIND_MOST: usize = 32;
const FIRST_CODE_OF_LOT: &str = "SELECT l.id FROM label_runs r
    JOIN labels l ON l.commune_id = r.commune_id AND l.run_id = r.id
    WHERE r.commune_id = $1 AND r.lot_id = $2 AND r.kind = 'lot' AND r.voided_at IS NULL AND l.voided_at IS NULL
    ORDER BY r.number DESC LIMIT 1";
// `CROSS JOIN`, and no order, keep SQLite to the lots' own runs: else it walks every label of the commune.
const CODES_OF_LOTS: &str = "SELECT r.number, r.lot_id, l.id FROM label_runs r CROSS JOIN labels l
    WHERE r.commune_id = $1 AND r.kind = 'lot' AND r.voided_at IS NULL AND l.commune_id = r.commune_id
      AND l.run_id = r.id AND l.voided_at IS NULL AND r.lot_id IN (";
static CODES: LazyLock<WithIds> = LazyLock::new(|| WithIds::new(CODES_OF_LOTS, 2, ")"));
// Openings whose rows are gone come as one number, without visitors.
const OPENINGS: &str = "SELECT x.visitor, CAST(1 AS BIGINT) AS n FROM (SELECT visitor FROM scans
      WHERE commune_id = $1 AND label_id = $2 AND person = TRUE ORDER BY at DESC LIMIT $3) AS x
    UNION ALL SELECT '', people FROM scan_past WHERE commune_id = $1 AND label_id = $2";
const COUNT_OF_LABEL: &str = "SELECT COUNT(*) FROM scans WHERE commune_id = $1 AND label_id = $2";
const LABELS_OF_LOT: &str =
    "SELECT CAST(COALESCE(SUM(made), 0) AS bigint) FROM label_runs WHERE commune_id = $1 AND lot_id = $2";
const INSERT_FEEDBACK: &str = "INSERT INTO feedback (commune_id, id, label_id, product_id, lot_id, code_text, kind,
      stars, message, phone, state, request_id, created_at)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 'new', $11, $12)
    ON CONFLICT (commune_id, request_id) DO NOTHING";
const ADD_SALT: &str = "INSERT INTO scan_salts (day, salt) VALUES ($1, $2) ON CONFLICT (day) DO NOTHING";
const SALT: &str = "SELECT salt FROM scan_salts WHERE day = $1";
const FORGET_SALTS: &str = "DELETE FROM scan_salts WHERE day < $1";

static INSERT_LABELS: LazyLock<Rows> = LazyLock::new(|| {
    let open = "INSERT INTO labels (commune_id, run_id, id, serial) VALUES ";
    Rows::of_lengths(&[500, 50, 1], open, 4, " ON CONFLICT (commune_id, id) DO NOTHING")
});

/// How many scans one statement takes; the largest first, close enough that few rows are repeated.
const SCAN_CHUNKS: [usize; 12] = [128, 96, 64, 48, 32, 24, 16, 12, 8, 4, 2, 1];
static INSERT_SCANS: LazyLock<Rows> = LazyLock::new(|| {
    let open = "INSERT INTO scans (commune_id, id, label_id, at, visitor, device, referrer, person) VALUES ";
    // A group that is tried again after its commit's answer was lost is there already.
    Rows::of_lengths(&SCAN_CHUNKS, open, 8, " ON CONFLICT (commune_id, id) DO NOTHING")
});

/// Adds labels to a run, as many at once as fit; returns how many were new. A number that another label of
/// the commune has already is left out.
pub async fn insert_labels(cx: &mut Cx<'_>, commune: CommuneId, run: RunId, labels: &[LabelRow]) -> Result<u64> {
    let mut added = 0;
    for (sql, chunk) in INSERT_LABELS.chunks(cx, labels) {
        added += on!(cx, c => {
            let mut query = sqlx::query(sql);
            for label in chunk {
                query = query.bind(commune).bind(run).bind(label.id).bind(label.serial);
            }
            query.execute(c).await.map(|done| done.rows_affected())
        })?;
    }
    Ok(added)
}

/// Has PostgreSQL count how labels are spread, after many were added: until it has, it plans as if a run had few, and
/// walks all of a run's labels for each scan. SQLite plans by figures of its own (`db/statistics.rs`).
pub async fn count_anew(cx: &mut Cx<'_>) -> Result<()> {
    if let Cx::Postgres(conn) = cx {
        sqlx::query("ANALYZE labels").execute(&mut **conn).await?;
    }
    Ok(())
}

/// The serials from `first` to `last` that a run has labels for.
pub async fn serials(cx: &mut Cx<'_>, commune: CommuneId, run: RunId, first: i64, last: i64) -> Result<Vec<i64>> {
    on!(cx, c => sqlx::query_scalar(SERIALS_BETWEEN)
        .bind(commune)
        .bind(run)
        .bind(first)
        .bind(last)
        .fetch_all(c)
        .await)
}

/// What a code names.
pub async fn find(cx: &mut Cx<'_>, commune: CommuneId, id: i64) -> Result<Option<Found>> {
    on!(cx, c => sqlx::query_as(FIND).bind(commune).bind(id).fetch_optional(c).await)
}

/// What some codes name, at most [`FIND_MOST`] of them; those that name nothing are left out.
pub async fn find_among(cx: &mut Cx<'_>, commune: CommuneId, ids: &[i64]) -> Result<Vec<Found>> {
    let (sql, places) = match ids.len() {
        0 | 1 => (FIND, 1),
        2..=4 => (FIND_FOUR, 4),
        5..=8 => (FIND_SOME, 8),
        9..=16 => (FIND_MORE, 16),
        _ => (FIND_MANY, FIND_MOST),
    };
    let Some(last) = ids.last() else { return Ok(Vec::new()) };
    on!(cx, c => {
        let mut query = sqlx::query_as(sql).bind(commune);
        // A shorter list repeats its last one.
        for at in 0..places {
            query = query.bind(*ids.get(at).unwrap_or(last));
        }
        query.fetch_all(c).await
    })
}

/// The newest lot code of a lot, by which another page links to it.
pub async fn code_of_lot(cx: &mut Cx<'_>, commune: CommuneId, lot: LotId) -> Result<Option<i64>> {
    on!(cx, c => sqlx::query_scalar(FIRST_CODE_OF_LOT).bind(commune).bind(lot).fetch_optional(c).await)
}

/// The newest lot code of each of these lots that has one.
pub async fn codes_of_lots(cx: &mut Cx<'_>, commune: CommuneId, lots: &[LotId]) -> Result<HashMap<LotId, i64>> {
    let mut rows: Vec<(i64, LotId, i64)> = CODES.rows(cx, commune, lots).await?;
    // The newest run's code is the one that stays.
    rows.sort_unstable_by_key(|(number, ..)| *number);
    Ok(rows.into_iter().map(|(_, lot, code)| (lot, code)).collect())
}

/// The visitors of a label's last openings by people, at most [`Openings::MOST`], and how many openings are gone.
pub async fn visitors(cx: &mut Cx<'_>, commune: CommuneId, id: i64) -> Result<(Vec<String>, usize)> {
    let most = Openings::MOST as i64;
    let rows: Vec<(String, i64)> =
        on!(cx, c => sqlx::query_as(OPENINGS).bind(commune).bind(id).bind(most).fetch_all(c).await)?;
    let past: i64 = rows.iter().filter(|row| row.0.is_empty()).map(|row| row.1).sum();
    let visitors = rows.into_iter().map(|row| row.0).filter(|visitor| !visitor.is_empty()).collect();
    Ok((visitors, usize::try_from(past).unwrap_or(0)))
}

/// How many scans of a label are stored.
pub async fn count_scans(cx: &mut Cx<'_>, commune: CommuneId, id: i64) -> Result<i64> {
    on!(cx, c => sqlx::query_scalar(COUNT_OF_LABEL).bind(commune).bind(id).fetch_one(c).await)
}

/// How many labels of a lot were printed and how often people opened them.
pub async fn reach(cx: &mut Cx<'_>, commune: CommuneId, lot: LotId) -> Result<Reach> {
    let labels = on!(cx, c => sqlx::query_scalar(LABELS_OF_LOT).bind(commune).bind(lot).fetch_one(c).await)?;
    let scans = sums::of_lot(cx, commune, lot).await?;
    Ok(Reach { labels, scans })
}

/// Adds scans; of any communes. A group of up to 128 is one statement, so it is written whole or not at all without
/// a transaction around it; a scan that is there already is left alone.
pub async fn insert_scans(cx: &mut Cx<'_>, scans: &[Scan]) -> Result<()> {
    for chunk in scans.chunks(SCAN_CHUNKS[0]) {
        let Some(last) = chunk.last() else { break };
        let Some((sql, places)) = INSERT_SCANS.fitting(cx, chunk.len()) else { break };
        on!(cx, c => {
            let mut query = sqlx::query(sql);
            // A shorter group repeats its last one, which changes nothing.
            for scan in chunk.iter().chain(std::iter::repeat(last)).take(places) {
                query = query
                    .bind(scan.commune)
                    .bind(scan.id)
                    .bind(scan.label)
                    .bind(scan.at)
                    .bind(&*scan.visitor)
                    .bind(scan.device)
                    .bind(scan.referrer)
                    .bind(scan.person);
            }
            query.execute(c).await.map(drop)
        })?;
    }
    Ok(())
}

/// The salt of a day: `fresh` becomes it unless the day has one; those of earlier days are forgotten.
pub async fn salt_of(cx: &mut Cx<'_>, day: crate::clock::Day, fresh: &str) -> Result<String> {
    on!(cx, c => sqlx::query(ADD_SALT).bind(day).bind(fresh).execute(c).await.map(drop))?;
    on!(cx, c => sqlx::query(FORGET_SALTS).bind(day).execute(c).await.map(drop))?;
    on!(cx, c => sqlx::query_scalar(SALT).bind(day).fetch_one(c).await)
}

/// Keeps a rating or report; the same form sent again is kept once.
pub async fn insert_feedback(cx: &mut Cx<'_>, commune: CommuneId, feedback: &NewFeedback, now: Time) -> Result<()> {
    on!(cx, c => sqlx::query(INSERT_FEEDBACK)
        .bind(commune)
        .bind(feedback.id)
        .bind(feedback.label)
        .bind(feedback.product)
        .bind(feedback.lot)
        .bind(&feedback.code)
        .bind(feedback.kind)
        .bind(feedback.stars)
        .bind(&feedback.message)
        .bind(&feedback.phone)
        .bind(feedback.request)
        .bind(now)
        .execute(c)
        .await
        .map(drop))
}
