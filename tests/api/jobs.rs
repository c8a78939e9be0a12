//! The queue: tries, waits, leases, what is set aside.

use std::time::Duration;

use sanvat::ids::CommuneId;
use sanvat::jobs;

use crate::support::{TestApp, on, on_both_engines};

/// A kind that no feature does: it fails on every try.
const FAILS: &str = "test.no_feature_does_this";

async fn enqueue(app: &TestApp) {
    let mut tx = app.begin().await;
    jobs::enqueue(&mut tx.cx(), app.commune, FAILS, &serde_json::json!({"n": 1}), app.now()).await.unwrap();
    tx.commit().await.unwrap();
}

async fn state(app: &TestApp) -> (String, i32, Option<String>) {
    let mut conn = app.read().await;
    let mut cx = conn.cx();
    on!(cx, c => sqlx::query_as("SELECT state, attempts, last_error FROM jobs").fetch_one(c).await).unwrap()
}

async fn set(app: &TestApp, state: &str, attempts: i32, locked_for: Duration) {
    let mut tx = app.begin().await;
    {
        let mut cx = tx.cx();
        on!(cx, c => sqlx::query("UPDATE jobs SET state = $1, attempts = $2, locked_until = $3")
            .bind(state)
            .bind(attempts)
            .bind(app.now().plus(locked_for))
            .execute(c)
            .await
            .map(drop))
        .unwrap();
    }
    tx.commit().await.unwrap();
}

#[tokio::test]
async fn a_job_that_fails_waits_longer_each_time_and_is_set_aside_at_last() {
    on_both_engines(async |app| {
        enqueue(&app).await;
        for (attempt, wait) in [2, 4, 8, 16, 32, 64, 128].into_iter().enumerate() {
            assert_eq!(app.run_jobs().await, 1, "try {}", attempt + 1);
            let (queued, attempts, error) = state(&app).await;
            assert_eq!((queued.as_str(), attempts), ("queued", attempt as i32 + 1));
            assert!(error.unwrap().contains(FAILS));
            app.later(Duration::from_millis(wait * 1000 - 1));
            assert_eq!(app.run_jobs().await, 0, "not before {wait} s");
            app.later(Duration::from_millis(1));
        }
        assert_eq!(app.run_jobs().await, 1);
        assert_eq!(state(&app).await.0, "dead");
        app.later(Duration::from_hours(24));
        assert_eq!(app.run_jobs().await, 0);
    })
    .await;
}

#[tokio::test]
async fn what_was_set_aside_is_listed_for_its_commune_and_can_be_queued_again() {
    on_both_engines(async |app| {
        enqueue(&app).await;
        set(&app, "dead", 8, Duration::ZERO).await;
        let mut tx = app.begin().await;
        let dead = jobs::dead(&mut tx.cx(), app.commune).await.unwrap();
        assert_eq!(dead.len(), 1);
        assert_eq!(dead[0].payload, "{\"n\":1}");
        assert!(jobs::dead(&mut tx.cx(), CommuneId(10813)).await.unwrap().is_empty());
        jobs::requeue(&mut tx.cx(), CommuneId(10813), dead[0].id, app.now()).await.unwrap();
        assert_eq!(jobs::waiting(&mut tx.cx()).await.unwrap(), 0, "another commune's officer can't");
        jobs::requeue(&mut tx.cx(), app.commune, dead[0].id, app.now()).await.unwrap();
        assert_eq!(jobs::waiting(&mut tx.cx()).await.unwrap(), 1);
        tx.commit().await.unwrap();
        assert_eq!(app.run_jobs().await, 1);
        assert_eq!(state(&app).await.1, 1, "the tries are counted anew");
        app.leave_jobs();
    })
    .await;
}

#[tokio::test]
async fn a_dead_workers_job_is_taken_over_when_its_lease_ends() {
    on_both_engines(async |app| {
        enqueue(&app).await;
        set(&app, "running", 1, Duration::from_mins(2)).await;
        app.later(Duration::from_mins(2));
        assert_eq!(app.run_jobs().await, 0, "the lease still holds");
        app.later(Duration::from_micros(1));
        assert_eq!(app.run_jobs().await, 1);
        assert_eq!(state(&app).await.1, 2);
        app.leave_jobs();
    })
    .await;
}

#[tokio::test]
async fn a_worker_that_is_still_at_it_keeps_its_job() {
    on_both_engines(async |app| {
        enqueue(&app).await;
        set(&app, "running", 2, Duration::ZERO).await;
        app.later(Duration::from_micros(1));
        let mut tx = app.begin().await;
        let mut cx = tx.cx();
        let sql = "SELECT id, commune_id, kind, payload, attempts, last_error, created_at FROM jobs";
        let job: jobs::Job = on!(cx, c => sqlx::query_as(sql).fetch_one(c).await).unwrap();
        let until = app.now().plus(Duration::from_hours(1));
        jobs::stay(&mut cx, &job, until).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(app.run_jobs().await, 0, "it is being worked on");

        // Taken over meanwhile, it is no longer the first worker's to keep.
        app.later(Duration::from_hours(2));
        let stale = jobs::Job { attempts: 1, ..job };
        let mut tx = app.begin().await;
        jobs::stay(&mut tx.cx(), &stale, app.now().plus(Duration::from_hours(1))).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(app.run_jobs().await, 1);
        app.leave_jobs();
    })
    .await;
}

#[tokio::test]
async fn a_job_that_kills_every_worker_is_set_aside_too() {
    on_both_engines(async |app| {
        enqueue(&app).await;
        set(&app, "running", 8, Duration::ZERO).await;
        app.later(Duration::from_micros(1));
        assert_eq!(app.run_jobs().await, 1);
        let (state, _, error) = state(&app).await;
        assert_eq!(state, "dead");
        assert!(error.unwrap().contains("every try ended"));
    })
    .await;
}

#[tokio::test]
async fn a_job_goes_with_the_change_that_causes_it_or_not_at_all() {
    on_both_engines(async |app| {
        let mut tx = app.begin().await;
        jobs::enqueue(&mut tx.cx(), app.commune, FAILS, &(), app.now()).await.unwrap();
        drop(tx);
        assert_eq!(app.run_jobs().await, 0);
        assert_eq!(app.count("SELECT COUNT(*) FROM jobs").await, 0);
    })
    .await;
}

#[tokio::test]
async fn two_workers_never_do_one_job_at_once() {
    on_both_engines(async |app| {
        for _ in 0..6 {
            enqueue(&app).await;
        }
        let (a, b, c) = tokio::join!(app.run_jobs(), app.run_jobs(), app.run_jobs());
        // A worker that lost a race may have stopped early; what is due is still done once each.
        let rest = app.run_jobs().await;
        assert_eq!(a + b + c + rest, 6);
        assert_eq!(app.count("SELECT COUNT(*) FROM jobs WHERE attempts = 1").await, 6);
        app.leave_jobs();
    })
    .await;
}
