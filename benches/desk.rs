//! What the office's pages of support cost: `cargo bench --bench desk`.
//!
//! Fills a database with 20,000 producers, 60,000 products and 200,000 support records of five years in ten
//! programmes, and opens the registers and the lists of support under filters, programmes, single records and producers' ways in an open loop of
//! 20 pages a second: milliseconds from when each was due to its answer, for each kind of page.
//!
//! SQLite always; PostgreSQL when `TEST_POSTGRES_URL` names an empty database. `BENCH_PRODUCERS`, `BENCH_RECORDS`
//! and `BENCH_SECONDS` shorten it.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use sqlx::Connection as _;

use sanvat::accounts::model::{Phone, Role};
use sanvat::accounts::{session, store as accounts};
use sanvat::amounts::Dong;
use sanvat::app::App;
use sanvat::db::Cx;
use sanvat::ids::{ProducerId, ProgrammeId, SupportId, UserId, new_id};
use sanvat::producers::model::ProducerKind;
use sanvat::producers::store as producers;
use sanvat::products::model::{CertificateContent, ocop_term_ends};
use sanvat::products::store::{self as products, OcopDecision};
use sanvat::support::model::NewSupport;
use sanvat::support::programmes::model::{Programme, ProgrammeState};
use sanvat::support::programmes::store as programmes;
use sanvat::support::state::{Money, SupportState};
use sanvat::support::store as ledger;
use sanvat::traceability::store::lots;
use sanvat::web::communes;

mod support;

use support::rows::COMMUNE;
use support::{Client, Outcome, at, rows, setting};

const OPEN_LOOP: u64 = 20;
const CONNECTIONS: usize = 16;
const YEARS: i32 = 5;
const PROGRAMMES: usize = 10;
const KINDS: [&str; 4] = ["packaging", "qr-label", "training", "fair"];
const STATES: [SupportState; 4] =
    [SupportState::Delivered, SupportState::Delivered, SupportState::Approved, SupportState::Proposed];

fn main() -> Outcome<()> {
    support::on_both_engines(measure)
}

async fn measure(engine: &str, url: &str, folder: &std::path::Path) -> Outcome<()> {
    let (app, listener) = rows::open(url, folder).await?;
    let address = listener.local_addr()?;
    let world = fill(&app).await?;
    if url.starts_with("postgres") {
        // As the server does by itself a minute later.
        let mut own = sqlx::PgConnection::connect(url).await?;
        sqlx::raw_sql("VACUUM ANALYZE").execute(&mut own).await?;
    }
    let task = rows::serve(listener, app.router());
    let pages = pages(&world);
    let times = open(address, &world.cookie, &pages, Duration::from_secs(setting("BENCH_SECONDS", 60))).await?;
    let all: Vec<(f64, &str)> = times.values().flatten().map(|(time, path)| (*time, path.as_str())).collect();
    tell(engine, "all pages", all);
    for (name, times) in &times {
        tell(engine, name, times.iter().map(|(time, path)| (*time, path.as_str())).collect());
    }
    task.abort();
    app.close().await;
    Ok(())
}

/// Prints what pages took, and which address took longest in the middle of its openings.
fn tell(engine: &str, name: &str, all: Vec<(f64, &str)>) {
    let mut by_path: BTreeMap<&str, Vec<f64>> = BTreeMap::new();
    for (time, path) in &all {
        by_path.entry(path).or_default().push(*time);
    }
    let mut times: Vec<f64> = all.into_iter().map(|(time, _)| time).collect();
    times.sort_by(f64::total_cmp);
    let middle = |times: &mut Vec<f64>| {
        times.sort_by(f64::total_cmp);
        at(times, 50)
    };
    let mut middles: Vec<(f64, &str)> = by_path.iter_mut().map(|(path, times)| (middle(times), *path)).collect();
    middles.sort_by(|a, b| b.0.total_cmp(&a.0));
    println!(
        "{engine}: {name}, {} opened: median {:.1} ms, p99 {:.1} ms, slowest {:.1} ms",
        times.len(),
        at(&times, 50),
        at(&times, 99),
        at(&times, 100)
    );
    for (time, path) in middles.into_iter().take(4) {
        println!("  {time:.1} ms {path}");
    }
}

/// What the pages are about.
struct World {
    shorts: Vec<String>,
    records: Vec<SupportId>,
    programmes: Vec<ProgrammeId>,
    this_year: i32,
    /// Cookie of an officer.
    cookie: String,
}

async fn fill(app: &App) -> Outcome<World> {
    let now = app.clock.now();
    let officer = UserId::new(now);
    let mut tx = app.db.begin().await?;
    communes::insert(&mut tx.cx(), &rows::commune(now)).await?;
    let phone = Phone::parse("0900000001").map_err(|error| format!("{error:?}"))?;
    accounts::insert_user(&mut tx.cx(), officer, &phone, Some((now, "command")), "Cán bộ mẫu", None, now).await?;
    accounts::insert_grant(&mut tx.cx(), officer, Role::Officer, Some(COMMUNE), None, None, now).await?;
    let set = session::begin(app, &mut tx.cx(), officer, "bench").await?;
    tx.commit().await?;
    app.communes.reload(&app.db).await?;
    sanvat::seeding::base::ensure(app, true).await?;
    let cookie = set.to_str()?.split(';').next().unwrap_or_default().to_owned();
    let this_year = app.clock.today().year();
    let (makers, shorts) = fill_producers(app).await?;
    let programmes = fill_programmes(app, this_year, officer).await?;
    let records = fill_records(app, &makers, &programmes, officer).await?;
    Ok(World { shorts, records, programmes, this_year, cookie })
}

async fn fill_producers(app: &App) -> Outcome<(Vec<ProducerId>, Vec<String>)> {
    let now = app.clock.now();
    let (mut ids, mut shorts) = (Vec::new(), Vec::new());
    let mut tx = app.db.begin().await?;
    for n in 0..setting("BENCH_PRODUCERS", 20_000) {
        let kind = ProducerKind::ALL[n as usize % ProducerKind::ALL.len()];
        let mut maker =
            rows::producer(kind, &format!("Cơ sở mẫu {} số {n}", ["Bến Sậy", "Đông", "Đoài"][n as usize % 3]), now);
        // Every hundredth has the phone of the one before it.
        maker.content.phone = format!("09{:08}", if n % 100 == 99 { n - 1 } else { n });
        producers::insert(&mut tx.cx(), &maker, None).await?;
        for m in 0..3 {
            fill_product(app, &mut tx.cx(), maker.id, n as usize * 3 + m).await?;
        }
        ids.push(maker.id);
        shorts.push(maker.short);
    }
    tx.commit().await?;
    Ok((ids, shorts))
}

/// A product; every third has a certificate, every twentieth stars, every second a lot.
async fn fill_product(app: &App, cx: &mut Cx<'_>, maker: ProducerId, n: usize) -> Outcome<()> {
    let (now, today) = (app.clock.now(), app.clock.today());
    let mut content = rows::fresh(&format!("Sản phẩm mẫu {n}"));
    if n.is_multiple_of(3) {
        content.certificates.push(CertificateContent {
            id: new_id(now),
            kind: "vietgap".to_owned(),
            number: format!("VG-{n}"),
            issuer: "Tổ chức mẫu".to_owned(),
            scope: String::new(),
            issued_on: None,
            expires_on: Some(today.plus_days(n as i64 % 700 - 100)),
            file: None,
        });
    }
    let product = rows::product(maker, content, now);
    products::insert(cx, &product, None).await?;
    products::put_certificates(cx, COMMUNE, maker, product.id, &product.content, now).await?;
    if n.is_multiple_of(20) {
        let decided_on = today.plus_days(-(n as i64 % 1_500));
        let (number, authority) = (format!("{n}/QĐ-UBND"), "UBND thành phố".to_owned());
        let expires_on = ocop_term_ends(decided_on);
        let decision = OcopDecision { number, authority, decided_on, expires_on, stars: 3 + n as i32 % 3 };
        products::insert_decision(cx, COMMUNE, product.id, &decision, None, None, now).await?;
    }
    if n.is_multiple_of(2) {
        lots::insert(cx, &rows::lot(&product, None, now)).await?;
    }
    Ok(())
}

async fn fill_programmes(app: &App, this_year: i32, officer: UserId) -> Outcome<Vec<ProgrammeId>> {
    let now = app.clock.now();
    let mut made = Vec::new();
    let mut tx = app.db.begin().await?;
    for n in 0..PROGRAMMES {
        let programme = Programme {
            id: ProgrammeId::new(now),
            year: this_year - (n as i32 % YEARS),
            name: format!("Chương trình mẫu {n}"),
            budget: Dong(9_000_000_000),
            source: "Ngân sách xã".to_owned(),
            legal_basis: String::new(),
            targets: "50 hộ".to_owned(),
            state: ProgrammeState::Open,
            version: 1,
        };
        made.push(programmes::insert(&mut tx.cx(), COMMUNE, &programme, new_id(now), officer, now).await?.0);
    }
    tx.commit().await?;
    Ok(made)
}

async fn fill_records(
    app: &App,
    makers: &[ProducerId],
    programmes: &[ProgrammeId],
    officer: UserId,
) -> Outcome<Vec<SupportId>> {
    let (at, today) = (app.clock.now(), app.clock.today());
    let mut made = Vec::new();
    let mut tx = app.db.begin().await?;
    for n in 0..setting("BENCH_RECORDS", 200_000) as usize {
        let back = n as i32 % YEARS;
        let day = format!("{}-{:02}-{:02}", today.year() - back, 1 + n / 7 % 12, 1 + n / 11 % 28);
        let sum = Dong(1_000 * (n as i64 % 977));
        let state = STATES[n / 3 % STATES.len()];
        let given = if state == SupportState::Proposed { Dong(0) } else { sum };
        let new = NewSupport {
            id: SupportId::new(at),
            producer: makers[n * 7 % makers.len()],
            product: None,
            programme: (n % 3 > 0).then(|| programmes[n % PROGRAMMES]),
            kind: KINDS[n / 5 % KINDS.len()].to_owned(),
            state,
            given_on: day.parse().map_err(|error| format!("{error:?}"))?,
            quantity: None,
            unit: String::new(),
            money: Money { budgeted: sum, approved: given, paid: given },
            overpaid: String::new(),
            officer: "Cán bộ mẫu".to_owned(),
            note: "In tem mẫu".to_owned(),
            result_due: None,
            request: new_id(at),
            by: officer,
            at,
        };
        ledger::insert(&mut tx.cx(), COMMUNE, &new).await?;
        made.push(new.id);
        if n % 10_000 == 9_999 {
            tx.commit().await?;
            tx = app.db.begin().await?;
        }
    }
    tx.commit().await?;
    Ok(made)
}

/// Kinds of page with their addresses.
fn pages(world: &World) -> Vec<(&'static str, Vec<String>)> {
    let here = "/van-phong/ho-tro";
    let year = world.this_year;
    let list = |of: &str, queries: &[&str]| queries.iter().map(|query| format!("/van-phong/{of}?{query}")).collect();
    let filters = |list: &str| {
        let programme = world.programmes[0];
        [
            format!("{here}{list}?nam={year}"),
            format!("{here}{list}?nam={}&loai-ho-tro=fair", year - 1),
            format!("{here}{list}?nam={year}&loai=cooperative"),
            format!("{here}{list}?nam={year}&q=ben+say&trang=7"),
            format!("{here}{list}?nam={year}&q=so+123"),
            format!("{here}{list}?nam={year}&chuong-trinh={programme}"),
            format!("{here}{list}?nam={}&tinh-trang=proposed&trang=40", year - 2),
        ]
        .to_vec()
    };
    let some = |n: usize, of: usize| (0..n).map(move |at| at * 37 % of.max(1));
    vec![
        ("list of records", filters("")),
        ("list of producers supported", filters("/danh-sach")),
        ("programmes of a year", vec![format!("{here}/chuong-trinh?nam={year}")]),
        ("a programme", world.programmes.iter().map(|id| format!("{here}/chuong-trinh/{id}")).collect()),
        ("a record", some(50, world.records.len()).map(|n| format!("{here}/{}", world.records[n])).collect()),
        (
            "a producer's way",
            some(50, world.shorts.len()).map(|n| format!("{here}/co-so/{}", world.shorts[n])).collect(),
        ),
        (
            "register of producers",
            list(
                "co-so",
                &[
                    "",
                    "q=ben+say&trang=7",
                    "q=0912",
                    "loai=cooperative&sap=-sua",
                    "tinh-trang=approved&trang=200",
                    "ho-tro=co",
                    "ho-tro=chua&q=doai",
                    "ocop=co",
                    "sap=-san-pham",
                    "sap=-ho-tro",
                    "sap=thon",
                ],
            ),
        ),
        (
            "register of products",
            list(
                "san-pham",
                &[
                    "",
                    "q=ben+say&trang=7",
                    "q=12345",
                    "loai=enterprise&sap=co-so",
                    "tinh-trang=approved&trang=900",
                    "nhom=food-fresh-produce&sap=-sua",
                    "chung-nhan=con",
                    "chung-nhan=chua&sap=gia",
                    "ocop=4",
                    "ocop=khong&trang=30",
                    "sap=-lo",
                    "sap=-chung-nhan",
                ],
            ),
        ),
        ("office at a glance", list("tong-quan", &[""])),
        (
            "review of products",
            list("ra-soat", &["", "loai=cooperative", "q=ben+say&trang=7", "ket-qua=chua", "trang=200"]),
        ),
        ("producers that may be one", list("trung-lap", &["", "trang=3"])),
        ("choosing producers", vec![format!("{here}/moi"), format!("{here}/moi?q=doai&loai-co-so=household")]),
    ]
}

/// Milliseconds from when each page was due to its answer, sorted, by kind of page.
async fn open(
    address: SocketAddr,
    cookie: &str,
    pages: &[(&'static str, Vec<String>)],
    time: Duration,
) -> Outcome<BTreeMap<&'static str, Vec<(f64, String)>>> {
    let begun = Instant::now();
    let whole = OPEN_LOOP * time.as_secs();
    let next = Arc::new(AtomicU64::new(0));
    let pages: Arc<[(&'static str, Vec<String>)]> = pages.into();
    let tasks: Vec<_> = (0..CONNECTIONS)
        .map(|_| {
            let (next, pages, cookie) = (next.clone(), pages.clone(), cookie.to_owned());
            tokio::spawn(async move {
                let mut client = Client::connect(address).await?;
                let mut times = Vec::new();
                loop {
                    let number = next.fetch_add(1, Ordering::Relaxed);
                    if number >= whole {
                        return Outcome::Ok(times);
                    }
                    let (name, paths) = &pages[number as usize % pages.len()];
                    let path = &paths[number as usize / pages.len() % paths.len()];
                    let due = begun + Duration::from_micros(number * 1_000_000 / OPEN_LOOP);
                    tokio::time::sleep_until(due.into()).await;
                    client.get_as(path, &cookie).await?;
                    times.push((*name, due.elapsed().as_secs_f64() * 1e3, path.clone()));
                }
            })
        })
        .collect();
    let mut all: BTreeMap<&'static str, Vec<(f64, String)>> = BTreeMap::new();
    for task in tasks {
        for (name, time, path) in task.await?? {
            all.entry(name).or_default().push((time, path));
        }
    }
    Ok(all)
}
