//! What a line tells of a record, by the ledger's own form.

use super::World;
use crate::clock::Day;
use crate::fold::fold;
use crate::imports::kinds::Around;
use crate::imports::model::Told;
use crate::support::entry;
use crate::support::programmes::model::Programme;
use crate::support::state::{StepKind, SupportState};
use crate::support::store::steps::After;
use crate::web::Lang;

/// Fields of the ledger's form, by ours.
const FORM: [(&str, &str); 14] = [
    ("programme", "chuong-trinh"),
    ("given_on", "ngay"),
    ("quantity", "so-luong"),
    ("unit", "don-vi"),
    ("budgeted", "du-toan"),
    ("approved", "duyet"),
    ("paid", "chi"),
    ("overpaid", "vuot"),
    ("officer", "can-bo"),
    ("note", "ghi-chu"),
    ("result_due", "hoi-ket-qua"),
    ("result", "ket-qua"),
    ("result_amount", "so-ket-qua"),
    ("result_unit", "don-vi-ket-qua"),
];

/// Reads a line over the record as it is; None with the faults noted in the line.
pub(super) fn read(told: &mut Told, before: Option<&After>, world: &World, around: Around) -> Option<After> {
    let t = around.t();
    if told.tells(&["void_reason"]) {
        told.fail("void_reason", t.void_there());
    }
    let state = state(told, before, around)?;
    let mut start = before.cloned().unwrap_or_else(|| After::blank(state, around.today));
    start.state = state;
    let mut form = start.clone().into_form(around.today);
    form.set("ngay", &if before.is_some() { start.given_on.text() } else { String::new() });
    if before.is_none() {
        for name in ["du-toan", "duyet", "chi"] {
            form.set(name, "");
        }
    }
    for (field, name) in &FORM {
        let text = told.get(field).to_owned();
        if text.is_empty() {
            continue;
        }
        if *field == "programme" {
            let year = Day::parse(told.get("given_on")).map_or(start.given_on.year(), |day| day.year());
            let named = |p: &&Programme| fold(&p.name) == fold(&text) && p.year == year;
            let own = |p: &&Programme| named(p) && before.is_some_and(|before| before.programme == Some(p.id));
            match world.programmes.iter().find(own).or_else(|| world.programmes.iter().find(named)) {
                Some(programme) => form.set(name, &programme.id.to_string()),
                None => told.fail(field, t.no_programme(&text, year)),
            }
        } else {
            form.set(name, &text);
        }
    }
    // Where money was paid and nobody said what was approved, what was paid was approved.
    if before.is_none() && told.get("approved").is_empty() {
        let paid = form.value("chi").to_owned();
        form.set("duyet", &paid);
    }
    let own = before.and_then(|before| before.programme);
    let offered: Vec<Programme> =
        world.programmes.iter().filter(|p| p.is_open() || Some(p.id) == own).cloned().collect();
    let mut asked = entry::NEW.to_vec();
    if state == SupportState::Known {
        asked.extend(entry::fields(StepKind::Known));
    } else if told.tells(&["result", "result_amount", "result_unit"]) {
        told.fail("result", t.result_early());
    }
    let after = entry::read_on(around.today, around.lang, &mut form, start, &asked, &offered);
    for error in form.errors() {
        let field = FORM.iter().find(|(_, name)| *name == error.field).map_or(&"given_on", |(field, _)| field);
        if !told.faults.iter().any(|fault| fault.field == *field) {
            told.fail(field, error.message.clone());
        }
    }
    let mut after = after?;
    if let Some(before) = before.filter(|before| before.state == state && told.get("result_due").is_empty()) {
        after.result_due = before.result_due;
    }
    Some(after)
}

/// True if a state is told to be void, with a reason after it or not.
pub(super) fn says_void(text: &str) -> bool {
    let folded = fold(text.split(':').next().unwrap_or_default());
    let void = SupportState::Void;
    folded.trim() == void.word() || Lang::ALL.iter().any(|lang| fold(void.label(*lang)) == folded.trim())
}

/// Where the record is to stand: as told, else where it stands, else delivered. A result makes it known.
fn state(told: &mut Told, before: Option<&After>, around: Around) -> Option<SupportState> {
    let text = told.get("state").to_owned();
    let folded = fold(&text);
    let named =
        |state: &&SupportState| state.word() == text || Lang::ALL.iter().any(|lang| fold(state.label(*lang)) == folded);
    let state = if text.is_empty() {
        let known = told.tells(&["result"]).then_some(SupportState::Known);
        let stands = before.map(|before| before.state);
        known.or(stands).unwrap_or(SupportState::Delivered)
    } else {
        if says_void(&text) {
            told.fail("state", around.t().void_there());
            return None;
        }
        match SupportState::ALL.iter().find(named).copied() {
            None => {
                told.fail("state", around.t().not_in_list(text));
                return None;
            }
            Some(state) => state,
        }
    };
    if before.is_some_and(|before| state < before.state) {
        told.fail("state", around.t().state_back());
        return None;
    }
    Some(state)
}
