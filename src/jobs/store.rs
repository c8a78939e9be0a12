//! SQL of the queue.

use uuid::Uuid;

use crate::clock::Time;
use crate::db::{Cx, Result, on};
use crate::ids::CommuneId;

/// A job's row.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Job {
    /// Id; later jobs sort later.
    pub id: Uuid,
    /// Whose it is.
    pub commune_id: CommuneId,
    /// What to do.
    pub kind: String,
    /// JSON of what it needs.
    pub payload: String,
    /// Tries begun, with this one.
    pub attempts: i32,
    /// What went wrong last.
    pub last_error: Option<String>,
    /// When it was queued.
    pub created_at: Time,
}

const INSERT: &str = "INSERT INTO jobs (id, commune_id, kind, payload, state, attempts, run_at, created_at)
    VALUES ($1, $2, $3, $4, 'queued', 0, $5, $5)";
// One statement takes a job on either engine; a worker that died leaves its job to the next after the lease.
// Where two workers race for one row, PostgreSQL rechecks the outer condition and gives it to one only.
const TAKE: &str = "UPDATE jobs SET state = 'running', attempts = attempts + 1, locked_until = $2
    WHERE id = (SELECT id FROM jobs
        WHERE (state = 'queued' AND run_at <= $1) OR (state = 'running' AND locked_until < $1)
        ORDER BY run_at, id LIMIT 1)
      AND ((state = 'queued' AND run_at <= $1) OR (state = 'running' AND locked_until < $1))
    RETURNING id, commune_id, kind, payload, attempts, last_error, created_at";
const STAY: &str = "UPDATE jobs SET locked_until = $3 WHERE id = $1 AND state = 'running' AND attempts = $2";
const DELETE: &str = "DELETE FROM jobs WHERE id = $1";
const PUT_BACK: &str = "UPDATE jobs SET state = $2, attempts = $3, run_at = $4, last_error = $5, locked_until = NULL
    WHERE id = $1";
const DEAD: &str = "SELECT id, commune_id, kind, payload, attempts, last_error, created_at FROM jobs
    WHERE commune_id = $1 AND state = 'dead' ORDER BY created_at LIMIT 200";
const REQUEUE: &str =
    "UPDATE jobs SET state = 'queued', attempts = 0, run_at = $3 WHERE commune_id = $1 AND id = $2 AND state = 'dead'";
const WAITING: &str = "SELECT COUNT(*) FROM jobs WHERE state <> 'dead'";

pub(super) async fn insert(
    cx: &mut Cx<'_>,
    id: Uuid,
    commune: CommuneId,
    kind: &str,
    payload: &str,
    now: Time,
) -> Result<()> {
    on!(cx, c => sqlx::query(INSERT).bind(id).bind(commune).bind(kind).bind(payload).bind(now).execute(c).await.map(drop))
}

pub(super) async fn take(cx: &mut Cx<'_>, now: Time, lease: Time) -> Result<Option<Job>> {
    on!(cx, c => sqlx::query_as(TAKE).bind(now).bind(lease).fetch_optional(c).await)
}

/// Keeps a job for whoever took it, unless somebody else did meanwhile.
pub async fn stay(cx: &mut Cx<'_>, job: &Job, until: Time) -> Result<()> {
    on!(cx, c => sqlx::query(STAY).bind(job.id).bind(job.attempts).bind(until).execute(c).await.map(drop))
}

pub(super) async fn delete(cx: &mut Cx<'_>, id: Uuid) -> Result<()> {
    on!(cx, c => sqlx::query(DELETE).bind(id).execute(c).await.map(drop))
}

pub(super) async fn put_back(
    cx: &mut Cx<'_>,
    id: Uuid,
    state: &str,
    attempts: i32,
    run_at: Time,
    error: &str,
) -> Result<()> {
    on!(cx, c => sqlx::query(PUT_BACK)
        .bind(id)
        .bind(state)
        .bind(attempts)
        .bind(run_at)
        .bind(error)
        .execute(c)
        .await
        .map(drop))
}

/// Jobs that were set aside.
pub async fn dead(cx: &mut Cx<'_>, commune: CommuneId) -> Result<Vec<Job>> {
    on!(cx, c => sqlx::query_as(DEAD).bind(commune).fetch_all(c).await)
}

/// Queues a job again that was set aside.
pub async fn requeue(cx: &mut Cx<'_>, commune: CommuneId, id: Uuid, now: Time) -> Result<()> {
    on!(cx, c => sqlx::query(REQUEUE).bind(commune).bind(id).bind(now).execute(c).await.map(drop))
}

/// How many jobs wait or run.
pub async fn waiting(cx: &mut Cx<'_>) -> Result<i64> {
    on!(cx, c => sqlx::query_scalar(WAITING).fetch_one(c).await)
}
