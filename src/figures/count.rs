//! Counting: carries each opening of the scan log once into the sums, and drops rows that are old enough.
//!
//! An opening says itself whether it is counted. A batch is read, added and marked in one transaction, which first
//! takes the commune's lock: so a process that is killed half way leaves nothing, two processes count one after the
//! other, and an opening that is written late, or with a clock that jumped back, is found all the same. What the
//! openings may say of misuse is looked into by a job that is queued in the same transaction.
//! Start at [`run`].

use crate::app::App;
use crate::clock::Time;
use crate::db::{Cx, Result};
use crate::ids::CommuneId;
use crate::misuse;

use super::model::{Sums, first_id_at, kept_from};
use super::store;

/// Openings of one transaction: few, so that scans wait only a moment for it.
const BATCH: i64 = 256;
/// How often it is counted.
const EVERY: std::time::Duration = std::time::Duration::from_secs(60);

/// Counts one batch in the caller's transaction; returns how many openings it had.
pub async fn one_batch(cx: &mut Cx<'_>, commune: CommuneId, now: Time) -> Result<usize> {
    store::lock(cx, commune, now).await?;
    let openings = store::waiting(cx, commune, BATCH).await?;
    if openings.is_empty() {
        return Ok(0);
    }
    let sums = Sums::of(&openings);
    store::add(cx, commune, &sums).await?;
    let ids: Vec<uuid::Uuid> = openings.iter().map(|one| one.id).collect();
    store::counted(cx, commune, &ids).await?;
    misuse::look::enqueue(cx, commune, &sums.labels, now).await?;
    Ok(openings.len())
}

/// Counts all that waits, then drops rows older than the setting says; returns how many openings were counted.
pub async fn run(app: &App, commune: CommuneId) -> Result<usize> {
    let now = app.clock.now();
    let mut count = 0;
    loop {
        let mut tx = app.db.begin().await?;
        let batch = one_batch(&mut tx.cx(), commune, now).await?;
        if batch == 0 {
            break;
        }
        tx.commit().await?;
        count += batch;
    }
    if count > 0 {
        app.jobs.ring();
    }
    let before = first_id_at(kept_from(now, app.config.scan_days));
    loop {
        let mut tx = app.db.begin().await?;
        let dropped = store::drop_before(&mut tx.cx(), commune, before, BATCH).await?;
        if dropped == 0 {
            return Ok(count);
        }
        tx.commit().await?;
    }
}

/// Counts all communes' openings now and every minute until told to stop.
pub async fn keep_counting(app: App, mut stop: tokio::sync::watch::Receiver<bool>) {
    while !*stop.borrow() {
        for commune in app.communes.list().iter() {
            let counted = async {
                misuse::guesses::keep(&app, commune.id).await?;
                run(&app, commune.id).await
            };
            if let Err(error) = counted.await {
                tracing::warn!(%error, commune = commune.id.0, "openings could not be counted; they wait");
            }
        }
        tokio::select! { () = tokio::time::sleep(EVERY) => {}, _ = stop.changed() => {} }
    }
}
