//! Which activity a line means, and whether its person is there already.

use std::collections::HashMap;

use unicode_normalization::UnicodeNormalization;

use crate::accounts::model::Phone;
use crate::activities::model::{Activity, Attendance, AttendanceState, Said};
use crate::activities::store::{self as activities, people as attendance};
use crate::clock::Day;
use crate::db::Cx;
use crate::fold::fold;
use crate::ids::{ActivityId, AttendanceId};
use crate::imports::kinds::Around;
use crate::imports::kinds::people::People;
use crate::imports::model::Told;
use crate::web::AppError;

/// What is there, as lines look for it.
pub(super) struct World {
    pub people: People,
    activities: Vec<Activity>,
    by_title: HashMap<String, Vec<usize>>,
    rows: Vec<Attendance>,
    by_id: HashMap<AttendanceId, usize>,
    by_name: HashMap<(ActivityId, String), Vec<usize>>,
}

/// What is wrong with a line's activity: the field, in words.
type Wrong = (&'static str, String);

impl World {
    pub async fn load(cx: &mut Cx<'_>, around: Around, lines: &[Told]) -> Result<Self, AppError> {
        let people = People::load(cx, around).await?;
        let activities = activities::all(cx, around.commune).await?;
        let mut by_title: HashMap<String, Vec<usize>> = HashMap::new();
        for (at, activity) in activities.iter().enumerate() {
            by_title.entry(fold(&activity.title)).or_default().push(at);
        }
        let (rows, by_id, by_name) = (Vec::new(), HashMap::new(), HashMap::new());
        let mut world = Self { people, activities, by_title, rows, by_id, by_name };
        let meant = lines.iter().filter_map(|told| world.meant(told, None, around).ok());
        let mut ids: Vec<ActivityId> = meant.map(|activity| activity.id).collect();
        ids.sort_unstable();
        ids.dedup();
        let mut rows = attendance::of_many(cx, around.commune, &ids).await?;
        let told: Vec<AttendanceId> = lines.iter().filter_map(|told| told.get("id").parse().ok()).collect();
        let elsewhere = attendance::by_ids(cx, around.commune, &told).await?;
        rows.extend(elsewhere.into_iter().filter(|row| ids.binary_search(&row.activity_id).is_err()));
        for (at, row) in rows.iter().enumerate() {
            world.by_id.insert(row.id, at);
            // Who was taken out is found by the line's code alone.
            if row.state != AttendanceState::Removed {
                world.by_name.entry((row.activity_id, fold(&row.name))).or_default().push(at);
            }
        }
        world.rows = rows;
        Ok(world)
    }

    /// The line of the attendance that our own code names.
    pub fn row_of_id(&self, told: &mut Told, around: Around) -> Option<&Attendance> {
        let id = told.get("id").to_owned();
        let found = id.parse().ok().and_then(|id: AttendanceId| self.by_id.get(&id)).map(|at| &self.rows[*at]);
        if found.is_none() && !id.is_empty() {
            told.fail("id", around.t().no_such_code(id));
        }
        found
    }

    /// The activity that a line means; None with the fault noted.
    pub fn activity(&self, told: &mut Told, row: Option<&Attendance>, around: Around) -> Option<&Activity> {
        match self.meant(told, row, around) {
            Ok(activity) if row.is_some_and(|row| row.activity_id != activity.id) => {
                told.fail("id", around.t().other_activity());
                None
            }
            Ok(activity) => Some(activity),
            Err((field, message)) => {
                told.fail(field, message);
                None
            }
        }
    }

    /// By our own code, else by name and day, else where the line is, else as chosen with the file.
    fn meant(&self, told: &Told, row: Option<&Attendance>, around: Around) -> Result<&Activity, Wrong> {
        let t = around.t();
        let day = match told.get("day") {
            "" => None,
            text => Some(Day::parse(text).map_err(|_| ("day", t.day_wrong(text)))?),
        };
        let of_id = |id: ActivityId| self.activities.iter().find(|activity| activity.id == id);
        let code = told.get("activity_id");
        if !code.is_empty() {
            let found = code.parse().ok().and_then(of_id).ok_or_else(|| ("activity_id", t.no_such_code(code)))?;
            // A line that our own code names says the day by the way.
            return if row.is_some() { Ok(found) } else { on(found, day, around) };
        }
        let title = fold(told.get("activity"));
        if !title.is_empty() {
            return self.named(&title, day, told.get("activity"), around);
        }
        if let Some(found) = row.and_then(|row| of_id(row.activity_id)) {
            return Ok(found);
        }
        let chosen = around.activity.and_then(of_id).ok_or_else(|| ("activity", t.activity_missing().to_owned()))?;
        on(chosen, day, around)
    }

    fn named(&self, title: &str, day: Option<Day>, told: &str, around: Around) -> Result<&Activity, Wrong> {
        let t = around.t();
        let named: Vec<&Activity> =
            self.by_title.get(title).into_iter().flatten().map(|at| &self.activities[*at]).collect();
        let fit: Vec<&Activity> = named.iter().copied().filter(|one| day.is_none_or(|day| holds(one, day))).collect();
        let days = |all: &[&Activity]| all.iter().map(|one| one.days()).collect::<Vec<_>>().join("; ");
        match (fit.as_slice(), named.as_slice()) {
            ([one], _) => Ok(one),
            ([], []) => Err(("activity", t.no_activity(told))),
            ([], named) => Err(("day", t.activity_other_day(told, days(named)))),
            (several, _) if day.is_none() => Err(("activity", t.activity_which_day(told, days(several)))),
            (several, _) => {
                let codes = several.iter().map(|one| one.id.to_string()).collect::<Vec<_>>().join("; ");
                Err(("activity", t.activity_which_code(told, codes)))
            }
        }
    }

    /// Somebody who is there at the activity; None if nobody is, or with the fault noted if several may be.
    pub fn person(&self, activity: ActivityId, told: &mut Told, around: Around) -> Option<&Attendance> {
        if !told.get("id").is_empty() {
            return None;
        }
        let said = told_of(told);
        let known = self.by_name.get(&(activity, fold(&said.name))).map(Vec::as_slice).unwrap_or_default();
        let rows = known.iter().map(|at| &self.rows[*at]);
        let alike: Vec<&Attendance> = rows.filter(|row| is_one(&said, &Said::of(row), &self.people)).collect();
        match alike.as_slice() {
            [] => None,
            [one] => Some(one),
            several => {
                // Of several with this name, the one with this phone or, without one, this village.
                let same = |row: &&&Attendance| match digits(&said.phone) {
                    Some(phone) => digits(&row.phone) == Some(phone),
                    None => !said.village.is_empty() && !row.village.is_empty(),
                };
                let mut fit = several.iter().filter(same);
                if let (Some(one), None) = (fit.next(), fit.next()) {
                    return Some(one);
                }
                told.fail("name", around.t().person_several(&said.name, several.len()));
                None
            }
        }
    }
}

/// The activity, if it has this day.
fn on(activity: &Activity, day: Option<Day>, around: Around) -> Result<&Activity, Wrong> {
    match day {
        Some(day) if !holds(activity, day) => {
            Err(("day", around.t().activity_other_day(&activity.title, activity.days())))
        }
        _ => Ok(activity),
    }
}

fn holds(activity: &Activity, day: Day) -> bool {
    activity.starts_on <= day && day <= activity.ends_on
}

/// Whom a line tells of, as far as people are told apart by it.
fn told_of(told: &Told) -> Said {
    let text = |key: &str| told.get(key).to_owned();
    let state = AttendanceState::Confirmed;
    Said { producer: None, name: text("name"), village: text("village"), phone: text("phone"), state }
}

/// A phone's number, also where its first zero was lost.
pub(super) fn digits(phone: &str) -> Option<Phone> {
    Phone::parse(phone).or_else(|_| Phone::parse(&format!("0{phone}"))).ok()
}

/// True if both are one person: the same name, and neither another phone nor another village.
pub(super) fn is_one(a: &Said, b: &Said, people: &People) -> bool {
    if !is_one_name(&a.name, &b.name) {
        return false;
    }
    match (digits(&a.phone), digits(&b.phone)) {
        (Some(one), Some(other)) => one == other,
        _ => a.village.is_empty() || b.village.is_empty() || people.is_one_village(&a.village, &b.village),
    }
}

/// Names with marks must have the same ones: Hoa, Hòa and Hóa are three people. One written without any may be each.
fn is_one_name(a: &str, b: &str) -> bool {
    let (one, other) = (marked(a), marked(b));
    let (bare_one, bare_other) = (fold(a), fold(b));
    one == other || bare_one == bare_other && (one == bare_one || other == bare_other)
}

/// Lower case with marks, each word's tone at its end, so that `hoà` and `hòa` are one.
fn marked(name: &str) -> String {
    let word = |word: &str| {
        let is_tone = |c: &char| matches!(c, '\u{300}' | '\u{301}' | '\u{303}' | '\u{309}' | '\u{323}');
        let (tones, letters): (String, String) = word.nfd().partition(is_tone);
        letters + &tones
    };
    let lower = name.to_lowercase();
    lower.split_whitespace().map(word).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn people_are_told_apart_by_the_marks_of_their_names() {
        assert!(is_one_name("Nguyễn Thị Hòa", "NGUYỄN  THỊ HOÀ"));
        assert!(is_one_name("Nguyễn Thị Hòa", "nguyen thi hoa"));
        assert!(!is_one_name("Nguyễn Thị Hòa", "Nguyễn Thị Hóa"));
        assert!(!is_one_name("Trần Thị Hồng", "Trần Thị Hổng"));
        assert!(!is_one_name("Lê Đức", "Lê Dực"));
    }

    #[test]
    fn a_phone_is_one_with_and_without_its_first_zero() {
        assert_eq!(digits("0912 345 678"), digits("912345678"));
        assert_eq!(digits("máy bàn"), None);
    }
}
