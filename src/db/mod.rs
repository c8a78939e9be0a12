//! The database: SQLite or PostgreSQL behind one set of statements.
//!
//! [`Db`] hands out a [`Conn`] to read or a [`Tx`] to write; both lend a [`Cx`] with `.cx()`, and
//! [`on!`](crate::db::on) runs one statement text on whichever engine that is. Only this folder knows
//! two engines.

mod columns;
mod many;
mod migrate;
mod open;
mod statistics;

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use sqlx::pool::PoolConnection;
use sqlx::{PgConnection, PgPool, Postgres, Sqlite, SqliteConnection, SqlitePool, Transaction};

pub(crate) use columns::{text_column, words};
pub use many::{Rows, WithIds};
pub use migrate::{migrate, pending};

/// What a store function returns.
pub type Result<T> = std::result::Result<T, sqlx::Error>;

/// Pages (4 KiB) that SQLite's write-ahead log may have before it begins anew.
const LOG_PAGES: i64 = 6_000;

/// The database's pools.
#[derive(Clone, Debug)]
pub enum Db {
    /// One writer, several readers, one file.
    Sqlite(SqliteDb),
    /// Pools of connections to a server.
    Postgres(PgDb),
}

/// PostgreSQL's pools.
#[derive(Clone, Debug)]
pub struct PgDb {
    pool: PgPool,
    /// Writes scans only, with `synchronous_commit=off`.
    scans: PgPool,
    commits: Commits,
}

/// SQLite's pools: writes queue for the one writing connection, reads never wait for them (WAL).
#[derive(Clone, Debug)]
pub struct SqliteDb {
    write: SqlitePool,
    read: SqlitePool,
    /// Writes scans only, with `synchronous=NORMAL`.
    scans: SqlitePool,
    /// Carries the write-ahead log over into the file.
    keeper: SqlitePool,
    commits: Commits,
}

/// Counts the transactions that this process ended, so that what was read before one can be told from what is read
/// after it.
#[derive(Clone, Debug, Default)]
pub struct Commits(Arc<AtomicU64>);

/// Counts one commit when it is over, also where nobody waits for its end any more.
struct Counted(Commits);

impl Drop for Counted {
    fn drop(&mut self) {
        self.0.0.fetch_add(1, Ordering::AcqRel);
    }
}

/// A connection outside of a transaction: to read from, or the scan log's.
#[derive(Debug)]
pub enum Conn {
    /// Of the reading pool.
    Sqlite(PoolConnection<Sqlite>),
    /// Of the one pool.
    Postgres(PoolConnection<Postgres>),
}

/// A transaction to write in; dropped without [`Tx::commit`] it leaves no trace.
#[derive(Debug)]
pub enum Tx {
    /// Begun IMMEDIATE: it never fails half way for want of the write lock.
    Sqlite(Transaction<'static, Sqlite>, Commits),
    /// READ COMMITTED.
    Postgres(Transaction<'static, Postgres>, Commits),
}

/// What a store function works on: a borrowed connection, in or out of a transaction.
#[derive(Debug)]
pub enum Cx<'c> {
    /// SQLite.
    Sqlite(&'c mut SqliteConnection),
    /// PostgreSQL.
    Postgres(&'c mut PgConnection),
}

/// Runs one statement on either engine: `on!(cx, c => sqlx::query(SQL).bind(id).execute(c).await)`.
///
/// `cx` is a `&mut Cx`; `c` is bound to the engine's own connection, reborrowed, so it may be used again.
macro_rules! on {
    ($cx:expr, $c:ident => $body:expr) => {
        match &mut *$cx {
            $crate::db::Cx::Sqlite(connection) => {
                let $c: &mut sqlx::SqliteConnection = connection;
                $body
            }
            $crate::db::Cx::Postgres(connection) => {
                let $c: &mut sqlx::PgConnection = connection;
                $body
            }
        }
    };
}
pub(crate) use on;

impl Db {
    /// Name of the engine, for people: `SQLite` or `PostgreSQL`.
    pub fn engine(&self) -> &'static str {
        match self {
            Self::Sqlite(_) => "SQLite",
            Self::Postgres(_) => "PostgreSQL",
        }
    }

    /// True when several processes may share this database.
    pub fn is_shared(&self) -> bool {
        matches!(self, Self::Postgres(_))
    }

    /// A connection to read from.
    pub async fn read(&self) -> Result<Conn> {
        Ok(match self {
            Self::Sqlite(db) => Conn::Sqlite(db.read.acquire().await?),
            Self::Postgres(db) => Conn::Postgres(db.pool.acquire().await?),
        })
    }

    /// A transaction to write in.
    pub async fn begin(&self) -> Result<Tx> {
        Ok(match self {
            Self::Sqlite(db) => Tx::Sqlite(db.write.begin_with("BEGIN IMMEDIATE").await?, db.commits.clone()),
            Self::Postgres(db) => Tx::Postgres(db.pool.begin().await?, db.commits.clone()),
        })
    }

    /// How many transactions this process has committed. What was read while this stayed the same is what the
    /// database holds now, as far as this process wrote it; scans are not counted.
    pub fn commits(&self) -> u64 {
        let (Self::Sqlite(SqliteDb { commits, .. }) | Self::Postgres(PgDb { commits, .. })) = self;
        commits.0.load(Ordering::Acquire)
    }

    /// A connection for the scan log alone, on which each statement is a transaction of its own that survives a kill
    /// of the process but not surely a power cut (SQLite `synchronous=NORMAL`, PostgreSQL `synchronous_commit=off`).
    pub async fn scans(&self) -> Result<Conn> {
        Ok(match self {
            Self::Sqlite(db) => Conn::Sqlite(db.scans.acquire().await?),
            Self::Postgres(db) => Conn::Postgres(db.scans.acquire().await?),
        })
    }

    /// Carries what the scan log wrote over into the file, beside those who write and read. Once the write-ahead log
    /// has more than [`LOG_PAGES`], writers wait a moment, so that it begins anew. PostgreSQL needs no such care.
    pub async fn checkpoint(&self) -> Result<()> {
        let Self::Sqlite(db) = self else { return Ok(()) };
        let mut keeper = db.keeper.acquire().await?;
        // Busy, pages in the log, pages carried over.
        let (_, pages, _): (i64, i64, i64) =
            sqlx::query_as("PRAGMA wal_checkpoint(PASSIVE)").fetch_one(&mut *keeper).await?;
        if pages > LOG_PAGES {
            sqlx::query("PRAGMA wal_checkpoint(RESTART)").execute(&mut *keeper).await?;
        }
        Ok(())
    }

    /// Waits for running statements and closes the pools.
    pub async fn close(&self) {
        match self {
            Self::Sqlite(db) => {
                db.scans.close().await;
                db.keeper.close().await;
                db.read.close().await;
                db.write.close().await;
            }
            Self::Postgres(db) => {
                db.scans.close().await;
                db.pool.close().await;
            }
        }
    }
}

impl Conn {
    /// Borrows the connection for store functions.
    pub fn cx(&mut self) -> Cx<'_> {
        match self {
            Self::Sqlite(c) => Cx::Sqlite(c),
            Self::Postgres(c) => Cx::Postgres(c),
        }
    }
}

impl Tx {
    /// Borrows the transaction's connection for store functions.
    pub fn cx(&mut self) -> Cx<'_> {
        match self {
            Self::Sqlite(t, _) => Cx::Sqlite(t),
            Self::Postgres(t, _) => Cx::Postgres(t),
        }
    }

    /// Makes it last.
    pub async fn commit(self) -> Result<()> {
        let (Self::Sqlite(_, commits) | Self::Postgres(_, commits)) = &self;
        let _counted = Counted(commits.clone());
        match self {
            Self::Sqlite(t, _) => t.commit().await,
            Self::Postgres(t, _) => t.commit().await,
        }
    }
}

/// True for an error of a unique index, which is how two of the same are told: ask the index, don't look first.
pub fn is_unique_violation(error: &sqlx::Error) -> bool {
    error.as_database_error().is_some_and(|e| e.is_unique_violation())
}

/// The address of a server without the password in it, for messages.
pub fn without_password(url: &str) -> String {
    let Some((scheme, rest)) = url.split_once("://") else { return url.to_owned() };
    match rest.rsplit_once('@') {
        Some((user, place)) => format!("{scheme}://{}@{place}", user.split(':').next().unwrap_or_default()),
        None => url.to_owned(),
    }
}

/// True when the database's disk has no room left.
pub fn is_full(error: &sqlx::Error) -> bool {
    error.as_database_error().is_some_and(|e| {
        let code = e.code().unwrap_or_default();
        // SQLite: 13 full. PostgreSQL: 53100 disk full.
        code == "53100" || (code.len() < 5 && code.parse::<i64>().is_ok_and(|n| n & 0xff == 13))
    })
}

/// True when the database is away or full rather than the statement wrong: trying again later may help.
pub fn is_unavailable(error: &sqlx::Error) -> bool {
    match error {
        sqlx::Error::Io(_) | sqlx::Error::PoolTimedOut | sqlx::Error::PoolClosed | sqlx::Error::WorkerCrashed => true,
        sqlx::Error::Database(e) => {
            // SQLite: 5 busy, 8 can't be written (or was moved), 10 I/O, 13 full, 14 cannot open. PostgreSQL classes: 08 connection,
            // 53 no resources, 57P shut down.
            let code = e.code().unwrap_or_default();
            let primary = code.parse::<i64>().map(|n| n & 0xff);
            matches!(primary, Ok(5 | 8 | 10 | 13 | 14) if code.len() < 5)
                || code.starts_with("08")
                || code.starts_with("53")
                || code.starts_with("57P")
        }
        _ => false,
    }
}
