//! "Did you mean": another spelling of a question that found nothing, offered only if it finds something.
//!
//! Start at [`SearchIndex::correct`]. A word that the index holds is left alone; each other word is tried with the
//! nearest words of the index, and the words are shown as the hit that they find writes them.

use std::collections::HashMap;

use super::query::{Filters, Found, Query};
use super::typed::clean;
use super::words::words;
use super::{SearchError, SearchIndex};

/// Questions of more words are not corrected: nobody slips in so many that no shorter question would do.
const WORDS_MAX: usize = 6;
/// Spellings that are tried for one word.
const TRIES: usize = 3;
/// Shorter words are too near to too many others.
const LETTERS_MIN: usize = 3;

/// A spelling that finds something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Correction {
    /// To be asked instead.
    pub text: String,
    /// How many documents it finds.
    pub total: u64,
}

impl SearchIndex {
    /// Another spelling of a question that found nothing; none when no word is unknown or nothing near is found.
    pub async fn correct(&self, query: &Query) -> Result<Option<Correction>, SearchError> {
        let text = clean(&query.text);
        let typed = words(&text);
        if typed.len() > WORDS_MAX {
            return Ok(None);
        }
        let mut choices: Vec<(usize, Vec<String>)> = Vec::new();
        for (at, word) in typed.iter().enumerate().filter(|(_, w)| w.folded.chars().count() >= LETTERS_MIN) {
            let (known, nearest) = self.spellings(&word.folded).await?;
            if !known && !nearest.is_empty() {
                choices.push((at, nearest));
            }
        }
        if choices.is_empty() {
            return Ok(None);
        }
        for attempt in 0..TRIES {
            let mut tried: Vec<String> = typed.iter().map(|word| text[word.span.clone()].to_owned()).collect();
            for (at, nearest) in &choices {
                tried[*at].clone_from(&nearest[attempt.min(nearest.len() - 1)]);
            }
            let found = self.try_spelling(query, &tried.join(" ")).await?;
            if found.total > 0 && !found.near {
                let changed: Vec<usize> = choices.iter().map(|(at, _)| *at).collect();
                return Ok(Some(Correction { text: as_written(&tried, &changed, &found), total: found.total }));
            }
        }
        Ok(None)
    }

    async fn try_spelling(&self, query: &Query, text: &str) -> Result<Found, SearchError> {
        let mut trial = Query::new(query.commune, text, query.today);
        trial.lang = query.lang;
        trial.filters = Filters { kind: query.filters.kind, ..Filters::default() };
        trial.limit = 3;
        self.search(&trial).await
    }
}

/// The changed words with the marks that the hits write them with.
fn as_written(tried: &[String], changed: &[usize], found: &Found) -> String {
    let mut written: HashMap<String, String> = HashMap::new();
    for text in found.hits.iter().flat_map(|hit| &hit.highlights).map(|highlight| &highlight.text) {
        for word in words(text) {
            written.entry(word.folded).or_insert_with(|| text[word.span.clone()].to_lowercase());
        }
    }
    let word = |(at, word): (usize, &String)| match written.get(word) {
        Some(written) if changed.contains(&at) => written.clone(),
        _ => word.clone(),
    };
    tried.iter().enumerate().map(word).collect::<Vec<_>>().join(" ")
}
