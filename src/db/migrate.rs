//! Migrations: one set of texts, compiled in, for both engines.

use sqlx::migrate::{Migrate, Migrator};

use super::Db;

static MIGRATIONS: Migrator = sqlx::migrate!("./migrations");

/// Brings the schema up to date; returns how many steps were taken.
pub async fn migrate(db: &Db) -> Result<usize, sqlx::migrate::MigrateError> {
    let waiting = pending(db).await?.len();
    match db {
        Db::Sqlite(db) => {
            MIGRATIONS.run(&db.write).await?;
            super::statistics::tell(&mut *db.write.acquire().await?).await?;
        }
        Db::Postgres(db) => MIGRATIONS.run(&db.pool).await?,
    }
    Ok(waiting)
}

/// The names of the steps that have not been taken yet.
pub async fn pending(db: &Db) -> Result<Vec<String>, sqlx::migrate::MigrateError> {
    const TABLE: &str = "_sqlx_migrations";
    let applied = match db {
        Db::Sqlite(db) => {
            let mut conn = db.write.acquire().await?;
            conn.ensure_migrations_table(TABLE).await?;
            conn.list_applied_migrations(TABLE).await?
        }
        Db::Postgres(db) => {
            let mut conn = db.pool.acquire().await?;
            conn.ensure_migrations_table(TABLE).await?;
            conn.list_applied_migrations(TABLE).await?
        }
    };
    let applied: Vec<i64> = applied.into_iter().map(|m| m.version).collect();
    Ok(MIGRATIONS.iter().filter(|m| !applied.contains(&m.version)).map(|m| m.description.to_string()).collect())
}

#[cfg(test)]
mod tests {
    use std::borrow::Cow;

    use sqlx::sqlite::SqliteSynchronous;

    use super::*;

    const BEFORE: &str =
        "INSERT INTO communes (id, name, province, id_base, sample, created_at) VALUES (1, 'A', 'B', 'c', 0, 0);
        INSERT INTO producers (commune_id, id, short, state, kind, name, name_folded, content, channel, version,
          created_at, updated_at) VALUES (1, x'01', 'a', 'approved', 'household', 'Hộ', 'ho', '{}', 'self', 1, 0, 0);
        INSERT INTO support_kinds (code, name_vi, name_en, position, hidden) VALUES ('fair', 'Hội chợ', 'Fair', 1, 0);
        INSERT INTO support_records (commune_id, id, producer_id, kind, given_on, quantity_unit, approved, paid, note,
          void_reason, voided_at, request_id, created_at)
        VALUES (1, x'02', x'01', 'fair', '2025-12-31', '', 900, 700, 'gian hàng', NULL, NULL, x'03', 5),
          (1, x'04', x'01', 'fair', '2026-01-01', '', 50, 0, '', 'nhầm', 6, x'05', 5)";
    const AFTER: &str = "SELECT r.state, r.year, r.budgeted, r.paid, r.version, COUNT(t.id) FROM support_records r
        LEFT JOIN support_steps t ON t.commune_id = r.commune_id AND t.record_id = r.id
        GROUP BY r.id ORDER BY r.given_on";

    #[tokio::test]
    async fn support_recorded_before_the_ledger_is_support_delivered() {
        let folder = tempfile::tempdir().unwrap();
        let db = Db::open_sqlite(&folder.path().join("x.db"), SqliteSynchronous::Off).await.unwrap();
        let Db::Sqlite(pools) = &db else { panic!("not SQLite") };
        let early = MIGRATIONS.iter().filter(|m| m.version < 13).cloned().collect();
        Migrator { migrations: Cow::Owned(early), ..Migrator::DEFAULT }.run(&pools.write).await.unwrap();
        sqlx::raw_sql(BEFORE).execute(&pools.write).await.unwrap();
        migrate(&db).await.unwrap();
        let rows: Vec<(String, i64, i64, i64, i64, i64)> = sqlx::query_as(AFTER).fetch_all(&pools.read).await.unwrap();
        let wanted = [("delivered".to_owned(), 2025, 900, 700, 1, 1), ("void".to_owned(), 2026, 50, 0, 1, 1)];
        assert_eq!(rows, wanted);
    }
}
