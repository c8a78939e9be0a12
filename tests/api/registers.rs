//! The registers `/van-phong/co-so` and `/van-phong/san-pham` over more rows than a page has: every filter leaves the
//! rows that a plain look at what was put in leaves, in the order that each column says.

use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use sanvat::amounts::Dong;
use sanvat::clock::{Day, Time};
use sanvat::fold::fold;
use sanvat::ids::{ProducerId, ProductId, SupportId, UserId, VillageId, new_id, new_short};
use sanvat::producers::model::{Channel, Producer, ProducerContent, ProducerKind, State};
use sanvat::producers::store as producers;
use sanvat::products::model::{CertificateContent, Price, Product, ProductContent};
use sanvat::products::store::{self as products, OcopDecision};
use sanvat::support::model::NewSupport;
use sanvat::support::state::{Money, SupportState};
use sanvat::support::store as support;

use crate::support::{TestApp, Visitor, on, on_both_engines};

const SEED: u64 = 20_260;
const PRODUCERS: usize = 120;
const CATEGORIES: [&str; 3] = ["food-fresh-produce", "drink-tea", "craft-bamboo"];
const STATES: [State; 3] = [State::Approved, State::Submitted, State::Suspended];
const WORDS: [&str; 5] = ["Vải", "Ổi", "Bưởi đào", "Rươi", "100%_sạch"];

struct Maker {
    name: String,
    kind: ProducerKind,
    state: State,
    village: Option<usize>,
    phone: String,
    support: Option<Day>,
    at: Time,
    products: Vec<Good>,
}

struct Good {
    name: String,
    category: &'static str,
    state: State,
    price: Option<i64>,
    valid: usize,
    ended: usize,
    stars: i32,
    at: Time,
}

impl Maker {
    fn stars(&self) -> i32 {
        self.products.iter().map(|good| good.stars).max().unwrap_or(0)
    }

    fn approved(&self) -> usize {
        self.products.iter().filter(|good| good.state == State::Approved).count()
    }
}

fn pick<T: Copy>(random: &mut StdRng, of: &[T]) -> T {
    of[random.random_range(0..of.len())]
}

/// Villages with the places they have in the commune's order.
async fn villages(app: &TestApp) -> Vec<VillageId> {
    let mut made = Vec::new();
    for name in ["Nam", "Bắc", "Đoài"] {
        made.push(app.village(name).await);
    }
    let mut tx = app.begin().await;
    for (at, id) in made.iter().enumerate() {
        let mut cx = tx.cx();
        on!(cx, c => sqlx::query("UPDATE villages SET position = $1 WHERE id = $2")
            .bind(7 - at as i32)
            .bind(id)
            .execute(c)
            .await
            .map(drop))
        .unwrap();
    }
    tx.commit().await.unwrap();
    made
}

async fn fill(app: &TestApp, villages: &[VillageId]) -> Vec<Maker> {
    let mut random = StdRng::seed_from_u64(SEED);
    let by = app.person("Cán bộ mẫu").await;
    app.support_kinds().await;
    let mut tx = app.begin().await;
    let mut made = Vec::new();
    for n in 0..PRODUCERS {
        let maker = draw(app, &mut random, n);
        let id = put_producer(&mut tx.cx(), app, &maker, villages).await;
        for good in &maker.products {
            put_product(&mut tx.cx(), app, id, good).await;
        }
        if let Some(day) = maker.support {
            // An earlier one, and a later one that is only proposed.
            for (day, state) in [
                (day.plus_days(-30), SupportState::Delivered),
                (day, SupportState::Known),
                (app.today(), SupportState::Proposed),
            ] {
                put_support(&mut tx.cx(), app, id, by, day, state).await;
            }
        }
        made.push(maker);
    }
    tx.commit().await.unwrap();
    made
}

fn draw(app: &TestApp, random: &mut StdRng, n: usize) -> Maker {
    let at = |random: &mut StdRng| Time::from_micros(app.now().micros() - random.random_range(0..9_000_000_000));
    let products = (0..random.random_range(0..4)).map(|m| Good {
        name: format!("{} mẫu {n}-{m}", pick(random, &WORDS)),
        category: pick(random, &CATEGORIES),
        state: pick(random, &STATES),
        price: random.random_bool(0.7).then(|| random.random_range(1..99) * 1_000),
        valid: random.random_range(0..3),
        ended: random.random_range(0..2),
        stars: if random.random_bool(0.4) { random.random_range(3..6) } else { 0 },
        at: at(random),
    });
    let products: Vec<Good> = products.collect();
    Maker {
        name: format!("{} {} {n}", pick(random, &["Hộ", "HTX", "Cơ sở"]), pick(random, &WORDS)),
        kind: pick(random, ProducerKind::ALL),
        state: pick(random, &STATES),
        village: random.random_bool(0.8).then(|| random.random_range(0..3)),
        phone: format!("09{:08}", random.random_range(0..99_999_999)),
        support: random.random_bool(0.5).then(|| app.today().plus_days(-random.random_range(1..500))),
        at: at(random),
        products,
    }
}

async fn put_producer(cx: &mut sanvat::db::Cx<'_>, app: &TestApp, maker: &Maker, villages: &[VillageId]) -> ProducerId {
    let village = maker.village.map(|at| villages[at]);
    let producer = Producer {
        commune_id: app.commune,
        id: ProducerId::new(maker.at),
        short: new_short(),
        state: maker.state,
        kind: maker.kind.word().to_owned(),
        name: maker.name.clone(),
        village_id: village,
        content: ProducerContent {
            kind: Some(maker.kind),
            name: maker.name.clone(),
            phone: maker.phone.clone(),
            village,
            ..ProducerContent::default()
        },
        channel: Channel::Office,
        version: 1,
        created_at: maker.at,
        updated_at: maker.at,
        approved_at: None,
    };
    producers::insert(cx, &producer, None).await.unwrap();
    producer.id
}

async fn put_product(cx: &mut sanvat::db::Cx<'_>, app: &TestApp, owner: ProducerId, good: &Good) {
    let today = app.today();
    let certificate = |valid: bool| CertificateContent {
        id: new_id(app.now()),
        kind: "vietgap".to_owned(),
        number: String::new(),
        issuer: String::new(),
        scope: String::new(),
        issued_on: None,
        expires_on: Some(today.plus_days(if valid { 0 } else { -1 })),
        file: None,
    };
    let papers = (0..good.valid).map(|_| certificate(true)).chain((0..good.ended).map(|_| certificate(false)));
    let content = ProductContent {
        name: good.name.clone(),
        category: good.category.to_owned(),
        price: good.price.map_or_else(Price::default, |dong| Price::Exact(Dong(dong))),
        certificates: papers.collect(),
        ..ProductContent::default()
    };
    let product = Product {
        commune_id: app.commune,
        id: ProductId::new(good.at),
        producer_id: owner,
        short: new_short(),
        state: good.state,
        name: good.name.clone(),
        category: good.category.to_owned(),
        content,
        version: 1,
        created_at: good.at,
        updated_at: good.at,
        approved_at: None,
    };
    products::insert(cx, &product, None).await.unwrap();
    products::put_certificates(cx, app.commune, owner, product.id, &product.content, app.now()).await.unwrap();
    if good.stars > 0 {
        // An earlier decision with other stars, the one that stands, and a later one that grants none.
        for (ago, stars, left) in [(90, 8 - good.stars, 900), (60, good.stars, 0), (30, 2, 900)] {
            let (decided_on, expires_on) = (today.plus_days(-ago), today.plus_days(left));
            let (number, authority) = (format!("{ago}/QĐ-UBND"), "UBND thành phố".to_owned());
            let decision = OcopDecision { number, authority, decided_on, expires_on, stars };
            products::insert_decision(cx, app.commune, product.id, &decision, None, None, app.now()).await.unwrap();
        }
    }
}

async fn put_support(
    cx: &mut sanvat::db::Cx<'_>,
    app: &TestApp,
    producer: ProducerId,
    by: UserId,
    day: Day,
    state: SupportState,
) -> SupportId {
    let new = NewSupport {
        id: SupportId::new(app.now()),
        producer,
        product: None,
        programme: None,
        kind: "fair".to_owned(),
        state,
        given_on: day,
        quantity: None,
        unit: String::new(),
        money: Money { budgeted: Dong(0), approved: Dong(0), paid: Dong(0) },
        overpaid: String::new(),
        officer: String::new(),
        note: String::new(),
        result_due: None,
        request: new_id(app.now()),
        by,
        at: app.now(),
    };
    assert!(support::insert(cx, app.commune, &new).await.unwrap());
    new.id
}

/// Names in a register, over all its pages; the number in words agrees with them.
async fn names(officer: &Visitor, path: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut page = officer.get(path).await.expect(200);
    let told = page.text("p.lead b");
    loop {
        found.extend(page.texts("table.grid tbody th"));
        let Some(next) = page.attrs("nav.pager a", "href").into_iter().find(|link| {
            let number = |link: &str| link.rsplit("trang=").next().and_then(|n| n.parse::<usize>().ok()).unwrap_or(1);
            number(link) > number(page.url().as_str())
        }) else {
            break;
        };
        page = officer.get(&format!("{}{next}", page.url().path())).await.expect(200);
    }
    assert!(told.starts_with(&found.len().to_string()), "{path}: {told}, {} shown", found.len());
    found
}

fn sorted<T, K: Ord>(all: &[T], key: impl Fn(&T) -> K, downwards: bool, name: impl Fn(&T) -> String) -> Vec<String> {
    let mut all: Vec<&T> = all.iter().collect();
    all.sort_by_key(|one| fold(&name(one)));
    all.sort_by(|a, b| if downwards { key(b).cmp(&key(a)) } else { key(a).cmp(&key(b)) });
    all.into_iter().map(name).collect()
}

#[tokio::test]
async fn every_filter_and_column_of_the_register_of_producers_tells_what_is_there() {
    on_both_engines(async |app| {
        let villages = villages(&app).await;
        let made = fill(&app, &villages).await;
        let officer = app.officer().await;
        let year = app.today().year();
        let this_year = |m: &Maker| m.support.is_some_and(|day| day.year() == year);
        let village = format!("thon={}", villages[1]);
        let digits: String = made[5].phone.chars().skip(2).take(5).collect();
        let by_digits = format!("q={digits}");
        type Takes<'a> = Box<dyn Fn(&Maker) -> bool + 'a>;
        let filters: Vec<(&str, Takes<'_>)> = vec![
            ("", Box::new(|_| true)),
            ("q=r%C6%B0%C6%A1i", Box::new(|m| fold(&m.name).contains("ruoi"))),
            ("q=100%25_", Box::new(|m| m.name.contains("100%_"))),
            ("q=0_0", Box::new(|m| m.name.contains("0_0"))),
            (&by_digits, Box::new(|m| m.phone.contains(&digits) || m.name.contains(&digits))),
            (&village, Box::new(|m| m.village == Some(1))),
            ("loai=cooperative", Box::new(|m| m.kind == ProducerKind::Cooperative)),
            ("tinh-trang=suspended", Box::new(|m| m.state == State::Suspended)),
            ("ho-tro=co", Box::new(this_year)),
            ("ho-tro=chua", Box::new(|m| !this_year(m))),
            ("ocop=co", Box::new(|m| m.stars() > 0)),
            ("ocop=khong", Box::new(|m| m.stars() == 0)),
            ("ocop=4", Box::new(|m| m.stars() == 4)),
            (
                "ocop=co&tinh-trang=approved&ho-tro=co",
                Box::new(|m| m.stars() > 0 && m.state == State::Approved && this_year(m)),
            ),
        ];
        for (query, takes) in &filters {
            let left: Vec<&Maker> = made.iter().filter(|m| takes(m)).collect();
            let wanted = sorted(&left, |_| 0, false, |m| m.name.clone());
            assert_eq!(names(&officer, &format!("/van-phong/co-so?{query}")).await, wanted, "{query}");
        }
        assert!(
            filters[4..].iter().all(|(_, takes)| made.iter().any(takes)),
            "a filter that leaves nothing proves nothing"
        );
        let place = |m: &Maker| m.village.map_or(-1, |at| 7 - at as i32);
        for (way, downwards) in [("", false), ("-", true)] {
            let name = |m: &Maker| m.name.clone();
            let columns: Vec<(&str, Vec<String>)> = vec![
                ("ten", sorted(&made, |m| fold(&m.name), downwards, name)),
                ("thon", sorted(&made, place, downwards, name)),
                ("loai", sorted(&made, |m| m.kind.word(), downwards, name)),
                ("san-pham", sorted(&made, Maker::approved, downwards, name)),
                ("ocop", sorted(&made, Maker::stars, downwards, name)),
                ("ho-tro", sorted(&made, |m| m.support, downwards, name)),
                ("tinh-trang", sorted(&made, |m| m.state.word(), downwards, name)),
                ("sua", sorted(&made, |m| m.at, downwards, name)),
            ];
            for (column, wanted) in columns {
                let got = names(&officer, &format!("/van-phong/co-so?sap={way}{column}")).await;
                assert_eq!(got, wanted, "{way}{column}");
            }
        }
    })
    .await;
}

#[tokio::test]
async fn every_filter_and_column_of_the_register_of_products_tells_what_is_there() {
    on_both_engines(async |app| {
        let villages = villages(&app).await;
        let made = fill(&app, &villages).await;
        let officer = app.officer().await;
        let made: Vec<(&Maker, &Good)> = made.iter().flat_map(|m| m.products.iter().map(move |g| (m, g))).collect();
        let village = format!("thon={}", villages[2]);
        type Takes<'a> = Box<dyn Fn(&(&Maker, &Good)) -> bool + 'a>;
        let filters: Vec<(&str, Takes<'_>)> = vec![
            ("", Box::new(|_| true)),
            ("q=oi", Box::new(|(m, g)| fold(&m.name).contains("oi") || fold(&g.name).contains("oi"))),
            (&village, Box::new(|(m, _)| m.village == Some(2))),
            ("loai=household", Box::new(|(m, _)| m.kind == ProducerKind::Household)),
            ("tinh-trang=submitted", Box::new(|(_, g)| g.state == State::Submitted)),
            ("nhom=drink-tea", Box::new(|(_, g)| g.category == "drink-tea")),
            ("chung-nhan=con", Box::new(|(_, g)| g.valid > 0)),
            ("chung-nhan=het", Box::new(|(_, g)| g.valid == 0 && g.ended > 0)),
            ("chung-nhan=chua", Box::new(|(_, g)| g.valid + g.ended == 0)),
            ("ocop=co", Box::new(|(_, g)| g.stars > 0)),
            ("ocop=khong", Box::new(|(_, g)| g.stars == 0)),
            ("ocop=5", Box::new(|(_, g)| g.stars == 5)),
            (
                "ocop=co&chung-nhan=con&nhom=drink-tea",
                Box::new(|(_, g)| g.stars > 0 && g.valid > 0 && g.category == "drink-tea"),
            ),
        ];
        for (query, takes) in &filters {
            let left: Vec<_> = made.iter().filter(|one| takes(one)).collect();
            assert!(!left.is_empty(), "{query} leaves nothing and proves nothing");
            let wanted = sorted(&left, |_| 0, false, |(_, g)| g.name.clone());
            assert_eq!(names(&officer, &format!("/van-phong/san-pham?{query}")).await, wanted, "{query}");
        }
        let place = |m: &Maker| m.village.map_or(-1, |at| 7 - at as i32);
        for (way, downwards) in [("", false), ("-", true)] {
            let name = |(_, g): &(&Maker, &Good)| g.name.clone();
            let columns: Vec<(&str, Vec<String>)> = vec![
                ("ten", sorted(&made, |(_, g)| fold(&g.name), downwards, name)),
                ("co-so", sorted(&made, |(m, _)| fold(&m.name), downwards, name)),
                ("thon", sorted(&made, |(m, _)| place(m), downwards, name)),
                ("nhom", sorted(&made, |(_, g)| g.category, downwards, name)),
                ("gia", sorted(&made, |(_, g)| g.price, downwards, name)),
                ("chung-nhan", sorted(&made, |(_, g)| (g.valid > 0, g.ended > 0 && g.valid == 0), downwards, name)),
                ("ocop", sorted(&made, |(_, g)| g.stars, downwards, name)),
                ("tinh-trang", sorted(&made, |(_, g)| g.state.word(), downwards, name)),
                ("sua", sorted(&made, |(_, g)| g.at, downwards, name)),
            ];
            for (column, wanted) in columns {
                let got = names(&officer, &format!("/van-phong/san-pham?sap={way}{column}")).await;
                assert_eq!(got, wanted, "{way}{column}");
            }
        }
    })
    .await;
}

/// Adds a record of a day and takes another back, in one transaction.
async fn exchange(app: &TestApp, producer: ProducerId, by: UserId, day: Day, gone: SupportId) {
    let mut tx = app.begin().await;
    let cx = &mut tx.cx();
    put_support(cx, app, producer, by, day, SupportState::Delivered).await;
    assert!(support::steps::void(cx, app.commune, gone, 1, by, "Ghi nhầm", app.now()).await.unwrap());
    tx.commit().await.unwrap();
}

#[tokio::test]
async fn records_that_change_at_once_are_all_counted() {
    on_both_engines(async |app| {
        app.support_kinds().await;
        let sample = app.sample().await;
        let (producer, by) = (sample.producer.id, app.person("Cán bộ mẫu").await);
        let day = |ago: i64| app.today().plus_days(-ago);
        let mut gone = Vec::new();
        let mut tx = app.begin().await;
        for ago in 0..8 {
            gone.push(put_support(&mut tx.cx(), &app, producer, by, day(ago * 100), SupportState::Delivered).await);
        }
        tx.commit().await.unwrap();
        app.registers_tell_the_records().await.unwrap();
        let all = gone.into_iter().zip(0..).map(|(gone, ago)| exchange(&app, producer, by, day(7 * ago + 3), gone));
        futures_util::future::join_all(all).await;
        app.registers_tell_the_records().await.unwrap();
        let told = "SELECT COUNT(*) FROM producer_register WHERE supported = 8 AND supported_on = '2026-06-11'";
        assert_eq!(app.count(told).await, 1);
    })
    .await;
}
