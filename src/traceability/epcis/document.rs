//! What events arrive in: an EPCIS document, a query's answer, or an event on its own.

use serde_json::Value;

use super::context::check_context;
use super::event::Event;
use super::master_data::{check_header, check_vocabularies};
use super::parse::read_event;
use super::reader::{ObjectReader, kind_of};
use super::rule::Rule;
use super::text::{check_nesting, parse_json};
use super::types::EventType;
use super::uri::shortened;
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
    /// The error lists what is wrong in the document and in any of its events.
    pub fn from_json(value: &Value) -> Result<Self, Violations> {
        check_nesting(value)?;
        let mut found = Violations::default();
        let document = read_document(value, &mut found);
        match document {
            Some(document) if found.is_empty() => Ok(document),
            _ => Err(found),
        }
    }

    /// Reads a text as [`Document::from_json`] does its value; refuses names that stand twice, which no value shows.
    pub fn from_text(text: &str) -> Result<Self, Violations> {
        Self::from_json(&parse_json(text)?)
    }
}

/// Where the events of a document of its type stand, as a JSON pointer.
fn place_of_events(kind: &str) -> Option<&'static str> {
    match kind {
        "EPCISDocument" => Some("/epcisBody/eventList"),
        "EPCISQueryDocument" => Some("/epcisBody/queryResults/resultsBody/eventList"),
        _ => None,
    }
}

/// The events of a document or a bare event, each with its path, unread; none where there is no event list.
///
/// For those who need the events' own JSON beside the document's context, as the event hash does.
pub fn events_of(value: &Value) -> Vec<(String, &Value)> {
    let kind = value.get("type").and_then(Value::as_str).unwrap_or_default();
    if EventType::parse(kind).is_some() {
        return vec![("$".to_owned(), value)];
    }
    let Some(pointer) = place_of_events(kind) else { return Vec::new() };
    let path = format!("${}", pointer.replace('/', "."));
    let items = value.pointer(pointer).and_then(Value::as_array);
    items.into_iter().flatten().enumerate().map(|(i, event)| (format!("{path}[{i}]"), event)).collect()
}

fn read_document(value: &Value, found: &mut Violations) -> Option<Document> {
    let mut reader = ObjectReader::new(value, "$", found)?;
    reader.require("type", Rule::DOCUMENT, found);
    let kind = reader.text("type", found)?;
    reader.require("@context", Rule::CONTEXT, found);
    let context = reader.value("@context");
    let is_bare_event = EventType::parse(kind).is_some();
    match kind {
        "EPCISDocument" => {
            check_head(&mut reader, &["schemaVersion", "creationDate", "epcisBody"], found);
            for key in ["instanceIdentifier", "sender", "receiver"] {
                reader.text(key, found);
            }
            if let Some(header) = reader.value("epcisHeader") {
                check_header(header, &reader.at("epcisHeader"), found);
            }
            reader.object("epcisBody", found, |body, found| {
                body.require("eventList", Rule::DOCUMENT, found);
                Some(())
            });
            reader.extensions(found);
        }
        "EPCISQueryDocument" => {
            check_head(&mut reader, &["epcisBody"], found);
            reader.object("epcisBody", found, |body, found| {
                check_query_body(body, found);
                Some(())
            });
            reader.extensions(found);
        }
        // Its context is checked with the other fields of the event.
        _ if is_bare_event => {}
        other => {
            let message =
                format!("`{}` is neither an EPCIS document nor one of the five event types", shortened(other));
            found.add("$.type", Rule::EVENT_TYPE, message);
            return None;
        }
    }
    if let Some(context) = context.filter(|_| !is_bare_event) {
        check_context(context, "$.@context", found);
    }
    if let Some(list) = place_of_events(kind).and_then(|pointer| value.pointer(pointer)).filter(|list| !list.is_array())
    {
        let path = place_of_events(kind).unwrap_or_default().replace('/', ".");
        found.add(format!("${path}"), Rule::KIND, format!("expected a list, found {}", kind_of(list)));
    }
    let events = events_of(value).iter().filter_map(|(path, event)| read_event(event, path, found)).collect();
    Some(Document { context: context?.clone(), events })
}

/// The fields around the events that both kinds of documents have.
fn check_head(reader: &mut ObjectReader<'_>, required: &[&str], found: &mut Violations) {
    for key in required {
        reader.require(key, Rule::DOCUMENT, found);
    }
    reader.uri("id", found);
    reader.time("creationDate", found);
    let is_version =
        |text: &str| text.split('.').all(|part| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit()));
    if reader.text("schemaVersion", found).is_some_and(|version| !is_version(version)) {
        found.add(reader.at("schemaVersion"), Rule::DOCUMENT, "expected a version such as \"2.0\"");
    }
}

/// The body of a query's answer, but for its events.
fn check_query_body(mut body: ObjectReader<'_>, found: &mut Violations) {
    body.require("queryResults", Rule::DOCUMENT, found);
    body.object("queryResults", found, |mut results, found| {
        for key in ["queryName", "resultsBody"] {
            results.require(key, Rule::DOCUMENT, found);
        }
        results.text("queryName", found);
        results.text("subscriptionID", found);
        results.object("resultsBody", found, |mut results_body, found| {
            results_body.require("eventList", Rule::DOCUMENT, found);
            results_body.value("eventList");
            check_vocabularies(&mut results_body, found);
            results_body.extensions(found);
            Some(())
        });
        results.extensions(found);
        Some(())
    });
    body.extensions(found);
}
