//! Recording what people tell: a step becomes an event and is kept with what stands beside it ([`record_step`]); a
//! wrong one is taken back ([`take_back`]); a recall and its end are told as events too ([`tell`]).

use uuid::Uuid;

use super::event_lots::{LotAmount, StepLots};
use super::facts::Facts;
use super::history::{HistoryStep, LotHistory, past_step, warnings_in};
use super::identifiers::{IdentifierError, Identifiers};
use super::model::Lot;
use super::recall::{Notice, Which, notice};
use super::record::{DiaryStep, ErrorReason, RecordError, declare_error, record};
use super::store::events::{NewEvent, Stored, insert, insert_many};
use super::template::{StepRole, StepTemplate};
use super::warnings::{PastStep, Warning};
use crate::clock::Time;
use crate::db::Cx;
use crate::files::store::FileRow;
use crate::ids::{FileId, PlaceId, UserId};
use crate::web::AppError;

/// A step as told, with everything resolved.
#[derive(Clone, Debug)]
pub struct Told<'a> {
    /// Which step.
    pub template: &'a StepTemplate,
    /// Its answers.
    pub facts: &'a Facts,
    /// When it happened.
    pub at: Time,
    /// Where.
    pub place: PlaceId,
    /// Another lot that went into this one.
    pub input: Option<&'a Lot>,
    /// The phone's own id of the step.
    pub client: Option<Uuid>,
    /// Free text, kept beside the event.
    pub note: &'a str,
    /// Photos.
    pub photos: &'a [FileRow],
    /// Who tells it.
    pub by: Option<UserId>,
}

/// Why a step was not recorded.
#[derive(Debug, thiserror::Error)]
pub enum DiaryError {
    /// It makes no valid event.
    #[error(transparent)]
    Record(#[from] RecordError),
    /// The database.
    #[error(transparent)]
    Database(#[from] sqlx::Error),
}

impl From<IdentifierError> for DiaryError {
    fn from(error: IdentifierError) -> Self {
        Self::Record(error.into())
    }
}

impl From<DiaryError> for AppError {
    fn from(error: DiaryError) -> Self {
        match error {
            DiaryError::Record(error) => Self::internal(error),
            DiaryError::Database(error) => error.into(),
        }
    }
}

/// Records a step of a lot.
pub async fn record_step(
    cx: &mut Cx<'_>,
    identifiers: &Identifiers,
    lot: &Lot,
    told: &Told<'_>,
    now: Time,
) -> Result<Stored, DiaryError> {
    let class = |lot: &Lot| identifiers.lot(&lot.id.to_string());
    let one = LotAmount { class: class(lot)?, quantity: None };
    let alone = told.template.of_one_lot();
    let (template, lots) = match told.input.filter(|_| told.template.takes_lots()) {
        Some(input) => {
            let inputs = vec![LotAmount { class: class(input)?, quantity: None }];
            (told.template, StepLots::Transformation { inputs, outputs: vec![one] })
        }
        None => (&alone, StepLots::One(one)),
    };
    let photos: Vec<String> = told.photos.iter().map(|file| file.sha256.clone()).collect();
    let files: Vec<FileId> = told.photos.iter().map(|file| file.id).collect();
    let step = DiaryStep {
        template,
        facts: told.facts,
        lots,
        at: told.at.utc(),
        producer: identifiers.party(&lot.producer_id.to_string())?,
        place: identifiers.place(&told.place.to_string())?,
        source: None,
        destination: None,
        document: None,
        photos: &photos,
    };
    let event = record(&step, identifiers)?;
    let new = NewEvent {
        event: &event,
        producer: lot.producer_id,
        place: Some(told.place),
        client: told.client,
        step: &told.template.key,
        note: told.note,
        files: &files,
        by: told.by,
        now,
    };
    Ok(insert(cx, lot.commune_id, identifiers, &new).await?)
}

/// Why and by whom a step is taken back.
#[derive(Clone, Copy, Debug)]
pub struct TakenBack<'a> {
    /// The word of CBV.
    pub reason: ErrorReason,
    /// The reason in the producer's words.
    pub note: &'a str,
    /// By whom.
    pub by: Option<UserId>,
}

/// Takes a recorded step back with an error declaration.
pub async fn take_back(
    cx: &mut Cx<'_>,
    identifiers: &Identifiers,
    lot: &Lot,
    step: &HistoryStep,
    why: TakenBack<'_>,
    now: Time,
) -> Result<Stored, DiaryError> {
    let event = declare_error(&step.body, now.utc(), why.reason, &[])?;
    let new = NewEvent {
        event: &event,
        producer: lot.producer_id,
        place: None,
        client: None,
        step: &step.key,
        note: why.note,
        files: &[],
        by: why.by,
        now,
    };
    Ok(insert(cx, lot.commune_id, identifiers, &new).await?)
}

/// What is told of a recall.
#[derive(Clone, Copy, Debug)]
pub struct Telling<'a> {
    /// That it began or ended.
    pub what: Notice,
    /// Which recall.
    pub which: Which<'a>,
    /// Why, for everybody to read.
    pub reason: &'a str,
    /// Who tells it.
    pub by: UserId,
    /// When.
    pub now: Time,
}

/// Tells a recall or its end as an event of each lot, beside which the reason stands.
pub async fn tell(
    cx: &mut Cx<'_>,
    identifiers: &Identifiers,
    lots: &[Lot],
    telling: Telling<'_>,
) -> Result<(), DiaryError> {
    let Telling { what, which, reason, by, now } = telling;
    let Some(commune) = lots.first().map(|lot| lot.commune_id) else { return Ok(()) };
    let mut events = Vec::with_capacity(lots.len());
    for lot in lots {
        let producer = identifiers.party(&lot.producer_id.to_string())?;
        let place = lot.place_id.map(|place| identifiers.place(&place.to_string())).transpose()?;
        let class = identifiers.lot(&lot.id.to_string())?;
        events.push(notice(what, which, class, &producer, place, now.utc(), identifiers)?);
    }
    let new = |(lot, event): (&Lot, _)| NewEvent {
        event,
        producer: lot.producer_id,
        place: lot.place_id,
        client: None,
        step: what.key(),
        note: reason,
        files: &[],
        by: Some(by),
        now,
    };
    let new: Vec<NewEvent<'_>> = lots.iter().zip(&events).map(new).collect();
    insert_many(cx, commune, identifiers, &new).await?;
    Ok(())
}

/// The warnings that a step would add to a lot's.
pub fn warnings_of(history: &LotHistory, template: &StepTemplate, facts: &Facts, at: Time) -> Vec<Warning> {
    let mut past: Vec<PastStep<'_>> = history.standing().filter_map(past_step).collect();
    past.push(PastStep {
        role: template.role,
        at: at.utc(),
        input_name: facts.input_name(),
        withholding_days: facts.withholding_days(),
    });
    warnings_in(&past, &history.lot).into_iter().filter(|warning| !history.warnings.contains(warning)).collect()
}

/// The step of a lot before which this one makes no sense: goods are cooled, packed and sent only once they are
/// there.
pub fn must_follow<'h>(history: &'h LotHistory, template: &StepTemplate, at: Time) -> Option<&'h HistoryStep> {
    first_making(history).filter(|first| needs_goods(template) && at < first.at)
}

/// True if a step that needs goods comes before the day of a lot whose making is not noted.
pub fn before_lot(history: &LotHistory, template: &StepTemplate, at: Time) -> bool {
    needs_goods(template) && first_making(history).is_none() && at.day() < history.lot.made_on
}

fn needs_goods(template: &StepTemplate) -> bool {
    matches!(template.role, StepRole::Packing | StepRole::Shipping)
        || (template.role == StepRole::Handling && template.event.biz_step == "storing")
}

fn first_making(history: &LotHistory) -> Option<&HistoryStep> {
    let makes = |role| matches!(role, Some(StepRole::Harvest | StepRole::Making));
    history.standing().filter(|step| makes(step.role)).min_by_key(|step| step.at)
}
