//! A lease in the database: one process at a time may hold it, and it passes on when its holder is gone.
//!
//! An embedded index belongs to one process ([`EMBEDDED`]): a second one over the same database would answer from
//! an index that nobody feeds, so it refuses to start and says why. Start at [`Lease::take`].

use std::collections::HashSet;
use std::sync::Mutex;
use std::time::Duration;

use tokio::sync::watch;

use crate::clock::{Clock, Time};
use crate::db::{Cx, Db, Result, on};

/// Held by the process that serves with an embedded index.
pub const EMBEDDED: &str = "embedded-index";
/// Held while an index is filled anew.
pub const REBUILD: &str = "index-rebuild";

/// How long a lease holds when it is not renewed.
const TERM: Duration = Duration::from_secs(30);
/// How often it is renewed.
const BEAT: Duration = Duration::from_secs(10);
/// How often a held lease is looked at while waiting for it.
const LOOK: Duration = Duration::from_millis(500);

const TAKE: &str = "INSERT INTO leases (name, holder, expires_at) VALUES ($1, $2, $3)
    ON CONFLICT (name) DO UPDATE SET holder = $2, expires_at = $3
    WHERE leases.expires_at < $4 OR leases.holder = $5";
const HELD_BY: &str = "SELECT holder, expires_at FROM leases WHERE name = $1";
const RENEW: &str = "UPDATE leases SET expires_at = $3 WHERE name = $1 AND holder = $2";
const RELEASE: &str = "DELETE FROM leases WHERE name = $1 AND holder = $2";

/// Leases that this very process holds: they tell one of ours from one of a process before us with our number,
/// as every container's first process has.
static OURS: Mutex<Option<HashSet<String>>> = Mutex::new(None);

fn ours<T>(work: impl FnOnce(&mut HashSet<String>) -> T) -> T {
    let mut held = OURS.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    work(held.get_or_insert_default())
}

/// A lease that is held and renewed until it is released or dropped.
#[derive(Debug)]
pub struct Lease {
    name: &'static str,
    holder: String,
    /// Dropped with the lease, which ends the renewing.
    _stop: watch::Sender<()>,
}

impl Lease {
    /// Takes the lease. If somebody else has it, waits until it runs out, or fails once it is seen to be renewed.
    pub async fn take(on: &impl Held, name: &'static str) -> std::result::Result<Self, String> {
        let (db, clock) = (on.db().clone(), on.clock().clone());
        let holder = format!("{}/{}/{}", machine(), std::process::id(), crate::ids::new_token(8));
        let mut seen: Option<(String, Time)> = None;
        let mut looks = 0;
        loop {
            let was = take_once(&db, &clock, name, &holder).await.map_err(|e| e.to_string())?;
            let Some(was) = was else { break };
            if looks == 0 {
                tracing::info!(name, holder = was.0, "another process holds this lease; waiting to see if it lives");
            }
            // A renewal while we watch, or a whole term without one running out: its holder lives.
            looks += 1;
            let out_of_patience = looks > TERM.as_millis() / LOOK.as_millis() + 2;
            if seen.as_ref().is_some_and(|seen| *seen != was) || out_of_patience {
                return Err(format!("it is held by another process ({})", was.0));
            }
            seen = Some(was);
            tokio::time::sleep(LOOK).await;
        }
        ours(|held| held.insert(holder.clone()));
        let (stop, stopped) = watch::channel(());
        tokio::spawn(renew(db, clock, name, holder.clone(), stopped));
        Ok(Self { name, holder, _stop: stop })
    }

    /// Gives it up at once.
    pub async fn release(&self, db: &Db) {
        let done = async {
            let mut tx = db.begin().await?;
            on!(&mut tx.cx(), c => sqlx::query(RELEASE).bind(self.name).bind(&self.holder).execute(c).await.map(drop))?;
            tx.commit().await
        };
        if let Err(error) = done.await {
            tracing::warn!(%error, name = self.name, "the lease could not be given up; it will run out");
        }
    }
}

impl Drop for Lease {
    fn drop(&mut self) {
        ours(|held| held.remove(&self.holder));
    }
}

/// What a lease is taken on.
pub trait Held {
    /// The database.
    fn db(&self) -> &Db;
    /// The clock.
    fn clock(&self) -> &Clock;
}

impl Held for crate::app::App {
    fn db(&self) -> &Db {
        &self.db
    }

    fn clock(&self) -> &Clock {
        &self.clock
    }
}

impl Held for (&Db, &Clock) {
    fn db(&self) -> &Db {
        self.0
    }

    fn clock(&self) -> &Clock {
        self.1
    }
}

/// None when it was taken, else who has it and until when.
async fn take_once(db: &Db, clock: &Clock, name: &str, holder: &str) -> Result<Option<(String, Time)>> {
    let now = clock.now();
    let mut tx = db.begin().await?;
    let cx = &mut tx.cx();
    let before = held_by(cx, name).await?;
    let gone = before.as_ref().filter(|(holder, _)| is_gone(holder)).map(|(holder, _)| holder.clone());
    let taken = on!(cx, c => sqlx::query(TAKE)
        .bind(name)
        .bind(holder)
        .bind(now.plus(TERM))
        .bind(now)
        .bind(gone.unwrap_or_default())
        .execute(c)
        .await
        .map(|done| done.rows_affected()))?;
    let after = held_by(cx, name).await?;
    tx.commit().await?;
    Ok(if taken == 1 { None } else { after })
}

async fn held_by(cx: &mut Cx<'_>, name: &str) -> Result<Option<(String, Time)>> {
    on!(cx, c => sqlx::query_as(HELD_BY).bind(name).fetch_optional(c).await)
}

/// True if the holder was a process of this machine that no longer runs.
fn is_gone(holder: &str) -> bool {
    let mut parts = holder.split('/');
    let (Some(machine_name), Some(process)) = (parts.next(), parts.next()) else { return false };
    if machine_name != machine() {
        return false;
    }
    if process == std::process::id().to_string() {
        return !ours(|held| held.contains(holder));
    }
    let processes = std::path::Path::new("/proc");
    processes.join("self").exists() && !processes.join(process).exists()
}

fn machine() -> String {
    let name = std::fs::read_to_string("/proc/sys/kernel/hostname").unwrap_or_default();
    name.trim().replace('/', "-")
}

async fn renew(db: Db, clock: Clock, name: &'static str, holder: String, mut stopped: watch::Receiver<()>) {
    loop {
        tokio::select! {
            _ = stopped.changed() => return,
            () = tokio::time::sleep(BEAT) => {}
        }
        let renewed = async {
            let mut tx = db.begin().await?;
            let until = clock.now().plus(TERM);
            let rows = on!(&mut tx.cx(), c => sqlx::query(RENEW).bind(name).bind(&holder).bind(until).execute(c).await
                .map(|done| done.rows_affected()))?;
            tx.commit().await?;
            Ok::<_, sqlx::Error>(rows)
        };
        match renewed.await {
            Ok(1) => {}
            Ok(_) => tracing::error!(name, "the lease was lost to another process"),
            Err(error) => tracing::warn!(%error, name, "the lease could not be renewed"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn a_database(folder: &std::path::Path) -> Db {
        let path = folder.join("sanvat.db");
        let db = Db::open_sqlite(&path, sqlx::sqlite::SqliteSynchronous::Off).await.unwrap();
        crate::db::migrate(&db).await.unwrap();
        db
    }

    async fn held_elsewhere(db: &Db, until: Time) {
        let mut tx = db.begin().await.unwrap();
        on!(&mut tx.cx(), c => sqlx::query("INSERT INTO leases (name, holder, expires_at) VALUES ($1, $2, $3)")
            .bind(EMBEDDED).bind("another-machine/1/abc").bind(until).execute(c).await.map(drop))
        .unwrap();
        tx.commit().await.unwrap();
    }

    #[tokio::test]
    async fn a_lease_that_ran_out_is_taken_over() {
        let folder = tempfile::tempdir().unwrap();
        let db = a_database(folder.path()).await;
        let clock = Clock::standing_at(Time::from_micros(1_000_000_000));
        held_elsewhere(&db, Time::from_micros(999_999_999)).await;
        assert!(Lease::take(&(&db, &clock), EMBEDDED).await.is_ok());
    }

    #[tokio::test]
    async fn a_lease_that_is_renewed_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let db = a_database(folder.path()).await;
        let clock = Clock::standing_at(Time::from_micros(1_000_000_000));
        held_elsewhere(&db, Time::from_micros(2_000_000_000)).await;
        let (db2, until) = (db.clone(), Time::from_micros(3_000_000_000));
        tokio::spawn(async move {
            tokio::time::sleep(Duration::from_millis(100)).await;
            let mut tx = db2.begin().await.unwrap();
            on!(&mut tx.cx(), c => sqlx::query(RENEW).bind(EMBEDDED).bind("another-machine/1/abc").bind(until)
                .execute(c).await.map(drop))
            .unwrap();
            tx.commit().await.unwrap();
        });
        let refused = Lease::take(&(&db, &clock), EMBEDDED).await.unwrap_err();
        assert!(refused.contains("another-machine/1"), "{refused}");
    }

    #[tokio::test]
    async fn a_lease_passes_on_at_once_when_released_or_its_holder_is_gone() {
        let folder = tempfile::tempdir().unwrap();
        let db = a_database(folder.path()).await;
        let clock = Clock::standing_at(Time::from_micros(1_000_000_000));
        let first = Lease::take(&(&db, &clock), EMBEDDED).await.unwrap();
        first.release(&db).await;
        let second = Lease::take(&(&db, &clock), EMBEDDED).await.unwrap();
        drop(second);
        assert!(Lease::take(&(&db, &clock), EMBEDDED).await.is_ok());
    }
}
