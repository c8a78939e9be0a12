//! What changed between two texts, word by word. Start at [`text_diff`].

use crate::ids::FileId;

/// How a bit stands to the other edition.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mark {
    /// In both.
    Same,
    /// In the live edition only.
    Gone,
    /// In the new edition only.
    New,
}

/// A piece of a field's value: words, a picture or a paper.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bit {
    /// How it stands to the other edition.
    pub mark: Mark,
    /// Words; what a picture or paper is called.
    pub text: String,
    /// A picture to show.
    pub picture: Option<FileId>,
    /// A paper to open.
    pub paper: Option<FileId>,
}

impl Bit {
    pub(super) fn words(mark: Mark, text: impl Into<String>) -> Self {
        Self { mark, text: text.into(), picture: None, paper: None }
    }

    /// True if it is only in the live edition.
    pub fn is_gone(&self) -> bool {
        self.mark == Mark::Gone
    }

    /// True if it is only in the new edition.
    pub fn is_new(&self) -> bool {
        self.mark == Mark::New
    }
}

/// Pairs of words that are compared at most; longer texts are shown whole, old beside new.
const MOST_PAIRS: usize = 1_000_000;

/// Words and the spaces between them.
fn words(text: &str) -> Vec<&str> {
    let mut words = Vec::new();
    let mut start = 0;
    let mut space = None;
    for (at, c) in text.char_indices() {
        let is_space = c.is_whitespace();
        if space.is_some_and(|was| was != is_space) {
            words.push(&text[start..at]);
            start = at;
        }
        space = Some(is_space);
    }
    if start < text.len() {
        words.push(&text[start..]);
    }
    words
}

/// Both texts in bits: what is the same, what is gone from the old, what is new in the new.
pub fn text_diff(old: &str, new: &str) -> (Vec<Bit>, Vec<Bit>) {
    let (a, b) = (words(old), words(new));
    let head = a.iter().zip(&b).take_while(|(x, y)| x == y).count();
    let tail = a[head..].iter().rev().zip(b[head..].iter().rev()).take_while(|(x, y)| x == y).count();
    let (mid_a, mid_b) = (&a[head..a.len() - tail], &b[head..b.len() - tail]);
    let mut keep_a = vec![false; mid_a.len()];
    let mut keep_b = vec![false; mid_b.len()];
    if mid_a.len() * mid_b.len() <= MOST_PAIRS {
        common(mid_a, mid_b, &mut keep_a, &mut keep_b);
    }
    let side = |all: &[&str], keep: &[bool], mark: Mark| {
        let kept = |at: usize| at < head || at >= all.len() - tail || keep[at - head];
        let mut bits: Vec<Bit> = Vec::new();
        for (at, word) in all.iter().enumerate() {
            // A space between two changed words belongs to the change.
            let between = word.trim().is_empty() && at > 0 && at + 1 < all.len() && !kept(at - 1) && !kept(at + 1);
            let mark = if kept(at) && !between { Mark::Same } else { mark };
            match bits.last_mut() {
                Some(last) if last.mark == mark => last.text.push_str(word),
                _ => bits.push(Bit::words(mark, *word)),
            }
        }
        bits
    };
    (side(&a, &keep_a, Mark::Gone), side(&b, &keep_b, Mark::New))
}

/// Marks the words of a longest common subsequence.
fn common(a: &[&str], b: &[&str], keep_a: &mut [bool], keep_b: &mut [bool]) {
    let width = b.len() + 1;
    let mut longest = vec![0u32; (a.len() + 1) * width];
    for i in (0..a.len()).rev() {
        for j in (0..b.len()).rev() {
            longest[i * width + j] = if a[i] == b[j] {
                longest[(i + 1) * width + j + 1] + 1
            } else {
                longest[(i + 1) * width + j].max(longest[i * width + j + 1])
            };
        }
    }
    let (mut i, mut j) = (0, 0);
    while i < a.len() && j < b.len() {
        if a[i] == b[j] {
            keep_a[i] = true;
            keep_b[j] = true;
            i += 1;
            j += 1;
        } else if longest[(i + 1) * width + j] >= longest[i * width + j + 1] {
            i += 1;
        } else {
            j += 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn marked(bits: &[Bit], mark: Mark) -> Vec<&str> {
        bits.iter().filter(|bit| bit.mark == mark).map(|bit| bit.text.as_str()).collect()
    }

    #[test]
    fn only_the_words_that_differ_are_marked() {
        let (old, new) = text_diff("Giòn, ít hạt, ngọt nhất vùng", "Giòn, ít hạt, hái trong ngày");
        assert_eq!(marked(&old, Mark::Gone), ["ngọt nhất vùng"]);
        assert_eq!(marked(&new, Mark::New), ["hái trong ngày"]);
        assert_eq!(marked(&new, Mark::Same), ["Giòn, ít hạt, "]);
    }

    #[test]
    fn a_word_put_in_the_middle_is_marked_alone() {
        let (old, new) = text_diff("vải thiều sấy", "vải thiều chín sấy");
        assert_eq!(marked(&old, Mark::Gone), [] as [&str; 0]);
        assert_eq!(marked(&new, Mark::New).concat().trim(), "chín");
    }

    proptest! {
        #[test]
        fn both_texts_come_back_whole(old in "[ab \\n]{0,40}", new in "[ab \\n]{0,40}") {
            let (left, right) = text_diff(&old, &new);
            prop_assert_eq!(left.iter().map(|b| b.text.as_str()).collect::<String>(), old.clone());
            prop_assert_eq!(right.iter().map(|b| b.text.as_str()).collect::<String>(), new.clone());
            if old == new {
                prop_assert!(left.iter().chain(&right).all(|bit| bit.mark == Mark::Same));
            }
        }
    }

    #[test]
    fn very_long_texts_are_compared_whole() {
        let long = |word: &str| vec![word; 5_000].join(" ");
        let (old, new) = text_diff(&long("a"), &long("b"));
        assert_eq!((old.len(), new.len()), (1, 1));
        assert_eq!(old[0].mark, Mark::Gone);
    }
}
