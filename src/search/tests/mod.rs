//! What both engines must do, run on each that is at hand: always embedded, and Meilisearch when `MEILI_URL` is set.

mod behaviour;
mod folder;
mod relevance;

use time::{Date, Month};
use uuid::Uuid;

use super::*;

pub const COMMUNE: i32 = 10816;

pub fn today() -> Date {
    Date::from_calendar_date(2026, Month::November, 22).unwrap()
}

pub fn day(year: i32, month: Month, day: u8) -> Date {
    Date::from_calendar_date(year, month, day).unwrap()
}

/// An engine under test with what must outlive it.
pub struct Engine {
    pub index: SearchIndex,
    /// Removed when the test ends.
    _dir: Option<tempfile::TempDir>,
}

/// Every engine that is at hand, empty. What is skipped is said.
pub async fn engines() -> Vec<Engine> {
    let dir = tempfile::tempdir().unwrap();
    let index = SearchIndex::open_embedded(&dir.path().join("index"), Settings::bundled().unwrap()).await.unwrap();
    let mut engines = vec![Engine { index, _dir: Some(dir) }];
    match std::env::var("MEILI_URL") {
        Ok(url) => {
            let key = std::env::var("MEILI_KEY").ok();
            let prefix = format!("test-{}", Uuid::from_u128(rand::random()).simple());
            let settings = Settings::bundled().unwrap();
            let index = SearchIndex::open_meilisearch(&url, key.as_deref(), &prefix, settings).unwrap();
            index.clear().await.unwrap();
            engines.push(Engine { index, _dir: None });
        }
        Err(_) => eprintln!("skipped: Meilisearch arm (MEILI_URL is not set)"),
    }
    engines
}

pub fn product(number: u128, name: &str) -> Document {
    Document {
        id: DocId { commune: COMMUNE, id: Uuid::from_u128(number) },
        kind: Kind::Product,
        name: name.to_owned(),
        name_en: None,
        producer_name: String::new(),
        producer_kind: Labelled::default(),
        village: Labelled::default(),
        category: None,
        parent_category: None,
        description: String::new(),
        story: String::new(),
        certificates: Vec::new(),
        stars: None,
        season_months: 0,
        availability: String::new(),
        price_min: None,
        price_max: None,
        updated_at: number as i64,
    }
}

pub async fn fill(index: &SearchIndex, documents: Vec<Document>) {
    index.apply(documents.into_iter().map(|d| Change::Put(Box::new(d))).collect()).await.unwrap();
}

pub fn query(text: &str) -> Query {
    Query::new(COMMUNE, text, today())
}

pub async fn numbers(index: &SearchIndex, query: &Query) -> Vec<u128> {
    index.search(query).await.unwrap().hits.iter().map(|h| h.id.as_u128()).collect()
}
