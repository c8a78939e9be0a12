//! SQL of revisions.

use crate::clock::Time;
use crate::db::{Cx, Result, on};
use crate::ids::{CommuneId, ProducerId, ProductId, RevisionId, UserId};
use crate::producers::model::{State, open_states};

use super::model::{FieldNotes, Revision};

/// Reads whole revisions; what follows says which.
macro_rules! revisions {
    ($($rest:tt)+) => {
        concat!(
            "SELECT commune_id, id, producer_id, product_id, state, content, note, field_notes, author_id, channel, \
             decided_by, decided_at, submitted_at, version, created_at, updated_at \
             FROM revisions ",
            $($rest)+
        )
    };
}

const INSERT: &str =
    "INSERT INTO revisions (commune_id, id, producer_id, product_id, state, content, note, field_notes,
      author_id, channel, decided_by, decided_at, submitted_at, version, created_at, updated_at)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)";
const BY_ID: &str = revisions!("WHERE commune_id = $1 AND id = $2");
const OPEN_OF_PRODUCER: &str =
    revisions!("WHERE commune_id = $1 AND producer_id = $2 AND product_id IS NULL AND state IN ", open_states!());
const OPEN_OF_PRODUCT: &str = revisions!("WHERE commune_id = $1 AND product_id = $2 AND state IN ", open_states!());
const OPEN_OF_ALL: &str =
    revisions!("WHERE commune_id = $1 AND producer_id = $2 AND state IN ", open_states!(), " ORDER BY id");
const LAST_OF_PRODUCER: &str =
    revisions!("WHERE commune_id = $1 AND producer_id = $2 AND product_id IS NULL ORDER BY id DESC LIMIT 1");
const LAST_OF_PRODUCT: &str = revisions!("WHERE commune_id = $1 AND product_id = $2 ORDER BY id DESC LIMIT 1");
const SAVE: &str = concat!(
    "UPDATE revisions SET content = $4, updated_at = $5, version = version + 1,
      state = CASE WHEN state = 'submitted' THEN 'draft' ELSE state END
    WHERE commune_id = $1 AND id = $2 AND version = $3 AND state IN ",
    open_states!()
);
const SUBMIT: &str =
    "UPDATE revisions SET state = 'submitted', submitted_at = $4, updated_at = $4, version = version + 1
    WHERE commune_id = $1 AND id = $2 AND version = $3 AND state IN ('draft', 'changes_requested')";
const WITHDRAW: &str = concat!(
    "UPDATE revisions SET state = 'withdrawn', updated_at = $4, version = version + 1
    WHERE commune_id = $1 AND id = $2 AND version = $3 AND state IN ",
    open_states!()
);
const AMEND: &str = "UPDATE revisions SET content = $3 WHERE commune_id = $1 AND id = $2";
const DECIDE: &str = "UPDATE revisions SET state = $4, note = $5, field_notes = $6, decided_by = $7, decided_at = $8,
      updated_at = $8, version = version + 1
    WHERE commune_id = $1 AND id = $2 AND version = $3 AND state = 'submitted'";
const QUEUE: &str = revisions!("WHERE commune_id = $1 AND state = 'submitted' ORDER BY submitted_at, id LIMIT 500");

/// Adds a revision; a second open one of the same subject is a unique violation.
pub async fn insert(cx: &mut Cx<'_>, r: &Revision) -> Result<()> {
    on!(cx, c => sqlx::query(INSERT)
        .bind(r.commune_id)
        .bind(r.id)
        .bind(r.producer_id)
        .bind(r.product_id)
        .bind(r.state)
        .bind(&r.content)
        .bind(&r.note)
        .bind(&r.field_notes)
        .bind(r.author_id)
        .bind(r.channel)
        .bind(r.decided_by)
        .bind(r.decided_at)
        .bind(r.submitted_at)
        .bind(r.version)
        .bind(r.created_at)
        .bind(r.updated_at)
        .execute(c)
        .await
        .map(drop))
}

/// A revision by id.
pub async fn by_id(cx: &mut Cx<'_>, commune: CommuneId, id: RevisionId) -> Result<Option<Revision>> {
    on!(cx, c => sqlx::query_as(BY_ID).bind(commune).bind(id).fetch_optional(c).await)
}

/// The open revision of a producer (`product` None) or a product.
pub async fn open(
    cx: &mut Cx<'_>,
    commune: CommuneId,
    producer: ProducerId,
    product: Option<ProductId>,
) -> Result<Option<Revision>> {
    match product {
        Some(product) => {
            on!(cx, c => sqlx::query_as(OPEN_OF_PRODUCT).bind(commune).bind(product).fetch_optional(c).await)
        }
        None => on!(cx, c => sqlx::query_as(OPEN_OF_PRODUCER).bind(commune).bind(producer).fetch_optional(c).await),
    }
}

/// Every open revision of a producer: its own and those of its products.
pub async fn open_of_all(cx: &mut Cx<'_>, commune: CommuneId, producer: ProducerId) -> Result<Vec<Revision>> {
    on!(cx, c => sqlx::query_as(OPEN_OF_ALL).bind(commune).bind(producer).fetch_all(c).await)
}

/// The newest revision of a producer (`product` None) or a product, open or decided.
pub async fn last(
    cx: &mut Cx<'_>,
    commune: CommuneId,
    producer: ProducerId,
    product: Option<ProductId>,
) -> Result<Option<Revision>> {
    match product {
        Some(product) => {
            on!(cx, c => sqlx::query_as(LAST_OF_PRODUCT).bind(commune).bind(product).fetch_optional(c).await)
        }
        None => on!(cx, c => sqlx::query_as(LAST_OF_PRODUCER).bind(commune).bind(producer).fetch_optional(c).await),
    }
}

/// Writes the content over the version that was read; false if somebody else changed or decided it meanwhile.
/// A revision that was handed in becomes a draft again.
pub async fn save(
    cx: &mut Cx<'_>,
    commune: CommuneId,
    id: RevisionId,
    version: i64,
    content: &str,
    now: Time,
) -> Result<bool> {
    let done = on!(cx, c => sqlx::query(SAVE)
        .bind(commune).bind(id).bind(version).bind(content).bind(now).execute(c).await.map(|done| done.rows_affected()))?;
    Ok(done == 1)
}

/// Hands a revision in; false if it changed meanwhile.
pub async fn submit(cx: &mut Cx<'_>, commune: CommuneId, id: RevisionId, version: i64, now: Time) -> Result<bool> {
    let done = on!(cx, c => sqlx::query(SUBMIT)
        .bind(commune).bind(id).bind(version).bind(now).execute(c).await.map(|done| done.rows_affected()))?;
    Ok(done == 1)
}

/// Closes an open revision that its author took back; false if it changed meanwhile.
pub async fn withdraw(cx: &mut Cx<'_>, commune: CommuneId, id: RevisionId, version: i64, now: Time) -> Result<bool> {
    let done = on!(cx, c => sqlx::query(WITHDRAW)
        .bind(commune).bind(id).bind(version).bind(now).execute(c).await.map(|done| done.rows_affected()))?;
    Ok(done == 1)
}

/// Carries a fact that changed outside review into an open revision, so that approval does not undo it. State and
/// version stay: nobody's edit or decision is stale for it.
pub async fn amend(cx: &mut Cx<'_>, commune: CommuneId, id: RevisionId, content: &str) -> Result<()> {
    on!(cx, c => sqlx::query(AMEND).bind(commune).bind(id).bind(content).execute(c).await.map(drop))
}

/// Writes a decision; false if somebody else decided, or the author changed it, meanwhile.
#[expect(clippy::too_many_arguments, reason = "the columns of one decision")]
pub async fn decide(
    cx: &mut Cx<'_>,
    commune: CommuneId,
    id: RevisionId,
    version: i64,
    state: State,
    note: &str,
    field_notes: &FieldNotes,
    by: UserId,
    now: Time,
) -> Result<bool> {
    let done = on!(cx, c => sqlx::query(DECIDE)
        .bind(commune)
        .bind(id)
        .bind(version)
        .bind(state)
        .bind(note)
        .bind(field_notes)
        .bind(by)
        .bind(now)
        .execute(c)
        .await
        .map(|done| done.rows_affected()))?;
    Ok(done == 1)
}

/// Revisions that wait for an officer, oldest first, at most 500.
pub async fn queue(cx: &mut Cx<'_>, commune: CommuneId) -> Result<Vec<Revision>> {
    on!(cx, c => sqlx::query_as(QUEUE).bind(commune).fetch_all(c).await)
}
