//! From JSON to [`Event`]: every field is read by its type, every broken rule is noted with its path.
//!
//! Start at [`Event::from_json`]. Whatever the JSON schema of EPCIS 2.0 refuses is refused, its formats included.
//! Stricter than the schema, because the text of the standard is:
//! - an aggregation names its parent unless it only observes (EPCIS 2.0 section 7.4.3, `parentID`);
//! - places are extended by namespaced fields only, as everything else is (section 6.3);
//! - times are `xsd:dateTimeStamp` (section 7.3.1), which has neither leap seconds nor `t` and `z`;
//! - the five event types are read and no others (section 7.4).

use serde_json::{Map, Value};

use super::context::check_context;
use super::event::{
    BizTransaction, ContainmentBody, ErrorDeclaration, Event, EventBody, ObjectBody, OneOrMany, Party,
    PersistentDisposition, Place, QuantityElement, TransactionBody, TransformationBody,
};
use super::reader::{ObjectReader, distinct, is_namespaced, kind_of, parsed, uri_item};
use super::rule::Rule;
use super::sensor::SensorElement;
use super::text::check_nesting;
use super::types::{Action, EventType, Word, ZoneOffset};
use super::uri::shortened;
use super::violation::Violations;
use super::vocabulary::Vocabulary;

impl Event {
    /// Reads one event. `path` is where it stands in the document (`$` for a bare event).
    ///
    /// The error lists everything that is wrong with it, not only the first.
    pub fn from_json(value: &Value, path: &str) -> Result<Self, Violations> {
        let mut found = Violations::default();
        check_nesting(value)?;
        match read_event(value, path, &mut found) {
            Some(event) if found.is_empty() => Ok(event),
            _ => Err(found),
        }
    }
}

/// Reads one event of a document whose nesting was checked.
pub(super) fn read_event(value: &Value, path: &str, found: &mut Violations) -> Option<Event> {
    let mut reader = ObjectReader::new(value, path, found)?;
    reader.require("type", Rule::EVENT_TYPE, found);
    let type_name = reader.text("type", found)?;
    let Some(event_type) = EventType::parse(type_name) else {
        let message = format!("`{}` is none of the five event types", shortened(type_name));
        found.add(reader.at("type"), Rule::EVENT_TYPE, message);
        return None;
    };
    for key in ["eventTime", "eventTimeZoneOffset"] {
        reader.require(key, Rule::WHEN, found);
    }
    let context = reader.value("@context").cloned();
    if let Some(context) = &context {
        check_context(context, &reader.at("@context"), found);
    }
    let event_time = reader.time("eventTime", found);
    let zone_path = reader.at("eventTimeZoneOffset");
    let zone =
        reader.text("eventTimeZoneOffset", found).and_then(|text| parsed(ZoneOffset::parse(text), &zone_path, found));
    let record_time = reader.time("recordTime", found);
    let event_id = reader.uri("eventID", found);
    let certification = read_certification(&mut reader, found);
    let error_declaration = reader.object("errorDeclaration", found, read_error_declaration);
    let biz_step = reader.word("bizStep", Vocabulary::BizStep, found);
    let disposition = reader.word("disposition", Vocabulary::Disposition, found);
    let read_point = reader.object("readPoint", found, read_place);
    let biz_location = reader.object("bizLocation", found, read_place);
    let biz_transactions = reader.list("bizTransactionList", found, read_biz_transaction);
    let sources = reader.list("sourceList", found, |value, path, found| read_party("source", value, path, found));
    let destinations =
        reader.list("destinationList", found, |value, path, found| read_party("destination", value, path, found));
    let sensor_elements = reader.list("sensorElementList", found, SensorElement::read);
    let body = match event_type {
        EventType::ObjectEvent => read_object_body(&mut reader, found).map(EventBody::Object),
        EventType::AggregationEvent => {
            let body = read_containment_body(&mut reader, Rule::AGGREGATION_EVENT, found);
            // Only a mere sighting may leave the parent out.
            if body.as_ref().is_some_and(|body| body.action != Action::Observe) {
                reader.require("parentID", Rule::AGGREGATION_EVENT, found);
            }
            body.map(EventBody::Aggregation)
        }
        EventType::AssociationEvent => {
            reader.require("parentID", Rule::ASSOCIATION_EVENT, found);
            read_containment_body(&mut reader, Rule::ASSOCIATION_EVENT, found).map(EventBody::Association)
        }
        EventType::TransactionEvent => {
            if biz_transactions.as_ref().is_none_or(Vec::is_empty) {
                let message = "a TransactionEvent needs at least one business document";
                found.add(reader.at("bizTransactionList"), Rule::TRANSACTION_EVENT, message);
            }
            read_transaction_body(&mut reader, found).map(EventBody::Transaction)
        }
        EventType::TransformationEvent => Some(EventBody::Transformation(read_transformation_body(&mut reader, found))),
    };
    let (extensions, order) = reader.extensions(found);
    Some(Event {
        context,
        body: body?,
        event_time: event_time?,
        zone: zone?,
        record_time,
        event_id,
        certification,
        error_declaration,
        biz_step,
        disposition,
        read_point,
        biz_location,
        biz_transactions,
        sources,
        destinations,
        sensor_elements,
        extensions,
        order,
    })
}

fn read_object_body(reader: &mut ObjectReader<'_>, found: &mut Violations) -> Option<ObjectBody> {
    let action = read_action(reader, Rule::OBJECT_EVENT, found);
    let epcs = reader.distinct_uris("epcList", Rule::OBJECT_EVENT, found);
    let quantities = reader.list("quantityList", found, read_quantity);
    let persistent_disposition =
        reader.object("persistentDisposition", found, |reader, found| Some(read_persistent_disposition(reader, found)));
    let ilmd = read_ilmd(reader, found);
    // A sensor event may tell of a place alone, without any object.
    let measures_a_place = reader.has("readPoint") && holds_items(reader, "sensorElementList");
    if !reader.has("epcList") && !holds_items(reader, "quantityList") && !measures_a_place {
        let message = "an ObjectEvent needs epcList or quantityList, or sensor data with a readPoint";
        found.add(reader.at("epcList"), Rule::OBJECT_EVENT, message);
    }
    if reader.has("ilmd") && action.is_some_and(|action| action != Action::Add) {
        found.add(reader.at("ilmd"), Rule::ILMD, "is allowed only with action ADD");
    }
    Some(ObjectBody { action: action?, epcs, quantities, persistent_disposition, ilmd })
}

fn read_containment_body(reader: &mut ObjectReader<'_>, rule: Rule, found: &mut Violations) -> Option<ContainmentBody> {
    let action = read_action(reader, rule, found);
    let parent = reader.uri("parentID", found);
    let child_epcs = reader.uris("childEPCs", found);
    let child_quantities = reader.list("childQuantityList", found, read_quantity);
    let names_children = holds_items(reader, "childEPCs") || holds_items(reader, "childQuantityList");
    if !names_children && action.is_some_and(|action| action != Action::Delete) {
        let message = "childEPCs or childQuantityList is needed, unless the action is DELETE";
        found.add(reader.at("childEPCs"), rule, message);
    }
    Some(ContainmentBody { action: action?, parent, child_epcs, child_quantities })
}

fn read_transaction_body(reader: &mut ObjectReader<'_>, found: &mut Violations) -> Option<TransactionBody> {
    let action = read_action(reader, Rule::TRANSACTION_EVENT, found);
    let parent = reader.uri("parentID", found);
    let epcs = reader.uris("epcList", found);
    let quantities = reader.list("quantityList", found, read_quantity);
    let names_objects = reader.has("epcList") || holds_items(reader, "quantityList");
    if !names_objects && action.is_some_and(|action| action != Action::Delete) {
        let message = "epcList or quantityList is needed, unless the action is DELETE";
        found.add(reader.at("epcList"), Rule::TRANSACTION_EVENT, message);
    }
    Some(TransactionBody { action: action?, parent, epcs, quantities })
}

fn read_transformation_body(reader: &mut ObjectReader<'_>, found: &mut Violations) -> TransformationBody {
    let body = TransformationBody {
        input_epcs: reader.distinct_uris("inputEPCList", Rule::TRANSFORMATION_EVENT, found),
        input_quantities: reader.list("inputQuantityList", found, read_quantity),
        output_epcs: reader.distinct_uris("outputEPCList", Rule::TRANSFORMATION_EVENT, found),
        output_quantities: reader.list("outputQuantityList", found, read_quantity),
        transformation_id: reader.uri("transformationID", found),
        persistent_disposition: reader
            .object("persistentDisposition", found, |reader, found| Some(read_persistent_disposition(reader, found))),
        ilmd: read_ilmd(reader, found),
    };
    let inputs = holds_items(reader, "inputEPCList") || holds_items(reader, "inputQuantityList");
    let outputs = holds_items(reader, "outputEPCList") || holds_items(reader, "outputQuantityList");
    let rule = Rule::TRANSFORMATION_EVENT;
    if reader.has("transformationID") {
        if !inputs && !outputs {
            found.add(reader.at("inputEPCList"), rule, "a TransformationEvent needs inputs or outputs");
        }
        return body;
    }
    if !inputs {
        found.add(reader.at("inputEPCList"), rule, "inputs are needed, unless a transformationID binds several events");
    }
    if !outputs {
        found.add(
            reader.at("outputEPCList"),
            rule,
            "outputs are needed, unless a transformationID binds several events",
        );
    }
    body
}

/// Whether `key` is a list with something in it, whatever that is.
fn holds_items(reader: &mut ObjectReader<'_>, key: &'static str) -> bool {
    reader.value(key).and_then(Value::as_array).is_some_and(|items| !items.is_empty())
}

fn read_action(reader: &mut ObjectReader<'_>, rule: Rule, found: &mut Violations) -> Option<Action> {
    reader.require("action", rule, found);
    let text = reader.text("action", found)?;
    parsed(Action::parse(text), &reader.at("action"), found)
}

fn read_certification(reader: &mut ObjectReader<'_>, found: &mut Violations) -> Option<OneOrMany> {
    match reader.value("certificationInfo")? {
        Value::Array(_) => reader.uris("certificationInfo", found).map(OneOrMany::Many),
        other => uri_item(other, &reader.at("certificationInfo"), found).map(OneOrMany::One),
    }
}

fn read_error_declaration(mut reader: ObjectReader<'_>, found: &mut Violations) -> Option<ErrorDeclaration> {
    reader.require("declarationTime", Rule::EVENT, found);
    let declaration_time = reader.time("declarationTime", found);
    let reason = reader.word("reason", Vocabulary::ErrorReason, found);
    let corrective_event_ids = reader.uris("correctiveEventIDs", found);
    let (extensions, order) = reader.extensions(found);
    Some(ErrorDeclaration { declaration_time: declaration_time?, reason, corrective_event_ids, extensions, order })
}

fn read_place(mut reader: ObjectReader<'_>, found: &mut Violations) -> Option<Place> {
    reader.require("id", Rule::WHERE, found);
    let id = reader.uri("id", found);
    let (extensions, order) = reader.extensions(found);
    Some(Place { id: id?, extensions, order })
}

fn read_biz_transaction(value: &Value, path: &str, found: &mut Violations) -> Option<BizTransaction> {
    let mut reader = ObjectReader::new(value, path, found)?;
    reader.require("bizTransaction", Rule::WHY, found);
    let kind = reader.word("type", Vocabulary::BizTransactionType, found);
    let id = reader.uri("bizTransaction", found);
    let order = reader.nothing_else(found);
    Some(BizTransaction { kind, id: id?, order })
}

fn read_party(id_key: &'static str, value: &Value, path: &str, found: &mut Violations) -> Option<Party> {
    let mut reader = ObjectReader::new(value, path, found)?;
    reader.require("type", Rule::WHY, found);
    reader.require(id_key, Rule::WHY, found);
    let kind = reader.word("type", Vocabulary::SourceDestinationType, found);
    let id = reader.uri(id_key, found);
    let order = reader.nothing_else(found);
    Some(Party { kind: kind?, id: id?, order })
}

fn read_quantity(value: &Value, path: &str, found: &mut Violations) -> Option<QuantityElement> {
    let mut reader = ObjectReader::new(value, path, found)?;
    reader.require("epcClass", Rule::QUANTITY, found);
    let class = reader.uri("epcClass", found);
    let quantity = reader.number("quantity", found);
    let uom = reader.text("uom", found).map(str::to_owned);
    let coded = |code: &String| {
        matches!(code.len(), 2 | 3) && code.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit())
    };
    if uom.as_ref().is_some_and(|code| !coded(code)) {
        found.add(reader.at("uom"), Rule::UNIT, "expected a unit code of UN/CEFACT recommendation 20, such as KGM");
    }
    let order = reader.nothing_else(found);
    Some(QuantityElement { class: class?, quantity, uom, order })
}

fn read_persistent_disposition(mut reader: ObjectReader<'_>, found: &mut Violations) -> PersistentDisposition {
    let set = read_dispositions(&mut reader, "set", found);
    let unset = read_dispositions(&mut reader, "unset", found);
    if !reader.has("set") && !reader.has("unset") {
        found.add(reader.at("set"), Rule::WHY, "persistentDisposition needs set or unset");
    }
    let order = reader.nothing_else(found);
    PersistentDisposition { set, unset, order }
}

fn read_dispositions(reader: &mut ObjectReader<'_>, key: &'static str, found: &mut Violations) -> Option<Vec<Word>> {
    let words = reader.list(key, found, |value, path, found| {
        let Some(text) = value.as_str() else {
            found.add(path, Rule::KIND, format!("expected a disposition as text, found {}", kind_of(value)));
            return None;
        };
        parsed(Word::parse(text, Vocabulary::Disposition), path, found)
    });
    if reader.value(key).and_then(Value::as_array).is_some_and(Vec::is_empty) {
        found.add(reader.at(key), Rule::WHY, "must hold at least one disposition");
    }
    distinct(words.iter().flatten().map(Word::as_str), &reader.at(key), Rule::WHY, found);
    words
}

/// Instance or lot master data: an object whose every name is namespaced (EPCIS 2.0 section 7.3.8).
fn read_ilmd(reader: &mut ObjectReader<'_>, found: &mut Violations) -> Option<Map<String, Value>> {
    let value = reader.value("ilmd")?;
    let path = reader.at("ilmd");
    let Some(map) = value.as_object() else {
        found.add(path, Rule::KIND, format!("expected an object, found {}", kind_of(value)));
        return None;
    };
    for key in map.keys().filter(|key| !is_namespaced(key)) {
        let message = "master data need a namespace (`ns:name`)";
        found.add(format!("{path}.{}", shortened(key)), Rule::ILMD, message);
    }
    Some(map.clone())
}
