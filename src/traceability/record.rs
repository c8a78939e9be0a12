//! From a diary step to a whole EPCIS 2.0 event, and from an event to its correction.
//!
//! [`record`] is pure: a [`DiaryStep`] in, a [`RecordedEvent`] out, ready to be stored. The event holds opaque ids,
//! amounts, what was used and photo hashes; it holds no personal data and none of the free text that may carry some.

use serde_json::{Map, Value, json};
use time::macros::offset;
use time::{OffsetDateTime, UtcOffset};

use super::epcis::{
    Action, BizTransaction, ErrorDeclaration, Event, EventBody, EventType, ObjectBody, Party, Place, STANDARD_CONTEXT,
    SensorElement, Timestamp, TransformationBody, Uri, Violations, Vocabulary, Word,
};
use super::event_lots::{EventLot, LotRole, StepLots, lots_in, lots_of, quantities};
use super::facts::{FactKind, FactValue, Facts};
use super::hash::{Namespaces, event_hash};
use super::identifiers::{IdentifierError, Identifiers};
use super::template::{LotUse, StepTemplate};
use crate::amounts::Thousandths;

/// The zone of all places here (Asia/Ho_Chi_Minh, no summer time).
pub const LOCAL_OFFSET: UtcOffset = offset!(+7);

/// The prefix of the service's own fields in events.
pub const PREFIX: &str = "sv";

/// Everything that makes up one step.
#[derive(Debug, Clone)]
pub struct DiaryStep<'a> {
    /// The step's template.
    pub template: &'a StepTemplate,
    /// Its answers. A told amount stands in for a lot or single output that was given without one.
    pub facts: &'a Facts,
    /// The lots.
    pub lots: StepLots,
    /// When it happened; written in local time with milliseconds.
    pub at: OffsetDateTime,
    /// Who did it.
    pub producer: Uri,
    /// Where.
    pub place: Uri,
    /// Who the goods come from (receiving).
    pub source: Option<Uri>,
    /// Who the goods go to (shipping).
    pub destination: Option<Uri>,
    /// The delivery note, if there is one.
    pub document: Option<Uri>,
    /// SHA-256 of the photos, 64 hexadecimal digits each.
    pub photos: &'a [String],
}

/// An event with the columns that are queried beside it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecordedEvent {
    /// The event type.
    pub event_type: EventType,
    /// The action; none for a transformation.
    pub action: Option<Action>,
    /// The business step, bare or a URI.
    pub biz_step: Option<String>,
    /// The disposition, bare or a URI.
    pub disposition: Option<String>,
    /// When it happened.
    pub event_time: OffsetDateTime,
    /// The zone it happened in, `+07:00`.
    pub tz: String,
    /// Where it happened.
    pub read_point: Option<String>,
    /// Where the goods are afterwards.
    pub biz_location: Option<String>,
    /// The event's id: as captured, else its hash.
    pub event_id: String,
    /// The CBV 2.0 hash.
    pub event_hash: String,
    /// Whether it takes an earlier event back.
    pub is_error_declaration: bool,
    /// The lots in it.
    pub lots: Vec<EventLot>,
    /// The whole event as JSON text.
    pub body: String,
}

/// Why a step could not be recorded or taken back.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RecordError {
    /// The step makes or changes amounts and none was told.
    #[error("the step needs an amount")]
    MissingQuantity,
    /// A transformation without inputs or without outputs.
    #[error("the step needs input lots and an output lot")]
    MissingLots,
    /// A transformation was told for a step that is none, or the other way round.
    #[error("the lots do not fit the step")]
    LotsDoNotFit,
    /// A lot is input and output at once, or stands twice on one side.
    #[error("lot {0} stands in the step twice")]
    LotTwice(String),
    /// Not the hash of a photo.
    #[error("`{0}` is not a SHA-256 in hexadecimal digits")]
    BadPhotoHash(String),
    /// A receiver or sender where the step has none.
    #[error("only goods that are sent have a receiver, and only goods that arrive a sender")]
    PartyDoesNotFit,
    /// An id that is no identifier.
    #[error(transparent)]
    Identifier(#[from] IdentifierError),
    /// The event breaks rules of EPCIS.
    #[error("the event is not valid: {0}")]
    Invalid(#[from] Violations),
    /// The stored text is no JSON.
    #[error("the stored event is not JSON: {0}")]
    NotJson(String),
    /// What is to be taken back is itself a correction.
    #[error("an error declaration cannot be taken back")]
    AlreadyDeclared,
}

/// Turns a step into an event.
pub fn record(step: &DiaryStep<'_>, identifiers: &Identifiers) -> Result<RecordedEvent, RecordError> {
    let mapping = &step.template.event;
    let lots = lots_of(&step.lots, mapping.lots, step.facts.quantity())?;
    let body = match mapping.lots {
        LotUse::Transforms => EventBody::Transformation(TransformationBody {
            input_quantities: Some(quantities(&lots, LotRole::Input)),
            output_quantities: Some(quantities(&lots, LotRole::Output)),
            ..TransformationBody::default()
        }),
        _ => EventBody::Object(ObjectBody {
            action: mapping.action.unwrap_or(Action::Observe),
            epcs: None,
            quantities: Some(quantities(&lots, LotRole::Object)),
            persistent_disposition: None,
            ilmd: None,
        }),
    };
    let mut event = Event::new(body, Timestamp::from_instant(step.at.to_offset(LOCAL_OFFSET)));
    event.context = Some(json!([STANDARD_CONTEXT, { PREFIX: identifiers.namespace() }]));
    event.biz_step = Some(word(&mapping.biz_step, Vocabulary::BizStep)?);
    event.disposition = mapping.disposition.as_deref().map(|text| word(text, Vocabulary::Disposition)).transpose()?;
    event.read_point = Some(Place::new(step.place.clone()));
    // Goods on their way are at no place until somebody receives them.
    if mapping.lots != LotUse::Sends {
        event.biz_location = Some(Place::new(step.place.clone()));
    }
    add_parties(&mut event, step)?;
    add_facts(&mut event, step)?;
    finish(event, lots)
}

/// Why an event is taken back (CBV 2.0 section 7.5).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ErrorReason {
    /// It never happened.
    DidNotOccur,
    /// It happened, but not as told.
    IncorrectData,
}

impl ErrorReason {
    /// The CBV word.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::DidNotOccur => "did_not_occur",
            Self::IncorrectData => "incorrect_data",
        }
    }
}

/// Takes the stored event `original` back: the same event with an error declaration (EPCIS 2.0 section 7.4.1.4).
///
/// It keeps the id and the hash of the original. `corrected_by` names the events that stand in its place.
pub fn declare_error(
    original: &str,
    declared_at: OffsetDateTime,
    reason: ErrorReason,
    corrected_by: &[Uri],
) -> Result<RecordedEvent, RecordError> {
    let value: Value = serde_json::from_str(original).map_err(|error| RecordError::NotJson(error.to_string()))?;
    let mut event = Event::from_json(&value, "$")?;
    if event.error_declaration.is_some() {
        return Err(RecordError::AlreadyDeclared);
    }
    let declared_at = Timestamp::from_instant(declared_at.to_offset(LOCAL_OFFSET));
    let reason = word(reason.as_str(), Vocabulary::ErrorReason)?;
    let corrected_by = (!corrected_by.is_empty()).then(|| corrected_by.to_vec());
    event.error_declaration = Some(ErrorDeclaration::new(declared_at, Some(reason), corrected_by));
    let lots = lots_in(&event);
    finish(event, lots)
}

/// The columns and lots of an event that was captured whole.
pub fn columns_of(event: Event) -> Result<RecordedEvent, RecordError> {
    let lots = lots_in(&event);
    finish(event, lots)
}

/// Hashes the event, gives it its id, checks it as if it came from outside, and fills the columns.
fn finish(mut event: Event, lots: Vec<EventLot>) -> Result<RecordedEvent, RecordError> {
    let hash = event_hash(&event.to_json(), &Namespaces::default(), &[]);
    if event.event_id.is_none() {
        event.event_id = Some(Uri::parse(&hash.id).map_err(|message| Violations::single("$.eventID", message))?);
    }
    let value = event.to_json();
    Event::from_json(&value, "$")?;
    Ok(RecordedEvent {
        event_type: event.event_type(),
        action: event.action(),
        biz_step: event.biz_step.as_ref().map(|word| word.as_str().to_owned()),
        disposition: event.disposition.as_ref().map(|word| word.as_str().to_owned()),
        event_time: event.event_time.instant(),
        tz: event.zone.as_str().to_owned(),
        read_point: event.read_point.as_ref().map(|place| place.id.to_string()),
        biz_location: event.biz_location.as_ref().map(|place| place.id.to_string()),
        event_id: event.event_id.as_ref().map_or_else(|| hash.id.clone(), Uri::to_string),
        event_hash: hash.id,
        is_error_declaration: event.error_declaration.is_some(),
        lots,
        body: value.to_string(),
    })
}

fn word(text: &str, vocabulary: Vocabulary) -> Result<Word, RecordError> {
    Ok(Word::parse(text, vocabulary).map_err(|message| Violations::single("$", message))?)
}

/// Sender, receiver and delivery note of goods that move.
fn add_parties(event: &mut Event, step: &DiaryStep<'_>) -> Result<(), RecordError> {
    let party = || word("possessing_party", Vocabulary::SourceDestinationType);
    let place = || word("location", Vocabulary::SourceDestinationType);
    let lots = step.template.event.lots;
    if (step.destination.is_some() && lots != LotUse::Sends) || (step.source.is_some() && lots != LotUse::Receives) {
        return Err(RecordError::PartyDoesNotFit);
    }
    match lots {
        LotUse::Sends => {
            event.sources =
                Some(vec![Party::new(party()?, step.producer.clone()), Party::new(place()?, step.place.clone())]);
            if let Some(receiver) = &step.destination {
                event.destinations = Some(vec![Party::new(party()?, receiver.clone())]);
            }
        }
        LotUse::Receives => {
            event.destinations =
                Some(vec![Party::new(party()?, step.producer.clone()), Party::new(place()?, step.place.clone())]);
            if let Some(sender) = &step.source {
                event.sources = Some(vec![Party::new(party()?, sender.clone())]);
            }
        }
        _ => {}
    }
    if let Some(document) = &step.document {
        let kind = word("desadv", Vocabulary::BizTransactionType)?;
        event.biz_transactions = Some(vec![BizTransaction::new(Some(kind), document.clone())]);
    }
    Ok(())
}

/// What was told, as fields of the service's own namespace; a temperature as sensor data of the standard.
fn add_facts(event: &mut Event, step: &DiaryStep<'_>) -> Result<(), RecordError> {
    let own = |name: &str| format!("{PREFIX}:{name}");
    let mut fields = Map::new();
    fields.insert(own("step"), Value::from(step.template.key.as_str()));
    fields.insert(own("producer"), Value::from(&step.producer));
    for (_, kind, value) in step.facts.iter() {
        match (kind, value) {
            (FactKind::InputName, FactValue::Text(text)) => {
                fields.insert(own("inputName"), Value::from(text.as_str()));
            }
            (FactKind::Dose, FactValue::Text(text)) => {
                fields.insert(own("dose"), Value::from(text.as_str()));
            }
            (_, FactValue::Days(days)) => {
                fields.insert(own("withholdingDays"), Value::from(*days));
            }
            (_, FactValue::Celsius(thousandths)) => {
                let kind = word("Temperature", Vocabulary::MeasurementType)?;
                event.sensor_elements =
                    Some(vec![SensorElement::measured(kind, Thousandths(*thousandths).to_number(), "CEL")]);
            }
            // The amount stands in the lists of the event; the rest stays beside it.
            _ => {}
        }
    }
    if !step.photos.is_empty() {
        let mut photos = Vec::new();
        for hash in step.photos {
            if hash.len() != 64 || !hash.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f')) {
                return Err(RecordError::BadPhotoHash(hash.clone()));
            }
            // Named, so that no hash can be read as a number when the event is hashed.
            photos.push(Value::from(format!("ni:///sha-256;{hash}")));
        }
        fields.insert(own("photo"), Value::from(photos));
    }
    event.extensions = fields;
    Ok(())
}
