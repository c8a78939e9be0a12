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
