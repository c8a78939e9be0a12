//! SQL of what happens to a record: its steps, over the version that was seen; its history; its papers.

use crate::amounts::Thousandths;
use crate::clock::{Day, Time};
use crate::db::{Cx, Result, on};
use crate::ids::{CommuneId, FileId, ProgrammeId, SupportId, UserId, new_id};

use crate::producers::listed;
use crate::support::state::{Money, StepKind, SupportState};

const UPDATE: &str =
    "UPDATE support_records SET state = $4, programme_id = $5, year = $6, given_on = $7, quantity = $8,
      quantity_unit = $9, budgeted = $10, approved = $11, paid = $12, overpaid = $13, note = $14, result_due = $15,
      result = $16, result_amount = $17, result_unit = $18, officer = $19, version = version + 1
    WHERE commune_id = $1 AND id = $2 AND version = $3 AND state <> 'void'";
const VOID: &str = "UPDATE support_records SET state = 'void', voided_at = $4, voided_by = $5, void_reason = $6,
      version = version + 1
    WHERE commune_id = $1 AND id = $2 AND version = $3 AND state <> 'void'";
const PRODUCER: &str = "SELECT producer_id FROM support_records WHERE commune_id = $1 AND id = $2";
const NOTE: &str = "INSERT INTO support_steps (commune_id, id, record_id, step, told, note, by_user, at)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
const HISTORY: &str = "SELECT t.step, t.told, t.note, t.at, t.by_user, u.name AS by_name FROM support_steps t
    LEFT JOIN users u ON u.id = t.by_user
    WHERE t.commune_id = $1 AND t.record_id = $2 ORDER BY t.id";
const ADD_FILE: &str = "INSERT INTO support_evidence (commune_id, record_id, file_id, added_by, added_at)
    VALUES ($1, $2, $3, $4, $5) ON CONFLICT (commune_id, record_id, file_id) DO NOTHING";
const FILES: &str = "SELECT e.file_id, f.name, e.added_at FROM support_evidence e
    JOIN files f ON f.commune_id = e.commune_id AND f.id = e.file_id
    WHERE e.commune_id = $1 AND e.record_id = $2 ORDER BY e.added_at, e.file_id";

/// What a step makes of a record.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct After {
    /// Where it stands.
    pub state: SupportState,
    /// Of which programme.
    pub programme: Option<ProgrammeId>,
    /// When it was given, or is meant to be.
    pub given_on: Day,
    /// How much.
    pub quantity: Option<Thousandths>,
    /// Of what.
    pub unit: String,
    /// Its sums.
    pub money: Money,
    /// Why more was paid than approved.
    pub overpaid: String,
    /// Who of the office sees it through; empty: nobody was named.
    pub officer: String,
    /// The office's words.
    pub note: String,
    /// When to ask what came of it.
    pub result_due: Option<Day>,
    /// What came of it.
    pub result: String,
    /// The same in figures.
    pub result_amount: Option<Thousandths>,
    /// Of what.
    pub result_unit: String,
}

/// Takes a step over the version that was seen; false if somebody was there before.
pub async fn take(cx: &mut Cx<'_>, commune: CommuneId, id: SupportId, version: i64, a: &After) -> Result<bool> {
    let done = on!(cx, c => sqlx::query(UPDATE)
        .bind(commune)
        .bind(id)
        .bind(version)
        .bind(a.state)
        .bind(a.programme)
        .bind(a.given_on.year())
        .bind(a.given_on)
        .bind(a.quantity)
        .bind(&a.unit)
        .bind(a.money.budgeted)
        .bind(a.money.approved)
        .bind(a.money.paid)
        .bind(&a.overpaid)
        .bind(&a.note)
        .bind(a.result_due)
        .bind(&a.result)
        .bind(a.result_amount)
        .bind(&a.result_unit)
        .bind(&a.officer)
        .execute(c)
        .await
        .map(|done| done.rows_affected()))?;
    changed(cx, commune, id, done == 1).await
}

/// Voids a record over the version that was seen; false if somebody was there before.
pub async fn void(
    cx: &mut Cx<'_>,
    commune: CommuneId,
    id: SupportId,
    version: i64,
    by: UserId,
    reason: &str,
    now: Time,
) -> Result<bool> {
    let done = on!(cx, c => sqlx::query(VOID)
        .bind(commune)
        .bind(id)
        .bind(version)
        .bind(now)
        .bind(by)
        .bind(reason)
        .execute(c)
        .await
        .map(|done| done.rows_affected()))?;
    changed(cx, commune, id, done == 1).await
}

/// The register tells of a producer whose record changed.
async fn changed(cx: &mut Cx<'_>, commune: CommuneId, id: SupportId, is_done: bool) -> Result<bool> {
    if is_done {
        let producer = on!(cx, c => sqlx::query_scalar(PRODUCER).bind(commune).bind(id).fetch_one(c).await)?;
        listed::recount_support(cx, commune, producer).await?;
    }
    Ok(is_done)
}

/// A line for a record's history.
#[derive(Clone, Debug)]
pub struct NewStep<'a> {
    /// Of which record.
    pub record: SupportId,
    /// What was done.
    pub step: StepKind,
    /// What it changed, in short.
    pub told: &'a str,
    /// The person's words.
    pub note: &'a str,
    /// Who.
    pub by: UserId,
    /// When.
    pub at: Time,
}

/// Adds a line to a record's history.
pub async fn note(cx: &mut Cx<'_>, commune: CommuneId, s: &NewStep<'_>) -> Result<()> {
    on!(cx, c => sqlx::query(NOTE)
        .bind(commune)
        .bind(new_id(s.at))
        .bind(s.record)
        .bind(s.step)
        .bind(s.told)
        .bind(s.note)
        .bind(s.by)
        .bind(s.at)
        .execute(c)
        .await
        .map(drop))
}

/// A line of a record's history.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct StepRow {
    /// What was done.
    pub step: StepKind,
    /// What it changed, in short.
    pub told: String,
    /// The person's words.
    pub note: String,
    /// When.
    pub at: Time,
    /// Who.
    pub by_user: Option<UserId>,
    /// Their name.
    pub by_name: Option<String>,
}

/// A record's history, the earliest first.
pub async fn history(cx: &mut Cx<'_>, commune: CommuneId, id: SupportId) -> Result<Vec<StepRow>> {
    on!(cx, c => sqlx::query_as(HISTORY).bind(commune).bind(id).fetch_all(c).await)
}

/// Adds a paper to a record; false if it was there.
pub async fn add_file(
    cx: &mut Cx<'_>,
    commune: CommuneId,
    id: SupportId,
    file: FileId,
    by: UserId,
    now: Time,
) -> Result<bool> {
    let done = on!(cx, c => sqlx::query(ADD_FILE)
        .bind(commune).bind(id).bind(file).bind(by).bind(now).execute(c).await.map(|done| done.rows_affected()))?;
    Ok(done == 1)
}

/// A paper of a record.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct EvidenceRow {
    /// The file.
    pub file_id: FileId,
    /// Its name as uploaded.
    pub name: String,
    /// When it was added.
    pub added_at: Time,
}

/// A record's papers, in the order they came.
pub async fn files(cx: &mut Cx<'_>, commune: CommuneId, id: SupportId) -> Result<Vec<EvidenceRow>> {
    on!(cx, c => sqlx::query_as(FILES).bind(commune).bind(id).fetch_all(c).await)
}
