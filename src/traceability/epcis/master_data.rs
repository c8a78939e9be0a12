//! Master data around the events: vocabularies with their elements, in the header of a document and in the answer to
//! a query (EPCIS 2.0 section 6.1.1). They are checked and kept as given; the service reads nothing from them.

use serde_json::Value;

use super::reader::{ObjectReader, kind_of};
use super::rule::Rule;
use super::violation::Violations;

/// Notes what is wrong with an `epcisHeader`: master data, and namespaced fields.
pub(super) fn check_header(header: &Value, path: &str, found: &mut Violations) {
    let Some(mut reader) = ObjectReader::new(header, path, found) else { return };
    reader.object("epcisMasterData", found, |mut reader, found| {
        check_vocabularies(&mut reader, found);
        Some(())
    });
    reader.extensions(found);
}

/// Notes what is wrong with the `vocabularyList` of an object.
pub(super) fn check_vocabularies(reader: &mut ObjectReader<'_>, found: &mut Violations) {
    reader.list("vocabularyList", found, |value, path, found| {
        let mut reader = ObjectReader::new(value, path, found)?;
        reader.require("type", Rule::MASTER_DATA, found);
        reader.uri("type", found);
        reader.list("vocabularyElementList", found, check_element)
    });
}

fn check_element(value: &Value, path: &str, found: &mut Violations) -> Option<()> {
    let mut reader = ObjectReader::new(value, path, found)?;
    reader.require("id", Rule::MASTER_DATA, found);
    reader.uri("id", found);
    reader.uris("children", found);
    reader.list("attributes", found, check_attribute).map(drop)
}

fn check_attribute(value: &Value, path: &str, found: &mut Violations) -> Option<()> {
    let mut reader = ObjectReader::new(value, path, found)?;
    reader.require("id", Rule::MASTER_DATA, found);
    reader.uri("id", found);
    match reader.value("attribute")? {
        Value::Number(_) | Value::String(_) | Value::Object(_) => {}
        other => {
            let message = format!("expected a number, text or an object, found {}", kind_of(other));
            found.add(reader.at("attribute"), Rule::MASTER_DATA, message);
        }
    }
    Some(())
}
