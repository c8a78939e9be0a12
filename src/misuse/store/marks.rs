//! SQL of pieces that their seller marked as sold or used up, as ranges of serial numbers.

use uuid::Uuid;

use crate::clock::Time;
use crate::db::{Cx, Result, on};
use crate::ids::{CommuneId, RunId, UserId};
use crate::recalls::pieces::Serials;

use super::super::model::MarkKind;

const INSERT: &str = "INSERT INTO label_marks (commune_id, id, run_id, first_serial, last_serial, kind, created_by,
      created_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (commune_id, id) DO NOTHING";
const STANDING: &str = "SELECT id, first_serial, last_serial, kind, created_at FROM label_marks
    WHERE commune_id = $1 AND run_id = $2 AND withdrawn_at IS NULL ORDER BY first_serial, created_at, id";
const WITHDRAW: &str = "UPDATE label_marks SET withdrawn_by = $4, withdrawn_at = $5
    WHERE commune_id = $1 AND run_id = $2 AND id = $3 AND withdrawn_at IS NULL";

/// Pieces that are sold or used up.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Mark {
    /// Id.
    pub id: Uuid,
    /// Which pieces.
    #[sqlx(flatten)]
    pub serials: Serials,
    /// Sold or used up.
    pub kind: MarkKind,
    /// When it was said.
    pub created_at: Time,
}

/// Marks pieces of a run; the same mark sent again is kept once.
pub async fn insert(cx: &mut Cx<'_>, commune: CommuneId, run: RunId, mark: &Mark, by: UserId) -> Result<()> {
    on!(cx, c => sqlx::query(INSERT)
        .bind(commune)
        .bind(mark.id)
        .bind(run)
        .bind(mark.serials.first)
        .bind(mark.serials.last)
        .bind(mark.kind)
        .bind(by)
        .bind(mark.created_at)
        .execute(c)
        .await
        .map(drop))
}

/// The marks of a run that stand, in the order of the pieces.
pub async fn standing(cx: &mut Cx<'_>, commune: CommuneId, run: RunId) -> Result<Vec<Mark>> {
    on!(cx, c => sqlx::query_as(STANDING).bind(commune).bind(run).fetch_all(c).await)
}

/// Takes a mark back; false if somebody did before.
pub async fn withdraw(
    cx: &mut Cx<'_>,
    commune: CommuneId,
    run: RunId,
    id: Uuid,
    by: UserId,
    now: Time,
) -> Result<bool> {
    let done = on!(cx, c => sqlx::query(WITHDRAW)
        .bind(commune).bind(run).bind(id).bind(by).bind(now).execute(c).await.map(|done| done.rows_affected()))?;
    Ok(done == 1)
}
