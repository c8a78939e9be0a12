//! The one document type that both engines index, and the changes that reach them.
//!
//! Start at [`Document`]. What may be shown is decided by who builds a document: only what is public belongs in it.

use time::Date;
use uuid::Uuid;

/// Names a document across communes and kinds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct DocId {
    /// Official commune code.
    pub commune: i32,
    /// The product's or producer's own id.
    pub id: Uuid,
}

impl DocId {
    /// The key under which the engines keep the document; only digits, letters and one dash.
    pub fn key(&self) -> String {
        format!("{}-{}", self.commune, self.id.simple())
    }
}

/// What a document stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Kind {
    /// A product of the catalogue.
    Product,
    /// A registered producer.
    Producer,
}

impl Kind {
    /// The code used in facets and in the engines.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Product => "product",
            Self::Producer => "producer",
        }
    }

    /// The kind of a code.
    pub fn from_code(code: &str) -> Option<Self> {
        [Self::Product, Self::Producer].into_iter().find(|k| k.code() == code)
    }
}

/// A code that is filtered and counted, with the words that find it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Labelled {
    /// Stable code or key.
    pub code: String,
    /// Words people type for it, in every language that should find it.
    pub label: String,
}

impl Labelled {
    /// A code with its words.
    pub fn new(code: impl Into<String>, label: impl Into<String>) -> Self {
        Self { code: code.into(), label: label.into() }
    }
}

/// A certificate that the document's product or producer holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Certificate {
    /// Code of its kind, and the words for it.
    pub kind: Labelled,
    /// Last day on which it is valid; none when it does not expire.
    pub until: Option<Date>,
}

/// OCOP stars by a recorded decision.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stars {
    /// 3 to 5.
    pub stars: u8,
    /// Last day of the recognition (36 months after the decision; Quyết định 148/QĐ-TTg).
    pub until: Date,
}

/// One product or producer as the index knows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Document {
    /// Whose it is and its id.
    pub id: DocId,
    /// Product or producer.
    pub kind: Kind,
    /// Vietnamese name.
    pub name: String,
    /// English name.
    pub name_en: Option<String>,
    /// Trade name of the producer (for a producer, again its own name or empty).
    pub producer_name: String,
    /// Kind of producer: code and its words.
    pub producer_kind: Labelled,
    /// Village: key and name.
    pub village: Labelled,
    /// OCOP group or sub-group; none for a producer.
    pub category: Option<Labelled>,
    /// The group above `category`.
    pub parent_category: Option<Labelled>,
    /// Public description.
    pub description: String,
    /// Public story.
    pub story: String,
    /// Certificates, expired ones too: the query's day decides.
    pub certificates: Vec<Certificate>,
    /// OCOP stars, expired ones too: the query's day decides.
    pub stars: Option<Stars>,
    /// Bit 0 is January … bit 11 December; 0 when it has no season.
    pub season_months: u16,
    /// Availability code; empty when it does not apply.
    pub availability: String,
    /// Lowest price in đồng; none for "ask".
    pub price_min: Option<i64>,
    /// Highest price in đồng.
    pub price_max: Option<i64>,
    /// Microseconds since 1970 of the last public change.
    pub updated_at: i64,
    /// Openings of its labels by people in the last 30 days, as last counted.
    pub scans: i64,
}

/// One change to the index. Applying it again changes nothing.
#[derive(Debug, Clone)]
pub enum Change {
    /// Adds the document or replaces the one with its id.
    Put(Box<Document>),
    /// Takes the document out, if it is there.
    Remove(DocId),
}

/// A day as a number that sorts: 20261122.
pub(super) fn day_number(date: Date) -> u64 {
    u64::try_from(date.year()).unwrap_or(0) * 10_000 + u64::from(u8::from(date.month())) * 100 + u64::from(date.day())
}

/// Stands for "does not expire"; later than every day.
pub(super) const NEVER: u64 = 99_999_999;
