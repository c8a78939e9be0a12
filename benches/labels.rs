//! Labels in quantity: a million codes of one run made by the queue and streamed as CSV, and ten thousand serial
//! labels as an A4 PDF, with the memory each takes.
//!
//! ```sh
//! cargo bench --bench labels
//! TEST_POSTGRES_URL=postgres://… cargo bench --bench labels     # an empty database
//! ```
//! `BENCH_CODES` (1,000,000), `BENCH_LABELS` (10,000) and `BENCH_ROUNDS` (3) change the amounts. `benches/labels-*`
//! are the same sheet by other programs, for comparison. Memory is the highest `VmHWM` during a step, the load
//! generator in it.

mod support;

use std::net::SocketAddr;
use std::time::Instant;

use sanvat::accounts::model::{Phone, Role};
use sanvat::accounts::{session, store as accounts};
use sanvat::app::App;
use sanvat::ids::{RunId, UserId};
use sanvat::jobs;
use sanvat::labels::code::LabelCode;
use sanvat::labels::issue;
use sanvat::labels::model::{LabelRun, PrintKind, RunKind};
use sanvat::labels::qr::label_url;
use sanvat::labels::sheet::{self, Label, LabelLine, Part, SheetJob, SheetSpec};
use sanvat::labels::store::NewRun;
use sanvat::labels::store::prints::{self, Print};
use sanvat::producers::model::{Channel, ConsentField, ProducerKind};
use sanvat::producers::store::{self as producers, ConsentGiven};
use sanvat::products::store as products;
use sanvat::traceability::store::lots;
use sanvat::web::communes;
use support::rows::{self, COMMUNE};
use support::{Outcome, median, setting};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

fn main() -> Outcome<()> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let folder = tempfile::tempdir()?;
    sheets()?;
    runtime.block_on(async {
        let file = format!("sqlite:{}", folder.path().join("bench.db").display());
        measure("SQLite", &file, folder.path()).await?;
        match std::env::var("TEST_POSTGRES_URL") {
            Ok(url) if !url.is_empty() => measure("PostgreSQL", &url, folder.path()).await?,
            _ => println!("PostgreSQL: skipped (set TEST_POSTGRES_URL to an empty database)"),
        }
        Ok(())
    })
}

/// Sets the highest memory so far back to what it is now.
fn forget_peak() {
    // Where the system has no such file, memory is reported since the start.
    let _ = std::fs::write("/proc/self/clear_refs", "5");
}

/// Highest resident memory in MB since [`forget_peak`]; 0 where the system does not say.
fn peak() -> f64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kilobytes = line.and_then(|line| line.split_whitespace().next()).and_then(|text| text.parse::<f64>().ok());
    kilobytes.unwrap_or_default() / 1024.0
}

/// Serial labels on A4 sheets of 24.
fn sheets() -> Outcome<()> {
    let count = setting("BENCH_LABELS", 10_000);
    let spec = SheetSpec::by_key("a4-24").ok_or("no such paper")?;
    let job = SheetJob {
        title: "Tem mẫu".to_owned(),
        site: "Sản Vật Hà Bắc".to_owned(),
        created: sanvat::clock::Clock::default().now().utc(),
        skip: 0,
    };
    let mut seconds = Vec::new();
    for round in 1..=setting("BENCH_ROUNDS", 3) {
        let labels = (1..=count).map(|serial| label(serial, count)).collect::<Outcome<Vec<_>>>()?;
        forget_peak();
        let begun = Instant::now();
        let pdf = sheet::render(labels, spec, &job)?;
        let took = begun.elapsed().as_secs_f64();
        println!("PDF, round {round}: {count} labels in {took:.2} s, {} KB, {:.0} MB", pdf.len() / 1024, peak());
        seconds.push(took);
    }
    println!("PDF: {:.0} labels a second", count as f64 / median(&mut seconds));
    Ok(())
}

fn label(serial: u64, count: u64) -> Outcome<Label> {
    let code = LabelCode::generate(COMMUNE.0 as u32, &mut rand::rng())?;
    Ok(Label {
        code,
        url: label_url("https://sanvat.habac.example", code)?,
        product: "Vải thiều sấy dẻo".to_owned(),
        producer: "HTX Nông sản Đồng Vang (mẫu)".to_owned(),
        village: "Thôn Đồng Vang, xã Hà Bắc".to_owned(),
        lot: Some("K7Q2-M9".to_owned()),
        lines: vec![
            LabelLine { part: Part::BestBefore, text: "HSD 01/11/2027".to_owned() },
            LabelLine { part: Part::Serial, text: format!("Số {serial}/{count}") },
        ],
        story: String::new(),
        photo: None,
    })
}

async fn measure(engine: &str, url: &str, folder: &std::path::Path) -> Outcome<()> {
    let (app, listener) = rows::open(url, folder).await?;
    let address = listener.local_addr()?;
    let (mut made, mut streamed) = (Vec::new(), Vec::new());
    let owner = owner(&app).await?;
    let server = rows::serve(listener, app.router());
    let count = setting("BENCH_CODES", 1_000_000) as i64;
    for round in 1..=setting("BENCH_ROUNDS", 3) {
        forget_peak();
        let begun = Instant::now();
        let run = make(&app, &owner, count).await?;
        let took = begun.elapsed().as_secs_f64();
        println!("{engine}, round {round}: {count} codes made in {took:.1} s, {:.0} MB", peak());
        made.push(took);
        let path = record(&app, &run, &owner).await?;
        forget_peak();
        let begun = Instant::now();
        let (lines, bytes) = stream(address, &path, &owner.cookie).await?;
        let took = begun.elapsed().as_secs_f64();
        if lines != count + 1 {
            return Err(format!("{lines} lines").into());
        }
        println!("{engine}, round {round}: {} MB of CSV in {took:.1} s, {:.0} MB", bytes >> 20, peak());
        streamed.push(took);
    }
    println!("{engine}: made in {:.1} s, streamed in {:.1} s", median(&mut made), median(&mut streamed));
    server.abort();
    app.close().await;
    Ok(())
}

/// Whose labels they are.
struct Owner {
    user: UserId,
    cookie: String,
    new: NewRun,
}

/// A producer that consents, its product and lot, and its owner, logged in.
async fn owner(app: &App) -> Outcome<Owner> {
    let now = app.clock.now();
    let mut tx = app.db.begin().await?;
    let cx = &mut tx.cx();
    communes::insert(cx, &rows::commune(now)).await?;
    let producer = rows::producer(ProducerKind::Cooperative, "HTX mẫu Bến Sậy", now);
    producers::insert(cx, &producer, None).await?;
    let user = UserId::new(now);
    let phone = Phone::parse("0912345678").map_err(|error| format!("{error:?}"))?;
    accounts::insert_user(cx, user, &phone, Some((now, "command")), "Chủ mẫu", None, now).await?;
    accounts::insert_grant(cx, user, Role::Owner, Some(COMMUNE), Some(producer.id), None, now).await?;
    let given = ConsentGiven { by: Some(user), channel: Channel::OneSelf, evidence: "", at: now };
    producers::give_consent(cx, COMMUNE, producer.id, ConsentField::Labels, &given).await?;
    let product = rows::product(producer.id, rows::fresh("Rau cải mẫu"), now);
    products::insert(cx, &product, None).await?;
    let lot = rows::lot(&product, None, now);
    lots::insert(cx, &lot).await?;
    let set = session::begin(app, cx, user, "bench").await?;
    tx.commit().await?;
    app.communes.reload(&app.db).await?;
    let cookie = set.to_str()?.split(';').next().unwrap_or_default().to_owned();
    let new = NewRun {
        kind: RunKind::Serial,
        producer: producer.id,
        product: product.id,
        lot: Some(lot.id),
        count: 0,
        purpose: String::new(),
        by: Some(user),
    };
    Ok(Owner { user, cookie, new })
}

/// Orders a run and has the queue make it.
async fn make(app: &App, owner: &Owner, count: i64) -> Outcome<LabelRun> {
    let now = app.clock.now();
    let mut tx = app.db.begin().await?;
    let new = NewRun { count, ..owner.new.clone() };
    let run = issue::order(&mut tx.cx(), COMMUNE, RunId::new(now), &new, now).await?;
    tx.commit().await?;
    jobs::run_pending(app).await?;
    Ok(run)
}

/// Records that the run's codes are given to a print shop; returns the file's path.
async fn record(app: &App, run: &LabelRun, owner: &Owner) -> Outcome<String> {
    let print = Print {
        id: sanvat::ids::new_id(app.clock.now()),
        run_id: run.id,
        kind: PrintKind::File,
        first_label: 1,
        last_label: run.count,
        paper: String::new(),
        skip: 0,
        parts: String::new(),
        reprint: false,
        reason: String::new(),
        codes: run.count,
        sha256: "00".repeat(32),
        created_by: Some(owner.user),
        created_at: app.clock.now(),
    };
    let mut tx = app.db.begin().await?;
    prints::insert(&mut tx.cx(), COMMUNE, &print).await?;
    tx.commit().await?;
    Ok(format!("/cua-toi/tem/{}/in/{}/ma.csv", run.number, print.id))
}

/// Reads an answer that is sent in pieces to its end; returns the lines of its file, and its bytes with the lengths of
/// the pieces among them.
async fn stream(address: SocketAddr, path: &str, cookie: &str) -> Outcome<(i64, usize)> {
    let mut stream = TcpStream::connect(address).await?;
    let request = format!("GET {path} HTTP/1.1\r\nhost: bench\r\ncookie: {cookie}\r\nconnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).await?;
    let mut head = Vec::new();
    let body = loop {
        if stream.read_buf(&mut head).await? == 0 {
            return Err("the answer broke off".into());
        }
        if let Some(end) = head.windows(4).position(|window| window == b"\r\n\r\n") {
            break end + 4;
        }
    };
    if !head.starts_with(b"HTTP/1.1 200") {
        return Err(format!("{path}: {}", String::from_utf8_lossy(&head)).into());
    }
    let commas_in = |bytes: &[u8]| bytes.iter().map(|byte| usize::from(*byte == b',')).sum::<usize>();
    let (mut bytes, mut commas) = (head.len() - body, commas_in(&head[body..]));
    let mut buffer = vec![0_u8; 1 << 16];
    loop {
        let read = stream.read(&mut buffer).await?;
        if read == 0 {
            // Each line has two commas; no piece's length has one.
            return Ok(((commas / 2) as i64, bytes));
        }
        bytes += read;
        commas += commas_in(&buffer[..read]);
    }
}
