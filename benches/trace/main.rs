//! What recording costs, and reading it again: `cargo bench --bench trace`.
//!
//! - Reading ([`reading`]): all events of a lot and the lineage of a thousand lots, in a store of 10,000 events and
//!   in one of 1,000,000 (`BENCH_EVENTS`), which the rest then writes to.
//! - Bulk: documents of 100 events with up to five lots each, from text to stored rows: validated, hashed, each event
//!   with its lots in the graph, a transaction a document; events a second, median of `BENCH_ROUNDS` runs.
//! - A step through the web as a phone sends it, in an open loop of 100 a second over 200 lots of their own: milliseconds from when
//!   each was due to its answer.
//!
//! SQLite always; PostgreSQL when `TEST_POSTGRES_URL` names an empty database. `BENCH_ROUNDS`, `BENCH_SECONDS` and
//! `BENCH_DOCUMENTS` shorten it.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use sanvat::accounts::model::{Phone, Role};
use sanvat::accounts::{session, store as accounts};
use sanvat::app::App;
use sanvat::ids::{LotId, PlaceId, ProducerId, UserId, new_id};
use sanvat::producers::model::ProducerKind;
use sanvat::producers::store as producers;
use sanvat::products::model::Product;
use sanvat::products::store as products;
use sanvat::traceability::epcis::Document;
use sanvat::traceability::identifiers::Identifiers;
use sanvat::traceability::model::{LotCode, Place, PlaceKind};
use sanvat::traceability::record::columns_of;
use sanvat::traceability::store::events::{self, NewEvent, Stored};
use sanvat::traceability::store::{lots, places};
use sanvat::web::communes::{self};
use serde_json::json;

mod reading;
#[path = "../support/mod.rs"]
mod support;

use support::rows::{COMMUNE, ID_BASE};
use support::{Client, Outcome, at, median, rows, setting};

const LOTS: usize = 200;
const EVENTS: usize = 100;
const OPEN_LOOP: u64 = 100;
const CONNECTIONS: usize = 32;

fn main() -> Outcome<()> {
    support::on_both_engines(measure)
}

async fn measure(engine: &str, url: &str, folder: &std::path::Path) -> Outcome<()> {
    let server = Server::start(url, folder).await?;
    let world = fill(&server.app).await?;
    reading::measure(engine, &server.app, url, &world).await?;
    let documents = setting("BENCH_DOCUMENTS", 30) as usize;
    let mut rates = Vec::new();
    for round in 0..setting("BENCH_ROUNDS", 5) as usize {
        let texts: Vec<String> = (0..documents).map(|n| document(&world, round * documents + n)).collect();
        let begun = Instant::now();
        for text in &texts {
            capture(&server.app, &world, text).await?;
        }
        rates.push((documents * EVENTS) as f64 / begun.elapsed().as_secs_f64());
    }
    println!("{engine}: bulk {:.0} events a second", median(&mut rates));
    let times = open(&server, &world, Duration::from_secs(setting("BENCH_SECONDS", 10))).await?;
    println!(
        "{engine}: steps through the web, {OPEN_LOOP}/s: median {:.1} ms, p99 {:.1} ms, slowest {:.1} ms",
        at(&times, 50),
        at(&times, 99),
        at(&times, 100)
    );
    server.stop().await;
    Ok(())
}

/// What the events are about.
struct World {
    product: Product,
    producer: ProducerId,
    place: PlaceId,
    /// As many for documents as for steps through the web.
    lots: Vec<(LotId, LotCode)>,
    /// Cookie of the producer's owner.
    cookie: String,
}

async fn fill(app: &App) -> Outcome<World> {
    let now = app.clock.now();
    let mut tx = app.db.begin().await?;
    communes::insert(&mut tx.cx(), &rows::commune(now)).await?;
    let maker = rows::producer(ProducerKind::Cooperative, "HTX mẫu Bến Sậy", now);
    producers::insert(&mut tx.cx(), &maker, None).await?;
    let product = rows::product(maker.id, rows::fresh("Vải thiều mẫu"), now);
    products::insert(&mut tx.cx(), &product, None).await?;
    let (producer, place) = (maker.id, PlaceId::new(now));
    let row = Place {
        commune_id: COMMUNE,
        id: place,
        producer_id: producer,
        kind: PlaceKind::Plot,
        name: "Vườn mẫu".to_owned(),
        village_id: None,
        gln: None,
        address: String::new(),
        hidden: false,
        version: 1,
        created_at: now,
    };
    places::insert(&mut tx.cx(), &row).await?;
    let mut made = Vec::new();
    for _ in 0..2 * LOTS {
        let lot = rows::lot(&product, Some(place), now);
        if lots::insert(&mut tx.cx(), &lot).await? {
            made.push((lot.id, lot.code));
        }
    }
    let owner = UserId::new(now);
    let phone = Phone::parse("0900000001").map_err(|error| format!("{error:?}"))?;
    accounts::insert_user(&mut tx.cx(), owner, &phone, Some((now, "command")), "Chủ mẫu", None, now).await?;
    accounts::insert_grant(&mut tx.cx(), owner, Role::Owner, Some(COMMUNE), Some(producer), None, now).await?;
    let set = session::begin(app, &mut tx.cx(), owner, "bench").await?;
    tx.commit().await?;
    app.communes.reload(&app.db).await?;
    let cookie = set.to_str()?.split(';').next().unwrap_or_default().to_owned();
    Ok(World { product, producer, place, lots: made, cookie })
}

/// A document of [`EVENTS`] events, each like no other; every fifth makes a lot out of four.
fn document(world: &World, number: usize) -> String {
    let place = json!({ "id": format!("{ID_BASE}/loc/{}", world.place) });
    let events: Vec<serde_json::Value> = (0..EVENTS)
        .map(|n| {
            let serial = number * EVENTS + n;
            let class = |i: usize| format!("{ID_BASE}/class/{}", world.lots[(serial + i) % LOTS].0);
            let amount = |i: usize| json!({ "epcClass": class(i), "quantity": i + 1, "uom": "KGM" });
            let mut event = json!({
                "type": "ObjectEvent",
                "eventTime": format!("2026-06-14T{:02}:{:02}:{:02}.{:03}+07:00", serial / 3_600_000 % 24,
                    serial / 60_000 % 60, serial / 1_000 % 60, serial % 1_000),
                "eventTimeZoneOffset": "+07:00",
                "bizStep": "packing",
                "disposition": "in_progress",
                "readPoint": place,
                "bizLocation": place,
            });
            if n % 5 == 0 {
                event["type"] = json!("TransformationEvent");
                event["inputQuantityList"] = (1..5).map(amount).collect();
                event["outputQuantityList"] = json!([amount(0)]);
            } else {
                event["action"] = json!("OBSERVE");
                event["quantityList"] = (0..=n % 5).map(amount).collect();
            }
            event
        })
        .collect();
    json!({
        "@context": ["https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld"],
        "type": "EPCISDocument",
        "schemaVersion": "2.0",
        "creationDate": "2026-06-14T16:20:00+07:00",
        "epcisBody": { "eventList": events },
    })
    .to_string()
}

/// Reads a document and stores its events in one transaction.
async fn capture(app: &App, world: &World, text: &str) -> Outcome<()> {
    let identifiers = Identifiers::new(ID_BASE)?;
    let document = Document::from_text(text)?;
    let columns = document.events.into_iter().map(columns_of).collect::<Result<Vec<_>, _>>()?;
    let new: Vec<NewEvent<'_>> = columns
        .iter()
        .map(|event| NewEvent {
            event,
            producer: world.producer,
            place: Some(world.place),
            client: None,
            step: "fresh.pack",
            note: "",
            files: &[],
            by: None,
            now: app.clock.now(),
        })
        .collect();
    let mut tx = app.db.begin().await?;
    let stored = events::insert_many(&mut tx.cx(), COMMUNE, &identifiers, &new).await?;
    if !stored.iter().all(|stored| matches!(stored, Stored::Added(_))) {
        return Err("an event was there already".into());
    }
    Ok(tx.commit().await?)
}

/// Milliseconds from when each step was due to its answer, sorted.
async fn open(server: &Server, world: &World, time: Duration) -> Outcome<Vec<f64>> {
    let begun = Instant::now();
    let whole = OPEN_LOOP * time.as_secs();
    let next = Arc::new(AtomicU64::new(0));
    let paths: Arc<[String]> =
        world.lots.iter().skip(LOTS).map(|(_, code)| format!("/cua-toi/lo/{code}/ghi")).collect();
    let (address, clock) = (server.address, server.app.clock.clone());
    let tasks: Vec<_> = (0..CONNECTIONS)
        .map(|_| {
            let (next, paths, clock) = (next.clone(), paths.clone(), clock.clone());
            let (cookie, place) = (world.cookie.clone(), world.place);
            tokio::spawn(async move {
                let mut client = Client::connect(address).await?;
                let mut times = Vec::new();
                loop {
                    let number = next.fetch_add(1, Ordering::Relaxed);
                    if number >= whole {
                        return Outcome::Ok(times);
                    }
                    let now = clock.now();
                    let body = form(&[
                        ("viec", "fresh.water"),
                        ("khach", &new_id(now).to_string()),
                        ("place", &place.to_string()),
                        ("ngay", &now.date_text()),
                        ("gio", &now.clock_text()),
                    ]);
                    let due = begun + Duration::from_micros(number * 1_000_000 / OPEN_LOOP);
                    tokio::time::sleep_until(due.into()).await;
                    client.post_form(&paths[number as usize % paths.len()], &cookie, &body).await?;
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

/// Fields as the form of a step sends them, with no photo chosen.
fn form(fields: &[(&str, &str)]) -> String {
    let part = |(name, value): &(&str, &str)| {
        format!("--bench\r\ncontent-disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n")
    };
    fields.iter().map(part).collect::<String>() + "--bench--\r\n"
}

struct Server {
    address: SocketAddr,
    app: App,
    task: tokio::task::AbortHandle,
}

impl Server {
    /// The program on a free port.
    async fn start(url: &str, folder: &std::path::Path) -> Outcome<Self> {
        let (app, listener) = rows::open(url, folder).await?;
        let address = listener.local_addr()?;
        let task = rows::serve(listener, app.router());
        Ok(Self { address, app, task })
    }

    async fn stop(self) {
        self.task.abort();
        self.app.close().await;
    }
}
