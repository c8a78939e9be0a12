//! The database as the program relies on it: transactions, a full disk, a server that goes away.

use sanvat::accounts::model::Role;
use sanvat::accounts::store as accounts;
use sanvat::db::Cx;
use sanvat::ids::CommuneId;

use crate::support::{PASSWORD, TestApp, on, on_both_engines};

async fn add_setting(cx: &mut Cx<'_>, key: &str) -> Result<(), sqlx::Error> {
    on!(*cx, c => sqlx::query("INSERT INTO settings (key, value) VALUES ($1, 'x')").bind(key).execute(c).await.map(drop))
}

async fn settings(app: &TestApp) -> i64 {
    app.count("SELECT COUNT(*) FROM settings").await
}

#[tokio::test]
async fn a_transaction_that_is_dropped_leaves_no_trace() {
    on_both_engines(async |app| {
        let before = settings(&app).await;
        let mut tx = app.begin().await;
        add_setting(&mut tx.cx(), "a").await.unwrap();
        assert_eq!(settings(&app).await, before, "readers see nothing of it");
        drop(tx);
        assert_eq!(settings(&app).await, before);
        let mut tx = app.begin().await;
        add_setting(&mut tx.cx(), "a").await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(settings(&app).await, before + 1);
    })
    .await;
}

#[tokio::test]
async fn a_commit_is_counted_and_what_was_rolled_back_is_not() {
    on_both_engines(async |app| {
        let before = app.app.db.commits();
        let mut tx = app.begin().await;
        add_setting(&mut tx.cx(), "a").await.unwrap();
        assert_eq!(app.app.db.commits(), before);
        tx.commit().await.unwrap();
        assert_eq!(app.app.db.commits(), before + 1);
        drop(app.begin().await);
        assert_eq!(app.app.db.commits(), before + 1);
    })
    .await;
}

#[tokio::test]
async fn a_failed_statement_spoils_its_own_transaction_only() {
    on_both_engines(async |app| {
        let before = settings(&app).await;
        let mut tx = app.begin().await;
        add_setting(&mut tx.cx(), "a").await.unwrap();
        let error = add_setting(&mut tx.cx(), "a").await.unwrap_err();
        assert!(sanvat::db::is_unique_violation(&error), "{error}");
        assert!(!sanvat::db::is_unavailable(&error));
        drop(tx);
        let mut tx = app.begin().await;
        add_setting(&mut tx.cx(), "a").await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(settings(&app).await, before + 1);
    })
    .await;
}

#[tokio::test]
async fn a_reference_to_another_communes_row_is_impossible() {
    on_both_engines(async |app| {
        let other = CommuneId(10813);
        app.add_commune(other, "Thanh Sơn", Some("thanh-son.example")).await;
        let village = app.village("Đông").await;
        let user = app.person("Người mẫu").await;
        for (commune, fits) in [(app.commune, true), (other, false)] {
            let mut tx = app.begin().await;
            let granted =
                accounts::insert_grant(&mut tx.cx(), user, Role::Helper, Some(commune), None, Some(village), app.now())
                    .await;
            assert_eq!(granted.is_ok(), fits, "{granted:?}");
        }
    })
    .await;
}

#[tokio::test]
async fn a_full_disk_is_told_and_nothing_is_lost() {
    on_both_engines(async |app| {
        if app.app.db.is_shared() {
            return; // How PostgreSQL's own disk fills can't be played here; its code is tested in `db`.
        }
        let mut tx = app.begin().await;
        let mut cx = tx.cx();
        on!(cx, c => sqlx::query("PRAGMA max_page_count = 1").execute(c).await.map(drop)).unwrap();
        tx.commit().await.unwrap();
        let mut full = 0;
        for n in 0..200 {
            // Some rows still fit into pages that are there.
            let form = app.visitor().stays_on_redirect().get("/dang-ky").await.form("form[action='/dang-ky']");
            let phone = format!("09123450{n:02}");
            let form = form.fill("name", &"dài ".repeat(19)).fill("phone", &phone).fill("password", PASSWORD);
            let page = form.clone().submit().await;
            if page.code() == 303 {
                continue;
            }
            assert_eq!(page.code(), 507, "{page}");
            assert!(page.says("Chưa có gì được ghi"), "{page}");
            let users = app.count("SELECT COUNT(*) FROM users").await;
            assert_eq!(
                users,
                app.count("SELECT COUNT(*) FROM sessions").await,
                "an account and its session, or neither"
            );
            // With room again, the same form is taken: the trouble left nothing behind.
            assert_eq!(form.submit().await.code(), 303);
            full += 1;
            break;
        }
        assert_eq!(full, 1, "the disk was never full");
    })
    .await;
}

#[tokio::test]
async fn a_database_that_goes_away_is_told_as_such() {
    on_both_engines(async |app| {
        let visitor = app.register("Hộ mẫu", "0912345678").await;
        app.leave_jobs();
        app.app.db.close().await;
        let page = visitor.get("/tai-khoan").await.expect(503);
        assert_eq!(page.text("h1"), "Máy chủ đang bận");
        assert!(!page.body().contains("sqlx") && !page.body().contains("pool"), "{page}");
        let problem = visitor.program().get("/tai-khoan").await.expect(503).json();
        assert_eq!(problem["code"], "unavailable");
    })
    .await;
}

#[tokio::test]
async fn a_server_that_comes_back_is_used_again() {
    on_both_engines(async |app| {
        if !app.app.db.is_shared() {
            return; // SQLite is in the process.
        }
        let visitor = app.register("Hộ mẫu", "0912345678").await;
        let mut tx = app.begin().await;
        {
            let mut cx = tx.cx();
            on!(cx, c => sqlx::query("SELECT pg_terminate_backend(pid) FROM pg_stat_activity
                WHERE datname = current_database() AND pid <> pg_backend_pid()").execute(c).await.map(drop))
            .unwrap();
        }
        let error = {
            let mut cx = tx.cx();
            on!(cx, c => sqlx::query("SELECT pg_terminate_backend(pg_backend_pid())").execute(c).await.map(drop))
        };
        assert!(error.is_err_and(|e| sanvat::db::is_unavailable(&e)), "a server that stops is a passing trouble");
        drop(tx);
        for _ in 0..4 {
            assert_eq!(visitor.get("/tai-khoan").await.expect(200).h1(), "Hộ mẫu");
        }
    })
    .await;
}
