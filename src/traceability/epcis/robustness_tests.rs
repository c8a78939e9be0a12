//! What hostile or huge documents do: nothing but an answer in time.

use std::time::{Duration, Instant};

use proptest::prelude::*;
use serde_json::{Map, Number, Value, json};

use super::super::hash::document_hashes;
use super::text::MAX_DEPTH;
use super::*;

fn event() -> Value {
    json!({
        "@context": ["https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld", {"ex": "https://ex.example/"}],
        "type": "ObjectEvent",
        "eventTime": "2026-06-14T16:20:00+07:00",
        "eventTimeZoneOffset": "+07:00",
        "epcList": ["urn:epc:id:sgtin:4012345.011111.9876"],
        "action": "ADD",
        "bizStep": "commissioning",
        "readPoint": {"id": "geo:21.02,105.85"},
        "sensorElementList": [{"sensorReport": [{"type": "Temperature", "value": 26.0, "uom": "CEL"}]}],
        "ilmd": {"ex:variety": "nếp"},
    })
}

#[test]
fn an_event_nested_ten_thousand_deep_is_refused_as_text() {
    let text = event().to_string().replace("\"nếp\"", &format!("{}1{}", "[".repeat(10_000), "]".repeat(10_000)));
    let found = Document::from_text(&text).unwrap_err();
    assert_eq!(found.as_slice()[0].rule, Rule::NESTING, "{found}");
    let text = event().to_string().replace("\"nếp\"", &format!("{}1{}", "{\"a\":".repeat(10_000), "}".repeat(10_000)));
    assert_eq!(Document::from_text(&text).unwrap_err().as_slice()[0].rule, Rule::NESTING);
}

#[test]
fn the_deepest_event_that_is_read_comes_back_and_is_hashed() {
    // The event and its master data are two of the levels.
    let depth = MAX_DEPTH - 2;
    let nested = format!("{}1{}", "{\"ex:a\":".repeat(depth), "}".repeat(depth));
    let text = event().to_string().replace("\"nếp\"", &nested);
    let document = Document::from_text(&text).unwrap();
    assert_eq!(document.events[0].to_json().to_string(), text);
    let hash = &document_hashes(&parse_json(&text).unwrap())[0];
    assert_eq!(hash.prehash.matches("{https://ex.example/}a").count(), depth);
}

/// The event with so many extensions, of some 90 bytes each.
fn extended(count: usize) -> Value {
    let mut value = event();
    let fields = value.as_object_mut().unwrap();
    for index in 0..count {
        fields.insert(format!("ex:field{index:06}"), json!({"ex:note": "x".repeat(40), "ex:n": index}));
    }
    value
}

#[test]
fn megabytes_of_extensions_are_read_hashed_and_given_back() {
    let started = Instant::now();
    let value = extended(90_000);
    let text = value.to_string();
    assert!((7_000_000..MAX_BYTES).contains(&text.len()), "{}", text.len());
    let document = Document::from_text(&text).unwrap();
    assert_eq!(document.events[0].to_json().to_string(), text);
    assert_eq!(document_hashes(&value).len(), 1);
    // Some seconds without optimisation; minutes if any step were quadratic.
    assert!(started.elapsed() < Duration::from_mins(1), "{:?}", started.elapsed());
}

#[test]
fn ten_megabytes_of_extensions_are_refused_with_the_limit() {
    let text = extended(125_000).to_string();
    assert!(text.len() > 10_000_000, "{}", text.len());
    let found = Document::from_text(&text).unwrap_err();
    assert_eq!(found.as_slice()[0].rule, Rule::SIZE, "{found}");
    assert!(found.to_string().contains(&MAX_BYTES.to_string()), "{found}");
}

#[test]
fn a_flood_of_wrong_fields_is_answered_shortly() {
    let mut value = event();
    let fields = value.as_object_mut().unwrap();
    for index in 0..100_000 {
        fields.insert(format!("wrong{index}"), Value::Null);
    }
    let found = Document::from_json(&value).unwrap_err();
    assert!(found.left_out() > 90_000);
    assert!(found.to_string().len() < 200_000);
}

#[test]
fn a_context_that_nobody_serves_is_no_hindrance() {
    let mut value = event();
    value["@context"] = json!(["https://context.invalid/never.jsonld", "http://127.0.0.1:1/x", {"ex": "urn:x:"}]);
    let started = Instant::now();
    assert!(Document::from_json(&value).is_ok());
    assert_eq!(document_hashes(&value).len(), 1);
    assert!(started.elapsed() < Duration::from_secs(1), "something was waited for");
}

/// Words that lead deep into the reading of a document.
const WORDS: &[&str] = &[
    "@context",
    "type",
    "EPCISDocument",
    "EPCISQueryDocument",
    "ObjectEvent",
    "AggregationEvent",
    "TransactionEvent",
    "TransformationEvent",
    "AssociationEvent",
    "epcisBody",
    "queryResults",
    "resultsBody",
    "eventList",
    "eventTime",
    "2026-06-14T16:20:00+07:00",
    "eventTimeZoneOffset",
    "+07:00",
    "action",
    "ADD",
    "epcList",
    "quantityList",
    "epcClass",
    "quantity",
    "uom",
    "KGM",
    "parentID",
    "childEPCs",
    "bizTransactionList",
    "bizStep",
    "packing",
    "readPoint",
    "id",
    "sensorElementList",
    "sensorReport",
    "value",
    "ilmd",
    "ex:name",
    "urn:epc:id:sgtin:4012345.011111.9876",
    "https://id.gs1.org/01/04012345123456",
    "persistentDisposition",
    "set",
    "errorDeclaration",
    "#text",
    "ex:List",
    "epcisHeader",
    "epcisMasterData",
    "vocabularyList",
];

fn arbitrary_text() -> impl Strategy<Value = String> {
    prop_oneof![3 => prop::sample::select(WORDS).prop_map(str::to_owned), 1 => "\\PC{0,12}"]
}

fn arbitrary_json() -> impl Strategy<Value = Value> {
    let number = "-?(0|[1-9][0-9]{0,30})(\\.[0-9]{1,20})?([eE][+-]?[0-9]{1,4})?";
    let leaf = prop_oneof![
        1 => Just(Value::Null),
        1 => any::<bool>().prop_map(Value::from),
        1 => number.prop_map(|text| Value::Number(text.parse::<Number>().unwrap())),
        4 => arbitrary_text().prop_map(Value::from),
    ];
    leaf.prop_recursive(6, 64, 8, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
            prop::collection::vec((arbitrary_text(), inner), 0..8)
                .prop_map(|fields| Value::Object(Map::from_iter(fields))),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn no_json_makes_reader_or_hash_panic(value in arbitrary_json()) {
        if let Err(found) = Document::from_json(&value) {
            prop_assert!(!found.is_empty());
        }
        let _ = document_hashes(&value);
        let _ = Document::from_text(&value.to_string());
    }

    #[test]
    fn no_json_in_a_field_of_an_event_makes_it_panic(
        value in arbitrary_json(),
        at in prop::sample::select(WORDS),
        kind in 0_usize..5,
    ) {
        let mut event = event();
        event["type"] = Value::from(WORDS[4 + kind]);
        event[at] = value;
        // What is read comes back as the same text.
        if let Ok(document) = Document::from_json(&event) {
            for ((_, given), read) in events_of(&event).iter().zip(&document.events) {
                prop_assert_eq!(given.to_string(), read.to_json().to_string());
            }
        }
        let _ = document_hashes(&event);
    }
}
