//! The lot's events as an EPCIS 2.0 document: each exactly as accepted, with master data of the lots, places and
//! parties that stand in them (EPCIS 2.0 section 6.1.1; CBV 2.0 section 9).

use serde::Serialize;
use serde_json::value::RawValue;
use serde_json::{Value, json};

use super::super::epcis::STANDARD_CONTEXT;
use super::super::identifiers::IdentifierError;
use super::super::model::Place;
use super::super::record::PREFIX;
use super::load::{KnownLot, LotPapers};
use crate::labels::scan::facts::ProducerFacts;

/// Media type of the document.
pub const MEDIA_TYPE: &str = "application/ld+json";

const CLASSES: &str = "urn:epcglobal:epcis:vtype:EPCClass";
const PLACES: &str = "urn:epcglobal:epcis:vtype:Location";
const PARTIES: &str = "urn:epcglobal:epcis:vtype:Party";

/// Why a document could not be written.
#[derive(Debug, thiserror::Error)]
pub enum DocumentError {
    /// A stored event is no JSON.
    #[error("the document can't be written: {0}")]
    Json(#[from] serde_json::Error),
    /// An id makes no identifier.
    #[error(transparent)]
    Identifier(#[from] IdentifierError),
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Document {
    #[serde(rename = "@context")]
    context: Value,
    #[serde(rename = "type")]
    kind: &'static str,
    schema_version: &'static str,
    creation_date: String,
    epcis_header: Value,
    epcis_body: Body,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Body {
    event_list: Vec<Box<RawValue>>,
}

/// The document as JSON text. Whoever asks twice gets the same bytes as long as nothing was recorded between: it was
/// made when the last event was.
pub fn document(papers: &LotPapers) -> Result<String, DocumentError> {
    let made = papers.rows.iter().map(|row| row.record_time).max().unwrap_or(papers.history.lot.created_at);
    let events = papers.rows.iter().map(|row| RawValue::from_string(row.body.clone())).collect::<Result<_, _>>()?;
    let document = Document {
        context: json!([
            STANDARD_CONTEXT,
            { "cbvmda": "urn:epcglobal:cbv:mda:", PREFIX: papers.identifiers.namespace() }
        ]),
        kind: "EPCISDocument",
        schema_version: "2.0",
        creation_date: made.iso(),
        epcis_header: json!({ "epcisMasterData": { "vocabularyList": vocabularies(papers)? } }),
        epcis_body: Body { event_list: events },
    };
    Ok(serde_json::to_string_pretty(&document)?)
}

fn vocabularies(papers: &LotPapers) -> Result<Vec<Value>, DocumentError> {
    let mut classes = Vec::new();
    for known in &papers.lots {
        classes.push(element(papers.identifiers.lot(&known.lot.id.to_string())?.to_string(), lot(known)));
    }
    for one in &papers.history.purchases {
        let goods = vec![standard("descriptionShort", &one.goods)];
        classes.push(element(papers.identifiers.lot(&one.id.to_string())?.to_string(), goods));
    }
    let mut places = Vec::new();
    for one in &papers.places {
        places.push(element(papers.identifiers.place(&one.id.to_string())?.to_string(), place(papers, one)));
    }
    let mut parties = Vec::new();
    for (id, facts) in &papers.parties {
        parties.push(element(papers.identifiers.party(&id.to_string())?.to_string(), party(papers, facts)));
    }
    // Suppliers that are firms; a person stays a number.
    let mut suppliers: Vec<_> = papers.history.purchases.iter().filter(|one| one.public_supplier().is_some()).collect();
    suppliers.sort_by_key(|one| one.party_id);
    suppliers.dedup_by_key(|one| one.party_id);
    for one in suppliers {
        let attributes = vec![standard("name", &one.supplier), own("place", &one.supplier_place)];
        parties.push(element(papers.identifiers.party(&one.party_id.to_string())?.to_string(), attributes));
    }
    let lists = [(CLASSES, classes), (PLACES, places), (PARTIES, parties)];
    let filled = lists.into_iter().filter(|(_, elements)| !elements.is_empty());
    Ok(filled.map(|(kind, elements)| json!({ "type": kind, "vocabularyElementList": elements })).collect())
}

fn element(id: String, attributes: Vec<(String, String)>) -> Value {
    let told = attributes.into_iter().filter(|(_, value)| !value.is_empty());
    let attributes: Vec<Value> = told.map(|(id, value)| json!({ "id": id, "attribute": value })).collect();
    json!({ "id": id, "attributes": attributes })
}

/// An attribute of the standard.
fn standard(name: &str, value: impl Into<String>) -> (String, String) {
    (format!("cbvmda:{name}"), value.into())
}

/// An attribute of the service's own namespace.
fn own(name: &str, value: impl Into<String>) -> (String, String) {
    (format!("{PREFIX}:{name}"), value.into())
}

fn lot(known: &KnownLot) -> Vec<(String, String)> {
    let lot = &known.lot;
    vec![
        standard("lotNumber", lot.code.as_str()),
        standard("descriptionShort", &known.product),
        standard("netContent", &known.net_quantity),
        own("madeOn", lot.made_on.iso()),
        own("bestBefore", lot.best_before.map(crate::clock::Day::iso).unwrap_or_default()),
    ]
}

fn place(papers: &LotPapers, place: &Place) -> Vec<(String, String)> {
    // A place's name and village may tell whose it is; a global location number, where it is to the metre.
    let named = papers.party(place.producer_id).is_some();
    let located = papers.locates(place.producer_id);
    let when = |told: bool, text: &str| if told { text.to_owned() } else { String::new() };
    vec![
        standard("name", when(named, &place.name)),
        standard("site", when(located, place.gln.as_deref().unwrap_or_default())),
        standard("streetAddressOne", when(located, &place.address)),
        own("placeKind", place.kind.word()),
        own("village", when(named, papers.village_of(place.id))),
        own("commune", &papers.area.0),
        standard("city", &papers.area.1),
        standard("countryCode", "VN"),
    ]
}

fn party(papers: &LotPapers, facts: &ProducerFacts) -> Vec<(String, String)> {
    vec![
        standard("name", &facts.name),
        standard("streetAddressOne", facts.address.clone().unwrap_or_default()),
        own("village", facts.village.clone().unwrap_or_default()),
        own("commune", &papers.area.0),
        standard("city", &papers.area.1),
        standard("countryCode", "VN"),
    ]
}
