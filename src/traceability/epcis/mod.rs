//! EPCIS 2.0 events as own types: read from standard JSON(-LD), checked, and written back as they came.
//!
//! Start at [`Event`] for the model, [`Document::from_json`] for what comes in, [`Event::to_json`] for what goes out.
//! Nothing is fetched: a `@context` is kept and used for its prefixes only. The standards are EPCIS 2.0 and CBV 2.0
//! (<https://ref.gs1.org/standards/epcis/>, <https://ref.gs1.org/standards/cbv/>).

mod document;
mod event;
mod parse;
mod reader;
mod sensor;
mod types;
mod violation;
mod vocabulary;
mod write;

pub use document::{Document, events_of};
pub use event::{
    BizTransaction, ContainmentBody, ErrorDeclaration, Event, EventBody, ObjectBody, OneOrMany, Party,
    PersistentDisposition, Place, QuantityElement, TransactionBody, TransformationBody,
};
pub use reader::KeyOrder;
pub use sensor::{Device, SensorElement, SensorMetadata, SensorReport};
pub use types::{Action, EventType, Timestamp, Uri, Word, ZoneOffset};
pub use violation::{Violation, Violations};
pub use vocabulary::Vocabulary;

/// The JSON-LD context of the standard, first in every event that is built here.
pub const STANDARD_CONTEXT: &str = "https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld";
