//! Processes that are killed (SIGKILL) while they work: what was answered is stored, what was begun goes on.

use std::collections::HashMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use sanvat::labels::code::LabelCode;
use sanvat::labels::issue::issue;
use sanvat::labels::model::{RunKind, code_of};
use sanvat::labels::store::{self as labels, NewRun};

use crate::support::{Running, Sample, TestApp, on, on_both_engines};

/// Kills of one test.
const KILLS: usize = 10;
/// Scans answered before each.
const ANSWERED: usize = 150;
/// Phones that scan at once.
const PHONES: usize = 8;

/// Serial labels of the sample's product: their ids and codes.
async fn serials(app: &TestApp, sample: &Sample, count: i64) -> Vec<(i64, LabelCode)> {
    let new = NewRun {
        kind: RunKind::Serial,
        producer: sample.producer.id,
        product: sample.product.id,
        lot: None,
        count,
        purpose: "thử".to_owned(),
        by: None,
    };
    let mut tx = app.begin().await;
    let run = issue(&mut tx.cx(), app.commune, &new, app.now()).await.unwrap();
    let rows = labels::labels_of(&mut tx.cx(), app.commune, run.id).await.unwrap();
    tx.commit().await.unwrap();
    rows.iter().map(|row| (row.id, code_of(app.commune, row.id).unwrap())).collect()
}

/// Scans one label after the other until the server is gone; notes those whose page came whole.
async fn scan_until_killed(
    url: String,
    codes: Arc<Vec<(i64, LabelCode)>>,
    from: usize,
    answered: Arc<Mutex<HashMap<i64, i64>>>,
    count: Arc<AtomicUsize>,
) {
    let agent = "Mozilla/5.0 (Linux; Android 13) AppleWebKit/537.36 Chrome/120.0 Mobile Safari/537.36";
    let phone = reqwest::Client::builder().user_agent(agent).build().unwrap();
    for turn in 0.. {
        let (id, code) = &codes[(from + turn * PHONES) % codes.len()];
        let Ok(response) = phone.get(format!("{url}/t/{code}")).send().await else { return };
        let status = response.status();
        let Ok(page) = response.text().await else { return };
        assert!(status.is_success() && page.contains("</html>"), "{status}");
        *answered.lock().unwrap().entry(*id).or_default() += 1;
        count.fetch_add(1, Ordering::Relaxed);
    }
}

async fn stored(app: &TestApp) -> HashMap<i64, i64> {
    let mut conn = app.read().await;
    let mut cx = conn.cx();
    let sql = "SELECT label_id, COUNT(*) FROM scans WHERE commune_id = $1 GROUP BY label_id";
    let rows: Vec<(i64, i64)> = on!(cx, c => sqlx::query_as(sql).bind(app.commune).fetch_all(c).await).unwrap();
    rows.into_iter().collect()
}

#[tokio::test]
async fn every_scan_that_was_answered_is_stored_however_often_the_server_is_killed() {
    on_both_engines(async |app| {
        let sample = app.sample().await;
        app.run_jobs().await;
        let codes = Arc::new(serials(&app, &sample, 200).await);
        let answered: Arc<Mutex<HashMap<i64, i64>>> = Arc::default();
        for kill in 1..=KILLS {
            let server = Running::serve_beside(&app).await;
            let count = Arc::new(AtomicUsize::new(0));
            let phones: Vec<_> = (0..PHONES)
                .map(|from| {
                    let (url, codes) = (server.url().to_owned(), codes.clone());
                    tokio::spawn(scan_until_killed(url, codes, from, answered.clone(), count.clone()))
                })
                .collect();
            while count.load(Ordering::Relaxed) < ANSWERED {
                assert!(phones.iter().all(|phone| !phone.is_finished()), "a phone gave up before the kill");
                tokio::task::yield_now().await;
            }
            server.kill().await;
            for phone in phones {
                phone.await.unwrap();
            }
            let stored = stored(&app).await;
            for (label, answered) in answered.lock().unwrap().iter() {
                let rows = stored.get(label).copied().unwrap_or_default();
                assert!(rows >= *answered, "after kill {kill}: {answered} scans answered, {rows} stored");
            }
        }
        let answered = answered.lock().unwrap().values().sum::<i64>();
        let stored = stored(&app).await.values().sum::<i64>();
        // The other process counts scans for the catalogue's order, and its index is away.
        app.leave_jobs();
        // Written and not answered: at most what was under way at each kill.
        assert!(stored <= answered + (KILLS * PHONES) as i64, "{answered} answered, {stored} stored");
    })
    .await;
}

#[tokio::test]
async fn a_run_whose_server_is_killed_goes_on_and_has_no_code_twice() {
    on_both_engines(async |app| {
        const COUNT: &str = "45000";
        const MADE: &str = "SELECT CAST(SUM(made) AS BIGINT) FROM label_runs WHERE kind = 'serial'";
        let sample = app.sample().await;
        app.run_jobs().await;
        let lot = sample.lot.rsplit('/').next().unwrap();
        let page = sample.owner.get(&format!("/cua-toi/tem/moi?lo={lot}")).await.expect(200);
        page.form("main form").choose("loai", "serial").fill("so-tem", COUNT).submit().await.expect(200);
        let server = Running::serve_beside(&app).await;
        let mut made = 0;
        while made == 0 {
            made = app.count(MADE).await;
        }
        server.kill().await;
        let at_kill = app.count(MADE).await;
        assert!((5_000..45_000).contains(&at_kill), "killed in the middle: {at_kill}");
        let rows =
            app.count("SELECT COUNT(*) FROM labels l JOIN label_runs r ON r.id = l.run_id WHERE r.kind = 'serial'");
        assert_eq!(rows.await, at_kill, "what is said to be made is there");
        // The clock of this process stands in the year's middle: it has to pass the other's lease.
        app.later(Duration::from_hours(24 * 400));
        app.run_jobs().await;
        let serials = "SELECT COUNT(DISTINCT l.serial) FROM labels l JOIN label_runs r ON r.id = l.run_id
            WHERE r.kind = 'serial'";
        let codes = "SELECT COUNT(DISTINCT l.id) FROM labels l JOIN label_runs r ON r.id = l.run_id
            WHERE r.kind = 'serial'";
        assert_eq!((app.count(serials).await, app.count(codes).await, app.count(MADE).await), (45_000, 45_000, 45_000));
    })
    .await;
}
