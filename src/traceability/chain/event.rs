//! What is done with lots as EPCIS 2.0 events: pure, as [`super::super::record`] is for the diary's steps.
//!
//! Splitting, merging and processing are transformations, with every lot and amount on its side. Packing is an
//! aggregation: the children stay what they are inside the parent. EPCIS wants a parent that is one thing (section
//! 7.4.3), so a packing unit, though kept as a lot to have a code, labels and lineage like others, is named
//! `{base}/obj/{lot}` there. Goods that change hands are observed with `shipping` and `receiving` under the document
//! number of the handover.

use serde_json::{Map, Value, json};
use time::OffsetDateTime;

use super::model::Work;
use crate::traceability::epcis::{
    Action, BizTransaction, ContainmentBody, Event, EventBody, ObjectBody, Party, Place, QuantityElement,
    STANDARD_CONTEXT, Timestamp, TransformationBody, Uri, Violations, Vocabulary, Word,
};
use crate::traceability::event_lots::LotAmount;
use crate::traceability::identifiers::Identifiers;
use crate::traceability::record::{LOCAL_OFFSET, PREFIX, RecordError, RecordedEvent, columns_of};

/// Step key of goods that were sent.
pub const SHIP: &str = "ship";
/// Step key of goods that arrived.
pub const RECEIVE: &str = "receive";

/// Lots made from lots.
#[derive(Clone, Debug)]
pub struct WorkDone<'a> {
    /// What was done.
    pub work: Work,
    /// What went in, with amounts.
    pub inputs: &'a [LotAmount],
    /// What came out, with amounts; for packing, one: the unit.
    pub outputs: &'a [LotAmount],
    /// When; written in local time.
    pub at: OffsetDateTime,
    /// Who did it.
    pub producer: Uri,
    /// Where.
    pub place: Uri,
}

/// A packing unit that is opened.
#[derive(Clone, Debug)]
pub struct Unpacked<'a> {
    /// The unit, as one thing.
    pub unit: Uri,
    /// What was in it, with amounts.
    pub inside: &'a [LotAmount],
    /// When; written in local time.
    pub at: OffsetDateTime,
    /// Who did it.
    pub producer: Uri,
    /// Where.
    pub place: Uri,
}

/// Goods on their way from one to another.
#[derive(Clone, Debug)]
pub struct Passed<'a> {
    /// True for the sender's event, false for the receiver's.
    pub sending: bool,
    /// What and how much.
    pub goods: &'a LotAmount,
    /// When; written in local time.
    pub at: OffsetDateTime,
    /// Who hands on.
    pub from: Uri,
    /// Who gets.
    pub to: Uri,
    /// The handover.
    pub document: Uri,
    /// Where the side that tells it was, if known.
    pub place: Option<Uri>,
}

/// The event of lots made from lots.
pub fn worked(done: &WorkDone<'_>, identifiers: &Identifiers) -> Result<RecordedEvent, RecordError> {
    if done.inputs.is_empty() || done.outputs.is_empty() {
        return Err(RecordError::MissingLots);
    }
    let body = if done.work == Work::Pack {
        EventBody::Aggregation(ContainmentBody {
            action: Action::Add,
            parent: Some(done.outputs[0].class.clone()),
            child_epcs: None,
            child_quantities: Some(elements(done.inputs)),
        })
    } else {
        EventBody::Transformation(TransformationBody {
            input_quantities: Some(elements(done.inputs)),
            output_quantities: Some(elements(done.outputs)),
            ..TransformationBody::default()
        })
    };
    let mut event = begun(body, done.at, identifiers, done.work.word(), &done.producer);
    event.biz_step = Some(word(done.work.biz_step(), Vocabulary::BizStep)?);
    let disposition = if done.work == Work::Pack { "in_progress" } else { "active" };
    event.disposition = Some(word(disposition, Vocabulary::Disposition)?);
    event.read_point = Some(Place::new(done.place.clone()));
    event.biz_location = Some(Place::new(done.place.clone()));
    columns_of(event)
}

/// The event of a packing unit that is opened: an aggregation that ends (EPCIS 2.0 section 7.4.3, action DELETE).
pub fn unpacked(done: &Unpacked<'_>, identifiers: &Identifiers) -> Result<RecordedEvent, RecordError> {
    let body = EventBody::Aggregation(ContainmentBody {
        action: Action::Delete,
        parent: Some(done.unit.clone()),
        child_epcs: None,
        child_quantities: Some(elements(done.inside)),
    });
    let mut event = begun(body, done.at, identifiers, "unpack", &done.producer);
    event.biz_step = Some(word("unpacking", Vocabulary::BizStep)?);
    event.disposition = Some(word("in_progress", Vocabulary::Disposition)?);
    event.read_point = Some(Place::new(done.place.clone()));
    event.biz_location = Some(Place::new(done.place.clone()));
    columns_of(event)
}

/// The event of goods that were sent, or that arrived.
pub fn passed(passed: &Passed<'_>, identifiers: &Identifiers) -> Result<RecordedEvent, RecordError> {
    let (step, disposition, key, teller) = if passed.sending {
        ("shipping", "in_transit", SHIP, &passed.from)
    } else {
        ("receiving", "in_progress", RECEIVE, &passed.to)
    };
    let body = EventBody::Object(ObjectBody {
        action: Action::Observe,
        epcs: None,
        quantities: Some(elements(std::slice::from_ref(passed.goods))),
        persistent_disposition: None,
        ilmd: None,
    });
    let mut event = begun(body, passed.at, identifiers, key, teller);
    event.biz_step = Some(word(step, Vocabulary::BizStep)?);
    event.disposition = Some(word(disposition, Vocabulary::Disposition)?);
    event.read_point = passed.place.clone().map(Place::new);
    // Goods on their way are at no place until somebody receives them.
    if !passed.sending {
        event.biz_location = passed.place.clone().map(Place::new);
    }
    let side = || word("possessing_party", Vocabulary::SourceDestinationType);
    event.sources = Some(vec![Party::new(side()?, passed.from.clone())]);
    event.destinations = Some(vec![Party::new(side()?, passed.to.clone())]);
    let kind = word("desadv", Vocabulary::BizTransactionType)?;
    event.biz_transactions = Some(vec![BizTransaction::new(Some(kind), passed.document.clone())]);
    columns_of(event)
}

/// An event of this service, with its step and who tells it.
pub(in crate::traceability) fn begun(
    body: EventBody,
    at: OffsetDateTime,
    identifiers: &Identifiers,
    key: &str,
    producer: &Uri,
) -> Event {
    let mut event = Event::new(body, Timestamp::from_instant(at.to_offset(LOCAL_OFFSET)));
    event.context = Some(json!([STANDARD_CONTEXT, { PREFIX: identifiers.namespace() }]));
    let mut own = Map::new();
    own.insert(format!("{PREFIX}:step"), Value::from(key));
    own.insert(format!("{PREFIX}:producer"), Value::from(producer));
    event.extensions = own;
    event
}

fn elements(lots: &[LotAmount]) -> Vec<QuantityElement> {
    let element = |lot: &LotAmount| {
        let uom = lot.quantity.and_then(|quantity| quantity.uom().epcis_code()).map(str::to_owned);
        QuantityElement::new(lot.class.clone(), lot.quantity.map(|quantity| quantity.number().to_number()), uom)
    };
    lots.iter().map(element).collect()
}

fn word(text: &str, vocabulary: Vocabulary) -> Result<Word, RecordError> {
    Ok(Word::parse(text, vocabulary).map_err(|message| Violations::single("$", message))?)
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::*;
    use crate::traceability::event_lots::LotRole;
    use crate::traceability::quantity::{Quantity, Uom};

    fn goods(uri: Uri, thousandths: i64, uom: Uom) -> LotAmount {
        LotAmount { class: uri, quantity: Quantity::new(thousandths, uom).ok() }
    }

    fn done(work: Work) -> RecordedEvent {
        let ids = Identifiers::new("https://id.example").unwrap();
        let inputs =
            [goods(ids.lot("a").unwrap(), 6_000, Uom::Kilogram), goods(ids.lot("b").unwrap(), 4_000, Uom::Kilogram)];
        let out = if work == Work::Pack { ids.object("c").unwrap() } else { ids.lot("c").unwrap() };
        let outputs = [goods(out, 9_500, Uom::Kilogram)];
        let (producer, place) = (ids.party("p").unwrap(), ids.place("x").unwrap());
        let at = datetime!(2026-06-14 14:05 +7);
        worked(&WorkDone { work, inputs: &inputs, outputs: &outputs, at, producer, place }, &ids).unwrap()
    }

    #[test]
    fn every_work_is_a_valid_event_with_its_lots() {
        for work in [Work::Split, Work::Merge, Work::Transform] {
            let event = done(work);
            assert_eq!(event.biz_step.as_deref(), Some(work.biz_step()));
            let roles: Vec<_> = event.lots.iter().map(|lot| (lot.role, lot.amount.quantity.is_some())).collect();
            assert_eq!(roles, [(LotRole::Input, true), (LotRole::Input, true), (LotRole::Output, true)]);
        }
        let packed = done(Work::Pack);
        assert_eq!(packed.event_type.as_str(), "AggregationEvent");
        let roles: Vec<_> = packed.lots.iter().map(|lot| lot.role).collect();
        assert_eq!(roles, [LotRole::Parent, LotRole::Child, LotRole::Child]);
        assert!(packed.body.contains("https://id.example/obj/c"), "{}", packed.body);
    }

    #[test]
    fn work_without_lots_is_no_event() {
        let ids = Identifiers::new("https://id.example").unwrap();
        let (producer, place) = (ids.party("p").unwrap(), ids.place("x").unwrap());
        let at = datetime!(2026-06-14 14:05 +7);
        let none = WorkDone { work: Work::Merge, inputs: &[], outputs: &[], at, producer, place };
        assert_eq!(worked(&none, &ids), Err(RecordError::MissingLots));
    }

    #[test]
    fn the_two_sides_of_a_handover_tell_one_document() {
        let ids = Identifiers::new("https://id.example").unwrap();
        let goods = goods(ids.lot("a").unwrap(), 6_000, Uom::Kilogram);
        let side = |sending| {
            let told = Passed {
                sending,
                goods: &goods,
                at: datetime!(2026-06-14 14:05 +7),
                from: ids.party("p").unwrap(),
                to: ids.party("q").unwrap(),
                document: ids.document("d").unwrap(),
                place: Some(ids.place("x").unwrap()),
            };
            passed(&told, &ids).unwrap()
        };
        let (sent, received) = (side(true), side(false));
        assert_eq!((sent.biz_step.as_deref(), sent.disposition.as_deref()), (Some("shipping"), Some("in_transit")));
        assert_eq!(received.biz_step.as_deref(), Some("receiving"));
        assert_eq!((sent.biz_location, received.biz_location.is_some()), (None, true));
        for event in [&sent.body, &received.body] {
            assert!(event.contains("https://id.example/bt/d"), "{event}");
        }
    }
}
