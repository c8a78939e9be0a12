//! The scan log: every opening of a label's page, counted durably and cheaply.
//!
//! One task owns the writing. It takes what waits in a bounded queue, writes it as one group on a connection
//! of its own ([`Db::scans`]) and tells each waiting reply when its group is committed: so a kill of the
//! process loses no scan that was answered, and a thousand scans a second cost a few dozen commits. If a group
//! can't be written it is tried again; after that the page is still shown, because a buyer at a stall must learn
//! of a recall even when a disk is full, and the failure is logged and counted ([`ScanLog::lost`]).

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::{mpsc, oneshot};
use uuid::Uuid;

use crate::clock::{Day, Time};
use crate::db::{Conn, Db, Result};
use crate::ids::CommuneId;

use super::gather::gather;
use super::store;
use super::visitor::{Device, Referrer};

/// Scans that may wait to be written.
const QUEUE: usize = 4_096;
/// The most scans of one group.
const GROUP: usize = 512;
/// The longest a reply waits; its scan stays in the queue and is written when it can be.
const PATIENCE: Duration = Duration::from_secs(4);
/// Groups after which what they wrote is carried over into the database's file.
const GROUPS_CARRIED: usize = 100;
/// Waits before a group is tried again.
const RETRIES: [Duration; 3] = [Duration::from_millis(50), Duration::from_millis(200), Duration::from_millis(600)];

/// One opening.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scan {
    /// Row id.
    pub id: Uuid,
    /// Commune of the label.
    pub commune: CommuneId,
    /// The code's random bits.
    pub label: i64,
    /// When.
    pub at: Time,
    /// The visitor's hash.
    pub visitor: Arc<str>,
    /// By what device.
    pub device: Device,
    /// From where.
    pub referrer: Referrer,
    /// False: a crawler or link preview.
    pub person: bool,
}

enum Message {
    Scan(Scan, oneshot::Sender<bool>),
    Flush(oneshot::Sender<()>),
}

/// A day and its salt.
type SaltOfDay = (Day, Arc<str>);

/// The way into the log; cheap to clone.
#[derive(Clone, Debug)]
pub struct ScanLog {
    queue: mpsc::Sender<Message>,
    lost: Arc<AtomicU64>,
    salt: Arc<Mutex<Option<SaltOfDay>>>,
}

impl ScanLog {
    /// Starts the writing task; it ends when the last clone is dropped. Needs a running tokio.
    pub fn start(db: Db) -> Self {
        let (queue, waiting) = mpsc::channel(QUEUE);
        let lost = Arc::new(AtomicU64::new(0));
        tokio::spawn(write(db, waiting, lost.clone()));
        Self { queue, lost, salt: Arc::default() }
    }

    /// Writes a scan and waits until its group is committed. False if that failed or took too long: the page
    /// is shown all the same.
    pub async fn add(&self, scan: Scan) -> bool {
        let (done, written) = oneshot::channel();
        let waited = tokio::time::timeout(PATIENCE, async {
            self.queue.send(Message::Scan(scan, done)).await.ok()?;
            written.await.ok()
        });
        if let Ok(written) = waited.await {
            written.unwrap_or(false)
        } else {
            tracing::warn!("a scan waits longer than its reply could");
            false
        }
    }

    /// Waits until all that was added before is written.
    pub async fn flush(&self) {
        let (done, flushed) = oneshot::channel();
        if self.queue.send(Message::Flush(done)).await.is_ok() {
            let _ = flushed.await;
        }
    }

    /// Scans that could not be written since the start.
    pub fn lost(&self) -> u64 {
        self.lost.load(Ordering::Relaxed)
    }

    /// The day's salt, which all processes share through the database; those of earlier days are deleted
    /// there, so that nobody's hashes can be made again.
    pub async fn salt(&self, db: &Db, day: Day) -> Result<Arc<str>> {
        if let Some((of, salt)) = &*self.salt.lock().unwrap_or_else(PoisonError::into_inner)
            && *of == day
        {
            return Ok(salt.clone());
        }
        let mut tx = db.begin().await?;
        let salt: Arc<str> = store::salt_of(&mut tx.cx(), day, &crate::ids::new_token(32)).await?.into();
        tx.commit().await?;
        *self.salt.lock().unwrap_or_else(PoisonError::into_inner) = Some((day, salt.clone()));
        Ok(salt)
    }
}

async fn write(db: Db, mut waiting: mpsc::Receiver<Message>, lost: Arc<AtomicU64>) {
    // While the last group failed, the next is tried once only: replies should not wait for a full disk.
    let failing = AtomicBool::new(false);
    let mut messages = Vec::with_capacity(GROUP);
    let mut keeping: Option<tokio::task::JoinHandle<()>> = None;
    let mut groups = 0;
    let mut held = Held::default();
    loop {
        if waiting.is_empty() {
            held.0 = None;
        }
        if !gather(&mut waiting, &mut messages, GROUP).await {
            break;
        }
        let mut scans = Vec::with_capacity(messages.len());
        let mut replies = Vec::with_capacity(messages.len());
        let mut flushes = Vec::new();
        for message in messages.drain(..) {
            match message {
                Message::Scan(scan, reply) => {
                    scans.push(scan);
                    replies.push(reply);
                }
                Message::Flush(reply) => flushes.push(reply),
            }
        }
        let written = scans.is_empty() || write_group(&db, &mut held, &scans, &failing).await;
        if !written {
            lost.fetch_add(scans.len() as u64, Ordering::Relaxed);
        }
        // A reply that no longer waits does not mind.
        for reply in replies {
            let _ = reply.send(written);
        }
        groups += 1;
        if groups >= GROUPS_CARRIED && keeping.as_ref().is_none_or(tokio::task::JoinHandle::is_finished) {
            groups = 0;
            keeping = Some(tokio::spawn(carry_over(db.clone())));
        }
        for reply in flushes {
            let _ = reply.send(());
        }
    }
}

async fn carry_over(db: Db) {
    if let Err(error) = db.checkpoint().await {
        tracing::debug!(%error, "the scans could not be carried over yet");
    }
}

async fn write_group(db: &Db, held: &mut Held, scans: &[Scan], failing: &AtomicBool) -> bool {
    let retries = if failing.load(Ordering::Relaxed) { &RETRIES[..0] } else { &RETRIES[..] };
    let mut waits = retries.iter();
    loop {
        match commit(db, held, scans).await {
            Ok(()) => {
                failing.store(false, Ordering::Relaxed);
                return true;
            }
            Err(error) => {
                tracing::error!(%error, scans = scans.len(), "scans could not be written");
                let Some(wait) = waits.next() else {
                    failing.store(true, Ordering::Relaxed);
                    return false;
                };
                tokio::time::sleep(*wait).await;
            }
        }
    }
}

/// The log's connection, kept while scans wait: giving it back to its pool and taking it anew costs more than a group.
#[derive(Default)]
struct Held(Option<Conn>);

async fn commit(db: &Db, held: &mut Held, scans: &[Scan]) -> Result<()> {
    let mut conn = match held.0.take() {
        Some(conn) => conn,
        None => db.scans().await?,
    };
    store::insert_scans(&mut conn.cx(), scans).await?;
    // One that failed is given back, to be looked at there.
    held.0 = Some(conn);
    Ok(())
}
