//! SQL of labels that were declared void, as ranges of serial numbers.

use uuid::Uuid;

use crate::clock::Time;
use crate::db::{Cx, Result, on};
use crate::ids::{CommuneId, RunId, UserId};
use crate::recalls::pieces::Serials;

const INSERT: &str = "INSERT INTO label_voids (commune_id, id, run_id, first_serial, last_serial, reason, created_by,
      created_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
const OF_RUN: &str = "SELECT id, first_serial, last_serial, reason, created_by, created_at FROM label_voids
    WHERE commune_id = $1 AND run_id = $2 ORDER BY first_serial, created_at, id";

/// Pieces whose labels were declared void.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Void {
    /// Id.
    pub id: Uuid,
    /// Which pieces.
    #[sqlx(flatten)]
    pub serials: Serials,
    /// Why; the page of such a label says it.
    pub reason: String,
    /// By whom.
    pub created_by: Option<UserId>,
    /// When.
    pub created_at: Time,
}

/// Declares pieces of a run void.
pub async fn insert(cx: &mut Cx<'_>, commune: CommuneId, run: RunId, void: &Void) -> Result<()> {
    on!(cx, c => sqlx::query(INSERT)
        .bind(commune)
        .bind(void.id)
        .bind(run)
        .bind(void.serials.first)
        .bind(void.serials.last)
        .bind(&void.reason)
        .bind(void.created_by)
        .bind(void.created_at)
        .execute(c)
        .await
        .map(drop))
}

/// The pieces of a run that were declared void, in their order.
pub async fn of_run(cx: &mut Cx<'_>, commune: CommuneId, run: RunId) -> Result<Vec<Void>> {
    on!(cx, c => sqlx::query_as(OF_RUN).bind(commune).bind(run).fetch_all(c).await)
}
