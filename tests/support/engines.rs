//! One test, both engines.

use std::panic::AssertUnwindSafe;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use futures_util::FutureExt;
use sanvat::config::Config;
use sanvat::db::Db;
use sqlx::sqlite::SqliteSynchronous;
use tokio::sync::Mutex;

use super::app::TestApp;
use super::postgres::{self, OwnServer};

/// Runs a test on SQLite and then on PostgreSQL, each time with a fresh app, and says on which it failed:
///
/// ```ignore
/// #[tokio::test]
/// async fn a_visitor_sees_the_login_page() {
///     on_both_engines(async |app| {
///         let page = app.visitor().get("/dang-nhap").await;
///         assert_eq!(page.h1(), "Đăng nhập");
///     })
///     .await;
/// }
/// ```
pub async fn on_both_engines(test: impl AsyncFn(TestApp)) {
    on_both_engines_with(|_| {}, test).await;
}

/// As [`on_both_engines`], with settings changed first.
pub async fn on_both_engines_with(settings: impl Fn(&mut Config), test: impl AsyncFn(TestApp)) {
    let name = std::thread::current().name().unwrap_or("a test").to_owned();
    let mut failures = Vec::new();

    if let Err(why) = run_on_sqlite(&settings, &test).await {
        failures.push(format!("on SQLite: {why}"));
    }

    match postgres::server() {
        Ok(server) => {
            let folder = tempfile::tempdir().expect("a temporary folder");
            let database = server.database().await.expect("a database from the template");
            let settings = |config: &mut Config| {
                config.database_url = Some(database.url.clone());
                settings(config);
            };
            if let Err(why) = run(database.db.clone(), folder.path(), &settings, &test).await {
                failures.push(format!("on PostgreSQL: {why}"));
            }
            database.drop_it().await.expect("the database is dropped");
        }
        Err(why) => postgres::skip(&name, why),
    }
    assert!(failures.is_empty(), "{name} failed {}", failures.join("\nand "));
}

/// Runs a test on a PostgreSQL server of its own, which it may stop and start again.
pub async fn on_own_postgres(test: impl AsyncFn(TestApp, &Mutex<OwnServer>)) {
    let name = std::thread::current().name().unwrap_or("a test").to_owned();
    let server = match OwnServer::start() {
        Ok(server) => Mutex::new(server),
        Err(why) => return postgres::skip(&name, &why),
    };
    let folder = tempfile::tempdir().expect("a temporary folder");
    let opened = server.lock().await.open().await.expect("the server lets us in");
    let ran = run(opened.clone(), folder.path(), &|_: &mut Config| {}, &async |app| test(app, &server).await).await;
    opened.close().await;
    if let Err(why) = ran {
        panic!("{name} failed on PostgreSQL: {why}");
    }
}

/// Runs a test on SQLite alone: for what is slow and knows nothing of the engine, such as a browser's view.
pub async fn on_sqlite(test: impl AsyncFn(TestApp)) {
    if let Err(why) = run_on_sqlite(&|_: &mut Config| {}, &test).await {
        panic!("{why}");
    }
}

async fn run_on_sqlite(settings: &impl Fn(&mut Config), test: &impl AsyncFn(TestApp)) -> Result<(), String> {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let db = open_sqlite(folder.path()).await;
    let ran = run(db.clone(), folder.path(), settings, test).await;
    db.close().await;
    ran
}

async fn run(
    db: Db,
    folder: &Path,
    settings: &impl Fn(&mut Config),
    test: &impl AsyncFn(TestApp),
) -> Result<(), String> {
    let app = TestApp::start(db, folder, settings).await;
    let tested = AssertUnwindSafe(test(app.clone())).catch_unwind().await;
    let finished = app.finish(tested.is_ok()).await;
    match tested {
        Ok(()) => finished,
        Err(panic) => Err(panic
            .downcast_ref::<String>()
            .cloned()
            .or_else(|| panic.downcast_ref::<&str>().map(|text| (*text).to_owned()))
            .unwrap_or_else(|| "it panicked".to_owned())),
    }
}

/// A SQLite file with the schema in it, copied from one that is migrated once. Nothing waits for the disk.
async fn open_sqlite(folder: &Path) -> Db {
    static TEMPLATE: OnceLock<(tempfile::TempDir, PathBuf)> = OnceLock::new();
    let (_, template) = TEMPLATE.get_or_init(|| {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let path = folder.path().join("template.db");
        let made = path.clone();
        std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
            runtime.block_on(async {
                let db = Db::open_sqlite(&made, SqliteSynchronous::Off).await.expect("the template opens");
                sanvat::db::migrate(&db).await.expect("the schema is made");
                // The last connection that closes moves the log into the file.
                db.close().await;
            });
        })
        .join()
        .expect("the template is made");
        (folder, path)
    });
    let path = folder.join("sanvat.db");
    std::fs::copy(template, &path).expect("the template is copied");
    Db::open_sqlite(&path, SqliteSynchronous::Off).await.expect("the copy opens")
}
