//! SQL of cases.

use std::collections::BTreeMap;

use uuid::Uuid;

use crate::clock::{Day, Time};
use crate::db::{Cx, Result, on};
use crate::files::picture_url;
use crate::ids::{CommuneId, FileId, LotId, ProducerId, RunId, UserId, new_id};

use super::super::model::{CaseState, Evidence, Finding, Outcome, Rule, Standing};

/// Reads cases with the names that pages show; what follows says which.
macro_rules! cases {
    ($($rest:tt)+) => {
        concat!(
            "SELECT m.id, m.number, m.rule, m.state, m.score, m.evidence, m.opened_at, m.seen_at, m.outcome, m.note,
              m.closed_at, m.version, m.label_id, m.run_id, m.lot_id, m.producer_id, l.serial, r.number AS run_number,
              t.code AS lot_code, p.name AS product_name, o.name AS producer_name, o.short AS producer_short,
              u.name AS closed_by
            FROM misuse_cases m
              LEFT JOIN labels l ON l.commune_id = m.commune_id AND l.id = m.label_id
              LEFT JOIN label_runs r ON r.commune_id = m.commune_id AND r.id = m.run_id
              LEFT JOIN lots t ON t.commune_id = m.commune_id AND t.id = m.lot_id
              LEFT JOIN products p ON p.commune_id = m.commune_id AND p.id = COALESCE(r.product_id, t.product_id)
              LEFT JOIN producers o ON o.commune_id = m.commune_id AND o.id = m.producer_id
              LEFT JOIN users u ON u.id = m.closed_by ",
            $($rest)+
        )
    };
}

const GROW: &str = "UPDATE misuse_cases SET score = $4, evidence = $5, seen_at = $6
    WHERE commune_id = $1 AND rule = $2 AND subject = $3 AND state = 'open'";
/// As the commune's numbers of runs: the row is locked until the commit.
const NEXT_NUMBER: &str = "INSERT INTO settings (key, value) VALUES ($1, '1')
    ON CONFLICT (key) DO UPDATE SET value = CAST(CAST(settings.value AS BIGINT) + 1 AS TEXT)
    RETURNING CAST(value AS BIGINT)";
const INSERT: &str = "INSERT INTO misuse_cases (commune_id, id, number, rule, subject, label_id, run_id, lot_id,
      producer_id, state, score, evidence, opened_at, seen_at, note, version)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 'open', $10, $11, $12, $12, '', 1)
    ON CONFLICT (commune_id, rule, subject) WHERE state = 'open' DO NOTHING";
// Pages of the run's labels are made anew.
const COUNT_UP: &str = "UPDATE label_runs SET version = version + 1 WHERE commune_id = $1 AND id = $2";
const LAST_CLOSED: &str =
    "SELECT MAX(closed_at) FROM misuse_cases WHERE commune_id = $1 AND rule = $2 AND subject = $3";
const OPEN: &str = cases!("WHERE m.commune_id = $1 AND m.state = 'open' ORDER BY m.opened_at, m.number LIMIT 500");
const RECENT: &str =
    cases!("WHERE m.commune_id = $1 AND m.state = 'closed' ORDER BY m.opened_at DESC, m.number DESC LIMIT 100");
const OF_PRODUCER: &str = cases!(
    "WHERE m.commune_id = $1 AND m.producer_id = $2 AND m.state IN ('open', 'closed')
    ORDER BY m.state DESC, m.opened_at DESC, m.number DESC LIMIT 100"
);
const BY_NUMBER: &str = cases!("WHERE m.commune_id = $1 AND m.number = $2");
const COUNT_OPEN_OF: &str =
    "SELECT COUNT(*) FROM misuse_cases WHERE commune_id = $1 AND producer_id = $2 AND state = 'open'";
const CLOSE: &str = "UPDATE misuse_cases SET state = 'closed', outcome = $4, note = $5, closed_by = $6, closed_at = $7,
      version = version + 1
    WHERE commune_id = $1 AND id = $2 AND version = $3 AND state = 'open'";
const TALLY: &str = "SELECT rule, outcome, COUNT(*) FROM misuse_cases WHERE commune_id = $1 GROUP BY rule, outcome";
const STANDING: &str = "SELECT label_id, rule, state, outcome FROM misuse_cases
    WHERE commune_id = $1 AND run_id = $2 AND label_id IS NOT NULL ORDER BY opened_at, number";
const OPENINGS: &str = "SELECT at FROM scans
    WHERE commune_id = $1 AND label_id = $2 AND at >= $3 AND person = TRUE ORDER BY at DESC LIMIT 1000";
const DAYS_OF_LOT: &str = "SELECT day, people FROM scan_lot_days WHERE commune_id = $1 AND lot_id = $2 AND day >= $3";
const REPORTS_OF_LABEL: &str =
    "SELECT f.message, f.phone, f.code_text, f.created_at, p.file_id AS photo FROM feedback f
    LEFT JOIN feedback_files p ON p.commune_id = f.commune_id AND p.feedback_id = f.id
    WHERE f.commune_id = $1 AND f.label_id = $2 AND f.kind = 'report' ORDER BY f.created_at DESC LIMIT 100";
const REPORTS_OF_LOT: &str = "SELECT f.message, f.phone, f.code_text, f.created_at, p.file_id AS photo FROM feedback f
    LEFT JOIN feedback_files p ON p.commune_id = f.commune_id AND p.feedback_id = f.id
    WHERE f.commune_id = $1 AND f.lot_id = $2 AND f.kind = 'report' ORDER BY f.created_at DESC LIMIT 100";
const REPORTS_OF_RUN: &str = "SELECT f.message, f.phone, f.code_text, f.created_at, p.file_id AS photo
    FROM label_runs r CROSS JOIN feedback f CROSS JOIN labels l
      LEFT JOIN feedback_files p ON p.commune_id = f.commune_id AND p.feedback_id = f.id
    WHERE r.commune_id = $1 AND r.id = $2 AND f.commune_id = $1 AND f.product_id = r.product_id AND f.kind = 'report'
      AND l.commune_id = $1 AND l.id = f.label_id AND l.run_id = r.id ORDER BY f.created_at DESC LIMIT 100";

/// A case with the names that pages show.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Case {
    /// Id.
    pub id: Uuid,
    /// Counts up per commune.
    pub number: i64,
    /// What may be wrong.
    pub rule: Rule,
    /// Whether somebody still has to look.
    pub state: CaseState,
    /// How grave, 50 to 100.
    pub score: i64,
    /// JSON of [`Evidence`].
    evidence: String,
    /// When it was opened.
    pub opened_at: Time,
    /// When the evidence last grew.
    pub seen_at: Time,
    /// What came of it.
    pub outcome: Option<Outcome>,
    /// The office's words to the outcome.
    pub note: String,
    /// When it was closed.
    pub closed_at: Option<Time>,
    /// Counts up when it is closed.
    pub version: i64,
    /// The label of one piece.
    pub label_id: Option<i64>,
    /// The run.
    pub run_id: Option<RunId>,
    /// The lot.
    pub lot_id: Option<LotId>,
    /// Whose goods.
    pub producer_id: Option<ProducerId>,
    /// The piece's number.
    pub serial: Option<i64>,
    /// The run's number.
    pub run_number: Option<i64>,
    /// The lot's code.
    pub lot_code: Option<String>,
    /// Name of the product.
    pub product_name: Option<String>,
    /// Name of the producer.
    pub producer_name: Option<String>,
    /// Suffix of its address.
    pub producer_short: Option<String>,
    /// Who closed it.
    pub closed_by: Option<String>,
}

impl Case {
    /// What was counted; nothing of it since the day it was opened if the row can't be read.
    pub fn evidence(&self) -> Evidence {
        serde_json::from_str(&self.evidence).unwrap_or(Evidence { count: 0, since: self.opened_at.day() })
    }

    /// True while somebody still has to look.
    pub fn is_open(&self) -> bool {
        self.state == CaseState::Open
    }
}

/// A buyer's report about the goods of a case.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Report {
    /// In the buyer's words.
    pub message: String,
    /// To call back; empty if not given.
    pub phone: String,
    /// The code as scanned.
    pub code_text: String,
    /// When.
    pub created_at: Time,
    /// What the buyer photographed; for the office alone.
    pub photo: Option<FileId>,
}

impl Report {
    /// Address of the photo.
    pub fn photo_url(&self) -> Option<String> {
        self.photo.map(|id| picture_url(id, 'm'))
    }
}

/// Opens a case of what was found, or brings the open one up to date.
pub async fn note(cx: &mut Cx<'_>, commune: CommuneId, found: &Finding, now: Time) -> Result<()> {
    let evidence = serde_json::to_string(&found.evidence).map_err(|e| sqlx::Error::Encode(Box::new(e)))?;
    let grown = on!(cx, c => sqlx::query(GROW)
        .bind(commune)
        .bind(found.rule)
        .bind(&found.subject.key)
        .bind(found.score)
        .bind(&evidence)
        .bind(now)
        .execute(c)
        .await
        .map(|done| done.rows_affected()))?;
    if grown > 0 {
        return Ok(());
    }
    let key = format!("misuse.number.{commune}");
    let number: i64 = on!(cx, c => sqlx::query_scalar(NEXT_NUMBER).bind(&key).fetch_one(c).await)?;
    let added = on!(cx, c => sqlx::query(INSERT)
        .bind(commune)
        .bind(new_id(now))
        .bind(number)
        .bind(found.rule)
        .bind(&found.subject.key)
        .bind(found.subject.label)
        .bind(found.subject.run)
        .bind(found.subject.lot)
        .bind(found.subject.producer)
        .bind(found.score)
        .bind(&evidence)
        .bind(now)
        .execute(c)
        .await
        .map(|done| done.rows_affected()))?;
    match found.subject.run.filter(|_| added > 0 && found.rule.is_of_piece()) {
        Some(run) => count_up(cx, commune, run).await,
        None => Ok(()),
    }
}

async fn count_up(cx: &mut Cx<'_>, commune: CommuneId, run: RunId) -> Result<()> {
    on!(cx, c => sqlx::query(COUNT_UP).bind(commune).bind(run).execute(c).await.map(drop))
}

/// When the last case of a rule and subject was closed.
pub async fn last_closed(cx: &mut Cx<'_>, commune: CommuneId, rule: Rule, key: &str) -> Result<Option<Time>> {
    on!(cx, c => sqlx::query_scalar(LAST_CLOSED).bind(commune).bind(rule).bind(key).fetch_one(c).await)
}

/// Open cases, oldest first; at most 500.
pub async fn open(cx: &mut Cx<'_>, commune: CommuneId) -> Result<Vec<Case>> {
    on!(cx, c => sqlx::query_as(OPEN).bind(commune).fetch_all(c).await)
}

/// Closed cases, latest first; at most 100.
pub async fn closed(cx: &mut Cx<'_>, commune: CommuneId) -> Result<Vec<Case>> {
    on!(cx, c => sqlx::query_as(RECENT).bind(commune).fetch_all(c).await)
}

/// A producer's cases, open ones first; at most 100.
pub async fn of_producer(cx: &mut Cx<'_>, commune: CommuneId, producer: ProducerId) -> Result<Vec<Case>> {
    on!(cx, c => sqlx::query_as(OF_PRODUCER).bind(commune).bind(producer).fetch_all(c).await)
}

/// How many cases of a producer are open.
pub async fn count_open_of(cx: &mut Cx<'_>, commune: CommuneId, producer: ProducerId) -> Result<i64> {
    on!(cx, c => sqlx::query_scalar(COUNT_OPEN_OF).bind(commune).bind(producer).fetch_one(c).await)
}

/// The case with this number.
pub async fn by_number(cx: &mut Cx<'_>, commune: CommuneId, number: i64) -> Result<Option<Case>> {
    on!(cx, c => sqlx::query_as(BY_NUMBER).bind(commune).bind(number).fetch_optional(c).await)
}

/// Closes a case that was seen at this version; false if it is closed already.
pub async fn close(
    cx: &mut Cx<'_>,
    commune: CommuneId,
    case: &Case,
    version: i64,
    (outcome, note): (Outcome, &str),
    by: UserId,
    now: Time,
) -> Result<bool> {
    let done = on!(cx, c => sqlx::query(CLOSE)
        .bind(commune)
        .bind(case.id)
        .bind(version)
        .bind(outcome)
        .bind(note)
        .bind(by)
        .bind(now)
        .execute(c)
        .await
        .map(|done| done.rows_affected()))?;
    if let Some(run) = case.run_id.filter(|_| done == 1 && case.rule.is_of_piece()) {
        count_up(cx, commune, run).await?;
    }
    Ok(done == 1)
}

/// How many cases of each rule came to which end; None: still open.
pub async fn tally(cx: &mut Cx<'_>, commune: CommuneId) -> Result<Vec<(Rule, Option<Outcome>, i64)>> {
    on!(cx, c => sqlx::query_as(TALLY).bind(commune).fetch_all(c).await)
}

/// What the last cases of each of a run's labels say of it, by each rule; labels without a case are left out.
pub async fn standing(cx: &mut Cx<'_>, commune: CommuneId, run: RunId) -> Result<Vec<(i64, Standing)>> {
    let rows: Vec<(i64, Rule, CaseState, Option<Outcome>)> =
        on!(cx, c => sqlx::query_as(STANDING).bind(commune).bind(run).fetch_all(c).await)?;
    let mut last: BTreeMap<(i64, Rule), Standing> = BTreeMap::new();
    for (label, rule, state, outcome) in rows {
        last.insert((label, rule), Standing::of(state, outcome));
    }
    let mut of_label: BTreeMap<i64, Standing> = BTreeMap::new();
    for ((label, _), standing) in last {
        // What one rule clears another may still suspect.
        let held = of_label.entry(label).or_insert(standing);
        if standing == Standing::Suspected {
            *held = standing;
        }
    }
    Ok(of_label.into_iter().collect())
}

/// Openings of what a case is about by day, from a day on; none for a source.
pub async fn openings(cx: &mut Cx<'_>, commune: CommuneId, case: &Case, from: Day) -> Result<BTreeMap<Day, i64>> {
    let mut days = BTreeMap::new();
    if let Some(label) = case.label_id {
        let times: Vec<Time> = on!(cx, c => sqlx::query_scalar(OPENINGS)
            .bind(commune)
            .bind(label)
            .bind(from.start())
            .fetch_all(c)
            .await)?;
        for at in times {
            *days.entry(at.day()).or_default() += 1;
        }
    } else if let Some(lot) = case.lot_id {
        let rows: Vec<(Day, i64)> =
            on!(cx, c => sqlx::query_as(DAYS_OF_LOT).bind(commune).bind(lot).bind(from).fetch_all(c).await)?;
        days.extend(rows);
    }
    Ok(days)
}

/// Buyers' reports about what a case is about, latest first; at most 100.
pub async fn reports(cx: &mut Cx<'_>, commune: CommuneId, case: &Case) -> Result<Vec<Report>> {
    match (case.label_id, case.run_id, case.lot_id) {
        (Some(label), ..) => {
            on!(cx, c => sqlx::query_as(REPORTS_OF_LABEL).bind(commune).bind(label).fetch_all(c).await)
        }
        (None, Some(run), _) => {
            on!(cx, c => sqlx::query_as(REPORTS_OF_RUN).bind(commune).bind(run).fetch_all(c).await)
        }
        (None, None, Some(lot)) => {
            on!(cx, c => sqlx::query_as(REPORTS_OF_LOT).bind(commune).bind(lot).fetch_all(c).await)
        }
        (None, None, None) => Ok(Vec::new()),
    }
}
