//! Which words the server's index holds, asked only where the answer changes what a text means: raw keys, and words
//! that may be slips.

use std::collections::HashSet;

use futures_util::future::try_join_all;
use meilisearch_sdk::search::{MatchingStrategies, MultiSearchQuery, MultiSearchResponse, SearchQuery};
use serde::de::IgnoredAny;

use super::membership::{Slips, holding, holding_word};
use super::terms::TERMS;
use super::{Meili, existing, marks, no_index, said};
use crate::search::SearchError;
use crate::search::highlight::one_slip;
use crate::search::typed::{Effort, Typed, TypedWord, Vocabulary, raw_keys};
use crate::search::words::Word;

/// The words that were looked up and found.
#[derive(Default)]
pub struct Held {
    folded: HashSet<String>,
    marked: HashSet<String>,
}

impl Vocabulary for Held {
    fn knows(&self, folded: &str) -> bool {
        self.folded.contains(folded)
    }
    fn knows_marked(&self, marked: &str) -> bool {
        self.marked.contains(marked)
    }
}

/// One look-up: whether any document fits a filter, or holds a word in the field of marks.
enum LookUp {
    Filter(String),
    Marked(String),
}

impl Meili {
    /// What has to be known to read a text: nothing, unless it may be raw keys.
    pub(super) async fn held(&self, text: &str) -> Result<Held, SearchError> {
        let raw = raw_keys(text);
        let mut asked = Vec::new();
        for (keys, meant) in &raw {
            let word = Word { folded: meant.folded.clone(), marked: meant.marked.clone(), position: 0, span: 0..0 };
            asked.push(LookUp::Filter(holding_word(keys)));
            asked.push(LookUp::Marked(format!("\"{}\"", marks::spell(&word).unwrap_or_default())));
        }
        let mut found = self.look_up(&asked).await?.into_iter();
        let mut held = Held::default();
        for (keys, meant) in raw {
            if found.next() == Some(true) {
                held.folded.insert(keys);
            }
            if found.next() == Some(true) {
                held.marked.insert(meant.marked);
            }
        }
        Ok(held)
    }

    /// The words for which a slip may be taken, with what they may be slips of: in a strict search only words that no
    /// document holds.
    pub(super) async fn slips(&self, typed: &Typed, effort: Effort) -> Result<Slips, SearchError> {
        let may_slip = typed.units.iter().flat_map(|unit| {
            let listed = !unit.synonyms.is_empty();
            unit.words.iter().filter(move |w| !w.optional && w.may_slip(effort, listed, || false))
        });
        let mut words: Vec<&TypedWord> = may_slip.collect();
        if effort == Effort::Strict {
            let asked: Vec<LookUp> = words.iter().map(|word| LookUp::Filter(holding(word))).collect();
            let mut found = self.look_up(&asked).await?.into_iter();
            words.retain(|_| found.next() == Some(false));
        }
        try_join_all(words.into_iter().map(|word| self.near(word))).await
    }

    /// The words of the index that are one slip away: the server looks up those that begin so, which are more.
    async fn near(&self, word: &TypedWord) -> Result<(TypedWord, Vec<String>), SearchError> {
        let searcher = self.searcher().await?;
        let index = searcher.client.index(&self.live);
        let mut search = index.facet_search(TERMS);
        search.with_facet_query(&word.word.folded);
        let found = existing(search.execute().await).map_err(said)?.ok_or_else(no_index)?;
        let values = found.facet_hits.into_iter().map(|hit| hit.value);
        Ok((word.clone(), values.filter(|value| one_slip(value, &word.word.folded)).collect()))
    }

    async fn look_up(&self, asked: &[LookUp]) -> Result<Vec<bool>, SearchError> {
        if asked.is_empty() {
            return Ok(Vec::new());
        }
        let searcher = self.searcher().await?;
        let index = searcher.client.index(&self.live);
        let mut request: MultiSearchQuery<'_, '_> = searcher.client.multi_search();
        for one in asked {
            let mut search = SearchQuery::new(&index);
            search.with_limit(0);
            match one {
                LookUp::Filter(filter) => search.with_filter(filter),
                LookUp::Marked(word) => search
                    .with_query(word)
                    .with_attributes_to_search_on(&[marks::FIELD])
                    .with_matching_strategy(MatchingStrategies::ALL),
            };
            request.with_search_query(search);
        }
        let answered = existing(request.execute::<IgnoredAny>().await).map_err(said)?;
        let MultiSearchResponse { results } = answered.ok_or_else(no_index)?;
        Ok(results.into_iter().map(|found| found.estimated_total_hits.unwrap_or(0) > 0).collect())
    }
}
