//! The pre-hash string: an event as one canonical text.
//!
//! [`ORDER`] is the canonical property order (CBV 2.0 section 8.9.2) as data; everything that it does not name comes
//! after it, sorted. A standard list `xs` is written once by its name, then its items each by the name of the item.

use std::collections::HashSet;

use serde_json::{Map, Value};

use super::super::epcis::{MAX_DEPTH, Vocabulary};
use super::canonical::{canonical_time, canonical_value};
use super::namespaces::Namespaces;

/// How the value of a standard field is written.
enum Shape {
    /// `key=value`; a list gives one for each item, sorted.
    Plain,
    /// A time.
    Time,
    /// A standard word, written bare in JSON.
    Word(Vocabulary),
    /// An object: the key, then its fields in this order; a list gives one for each item, sorted.
    Object(&'static [Field]),
    /// A list: the key once, then `item=value` for each, sorted.
    List(&'static str),
    /// A list of objects: the key once, then each item (led by the item's name, if it has one), sorted.
    ObjectList(&'static str, &'static [Field]),
}

type Field = (&'static str, Shape);

use Shape::{List, Object, ObjectList, Plain, Time, Word};

const QUANTITY: &[Field] = &[("epcClass", Plain), ("quantity", Plain), ("uom", Plain)];

const ORDER: &[Field] = &[
    ("eventTime", Time),
    ("eventTimeZoneOffset", Plain),
    ("certificationInfo", Plain),
    ("parentID", Plain),
    ("epcList", List("epc")),
    ("inputEPCList", List("epc")),
    ("childEPCs", List("epc")),
    ("quantityList", ObjectList("quantityElement", QUANTITY)),
    ("childQuantityList", ObjectList("quantityElement", QUANTITY)),
    ("inputQuantityList", ObjectList("quantityElement", QUANTITY)),
    ("outputEPCList", List("epc")),
    ("outputQuantityList", ObjectList("quantityElement", QUANTITY)),
    ("action", Plain),
    ("transformationID", Plain),
    ("bizStep", Word(Vocabulary::BizStep)),
    ("disposition", Word(Vocabulary::Disposition)),
    (
        "persistentDisposition",
        Object(&[("set", Word(Vocabulary::Disposition)), ("unset", Word(Vocabulary::Disposition))]),
    ),
    ("readPoint", Object(&[("id", Plain)])),
    ("bizLocation", Object(&[("id", Plain)])),
    (
        "sensorElementList",
        ObjectList(
            "sensorElement",
            &[("sensorMetadata", Object(SENSOR_METADATA)), ("sensorReport", Object(SENSOR_REPORT))],
        ),
    ),
];

/// Standard lists that stand among the fields outside the standard, sorted with them and with `ilmd`: the text of the
/// standard puts them before `sensorElementList`, sources first, but all vectors have them here.
const SORTED_WITH_OTHERS: &[Field] = &[
    (
        "bizTransactionList",
        ObjectList("", &[("type", Word(Vocabulary::BizTransactionType)), ("bizTransaction", Plain)]),
    ),
    ("destinationList", ObjectList("", &[("type", Word(Vocabulary::SourceDestinationType)), ("destination", Plain)])),
    ("sourceList", ObjectList("", &[("type", Word(Vocabulary::SourceDestinationType)), ("source", Plain)])),
];

const SENSOR_METADATA: &[Field] = &[
    ("time", Time),
    ("startTime", Time),
    ("endTime", Time),
    ("deviceID", Plain),
    ("deviceMetadata", Plain),
    ("rawData", Plain),
    ("dataProcessingMethod", Plain),
    ("bizRules", Plain),
];

const SENSOR_REPORT: &[Field] = &[
    ("type", Word(Vocabulary::MeasurementType)),
    ("exception", Word(Vocabulary::SensorAlert)),
    ("deviceID", Plain),
    ("deviceMetadata", Plain),
    ("rawData", Plain),
    ("dataProcessingMethod", Plain),
    ("time", Time),
    ("microorganism", Plain),
    ("chemicalSubstance", Plain),
    ("value", Plain),
    ("component", Word(Vocabulary::Component)),
    ("stringValue", Plain),
    ("booleanValue", Plain),
    ("hexBinaryValue", Plain),
    ("uriValue", Plain),
    ("minValue", Plain),
    ("maxValue", Plain),
    ("meanValue", Plain),
    ("sDev", Plain),
    ("percRank", Plain),
    ("percValue", Plain),
    ("uom", Plain),
    ("coordinateReferenceSystem", Plain),
];

/// Fields of an event that say nothing about what happened.
const LEFT_OUT: [&str; 7] =
    ["@context", "type", "recordTime", "eventID", "errorDeclaration", "rdfs:comment", "comment"];

/// Writes `event` as its canonical text.
pub(super) fn prehash(event: &Value, namespaces: &Namespaces, ignored: &[&str]) -> String {
    let namespaces = match event.get("@context") {
        Some(context) => namespaces.with(context),
        None => namespaces.clone(),
    };
    let empty = Map::new();
    let fields = event.as_object().unwrap_or(&empty);
    let mut out = String::from("eventType=");
    out.push_str(fields.get("type").and_then(Value::as_str).unwrap_or_default());
    let ignored: HashSet<&str> = ignored.iter().copied().collect();
    let skipped = |key: &str| LEFT_OUT.contains(&key) || ignored.contains(key);
    let writer = Writer { namespaces: &namespaces };
    writer.fields(fields, ORDER, SORTED_WITH_OTHERS, &skipped, &mut out);
    out
}

struct Writer<'a> {
    namespaces: &'a Namespaces,
}

impl Writer<'_> {
    /// The fields of a standard object in their order, then all others, sorted.
    fn fields(
        &self,
        map: &Map<String, Value>,
        order: &[Field],
        sorted_with_others: &[Field],
        skipped: &dyn Fn(&str) -> bool,
        out: &mut String,
    ) {
        for (key, shape) in order {
            if let Some(value) = map.get(*key).filter(|_| !skipped(key)) {
                self.field(key, value, shape, out);
            }
        }
        let others = map.iter().filter(|(key, _)| !skipped(key) && !order.iter().any(|(known, _)| known == key));
        let mut written = Vec::new();
        for (key, value) in others {
            if let Some((key, shape)) = sorted_with_others.iter().find(|(known, _)| known == key) {
                let mut list = String::new();
                self.field(key, value, shape, &mut list);
                written.push(list);
                continue;
            }
            self.free_field(&self.namespaces.expand_name(key), value, 1, &mut written);
        }
        push_sorted(written, out);
    }

    fn field(&self, key: &str, value: &Value, shape: &Shape, out: &mut String) {
        let items = items_of(value);
        let mut written: Vec<String> = match shape {
            Plain => items.iter().filter_map(|item| Self::pair(key, self.plain(item))).collect(),
            Time => items.iter().filter_map(|item| Self::pair(key, Self::time(item))).collect(),
            Word(vocabulary) => items.iter().filter_map(|item| Self::pair(key, self.word(item, *vocabulary))).collect(),
            List(item_key) => items.iter().filter_map(|item| Self::pair(item_key, self.plain(item))).collect(),
            Object(order) => items.iter().filter_map(|item| self.object(key, item, order)).collect(),
            ObjectList(item_key, order) => items.iter().filter_map(|item| self.object(item_key, item, order)).collect(),
        };
        if written.is_empty() {
            return;
        }
        written.sort_unstable();
        if matches!(shape, List(_) | ObjectList(..)) {
            out.push_str(key);
        }
        out.extend(written);
    }

    /// `key=value`, unless the value is empty.
    fn pair(key: &str, value: String) -> Option<String> {
        (!value.is_empty()).then(|| format!("{key}={value}"))
    }

    /// The name of an object and its fields, unless it has none.
    fn object(&self, key: &str, item: &Value, order: &[Field]) -> Option<String> {
        let mut inner = String::new();
        let comment = |key: &str| matches!(key, "rdfs:comment" | "comment");
        self.fields(item.as_object()?, order, &[], &comment, &mut inner);
        (!inner.is_empty()).then(|| format!("{key}{inner}"))
    }

    fn plain(&self, value: &Value) -> String {
        let text = scalar_text(value);
        canonical_value(&self.namespaces.expand_value(text.trim()))
    }

    fn time(value: &Value) -> String {
        let text = scalar_text(value);
        canonical_time(&text).unwrap_or_else(|| text.trim().to_owned())
    }

    fn word(&self, value: &Value, vocabulary: Vocabulary) -> String {
        let text = scalar_text(value);
        let text = text.trim();
        if vocabulary.contains(text) { format!("{}{text}", vocabulary.uri_stem()) } else { self.plain(value) }
    }

    /// A field outside the standard, or master data: `name=value` or the name and what is below it, sorted.
    ///
    /// A list repeats the name for each item. One whose name ends in `List` stands once, as the reference
    /// implementation writes it (its XML counterpart is an element of that name around the items).
    ///
    /// Below [`MAX_DEPTH`] nothing is written, so that no event can use up the stack; no event that deep is accepted.
    fn free_field(&self, name: &str, value: &Value, depth: usize, written: &mut Vec<String>) {
        if let Some(item_name) = name.strip_suffix("List").filter(|_| !value.is_object()) {
            let mut inner = Vec::new();
            inner.extend(items_of(value).iter().map(|item| self.free_item(item_name, item, depth)));
            let mut out = name.to_owned();
            push_sorted(inner, &mut out);
            written.push(out);
            return;
        }
        written.extend(items_of(value).iter().map(|item| self.free_item(name, item, depth)));
    }

    fn free_item(&self, name: &str, value: &Value, depth: usize) -> String {
        let mut out = name.to_owned();
        let mut inner = Vec::new();
        match value {
            Value::Object(_) | Value::Array(_) if depth > MAX_DEPTH => {}
            Value::Object(map) => {
                if let Some(text) = map.get("#text") {
                    out.push('=');
                    out.push_str(&self.plain(text));
                }
                for (key, value) in
                    map.iter().filter(|(key, _)| !matches!(key.as_str(), "#text" | "rdfs:comment" | "comment"))
                {
                    self.free_field(&self.namespaces.expand_name(key), value, depth + 1, &mut inner);
                }
            }
            Value::Array(items) => inner.extend(items.iter().map(|item| self.free_item("", item, depth + 1))),
            scalar => {
                let text = self.plain(scalar);
                if !text.is_empty() {
                    out.push('=');
                    out.push_str(&text);
                }
            }
        }
        push_sorted(inner, &mut out);
        out
    }
}

/// The items of a list, or the value itself as the only one.
fn items_of(value: &Value) -> &[Value] {
    match value {
        Value::Array(items) => items,
        single => std::slice::from_ref(single),
    }
}

fn push_sorted(mut written: Vec<String>, out: &mut String) {
    written.sort_unstable();
    out.extend(written);
}

/// A value that has no parts, as text.
fn scalar_text(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Number(number) => number.to_string(),
        Value::Bool(flag) => flag.to_string(),
        _ => String::new(),
    }
}
