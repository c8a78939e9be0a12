//! The prefixes of a JSON-LD context, and how names and values are expanded with them.

use std::collections::BTreeMap;

use serde_json::Value;

/// Prefixes that the standard context declares (EPCIS 2.0 JSON-LD context).
const STANDARD: [(&str, &str); 8] = [
    ("cbv", "https://ref.gs1.org/cbv/"),
    ("cbvmda", "urn:epcglobal:cbv:mda:"),
    ("dcterms", "http://purl.org/dc/terms/"),
    ("epcis", "https://ref.gs1.org/epcis/"),
    ("gs1", "https://gs1.org/voc/"),
    ("owl", "http://www.w3.org/2002/07/owl#"),
    ("rdfs", "http://www.w3.org/2000/01/rdf-schema#"),
    ("xsd", "http://www.w3.org/2001/XMLSchema#"),
];

/// Prefix → namespace.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Namespaces(BTreeMap<String, String>);

impl Default for Namespaces {
    fn default() -> Self {
        Self(STANDARD.iter().map(|(prefix, uri)| ((*prefix).to_owned(), (*uri).to_owned())).collect())
    }
}

impl Namespaces {
    /// The standard prefixes and those that `context` declares. Contexts that are named by a URL are not fetched.
    pub fn from_context(context: &Value) -> Self {
        let mut namespaces = Self::default();
        namespaces.add(context);
        namespaces
    }

    /// These prefixes, and those of an inner context, which win.
    pub fn with(&self, context: &Value) -> Self {
        let mut namespaces = self.clone();
        namespaces.add(context);
        namespaces
    }

    fn add(&mut self, context: &Value) {
        match context {
            Value::Array(parts) => parts.iter().for_each(|part| self.add(part)),
            Value::Object(map) => {
                // A term is its URI, or an expanded definition that holds it (JSON-LD 1.1, section 9.15).
                for (prefix, definition) in map.iter().filter(|(prefix, _)| !prefix.starts_with('@')) {
                    if let Some(uri) = definition.as_str().or_else(|| definition.get("@id")?.as_str()) {
                        self.0.insert(prefix.clone(), uri.to_owned());
                    }
                }
            }
            _ => {}
        }
    }

    /// The prefixes that stand for `namespace`.
    pub fn prefixes_of(&self, namespace: &str) -> impl Iterator<Item = &str> {
        self.0.iter().filter(move |(_, uri)| *uri == namespace).map(|(prefix, _)| prefix.as_str())
    }

    /// A field name with its prefix as `{namespace}name`; other names as they are.
    pub(super) fn expand_name(&self, name: &str) -> String {
        match self.split(name) {
            Some((namespace, local)) => format!("{{{namespace}}}{local}"),
            None => name.to_owned(),
        }
    }

    /// A CURIE as a whole URI; other values as they are.
    pub(super) fn expand_value(&self, value: &str) -> String {
        match self.split(value) {
            Some((namespace, local)) => format!("{namespace}{local}"),
            None => value.to_owned(),
        }
    }

    fn split<'a>(&self, text: &'a str) -> Option<(&str, &'a str)> {
        let (prefix, local) = text.split_once(':')?;
        Some((self.0.get(prefix)?, local))
    }
}
