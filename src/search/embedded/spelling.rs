//! What a misspelt word may have meant, from the words of names, producers, villages and categories.

use tantivy::Searcher;

use super::schema::{BEGIN, Fields};
use crate::search::spelling::Nearest;

/// Words within two slips, fewest slips first, then the commonest.
pub fn nearest(searcher: &Searcher, fields: &Fields, word: &str) -> tantivy::Result<Vec<String>> {
    let mut nearest = Nearest::to(word);
    for segment in searcher.segment_readers() {
        for field in [fields.name_folded, fields.english, fields.who_folded] {
            let inverted = segment.inverted_index(field)?;
            let mut terms = inverted.terms().stream()?;
            while terms.advance() {
                if let Ok(term) = std::str::from_utf8(terms.key())
                    && term != BEGIN
                {
                    nearest.look_at(term, u64::from(terms.value().doc_freq));
                }
            }
        }
    }
    Ok(nearest.best())
}
