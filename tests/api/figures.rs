//! `/cua-toi/luot-mo`, `/van-phong/luot-mo`: openings counted once each into sums, and the pages that show them.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use sanvat::amounts::Dong;
use sanvat::clock::{Day, Time};
use sanvat::figures::count;
use sanvat::figures::model::Period;
use sanvat::figures::store::sums;
use sanvat::ids::{ProgrammeId, SupportId, new_id};
use sanvat::labels::code::LabelCode;
use sanvat::labels::issue::issue;
use sanvat::labels::model::{RunKind, code_of};
use sanvat::labels::scan_log::Scan;
use sanvat::labels::store::{self as labels, NewRun};
use sanvat::labels::visitor::{Device, Referrer};
use sanvat::support::model::NewSupport;
use sanvat::support::programmes::model::{Programme, ProgrammeState};
use sanvat::support::programmes::store as programmes;
use sanvat::support::state::{Money, SupportState};
use sanvat::support::store as ledger;
use sanvat::web::i18n::Lang;

use crate::support::{Sample, TestApp, html, on_both_engines};

/// The row of the sample's label.
fn label(sample: &Sample) -> i64 {
    LabelCode::parse(sample.label.trim_start_matches("/t/")).unwrap().number()
}

fn scan(app: &TestApp, label: i64, at: Time, person: bool) -> Scan {
    Scan {
        id: new_id(at),
        commune: app.commune,
        label,
        at,
        visitor: Arc::from(format!("{:032x}", at.micros())),
        device: Device::Phone,
        referrer: Referrer::Direct,
        person,
    }
}

async fn write(app: &TestApp, scans: &[Scan]) {
    labels::insert_scans(&mut app.app.db.scans().await.unwrap().cx(), scans).await.unwrap();
}

/// Openings by day as the producer's page tells them, checked against the other figures of the same period.
async fn told(app: &TestApp, sample: &Sample, period: Period) -> BTreeMap<Day, i64> {
    let mut conn = app.read().await;
    let cx = &mut conn.cx();
    let of_producer = sums::by_days_of(cx, app.commune, sample.producer.id, period).await.unwrap();
    let all: i64 = of_producer.values().sum();
    assert_eq!(sums::by_days(cx, app.commune, period).await.unwrap(), of_producer);
    let by_product = sums::by_product(cx, app.commune, period).await.unwrap();
    assert_eq!(by_product.values().sum::<i64>(), all);
    let own = sums::by_product_of(cx, app.commune, sample.producer.id, period).await.unwrap();
    assert_eq!(own, by_product);
    let lots = sums::by_lot_of(cx, app.commune, sample.producer.id, period).await.unwrap();
    assert_eq!(lots.iter().map(|lot| lot.3).sum::<i64>(), all);
    let villages = sums::by_village(cx, app.commune, period).await.unwrap();
    assert_eq!(villages.values().sum::<i64>(), all);
    of_producer
}

#[tokio::test]
async fn every_opening_is_counted_once_whatever_happens_to_the_counting() {
    on_both_engines(async |app| {
        let sample = app.sample().await;
        let (label, today) = (label(&sample), app.today());
        let period = Period::last(60, today);
        let mut random = StdRng::seed_from_u64(12);
        let mut expected: BTreeMap<Day, i64> = BTreeMap::new();
        let mut scans = Vec::new();
        for _ in 0..700 {
            let at = app.now().minus(Duration::from_secs(random.random_range(0..40 * 86_400)));
            let person = random.random_range(0..5) > 0;
            *expected.entry(at.day()).or_default() += i64::from(person);
            scans.push(scan(&app, label, at, person));
        }
        expected.retain(|_, n| *n > 0);
        write(&app, &scans).await;
        assert_eq!(told(&app, &sample, period).await, expected, "nothing is counted yet");

        // Killed half way: what was not committed leaves no trace.
        let mut tx = app.begin().await;
        assert_eq!(count::one_batch(&mut tx.cx(), app.commune, app.now()).await.unwrap(), 256);
        drop(tx);
        assert_eq!(app.count("SELECT COUNT(*) FROM scan_product_days").await, 0);
        let mut tx = app.begin().await;
        count::one_batch(&mut tx.cx(), app.commune, app.now()).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(told(&app, &sample, period).await, expected, "some are counted, some wait");

        // Two processes at once, then once more.
        let (one, other) = tokio::join!(count::run(&app.app, app.commune), count::run(&app.app, app.commune));
        assert_eq!(one.unwrap() + other.unwrap(), 700 - 256);
        assert_eq!(count::run(&app.app, app.commune).await.unwrap(), 0);
        assert_eq!(told(&app, &sample, period).await, expected, "all are counted");

        // A clock that jumped back, a process that wrote late.
        let late = app.now().minus(Duration::from_hours(30 * 24));
        write(&app, &[scan(&app, label, late, true), scan(&app, label, late, false)]).await;
        *expected.entry(late.day()).or_default() += 1;
        assert_eq!(told(&app, &sample, period).await, expected);
        assert_eq!(count::run(&app.app, app.commune).await.unwrap(), 2);
        assert_eq!(told(&app, &sample, period).await, expected);
        let people: i64 = expected.values().sum();
        for sum in [
            "SELECT CAST(SUM(people) AS BIGINT) FROM scan_product_hours",
            "SELECT CAST(SUM(people) AS BIGINT) FROM scan_way_days",
        ] {
            assert_eq!(app.count(sum).await, people, "{sum}");
        }
        let all = "SELECT CAST(SUM(people + others) AS BIGINT) FROM scan_product_hours";
        assert_eq!(app.count(all).await, 702);

        // The rows go, the sums stay.
        app.later(Duration::from_hours(100 * 24));
        count::run(&app.app, app.commune).await.unwrap();
        assert_eq!(app.count("SELECT COUNT(*) FROM scans").await, 0);
        assert_eq!(told(&app, &sample, period).await, expected, "the rows are dropped");
        app.run_jobs().await;
    })
    .await;
}

#[tokio::test]
async fn a_piece_goes_on_counting_after_its_rows_are_gone() {
    on_both_engines(async |app| {
        let sample = app.sample().await;
        let new = NewRun {
            kind: RunKind::Serial,
            producer: sample.producer.id,
            product: sample.product.id,
            lot: None,
            count: 1,
            purpose: String::new(),
            by: None,
        };
        let mut tx = app.begin().await;
        let run = issue(&mut tx.cx(), app.commune, &new, app.now()).await.unwrap();
        let row = labels::labels_of(&mut tx.cx(), app.commune, run.id).await.unwrap()[0];
        tx.commit().await.unwrap();
        write(&app, &(0..5).map(|_| scan(&app, row.id, app.now(), true)).collect::<Vec<_>>()).await;
        app.later(Duration::from_hours(100 * 24));
        count::run(&app.app, app.commune).await.unwrap();
        assert_eq!(app.count("SELECT COUNT(*) FROM scans").await, 0);
        let path = format!("/t/{}", code_of(app.commune, row.id).unwrap().compact());
        assert!(app.visitor().get(&path).await.expect(200).says("Mở lần thứ 6."));
        app.run_jobs().await;
    })
    .await;
}

#[tokio::test]
async fn a_producer_sees_openings_by_day_and_lot_and_what_people_did_next() {
    on_both_engines(async |app| {
        let sample = app.sample().await;
        let none = sample.owner.get("/cua-toi/luot-mo").await.expect(200);
        assert!(none.says("Chưa có lượt mở nào"), "{none}");
        assert_eq!(html::faults(&none, Lang::Vi), Vec::<String>::new());
        let scans: Vec<Scan> = (0..37).map(|n| scan(&app, label(&sample), app.now(), n < 30)).collect();
        write(&app, &scans).await;
        count::run(&app.app, app.commune).await.unwrap();
        app.run_jobs().await;
        let page = app.visitor().get(&sample.label).await.expect(200);
        page.form("form[action$='danh-gia']").choose("sao", "4").submit().await.expect(200);
        page.form("form[action$='bao']").fill("noi-dung", "Hộp móp").submit().await.expect(200);
        let product = app.visitor().get(&format!("/san-pham/x-{}", sample.product.short)).await.expect(200);
        let tap = product.attr("a[href^='tel:']", "ping");
        app.visitor().post(&tap, &[]).await.expect(204);
        app.visitor().program().with_header("user-agent", "curl/8").post(&tap, &[]).await.expect(204);
        app.app.scans.flush().await;

        let page = sample.owner.get("/cua-toi/luot-mo?ngay=7").await.expect(200);
        assert_eq!(page.text("dl.tiles > div:nth-child(1) .big"), "31", "{page}");
        assert_eq!(page.text("dl.tiles > div:nth-child(3) .big"), "1", "a program's tap is none");
        assert!(page.says("trung bình 4,0 trên 5") && page.has("svg[role=img] title"), "{page}");
        assert_eq!(page.text("section[aria-labelledby=h-lo] tbody td"), "31");
        // The language asked for last is remembered.
        for lang in [Lang::En, Lang::Vi] {
            let page = sample.owner.get(&format!("/cua-toi/luot-mo?lang={}", lang.tag())).await.expect(200);
            assert_eq!(html::faults(&page, lang), Vec::<String>::new());
        }
        let csv = sample.owner.get(&page.attr("a[href*='tai.csv']", "href")).await.expect(200);
        assert!(csv.header("content-type").starts_with("text/csv"));
        assert!(csv.body().contains("Theo ngày,2026-06-14,,31"), "{}", csv.body());
        let odd = sample.owner.get("/cua-toi/luot-mo?tu=99/99/9999&den=x&ngay=-4&co-so=").await.expect(200);
        assert!(odd.says("16/05/2026 đến 14/06/2026"), "{odd}");
        sample.owner.get(&format!("/cua-toi/luot-mo?co-so={}", sample.waiting.short)).await.expect(404);
        app.visitor().stays_on_redirect().get("/cua-toi/luot-mo").await.expect(303);
        app.run_jobs().await;
    })
    .await;
}

/// Support of all products of the sample's producer, in a programme.
async fn supported(app: &TestApp, sample: &Sample, state: SupportState, at: Time) {
    let officer = app.person("Cán bộ mẫu").await;
    let programme = Programme {
        id: ProgrammeId::new(at),
        year: at.day().year(),
        name: "Chương trình mẫu".to_owned(),
        budget: Dong(1_000),
        source: "Ngân sách xã".to_owned(),
        legal_basis: String::new(),
        targets: String::new(),
        state: ProgrammeState::Open,
        version: 1,
    };
    let mut tx = app.begin().await;
    let mut cx = tx.cx();
    let kind = "INSERT INTO support_kinds (code, name_vi, name_en, position, hidden)
        VALUES ('bao-bi', 'Bao bì', 'Packaging', 1, FALSE) ON CONFLICT DO NOTHING";
    crate::support::on!(cx, c => sqlx::query(kind).execute(c).await.map(drop)).unwrap();
    let (programme, _) = programmes::insert(&mut cx, app.commune, &programme, new_id(at), officer, at).await.unwrap();
    let new = NewSupport {
        id: SupportId::new(at),
        producer: sample.producer.id,
        product: None,
        programme: Some(programme),
        kind: "bao-bi".to_owned(),
        state,
        given_on: at.day(),
        quantity: None,
        unit: String::new(),
        money: Money { budgeted: Dong(10), approved: Dong(0), paid: Dong(0) },
        overpaid: String::new(),
        officer: String::new(),
        note: String::new(),
        result_due: None,
        request: new_id(at),
        by: officer,
        at,
    };
    assert!(ledger::insert(&mut cx, app.commune, &new).await.unwrap());
    tx.commit().await.unwrap();
}

#[tokio::test]
async fn the_office_sees_openings_by_village_group_and_support() {
    on_both_engines(async |app| {
        let sample = app.sample().await;
        let officer = app.officer().await;
        let ago = |days: u64| app.now().minus(Duration::from_hours(days * 24));
        // Five days ago it was supported: one opening before, three after.
        let times = [ago(7), ago(2), ago(1), ago(0)];
        write(&app, &times.map(|at| scan(&app, label(&sample), at, true))).await;
        supported(&app, &sample, SupportState::Delivered, ago(5)).await;
        // What is only proposed changed nothing yet.
        supported(&app, &sample, SupportState::Proposed, ago(3)).await;
        count::run(&app.app, app.commune).await.unwrap();
        app.run_jobs().await;
        let page = officer.get("/van-phong/luot-mo").await.expect(200);
        assert_eq!(html::faults(&page, Lang::Vi), Vec::<String>::new());
        assert_eq!(page.text("section[aria-labelledby=h-thon] tbody tr"), "Đông4");
        assert!(page.text("section[aria-labelledby=h-loai] tbody").ends_with('4'), "{page}");
        let tables = page.texts("section[aria-labelledby=h-ht] tbody");
        assert!(tables.len() == 2 && tables[0].ends_with("Bao bì113"), "{page}");
        assert_eq!(tables[1], "Chương trình mẫu113", "{page}");
        let csv = officer.get("/van-phong/luot-mo/tai.csv?ngay=7").await.expect(200);
        assert!(csv.body().contains("Theo thôn,Đông,,3"), "{}", csv.body());
        app.viewer().await.get("/van-phong/luot-mo").await.expect(200);
        sample.owner.get("/van-phong/luot-mo").await.expect(403);
    })
    .await;
}
