//! The job that looks at labels that were just opened: only at them, at what they are of, and at as much of their
//! openings as a rule needs. Done twice it finds the same; what it finds grows an open case or opens one.
//! Start at [`do_job`].

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::app::App;
use crate::clock::Time;
use crate::db::{Cx, Result};
use crate::ids::{CommuneId, LotId, RunId};
use crate::jobs::{self, Job};
use crate::recalls::store::serials::{self, TakenBack};

use super::model::{Evidence, Finding, MarkKind, Rule, Subject};
use super::store::cases;
use super::store::evidence::{self, Opened};
use super::store::marks::{self, Mark};

/// Kind of the job.
pub const LOOK: &str = "misuse.look";
/// Days that count for goods that nobody should have any more.
const LATELY: i64 = 30;
/// How far the clock of another process may be ahead.
const AHEAD: Duration = Duration::from_hours(24);

#[derive(Serialize, Deserialize)]
struct Payload {
    labels: Vec<i64>,
}

/// Queues a look at labels that people opened, in the transaction that counts the openings.
pub async fn enqueue(cx: &mut Cx<'_>, commune: CommuneId, labels: &BTreeSet<i64>, now: Time) -> Result<()> {
    if labels.is_empty() {
        return Ok(());
    }
    jobs::enqueue(cx, commune, LOOK, &Payload { labels: labels.iter().copied().collect() }, now).await
}

/// Looks.
pub async fn do_job(app: &App, job: &Job) -> std::result::Result<(), String> {
    let payload: Payload = serde_json::from_str(&job.payload).map_err(|error| error.to_string())?;
    let now = app.clock.now();
    let found = {
        let mut conn = app.db.read().await.map_err(|error| error.to_string())?;
        find(&mut conn.cx(), job.commune_id, &payload.labels, now).await.map_err(|error| error.to_string())?
    };
    keep(app, job.commune_id, &found, now).await.map_err(|error| error.to_string())
}

/// Opens or grows the cases of what was found.
pub async fn keep(app: &App, commune: CommuneId, found: &[Finding], now: Time) -> Result<()> {
    for finding in found {
        let mut tx = app.db.begin().await?;
        cases::note(&mut tx.cx(), commune, finding, now).await?;
        tx.commit().await?;
    }
    Ok(())
}

/// What the rules find about labels that were opened.
async fn find(cx: &mut Cx<'_>, commune: CommuneId, labels: &[i64], now: Time) -> Result<Vec<Finding>> {
    let mut found = Vec::new();
    let opened = evidence::opened(cx, commune, labels).await?;
    let mut runs: BTreeMap<RunId, Vec<&Opened>> = BTreeMap::new();
    let mut lots: BTreeMap<LotId, &Opened> = BTreeMap::new();
    for one in &opened {
        runs.entry(one.run_id).or_default().push(one);
        if let Some(lot) = one.lot_id {
            lots.entry(lot).or_insert(one);
        }
    }
    let mut marked: HashMap<RunId, (Vec<Mark>, Vec<TakenBack>)> = HashMap::new();
    for (run, of_run) in &runs {
        if of_run.iter().any(|one| one.serial.is_some()) {
            let taken_back = serials::standing(cx, commune, *run).await?;
            marked.insert(*run, (marks::standing(cx, commune, *run).await?, taken_back));
        }
        found.extend(before_print(cx, commune, of_run, now).await?);
    }
    for one in opened.iter().filter(|one| one.serial.is_some()) {
        found.extend(many_visitors(cx, commune, one, now).await?);
        let Some((marks, taken_back)) = marked.get(&one.run_id) else { continue };
        found.extend(after_mark(cx, commune, one, marks).await?);
        found.extend(recalled_piece(cx, commune, one, taken_back).await?);
    }
    for (lot, one) in lots {
        found.extend(unfit(cx, commune, lot, one, now).await?);
    }
    Ok(found)
}

fn of_piece(one: &Opened) -> Subject {
    Subject {
        key: one.label_id.to_string(),
        label: Some(one.label_id),
        run: Some(one.run_id),
        lot: one.lot_id,
        producer: Some(one.producer_id),
    }
}

/// The later of a time and the end of the last case: what was looked at once is not held against a label again.
async fn since(cx: &mut Cx<'_>, commune: CommuneId, rule: Rule, key: &str, from: Time) -> Result<Time> {
    let closed = cases::last_closed(cx, commune, rule, key).await?;
    Ok(closed.map_or(from, |closed| closed.plus(Duration::from_micros(1)).max(from)))
}

async fn many_visitors(cx: &mut Cx<'_>, commune: CommuneId, one: &Opened, now: Time) -> Result<Option<Finding>> {
    let rule = Rule::ManyVisitors;
    let subject = of_piece(one);
    let from = now.day().plus_days(1 - rule.bounds().days).start();
    let since = since(cx, commune, rule, &subject.key, from).await?;
    let count = evidence::visitors(cx, commune, one.label_id, since).await?;
    Ok(Finding::of(rule, subject, Evidence { count, since: since.day() }))
}

async fn after_mark(cx: &mut Cx<'_>, commune: CommuneId, one: &Opened, marks: &[Mark]) -> Result<Option<Finding>> {
    let serial = one.serial.unwrap_or_default();
    // Used up says more than sold.
    let held = marks.iter().filter(|mark| mark.serials.holds(serial)).max_by_key(|mark| mark.kind);
    let Some(mark) = held else { return Ok(None) };
    let rule = if mark.kind == MarkKind::Used { Rule::AfterUse } else { Rule::AfterSale };
    let subject = of_piece(one);
    let from = mark.created_at.day().plus_days(rule.bounds().days).start();
    let since = since(cx, commune, rule, &subject.key, from).await?;
    let count = evidence::visitors(cx, commune, one.label_id, since).await?;
    Ok(Finding::of(rule, subject, Evidence { count, since: mark.created_at.day() }))
}

/// A piece that a recall of some pieces takes back; that of a whole lot is looked at by the lot.
async fn recalled_piece(
    cx: &mut Cx<'_>,
    commune: CommuneId,
    one: &Opened,
    taken_back: &[TakenBack],
) -> Result<Option<Finding>> {
    let serial = one.serial.unwrap_or_default();
    let holding = taken_back.iter().filter(|taken| taken.serials.holds(serial));
    let Some(day) = holding.map(|taken| taken.confirmed_at.day()).min() else { return Ok(None) };
    let rule = Rule::Recalled;
    let subject = of_piece(one);
    let since = since(cx, commune, rule, &subject.key, day.plus_days(rule.bounds().days).start()).await?;
    let count = evidence::visitors(cx, commune, one.label_id, since).await?;
    Ok(Finding::of(rule, subject, Evidence { count, since: day }))
}

/// Recalled goods, or goods whose day is over, by the sums of their lot.
async fn unfit(cx: &mut Cx<'_>, commune: CommuneId, lot: LotId, one: &Opened, now: Time) -> Result<Option<Finding>> {
    let recalled = one.recalled_at.map(|at| (Rule::Recalled, at.day()));
    let over = one.best_before.filter(|last| *last < now.day()).map(|last| (Rule::Expired, last));
    let Some((rule, day)) = recalled.or(over) else { return Ok(None) };
    let subject =
        Subject { key: lot.to_string(), label: None, run: None, lot: Some(lot), producer: Some(one.producer_id) };
    let from = day.plus_days(rule.bounds().days).max(now.day().plus_days(1 - LATELY)).start();
    let since = since(cx, commune, rule, &subject.key, from).await?;
    // Sums know days alone: the day on which a case was closed is over for it.
    let first = if since > from { since.day().plus_days(1) } else { since.day() };
    let count = evidence::openings_of_lot(cx, commune, lot, first).await?;
    Ok(Finding::of(rule, subject, Evidence { count, since: day }))
}

async fn before_print(cx: &mut Cx<'_>, commune: CommuneId, of_run: &[&Opened], now: Time) -> Result<Option<Finding>> {
    let Some(one) = of_run.iter().find(|one| one.prints_known) else { return Ok(None) };
    let rule = Rule::BeforePrint;
    let subject = Subject {
        key: one.run_id.to_string(),
        label: None,
        run: Some(one.run_id),
        lot: one.lot_id,
        producer: Some(one.producer_id),
    };
    let since = since(cx, commune, rule, &subject.key, one.issued_at).await?;
    // Not printed yet: all openings so far were before it.
    let printed = evidence::first_print(cx, commune, one.run_id).await?.unwrap_or(now.plus(AHEAD));
    let labels: Vec<i64> = of_run.iter().map(|one| one.label_id).collect();
    let count = evidence::visitors_before(cx, commune, &labels, since, printed).await?;
    Ok(Finding::of(rule, subject, Evidence { count, since: one.issued_at.day() }))
}
