//! Issuing labels: a run and its codes, in one transaction; those of a large run in the background.
//!
//! A job makes a [`SLICE`] of codes, each [`BATCH`] in a transaction that also says how far the run is, and queues the
//! next in the last of them: other work gets its turn, and after a kill the run goes on from its last commit.

use std::collections::HashSet;

use serde::{Deserialize, Serialize};

use crate::app::App;
use crate::clock::Time;
use crate::db::{Cx, Result};
use crate::ids::{CommuneId, RunId};
use crate::jobs::{self, Job};

use super::code::LabelCode;
use super::model::{LabelRow, LabelRun, RunKind, RunState};
use super::store::{self, NewRun, runs};

/// The kind of the job that makes codes.
pub const MAKE: &str = "labels.make";
/// More pieces than this are made in the background.
pub const AT_ONCE: i64 = 2_000;
/// Labels drawn and written at once.
const BATCH: i64 = 5_000;
/// Labels that one job makes: about a second of work.
const SLICE: i64 = 50_000;
/// Draws for the same labels before giving up. With 2⁴⁸ numbers even the second is rare; many in a row mean
/// that the source of chance is broken.
const DRAWS: usize = 8;

/// Which run a job makes.
#[derive(Debug, Serialize, Deserialize)]
struct Payload {
    run: RunId,
}

/// Issues a run: one code for a product or lot, one a piece for a serial run.
pub async fn issue(cx: &mut Cx<'_>, commune: CommuneId, new: &NewRun, now: Time) -> Result<LabelRun> {
    issue_as(cx, commune, RunId::new(now), new, now).await
}

/// As [`issue`], under an id that the form brought: the same form sent twice meets the first run's row.
pub async fn issue_as(cx: &mut Cx<'_>, commune: CommuneId, id: RunId, new: &NewRun, now: Time) -> Result<LabelRun> {
    let run = store::insert_run(cx, commune, id, new, now).await?;
    if run.kind == RunKind::Serial {
        add_serials(cx, &run, 1, run.count).await?;
    } else {
        add(cx, &run, &[None]).await?;
    }
    Ok(run)
}

/// As [`issue_as`], but a large run's codes are made by a job.
pub async fn order(cx: &mut Cx<'_>, commune: CommuneId, id: RunId, new: &NewRun, now: Time) -> Result<LabelRun> {
    if new.kind != RunKind::Serial || new.count <= AT_ONCE {
        return issue_as(cx, commune, id, new, now).await;
    }
    let run = runs::insert_empty(cx, commune, id, new, now).await?;
    jobs::enqueue(cx, commune, MAKE, &Payload { run: id }, now).await?;
    Ok(run)
}

/// Does a job of kind [`MAKE`]: makes a slice of codes and queues the next.
///
/// # Errors
/// What went wrong, for the job's row; what was made stays.
pub async fn make(app: &App, job: &Job) -> std::result::Result<(), String> {
    let payload: Payload = serde_json::from_str(&job.payload).map_err(|error| error.to_string())?;
    let mut left = SLICE;
    while left > 0 {
        let mut tx = app.db.begin().await.map_err(|error| error.to_string())?;
        let more = make_batch(app, &mut tx.cx(), job.commune_id, payload.run, &mut left).await;
        let more = more.map_err(|error| error.to_string())?;
        tx.commit().await.map_err(|error| error.to_string())?;
        if !more {
            return Ok(());
        }
    }
    app.jobs.ring();
    Ok(())
}

/// Makes the next codes of a run; false if there is nothing more to make.
async fn make_batch(app: &App, cx: &mut Cx<'_>, commune: CommuneId, run: RunId, left: &mut i64) -> Result<bool> {
    let run = store::run_by_id(cx, commune, run).await?.ok_or(sqlx::Error::RowNotFound)?;
    if run.state != RunState::Making {
        return Ok(false);
    }
    let last = run.count.min(run.made + BATCH);
    *left -= last - run.made;
    // Another worker that makes the same run has the row; where it is by then is read anew.
    if !runs::advance(cx, &run, run.made, last).await? {
        return Ok(true);
    }
    add_serials(cx, &run, run.made + 1, last).await?;
    if last == run.count || *left <= 0 {
        store::count_anew(cx).await?;
    }
    if last < run.count && *left <= 0 {
        jobs::enqueue(cx, commune, MAKE, &Payload { run: run.id }, app.clock.now()).await?;
    }
    Ok(last < run.count)
}

/// Adds the pieces from `first` to `last` to a run.
async fn add_serials(cx: &mut Cx<'_>, run: &LabelRun, first: i64, last: i64) -> Result<()> {
    let mut first = first;
    while first <= last {
        let end = last.min(first + BATCH - 1);
        let serials: Vec<Option<i64>> = (first..=end).map(Some).collect();
        add(cx, run, &serials).await?;
        first = end + 1;
    }
    Ok(())
}

/// Draws a code for each of these serials; those whose number is taken draw again.
async fn add(cx: &mut Cx<'_>, run: &LabelRun, serials: &[Option<i64>]) -> Result<()> {
    let mut wanted = serials.to_vec();
    for _ in 0..DRAWS {
        let labels = wanted.iter().map(|serial| draw(run, *serial)).collect::<Result<Vec<_>>>()?;
        if store::insert_labels(cx, run.commune_id, run.id, &labels).await? == labels.len() as u64 {
            return Ok(());
        }
        let (Some(Some(first)), Some(Some(last))) = (wanted.first(), wanted.last()) else { continue };
        let there: HashSet<i64> =
            store::serials(cx, run.commune_id, run.id, *first, *last).await?.into_iter().collect();
        wanted.retain(|serial| serial.is_some_and(|serial| !there.contains(&serial)));
    }
    Err(sqlx::Error::Protocol(format!("no free label numbers found in {DRAWS} draws")))
}

fn draw(run: &LabelRun, serial: Option<i64>) -> Result<LabelRow> {
    let commune = u32::try_from(run.commune_id.0).unwrap_or(u32::MAX);
    let code = LabelCode::generate(commune, &mut rand::rng()).map_err(|error| sqlx::Error::Encode(Box::new(error)))?;
    Ok(LabelRow { id: code.number(), serial })
}
