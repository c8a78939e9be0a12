//! SQL of the pieces that recalls of a part take back.

use crate::clock::Time;
use crate::db::{Cx, Result, on};
use crate::ids::{CommuneId, LotId, RecallId, RunId};

use super::super::pieces::{RunSerials, Serials};

const INSERT: &str = "INSERT INTO recall_ranges (commune_id, recall_id, run_id, first_serial, last_serial)
    VALUES ($1, $2, $3, $4, $5)";
const OF_RECALL: &str = "SELECT g.run_id, d.number AS run_number, g.first_serial, g.last_serial
    FROM recall_ranges g JOIN label_runs d ON d.commune_id = g.commune_id AND d.id = g.run_id
    WHERE g.commune_id = $1 AND g.recall_id = $2 ORDER BY d.number, g.first_serial";
const STANDING: &str = "SELECT g.recall_id, r.confirmed_at, g.first_serial, g.last_serial
    FROM recall_ranges g JOIN recalls r ON r.commune_id = g.commune_id AND r.id = g.recall_id
    WHERE g.commune_id = $1 AND g.run_id = $2 AND r.kind = 'real' AND r.state = 'open'
    ORDER BY CASE r.grade WHEN 'danger' THEN 0 WHEN 'harm' THEN 1 ELSE 2 END, r.confirmed_at DESC, g.first_serial";
const RUNS: &str = "SELECT id, number, count FROM label_runs
    WHERE commune_id = $1 AND lot_id = $2 AND kind = 'serial' ORDER BY number";

/// A lot's run of labels with a code for each piece.
#[derive(Clone, Copy, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct SerialRun {
    /// Id.
    pub id: RunId,
    /// Counts up per commune.
    pub number: i64,
    /// Pieces, numbered from 1.
    pub count: i64,
}

/// Pieces of a run that a recall takes back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct TakenBack {
    /// The recall.
    pub recall_id: RecallId,
    /// Since when.
    pub confirmed_at: Time,
    /// Which pieces.
    #[sqlx(flatten)]
    pub serials: Serials,
}

/// Adds pieces to a draft.
pub async fn insert(cx: &mut Cx<'_>, commune: CommuneId, recall: RecallId, serials: &[RunSerials]) -> Result<()> {
    for range in serials {
        on!(cx, c => sqlx::query(INSERT)
            .bind(commune)
            .bind(recall)
            .bind(range.run_id)
            .bind(range.serials.first)
            .bind(range.serials.last)
            .execute(c)
            .await
            .map(drop))?;
    }
    Ok(())
}

/// The pieces of a recall; none if it takes the whole lot.
pub async fn of_recall(cx: &mut Cx<'_>, commune: CommuneId, recall: RecallId) -> Result<Vec<RunSerials>> {
    on!(cx, c => sqlx::query_as(OF_RECALL).bind(commune).bind(recall).fetch_all(c).await)
}

/// The pieces of a run that recalls which stand take back, gravest first.
pub async fn standing(cx: &mut Cx<'_>, commune: CommuneId, run: RunId) -> Result<Vec<TakenBack>> {
    on!(cx, c => sqlx::query_as(STANDING).bind(commune).bind(run).fetch_all(c).await)
}

/// A lot's runs with a code for each piece.
pub async fn runs_of_lot(cx: &mut Cx<'_>, commune: CommuneId, lot: LotId) -> Result<Vec<SerialRun>> {
    on!(cx, c => sqlx::query_as(RUNS).bind(commune).bind(lot).fetch_all(c).await)
}
