//! `/cua-toi/san-pham`: a product told in steps, handed in, taken back, switched.

use std::io::Cursor;

use sanvat::accounts::model::Role;
use sanvat::ids::{CommuneId, ProducerId, UserId};
use sanvat::producers::model::{Channel, State};
use sanvat::products::model::{Availability, Price, Product, ProductContent};
use sanvat::products::store as products;
use sanvat::review::flow::{self, Decision};
use sanvat::review::model::{FieldNotes, Revision};
use sanvat::review::store as revisions;
use sanvat::web::i18n::Lang;

use crate::support::{Page, TestApp, Visitor, html, on_both_engines};

/// Addresses of one product's pages.
const PAGES: &[&str] = &[
    "",
    "/ten",
    "/anh",
    "/mo-ta",
    "/gia",
    "/mua-vu",
    "/nguon-goc",
    "/giay-to",
    "/giay-to/moi",
    "/noi-ban",
    "/xem-lai",
];

/// A PNG of one colour.
fn png(shade: u8) -> Vec<u8> {
    let picture = image::RgbImage::from_pixel(64, 48, image::Rgb([shade, 90, 60]));
    let mut bytes = Cursor::new(Vec::new());
    picture.write_to(&mut bytes, image::ImageFormat::Png).unwrap();
    bytes.into_inner()
}

async fn producer(app: &TestApp) -> (ProducerId, String, Visitor) {
    let producer = app.producer().approved().create().await;
    let owner = app.owner_of(producer.id).await;
    (producer.id, producer.short, owner)
}

/// Begins a product by its form; returns the path of its tasks.
async fn begin(owner: &Visitor, producer: &str, name: &str) -> String {
    let page = owner.get(&format!("/cua-toi/san-pham/moi?co-so={producer}")).await.expect(200);
    let form = page.form("main form").fill("name", name).choose("category", "food-fresh-produce");
    let photos = form.submit().await.expect(200);
    assert!(photos.says("Đã lưu"), "{photos}");
    tasks_of(&photos)
}

/// The page of tasks of the product whose page of photos this is.
fn tasks_of(photos: &Page) -> String {
    photos.url().path().trim_end_matches("/anh").to_owned()
}

async fn step(owner: &Visitor, path: &str) -> Page {
    owner.get(path).await.expect(200)
}

/// Tells everything that must be told.
async fn fill_in(owner: &Visitor, path: &str) {
    let form = step(owner, &format!("{path}/anh")).await.form("main form");
    form.attach("photos", "oi.png", "image/png", png(120)).press("lam=len").await.expect(200);
    let form = step(owner, &format!("{path}/mo-ta")).await.form("main form");
    form.fill("description", "Quả giòn, ít hạt.").submit().await.expect(200);
    let form = step(owner, &format!("{path}/gia")).await.form("main form");
    form.choose("price_kind", "exact").fill("price", "22.000 đ").fill("unit", "kg").submit().await.expect(200);
    let form = step(owner, &format!("{path}/mua-vu")).await.form("main form");
    let form = form.choose("season_kind", "months").choose("season", "8").choose("season", "7");
    form.choose("availability", "in_stock").submit().await.expect(200);
    let form = step(owner, &format!("{path}/nguon-goc")).await.form("main form");
    form.fill("origin", "Thôn Nam, xã Hà Bắc").submit().await.expect(200);
}

async fn product(app: &TestApp, path: &str) -> Product {
    let short = path.rsplit('/').next().unwrap();
    let mut conn = app.read().await;
    products::by_short(&mut conn.cx(), app.commune, short).await.unwrap().unwrap()
}

async fn revision(app: &TestApp, product: &Product) -> Revision {
    let mut conn = app.read().await;
    let open = revisions::open(&mut conn.cx(), app.commune, product.producer_id, Some(product.id)).await;
    open.unwrap().expect("an open revision")
}

async fn decide(app: &TestApp, product: &Product, decision: Decision) {
    let revision = revision(app, product).await;
    let officer = UserId::new(app.now());
    let mut tx = app.begin().await;
    let done = flow::decide(&mut tx.cx(), &revision, &decision, officer, "127.0.0.1".to_owned(), app.now()).await;
    assert_eq!(done.unwrap(), flow::Written::Done);
    tx.commit().await.unwrap();
    app.run_jobs().await;
}

#[tokio::test]
async fn a_product_is_told_in_steps_and_handed_in() {
    on_both_engines(async |app| {
        let (_, short, owner) = producer(&app).await;
        let path = begin(&owner, &short, "Ổi lê Bãi Triều").await;
        let early = step(&owner, &path).await;
        assert!(early.says("Còn thiếu: ảnh, mô tả, giá, còn hàng, nơi làm ra"), "{early}");
        let refused = step(&owner, &format!("{path}/xem-lai")).await.form("main form").submit().await.expect(422);
        assert_eq!(refused.texts(".oops li"), ["Ảnh", "Mô tả", "Giá", "Còn hàng", "Nơi làm ra"]);
        fill_in(&owner, &path).await;
        app.run_jobs().await;
        let sent = step(&owner, &format!("{path}/xem-lai")).await.form("main form").submit().await.expect(200);
        assert!(sent.says("Đã gửi cho xã duyệt"), "{sent}");
        let product = product(&app, &path).await;
        assert_eq!(product.state, State::Submitted);
        assert_eq!(product.content.price, Price::Exact(sanvat::amounts::Dong(22_000)));
        assert_eq!(product.content.season, [7, 8]);
        assert_eq!(revision(&app, &product).await.channel, Channel::OneSelf);
    })
    .await;
}

#[tokio::test]
async fn the_same_forms_sent_twice_are_one_product_and_one_change() {
    on_both_engines(async |app| {
        let (_, short, owner) = producer(&app).await;
        let page = owner.get(&format!("/cua-toi/san-pham/moi?co-so={short}")).await.expect(200);
        let form = page.form("main form").fill("name", "Ổi lê").choose("category", "food-fresh-produce");
        let (first, second) = (form.clone().submit().await, form.submit().await);
        assert_eq!(first.path(), second.path());
        assert_eq!(app.count("SELECT COUNT(*) FROM products").await, 1);
        let path = tasks_of(&first);
        let form = step(&owner, &format!("{path}/mo-ta")).await.form("main form").fill("description", "Giòn.");
        form.clone().submit().await.expect(200);
        form.submit().await.expect(200);
        fill_in(&owner, &path).await;
        app.run_jobs().await;
        let form = step(&owner, &format!("{path}/xem-lai")).await.form("main form");
        form.clone().submit().await.expect(200);
        form.submit().await.expect(200);
        assert_eq!(app.count("SELECT COUNT(*) FROM revisions WHERE state = 'submitted'").await, 1);
    })
    .await;
}

#[tokio::test]
async fn another_producers_product_is_not_there() {
    on_both_engines(async |app| {
        let (_, short, owner) = producer(&app).await;
        let path = begin(&owner, &short, "Ổi lê").await;
        let (_, _, stranger) = producer(&app).await;
        for page in PAGES {
            assert_eq!(stranger.get(&format!("{path}{page}")).await.code(), 404, "{page}");
            assert_eq!(owner.get(&format!("{path}{page}")).await.code(), 200, "{page}");
        }
        for page in ["/ten", "/gia", "/xem-lai", "/rut", "/con-hang"] {
            assert_eq!(stranger.post(&format!("{path}{page}"), &[("name", "Của tôi")]).await.code(), 404, "{page}");
        }
        assert_eq!(stranger.get(&format!("/cua-toi/san-pham/moi?co-so={short}")).await.code(), 404);
        assert_eq!(stranger.get(&format!("/cua-toi/san-pham?co-so={short}")).await.code(), 404);
        app.add_commune(CommuneId(10819), "Thanh Hà", Some("thanhha.example")).await;
        let elsewhere = owner.with_header("host", "thanhha.example");
        assert_eq!(elsewhere.get(&path).await.code(), 404);
        let visitor = app.visitor().stays_on_redirect();
        assert!(visitor.get(&path).await.location().contains("/dang-nhap"));
    })
    .await;
}

#[tokio::test]
async fn a_helper_writes_for_producers_of_the_own_village_only() {
    on_both_engines(async |app| {
        let (near, far) = (app.village("Nam").await, app.village("Bắc").await);
        let here = app.producer().in_village(near).approved().create().await;
        let there = app.producer().in_village(far).approved().create().await;
        let helper = app.helper(near).await;
        let path = begin(&helper, &here.short, "Ổi lê").await;
        assert_eq!(revision(&app, &product(&app, &path).await).await.channel, Channel::Helper);
        assert_eq!(helper.get(&format!("/cua-toi/san-pham/moi?co-so={}", there.short)).await.code(), 404);
    })
    .await;
}

#[tokio::test]
async fn what_can_not_be_taken_is_told_and_kept() {
    on_both_engines(async |app| {
        let (_, short, owner) = producer(&app).await;
        let path = begin(&owner, &short, "Ổi lê").await;
        let long = "ổ".repeat(10_000);
        let form = step(&owner, &format!("{path}/ten")).await.form("main form").fill("name", &long);
        let page = form.submit().await.expect(422);
        assert!(page.error_of("name").contains("120"));
        assert_eq!(page.attr("#f-name", "value"), long);
        let form = step(&owner, &format!("{path}/gia")).await.form("main form").choose("price_kind", "exact");
        let page = form.fill("price", "hai mươi").fill("unit", "kg").submit().await.expect(422);
        assert!(page.error_of("price").contains("hai mươi"), "{page}");
        assert_eq!(page.attr("#f-price", "value"), "hai mươi");
        let form = step(&owner, &format!("{path}/nguon-goc")).await.form("main form").fill("origin", "Thôn Nam");
        let page = form.fill("gtin", "8934563138166").submit().await.expect(422);
        assert!(!page.error_of("gtin").is_empty(), "{page}");
    })
    .await;
}

#[tokio::test]
async fn markup_stays_text_and_text_is_kept_as_nfc() {
    on_both_engines(async |app| {
        let (_, short, owner) = producer(&app).await;
        let path = begin(&owner, &short, "<script>alert(1)</script> O\u{309}i").await;
        assert_eq!(product(&app, &path).await.name, "<script>alert(1)</script> Ỏi");
        for page in PAGES {
            let page = step(&owner, &format!("{path}{page}")).await;
            assert!(!page.body().contains("<script>alert"), "{page}");
        }
        assert_eq!(step(&owner, &path).await.h1(), "<script>alert(1)</script> Ỏi");
    })
    .await;
}

#[tokio::test]
async fn the_second_of_two_editors_is_told_and_keeps_the_words() {
    on_both_engines(async |app| {
        let (id, short, owner) = producer(&app).await;
        let path = begin(&owner, &short, "Ổi lê").await;
        let staff = app.person("Người làm mẫu").await;
        app.grant(staff, Role::Staff, Some(id), None).await;
        let staff = app.enter(staff).await;
        let late = step(&staff, &format!("{path}/mo-ta")).await.form("main form");
        let form = step(&owner, &format!("{path}/mo-ta")).await.form("main form");
        form.fill("description", "Của chủ.").submit().await.expect(200);
        let page = late.fill("description", "Của người làm.").submit().await.expect(409);
        assert!(page.says("có người khác đã lưu"), "{page}");
        assert_eq!(product(&app, &path).await.content.description, "Của chủ.");
        assert_eq!(page.text("#f-description"), "Của người làm.");
        page.form("main form").submit().await.expect(200);
        assert_eq!(product(&app, &path).await.content.description, "Của người làm.");
    })
    .await;
}

/// An approved product with all that must be told, and its owner.
async fn live(app: &TestApp) -> (Product, String, Visitor) {
    let (id, _, owner) = producer(app).await;
    let complete = |content: &mut ProductContent| {
        "food-fresh-produce".clone_into(&mut content.category);
        "Thôn Nam".clone_into(&mut content.origin);
    };
    let product = app.product().of(id).with(complete).approved().create().await;
    let path = format!("/cua-toi/san-pham/{}", product.short);
    (product, path, owner)
}

#[tokio::test]
async fn a_change_of_a_live_product_waits_for_review_while_the_live_version_stays() {
    on_both_engines(async |app| {
        let (before, path, owner) = live(&app).await;
        let form = step(&owner, &format!("{path}/anh")).await.form("main form");
        form.attach("photos", "oi.png", "image/png", png(9)).press("lam=len").await.expect(200);
        app.run_jobs().await;
        let form = step(&owner, &format!("{path}/gia")).await.form("main form").fill("price", "60.000");
        form.submit().await.expect(200);
        let check = step(&owner, &format!("{path}/xem-lai")).await;
        assert_eq!(check.count(".answers .tag.wait"), 1, "only the price changed: {check}");
        check.form("main form").submit().await.expect(200);
        let live = product(&app, &path).await;
        assert_eq!((live.state, live.content.price), (State::Approved, before.content.price));
        decide(&app, &live, Decision::Approve).await;
        let live = product(&app, &path).await;
        assert_eq!(live.content.price, Price::Exact(sanvat::amounts::Dong(60_000)));
        assert_eq!(live.content.photos.len(), 1);
    })
    .await;
}

#[tokio::test]
async fn whether_a_live_product_can_be_had_is_switched_at_once_and_survives_review() {
    on_both_engines(async |app| {
        let (_, path, owner) = live(&app).await;
        let form = step(&owner, &format!("{path}/gia")).await.form("main form").fill("price", "60.000");
        form.submit().await.expect(200);
        let tasks = step(&owner, &path).await;
        let done = tasks.form("form[action$='/con-hang']").fill("availability", "sold_out").submit().await.expect(200);
        assert!(done.says("người mua thấy ngay"), "{done}");
        let live = product(&app, &path).await;
        assert_eq!(live.content.availability, Some(Availability::SoldOut));
        assert_ne!(live.content.price, Price::Exact(sanvat::amounts::Dong(60_000)));
        let written: ProductContent = serde_json::from_str(&revision(&app, &live).await.content).unwrap();
        assert_eq!(written.availability, Some(Availability::SoldOut));
        assert_eq!(app.count("SELECT COUNT(*) FROM audit_log WHERE action = 'product.availability'").await, 1);
        app.run_jobs().await;
    })
    .await;
}

#[tokio::test]
async fn what_an_officer_asks_to_change_stands_at_the_top_with_the_way_to_it() {
    on_both_engines(async |app| {
        let (_, short, owner) = producer(&app).await;
        let path = begin(&owner, &short, "Ổi lê").await;
        fill_in(&owner, &path).await;
        app.run_jobs().await;
        step(&owner, &format!("{path}/xem-lai")).await.form("main form").submit().await.expect(200);
        let fields = FieldNotes([("photos".to_owned(), "Ảnh hơi mờ.".to_owned())].into());
        let decision = Decision::AskChanges { note: "Gần xong rồi.".to_owned(), fields };
        decide(&app, &product(&app, &path).await, decision).await;
        let tasks = step(&owner, &path).await;
        assert!(tasks.says("Gần xong rồi.") && tasks.says("Ảnh hơi mờ."), "{tasks}");
        assert_eq!(tasks.attr(".note li a", "href"), format!("{path}/anh#f-photos"));
        assert!(step(&owner, &format!("{path}/anh")).await.says("Ảnh hơi mờ."));
        step(&owner, &format!("{path}/xem-lai")).await.form("main form").submit().await.expect(200);
        assert_eq!(product(&app, &path).await.state, State::Submitted);
    })
    .await;
}

#[tokio::test]
async fn a_product_taken_back_can_be_handed_in_again() {
    on_both_engines(async |app| {
        let (_, short, owner) = producer(&app).await;
        let path = begin(&owner, &short, "Ổi lê").await;
        fill_in(&owner, &path).await;
        app.run_jobs().await;
        let check = format!("{path}/xem-lai");
        step(&owner, &check).await.form("main form").submit().await.expect(200);
        step(&owner, &path).await.form("form[action$='/rut']").submit().await.expect(200);
        assert_eq!(product(&app, &path).await.state, State::Withdrawn);
        step(&owner, &check).await.form("main form").submit().await.expect(200);
        assert_eq!(product(&app, &path).await.state, State::Submitted);
    })
    .await;
}

#[tokio::test]
async fn photos_are_judged_one_by_one_and_kept_to_eight() {
    on_both_engines(async |app| {
        let (_, short, owner) = producer(&app).await;
        let path = begin(&owner, &short, "Ổi lê").await;
        let page = format!("{path}/anh");
        let form = step(&owner, &page).await.form("main form").attach("photos", "tot.png", "image/png", png(1));
        let form = form.attach("photos", "gia.png", "image/png", b"<!doctype html><p>Khong phai anh".to_vec());
        let answer = form.press("lam=len").await.expect(422);
        assert!(answer.error_of("photos").contains("gia.png"), "{answer}");
        assert_eq!(answer.count(".photos img"), 1, "the good one is kept");
        let mut form = step(&owner, &page).await.form("main form");
        for shade in 2..12 {
            form = form.attach("photos", "them.png", "image/png", png(shade));
        }
        let answer = form.press("lam=len").await.expect(422);
        assert!(answer.says("Tối đa 8 ảnh: 3 ảnh"), "{answer}");
        let before = product(&app, &path).await.content.photos;
        assert_eq!(before.len(), 8);
        let form = step(&owner, &page).await.form("main form");
        form.press(&format!("lam=chinh-{}", before[2])).await.expect(200);
        let form = step(&owner, &page).await.form("main form");
        form.press(&format!("lam=bo-{}", before[0])).await.expect(200);
        let after = product(&app, &path).await.content.photos;
        assert_eq!((after[0], after.len()), (before[2], 7));
        assert!(!after.contains(&before[0]));
        app.run_jobs().await;
    })
    .await;
}

#[tokio::test]
async fn a_certificate_keeps_its_file_while_its_dates_are_mended() {
    on_both_engines(async |app| {
        let (_, short, owner) = producer(&app).await;
        let path = begin(&owner, &short, "Ổi lê").await;
        let form = step(&owner, &format!("{path}/giay-to/moi")).await.form("main form");
        let form = form.fill("kind", "vietgap").fill("issued_on", "31/02/2026").fill("expires_on", "01/01/2028");
        let page = form.attach("file", "giay.png", "image/png", png(200)).submit().await.expect(422);
        assert!(page.error_of("issued_on").contains("31/02/2026"), "{page}");
        let form = page.form("main form").fill("issued_on", "15/06/2026");
        let page = form.submit().await.expect(422);
        assert!(page.error_of("issued_on").contains("chưa tới"), "{page}");
        let form = page.form("main form").fill("issued_on", "01/02/2026");
        let list = form.submit().await.expect(200);
        assert_eq!(list.count(".rows a"), 1);
        let certificates = product(&app, &path).await.content.certificates;
        assert!(certificates[0].file.is_some(), "the paper sent with the first try is kept");
        let edit = step(&owner, &format!("{path}/giay-to/{}", certificates[0].id)).await;
        edit.form("form[action$='/bo']").submit().await.expect(200);
        assert!(product(&app, &path).await.content.certificates.is_empty());
        app.run_jobs().await;
    })
    .await;
}

#[tokio::test]
async fn a_certificate_takes_no_file_of_another_producer() {
    on_both_engines(async |app| {
        let (_, short, owner) = producer(&app).await;
        let path = begin(&owner, &short, "Ổi lê").await;
        let form = step(&owner, &format!("{path}/giay-to/moi")).await.form("main form").fill("kind", "vietgap");
        form.attach("file", "giay.png", "image/png", png(200)).submit().await.expect(200);
        let file = product(&app, &path).await.content.certificates[0].file.unwrap();
        let (_, other, stranger) = producer(&app).await;
        let path = begin(&stranger, &other, "Chuối").await;
        let form = step(&stranger, &format!("{path}/giay-to/moi")).await.form("main form").fill("kind", "vietgap");
        form.tamper("kept", &file.to_string()).submit().await.expect(200);
        assert_eq!(product(&app, &path).await.content.certificates[0].file, None);
        app.run_jobs().await;
    })
    .await;
}

#[tokio::test]
async fn every_page_keeps_the_rules_in_both_languages() {
    on_both_engines(async |app| {
        let (_, path, owner) = live(&app).await;
        let lists = ["/cua-toi/san-pham".to_owned(), "/cua-toi/san-pham/moi".to_owned()];
        for lang in Lang::ALL {
            for page in PAGES.iter().map(|page| format!("{path}{page}")).chain(lists.clone()) {
                let page = step(&owner, &format!("{page}?lang={}", lang.tag())).await;
                let faults = html::faults(&page, lang);
                assert!(faults.is_empty(), "{}: {}", page.url(), faults.join("\n"));
            }
        }
    })
    .await;
}
