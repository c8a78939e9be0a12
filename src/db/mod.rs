//! The database: SQLite or PostgreSQL behind one set of statements.
//!
//! [`Db`] hands out a [`Conn`] to read or a [`Tx`] to write; both lend a [`Cx`] with `.cx()`, and
//! [`on!`](crate::db::on) runs one statement text on whichever engine that is. Only this folder knows
//! two engines.

mod columns;
mod many;
mod migrate;
mod open;

use sqlx::pool::PoolConnection;
use sqlx::{PgConnection, PgPool, Postgres, Sqlite, SqliteConnection, SqlitePool, Transaction};

pub(crate) use columns::{text_column, words};
pub use many::WithIds;
pub use migrate::{migrate, pending};

/// What a store function returns.
pub type Result<T> = std::result::Result<T, sqlx::Error>;

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
}

/// SQLite's pools: writes queue for the one writing connection, reads never wait for them (WAL).
#[derive(Clone, Debug)]
pub struct SqliteDb {
    write: SqlitePool,
    read: SqlitePool,
    /// Writes scans only, with `synchronous=NORMAL`.
    scans: SqlitePool,
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
    Sqlite(Transaction<'static, Sqlite>),
    /// READ COMMITTED.
    Postgres(Transaction<'static, Postgres>),
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
            Self::Sqlite(db) => Tx::Sqlite(db.write.begin_with("BEGIN IMMEDIATE").await?),
            Self::Postgres(db) => Tx::Postgres(db.pool.begin().await?),
        })
    }

    /// A connection for the scan log alone, on which each statement is a transaction of its own that survives a kill
    /// of the process but not surely a power cut (SQLite `synchronous=NORMAL`, PostgreSQL `synchronous_commit=off`).
    pub async fn scans(&self) -> Result<Conn> {
        Ok(match self {
            Self::Sqlite(db) => Conn::Sqlite(db.scans.acquire().await?),
            Self::Postgres(db) => Conn::Postgres(db.scans.acquire().await?),
        })
    }

    /// Waits for running statements and closes the pools.
    pub async fn close(&self) {
        match self {
            Self::Sqlite(db) => {
                db.scans.close().await;
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
            Self::Sqlite(t) => Cx::Sqlite(t),
            Self::Postgres(t) => Cx::Postgres(t),
        }
    }

    /// Makes it last.
    pub async fn commit(self) -> Result<()> {
        match self {
            Self::Sqlite(t) => t.commit().await,
            Self::Postgres(t) => t.commit().await,
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
