//! One step of a lot's way, as its page tells it.

use serde::Serialize;

use super::facts::Picture;
use super::texts::Texts;
use crate::clock::{Day, Time};

/// One step of the way.
#[derive(Clone, Debug, Serialize)]
pub struct StepFacts {
    /// Key of the step's template.
    pub step: String,
    /// What it is called.
    pub title: String,
    /// When.
    pub at: Time,
    /// Where, in the producer's words.
    pub place: Option<String>,
    /// How much.
    pub amount: Option<String>,
    /// What was used.
    pub used: Option<String>,
    /// How much of it.
    pub dose: Option<String>,
    /// Degrees Celsius.
    pub celsius: Option<String>,
    /// What the producer wrote to it.
    pub note: String,
    /// Waiting after an input before harvest.
    pub withholding: Option<Withholding>,
    /// Photos.
    pub photos: Vec<Picture>,
    /// Set if it was taken back: it did not happen, or not as told.
    pub taken_back: bool,
    /// Why, in words that name nobody.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub taken_back_why: Option<String>,
    /// A harvest, a recall or other work.
    #[serde(skip)]
    pub mark: &'static str,
}

impl StepFacts {
    /// What was used, how much and where, in one line: "Chế phẩm Bt, 30 ml, tại Vườn số 3".
    pub fn line(&self, t: &Texts) -> String {
        let place = self.place.as_ref().map(|place| t.at_place(place));
        let celsius = self.celsius.as_ref().map(|celsius| t.celsius(celsius));
        let parts = [self.used.clone(), self.dose.clone(), self.amount.clone(), celsius, place];
        let line = parts.into_iter().flatten().collect::<Vec<_>>().join(", ");
        let mut letters = line.chars();
        let first = letters.next().map(|c| c.to_uppercase().to_string()).unwrap_or_default();
        if line.is_empty() { line } else { format!("{first}{}.", letters.as_str().trim_end_matches('.')) }
    }
}

/// Waiting after an input (thời gian cách ly).
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Withholding {
    /// Days to wait.
    pub days: u16,
    /// Days waited until the first harvest after it; None: not harvested yet.
    pub waited: Option<i64>,
    /// Harvested after all the days had passed; None: not harvested yet.
    pub respected: Option<bool>,
}

impl Withholding {
    /// An input of the 8th with 7 days is withheld to the end of the 15th (see `traceability::warnings`).
    pub fn of(used_on: Day, days: u16, harvests: &[Day]) -> Self {
        let waited = harvests.iter().map(|day| day.days_since(used_on)).filter(|waited| *waited >= 0).min();
        Self { days, waited, respected: waited.map(|waited| waited > i64::from(days)) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(month: u8, day: u8) -> Day {
        Day::new(2026, month, day).unwrap()
    }

    #[test]
    fn waiting_is_counted_to_the_first_harvest_after_the_input() {
        let waited = Withholding::of(day(5, 9), 7, &[day(4, 1), day(6, 11), day(6, 20)]);
        assert_eq!(waited, Withholding { days: 7, waited: Some(33), respected: Some(true) });
        let short = Withholding::of(day(6, 8), 7, &[day(6, 15)]);
        assert_eq!(short.respected, Some(false), "the last day still counts as withheld");
        assert_eq!(Withholding::of(day(6, 8), 7, &[day(6, 16)]).respected, Some(true));
        assert_eq!(Withholding::of(day(6, 8), 7, &[]).respected, None);
    }
}
