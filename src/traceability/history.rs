//! A lot's whole way, put together from its rows: [`lot_history`] is what pages and programs show of a lot.
//!
//! Steps come earliest first, in both languages; what was taken back stays, with its correction.

use std::collections::{HashMap, HashSet};

use serde_json::Value;

use super::chain::model::Work;
use super::event_lots::LotRole;
use super::facts::FactKind;
use super::model::{Lot, Place, amount_text, templates};
use super::place_certificates;
use super::place_certificates::model::PlaceCertificate;
use super::purchases;
use super::purchases::model::{PURCHASE, Purchase};
use super::quantity::Uom;
use super::record::PREFIX;
use super::step_words::{bilingual, chain_words, icon_of, notice_icon};
use super::store::best_before::Change;
use super::store::events::{InputLot, TraceEvent};
use super::store::{best_before, events, lots, places};
use super::template::{Bilingual, StepRole};
use super::warnings::{PastStep, Warning, harvest_allowed_from, order_warnings, withholding_warnings};
use crate::clock::{Day, Time};
use crate::db::{Cx, Result};
use crate::ids::{CommuneId, EventId, FileId, LotId, PlaceId, ProducerId, ProductId};
use crate::producers::model::Producer;
use crate::products::model::Product;
use crate::web::i18n::Lang;

/// Step key of a recall.
pub const RECALL: &str = "recall";
/// Step key of the end of a recall.
pub const RECALL_LIFTED: &str = "recall_lifted";

/// A lot with everything that is told of it.
#[derive(Clone, Debug)]
pub struct LotHistory {
    /// The lot.
    pub lot: Lot,
    /// Of what.
    pub product: Product,
    /// Whose.
    pub producer: Producer,
    /// Where it was made or harvested.
    pub place: Option<Place>,
    /// Certificates of that place that the office accepted.
    pub place_certificates: Vec<PlaceCertificate>,
    /// Name of the place's village, else of the producer's.
    pub village: Option<String>,
    /// What happened, earliest first.
    pub steps: Vec<HistoryStep>,
    /// Lots that were used up to make this one.
    pub inputs: Vec<UsedLot>,
    /// What was bought from outside for it.
    pub purchases: Vec<Purchase>,
    /// How its last good day was changed, latest first.
    pub date_changes: Vec<Change>,
    /// Harvests that came before a withholding period was over, or before anything could be harvested.
    pub warnings: Vec<Warning>,
    /// First day on which harvest is in order after all inputs used so far; None: nothing is withheld.
    pub harvest_from: Option<Day>,
}

/// One step of the way.
#[derive(Clone, Debug)]
pub struct HistoryStep {
    /// Row of the event.
    pub id: EventId,
    /// Its id in EPCIS.
    pub event_id: String,
    /// Key of its template; [`RECALL`] or [`RECALL_LIFTED`]; a step of another service has a key of its own.
    pub key: String,
    /// What it means; None for a recall and for steps that are not known here.
    pub role: Option<StepRole>,
    /// Name of its drawing in `web/templates/icons.html`.
    pub icon: &'static str,
    /// The lot's part in it.
    pub part: LotRole,
    /// True for lots made from lots by this lot's own producer.
    pub is_own_work: bool,
    /// What it is called.
    pub label: Bilingual,
    /// What the timeline says.
    pub told: Bilingual,
    /// When it happened.
    pub at: Time,
    /// When it was recorded.
    pub recorded_at: Time,
    /// Name of the place.
    pub place: Option<String>,
    /// How much, in thousandths of the unit.
    pub quantity: Option<(i64, Uom)>,
    /// What was used.
    pub input_name: Option<String>,
    /// How much of it.
    pub dose: Option<String>,
    /// Days to wait after it before harvest.
    pub withholding_days: Option<u16>,
    /// Degrees Celsius, as written in the event.
    pub celsius: Option<String>,
    /// Free text of the producer, beside the event.
    pub note: String,
    /// Photos.
    pub photos: Vec<FileId>,
    /// Set if it was taken back.
    pub correction: Option<Correction>,
    /// The whole event as JSON text.
    pub body: String,
}

/// How a step was taken back.
#[derive(Clone, Debug)]
pub struct Correction {
    /// When.
    pub at: Time,
    /// CBV word: `did_not_occur` or `incorrect_data`.
    pub reason: String,
    /// In the producer's words.
    pub note: String,
}

/// A lot that was used up to make another.
#[derive(Clone, Debug)]
pub struct UsedLot {
    /// In which event.
    pub event: EventId,
    /// The lot.
    pub lot: Lot,
    /// Name of its product.
    pub product: String,
    /// Short address of its product.
    pub product_path: String,
    /// How much of it, in thousandths of the unit.
    pub quantity: Option<(i64, Uom)>,
}

impl Correction {
    /// What was wrong, in words that name nobody.
    pub fn why(&self, lang: Lang) -> &'static str {
        match self.reason.as_str() {
            "did_not_occur" => lang.pick("việc này không xảy ra", "it never happened"),
            _ => lang.pick("có làm nhưng ghi sai", "it happened, but not as noted"),
        }
    }
}

impl Bilingual {
    /// The text in a language.
    pub fn text(&self, lang: Lang) -> &str {
        lang.pick(&self.vi, &self.en)
    }
}

impl HistoryStep {
    /// True if it was not taken back.
    pub fn stands(&self) -> bool {
        self.correction.is_none()
    }

    /// True for a recall.
    pub fn is_recall(&self) -> bool {
        self.key == RECALL
    }

    /// True for a harvest, which the timeline marks with a fruit.
    pub fn is_harvest(&self) -> bool {
        self.role == Some(StepRole::Harvest)
    }

    /// True if the lot's producer may take it back: a step of the diary or its own work with lots, while it stands.
    pub fn can_be_corrected(&self) -> bool {
        self.stands() && self.is_producers()
    }

    /// True for what the lot's own producer tells: a step of the diary, its work with lots, what it bought.
    pub fn is_producers(&self) -> bool {
        self.role.is_some() || self.is_own_work || self.key == PURCHASE
    }

    /// The last day of its withholding period.
    pub fn withheld_to(&self) -> Option<Day> {
        let days = self.withholding_days.filter(|days| *days > 0)?;
        Some(self.at.day().plus_days(i64::from(days)))
    }

    /// What the producer wrote to it and anybody may read: not to whom it went, from whom it came and by which vehicle.
    /// Those people agreed to nothing.
    pub fn public_note(&self) -> String {
        let others = |kind| matches!(kind, FactKind::Destination | FactKind::Source | FactKind::Vehicle);
        let facts = templates().step(&self.key).map_or(&[][..], |step| &step.facts);
        let labels: Vec<&str> = facts.iter().filter(|f| others(f.kind)).map(|f| f.label.vi.as_str()).collect();
        let names_others = |line: &&str| labels.iter().any(|label| line.starts_with(&format!("{label}: ")));
        self.note.lines().filter(|line| !names_others(line)).collect::<Vec<_>>().join("\n")
    }

    /// How much, for people.
    pub fn amount(&self, lang: Lang) -> Option<String> {
        self.quantity.map(|(thousandths, uom)| amount_text(thousandths, uom, lang))
    }
}

impl LotHistory {
    /// The inputs used (treatments, fertiliser, feed) of steps that stand.
    pub fn inputs_used(&self) -> impl Iterator<Item = &HistoryStep> {
        self.steps.iter().filter(|step| step.stands() && step.input_name.is_some())
    }

    /// Steps that were not taken back.
    pub fn standing(&self) -> impl DoubleEndedIterator<Item = &HistoryStep> {
        self.steps.iter().filter(|step| step.stands())
    }
}

/// Reads everything that is told of a lot. A handful of statements, whatever the lot went through.
pub async fn lot_history(cx: &mut Cx<'_>, commune: CommuneId, lot: Lot) -> Result<LotHistory> {
    let product = crate::products::store::by_id(cx, commune, lot.product_id).await?.ok_or(sqlx::Error::RowNotFound)?;
    let producer = crate::producers::store::by_id(cx, commune, lot.producer_id).await?;
    let producer = producer.ok_or(sqlx::Error::RowNotFound)?;
    let places = places::of_producer(cx, commune, lot.producer_id).await?;
    let rows = events::events_of_lot(cx, commune, lot.id).await?;
    let photos = events::files_of_lot(cx, commune, lot.id).await?;
    let steps = steps(rows, &photos, &places, lot.producer_id);
    // What was packed into a unit that was opened went into nothing.
    let opened = steps.iter().any(|step| step.key == "unpack" && step.part == LotRole::Parent && step.stands());
    let is_undone = |step: &&HistoryStep| opened && step.part == LotRole::Parent;
    let undone: Vec<EventId> = steps.iter().filter(is_undone).map(|step| step.id).collect();
    let rows = events::inputs_of_lot(cx, commune, lot.id).await?;
    let kept = rows.into_iter().filter(|row| !undone.contains(&row.event_id)).collect();
    let inputs = used_lots(cx, commune, kept).await?;
    let date_changes = best_before::of_lot(cx, commune, lot.id).await?;
    let purchases = purchases::store::of_lots(cx, commune, &[lot.id]).await?;
    let place = lot.place_id.and_then(|id| places.into_iter().find(|place| place.id == id));
    let place_certificates = match &place {
        Some(place) => place_certificates::store::approved(cx, commune, place.id).await?,
        None => Vec::new(),
    };
    let village = match place.as_ref().and_then(|place| place.village_id).or(producer.village_id) {
        Some(id) => crate::producers::store::village(cx, commune, id).await?.map(|village| village.name),
        None => None,
    };
    let past: Vec<PastStep<'_>> = steps.iter().filter(|step| step.stands()).filter_map(past_step).collect();
    let (warnings, harvest_from) = (warnings_in(&past, &lot), harvest_allowed_from(&past));
    let harvest_from = harvest_from.and_then(|day| Day::new(day.year(), day.month().into(), day.day()).ok());
    Ok(LotHistory {
        lot,
        product,
        producer,
        place,
        place_certificates,
        village,
        steps,
        inputs,
        purchases,
        date_changes,
        warnings,
        harvest_from,
    })
}

/// The lots of these rows: one statement for all, and one for each product among them.
async fn used_lots(cx: &mut Cx<'_>, commune: CommuneId, rows: Vec<InputLot>) -> Result<Vec<UsedLot>> {
    let ids: Vec<LotId> = rows.iter().map(|row| row.lot_id).collect::<HashSet<_>>().into_iter().collect();
    let lots: HashMap<LotId, Lot> =
        lots::among(cx, commune, &ids).await?.into_iter().map(|row| (row.lot.id, row.lot)).collect();
    let mut products: HashMap<ProductId, Product> = HashMap::new();
    for lot in lots.values() {
        if !products.contains_key(&lot.product_id)
            && let Some(product) = crate::products::store::by_id(cx, commune, lot.product_id).await?
        {
            products.insert(product.id, product);
        }
    }
    let used = |row: InputLot| {
        let lot = lots.get(&row.lot_id)?;
        let product = products.get(&lot.product_id)?;
        Some(UsedLot {
            event: row.event_id,
            lot: lot.clone(),
            product_path: product.path(),
            product: product.name.clone(),
            quantity: row.quantity.zip(row.uom),
        })
    };
    Ok(rows.into_iter().filter_map(used).collect())
}

/// What a person should look at in the steps of a lot that stand.
pub fn warnings_in(steps: &[PastStep<'_>], lot: &Lot) -> Vec<Warning> {
    let mut warnings = withholding_warnings(steps);
    warnings.extend(order_warnings(steps, lot.made_on.start().local().date()));
    warnings
}

/// A step as the rules on steps see it.
pub fn past_step(step: &HistoryStep) -> Option<PastStep<'_>> {
    Some(PastStep {
        role: step.role?,
        at: step.at.utc(),
        input_name: step.input_name.as_deref(),
        withholding_days: step.withholding_days,
    })
}

fn steps(rows: Vec<TraceEvent>, photos: &[(EventId, FileId)], places: &[Place], owner: ProducerId) -> Vec<HistoryStep> {
    let names: HashMap<PlaceId, &str> = places.iter().map(|place| (place.id, place.name.as_str())).collect();
    let mut steps: Vec<HistoryStep> = Vec::new();
    let mut corrections: HashMap<String, Correction> = HashMap::new();
    for row in rows {
        if row.is_error_declaration {
            let reason = reason_of(&row.body);
            corrections.insert(row.event_id, Correction { at: row.record_time, reason, note: row.note });
        } else {
            let photos = photos.iter().filter(|(event, _)| *event == row.id).map(|(_, file)| *file).collect();
            let place = row.place_id.and_then(|id| names.get(&id)).map(|name| (*name).to_owned());
            let is_own_work = row.producer_id == owner && row.step.parse::<Work>().is_ok();
            steps.push(HistoryStep { is_own_work, ..step(row, photos, place) });
        }
    }
    for step in &mut steps {
        step.correction = corrections.remove(&step.event_id);
    }
    steps
}

fn reason_of(body: &str) -> String {
    let event: Value = serde_json::from_str(body).unwrap_or_default();
    event["errorDeclaration"]["reason"].as_str().unwrap_or_default().to_owned()
}

fn step(row: TraceEvent, photos: Vec<FileId>, place: Option<String>) -> HistoryStep {
    let event: Value = serde_json::from_str(&row.body).unwrap_or_default();
    let own = |name: &str| &event[format!("{PREFIX}:{name}").as_str()];
    let text = |name: &str| own(name).as_str().map(str::to_owned);
    let report = &event["sensorElementList"][0]["sensorReport"][0]["value"];
    let template = templates().step(&row.step);
    let (label, told) = match (template, row.step.as_str()) {
        (Some(template), _) => (template.label.clone(), template.told.clone()),
        (None, RECALL) => (bilingual("Thu hồi", "Recall"), bilingual("Lô hàng bị thu hồi", "The lot was recalled")),
        (None, RECALL_LIFTED) => (
            bilingual("Thôi thu hồi", "End of the recall"),
            bilingual("Đã xem xét và thôi thu hồi", "It was examined and the recall ended"),
        ),
        (None, key) => match chain_words(key, row.role) {
            Some(words) => (words.clone(), words),
            None => (bilingual("Việc khác", "Other work"), bilingual("Đã ghi một việc khác", "Other work was noted")),
        },
    };
    HistoryStep {
        role: template.map(|template| template.role),
        part: row.role,
        is_own_work: false,
        icon: template.map_or_else(|| notice_icon(&row.step), |template| icon_of(&template.icon)),
        label,
        told,
        at: row.event_time,
        recorded_at: row.record_time,
        place,
        quantity: row.quantity.zip(row.uom).filter(|_| !matches!(row.role, LotRole::Input | LotRole::Child)),
        input_name: text("inputName"),
        dose: text("dose"),
        withholding_days: own("withholdingDays").as_u64().and_then(|days| u16::try_from(days).ok()),
        celsius: report.is_number().then(|| report.to_string()),
        note: row.note,
        photos,
        correction: None,
        id: row.id,
        event_id: row.event_id,
        key: row.step,
        body: row.body,
    }
}
