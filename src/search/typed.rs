//! What a typed text means, worked out once for both engines: words, phrases with synonyms, droppable classifiers,
//! raw Telex and VNI, and "ocop 4 sao". Start at [`Typed::read`].

use super::settings::Settings;
use super::telex;
use super::words::{Word, words};
use crate::fold::nfc;

/// More than this is cut off: nobody types it, and a query must stay small.
const CHARACTERS_MAX: usize = 200;
const WORDS_MAX: usize = 10;

/// The words that an index holds.
pub trait Vocabulary {
    /// Whether some document holds the word, whatever its marks.
    fn knows(&self, folded: &str) -> bool;
    /// Whether some document holds the word with these marks.
    fn knows_marked(&self, marked: &str) -> bool;
}

/// How hard to look: first only for what was typed, then with slips everywhere and one word missing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Effort {
    Strict,
    Forgiving,
}

/// Stars asked for in the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StarsWanted {
    /// "ocop"
    Any,
    /// "4 sao"
    Exactly(u8),
}

/// One word of the query.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TypedWord {
    /// Folded, marked and whether marks were typed.
    pub word: Word,
    /// A classifier at the front: better with it, found without it.
    pub optional: bool,
    /// The last word may still be growing.
    pub last: bool,
    /// Nothing else was typed.
    pub alone: bool,
}

impl TypedWord {
    /// Whether a word one slip away will do. `stands`: the index holds the word, or, while it is the last one, a word
    /// that begins with it.
    pub fn may_slip(&self, effort: Effort, in_unit_with_synonyms: bool, stands: impl FnOnce() -> bool) -> bool {
        let letters = self.word.folded.chars().count();
        match effort {
            // The last word may still be growing: three letters of it are a slip only where they are all that was
            // typed and nothing was found.
            Effort::Forgiving => letters >= 4 || (letters == 3 && (!self.last || self.alone)),
            // What the list of synonyms knows is no slip.
            Effort::Strict => !in_unit_with_synonyms && (letters >= 4 || (letters == 3 && !self.last)) && !stands(),
        }
    }
}

/// Words that stand together, with the phrases that mean the same.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unit {
    /// As typed.
    pub words: Vec<TypedWord>,
    /// What may stand in their place.
    pub synonyms: Vec<Vec<Word>>,
}

/// A text, understood.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Typed {
    /// In the order typed; empty when nothing searchable was typed.
    pub units: Vec<Unit>,
    /// Stars asked for in words.
    pub stars: Option<StarsWanted>,
    /// Something was typed, but no word came of it (only signs or emoji).
    pub meaningless: bool,
}

/// NFC, control characters and runs of white space as one space, cut to a sane length.
pub fn clean(text: &str) -> String {
    let spaced: String = text.chars().take(CHARACTERS_MAX * 4).map(|c| if c.is_control() { ' ' } else { c }).collect();
    let joined = nfc(&spaced).split_whitespace().collect::<Vec<_>>().join(" ");
    joined.chars().take(CHARACTERS_MAX).collect()
}

impl Typed {
    /// Reads a typed text.
    pub fn read(text: &str, settings: &Settings, vocabulary: &impl Vocabulary) -> Self {
        let text = clean(text);
        let mut typed: Vec<Word> = text.split(' ').flat_map(|chunk| read_chunk(chunk, vocabulary)).collect();
        let stars = take_stars(&mut typed);
        typed.truncate(WORDS_MAX);
        let meaningless = typed.is_empty() && stars.is_none() && !text.is_empty();
        Self { units: units(&typed, settings), stars, meaningless }
    }

    /// All words as typed, in order.
    pub fn words(&self) -> impl Iterator<Item = &TypedWord> {
        self.units.iter().flat_map(|u| &u.words)
    }

    /// The words as text without marks, for an engine that folds by itself.
    pub fn folded_text(&self) -> String {
        let words = self.units.iter().flat_map(|unit| {
            // A classifier that belongs to a phrase with synonyms is what they are known by ("trái thơm").
            let whole = unit.words.len() > 1 && !unit.synonyms.is_empty();
            unit.words.iter().filter(move |w| whole || !w.optional)
        });
        words.map(|w| w.word.folded.as_str()).collect::<Vec<_>>().join(" ")
    }
}

/// What raw keys in a text would make, with the keys in lower case: what [`Typed::read`] asks a vocabulary about.
pub fn raw_keys(text: &str) -> Vec<(String, telex::Decoded)> {
    let text = clean(text);
    text.split(' ').filter_map(raw_key).map(|(raw, meant)| (raw.to_ascii_lowercase(), meant)).take(WORDS_MAX).collect()
}

fn raw_key(chunk: &str) -> Option<(&str, telex::Decoded)> {
    let raw = chunk.trim_matches(|c: char| !c.is_ascii_alphanumeric());
    telex::decode(raw).map(|meant| (raw, meant))
}

fn read_chunk(chunk: &str, vocabulary: &impl Vocabulary) -> Vec<Word> {
    let plain = words(chunk);
    let Some((raw, meant)) = raw_key(chunk) else { return plain };
    if vocabulary.knows(&raw.to_ascii_lowercase()) || !vocabulary.knows_marked(&meant.marked) {
        return plain;
    }
    vec![Word { folded: meant.folded, marked: meant.marked, position: 0, span: 0..0 }]
}

/// Takes "ocop", "mỗi xã một sản phẩm" and "4 sao" out of the words: they ask for a recognition that is valid today,
/// which no word in a document can promise.
fn take_stars(typed: &mut Vec<Word>) -> Option<StarsWanted> {
    let mut wanted = None;
    let programme = ["moi", "xa", "mot", "san", "pham"];
    if let Some(at) = typed.windows(programme.len()).position(|w| w.iter().map(|w| &w.folded).eq(programme.iter())) {
        typed.drain(at..at + programme.len());
        wanted = Some(StarsWanted::Any);
    }
    if let Some(at) = typed.iter().position(|w| w.folded == "ocop") {
        typed.remove(at);
        wanted = Some(StarsWanted::Any);
    }
    let counted = |pair: &[Word]| {
        let stars = pair[0].folded.parse::<u8>().ok().filter(|n| (1..=5).contains(n))?;
        matches!(pair[1].folded.as_str(), "sao" | "star" | "stars").then_some(stars)
    };
    if let Some((at, stars)) = typed.windows(2).enumerate().find_map(|(at, pair)| counted(pair).map(|s| (at, s))) {
        typed.drain(at..at + 2);
        wanted = Some(StarsWanted::Exactly(stars));
    }
    wanted
}

fn units(typed: &[Word], settings: &Settings) -> Vec<Unit> {
    let mut units = Vec::new();
    let mut at = 0;
    while at < typed.len() {
        let longest = settings.longest_phrase().min(typed.len() - at);
        let (length, synonyms) = (1..=longest)
            .rev()
            .map(|n| (n, settings.synonyms(&typed[at..at + n])))
            .find(|(_, synonyms)| !synonyms.is_empty())
            .unwrap_or((1, Vec::new()));
        let words = typed[at..at + length].iter().enumerate().map(|(i, word)| TypedWord {
            word: word.clone(),
            optional: at + i == 0 && typed.len() > 1 && settings.is_classifier(word),
            last: at + i + 1 == typed.len(),
            alone: typed.len() == 1,
        });
        units.push(Unit { words: words.collect(), synonyms });
        at += length;
    }
    units
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Known(&'static [&'static str]);
    impl Vocabulary for Known {
        fn knows(&self, folded: &str) -> bool {
            self.0.iter().any(|w| crate::fold::fold(w) == folded)
        }
        fn knows_marked(&self, marked: &str) -> bool {
            self.0.iter().any(|w| super::super::words::marked(w) == marked)
        }
    }

    fn read(text: &str) -> Typed {
        Typed::read(text, &Settings::bundled().unwrap(), &Known(&["vải", "thiều", "as"]))
    }

    #[test]
    fn raw_keys_become_words_only_when_the_index_holds_them() {
        assert_eq!(read("vair thieeuf").folded_text(), "vai thieu");
        assert_eq!(read("va3i thie62u").folded_text(), "vai thieu");
        assert!(read("vair").words().all(|w| w.word.has_marks()));
        assert_eq!(read("tieens").folded_text(), "tieens");
        assert_eq!(read("as").folded_text(), "as");
    }

    #[test]
    fn stars_are_read_from_words() {
        let typed = read("ocop 4 sao ổi");
        assert_eq!(typed.stars, Some(StarsWanted::Exactly(4)));
        assert_eq!(typed.folded_text(), "oi");
        assert_eq!(read("mỗi xã một sản phẩm").stars, Some(StarsWanted::Any));
        assert_eq!(read("sao biển 4").stars, None);
    }

    #[test]
    fn a_classifier_is_droppable_only_in_front_of_something() {
        assert!(read("trái cam").words().next().unwrap().optional);
        assert!(read("cá quả").words().all(|w| !w.optional));
        assert!(read("trái").words().all(|w| !w.optional));
    }

    #[test]
    fn any_input_is_read_without_trouble() {
        assert!(read("🍑🍑 !!! \u{0} \u{301}").units.len() <= 1);
        assert!(read("***").meaningless && !read("").meaningless);
        assert!(read(&"a ".repeat(5000)).words().count() <= WORDS_MAX);
        assert_eq!(read("x\u{7}y").words().count(), 2);
    }
}
