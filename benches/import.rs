//! What importing a file costs: `cargo bench --bench import`.
//!
//! Fills a database with 20,000 producers and reads files of 10,000 lines, as XLSX and as CSV: a third tells nothing new,
//! a third changes a phone, a third is new. Seconds to read a file and hold it against the register (the dry run), the
//! median of five, and to write it.
//!
//! SQLite always; PostgreSQL when `TEST_POSTGRES_URL` names an empty database. `BENCH_PRODUCERS` and `BENCH_LINES`
//! shorten it.

use std::time::Instant;

use rust_xlsxwriter::Workbook;
use sanvat::accounts::model::{Phone, Role};
use sanvat::accounts::store as accounts;
use sanvat::app::App;
use sanvat::ids::{ImportId, UserId, VillageId};
use sanvat::imports::kinds::Around;
use sanvat::imports::model::{Actor, Batch, BatchState, Choice, Counts, Kind, Mode};
use sanvat::imports::plan;
use sanvat::imports::run::{self, Order};
use sanvat::imports::store;
use sanvat::jobs;
use sanvat::producers::model::ProducerKind;
use sanvat::producers::store as producers;
use sanvat::review::village_store;
use sanvat::web::{Lang, communes};

mod support;

use support::rows::COMMUNE;
use support::{Outcome, rows, setting};

/// Times a file is checked.
const TIMES: usize = 5;

fn main() -> Outcome<()> {
    support::on_both_engines(measure)
}

async fn measure(engine: &str, url: &str, folder: &std::path::Path) -> Outcome<()> {
    let (app, _listener) = rows::open(url, folder).await?;
    let officer = fill(&app).await?;
    let lines = setting("BENCH_LINES", 10_000) as usize;
    for (name, bytes) in [("XLSX", workbook(lines)?), ("CSV", csv(lines))] {
        let batch = batch(&app, officer, name, bytes).await?;
        let mut times = Vec::new();
        let mut fingerprint = String::new();
        for _ in 0..TIMES {
            let begun = Instant::now();
            let counts;
            (fingerprint, counts) = check(&app, &batch).await?;
            times.push(begun.elapsed().as_secs_f64());
            assert_eq!((counts.all(), counts.wrong), (lines, 0));
        }
        times.sort_by(f64::total_cmp);
        println!("{engine}: {lines} lines as {name}, dry run: {:.2} s", times[TIMES / 2]);
        if name == "XLSX" {
            let begun = Instant::now();
            write(&app, &batch, officer, fingerprint).await?;
            println!("{engine}: {lines} lines as {name}, written: {:.2} s", begun.elapsed().as_secs_f64());
        }
    }
    app.close().await;
    Ok(())
}

async fn fill(app: &App) -> Outcome<UserId> {
    let now = app.clock.now();
    let (officer, village) = (UserId::new(now), VillageId::new(now));
    let mut tx = app.db.begin().await?;
    communes::insert(&mut tx.cx(), &rows::commune(now)).await?;
    let phone = Phone::parse("0900000001").map_err(|error| format!("{error:?}"))?;
    accounts::insert_user(&mut tx.cx(), officer, &phone, Some((now, "command")), "Cán bộ mẫu", None, now).await?;
    accounts::insert_grant(&mut tx.cx(), officer, Role::Officer, Some(COMMUNE), None, None, now).await?;
    village_store::insert(&mut tx.cx(), COMMUNE, village, "Đông", 1).await?;
    for n in 0..setting("BENCH_PRODUCERS", 20_000) {
        let mut maker = rows::producer(ProducerKind::Household, &name(n as usize), now);
        maker.village_id = Some(village);
        maker.content.village = Some(village);
        "Nguyễn Thị Mẫu".clone_into(&mut maker.content.representative);
        maker.content.phone = phone_of(n as usize);
        producers::insert(&mut tx.cx(), &maker, None).await?;
    }
    tx.commit().await?;
    app.communes.reload(&app.db).await?;
    Ok(officer)
}

fn name(n: usize) -> String {
    format!("Cơ sở mẫu Bến Sậy số {n}")
}

fn phone_of(n: usize) -> String {
    format!("09{n:08}")
}

/// A line of the file: what is there, a phone that differs, or somebody new.
fn line(n: usize) -> [String; 5] {
    let (name, phone) = match n % 3 {
        0 => (name(n), phone_of(n)),
        1 => (name(n), phone_of(n + 40_000_000)),
        _ => (format!("Cơ sở mới số {n}"), phone_of(n + 30_000_000)),
    };
    [n.to_string(), name, "Thôn Đông".to_owned(), "Nguyễn Thị Mẫu".to_owned(), phone]
}

const HEADING: [&str; 5] = ["TT", "Tên chủ thể", "Địa chỉ (thôn)", "Chủ hộ", "SĐT"];

fn workbook(lines: usize) -> Outcome<Vec<u8>> {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    sheet.write_string(0, 0, "DANH SÁCH MẪU")?;
    for (at, heading) in HEADING.iter().enumerate() {
        sheet.write_string(2, at as u16, *heading)?;
    }
    for n in 0..lines {
        for (at, text) in line(n).iter().enumerate() {
            sheet.write_string(3 + n as u32, at as u16, text)?;
        }
    }
    Ok(book.save_to_buffer()?)
}

fn csv(lines: usize) -> Vec<u8> {
    let rows = (0..lines).map(|n| line(n).join(";"));
    std::iter::once(HEADING.join(";")).chain(rows).collect::<Vec<_>>().join("\n").into_bytes()
}

async fn batch(app: &App, officer: UserId, name: &str, bytes: Vec<u8>) -> Outcome<Batch> {
    let now = app.clock.now();
    let batch = Batch {
        commune_id: COMMUNE,
        id: ImportId::new(now),
        kind: Kind::Producers,
        mode: Mode::Import,
        state: BatchState::Checked,
        file_name: format!("mau.{name}"),
        sha256: String::new(),
        bytes: bytes.len() as i64,
        sheet: String::new(),
        leave_hidden: false,
        activity_id: None,
        made: 0,
        changed: 0,
        same: 0,
        wrong: 0,
        trouble: String::new(),
        version: 1,
        created_by: officer,
        created_at: now,
        ran_by: None,
        ran_at: None,
        undone_by: None,
        undone_at: None,
        dropped_at: None,
    };
    app.files.put(plan::key(COMMUNE, batch.id), bytes).await?;
    let mut tx = app.db.begin().await?;
    store::insert(&mut tx.cx(), &batch).await?;
    tx.commit().await?;
    Ok(batch)
}

async fn check(app: &App, batch: &Batch) -> Outcome<(String, Counts)> {
    let around = Around { commune: COMMUNE, lang: Lang::Vi, today: app.clock.today(), activity: None };
    let mut conn = app.db.read().await?;
    let read = plan::reading(app, &mut conn.cx(), batch, Lang::Vi).await.map_err(|error| format!("{error:?}"))?;
    let reading = read.ok_or("the file is gone")?.map_err(|refusal| refusal.to_string())?;
    let plan = plan::check(&mut conn.cx(), batch, reading.lines, around).await.map_err(|error| format!("{error:?}"))?;
    Ok((plan.fingerprint, plan.counts))
}

async fn write(app: &App, batch: &Batch, officer: UserId, fingerprint: String) -> Outcome<()> {
    let order = Order {
        batch: batch.id,
        fingerprint,
        choice: Choice::All.word().to_owned(),
        actor: Actor { by: officer, lang: Lang::Vi, address: "127.0.0.1".to_owned() },
    };
    run::run(app, batch, &order).await.map_err(|error| format!("{error:?}"))?;
    jobs::run_pending(app).await?;
    let mut conn = app.db.read().await?;
    let batch = store::by_id(&mut conn.cx(), COMMUNE, batch.id).await?.ok_or("the batch is there")?;
    if batch.state == BatchState::Done { Ok(()) } else { Err(format!("not written: {}", batch.trouble).into()) }
}
