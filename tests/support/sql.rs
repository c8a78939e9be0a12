//! Statements of tests, on either engine. The program's own macro stays inside the program.

/// Runs one statement on either engine, as `sanvat::db::on!` does for stores:
/// `on!(cx, c => sqlx::query("DELETE FROM jobs").execute(c).await)`.
macro_rules! on {
    ($cx:expr, $c:ident => $body:expr) => {
        match &mut $cx {
            sanvat::db::Cx::Sqlite(connection) => {
                let $c: &mut sqlx::SqliteConnection = connection;
                $body
            }
            sanvat::db::Cx::Postgres(connection) => {
                let $c: &mut sqlx::PgConnection = connection;
                $body
            }
        }
    };
}
pub(crate) use on;
