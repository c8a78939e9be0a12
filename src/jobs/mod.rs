//! Work that may fail or wait, queued in the database with the change that causes it (an outbox) and done by a
//! worker: each job is idempotent, tried again with growing waits, and set aside as dead after the last try,
//! where an officer sees it and may queue it again.
//!
//! Features enqueue by kind and payload; [`run_one`] hands a job to the dispatcher of [`crate::app`].

mod store;

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Notify;

use crate::app::App;
use crate::clock::Time;
use crate::db::{Cx, Result};
use crate::ids::{CommuneId, new_id};

pub use store::{Job, dead, requeue, stay, waiting};

/// Tries before a job is set aside.
const TRIES: i32 = 8;
/// How long a job stays with a worker of whom nothing is heard before another takes it over.
const LEASE: Duration = Duration::from_secs(30);
/// How often a worker says that it is still at a job.
const SIGN_OF_LIFE: Duration = Duration::from_secs(8);
/// How long a job waits before it asks again whether a server that was away is back.
const AWAY: Duration = Duration::from_secs(10);
/// How often the queue is looked at when nobody rang.
const POLL: Duration = Duration::from_secs(2);

/// Rings when jobs were queued, so that the worker starts at once.
#[derive(Clone, Debug, Default)]
pub struct Bell(Arc<Notify>);

impl Bell {
    /// Wakes the worker; call after the commit.
    pub fn ring(&self) {
        self.0.notify_one();
    }

    async fn wait(&self) {
        // Rung or not, the queue is looked at again after a while: jobs may come from another process.
        let _ = tokio::time::timeout(POLL, self.0.notified()).await;
    }
}

/// Queues a job in the transaction of the change that causes it.
pub async fn enqueue(
    cx: &mut Cx<'_>,
    commune: CommuneId,
    kind: &str,
    payload: &impl serde::Serialize,
    now: Time,
) -> Result<()> {
    let payload = serde_json::to_string(payload).map_err(|e| sqlx::Error::Encode(Box::new(e)))?;
    store::insert(cx, new_id(now), commune, kind, &payload, now).await
}

/// What came of one look at the queue.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// A job was done, or failed and waits for its next try.
    DidOne,
    /// Nothing is due.
    Idle,
}

/// Why a try of a job did not succeed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Failure {
    /// Another server that it needs is away. It waits for that one, however long, and no try is counted.
    Away(String),
    /// It failed; after the last try it is set aside.
    Failed(String),
}

impl From<String> for Failure {
    fn from(error: String) -> Self {
        Self::Failed(error)
    }
}

/// Takes the job that is due first and does it.
pub async fn run_one(app: &App) -> Result<Outcome> {
    let now = app.clock.now();
    let mut tx = app.db.begin().await?;
    let job = store::take(&mut tx.cx(), now, now.plus(LEASE)).await?;
    tx.commit().await?;
    let Some(job) = job else { return Ok(Outcome::Idle) };

    let done = tokio::select! {
        done = attempt(app, &job) => done,
        never = keep(app, &job) => match never {},
    };

    let now = app.clock.now();
    let mut tx = app.db.begin().await?;
    match done {
        Ok(()) => store::delete(&mut tx.cx(), job.id).await?,
        Err(Failure::Away(error)) => {
            tracing::debug!(kind = job.kind, error, "a job waits for another server");
            store::put_back(&mut tx.cx(), job.id, "queued", job.attempts - 1, now.plus(AWAY), &error).await?;
        }
        Err(Failure::Failed(error)) => {
            let last = job.attempts >= TRIES;
            let wait = Duration::from_secs(2u64.saturating_pow(job.attempts.clamp(0, 8) as u32).min(300));
            tracing::warn!(kind = job.kind, attempt = job.attempts, error, "a job failed");
            let state = if last { "dead" } else { "queued" };
            store::put_back(&mut tx.cx(), job.id, state, job.attempts, now.plus(wait), &error).await?;
        }
    }
    tx.commit().await?;
    Ok(Outcome::DidOne)
}

/// Says again and again that the job is being worked on.
async fn keep(app: &App, job: &Job) -> std::convert::Infallible {
    loop {
        tokio::time::sleep(SIGN_OF_LIFE).await;
        let until = app.clock.now().plus(LEASE);
        let stayed = async {
            let mut tx = app.db.begin().await?;
            store::stay(&mut tx.cx(), job, until).await?;
            tx.commit().await
        };
        // Should all of them fail, another worker begins the job too: jobs may be done twice.
        if let Err(error) = stayed.await {
            tracing::warn!(%error, kind = job.kind, "a job's lease could not be renewed");
        }
    }
}

/// One try. A job that panics fails like any other, and one that took the whole program down on every try is not
/// tried for ever.
async fn attempt(app: &App, job: &Job) -> std::result::Result<(), Failure> {
    if job.attempts > TRIES {
        let last = job.last_error.clone();
        return Err(Failure::Failed(last.unwrap_or_else(|| "every try ended without an answer".to_owned())));
    }
    let (app, job) = (app.clone(), job.clone());
    match tokio::spawn(async move { crate::app::dispatch(&app, &job).await }).await {
        Ok(done) => done,
        Err(error) => Err(Failure::Failed(format!("the job stopped: {error}"))),
    }
}

/// Does all that is due; for tests and for a graceful stop.
pub async fn run_pending(app: &App) -> Result<usize> {
    let mut count = 0;
    while run_one(app).await? == Outcome::DidOne {
        count += 1;
    }
    Ok(count)
}

/// Works until told to stop; finishes the job at hand.
pub async fn work(app: App, mut stop: tokio::sync::watch::Receiver<bool>) {
    while !*stop.borrow() {
        match run_one(&app).await {
            Ok(Outcome::DidOne) => {}
            Ok(Outcome::Idle) => {
                tokio::select! { () = app.jobs.wait() => {}, _ = stop.changed() => {} }
            }
            Err(error) => {
                tracing::error!(%error, "the queue can't be read");
                tokio::select! { () = tokio::time::sleep(POLL) => {}, _ = stop.changed() => {} }
            }
        }
    }
}
