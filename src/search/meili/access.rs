//! Which key searches with, and when a server that fails is left alone for a while.
//!
//! Whoever sets the program up gives it one key. If that key may manage keys, the program makes one that may do no
//! more than search its own index and searches with that; a key that may not is used as it is.

use std::future::Future;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use meilisearch_sdk::client::Client;
use meilisearch_sdk::errors::{Error, ErrorCode, ErrorType};
use meilisearch_sdk::key::{Action, Key, KeyBuilder};
use meilisearch_sdk::reqwest::ReqwestClient;
use sha2::{Digest, Sha256};

use super::{CALL_TIMEOUT, Meili, said};
use crate::search::SearchError;

/// With which key the program searches.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SearchKey {
    /// One of its own that can only search its own index.
    Own,
    /// The one it was given, which may not manage keys; or the server asks for none.
    Given,
}

/// The client that searches, and how it got its key.
pub struct Searcher {
    pub client: Client,
    pub key: SearchKey,
}

/// Our key's id on the server: the same for every process over the same index.
fn key_uid(index: &str) -> String {
    let digest = Sha256::digest(format!("sanvat search key for {index}").as_bytes());
    let bytes: [u8; 16] = std::array::from_fn(|i| digest[i]);
    uuid::Builder::from_custom_bytes(bytes).into_uuid().to_string()
}

/// Whether an existing key does what is wanted and no more.
fn is_ours(key: &Key, index: &str) -> bool {
    matches!(key.actions[..], [Action::Search]) && key.indexes == [index.to_owned()] && key.expires_at.is_none()
}

impl Meili {
    /// The client that searches. Its key is made on the first call that reaches the server.
    pub(super) async fn searcher(&self) -> Result<Arc<Searcher>, SearchError> {
        let mut known = self.searcher.lock().await;
        if let Some(searcher) = &*known {
            return Ok(Arc::clone(searcher));
        }
        let taken = Arc::new(self.take_search_key().await?);
        *known = Some(Arc::clone(&taken));
        Ok(taken)
    }

    /// A key that is refused may have been deleted, or its server begun anew: the next search takes it again.
    pub(super) async fn forget_search_key(&self) {
        *self.searcher.lock().await = None;
    }

    async fn take_search_key(&self) -> Result<Searcher, SearchError> {
        let given = |client: &Client| Searcher { client: client.clone(), key: SearchKey::Given };
        if self.client.get_api_key().is_none() {
            return Ok(given(&self.client));
        }
        let uid = key_uid(&self.live);
        let known = self.asked(self.client.get_key(&uid)).await?;
        let key = match known {
            Ok(key) if is_ours(&key, &self.live) => Ok(key),
            // Somebody widened it: a key's rights can't be changed, so it is made anew.
            Ok(key) => {
                self.asked(self.client.delete_key(&key)).await?.map_err(said)?;
                self.make_key(&uid).await?
            }
            Err(Error::Meilisearch(e)) if e.error_code == ErrorCode::ApiKeyNotFound => self.make_key(&uid).await?,
            Err(error) => Err(error),
        };
        match key {
            Ok(key) => {
                let http = ReqwestClient::new(Some(key.key.as_str())).map_err(said)?;
                let client = Client::new_with_client(&self.host, Some(key.key.as_str()), http);
                Ok(Searcher { client, key: SearchKey::Own })
            }
            Err(Error::Meilisearch(e)) if e.error_type == ErrorType::Auth => Ok(given(&self.client)),
            Err(error) => Err(said(error)),
        }
    }

    async fn make_key(&self, uid: &str) -> Result<Result<Key, Error>, SearchError> {
        let mut key = KeyBuilder::new();
        key.with_uid(uid).with_name("sanvat search").with_action(Action::Search).with_index(&self.live);
        key.with_description("May only search the catalogue; made and used by sanvat.");
        match self.asked(self.client.create_key(&key)).await? {
            // Another process may have made it at the same moment.
            Err(Error::Meilisearch(e)) if e.error_type != ErrorType::Auth => self.asked(self.client.get_key(uid)).await,
            made => Ok(made),
        }
    }

    /// A call within its time; what the server says stays apart from its silence.
    async fn asked<T>(&self, call: impl Future<Output = Result<T, Error>>) -> Result<Result<T, Error>, SearchError> {
        tokio::time::timeout(CALL_TIMEOUT, call)
            .await
            .map_err(|_| SearchError::Unavailable(format!("no answer within {} s", CALL_TIMEOUT.as_secs())))
    }
}

/// Failures in a row after which a server is left alone.
const FAILURES: u32 = 3;
/// For how long.
const REST: Duration = Duration::from_secs(5);

/// Keeps requests from piling up before a server that does not answer: after a few failures in a row searches fail at
/// once for some seconds; the first that fails after that begins the next rest.
pub struct Breaker {
    began: Instant,
    failures: AtomicU32,
    rests_until: AtomicU64,
}

impl Default for Breaker {
    fn default() -> Self {
        Self { began: Instant::now(), failures: AtomicU32::new(0), rests_until: AtomicU64::new(0) }
    }
}

impl Breaker {
    /// An error while the server is left alone.
    pub fn check(&self) -> Result<(), SearchError> {
        let now = self.began.elapsed().as_millis() as u64;
        if now < self.rests_until.load(Ordering::Relaxed) {
            return Err(SearchError::Unavailable("it failed several times; left alone for some seconds".to_owned()));
        }
        Ok(())
    }

    /// Notes how a call ended and hands the result on.
    pub fn note<T>(&self, result: Result<T, SearchError>) -> Result<T, SearchError> {
        match &result {
            Err(SearchError::Unavailable(_)) => {
                if self.failures.fetch_add(1, Ordering::Relaxed) + 1 >= FAILURES {
                    let until = self.began.elapsed() + REST;
                    self.rests_until.store(until.as_millis() as u64, Ordering::Relaxed);
                }
            }
            _ => self.failures.store(0, Ordering::Relaxed),
        }
        result
    }
}

/// The oldest version this is written for: the first with `STARTS WITH` in filters without being asked to.
const OLDEST: (u32, u32) = (1, 17);

/// Refuses a server of another kind of version, in words.
pub fn check_version(version: &str) -> Result<(), SearchError> {
    let mut numbers = version.split('.').map(|part| part.parse::<u32>().ok());
    let (major, minor) = (numbers.next().flatten(), numbers.next().flatten());
    match major.zip(minor) {
        Some((major, minor)) if major == OLDEST.0 && minor >= OLDEST.1 => Ok(()),
        _ => Err(SearchError::Refused(format!(
            "Meilisearch {version} is not a version this program works with: it needs 1.{} or a later 1.x",
            OLDEST.1
        ))),
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    #[test]
    fn versions_are_told_apart() {
        for fine in ["1.17.0", "1.50.0", "1.18.3-rc.1"] {
            assert!(check_version(fine).is_ok(), "{fine}");
        }
        for other in ["0.30.1", "1.16.9", "2.0.0", "", "weird"] {
            assert!(check_version(other).is_err(), "{other}");
        }
    }

    #[test]
    fn a_failing_server_is_left_alone_after_three_failures() {
        let breaker = Breaker::default();
        let fails = || breaker.note::<()>(Err(SearchError::Unavailable(String::new())));
        for _ in 0..2 {
            assert!(fails().is_err());
            assert!(breaker.check().is_ok());
        }
        assert!(breaker.note(Ok(())).is_ok());
        for _ in 0..3 {
            let _ = fails();
        }
        assert!(breaker.check().is_err());
    }

    #[test]
    fn the_key_has_one_id_per_index() {
        assert_eq!(key_uid("a-catalogue"), key_uid("a-catalogue"));
        assert_ne!(key_uid("a-catalogue"), key_uid("b-catalogue"));
        assert!(Uuid::parse_str(&key_uid("x")).is_ok());
    }
}
