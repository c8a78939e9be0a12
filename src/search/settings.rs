//! What both engines are set up with: synonyms with direction, and classifiers that may be dropped.
//!
//! Start at [`Settings::bundled`]. The one source is `seed/synonyms.tsv`; its directions are
//! `two_way` (each term finds the others), `one_way` (`a>b` and `b<a`: a query for a also finds b),
//! `classifier` (droppable at the front of a query) and `ambiguous` (kept for the record, never loaded).

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::words::{Word, words};
use crate::fold::nfc;

const BUNDLED: &str = include_str!("../../seed/synonyms.tsv");

/// More replacements than this for one phrase are cut off: the query must stay small.
const SYNONYMS_PER_PHRASE: usize = 24;

/// A line of the synonym list that can't be read.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("synonym list, line {line}: {reason}")]
pub struct SettingsError {
    /// Line number from 1, the header included.
    pub line: usize,
    /// What was expected.
    pub reason: String,
}

/// Synonyms and classifiers, shared by both engines.
#[derive(Debug, Clone, Default)]
pub struct Settings {
    /// Folded phrase → every marked phrase that folds so, with what it also finds.
    rules: HashMap<String, Vec<Rule>>,
    /// Marked forms.
    classifiers: BTreeSet<String>,
    /// Every phrase that stands for another, by its folded first word.
    targets: HashMap<String, Vec<Vec<Word>>>,
    longest: usize,
}

#[derive(Debug, Clone)]
struct Rule {
    text: String,
    marked: String,
    to: BTreeMap<String, Vec<Word>>,
}

impl Settings {
    /// The settings that come with the program.
    pub fn bundled() -> Result<Self, SettingsError> {
        Self::from_tsv(BUNDLED)
    }

    /// Reads a synonym list (header, then `terms`, `direction`, `source`, `note` split by tabs).
    pub fn from_tsv(text: &str) -> Result<Self, SettingsError> {
        let mut settings = Self::default();
        for (index, line) in text.lines().enumerate().skip(1) {
            let line_number = index + 1;
            let fail = |reason: &str| SettingsError { line: line_number, reason: reason.to_owned() };
            if line.trim().is_empty() {
                continue;
            }
            let mut columns = line.split('\t');
            let terms = nfc(columns.next().unwrap_or_default().trim());
            let list = |part: &str| part.split(',').map(|t| t.trim().to_owned()).filter(|t| !t.is_empty()).collect();
            match columns.next().map(str::trim) {
                Some("ambiguous") => {}
                _ if terms.contains(['(', ')']) => return Err(fail("a term with a context is only for `ambiguous`")),
                Some("two_way") => {
                    let terms: Vec<String> = list(&terms);
                    if terms.len() < 2 {
                        return Err(fail("two_way needs at least two terms split by commas"));
                    }
                    for from in &terms {
                        for to in terms.iter().filter(|to| *to != from) {
                            settings.add(from, to);
                        }
                    }
                }
                Some("one_way") => {
                    let (from, to) = match (terms.split_once('>'), terms.split_once('<')) {
                        (Some((from, to)), None) | (None, Some((to, from))) => (list(from), list(to)),
                        _ => return Err(fail("one_way needs `a>b` or `b<a`")),
                    };
                    let (from, to): (Vec<String>, Vec<String>) = (from, to);
                    for from in &from {
                        for to in &to {
                            settings.add(from, to);
                        }
                    }
                }
                Some("classifier") => {
                    let terms: Vec<String> = list(&terms);
                    settings.classifiers.extend(terms.iter().flat_map(|t| words(t)).map(|w| w.marked));
                }
                _ => return Err(fail("direction is one of two_way, one_way, classifier, ambiguous")),
            }
        }
        Ok(settings)
    }

    fn add(&mut self, from: &str, to: &str) {
        let from_words = words(from);
        let to_words = words(to);
        if from_words.is_empty() || to_words.is_empty() {
            return;
        }
        self.longest = self.longest.max(from_words.len());
        let marked = join(from_words.iter().map(|w| &w.marked));
        let rules = self.rules.entry(join(from_words.iter().map(|w| &w.folded))).or_default();
        let at = rules.iter().position(|r| r.marked == marked).unwrap_or_else(|| {
            rules.push(Rule { text: from.to_owned(), marked, to: BTreeMap::new() });
            rules.len() - 1
        });
        if rules[at].to.len() < SYNONYMS_PER_PHRASE {
            let targets = self.targets.entry(to_words[0].folded.clone()).or_default();
            if !targets.contains(&to_words) {
                targets.push(to_words.clone());
            }
            rules[at].to.insert(to.to_owned(), to_words);
        }
    }

    /// The number of words in the longest phrase that has a synonym.
    pub fn longest_phrase(&self) -> usize {
        self.longest
    }

    /// Whether a word is a classifier (quả, trái, con, cái), typed with its marks or with none.
    pub fn is_classifier(&self, word: &Word) -> bool {
        self.classifiers.contains(&word.marked)
            || (!word.has_marks() && self.classifiers.iter().any(|c| crate::fold::fold(c) == word.folded))
    }

    /// What a phrase of the query also finds.
    ///
    /// A phrase of several words is known by its letters; a single word only when its marks agree or when none
    /// were typed, because folding makes too many single words one (dứa, dừa, dưa).
    pub fn synonyms(&self, typed: &[Word]) -> Vec<Vec<Word>> {
        let Some(rules) = self.rules.get(&join(typed.iter().map(|w| &w.folded))) else { return Vec::new() };
        let marked = join(typed.iter().map(|w| &w.marked));
        let exact = rules.iter().any(|r| r.marked == marked);
        let bare = typed.iter().all(|w| !w.has_marks());
        let mut found: Vec<Vec<Word>> = Vec::new();
        for rule in rules {
            let long_enough = typed.len() > 1 || (bare && typed[0].folded.len() >= 3);
            if rule.marked == marked || (!exact && long_enough) {
                found.extend(rule.to.values().cloned());
            }
        }
        found.truncate(SYNONYMS_PER_PHRASE);
        found
    }

    /// The phrases with this folded first word that some other phrase also finds.
    pub fn targets(&self, first: &str) -> &[Vec<Word>] {
        self.targets.get(first).map_or(&[], Vec::as_slice)
    }

    /// Every phrase with what it also finds, as text: the form Meilisearch takes.
    pub fn as_text(&self) -> BTreeMap<String, Vec<String>> {
        let mut all: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for rule in self.rules.values().flatten() {
            all.entry(rule.text.to_lowercase()).or_default().extend(rule.to.keys().map(|t| t.to_lowercase()));
        }
        for targets in all.values_mut() {
            targets.sort();
            targets.dedup();
        }
        all
    }
}

fn join<'a>(parts: impl Iterator<Item = &'a String>) -> String {
    parts.map(String::as_str).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn finds(settings: &Settings, typed: &str) -> Vec<String> {
        settings.synonyms(&words(typed)).iter().map(|to| join(to.iter().map(|w| &w.folded))).collect()
    }

    #[test]
    fn the_bundled_list_loads_and_keeps_its_directions() {
        let settings = Settings::bundled().unwrap();
        assert!(finds(&settings, "trái thơm").contains(&"dua".to_owned()));
        assert!(finds(&settings, "thơm").is_empty(), "thơm alone is an adjective");
        assert!(finds(&settings, "mận").contains(&"roi".to_owned()));
        assert!(finds(&settings, "roi").is_empty(), "never roi to mận");
        assert!(finds(&settings, "trứng gà").iter().all(|t| t != "le ki ma"));
        assert!(finds(&settings, "củ sắn").is_empty());
        assert!(finds(&settings, "chè").is_empty());
        assert!(finds(&settings, "trà xanh").contains(&"che xanh".to_owned()));
        let is = |text: &str| settings.is_classifier(&words(text)[0]);
        assert!(is("trai") && is("trái") && is("con") && !is("trại") && !is("hoa"));
    }

    #[test]
    fn a_single_word_with_other_marks_is_another_word() {
        let settings = Settings::bundled().unwrap();
        assert!(finds(&settings, "dứa").contains(&"khom".to_owned()));
        assert!(finds(&settings, "dừa").is_empty());
        assert!(finds(&settings, "do tuong").contains(&"dau nanh".to_owned()));
    }

    #[test]
    fn two_hundred_synonyms_for_one_word_leave_a_query_small() {
        let many: Vec<String> = (0..200).map(|n| format!("chữ{n}")).collect();
        let list = format!("terms\tdirection\n{}\ttwo_way\n", many.join(","));
        let settings = Settings::from_tsv(&list).unwrap();
        assert_eq!(settings.synonyms(&words("chữ7")).len(), SYNONYMS_PER_PHRASE);
        assert!(settings.as_text().values().all(|to| to.len() <= SYNONYMS_PER_PHRASE));
    }

    #[test]
    fn a_broken_list_names_its_line() {
        let error = Settings::from_tsv("terms\tdirection\na,b\ttwo_way\nc,d\tsideways\n").unwrap_err();
        assert_eq!(error.line, 3);
        assert!(Settings::from_tsv("h\na (b)>c\tone_way").is_err());
    }
}
