//! A recall, and its end, as EPCIS events: pure, as [`super::record`] is for steps.
//!
//! CBV 2.0 says `recalled` of goods that may not be sold for the public's safety, found with the business step
//! `holding`; a recall that ends is an inspection after which the goods may be sold again.

use serde_json::{Map, Number, Value, json};
use time::OffsetDateTime;

use super::epcis::{
    Action, Event, EventBody, ObjectBody, Place, QuantityElement, STANDARD_CONTEXT, Timestamp, Uri, Violations,
    Vocabulary, Word,
};
use super::history::{RECALL, RECALL_LIFTED};
use super::identifiers::Identifiers;
use super::record::{LOCAL_OFFSET, PREFIX, RecordError, RecordedEvent, columns_of};

/// Which of the two.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Notice {
    /// The lot is taken back.
    Recalled,
    /// It no longer is.
    Lifted,
}

impl Notice {
    /// Its key among the steps.
    pub fn key(self) -> &'static str {
        match self {
            Self::Recalled => RECALL,
            Self::Lifted => RECALL_LIFTED,
        }
    }

    fn words(self) -> (&'static str, &'static str) {
        match self {
            Self::Recalled => ("holding", "recalled"),
            Self::Lifted => ("inspecting", "sellable_not_accessible"),
        }
    }
}

/// Which recall an event tells of.
#[derive(Clone, Copy, Debug)]
pub struct Which<'a> {
    /// Its number in the commune.
    pub number: i64,
    /// Word of its grade; "" if it has none.
    pub grade: &'a str,
    /// Labels of the pieces, `3: 12–40`; "" for the whole lot.
    pub serials: &'a str,
    /// How many pieces; None for the whole lot.
    pub pieces: Option<i64>,
}

/// The event of a recall or of its end. The reason may name people and so stays beside it.
pub fn notice(
    what: Notice,
    which: Which<'_>,
    lot: Uri,
    producer: &Uri,
    place: Option<Uri>,
    at: OffsetDateTime,
    identifiers: &Identifiers,
) -> Result<RecordedEvent, RecordError> {
    let body = EventBody::Object(ObjectBody {
        action: Action::Observe,
        epcs: None,
        quantities: Some(vec![QuantityElement::new(lot, which.pieces.map(Number::from), None)]),
        persistent_disposition: None,
        ilmd: None,
    });
    let (biz_step, disposition) = what.words();
    let word = |text: &str, vocabulary| {
        Word::parse(text, vocabulary).map_err(|message| RecordError::from(Violations::single("$", message)))
    };
    let mut event = Event::new(body, Timestamp::from_instant(at.to_offset(LOCAL_OFFSET)));
    event.context = Some(json!([STANDARD_CONTEXT, { PREFIX: identifiers.namespace() }]));
    event.biz_step = Some(word(biz_step, Vocabulary::BizStep)?);
    event.disposition = Some(word(disposition, Vocabulary::Disposition)?);
    event.read_point = place.map(Place::new);
    let mut own = Map::new();
    own.insert(format!("{PREFIX}:step"), Value::from(what.key()));
    own.insert(format!("{PREFIX}:producer"), Value::from(producer));
    own.insert(format!("{PREFIX}:recall"), Value::from(which.number));
    for (name, text) in [("grade", which.grade), ("serials", which.serials)] {
        if !text.is_empty() {
            own.insert(format!("{PREFIX}:{name}"), Value::from(text));
        }
    }
    event.extensions = own;
    columns_of(event)
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::*;

    fn made(what: Notice, which: Which<'_>) -> RecordedEvent {
        let identifiers = Identifiers::new("https://sanvat.example").unwrap();
        let lot = identifiers.lot("0190f5a0-0000-7000-8000-000000000001").unwrap();
        let party = identifiers.party("p1").unwrap();
        notice(what, which, lot, &party, None, datetime!(2026-06-14 16:20 +7), &identifiers).unwrap()
    }

    const WHOLE: Which<'_> = Which { number: 3, grade: "harm", serials: "", pieces: None };

    #[test]
    fn a_recall_and_its_end_are_valid_events() {
        let recalled = made(Notice::Recalled, WHOLE);
        assert_eq!(recalled.disposition.as_deref(), Some("recalled"));
        assert_eq!(recalled.biz_step.as_deref(), Some("holding"));
        assert_eq!(recalled.lots.len(), 1);
        let lifted = made(Notice::Lifted, WHOLE);
        assert_ne!(recalled.event_id, lifted.event_id);
        assert!(!lifted.body.contains("recalled\""), "{}", lifted.body);
    }

    #[test]
    fn a_recall_of_some_pieces_says_how_many_and_which() {
        let part = made(Notice::Recalled, Which { serials: "3: 12–40", pieces: Some(29), ..WHOLE });
        assert!(part.body.contains("\"quantity\":29") && part.body.contains("3: 12–40"), "{}", part.body);
        assert_ne!(part.event_id, made(Notice::Recalled, WHOLE).event_id);
    }

    #[test]
    fn two_recalls_at_one_moment_are_two_events() {
        let other = Which { number: 4, ..WHOLE };
        assert_ne!(made(Notice::Recalled, other).event_id, made(Notice::Recalled, WHOLE).event_id);
    }
}
