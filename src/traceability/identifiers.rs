//! The service's own identifiers in events: URIs under one base that is fixed at first start.
//!
//! They are opaque and never follow the host (CBV 2.0 section 8 allows private HTTP URIs); a producer without a GS1
//! prefix needs no GTIN. Never is a GTIN made up.

use super::epcis::Uri;

/// Makes URIs under `{base}/`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identifiers {
    base: String,
}

/// Why an identifier could not be made.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum IdentifierError {
    /// The base is no web address.
    #[error("`{0}` is no base for identifiers: it must be an http(s) address without query")]
    BadBase(String),
    /// The local part is empty, too long or holds other characters than letters, digits, `-`, `_` and `.`.
    #[error("`{0}` is no identifier: 1 to 60 letters, digits, `-`, `_` or `.`")]
    BadId(String),
}

impl Identifiers {
    /// Identifiers under `base`, such as `https://sanvat.example`; a closing slash is dropped.
    pub fn new(base: &str) -> Result<Self, IdentifierError> {
        let base = base.trim_end_matches('/');
        let host = base.strip_prefix("https://").or_else(|| base.strip_prefix("http://")).unwrap_or_default();
        if host.is_empty() || base.contains(['?', '#']) || Uri::parse(base).is_err() {
            return Err(IdentifierError::BadBase(base.to_owned()));
        }
        Ok(Self { base: base.to_owned() })
    }

    /// The namespace of the service's own fields in events.
    pub fn namespace(&self) -> String {
        format!("{}/ns/", self.base)
    }

    /// A lot, as a class of goods.
    pub fn lot(&self, id: &str) -> Result<Uri, IdentifierError> {
        self.uri("class", id)
    }

    /// A place: plot, workshop, store.
    pub fn place(&self, id: &str) -> Result<Uri, IdentifierError> {
        self.uri("loc", id)
    }

    /// A single labelled piece.
    pub fn object(&self, label: &str) -> Result<Uri, IdentifierError> {
        self.uri("obj", label)
    }

    /// A business document.
    pub fn document(&self, id: &str) -> Result<Uri, IdentifierError> {
        self.uri("bt", id)
    }

    /// A producer or an outside party.
    pub fn party(&self, id: &str) -> Result<Uri, IdentifierError> {
        self.uri("party", id)
    }

    /// The local part of one of these URIs of the given kind (`class`, `loc` …), if it is one.
    pub fn local<'a>(&self, kind: &str, uri: &'a str) -> Option<&'a str> {
        uri.strip_prefix(&self.base)?.strip_prefix('/')?.strip_prefix(kind)?.strip_prefix('/')
    }

    fn uri(&self, kind: &str, id: &str) -> Result<Uri, IdentifierError> {
        let allowed = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.');
        if id.is_empty() || id.len() > 60 || !id.bytes().all(allowed) {
            return Err(IdentifierError::BadId(id.to_owned()));
        }
        Uri::parse(&format!("{}/{kind}/{id}", self.base)).map_err(|_| IdentifierError::BadId(id.to_owned()))
    }
}
