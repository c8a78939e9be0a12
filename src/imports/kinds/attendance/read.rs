//! What a line tells of somebody who came.

use super::find::{World, digits};
use super::{Line, OWNER};
use crate::accounts::model::Phone;
use crate::activities::model::{Attendance, AttendanceState, Said};
use crate::fold::fold;
use crate::ids::{ActivityId, ProducerId};
use crate::imports::kinds::Around;
use crate::imports::kinds::people::{Found, Keys};
use crate::imports::model::{Caution, Told};
use crate::producers::model::State;
use crate::web::Lang;

/// The longest name and village, as at the door.
const LONGEST: usize = 120;

/// How offices mark who came.
const PRESENT: [&str; 8] = ["x", "v", "co", "co mat", "du", "da du", "tham du", "present"];
/// How they mark who didn't.
const ABSENT: [&str; 7] = ["vang", "vang mat", "khong", "khong du", "khong tham du", "khong co mat", "absent"];

/// What a line says of somebody's coming.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Came {
    /// They came, or the office is still to look at it.
    Is(AttendanceState),
    /// They didn't.
    Absent,
    /// They were taken out, as the register has it.
    Removed,
}

/// True of a mark beside a name.
pub(super) fn is_mark(text: &str) -> bool {
    PRESENT.contains(&fold(text).as_str())
}

/// A line that says nothing yet.
pub(super) fn blank(activity: ActivityId, state: AttendanceState) -> Line {
    let (name, village, phone) = (String::new(), String::new(), String::new());
    Line { activity, said: Said { producer: None, name, village, phone, state } }
}

/// Whether they came; None with the fault noted.
pub(super) fn came(told: &mut Told, row: Option<&Attendance>, has_marks: bool, around: Around) -> Option<Came> {
    let t = around.t();
    let text = told.get("state").to_owned();
    let folded = fold(&text);
    let now = row.map(|row| row.state);
    let named = |state: &&AttendanceState| {
        state.word() == text || Lang::ALL.iter().any(|lang| fold(state.label(*lang)) == folded)
    };
    let told_state = AttendanceState::ALL.iter().find(named).copied();
    let by_code = !told.get("id").is_empty();
    let fault = match (now, told_state) {
        (Some(AttendanceState::Removed), Some(AttendanceState::Removed)) => return Some(Came::Removed),
        (Some(AttendanceState::Removed), _) => t.attend_removed_fixed(),
        (_, Some(AttendanceState::Removed)) => t.attend_remove_there(),
        _ if told.tells(&["reason"]) => t.attend_remove_there(),
        (Some(AttendanceState::Confirmed), Some(AttendanceState::Waiting)) => t.state_back(),
        (_, Some(state)) => return Some(Came::Is(state)),
        (_, None) if PRESENT.contains(&folded.as_str()) => return Some(Came::Is(AttendanceState::Confirmed)),
        (None, None) if ABSENT.contains(&folded.as_str()) => return Some(Came::Absent),
        (Some(_), None) if ABSENT.contains(&folded.as_str()) => t.attend_absent_there(),
        (Some(state), None) if text.is_empty() && (by_code || has_marks) => return Some(Came::Is(state)),
        (None, None) if text.is_empty() && has_marks => return Some(Came::Absent),
        // The office's own list says that they came.
        (_, None) if text.is_empty() => return Some(Came::Is(AttendanceState::Confirmed)),
        _ => {
            told.fail("state", t.not_in_list(text));
            return None;
        }
    };
    told.fail("state", fault);
    None
}

/// For which producer, as the line tells it. A line that names the producer alone is of somebody with its name, as on
/// the page of attendance.
pub(super) fn owner(told: &mut Told, world: &World, row: Option<&Attendance>, around: Around) -> Option<ProducerId> {
    if !told.tells(&[OWNER.id, OWNER.name, OWNER.phone, OWNER.tax_code]) {
        return None;
    }
    let t = around.t();
    // The person's village is mostly the producer's.
    let keys = match world.people.find(told, OWNER) {
        Found::Several(_) => Keys { village: "village", ..OWNER },
        _ => OWNER,
    };
    if let Found::Nobody = world.people.find(told, keys) {
        let said =
            [OWNER.name, OWNER.tax_code, OWNER.phone].into_iter().map(|key| told.get(key)).find(|s| !s.is_empty());
        let note = t.attend_unknown(said.unwrap_or_default());
        told.cautions.push(Caution { mark: "no such producer".to_owned(), words: note });
        if told.get("name").is_empty() {
            let name = told.get(OWNER.name).to_owned();
            told.set("name", name);
        }
        return None;
    }
    let mark = world.people.owner(told, keys, around)?;
    if mark.state == State::Withdrawn && row.is_none_or(|row| row.producer_id != Some(mark.id)) {
        told.fail(OWNER.name, t.withdrawn());
    }
    if told.get("name").is_empty() && row.is_none() {
        told.set("name", mark.name.clone());
    }
    Some(mark.id)
}

/// Reads a line over what is there. `by_code`: our own code names it, so that what it tells is meant to the letter.
pub(super) fn read(
    told: &mut Told,
    mut line: Line,
    state: AttendanceState,
    owner: Option<ProducerId>,
    by_code: bool,
    world: &World,
    around: Around,
) -> Line {
    let t = around.t();
    let is_new = line.said.name.is_empty();
    line.said.state = state;
    for (key, own) in [("name", &mut line.said.name), ("village", &mut line.said.village)] {
        let text = told.get(key).to_owned();
        // Found by its name, it keeps what it has: lists write names in capitals and villages with "thôn".
        if text.is_empty() || text == *own || !(by_code || own.is_empty()) {
            continue;
        }
        if text.chars().count() > LONGEST {
            told.fail(key, t.too_long(LONGEST));
        }
        *own = text;
    }
    if line.said.name.is_empty() && told.faults.is_empty() {
        told.fail("name", t.person_missing());
    }
    phone(told, &mut line.said.phone, around);
    if owner.is_some() {
        line.said.producer = owner;
    } else if is_new {
        line.said.producer = by_phone(told, world, around);
    }
    line
}

fn phone(told: &mut Told, own: &mut String, around: Around) {
    let text = told.get("phone").to_owned();
    if text.is_empty() || text == *own || (digits(&text).is_some() && digits(&text) == digits(own)) {
        return;
    }
    match Phone::parse(&text) {
        Ok(phone) => phone.as_str().clone_into(own),
        Err(error) => told.fail("phone", error.say(around.lang)),
    }
}

/// The only producer with the phone of somebody new who names none.
fn by_phone(told: &mut Told, world: &World, around: Around) -> Option<ProducerId> {
    if told.tells(&[OWNER.id, OWNER.name, OWNER.phone, OWNER.tax_code]) {
        return None;
    }
    let keys = Keys { id: "", name: "", phone: "phone", tax_code: "", village: "" };
    let Found::One(mark) = world.people.find(told, keys) else { return None };
    let note = around.t().attend_by_phone(&mark.name);
    told.notes.push(note);
    Some(mark.id)
}
