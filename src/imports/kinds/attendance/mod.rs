//! People who came to activities: a line is somebody at an activity, confirmed as if the office had written it from the
//! printed list. For which producer they came is told by the line, or by a phone that is a producer's. Counting it as
//! support stays a step of its own, on the activity's page.

mod find;
mod read;
mod write;

pub use write::{undo, write};

use std::collections::HashMap;

use serde::{Deserialize, Serialize};

use super::people::{Keys, People};
use super::{Around, Work as Any, subject};
use crate::activities::model::{Activity, ActivityState, Attendance, AttendanceState, Said};
use crate::db::Cx;
use crate::fold::fold;
use crate::ids::{ActivityId, AttendanceId};
use crate::imports::model::{Field, Outcome, Planned, Told, What};
use crate::imports::store::Item;
use crate::web::{AppError, Lang};

use find::World;
use read::Came;

/// Its columns.
pub const FIELDS: &[Field] = &[
    Field::text("id", "Mã lượt dự", "Attendance code", 38),
    Field::text("activity_id", "Mã hoạt động", "Activity code", 38),
    Field::text("activity", "Tên hoạt động", "Activity", 36),
    Field::text("day", "Ngày", "Date", 12).read_as(What::Date),
    Field::text("name", "Họ và tên", "Name", 26).private(),
    Field::text("village", "Thôn", "Village", 16),
    Field::text("phone", "Điện thoại", "Phone", 14).read_as(What::Phone).private(),
    Field::text("producer_id", "Mã cơ sở", "Producer code", 12),
    Field::text("producer", "Tên cơ sở", "Producer", 34),
    Field::text("producer_phone", "Điện thoại cơ sở", "Producer's phone", 14).read_as(What::Phone).private(),
    Field::text("producer_tax_code", "Mã số thuế cơ sở", "Producer's tax code", 16).read_as(What::TaxCode),
    Field::text("state", "Tình trạng", "State", 14),
    Field::text("reason", "Lý do bỏ", "Why taken out", 26),
];

/// Columns of which at least one of each group must be there.
pub const NEEDED: &[&[&str]] = &[
    &["name", "producer", "producer_id", "producer_phone", "producer_tax_code", "id"],
    &["activity", "activity_id", "id"],
];

/// The fields that point to a producer; the village is of the person.
const OWNER: Keys = Keys { village: "", ..super::products::OWNER };

/// Somebody at an activity.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Line {
    /// Which activity.
    pub activity: ActivityId,
    /// Who.
    #[serde(flatten)]
    pub said: Said,
}

impl Line {
    /// A line of the attendance as it is.
    pub fn of(row: &Attendance) -> Self {
        Self { activity: row.activity_id, said: Said::of(row) }
    }
}

/// A line to be made or changed.
#[derive(Clone, Debug)]
pub struct Work {
    /// The one that is there.
    pub id: Option<AttendanceId>,
    /// What it said.
    pub before: Option<Line>,
    /// What it is to say.
    pub after: Line,
}

/// The texts of a line, as our files show them.
pub fn row_cell(row: &Attendance, activity: Option<&Activity>, field: &str, lang: Lang) -> String {
    match field {
        "id" => row.id.to_string(),
        "activity_id" => row.activity_id.to_string(),
        "activity" => activity.map(|activity| activity.title.clone()).unwrap_or_default(),
        "name" => row.name.clone(),
        "village" => row.village.clone(),
        "phone" => row.phone.clone(),
        "state" => row.state.label(lang).to_owned(),
        "reason" => row.reason.clone(),
        _ => String::new(),
    }
}

/// A field as pages show it before and after.
fn cell(line: &Line, field: &str, people: &People, lang: Lang) -> String {
    let owner = line.said.producer.and_then(|id| people.get(id));
    match field {
        "name" => line.said.name.clone(),
        "village" => line.said.village.clone(),
        "phone" => line.said.phone.clone(),
        "producer_id" => owner.map(|mark| mark.short.clone()).unwrap_or_default(),
        "producer" => owner.map(|mark| mark.name.clone()).unwrap_or_default(),
        "state" => line.said.state.label(lang).to_owned(),
        _ => String::new(),
    }
}

/// The activities of what a batch made or changed, each once.
pub fn activities_of(items: &[Item]) -> Vec<ActivityId> {
    let mut all: Vec<ActivityId> = Vec::new();
    for line in items.iter().filter_map(|item| serde_json::from_str::<Line>(&item.after_value).ok()) {
        if !all.contains(&line.activity) {
            all.push(line.activity);
        }
    }
    all
}

/// Holds the lines against the register.
pub async fn check(cx: &mut Cx<'_>, around: Around, lines: Vec<Told>) -> Result<Vec<Planned<Any>>, AppError> {
    let mut checked = Checked {
        world: World::load(cx, around, &lines).await?,
        around,
        has_marks: lines.iter().any(|told| read::is_mark(told.get("state"))),
        by_id: HashMap::new(),
        new: HashMap::new(),
    };
    Ok(lines.into_iter().map(|told| checked.plan(told)).collect())
}

/// A file's lines so far.
struct Checked {
    world: World,
    around: Around,
    /// Who came has a mark in the file: who has none didn't.
    has_marks: bool,
    /// Lines of the file by what they mean.
    by_id: HashMap<AttendanceId, u32>,
    /// Lines of the file that are new.
    new: New,
}

impl Checked {
    fn plan(&mut self, mut told: Told) -> Planned<Any> {
        let (world, around) = (&self.world, self.around);
        let t = around.t();
        let by_id = world.row_of_id(&mut told, around);
        let activity = world.activity(&mut told, by_id, around);
        let owner = read::owner(&mut told, world, by_id, around);
        let found = activity.and_then(|activity| by_id.or_else(|| world.person(activity.id, &mut told, around)));
        let name = name_of(&told, found, activity);
        let before = found.map(Line::of);
        let subject_id = found.map(|row| row.id.0);
        let came = read::came(&mut told, found, self.has_marks, around);
        if let Some(earlier) = found.and_then(|row| self.by_id.insert(row.id, told.number)) {
            told.fail("name", t.twice(earlier));
        }
        let is_left = match came {
            Some(Came::Absent) => Some(t.attend_absent()),
            Some(Came::Removed) => Some(t.attend_removed()),
            _ => None,
        };
        if let (Some(note), true) = (is_left, told.faults.is_empty()) {
            told.notes.push(note.to_owned());
            return same(told, name, found);
        }
        let after = match (activity, came) {
            (Some(activity), Some(Came::Is(state))) => {
                let start = before.clone().unwrap_or_else(|| read::blank(activity.id, state));
                Some(read::read(&mut told, start, state, owner, by_id.is_some(), world, around))
            }
            _ => None,
        };
        if let (None, Some(after)) = (found, &after) {
            note_new(&mut self.new, &mut told, after, world, around);
        }
        let owner = after.as_ref().and_then(|after| after.said.producer);
        let (Some(activity), Some(after)) = (activity, after) else {
            return subject::wrong(told, name, subject_id, owner);
        };
        if before.as_ref() != Some(&after) {
            may_change(&mut told, activity, found, &after, around);
        }
        if !told.faults.is_empty() {
            return subject::wrong(told, name, subject_id, owner);
        }
        let (outcome, changes) = match &before {
            None => (Outcome::New, Vec::new()),
            Some(before) if *before == after => return same(told, name, found),
            Some(before) => {
                let show =
                    |key: &str, new: bool| cell(if new { &after } else { before }, key, &world.people, around.lang);
                (Outcome::Changed, subject::changes(FIELDS, show))
            }
        };
        let work = Some(Any::Attendance(Box::new(Work { id: found.map(|row| row.id), before, after })));
        let (faults, subject, producer) = (Vec::new(), subject_id, owner);
        let Told { number, notes, cautions, .. } = told;
        Planned { number, name, outcome, changes, faults, notes, cautions, subject, producer, work }
    }
}

/// Lines of the file that are new, by activity and folded name.
type New = HashMap<(ActivityId, String), Vec<(u32, Said)>>;

/// Notes somebody new; the same person twice is told.
fn note_new(new: &mut New, told: &mut Told, line: &Line, world: &World, around: Around) {
    let before_them = new.entry((line.activity, fold(&line.said.name))).or_default();
    match before_them.iter().find(|(_, other)| find::is_one(&line.said, other, &world.people)) {
        Some((earlier, _)) => told.fail("name", around.t().twice(*earlier)),
        None => before_them.push((told.number, line.said.clone())),
    }
}

/// Whom a line is about: name and activity.
fn name_of(told: &Told, found: Option<&Attendance>, activity: Option<&Activity>) -> String {
    let person = Some(told.get("name")).filter(|name| !name.is_empty()).or(found.map(|row| row.name.as_str()));
    let title = activity.map_or_else(|| told.get("activity"), |activity| activity.title.as_str());
    [person.unwrap_or_default(), title].join(" · ")
}

/// A line that tells nothing new.
fn same(told: Told, name: String, found: Option<&Attendance>) -> Planned<Any> {
    Planned {
        number: told.number,
        name,
        outcome: Outcome::Same,
        changes: Vec::new(),
        faults: Vec::new(),
        notes: told.notes,
        cautions: told.cautions,
        subject: found.map(|row| row.id.0),
        producer: found.and_then(|row| row.producer_id),
        work: None,
    }
}

/// What the pages of attendance don't let happen either.
fn may_change(told: &mut Told, activity: &Activity, found: Option<&Attendance>, after: &Line, around: Around) {
    let t = around.t();
    if activity.state == ActivityState::Cancelled {
        told.fail("activity", t.attend_cancelled());
    } else if found.is_none() && after.said.state == AttendanceState::Confirmed && activity.starts_on > around.today {
        told.fail("activity", t.attend_early());
    }
    if found.is_some_and(|row| row.support_id.is_some() && row.producer_id != after.said.producer) {
        told.fail("producer", t.attend_counted());
    }
}
