//! The CBV 2.0 event hash: the same event, however its JSON is ordered or abbreviated, has the same id.
//!
//! Start at [`event_hash`]. The event is written as one canonical text, the pre-hash string (CBV 2.0 section 8.9.2):
//! `key=value` in a fixed order without separators, lists sorted, times in UTC milliseconds, numbers without trailing
//! zeros, standard words and CURIEs as whole URIs, EPC URNs as links of id.gs1.org; `recordTime`, `eventID` and
//! `errorDeclaration` are left out. Its SHA-256 in an RFC 6920 URI is the hash. Where the text of the standard and the
//! reference implementation's vectors differ, the vectors are followed.

mod canonical;
mod digital_link;
#[cfg(test)]
mod hash_tests;
mod namespaces;
mod prehash;

pub use canonical::{canonical_number, canonical_time};
pub use digital_link::canonical_link;
pub use namespaces::Namespaces;

use serde_json::Value;
use sha2::{Digest, Sha256};

/// The canonical text of an event and its hash.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EventHash {
    /// The text that was hashed.
    pub prehash: String,
    /// `ni:///sha-256;{64 hex digits}?ver=CBV2.0`.
    pub id: String,
}

/// The hash of one event.
///
/// `namespaces` holds the prefixes of the document around it ([`Namespaces::from_context`]); an `@context` at the
/// event itself is added. `ignored` names fields that a repository added and wants left out, by their written names.
pub fn event_hash(event: &Value, namespaces: &Namespaces, ignored: &[&str]) -> EventHash {
    let prehash = prehash::prehash(event, namespaces, ignored);
    let digest = Sha256::digest(prehash.as_bytes());
    let id = format!("ni:///sha-256;{}?ver=CBV2.0", data_encoding::HEXLOWER.encode(digest.as_slice()));
    EventHash { prehash, id }
}

/// The hashes of all events of a document, a query's answer or a bare event, in their order.
///
/// Honours an `ignoreFields` list of the namespace `https://repository-x.example.com/`, at the document or at the
/// results of a query, as the reference implementation does.
pub fn document_hashes(document: &Value) -> Vec<EventHash> {
    const IGNORING_NAMESPACE: &str = "https://repository-x.example.com/";
    let namespaces = document.get("@context").map_or_else(Namespaces::default, Namespaces::from_context);
    let places = [Some(document), document.pointer("/epcisBody/queryResults")];
    let names: Vec<String> =
        namespaces.prefixes_of(IGNORING_NAMESPACE).map(|prefix| format!("{prefix}:ignoreFields")).collect();
    let lists = places.into_iter().flatten().flat_map(|place| names.iter().map(move |name| place.get(name)));
    let ignored: Vec<&str> = lists.flatten().filter_map(Value::as_array).flatten().filter_map(Value::as_str).collect();
    super::epcis::events_of(document).iter().map(|(_, event)| event_hash(event, &namespaces, &ignored)).collect()
}
