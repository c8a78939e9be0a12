//! What a scanned code names, read for many scans at once.
//!
//! A single read by key is cheap; handing it to a connection and back is not: under load most of a scan's cost was
//! waking threads (SQLite) or ways to the server (PostgreSQL). One task owns the reading: it takes whatever waits,
//! asks for all of it in one statement and answers each. A scan that comes alone is read alone and at once. A code
//! that was read a moment ago is not read again ([`super::known`]).

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Instant;

use tokio::sync::{mpsc, oneshot};

use super::gather::gather;
use super::known::Known;
use super::model::Found;
use super::store;
use crate::db::{Conn, Db, Result};
use crate::ids::CommuneId;

/// Lookups that may wait.
const QUEUE: usize = 1_024;

struct Wanted {
    commune: CommuneId,
    id: i64,
    /// Told what was found; dropped untold when the group could not be read.
    reply: oneshot::Sender<std::result::Result<Option<Found>, NoConnection>>,
}

/// The database gave no connection in time.
struct NoConnection;

/// The way to ask; cheap to clone.
#[derive(Clone, Debug)]
pub struct Finder {
    queue: mpsc::Sender<Wanted>,
    known: Arc<Known>,
}

impl Finder {
    /// Starts the reading task; it ends when the last clone is dropped. Needs a running tokio.
    pub fn start(db: Db) -> Self {
        let (queue, waiting) = mpsc::channel(QUEUE);
        let known = Arc::new(Known::default());
        tokio::spawn(read(db, waiting, known.clone()));
        Self { queue, known }
    }

    /// What a code names in a commune.
    pub async fn find(&self, db: &Db, commune: CommuneId, id: i64) -> Result<Option<Found>> {
        if let Some(found) = self.known.get((commune, id), db.commits(), Instant::now()) {
            return Ok(Some(found));
        }
        let (reply, found) = oneshot::channel();
        if self.queue.send(Wanted { commune, id, reply }).await.is_ok()
            && let Ok(found) = found.await
        {
            // It was waited for once; waiting again would not help.
            return found.map_err(|NoConnection| sqlx::Error::PoolTimedOut);
        }
        // The group failed: asked alone, each learns its own error.
        store::find(&mut db.read().await?.cx(), commune, id).await
    }
}

async fn read(db: Db, mut waiting: mpsc::Receiver<Wanted>, known: Arc<Known>) {
    let mut group: Vec<Wanted> = Vec::with_capacity(store::FIND_MOST);
    // Kept while others wait: giving a connection back and taking one anew costs more than reading the group.
    let mut held: Option<Conn> = None;
    loop {
        if waiting.is_empty() {
            held = None;
        }
        if !gather(&mut waiting, &mut group, store::FIND_MOST).await {
            break;
        }
        let mut by_commune: HashMap<CommuneId, Vec<Wanted>> = HashMap::new();
        for wanted in group.drain(..) {
            by_commune.entry(wanted.commune).or_default().push(wanted);
        }
        for (commune, wanted) in by_commune {
            let ids: Vec<i64> = wanted.iter().map(|one| one.id).collect();
            let (commits, read_at) = (db.commits(), Instant::now());
            match find_among(&db, &mut held, commune, &ids).await {
                Ok(found) => {
                    known.put(commune, &found, commits, read_at);
                    answer(wanted, found);
                }
                Err(sqlx::Error::PoolTimedOut) => {
                    for one in wanted {
                        let _ = one.reply.send(Err(NoConnection));
                    }
                }
                Err(error) => tracing::debug!(%error, "a group of codes could not be read"),
            }
        }
    }
}

async fn find_among(db: &Db, held: &mut Option<Conn>, commune: CommuneId, ids: &[i64]) -> Result<Vec<Found>> {
    let mut conn = match held.take() {
        Some(conn) => conn,
        None => db.read().await?,
    };
    let found = store::find_among(&mut conn.cx(), commune, ids).await?;
    *held = Some(conn);
    Ok(found)
}

fn answer(wanted: Vec<Wanted>, found: Vec<Found>) {
    let found: HashMap<i64, Found> = found.into_iter().map(|one| (one.id, one)).collect();
    for one in wanted {
        // One that no longer waits does not mind.
        let _ = one.reply.send(Ok(found.get(&one.id).cloned()));
    }
}

#[cfg(test)]
mod tests {
    use sqlx::sqlite::SqliteSynchronous;

    use super::*;

    #[tokio::test]
    async fn many_at_once_are_answered_each_and_a_closed_database_is_an_error() {
        let folder = tempfile::tempdir().unwrap();
        let db = Db::open_sqlite(&folder.path().join("x.db"), SqliteSynchronous::Off).await.unwrap();
        crate::db::migrate(&db).await.unwrap();
        let finder = Finder::start(db.clone());
        let asked: Vec<_> = (0..100)
            .map(|id| {
                let (finder, db) = (finder.clone(), db.clone());
                tokio::spawn(async move { finder.find(&db, CommuneId(10_816), id).await })
            })
            .collect();
        for one in asked {
            assert_eq!(one.await.unwrap().unwrap(), None, "none was issued");
        }
        db.close().await;
        assert!(finder.find(&db, CommuneId(10_816), 1).await.is_err());
    }
}
