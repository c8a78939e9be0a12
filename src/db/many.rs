//! Lists of ids in one statement, in a way both engines take.

use std::iter::{Chain, Copied, Repeat, Take};
use std::slice::Iter;

/// How many ids one text takes; the smallest first. SQLite takes 32,766 parameters, PostgreSQL 65,535.
const LENGTHS: [usize; 4] = [1, 16, 256, 4_096];

/// A statement with a list of ids in it, as texts of a few fixed lengths, so that each is prepared once.
pub struct WithIds([String; 4]);

/// Ids to bind to a text: those of the list, and its first as often as there are places left.
pub type Bound<'a, T> = Take<Chain<Copied<Iter<'a, T>>, Repeat<T>>>;

impl WithIds {
    /// The most ids of one statement.
    pub const MOST: usize = LENGTHS[LENGTHS.len() - 1];

    /// `open $first, $first+1, … close`.
    pub fn new(open: &str, first: usize, close: &str) -> Self {
        Self(LENGTHS.map(|count| {
            let ids: Vec<String> = (first..first + count).map(|number| format!("${number}")).collect();
            format!("{open}{}{close}", ids.join(", "))
        }))
    }

    /// The text for one of `ids.chunks(WithIds::MOST)`, and what to bind to it.
    pub fn of<'a, T: Copy>(&'static self, ids: &'a [T]) -> (&'static str, Bound<'a, T>) {
        let at = LENGTHS.iter().position(|count| *count >= ids.len()).unwrap_or(LENGTHS.len() - 1);
        (&self.0[at], ids.iter().copied().chain(std::iter::repeat(ids[0])).take(LENGTHS[at]))
    }
}

#[cfg(test)]
mod tests {
    use std::sync::LazyLock;

    use super::*;

    #[test]
    fn a_list_is_filled_up_to_the_length_of_its_text() {
        static STATEMENT: LazyLock<WithIds> = LazyLock::new(|| WithIds::new("x IN (", 2, ")"));
        let statement = &*STATEMENT;
        assert_eq!(statement.of(&[7]).0, "x IN ($2)");
        let (text, ids) = statement.of(&[7, 8, 9]);
        assert!(text.starts_with("x IN ($2, $3") && text.ends_with(", $17)"), "{text}");
        let ids: Vec<i32> = ids.collect();
        assert_eq!((ids.len(), &ids[..4]), (16, &[7, 8, 9, 7][..]));
        let many: Vec<usize> = (0..WithIds::MOST).collect();
        assert_eq!(statement.of(&many).1.count(), WithIds::MOST);
    }
}
