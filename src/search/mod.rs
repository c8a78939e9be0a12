//! Search over whatever is put into it, by one of two engines behind one face.
//!
//! Start at [`SearchIndex`]; [`document`] is what goes in, [`query`] what is asked and answered. This room knows no
//! feature and no database: callers build documents from what is public, and feed [`Change`]s from the outbox. The
//! database is the truth; an index can always be dropped and rebuilt.
//!
//! Feeding: read the row afresh when the outbox job runs; `Put` what is public now, `Remove` everything else, in small
//! batches (each call is one durable commit). Expired stars and certificates are put too: the query's day decides. At
//! start, ask [`SearchIndex::needs_rebuild`]; to rebuild, page through the database into [`SearchIndex::rebuild`].
//! Changes made by another process during a rebuild are not replayed: run it where the outbox is worked off, or put
//! again what changed since it began.

mod correct;
pub mod document;
mod embedded;
pub(crate) mod highlight;
mod meili;
pub mod query;
mod rank;
pub mod settings;
mod spelling;
mod telex;
#[cfg(test)]
mod tests;
mod typed;
pub(crate) mod words;

use std::path::Path;
use std::sync::Arc;

pub use self::correct::Correction;
pub use self::document::{Certificate, Change, DocId, Document, Kind, Labelled, Stars};
pub use self::query::{
    Facet, Facets, Filters, Found, Highlight, HighlightField, Hit, Lang, PRICE_BANDS, PriceBand, Query, Sort,
};
pub use self::settings::{Settings, SettingsError};

/// Why an index can't answer or be written.
#[derive(Debug, thiserror::Error)]
pub enum SearchError {
    /// The cursor is not ours, or belongs to another question.
    #[error("the cursor does not belong to this search")]
    BadCursor,
    /// A filter has a value that can't be.
    #[error("{field}: expected {reason}")]
    BadFilter {
        /// Name of the filter.
        field: &'static str,
        /// What was expected.
        reason: String,
    },
    /// The engine is away or too slow; try again later.
    #[error("the search engine is not available: {0}")]
    Unavailable(String),
    /// The engine refuses: wrong key, other version, failed task.
    #[error("the search engine refuses: {0}")]
    Refused(String),
    /// The index on disk can't be read; rebuild it.
    #[error("the search index is damaged: {0}")]
    Damaged(String),
    /// The index can't be written.
    #[error("the search index cannot be written: {0}")]
    Storage(String),
    /// A rebuild is under way already.
    #[error("the search index is being rebuilt already")]
    Busy,
}

impl From<tantivy::TantivyError> for SearchError {
    fn from(error: tantivy::TantivyError) -> Self {
        use tantivy::TantivyError as E;
        match error {
            E::DataCorruption(_) | E::IncompatibleIndex(_) | E::OpenReadError(_) => Self::Damaged(error.to_string()),
            other => Self::Storage(other.to_string()),
        }
    }
}

/// Why an index has to be filled from the database.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RebuildReason {
    /// There was none.
    New,
    /// An earlier rebuild never ended.
    Incomplete,
    /// It was written by another version of this program.
    OtherFormat,
    /// It can't be read; what was found.
    Damaged(String),
}

/// Whether the engine can answer now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Health {
    /// Name and version of the engine.
    pub engine: String,
    /// Set when the index has to be rebuilt before it is whole.
    pub rebuild: Option<RebuildReason>,
}

/// The search index: inside the process, or in Meilisearch. Cheap to clone.
#[derive(Clone)]
pub enum SearchIndex {
    /// tantivy on disk; one process only.
    Embedded(Arc<embedded::Embedded>),
    /// A Meilisearch server, shared by any number of processes.
    Meilisearch(Arc<meili::Meili>),
}

impl SearchIndex {
    /// Opens the embedded index in a folder of its own.
    ///
    /// A missing, old or damaged index is not an error: an empty one takes its place and [`Self::needs_rebuild`]
    /// says why until a rebuild has finished. Errors are a folder that can't be written.
    pub async fn open_embedded(dir: &Path, settings: Settings) -> Result<Self, SearchError> {
        let dir = dir.to_owned();
        let index = blocking(move || embedded::Embedded::open(&dir, settings)).await?;
        Ok(Self::Embedded(Arc::new(index)))
    }

    /// Connects to Meilisearch; nothing is asked of the server yet, so this works while it is away.
    ///
    /// `prefix` names our indexes there (letters, digits, dashes, underscores).
    pub fn open_meilisearch(
        url: &str,
        key: Option<&str>,
        prefix: &str,
        settings: Settings,
    ) -> Result<Self, SearchError> {
        Ok(Self::Meilisearch(Arc::new(meili::Meili::connect(url, key, prefix, settings)?)))
    }

    /// `embedded` or `meilisearch`.
    pub fn engine_name(&self) -> &'static str {
        match self {
            Self::Embedded(_) => "embedded",
            Self::Meilisearch(_) => "meilisearch",
        }
    }

    /// Applies changes in order; applying them again changes nothing.
    ///
    /// On return they are durable and will be found. On an error nothing is promised: try the same changes again.
    pub async fn apply(&self, changes: Vec<Change>) -> Result<(), SearchError> {
        match self {
            Self::Embedded(index) => {
                let writing = Arc::clone(index);
                blocking(move || writing.apply(changes)).await?;
                tokio::spawn(embedded::Embedded::rest(Arc::downgrade(index)));
                Ok(())
            }
            Self::Meilisearch(index) => index.apply(&changes).await,
        }
    }

    /// Answers a query.
    pub async fn search(&self, query: &Query) -> Result<Found, SearchError> {
        match self {
            Self::Embedded(index) => {
                let (index, query) = (Arc::clone(index), query.clone());
                blocking(move || index.search(&query)).await
            }
            Self::Meilisearch(index) => index.search(query).await,
        }
    }

    /// Whether the index holds a folded word, and otherwise which of its words it may have meant.
    async fn spellings(&self, word: &str) -> Result<(bool, Vec<String>), SearchError> {
        match self {
            Self::Embedded(index) => {
                let (index, word) = (Arc::clone(index), word.to_owned());
                blocking(move || index.nearest(&word)).await
            }
            Self::Meilisearch(index) => index.nearest(word).await,
        }
    }

    /// Begins to fill a new index beside the live one, which goes on serving until [`Rebuild::finish`].
    pub async fn rebuild(&self) -> Result<Rebuild, SearchError> {
        Ok(match self {
            Self::Embedded(index) => {
                let index = Arc::clone(index);
                Rebuild { inner: Some(Inner::Embedded(Box::new(blocking(move || index.rebuild()).await?))) }
            }
            Self::Meilisearch(index) => {
                Rebuild { inner: Some(Inner::Meilisearch(meili::Building::begin(Arc::clone(index)).await?)) }
            }
        })
    }

    /// Empties the index.
    pub async fn clear(&self) -> Result<(), SearchError> {
        self.rebuild().await?.finish().await
    }

    /// Why the index must be filled from the database, if it must. Asks the server when there is one.
    pub async fn needs_rebuild(&self) -> Result<Option<RebuildReason>, SearchError> {
        match self {
            Self::Embedded(index) => Ok(index.rebuild_reason()),
            Self::Meilisearch(index) => index.rebuild_reason().await,
        }
    }

    /// Whether the engine answers, and what it is.
    pub async fn health(&self) -> Result<Health, SearchError> {
        match self {
            Self::Embedded(index) => Ok(Health {
                engine: format!("embedded {}", tantivy::version_string()),
                rebuild: index.rebuild_reason(),
            }),
            Self::Meilisearch(index) => {
                Ok(Health { engine: index.version().await?, rebuild: index.rebuild_reason().await? })
            }
        }
    }

    /// How many documents a commune has in the index.
    pub async fn document_count(&self, commune: i32) -> Result<u64, SearchError> {
        match self {
            Self::Embedded(index) => {
                let index = Arc::clone(index);
                blocking(move || index.document_count(commune)).await
            }
            Self::Meilisearch(index) => index.document_count(commune).await,
        }
    }
}

/// A new index in the making. Dropped unfinished, it changes nothing.
///
/// Changes applied through the same [`SearchIndex`] meanwhile are kept and replayed at the end.
pub struct Rebuild {
    inner: Option<Inner>,
}

enum Inner {
    Embedded(Box<embedded::Building>),
    Meilisearch(meili::Building),
}

impl Rebuild {
    /// Adds a batch of documents; a later one with the same id replaces an earlier one.
    pub async fn add(&mut self, documents: Vec<Document>) -> Result<(), SearchError> {
        match self.inner.take() {
            Some(Inner::Embedded(mut building)) => {
                let (building, result) = blocking(move || {
                    let result = building.add(&documents);
                    Ok((building, result))
                })
                .await?;
                self.inner = Some(Inner::Embedded(building));
                result
            }
            Some(Inner::Meilisearch(mut building)) => {
                let result = building.add(&documents).await;
                self.inner = Some(Inner::Meilisearch(building));
                result
            }
            None => Ok(()),
        }
    }

    /// Swaps the new index in.
    pub async fn finish(mut self) -> Result<(), SearchError> {
        match self.inner.take() {
            Some(Inner::Embedded(building)) => blocking(move || building.finish()).await,
            Some(Inner::Meilisearch(building)) => building.finish().await,
            None => Ok(()),
        }
    }
}

async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, SearchError> + Send + 'static,
) -> Result<T, SearchError> {
    tokio::task::spawn_blocking(work).await.unwrap_or_else(|e| Err(SearchError::Storage(e.to_string())))
}
