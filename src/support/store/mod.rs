//! SQL of support records and of the log of exports. Lists and sums of many are in [`ledger`], a record's history
//! and papers in [`steps`].

pub mod ledger;
pub mod picks;
pub mod steps;

use std::sync::LazyLock;

use crate::clock::{Day, Time};
use crate::db::{Cx, Result, WithIds, on};
use crate::ids::{CommuneId, ProducerId, SupportId, UserId, new_id};
use crate::producers::listed;

use super::model::{NewSupport, SupportKind, SupportRow};

/// Reads support records with their producer, product and programme; what follows says which.
macro_rules! records {
    ($($rest:tt)+) => {
        concat!(
            "SELECT r.id, r.producer_id, r.kind, r.state, r.given_on, r.quantity, r.quantity_unit, r.budgeted, \
             r.approved, r.paid, r.overpaid, r.officer, r.note, r.result_due, r.result, r.result_amount, r.result_unit, \
             r.void_reason, r.version, r.programme_id, g.name AS programme_name, p.name AS producer_name, \
             p.name_folded AS producer_folded, p.short AS producer_short, p.kind AS producer_kind, p.village_id, \
             p.phone, s.name AS product_name \
             FROM support_records r \
             JOIN producers p ON p.commune_id = r.commune_id AND p.id = r.producer_id \
             LEFT JOIN products s ON s.commune_id = r.commune_id AND s.id = r.product_id \
             LEFT JOIN support_programmes g ON g.commune_id = r.commune_id AND g.id = r.programme_id ",
            $($rest)+
        )
    };
}
use records;

const KINDS: &str =
    "SELECT k.code, COALESCE(o.name_vi, k.name_vi) AS name_vi, COALESCE(o.name_en, k.name_en) AS name_en,
      COALESCE(o.months, 12) AS months, COALESCE(o.hidden, k.hidden) AS hidden, COALESCE(o.version, 0) AS version
    FROM support_kinds k
    LEFT JOIN commune_support_kinds o ON o.commune_id = $1 AND o.code = k.code
    WHERE k.hidden = FALSE OR o.code IS NOT NULL ORDER BY k.position, k.code";
const INSERT: &str =
    "INSERT INTO support_records (commune_id, id, producer_id, product_id, programme_id, kind, state, year, given_on,
      quantity, quantity_unit, budgeted, approved, paid, overpaid, note, result_due, result, result_unit, version,
      request_id, created_by, created_at, officer)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, '', '', 1, $18, $19, $20, $21)
    ON CONFLICT (commune_id, request_id, producer_id) DO NOTHING";
const WAS_SENT: &str =
    "SELECT COUNT(*) FROM support_records WHERE commune_id = $1 AND request_id = $2 AND producer_id = $3";
const OF_PRODUCER: &str =
    records!("WHERE r.commune_id = $1 AND r.producer_id = $2 ORDER BY r.given_on DESC, r.id DESC LIMIT 500");
static OF_MANY: LazyLock<WithIds> =
    LazyLock::new(|| WithIds::new(records!("WHERE r.commune_id = $1 AND r.producer_id IN ("), 2, ")"));
const BY_ID: &str = records!("WHERE r.commune_id = $1 AND r.id = $2");
const SAME_KIND: &str = "SELECT given_on FROM support_records
    WHERE commune_id = $1 AND producer_id = $2 AND kind = $3 AND given_on > $4 AND given_on < $5 AND state <> 'void'
    ORDER BY given_on DESC LIMIT 1";
const DUE: &str = records!(
    "WHERE r.commune_id = $1 AND r.state = 'delivered' AND r.result_due <= $2 ORDER BY r.result_due, r.id LIMIT 500"
);
const COUNT_DUE: &str =
    "SELECT COUNT(*) FROM support_records WHERE commune_id = $1 AND state = 'delivered' AND result_due <= $2";
const LOG_EXPORT: &str =
    "INSERT INTO exports (commune_id, id, at, user_id, what, format, purpose, filter, columns, row_count)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)";

/// Kinds that can be chosen.
pub async fn kinds(cx: &mut Cx<'_>, commune: CommuneId) -> Result<Vec<SupportKind>> {
    let mut kinds = all_kinds(cx, commune).await?;
    kinds.retain(|kind| !kind.hidden);
    Ok(kinds)
}

/// Every kind, also those no longer chosen.
pub async fn all_kinds(cx: &mut Cx<'_>, commune: CommuneId) -> Result<Vec<SupportKind>> {
    on!(cx, c => sqlx::query_as(KINDS).bind(commune).fetch_all(c).await)
}

/// Adds a record; false if this form's record is there already.
pub async fn insert(cx: &mut Cx<'_>, commune: CommuneId, s: &NewSupport) -> Result<bool> {
    let done = on!(cx, c => sqlx::query(INSERT)
        .bind(commune)
        .bind(s.id)
        .bind(s.producer)
        .bind(s.product)
        .bind(s.programme)
        .bind(&s.kind)
        .bind(s.state)
        .bind(s.given_on.year())
        .bind(s.given_on)
        .bind(s.quantity)
        .bind(&s.unit)
        .bind(s.money.budgeted)
        .bind(s.money.approved)
        .bind(s.money.paid)
        .bind(&s.overpaid)
        .bind(&s.note)
        .bind(s.result_due)
        .bind(s.request)
        .bind(s.by)
        .bind(s.at)
        .bind(&s.officer)
        .execute(c)
        .await
        .map(|done| done.rows_affected()))?;
    if done == 1 && s.state.counts() {
        listed::supported(cx, commune, s.producer, s.given_on).await?;
    }
    Ok(done == 1)
}

/// True if this form's record is there already.
pub async fn was_sent(cx: &mut Cx<'_>, commune: CommuneId, request: uuid::Uuid, producer: ProducerId) -> Result<bool> {
    let count: i64 =
        on!(cx, c => sqlx::query_scalar(WAS_SENT).bind(commune).bind(request).bind(producer).fetch_one(c).await)?;
    Ok(count > 0)
}

/// A producer's records, the latest first, void ones too; at most 500.
pub async fn of_producer(cx: &mut Cx<'_>, commune: CommuneId, producer: ProducerId) -> Result<Vec<SupportRow>> {
    on!(cx, c => sqlx::query_as(OF_PRODUCER).bind(commune).bind(producer).fetch_all(c).await)
}

/// All records of these producers, void ones too, in no order.
pub async fn of_many(cx: &mut Cx<'_>, commune: CommuneId, producers: &[ProducerId]) -> Result<Vec<SupportRow>> {
    OF_MANY.rows(cx, commune, producers).await
}

/// A record.
pub async fn by_id(cx: &mut Cx<'_>, commune: CommuneId, id: SupportId) -> Result<Option<SupportRow>> {
    on!(cx, c => sqlx::query_as(BY_ID).bind(commune).bind(id).fetch_optional(c).await)
}

/// The last day between `after` and `before`, neither of them, on which a record of this kind stands.
pub async fn same_kind_between(
    cx: &mut Cx<'_>,
    commune: CommuneId,
    producer: ProducerId,
    kind: &str,
    after: Day,
    before: Day,
) -> Result<Option<Day>> {
    on!(cx, c => sqlx::query_scalar(SAME_KIND)
        .bind(commune).bind(producer).bind(kind).bind(after).bind(before).fetch_optional(c).await)
}

/// Records whose result is to be asked for by this day, the longest due first; at most 500.
pub async fn due(cx: &mut Cx<'_>, commune: CommuneId, today: Day) -> Result<Vec<SupportRow>> {
    on!(cx, c => sqlx::query_as(DUE).bind(commune).bind(today).fetch_all(c).await)
}

/// How many there are.
pub async fn count_due(cx: &mut Cx<'_>, commune: CommuneId, today: Day) -> Result<i64> {
    on!(cx, c => sqlx::query_scalar(COUNT_DUE).bind(commune).bind(today).fetch_one(c).await)
}

/// An export as it is logged (Nghị định 356/2025; DOMAIN.md §6).
#[derive(Clone, Debug)]
pub struct Exported<'a> {
    /// Who took it.
    pub by: UserId,
    /// Which list.
    pub what: &'a str,
    /// As which file.
    pub format: &'a str,
    /// What for.
    pub purpose: &'a str,
    /// The filter, as in the address.
    pub filter: &'a str,
    /// The columns' headings.
    pub columns: &'a str,
    /// How many records.
    pub rows: usize,
}

/// Logs an export.
pub async fn log_export(cx: &mut Cx<'_>, commune: CommuneId, e: &Exported<'_>, now: Time) -> Result<()> {
    on!(cx, c => sqlx::query(LOG_EXPORT)
        .bind(commune)
        .bind(new_id(now))
        .bind(now)
        .bind(e.by)
        .bind(e.what)
        .bind(e.format)
        .bind(e.purpose)
        .bind(e.filter)
        .bind(e.columns)
        .bind(e.rows as i64)
        .execute(c)
        .await
        .map(drop))
}
