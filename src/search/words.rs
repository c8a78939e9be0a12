//! Words of a text in the two forms that are searched: folded (no marks) and marked (marks kept, tone in one place).
//!
//! Cutting is charabia's, the tokenizer inside Meilisearch, so both engines cut words alike. Start at [`words`].

use std::sync::OnceLock;

use charabia::{Language, SeparatorKind, TokenKind, Tokenizer, TokenizerBuilder};
use unicode_normalization::UnicodeNormalization;

/// Positions skipped at a full stop or comma, so that no phrase reaches across it.
const HARD_GAP: usize = 8;

/// Longer "words" are no words, and an index could not hold the longest of them.
const WORD_MAX: usize = 100;

/// The five tone marks; the other combining marks belong to the vowel (â ê ô ă ơ ư).
const TONES: [char; 5] = ['\u{300}', '\u{301}', '\u{303}', '\u{309}', '\u{323}'];

/// One word of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Word {
    /// Without marks, lower case, đ as d.
    pub folded: String,
    /// Lower case with marks, the tone moved to the front: `hòa` and `hoà` are the same.
    pub marked: String,
    /// Place among the words; a hard separator leaves a gap.
    pub position: usize,
    /// Bytes of the text that the word covers.
    pub span: std::ops::Range<usize>,
}

impl Word {
    /// Whether the word carries any mark, đ included.
    pub fn has_marks(&self) -> bool {
        self.folded != self.marked
    }
}

fn tokenizer() -> &'static Tokenizer<'static> {
    static TOKENIZER: OnceLock<Tokenizer<'static>> = OnceLock::new();
    TOKENIZER.get_or_init(|| {
        let mut builder: TokenizerBuilder<'static, Vec<u8>> = TokenizerBuilder::new();
        // With one language allowed no guess is made, so a short name is not taken for another language.
        builder.allow_list(&[Language::Vie]);
        builder.into_tokenizer()
    })
}

/// Cuts an NFC text into words.
pub fn words(text: &str) -> Vec<Word> {
    let mut found = Vec::new();
    let mut position = 0;
    for token in tokenizer().tokenize(text) {
        match token.kind {
            TokenKind::Word | TokenKind::StopWord => {
                let folded: String = token.lemma().chars().filter(|c| !c.is_control()).collect();
                let Some(surface) = text.get(token.byte_start..token.byte_end) else { continue };
                if folded.len() > WORD_MAX || !folded.chars().any(char::is_alphanumeric) {
                    continue;
                }
                let marked = marked(surface);
                found.push(Word { folded, marked, position, span: token.byte_start..token.byte_end });
                position += 1;
            }
            TokenKind::Separator(SeparatorKind::Hard) => position += HARD_GAP,
            TokenKind::Separator(SeparatorKind::Soft) | TokenKind::Unknown => {}
        }
    }
    found
}

/// An English word without its plural ending, so that `lychees` and `lychee` find each other.
pub fn singular(folded: &str) -> &str {
    match folded.strip_suffix('s') {
        Some(stem) if stem.len() >= 3 && !stem.ends_with('s') => stem,
        _ => folded,
    }
}

/// The form that keeps marks, with the tone first: `Vải` gives U+0309 + `vai`, and `vả` is a prefix of it.
pub fn marked(surface: &str) -> String {
    let mut tones = String::new();
    let mut letters = String::new();
    for c in surface.nfd().flat_map(char::to_lowercase) {
        if TONES.contains(&c) {
            tones.push(c);
        } else {
            letters.push(c);
        }
    }
    tones.extend(letters.nfc());
    tones
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_tone_placements_are_one_marked_word() {
        assert_eq!(marked("Hoà"), marked("hòa"));
        assert_eq!(marked("thuỷ"), marked("thủy"));
        assert_ne!(marked("cáy"), marked("cây"));
        assert_ne!(marked("cây"), marked("cay"));
    }

    #[test]
    fn words_keep_their_place_in_the_text() {
        let text = "Mắm rươi, ủ chum Đồng Vang";
        let found = words(text);
        let folded: Vec<&str> = found.iter().map(|w| w.folded.as_str()).collect();
        assert_eq!(folded, ["mam", "ruoi", "u", "chum", "dong", "vang"]);
        assert_eq!(&text[found[4].span.clone()], "Đồng");
        assert!(found[2].position > found[1].position + 1, "the comma leaves a gap");
        assert!(found[3].folded == found[3].marked && !found[3].has_marks());
    }
}
