//! SQL of targets and reports. What is counted is in [`figures`].

pub mod figures;

use std::collections::BTreeMap;

use super::model::{Figure, Figures, Period, Report, ReportState};
use crate::clock::{Day, Time};
use crate::db::{Cx, Result, on};
use crate::ids::{CommuneId, ReportId, SupportId, UserId};

macro_rules! reports {
    ($rest:literal) => {
        concat!(
            "SELECT r.id, r.year, r.period, r.from_day, r.to_day, r.figures, r.difficulties, r.proposals, r.state, \
             r.number, r.signed_on, r.version, r.taken_at, u.name AS by_name FROM reports r \
             LEFT JOIN users u ON u.id = r.taken_by ",
            $rest
        )
    };
}
const LIST: &str = reports!("WHERE r.commune_id = $1 ORDER BY r.year DESC, r.taken_at DESC, r.id DESC LIMIT 200");
const BY_ID: &str = reports!("WHERE r.commune_id = $1 AND r.id = $2");
const INSERT: &str =
    "INSERT INTO reports (commune_id, id, year, period, from_day, to_day, figures, difficulties, proposals, state, number,
      version, request_id, taken_by, taken_at)
    VALUES ($1, $2, $3, $4, $5, $6, $7, '', '', 'draft', '', 1, $8, $9, $10)
    ON CONFLICT (commune_id, request_id) DO NOTHING";
const OF_REQUEST: &str = "SELECT id FROM reports WHERE commune_id = $1 AND request_id = $2";
const WRITE: &str = "UPDATE reports SET difficulties = $4, proposals = $5, version = version + 1
    WHERE commune_id = $1 AND id = $2 AND version = $3 AND state = 'draft'";
const SIGN: &str = "UPDATE reports SET state = 'signed', number = $4, signed_on = $5, version = version + 1
    WHERE commune_id = $1 AND id = $2 AND version = $3 AND state = 'draft'";
const HOLDING: &str = "SELECT r.number, r.year, r.period FROM reports r
    JOIN support_records s ON s.commune_id = r.commune_id AND s.id = $2 AND s.created_at <= r.taken_at
      AND s.state IN ('delivered', 'known') AND r.from_day <= s.given_on AND s.given_on <= r.to_day
    WHERE r.commune_id = $1 AND r.state = 'signed' ORDER BY r.taken_at LIMIT 20";
const TARGETS: &str = "SELECT figure, target FROM plan_targets WHERE commune_id = $1 AND year = $2";
const SET_TARGET: &str = "INSERT INTO plan_targets (commune_id, year, figure, target, set_by, set_at)
    VALUES ($1, $2, $3, $4, $5, $6)
    ON CONFLICT (commune_id, year, figure) DO UPDATE SET target = $4, set_by = $5, set_at = $6";
const UNSET_TARGET: &str = "DELETE FROM plan_targets WHERE commune_id = $1 AND year = $2 AND figure = $3";

/// Reports, the latest first; at most 200.
pub async fn list(cx: &mut Cx<'_>, commune: CommuneId) -> Result<Vec<Report>> {
    on!(cx, c => sqlx::query_as(LIST).bind(commune).fetch_all(c).await)
}

/// A report.
pub async fn by_id(cx: &mut Cx<'_>, commune: CommuneId, id: ReportId) -> Result<Option<Report>> {
    on!(cx, c => sqlx::query_as(BY_ID).bind(commune).bind(id).fetch_optional(c).await)
}

/// A report that is taken.
#[derive(Clone, Debug)]
pub struct NewReport<'a> {
    /// Year.
    pub year: i32,
    /// Span of the year.
    pub period: Period,
    /// First and last day.
    pub days: (Day, Day),
    /// Its figures.
    pub figures: &'a Figures,
    /// Of the form.
    pub request: uuid::Uuid,
    /// Who takes it.
    pub by: UserId,
    /// When.
    pub at: Time,
}

/// Keeps a report; the same form sent twice keeps one. Returns its id.
pub async fn insert(cx: &mut Cx<'_>, commune: CommuneId, n: &NewReport<'_>) -> Result<ReportId> {
    on!(cx, c => sqlx::query(INSERT)
        .bind(commune)
        .bind(ReportId::new(n.at))
        .bind(n.year)
        .bind(n.period)
        .bind(n.days.0)
        .bind(n.days.1)
        .bind(n.figures)
        .bind(n.request)
        .bind(n.by)
        .bind(n.at)
        .execute(c)
        .await
        .map(drop))?;
    on!(cx, c => sqlx::query_scalar(OF_REQUEST).bind(commune).bind(n.request).fetch_one(c).await)
}

/// Writes a draft's words over the version that was seen; false if somebody was there before or it is signed.
pub async fn write(
    cx: &mut Cx<'_>,
    commune: CommuneId,
    (id, version): (ReportId, i64),
    difficulties: &str,
    proposals: &str,
) -> Result<bool> {
    let done = on!(cx, c => sqlx::query(WRITE)
        .bind(commune).bind(id).bind(version).bind(difficulties).bind(proposals).execute(c).await
        .map(|done| done.rows_affected()))?;
    Ok(done == 1)
}

/// Notes that the paper was signed, over the version that was seen.
pub async fn sign(
    cx: &mut Cx<'_>,
    commune: CommuneId,
    (id, version): (ReportId, i64),
    number: &str,
    day: Day,
) -> Result<bool> {
    let done = on!(cx, c => sqlx::query(SIGN)
        .bind(commune).bind(id).bind(version).bind(number).bind(day).execute(c).await
        .map(|done| done.rows_affected()))?;
    Ok(done == 1)
}

/// Number, year and span of signed reports that count a support record.
pub async fn signed_holding(
    cx: &mut Cx<'_>,
    commune: CommuneId,
    record: SupportId,
) -> Result<Vec<(String, i32, Period)>> {
    on!(cx, c => sqlx::query_as(HOLDING).bind(commune).bind(record).fetch_all(c).await)
}

/// Targets of a year's plan, by figure.
pub async fn targets(cx: &mut Cx<'_>, commune: CommuneId, year: i32) -> Result<BTreeMap<String, i64>> {
    let rows: Vec<(String, i64)> = on!(cx, c => sqlx::query_as(TARGETS).bind(commune).bind(year).fetch_all(c).await)?;
    Ok(rows.into_iter().collect())
}

/// Sets a target, or takes it away.
pub async fn set_target(
    cx: &mut Cx<'_>,
    commune: CommuneId,
    (year, figure): (i32, Figure),
    target: Option<i64>,
    by: UserId,
    now: Time,
) -> Result<()> {
    match target {
        Some(target) => on!(cx, c => sqlx::query(SET_TARGET)
            .bind(commune).bind(year).bind(figure).bind(target).bind(by).bind(now).execute(c).await.map(drop)),
        None => on!(cx, c => sqlx::query(UNSET_TARGET)
            .bind(commune).bind(year).bind(figure).execute(c).await.map(drop)),
    }
}

/// True of a report whose words may be changed.
pub fn is_draft(report: &Report) -> bool {
    report.state == ReportState::Draft
}
