//! SQL of imports: batches, what each made or changed, remembered headings. What lines are held against is in
//! [`register`].

pub mod register;

use std::collections::HashMap;
use std::sync::LazyLock;

use uuid::Uuid;

use crate::clock::Time;
use crate::db::{Cx, Result, Rows, on};
use crate::ids::{ActivityId, CommuneId, ImportId, UserId};

use super::model::{Batch, Counts, Kind, Undo};

/// Reads whole batches; what follows says which.
macro_rules! batches {
    ($rest:literal) => {
        concat!(
            "SELECT commune_id, id, kind, mode, state, file_name, sha256, bytes, sheet, leave_hidden, activity_id, made, changed, \
             same, wrong, trouble, version, created_by, created_at, ran_by, ran_at, undone_by, undone_at, dropped_at \
             FROM import_batches ",
            $rest
        )
    };
}

const INSERT: &str =
    "INSERT INTO import_batches (commune_id, id, kind, mode, state, file_name, sha256, bytes, sheet, leave_hidden,
      activity_id, made, changed, same, wrong, trouble, version, created_by, created_at)
    VALUES ($1, $2, $3, $4, 'checked', $5, $6, $7, '', FALSE, $10, 0, 0, 0, 0, '', 1, $8, $9)";
const BY_ID: &str = batches!("WHERE commune_id = $1 AND id = $2");
const LATEST: &str = batches!("WHERE commune_id = $1 ORDER BY created_at DESC, id DESC LIMIT $2 OFFSET $3");
const COUNT: &str = "SELECT COUNT(*) FROM import_batches WHERE commune_id = $1";
const OLD: &str =
    batches!("WHERE dropped_at IS NULL AND created_at < $1 AND state <> 'queued' ORDER BY created_at LIMIT 100");
const DROPPED: &str = "UPDATE import_batches SET dropped_at = $3 WHERE commune_id = $1 AND id = $2";
const CHOOSE: &str = "UPDATE import_batches SET sheet = $4, leave_hidden = $5, activity_id = $6, version = version + 1
    WHERE commune_id = $1 AND id = $2 AND version = $3 AND state = 'checked'";
const BEGIN: &str =
    "UPDATE import_batches SET state = 'queued', trouble = '', ran_by = $4, ran_at = $5, version = version + 1
    WHERE commune_id = $1 AND id = $2 AND version = $3 AND state = 'checked' AND mode = 'import'";
const FINISH: &str = "UPDATE import_batches SET state = 'done', made = $3, changed = $4, same = $5, wrong = $6,
      version = version + 1
    WHERE commune_id = $1 AND id = $2 AND state = 'queued'";
const PUT_BACK: &str = "UPDATE import_batches SET state = 'checked', trouble = $3, ran_by = NULL, ran_at = NULL,
      version = version + 1
    WHERE commune_id = $1 AND id = $2 AND state = 'queued'";
const UNDONE: &str = "UPDATE import_batches SET state = 'undone', undone_by = $4, undone_at = $5, version = version + 1
    WHERE commune_id = $1 AND id = $2 AND version = $3 AND state = 'done'";
static ADD_ITEMS: LazyLock<Rows> = LazyLock::new(|| {
    Rows::new(
        "INSERT INTO import_items (commune_id, id, batch_id, line, name, subject_id, before_value, after_value, version,
          undo) VALUES ",
        10,
        "",
    )
});
const ITEMS: &str = "SELECT id, line, name, subject_id, before_value, after_value, version, undo FROM import_items
    WHERE commune_id = $1 AND batch_id = $2 ORDER BY line, id";
const LEFT: &str = "SELECT id, line, name, subject_id, before_value, after_value, version, undo FROM import_items
    WHERE commune_id = $1 AND batch_id = $2 AND undo NOT IN ('', 'done') ORDER BY line, id LIMIT 500";
const SET_UNDO: &str = "UPDATE import_items SET undo = $3 WHERE commune_id = $1 AND id = $2";
const HEADINGS: &str = "SELECT heading, field FROM import_headings WHERE commune_id = $1 AND kind = $2";
const SAY: &str = "INSERT INTO import_headings (commune_id, kind, heading, field) VALUES ($1, $2, $3, $4)
    ON CONFLICT (commune_id, kind, heading) DO UPDATE SET field = $4";
/// What a batch made or changed.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Item {
    /// Id.
    pub id: Uuid,
    /// Line of the sheet.
    pub line: i32,
    /// Of whom or what it tells.
    pub name: String,
    /// Producer, product, support record or line of attendance.
    pub subject_id: Uuid,
    /// JSON of what it was; None: the batch made it.
    pub before_value: Option<String>,
    /// JSON of what it became.
    pub after_value: String,
    /// Of a support record: its version after the import.
    pub version: i64,
    /// What became of it when the batch was taken back.
    pub undo: Undo,
}

/// Adds a batch.
pub async fn insert(cx: &mut Cx<'_>, b: &Batch) -> Result<()> {
    on!(cx, c => sqlx::query(INSERT)
        .bind(b.commune_id)
        .bind(b.id)
        .bind(b.kind)
        .bind(b.mode)
        .bind(&b.file_name)
        .bind(&b.sha256)
        .bind(b.bytes)
        .bind(b.created_by)
        .bind(b.created_at)
        .bind(b.activity_id)
        .execute(c)
        .await
        .map(drop))
}

/// A batch.
pub async fn by_id(cx: &mut Cx<'_>, commune: CommuneId, id: ImportId) -> Result<Option<Batch>> {
    on!(cx, c => sqlx::query_as(BY_ID).bind(commune).bind(id).fetch_optional(c).await)
}

/// Batches, the latest first: so many, after so many.
pub async fn latest(cx: &mut Cx<'_>, commune: CommuneId, limit: i64, offset: i64) -> Result<Vec<Batch>> {
    on!(cx, c => sqlx::query_as(LATEST).bind(commune).bind(limit).bind(offset).fetch_all(c).await)
}

/// How many batches there are.
pub async fn count(cx: &mut Cx<'_>, commune: CommuneId) -> Result<i64> {
    on!(cx, c => sqlx::query_scalar(COUNT).bind(commune).fetch_one(c).await)
}

/// Batches of all communes whose file was kept since before this moment, at most 100.
pub async fn old(cx: &mut Cx<'_>, before: Time) -> Result<Vec<Batch>> {
    on!(cx, c => sqlx::query_as(OLD).bind(before).fetch_all(c).await)
}

/// Notes that a batch's file was dropped.
pub async fn dropped(cx: &mut Cx<'_>, commune: CommuneId, id: ImportId, now: Time) -> Result<()> {
    on!(cx, c => sqlx::query(DROPPED).bind(commune).bind(id).bind(now).execute(c).await.map(drop))
}

/// Chooses the sheet, whether hidden lines are left out, and the activity of lines that name none; false if somebody was
/// faster.
pub async fn choose(
    cx: &mut Cx<'_>,
    b: &Batch,
    sheet: &str,
    leave_hidden: bool,
    activity: Option<ActivityId>,
) -> Result<bool> {
    let done = on!(cx, c => sqlx::query(CHOOSE)
        .bind(b.commune_id)
        .bind(b.id)
        .bind(b.version)
        .bind(sheet)
        .bind(leave_hidden)
        .bind(activity)
        .execute(c)
        .await
        .map(|done| done.rows_affected()))?;
    Ok(done == 1)
}

/// Takes a batch to be written; false if somebody was faster. Another one that is being written is a unique violation.
pub async fn begin(cx: &mut Cx<'_>, b: &Batch, by: UserId, now: Time) -> Result<bool> {
    let done = on!(cx, c => sqlx::query(BEGIN)
        .bind(b.commune_id).bind(b.id).bind(b.version).bind(by).bind(now)
        .execute(c).await.map(|done| done.rows_affected()))?;
    Ok(done == 1)
}

/// Notes that a batch is written; false if it was not being written.
pub async fn finish(cx: &mut Cx<'_>, commune: CommuneId, id: ImportId, counts: Counts) -> Result<bool> {
    let done = on!(cx, c => sqlx::query(FINISH)
        .bind(commune)
        .bind(id)
        .bind(counts.new as i64)
        .bind(counts.changed as i64)
        .bind(counts.same as i64)
        .bind(counts.wrong as i64)
        .execute(c)
        .await
        .map(|done| done.rows_affected()))?;
    Ok(done == 1)
}

/// Puts a batch back that could not be written, with why.
pub async fn put_back(cx: &mut Cx<'_>, commune: CommuneId, id: ImportId, trouble: &str) -> Result<()> {
    on!(cx, c => sqlx::query(PUT_BACK).bind(commune).bind(id).bind(trouble).execute(c).await.map(drop))
}

/// Takes a batch back; false if somebody was faster.
pub async fn undone(cx: &mut Cx<'_>, b: &Batch, by: UserId, now: Time) -> Result<bool> {
    let done = on!(cx, c => sqlx::query(UNDONE)
        .bind(b.commune_id).bind(b.id).bind(b.version).bind(by).bind(now)
        .execute(c).await.map(|done| done.rows_affected()))?;
    Ok(done == 1)
}

/// Adds what a batch made or changed.
pub async fn add_items(cx: &mut Cx<'_>, commune: CommuneId, batch: ImportId, items: &[Item]) -> Result<()> {
    for (text, items) in ADD_ITEMS.chunks(cx, items) {
        on!(cx, c => {
            let mut query = sqlx::query(text);
            for item in items {
                query = query
                    .bind(commune)
                    .bind(item.id)
                    .bind(batch)
                    .bind(item.line)
                    .bind(&item.name)
                    .bind(item.subject_id)
                    .bind(&item.before_value)
                    .bind(&item.after_value)
                    .bind(item.version)
                    .bind(item.undo);
            }
            query.execute(c).await.map(drop)
        })?;
    }
    Ok(())
}

/// What a batch made or changed, by line.
pub async fn items(cx: &mut Cx<'_>, commune: CommuneId, batch: ImportId) -> Result<Vec<Item>> {
    on!(cx, c => sqlx::query_as(ITEMS).bind(commune).bind(batch).fetch_all(c).await)
}

/// What was left when a batch was taken back, by line; at most 500.
pub async fn left(cx: &mut Cx<'_>, commune: CommuneId, batch: ImportId) -> Result<Vec<Item>> {
    on!(cx, c => sqlx::query_as(LEFT).bind(commune).bind(batch).fetch_all(c).await)
}

/// Notes what became of an item.
pub async fn set_undo(cx: &mut Cx<'_>, commune: CommuneId, item: Uuid, undo: Undo) -> Result<()> {
    on!(cx, c => sqlx::query(SET_UNDO).bind(commune).bind(item).bind(undo).execute(c).await.map(drop))
}

/// What officers said of headings.
pub async fn headings(cx: &mut Cx<'_>, commune: CommuneId, kind: Kind) -> Result<HashMap<String, String>> {
    let rows: Vec<(String, String)> =
        on!(cx, c => sqlx::query_as(HEADINGS).bind(commune).bind(kind).fetch_all(c).await)?;
    Ok(rows.into_iter().collect())
}

/// Remembers what a heading stands for; an empty field leaves its column out.
pub async fn say(cx: &mut Cx<'_>, commune: CommuneId, kind: Kind, heading: &str, field: &str) -> Result<()> {
    on!(cx, c => sqlx::query(SAY).bind(commune).bind(kind).bind(heading).bind(field).execute(c).await.map(drop))
}
