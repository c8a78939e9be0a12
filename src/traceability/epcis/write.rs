//! From [`Event`] to the standard JSON(-LD): the mirror of `parse`.

use serde_json::{Map, Value};

use super::event::{
    BizTransaction, ErrorDeclaration, Event, EventBody, OneOrMany, Party, PersistentDisposition, Place, QuantityElement,
};
use super::reader::ObjectWriter;
use super::sensor::SensorElement;
use super::types::Word;
use super::uri::Uri;

impl Event {
    /// The event as JSON, fields in the order they were read in; for an event built here, in the order of the standard.
    pub fn to_json(&self) -> Value {
        let mut writer = ObjectWriter::default();
        writer
            .put("@context", self.context.clone())
            .put("type", Some(self.event_type().as_str()))
            .put("eventID", self.event_id.as_ref())
            .put("eventTime", Some(&self.event_time))
            .put("eventTimeZoneOffset", Some(self.zone.as_str()))
            .put("recordTime", self.record_time.as_ref())
            .put("certificationInfo", self.certification.as_ref().map(one_or_many))
            .put("errorDeclaration", self.error_declaration.as_ref().map(error_declaration));
        match &self.body {
            EventBody::Object(body) => {
                writer
                    .list("epcList", body.epcs.as_ref(), uri)
                    .list("quantityList", body.quantities.as_ref(), quantity)
                    .put("action", Some(body.action.as_str()));
            }
            EventBody::Aggregation(body) | EventBody::Association(body) => {
                writer
                    .put("parentID", body.parent.as_ref())
                    .list("childEPCs", body.child_epcs.as_ref(), uri)
                    .list("childQuantityList", body.child_quantities.as_ref(), quantity)
                    .put("action", Some(body.action.as_str()));
            }
            EventBody::Transaction(body) => {
                writer
                    .put("parentID", body.parent.as_ref())
                    .list("epcList", body.epcs.as_ref(), uri)
                    .list("quantityList", body.quantities.as_ref(), quantity)
                    .put("action", Some(body.action.as_str()));
            }
            EventBody::Transformation(body) => {
                writer
                    .list("inputEPCList", body.input_epcs.as_ref(), uri)
                    .list("inputQuantityList", body.input_quantities.as_ref(), quantity)
                    .list("outputEPCList", body.output_epcs.as_ref(), uri)
                    .list("outputQuantityList", body.output_quantities.as_ref(), quantity)
                    .put("transformationID", body.transformation_id.as_ref());
            }
        }
        let (persistent, ilmd) = self.lasting();
        writer
            .put("bizStep", self.biz_step.as_ref())
            .put("disposition", self.disposition.as_ref())
            .put("persistentDisposition", persistent.map(persistent_disposition))
            .put("readPoint", self.read_point.as_ref().map(place))
            .put("bizLocation", self.biz_location.as_ref().map(place))
            .list("bizTransactionList", self.biz_transactions.as_ref(), biz_transaction)
            .list("sourceList", self.sources.as_ref(), |item| party("source", item))
            .list("destinationList", self.destinations.as_ref(), |item| party("destination", item))
            .list("sensorElementList", self.sensor_elements.as_ref(), SensorElement::write)
            .put("ilmd", ilmd.cloned());
        writer.finish(&self.extensions, &self.order)
    }

    /// What only object and transformation events carry: lasting states and master data.
    fn lasting(&self) -> (Option<&PersistentDisposition>, Option<&Map<String, Value>>) {
        match &self.body {
            EventBody::Object(body) => (body.persistent_disposition.as_ref(), body.ilmd.as_ref()),
            EventBody::Transformation(body) => (body.persistent_disposition.as_ref(), body.ilmd.as_ref()),
            _ => (None, None),
        }
    }
}

fn one_or_many(value: &OneOrMany) -> Value {
    match value {
        OneOrMany::One(uri) => uri.into(),
        OneOrMany::Many(uris) => uris.iter().map(Value::from).collect(),
    }
}

fn error_declaration(declaration: &ErrorDeclaration) -> Value {
    let mut writer = ObjectWriter::default();
    writer.put("declarationTime", Some(&declaration.declaration_time)).put("reason", declaration.reason.as_ref()).list(
        "correctiveEventIDs",
        declaration.corrective_event_ids.as_ref(),
        |uri: &Uri| uri.into(),
    );
    writer.finish(&declaration.extensions, &declaration.order)
}

fn quantity(element: &QuantityElement) -> Value {
    let mut writer = ObjectWriter::default();
    writer
        .put("epcClass", Some(&element.class))
        .put("quantity", element.quantity.clone().map(Value::Number))
        .put("uom", element.uom.clone());
    writer.finish(&Map::new(), &element.order)
}

fn persistent_disposition(states: &PersistentDisposition) -> Value {
    let mut writer = ObjectWriter::default();
    writer.list("set", states.set.as_ref(), |word: &Word| word.into()).list(
        "unset",
        states.unset.as_ref(),
        |word: &Word| word.into(),
    );
    writer.finish(&Map::new(), &states.order)
}

fn place(place: &Place) -> Value {
    let mut writer = ObjectWriter::default();
    writer.put("id", Some(&place.id));
    writer.finish(&place.extensions, &place.order)
}

fn biz_transaction(document: &BizTransaction) -> Value {
    let mut writer = ObjectWriter::default();
    writer.put("type", document.kind.as_ref()).put("bizTransaction", Some(&document.id));
    writer.finish(&Map::new(), &document.order)
}

fn party(id_key: &str, party: &Party) -> Value {
    let mut writer = ObjectWriter::default();
    writer.put("type", Some(&party.kind)).put(id_key, Some(&party.id));
    writer.finish(&Map::new(), &party.order)
}

fn uri(uri: &Uri) -> Value {
    uri.into()
}
