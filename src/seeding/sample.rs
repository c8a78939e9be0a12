//! The sample commune as data: villages, producers, products, lot parameters and support, from `seed/demo`.
//!
//! Start at [`Sample::load`]. Everything is visibly a sample; days are offsets from the day of seeding (negative
//! is the past) and keys link the parts. No database here: the loader turns these into records.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::producers::model::{Channel, ConsentField, ProducerKind, State};
use crate::products::model::Availability;
use crate::recalls::model::Grade;
use crate::support::needs::model::NeedState;
use crate::support::state::SupportState;

use super::lists::Family;

/// Days from the day of seeding; negative is the past.
pub type DayOffset = i64;

/// A village of the sample commune.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SampleVillage {
    pub key: String,
    pub name: String,
    /// True where no village of that name is known in the commune.
    pub sample: bool,
}

/// What an officer answered.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SampleReview {
    pub reason: String,
    pub fields: Vec<FieldNote>,
}

/// A change asked of one field.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FieldNote {
    pub field: String,
    pub message: String,
}

/// A producer of any of the five kinds.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SampleProducer {
    pub key: String,
    pub kind: ProducerKind,
    pub trade_name: String,
    pub representative: String,
    pub phone: String,
    pub phone_confirmed: bool,
    pub tax_code: Option<String>,
    /// Key of the village.
    pub village: String,
    pub address: String,
    pub story_vi: String,
    pub story_en: String,
    /// Fields that may be shown in public.
    pub consents: Vec<ConsentField>,
    pub consent_channel: Channel,
    pub registered_day: DayOffset,
    pub state: State,
    pub review: Option<SampleReview>,
}

/// A price in whole đồng.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum SamplePrice {
    Ask,
    Fixed { dong: i64 },
    Range { from: i64, to: i64 },
}

/// Months (1–12) in which a product is to be had, and those in which it is at its best.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SampleSeason {
    pub months: Vec<u8>,
    pub peak: Vec<u8>,
}

/// A certificate; expired if `expires_day` is negative.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SampleCertificate {
    pub kind: String,
    pub number: String,
    pub issuer: String,
    pub scope: String,
    pub issued_day: DayOffset,
    pub expires_day: Option<DayOffset>,
}

/// Where a product is sold.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SampleChannel {
    pub kind: String,
    pub label: String,
}

/// Which picture to draw: see [`super::pictures::Drawings::jpeg`].
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SamplePicture {
    pub drawing: String,
    pub variant: u32,
    pub colours: Vec<usize>,
    pub alt_vi: String,
    pub alt_en: String,
}

/// A recorded OCOP decision; its term is the rule's.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SampleOcop {
    pub stars: u8,
    pub decision_no: String,
    pub authority: String,
    pub scope: String,
    pub decided_day: DayOffset,
}

/// A change to a live product that waits for review; what is absent stays as it is.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PendingEdit {
    pub submitted_day: DayOffset,
    pub price: Option<SamplePrice>,
    pub availability: Option<Availability>,
    pub summary_vi: Option<String>,
    pub summary_en: Option<String>,
}

/// A product or service.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SampleProduct {
    pub key: String,
    /// Key of the producer.
    pub producer: String,
    /// Code in `seed/categories.json`.
    pub category: String,
    pub name_vi: String,
    pub name_en: String,
    pub summary_vi: String,
    pub summary_en: String,
    pub story_vi: Option<String>,
    pub price: SamplePrice,
    /// Code in `seed/units.json`.
    pub unit: String,
    pub pack: Option<String>,
    pub season: SampleSeason,
    pub availability: Availability,
    pub warnings: Option<String>,
    pub origin: String,
    pub shelf_life_days: Option<i32>,
    pub standards: Vec<String>,
    pub certificates: Vec<SampleCertificate>,
    pub channels: Vec<SampleChannel>,
    pub pictures: Vec<SamplePicture>,
    pub ocop: Option<SampleOcop>,
    /// Shown first on the sample commune's home page.
    pub featured: bool,
    pub state: State,
    pub registered_day: DayOffset,
    pub review: Option<SampleReview>,
    pub pending_edit: Option<PendingEdit>,
}

/// Something put on a plot or given to animals.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SampleInput {
    pub name: String,
    pub dose: String,
    pub withholding_days: u16,
}

/// How lots of one product look.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LotPattern {
    /// Key of the product.
    pub product: String,
    pub family: Family,
    pub typical_quantity: i64,
    /// UN/CEFACT code.
    pub uom: String,
    /// How many lots to make; 400 over all products and chains.
    pub count: usize,
    pub place: String,
    pub inputs: Vec<SampleInput>,
    pub materials: Vec<String>,
    /// Drawing for the photo of a step, by the step's key in `seed/step-templates.json`.
    pub step_pictures: BTreeMap<String, String>,
}

/// A lot that is taken back.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SampleRecall {
    pub product: String,
    pub made_day: DayOffset,
    pub recalled_day: DayOffset,
    pub quantity: i64,
    pub uom: String,
    pub reason_vi: String,
    pub reason_en: String,
    pub advice_vi: String,
    pub advice_en: String,
    pub grade: Grade,
    /// Set if it ended, with the reason.
    #[serde(default)]
    pub lifted: Option<SampleLift>,
}

/// The end of a recall.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SampleLift {
    pub day: DayOffset,
    pub reason_vi: String,
}

/// A recall of some pieces of the first lot whose pieces have labels of their own.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SamplePart {
    pub first: i64,
    pub last: i64,
    pub recalled_day: DayOffset,
    pub grade: Grade,
    pub reason_vi: String,
    pub advice_vi: String,
}

/// A recall that was only practised.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SampleDrill {
    pub product: String,
    pub day: DayOffset,
    /// How long it took.
    pub seconds: u64,
    pub grade: Grade,
    pub reason_vi: String,
}

/// A lot that is handed on by its producer and goes into another product.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ChainInput {
    pub product: String,
    /// Whole units of the product's pattern.
    pub quantity: i64,
}

/// Part of a chain's output, packed.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ChainPacked {
    /// How much of the output, in its unit.
    pub quantity: i64,
    /// Into how many pieces.
    pub units: i64,
}

/// Lots of several producers that become one product: what the graph of lots shows.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SampleChain {
    pub inputs: Vec<ChainInput>,
    pub made_day: DayOffset,
    /// Key of the product that is made.
    pub output: String,
    pub quantity: i64,
    pub packed: Option<ChainPacked>,
}

impl SampleChain {
    /// How many lots it makes.
    pub fn lots(&self) -> usize {
        self.inputs.len() + 1 + usize::from(self.packed.is_some())
    }
}

/// Everything from which lots are made up.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SampleLots {
    pub products: Vec<LotPattern>,
    pub recalls: Vec<SampleRecall>,
    pub parts: Vec<SamplePart>,
    pub drills: Vec<SampleDrill>,
    pub chains: Vec<SampleChain>,
}

/// What a producer got from the office.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SampleSupport {
    pub key: String,
    /// Code in `seed/support-kinds.json`.
    pub kind: String,
    pub producer: String,
    pub product: Option<String>,
    pub day: DayOffset,
    pub quantity: i64,
    pub approved_dong: i64,
    pub paid_dong: i64,
    pub note: String,
    pub void_reason: Option<String>,
    /// Delivered unless it says otherwise.
    #[serde(default)]
    pub state: Option<SupportState>,
    /// What came of it.
    #[serde(default)]
    pub result: Option<String>,
}

/// A support programme.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SampleProgramme {
    pub key: String,
    /// Years from this one.
    pub year: i32,
    pub name: String,
    pub budget_dong: i64,
    pub source: String,
    pub legal_basis: String,
    pub targets: String,
    pub closed: bool,
    /// Support of these kinds in its year is of it.
    pub kinds: Vec<String>,
}

/// What a producer says it needs.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SampleNeed {
    pub producer: String,
    pub product: Option<String>,
    pub kind: String,
    pub words: String,
    pub state: NeedState,
    pub day: DayOffset,
    pub answer: String,
    pub later: String,
}

/// The office's plan and what is asked of it.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SamplePlan {
    pub programmes: Vec<SampleProgramme>,
    pub needs: Vec<SampleNeed>,
}

/// The whole sample commune.
#[derive(Clone, Debug)]
pub struct Sample {
    pub villages: Vec<SampleVillage>,
    pub producers: Vec<SampleProducer>,
    pub products: Vec<SampleProduct>,
    pub lots: SampleLots,
    pub support: Vec<SampleSupport>,
    pub plan: SamplePlan,
}

impl Sample {
    /// Reads the embedded files.
    ///
    /// # Errors
    /// When one of them is not JSON of the right shape.
    pub fn load() -> Result<Self, serde_json::Error> {
        Ok(Self {
            villages: serde_json::from_str(include_str!("../../seed/demo/villages.json"))?,
            producers: serde_json::from_str(include_str!("../../seed/demo/producers.json"))?,
            products: serde_json::from_str(include_str!("../../seed/demo/products.json"))?,
            lots: serde_json::from_str(include_str!("../../seed/demo/lots.json"))?,
            support: serde_json::from_str(include_str!("../../seed/demo/support.json"))?,
            plan: serde_json::from_str(include_str!("../../seed/demo/support-plan.json"))?,
        })
    }
}

#[cfg(test)]
mod tests;
