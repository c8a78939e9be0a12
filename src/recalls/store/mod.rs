//! SQL of recalls: their rows here, the lots they reach in [`lots`], who is concerned in [`concerned`].

pub mod alerts;
pub mod concerned;
pub mod lots;
pub mod serials;

use uuid::Uuid;

use crate::clock::Time;
use crate::db::{Cx, Result, on};
use crate::ids::{CommuneId, LotId, RecallId, UserId};

use super::model::{Grade, Kind, Recall, Scope};

/// Reads whole recalls; what follows says which.
macro_rules! recalls {
    ($($rest:tt)+) => {
        concat!(
            "SELECT r.commune_id, r.id, r.number, r.kind, r.scope, r.lot_id, r.state, r.grade, r.reason, r.notice, \
             r.cut, r.started_at, r.started_by, r.confirmed_at, r.confirmed_by, r.shown_at, r.lifted_at, r.lifted_by, \
             r.lift_reason ",
            $($rest)+
        )
    };
}

/// The commune's next number. The row is locked until the commit, so two recalls never get the same one; the first
/// follows those that the migration numbered.
const NEXT_NUMBER: &str = "INSERT INTO settings (key, value)
    VALUES ($1, (SELECT CAST(COALESCE(MAX(number), 0) + 1 AS TEXT) FROM recalls WHERE commune_id = $2))
    ON CONFLICT (key) DO UPDATE SET value = CAST(CAST(settings.value AS BIGINT) + 1 AS TEXT)
    RETURNING CAST(value AS BIGINT)";
const INSERT: &str = "INSERT INTO recalls (commune_id, id, number, kind, scope, lot_id, state, reason, notice, cut,
      request_id, started_at, started_by)
    VALUES ($1, $2, $3, $4, $5, $6, 'draft', '', '', $7, $8, $9, $10)
    ON CONFLICT (commune_id, request_id) DO NOTHING";
const BY_NUMBER: &str = recalls!("FROM recalls r WHERE r.commune_id = $1 AND r.number = $2");
const BY_REQUEST: &str = recalls!("FROM recalls r WHERE r.commune_id = $1 AND r.request_id = $2");
// Gravest first; what covers the whole lot goes before a part of it.
const OF_LOT: &str = recalls!(
    "FROM recall_lots l JOIN recalls r ON r.commune_id = l.commune_id AND r.id = l.recall_id
    WHERE l.commune_id = $1 AND l.lot_id = $2 AND r.kind = 'real' AND r.state = 'open'
    ORDER BY CASE r.scope WHEN 'whole' THEN 0 ELSE 1 END,
      CASE r.grade WHEN 'danger' THEN 0 WHEN 'harm' THEN 1 WHEN 'label' THEN 3 ELSE 2 END, r.confirmed_at DESC, r.id"
);
const CONFIRM: &str = "UPDATE recalls SET state = 'open', grade = $3, reason = $4, notice = $5, confirmed_at = $6,
      confirmed_by = $7, cut = $8
    WHERE commune_id = $1 AND id = $2 AND state = 'draft'";
const SHOWN: &str = "UPDATE recalls SET shown_at = $3 WHERE commune_id = $1 AND id = $2";
const DROP: &str = "UPDATE recalls SET state = 'dropped' WHERE commune_id = $1 AND id = $2 AND state = 'draft'";
const LIFT: &str = "UPDATE recalls SET state = 'lifted', lifted_at = $3, lifted_by = $4, lift_reason = $5
    WHERE commune_id = $1 AND id = $2 AND state = 'open' AND kind = 'real'";
const LISTED: &str = recalls!(
    ", p.name AS product_name, t.code AS lot_code,
      (SELECT COUNT(*) FROM recall_lots n WHERE n.commune_id = r.commune_id AND n.recall_id = r.id) AS lots
    FROM recalls r
      JOIN lots t ON t.commune_id = r.commune_id AND t.id = r.lot_id
      JOIN products p ON p.commune_id = t.commune_id AND p.id = t.product_id
    WHERE r.commune_id = $1 AND ($2 = '' OR r.kind = $2) AND ($3 = '' OR r.state = $3)
      AND ($4 = FALSE OR (r.kind = 'real' AND r.state IN ('open', 'lifted')))
    ORDER BY CASE WHEN r.state = 'open' AND r.kind = 'real' THEN 0 ELSE 1 END,
      COALESCE(r.confirmed_at, r.started_at) DESC, r.number DESC LIMIT 2000"
);

/// What a new recall is to be.
#[derive(Clone, Copy, Debug)]
pub struct NewRecall {
    /// Whether it counts.
    pub kind: Kind,
    /// How much of the lot.
    pub scope: Scope,
    /// The lot it begins with.
    pub lot: LotId,
    /// True if the lots were followed only so far.
    pub cut: bool,
    /// Of the form.
    pub request: Uuid,
    /// By whom.
    pub by: UserId,
}

/// What is decided when a recall is confirmed.
#[derive(Clone, Copy, Debug)]
pub struct Decision<'a> {
    /// How grave it is.
    pub grade: Grade,
    /// Why, for the office.
    pub reason: &'a str,
    /// What the public reads.
    pub notice: &'a str,
    /// By whom.
    pub by: UserId,
    /// When.
    pub at: Time,
}

/// A recall as lists show it.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct ListedRecall {
    /// The recall.
    #[sqlx(flatten)]
    pub recall: Recall,
    /// Name of the product of the lot it begins with.
    pub product_name: String,
    /// Code of that lot.
    pub lot_code: String,
    /// How many lots it reaches.
    pub lots: i64,
}

/// Which recalls a list shows.
#[derive(Clone, Copy, Debug, Default)]
pub struct Filter {
    /// Only of this kind.
    pub kind: Option<Kind>,
    /// Only in this state.
    pub state: Option<super::model::State>,
    /// Only what has a public notice.
    pub public: bool,
}

/// Adds a draft under the commune's next number; None if this form was sent before.
pub async fn insert(cx: &mut Cx<'_>, commune: CommuneId, new: &NewRecall, now: Time) -> Result<Option<RecallId>> {
    let key = format!("recalls.last_number.{commune}");
    let number: i64 = on!(cx, c => sqlx::query_scalar(NEXT_NUMBER).bind(&key).bind(commune).fetch_one(c).await)?;
    let id = RecallId::new(now);
    let added = on!(cx, c => sqlx::query(INSERT)
        .bind(commune)
        .bind(id)
        .bind(number)
        .bind(new.kind)
        .bind(new.scope)
        .bind(new.lot)
        .bind(new.cut)
        .bind(new.request)
        .bind(now)
        .bind(new.by)
        .execute(c)
        .await
        .map(|done| done.rows_affected()))?;
    Ok((added == 1).then_some(id))
}

/// A recall by its number.
pub async fn by_number(cx: &mut Cx<'_>, commune: CommuneId, number: i64) -> Result<Option<Recall>> {
    on!(cx, c => sqlx::query_as(BY_NUMBER).bind(commune).bind(number).fetch_optional(c).await)
}

/// The recall that a form began.
pub async fn by_request(cx: &mut Cx<'_>, commune: CommuneId, request: Uuid) -> Result<Option<Recall>> {
    on!(cx, c => sqlx::query_as(BY_REQUEST).bind(commune).bind(request).fetch_optional(c).await)
}

/// The recalls that stand over a lot, gravest first, those of the whole lot before those of a part.
pub async fn of_lot(cx: &mut Cx<'_>, commune: CommuneId, lot: LotId) -> Result<Vec<Recall>> {
    on!(cx, c => sqlx::query_as(OF_LOT).bind(commune).bind(lot).fetch_all(c).await)
}

/// The recalls that the filter lets through: those that stand, then the latest; at most 2,000.
pub async fn listed(cx: &mut Cx<'_>, commune: CommuneId, filter: Filter) -> Result<Vec<ListedRecall>> {
    on!(cx, c => sqlx::query_as(LISTED)
        .bind(commune)
        .bind(filter.kind.map_or("", Kind::word))
        .bind(filter.state.map_or("", super::model::State::word))
        .bind(filter.public)
        .fetch_all(c)
        .await)
}

/// Confirms a draft; false if it is none any more.
pub async fn confirm(
    cx: &mut Cx<'_>,
    commune: CommuneId,
    id: RecallId,
    decision: &Decision<'_>,
    cut: bool,
) -> Result<bool> {
    let done = on!(cx, c => sqlx::query(CONFIRM)
        .bind(commune)
        .bind(id)
        .bind(decision.grade)
        .bind(decision.reason)
        .bind(decision.notice)
        .bind(decision.at)
        .bind(decision.by)
        .bind(cut)
        .execute(c)
        .await
        .map(|done| done.rows_affected()))?;
    Ok(done == 1)
}

/// Notes when the pages said it.
pub async fn shown(cx: &mut Cx<'_>, commune: CommuneId, id: RecallId, now: Time) -> Result<()> {
    on!(cx, c => sqlx::query(SHOWN).bind(commune).bind(id).bind(now).execute(c).await.map(drop))
}

/// Gives a draft up; false if it is none any more.
pub async fn give_up(cx: &mut Cx<'_>, commune: CommuneId, id: RecallId) -> Result<bool> {
    let done = on!(cx, c => sqlx::query(DROP)
        .bind(commune)
        .bind(id)
        .execute(c)
        .await
        .map(|done| done.rows_affected()))?;
    Ok(done == 1)
}

/// Ends a recall that stands; false if it does not, or is a drill.
pub async fn lift(
    cx: &mut Cx<'_>,
    commune: CommuneId,
    id: RecallId,
    by: UserId,
    reason: &str,
    now: Time,
) -> Result<bool> {
    let done = on!(cx, c => sqlx::query(LIFT)
        .bind(commune)
        .bind(id)
        .bind(now)
        .bind(by)
        .bind(reason)
        .execute(c)
        .await
        .map(|done| done.rows_affected()))?;
    Ok(done == 1)
}
