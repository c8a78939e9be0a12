//! The index inside the process: tantivy on disk, fed and searched from blocking threads.
//!
//! Start at [`Embedded`]; `schema` says what is indexed, `ask` how a text is searched and ranked, `collect` how hits
//! and facet counts are gathered in one walk over `rows`, `spelling` what a misspelt word may have meant, `folder` how
//! generations replace each other.

mod ask;
mod collect;
mod folder;
mod rows;
mod schema;
mod spelling;

use std::cmp::Reverse;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};
use std::time::Duration;

use tantivy::collector::Count;
use tantivy::index::SegmentId;
use tantivy::indexer::NoMergePolicy;
use tantivy::query::TermQuery;
use tantivy::schema::{IndexRecordOption, Value};
use tantivy::{DocAddress, IndexWriter, Searcher, TantivyDocument, Term};
use uuid::Uuid;

use self::ask::Asker;
use self::collect::{Page, Walked};
use self::folder::Generation;
pub(super) use self::schema::{latest_certificates, shown};
use super::document::{Change, Document, Kind, day_number};
use super::highlight::{Marker, Shown};
use super::query::{Cursor, Found, Hit, Lang, Query, Sort};
use super::settings::Settings;
use super::typed::{Effort, Typed, Vocabulary};
use super::{RebuildReason, SearchError};

/// The least that tantivy allows; one thread with it is plenty for a commune.
const WRITER_BYTES: usize = 15_000_000;
/// A writer that rests this long is dropped, with its threads and memory.
const WRITER_RESTS: Duration = Duration::from_secs(20);

/// The embedded index; share it in an `Arc`.
pub struct Embedded {
    dir: PathBuf,
    settings: Settings,
    live: RwLock<Arc<Generation>>,
    writing: Mutex<Writing>,
    reason: Mutex<Option<RebuildReason>>,
}

#[derive(Default)]
struct Writing {
    writer: Option<IndexWriter>,
    /// Counts commits, so that a resting writer is told from a busy one.
    commits: u64,
    /// While a new generation is built: what happened to the live one since.
    since_rebuild: Option<Vec<Change>>,
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Embedded {
    /// Opens or creates the index in a folder. Blocking.
    pub fn open(dir: &Path, settings: Settings) -> Result<Self, SearchError> {
        let (generation, reason) = folder::open(dir)?;
        Ok(Self {
            dir: dir.to_owned(),
            settings,
            live: RwLock::new(Arc::new(generation)),
            writing: Mutex::default(),
            reason: Mutex::new(reason),
        })
    }

    /// Why the index must be filled anew, if it must.
    pub fn rebuild_reason(&self) -> Option<RebuildReason> {
        lock(&self.reason).clone()
    }

    fn live(&self) -> Arc<Generation> {
        Arc::clone(&self.live.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Applies changes and returns when they are on disk and searchable. Blocking.
    pub fn apply(self: &Arc<Self>, changes: Vec<Change>) -> Result<(), SearchError> {
        if changes.is_empty() {
            return Ok(());
        }
        let mut writing = lock(&self.writing);
        let live = self.live();
        let writer = match writing.writer.take() {
            Some(writer) => writer,
            None => new_writer(&live)?,
        };
        // A writer that failed is dropped with what it had not committed; the next call starts a fresh one.
        let writer = write(&live, writer, &changes)?;
        live.reload()?;
        writing.writer = Some(writer);
        writing.commits += 1;
        if let Some(since) = &mut writing.since_rebuild {
            since.extend(changes);
        }
        Ok(())
    }

    /// After a write: waits, and drops the writer if nothing was written meanwhile.
    pub async fn rest(this: std::sync::Weak<Self>) {
        let Some(before) = this.upgrade().map(|index| lock(&index.writing).commits) else { return };
        tokio::time::sleep(WRITER_RESTS).await;
        let Some(index) = this.upgrade() else { return };
        let dropped = tokio::task::spawn_blocking(move || {
            let resting = {
                let mut writing = lock(&index.writing);
                if writing.commits == before { writing.writer.take() } else { None }
            };
            resting.map_or(Ok(()), IndexWriter::wait_merging_threads)
        });
        if let Ok(Err(error)) = dropped.await {
            tracing::warn!(%error, "the index writer did not end cleanly");
        }
    }

    /// Begins a new generation beside the live one. Blocking.
    pub fn rebuild(self: &Arc<Self>) -> Result<Building, SearchError> {
        let mut writing = lock(&self.writing);
        if writing.since_rebuild.is_some() {
            return Err(SearchError::Busy);
        }
        let generation = folder::create(&self.dir, folder::newest(&self.dir) + 1)?;
        let writer = new_writer(&generation)?;
        // Merged once, at the end.
        writer.set_merge_policy(Box::new(NoMergePolicy));
        writing.since_rebuild = Some(Vec::new());
        Ok(Building { owner: Arc::clone(self), generation: Some(generation), writer: Some(writer), finished: false })
    }

    /// How many documents a commune has. Blocking.
    pub fn document_count(&self, commune: i32) -> Result<u64, SearchError> {
        let live = self.live();
        let term = Term::from_field_i64(live.fields.commune, i64::from(commune));
        let count = live.reader.searcher().search(&TermQuery::new(term, IndexRecordOption::Basic), &Count)?;
        Ok(count as u64)
    }

    /// Answers a query. Blocking.
    pub fn search(&self, query: &Query) -> Result<Found, SearchError> {
        query.check()?;
        let after = Cursor::of(query)?;
        let live = self.live();
        let searcher = live.reader.searcher();
        let today = day_number(query.today);
        let asker = Asker { fields: &live.fields, searcher: &searcher, lang: query.lang, today };
        let typed = Typed::read(&query.text, &self.settings, &asker);
        if typed.meaningless {
            return Ok(Found::default());
        }
        let mut page = Page {
            rows: &live.rows,
            filters: &query.filters,
            stars: typed.stars,
            today,
            sort: query.sort,
            scored: !typed.units.is_empty(),
            after,
            limit: query.page_size(),
            effort: after.map_or(0, |cursor| cursor.effort),
        };
        let walk = |page: &Page<'_>| {
            let effort = if page.effort == 0 { Effort::Strict } else { Effort::Forgiving };
            searcher.search(asker.query(query.commune, &typed, effort).as_ref(), page)
        };
        let mut walked = walk(&page)?;
        if walked.matched == 0 && page.scored && page.effort == 0 {
            page.effort = 1;
            walked = walk(&page)?;
        }
        let mut found = answer(&live, &searcher, query, &typed, walked)?;
        let slipped = || typed.units.iter().any(|unit| unit.synonyms.is_empty() && asker.lacks(&unit.words));
        found.near = found.total > 0 && (page.effort > 0 || slipped());
        Ok(found)
    }

    /// Whether the index holds a folded word, and otherwise which of its words it may have meant, likeliest first.
    /// Blocking.
    pub fn nearest(&self, word: &str) -> Result<(bool, Vec<String>), SearchError> {
        let live = self.live();
        let searcher = live.reader.searcher();
        // Any language and day will do: only words are looked up.
        let asker = Asker { fields: &live.fields, searcher: &searcher, lang: Lang::Vi, today: 0 };
        if asker.knows(word) {
            return Ok((true, Vec::new()));
        }
        Ok((false, spelling::nearest(&searcher, &live.fields, word)?))
    }
}

fn answer(
    live: &Generation,
    searcher: &Searcher,
    query: &Query,
    typed: &Typed,
    walked: Walked,
) -> Result<Found, SearchError> {
    let more = walked.top.len() > query.page_size();
    let shown = &walked.top[..walked.top.len().min(query.page_size())];
    let marker = Marker::new(typed);
    let hits = shown
        .iter()
        .map(|(cursor, address)| hit(live, searcher, &marker, cursor, *address, query.sort))
        .collect::<Result<Vec<Hit>, SearchError>>()?;
    let next_cursor = if more { shown.last().map(|(cursor, _)| cursor.encode(query)) } else { None };
    Ok(Found { hits, facets: walked.facets, next_cursor, total: walked.total, near: false })
}

fn hit(
    live: &Generation,
    searcher: &Searcher,
    marker: &Marker,
    cursor: &Cursor,
    address: DocAddress,
    sort: Sort,
) -> Result<Hit, SearchError> {
    let stored: TantivyDocument = searcher.doc(address)?;
    let text = stored.get_first(live.fields.shown).and_then(|v| v.as_str()).unwrap_or_default();
    let shown: Stored = serde_json::from_str(text).map_err(|e| SearchError::Damaged(e.to_string()))?;
    let kind = Kind::from_code(&shown.kind).ok_or_else(|| SearchError::Damaged("unknown kind".to_owned()))?;
    let score = if sort == Sort::Relevance { cursor.primary } else { 0 };
    Ok(Hit { id: Uuid::from_u128(cursor.id), kind, score, highlights: marker.mark(&shown.texts) })
}

/// What is stored with each document.
#[derive(serde::Serialize, serde::Deserialize)]
struct Stored {
    kind: String,
    texts: Shown,
}

fn new_writer(generation: &Generation) -> Result<IndexWriter, SearchError> {
    Ok(generation.index.writer_with_num_threads(1, WRITER_BYTES)?)
}

/// Brings a whole index into [`folder::WALKERS`] parts of like size: each part costs a search its own look-ups, and
/// as many are walked at once.
fn merge(generation: &Generation, writer: &mut IndexWriter) -> Result<(), SearchError> {
    let mut segments = generation.index.searchable_segment_metas()?;
    segments.sort_by_key(|segment| Reverse(segment.num_docs()));
    let mut parts: [(u32, Vec<SegmentId>); folder::WALKERS] = Default::default();
    for segment in &segments {
        if let Some((documents, part)) = parts.iter_mut().min_by_key(|(documents, _)| *documents) {
            *documents += segment.num_docs();
            part.push(segment.id());
        }
    }
    for (_, part) in parts.iter().filter(|(_, part)| part.len() > 1) {
        writer.merge(part).wait()?;
    }
    Ok(())
}

fn write(generation: &Generation, mut writer: IndexWriter, changes: &[Change]) -> Result<IndexWriter, SearchError> {
    for change in changes {
        let key = match change {
            Change::Put(document) => document.id.key(),
            Change::Remove(id) => id.key(),
        };
        writer.delete_term(Term::from_field_text(generation.fields.key, &key));
        if let Change::Put(document) = change {
            writer.add_document(fill(generation, document)?)?;
        }
    }
    writer.commit()?;
    Ok(writer)
}

fn fill(generation: &Generation, document: &Document) -> Result<TantivyDocument, SearchError> {
    generation.fields.fill(document).map_err(|e| SearchError::Storage(e.to_string()))
}

/// A new generation in the making; dropped unfinished, it leaves the live one as it was.
pub struct Building {
    owner: Arc<Embedded>,
    generation: Option<Generation>,
    writer: Option<IndexWriter>,
    finished: bool,
}

impl Building {
    /// Adds documents. Blocking.
    pub fn add(&mut self, documents: &[Document]) -> Result<(), SearchError> {
        let (Some(generation), Some(writer)) = (&self.generation, &mut self.writer) else { return Ok(()) };
        for document in documents {
            writer.delete_term(Term::from_field_text(generation.fields.key, &document.id.key()));
            writer.add_document(fill(generation, document)?)?;
        }
        Ok(())
    }

    /// Replays what changed meanwhile and takes the live one's place. Blocking.
    pub fn finish(mut self) -> Result<(), SearchError> {
        let (Some(generation), Some(mut writer)) = (self.generation.take(), self.writer.take()) else { return Ok(()) };
        writer.commit()?;
        merge(&generation, &mut writer)?;
        let owner = Arc::clone(&self.owner);
        // From here on no change can slip in between the replay and the swap.
        let mut writing = lock(&owner.writing);
        let since = writing.since_rebuild.take().unwrap_or_default();
        let writer = write(&generation, writer, &since)?;
        writer.wait_merging_threads()?;
        generation.reload()?;
        let number = generation.number;
        folder::set_current(&owner.dir, number, true)?;
        let old_writer = writing.writer.take();
        *owner.live.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(generation);
        *lock(&owner.reason) = None;
        drop(old_writer);
        folder::sweep(&owner.dir, number);
        self.finished = true;
        Ok(())
    }
}

impl Drop for Building {
    fn drop(&mut self) {
        if self.finished {
            return;
        }
        drop(self.writer.take());
        drop(self.generation.take());
        let mut writing = lock(&self.owner.writing);
        writing.since_rebuild = None;
        folder::sweep(&self.owner.dir, self.owner.live().number);
    }
}
