//! What events arrive in: an EPCIS document, a query's answer, or an event on its own.

use serde_json::{Map, Value};

use super::event::Event;
use super::reader::{is_namespaced, kind_of, parsed};
use super::types::{EventType, Timestamp};
use super::violation::Violations;

/// A document that was read: its context and its events.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Document {
    /// `@context` of the document, or of the event when it came alone.
    pub context: Value,
    /// The events in the order of the document.
    pub events: Vec<Event>,
}

impl Document {
    /// Reads an `EPCISDocument`, an `EPCISQueryDocument` or a bare event (EPCIS 2.0 section 9.3, JSON binding).
    ///
    /// The error lists everything that is wrong in any of its events.
    pub fn from_json(value: &Value) -> Result<Self, Violations> {
        let mut found = Violations::default();
        let document = read_document(value, &mut found);
        match document {
            Some(document) if found.is_empty() => Ok(document),
            _ => Err(found),
        }
    }
}

/// Where the event list of a document or of a bare event stands: each event with its path, unread.
///
/// For those who need the events' own JSON beside the document's context, as the event hash does.
pub fn events_of(value: &Value) -> Vec<(String, &Value)> {
    let list = |pointer: &str, path: &str| -> Option<Vec<(String, &Value)>> {
        let items = value.pointer(pointer)?.as_array()?;
        Some(items.iter().enumerate().map(|(i, event)| (format!("{path}[{i}]"), event)).collect())
    };
    list("/epcisBody/eventList", "$.epcisBody.eventList")
        .or_else(|| {
            list("/epcisBody/queryResults/resultsBody/eventList", "$.epcisBody.queryResults.resultsBody.eventList")
        })
        .unwrap_or_else(|| {
            let is_event =
                value.get("type").and_then(Value::as_str).is_some_and(|name| EventType::parse(name).is_some());
            if is_event { vec![("$".to_owned(), value)] } else { Vec::new() }
        })
}

fn read_document(value: &Value, found: &mut Violations) -> Option<Document> {
    let Some(map) = value.as_object() else {
        found.add("$", format!("expected an object, found {}", kind_of(value)));
        return None;
    };
    let kind = map.get("type").and_then(Value::as_str).unwrap_or_default();
    match kind {
        "EPCISDocument" => {
            check_head(map, &["schemaVersion", "creationDate"], found);
            if !value.pointer("/epcisBody/eventList").is_some_and(Value::is_array) {
                found.add("$.epcisBody.eventList", "a list of events is required");
            }
        }
        "EPCISQueryDocument" => {
            check_head(map, &[], found);
            if !value.pointer("/epcisBody/queryResults/queryName").is_some_and(Value::is_string) {
                found.add("$.epcisBody.queryResults.queryName", "is required as text");
            }
            if !value.pointer("/epcisBody/queryResults/resultsBody/eventList").is_some_and(Value::is_array) {
                found.add("$.epcisBody.queryResults.resultsBody.eventList", "a list of events is required");
            }
        }
        _ if EventType::parse(kind).is_some() => {}
        other => {
            found.add("$.type", format!("`{other}` is neither an EPCIS document nor one of the five event types"));
            return None;
        }
    }
    if !map.contains_key("@context") {
        found.add("$.@context", "is required and missing");
    }
    let mut events = Vec::new();
    for (path, event) in events_of(value) {
        match Event::from_json(event, &path) {
            Ok(event) => events.push(event),
            Err(violations) => {
                violations.as_slice().iter().for_each(|one| found.add(one.path.clone(), one.message.clone()));
            }
        }
    }
    Some(Document { context: map.get("@context")?.clone(), events })
}

/// The fields around the events of a document.
fn check_head(map: &Map<String, Value>, required: &[&str], found: &mut Violations) {
    const KNOWN: [&str; 10] = [
        "@context",
        "id",
        "type",
        "schemaVersion",
        "creationDate",
        "instanceIdentifier",
        "sender",
        "receiver",
        "epcisHeader",
        "epcisBody",
    ];
    for key in required.iter().filter(|key| !map.contains_key(**key)) {
        found.add(format!("$.{key}"), "is required and missing");
    }
    for key in map.keys().filter(|key| !KNOWN.contains(&key.as_str()) && !is_namespaced(key)) {
        found.add(
            format!("$.{key}"),
            "is no field of the standard here, and an extension needs a namespace (`ns:name`)",
        );
    }
    if let Some(value) = map.get("schemaVersion") {
        let is_version =
            |text: &str| text.split('.').all(|part| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit()));
        if !value.as_str().is_some_and(is_version) {
            found.add("$.schemaVersion", "expected a version as text, such as \"2.0\"");
        }
    }
    match map.get("creationDate") {
        None => {}
        Some(Value::String(text)) => drop(parsed(Timestamp::parse(text), "$.creationDate", found)),
        Some(other) => found.add("$.creationDate", format!("expected text, found {}", kind_of(other))),
    }
}
