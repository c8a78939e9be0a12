//! EPCIS 2.0 events as own types: read from standard JSON(-LD), checked, and written back as they came.
//!
//! Start at [`Event`] for the model, [`Document::from_json`] for what comes in, [`Event::to_json`] for what goes out.
//! Nothing is fetched: a `@context` is kept and used for its prefixes only. The standards are EPCIS 2.0 and CBV 2.0
//! (<https://ref.gs1.org/standards/epcis/>, <https://ref.gs1.org/standards/cbv/>).

mod context;
mod document;
mod event;
mod master_data;
mod parse;
mod reader;
#[cfg(test)]
mod robustness_tests;
mod rule;
mod sensor;
mod text;
mod types;
mod uri;
mod violation;
mod vocabulary;
mod write;

pub use document::{Document, events_of};
pub use event::{
    BizTransaction, ContainmentBody, ErrorDeclaration, Event, EventBody, ObjectBody, OneOrMany, Party,
    PersistentDisposition, Place, QuantityElement, TransactionBody, TransformationBody,
};
pub use reader::KeyOrder;
pub use rule::Rule;
pub use sensor::{Device, SensorElement, SensorMetadata, SensorReport};
pub use text::{MAX_BYTES, MAX_DEPTH, parse_json};
pub use types::{Action, EventType, Timestamp, Word, ZoneOffset};
pub use uri::Uri;
pub use violation::{Fault, Violation, Violations};
pub use vocabulary::Vocabulary;

/// The JSON-LD context of the standard, first in every event that is built here.
pub const STANDARD_CONTEXT: &str = "https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld";
