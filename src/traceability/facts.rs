//! What a person tells about a step, typed: how much, what was used, how warm.
//!
//! Where and with whom are told too, but they are ids that the caller resolves (see `record`), so a [`FactKind`]
//! names them for forms and [`Facts`] does not hold them. Free text (note, vehicle) may name a person; it is read
//! here and kept beside the event, never in it.

use std::fmt;

use unicode_normalization::UnicodeNormalization;

use super::quantity::{Quantity, QuantityError, Uom, thousandths_vi};

/// What kind of answer a fact is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FactKind {
    /// An amount with its unit.
    Quantity,
    /// What was used: fertiliser, treatment, feed, variety, material.
    InputName,
    /// How much of it, as on the bottle: `20 ml/16 lít`.
    Dose,
    /// Days to wait after it before harvest.
    WithholdingDays,
    /// Degrees Celsius.
    Temperature,
    /// Where; an id.
    Place,
    /// To whom; an id.
    Destination,
    /// From whom; an id.
    Source,
    /// By which vehicle; kept beside the event.
    Vehicle,
    /// Anything else; kept beside the event.
    Note,
}

impl FactKind {
    /// True where the answer is an id that the caller resolves.
    pub fn is_reference(self) -> bool {
        matches!(self, Self::Place | Self::Destination | Self::Source)
    }

    /// True where the answer may name a person and so stays out of the event.
    pub fn stays_beside(self) -> bool {
        matches!(self, Self::Vehicle | Self::Note)
    }

    /// The most characters that a text answer may have.
    fn max_chars(self) -> usize {
        match self {
            Self::Dose => 60,
            Self::Note => 1000,
            _ => 120,
        }
    }
}

/// One typed answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FactValue {
    /// An amount.
    Quantity(Quantity),
    /// Text, NFC, on one line except a note.
    Text(String),
    /// Whole days.
    Days(u16),
    /// Thousandths of a degree Celsius.
    Celsius(i64),
}

/// Why an answer was refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FactError {
    /// The fact is required.
    #[error("is required")]
    Missing,
    /// Not an amount.
    #[error(transparent)]
    Quantity(#[from] QuantityError),
    /// A unit that does not fit the step.
    #[error("the unit does not fit this step")]
    UnitNotOffered,
    /// Longer than fits.
    #[error("is longer than {0} characters")]
    TooLong(usize),
    /// Control characters.
    #[error("holds characters that cannot be shown")]
    Unprintable,
    /// Not whole days from 0 to 730.
    #[error("must be whole days from 0 to 730")]
    BadDays,
    /// Not degrees from −100 to 500.
    #[error("must be degrees Celsius from -100 to 500")]
    BadTemperature,
}

/// An answer that was refused, and to which question.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FactProblem {
    /// The key of the fact.
    pub key: String,
    /// What is wrong.
    pub error: FactError,
}

impl fmt::Display for FactProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.key, self.error)
    }
}

/// The answers to a step, in the order of its template.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Facts(Vec<(String, FactKind, FactValue)>);

impl Facts {
    pub(super) fn push(&mut self, key: &str, kind: FactKind, value: FactValue) {
        self.0.push((key.to_owned(), kind, value));
    }

    /// All answers.
    pub fn iter(&self) -> impl Iterator<Item = (&str, FactKind, &FactValue)> {
        self.0.iter().map(|(key, kind, value)| (key.as_str(), *kind, value))
    }

    /// The answers that stay beside the event, for the caller to store.
    pub fn beside(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().filter_map(|(key, kind, value)| match value {
            FactValue::Text(text) if kind.stays_beside() => Some((key.as_str(), text.as_str())),
            _ => None,
        })
    }

    fn find(&self, wanted: FactKind) -> Option<&FactValue> {
        self.0.iter().find(|(_, kind, _)| *kind == wanted).map(|(_, _, value)| value)
    }

    /// The amount, if one was told.
    pub fn quantity(&self) -> Option<Quantity> {
        match self.find(FactKind::Quantity)? {
            FactValue::Quantity(quantity) => Some(*quantity),
            _ => None,
        }
    }

    /// What was used, if it was told.
    pub fn input_name(&self) -> Option<&str> {
        match self.find(FactKind::InputName)? {
            FactValue::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The days to wait before harvest, if they were told.
    pub fn withholding_days(&self) -> Option<u16> {
        match self.find(FactKind::WithholdingDays)? {
            FactValue::Days(days) => Some(*days),
            _ => None,
        }
    }
}

/// Reads one answer; `unit` is the code that was chosen with an amount, of those in `units`.
pub(super) fn read_fact(kind: FactKind, text: &str, unit: Option<&str>, units: &[Uom]) -> Result<FactValue, FactError> {
    let text: String = text.nfc().collect();
    let text = text.trim();
    match kind {
        FactKind::Quantity => {
            let uom = match unit.filter(|code| !code.is_empty()) {
                Some(code) => Uom::from_code(code).ok_or(QuantityError::UnknownUnit)?,
                None => units.first().copied().ok_or(FactError::UnitNotOffered)?,
            };
            if !units.contains(&uom) {
                return Err(FactError::UnitNotOffered);
            }
            Ok(FactValue::Quantity(Quantity::parse_vi(text, uom)?))
        }
        FactKind::WithholdingDays => {
            let days = text.parse::<u16>().ok().filter(|days| *days <= 730).ok_or(FactError::BadDays)?;
            Ok(FactValue::Days(days))
        }
        FactKind::Temperature => {
            let degrees = thousandths_vi(text).map_err(|_| FactError::BadTemperature)?;
            let in_range = (-100_000..=500_000).contains(&degrees);
            if in_range { Ok(FactValue::Celsius(degrees)) } else { Err(FactError::BadTemperature) }
        }
        _ => {
            let most = kind.max_chars();
            if text.chars().count() > most {
                return Err(FactError::TooLong(most));
            }
            let line_break = |c: char| kind == FactKind::Note && matches!(c, '\n' | '\r' | '\t');
            if text.chars().any(|c| c.is_control() && !line_break(c)) {
                return Err(FactError::Unprintable);
            }
            Ok(FactValue::Text(text.to_owned()))
        }
    }
}
