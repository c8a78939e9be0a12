//! The index in a Meilisearch server, through its SDK: the same documents, queries and answers as the embedded one.
//!
//! Start at [`Meili`]; `record` is the form of a document there and the index's settings, `ask` the searching,
//! `membership` which documents a text finds and `terms` what it finds them by, `vocabulary` which words there are,
//! `marks` how marks survive the server's folding, `access` the key that searches and how a failing server is spared.
//!
//! Two things are done here by hand. Tasks are polled as plain JSON, because the SDK's task type can't be read while
//! `serde_json/arbitrary_precision` is on. And every call has a time limit, because the SDK's client has none.

mod access;
mod ask;
mod filter;
mod marks;
mod membership;
mod nearest;
mod record;
mod terms;
mod vocabulary;

use std::collections::{BTreeMap, HashMap, VecDeque};
use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use meilisearch_sdk::client::{Client, SwapIndexes};
use meilisearch_sdk::errors::{Error, ErrorCode, ErrorType};
use meilisearch_sdk::indexes::Index;
use meilisearch_sdk::request::{HttpClient, Method};
use meilisearch_sdk::reqwest::ReqwestClient;
use meilisearch_sdk::task_info::TaskInfo;
use serde_json::Value;
use tokio::sync::{Mutex, Semaphore};

pub use self::access::SearchKey;
use self::access::{Breaker, Searcher};
use self::record::Record;
use super::document::{Change, DocId, Document};
use super::settings::Settings;
use super::{RebuildReason, SearchError};

/// A page must not wait longer for its hits; it has the database to fall back on.
const SEARCH_TIMEOUT: Duration = Duration::from_secs(2);
const CALL_TIMEOUT: Duration = Duration::from_secs(10);
const TASK_TIMEOUT: Duration = Duration::from_mins(2);
const TASK_POLL: Duration = Duration::from_millis(25);
/// Tasks of a rebuild that wait at the server: it works off what waits together in one go, which costs hardly more than
/// one of them.
const SENT_AHEAD: usize = 40;
/// More searches at once than this wait in vain on a slow server, so they fail at once instead.
const SEARCHES_AT_ONCE: usize = 64;

/// A Meilisearch server; share it in an `Arc`.
pub struct Meili {
    host: String,
    http: ReqwestClient,
    client: Client,
    live: String,
    beside: String,
    settings: Settings,
    /// Held while writing; during a rebuild it collects what happened to the live index since.
    since_rebuild: Mutex<Option<Vec<Change>>>,
    searches: Semaphore,
    /// Taken at the first search, and anew when the server no longer accepts it.
    searcher: Mutex<Option<Arc<Searcher>>>,
    breaker: Breaker,
}

async fn within<T>(limit: Duration, call: impl Future<Output = Result<T, Error>>) -> Result<T, SearchError> {
    match tokio::time::timeout(limit, call).await {
        Ok(result) => result.map_err(said),
        Err(_) => Err(SearchError::Unavailable(format!("no answer within {} s", limit.as_secs()))),
    }
}

fn said(error: Error) -> SearchError {
    match &error {
        Error::Meilisearch(e) if e.error_type == ErrorType::Auth => {
            SearchError::Refused(format!("the key is not accepted: {}", e.error_message))
        }
        Error::Meilisearch(e) if e.error_type == ErrorType::Internal => SearchError::Unavailable(error.to_string()),
        Error::MeilisearchCommunication(e) if e.status_code < 500 => SearchError::Refused(error.to_string()),
        Error::HttpError(_) | Error::Timeout | Error::MeilisearchCommunication(_) => {
            SearchError::Unavailable(error.to_string())
        }
        _ => SearchError::Refused(error.to_string()),
    }
}

/// Turns "there is no such index" into none.
fn existing<T>(result: Result<T, Error>) -> Result<Option<T>, Error> {
    match result {
        Err(Error::Meilisearch(e)) if e.error_code == ErrorCode::IndexNotFound => Ok(None),
        other => other.map(Some),
    }
}

/// The index was never filled, or the server lost it.
fn no_index() -> SearchError {
    SearchError::Unavailable("the index is not there yet".to_owned())
}

impl Meili {
    /// Prepares to talk to a server; asks it nothing.
    pub fn connect(url: &str, key: Option<&str>, prefix: &str, settings: Settings) -> Result<Self, SearchError> {
        let host = url.trim_end_matches('/').to_owned();
        if !(host.starts_with("http://") || host.starts_with("https://")) {
            return Err(SearchError::Refused("the URL must begin with http:// or https://".to_owned()));
        }
        let named = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
        if prefix.is_empty() || prefix.len() > 200 || !prefix.chars().all(named) {
            return Err(SearchError::Refused("the prefix needs letters, digits, dashes or underscores".to_owned()));
        }
        // A key with other bytes can't be a header, and the SDK would panic on it.
        if key.is_some_and(|k| !k.bytes().all(|b| b.is_ascii_graphic())) {
            return Err(SearchError::Refused("the key has characters that no key has".to_owned()));
        }
        let http = ReqwestClient::new(key).map_err(said)?;
        Ok(Self {
            client: Client::new_with_client(&host, key, http.clone()),
            http,
            host,
            live: format!("{prefix}-catalogue"),
            beside: format!("{prefix}-catalogue-next"),
            settings,
            since_rebuild: Mutex::new(None),
            searches: Semaphore::new(SEARCHES_AT_ONCE),
            searcher: Mutex::default(),
            breaker: Breaker::default(),
        })
    }

    fn index(&self, uid: &str) -> Index {
        self.client.index(uid)
    }

    /// Waits until a task has ended well.
    async fn done(&self, task: TaskInfo) -> Result<(), SearchError> {
        let url = format!("{}/tasks/{}", self.host, task.task_uid);
        let poll = async {
            loop {
                let get = self.http.request::<(), (), Value>(&url, Method::Get { query: () }, 200);
                let state = within(CALL_TIMEOUT, get).await?;
                match state["status"].as_str() {
                    Some("succeeded") => return Ok(()),
                    Some("failed" | "canceled") => {
                        let why = state["error"]["message"].as_str().unwrap_or("no reason given");
                        return Err(SearchError::Refused(format!("task {} failed: {why}", task.task_uid)));
                    }
                    _ => tokio::time::sleep(TASK_POLL).await,
                }
            }
        };
        match tokio::time::timeout(TASK_TIMEOUT, poll).await {
            Ok(result) => result,
            Err(_) => Err(SearchError::Unavailable(format!("task {} takes too long", task.task_uid))),
        }
    }

    async fn create(&self, uid: &str) -> Result<(), SearchError> {
        let version = within(CALL_TIMEOUT, self.client.get_version()).await?;
        access::check_version(&version.pkg_version)?;
        self.done(within(CALL_TIMEOUT, self.client.create_index(uid, Some("key"))).await?).await?;
        let settings = record::index_settings(&self.settings);
        self.done(within(CALL_TIMEOUT, self.index(uid).set_settings(&settings)).await?).await
    }

    async fn drop_index(&self, uid: &str) -> Result<(), SearchError> {
        let index = async { existing(self.client.get_index(uid).await) };
        if within(CALL_TIMEOUT, index).await?.is_some() {
            self.done(within(CALL_TIMEOUT, self.client.delete_index(uid)).await?).await?;
        }
        Ok(())
    }

    /// Whether the live index exists.
    async fn is_there(&self) -> Result<bool, SearchError> {
        let index = async { existing(self.client.get_index(&self.live).await) };
        Ok(within(CALL_TIMEOUT, index).await?.is_some())
    }

    async fn write(&self, uid: &str, changes: &[Change]) -> Result<(), SearchError> {
        for task in self.send(uid, changes).await? {
            self.done(task).await?;
        }
        Ok(())
    }

    /// Hands changes over; the server works them off in the order of its tasks.
    async fn send(&self, uid: &str, changes: &[Change]) -> Result<Vec<TaskInfo>, SearchError> {
        // Of several changes to one document the last one counts; then the order of the two calls is free.
        let mut last: BTreeMap<DocId, Option<&Document>> = BTreeMap::new();
        for change in changes {
            match change {
                Change::Put(document) => last.insert(document.id, Some(document)),
                Change::Remove(id) => last.insert(*id, None),
            };
        }
        let puts: Vec<Record> = last.values().flatten().map(|d| Record::of(d, &self.settings)).collect();
        let removals: Vec<String> = last.iter().filter(|(_, d)| d.is_none()).map(|(id, _)| id.key()).collect();
        let index = self.index(uid);
        let mut tasks = Vec::new();
        if !puts.is_empty() {
            tasks.push(within(CALL_TIMEOUT, index.add_or_replace(&puts, Some("key"))).await?);
        }
        if !removals.is_empty() {
            tasks.push(within(CALL_TIMEOUT, index.delete_documents(&removals)).await?);
        }
        Ok(tasks)
    }

    /// Applies changes and waits until the server has them.
    ///
    /// Where the index is missing nothing is written: the server would make one with settings of its own, and one
    /// that holds only these changes would pass for whole. It has to be filled from the database first.
    pub async fn apply(&self, changes: &[Change]) -> Result<(), SearchError> {
        if changes.is_empty() {
            return Ok(());
        }
        let mut since = self.since_rebuild.lock().await;
        self.breaker.check()?;
        if !self.breaker.note(self.is_there().await)? {
            return Err(no_index());
        }
        self.write(&self.live, changes).await?;
        if let Some(since) = since.as_mut() {
            since.extend(changes.iter().cloned());
        }
        Ok(())
    }

    /// `Meilisearch`, its version, and with which key searches are made. Refuses a version it can't work with.
    pub async fn version(&self) -> Result<String, SearchError> {
        let version = within(CALL_TIMEOUT, self.client.get_version()).await?.pkg_version;
        access::check_version(&version)?;
        let key = match (self.searcher().await?.key, self.client.get_api_key()) {
            (SearchKey::Own, _) => "searching with a key of its own that can do nothing else",
            (SearchKey::Given, Some(_)) => "searching with the key it was given, which may not make keys",
            (SearchKey::Given, None) => "without a key",
        };
        Ok(format!("Meilisearch {version}, {key}"))
    }

    /// Whether the live index is missing or was set up by another version of this program.
    pub async fn rebuild_reason(&self) -> Result<Option<RebuildReason>, SearchError> {
        let index = self.index(&self.live);
        let fields = async { existing(index.get_searchable_attributes().await) };
        let Some(fields) = within(CALL_TIMEOUT, fields).await? else { return Ok(Some(RebuildReason::New)) };
        let synonyms: HashMap<String, Vec<String>> = within(CALL_TIMEOUT, index.get_synonyms()).await?;
        let filterable = within(CALL_TIMEOUT, index.get_filterable_attributes()).await?;
        let sorted = |mut list: Vec<String>| {
            list.sort();
            list
        };
        let ours: HashMap<String, Vec<String>> = self.settings.as_text().into_iter().collect();
        let same = fields == record::searchable()
            && sorted(filterable) == sorted(record::FILTERABLE.map(str::to_owned).to_vec())
            && synonyms.into_iter().map(|(k, v)| (k, sorted(v))).collect::<HashMap<_, _>>() == ours;
        Ok((!same).then_some(RebuildReason::OtherFormat))
    }

    /// How many documents a commune has.
    pub async fn document_count(&self, commune: i32) -> Result<u64, SearchError> {
        let index = self.index(&self.live);
        let filter = format!("commune = {commune}");
        let search = async {
            let mut search = index.search();
            // Only a page of hits makes the server count exactly.
            search.with_filter(&filter).with_page(1).with_hits_per_page(1);
            existing(search.execute::<Value>().await)
        };
        let found = within(SEARCH_TIMEOUT, search).await?;
        Ok(found.and_then(|f| f.total_hits).unwrap_or(0) as u64)
    }
}

/// A new index beside the live one; dropped unfinished, it is left lying until the next rebuild.
pub struct Building {
    owner: Arc<Meili>,
    /// Handed over and not yet waited for, earliest first.
    sent: VecDeque<TaskInfo>,
    finished: bool,
}

impl Building {
    /// Makes the empty index beside.
    pub async fn begin(owner: Arc<Meili>) -> Result<Self, SearchError> {
        {
            let mut since = owner.since_rebuild.lock().await;
            if since.is_some() {
                return Err(SearchError::Busy);
            }
            *since = Some(Vec::new());
        }
        let building = Self { owner, sent: VecDeque::new(), finished: false };
        building.owner.drop_index(&building.owner.beside).await?;
        building.owner.create(&building.owner.beside).await?;
        Ok(building)
    }

    /// Adds documents to it.
    pub async fn add(&mut self, documents: &[Document]) -> Result<(), SearchError> {
        let changes: Vec<Change> = documents.iter().map(|d| Change::Put(Box::new(d.clone()))).collect();
        self.sent.extend(self.owner.send(&self.owner.beside, &changes).await?);
        self.wait(SENT_AHEAD).await
    }

    /// Waits until no more than so many tasks are left.
    async fn wait(&mut self, left: usize) -> Result<(), SearchError> {
        while self.sent.len() > left {
            if let Some(task) = self.sent.pop_front() {
                self.owner.done(task).await?;
            }
        }
        Ok(())
    }

    /// Replays what changed meanwhile and swaps the two.
    pub async fn finish(mut self) -> Result<(), SearchError> {
        self.wait(0).await?;
        let owner = Arc::clone(&self.owner);
        let mut since = owner.since_rebuild.lock().await;
        owner.write(&owner.beside, since.as_deref().unwrap_or_default()).await?;
        if !owner.is_there().await? {
            owner.create(&owner.live).await?;
        }
        let swap = SwapIndexes { indexes: (owner.live.clone(), owner.beside.clone()), rename: None };
        owner.done(within(CALL_TIMEOUT, owner.client.swap_indexes([&swap])).await?).await?;
        *since = None;
        self.finished = true;
        drop(since);
        // The swap has succeeded; a leftover is only untidy and goes at the next rebuild.
        if let Err(error) = owner.drop_index(&owner.beside).await {
            tracing::warn!(%error, "the replaced search index could not be removed");
        }
        Ok(())
    }
}

impl Drop for Building {
    fn drop(&mut self) {
        if self.finished {
            return;
        }
        if let Ok(mut since) = self.owner.since_rebuild.try_lock() {
            *since = None;
        } else if let Ok(runtime) = tokio::runtime::Handle::try_current() {
            // A write is under way: it ends by itself, and only then may the list go.
            let owner = Arc::clone(&self.owner);
            runtime.spawn(async move { *owner.since_rebuild.lock().await = None });
        }
    }
}
