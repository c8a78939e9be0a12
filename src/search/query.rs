//! What is asked of the index and what comes back, the same for both engines.
//!
//! Start at [`Query`] and [`Found`]; [`Cursor`] is the opaque place where the next page begins.

use std::collections::BTreeMap;
use std::ops::Range;

use data_encoding::BASE64URL_NOPAD;
use sha2::{Digest, Sha256};
use time::Date;
use uuid::Uuid;

use super::SearchError;
use super::document::Kind;

/// The most hits on one page.
pub const LIMIT_MAX: usize = 100;

/// The language of the page that asks; names in it weigh more.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Lang {
    /// Vietnamese.
    #[default]
    Vi,
    /// English.
    En,
}

/// Order of the hits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Sort {
    /// Best match first; without text, newest first.
    #[default]
    Relevance,
    /// Latest public change first.
    Newest,
    /// Lowest price first, "ask" last.
    PriceAsc,
    /// Highest price first, "ask" last.
    PriceDesc,
    /// Labels opened most often in the last 30 days first.
    Scans,
}

/// Filters; within one list any value will do, and all lists must agree. An empty list filters nothing.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Filters {
    /// Product or producer.
    pub kind: Option<Kind>,
    /// Category codes; a parent's code holds for its children.
    pub category: Vec<String>,
    /// Village keys.
    pub village: Vec<String>,
    /// Codes of kinds of producers.
    pub producer_kind: Vec<String>,
    /// OCOP stars that are valid on the query's day.
    pub stars: Vec<u8>,
    /// Codes of certificates that are valid on the query's day.
    pub certificate: Vec<String>,
    /// Month of the season, 1 to 12.
    pub season: Option<u8>,
    /// Availability codes.
    pub availability: Vec<String>,
    /// Đồng; keeps what costs at least this (its highest price counts).
    pub price_min: Option<i64>,
    /// Đồng; keeps what costs at most this (its lowest price counts).
    pub price_max: Option<i64>,
}

/// One question to the index.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Query {
    /// Official commune code; nothing of another commune is ever found.
    pub commune: i32,
    /// What was typed; may be empty or anything else.
    pub text: String,
    /// The page's language.
    pub lang: Lang,
    /// Filters.
    pub filters: Filters,
    /// Order.
    pub sort: Sort,
    /// Hits wanted, 1 to [`LIMIT_MAX`]; cut to that.
    pub limit: usize,
    /// `next_cursor` of the page before.
    pub cursor: Option<String>,
    /// The day on which stars and certificates must be valid (Asia/Ho_Chi_Minh).
    pub today: Date,
}

impl Query {
    /// A plain question: Vietnamese, no filter, by relevance, 24 hits.
    pub fn new(commune: i32, text: impl Into<String>, today: Date) -> Self {
        Self {
            commune,
            text: text.into(),
            lang: Lang::Vi,
            filters: Filters::default(),
            sort: Sort::Relevance,
            limit: 24,
            cursor: None,
            today,
        }
    }

    pub(super) fn page_size(&self) -> usize {
        self.limit.clamp(1, LIMIT_MAX)
    }

    pub(super) fn check(&self) -> Result<(), SearchError> {
        let fail = |field: &'static str, reason: &str| Err(SearchError::BadFilter { field, reason: reason.to_owned() });
        let f = &self.filters;
        if f.season.is_some_and(|m| !(1..=12).contains(&m)) {
            return fail("season", "a month from 1 to 12");
        }
        if f.stars.iter().any(|s| !(1..=5).contains(s)) {
            return fail("stars", "stars from 1 to 5");
        }
        if f.price_min.is_some_and(|p| p < 0) {
            return fail("price_min", "whole đồng, not negative");
        }
        if f.price_max.is_some_and(|p| p < 0) {
            return fail("price_max", "whole đồng, not negative");
        }
        for (field, codes) in [
            ("category", &f.category),
            ("village", &f.village),
            ("producer_kind", &f.producer_kind),
            ("certificate", &f.certificate),
            ("availability", &f.availability),
        ] {
            if codes.len() > 50 || codes.iter().any(|c| !is_code(c)) {
                return fail(field, "at most 50 codes of letters, digits, dots, dashes and underscores");
            }
        }
        Ok(())
    }

    /// Ties a cursor to its question: everything that decides order and membership, except the page itself.
    pub(super) fn fingerprint(&self) -> [u8; 8] {
        let text = super::typed::clean(&self.text);
        let parts =
            format!("{}|{text}|{:?}|{:?}|{:?}|{}", self.commune, self.lang, self.filters, self.sort, self.today);
        let digest = Sha256::digest(parts.as_bytes());
        std::array::from_fn(|i| digest[i])
    }
}

/// Codes come from our own lists; anything else can't match and must not reach a filter language.
pub(super) fn is_code(code: &str) -> bool {
    !code.is_empty()
        && code.len() <= 64
        && code.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b'.'))
}

/// A text of a hit as written, with the bytes that matched.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Highlight {
    /// Where the text is from.
    pub field: HighlightField,
    /// The text as written, NFC; for body texts a piece of it.
    pub text: String,
    /// Byte ranges of `text`, in order, not overlapping, on character borders.
    pub marks: Vec<Range<usize>>,
}

/// The field a highlight is from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum HighlightField {
    /// Vietnamese name.
    Name,
    /// English name.
    NameEn,
    /// Producer's trade name.
    Producer,
    /// Village name.
    Village,
    /// Category's name.
    Category,
    /// A piece of the description or story.
    Body,
}

/// One hit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hit {
    /// Id of the product or producer.
    pub id: Uuid,
    /// Which of the two.
    pub kind: Kind,
    /// Higher is better; only comparable within one answer.
    pub score: i64,
    /// Texts in which something matched.
    pub highlights: Vec<Highlight>,
}

/// What hits can be narrowed by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Facet {
    /// Product or producer.
    Kind,
    /// OCOP group and sub-group, both counted.
    Category,
    /// Village.
    Village,
    /// Kind of producer.
    ProducerKind,
    /// OCOP stars valid on the day.
    Stars,
    /// Certificates valid on the day.
    Certificate,
    /// Season months, codes `1` to `12`.
    Season,
    /// Availability.
    Availability,
    /// Bands of price, codes of [`PRICE_BANDS`].
    Price,
}

impl Facet {
    /// All facets, in the order of the page.
    pub const ALL: [Self; 9] = [
        Self::Kind,
        Self::Category,
        Self::Village,
        Self::ProducerKind,
        Self::Stars,
        Self::Certificate,
        Self::Season,
        Self::Availability,
        Self::Price,
    ];
}

/// One band of prices, both ends included: what costs a range counts in every band that its range touches, exactly
/// as the filters `price_min` and `price_max` with the band's ends would find it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PriceBand {
    /// Code in counts: `20000-50000`, the last one `1000000-`.
    pub code: &'static str,
    /// Lowest price in đồng.
    pub min: i64,
    /// Highest price in đồng; none: no end.
    pub max: Option<i64>,
}

const fn band(code: &'static str, min: i64, max: i64) -> PriceBand {
    PriceBand { code, min, max: Some(max) }
}

/// The bands by which prices are counted, in đồng, lowest first.
pub const PRICE_BANDS: [PriceBand; 6] = [
    band("0-20000", 0, 20_000),
    band("20000-50000", 20_000, 50_000),
    band("50000-100000", 50_000, 100_000),
    band("100000-200000", 100_000, 200_000),
    band("200000-500000", 200_000, 500_000),
    PriceBand { code: "500000-", min: 500_000, max: None },
];

impl PriceBand {
    /// Whether something that costs from `least` to `most` đồng counts here.
    pub fn holds(&self, least: i64, most: i64) -> bool {
        most >= self.min && self.max.is_none_or(|max| least <= max)
    }
}

/// Counts by facet; a facet's own counts ignore its own filter and obey all others.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Facets {
    counts: BTreeMap<Facet, BTreeMap<String, u64>>,
}

impl Facets {
    pub(super) fn add(&mut self, facet: Facet, code: &str, count: u64) {
        if count > 0 {
            *self.counts.entry(facet).or_default().entry(code.to_owned()).or_default() += count;
        }
    }

    pub(super) fn merge(&mut self, other: Self) {
        for (facet, counts) in other.counts {
            let own = self.counts.entry(facet).or_default();
            for (code, count) in counts {
                *own.entry(code).or_default() += count;
            }
        }
    }

    /// Codes with their counts, most first; codes of count 0 are left out.
    pub fn of(&self, facet: Facet) -> Vec<(String, u64)> {
        let mut list: Vec<(String, u64)> =
            self.counts.get(&facet).map(|c| c.iter().map(|(k, v)| (k.clone(), *v)).collect()).unwrap_or_default();
        list.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
        list
    }

    /// The count of one code, 0 when there is none.
    pub fn count(&self, facet: Facet, code: &str) -> u64 {
        self.counts.get(&facet).and_then(|c| c.get(code)).copied().unwrap_or(0)
    }
}

/// An answer.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Found {
    /// One page of hits.
    pub hits: Vec<Hit>,
    /// Counts for narrowing.
    pub facets: Facets,
    /// Where the next page begins; none on the last.
    pub next_cursor: Option<String>,
    /// How many there are on all pages.
    pub total: u64,
    /// True if nothing had all that was typed, and these come close: a slip in a word, or one word less.
    pub near: bool,
}

/// A place in the order of the hits: the sort key of the last hit that was given out, or an offset.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Cursor {
    pub primary: i64,
    pub secondary: i64,
    pub id: u128,
    /// How hard the text had to be searched for; the next page must do the same.
    pub effort: u8,
}

const CURSOR_VERSION: u8 = 1;
const CURSOR_LENGTH: usize = 1 + 1 + 8 + 8 + 16 + 8;

impl Cursor {
    pub fn encode(&self, query: &Query) -> String {
        let mut bytes = Vec::with_capacity(CURSOR_LENGTH);
        bytes.push(CURSOR_VERSION);
        bytes.push(self.effort);
        bytes.extend(self.primary.to_be_bytes());
        bytes.extend(self.secondary.to_be_bytes());
        bytes.extend(self.id.to_be_bytes());
        bytes.extend(query.fingerprint());
        BASE64URL_NOPAD.encode(&bytes)
    }

    /// The cursor of a query, if it has one; an error when it is not ours or belongs to another question.
    pub fn of(query: &Query) -> Result<Option<Self>, SearchError> {
        let Some(text) = &query.cursor else { return Ok(None) };
        let bytes = BASE64URL_NOPAD.decode(text.as_bytes()).map_err(|_| SearchError::BadCursor)?;
        if bytes.len() != CURSOR_LENGTH || bytes[0] != CURSOR_VERSION || bytes[34..] != query.fingerprint() {
            return Err(SearchError::BadCursor);
        }
        let number = |at: usize| i64::from_be_bytes(std::array::from_fn(|i| bytes[at + i]));
        Ok(Some(Self {
            effort: bytes[1],
            primary: number(2),
            secondary: number(10),
            id: u128::from_be_bytes(std::array::from_fn(|i| bytes[18 + i])),
        }))
    }
}
