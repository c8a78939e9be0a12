//! What people told of a step: the answers, when and where it was, and which other lot went into it.

use super::super::chain::flow;
use super::super::chain::model::{Refusal, stands};
use super::super::chain::pages::say;
use super::super::chain::store as chain;
use super::super::diary::{before_lot, must_follow};
use super::super::facts::{FactKind, Facts};
use super::super::history::LotHistory;
use super::super::model::{Lot, Place};
use super::super::store::lots;
use super::super::template::{StepRole, StepTemplate};
use super::super::texts::Texts;
use super::past_day;
use crate::clock::Time;
use crate::db::Cx;
use crate::ids::PlaceId;
use crate::web::{AppError, Ctx, Form, Lang};

/// What was told, read.
pub(super) struct Read {
    pub(super) facts: Facts,
    pub(super) at: Time,
    pub(super) place: PlaceId,
    pub(super) note: String,
}

/// Reads the form of a step; None, or an error noted, where something is wrong.
pub(super) fn read(ctx: &Ctx, form: &mut Form, h: &LotHistory, step: &StepTemplate, places: &[Place]) -> Option<Read> {
    let t = Texts(ctx.lang);
    let facts = {
        // Where is asked of all steps alike, and checked below.
        let answer = |key: &str| if key == "place" { "-" } else { form.value(key) };
        step.read_facts(|key| Some(answer(key)))
    };
    if let Err(problems) = &facts {
        for problem in problems {
            let fact = step.facts.iter().find(|fact| fact.key == problem.key);
            let label = fact.map_or("", |fact| fact.label.text(ctx.lang));
            form.fail(&problem.key, t.fact_error(label, &problem.error));
        }
    }
    let chosen = form.value("place").parse::<PlaceId>().ok();
    let place = chosen.filter(|id| places.iter().any(|place| place.id == *id));
    if place.is_none() {
        form.fail("place", t.place_missing());
    }
    let at = read_when(form, t, ctx.now());
    if let Some(at) = at
        && let Some(first) = must_follow(h, step, at)
    {
        form.fail("gio", t.before_made(first.label.text(ctx.lang), first.at.text()));
    }
    if at.is_some_and(|at| before_lot(h, step, at)) {
        form.fail("ngay", t.before_lot(h.lot.made_on));
    }
    let note = beside(form, step, ctx.lang);
    Some(Read { facts: facts.ok()?, at: at?, place: place?, note: note? })
}

/// Reads date and time. A minute of the future is forgiven: clocks differ.
fn read_when(form: &mut Form, t: Texts, now: Time) -> Option<Time> {
    let day = past_day(form, "ngay", t, now.day());
    if form.value("ngay").is_empty() {
        form.fail("ngay", t.day_shape());
    }
    let clock = clock_of(form.value("gio"));
    if clock.is_none() {
        form.fail("gio", t.time_wrong());
    }
    let (hour, minute) = clock?;
    let at = day?.at(hour, minute);
    if at > now.plus(std::time::Duration::from_mins(1)) {
        form.fail("gio", t.time_future());
        return None;
    }
    Some(at)
}

/// Reads `16:20`, `16h20`, `16.20`, `16h`.
fn clock_of(text: &str) -> Option<(u8, u8)> {
    let text = text.trim().to_lowercase();
    let (hour, minute) = text.split_once([':', 'h', '.', 'g'])?;
    let number = |part: &str| -> Option<u8> {
        let part = part.trim();
        (part.len() <= 2 && part.bytes().all(|b| b.is_ascii_digit())).then(|| part.parse().ok()).flatten()
    };
    let hour = number(hour)?;
    let minute = if minute.trim().is_empty() { 0 } else { number(minute)? };
    (hour < 24 && minute < 60).then_some((hour, minute))
}

/// What stays beside the event, since it may name people: who it went to or came from, the vehicle, the note.
fn beside(form: &mut Form, step: &StepTemplate, lang: Lang) -> Option<String> {
    let mut lines = Vec::new();
    for fact in &step.facts {
        let named = matches!(fact.kind, FactKind::Destination | FactKind::Source | FactKind::Vehicle);
        if !named && fact.kind != FactKind::Note {
            continue;
        }
        let text = form.text(&fact.key, if named { 120 } else { 1000 }, lang)?;
        if text.is_empty() {
            continue;
        }
        // The label is kept in Vietnamese, the language of the record.
        lines.push(if named { format!("{}: {}", fact.label.vi, text.replace('\n', " ")) } else { text });
    }
    Some(lines.join("\n"))
}

/// The other lot that went into this one, if one was chosen: the producer's own, or one of which it received some; not
/// recalled, and not made from this one itself.
pub(super) async fn input_lot(
    ctx: &Ctx,
    cx: &mut Cx<'_>,
    form: &mut Form,
    lot: &Lot,
    step: &StepTemplate,
) -> Result<Option<Lot>, AppError> {
    let t = Texts(ctx.lang);
    let code = form.value("tu-lo").to_owned();
    if code.is_empty() || !step.takes_lots() {
        return Ok(None);
    }
    let found = match code.parse() {
        Ok(code) => lots::by_code(cx, ctx.commune_id(), &code).await?,
        Err(_) => None,
    };
    let Some(input) = found.filter(|input| input.id != lot.id) else {
        form.fail("tu-lo", t.made_of_unknown());
        return Ok(None);
    };
    if flow::balance_of(cx, &input, lot.producer_id).await?.had == 0 {
        form.fail("tu-lo", t.made_of_unknown());
        return Ok(None);
    }
    // Both stay taken until the commit: of two steps that would close a circle together, the second sees the first.
    flow::take_all(cx, ctx.commune_id(), &[(lot.id, None), (input.id, None)]).await?;
    let product = chain::product_state(cx, ctx.commune_id(), input.id).await?;
    match stands(&input, product) {
        Err(refusal @ (Refusal::Recalled | Refusal::ProductNotApproved)) => {
            form.fail("tu-lo", say(&refusal, t.chain()));
        }
        _ if flow::circles(cx, ctx.commune_id(), &[input.id], lot.id).await? => {
            form.fail("tu-lo", t.made_of_itself(&input.code, &lot.code));
        }
        _ => return Ok(Some(input)),
    }
    Ok(None)
}

/// Notes at the amount if more is sent than is left of the lot.
pub(super) async fn check_sent(
    ctx: &Ctx,
    cx: &mut Cx<'_>,
    form: &mut Form,
    lot: &Lot,
    step: &StepTemplate,
    facts: &Facts,
) -> Result<(), AppError> {
    if step.role != StepRole::Shipping {
        return Ok(());
    }
    let Some(amount) = facts.quantity() else { return Ok(()) };
    flow::take_all(cx, ctx.commune_id(), &[(lot.id, None)]).await?;
    if let Some(refusal) = flow::check(cx, lot, lot.producer_id, amount).await? {
        form.fail("quantity", say(&refusal, Texts(ctx.lang).chain()));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::Day;

    #[test]
    fn a_time_is_read_as_people_write_it() {
        for (text, clock) in [
            ("16:20", (16, 20)),
            ("16h20", (16, 20)),
            ("6h", (6, 0)),
            (" 05 : 04 ", (5, 4)),
            ("6g30", (6, 30)),
            ("0:00", (0, 0)),
        ] {
            assert_eq!(clock_of(text), Some(clock), "{text}");
        }
        for text in ["", "1620", "24:00", "12:60", "a:b", "1:234", "-1:00", "+1:00"] {
            assert_eq!(clock_of(text), None, "{text}");
        }
    }

    #[test]
    fn a_step_of_the_future_is_refused() {
        let now = Day::new(2026, 6, 14).unwrap().at(16, 20);
        let t = Texts(Lang::Vi);
        let read = |day: &str, clock: &str| {
            let mut form = Form::default();
            form.push("ngay", day);
            form.push("gio", clock);
            let at = read_when(&mut form, t, now);
            (at, form.errors().iter().map(|error| error.message.clone()).collect::<Vec<_>>())
        };
        assert_eq!(read("14/06/2026", "16:20"), (Some(now), vec![]));
        assert_eq!(read("14/06/2026", "16:22"), (None, vec![t.time_future().to_owned()]));
        assert_eq!(read("15/06/2026", "05:00"), (None, vec![t.day_future().to_owned()]));
        assert_eq!(read("31/02/2026", "05:00"), (None, vec![t.day_none().to_owned()]));
        assert_eq!(read("", "").1, [t.day_shape(), t.time_wrong()]);
    }
}
