//! SQL of label runs.

use crate::clock::Time;
use crate::db::{Cx, Result, on};
use crate::ids::{CommuneId, LotId, ProducerId, ProductId, RunId, UserId};

use super::super::model::{LabelRow, LabelRun, RunKind, RunState};

/// Reads whole runs; what follows says which.
macro_rules! runs {
    ($($rest:tt)+) => {
        concat!(
            "SELECT r.commune_id, r.id, r.number, r.kind, r.producer_id, r.product_id, r.lot_id, r.count, r.purpose, \
             r.state, r.made, r.version, r.created_by, r.created_at, r.voided_at, r.void_reason",
            $($rest)+
        )
    };
}

/// The commune's next run number. The row is locked until the commit, so two runs never get the same one,
/// and a run that is rolled back leaves no gap.
const NEXT_NUMBER: &str = "INSERT INTO settings (key, value) VALUES ($1, '1')
    ON CONFLICT (key) DO UPDATE SET value = CAST(CAST(settings.value AS BIGINT) + 1 AS TEXT)
    RETURNING CAST(value AS BIGINT)";
const INSERT: &str = "INSERT INTO label_runs (commune_id, id, number, kind, producer_id, product_id, lot_id, count,
      purpose, state, made, created_by, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)";
const BY_NUMBER: &str = runs!(" FROM label_runs r WHERE r.commune_id = $1 AND r.number = $2");
const BY_ID: &str = runs!(" FROM label_runs r WHERE r.commune_id = $1 AND r.id = $2");
const OF_PRODUCER: &str = runs!(
    ", p.name AS product, t.code AS lot FROM label_runs r
    JOIN products p ON p.commune_id = r.commune_id AND p.id = r.product_id
    LEFT JOIN lots t ON t.commune_id = r.commune_id AND t.id = r.lot_id
    WHERE r.commune_id = $1 AND r.producer_id = $2 ORDER BY r.number DESC LIMIT 200"
);
// Where two workers make the same run, the row's lock lets one of them go on from where it thought it was.
const ADVANCE: &str = "UPDATE label_runs SET made = $4, state = CASE WHEN $4 >= count THEN 'ready' ELSE state END
    WHERE commune_id = $1 AND id = $2 AND made = $3 AND state = 'making'";
const CANCEL: &str =
    "UPDATE label_runs SET state = 'cancelled', voided_at = $3, void_reason = $4, version = version + 1
    WHERE commune_id = $1 AND id = $2 AND state = 'making'";
const VOID: &str = "UPDATE label_runs SET voided_at = $4, void_reason = $5, version = version + 1
    WHERE commune_id = $1 AND id = $2 AND version = $3 AND voided_at IS NULL";
const COUNT_UP: &str = "UPDATE label_runs SET version = version + 1
    WHERE commune_id = $1 AND id = $2 AND version = $3 AND voided_at IS NULL AND state = 'ready'";
const LABELS: &str = "SELECT id, serial FROM labels WHERE commune_id = $1 AND run_id = $2 ORDER BY serial, id";
const FIRST: &str = "SELECT id, serial FROM labels WHERE commune_id = $1 AND run_id = $2 ORDER BY serial, id LIMIT 1";
const SERIALS: &str = "SELECT id, serial FROM labels
    WHERE commune_id = $1 AND run_id = $2 AND serial BETWEEN $3 AND $4 ORDER BY serial LIMIT $5";

/// What a new run is to be.
#[derive(Clone, Debug)]
pub struct NewRun {
    /// What its codes stand for.
    pub kind: RunKind,
    /// Whose labels they are.
    pub producer: ProducerId,
    /// Of which product.
    pub product: ProductId,
    /// Of which lot; lot and serial runs have one.
    pub lot: Option<LotId>,
    /// Prints (product, lot) or pieces (serial).
    pub count: i64,
    /// What they are for.
    pub purpose: String,
    /// By whom.
    pub by: Option<UserId>,
}

/// A run as a list shows it.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct ListedRun {
    /// The run.
    #[sqlx(flatten)]
    pub run: LabelRun,
    /// Name of the product.
    pub product: String,
    /// Code of the lot.
    pub lot: Option<String>,
}

/// Adds a run under the commune's next number; the caller adds its codes in the same transaction.
pub async fn insert_run(cx: &mut Cx<'_>, commune: CommuneId, id: RunId, new: &NewRun, now: Time) -> Result<LabelRun> {
    let codes = if new.kind == RunKind::Serial { new.count } else { 1 };
    insert(cx, commune, id, new, (RunState::Ready, codes), now).await
}

/// Adds a run whose codes are yet to be made.
pub async fn insert_empty(cx: &mut Cx<'_>, commune: CommuneId, id: RunId, new: &NewRun, now: Time) -> Result<LabelRun> {
    insert(cx, commune, id, new, (RunState::Making, 0), now).await
}

async fn insert(
    cx: &mut Cx<'_>,
    commune: CommuneId,
    id: RunId,
    new: &NewRun,
    (state, made): (RunState, i64),
    now: Time,
) -> Result<LabelRun> {
    let key = format!("labels.last_run.{commune}");
    let number: i64 = on!(cx, c => sqlx::query_scalar(NEXT_NUMBER).bind(&key).fetch_one(c).await)?;
    on!(cx, c => sqlx::query(INSERT)
        .bind(commune)
        .bind(id)
        .bind(number)
        .bind(new.kind)
        .bind(new.producer)
        .bind(new.product)
        .bind(new.lot)
        .bind(new.count)
        .bind(&new.purpose)
        .bind(state)
        .bind(made)
        .bind(new.by)
        .bind(now)
        .execute(c)
        .await
        .map(drop))?;
    Ok(LabelRun {
        commune_id: commune,
        id,
        number,
        kind: new.kind,
        producer_id: new.producer,
        product_id: new.product,
        lot_id: new.lot,
        count: new.count,
        purpose: new.purpose.clone(),
        state,
        made,
        version: 1,
        created_by: new.by,
        created_at: now,
        voided_at: None,
        void_reason: None,
    })
}

/// A run by its number.
pub async fn run(cx: &mut Cx<'_>, commune: CommuneId, number: i64) -> Result<Option<LabelRun>> {
    on!(cx, c => sqlx::query_as(BY_NUMBER).bind(commune).bind(number).fetch_optional(c).await)
}

/// A run by id.
pub async fn run_by_id(cx: &mut Cx<'_>, commune: CommuneId, id: RunId) -> Result<Option<LabelRun>> {
    on!(cx, c => sqlx::query_as(BY_ID).bind(commune).bind(id).fetch_optional(c).await)
}

/// A producer's last 200 runs, newest first.
pub async fn runs_of(cx: &mut Cx<'_>, commune: CommuneId, producer: ProducerId) -> Result<Vec<ListedRun>> {
    on!(cx, c => sqlx::query_as(OF_PRODUCER).bind(commune).bind(producer).fetch_all(c).await)
}

/// Moves a run that is being made on from so many codes to so many; false if it is elsewhere by now or was stopped.
pub async fn advance(cx: &mut Cx<'_>, run: &LabelRun, from: i64, to: i64) -> Result<bool> {
    on!(cx, c => sqlx::query(ADVANCE)
        .bind(run.commune_id)
        .bind(run.id)
        .bind(from)
        .bind(to)
        .execute(c)
        .await
        .map(|done| done.rows_affected() == 1))
}

/// Stops a run that is being made and declares what is there void; false if it was not being made.
pub async fn cancel(cx: &mut Cx<'_>, run: &LabelRun, reason: &str, now: Time) -> Result<bool> {
    on!(cx, c => sqlx::query(CANCEL)
        .bind(run.commune_id)
        .bind(run.id)
        .bind(now)
        .bind(reason)
        .execute(c)
        .await
        .map(|done| done.rows_affected() == 1))
}

/// Declares a whole run void over the version that was read; false if somebody was first.
pub async fn void(cx: &mut Cx<'_>, run: &LabelRun, version: i64, reason: &str, now: Time) -> Result<bool> {
    on!(cx, c => sqlx::query(VOID)
        .bind(run.commune_id)
        .bind(run.id)
        .bind(version)
        .bind(now)
        .bind(reason)
        .execute(c)
        .await
        .map(|done| done.rows_affected() == 1))
}

/// Counts the version of a run up over the one that was read, so that the pages of its labels are made anew; false
/// if somebody was first.
pub async fn count_up(cx: &mut Cx<'_>, run: &LabelRun, version: i64) -> Result<bool> {
    on!(cx, c => sqlx::query(COUNT_UP)
        .bind(run.commune_id)
        .bind(run.id)
        .bind(version)
        .execute(c)
        .await
        .map(|done| done.rows_affected() == 1))
}

/// A run's labels, in the order of their serials.
pub async fn labels_of(cx: &mut Cx<'_>, commune: CommuneId, run: RunId) -> Result<Vec<LabelRow>> {
    on!(cx, c => sqlx::query_as(LABELS).bind(commune).bind(run).fetch_all(c).await)
}

/// A run's first label.
pub async fn first_label(cx: &mut Cx<'_>, commune: CommuneId, run: RunId) -> Result<Option<LabelRow>> {
    on!(cx, c => sqlx::query_as(FIRST).bind(commune).bind(run).fetch_optional(c).await)
}

/// The labels of a serial run from `first` to `last`, in order, at most so many.
pub async fn labels_between(
    cx: &mut Cx<'_>,
    commune: CommuneId,
    run: RunId,
    (first, last): (i64, i64),
    most: i64,
) -> Result<Vec<LabelRow>> {
    on!(cx, c => sqlx::query_as(SERIALS)
        .bind(commune)
        .bind(run)
        .bind(first)
        .bind(last)
        .bind(most)
        .fetch_all(c)
        .await)
}
