//! What [`super::record`] makes of the steps of a lychee lot, and that hashes do not depend on key order.

use std::collections::BTreeMap;

use proptest::prelude::*;
use serde_json::{Map, Value};
use time::macros::datetime;

use super::epcis::{Action, Event, EventType, Uri};
use super::event_lots::{LotAmount, LotRole, StepLots};
use super::hash::{Namespaces, event_hash};
use super::identifiers::Identifiers;
use super::quantity::{Quantity, Uom};
use super::record::{DiaryStep, ErrorReason, RecordError, RecordedEvent, columns_of, declare_error, record};
use super::template::StepTemplates;

fn identifiers() -> Identifiers {
    Identifiers::new("https://sanvat.example/").unwrap()
}

fn lot(id: &str, kilograms: Option<i64>) -> LotAmount {
    let quantity = kilograms.map(|n| Quantity::new(n * 1000, Uom::Kilogram).unwrap());
    LotAmount { class: identifiers().lot(id).unwrap(), quantity }
}

fn recorded(
    key: &str,
    typed: &[(&'static str, &'static str)],
    lots: StepLots,
    photos: &[String],
) -> Result<RecordedEvent, RecordError> {
    let templates = StepTemplates::built_in().unwrap();
    let template = templates.step(key).unwrap();
    let typed: BTreeMap<&str, &str> = typed.iter().copied().chain([("place", "p1")]).collect();
    let facts = template.read_facts(|name| typed.get(name).copied()).unwrap();
    let ids = identifiers();
    let step = DiaryStep {
        template,
        facts: &facts,
        lots,
        at: datetime!(2026-06-14 09:20:00.1239 UTC),
        producer: ids.party("h05").unwrap(),
        place: ids.place("p1").unwrap(),
        source: None,
        destination: (key == "fresh.ship").then(|| ids.party("buyer").unwrap()),
        document: (key == "fresh.ship").then(|| ids.document("pgh-1").unwrap()),
        photos,
    };
    record(&step, &ids)
}

fn harvest() -> RecordedEvent {
    let typed = [("quantity", "1.240,5"), ("quantity_uom", "KGM"), ("note", "anh Mẫu hái")];
    recorded("fresh.harvest", &typed, StepLots::One(lot("lot1", None)), &["0".repeat(64)]).unwrap()
}

fn body(event: &RecordedEvent) -> Value {
    serde_json::from_str(&event.body).unwrap()
}

#[test]
fn a_harvest_adds_its_amount_to_the_lot() {
    let event = harvest();
    let value = body(&event);
    assert_eq!((event.event_type, event.action), (EventType::ObjectEvent, Some(Action::Add)));
    assert_eq!(value["eventTime"], "2026-06-14T16:20:00.123+07:00");
    assert_eq!(event.tz, "+07:00");
    assert_eq!(
        value["quantityList"][0].to_string(),
        r#"{"epcClass":"https://sanvat.example/class/lot1","quantity":1240.5,"uom":"KGM"}"#
    );
    assert_eq!(value["sv:step"], "fresh.harvest");
    assert_eq!(event.read_point.as_deref(), Some("https://sanvat.example/loc/p1"));
    assert_eq!(event.event_id, event.event_hash);
    assert!(!event.body.contains("Mẫu"), "free text stays beside the event");
}

#[test]
fn what_was_used_stands_in_the_event() {
    let typed = [("input_name", "Chế phẩm Bt"), ("dose", "20 ml/16 lít"), ("withholding_days", "7")];
    let event = recorded("fresh.spray", &typed, StepLots::One(lot("lot1", None)), &[]).unwrap();
    let value = body(&event);
    assert_eq!(value["sv:inputName"], "Chế phẩm Bt");
    assert_eq!(value["sv:withholdingDays"], 7);
    assert_eq!(value["action"], "OBSERVE");
}

#[test]
fn packing_makes_a_new_lot_out_of_others() {
    let lots = StepLots::Transformation { inputs: vec![lot("lot1", Some(100))], outputs: vec![lot("lot2", None)] };
    let event = recorded("fresh.pack", &[("quantity", "95"), ("quantity_uom", "KGM")], lots, &[]).unwrap();
    assert_eq!((event.event_type, event.action), (EventType::TransformationEvent, None));
    let roles: Vec<(LotRole, i64)> =
        event.lots.iter().map(|lot| (lot.role, lot.amount.quantity.unwrap().thousandths())).collect();
    assert_eq!(roles, [(LotRole::Input, 100_000), (LotRole::Output, 95_000)]);
    let same = StepLots::Transformation { inputs: vec![lot("lot1", Some(100))], outputs: vec![lot("lot1", Some(90))] };
    let refused = recorded("fresh.pack", &[("quantity", "95"), ("quantity_uom", "KGM")], same, &[]);
    assert!(matches!(refused, Err(RecordError::LotTwice(_))));
}

#[test]
fn shipped_goods_are_at_no_place_and_have_a_receiver() {
    let typed = [("temperature", "-1,5"), ("vehicle", "34C-000.00")];
    let event = recorded("fresh.ship", &typed, StepLots::One(lot("lot1", Some(5))), &[]).unwrap();
    let value = body(&event);
    assert_eq!(event.biz_location, None);
    assert_eq!(value["destinationList"][0]["destination"], "https://sanvat.example/party/buyer");
    assert_eq!(value["bizTransactionList"][0]["bizTransaction"], "https://sanvat.example/bt/pgh-1");
    assert_eq!(value["sensorElementList"][0]["sensorReport"][0]["value"].to_string(), "-1.5");
    assert!(!event.body.contains("34C"), "a number plate is personal data");
}

#[test]
fn lots_that_do_not_fit_are_refused() {
    let one =
        recorded("fresh.pack", &[("quantity", "1"), ("quantity_uom", "KGM")], StepLots::One(lot("lot1", None)), &[]);
    assert_eq!(one.unwrap_err(), RecordError::LotsDoNotFit);
    let none = StepLots::Transformation { inputs: vec![], outputs: vec![lot("lot2", None)] };
    let none = recorded("fresh.pack", &[("quantity", "1"), ("quantity_uom", "KGM")], none, &[]);
    assert_eq!(none.unwrap_err(), RecordError::MissingLots);
    let photo = recorded("fresh.water", &[], StepLots::One(lot("lot1", None)), &["no hash".to_owned()]);
    assert!(matches!(photo, Err(RecordError::BadPhotoHash(_))));
    assert!(identifiers().lot("a/b").is_err());
    assert!(Identifiers::new("sanvat").is_err());
}

#[test]
fn an_error_declaration_repeats_the_event_it_takes_back() {
    let original = harvest();
    let corrected = Uri::parse(&original.event_id).unwrap();
    let at = datetime!(2026-06-15 01:00 UTC);
    let declared = declare_error(&original.body, at, ErrorReason::IncorrectData, &[corrected]).unwrap();
    assert!(declared.is_error_declaration);
    assert_eq!(declared.event_id, original.event_id);
    assert_eq!(declared.event_hash, original.event_hash);
    assert_eq!(declared.lots, original.lots);
    let mut value = body(&declared);
    assert_eq!(value["errorDeclaration"]["declarationTime"], "2026-06-15T08:00:00+07:00");
    value.as_object_mut().unwrap().shift_remove("errorDeclaration");
    assert_eq!(value, body(&original));
    let again = declare_error(&declared.body, at, ErrorReason::DidNotOccur, &[]);
    assert_eq!(again.unwrap_err(), RecordError::AlreadyDeclared);
    assert!(matches!(declare_error("{", at, ErrorReason::DidNotOccur, &[]), Err(RecordError::NotJson(_))));
}

#[test]
fn a_stored_event_gives_its_columns_back() {
    let event = harvest();
    let read = Event::from_json(&body(&event), "$").unwrap();
    assert_eq!(columns_of(read).unwrap(), event);
}

/// The same JSON, the keys of every object turned around by `turn` places.
fn turned(value: &Value, turn: usize) -> Value {
    match value {
        Value::Object(map) => {
            let mut entries: Vec<(String, Value)> = map.iter().map(|(k, v)| (k.clone(), turned(v, turn))).collect();
            let places = turn % entries.len().max(1);
            entries.rotate_left(places);
            Value::Object(entries.into_iter().collect::<Map<_, _>>())
        }
        Value::Array(items) => items.iter().map(|item| turned(item, turn)).collect(),
        other => other.clone(),
    }
}

proptest! {
    #[test]
    fn the_hash_does_not_depend_on_key_order(turn in 1_usize..20, minutes in 0_i64..100_000) {
        let mut value = body(&harvest());
        let at = datetime!(2026-01-01 00:00 UTC) + time::Duration::minutes(minutes);
        value["eventTime"] = Value::from(super::epcis::Timestamp::from_instant(at).as_str());
        let plain = event_hash(&value, &Namespaces::default(), &[]);
        let other = event_hash(&turned(&value, turn), &Namespaces::default(), &[]);
        prop_assert_eq!(plain, other);
    }
}
