//! The passport of a lot: the ten items of Thông tư 02/2024/TT-BKHCN and the minimum of the digital product passport
//! (Nghị định 37/2026/NĐ-CP, article 32), each with its value or null, and what is missing by name.
//!
//! [`Passport::of`] is pure. Its JSON is described by `lot-passport.schema.json` beside this file, which is served at
//! [`SCHEMA_PATH`].

use serde::Serialize;

use super::super::model::{LotState, family_of, templates};
use super::super::template::{Family, StepRole};
use super::load::LotPapers;
use super::texts::Texts;
use crate::clock::{Day, Time};
use crate::db::words;
use crate::labels::scan::facts::{CertificateFacts, PurchaseFacts};
use crate::labels::scan::load::bought;
use crate::web::i18n::Lang;

/// Address of the schema.
pub const SCHEMA_PATH: &str = "/api/schema/lot-passport.json";
/// The schema (JSON Schema, draft 2020-12).
pub const SCHEMA: &str = include_str!("lot-passport.schema.json");
/// The kind of certificate that registers a mark.
const TRADEMARK: &str = "trademark";
/// The kinds of certificate that say by which standard something was made.
const NORMS: [&str; 6] = ["vietgap", "globalgap", "organic", "food-safety", "haccp", "iso-22000"];

words! {
    /// What a passport may lack.
    Item {
        /// TT 02/2024 item 2.
        ProductPicture = "product_picture": "ảnh sản phẩm" / "picture of the product",
        /// TT 02/2024 item 3, NĐ 37/2026: the producer did not agree to be named.
        ProducerName = "producer_name": "tên cơ sở (chưa đồng ý nêu trên tem)" / "producer's name (no consent for labels)",
        /// TT 02/2024 item 4.
        ProducerAddress = "producer_address": "địa chỉ cơ sở" / "producer's address",
        /// TT 02/2024 item 5: where it was harvested or made.
        OriginStage = "origin_stage": "nơi và lúc thu hoạch, làm ra" / "where and when it was harvested or made",
        /// TT 02/2024 item 5: where it was packed.
        PackingStage = "packing_stage": "nơi đóng gói" / "where it was packed",
        /// TT 02/2024 item 7, NĐ 37/2026 unique id.
        TraceCode = "trace_code": "mã truy xuất (chưa in tem)" / "trace code (no label was issued)",
        /// TT 02/2024 item 10.
        Standards = "standards": "tiêu chuẩn áp dụng" / "standards applied",
        /// NĐ 37/2026: last place of processing.
        Origin = "origin": "nơi chế biến cuối cùng" / "last place of processing",
        /// NĐ 37/2026: last good day.
        ExpiresOn = "expires_on": "hạn dùng của lô" / "the lot's last good day",
        /// NĐ 37/2026: the national portal; this service is not connected to it.
        NationalPortal = "national_portal": "liên kết Cổng truy xuất quốc gia" / "link to the national portal",
    }
}

/// Who can mend what is missing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Mender {
    /// The producer, by a form.
    Producer,
    /// The commune, by connecting the service.
    Commune,
}

impl Item {
    /// Who can mend it.
    pub const fn mender(self) -> Mender {
        match self {
            Self::NationalPortal => Mender::Commune,
            _ => Mender::Producer,
        }
    }

    /// The form where the producer mends it.
    pub fn mend_at(self, papers: &LotPapers) -> Option<String> {
        let h = &papers.history;
        let (producer, product, lot) = (&h.producer.short, &h.product.short, &h.lot.code);
        Some(match self {
            Self::ProductPicture => format!("/cua-toi/san-pham/{product}/anh"),
            Self::ProducerName => format!("/cua-toi/co-so/{producer}/tem"),
            Self::ProducerAddress => format!("/cua-toi/co-so/{producer}/noi"),
            Self::OriginStage | Self::PackingStage if !h.lot.is_open() => return None,
            Self::OriginStage => step_form(papers, &[StepRole::Harvest, StepRole::Making]),
            Self::PackingStage => step_form(papers, &[StepRole::Packing]),
            Self::TraceCode if h.lot.is_recalled() => return None,
            Self::TraceCode => format!("/cua-toi/tem/moi?lo={lot}"),
            Self::Standards | Self::Origin => format!("/cua-toi/san-pham/{product}/nguon-goc"),
            Self::ExpiresOn => format!("/cua-toi/san-pham/{product}/mua-vu"),
            Self::NationalPortal => return None,
        })
    }
}

/// The form of the lot's first step with one of these roles; where its family has none, all its steps.
fn step_form(papers: &LotPapers, roles: &[StepRole]) -> String {
    let h = &papers.history;
    let steps = family_of(&h.product.category).and_then(|family| templates().family(family));
    let step = steps.and_then(|steps| steps.steps.iter().find(|step| roles.contains(&step.role)));
    let chosen = step.map(|step| format!("?viec={}", step.key)).unwrap_or_default();
    format!("/cua-toi/lo/{}/ghi{chosen}", h.lot.code)
}

/// The whole passport. Fields are added, never renamed.
#[derive(Clone, Debug, Serialize)]
pub struct Passport {
    /// Address of the schema.
    #[serde(rename = "$schema")]
    pub schema: String,
    /// Version of the schema.
    pub version: &'static str,
    /// Language of the words in it.
    pub language: &'static str,
    /// When the last event of the lot was recorded, else when the lot was.
    pub updated_at: Time,
    /// Set while the lot is recalled: since when, and why.
    pub recall: Option<Recall>,
    /// Thông tư 02/2024/TT-BKHCN.
    pub traceability: TenItems,
    /// Nghị định 37/2026/NĐ-CP, article 32.
    pub digital_passport: DigitalPassport,
    /// What is missing.
    pub missing: Vec<Missing>,
}

/// A recall that stands.
#[derive(Clone, Debug, Serialize)]
pub struct Recall {
    /// Since when.
    pub at: Option<Time>,
    /// Why.
    pub reason: String,
}

/// The ten items in their order.
#[derive(Clone, Debug, Serialize)]
pub struct TenItems {
    /// 1.
    pub product_name: String,
    /// 2: address of the picture.
    pub product_picture: Option<String>,
    /// 3.
    pub producer_name: Option<String>,
    /// 4.
    pub producer_address: Option<String>,
    /// 5.
    pub stages: Vec<Stage>,
    /// 6.
    pub time_of_production: Day,
    /// 7: code on the label.
    pub trace_code: Option<String>,
    /// 8, if any: the registered mark.
    pub brand: Option<String>,
    /// 9, if any.
    pub shelf_life: Option<ShelfLife>,
    /// 10.
    pub standards: Vec<String>,
    /// One step back beyond the system: goods bought from outside.
    pub outside_inputs: Vec<PurchaseFacts>,
}

/// A stage (công đoạn): product, place and time.
#[derive(Clone, Debug, Serialize)]
pub struct Stage {
    /// Key of its step.
    pub step: String,
    /// What it is called.
    pub name: String,
    /// The lot's code under which the product went through it.
    pub product_code: String,
    /// Id of the place.
    pub place_code: Option<String>,
    /// Name of the place.
    pub place_name: Option<String>,
    /// When.
    pub time: Time,
}

/// How long it keeps.
#[derive(Clone, Debug, Serialize)]
pub struct ShelfLife {
    /// Days from the day it was made.
    pub days: Option<i32>,
    /// Last good day.
    pub best_before: Option<Day>,
}

/// The minimum of article 32.
#[derive(Clone, Debug, Serialize)]
pub struct DigitalPassport {
    /// Name of the product.
    pub name: String,
    /// GTIN, if any.
    pub gtin: Option<String>,
    /// Who makes it.
    pub producer: Maker,
    /// Last place of processing.
    pub origin: Option<String>,
    /// Where its history is told.
    pub traceability: Option<String>,
    /// Certificates.
    pub certificates: Vec<CertificateFacts>,
    /// Day it was made.
    pub made_on: Day,
    /// Last good day.
    pub expires_on: Option<Day>,
    /// Warnings, if any.
    pub warnings: Option<String>,
    /// Unique id: of the lot, as events name it.
    pub unique_id: String,
    /// Its page at the national portal.
    pub national_portal: Option<String>,
}

/// Name, address and id of the producer.
#[derive(Clone, Debug, Serialize)]
pub struct Maker {
    /// Trade name.
    pub name: Option<String>,
    /// Address.
    pub address: Option<String>,
    /// As events name it.
    pub id: String,
}

/// Something that is missing.
#[derive(Clone, Debug, Serialize)]
pub struct Missing {
    /// Which.
    pub item: &'static str,
    /// In words.
    pub name: String,
    /// Who can mend it.
    pub mended_by: Mender,
    #[serde(skip)]
    what: Item,
}

impl Missing {
    /// The form where the producer mends it.
    pub fn mend_at(&self, papers: &LotPapers) -> Option<String> {
        self.what.mend_at(papers)
    }

    /// True if the producer can mend it.
    pub fn is_producers(&self) -> bool {
        self.mended_by == Mender::Producer
    }
}

impl Passport {
    /// The passport of a lot.
    pub fn of(papers: &LotPapers, lang: Lang) -> Self {
        let traceability = ten_items(papers, lang);
        let digital_passport = digital_passport(papers, &traceability, lang);
        let missing = missing(papers, &traceability, &digital_passport);
        let lot = &papers.history.lot;
        let recalled = lot.state == LotState::Recalled;
        Self {
            schema: format!("{}{SCHEMA_PATH}", papers.origin),
            version: "1.0",
            language: lang.tag(),
            updated_at: papers.rows.iter().map(|row| row.record_time).max().unwrap_or(lot.created_at),
            recall: recalled
                .then(|| Recall { at: lot.recalled_at, reason: lot.recall_reason.clone().unwrap_or_default() }),
            traceability,
            digital_passport,
            missing: missing
                .into_iter()
                .map(|what| Missing {
                    item: what.word(),
                    name: what.label(lang).to_owned(),
                    mended_by: what.mender(),
                    what,
                })
                .collect(),
        }
    }
}

fn told(text: &str) -> Option<String> {
    (!text.trim().is_empty()).then(|| text.to_owned())
}

fn ten_items(papers: &LotPapers, lang: Lang) -> TenItems {
    let h = &papers.history;
    let content = &h.product.content;
    let producer = papers.producer();
    let valid = |c: &&CertificateFacts| c.valid;
    let mark = papers.certificates.iter().filter(valid).find(|c| c.kind == TRADEMARK);
    let norms = papers.certificates.iter().filter(valid).filter(|c| NORMS.contains(&c.kind.as_str()));
    let standards = content.standards.lines().map(str::trim).filter(|line| !line.is_empty()).map(str::to_owned);
    let (days, best_before) = (content.shelf_life_days.filter(|days| *days > 0), h.lot.best_before);
    TenItems {
        product_name: h.product.name.clone(),
        product_picture: papers.picture.map(|id| format!("{}{}", papers.origin, crate::files::picture_url(id, 'm'))),
        producer_name: producer.map(|producer| producer.name.clone()),
        producer_address: producer.and_then(|producer| {
            let t = Texts(lang);
            let (commune, city) = (&papers.area.0, &papers.area.1);
            let village = producer.village.as_ref().map(|village| t.address(village, commune, city))?;
            Some([producer.address.clone(), Some(village)].into_iter().flatten().collect::<Vec<_>>().join(", "))
        }),
        stages: stages(papers, lang),
        time_of_production: h.lot.made_on,
        trace_code: papers.label.map(|code| code.to_string()),
        brand: mark.map(|mark| {
            [&*mark.scope, &*mark.number].into_iter().find(|text| !text.is_empty()).unwrap_or(&mark.name).to_owned()
        }),
        shelf_life: (days.is_some() || best_before.is_some()).then_some(ShelfLife { days, best_before }),
        standards: standards.chain(norms.map(|c| c.name.clone())).collect(),
        outside_inputs: bought(h, lang),
    }
}

/// The steps that stand, as stages; a recall is none.
fn stages(papers: &LotPapers, lang: Lang) -> Vec<Stage> {
    let standing = papers.history.standing().filter(|step| step.role.is_some());
    let stage = |step: &super::super::history::HistoryStep| {
        let row = papers.rows.iter().find(|row| row.id == step.id);
        let place = row.and_then(|row| row.place_id);
        let known = papers.places.iter().find(|one| Some(one.id) == place);
        let gln = known.filter(|place| papers.locates(place.producer_id)).and_then(|place| place.gln.clone());
        let id = place.and_then(|id| papers.identifiers.place(&id.to_string()).ok()).map(|id| id.to_string());
        Stage {
            step: step.key.clone(),
            name: step.label.text(lang).to_owned(),
            product_code: papers.history.lot.code.to_string(),
            place_code: gln.or(id),
            place_name: step.place.clone().filter(|_| papers.producer().is_some()),
            time: step.at,
        }
    };
    standing.map(stage).collect()
}

fn digital_passport(papers: &LotPapers, ten: &TenItems, lang: Lang) -> DigitalPassport {
    let h = &papers.history;
    let content = &h.product.content;
    let id = |made: Result<super::super::epcis::Uri, _>| made.map(|uri| uri.to_string()).unwrap_or_default();
    DigitalPassport {
        name: lang.pick_or(&h.product.name, &content.name_en).to_owned(),
        gtin: told(&content.gtin),
        producer: Maker {
            name: ten.producer_name.clone(),
            address: ten.producer_address.clone(),
            id: id(papers.identifiers.party(&h.producer.id.to_string())),
        },
        origin: told(&content.origin),
        traceability: papers.label_url(),
        certificates: papers.certificates.clone(),
        made_on: h.lot.made_on,
        expires_on: h.lot.best_before,
        warnings: told(&content.warnings),
        unique_id: id(papers.identifiers.lot(&h.lot.id.to_string())),
        national_portal: None,
    }
}

fn missing(papers: &LotPapers, ten: &TenItems, digital: &DigitalPassport) -> Vec<Item> {
    let h = &papers.history;
    let family = family_of(&h.product.category);
    let has_stage = |roles: &[StepRole]| {
        h.standing().any(|step| step.role.is_some_and(|role| roles.contains(&role)) && step.place.is_some())
    };
    let keeps_for_ever = family == Some(Family::Craft);
    let lacking = [
        (Item::ProductPicture, ten.product_picture.is_none()),
        (Item::ProducerName, ten.producer_name.is_none()),
        (Item::ProducerAddress, ten.producer_name.is_some() && ten.producer_address.is_none()),
        (Item::OriginStage, !has_stage(&[StepRole::Harvest, StepRole::Making])),
        (Item::PackingStage, !has_stage(&[StepRole::Packing])),
        (Item::TraceCode, ten.trace_code.is_none()),
        (Item::Standards, ten.standards.is_empty()),
        (Item::Origin, digital.origin.is_none()),
        (Item::ExpiresOn, digital.expires_on.is_none() && !keeps_for_ever),
        (Item::NationalPortal, digital.national_portal.is_none()),
    ];
    lacking.into_iter().filter(|(_, lacks)| *lacks).map(|(item, _)| item).collect()
}
