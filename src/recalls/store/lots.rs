//! SQL of the lots that recalls reach. Everything is said of a whole recall at once: no statement runs per lot or
//! per code.

use std::collections::HashMap;
use std::sync::LazyLock;

use crate::clock::Time;
use crate::db::{Cx, Result, Rows, on};
use crate::ids::{CommuneId, LotId, ProducerId, ProductId, RecallId, UserId};
use crate::products::listed;
use crate::traceability::model::Lot;
use crate::traceability::store::lineage::Reached;

use super::super::model::RecalledLot;

static INSERT: LazyLock<Rows> = LazyLock::new(|| {
    let open = "INSERT INTO recall_lots (commune_id, recall_id, lot_id, depth) VALUES ";
    Rows::of_lengths(&[500, 50, 1], open, 4, "")
});
const EMPTY: &str = "DELETE FROM recall_lots WHERE commune_id = $1 AND recall_id IN
    (SELECT id FROM recalls WHERE commune_id = $1 AND id = $2 AND state = 'draft')";
const KEEP_OF_PRODUCER: &str = "DELETE FROM recall_lots WHERE commune_id = $1
      AND recall_id IN (SELECT id FROM recalls WHERE commune_id = $1 AND id = $2 AND state = 'draft')
      AND lot_id NOT IN (SELECT id FROM lots WHERE commune_id = $1 AND producer_id = $3)";
const IDS: &str = "SELECT lot_id FROM recall_lots WHERE commune_id = $1 AND recall_id = $2 ORDER BY depth, lot_id";
const NOT_YET: &str =
    "SELECT COUNT(*) FROM recall_lots n JOIN lots l ON l.commune_id = n.commune_id AND l.id = n.lot_id
    WHERE n.commune_id = $1 AND n.recall_id = $2 AND l.state <> 'recalled'";
// Officers who decide about the same lot at once come one after the other.
const LOCK: &str = "UPDATE lots SET page_version = page_version + 1 WHERE commune_id = $1 AND id = $2";
const KEEP_STATES: &str = "UPDATE recall_lots SET state_before = (SELECT l.state FROM lots l
      WHERE l.commune_id = recall_lots.commune_id AND l.id = recall_lots.lot_id)
    WHERE commune_id = $1 AND recall_id = $2";
const MARK: &str = "UPDATE lots SET state = 'recalled', recall_reason = $3, recalled_at = $4, recalled_by = $5,
      version = version + 1
    WHERE commune_id = $1 AND id IN (SELECT lot_id FROM recall_lots WHERE commune_id = $1 AND recall_id = $2)";
const PRODUCTS: &str = "SELECT DISTINCT l.product_id FROM recall_lots n
    JOIN lots l ON l.commune_id = n.commune_id AND l.id = n.lot_id
    WHERE n.commune_id = $1 AND n.recall_id = $2 ORDER BY l.product_id";
// Lots that another recall of the whole lot still holds stay recalled.
const FREE: &str = "UPDATE lots SET recall_reason = NULL, recalled_at = NULL, recalled_by = NULL,
      version = version + 1,
      state = COALESCE((SELECT n.state_before FROM recall_lots n
        JOIN recalls r ON r.commune_id = n.commune_id AND r.id = n.recall_id
        WHERE n.commune_id = lots.commune_id AND n.lot_id = lots.id AND n.state_before <> 'recalled'
          AND r.kind = 'real' AND r.state = 'lifted' AND r.scope = 'whole'
        ORDER BY r.confirmed_at DESC, r.id DESC LIMIT 1), 'open')
    WHERE commune_id = $1 AND state = 'recalled'
      AND id IN (SELECT lot_id FROM recall_lots WHERE commune_id = $1 AND recall_id = $2)
      AND NOT EXISTS (SELECT 1 FROM recall_lots n
        JOIN recalls r ON r.commune_id = n.commune_id AND r.id = n.recall_id
        WHERE n.commune_id = lots.commune_id AND n.lot_id = lots.id AND r.kind = 'real' AND r.state = 'open'
          AND r.scope = 'whole')";
// They say the notice of the recall that still holds them.
macro_rules! standing {
    ($column:literal) => {
        concat!(
            "(SELECT r.",
            $column,
            " FROM recall_lots n JOIN recalls r ON r.commune_id = n.commune_id AND r.id = n.recall_id
              WHERE n.commune_id = lots.commune_id AND n.lot_id = lots.id AND r.kind = 'real' AND r.state = 'open'
                AND r.scope = 'whole' ORDER BY r.confirmed_at DESC, r.id DESC LIMIT 1)"
        )
    };
}
const HOLD: &str = concat!(
    "UPDATE lots SET version = version + 1, recall_reason = ",
    standing!("notice"),
    ", recalled_at = ",
    standing!("confirmed_at"),
    ", recalled_by = ",
    standing!("confirmed_by"),
    " WHERE commune_id = $1 AND state = 'recalled'
      AND id IN (SELECT lot_id FROM recall_lots WHERE commune_id = $1 AND recall_id = $2)"
);
const ROWS: &str = "SELECT l.commune_id, l.id, l.producer_id, l.product_id, l.place_id, l.code, l.state, l.made_on,
      l.best_before, l.quantity, l.uom, l.recall_reason, l.recalled_at, l.recalled_by, l.version, l.created_by,
      l.created_at
    FROM recall_lots n JOIN lots l ON l.commune_id = n.commune_id AND l.id = n.lot_id
    WHERE n.commune_id = $1 AND n.recall_id = $2 ORDER BY n.depth, l.made_on, l.code";
const NAMED: &str = "SELECT l.commune_id, l.id, l.producer_id, l.product_id, l.place_id, l.code, l.state, l.made_on,
      l.best_before, l.quantity, l.uom, l.recall_reason, l.recalled_at, l.recalled_by, l.version, l.created_by,
      l.created_at, n.depth, p.name AS product_name, o.name AS producer_name, o.short AS producer_short
    FROM recall_lots n
      JOIN lots l ON l.commune_id = n.commune_id AND l.id = n.lot_id
      JOIN products p ON p.commune_id = l.commune_id AND p.id = l.product_id
      JOIN producers o ON o.commune_id = l.commune_id AND o.id = l.producer_id
    WHERE n.commune_id = $1 AND n.recall_id = $2
    ORDER BY n.depth, o.name, l.made_on, l.code LIMIT $3";
// A serial run has a code for each piece, every other run one code. Statements of their own: joined to the rows
// above, PostgreSQL counts anew for each row while it knows little of a table. `CROSS JOIN` keeps SQLite to this
// order, from the few lots of the recall to their scans.
const CODES: &str = "SELECT q.lot_id, CAST(SUM(CASE d.kind WHEN 'serial' THEN d.count ELSE 1 END) AS BIGINT)
    FROM recall_lots q CROSS JOIN label_runs d
    WHERE q.commune_id = $1 AND q.recall_id = $2 AND d.commune_id = $1 AND d.lot_id = q.lot_id GROUP BY q.lot_id";
const SCANS: &str = "SELECT q.lot_id, COUNT(*)
    FROM recall_lots q CROSS JOIN label_runs d CROSS JOIN labels b CROSS JOIN scans a
    WHERE q.commune_id = $1 AND q.recall_id = $2 AND d.commune_id = $1 AND d.lot_id = q.lot_id
      AND b.commune_id = $1 AND b.run_id = d.id
      AND a.commune_id = $1 AND a.label_id = b.id AND a.at >= $3 AND a.person = TRUE GROUP BY q.lot_id";

/// Puts the lots that a draft reaches in its list, in place of those it had.
pub async fn replace(cx: &mut Cx<'_>, commune: CommuneId, recall: RecallId, lots: &[Reached]) -> Result<()> {
    on!(cx, c => sqlx::query(EMPTY).bind(commune).bind(recall).execute(c).await.map(drop))?;
    for (sql, chunk) in INSERT.chunks(cx, lots) {
        on!(cx, c => {
            let mut query = sqlx::query(sql);
            for reached in chunk {
                query = query.bind(commune).bind(recall).bind(reached.lot).bind(reached.depth);
            }
            query.execute(c).await.map(drop)
        })?;
    }
    Ok(())
}

/// Leaves in a draft's list only the lots of one producer.
pub async fn keep_of(cx: &mut Cx<'_>, commune: CommuneId, recall: RecallId, producer: ProducerId) -> Result<()> {
    on!(cx, c => sqlx::query(KEEP_OF_PRODUCER)
        .bind(commune)
        .bind(recall)
        .bind(producer)
        .execute(c)
        .await
        .map(drop))
}

/// The lots in a recall's list.
pub async fn ids(cx: &mut Cx<'_>, commune: CommuneId, recall: RecallId) -> Result<Vec<LotId>> {
    on!(cx, c => sqlx::query_scalar(IDS).bind(commune).bind(recall).fetch_all(c).await)
}

/// How many lots in a recall's list are not recalled now.
pub async fn not_yet_recalled(cx: &mut Cx<'_>, commune: CommuneId, recall: RecallId) -> Result<i64> {
    on!(cx, c => sqlx::query_scalar(NOT_YET).bind(commune).bind(recall).fetch_one(c).await)
}

/// Holds a lot against other recalls until the commit; its pages are made anew.
pub async fn lock(cx: &mut Cx<'_>, commune: CommuneId, lot: LotId) -> Result<()> {
    on!(cx, c => sqlx::query(LOCK).bind(commune).bind(lot).execute(c).await.map(drop))
}

/// Marks every lot in a recall's list as recalled and keeps what state each was in.
pub async fn mark(
    cx: &mut Cx<'_>,
    commune: CommuneId,
    recall: RecallId,
    notice: &str,
    by: UserId,
    now: Time,
) -> Result<()> {
    on!(cx, c => sqlx::query(KEEP_STATES).bind(commune).bind(recall).execute(c).await.map(drop))?;
    on!(cx, c => sqlx::query(MARK)
        .bind(commune)
        .bind(recall)
        .bind(notice)
        .bind(now)
        .bind(by)
        .execute(c)
        .await
        .map(drop))?;
    recount(cx, commune, recall).await
}

/// The registers count these lots' products anew: a lot that was set aside is counted while it is recalled.
async fn recount(cx: &mut Cx<'_>, commune: CommuneId, recall: RecallId) -> Result<()> {
    let products: Vec<ProductId> =
        on!(cx, c => sqlx::query_scalar(PRODUCTS).bind(commune).bind(recall).fetch_all(c).await)?;
    for product in products {
        listed::recount(cx, commune, product).await?;
    }
    Ok(())
}

/// Gives every lot in an ended recall's list its state back, except those that another recall still holds.
pub async fn free(cx: &mut Cx<'_>, commune: CommuneId, recall: RecallId) -> Result<()> {
    on!(cx, c => sqlx::query(FREE).bind(commune).bind(recall).execute(c).await.map(drop))?;
    on!(cx, c => sqlx::query(HOLD).bind(commune).bind(recall).execute(c).await.map(drop))?;
    recount(cx, commune, recall).await
}

/// The lots in a recall's list, nearest first.
pub async fn rows(cx: &mut Cx<'_>, commune: CommuneId, recall: RecallId) -> Result<Vec<Lot>> {
    on!(cx, c => sqlx::query_as(ROWS).bind(commune).bind(recall).fetch_all(c).await)
}

/// The lots in a recall's list with names, nearest first, at most so many.
pub async fn named(cx: &mut Cx<'_>, commune: CommuneId, recall: RecallId, most: i64) -> Result<Vec<RecalledLot>> {
    on!(cx, c => sqlx::query_as(NAMED).bind(commune).bind(recall).bind(most).fetch_all(c).await)
}

/// All lots in a recall's list with names, label codes, and scans by people since a time.
pub async fn table(cx: &mut Cx<'_>, commune: CommuneId, recall: RecallId, since: Time) -> Result<Vec<RecalledLot>> {
    let mut rows = named(cx, commune, recall, i64::MAX).await?;
    let codes: Vec<(LotId, i64)> = on!(cx, c => sqlx::query_as(CODES).bind(commune).bind(recall).fetch_all(c).await)?;
    let scans: Vec<(LotId, i64)> =
        on!(cx, c => sqlx::query_as(SCANS).bind(commune).bind(recall).bind(since).fetch_all(c).await)?;
    let (codes, scans): (HashMap<_, _>, HashMap<_, _>) = (codes.into_iter().collect(), scans.into_iter().collect());
    for row in &mut rows {
        row.codes = codes.get(&row.lot.id).copied().unwrap_or(0);
        row.scans = scans.get(&row.lot.id).copied().unwrap_or(0);
    }
    Ok(rows)
}
