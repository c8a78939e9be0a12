//! Corrected spelling: which words of the index a misspelt word is nearest to. Start at [`Nearest`].

use std::collections::HashMap;

/// Candidates that are tried.
const BEST: usize = 5;

/// Collects the words nearest to one word.
pub struct Nearest {
    word: Vec<char>,
    found: HashMap<String, (usize, u64)>,
}

impl Nearest {
    /// Begins with a folded word.
    pub fn to(word: &str) -> Self {
        Self { word: word.chars().collect(), found: HashMap::new() }
    }

    /// The most slips that still leave the word recognisable: one in three letters, never more than two.
    fn allowed(&self) -> usize {
        (self.word.len() / 3).clamp(1, 2)
    }

    /// Considers a folded word of the index that stands in `count` documents.
    pub fn look_at(&mut self, candidate: &str, count: u64) {
        let allowed = self.allowed();
        if count == 0 || candidate.chars().count().abs_diff(self.word.len()) > allowed {
            return;
        }
        let candidate_letters: Vec<char> = candidate.chars().collect();
        let slips = slips(&self.word, &candidate_letters);
        if slips > 0 && slips <= allowed {
            self.found.entry(candidate.to_owned()).or_insert((slips, 0)).1 += count;
        }
    }

    /// The nearest words: fewest slips, then the same first letter, then the commonest.
    pub fn best(self) -> Vec<String> {
        let first = self.word.first().copied();
        let mut all: Vec<(String, (usize, u64))> = self.found.into_iter().collect();
        all.sort_by(|(a, (slips_a, count_a)), (b, (slips_b, count_b))| {
            let other_start = |w: &str| w.chars().next() != first;
            (slips_a, other_start(a), std::cmp::Reverse(count_a), a).cmp(&(
                slips_b,
                other_start(b),
                std::cmp::Reverse(count_b),
                b,
            ))
        });
        all.into_iter().take(BEST).map(|(word, _)| word).collect()
    }
}

/// Letters put in, left out, changed or swapped with their neighbour (optimal string alignment).
fn slips(a: &[char], b: &[char]) -> usize {
    let mut before: Vec<usize> = Vec::new();
    let mut last: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.iter().enumerate() {
        let mut row = vec![i + 1];
        for (j, y) in b.iter().enumerate() {
            let mut least = (last[j] + usize::from(x != y)).min(last[j + 1] + 1).min(row[j] + 1);
            if i > 0 && j > 0 && *x == b[j - 1] && a[i - 1] == *y {
                least = least.min(before[j - 1] + 1);
            }
            row.push(least);
        }
        before = std::mem::replace(&mut last, row);
    }
    last[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slips_are_counted_with_swaps() {
        let count = |a: &str, b: &str| slips(&a.chars().collect::<Vec<_>>(), &b.chars().collect::<Vec<_>>());
        for (a, b, n) in
            [("ruoi", "roui", 1), ("thieu", "thiu", 1), ("thieu", "teihu", 2), ("", "abc", 3), ("a", "a", 0)]
        {
            assert_eq!((count(a, b), count(b, a)), (n, n), "{a} {b}");
        }
    }

    #[test]
    fn the_nearest_word_is_the_one_with_fewest_slips_then_the_commonest() {
        let mut nearest = Nearest::to("rouoi");
        for (word, count) in [("ruou", 9), ("ruoi", 2), ("xuoi", 50), ("rouoi", 3), ("buoi", 7)] {
            nearest.look_at(word, count);
        }
        assert_eq!(nearest.best(), ["ruoi"]);
        let mut nearest = Nearest::to("thiueu");
        for (word, count) in [("thieu", 1), ("thue", 40), ("hieu", 5)] {
            nearest.look_at(word, count);
        }
        assert_eq!(nearest.best(), ["thieu", "thue", "hieu"]);
    }
}
