//! The JSON schema of EPCIS 2.0 as the oracle: what it refuses is refused, and what is refused beyond it names a rule.

use std::collections::BTreeMap;

use jsonschema::Validator;
use sanvat::traceability::epcis::{Document, Rule, events_of};
use sanvat::traceability::hash::document_hashes;
use serde_json::Value;

use crate::mutation::{Dice, mutate};
use crate::{documents, fixtures, read_json, vectors};

/// How many damaged documents are tried.
const MUTATIONS: usize = 10_000;

/// The rules in which the text of the standard is stricter than its schema; see the module `epcis::parse`.
const STRICTER: [Rule; 5] = [Rule::AGGREGATION_EVENT, Rule::EVENT_TYPE, Rule::EXTENSION, Rule::NESTING, Rule::TIME];

/// The schema with its formats; it refers to nothing outside itself, and nothing is fetched.
fn schema() -> Option<Validator> {
    let schema = read_json(&vectors("epcis")?.join("EPCIS-JSON-Schema.json"));
    Some(jsonschema::draft7::options().should_validate_formats(true).build(&schema).unwrap())
}

/// The first thing that the schema finds wrong.
fn schema_says(schema: &Validator, document: &Value) -> String {
    let message = schema
        .validate(document)
        .map_or_else(|error| format!("{}: {error}", error.instance_path()), |()| String::new());
    message.chars().take(200).collect()
}

#[test]
fn no_vector_is_accepted_that_the_schema_refuses() {
    let Some(schema) = schema() else { return };
    for folder in ["epcis/valid", "epcis/invalid", "epcis/query", "event-hash/documents"] {
        let Some(folder) = vectors(folder) else { continue };
        for (name, value) in documents(&folder) {
            match Document::from_json(&value) {
                Ok(_) => assert!(schema.is_valid(&value), "{name}: {}", schema_says(&schema, &value)),
                Err(found) => {
                    assert!(found.as_slice().iter().all(|one| !one.rule.as_str().is_empty()), "{name}: {found}");
                }
            }
        }
    }
}

#[test]
fn every_field_of_the_standard_is_read_and_given_back() {
    let schema = schema();
    for (name, document) in fixtures::all() {
        let read = Document::from_text(&document.to_string()).unwrap_or_else(|error| panic!("{name}: {error}"));
        for ((path, given), event) in events_of(&document).iter().zip(&read.events) {
            assert_eq!(given.to_string(), event.to_json().to_string(), "{name} {path}");
        }
        if let Some(schema) = &schema {
            assert!(schema.is_valid(&document), "{name}: {}", schema_says(schema, &document));
        }
    }
}

#[test]
fn what_the_schema_refuses_of_ten_thousand_damaged_documents_is_refused() {
    let Some(schema) = schema() else { return };
    let Some(folder) = vectors("epcis/valid") else { return };
    let mut originals = documents(&folder);
    originals.extend(fixtures::all());
    let mut dice = Dice::new(20_260_614);
    let (mut refused_by_both, mut accepted_by_both) = (0, 0);
    let mut too_lenient = Vec::new();
    let mut stricter: BTreeMap<&str, (usize, String)> = BTreeMap::new();
    let mut unexplained = Vec::new();
    for number in 0..MUTATIONS {
        let (name, original) = dice.pick(&originals);
        let mut document = with_few_events(original, &mut dice);
        let done = mutate(&mut document, &mut dice);
        let case = format!("{number}, {name}: {done}");
        match (schema.is_valid(&document), Document::from_json(&document)) {
            (false, Err(_)) => refused_by_both += 1,
            (true, Ok(read)) => {
                accepted_by_both += 1;
                for ((path, given), event) in events_of(&document).iter().zip(&read.events) {
                    assert_eq!(given.to_string(), event.to_json().to_string(), "{case} {path}");
                }
                if number % 8 == 0 {
                    assert_eq!(document_hashes(&document).len(), read.events.len(), "{case}");
                }
            }
            (false, Ok(_)) => too_lenient.push(format!("{case}: {}", schema_says(&schema, &document))),
            (true, Err(found)) => {
                for violation in found.as_slice() {
                    let count = stricter.entry(violation.rule.as_str()).or_default();
                    count.0 += 1;
                    count.1 = format!("{case}: {violation}");
                    if !STRICTER.contains(&violation.rule) {
                        unexplained.push(format!("{case}: {violation}"));
                    }
                }
            }
        }
    }
    eprintln!("{MUTATIONS} damaged documents: {refused_by_both} refused by both, {accepted_by_both} accepted by both");
    for (rule, (count, example)) in &stricter {
        eprintln!("refused here alone, {rule}: {count}, such as {example}");
    }
    let first = |list: &[String]| list.iter().take(20).cloned().collect::<Vec<_>>().join("\n");
    assert!(too_lenient.is_empty(), "{} accepted against the schema:\n{}", too_lenient.len(), first(&too_lenient));
    assert!(unexplained.is_empty(), "{} refused without reason:\n{}", unexplained.len(), first(&unexplained));
    assert!(refused_by_both > 3000 && accepted_by_both > 1000, "the damage proves little");
}

/// The document with at most two of its events, so that most damage hits what is unlike in the documents.
fn with_few_events(original: &Value, dice: &mut Dice) -> Value {
    let mut document = original.clone();
    for pointer in ["/epcisBody/eventList", "/epcisBody/queryResults/resultsBody/eventList"] {
        if let Some(Value::Array(events)) = document.pointer_mut(pointer) {
            while events.len() > 2 {
                events.remove(dice.below(events.len()));
            }
        }
    }
    document
}
