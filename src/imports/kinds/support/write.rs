//! Writing a record with the steps that lead to it, and taking it back.

use super::Work;
use crate::db::Cx;
use crate::ids::{ProducerId, SupportId, new_id};
use crate::imports::kinds::{Texts, Writing, Written, json};
use crate::imports::model::Undo;
use crate::imports::store::Item;
use crate::support::model::NewSupport;
use crate::support::state::{StepKind, SupportState};
use crate::support::step;
use crate::support::store as ledger;
use crate::support::store::steps::{self, After, NewStep};
use crate::web::{AppError, Lang, audit};

/// The steps from one state to another, each following on the last.
fn steps_between(from: Option<SupportState>, to: SupportState) -> Vec<StepKind> {
    let mut steps = Vec::new();
    let mut now = if let Some(now) = from {
        now
    } else {
        // A record begins anywhere but at its end.
        let first = if to == SupportState::Known { SupportState::Delivered } else { to };
        steps.extend(StepKind::ALL.iter().find(|step| step.leads_to(None) == Some(first)));
        first
    };
    while now != to
        && let Some(step) = now.next()
        && let Some(next) = step.leads_to(Some(now))
    {
        steps.push(step);
        now = next;
    }
    if steps.is_empty() { vec![StepKind::Changed] } else { steps }
}

/// Writes a line with the steps that lead to it; each step's line in the history names the file.
pub async fn write(cx: &mut Cx<'_>, writing: Writing<'_>, work: &Work) -> Result<Written, AppError> {
    let (commune, by, at) = (writing.commune, writing.actor.by, writing.now);
    let steps = steps_between(work.before.as_ref().map(|before| before.state), work.after.state);
    let after = &work.after;
    let (id, version) = if let Some((id, version)) = work.id {
        if !steps::take(cx, commune, id, version, after).await? {
            return Ok(None);
        }
        (id, version + 1)
    } else {
        let id = SupportId::new(at);
        let new = NewSupport {
            id,
            producer: work.producer,
            product: work.product,
            programme: after.programme,
            kind: work.kind.clone(),
            state: after.state,
            given_on: after.given_on,
            quantity: after.quantity,
            unit: after.unit.clone(),
            money: after.money,
            overpaid: after.overpaid.clone(),
            officer: after.officer.clone(),
            note: after.note.clone(),
            result_due: after.result_due,
            request: new_id(at),
            by,
            at,
        };
        ledger::insert(cx, commune, &new).await?;
        let is_known = after.state == SupportState::Known;
        if is_known && !steps::take(cx, commune, id, 1, after).await? {
            return Ok(None);
        }
        (id, if is_known { 2 } else { 1 })
    };
    let told = work.before.as_ref().map(|before| step::told(before, after)).unwrap_or_default();
    let note = Texts(Lang::Vi).from_file(writing.file);
    for (at_step, kind) in steps.iter().enumerate() {
        let told = if at_step == 0 { told.as_str() } else { "" };
        steps::note(cx, commune, &NewStep { record: id, step: *kind, told, note: &note, by, at }).await?;
    }
    let action = if work.before.is_some() { "support.change" } else { "support.record" };
    let said = format!("{} {} {} {}", work.kind, after.state, after.given_on.iso(), after.money.paid.0);
    log(cx, writing, action, work.producer, &said).await?;
    Ok(Some((id.0, work.before.as_ref().map(json), json(after), version)))
}

async fn log(
    cx: &mut Cx<'_>,
    writing: Writing<'_>,
    action: &str,
    producer: ProducerId,
    after: &str,
) -> Result<(), AppError> {
    let entry = audit::Entry {
        actor: Some(writing.actor.by),
        action,
        subject_kind: "producer",
        subject: Some(producer.0),
        before: None,
        after: Some(after),
        address: Some(writing.actor.address.clone()),
    };
    Ok(audit::write(cx, writing.commune, &entry, writing.now).await?)
}

/// Takes a line back: a record that was made is voided, one that was changed gets its figures back.
pub async fn undo(cx: &mut Cx<'_>, writing: Writing<'_>, item: &Item) -> Result<Undo, AppError> {
    let (commune, id, by, at) = (writing.commune, SupportId(item.subject_id), writing.actor.by, writing.now);
    let note = Texts(Lang::Vi).undone_file(writing.file);
    let Some(row) = ledger::by_id(cx, commune, id).await? else { return Ok(Undo::Edited) };
    let (done, step, told) = match &item.before_value {
        None => (steps::void(cx, commune, id, item.version, by, &note, at).await?, StepKind::Void, String::new()),
        Some(before) => {
            let before: After = serde_json::from_str(before).map_err(AppError::internal)?;
            let after: After = serde_json::from_str(&item.after_value).map_err(AppError::internal)?;
            let done = steps::take(cx, commune, id, item.version, &before).await?;
            (done, StepKind::Changed, step::told(&after, &before))
        }
    };
    if !done {
        return Ok(Undo::Edited);
    }
    steps::note(cx, commune, &NewStep { record: id, step, told: &told, note: &note, by, at }).await?;
    log(cx, writing, if step == StepKind::Void { "support.void" } else { "support.change" }, row.producer_id, &note)
        .await?;
    Ok(Undo::Done)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_lead_from_where_a_record_stands_to_what_a_line_says() {
        use StepKind as K;
        use SupportState as S;
        for (from, to, wanted) in [
            (None, S::Proposed, &[K::Proposed][..]),
            (None, S::Delivered, &[K::Delivered]),
            (None, S::Known, &[K::Delivered, K::Known]),
            (Some(S::Proposed), S::Known, &[K::Approved, K::Delivered, K::Known]),
            (Some(S::Delivered), S::Delivered, &[K::Changed]),
        ] {
            assert_eq!(steps_between(from, to), wanted, "{from:?} to {to:?}");
        }
    }
}
