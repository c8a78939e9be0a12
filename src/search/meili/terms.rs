//! The words of a document as values that filters compare, so that a text finds the same documents as in the embedded
//! index. Start at [`FoundBy::of`]; `membership` asks for them.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::marks;
use crate::fold::nfc;
use crate::search::document::Document;
use crate::search::embedded::latest_certificates;
use crate::search::highlight::Shown;
use crate::search::settings::Settings;
use crate::search::words::{Word, singular, words};

/// Every word without marks; those of the English name without plural endings.
pub const TERMS: &str = "terms";
/// Words of the English name again.
pub const ENGLISH: &str = "english_terms";
/// The first one and two letters of every word but those of descriptions and stories.
pub const BEGINNINGS: &str = "beginnings";
/// The phrases that stand for others and that the document holds.
pub const PHRASES: &str = "phrases";
/// Words of certificates, each with the last day on which one of them is valid.
pub const CERTIFICATES: &str = "certificate_terms";

/// What a document is found by.
#[derive(Serialize)]
pub struct FoundBy {
    terms: BTreeSet<String>,
    english_terms: BTreeSet<String>,
    beginnings: BTreeSet<String>,
    phrases: BTreeSet<String>,
    certificate_terms: BTreeMap<String, u64>,
}

impl FoundBy {
    /// The terms of a document with these texts.
    pub fn of(document: &Document, shown: &Shown, settings: &Settings) -> Self {
        let parent = document.parent_category.as_ref().map(|c| nfc(&c.label)).unwrap_or_default();
        let kind = nfc(&document.producer_kind.label);
        let head = [&shown.name, &shown.producer, &shown.village, &shown.category, &parent, &kind].map(|t| words(t));
        let body = words(&shown.body);
        let mut phrases = BTreeSet::new();
        for text in head.iter().chain([&body]) {
            for at in 0..text.len() {
                let held = settings.targets(&text[at].folded).iter().filter(|phrase| begins_with(&text[at..], phrase));
                phrases.extend(held.map(|phrase| phrase_key(phrase)));
            }
        }
        let mut certificate_terms = BTreeMap::new();
        for (_, until, label) in latest_certificates(document) {
            for word in words(&nfc(label)).into_iter().filter(|word| is_attribute(&word.folded)) {
                let last = certificate_terms.entry(word.folded).or_insert(until);
                *last = until.max(*last);
            }
        }
        let english_terms: BTreeSet<String> =
            words(&shown.name_en).iter().map(|word| singular(&word.folded).to_owned()).collect();
        let mut terms: BTreeSet<String> = head.into_iter().flatten().map(|word| word.folded).collect();
        terms.extend(english_terms.iter().cloned());
        let first = |word: &String, letters: usize| word.chars().take(letters).collect();
        let beginnings = terms.iter().flat_map(|word| [first(word, 1), first(word, 2)]).collect();
        terms.extend(body.into_iter().map(|word| word.folded));
        Self { terms, english_terms, beginnings, phrases, certificate_terms }
    }
}

/// Whether a word can name a nested attribute of the server, in a document and in a filter.
pub fn is_attribute(folded: &str) -> bool {
    !folded.is_empty() && folded.bytes().all(|b| b.is_ascii_alphanumeric())
}

/// How a phrase is named. One word counts with its marks only, because folding makes too many single words one; the
/// server would take the marks off, so they are spelt.
pub fn phrase_key(phrase: &[Word]) -> String {
    match phrase {
        [word] => format!("={}", marks::spell(word).unwrap_or_else(|| word.folded.clone())),
        _ => phrase.iter().map(|word| word.folded.as_str()).collect::<Vec<_>>().join(" "),
    }
}

/// Whether a text begins with a phrase, its words side by side.
fn begins_with(text: &[Word], phrase: &[Word]) -> bool {
    let (Some(first), Some(run)) = (text.first(), text.get(..phrase.len())) else { return false };
    match phrase {
        [word] => first.marked == word.marked,
        _ => run
            .iter()
            .zip(phrase)
            .enumerate()
            .all(|(at, (word, wanted))| word.folded == wanted.folded && word.position == first.position + at),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::search::tests::product;

    #[test]
    fn phrases_are_held_as_they_stand_and_single_words_with_their_marks() {
        let settings = Settings::bundled().unwrap();
        let held = |name: &str| {
            let document = product(1, name);
            FoundBy::of(&document, &crate::search::embedded::shown(&document), &settings).phrases
        };
        let key = |phrase: &str| phrase_key(&words(phrase));
        assert!(held("Dứa mật").contains(&key("dứa")));
        assert!(!held("Dừa xiêm").contains(&key("dứa")), "other marks are another fruit");
        assert!(held("Che xanh Hà Bắc").contains(&key("chè xanh")), "written without marks");
        assert!(!held("Chè, xanh").contains(&key("chè xanh")), "not side by side");
    }
}
