//! Words with their marks, in letters that the server's folding leaves alone.
//!
//! Meilisearch takes every mark off both the document and the query. A second searched field, [`FIELD`], holds each
//! word once more in this spelling, so that the documents whose marks agree can be asked for whatever their rank.

use crate::search::typed::Typed;
use crate::search::words::{Word, words};

/// Name of the field.
pub const FIELD: &str = "marked";

/// One word: its tone as the first letter (`z` for none), then its letters as Telex writes them. None for a word
/// with other letters or digits, which has no marks to agree on.
pub fn spell(word: &Word) -> Option<String> {
    let mut letters = word.marked.chars().peekable();
    let tone = match letters.peek() {
        Some('\u{300}') => 'f',
        Some('\u{301}') => 's',
        Some('\u{309}') => 'r',
        Some('\u{303}') => 'x',
        Some('\u{323}') => 'j',
        _ => 'z',
    };
    if tone != 'z' {
        letters.next();
    }
    let mut spelt = String::from(tone);
    for letter in letters {
        match letter {
            'ă' => spelt.push_str("aw"),
            'â' => spelt.push_str("aa"),
            'ê' => spelt.push_str("ee"),
            'ô' => spelt.push_str("oo"),
            'ơ' => spelt.push_str("ow"),
            'ư' => spelt.push_str("uw"),
            'đ' => spelt.push_str("dd"),
            'a'..='z' => spelt.push(letter),
            _ => return None,
        }
    }
    Some(spelt)
}

/// All words of some texts.
pub fn field_of(texts: &[&str]) -> String {
    let spelt = texts.iter().flat_map(|text| words(text)).filter_map(|word| spell(&word));
    spelt.collect::<Vec<_>>().join(" ")
}

/// What to ask the field for: the words that were typed with marks, or all of them when none has any. Empty when
/// the words have synonyms, which agree in other words.
pub fn question(typed: &Typed) -> String {
    if typed.units.iter().any(|unit| !unit.synonyms.is_empty()) {
        return String::new();
    }
    let wanted: Vec<&Word> = typed.words().filter(|w| !w.optional).map(|w| &w.word).collect();
    let bare = wanted.iter().all(|word| !word.has_marks());
    let spelt = wanted.into_iter().filter(|word| bare || word.has_marks()).filter_map(spell);
    spelt.collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_become_letters_and_beginnings_stay_beginnings() {
        assert_eq!(field_of(&["Vải thiều Đồng Vang, 500g"]), "rvai fthieeu fddoong zvang");
        assert!(field_of(&["vải"]).starts_with(&field_of(&["vả"])));
        assert_eq!(field_of(&["hoà thuỷ"]), field_of(&["hòa thủy"]));
        assert_ne!(field_of(&["cay"]), field_of(&["cáy"]));
    }
}
