//! The form of a document in Meilisearch, and the settings of its index. Start at [`Record::of`].

use std::collections::{BTreeMap, BTreeSet};

use meilisearch_sdk::settings::{
    FacetingSettings, MinWordSizeForTypos, PaginationSetting, Settings as IndexSettings, TypoToleranceSettings,
};
use serde::Serialize;

use super::marks;
use super::terms::{self, FoundBy};
use crate::fold::nfc;
use crate::search::document::{Document, day_number};
use crate::search::embedded::{latest_certificates, shown};
use crate::search::highlight::Shown;
use crate::search::query::PRICE_BANDS;
use crate::search::settings::Settings;
use crate::search::words::words;

/// Parts a code from its last day in a counted value.
pub const DAY_MARK: char = '|';

/// Searched fields, most telling first.
pub const SEARCHABLE: [&str; 7] = ["name", "name_en", "producer", "village", "category", "words", "body"];

/// Every field that is searched; that of the marks only when it is asked for by name.
pub fn searchable() -> Vec<&'static str> {
    SEARCHABLE.into_iter().chain([marks::FIELD]).collect()
}

/// The words that misspelt ones are compared with.
pub const SPELLINGS: &str = "spellings";

pub const FILTERABLE: [&str; 21] = [
    "commune",
    "kind",
    "category_codes",
    "village_code",
    "producer_kind",
    "availability",
    "stars",
    "stars_until",
    "stars_key",
    "certificate_key",
    "certificate_until",
    "season",
    "price_min",
    "price_max",
    "price_bands",
    SPELLINGS,
    terms::TERMS,
    terms::ENGLISH,
    terms::BEGINNINGS,
    terms::PHRASES,
    terms::CERTIFICATES,
];

/// A document as the server keeps it.
#[derive(Serialize)]
pub struct Record {
    key: String,
    id: String,
    commune: i32,
    kind: &'static str,
    #[serde(flatten)]
    shown: Shown,
    words: String,
    #[serde(flatten)]
    terms: FoundBy,
    marked: String,
    spellings: Vec<String>,
    category_codes: Vec<String>,
    #[serde(skip_serializing_if = "String::is_empty")]
    village_code: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    producer_kind: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    availability: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    stars: Option<u8>,
    #[serde(skip_serializing_if = "Option::is_none")]
    stars_until: Option<u64>,
    /// `4|20270501`: counts come with the day, so that only valid ones are added up.
    #[serde(skip_serializing_if = "Option::is_none")]
    stars_key: Option<String>,
    certificate_key: Vec<String>,
    certificate_until: BTreeMap<String, u64>,
    season: Vec<u8>,
    #[serde(skip_serializing_if = "Option::is_none")]
    price_min: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    price_max: Option<i64>,
    price_bands: Vec<&'static str>,
    updated_at: i64,
    scans: i64,
}

/// A code as the name of a nested attribute; a dot would nest once more.
pub fn attribute(code: &str) -> String {
    code.replace('.', "_dot_")
}

impl Record {
    /// The server's form of a document.
    pub fn of(document: &Document, settings: &Settings) -> Self {
        let certificates = latest_certificates(document);
        let parent = document.parent_category.as_ref().map_or("", |c| c.label.as_str());
        let mut other_words = vec![parent, document.producer_kind.label.as_str()];
        other_words.extend(certificates.iter().map(|(_, _, label)| *label));
        let stars_until = document.stars.map(|s| day_number(s.until));
        let categories = [&document.category, &document.parent_category];
        let shown = shown(document);
        let names = [&shown.name, &shown.name_en, &shown.producer, &shown.village, &shown.category];
        let spellings: BTreeSet<String> = names.iter().flat_map(|text| words(text)).map(|w| w.folded).collect();
        let other_words = nfc(&other_words.join(". "));
        let marked = [&shown.name, &shown.producer, &shown.village, &shown.category, &shown.body, &other_words];
        let (least, most) = (document.price_min, document.price_max.or(document.price_min));
        let bands =
            PRICE_BANDS.iter().filter(|band| least.zip(most).is_some_and(|(least, most)| band.holds(least, most)));
        Self {
            key: document.id.key(),
            id: document.id.id.simple().to_string(),
            commune: document.id.commune,
            kind: document.kind.code(),
            marked: marks::field_of(&marked.map(String::as_str)),
            spellings: spellings.into_iter().collect(),
            terms: FoundBy::of(document, &shown, settings),
            shown,
            words: other_words,
            category_codes: categories.into_iter().flatten().map(|c| c.code.clone()).collect(),
            village_code: document.village.code.clone(),
            producer_kind: document.producer_kind.code.clone(),
            availability: document.availability.clone(),
            stars: document.stars.map(|s| s.stars),
            stars_until,
            stars_key: document.stars.zip(stars_until).map(|(s, until)| format!("{}{DAY_MARK}{until}", s.stars)),
            certificate_key: certificates.iter().map(|(code, until, _)| format!("{code}{DAY_MARK}{until}")).collect(),
            certificate_until: certificates.iter().map(|(code, until, _)| (attribute(code), *until)).collect(),
            season: (1..=12).filter(|m| document.season_months >> (m - 1) & 1 == 1).collect(),
            price_min: least,
            price_max: most,
            price_bands: bands.map(|band| band.code).collect(),
            updated_at: document.updated_at,
            scans: document.scans,
        }
    }
}

/// Everything the index needs to be told.
pub fn index_settings(settings: &Settings) -> IndexSettings {
    let mut told = IndexSettings::new()
        .with_searchable_attributes(searchable())
        .with_filterable_attributes(FILTERABLE)
        .with_sortable_attributes(["updated_at", "price_min", "price_max", "scans"])
        // An asked-for order is strict, as in the embedded index; without one the rule does nothing.
        .with_ranking_rules(["sort", "words", "typo", "proximity", "attribute", "exactness", "updated_at:desc"])
        .with_pagination(PaginationSetting { max_total_hits: 100_000 })
        .with_faceting(FacetingSettings { max_values_per_facet: 10_000, sort_facet_values_by: None })
        .with_typo_tolerance(TypoToleranceSettings {
            enabled: Some(true),
            // Vietnamese syllables are short: two slips would make any word any other.
            min_word_size_for_typos: Some(MinWordSizeForTypos { one_typo: Some(3), two_typos: Some(30) }),
            disable_on_attributes: Some(vec![marks::FIELD.to_owned()]),
            disable_on_words: Some(Vec::new()),
            disable_on_numbers: Some(true),
        });
    told.synonyms = Some(settings.as_text().into_iter().collect());
    told
}
