//! SQL of support records and of the log of exports.

use crate::clock::{Day, Time};
use crate::db::{Cx, Result, on};
use crate::ids::{CommuneId, ProducerId, SupportId, UserId, new_id};

use super::model::{NewSupport, SupportKind, SupportRow};

/// Reads support records with their producer and product; what follows says which.
macro_rules! records {
    ($($rest:tt)+) => {
        concat!(
            "SELECT r.id, r.producer_id, r.kind, r.given_on, r.quantity, r.quantity_unit, r.approved, r.paid, r.note, \
             r.voided_at, r.void_reason, p.name AS producer_name, p.name_folded AS producer_folded, \
             p.short AS producer_short, p.kind AS producer_kind, p.village_id, p.phone, \
             s.name AS product_name \
             FROM support_records r \
             JOIN producers p ON p.commune_id = r.commune_id AND p.id = r.producer_id \
             LEFT JOIN products s ON s.commune_id = r.commune_id AND s.id = r.product_id ",
            $($rest)+
        )
    };
}

const KINDS: &str = "SELECT code, name_vi, name_en FROM support_kinds WHERE hidden = FALSE ORDER BY position, code";
const ALL_KINDS: &str = "SELECT code, name_vi, name_en FROM support_kinds ORDER BY position, code";
const INSERT: &str =
    "INSERT INTO support_records (commune_id, id, producer_id, product_id, kind, given_on, quantity, quantity_unit,
      approved, paid, note, request_id, created_by, created_at)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)
    ON CONFLICT (commune_id, request_id, producer_id) DO NOTHING";
const WAS_SENT: &str =
    "SELECT COUNT(*) FROM support_records WHERE commune_id = $1 AND request_id = $2 AND producer_id = $3";
const OF_SPAN: &str =
    records!("WHERE r.commune_id = $1 AND r.given_on >= $2 AND r.given_on <= $3 ORDER BY r.given_on DESC, r.id DESC");
const OF_PRODUCER: &str =
    records!("WHERE r.commune_id = $1 AND r.producer_id = $2 ORDER BY r.given_on DESC, r.id DESC");
const BY_ID: &str = records!("WHERE r.commune_id = $1 AND r.id = $2");
const SAME_KIND: &str = "SELECT given_on FROM support_records
    WHERE commune_id = $1 AND producer_id = $2 AND kind = $3 AND given_on > $4 AND given_on <= $5 AND voided_at IS NULL
    ORDER BY given_on DESC LIMIT 1";
const LAST_OF_EACH: &str = "SELECT producer_id, kind, given_on FROM support_records
    WHERE commune_id = $1 AND voided_at IS NULL ORDER BY given_on, id";
const VOID: &str = "UPDATE support_records SET voided_at = $3, voided_by = $4, void_reason = $5
    WHERE commune_id = $1 AND id = $2 AND voided_at IS NULL";
const LOG_EXPORT: &str =
    "INSERT INTO exports (commune_id, id, at, user_id, what, format, purpose, filter, columns, row_count)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)";

/// Kinds that can be chosen.
pub async fn kinds(cx: &mut Cx<'_>) -> Result<Vec<SupportKind>> {
    on!(cx, c => sqlx::query_as(KINDS).fetch_all(c).await)
}

/// Every kind, also those no longer chosen.
pub async fn all_kinds(cx: &mut Cx<'_>) -> Result<Vec<SupportKind>> {
    on!(cx, c => sqlx::query_as(ALL_KINDS).fetch_all(c).await)
}

/// Adds a record; false if this form's record is there already.
pub async fn insert(cx: &mut Cx<'_>, commune: CommuneId, s: &NewSupport) -> Result<bool> {
    let done = on!(cx, c => sqlx::query(INSERT)
        .bind(commune)
        .bind(s.id)
        .bind(s.producer)
        .bind(s.product)
        .bind(&s.kind)
        .bind(s.given_on)
        .bind(s.quantity)
        .bind(&s.unit)
        .bind(s.approved)
        .bind(s.paid)
        .bind(&s.note)
        .bind(s.request)
        .bind(s.by)
        .bind(s.at)
        .execute(c)
        .await
        .map(|done| done.rows_affected()))?;
    Ok(done == 1)
}

/// True if this form's record is there already.
pub async fn was_sent(cx: &mut Cx<'_>, commune: CommuneId, request: uuid::Uuid, producer: ProducerId) -> Result<bool> {
    let count: i64 =
        on!(cx, c => sqlx::query_scalar(WAS_SENT).bind(commune).bind(request).bind(producer).fetch_one(c).await)?;
    Ok(count > 0)
}

/// Records between two days (as `YYYY-MM-DD`), the latest first, voided ones too.
pub async fn of_span(cx: &mut Cx<'_>, commune: CommuneId, from: &str, to: &str) -> Result<Vec<SupportRow>> {
    on!(cx, c => sqlx::query_as(OF_SPAN).bind(commune).bind(from).bind(to).fetch_all(c).await)
}

/// A producer's records, the latest first, voided ones too.
pub async fn of_producer(cx: &mut Cx<'_>, commune: CommuneId, producer: ProducerId) -> Result<Vec<SupportRow>> {
    on!(cx, c => sqlx::query_as(OF_PRODUCER).bind(commune).bind(producer).fetch_all(c).await)
}

/// A record.
pub async fn by_id(cx: &mut Cx<'_>, commune: CommuneId, id: SupportId) -> Result<Option<SupportRow>> {
    on!(cx, c => sqlx::query_as(BY_ID).bind(commune).bind(id).fetch_optional(c).await)
}

/// The last day after `after` and not after `to` on which this producer got support of this kind.
pub async fn same_kind_since(
    cx: &mut Cx<'_>,
    commune: CommuneId,
    producer: ProducerId,
    kind: &str,
    after: Day,
    to: Day,
) -> Result<Option<Day>> {
    on!(cx, c => sqlx::query_scalar(SAME_KIND)
        .bind(commune).bind(producer).bind(kind).bind(after).bind(to).fetch_optional(c).await)
}

/// Producer, kind and day of every standing record, the earliest first.
pub async fn all_given(cx: &mut Cx<'_>, commune: CommuneId) -> Result<Vec<(ProducerId, String, Day)>> {
    on!(cx, c => sqlx::query_as(LAST_OF_EACH).bind(commune).fetch_all(c).await)
}

/// Voids a record; false if it was voided already.
pub async fn void(
    cx: &mut Cx<'_>,
    commune: CommuneId,
    id: SupportId,
    by: UserId,
    reason: &str,
    now: Time,
) -> Result<bool> {
    let done = on!(cx, c => sqlx::query(VOID)
        .bind(commune).bind(id).bind(now).bind(by).bind(reason).execute(c).await.map(|done| done.rows_affected()))?;
    Ok(done == 1)
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
