//! Searching in Meilisearch: one request with the page and the counts, then the exact marks put first.
//!
//! Start at [`Meili::search`]. What is found, and so what is counted, is said by a filter ([`super::membership`]); the
//! server's query beside it brings the best hits first. The server folds every mark away, so the first [`WINDOW`] hits,
//! and with them all whose marks agree wherever the server ranks them, are put in order here by what the embedded index
//! ranks by ([`crate::search::rank`]); hits that are worth the same keep the server's order.

use std::collections::HashSet;

use meilisearch_sdk::search::{
    MatchingStrategies, MultiSearchQuery, MultiSearchResponse, SearchQuery, SearchResults, Selectors,
};
use serde::Deserialize;
use uuid::Uuid;

use super::filter::{commune_filter, facet_filter, field, filter, text_filter};
use super::membership::membership;
use super::record::{DAY_MARK, SEARCHABLE};
use super::{Meili, SEARCH_TIMEOUT, existing, marks, no_index, said};
use crate::search::SearchError;
use crate::search::document::{Kind, day_number};
use crate::search::highlight::{Marker, Shown};
use crate::search::query::{Cursor, Facet, Facets, Found, Hit, Query, Sort};
use crate::search::rank::Ranker;
use crate::search::typed::{Effort, Typed};

/// How hard to look, in a cursor: for what was typed, then with slips for words that no document holds, and at last
/// with slips everywhere and one word left out.
const AS_TYPED: u8 = 0;
const UNKNOWN_SLIP: u8 = 1;
const FORGIVING: u8 = 2;
/// Added to one of them in a cursor whose hits are not in the order of the server's query.
const NEWEST_FIRST: u8 = 4;

/// Hits that are put in order here.
const WINDOW: usize = 200;

const RETRIEVED: [&str; 9] = ["id", "kind", "words", "name", "name_en", "producer", "village", "category", "body"];

/// What comes back of a document: text only.
#[derive(Debug, Clone, Deserialize)]
struct Back {
    id: String,
    kind: String,
    words: String,
    #[serde(flatten)]
    shown: Shown,
}

/// How one question is put to the server.
struct Way<'a> {
    typed: &'a Typed,
    /// Which documents the words find, a clause each.
    words: Vec<String>,
    level: u8,
    /// Whether the server's query brings the best hits first; else the newest come first.
    by_query: bool,
}

impl Way<'_> {
    /// Whether hits are ranked by their words.
    fn ranks(&self, query: &Query) -> bool {
        query.sort == Sort::Relevance && !self.typed.units.is_empty()
    }
}

/// One request's results: the page, the documents whose marks agree, everything that is found with all counts, the
/// counts of facets whose own filter is left out, and whether anything matches whatever the filters.
struct Answers {
    page: SearchResults<Back>,
    exact: Vec<Back>,
    /// None where the page's own results tell it.
    all: Option<SearchResults<Back>>,
    counts: Vec<(Facet, SearchResults<Back>)>,
    matched: bool,
}

fn total(results: &SearchResults<Back>) -> usize {
    results.estimated_total_hits.unwrap_or(results.hits.len())
}

impl Answers {
    fn all(&self) -> &SearchResults<Back> {
        self.all.as_ref().unwrap_or(&self.page)
    }

    /// Whether the server's query leaves out some of what is found: a word that it cuts or joins in its own way.
    fn lacks_some(&self) -> bool {
        total(&self.page) != total(self.all())
    }
}

impl Meili {
    /// Answers a query.
    pub async fn search(&self, query: &Query) -> Result<Found, SearchError> {
        query.check()?;
        let after = Cursor::of(query)?;
        self.breaker.check()?;
        let Ok(_place) = self.searches.try_acquire() else {
            return Err(SearchError::Unavailable("too many searches are waiting".to_owned()));
        };
        let answered = tokio::time::timeout(SEARCH_TIMEOUT, self.ever_harder(query, after)).await;
        if matches!(answered, Ok(Err(SearchError::Refused(_)))) {
            self.forget_search_key().await;
        }
        self.breaker.note(answered.unwrap_or_else(|_| {
            Err(SearchError::Unavailable(format!("no answer within {} s", SEARCH_TIMEOUT.as_secs())))
        }))
    }

    /// As typed; then with slips for unknown words; at last with slips everywhere and one word left out.
    async fn ever_harder(&self, query: &Query, after: Option<Cursor>) -> Result<Found, SearchError> {
        let typed = Typed::read(&query.text, &self.settings, &self.held(&query.text).await?);
        if typed.meaningless {
            return Ok(Found::default());
        }
        let today = day_number(query.today);
        let (first, by_query) = after.map_or((AS_TYPED, true), |cursor| {
            ((cursor.effort & !NEWEST_FIRST).min(FORGIVING), cursor.effort & NEWEST_FIRST == 0)
        });
        let mut found = Found::default();
        for level in first..=FORGIVING {
            let effort = if level == FORGIVING { Effort::Forgiving } else { Effort::Strict };
            let slips = if level == AS_TYPED { Vec::new() } else { self.slips(&typed, effort).await? };
            if level == UNKNOWN_SLIP && slips.is_empty() && after.is_none() {
                continue;
            }
            let words = membership(&typed, effort, &slips, today);
            let (answer, matched) = self.attempt(query, Way { typed: &typed, words, level, by_query }, after).await?;
            found = answer;
            if matched || after.is_some() || typed.units.is_empty() {
                break;
            }
        }
        Ok(found)
    }

    /// One way of asking. The order of the hits is: the server's first [`WINDOW`] and all documents whose marks agree
    /// (at most another [`WINDOW`]), put in order by their marks; then the rest as the server has it, without those
    /// that were drawn forward. A cursor past the first part holds the place in the server's own order.
    async fn attempt(
        &self,
        query: &Query,
        mut way: Way<'_>,
        after: Option<Cursor>,
    ) -> Result<(Found, bool), SearchError> {
        let today = day_number(query.today);
        let (given, mut rest) = after.map_or((0, 0), |c| (c.primary.max(0) as usize, c.secondary.max(0) as usize));
        let ranks = way.ranks(query);
        way.by_query &= ranks;
        let first_part = ranks && rest == 0;
        let (from, wanted) = match (ranks, first_part) {
            (true, true) => (0, WINDOW),
            (true, false) => (rest, query.page_size()),
            (false, _) => (given, query.page_size()),
        };
        let mut answers = self.ask(query, &way, from, wanted).await?;
        if after.is_none() && answers.lacks_some() {
            way.by_query = false;
            answers = self.ask(query, &way, from, wanted).await?;
        }
        let total = total(answers.all());
        let mut facets = Facets::default();
        for facet in Facet::ALL {
            let own = answers.counts.iter().find(|(counted, _)| *counted == facet).map(|(_, counts)| counts);
            count(own.unwrap_or(answers.all()), facet, today, &mut facets);
        }

        let on_page = answers.page.hits.len();
        let mut backs: Vec<(i64, Back)> = answers.page.hits.into_iter().map(|hit| (0, hit.result)).collect();
        let more;
        if first_part {
            let known: HashSet<String> = backs.iter().map(|(_, back)| back.id.clone()).collect();
            backs.extend(answers.exact.into_iter().filter(|back| !known.contains(&back.id)).map(|back| (0, back)));
            let ranker = Ranker::new(way.typed, query.lang);
            for (score, back) in &mut backs {
                *score = ranker.place(&back.shown, &back.words);
            }
            backs.sort_by_key(|(score, _)| std::cmp::Reverse(*score));
            let end = given + query.page_size();
            more = end < backs.len() || total > on_page.max(backs.len());
            rest = if end < backs.len() { 0 } else { on_page };
            backs.drain(..given.min(backs.len()));
            backs.truncate(query.page_size());
        } else if ranks {
            rest += on_page;
            more = rest < total && on_page > 0;
            let drawn: HashSet<String> = answers.exact.into_iter().map(|back| back.id).collect();
            backs.retain(|(_, back)| !drawn.contains(&back.id));
        } else {
            more = given + on_page < total && on_page > 0;
        }
        let marker = Marker::new(way.typed);
        let hits = backs.iter().map(|(score, back)| hit(back, *score, &marker)).collect::<Result<Vec<Hit>, _>>()?;
        let effort = way.level + if way.by_query || !ranks { 0 } else { NEWEST_FIRST };
        let next = Cursor { primary: (given + hits.len()) as i64, secondary: rest as i64, id: 0, effort };
        let next_cursor = more.then(|| next.encode(query));
        let near = way.level > AS_TYPED && total > 0;
        Ok((Found { hits, facets, next_cursor, total: total as u64, near }, answers.matched))
    }

    /// One request to the server.
    async fn ask(&self, query: &Query, way: &Way<'_>, from: usize, wanted: usize) -> Result<Answers, SearchError> {
        let today = day_number(query.today);
        let typed = way.typed;
        let searcher = self.searcher().await?;
        let (client, index) = (&searcher.client, searcher.client.index(&self.live));
        let text = typed.folded_text();
        let marked = if way.ranks(query) { marks::question(typed) } else { String::new() };
        let commune = commune_filter(query);
        let words = text_filter(&commune, &way.words);
        let page_filter = filter(query, typed, None, today);
        let all_facets = Facet::ALL.map(field);
        let sort: &[&str] = match query.sort {
            Sort::Relevance if way.by_query => &[],
            Sort::Relevance | Sort::Newest => &["updated_at:desc"],
            Sort::PriceAsc => &["price_min:asc", "updated_at:desc"],
            Sort::PriceDesc => &["price_max:desc", "updated_at:desc"],
            Sort::Scans => &["scans:desc", "updated_at:desc"],
        };
        let narrowed: Vec<(Facet, Option<String>, [&str; 1])> = Facet::ALL
            .into_iter()
            .filter(|facet| facet_filter(query, *facet, today).is_some())
            .map(|facet| (facet, filter(query, typed, Some(facet), today), [field(facet)]))
            .collect();

        let mut request: MultiSearchQuery<'_, '_> = client.multi_search();
        let base = |filter| {
            let mut search = SearchQuery::new(&index);
            let clauses = words.iter().copied().chain(filter);
            search.with_array_filter(clauses.collect()).with_limit(0);
            search
        };
        let mut page = base(page_filter.as_deref());
        page.with_offset(from).with_limit(wanted).with_attributes_to_retrieve(Selectors::Some(&RETRIEVED));
        if !sort.is_empty() {
            page.with_sort(sort);
        }
        if way.by_query {
            let leaving_out = way.level == FORGIVING;
            let strategy = if leaving_out { MatchingStrategies::LAST } else { MatchingStrategies::ALL };
            page.with_query(&text).with_matching_strategy(strategy).with_attributes_to_search_on(&SEARCHABLE);
        } else {
            page.with_facets(Selectors::Some(&all_facets));
        }
        request.with_search_query(page);
        if !marked.is_empty() {
            let mut exact = base(page_filter.as_deref());
            exact.with_query(&marked).with_attributes_to_search_on(&[marks::FIELD]);
            exact.with_matching_strategy(MatchingStrategies::ALL).with_limit(WINDOW);
            exact.with_attributes_to_retrieve(Selectors::Some(&RETRIEVED));
            request.with_search_query(exact);
        }
        if way.by_query {
            let mut all = base(page_filter.as_deref());
            all.with_facets(Selectors::Some(&all_facets));
            request.with_search_query(all);
        }
        for (_, filter, facet) in &narrowed {
            let mut counts = base(filter.as_deref());
            counts.with_facets(Selectors::Some(facet));
            request.with_search_query(counts);
        }
        if page_filter.is_some() {
            request.with_search_query(base(None));
        }

        let answered = existing(request.execute::<Back>().await).map_err(said)?;
        let MultiSearchResponse { results } = answered.ok_or_else(no_index)?;
        let mut results = results.into_iter();
        let mut next = || results.next().ok_or_else(|| SearchError::Refused("an answer without results".to_owned()));
        let page = next()?;
        let exact = if marked.is_empty() { Vec::new() } else { next()?.hits.into_iter().map(|h| h.result).collect() };
        let all = if way.by_query { Some(next()?) } else { None };
        let mut counts = Vec::new();
        for (facet, ..) in &narrowed {
            counts.push((*facet, next()?));
        }
        let matched =
            if page_filter.is_some() { total(&next()?) > 0 } else { total(all.as_ref().unwrap_or(&page)) > 0 };
        Ok(Answers { page, exact, all, counts, matched })
    }
}

fn hit(back: &Back, score: i64, marker: &Marker) -> Result<Hit, SearchError> {
    let odd = || SearchError::Refused("the index holds a document that is not ours".to_owned());
    let id = Uuid::parse_str(&back.id).map_err(|_| odd())?;
    let kind = Kind::from_code(&back.kind).ok_or_else(odd)?;
    Ok(Hit { id, kind, score, highlights: marker.mark(&back.shown) })
}

fn count(results: &SearchResults<Back>, facet: Facet, today: u64, facets: &mut Facets) {
    let Some(values) = results.facet_distribution.as_ref().and_then(|d| d.get(field(facet))) else { return };
    for (value, count) in values {
        let code = match facet {
            Facet::Stars | Facet::Certificate => {
                let Some((code, until)) = value.rsplit_once(DAY_MARK) else { continue };
                if until.parse::<u64>().is_ok_and(|until| until < today) {
                    continue;
                }
                code
            }
            _ => value,
        };
        facets.add(facet, code, *count as u64);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_of_the_server_is_read_with_exact_numbers_on() {
        // serde_json's arbitrary_precision breaks numbers under flattened or tagged types; ours hold text only.
        let answer = r#"{"results":[{"indexUid":"x","hits":[{"id":"00000000000000000000000000000001","kind":"product",
            "name":"Vải","name_en":"","producer":"","village":"","category":"","body":"","words":""}],"query":"vai",
            "processingTimeMs":1,"limit":20,"offset":0,"estimatedTotalHits":1,
            "facetDistribution":{"stars_key":{"4|20270501":2,"4|20200101":5,"3|20270101":1},"season":{"5":3}},
            "facetStats":{"season":{"min":5.0,"max":5.0}}}]}"#;
        let answer: MultiSearchResponse<Back> = serde_json::from_str(answer).unwrap();
        let page = &answer.results[0];
        let mut facets = Facets::default();
        count(page, Facet::Stars, 20_261_122, &mut facets);
        count(page, Facet::Season, 20_261_122, &mut facets);
        assert_eq!(facets.of(Facet::Stars), [("4".to_owned(), 2), ("3".to_owned(), 1)]);
        assert_eq!(facets.count(Facet::Season, "5"), 3);
        assert_eq!(page.hits[0].result.shown.name, "Vải");
        let accepted = r#"{"taskUid":7,"indexUid":"x","status":"enqueued","type":"documentAdditionOrUpdate",
            "enqueuedAt":"2026-11-22T10:00:00.5Z"}"#;
        let accepted: meilisearch_sdk::task_info::TaskInfo = serde_json::from_str(accepted).unwrap();
        assert_eq!(accepted.task_uid, 7);
    }
}
