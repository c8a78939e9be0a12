//! Turns an understood text into the engine's query, with the weights of [`crate::search::rank`].
//!
//! Start at [`Asker::query`]. All scores are whole numbers far below 2²⁴, so their sums are exact and the same in
//! every segment: paging relies on it. What was typed with marks must rank the exact word first wherever it stands,
//! so a word with other marks scores below an exact one in the least field.

use std::ops::Bound;

use tantivy::query::{
    BooleanQuery, ConstScoreQuery, DisjunctionMaxQuery, FuzzyTermQuery, InvertedIndexRangeQuery, Occur, PhraseQuery,
    Query, TermQuery,
};
use tantivy::schema::{Field, IndexRecordOption};
use tantivy::{Searcher, Term};

use super::schema::{BEGIN, DAY_MARK, Fields};
use crate::search::document::NEVER;
use crate::search::query::Lang;
use crate::search::rank::{english_weight, tier, weight};
use crate::search::typed::{Effort, Typed, TypedWord, Unit, Vocabulary};
use crate::search::words::{Word, singular};

type Part = Box<dyn Query>;

/// Builds queries over one state of the index.
pub struct Asker<'a> {
    pub fields: &'a Fields,
    pub searcher: &'a Searcher,
    pub lang: Lang,
    /// Day as in [`crate::search::document::day_number`].
    pub today: u64,
}

impl Vocabulary for Asker<'_> {
    fn knows(&self, folded: &str) -> bool {
        let f = self.fields;
        [f.name_folded, f.who_folded, f.body_folded].into_iter().any(|field| self.holds(field, folded))
            || self.holds(f.english, singular(folded))
    }

    fn knows_marked(&self, marked: &str) -> bool {
        let f = self.fields;
        [f.name_marked, f.who_marked, f.body_marked].into_iter().any(|field| self.holds(field, marked))
    }
}

impl Asker<'_> {
    /// The query for a commune and a text; without words everything of the commune.
    pub fn query(&self, commune: i32, typed: &Typed, effort: Effort) -> Part {
        let commune = Term::from_field_i64(self.fields.commune, i64::from(commune));
        let mut parts = vec![(Occur::Must, scored(TermQuery::new(commune, IndexRecordOption::Basic), 0))];
        let units: Vec<(Occur, Part)> = typed.units.iter().map(|u| self.unit(u, effort)).collect();
        if !units.is_empty() {
            let (needed, better): (Vec<_>, Vec<_>) = units.into_iter().partition(|(occur, _)| *occur == Occur::Must);
            // One word of three or more may be missing, but only once nothing was found with all of them.
            if effort == Effort::Forgiving && needed.len() >= 3 {
                let enough = needed.len() - 1;
                let loose = needed.into_iter().map(|(_, part)| (Occur::Should, part)).collect();
                parts.push((Occur::Must, Box::new(BooleanQuery::with_minimum_required_clauses(loose, enough))));
            } else {
                parts.extend(needed);
            }
            parts.extend(better);
            parts.extend(self.bonuses(typed).into_iter().map(|part| (Occur::Should, part)));
        }
        Box::new(BooleanQuery::new(parts))
    }

    /// Whether the index lacks one of these words, so that only a slip can have found it.
    pub fn lacks(&self, words: &[TypedWord]) -> bool {
        words.iter().filter(|w| !w.optional).any(|w| !self.stands(w))
    }

    /// Whether some document holds the word, a certificate's too, or, of the last word, one that begins with it.
    fn stands(&self, typed: &TypedWord) -> bool {
        let f = self.fields;
        let folded = &typed.word.folded;
        let begins = |field: Field, text: &str| self.has_beginning(field, text).unwrap_or(false);
        self.knows(folded)
            || begins(f.certificate_words, &format!("{folded}{DAY_MARK}"))
            || (typed.last
                && [f.name_folded, f.english, f.who_folded, f.body_folded].into_iter().any(|f| begins(f, folded)))
    }

    fn has_beginning(&self, field: Field, text: &str) -> tantivy::Result<bool> {
        for segment in self.searcher.segment_readers() {
            let inverted = segment.inverted_index(field)?;
            let mut terms = inverted.terms().range().ge(text).into_stream()?;
            if terms.advance() && terms.key().starts_with(text.as_bytes()) {
                return Ok(true);
            }
        }
        Ok(false)
    }

    fn holds(&self, field: Field, text: &str) -> bool {
        self.searcher.doc_freq(&Term::from_field_text(field, text)).is_ok_and(|n| n > 0)
    }

    fn unit(&self, unit: &Unit, effort: Effort) -> (Occur, Part) {
        let typed: Vec<(Occur, Part)> = unit
            .words
            .iter()
            .map(|w| {
                (if w.optional { Occur::Should } else { Occur::Must }, self.word(w, effort, !unit.synonyms.is_empty()))
            })
            .collect();
        let occur = if unit.words.iter().all(|w| w.optional) { Occur::Should } else { Occur::Must };
        let typed: Part = Box::new(BooleanQuery::new(typed));
        if unit.synonyms.is_empty() {
            return (occur, typed);
        }
        let mut same = vec![typed];
        let span = unit.words.len() as u32;
        for phrase in &unit.synonyms {
            self.synonym(phrase, span, &mut same);
        }
        (occur, Box::new(DisjunctionMaxQuery::new(same)))
    }

    /// One word in all fields; a document counts where it matches best.
    fn word(&self, typed: &TypedWord, effort: Effort, in_unit_with_synonyms: bool) -> Part {
        let f = self.fields;
        let Word { folded, marked, .. } = &typed.word;
        let bare = !typed.word.has_marks();
        let folded_tier = if bare { tier::FOLDED_BARE } else { tier::FOLDED_OTHER };
        let letters = folded.chars().count();
        let mut ways: Vec<Part> = Vec::new();
        for (in_folded, in_marked, points) in [
            (f.name_folded, f.name_marked, weight::NAME),
            (f.who_folded, f.who_marked, weight::WHO),
            (f.body_folded, f.body_marked, weight::BODY),
        ] {
            ways.push(term(in_marked, marked, points * tier::EXACT / 100));
            ways.push(term(in_folded, folded, points * folded_tier / 100));
        }
        let english_tier = if bare { tier::EXACT } else { tier::FOLDED_OTHER };
        ways.push(term(f.english, singular(folded), english_weight(self.lang) * english_tier / 100));
        ways.push(self.certificate(folded, folded_tier));

        if typed.last {
            let prefix_tier = if bare { tier::PREFIX_BARE } else { tier::PREFIX_OTHER };
            let mut fields = vec![
                (f.name_folded, weight::NAME),
                (f.english, english_weight(self.lang)),
                (f.who_folded, weight::WHO),
            ];
            // One or two letters begin too many words of a story to mean any of them.
            if letters >= 3 {
                fields.push((f.body_folded, weight::BODY));
            }
            for (field, points) in fields {
                let begins = FuzzyTermQuery::new_prefix(Term::from_field_text(field, folded), 0, true);
                ways.push(scored(begins, points * prefix_tier / 100));
            }
            if !bare {
                let begins = FuzzyTermQuery::new_prefix(Term::from_field_text(f.name_marked, marked), 0, true);
                ways.push(scored(begins, weight::NAME * tier::PREFIX_MARKED / 100));
            }
        }
        if typed.may_slip(effort, in_unit_with_synonyms, || self.stands(typed)) {
            for (field, points) in [
                (f.name_folded, weight::NAME),
                (f.english, english_weight(self.lang)),
                (f.who_folded, weight::WHO),
                (f.body_folded, weight::BODY),
            ] {
                let near = FuzzyTermQuery::new(Term::from_field_text(field, folded), 1, true);
                ways.push(scored(near, points * tier::SLIP / 100));
            }
        }
        Box::new(DisjunctionMaxQuery::new(ways))
    }

    /// A word of a certificate's name, while the certificate is valid.
    fn certificate(&self, folded: &str, percent: u32) -> Part {
        let day = |day: u64| Term::from_field_text(self.fields.certificate_words, &format!("{folded}{DAY_MARK}{day}"));
        let valid = InvertedIndexRangeQuery::new(Bound::Included(day(self.today)), Bound::Included(day(NEVER)));
        scored(valid, weight::WHO * percent / 100)
    }

    /// A phrase that may stand for `span` typed words scores a little less than those words would.
    fn synonym(&self, phrase: &[Word], span: u32, same: &mut Vec<Part>) {
        let f = self.fields;
        for (in_folded, in_marked, points) in [
            (f.name_folded, f.name_marked, weight::NAME),
            (f.who_folded, f.who_marked, weight::WHO),
            (f.body_folded, f.body_marked, weight::BODY),
        ] {
            let pairs = if in_marked == f.name_marked { weight::PAIR_MARKED } else { 0 };
            let full = (span * points + (span - 1) * pairs) * tier::SYNONYM / 100;
            same.push(scored_phrase(in_marked, phrase.iter().map(|w| w.marked.as_str()), full));
            // Texts written without marks are found too, unless one bare word could mean anything.
            if phrase.len() > 1 {
                let folded = phrase.iter().map(|w| w.folded.as_str());
                same.push(scored_phrase(in_folded, folded, full * tier::FOLDED_OTHER / 100));
            }
        }
    }

    fn bonuses(&self, typed: &Typed) -> Vec<Part> {
        let f = self.fields;
        let words: Vec<&Word> = typed.words().map(|w| &w.word).collect();
        let bare = words.iter().all(|w| !w.has_marks());
        let mut bonuses = Vec::new();
        let folded_pair = if bare { weight::PAIR_BARE } else { weight::PAIR_OTHER };
        for pair in words.windows(2) {
            let marked = || pair.iter().map(|w| w.marked.as_str());
            let folded = || pair.iter().map(|w| w.folded.as_str());
            let ways = vec![
                scored_phrase(f.name_marked, marked(), weight::PAIR_MARKED),
                scored_phrase(f.name_folded, folded(), folded_pair),
                scored_phrase(f.english, folded().map(singular), folded_pair),
                scored_phrase(f.who_marked, marked(), weight::PAIR_MARKED / 3),
                scored_phrase(f.who_folded, folded(), folded_pair / 3),
                scored_phrase(f.body_marked, marked(), weight::PAIR_MARKED / 4),
            ];
            bonuses.push(Box::new(DisjunctionMaxQuery::new(ways)) as Part);
        }
        if let Some(first) = typed.words().find(|w| !w.optional) {
            let begin = if bare { weight::BEGIN_BARE } else { weight::BEGIN_OTHER };
            let ways = vec![
                scored_phrase(f.name_marked, [BEGIN, &first.word.marked].into_iter(), weight::BEGIN_MARKED),
                scored_phrase(f.name_folded, [BEGIN, &first.word.folded].into_iter(), begin),
            ];
            bonuses.push(Box::new(DisjunctionMaxQuery::new(ways)));
        }
        bonuses
    }
}

fn scored(query: impl Query, points: u32) -> Part {
    Box::new(ConstScoreQuery::new(Box::new(query), points as f32))
}

fn term(field: Field, text: &str, points: u32) -> Part {
    scored(TermQuery::new(Term::from_field_text(field, text), IndexRecordOption::Basic), points)
}

fn scored_phrase<'w>(field: Field, words: impl Iterator<Item = &'w str>, points: u32) -> Part {
    let mut terms: Vec<Term> = words.map(|w| Term::from_field_text(field, w)).collect();
    match terms.len() {
        1 => scored(TermQuery::new(terms.swap_remove(0), IndexRecordOption::Basic), points),
        _ => scored(PhraseQuery::new(terms), points),
    }
}
