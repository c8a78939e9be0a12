//! What the hash must not depend on, what it must, and every EPC scheme as a Digital Link.

use proptest::prelude::*;
use serde_json::{Value, json};

use super::super::epcis::MAX_DEPTH;
use super::*;

fn event() -> Value {
    json!({
        "@context": ["https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld", {"ex": "https://ex.example/"}],
        "type": "ObjectEvent",
        "eventTime": "2026-06-14T16:20:00+07:00",
        "eventTimeZoneOffset": "+07:00",
        "epcList": ["urn:epc:id:sgtin:4012345.011111.9876", "https://shop.example/01/04012345111118/10/L1/21/2?a=1"],
        "quantityList": [{"epcClass": "urn:epc:class:lgtin:4012345.012345.998877", "quantity": 200.0, "uom": "KGM"}],
        "action": "OBSERVE",
        "bizStep": "packing",
        "readPoint": {"id": "https://ex.example/loc/1", "ex:gate": 3},
        "ex:list": ["b", "a", {"ex:n": 1.50}],
    })
}

fn prehash_of(event: &Value) -> String {
    document_hashes(event)[0].prehash.clone()
}

/// The event with `value` in `field`.
fn with(field: &str, value: Value) -> Value {
    let mut event = event();
    event[field] = value;
    event
}

#[test]
fn an_event_is_written_in_the_canonical_order() {
    assert_eq!(
        prehash_of(&event()),
        "eventType=ObjectEventeventTime=2026-06-14T09:20:00.000ZeventTimeZoneOffset=+07:00\
         epcListepc=https://id.gs1.org/01/04012345111118/21/2epc=https://id.gs1.org/01/04012345111118/21/9876\
         quantityListquantityElementepcClass=https://id.gs1.org/01/04012345123456/10/998877quantity=200uom=KGM\
         action=OBSERVEbizStep=https://ref.gs1.org/cbv/BizStep-packing\
         readPointid=https://ex.example/loc/1{https://ex.example/}gate=3\
         {https://ex.example/}list=a{https://ex.example/}list=b{https://ex.example/}list{https://ex.example/}n=1.5"
    );
}

#[test]
fn what_a_repository_adds_or_takes_back_is_left_out() {
    let plain = prehash_of(&event());
    for (field, value) in [
        ("recordTime", json!("2026-06-15T00:00:00Z")),
        ("eventID", json!("urn:uuid:d2a0f1de-0b1a-4a9f-8a4e-3d9d0f7e6c11")),
        ("errorDeclaration", json!({"declarationTime": "2026-06-15T00:00:00Z", "reason": "incorrect_data"})),
        ("rdfs:comment", json!("weighed again")),
    ] {
        assert_eq!(prehash_of(&with(field, value)), plain, "{field}");
    }
}

#[test]
fn the_same_value_written_otherwise_is_the_same_event() {
    let plain = prehash_of(&event());
    for (field, value) in [
        ("eventTime", json!("2026-06-14T09:20:00.0001Z")),
        ("eventTime", json!("2026-06-14T05:50:00-03:30")),
        ("bizStep", json!("https://ref.gs1.org/cbv/BizStep-packing")),
        ("bizStep", json!("cbv:BizStep-packing")),
        ("bizStep", json!("urn:epcglobal:cbv:bizstep:packing")),
        ("epcList", json!(["urn:epc:id:sgtin:4012345.011111.2", "http://a.example/gtin/4012345111118/ser/9876"])),
        ("ex:list", json!([{"ex:n": " 1.5 "}, "a", "b"])),
    ] {
        assert_eq!(prehash_of(&with(field, value.clone())), plain, "{field} {value}");
    }
}

#[test]
fn another_value_is_another_event() {
    let plain = prehash_of(&event());
    for (field, value) in [
        ("eventTime", json!("2026-06-14T16:20:00.001+07:00")),
        ("eventTimeZoneOffset", json!("+08:00")),
        ("epcList", json!(["urn:epc:id:sgtin:4012345.011111.9876"])),
        ("ex:list", json!(["b", "a", {"ex:n": 1.51}])),
        ("ex:list", json!(["b", "a", {"ex:m": 1.50}])),
    ] {
        assert_ne!(prehash_of(&with(field, value.clone())), plain, "{field} {value}");
    }
}

#[test]
fn prefixes_are_expanded_however_the_context_declares_them() {
    let plain = prehash_of(&event());
    for context in [
        json!({"ex": {"@id": "https://ex.example/", "@prefix": true}}),
        json!([{"ex": "https://other.example/"}, {"ex": "https://ex.example/"}]),
    ] {
        assert_eq!(prehash_of(&with("@context", context.clone())), plain, "{context}");
    }
    let lot = prehash_of(&with("cbvmda:lotNumber", json!("007")));
    assert!(lot.ends_with("{urn:epcglobal:cbv:mda:}lotNumber=7"), "{lot}");
}

#[test]
fn fields_that_a_repository_names_are_left_out_of_documents_and_answers() {
    let mut plain = event();
    let context = json!({"ex": "https://ex.example/", "repo": "https://repository-x.example.com/"});
    plain["@context"] = context.clone();
    let mut noted = plain.clone();
    noted["repo:owner"] = json!("someone");
    let list = json!(["repo:owner"]);
    let document = json!({"@context": context, "type": "EPCISDocument", "repo:ignoreFields": list,
        "epcisBody": {"eventList": [noted]}});
    let answer = json!({"@context": context, "type": "EPCISQueryDocument",
        "epcisBody": {"queryResults": {"repo:ignoreFields": list, "resultsBody": {"eventList": [noted]}}}});
    assert_eq!(document_hashes(&document), document_hashes(&plain));
    assert_eq!(document_hashes(&answer), document_hashes(&plain));
    assert_ne!(document_hashes(&noted), document_hashes(&plain));
}

#[test]
fn a_value_of_any_depth_is_hashed_without_using_up_the_stack() {
    let deep = (0..MAX_DEPTH * 10).fold(json!(1), |inner, _| json!({ "ex:a": inner }));
    let prehash = prehash_of(&with("ex:deep", deep));
    assert_eq!(prehash.matches("{https://ex.example/}a").count(), MAX_DEPTH);
}

#[test]
fn every_epc_scheme_has_its_digital_link() {
    for (urn, path) in [
        ("id:sgtin:4012345.011111.9876", "01/04012345111118/21/9876"),
        ("id:sscc:4012345.1234567890", "00/140123452345678902"),
        ("id:sgln:4012345.66666.5", "414/4012345666663/254/5"),
        ("id:sgln:4012345.66666.0", "414/4012345666663"),
        ("id:sgln:401234512345..A%2F1", "414/4012345123456/254/A%2F1"),
        ("id:grai:4012345.77777.888", "8003/04012345777772888"),
        ("id:giai:4012345.54321", "8004/401234554321"),
        ("id:gsrn:4012345.0000000123", "8018/401234500000001231"),
        ("id:gsrnp:4012345.0000000123", "8017/401234500000001231"),
        ("id:gdti:4012345.11111.987", "253/4012345111118987"),
        ("id:cpi:4012345.98765A.12345", "8010/401234598765A/8011/12345"),
        ("id:sgcn:4012345.22222.1234567890", "255/40123452222271234567890"),
        ("id:ginc:4012345.xyz47%2F11", "401/4012345xyz47%2F11"),
        ("id:gsin:4012345.123456789", "402/40123451234567894"),
        ("id:itip:4012345.011111.01.02.987", "8006/040123451111180102/21/987"),
        ("id:upui:4012345.011111.51qIgY)", "01/04012345111118/235/51qIgY%29"),
        ("id:pgln:4012345.00000", "417/4012345000009"),
        ("id:pgln:401234500001.", "417/4012345000016"),
        ("class:lgtin:4012345.012345.998877", "01/04012345123456/10/998877"),
        ("idpat:sgtin:4012345.011111.*", "01/04012345111118"),
        ("idpat:grai:4012345.77777.*", "8003/04012345777772"),
        ("idpat:gdti:4012345.11111.*", "253/4012345111118"),
        ("idpat:sgcn:4012345.22222.*", "255/4012345222227"),
        ("idpat:cpi:4012345.98765A.*", "8010/401234598765A"),
        ("idpat:itip:4012345.011111.01.02.*", "8006/040123451111180102"),
        ("idpat:upui:4012345.011111.*", "01/04012345111118"),
    ] {
        let urn = format!("urn:epc:{urn}");
        assert_eq!(canonical_link(&urn), Some(format!("https://id.gs1.org/{path}")), "{urn}");
    }
    for urn in ["urn:epc:id:gid:1.2.3", "urn:epc:id:adi:W81X9C.3KL984PX1.2WMA52", "urn:epc:id:sgtin:40123.011111.1"] {
        assert_eq!(canonical_link(urn), None, "{urn}");
    }
}

proptest! {
    #[test]
    fn the_order_of_keys_and_items_makes_no_difference(seed in any::<u64>()) {
        // Rotates every list and object by a number that the seed gives.
        fn turned(value: &Value, seed: u64) -> Value {
            match value {
                Value::Array(items) => {
                    let mut items: Vec<Value> = items.iter().map(|item| turned(item, seed / 3)).collect();
                    let by = seed as usize % items.len().max(1);
                    items.rotate_left(by);
                    Value::from(items)
                }
                Value::Object(map) => {
                    let mut fields: Vec<_> = map.iter().map(|(k, v)| (k.clone(), turned(v, seed / 5))).collect();
                    let by = seed as usize % fields.len().max(1);
                    fields.rotate_left(by);
                    Value::Object(fields.into_iter().collect())
                }
                other => other.clone(),
            }
        }
        prop_assert_eq!(prehash_of(&turned(&event(), seed)), prehash_of(&event()));
    }
}
