//! Support over two years, in all its states, of two programmes; and what producers say they need.

use crate::amounts::{Dong, Thousandths};
use crate::app::App;
use crate::db::Cx;
use crate::ids::{NeedId, ProgrammeId, SupportId, new_id};
use crate::producers::model::Channel;
use crate::seeding::sample::{Sample, SampleNeed, SampleProgramme, SampleSupport};
use crate::support::model::NewSupport;
use crate::support::needs::model::{Answer, NeedState, NewNeed};
use crate::support::needs::store as needs;
use crate::support::programmes::model::{Programme, ProgrammeState};
use crate::support::programmes::store as programmes;
use crate::support::state::{Money, StepKind, SupportState};
use crate::support::store as support;
use crate::support::store::steps::{self, After, NewStep};
use crate::support::warnings::months_before;

use super::Made;

/// Support older than this has its result known or is no longer asked about.
const ASKED_DAYS: i64 = 200;

pub(super) async fn load(app: &App, sample: &Sample, made: &Made) -> Result<(), String> {
    let mut tx = app.db.begin().await.map_err(|e| e.to_string())?;
    let mut cx = tx.cx();
    let mut plan = Vec::new();
    for programme in &sample.plan.programmes {
        let stored = add_programme(&mut cx, made, programme).await.map_err(|e| e.to_string())?;
        plan.push((programme, stored));
    }
    for (number, record) in sample.support.iter().enumerate() {
        add_record(&mut cx, made, number, record, &plan).await?;
    }
    for (programme, stored) in &plan {
        if programme.closed {
            let closed = ProgrammeState::Closed;
            let done = programmes::set_state(&mut cx, made.commune, stored.id, 1, closed).await;
            done.map_err(|e| e.to_string())?;
        }
    }
    for (number, need) in sample.plan.needs.iter().enumerate() {
        add_need(&mut cx, made, number, need, &plan).await?;
    }
    tx.commit().await.map_err(|e| e.to_string())
}

async fn add_programme(cx: &mut Cx<'_>, made: &Made, sample: &SampleProgramme) -> Result<Programme, sqlx::Error> {
    let programme = Programme {
        id: ProgrammeId::new(made.now),
        year: made.today.year() + sample.year,
        name: sample.name.clone(),
        budget: Dong(sample.budget_dong),
        source: sample.source.clone(),
        legal_basis: sample.legal_basis.clone(),
        targets: sample.targets.clone(),
        state: ProgrammeState::Open,
        version: 1,
    };
    programmes::insert(cx, made.commune, &programme, new_id(made.now), made.officer, made.now).await?;
    Ok(programme)
}

type Plan<'a> = [(&'a SampleProgramme, Programme)];

async fn add_record(
    cx: &mut Cx<'_>,
    made: &Made,
    number: usize,
    record: &SampleSupport,
    plan: &Plan<'_>,
) -> Result<(), String> {
    let text = |e: sqlx::Error| e.to_string();
    let (commune, by, at) = (made.commune, made.officer, made.at(record.day, number));
    let producer = *made.producers.get(&record.producer).ok_or_else(|| format!("no producer {}", record.producer))?;
    let product = record.product.as_ref().and_then(|key| made.products.get(key)).map(|(id, _)| *id);
    let given_on = made.today.plus_days(record.day);
    let of_plan = plan.iter().find(|(sample, p)| p.year == given_on.year() && sample.kinds.contains(&record.kind));
    let state = record.state.unwrap_or(SupportState::Delivered);
    let approved = if state == SupportState::Proposed { 0 } else { record.approved_dong };
    let asked = state == SupportState::Delivered && record.day > -ASKED_DAYS;
    let new = NewSupport {
        id: SupportId::new(at),
        producer,
        product,
        programme: of_plan.map(|(_, p)| p.id),
        kind: record.kind.clone(),
        state: if state == SupportState::Known { SupportState::Delivered } else { state },
        given_on,
        quantity: Some(Thousandths(record.quantity * 1000)),
        unit: String::new(),
        money: Money {
            budgeted: Dong(record.approved_dong),
            approved: Dong(approved),
            paid: Dong(record.paid_dong.min(approved)),
        },
        overpaid: String::new(),
        officer: super::people::OFFICER.to_owned(),
        result_due: asked.then(|| months_before(given_on, -6)),
        note: record.note.clone(),
        request: new_id(at),
        by,
        at,
    };
    support::insert(cx, commune, &new).await.map_err(text)?;
    let first = match new.state {
        SupportState::Proposed => StepKind::Proposed,
        SupportState::Approved => StepKind::Approved,
        _ => StepKind::Delivered,
    };
    let line = |step, note, at| NewStep { record: new.id, step, told: "", note, by, at };
    steps::note(cx, commune, &line(first, &record.note, at)).await.map_err(text)?;
    if let Some(result) = &record.result {
        let row = support::by_id(cx, commune, new.id).await.map_err(text)?.ok_or("no record")?;
        let after = After { state: SupportState::Known, result: result.clone(), ..After::of(&row) };
        steps::take(cx, commune, new.id, 1, &after).await.map_err(text)?;
        steps::note(cx, commune, &line(StepKind::Known, result, made.at(record.day + 180, number)))
            .await
            .map_err(text)?;
    }
    if let Some(reason) = &record.void_reason {
        let at = made.at(record.day + 3, number);
        steps::void(cx, commune, new.id, 1, by, reason, at).await.map_err(text)?;
        steps::note(cx, commune, &line(StepKind::Void, reason, at)).await.map_err(text)?;
    }
    Ok(())
}

async fn add_need(
    cx: &mut Cx<'_>,
    made: &Made,
    number: usize,
    need: &SampleNeed,
    plan: &Plan<'_>,
) -> Result<(), String> {
    let text = |e: sqlx::Error| e.to_string();
    let at = made.at(need.day, number);
    let new = NewNeed {
        id: NeedId::new(at),
        producer: *made.producers.get(&need.producer).ok_or_else(|| format!("no producer {}", need.producer))?,
        product: need.product.as_ref().and_then(|key| made.products.get(key)).map(|(id, _)| *id),
        kind: need.kind.clone(),
        words: need.words.clone(),
        channel: if number.is_multiple_of(2) { Channel::OneSelf } else { Channel::Helper },
        request: new_id(at),
        by: made.officer,
        at,
    };
    needs::insert(cx, made.commune, &new).await.map_err(text)?;
    if need.state != NeedState::Open {
        let open = plan.iter().find(|(sample, _)| !sample.closed).map(|(_, programme)| programme.id);
        let answer = Answer {
            state: need.state,
            programme: open.filter(|_| need.state == NeedState::Programme),
            later: need.later.clone(),
            words: need.answer.clone(),
            by: made.officer,
            at: made.at(need.day + 1, number),
        };
        needs::answer(cx, made.commune, new.id, 1, &answer).await.map_err(text)?;
    }
    Ok(())
}
