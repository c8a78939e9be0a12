//! The form of a document in Meilisearch, and the settings of its index. Start at [`Record::of`].

use std::collections::BTreeMap;

use meilisearch_sdk::settings::{
    FacetingSettings, MinWordSizeForTypos, PaginationSetting, Settings as IndexSettings, TypoToleranceSettings,
};
use serde::Serialize;

use crate::fold::nfc;
use crate::search::document::{Document, day_number};
use crate::search::embedded::{latest_certificates, shown};
use crate::search::highlight::Shown;
use crate::search::settings::Settings;

/// Parts a code from its last day in a counted value.
pub const DAY_MARK: char = '|';

/// Searched fields, most telling first.
pub const SEARCHABLE: [&str; 7] = ["name", "name_en", "producer", "village", "category", "words", "body"];

const FILTERABLE: [&str; 14] = [
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
    updated_at: i64,
}

/// A code as the name of a nested attribute; a dot would nest once more.
pub fn attribute(code: &str) -> String {
    code.replace('.', "_dot_")
}

impl Record {
    /// The server's form of a document.
    pub fn of(document: &Document) -> Self {
        let certificates = latest_certificates(document);
        let parent = document.parent_category.as_ref().map_or("", |c| c.label.as_str());
        let mut words = vec![parent, document.producer_kind.label.as_str()];
        words.extend(certificates.iter().map(|(_, _, label)| *label));
        let stars_until = document.stars.map(|s| day_number(s.until));
        let categories = [&document.category, &document.parent_category];
        Self {
            key: document.id.key(),
            id: document.id.id.simple().to_string(),
            commune: document.id.commune,
            kind: document.kind.code(),
            shown: shown(document),
            words: nfc(&words.join(". ")),
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
            price_min: document.price_min,
            price_max: document.price_max.or(document.price_min),
            updated_at: document.updated_at,
        }
    }
}

/// Everything the index needs to be told.
pub fn index_settings(settings: &Settings) -> IndexSettings {
    let mut told = IndexSettings::new()
        .with_searchable_attributes(SEARCHABLE)
        .with_filterable_attributes(FILTERABLE)
        .with_sortable_attributes(["updated_at", "price_min", "price_max"])
        // An asked-for order is strict, as in the embedded index; without one the rule does nothing.
        .with_ranking_rules(["sort", "words", "typo", "proximity", "attribute", "exactness", "updated_at:desc"])
        .with_pagination(PaginationSetting { max_total_hits: 100_000 })
        .with_faceting(FacetingSettings { max_values_per_facet: 10_000, sort_facet_values_by: None })
        .with_typo_tolerance(TypoToleranceSettings {
            enabled: Some(true),
            // Vietnamese syllables are short: two slips would make any word any other.
            min_word_size_for_typos: Some(MinWordSizeForTypos { one_typo: Some(4), two_typos: Some(30) }),
            disable_on_attributes: Some(Vec::new()),
            disable_on_words: Some(Vec::new()),
            disable_on_numbers: Some(true),
        });
    told.synonyms = Some(settings.as_text().into_iter().collect());
    told
}
