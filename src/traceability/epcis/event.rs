//! The EPCIS 2.0 event: what is common to all events, and what each of the five types adds.
//!
//! Lists are `Option<Vec<_>>`, because an absent list and an empty one are not the same JSON. Numbers stay the text
//! they were written in (`10.0` is not turned into `10`). Unknown namespaced fields are kept as given in
//! `extensions`. Read with [`Event::from_json`], written with [`Event::to_json`].

use serde_json::{Map, Number, Value};

use super::reader::KeyOrder;
use super::sensor::SensorElement;
use super::types::{Action, EventType, Timestamp, Word, ZoneOffset};
use super::uri::Uri;

/// One event (EPCIS 2.0 section 7.4).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// `@context` at the event itself: always on a bare event, sometimes inside a document.
    pub context: Option<Value>,
    /// What the type of the event adds.
    pub body: EventBody,
    /// When it happened.
    pub event_time: Timestamp,
    /// The zone where it happened.
    pub zone: ZoneOffset,
    /// When a repository took it in.
    pub record_time: Option<Timestamp>,
    /// Its id: a URI, often the CBV 2.0 hash.
    pub event_id: Option<Uri>,
    /// Certificates that it was done under.
    pub certification: Option<OneOrMany>,
    /// Set when this event takes an earlier one back.
    pub error_declaration: Option<ErrorDeclaration>,
    /// The business step.
    pub biz_step: Option<Word>,
    /// The state of the objects afterwards.
    pub disposition: Option<Word>,
    /// Where it happened.
    pub read_point: Option<Place>,
    /// Where the objects are until told otherwise.
    pub biz_location: Option<Place>,
    /// Business documents.
    pub biz_transactions: Option<Vec<BizTransaction>>,
    /// Who or where the objects come from.
    pub sources: Option<Vec<Party>>,
    /// Who or where they go to.
    pub destinations: Option<Vec<Party>>,
    /// What sensors measured.
    pub sensor_elements: Option<Vec<SensorElement>>,
    /// Fields outside the standard, by their namespaced names, as given.
    pub extensions: Map<String, Value>,
    pub(super) order: KeyOrder,
}

/// The part of an event that its type decides.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum EventBody {
    /// EPCIS 2.0 section 7.4.2.
    Object(ObjectBody),
    /// EPCIS 2.0 section 7.4.3.
    Aggregation(ContainmentBody),
    /// EPCIS 2.0 section 7.4.4.
    Transaction(TransactionBody),
    /// EPCIS 2.0 section 7.4.5.
    Transformation(TransformationBody),
    /// EPCIS 2.0 section 7.4.6.
    Association(ContainmentBody),
}

/// Something happened to objects or quantities.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ObjectBody {
    /// Whether the objects began, were seen or ended.
    pub action: Action,
    /// Single objects.
    pub epcs: Option<Vec<Uri>>,
    /// Quantities of classes (lots).
    pub quantities: Option<Vec<QuantityElement>>,
    /// States that last beyond this event.
    pub persistent_disposition: Option<PersistentDisposition>,
    /// Instance or lot master data; only with `ADD`.
    pub ilmd: Option<Map<String, Value>>,
}

/// Children in a parent: the body of aggregation and association alike.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ContainmentBody {
    /// Whether the relation began, was seen or ended.
    pub action: Action,
    /// The container, asset or place.
    pub parent: Option<Uri>,
    /// Single children.
    pub child_epcs: Option<Vec<Uri>>,
    /// Quantities of classes in it.
    pub child_quantities: Option<Vec<QuantityElement>>,
}

/// Objects bound to the business documents of [`Event::biz_transactions`], which must not be empty here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TransactionBody {
    /// Whether the relation began, was seen or ended.
    pub action: Action,
    /// A container that stands for what is in it.
    pub parent: Option<Uri>,
    /// Single objects.
    pub epcs: Option<Vec<Uri>>,
    /// Quantities of classes.
    pub quantities: Option<Vec<QuantityElement>>,
}

/// Inputs used up, outputs made.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TransformationBody {
    /// Single inputs.
    pub input_epcs: Option<Vec<Uri>>,
    /// Quantities of input classes.
    pub input_quantities: Option<Vec<QuantityElement>>,
    /// Single outputs.
    pub output_epcs: Option<Vec<Uri>>,
    /// Quantities of output classes.
    pub output_quantities: Option<Vec<QuantityElement>>,
    /// Binds several events into one transformation.
    pub transformation_id: Option<Uri>,
    /// States that last beyond this event.
    pub persistent_disposition: Option<PersistentDisposition>,
    /// Master data of the outputs.
    pub ilmd: Option<Map<String, Value>>,
}

/// An amount of a class (EPCIS 2.0 section 7.3.3.1): without unit, whole pieces; without quantity, some of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QuantityElement {
    /// The class: a lot, or a kind of goods.
    pub class: Uri,
    /// How much, in the digits as written.
    pub quantity: Option<Number>,
    /// The unit, UN/CEFACT recommendation 20.
    pub uom: Option<String>,
    pub(super) order: KeyOrder,
}

impl QuantityElement {
    /// An amount of `class`.
    pub fn new(class: Uri, quantity: Option<Number>, uom: Option<String>) -> Self {
        Self { class, quantity, uom, order: KeyOrder::default() }
    }
}

/// A place by its id.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// A GLN, a `geo:` URI or a place of the service.
    pub id: Uri,
    /// Fields outside the standard.
    pub extensions: Map<String, Value>,
    pub(super) order: KeyOrder,
}

impl Place {
    /// A place with nothing but its id.
    pub fn new(id: Uri) -> Self {
        Self { id, extensions: Map::new(), order: KeyOrder::default() }
    }
}

/// A business document (EPCIS 2.0 section 7.3.6).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BizTransaction {
    /// The kind of document: `po`, `desadv` …
    pub kind: Option<Word>,
    /// The document.
    pub id: Uri,
    pub(super) order: KeyOrder,
}

impl BizTransaction {
    /// A document of a kind.
    pub fn new(kind: Option<Word>, id: Uri) -> Self {
        Self { kind, id, order: KeyOrder::default() }
    }
}

/// A source or destination (EPCIS 2.0 section 7.3.6).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Party {
    /// `owning_party`, `possessing_party`, `location` or a kind of one's own.
    pub kind: Word,
    /// Who or where.
    pub id: Uri,
    pub(super) order: KeyOrder,
}

impl Party {
    /// A party or place of a kind.
    pub fn new(kind: Word, id: Uri) -> Self {
        Self { kind, id, order: KeyOrder::default() }
    }
}

/// States that last until unset (EPCIS 2.0 section 7.3.6).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PersistentDisposition {
    /// States that hold from now on.
    pub set: Option<Vec<Word>>,
    /// States that end now.
    pub unset: Option<Vec<Word>>,
    pub(super) order: KeyOrder,
}

/// Takes an earlier event back (EPCIS 2.0 section 7.4.1).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ErrorDeclaration {
    /// When it was taken back.
    pub declaration_time: Timestamp,
    /// Why.
    pub reason: Option<Word>,
    /// The events that stand in its place.
    pub corrective_event_ids: Option<Vec<Uri>>,
    /// Fields outside the standard.
    pub extensions: Map<String, Value>,
    pub(super) order: KeyOrder,
}

impl ErrorDeclaration {
    /// A declaration with nothing outside the standard.
    pub fn new(declaration_time: Timestamp, reason: Option<Word>, corrective_event_ids: Option<Vec<Uri>>) -> Self {
        Self { declaration_time, reason, corrective_event_ids, extensions: Map::new(), order: KeyOrder::default() }
    }
}

/// A URI, or a list of them: the standard allows both for `certificationInfo`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum OneOrMany {
    /// Written as text.
    One(Uri),
    /// Written as a list.
    Many(Vec<Uri>),
}

impl Event {
    /// An event of `body` at `event_time`, everything else unset; its zone is that of the time.
    pub fn new(body: EventBody, event_time: Timestamp) -> Self {
        let zone = ZoneOffset::of(event_time.instant());
        Self {
            context: None,
            body,
            event_time,
            zone,
            record_time: None,
            event_id: None,
            certification: None,
            error_declaration: None,
            biz_step: None,
            disposition: None,
            read_point: None,
            biz_location: None,
            biz_transactions: None,
            sources: None,
            destinations: None,
            sensor_elements: None,
            extensions: Map::new(),
            order: KeyOrder::default(),
        }
    }

    /// The type as the standard names it.
    pub fn event_type(&self) -> EventType {
        match &self.body {
            EventBody::Object(_) => EventType::ObjectEvent,
            EventBody::Aggregation(_) => EventType::AggregationEvent,
            EventBody::Transaction(_) => EventType::TransactionEvent,
            EventBody::Transformation(_) => EventType::TransformationEvent,
            EventBody::Association(_) => EventType::AssociationEvent,
        }
    }

    /// The action; a transformation has none.
    pub fn action(&self) -> Option<Action> {
        match &self.body {
            EventBody::Object(body) => Some(body.action),
            EventBody::Aggregation(body) | EventBody::Association(body) => Some(body.action),
            EventBody::Transaction(body) => Some(body.action),
            EventBody::Transformation(_) => None,
        }
    }
}
