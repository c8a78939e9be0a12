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
    fn months_before_stays_in_the_calendar() {
        let day = |y, m, d| Day::new(y, m, d).unwrap();
        assert_eq!(months_before(day(2024, 2, 29), 12), day(2023, 2, 28));
        assert_eq!(months_before(day(2026, 11, 22), 12), day(2025, 11, 22));
        assert_eq!(months_before(day(2026, 3, 31), 1), day(2026, 2, 28));
        assert_eq!(months_before(day(2026, 1, 5), 2), day(2025, 11, 5));
        assert_eq!(months_before(day(2026, 8, 31), -6), day(2027, 2, 28));
    }
}
