//! Writing a batch, and taking it back. A batch is one transaction: it is written whole or not at all, and one is
//! written at a time in a commune. A long one is written by the queue; killed on the way, it begins anew.

use std::time::Duration;

use super::kinds::{self, Around, Writing};
use super::model::{Actor, Batch, BatchState, Choice, Mode, Outcome, Undo};
use super::plan::{self, Plan, Reading};
use super::store::{self, Item};
use super::texts::Texts;
use crate::app::App;
use crate::clock::Time;
use crate::db::{Cx, is_unique_violation};
use crate::ids::{CommuneId, ImportId, new_id};
use crate::jobs::{self, Job};
use crate::web::{AppError, audit};

/// Kind of the job that writes a long batch.
pub const RUN: &str = "imports.run";
/// Lines up to which a batch is written while the officer waits.
pub const AT_ONCE: usize = 2_000;
/// How long an uploaded file is kept: it holds personal data.
pub const KEPT: Duration = Duration::from_hours(30 * 24);

/// How often files that were kept long enough are looked for.
const EVERY: Duration = Duration::from_hours(1);

/// What the officer looked at and chose.
#[derive(Clone, Debug, serde::Serialize, serde::Deserialize)]
pub struct Order {
    /// The batch.
    pub batch: ImportId,
    /// Fingerprint of the plan that was looked at.
    pub fingerprint: String,
    /// Which lines.
    pub choice: String,
    /// Who.
    pub actor: Actor,
}

impl Order {
    fn choice(&self) -> Choice {
        self.choice.parse().unwrap_or(Choice::All)
    }
}

/// What came of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ran {
    /// It is written.
    Done,
    /// It will be, by the queue.
    Queued,
    /// Somebody was faster: it is written or being written already.
    Taken,
    /// Another batch of the commune is being written.
    Busy,
    /// The register changed since it was looked at; nothing is written.
    Stale,
    /// All lines were asked for and one is wrong; nothing is written.
    Wrong,
    /// The file is no longer there or can't be read.
    Gone,
}

/// Writes a batch, or queues it if it is long.
pub async fn run(app: &App, batch: &Batch, order: &Order) -> Result<Ran, AppError> {
    let now = app.clock.now();
    let mut conn = app.db.read().await?;
    let read = plan::reading(app, &mut conn.cx(), batch, order.actor.lang).await?;
    drop(conn);
    let Some(Ok(reading)) = read else { return Ok(Ran::Gone) };
    let is_long = reading.lines.len() > AT_ONCE;
    let mut tx = app.db.begin().await?;
    match store::begin(&mut tx.cx(), batch, order.actor.by, now).await {
        Ok(true) => {}
        Ok(false) => return Ok(Ran::Taken),
        Err(error) if is_unique_violation(&error) => return Ok(Ran::Busy),
        Err(error) => return Err(error.into()),
    }
    if is_long {
        jobs::enqueue(&mut tx.cx(), batch.commune_id, RUN, order, now).await?;
        tx.commit().await?;
        app.jobs.ring();
        return Ok(Ran::Queued);
    }
    let ran = write(app, &mut tx.cx(), batch, reading, order).await?;
    if ran == Ran::Done {
        tx.commit().await?;
        app.jobs.ring();
    }
    Ok(ran)
}

/// The job that writes a long batch; what keeps it from being written is told with the batch.
pub async fn job(app: &App, job: &Job) -> Result<(), String> {
    let order: Order = serde_json::from_str(&job.payload).map_err(|error| error.to_string())?;
    let commune = job.commune_id;
    let failed = |error: AppError| format!("{error:?}");
    let mut conn = app.db.read().await.map_err(|error| error.to_string())?;
    let batch = store::by_id(&mut conn.cx(), commune, order.batch).await.map_err(|error| error.to_string())?;
    let Some(batch) = batch.filter(|batch| batch.state == BatchState::Queued) else { return Ok(()) };
    let read = plan::reading(app, &mut conn.cx(), &batch, order.actor.lang).await.map_err(failed)?;
    drop(conn);
    let mut tx = app.db.begin().await.map_err(|error| error.to_string())?;
    let ran = match read {
        Some(Ok(reading)) => write(app, &mut tx.cx(), &batch, reading, &order).await.map_err(failed)?,
        _ => Ran::Gone,
    };
    if ran == Ran::Done {
        return tx.commit().await.map_err(|error| error.to_string());
    }
    drop(tx);
    let t = Texts(order.actor.lang);
    let trouble = match ran {
        Ran::Wrong => t.ran_wrong(),
        Ran::Gone => t.file_gone(),
        // Another worker has written it.
        Ran::Taken => return Ok(()),
        _ => t.ran_stale(),
    };
    put_back(app, commune, batch.id, trouble).await.map_err(|error| error.to_string())
}

async fn put_back(app: &App, commune: CommuneId, id: ImportId, trouble: &str) -> crate::db::Result<()> {
    let mut tx = app.db.begin().await?;
    store::put_back(&mut tx.cx(), commune, id, trouble).await?;
    tx.commit().await
}

/// Checks again, within the transaction, and writes. Whatever comes back but `Done` must not be committed.
async fn write(app: &App, cx: &mut Cx<'_>, batch: &Batch, reading: Reading, order: &Order) -> Result<Ran, AppError> {
    let commune = batch.commune_id;
    let around = Around { commune, lang: order.actor.lang, today: app.clock.today(), activity: None };
    let plan = plan::check(cx, batch, reading.lines, around).await?;
    if plan.fingerprint != order.fingerprint {
        return Ok(Ran::Stale);
    }
    if order.choice() == Choice::All && plan.counts.wrong > 0 {
        return Ok(Ran::Wrong);
    }
    let now = app.clock.now();
    let writing = Writing { commune, actor: &order.actor, now, file: &batch.file_name };
    let Some(items) = write_lines(cx, writing, &plan).await? else { return Ok(Ran::Stale) };
    store::add_items(cx, commune, batch.id, &items).await?;
    if !store::finish(cx, commune, batch.id, plan.counts).await? {
        return Ok(Ran::Taken);
    }
    let told = format!(
        "{} {}: {} new, {} changed, {} same, {} wrong",
        batch.kind, batch.sha256, plan.counts.new, plan.counts.changed, plan.counts.same, plan.counts.wrong
    );
    log(cx, batch, &order.actor, "import.run", &told, now).await?;
    Ok(Ran::Done)
}

/// Writes the lines; None if somebody was faster with one of them.
async fn write_lines(cx: &mut Cx<'_>, writing: Writing<'_>, plan: &Plan) -> Result<Option<Vec<Item>>, AppError> {
    let mut items = Vec::new();
    for row in plan.rows.iter().filter(|row| row.outcome != Outcome::Wrong) {
        let Some(work) = &row.work else { continue };
        let written = kinds::write(cx, writing, work).await?;
        let Some((subject_id, before_value, after_value, version)) = written else { return Ok(None) };
        items.push(Item {
            id: new_id(writing.now),
            line: row.number as i32,
            name: row.name.clone(),
            subject_id,
            before_value,
            after_value,
            version,
            undo: Undo::No,
        });
    }
    Ok(Some(items))
}

async fn log(
    cx: &mut Cx<'_>,
    batch: &Batch,
    actor: &Actor,
    action: &str,
    told: &str,
    now: Time,
) -> Result<(), AppError> {
    let entry = audit::Entry {
        actor: Some(actor.by),
        action,
        subject_kind: "import",
        subject: Some(batch.id.0),
        before: None,
        after: Some(told),
        address: Some(actor.address.clone()),
    };
    Ok(audit::write(cx, batch.commune_id, &entry, now).await?)
}

/// Takes a batch back, the last line first; what was changed since is left and named. False if somebody was faster.
pub async fn undo(app: &App, batch: &Batch, actor: &Actor) -> Result<bool, AppError> {
    let (commune, now) = (batch.commune_id, app.clock.now());
    let mut tx = app.db.begin().await?;
    if batch.mode != Mode::Import || !store::undone(&mut tx.cx(), batch, actor.by, now).await? {
        return Ok(false);
    }
    let writing = Writing { commune, actor, now, file: &batch.file_name };
    let items = store::items(&mut tx.cx(), commune, batch.id).await?;
    let mut left = 0;
    for item in items.iter().rev() {
        let undo = match item.undo {
            Undo::Erased => Undo::Erased,
            _ => kinds::undo(&mut tx.cx(), batch.kind, writing, item).await?,
        };
        left += usize::from(undo != Undo::Done);
        store::set_undo(&mut tx.cx(), commune, item.id, undo).await?;
    }
    let told = format!("{} of {} taken back", items.len() - left, items.len());
    log(&mut tx.cx(), batch, actor, "import.undo", &told, now).await?;
    tx.commit().await?;
    app.jobs.ring();
    Ok(true)
}

/// Drops old files of all communes, now and every hour until told to stop.
pub async fn keep_dropping(app: App, mut stop: tokio::sync::watch::Receiver<bool>) {
    while !*stop.borrow() {
        if let Err(error) = drop_old(&app).await {
            tracing::warn!(?error, "imported files could not be dropped; they wait");
        }
        tokio::select! { () = tokio::time::sleep(EVERY) => {}, _ = stop.changed() => {} }
    }
}

/// Drops files that were kept long enough; returns how many.
pub async fn drop_old(app: &App) -> Result<usize, AppError> {
    let now = app.clock.now();
    let old = {
        let mut conn = app.db.read().await?;
        store::old(&mut conn.cx(), now.minus(KEPT)).await?
    };
    for batch in &old {
        app.files.delete(plan::key(batch.commune_id, batch.id)).await.map_err(|error| AppError::from(&error))?;
        let mut tx = app.db.begin().await?;
        store::dropped(&mut tx.cx(), batch.commune_id, batch.id, now).await?;
        tx.commit().await?;
    }
    Ok(old.len())
}
