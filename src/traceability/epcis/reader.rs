//! Reading one JSON object into typed fields, and writing it back in the order it came.
//!
//! [`ObjectReader`] hands out the fields of an object one by one, notes every broken rule with its path, and at the
//! end gives what is left: the namespaced extensions. [`ObjectWriter`] is its mirror. [`KeyOrder`] remembers in which
//! order the keys stood, so that an event read and written again is the same text, not only the same content.

use std::collections::HashSet;

use serde_json::{Map, Number, Value};

use super::rule::Rule;
use super::types::{Timestamp, Word};
use super::uri::{Uri, is_uri, shortened};
use super::violation::{Fault, Violations};
use super::vocabulary::Vocabulary;

/// The keys of an object in the order they were read; empty for an object that was built here.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct KeyOrder(Vec<String>);

/// Hands out the fields of one JSON object and remembers which of them were asked for.
pub(super) struct ObjectReader<'a> {
    map: &'a Map<String, Value>,
    path: String,
    seen: Vec<&'static str>,
}

impl<'a> ObjectReader<'a> {
    /// Starts on `value`, which must be an object.
    pub fn new(value: &'a Value, path: &str, found: &mut Violations) -> Option<Self> {
        if let Some(map) = value.as_object() {
            return Some(Self { map, path: path.to_owned(), seen: Vec::new() });
        }
        found.add(path, Rule::KIND, format!("expected an object, found {}", kind_of(value)));
        None
    }

    /// The path of the field `key` of this object.
    pub fn at(&self, key: &str) -> String {
        format!("{}.{}", self.path, shortened(key))
    }

    /// The value of `key` as it stands, if it is there.
    pub fn value(&mut self, key: &'static str) -> Option<&'a Value> {
        self.seen.push(key);
        self.map.get(key)
    }

    /// Whether the object has `key`, without counting it as read.
    pub fn has(&self, key: &str) -> bool {
        self.map.contains_key(key)
    }

    /// Notes that `key` is missing, if it is, against the rule that asks for it.
    pub fn require(&self, key: &str, rule: Rule, found: &mut Violations) {
        if !self.has(key) {
            found.add(self.at(key), rule, "is required and missing");
        }
    }

    /// A text field.
    pub fn text(&mut self, key: &'static str, found: &mut Violations) -> Option<&'a str> {
        let value = self.value(key)?;
        let text = value.as_str();
        if text.is_none() {
            found.add(self.at(key), Rule::KIND, format!("expected text, found {}", kind_of(value)));
        }
        text
    }

    /// A number field, its digits kept as written.
    pub fn number(&mut self, key: &'static str, found: &mut Violations) -> Option<Number> {
        let value = self.value(key)?;
        if let Value::Number(number) = value {
            return Some(number.clone());
        }
        found.add(self.at(key), Rule::KIND, format!("expected a number, found {}", kind_of(value)));
        None
    }

    /// A true-or-false field.
    pub fn boolean(&mut self, key: &'static str, found: &mut Violations) -> Option<bool> {
        let value = self.value(key)?;
        if value.as_bool().is_none() {
            found.add(self.at(key), Rule::KIND, format!("expected true or false, found {}", kind_of(value)));
        }
        value.as_bool()
    }

    /// A point in time with its zone (RFC 3339).
    pub fn time(&mut self, key: &'static str, found: &mut Violations) -> Option<Timestamp> {
        let text = self.text(key, found)?;
        parsed(Timestamp::parse(text), &self.at(key), found)
    }

    /// A URI or CURIE.
    pub fn uri(&mut self, key: &'static str, found: &mut Violations) -> Option<Uri> {
        let text = self.text(key, found)?;
        parsed(Uri::parse(text), &self.at(key), found)
    }

    /// A bare standard word or a URI of one's own.
    pub fn word(&mut self, key: &'static str, vocabulary: Vocabulary, found: &mut Violations) -> Option<Word> {
        let text = self.text(key, found)?;
        parsed(Word::parse(text, vocabulary), &self.at(key), found)
    }

    /// A list whose items are read by `item`, which gets the value and its path.
    pub fn list<T>(
        &mut self,
        key: &'static str,
        found: &mut Violations,
        mut item: impl FnMut(&'a Value, &str, &mut Violations) -> Option<T>,
    ) -> Option<Vec<T>> {
        let value = self.value(key)?;
        let path = self.at(key);
        let Some(items) = value.as_array() else {
            found.add(path, Rule::KIND, format!("expected a list, found {}", kind_of(value)));
            return None;
        };
        let read = items.iter().enumerate().filter_map(|(i, value)| item(value, &format!("{path}[{i}]"), found));
        Some(read.collect())
    }

    /// A list of URIs.
    pub fn uris(&mut self, key: &'static str, found: &mut Violations) -> Option<Vec<Uri>> {
        self.list(key, found, uri_item)
    }

    /// A list of URIs in which none may stand twice.
    pub fn distinct_uris(&mut self, key: &'static str, rule: Rule, found: &mut Violations) -> Option<Vec<Uri>> {
        let list = self.uris(key, found)?;
        distinct(list.iter().map(Uri::as_str), &self.at(key), rule, found);
        Some(list)
    }

    /// An object field read by `read`.
    pub fn object<T>(
        &mut self,
        key: &'static str,
        found: &mut Violations,
        read: impl FnOnce(ObjectReader<'a>, &mut Violations) -> Option<T>,
    ) -> Option<T> {
        let value = self.value(key)?;
        let reader = ObjectReader::new(value, &self.at(key), found)?;
        read(reader, found)
    }

    /// Ends the reading where extensions are allowed: what was not asked for must be namespaced.
    pub fn extensions(self, found: &mut Violations) -> (Map<String, Value>, KeyOrder) {
        let mut extensions = Map::new();
        for (key, value) in self.map {
            if self.seen.contains(&key.as_str()) {
                continue;
            }
            if !is_namespaced(key) {
                found.add(
                    self.at(key),
                    Rule::EXTENSION,
                    "is no field of the standard here, and an extension needs a namespace (`ns:name`)",
                );
            }
            extensions.insert(key.clone(), value.clone());
        }
        (extensions, self.order())
    }

    /// Ends the reading where nothing else may stand.
    pub fn nothing_else(self, found: &mut Violations) -> KeyOrder {
        for key in self.map.keys().filter(|key| !self.seen.contains(&key.as_str())) {
            found.add(self.at(key), Rule::CLOSED, "is not allowed here");
        }
        self.order()
    }

    fn order(&self) -> KeyOrder {
        KeyOrder(self.map.keys().cloned().collect())
    }
}

/// A URI as an item of a list.
pub(super) fn uri_item(value: &Value, path: &str, found: &mut Violations) -> Option<Uri> {
    let Some(text) = value.as_str() else {
        found.add(path, Rule::KIND, format!("expected a URI as text, found {}", kind_of(value)));
        return None;
    };
    parsed(Uri::parse(text), path, found)
}

/// Notes the fault of a failed parse at `path`.
pub(super) fn parsed<T>(result: Result<T, Fault>, path: &str, found: &mut Violations) -> Option<T> {
    result.map_err(|fault| found.add(path, fault.rule, fault.message)).ok()
}

/// Notes the first text that stands in a list twice.
pub(super) fn distinct<'a>(mut items: impl Iterator<Item = &'a str>, path: &str, rule: Rule, found: &mut Violations) {
    let mut seen = HashSet::new();
    if let Some(twice) = items.find(|item| !seen.insert(*item)) {
        found.add(path, rule, format!("`{}` stands in the list twice", shortened(twice)));
    }
}

/// True for a key that carries a namespace: a CURIE (`ext:name`) or a whole URI.
pub(super) fn is_namespaced(key: &str) -> bool {
    is_uri(key)
}

/// What kind of JSON a value is, in words.
pub(super) fn kind_of(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "true or false",
        Value::Number(_) => "a number",
        Value::String(_) => "text",
        Value::Array(_) => "a list",
        Value::Object(_) => "an object",
    }
}

/// Collects the fields of an object that is being written.
#[derive(Default)]
pub(super) struct ObjectWriter(Map<String, Value>);

impl ObjectWriter {
    /// Adds a field when it has a value.
    pub fn put(&mut self, key: &str, value: Option<impl Into<Value>>) -> &mut Self {
        if let Some(value) = value {
            self.0.insert(key.to_owned(), value.into());
        }
        self
    }

    /// Adds a list when it is there, each item written by `item`.
    pub fn list<T>(&mut self, key: &str, items: Option<&Vec<T>>, item: impl Fn(&T) -> Value) -> &mut Self {
        self.put(key, items.map(|items| Value::Array(items.iter().map(item).collect())))
    }

    /// Adds the extensions, then puts all keys into the remembered order; keys that came later go last.
    ///
    /// Takes time in proportion to the number of keys: extensions may hold very many.
    pub fn finish(mut self, extensions: &Map<String, Value>, order: &KeyOrder) -> Value {
        self.0.extend(extensions.iter().map(|(key, value)| (key.clone(), value.clone())));
        if order.0.is_empty() {
            return Value::Object(self.0);
        }
        let mut ordered = Map::with_capacity(self.0.len());
        for key in &order.0 {
            if let Some(value) = self.0.get_mut(key) {
                ordered.insert(key.clone(), value.take());
            }
        }
        for (key, value) in self.0 {
            ordered.entry(key).or_insert(value);
        }
        Value::Object(ordered)
    }
}
