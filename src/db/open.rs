//! Opening either engine from its address.

use std::path::Path;
use std::str::FromStr;
use std::time::Duration;

use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};

use sqlx::{ConnectOptions, Connection, SqliteConnection};

use super::{Commits, Db, PgDb, SqliteDb};

/// How long a request waits for a connection before it is told that the database is busy.
const ACQUIRE_TIMEOUT: Duration = Duration::from_secs(5);

/// Connections that read at once from one SQLite file.
const SQLITE_READERS: u32 = 4;
/// Pages that each of SQLite's connections keeps at most, in KiB below zero: so many that the indexes of the office's
/// registers stay in memory at 60,000 products. A small file never fills it.
const CACHE: &str = "-32768";

/// Rows that the thread of a connection may be ahead of who reads them. With few, both threads wake each other for
/// every handful of rows, which takes longer than finding them.
const ROWS_AHEAD: usize = 1_024;

/// Pages (4 KiB) that the log beside a SQLite file takes before the writing connection itself carries them over.
const WAL_PAGES: &str = "8000";

/// How long carrying over may keep others from writing.
const KEEPER_PATIENCE: Duration = Duration::from_millis(20);

/// False for a connection that must not be used again. Where the disk is full, SQLite ends the transaction by
/// itself, the driver's own rollback then fails, and the driver counts a transaction that is not there: every
/// later one on this connection would be refused.
async fn is_out_of_transactions(connection: &mut SqliteConnection) -> Result<bool, sqlx::Error> {
    // A rollback by a dropped transaction is queued; the ping waits for it.
    connection.ping().await?;
    Ok(!connection.is_in_transaction())
}

/// How PostgreSQL plans for this program's connections, where the address says nothing else (`?options=-c …`).
const PLANNING: [(&str, &str); 5] = [
    // For what is asked and for tables as they are: a plan made while they were empty reads the whole of them ever
    // after, and one for every filter uses no index for the one that is set.
    ("plan_cache_mode", "force_custom_plan"),
    // What a commune or a city has fits in memory, and lists come from indexes that hold all they need.
    ("random_page_cost", "1.1"),
    // A long list is sorted in memory.
    ("work_mem", "16MB"),
    // Many short statements at once: helpers for one would wait for the same processors.
    ("max_parallel_workers_per_gather", "0"),
    ("jit", "off"),
];

fn planning(options: PgConnectOptions) -> PgConnectOptions {
    let own = options.get_options().unwrap_or_default().to_owned();
    options.options(PLANNING.into_iter().filter(|(name, _)| !own.contains(name)))
}

impl Db {
    /// Opens `sqlite:PATH` (made if missing) or `postgres://…`.
    pub async fn open(url: &str) -> Result<Self, sqlx::Error> {
        if url.starts_with("postgres:") || url.starts_with("postgresql:") {
            Self::open_postgres(PgConnectOptions::from_str(url)?, 16).await
        } else {
            let path = url.strip_prefix("sqlite://").or_else(|| url.strip_prefix("sqlite:")).unwrap_or(url);
            Self::open_sqlite(Path::new(path), SqliteSynchronous::Full).await
        }
    }

    /// Opens PostgreSQL with at most `connections` connections.
    pub async fn open_postgres(options: PgConnectOptions, connections: u32) -> Result<Self, sqlx::Error> {
        let pool = |connections| PgPoolOptions::new().max_connections(connections).acquire_timeout(ACQUIRE_TIMEOUT);
        let options = planning(options);
        let scans = pool(1).connect_lazy_with(options.clone().options([("synchronous_commit", "off")]));
        let pool = pool(connections).connect_with(options).await?;
        Ok(Self::Postgres(PgDb { pool, scans, commits: Commits::default() }))
    }

    /// Opens a SQLite file. Tests pass a weaker `synchronous`; the program keeps FULL.
    pub async fn open_sqlite(path: &Path, synchronous: SqliteSynchronous) -> Result<Self, sqlx::Error> {
        // Made here once. A pool that opens another connection later must not make a new, empty database where the
        // file was moved away meanwhile.
        let maker = SqliteConnectOptions::new().filename(path).create_if_missing(true);
        maker.journal_mode(SqliteJournalMode::Wal).connect().await?.close().await?;
        let base = SqliteConnectOptions::new()
            .filename(path)
            .create_if_missing(false)
            .journal_mode(SqliteJournalMode::Wal)
            .foreign_keys(true)
            .busy_timeout(ACQUIRE_TIMEOUT)
            .row_buffer_size(ROWS_AHEAD)
            .pragma("cache_size", CACHE)
            .pragma("temp_store", "memory");
        // A file needs no ping before each use: what a ping would find, the statement finds too.
        let pool = |connections| {
            SqlitePoolOptions::new()
                .max_connections(connections)
                .acquire_timeout(ACQUIRE_TIMEOUT)
                .idle_timeout(None)
                .max_lifetime(None)
                .test_before_acquire(false)
        };
        let writer = pool(1).after_release(|connection, _| Box::pin(is_out_of_transactions(connection)));
        let write = base.clone().synchronous(synchronous).pragma("wal_autocheckpoint", WAL_PAGES);
        let write = writer.connect_with(write).await?;
        let read = pool(SQLITE_READERS).connect_with(base.clone().synchronous(synchronous).read_only(true)).await?;
        let base = base.synchronous(SqliteSynchronous::Normal);
        let keeper = pool(1).connect_lazy_with(base.clone().busy_timeout(KEEPER_PATIENCE));
        // A scan never waits for pages being carried over: the keeper does that beside it.
        let scans = pool(1).connect_with(base.pragma("wal_autocheckpoint", "0")).await?;
        Ok(Self::Sqlite(SqliteDb { write, read, scans, keeper, commits: Commits::default() }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn the_log_beside_the_file_begins_anew_when_it_was_carried_over() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("x.db");
        let log = folder.path().join("x.db-wal");
        let db = Db::open_sqlite(&path, SqliteSynchronous::Off).await.unwrap();
        let Db::Sqlite(pools) = &db else { panic!("not SQLite") };
        let run = async |sql: &'static str| sqlx::query(sql).execute(&pools.scans).await.unwrap();
        run("CREATE TABLE x (id INTEGER PRIMARY KEY, filling BLOB)").await;
        let some = "INSERT INTO x (filling) VALUES (zeroblob(20000000))";
        run(some).await;
        run(some).await;
        let long = std::fs::metadata(&log).unwrap().len();
        assert!(long > 40_000_000, "a scan carries nothing over itself: {long}");
        db.checkpoint().await.unwrap();
        run(some).await;
        assert_eq!(std::fs::metadata(&log).unwrap().len(), long, "written from the log's beginning");
        let rows: i64 = sqlx::query_scalar("SELECT COUNT(*) FROM x").fetch_one(&pools.read).await.unwrap();
        assert_eq!(rows, 3);
        db.close().await;
        assert!(!log.exists(), "all is in the file");
    }
}
