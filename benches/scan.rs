//! What a scan costs: `cargo bench --bench scan`.
//!
//! Starts the real server on loopback and measures, with one load generator on the same machine:
//! - scans of a set of 200 codes against a constant page of the same size through the same layers (32 keep-alive
//!   connections, the durable count included), as the ratio of the medians over interleaved runs;
//! - the answer times of an open loop of 1,000 scans a second;
//! - 1,000 codes spread over 1,000 stored labels and over 1,000,000, the app started anew before each run;
//! - first openings of codes spread over 1,000,000 labels, each opened once, against a server that reads the label's
//!   row by its key, in a read of its own, and answers with the same number of bytes.
//!
//! SQLite always; PostgreSQL when `TEST_POSTGRES_URL` and `TEST_POSTGRES_URL_MANY` name empty databases. `BENCH_ROUNDS`, `BENCH_SECONDS` and
//! `BENCH_LABELS` shorten it.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use axum::Router;
use axum::extract::Path;
use axum::response::Html;
use axum::routing::get;
use http::header;
use sanvat::app::App;
use sanvat::clock::Clock;
use sanvat::db::{Cx, Db};
use sanvat::ids::RunId;
use sanvat::labels::code::LabelCode;
use sanvat::labels::model::{LabelRow, RunKind, key_of};
use sanvat::labels::store::{self as labels, NewRun};
use sanvat::producers::model::{Channel, ConsentField, ProducerKind};
use sanvat::producers::store::{self as producers, ConsentGiven};
use sanvat::products::model::ProductContent;
use sanvat::products::store as products;
use sanvat::traceability::model::Lot;
use sanvat::traceability::store::lots;
use sanvat::web::communes::{self};

mod support;

use support::rows::COMMUNE;
use support::{Client, Outcome, at, median, rows, setting};

const CONNECTIONS: usize = 32;
const OPEN_LOOP: u64 = 1_000;
const CONSTANT: &str = "/bench/constant";
/// Codes that are opened for the first time in a round.
const FIRST_OPENINGS: usize = 20_000;
/// A label's row by its key.
const BY_KEY: &str = "SELECT serial FROM labels WHERE commune_id = $1 AND id = $2";

fn main() -> Outcome<()> {
    // `cargo test --benches` starts this too; it is no test.
    if std::env::args().any(|arg| arg == "--test") {
        return Ok(());
    }
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(async {
        let folder = tempfile::tempdir()?;
        let few = folder.path().join("few");
        let many = folder.path().join("many");
        measure("SQLite", &sqlite(&few), &sqlite(&many), folder.path()).await?;
        match (std::env::var("TEST_POSTGRES_URL"), std::env::var("TEST_POSTGRES_URL_MANY")) {
            (Ok(few), Ok(many)) => measure("PostgreSQL", &few, &many, folder.path()).await?,
            _ => println!("PostgreSQL: skipped (set TEST_POSTGRES_URL and TEST_POSTGRES_URL_MANY to empty databases)"),
        }
        Ok(())
    })
}

fn sqlite(path: &std::path::Path) -> String {
    format!("sqlite:{}.db", path.display())
}

async fn measure(engine: &str, few: &str, many: &str, folder: &std::path::Path) -> Outcome<()> {
    let rounds = setting("BENCH_ROUNDS", 5);
    let seconds = Duration::from_secs(setting("BENCH_SECONDS", 4));
    let (few_codes, many_codes) = (fill(few, 1_000).await?, fill(many, setting("BENCH_LABELS", 1_000_000)).await?);

    let server = Server::start(few, folder).await?;
    let set: Vec<String> = few_codes.iter().take(200).map(|code| format!("/t/{code}")).collect();
    let constant = vec![CONSTANT.to_owned()];
    closed(server.address, &set, Duration::from_secs(1)).await?;
    let (mut scans, mut plain) = (Vec::new(), Vec::new());
    for _ in 0..rounds {
        plain.push(closed(server.address, &constant, seconds).await?);
        scans.push(closed(server.address, &set, seconds).await?);
    }
    let times = open(server.address, &set, seconds).await?;
    let lost = server.stop().await;
    let ratio = median(&mut scans) / median(&mut plain);
    println!(
        "{engine}: constant page {:.0}/s, scans {:.0}/s, ratio {ratio:.2}",
        median(&mut plain),
        median(&mut scans)
    );
    println!(
        "{engine}: open loop {OPEN_LOOP}/s: median {:.1} ms, p99 {:.1} ms, slowest {:.1} ms; scans not counted: {lost}",
        at(&times, 50),
        at(&times, 99),
        at(&times, 100)
    );

    let (mut small, mut large) = (Vec::new(), Vec::new());
    for _ in 0..rounds {
        for (url, codes, rates) in [(few, &few_codes, &mut small), (many, &many_codes, &mut large)] {
            let server = Server::start(url, folder).await?;
            let step = (codes.len() / 1_000).max(1);
            let paths: Vec<String> = codes.iter().step_by(step).map(|code| format!("/t/{code}")).collect();
            rates.push(closed(server.address, &paths, seconds).await?);
            server.stop().await;
        }
    }
    let (small, large) = (median(&mut small), median(&mut large));
    println!(
        "{engine}: 1,000 codes of 1,000 labels {small:.0}/s, of 1,000,000 {large:.0}/s, ratio {:.2}",
        large / small
    );
    first_openings(engine, many, folder, &many_codes).await
}

/// Every round opens codes that no other round opens; the row's key is read of the same codes, right before.
async fn first_openings(engine: &str, url: &str, folder: &std::path::Path, codes: &[String]) -> Outcome<()> {
    let server = Server::start(url, folder).await?;
    let (mut scans, mut keys) = (Vec::new(), Vec::new());
    for round in codes.chunks(FIRST_OPENINGS).take(setting("BENCH_ROUNDS", 5) as usize) {
        let paths = |before: &str| round.iter().map(|code| format!("{before}{code}")).collect::<Vec<String>>();
        keys.push(each_once(server.address, &paths("/bench/key/")).await?);
        scans.push(each_once(server.address, &paths("/t/")).await?);
    }
    server.stop().await;
    let (scans, keys) = (median(&mut scans), median(&mut keys));
    println!("{engine}: first openings {scans:.0}/s, a read by key {keys:.0}/s, ratio {:.2}", scans / keys);
    Ok(())
}

/// A producer, a product, a lot and so many labels; returns at most 100,000 codes spread evenly over them, not in the
/// order of their keys.
async fn fill(url: &str, count: u64) -> Outcome<Vec<String>> {
    let db = Db::open(url).await?;
    sanvat::db::migrate(&db).await?;
    let now = Clock::default().now();
    let mut tx = db.begin().await?;
    communes::insert(&mut tx.cx(), &rows::commune(now)).await?;
    let owner = rows::producer(ProducerKind::Cooperative, "HTX mẫu Bến Sậy", now);
    producers::insert(&mut tx.cx(), &owner, None).await?;
    let given = ConsentGiven { by: None, channel: Channel::Paper, evidence: "mẫu", at: now };
    producers::give_consent(&mut tx.cx(), COMMUNE, owner.id, ConsentField::Labels, &given).await?;
    let told = ProductContent {
        description: "Vải chín đỏ, cùi dày, hái trong ngày.".to_owned(),
        storage: "giữ mát ở 4–7 °C".to_owned(),
        standards: "VietGAP".to_owned(),
        ..rows::fresh("Vải thiều mẫu")
    };
    let goods = rows::product(owner.id, told, now);
    products::insert(&mut tx.cx(), &goods, None).await?;
    let lot = Lot { best_before: Some(now.day().plus_days(7)), ..rows::lot(&goods, None, now) };
    lots::insert(&mut tx.cx(), &lot).await?;
    let (producer, product) = (owner.id, goods.id);
    let purpose = String::new();
    let new =
        NewRun { kind: RunKind::Serial, producer, product, lot: Some(lot.id), count: count as i64, purpose, by: None };
    let run = labels::insert_run(&mut tx.cx(), COMMUNE, RunId::new(now), &new, now).await?;
    tx.commit().await?;

    let step = (count / 100_000).max(1);
    let mut codes = Vec::new();
    let mut serial = 0;
    while serial < count {
        let mut rows = Vec::new();
        for _ in 0..10_000.min(count - serial) {
            let code = LabelCode::generate(COMMUNE.0 as u32, &mut rand::rng())?;
            if serial.is_multiple_of(step) {
                codes.push(code.compact());
            }
            serial += 1;
            rows.push(LabelRow { id: code.number(), serial: Some(serial as i64) });
        }
        let mut tx = db.begin().await?;
        labels::insert_labels(&mut tx.cx(), COMMUNE, run.id, &rows).await?;
        tx.commit().await?;
    }
    // As after a slice of a run that the program makes.
    let mut tx = db.begin().await?;
    labels::count_anew(&mut tx.cx()).await?;
    tx.commit().await?;
    db.close().await;
    Ok(codes)
}

struct Server {
    address: SocketAddr,
    app: App,
    task: tokio::task::AbortHandle,
}

impl Server {
    /// The program on a free port, with a constant page of a scan page's size beside it.
    async fn start(url: &str, folder: &std::path::Path) -> Outcome<Self> {
        let (app, listener) = rows::open(url, folder).await?;
        let address = listener.local_addr()?;
        let page: Arc<str> = "x".repeat(scan_page_bytes(&app).await?).into();
        let constant_page = page.clone();
        let constant = move || {
            let page = constant_page.to_string();
            async move { ([(header::VARY, "accept, accept-language, cookie")], Html(page)) }
        };
        let (reading, same) = (app.clone(), page.clone());
        let by_key = move |Path(code): Path<LabelCode>| {
            let (app, page) = (reading.clone(), same.to_string());
            async move {
                read_by_key(&app, code).await.map_err(|error| error.to_string())?;
                Ok::<_, String>(([(header::VARY, "accept, accept-language, cookie")], Html(page)))
            }
        };
        let routes = Router::new().route(CONSTANT, get(constant)).route("/bench/key/{code}", get(by_key));
        let router = app.router_with(routes);
        let task = rows::serve(listener, router);
        Ok(Self { address, app, task })
    }

    /// Stops it; returns how many scans could not be written.
    async fn stop(self) -> u64 {
        self.app.scans.flush().await;
        self.task.abort();
        let lost = self.app.scans.lost();
        self.app.db.close().await;
        lost
    }
}

async fn read_by_key(app: &App, code: LabelCode) -> Outcome<Option<i64>> {
    let (commune, id) = key_of(code);
    let mut conn = app.db.read().await?;
    Ok(match conn.cx() {
        Cx::Sqlite(c) => sqlx::query_scalar(BY_KEY).bind(commune).bind(id).fetch_one(c).await?,
        Cx::Postgres(c) => sqlx::query_scalar(BY_KEY).bind(commune).bind(id).fetch_one(c).await?,
    })
}

/// Bytes of one scan page as it is now.
async fn scan_page_bytes(app: &App) -> Outcome<usize> {
    let code = {
        let mut conn = app.db.read().await?;
        let run = labels::run(&mut conn.cx(), COMMUNE, 1).await?.ok_or("no run")?;
        labels::first_label(&mut conn.cx(), COMMUNE, run.id).await?.ok_or("no label")?.id
    };
    let code = LabelCode::new(COMMUNE.0 as u32, code as u64)?;
    let request = http::Request::get(format!("/t/{}", code.compact())).body(axum::body::Body::empty())?;
    let response = tower::ServiceExt::oneshot(app.router(), request).await?;
    Ok(axum::body::to_bytes(response.into_body(), 1 << 20).await?.len())
}

/// Requests a second of [`CONNECTIONS`] connections that each ask again as soon as they are answered.
async fn closed(address: SocketAddr, paths: &[String], time: Duration) -> Outcome<f64> {
    let answered = Arc::new(AtomicU64::new(0));
    let next = Arc::new(AtomicUsize::new(0));
    let paths: Arc<[String]> = paths.into();
    let begun = Instant::now();
    let tasks: Vec<_> = (0..CONNECTIONS)
        .map(|_| {
            let (answered, next, paths) = (answered.clone(), next.clone(), paths.clone());
            tokio::spawn(async move {
                let mut client = Client::connect(address).await?;
                while begun.elapsed() < time {
                    let path = &paths[next.fetch_add(1, Ordering::Relaxed) % paths.len()];
                    client.get(path, "text/html").await?;
                    answered.fetch_add(1, Ordering::Relaxed);
                }
                Outcome::Ok(())
            })
        })
        .collect();
    for task in tasks {
        task.await??;
    }
    Ok(answered.load(Ordering::Relaxed) as f64 / begun.elapsed().as_secs_f64())
}

/// Requests a second of [`CONNECTIONS`] connections until each path was asked for once.
async fn each_once(address: SocketAddr, paths: &[String]) -> Outcome<f64> {
    let next = Arc::new(AtomicUsize::new(0));
    let paths: Arc<[String]> = paths.into();
    let begun = Instant::now();
    let tasks: Vec<_> = (0..CONNECTIONS)
        .map(|_| {
            let (next, paths) = (next.clone(), paths.clone());
            tokio::spawn(async move {
                let mut client = Client::connect(address).await?;
                while let Some(path) = paths.get(next.fetch_add(1, Ordering::Relaxed)) {
                    client.get(path, "text/html").await?;
                }
                Outcome::Ok(())
            })
        })
        .collect();
    for task in tasks {
        task.await??;
    }
    Ok(paths.len() as f64 / begun.elapsed().as_secs_f64())
}

/// Milliseconds from when each request was due to its answer, sorted; [`OPEN_LOOP`] are due a second, whether or
/// not earlier ones are answered.
async fn open(address: SocketAddr, paths: &[String], time: Duration) -> Outcome<Vec<f64>> {
    let begun = Instant::now();
    let whole = OPEN_LOOP * time.as_secs();
    let next = Arc::new(AtomicU64::new(0));
    let paths: Arc<[String]> = paths.into();
    let tasks: Vec<_> = (0..2 * CONNECTIONS)
        .map(|_| {
            let (next, paths) = (next.clone(), paths.clone());
            tokio::spawn(async move {
                let mut client = Client::connect(address).await?;
                let mut times = Vec::new();
                loop {
                    let number = next.fetch_add(1, Ordering::Relaxed);
                    if number >= whole {
                        return Outcome::Ok(times);
                    }
                    let due = begun + Duration::from_micros(number * 1_000_000 / OPEN_LOOP);
                    tokio::time::sleep_until(due.into()).await;
                    client.get(&paths[number as usize % paths.len()], "text/html").await?;
                    times.push(due.elapsed().as_secs_f64() * 1e3);
                }
            })
        })
        .collect();
    let mut all = Vec::new();
    for task in tasks {
        all.extend(task.await??);
    }
    all.sort_by(f64::total_cmp);
    Ok(all)
}
