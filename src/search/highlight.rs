//! Marks in the text as written what a query matched, alike for both engines. Start at [`Marker::new`].

use std::ops::Range;

use super::query::{Highlight, HighlightField};
use super::typed::Typed;
use super::words::{Word, words};

/// Bytes of body text that are shown around the first match.
const PIECE: usize = 160;
/// Body text is looked through this far only.
const BODY_MAX: usize = 4_000;

/// The texts of a document that a hit shows, NFC.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Shown {
    pub name: String,
    pub name_en: String,
    pub producer: String,
    pub village: String,
    pub category: String,
    pub body: String,
}

/// Knows what to mark for one query.
pub struct Marker {
    wanted: Vec<Wanted>,
}

struct Wanted {
    word: Word,
    prefix: bool,
    slips: bool,
}

impl Marker {
    /// Prepares a query's words and synonyms.
    pub fn new(typed: &Typed) -> Self {
        let mut wanted = Vec::new();
        for unit in &typed.units {
            for typed in &unit.words {
                wanted.push(Wanted { word: typed.word.clone(), prefix: typed.last, slips: true });
            }
            for word in unit.synonyms.iter().flatten() {
                wanted.push(Wanted { word: word.clone(), prefix: false, slips: false });
            }
        }
        Self { wanted }
    }

    /// The texts of a hit in which something matched; a piece of the body only where nothing else did.
    pub fn mark(&self, shown: &Shown) -> Vec<Highlight> {
        if self.wanted.is_empty() {
            return Vec::new();
        }
        let whole = [
            (HighlightField::Name, &shown.name),
            (HighlightField::NameEn, &shown.name_en),
            (HighlightField::Producer, &shown.producer),
            (HighlightField::Village, &shown.village),
            (HighlightField::Category, &shown.category),
        ];
        let mut found: Vec<Highlight> = whole
            .into_iter()
            .filter_map(|(field, text)| {
                let marks = self.ranges(text);
                (!marks.is_empty()).then(|| Highlight { field, text: text.clone(), marks })
            })
            .collect();
        // A name says more than a piece of the story, and stories are long to read.
        if found.is_empty() {
            found.extend(self.piece(&shown.body));
        }
        found
    }

    fn ranges(&self, text: &str) -> Vec<Range<usize>> {
        let found = words(text);
        // A slip is only marked where nothing matches outright, or every short word would light up.
        let mut ranges: Vec<Range<usize>> = Vec::new();
        for wanted in &self.wanted {
            let exact: Vec<&Word> = found.iter().filter(|w| w.marked == wanted.word.marked).collect();
            let matching = |w: &&Word| {
                w.folded == wanted.word.folded || (wanted.prefix && w.folded.starts_with(&wanted.word.folded))
            };
            let mut hits = if exact.is_empty() { found.iter().filter(matching).collect() } else { exact };
            if hits.is_empty() && wanted.slips && wanted.word.folded.chars().count() >= 4 {
                hits = found.iter().filter(|w| one_slip(&w.folded, &wanted.word.folded)).collect();
            }
            ranges.extend(hits.into_iter().map(|w| w.span.clone()));
        }
        ranges.sort_by_key(|r| (r.start, r.end));
        ranges.dedup();
        ranges
    }

    fn piece(&self, body: &str) -> Option<Highlight> {
        let body = &body[..floor(body, BODY_MAX)];
        let marks = self.ranges(body);
        let first = marks.first()?;
        let start = word_start(body, first.start.saturating_sub(PIECE / 3));
        let end = floor(body, start + PIECE).max(first.end);
        let marks = marks.iter().filter(|r| r.start >= start && r.end <= end).map(|r| r.start - start..r.end - start);
        Some(Highlight { field: HighlightField::Body, text: body[start..end].to_owned(), marks: marks.collect() })
    }
}

fn floor(text: &str, at: usize) -> usize {
    (0..=at.min(text.len())).rev().find(|i| text.is_char_boundary(*i)).unwrap_or(0)
}

fn word_start(text: &str, at: usize) -> usize {
    let at = floor(text, at);
    text[..at].rfind(char::is_whitespace).map_or(0, |i| floor(text, i + 1))
}

/// Whether two words differ by one letter more, less, other, or by two neighbours swapped.
pub fn one_slip(a: &str, b: &str) -> bool {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    let same_front = a.iter().zip(&b).take_while(|(x, y)| x == y).count();
    let (a, b) = (&a[same_front..], &b[same_front..]);
    match (a, b) {
        ([], []) => true,
        ([_, rest @ ..], other) | (other, [_, rest @ ..]) if rest == other => true,
        ([x1, x2, a @ ..], [y1, y2, b @ ..]) if x1 == y2 && x2 == y1 && a == b => true,
        ([_, a @ ..], [_, b @ ..]) => a == b,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::search::settings::Settings;
    use crate::search::typed::Vocabulary;

    struct Any;
    impl Vocabulary for Any {
        fn knows(&self, _: &str) -> bool {
            true
        }
        fn knows_marked(&self, _: &str) -> bool {
            true
        }
    }

    fn marked(query: &str, shown: &Shown) -> Vec<(HighlightField, Vec<String>)> {
        let marker = Marker::new(&Typed::read(query, &Settings::bundled().unwrap(), &Any));
        let found = marker.mark(shown);
        found.into_iter().map(|h| (h.field, h.marks.iter().map(|r| h.text[r.clone()].to_owned()).collect())).collect()
    }

    #[test]
    fn matches_are_marked_as_written() {
        let shown = Shown { name: "Vải thiều Thanh Hà".into(), ..Shown::default() };
        assert_eq!(marked("vai thie", &shown), [(HighlightField::Name, vec!["Vải".into(), "thiều".into()])]);
        assert_eq!(marked("thieuu", &shown), [(HighlightField::Name, vec!["thiều".to_owned()])]);
        assert!(marked("xoài", &shown).is_empty());
    }

    #[test]
    fn a_long_body_is_cut_around_the_match() {
        let body = format!("{} quả rươi ngon {}", "chữ ".repeat(200), "đuôi ".repeat(300));
        let found = marked("rươi", &Shown { body, ..Shown::default() });
        assert_eq!(found, [(HighlightField::Body, vec!["rươi".to_owned()])]);
    }

    #[test]
    fn one_slip_is_one_letter() {
        for (a, b) in [("ruoi", "roui"), ("thieu", "thieuu"), ("thieu", "thiu"), ("nghe", "ngha"), ("a", "a")] {
            assert!(one_slip(a, b) && one_slip(b, a), "{a} {b}");
        }
        for (a, b) in [("ruoi", "rou"), ("thieu", "chiau"), ("abcd", "dcba")] {
            assert!(!one_slip(a, b) && !one_slip(b, a), "{a} {b}");
        }
    }
}
