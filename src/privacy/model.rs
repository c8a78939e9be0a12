//! Requests about personal data, and the working days by which they are due.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use crate::clock::{Day, Time};
use crate::db::words;
use crate::ids::{DataRequestId, UserId};

words! {
    /// What is asked for.
    RequestKind {
        /// To see what is held.
        Access = "access": "Xem dữ liệu của tôi" / "See my data",
        /// To mend it.
        Correction = "correction": "Sửa dữ liệu sai" / "Correct my data",
        /// To take a consent back.
        Withdrawal = "withdrawal": "Rút lại đồng ý" / "Withdraw a consent",
        /// To delete it.
        Erasure = "erasure": "Xóa dữ liệu" / "Erase my data",
        /// That it be used less, or not.
        Objection = "objection": "Hạn chế, phản đối xử lý" / "Restrict or object",
    }
}

words! {
    /// How a request came.
    RequestChannel {
        /// From somebody who is logged in.
        Account = "account": "Tài khoản" / "Account",
        /// By the form for everybody.
        Form = "form": "Biểu mẫu công khai" / "Public form",
        /// Told to the office.
        Office = "office": "Cán bộ tiếp nhận" / "Told to the office",
    }
}

words! {
    /// Where a request stands.
    RequestState {
        /// Nobody answered yet.
        Open = "open": "Chưa trả lời" / "Not answered",
        /// The office said what it does and by when.
        Answered = "answered": "Đã trả lời, đang làm" / "Answered",
        /// It is done.
        Done = "done": "Đã làm xong" / "Done",
        /// It isn't done, with the reason.
        Refused = "refused": "Từ chối, có lý do" / "Refused",
    }
}

impl RequestState {
    /// The class of its tag.
    pub const fn tag(self) -> &'static str {
        match self {
            Self::Open | Self::Answered => " wait",
            Self::Done => " ok",
            Self::Refused => "",
        }
    }

    /// True if the office still has something to do.
    pub const fn is_open(self) -> bool {
        matches!(self, Self::Open | Self::Answered)
    }

    /// True if a request may go from here to there.
    pub fn may_become(self, to: Self) -> bool {
        self.is_open() && to != self && to != Self::Open
    }
}

/// Working days within which a request is answered (Nghị định 356/2025; DOMAIN.md §6).
pub const ANSWER_DAYS: i64 = 2;
/// Days within which it is done.
pub const DONE_DAYS: i64 = 15;

/// Which days are worked on: Monday to Friday but for holidays, and days that a commune made working days.
#[derive(Clone, Debug, Default)]
pub struct Calendar {
    /// True: off; false: worked on.
    set: BTreeMap<String, bool>,
}

impl Calendar {
    /// The public holidays that come with the program (`seed/holidays.tsv`; what is marked there is to be confirmed), and
    /// over them what a commune set: the day and whether it is off.
    pub fn new(own: impl IntoIterator<Item = (Day, bool)>) -> Self {
        let mut set: BTreeMap<String, bool> = built_in().iter().map(|(day, _)| (day.iso(), true)).collect();
        set.extend(own.into_iter().map(|(day, off)| (day.iso(), off)));
        Self { set }
    }

    /// True if the office works on this day.
    pub fn works_on(&self, day: Day) -> bool {
        self.set.get(&day.iso()).map_or_else(|| weekday(day) < 5, |off| !off)
    }

    /// The last of `days` working days after a day.
    pub fn after(&self, day: Day, days: i64) -> Day {
        let (mut at, mut left) = (day, days);
        // Nobody is off for a year.
        for _ in 0..400 {
            if left == 0 {
                break;
            }
            at = at.plus_days(1);
            left -= i64::from(self.works_on(at));
        }
        at
    }
}

/// 0 for Monday to 6 for Sunday.
pub fn weekday(day: Day) -> i64 {
    // 5 January 2026 was a Monday.
    Day::new(2026, 1, 5).map_or(0, |monday| day.days_since(monday).rem_euclid(7))
}

/// The holidays that come with the program, with their names.
pub fn built_in() -> &'static [(Day, String)] {
    static HOLIDAYS: LazyLock<Vec<(Day, String)>> = LazyLock::new(|| {
        let line = |line: &str| {
            let (day, name) = line.split_once('\t')?;
            let mut parts = day.split('-');
            let mut next = || parts.next()?.parse::<i32>().ok();
            let day = Day::new(next()?, u8::try_from(next()?).ok()?, u8::try_from(next()?).ok()?).ok()?;
            Some((day, name.to_owned()))
        };
        include_str!("../../seed/holidays.tsv").lines().filter_map(line).collect()
    });
    &HOLIDAYS
}

/// A request.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct DataRequest {
    /// Id.
    pub id: DataRequestId,
    /// What is asked for.
    pub kind: RequestKind,
    /// How it came.
    pub channel: RequestChannel,
    /// Who asks.
    pub name: String,
    /// Where to reach them.
    pub contact: String,
    /// Who asks, if they were logged in.
    pub user_id: Option<UserId>,
    /// In their words.
    pub words: String,
    /// Where it stands.
    pub state: RequestState,
    /// When it came.
    pub received_on: Day,
    /// By when it is answered.
    pub answer_due: Day,
    /// By when it is done.
    pub done_due: Day,
    /// Counts up with each change.
    pub version: i64,
    /// When it was written down.
    pub created_at: Time,
}

impl DataRequest {
    /// The day that counts next; None where nothing is left to do.
    pub fn due(&self) -> Option<Day> {
        match self.state {
            RequestState::Open => Some(self.answer_due),
            RequestState::Answered => Some(self.done_due),
            RequestState::Done | RequestState::Refused => None,
        }
    }

    /// True if that day is over.
    pub fn is_late(&self, today: Day) -> bool {
        self.due().is_some_and(|due| due < today)
    }
}

/// A line of a request's history.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct StepRow {
    /// What it became.
    pub state: RequestState,
    /// What was said.
    pub note: String,
    /// When.
    pub at: Time,
    /// By whom.
    pub by_name: Option<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> Day {
        Day::parse(text).unwrap()
    }

    #[test]
    fn weekdays_are_told() {
        assert_eq!(weekday(day("23/11/2026")), 0, "a Monday");
        assert_eq!(weekday(day("29/02/2024")), 3, "a Thursday before the day that it is counted from");
        assert_eq!(weekday(day("03/01/2027")), 6, "a Sunday");
    }

    #[test]
    fn two_working_days_skip_weekends_and_holidays() {
        let calendar = Calendar::new([]);
        for (received, due) in [
            ("23/11/2026", "25/11/2026"),
            ("26/11/2026", "30/11/2026"),
            ("27/11/2026", "01/12/2026"),
            ("28/11/2026", "01/12/2026"),
            ("29/04/2026", "05/05/2026"), // Thursday and Friday are holidays, then the weekend.
            ("13/02/2026", "24/02/2026"), // Tết.
            ("31/12/2026", "05/01/2027"),
        ] {
            assert_eq!(calendar.after(day(received), ANSWER_DAYS).text(), due, "{received}");
        }
    }

    #[test]
    fn a_commune_sets_days_off_and_days_worked_on() {
        let calendar =
            Calendar::new([(day("24/11/2026"), true), (day("28/11/2026"), false), (day("02/09/2026"), false)]);
        assert!(!calendar.works_on(day("24/11/2026")));
        assert!(calendar.works_on(day("28/11/2026")), "a Saturday worked on");
        assert!(calendar.works_on(day("02/09/2026")));
        assert_eq!(calendar.after(day("23/11/2026"), 2).text(), "26/11/2026");
        assert_eq!(calendar.after(day("26/11/2026"), 2).text(), "28/11/2026");
    }

    #[test]
    fn the_holidays_of_the_program_are_read() {
        assert!(built_in().len() >= 12 && built_in().iter().all(|(_, name)| !name.is_empty()));
        assert!(
            RequestState::Open.may_become(RequestState::Done) && !RequestState::Done.may_become(RequestState::Open)
        );
        assert!(!RequestState::Answered.may_become(RequestState::Open));
    }
}
