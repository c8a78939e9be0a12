//! A database that goes away while people use the program, and comes back: nothing typed is lost, nothing is
//! restarted.

use std::io::Cursor;
use std::path::{Path, PathBuf};

use sanvat::db::Db;
use sanvat::web::i18n::Lang;
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection, SqliteSynchronous};
use sqlx::{ConnectOptions, Connection};

use crate::support::{Form, Page, Sample, TestApp, Visitor, html, on, on_own_postgres, on_sqlite};

const WORDS: &str = "Chuyện gõ khi kho dữ liệu đi vắng <b>";

fn png() -> Vec<u8> {
    let picture = image::RgbImage::from_pixel(64, 48, image::Rgb([120, 90, 60]));
    let mut bytes = Cursor::new(Vec::new());
    picture.write_to(&mut bytes, image::ImageFormat::Png).unwrap();
    bytes.into_inner()
}

/// Someone in the middle of things: a form is open, a photo waits in the queue.
struct Middle {
    sample: Sample,
    story: String,
    form: Form,
    step: Form,
    jobs: i64,
}

async fn middle(app: &TestApp) -> Middle {
    let sample = app.sample().await;
    app.run_jobs().await;
    let producer = format!("/cua-toi/co-so/{}", sample.producer.short);
    let form = sample.owner.get(&format!("{producer}/anh")).await.expect(200).form("main form");
    form.attach("picture", "vuon.png", "image/png", png()).press("Tiếp tục").await.expect(200);
    let jobs = app.count("SELECT COUNT(*) FROM jobs").await;
    assert!(jobs > 0, "a job waits");
    let story = format!("{producer}/gioi-thieu");
    let form = sample.owner.get(&story).await.expect(200).form("main form").fill("story", WORDS);
    let step = sample.owner.get(&format!("{}/ghi?viec=fresh.spray", sample.lot)).await.expect(200).form("main form");
    let step = step.fill("input_name", "Chế phẩm Bt mẫu").fill("withholding_days", "7");
    Middle { sample, story, form, step: step.attach("anh", "vuon.png", "image/png", png()), jobs }
}

/// A page of trouble that shows what was typed and offers to send it again.
fn keeps(told: &Page, words: &str) {
    assert_eq!(told.h1(), "Máy chủ đang bận");
    assert!(told.says("Chưa có gì được ghi") && told.says(words), "{told}");
    assert_eq!(html::faults(told, Lang::Vi), Vec::<String>::new());
    assert!(!told.body().contains("sqlx") && !told.body().contains("pool"), "{told}");
}

/// The same form goes through once the database is back, and the job that waited is done.
async fn all_is_well_again(app: &TestApp, middle: &Middle, told: &Page, told_of_step: Option<&Page>) {
    told.form("main form").submit().await.expect(200);
    let stored = middle.sample.owner.get(&middle.story).await.expect(200);
    assert_eq!(stored.form("main form").value("story"), WORDS);
    if let Some(told) = told_of_step {
        let form = told.form("main form").attach("anh", "vuon.png", "image/png", png());
        let done = form.submit().await.expect(200);
        assert_eq!(done.texts(".way h3"), ["Phun thuốc, chế phẩm"]);
    }
    assert!(app.count("SELECT COUNT(*) FROM jobs").await >= middle.jobs, "the job survived");
    let done = app.run_jobs().await;
    assert!(done as i64 >= middle.jobs);
    assert_eq!(app.count("SELECT COUNT(*) FROM jobs").await, 0);
    let picture = middle.story.replace("/gioi-thieu", "/anh");
    let picture = middle.sample.owner.get(&picture).await.expect(200).attr("main figure img", "src");
    assert_eq!(middle.sample.owner.get(&picture).await.expect(200).header("content-type"), "image/jpeg");
    app.visitor().get("/readyz").await.expect(200);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_stops_is_told_of_and_is_used_again_when_it_is_back() {
    on_own_postgres(async |app, server| {
        let middle = middle(&app).await;
        let owner: &Visitor = &middle.sample.owner;
        server.lock().await.stop();

        for address in ["/cua-toi", &middle.sample.lot, "/san-pham", &middle.sample.label] {
            let page = owner.get(address).await.expect(503);
            assert_eq!(page.h1(), "Máy chủ đang bận", "{address}");
            assert_eq!(html::faults(&page, Lang::Vi), Vec::<String>::new(), "{address}");
        }
        let told = middle.form.clone().submit().await.expect(503);
        keeps(&told, WORDS);
        let told_of_step = middle.step.clone().submit().await.expect(503);
        keeps(&told_of_step, "Chế phẩm Bt mẫu");
        let problem = middle.form.clone().by(&owner.with_header("accept", "application/json")).submit().await;
        let problem = problem.expect(503);
        assert_eq!(problem.header("content-type"), "application/problem+json");
        assert_eq!(problem.json()["code"], "unavailable");
        let ready = app.visitor().get("/readyz").await.expect(503).json();
        assert_eq!((&ready["database"], &ready["files"]), (&"down".into(), &"ok".into()));
        app.visitor().get("/healthz").await.expect(200);
        assert!(sanvat::jobs::run_one(&app.app).await.is_err(), "the worker sees it too and goes on");

        server.lock().await.go_on().unwrap();
        all_is_well_again(&app, &middle, &told, Some(&told_of_step)).await;
    })
    .await;
}

fn file_of(app: &TestApp) -> PathBuf {
    app.app.config.data_dir.join("sanvat.db")
}

#[tokio::test]
async fn a_file_that_is_locked_is_told_of_and_is_written_again_when_it_is_free() {
    on_sqlite(async |app| {
        let middle = middle(&app).await;
        let mut other = SqliteConnectOptions::new().filename(file_of(&app)).connect().await.unwrap();
        sqlx::query("BEGIN EXCLUSIVE").execute(&mut other).await.unwrap();

        let told = middle.form.clone().submit().await.expect(503);
        keeps(&told, WORDS);
        let problem = middle.form.clone().by(&middle.sample.owner.with_header("accept", "application/json"));
        assert_eq!(problem.submit().await.expect(503).json()["code"], "unavailable");
        // Who only reads is not kept waiting.
        middle.sample.owner.get("/cua-toi").await.expect(200);
        app.visitor().get(&middle.sample.product.path()).await.expect(200);
        app.visitor().get("/readyz").await.expect(200);
        app.visitor().get("/healthz").await.expect(200);

        sqlx::query("ROLLBACK").execute(&mut other).await.unwrap();
        other.close().await.unwrap();
        all_is_well_again(&app, &middle, &told, None).await;
    })
    .await;
}

#[tokio::test]
async fn a_file_that_is_moved_about_while_it_is_served_keeps_every_word() {
    on_sqlite(async |app| {
        let middle = middle(&app).await;
        let (path, aside) = (file_of(&app), app.app.config.data_dir.join("cat-di"));
        move_database(&path, &aside);
        let told = middle.form.clone().submit().await;
        // An engine that still has the file open may write on; else it says so.
        if told.code() != 200 {
            keeps(&told.clone().expect(503), WORDS);
        }
        app.visitor().get("/healthz").await.expect(200);
        assert!(!path.exists(), "an empty database was made");
        move_database(&aside, &path);
        let again = if told.code() == 200 { middle.form.clone() } else { told.form("main form") };
        again.submit().await.expect(200);
        let stored = middle.sample.owner.get(&middle.story).await.expect(200);
        assert_eq!(stored.form("main form").value("story"), WORDS);
        assert!(app.run_jobs().await as i64 >= middle.jobs, "the job survived");
    })
    .await;
}

/// Moves the database's file and what belongs to it.
fn move_database(from: &Path, to: &Path) {
    for end in ["", "-wal", "-shm"] {
        let with = |path: &Path| format!("{}{end}", path.display());
        let moved = std::fs::rename(with(from), with(to));
        assert!(moved.is_ok() || !end.is_empty(), "{moved:?}");
    }
}

#[tokio::test]
async fn a_file_that_was_moved_away_is_not_replaced_by_an_empty_one() {
    let room = tempfile::tempdir().unwrap();
    let path = room.path().join("sanvat.db");
    let db = Db::open_sqlite(&path, SqliteSynchronous::Off).await.unwrap();
    sanvat::db::migrate(&db).await.unwrap();
    let aside = room.path().join("cat-di");
    move_database(&path, &aside);
    {
        // A transaction that ended behind the driver's back: its connection is not used again, the next is new.
        let mut tx = db.begin().await.unwrap();
        let mut cx = tx.cx();
        on!(cx, c => sqlx::query("ROLLBACK").execute(c).await.map(drop)).unwrap();
    }
    let error = db.begin().await.expect_err("the file is away");
    assert!(sanvat::db::is_unavailable(&error), "{error}");
    {
        // One reader is open already; a second would have to be.
        let (first, second) = (db.read().await, db.read().await);
        assert!(first.is_ok() && second.is_err_and(|error| sanvat::db::is_unavailable(&error)));
    }
    assert!(!path.exists(), "an empty database was made");

    move_database(&aside, &path);
    let mut tx = db.begin().await.unwrap();
    {
        let mut cx = tx.cx();
        let add = "INSERT INTO settings (key, value) VALUES ('a', 'x')";
        on!(cx, c => sqlx::query(add).execute(c).await.map(drop)).unwrap();
    }
    tx.commit().await.unwrap();
    db.close().await;
    let mut again: SqliteConnection = SqliteConnectOptions::new().filename(&path).connect().await.unwrap();
    let count: i64 =
        sqlx::query_scalar("SELECT COUNT(*) FROM settings WHERE key = 'a'").fetch_one(&mut again).await.unwrap();
    assert_eq!(count, 1);
}
