//! What a search costs: `cargo bench --bench search`.
//!
//! Fills SQLite with products made of the words of the sample commune, 1,000, 10,000 and 100,000 of them, and asks
//! the real server on loopback through `GET /api/v1/products`, one question after the other: one to four words, with
//! and without marks, beginnings of words, every third with filters; all counts are always made. Reported are the
//! answer times, the time and size of a whole rebuild, the process's anonymous memory (generator included) and how
//! soon a change is found. With `MEILI_URL` (and `MEILI_KEY`) the same route asks Meilisearch over the same database,
//! and the counts of both answers are compared. `BENCH_SIZES=1000,10000` and `BENCH_QUERIES` shorten it.

use std::hash::{DefaultHasher, Hash, Hasher as _};
use std::net::SocketAddr;
use std::path::Path;
use std::time::{Duration, Instant};

use sanvat::accounts::password::Hasher;
use sanvat::amounts::Dong;
use sanvat::app::App;
use sanvat::clock::Clock;
use sanvat::config::Config;
use sanvat::db::Db;
use sanvat::fold::fold;
use sanvat::ids::ProducerId;
use sanvat::jobs;
use sanvat::market::index;
use sanvat::producers::model::ProducerKind;
use sanvat::producers::store as producers;
use sanvat::products::catalogue;
use sanvat::products::model::{Availability, Price, Product, ProductContent};
use sanvat::products::store as products;
use sanvat::web::communes::{self};
use tokio::net::TcpListener;

mod support;

use support::rows::COMMUNE;
use support::{Client, Outcome, at, rows, setting};

const JSON: &str = "application/json";

fn main() -> Outcome<()> {
    // `cargo test --benches` starts this too; it is no test.
    if std::env::args().any(|arg| arg == "--test") {
        return Ok(());
    }
    let sizes = std::env::var("BENCH_SIZES").unwrap_or_else(|_| "1000,10000,100000".to_owned());
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(async {
        for size in sizes.split(',') {
            measure(size.trim().parse()?).await?;
        }
        Ok(())
    })
}

async fn measure(size: usize) -> Outcome<()> {
    let folder = tempfile::tempdir()?;
    let words = words_of_the_sample()?;
    fill(&folder.path().join("sanvat.db"), size, &words).await?;
    let queries = queries(&words, setting("BENCH_QUERIES", 2_000) as usize);

    let embedded = Server::start(folder.path(), None).await?;
    let began = Instant::now();
    let count = index::rebuild(&embedded.app).await?;
    println!(
        "{size} products: rebuilt {count} documents in {:.1} s, index {:.1} MB",
        began.elapsed().as_secs_f64(),
        folder_bytes(&folder.path().join("index"))? as f64 / 1e6
    );
    // It adds products, so it comes before the answers that are compared.
    embedded.tell_freshness(&words).await?;
    let (times, own) = embedded.ask_all(&queries).await?;
    tell("embedded", &times);
    println!("  anonymous memory {:.0} MB", anonymous_memory()?);
    embedded.stop().await;

    let Ok(url) = std::env::var("MEILI_URL") else {
        println!("  Meilisearch: skipped (MEILI_URL is not set)");
        return Ok(());
    };
    let meilisearch = Server::start(folder.path(), Some(url)).await?;
    let began = Instant::now();
    let count = index::rebuild(&meilisearch.app).await?;
    println!("  Meilisearch rebuilt {count} documents in {:.1} s", began.elapsed().as_secs_f64());
    let (times, others) = meilisearch.ask_all(&queries).await?;
    tell("Meilisearch", &times);
    let pairs = || own.iter().zip(&others);
    let totals = pairs().filter(|(a, b)| a.total == b.total).count();
    let counts = pairs().filter(|(a, b)| a.counts == b.counts).count();
    println!("  of {} questions: equal totals {totals}, equal counts {counts}", own.len());
    if let Some((at, (a, b))) = pairs().enumerate().find(|(_, (a, b))| a.counts != b.counts) {
        println!("  first that differs: {} ({:?} and {:?} hits)", queries[at], a.total, b.total);
    }
    meilisearch.tell_freshness(&words).await?;
    meilisearch.stop().await;
    Ok(())
}

fn tell(engine: &str, times: &[f64]) {
    println!(
        "  {engine}: p50 {:.1} ms, p90 {:.1} ms, p99 {:.1} ms, slowest {:.1} ms",
        at(times, 50),
        at(times, 90),
        at(times, 99),
        at(times, 100)
    );
}

/// The Vietnamese words that names of the sample commune are made of.
fn words_of_the_sample() -> Outcome<Vec<String>> {
    let products: Vec<serde_json::Value> = serde_json::from_str(include_str!("../seed/demo/products.json"))?;
    let names = products.iter().filter_map(|p| p["name_vi"].as_str());
    let mut words: Vec<String> = names.flat_map(str::split_whitespace).map(str::to_lowercase).collect();
    words.sort();
    words.dedup();
    Ok(words)
}

/// The same numbers in every run.
struct Dice(u64);

impl Dice {
    fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        ((self.0 >> 33) as usize) % end
    }

    fn pick<'a, T>(&mut self, list: &'a [T]) -> &'a T {
        &list[self.below(list.len())]
    }

    fn some_words(&mut self, words: &[String], count: usize) -> String {
        (0..count).map(|_| self.pick(words).as_str()).collect::<Vec<_>>().join(" ")
    }
}

fn queries(words: &[String], count: usize) -> Vec<String> {
    let mut dice = Dice(7);
    let categories = catalogue::categories();
    (0..count)
        .map(|n| {
            let how_many = 1 + dice.below(4);
            let mut text = dice.some_words(words, how_many);
            if dice.below(2) == 0 {
                text = fold(&text);
            }
            if dice.below(3) == 0 {
                // Still being typed.
                let letters = text.chars().count();
                let last = text.split(' ').next_back().map_or(0, |w| w.chars().count());
                text = text.chars().take(letters - last / 2).collect();
            }
            let mut pairs = vec![("q".to_owned(), text)];
            if n % 3 == 0 {
                match dice.below(4) {
                    0 => pairs.push(("category".to_owned(), dice.pick(categories).code.clone())),
                    1 => pairs.push(("available".to_owned(), "in_stock".to_owned())),
                    2 => pairs.push(("price_max".to_owned(), "100000".to_owned())),
                    _ => pairs.push(("season".to_owned(), (1 + dice.below(12)).to_string())),
                }
            }
            format!("/api/v1/products?{}", sanvat::web::form::encode(&pairs))
        })
        .collect()
}

async fn fill(path: &Path, size: usize, words: &[String]) -> Outcome<()> {
    let db = Db::open(&format!("sqlite:{}", path.display())).await?;
    sanvat::db::migrate(&db).await?;
    let now = Clock::default().now();
    let mut tx = db.begin().await?;
    communes::insert(&mut tx.cx(), &rows::commune(now)).await?;
    let mut dice = Dice(1);
    let mut owners = Vec::new();
    for n in 0..(size / 50).max(1) {
        let name = format!("Cơ sở mẫu {} {n}", dice.some_words(words, 2));
        let producer = rows::producer(ProducerKind::ALL[n % ProducerKind::ALL.len()], &name, now);
        producers::insert(&mut tx.cx(), &producer, None).await?;
        owners.push(producer.id);
    }
    tx.commit().await?;
    for from in (0..size).step_by(5_000) {
        let mut tx = db.begin().await?;
        for n in from..(from + 5_000).min(size) {
            let product = product(&mut dice, words, owners[n % owners.len()], now);
            products::insert(&mut tx.cx(), &product, None).await?;
        }
        tx.commit().await?;
    }
    db.close().await;
    Ok(())
}

fn product(dice: &mut Dice, words: &[String], owner: ProducerId, now: sanvat::clock::Time) -> Product {
    let length = 2 + dice.below(4);
    let content = ProductContent {
        name: dice.some_words(words, length),
        category: dice.pick(catalogue::categories()).code.clone(),
        description: dice.some_words(words, 18),
        story: dice.some_words(words, 30),
        unit: "kg".to_owned(),
        price: Price::Exact(Dong(1_000 * (5 + dice.below(600) as i64))),
        season: if dice.below(3) == 0 { Vec::new() } else { vec![1 + dice.below(12) as u8, 1 + dice.below(12) as u8] },
        availability: Some(*dice.pick(Availability::ALL)),
        ..ProductContent::default()
    };
    rows::product(owner, content, now)
}

/// What is compared of an answer; the rest would count as the program's memory.
struct Answer {
    total: Option<u64>,
    /// A hash of all counts.
    counts: u64,
}

impl Answer {
    fn of(body: &[u8]) -> Outcome<Self> {
        let answer: serde_json::Value = serde_json::from_slice(body)?;
        let mut facets: Vec<String> = Vec::new();
        for (facet, counts) in answer["facets"].as_object().into_iter().flatten() {
            let counts = counts.as_object().into_iter().flatten();
            facets.extend(counts.map(|(code, count)| format!("{facet}={code}={count}")));
        }
        facets.sort();
        let mut hasher = DefaultHasher::new();
        facets.hash(&mut hasher);
        Ok(Self { total: answer["total"].as_u64(), counts: hasher.finish() })
    }
}

struct Server {
    address: SocketAddr,
    app: App,
    tasks: Vec<tokio::task::AbortHandle>,
}

impl Server {
    async fn start(folder: &Path, search_url: Option<String>) -> Outcome<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let address = listener.local_addr()?;
        let mut config = Config::in_folder(folder);
        config.listen = address;
        config.database_url = Some(format!("sqlite:{}", folder.join("sanvat.db").display()));
        config.search_key = search_url.as_ref().and_then(|_| std::env::var("MEILI_KEY").ok());
        config.search_url = search_url;
        let app = App::build(config, Clock::default(), Hasher::cheap()).await?;
        let service = app.router().into_make_service_with_connect_info::<SocketAddr>();
        let served = tokio::spawn(async move { axum::serve(listener, service).await }).abort_handle();
        Ok(Self { address, app, tasks: vec![served] })
    }

    /// Milliseconds of each answer, sorted, and the answers in the order asked.
    async fn ask_all(&self, queries: &[String]) -> Outcome<(Vec<f64>, Vec<Answer>)> {
        let mut client = Client::connect(self.address).await?;
        for query in queries.iter().take(50) {
            client.get(query, JSON).await?;
        }
        let (mut times, mut answers) = (Vec::new(), Vec::new());
        for query in queries {
            let began = Instant::now();
            let body = client.get(query, JSON).await?;
            times.push(began.elapsed().as_secs_f64() * 1e3);
            answers.push(Answer::of(body)?);
        }
        times.sort_by(f64::total_cmp);
        Ok((times, answers))
    }

    /// Approves products one after the other and asks for each until it is found.
    async fn tell_freshness(&self, words: &[String]) -> Outcome<()> {
        let (_stop, stopped) = tokio::sync::watch::channel(false);
        let worker = tokio::spawn(jobs::work(self.app.clone(), stopped)).abort_handle();
        let mut client = Client::connect(self.address).await?;
        let owner = {
            let mut conn = self.app.db.read().await?;
            let first = ProducerId(uuid::Uuid::nil());
            sanvat::market::store::producers_after(&mut conn.cx(), COMMUNE, first, 1).await?[0].id
        };
        let mut times = Vec::new();
        for n in 0..20 {
            let now = self.app.clock.now();
            let mut new = product(&mut Dice(n), words, owner, now);
            let word = format!("zq{}", new.id.0.simple());
            new.content.name = format!("Vải {}", &word[..14]);
            new.name.clone_from(&new.content.name);
            let mut tx = self.app.db.begin().await?;
            products::insert(&mut tx.cx(), &new, None).await?;
            index::enqueue_product(&mut tx.cx(), COMMUNE, new.id, now).await?;
            tx.commit().await?;
            let began = Instant::now();
            self.app.jobs.ring();
            let path = format!("/api/v1/products?q={}", &word[..14]);
            while !String::from_utf8_lossy(client.get(&path, JSON).await?).contains(&new.short) {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
            times.push(began.elapsed().as_secs_f64() * 1e3);
        }
        worker.abort();
        times.sort_by(f64::total_cmp);
        println!("  found after approval: median {:.0} ms, slowest {:.0} ms", at(&times, 50), at(&times, 100));
        Ok(())
    }

    async fn stop(self) {
        for task in &self.tasks {
            task.abort();
        }
        self.app.close().await;
    }
}

fn folder_bytes(folder: &Path) -> Outcome<u64> {
    let mut bytes = 0;
    for entry in std::fs::read_dir(folder)? {
        let entry = entry?;
        bytes += if entry.file_type()?.is_dir() { folder_bytes(&entry.path())? } else { entry.metadata()?.len() };
    }
    Ok(bytes)
}

/// Megabytes that this process holds and that are no file's.
fn anonymous_memory() -> Outcome<f64> {
    let status = std::fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find_map(|line| line.strip_prefix("RssAnon:")).ok_or("no RssAnon in /proc")?;
    Ok(line.trim().trim_end_matches(" kB").trim().parse::<f64>()? / 1e3)
}
