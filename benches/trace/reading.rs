//! What reading costs when there is little and when there is much: families of a thousand lots, ten steps deep, each lot
//! with ten events.

use std::time::Instant;

use rand::RngExt as _;
use sanvat::app::App;
use sanvat::clock::Time;
use sanvat::ids::{LotId, new_id};
use sanvat::traceability::epcis::Document;
use sanvat::traceability::event_lots::{EventLot, LotAmount, LotRole};
use sanvat::traceability::identifiers::Identifiers;
use sanvat::traceability::quantity::{Quantity, Uom};
use sanvat::traceability::record::{RecordedEvent, columns_of};
use sanvat::traceability::store::events::{self, NewEvent};
use sanvat::traceability::store::lineage::{Direction, lineage};
use sanvat::traceability::store::lots;
use sqlx::Connection as _;

use super::World;
use super::support::rows::{COMMUNE, ID_BASE};
use super::support::{Outcome, at, rows, setting};

/// Lots of a family: one, and nine generations of a hundred and eleven made from the one before.
const FAMILY: usize = 1_000;
const GENERATION: usize = 111;
const EVENTS_OF_LOT: usize = 10;
const DEPTH: i64 = 10;

/// Reads from the store filled up to each size.
pub async fn measure(engine: &str, app: &App, url: &str, world: &World) -> Outcome<()> {
    let sizes = std::env::var("BENCH_EVENTS").unwrap_or_else(|_| "10000,1000000".to_owned());
    let mut families: Vec<Vec<LotId>> = Vec::new();
    for size in sizes.split(',') {
        let size: usize = size.trim().parse()?;
        let begun = Instant::now();
        while families.len() * FAMILY * EVENTS_OF_LOT < size {
            families.push(family(app, world).await?);
        }
        let filled = begun.elapsed();
        if url.starts_with("postgres") {
            // What autovacuum does a minute after a table was filled.
            let mut connection = sqlx::PgConnection::connect(url).await?;
            sqlx::query("VACUUM ANALYZE").execute(&mut connection).await?;
        }
        // The system still writes what was filled in, for half a minute, and every reader would wait for it.
        app.db.checkpoint().await?;
        std::process::Command::new("sync").status()?;
        println!("{engine}: filled up to {size} events in {filled:.0?}");
        tell(engine, "events of a lot", &read_events(app, &families).await?);
        tell(engine, "what was made from a lot", &walk(app, &families, Direction::Forward).await?);
        tell(engine, "what a lot was made from", &walk(app, &families, Direction::Back).await?);
    }
    Ok(())
}

fn tell(engine: &str, what: &str, times: &[f64]) {
    println!("{engine}:   {what}: median {:.2} ms, p99 {:.2} ms", at(times, 50), at(times, 99));
}

async fn read_events(app: &App, families: &[Vec<LotId>]) -> Outcome<Vec<f64>> {
    let mut times = Vec::new();
    for _ in 0..setting("BENCH_READS", 12_000) {
        let lot = some(&families[rand::rng().random_range(0..families.len())]);
        let begun = Instant::now();
        let mut conn = app.db.read().await?;
        let found = events::events_of_lot(&mut conn.cx(), COMMUNE, lot).await?;
        times.push(begun.elapsed().as_secs_f64() * 1e3);
        if found.len() < EVENTS_OF_LOT - 1 {
            return Err(format!("{} events of a lot", found.len()).into());
        }
    }
    times.sort_by(f64::total_cmp);
    Ok(times)
}

fn some(lots: &[LotId]) -> LotId {
    lots[rand::rng().random_range(0..lots.len())]
}

/// Forward from the first lot of a family all others are reached; back from one of the last, a good part. Each family
/// is walked once before the clock runs: what a store just filled has to read from the disk again says something of the
/// system, not of the store.
async fn walk(app: &App, families: &[Vec<LotId>], direction: Direction) -> Outcome<Vec<f64>> {
    let mut times = Vec::new();
    let any = |_| &families[rand::rng().random_range(0..families.len())];
    let measured = (0..setting("BENCH_READS", 12_000) / 4).map(any);
    for family in families.iter().chain(measured) {
        let (start, least) = match direction {
            Direction::Forward => (family[0], FAMILY),
            Direction::Back => (some(&family[FAMILY - GENERATION..]), FAMILY / 4),
        };
        let begun = Instant::now();
        let mut conn = app.db.read().await?;
        let reach = lineage(&mut conn.cx(), COMMUNE, &[start], direction, DEPTH, FAMILY as i64).await?;
        times.push(begun.elapsed().as_secs_f64() * 1e3);
        if reach.cut || reach.lots.len() < least {
            return Err(format!("{} lots reached", reach.lots.len()).into());
        }
    }
    times.drain(..families.len());
    times.sort_by(f64::total_cmp);
    Ok(times)
}

/// Adds a family of lots and their events, earliest first.
async fn family(app: &App, world: &World) -> Outcome<Vec<LotId>> {
    let now = app.clock.now();
    let mut tx = app.db.begin().await?;
    let mut made = Vec::with_capacity(FAMILY);
    while made.len() < FAMILY {
        let lot = rows::lot(&world.product, Some(world.place), now);
        // A code by chance may be taken.
        if lots::insert(&mut tx.cx(), &lot).await? {
            made.push(lot.id);
        }
    }
    let identifiers = Identifiers::new(ID_BASE)?;
    let class = |lot: LotId| identifiers.lot(&lot.to_string());
    let amount = || Quantity::new(5_000, Uom::Kilogram).ok();
    let part = |role, lot| {
        Ok::<_, Box<dyn std::error::Error + Send + Sync>>(EventLot {
            role,
            amount: LotAmount { class: class(lot)?, quantity: amount() },
        })
    };
    let mut patterns = Document::from_text(&super::document(world, 0))?.events.into_iter().map(columns_of);
    let made_of = patterns.next().ok_or("no event")??;
    let packed = patterns.next().ok_or("no event")??;
    let mut all = Vec::with_capacity(FAMILY * EVENTS_OF_LOT);
    for (number, lot) in made.iter().enumerate() {
        if number > 0 {
            let mut event = made_of.clone();
            event.lots = vec![part(LotRole::Output, *lot)?];
            for from in before(number) {
                event.lots.push(part(LotRole::Input, made[from])?);
            }
            all.push(event);
        }
        while all.len() < (number + 1) * EVENTS_OF_LOT {
            let mut event = packed.clone();
            event.lots = vec![part(LotRole::Object, *lot)?];
            all.push(event);
        }
    }
    for event in &mut all {
        event.event_id = format!("urn:uuid:{}", new_id(now));
    }
    let new: Vec<NewEvent<'_>> = all.iter().map(|event| new_event(world, event, now)).collect();
    events::insert_many(&mut tx.cx(), COMMUNE, &identifiers, &new).await?;
    tx.commit().await?;
    Ok(made)
}

/// Up to four lots of the generation before, different for each lot.
fn before(number: usize) -> Vec<usize> {
    let Some(earlier) = ((number - 1) / GENERATION).checked_sub(1) else { return vec![0] };
    let first = 1 + earlier * GENERATION;
    [0, 1, 7, 31].iter().map(|step| first + (number - 1 + step) % GENERATION).collect()
}

fn new_event<'a>(world: &World, event: &'a RecordedEvent, now: Time) -> NewEvent<'a> {
    NewEvent {
        event,
        producer: world.producer,
        place: Some(world.place),
        client: None,
        step: "fresh.pack",
        note: "",
        files: &[],
        by: None,
        now,
    }
}
