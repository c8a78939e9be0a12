//! A recall, and its end, as EPCIS events: pure, as [`super::record`] is for steps.
//!
//! CBV 2.0 says `recalled` of goods that may not be sold for the public's safety, found with the business step
//! `holding`; a recall that ends is an inspection after which the goods may be sold again.

use serde_json::{Map, Value, json};
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

/// The event of a recall or of its end. The reason may name people and so stays beside it.
pub fn notice(
    what: Notice,
    lot: Uri,
    producer: &Uri,
    place: Option<Uri>,
    at: OffsetDateTime,
    identifiers: &Identifiers,
) -> Result<RecordedEvent, RecordError> {
    let body = EventBody::Object(ObjectBody {
        action: Action::Observe,
        epcs: None,
        quantities: Some(vec![QuantityElement::new(lot, None, None)]),
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
    event.extensions = own;
    columns_of(event)
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::*;

    #[test]
    fn a_recall_and_its_end_are_valid_events() {
        let identifiers = Identifiers::new("https://sanvat.example").unwrap();
        let make = |what| {
            let lot = identifiers.lot("0190f5a0-0000-7000-8000-000000000001").unwrap();
            let party = identifiers.party("p1").unwrap();
            notice(what, lot, &party, None, datetime!(2026-06-14 16:20 +7), &identifiers).unwrap()
        };
        let recalled = make(Notice::Recalled);
        assert_eq!(recalled.disposition.as_deref(), Some("recalled"));
        assert_eq!(recalled.biz_step.as_deref(), Some("holding"));
        assert_eq!(recalled.lots.len(), 1);
        let lifted = make(Notice::Lifted);
        assert_ne!(recalled.event_id, lifted.event_id);
        assert!(!lifted.body.contains("recalled\""), "{}", lifted.body);
    }
}
