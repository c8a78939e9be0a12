//! What a scan page tells, in one language: the same facts for the page and for programs.
//!
//! Serialised, this is the documented answer to `Accept: application/json` (see [`super::json`]); fields are
//! added, never renamed.

use serde::Serialize;

use crate::clock::{Day, Time};
use crate::ids::FileId;
use crate::traceability::chain::family::Family;

use super::super::model::RunKind;
use super::freshness::Freshness;
use super::recall::Recall;
pub use super::step::{StepFacts, Withholding};
use super::texts::Texts;

/// What is said first, most pressing first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// The lot is being taken back.
    Recalled,
    /// The label was declared void.
    Voided,
    /// The lot is past its last good day.
    Expired,
    /// Pieces of the lot are being taken back, this label's not among them.
    PartRecalled,
    /// Opened on more phones than one piece is.
    Unusual,
    /// Issued, and nothing stands against it.
    Issued,
}

/// Everything a scan page tells.
#[derive(Clone, Debug, Serialize)]
pub struct Facts {
    /// What is said first.
    pub status: Status,
    /// What the code stands for.
    pub kind: RunKind,
    /// Day it was issued.
    pub issued_on: Day,
    /// Pieces of a serial run.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pieces: Option<i64>,
    /// Set if the label was declared void.
    pub voided: Option<Voided>,
    /// The product.
    pub product: ProductFacts,
    /// Who makes it; None: it agreed to labels no longer, and the commune holds its details.
    pub producer: Option<ProducerFacts>,
    /// Commune, without "xã".
    pub commune: String,
    /// Province or city.
    pub province: String,
    /// The lot, unless the label is of the product alone.
    pub lot: Option<LotFacts>,
    /// What happened to the lot, newest first.
    pub steps: Vec<StepFacts>,
    /// Lots that went into this one.
    pub inputs: Vec<InputFacts>,
    /// Goods from outside that went into it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub purchases: Vec<PurchaseFacts>,
    /// All that the lot came from and went into, as far as it is told; None for a label without a lot.
    pub lineage: Option<Family>,
    /// Certificates, those that end last first.
    pub certificates: Vec<CertificateFacts>,
    /// OCOP stars that hold today.
    pub ocop: Option<OcopFacts>,
    /// The record of the lot's events.
    pub record: RecordFacts,
}

impl Facts {
    /// True if nothing stands against the label.
    pub fn is_issued(&self) -> bool {
        self.status == Status::Issued
    }

    /// Suffix of the product's public address, if visitors may see the product.
    pub fn public_short(&self) -> Option<&str> {
        let has_producer = self.producer.as_ref().is_some_and(|producer| producer.url.is_some());
        self.product.url.as_deref().filter(|_| has_producer)?.rsplit_once('-').map(|(_, short)| short)
    }

    /// True while the lot or this piece of it is recalled.
    pub fn is_recalled(&self) -> bool {
        self.status == Status::Recalled
    }

    /// The recall of the lot or of this piece.
    pub fn recall(&self) -> Option<&Recall> {
        self.lot.as_ref()?.recall.as_ref()
    }

    /// True if what is said first is that other pieces are recalled.
    pub fn is_part_recalled(&self) -> bool {
        self.status == Status::PartRecalled
    }

    /// A recall of other pieces.
    pub fn other_pieces(&self) -> Option<&Recall> {
        self.lot.as_ref()?.part_recall.as_ref()
    }

    /// Certificates that cover today, at most three: what the tags say.
    pub fn valid_certificates(&self) -> impl Iterator<Item = &CertificateFacts> {
        self.certificates.iter().filter(|certificate| certificate.valid).take(3)
    }

    /// True if a certificate covers today.
    pub fn has_valid_certificate(&self) -> bool {
        self.valid_certificates().next().is_some()
    }

    /// True if something is told that went into the lot.
    pub fn has_inputs(&self) -> bool {
        !self.inputs.is_empty() || !self.purchases.is_empty()
    }

    /// The lot's family, unless it stands alone.
    pub fn family(&self) -> Option<&Family> {
        self.lineage.as_ref().filter(|family| !family.is_alone())
    }

    /// True if a label without a lot has facts to list.
    pub fn has_product_facts(&self) -> bool {
        let p = &self.product;
        [&p.net_quantity, &p.storage, &p.standards, &p.origin, &p.gtin].iter().any(|text| !text.is_empty())
    }
}

/// A label that was declared void.
#[derive(Clone, Debug, Serialize)]
pub struct Voided {
    /// When.
    pub on: Day,
    /// Why; "" if nothing was said.
    pub reason: String,
}

/// The product.
#[derive(Clone, Debug, Serialize)]
pub struct ProductFacts {
    /// Name.
    pub name: String,
    /// What it is, in a sentence.
    pub description: String,
    /// Its public page; None while it has none.
    pub url: Option<String>,
    /// Main photo.
    pub picture: Option<Picture>,
    /// Net quantity of a piece.
    pub net_quantity: String,
    /// How to keep it.
    pub storage: String,
    /// Warnings.
    pub warnings: String,
    /// Last place of processing.
    pub origin: String,
    /// Standards applied.
    pub standards: String,
    /// GTIN, if it has one.
    pub gtin: String,
}

/// A photo that visitors may see.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Picture {
    /// File.
    pub id: FileId,
    /// Width in px when shown 400 px wide or as a thumbnail: keeps the place while it loads.
    pub width: i32,
    /// Height at that width.
    pub height: i32,
}

impl Picture {
    /// Address of one of its sizes.
    pub fn url(&self, size: char) -> String {
        crate::files::picture_url(self.id, size)
    }

    /// Height when shown as a thumbnail 104 px wide.
    pub fn thumb_height(&self) -> i32 {
        (self.height * 104 / self.width.max(1)).max(1)
    }
}

/// The producer, as far as it agreed to.
#[derive(Clone, Debug, Serialize)]
pub struct ProducerFacts {
    /// Trade name.
    pub name: String,
    /// Village, without "thôn".
    pub village: Option<String>,
    /// Exact place, with consent.
    pub address: Option<String>,
    /// Its public page.
    pub url: Option<String>,
    /// Phone, with consent.
    pub phone: Option<String>,
}

/// The lot.
#[derive(Clone, Debug, Serialize)]
pub struct LotFacts {
    /// Code, `K7Q2-M9`.
    pub code: String,
    /// True: harvested, false: made.
    pub harvested: bool,
    /// Day it was made or harvested.
    pub made_on: Day,
    /// Last good day.
    pub best_before: Option<Day>,
    /// Day on which the last good day was corrected after labels were printed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub best_before_corrected_on: Option<Day>,
    /// How much there was of it, for people.
    pub quantity: String,
    /// Growing-area code.
    pub growing_area: Option<String>,
    /// Set while it, or the piece with this label, is recalled.
    pub recall: Option<Recall>,
    /// Set while other pieces of it are recalled.
    pub part_recall: Option<Recall>,
    /// Drawing of how much of its time has passed.
    #[serde(skip)]
    pub freshness: Option<Freshness>,
}

/// A lot that went into this one.
#[derive(Clone, Debug, Serialize)]
pub struct InputFacts {
    /// Product's name.
    pub product: String,
    /// Lot's code.
    pub lot: String,
    /// How much of it.
    pub amount: Option<String>,
    /// Day it was made or harvested.
    pub made_on: Day,
    /// Its own scan page, else the page that tells of it by this label.
    pub url: String,
    /// True while it is recalled.
    pub recalled: bool,
}

/// Goods from outside that went into the lot.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct PurchaseFacts {
    /// What was bought.
    pub goods: String,
    /// How much.
    pub amount: String,
    /// Day.
    pub bought_on: Day,
    /// Trade name of a firm; None: a person.
    pub supplier: Option<String>,
}

/// A certificate.
#[derive(Clone, Debug, Serialize)]
pub struct CertificateFacts {
    /// Code of its kind.
    pub kind: String,
    /// Name of its kind.
    pub name: String,
    /// Number on the paper.
    pub number: String,
    /// Who issued it.
    pub issuer: String,
    /// What it covers.
    pub scope: String,
    /// Last day; None: without end.
    pub expires_on: Option<Day>,
    /// True if it covers today.
    pub valid: bool,
    /// For one of the place: whether it covered the day the lot was made.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub valid_when_made: Option<bool>,
}

impl CertificateFacts {
    /// What is to be said besides whether it covers today: that it covered the day the lot was made, or did not.
    pub fn when_made(&self, t: &Texts) -> Option<&'static str> {
        match (self.valid_when_made?, self.valid) {
            (true, true) => None,
            (true, false) => Some(t.valid_when_made()),
            (false, _) => Some(t.not_valid_when_made()),
        }
    }

    /// Number, issuer and last day in one line.
    pub fn small(&self, t: &Texts) -> String {
        let number = (!self.number.is_empty()).then(|| t.number(&self.number));
        let issuer = (!self.issuer.is_empty()).then(|| self.issuer.clone());
        let until = self.expires_on.map(|day| t.until(day));
        [number, issuer, until].into_iter().flatten().collect::<Vec<_>>().join(", ")
    }
}

/// OCOP stars that hold today.
#[derive(Clone, Debug, Serialize)]
pub struct OcopFacts {
    /// 3 to 5.
    pub stars: i32,
    /// Number of the decision.
    pub decision: String,
    /// Last day.
    pub expires_on: Day,
}

/// The record of the lot's events.
#[derive(Clone, Debug, Default, Serialize)]
pub struct RecordFacts {
    /// How many events are recorded, corrections among them.
    pub events: usize,
    /// How many of them still give the hash under which they were stored (CBV 2.0 §8.9), computed for this page.
    pub matching: usize,
    /// When the last was recorded.
    pub last_recorded: Option<Time>,
    /// Hash of the last.
    pub last_hash: Option<String>,
}

impl RecordFacts {
    /// True if every event is as it was stored.
    pub fn is_whole(&self) -> bool {
        self.matching == self.events
    }

    /// The last hash's beginning, enough to compare by eye.
    pub fn short_hash(&self) -> String {
        let hash = self.last_hash.as_deref().unwrap_or_default();
        let hex = hash.rsplit('/').next().unwrap_or_default().trim_start_matches("sha-256;");
        let hex = hex.split('?').next().unwrap_or_default();
        match (hex.get(..8), hex.len().checked_sub(8).and_then(|at| hex.get(at..))) {
            (Some(head), Some(tail)) if hex.len() > 16 => format!("{head}…{tail}"),
            _ => hex.to_owned(),
        }
    }
}
