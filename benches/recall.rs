//! What a recall costs: `cargo bench --bench recall`.
//!
//! One lot from which 999 others come in ten steps, each with 100 pieces that have labels of their own: 1,000 lots
//! and 100,000 codes. Measured are the preview (from the start until lots, codes, scans, receivers and enquiries are
//! read), the confirmation (until the commit, from which on every scan page says it), and, as a check, the opening of
//! one label of each lot, which must say it.
//!
//! SQLite always; PostgreSQL when `TEST_POSTGRES_URL` names an empty database. `BENCH_LOTS` and `BENCH_ROUNDS`
//! change the numbers.

use std::time::Instant;

use axum::body::{Body, to_bytes};
use sanvat::accounts::password::Hasher;
use sanvat::app::App;
use sanvat::clock::{Clock, Time};
use sanvat::config::Config;
use sanvat::db::Db;
use sanvat::ids::{LotId, ProducerId, ProductId, RunId, UserId, new_id};
use sanvat::labels::code::LabelCode;
use sanvat::labels::model::{LabelRow, RunKind};
use sanvat::labels::scan_log::Scan;
use sanvat::labels::store::{self as labels, NewRun};
use sanvat::labels::visitor::{Device, Referrer};
use sanvat::producers::model::ProducerKind;
use sanvat::producers::store as producers;
use sanvat::products::model::Product;
use sanvat::products::store as products;
use sanvat::recalls::flow::{self, Outcome as Decided};
use sanvat::recalls::model::{Grade, Kind, Scope, fingerprint};
use sanvat::recalls::store::{Decision, NewRecall, concerned, lots as recalled};
use sanvat::traceability::epcis::{Event, EventBody, QuantityElement, Timestamp, TransformationBody};
use sanvat::traceability::identifiers::Identifiers;
use sanvat::traceability::record::columns_of;
use sanvat::traceability::store::events::{self, NewEvent};
use sanvat::traceability::store::lots;
use sanvat::web::communes::{self};
use sqlx::Connection as _;

mod support;

use support::rows::{COMMUNE, ID_BASE};
use support::{Outcome, rows, setting};

const PIECES: i64 = 100;

fn main() -> Outcome<()> {
    support::on_both_engines(measure)
}

async fn measure(engine: &str, url: &str, folder: &std::path::Path) -> Outcome<()> {
    let db = Db::open(url).await?;
    sanvat::db::migrate(&db).await?;
    let filled = fill(&db, setting("BENCH_LOTS", 1_000)).await?;
    db.close().await;
    if url.starts_with("postgres") {
        // What autovacuum does a minute after a table was filled.
        let mut connection = sqlx::PgConnection::connect(url).await?;
        sqlx::query("ANALYZE").execute(&mut connection).await?;
    }
    let mut config = Config::in_folder(folder.join(engine));
    config.database_url = Some(url.to_owned());
    let app = App::build(config, Clock::default(), Hasher::cheap()).await?;
    for round in 1..=setting("BENCH_ROUNDS", 3) {
        let (recall, seen, preview) = preview(&app, &filled).await?;
        let (at, by) = (app.clock.now(), UserId::new(app.clock.now()));
        let decision = Decision { grade: Grade::Harm, reason: "mẫu", notice: "Lời mẫu", by, at };
        let identifiers = Identifiers::new(ID_BASE)?;
        let begun = Instant::now();
        let mut tx = app.db.begin().await?;
        let done = flow::confirm(&mut tx.cx(), &identifiers, &recall, &seen, &decision).await?;
        tx.commit().await?;
        let confirmed = begun.elapsed();
        let Decided::Done(count) = done else { return Err(format!("not confirmed: {done:?}").into()) };
        let begun = Instant::now();
        for code in &filled.codes {
            says(&app, code, true).await?;
        }
        let opened = begun.elapsed();
        println!(
            "{engine}, round {round}: preview {preview:.1?}, confirmed {count} lots in {confirmed:.1?}, one label of each opened in {opened:.1?}"
        );
        let mut tx = app.db.begin().await?;
        flow::lift(&mut tx.cx(), &identifiers, &recall, by, "mẫu", app.clock.now()).await?;
        tx.commit().await?;
        if let Some(code) = filled.codes.last() {
            says(&app, code, false).await?;
        }
    }
    app.db.close().await;
    Ok(())
}

/// Begins a recall and reads all that its preview shows.
async fn preview(app: &App, filled: &Filled) -> Outcome<(sanvat::recalls::model::Recall, String, std::time::Duration)> {
    let (now, by) = (app.clock.now(), UserId::new(app.clock.now()));
    let new =
        NewRecall { kind: Kind::Real, scope: Scope::Whole, lot: filled.first, cut: false, request: new_id(now), by };
    let begun = Instant::now();
    let mut tx = app.db.begin().await?;
    let recall = flow::begin(&mut tx.cx(), COMMUNE, new, &[], now).await?;
    tx.commit().await?;
    let mut conn = app.db.read().await?;
    let since = now.minus(std::time::Duration::from_hours(30 * 24));
    let rows = recalled::table(&mut conn.cx(), COMMUNE, recall.id, since).await?;
    concerned::asked(&mut conn.cx(), COMMUNE, recall.id, since).await?;
    concerned::sent(&mut conn.cx(), COMMUNE, recall.id).await?;
    let took = begun.elapsed();
    let codes: i64 = rows.iter().map(|row| row.codes).sum();
    let scans: i64 = rows.iter().map(|row| row.scans).sum();
    if codes != rows.len() as i64 * PIECES || scans < rows.len() as i64 {
        return Err(format!("{} lots, {codes} codes, {scans} scans were counted", rows.len()).into());
    }
    Ok((recall, fingerprint(rows.iter().map(|row| row.lot.id), &[]), took))
}

async fn says(app: &App, code: &str, recalled: bool) -> Outcome<()> {
    let request = http::Request::get(format!("/t/{code}")).body(Body::empty())?;
    let response = tower::ServiceExt::oneshot(app.router(), request).await?;
    let page = String::from_utf8(to_bytes(response.into_body(), 1 << 20).await?.to_vec())?;
    if page.contains("status bad") == recalled { Ok(()) } else { Err(format!("{code} says otherwise").into()) }
}

/// What was filled in.
struct Filled {
    first: LotId,
    /// One label's code of each lot.
    codes: Vec<String>,
}

async fn fill(db: &Db, count: u64) -> Outcome<Filled> {
    let now = Clock::default().now();
    let mut tx = db.begin().await?;
    communes::insert(&mut tx.cx(), &rows::commune(now)).await?;
    let maker = rows::producer(ProducerKind::Cooperative, "HTX mẫu Bến Sậy", now);
    producers::insert(&mut tx.cx(), &maker, None).await?;
    let product = rows::product(maker.id, rows::fresh("Rau cải mẫu"), now);
    products::insert(&mut tx.cx(), &product, None).await?;
    tx.commit().await?;
    let mut made: Vec<LotId> = Vec::new();
    let mut codes = Vec::new();
    for number in 0..count as usize {
        let lot = add_lot(db, &product, now).await?;
        codes.push(add_labels(db, maker.id, product.id, lot, now).await?);
        if number > 0 {
            link(db, maker.id, made[(number - 1) / 2], lot, now).await?;
        }
        made.push(lot);
    }
    Ok(Filled { first: made[0], codes })
}

async fn add_lot(db: &Db, product: &Product, now: Time) -> Outcome<LotId> {
    let row = rows::lot(product, None, now);
    let mut tx = db.begin().await?;
    lots::insert(&mut tx.cx(), &row).await?;
    tx.commit().await?;
    Ok(row.id)
}

/// A label for each piece of a lot, the first opened once; returns the first one's code.
async fn add_labels(db: &Db, producer: ProducerId, product: ProductId, lot: LotId, now: Time) -> Outcome<String> {
    let purpose = String::new();
    let new = NewRun { kind: RunKind::Serial, producer, product, lot: Some(lot), count: PIECES, purpose, by: None };
    let mut rows = Vec::new();
    let mut first = None;
    for serial in 1..=PIECES {
        let code = LabelCode::generate(COMMUNE.0 as u32, &mut rand::rng())?;
        rows.push(LabelRow { id: code.number(), serial: Some(serial) });
        first.get_or_insert(code);
    }
    let scan = Scan {
        id: new_id(now),
        commune: COMMUNE,
        label: rows[0].id,
        at: now,
        visitor: "mẫu".into(),
        device: Device::Phone,
        referrer: Referrer::Direct,
        person: true,
    };
    let mut tx = db.begin().await?;
    let run = labels::insert_run(&mut tx.cx(), COMMUNE, RunId::new(now), &new, now).await?;
    labels::insert_labels(&mut tx.cx(), COMMUNE, run.id, &rows).await?;
    labels::insert_scans(&mut tx.cx(), &[scan]).await?;
    tx.commit().await?;
    Ok(first.ok_or("no label")?.compact())
}

/// An event in which one lot goes into another.
async fn link(db: &Db, producer: ProducerId, from: LotId, to: LotId, now: Time) -> Outcome<()> {
    let identifiers = Identifiers::new(ID_BASE)?;
    let amount = |lot: LotId| {
        Ok::<_, Box<dyn std::error::Error + Send + Sync>>(vec![QuantityElement::new(
            identifiers.lot(&lot.to_string())?,
            None,
            None,
        )])
    };
    let body = EventBody::Transformation(TransformationBody {
        input_quantities: Some(amount(from)?),
        output_quantities: Some(amount(to)?),
        ..TransformationBody::default()
    });
    let event = columns_of(Event::new(body, Timestamp::from_instant(now.local())))?;
    let new = NewEvent {
        event: &event,
        producer,
        place: None,
        client: None,
        step: "bench",
        note: "",
        files: &[],
        by: None,
        now,
    };
    let mut tx = db.begin().await?;
    events::insert(&mut tx.cx(), COMMUNE, &identifiers, &new).await?;
    tx.commit().await?;
    Ok(())
}
