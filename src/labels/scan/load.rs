//! Reading what a scan page tells, from the stores of products, producers and lots.

use serde_json::Value;

use crate::db::{Cx, Result};
use crate::files::store::{self as files, FileState};
use crate::ids::{CommuneId, FileId, LotId, ProducerId, RecallId};
use crate::producers::model::{ConsentField, Producer, State};
use crate::producers::store as producers;
use crate::products::catalogue::certificate_kind_name;
use crate::products::model::Product;
use crate::products::store as products;
use crate::recalls::model::Grade;
use crate::recalls::pieces::RunSerials;
use crate::recalls::store as recall_store;
use crate::traceability::chain::family::{self as chain, family};
use crate::traceability::hash::{Namespaces, event_hash};
use crate::traceability::history::{HistoryStep, LotHistory, UsedLot, lot_history};
use crate::traceability::model::{LotState, family_of};
use crate::traceability::purchases::model::Purchase;
use crate::traceability::store::events::TraceEvent;
use crate::traceability::store::{events, lots};
use crate::traceability::template::Family;
use crate::web::communes::Commune;
use crate::web::i18n::Lang;

use super::super::model::{Found, code_of};
use super::super::store;
use super::facts::{
    CertificateFacts, Facts, InputFacts, LotFacts, OcopFacts, Picture, ProducerFacts, ProductFacts, PurchaseFacts,
    RecordFacts, Status, StepFacts, Voided, Withholding,
};
use super::freshness::Freshness;
use super::recall::{Pieces, Recall};
use crate::clock::Day;

/// Width at which a photo's measures are told.
const SHOWN_WIDTH: i32 = 400;

/// For whom and when a page is made.
#[derive(Clone, Copy, Debug)]
pub struct Reader<'a> {
    /// Commune of the code.
    pub commune: &'a Commune,
    /// Language.
    pub lang: Lang,
    /// Today.
    pub today: Day,
    /// Whether the label was opened unusually often.
    pub unusual: bool,
    /// The recall that takes the piece with this label back, others of its lot not.
    pub taken_back: Option<RecallId>,
    /// Code of the label by which lots without one are opened, for addresses.
    pub through: &'a str,
}

/// Reads everything; a dozen key reads, whatever the lot went through.
pub async fn facts(cx: &mut Cx<'_>, found: &Found, reader: Reader<'_>) -> Result<Facts> {
    let commune = reader.commune.id;
    let history = match found.lot_id {
        Some(id) => {
            let lot = lots::by_id(cx, commune, id).await?.ok_or(sqlx::Error::RowNotFound)?;
            Some(lot_history(cx, commune, lot).await?)
        }
        None => None,
    };
    let product = products::by_id(cx, commune, found.product_id).await?.ok_or(sqlx::Error::RowNotFound)?;
    let producer = producer(cx, commune, found.producer_id, history.as_ref()).await?;
    let certificates = certificates(cx, &product, history.as_ref(), reader).await?;
    let stars = products::stars(cx, commune, product.id, reader.today).await?;
    let rows = match found.lot_id {
        Some(lot) => events::events_of_lot(cx, commune, lot).await?,
        None => Vec::new(),
    };
    let mut steps = Vec::new();
    let mut inputs = Vec::new();
    let mut lineage = None;
    if let Some(history) = &history {
        let mut family = family(cx, &history.lot, &chain::Reader::Public, reader.lang).await?;
        for one in family.before.iter_mut().filter(|one| one.url.is_none() && !one.outside) {
            one.url = Some(one_tap_back(reader, &one.lot));
        }
        lineage = Some(family);
        steps = way(cx, history, producer.is_some(), reader).await?;
        inputs = inputs_of(cx, history, reader).await?;
    }
    let standing = match found.lot_id {
        Some(lot) => recalls(cx, commune, lot, reader.lang).await?,
        None => Vec::new(),
    };
    let lot = history.as_ref().map(|history| lot_facts(history, &product, standing, reader));
    let picture = pictures(cx, commune, &product.content.photos[..product.content.photos.len().min(1)]).await?.pop();
    let voided =
        found.voided_at().map(|at| Voided { on: at.day(), reason: found.void_reason.clone().unwrap_or_default() });
    Ok(Facts {
        status: status(lot.as_ref(), voided.is_some(), reader),
        kind: found.kind,
        issued_on: found.issued_at.day(),
        pieces: found.serial.map(|_| found.count),
        voided,
        product: product_facts(&product, picture, reader.lang),
        producer,
        commune: reader.commune.name.clone(),
        province: reader.commune.province.clone(),
        lot,
        steps,
        inputs,
        purchases: history.as_ref().map(|history| bought(history, reader.lang)).unwrap_or_default(),
        lineage,
        certificates,
        ocop: stars.map(|d| OcopFacts { stars: d.stars, decision: d.number, expires_on: d.expires_on }),
        record: record(&rows),
    })
}

/// The steps of a lot, newest first, as anybody may know them.
pub(super) async fn way(
    cx: &mut Cx<'_>,
    history: &LotHistory,
    producer_shown: bool,
    reader: Reader<'_>,
) -> Result<Vec<StepFacts>> {
    let harvests: Vec<Day> = history.standing().filter(|step| step.is_harvest()).map(|step| step.at.day()).collect();
    let mut steps = Vec::new();
    for step in history.steps.iter().rev() {
        let photos = pictures(cx, reader.commune.id, &step.photos).await?;
        steps.push(step_facts(step, photos, &harvests, producer_shown, reader.lang));
    }
    Ok(steps)
}

/// The lots that went into a lot.
pub(super) async fn inputs_of(cx: &mut Cx<'_>, history: &LotHistory, reader: Reader<'_>) -> Result<Vec<InputFacts>> {
    let mut inputs = Vec::new();
    for used in &history.inputs {
        inputs.push(input(cx, reader, used).await?);
    }
    Ok(inputs)
}

/// The page of a lot that has no label of its own, by a label whose lot came of it.
fn one_tap_back(reader: Reader<'_>, lot: &str) -> String {
    format!("/t/{}/lo/{lot}", reader.through)
}

/// The certificates that speak for a product, and those of the place where the lot was made; those that end last
/// first.
pub async fn certificates(
    cx: &mut Cx<'_>,
    product: &Product,
    history: Option<&LotHistory>,
    reader: Reader<'_>,
) -> Result<Vec<CertificateFacts>> {
    let of_product = products::certificates(cx, reader.commune.id, product.id).await?;
    let facts = |c: products::Certificate| CertificateFacts {
        name: certificate_kind_name(&c.kind, reader.lang).to_owned(),
        valid: c.is_valid_on(reader.today),
        valid_when_made: None,
        kind: c.kind,
        number: c.number,
        issuer: c.issuer,
        scope: c.scope,
        expires_on: c.expires_on,
    };
    let mut all: Vec<CertificateFacts> = of_product.into_iter().map(facts).collect();
    if let Some(history) = history {
        let made_on = history.lot.made_on;
        let speaking = history.place_certificates.iter().filter(|c| c.speaks_for(made_on, reader.today));
        all.extend(speaking.map(|c| CertificateFacts {
            name: c.name(reader.lang).to_owned(),
            valid: c.is_valid_on(reader.today),
            valid_when_made: Some(c.is_valid_on(made_on)),
            kind: c.kind.clone(),
            number: c.number.clone(),
            issuer: c.issuer.clone(),
            scope: c.covers(reader.lang),
            expires_on: c.expires_on,
        }));
    }
    Ok(all)
}

/// The code of the growing area that a lot comes from; one that covered the day it was made goes before others.
fn growing_area(history: &LotHistory, today: Day) -> Option<String> {
    let made_on = history.lot.made_on;
    let codes = history.place_certificates.iter().filter(|c| c.is_growing_area() && c.speaks_for(made_on, today));
    codes.max_by_key(|c| (c.is_valid_on(made_on), c.is_valid_on(today))).map(|c| c.number.clone())
}

fn status(lot: Option<&LotFacts>, voided: bool, reader: Reader<'_>) -> Status {
    if lot.is_some_and(|lot| lot.recall.is_some()) {
        Status::Recalled
    } else if voided {
        Status::Voided
    } else if lot.is_some_and(|lot| lot.best_before.is_some_and(|last| last < reader.today)) {
        Status::Expired
    } else if lot.is_some_and(|lot| lot.part_recall.is_some()) {
        Status::PartRecalled
    } else if reader.unusual {
        Status::Unusual
    } else {
        Status::Issued
    }
}

/// The producer as far as its consents go; None without consent to labels.
pub async fn producer(
    cx: &mut Cx<'_>,
    commune: CommuneId,
    id: ProducerId,
    history: Option<&LotHistory>,
) -> Result<Option<ProducerFacts>> {
    let consents = producers::consents(cx, commune, id).await?;
    if !consents.contains(&ConsentField::Labels) {
        return Ok(None);
    }
    let producer: Producer = match history {
        Some(history) => history.producer.clone(),
        None => producers::by_id(cx, commune, id).await?.ok_or(sqlx::Error::RowNotFound)?,
    };
    let village = match producer.village_id {
        Some(village) => producers::village(cx, commune, village).await?.map(|village| village.name),
        None => None,
    };
    let with = |field, text: &str| (consents.contains(&field) && !text.is_empty()).then(|| text.to_owned());
    Ok(Some(ProducerFacts {
        url: (producer.state == State::Approved).then(|| producer.path()),
        address: with(ConsentField::Address, &producer.content.address),
        phone: with(ConsentField::Phone, &producer.content.phone),
        name: producer.name,
        village,
    }))
}

pub(super) fn product_facts(product: &Product, picture: Option<Picture>, lang: Lang) -> ProductFacts {
    let content = &product.content;
    ProductFacts {
        name: lang.pick_or(&product.name, &content.name_en).to_owned(),
        description: lang.pick_or(&content.description, &content.description_en).to_owned(),
        url: (product.state == State::Approved).then(|| product.path()),
        picture,
        net_quantity: content.net_quantity.clone(),
        storage: content.storage.clone(),
        warnings: content.warnings.clone(),
        origin: content.origin.clone(),
        standards: content.standards.clone(),
        gtin: content.gtin.clone(),
    }
}

/// The recalls that stand over a lot, gravest first.
pub(super) async fn recalls(cx: &mut Cx<'_>, commune: CommuneId, lot: LotId, lang: Lang) -> Result<Vec<Recall>> {
    let mut all = Vec::new();
    for recall in recall_store::of_lot(cx, commune, lot).await? {
        let pieces = recall_store::serials::of_recall(cx, commune, recall.id).await?;
        let piece = |p: &RunSerials| Pieces { run: p.run_number, first: p.serials.first, last: p.serials.last };
        let words = |grade: Grade| format!("{}: {}", grade.label(lang), grade.meaning(lang));
        all.push(Recall {
            id: recall.id,
            at: recall.at(),
            number: recall.number,
            grade: recall.grade,
            grade_text: recall.grade.map(words).unwrap_or_default(),
            url: recall.public_path(),
            pieces: pieces.iter().map(piece).collect(),
            reason: recall.notice,
        });
    }
    Ok(all)
}

pub(super) fn lot_facts(
    history: &LotHistory,
    product: &Product,
    standing: Vec<Recall>,
    reader: Reader<'_>,
) -> LotFacts {
    let lot = &history.lot;
    let (part, whole): (Vec<Recall>, Vec<Recall>) = standing.into_iter().partition(Recall::is_partial);
    let (own, others): (Vec<Recall>, Vec<Recall>) =
        part.into_iter().partition(|recall| Some(recall.id) == reader.taken_back);
    let recall = whole.into_iter().chain(own).next();
    let part_recall = others.into_iter().next().filter(|_| recall.is_none());
    let freshness =
        lot.best_before.filter(|_| recall.is_none()).and_then(|last| Freshness::of(lot.made_on, last, reader.today));
    LotFacts {
        code: lot.code.to_string(),
        harvested: matches!(family_of(&product.category), Some(Family::Fresh | Family::Grain | Family::Livestock)),
        made_on: lot.made_on,
        best_before: lot.best_before,
        best_before_corrected_on: history.date_changes.iter().find(|c| c.is_correction()).map(|c| c.changed_at.day()),
        quantity: lot.quantity_text(reader.lang),
        growing_area: growing_area(history, reader.today),
        recall,
        part_recall,
        freshness,
    }
}

/// Without consent to labels, what the producer wrote itself (names of places, notes, photos) may name it and
/// is left out; what happened, when and how much stays.
fn step_facts(
    step: &HistoryStep,
    photos: Vec<Picture>,
    harvests: &[Day],
    producer_shown: bool,
    lang: Lang,
) -> StepFacts {
    let mark = if step.is_recall() {
        "stop"
    } else if step.is_harvest() {
        "cut"
    } else {
        ""
    };
    StepFacts {
        step: step.key.clone(),
        title: step.label.text(lang).to_owned(),
        at: step.at,
        place: step.place.clone().filter(|_| producer_shown),
        amount: step.amount(lang),
        used: step.input_name.clone(),
        dose: step.dose.clone(),
        celsius: step.celsius.clone().map(|text| if lang == Lang::Vi { text.replace('.', ",") } else { text }),
        note: if producer_shown { step.public_note() } else { String::new() },
        withholding: step
            .withholding_days
            .filter(|days| *days > 0)
            .map(|days| Withholding::of(step.at.day(), days, harvests)),
        photos: if producer_shown { photos } else { Vec::new() },
        taken_back: !step.stands(),
        taken_back_why: step.correction.as_ref().map(|correction| correction.why(lang).to_owned()),
        mark,
    }
}

/// What was bought from outside, as anybody may know it.
pub fn bought(history: &LotHistory, lang: Lang) -> Vec<PurchaseFacts> {
    let facts = |one: &Purchase| PurchaseFacts {
        goods: one.goods.clone(),
        amount: one.amount(lang),
        bought_on: one.bought_on,
        supplier: one.public_supplier().map(str::to_owned),
    };
    history.purchases.iter().map(facts).collect()
}

async fn input(cx: &mut Cx<'_>, reader: Reader<'_>, used: &UsedLot) -> Result<InputFacts> {
    let commune = reader.commune.id;
    let label = store::code_of_lot(cx, commune, used.lot.id).await?.and_then(|id| code_of(commune, id));
    Ok(InputFacts {
        product: used.product.clone(),
        lot: used.lot.code.to_string(),
        amount: used
            .quantity
            .map(|(thousandths, uom)| crate::traceability::model::amount_text(thousandths, uom, reader.lang)),
        made_on: used.lot.made_on,
        url: label
            .map_or_else(|| one_tap_back(reader, used.lot.code.as_str()), |code| format!("/t/{}", code.compact())),
        recalled: used.lot.state == LotState::Recalled,
    })
}

/// The pictures among these files that visitors may see.
pub async fn pictures(cx: &mut Cx<'_>, commune: CommuneId, ids: &[FileId]) -> Result<Vec<Picture>> {
    let mut pictures = Vec::new();
    for id in ids {
        let Some(row) = files::by_id(cx, commune, *id).await? else { continue };
        if row.public && row.state == FileState::Ready {
            let (width, height) = (row.width.unwrap_or(4).max(1), row.height.unwrap_or(3).max(1));
            let height = (i64::from(height) * i64::from(SHOWN_WIDTH) / i64::from(width)).clamp(1, 4_000);
            pictures.push(Picture { id: *id, width: SHOWN_WIDTH, height: height as i32 });
        }
    }
    Ok(pictures)
}

/// Counts the events and computes each one's hash anew: a row that was changed behind the program's back no
/// longer gives the hash under which it was stored.
fn record(rows: &[TraceEvent]) -> RecordFacts {
    let matches = |row: &&TraceEvent| {
        serde_json::from_str::<Value>(&row.body)
            .is_ok_and(|event| event_hash(&event, &Namespaces::default(), &[]).id == row.event_hash)
    };
    let last = rows.iter().max_by_key(|row| (row.record_time, row.id));
    RecordFacts {
        events: rows.len(),
        matching: rows.iter().filter(matches).count(),
        last_recorded: last.map(|row| row.record_time),
        last_hash: last.map(|row| row.event_hash.clone()),
    }
}
