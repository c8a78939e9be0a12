//! Words of the index that a misspelt word may have meant, by the server's search among the values of a facet.

use super::{Meili, SEARCH_TIMEOUT, existing, record, within};
use crate::search::SearchError;
use crate::search::spelling::Nearest;

impl Meili {
    /// Words of the index that a typed word may have meant, likeliest first; and whether it holds the word itself.
    pub async fn nearest(&self, word: &str) -> Result<(bool, Vec<String>), SearchError> {
        self.breaker.check()?;
        let searcher = self.searcher().await?;
        let index = searcher.client.index(&self.live);
        let mut known = false;
        let mut nearest = Nearest::to(word);
        let mut letters: Vec<char> = word.chars().take(2).collect();
        let begins: String = letters.iter().collect();
        letters.reverse();
        let swapped: String = letters.iter().collect();
        for part in [word.to_owned(), begins, swapped] {
            let mut search = index.facet_search(record::SPELLINGS);
            search.with_facet_query(&part);
            let call = async { existing(search.execute().await) };
            for value in within(SEARCH_TIMEOUT, call).await?.map(|found| found.facet_hits).unwrap_or_default() {
                known |= value.value == word;
                nearest.look_at(&value.value, value.count as u64);
            }
        }
        Ok((known, nearest.best()))
    }
}
