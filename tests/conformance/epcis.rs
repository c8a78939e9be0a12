//! EPCIS 2.0: valid documents come back as they were, invalid ones are refused at the right place.

use sanvat::traceability::epcis::{Document, events_of};

use crate::{documents, read_json, vectors};

#[test]
fn every_event_of_a_valid_document_comes_back_as_it_was() {
    let Some(folder) = vectors("epcis/valid") else { return };
    for (name, value) in documents(&folder) {
        let document = Document::from_json(&value).unwrap_or_else(|error| panic!("{name}: {error}"));
        let given = events_of(&value);
        assert!(!given.is_empty(), "{name}");
        assert_eq!(given.len(), document.events.len(), "{name}");
        for ((path, given), event) in given.iter().zip(&document.events) {
            assert_eq!(**given, event.to_json(), "{name} {path}");
            // Not only equal: the same text, in key order and digits.
            assert_eq!(given.to_string(), event.to_json().to_string(), "{name} {path}");
        }
    }
}

#[test]
fn every_invalid_document_is_refused_where_it_is_wrong() {
    let Some(folder) = vectors("epcis/invalid") else { return };
    let expected = [
        ("missing_mandatory_fields", "$.epcisBody.eventList[0].action"),
        ("missing_mandatory_fields", "$.epcisBody.eventList[1].eventTimeZoneOffset"),
        ("Combination_of_non_standard", "$.epcisBody.eventList[0].bizStep"),
        ("Combination_of_non_standard", "$.epcisBody.eventList[1].disposition"),
        ("ilmd_field_without_namespace", "$.epcisBody.eventList[0].ilmd.materialType"),
        ("invalid_certificationInfo", "$.epcisBody.eventList[0].certificationInfo[0]"),
        ("ObjectEvent_with_non_standard_bizStep", "$.epcisBody.eventList[0].bizStep"),
        ("ObjectEvent_with_non_standard_disposition", "$.epcisBody.eventList[0].disposition"),
        ("unknown_field_in_quantityList", "$.epcisBody.eventList[0].quantityList[0].weight"),
        ("without_identifier_list", "$.epcisBody.eventList[0].epcList"),
    ];
    for (name, value) in documents(&folder) {
        let violations = Document::from_json(&value).expect_err(&name);
        for (_, path) in expected.iter().filter(|(part, _)| name.contains(part)) {
            assert!(violations.as_slice().iter().any(|one| one.path == *path), "{name}: {path} not in {violations}");
        }
    }
}

#[test]
fn the_standard_words_are_those_of_the_schema() {
    use sanvat::traceability::epcis::Vocabulary;
    let Some(folder) = vectors("epcis") else { return };
    let schema = read_json(&folder.join("EPCIS-JSON-Schema.json"));
    for (definition, vocabulary) in [
        ("bizStep", Vocabulary::BizStep),
        ("disposition", Vocabulary::Disposition),
        ("bizTransaction-type", Vocabulary::BizTransactionType),
        ("source-dest-type", Vocabulary::SourceDestinationType),
        ("error-reason", Vocabulary::ErrorReason),
        ("measurementType", Vocabulary::MeasurementType),
        ("sensorAlertType", Vocabulary::SensorAlert),
        ("component", Vocabulary::Component),
    ] {
        let choices = schema["definitions"][definition]["anyOf"].as_array().unwrap();
        let words = choices.iter().find_map(|choice| choice["enum"].as_array()).unwrap();
        let mut words: Vec<&str> = words.iter().map(|word| word.as_str().unwrap()).collect();
        words.sort_unstable();
        assert_eq!(vocabulary.words(), words, "{definition}");
    }
}
