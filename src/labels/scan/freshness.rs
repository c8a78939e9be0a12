//! How much of a lot's time has passed, as a line from the day it was made to its last good day.

use crate::clock::Day;

/// A line from the day made to the last good day, with today on it: x in px of a drawing 288 wide.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Freshness {
    /// Days since it was made.
    pub passed: i64,
    /// Days from made to last good day.
    pub whole: i64,
    /// Days left; 0: today is the last.
    pub left: i64,
    /// Where today's dot lies, 8 to 280.
    pub x: i64,
    /// Middle of today's date.
    pub text_x: i64,
    /// Whether the date at the left end has room beside today's.
    pub show_start: bool,
    /// Whether the date at the right end has room.
    pub show_end: bool,
    /// `dd/mm` of the first day.
    pub start: String,
    /// `dd/mm` of today.
    pub today: String,
    /// `dd/mm` of the last good day.
    pub end: String,
}

impl Freshness {
    /// None if the last good day is over or the days make no sense.
    pub fn of(made_on: Day, best_before: Day, today: Day) -> Option<Self> {
        let whole = best_before.days_since(made_on);
        let left = best_before.days_since(today);
        if whole <= 0 || left < 0 {
            return None;
        }
        let passed = today.days_since(made_on).clamp(0, whole);
        let x = 8 + 272 * passed / whole;
        let text_x = x.clamp(66, 222);
        let short = |day: Day| format!("{:02}/{:02}", day.day_of_month(), day.month());
        Some(Self {
            passed,
            whole,
            left,
            x,
            text_x,
            show_start: text_x > 100,
            show_end: text_x < 188,
            start: short(made_on),
            today: short(today),
            end: short(best_before),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(month: u8, day: u8) -> Day {
        Day::new(2026, month, day).unwrap()
    }

    #[test]
    fn the_line_shows_how_much_time_has_passed() {
        let line = Freshness::of(day(6, 11), day(6, 18), day(6, 14)).unwrap();
        assert_eq!((line.passed, line.whole, line.left), (3, 7, 4));
        assert_eq!(line.x, 124);
        assert!(line.show_start && line.show_end);
        assert_eq!((&*line.start, &*line.today, &*line.end), ("11/06", "14/06", "18/06"));
    }

    #[test]
    fn dates_on_the_line_never_lie_on_each_other() {
        let first = Freshness::of(day(6, 11), day(6, 18), day(6, 11)).unwrap();
        assert_eq!((first.x, first.text_x, first.show_start, first.show_end), (8, 66, false, true));
        let last = Freshness::of(day(6, 11), day(6, 18), day(6, 18)).unwrap();
        assert_eq!((last.x, last.text_x, last.show_start, last.show_end), (280, 222, true, false));
    }

    #[test]
    fn nothing_is_drawn_for_days_that_are_over_or_make_no_sense() {
        assert_eq!(Freshness::of(day(6, 11), day(6, 18), day(6, 19)), None);
        assert_eq!(Freshness::of(day(6, 11), day(6, 11), day(6, 11)), None);
    }
}
