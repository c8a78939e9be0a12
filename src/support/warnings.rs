//! What is told before support is recorded: the same kind given lately, also to what may be the same producer;
//! a programme's budget exceeded; a producer that is not public. The officer may still record it.

use crate::amounts::Dong;
use crate::clock::Day;
use crate::duplicates::model::Reason;
use crate::producers::model::State;

/// One thing to be told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Warning {
    /// The kind was given to this producer within so many months.
    SameKind {
        /// The producer's name.
        producer: String,
        /// When.
        day: Day,
        /// The kind's span.
        months: i32,
    },
    /// The kind was given to another that may be the same.
    SameKindAlike {
        /// The producer's name.
        producer: String,
        /// The other's name.
        other: String,
        /// By what they are alike.
        by: Reason,
        /// When.
        day: Day,
    },
    /// The programme's budget does not reach.
    OverBudget {
        /// The programme's name.
        programme: String,
        /// What is left of it; below zero if it was exceeded before.
        left: Dong,
        /// What is asked.
        asked: Dong,
    },
    /// The producer is not public: suspended, withdrawn, not approved.
    NotStanding {
        /// Its name.
        producer: String,
        /// Where it stands.
        state: State,
    },
}

/// The days between which the same kind counts as given again, neither of them among these.
pub fn again_within(day: Day, months: i32) -> (Day, Day) {
    (months_before(day, months), months_before(day, -months))
}

/// What is told of a programme with so much left where a record takes more of it: `had` is what it takes now.
pub fn over_budget(programme: &str, left: Dong, had: Dong, asked: Dong) -> Option<Warning> {
    let left = Dong(left.0.saturating_add(had.0));
    let is_over = asked > had && asked > left;
    is_over.then(|| Warning::OverBudget { programme: programme.to_owned(), left, asked })
}

/// The same day `months` earlier (or later, below zero); the last day of a shorter month.
pub fn months_before(day: Day, months: i32) -> Day {
    let count = day.year() * 12 + i32::from(day.month()) - 1 - months;
    let (year, month) = (count.div_euclid(12), (count.rem_euclid(12) + 1) as u8);
    (1..=day.day_of_month()).rev().find_map(|d| Day::new(year, month, d).ok()).unwrap_or(day)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_budget_is_told_of_when_a_record_takes_more_than_is_left_with_what_it_has() {
        let told = |left, had, asked| over_budget("Bao bì", Dong(left), Dong(had), Dong(asked));
        assert_eq!(told(100, 0, 100), None);
        let programme = "Bao bì".to_owned();
        assert_eq!(told(100, 0, 101), Some(Warning::OverBudget { programme, left: Dong(100), asked: Dong(101) }));
        assert_eq!(told(-5, 0, 0), None, "without money nothing is asked");
        assert_eq!(told(10, 90, 100), None);
        assert_eq!(told(-50, 90, 80), None, "less than before");
        assert!(told(10, 90, 101).is_some());
    }

    #[test]
    fn months_before_stays_in_the_calendar() {
        let day = |y, m, d| Day::new(y, m, d).unwrap();
        assert_eq!(months_before(day(2024, 2, 29), 12), day(2023, 2, 28));
        assert_eq!(months_before(day(2026, 11, 22), 12), day(2025, 11, 22));
        assert_eq!(months_before(day(2026, 3, 31), 1), day(2026, 2, 28));
        assert_eq!(months_before(day(2026, 1, 5), 2), day(2025, 11, 5));
        assert_eq!(months_before(day(2026, 8, 31), -6), day(2027, 2, 28));
    }
}
