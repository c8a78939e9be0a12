//! Markup typed into every field there is: it is stored as typed and shown as text, and no page, no JSON-LD, no
//! export is broken by it.

use std::io::Cursor;

use calamine::{Reader, Xlsx};
use sanvat::accounts::model::Role;
use sanvat::labels::model::code_of;
use sanvat::producers::store as producers;
use sanvat::products::store as products;

use crate::support::crawl::{Report, crawl_for};
use crate::support::{Form, PASSWORD, Page, TestApp, Visitor, html, on, on_both_engines};

/// As typed: with a letter in two parts, as some keyboards send it.
const TYPED: &str = "<script>alert('x1')</script>\"'><img src=x onerror=x>Va\u{309}i";
/// As it is kept.
const KEPT: &str = "<script>alert('x1')</script>\"'><img src=x onerror=x>Vải";
/// A part of it that shows wherever it is shown, split by nothing.
const SHOWN: &str = "alert('x1')";
const PHONE: &str = "0912345678";

fn png() -> Vec<u8> {
    let picture = image::RgbImage::from_pixel(64, 48, image::Rgb([120, 90, 60]));
    let mut bytes = Cursor::new(Vec::new());
    picture.write_to(&mut bytes, image::ImageFormat::Png).unwrap();
    bytes.into_inner()
}

fn is_safe(page: &Page) {
    if page.is_html() {
        let faults = html::faults(page, sanvat::web::i18n::Lang::Vi);
        assert_eq!(faults, Vec::<String>::new(), "{page}");
        assert!(!page.has("[onerror]") && !page.has("img[src=x]"), "{page}");
    }
}

/// Types markup into every text field and sends the form. Where a field refuses it, it comes back as typed, and the
/// form goes again with what `valid` says (else nothing) in that field.
async fn storm(form: Form, css: &str, button: &str, valid: &[(&str, &str)]) -> Page {
    let send = async |form: Form| if button.is_empty() { form.submit().await } else { form.press(button).await };
    let names: Vec<String> = form.text_names().into_iter().map(str::to_owned).collect();
    let mut page = send(names.iter().fold(form, |form, name| form.fill(name, TYPED))).await;
    for _ in 0..3 {
        is_safe(&page);
        if page.code() != 422 {
            return page;
        }
        let mut again = page.form(css);
        for name in &names {
            let refused = !page.error_of(name).is_empty();
            if refused && again.value(name) == KEPT {
                let instead = valid.iter().find(|(field, _)| field == name).map_or("", |(_, value)| value);
                again = again.fill(name, instead);
            } else {
                let held = again.value(name);
                let instead = valid.iter().any(|(field, value)| field == name && *value == held);
                assert!(
                    held == KEPT || instead || held.is_empty(),
                    "{name} lost what was typed, holds {held:?}: {page}"
                );
            }
        }
        if page.has("input[name=van-ghi]") {
            again = again.tamper("van-ghi", "1");
        }
        page = send(again).await;
    }
    page
}

async fn open(visitor: &Visitor, path: &str, css: &str) -> Form {
    visitor.get(path).await.expect(200).form(css)
}

/// Tells of a producer by its forms; returns the path of its tasks.
async fn tell_of_producer(visitor: &Visitor, village: &str) -> String {
    let main = "main form";
    let first = open(visitor, "/cua-toi/co-so/moi", main).await.choose("kind", "household");
    let place = first.submit().await.expect(200);
    let path = place.url().path().trim_end_matches("/noi").to_owned();
    let step = async |name: &str| open(visitor, &format!("{path}/{name}"), main).await;
    let form = step("noi").await.fill("village", village).choose("address_seen", "all");
    storm(form, main, "Tiếp tục", &[]).await.expect(200);
    let form = step("lien-he").await.choose("representative_seen", "all").choose("phone_seen", "all");
    storm(form, main, "Tiếp tục", &[("phone", PHONE)]).await.expect(200);
    storm(step("thue").await.choose("tax_answer", "unknown"), main, "Tiếp tục", &[]).await.expect(200);
    storm(step("gioi-thieu").await, main, "Tiếp tục", &[("website", "https://mau.example")]).await.expect(200);
    let form = step("anh").await.attach("picture", TYPED, "image/png", png());
    form.press("Tiếp tục").await.expect(200);
    step("tem").await.choose("labels", "all").submit().await.expect(200);
    path
}

/// Tells of a product by its forms; returns the path of its tasks.
async fn tell_of_product(visitor: &Visitor, producer: &str) -> String {
    let main = "main form";
    let form = open(visitor, &format!("/cua-toi/san-pham/moi?co-so={producer}"), main).await;
    let photos = storm(form.choose("category", "food-fresh-produce"), main, "", &[]).await.expect(200);
    let path = photos.url().path().trim_end_matches("/anh").to_owned();
    let step = async |name: &str| open(visitor, &format!("{path}/{name}"), main).await;
    step("anh").await.attach("photos", TYPED, "image/png", png()).press("lam=len").await.expect(200);
    storm(step("mo-ta").await, main, "", &[]).await.expect(200);
    let form = step("gia").await.choose("price_kind", "exact").fill("unit", "kg");
    storm(form, main, "", &[("price", "22.000")]).await.expect(200);
    let form = step("mua-vu").await.choose("season_kind", "all").choose("availability", "in_stock");
    storm(form, main, "", &[("shelf_life_days", "7")]).await.expect(200);
    storm(step("nguon-goc").await, main, "", &[]).await.expect(200);
    let page = visitor.get(&format!("{path}/giay-to/moi")).await.expect(200);
    let form = page.form(main).fill("kind", "vietgap").attach("file", TYPED, "image/png", png());
    storm(form, main, "", &[("issued_on", "01/06/2026"), ("expires_on", "01/06/2027")]).await.expect(200);
    storm(step("noi-ban").await, main, "", &[("url_0", "https://mau.example/cho")]).await.expect(200);
    path
}

/// Hands in, is asked for changes in markup, hands in again, is approved.
async fn through_review(app: &TestApp, owner: &Visitor, officer: &Visitor, check: &str, choose: &str) {
    for press in ["quyet=sua", "quyet=duyet"] {
        app.run_jobs().await;
        let sent = open(owner, check, "main form").await.submit().await.expect(200);
        is_safe(&sent);
        let desk = officer.get("/van-phong").await.expect(200);
        let form = desk.form("form[action^='/van-phong/duyet/']").choose("muc", choose);
        let done = storm(form, "form[action^='/van-phong/duyet/']", press, &[]).await.expect(200);
        is_safe(&done);
    }
    app.run_jobs().await;
}

/// What was made of it all.
struct Told {
    producer: String,
    product: String,
    lot: String,
    label: String,
    owner: Visitor,
    officer: Visitor,
    helper: Visitor,
}

/// Uses every form there is.
async fn everything(app: &TestApp) -> Told {
    let main = "main form";
    let admin = app.person(KEPT).await;
    app.grant(admin, Role::Admin, None, None).await;
    let officer = app.enter(admin).await;
    storm(
        open(&officer, "/van-phong/thon", "form[action='/van-phong/thon']").await,
        "form[action='/van-phong/thon']",
        "",
        &[],
    )
    .await
    .expect(200);
    let village = {
        let mut conn = app.read().await;
        producers::villages(&mut conn.cx(), app.commune).await.unwrap()[0].clone()
    };
    assert_eq!(village.name, KEPT);
    let form = open(&officer, "/van-phong/nguoi-dung", "form[action='/van-phong/nguoi-dung']").await;
    let form = form.fill("vai-tro", "viewer");
    storm(form, "form[action='/van-phong/nguoi-dung']", "", &[("phone", "0987 111 222")]).await.expect(200);

    let visitor = app.visitor();
    let form = open(&visitor, "/dang-ky", "form[action='/dang-ky']").await.fill("password", PASSWORD);
    let form = form.fill("name", TYPED).fill("phone", PHONE);
    form.submit().await.expect(200);
    let owner = visitor;
    let producer = tell_of_producer(&owner, &village.id.to_string()).await;
    through_review(app, &owner, &officer, &format!("{producer}/xem-lai"), "story").await;
    let short = producer.rsplit('/').next().unwrap().to_owned();
    let product = tell_of_product(&owner, &short).await;
    through_review(app, &owner, &officer, &format!("{product}/xem-lai"), "description").await;
    let product_short = product.rsplit('/').next().unwrap().to_owned();

    let form = open(&owner, &format!("/cua-toi/noi/moi?co-so={short}"), main).await;
    let kind = owner.get(&format!("/cua-toi/noi/moi?co-so={short}")).await.attr("input[name=kind]", "value");
    storm(form.choose("kind", &kind), main, "", &[]).await.expect(200);
    let places = owner.get(&format!("/cua-toi/noi?co-so={short}")).await.expect(200);
    let place = places.attr("main .rows a", "href");
    storm(open(&owner, &format!("{place}/sua"), main).await, main, "", &[]).await.expect(200);
    let form = open(&owner, &format!("{place}/giay-to/moi"), main).await.fill("kind", "vietgap");
    let valid = [("area", "2,5"), ("issued_on", "01/06/2026"), ("expires_on", "01/06/2027")];
    storm(form, main, "", &valid).await.expect(200);
    let css = "form[action^='/van-phong/noi/']";
    storm(open(&officer, "/van-phong/noi", css).await, css, "quyet=duyet", &[]).await.expect(200);
    let new_lot = async || {
        let page = owner.get(&format!("/cua-toi/lo/moi?san-pham={product_short}")).await.expect(200);
        let place = page.attrs("select[name=place] option", "value").into_iter().find(|id| !id.is_empty()).unwrap();
        let valid = [("made_on", "14/06/2026"), ("best_before", "21/06/2026"), ("quantity", "120")];
        let lot = storm(page.form(main).fill("place", &place), main, "", &valid).await.expect(200);
        lot.url().path().to_owned()
    };
    let (lot, recalled) = (new_lot().await, new_lot().await);
    let mut recorded = 0;
    for key in ["fresh.spray", "fresh.water", "fresh.harvest", "fresh.pack", "fresh.ship"] {
        let page = owner.get(&format!("{lot}/ghi?viec={key}")).await;
        if page.code() != 200 || !page.has(main) {
            continue;
        }
        let valid = [
            ("ngay", "14/06/2026"),
            ("gio", "14:05"),
            ("quantity", "30"),
            ("withholding_days", "0"),
            ("temperature", "4"),
        ];
        let form = page.form(main).attach("anh", TYPED, "image/png", png());
        recorded += i32::from(storm(form, main, "", &valid).await.code() == 200);
    }
    assert!(recorded >= 3, "only {recorded} steps were recorded");
    let wrong = owner.get(&lot).await.expect(200).attr(".way a.back", "href");
    let form = open(&owner, &wrong, main).await.choose("reason", "did_not_occur");
    storm(form, main, "", &[]).await.expect(200);
    let form = open(&owner, &format!("{lot}/giao"), main).await.choose("ben", "ngoai").choose("dong-y", "1");
    storm(form, main, "", &[("quantity", "10"), ("ngay", "14/06/2026"), ("dien-thoai", PHONE)]).await.expect(200);
    let code = lot.rsplit('/').next().unwrap().to_owned();
    let form = open(&owner, &format!("/cua-toi/tem/moi?lo={code}"), main).await.choose("loai", "lot");
    storm(form, main, "", &[("so-tem", "5")]).await.expect(200);
    let form = open(&owner, &format!("{recalled}/thu-hoi"), main).await.choose("grade", "harm");
    storm(form, main, "", &[]).await.expect(200);
    let recalled = recalled.rsplit('/').next().unwrap();
    let form = open(&officer, &format!("/van-phong/lo/{recalled}/thu-hoi"), main).await.choose("kieu", "drill");
    let draft = form.submit().await.expect(200).url().path().to_owned();
    let css = "main form:not([action])";
    let form = open(&officer, &draft, css).await.choose("grade", "danger");
    storm(form, css, "", &[]).await.expect(200);

    let label = label(app).await;
    let buyer = app.visitor();
    let form = open(&buyer, &format!("{label}/danh-gia"), main).await.choose("sao", "1");
    storm(form, main, "", &[]).await.expect(200);
    storm(open(&buyer, &format!("{label}/bao"), main).await, main, "", &[("phone", PHONE)]).await.expect(200);
    let page = buyer.get(&format!("/s/{product_short}")).await.expect(200);
    storm(page.form("form[action*='hoi-mua#']"), "form[action*='hoi-mua#']", "", &[("phone", PHONE)]).await.expect(200);

    for _ in 0..2 {
        let form =
            open(&officer, &format!("/van-phong/ho-tro/moi?co-so={short}"), main).await.fill("loai", "packaging");
        let valid =
            [("ngay", "10/06/2026"), ("so-luong", "2"), ("don-vi", "cái"), ("duyet", "500000"), ("chi", "400000")];
        let page = storm(form, main, "", &valid).await.expect(200);
        if page.has("input[name=van-ghi]") {
            is_safe(&page.form(main).submit().await.expect(200));
        }
    }
    let list = officer.get("/van-phong/ho-tro").await.expect(200);
    let record = list.attr("tbody td a", "href");
    let valid = [
        ("ngay", "10/06/2026"),
        ("so-luong", "2"),
        ("don-vi", "cái"),
        ("duyet", "500000"),
        ("so-ket-qua", "2"),
        ("don-vi-ket-qua", "kg"),
    ];
    for step in ["sua", "ket-qua"] {
        storm(open(&officer, &format!("{record}/{step}"), main).await, main, "", &valid).await.expect(200);
    }
    let form = open(&officer, "/van-phong/ho-tro/chuong-trinh/moi", main).await;
    storm(form, main, "", &[("nam", "2026"), ("kinh-phi", "9000000")]).await.expect(200);
    let form = open(&officer, "/van-phong/ho-tro/noi-dung/moi", main).await;
    storm(form, main, "", &[("thang", "12")]).await.expect(200);
    let form = open(&owner, &format!("/cua-toi/ho-tro/moi?co-so={short}"), main).await.fill("loai", "packaging");
    storm(form, main, "", &[]).await.expect(200);
    let list = officer.get("/van-phong/ho-tro/nhu-cau").await.expect(200);
    let form = open(&officer, &list.attr("tbody td a", "href"), main).await.choose("tra-loi", "later");
    storm(form, main, "", &[]).await.expect(200);
    let void = format!("{record}/bo");
    storm(open(&officer, &void, main).await, main, "", &[]).await.expect(200);
    let form =
        open(&officer, &format!("/van-phong/san-pham/{product_short}"), "form[action$=ocop]").await.fill("sao", "4");
    storm(form, "form[action$=ocop]", "", &[("ngay", "01/06/2026"), ("co-quan", "UBND thành phố")]).await.expect(200);
    for action in ["tam-dung", "hien-lai"] {
        let css = format!("form[action$={action}]");
        storm(open(&officer, &format!("/van-phong/co-so/{short}"), &css).await, &css, "", &[]).await.expect(200);
    }
    let file = format!("{0};Tên cơ sở;Thôn\n1;{0};{0}\n", format!("\"{}\"", TYPED.replace('"', "\"\"")));
    let form = open(&officer, "/van-phong/nhap", "form[enctype]").await.attach("tep", TYPED, "text/csv", file.into());
    is_safe(&form.submit().await.expect(200));
    let helper = app.helper(village.id).await;
    let agree = helper.get(&format!("{producer}/dong-y")).await.expect(200).form(main).choose("how", "met");
    storm(agree, main, "", &[("when", "13/06/2026")]).await.expect(200);
    app.run_jobs().await;
    Told { producer: short, product: product_short, lot: code, label, owner, officer, helper }
}

/// Address of the first label.
async fn label(app: &TestApp) -> String {
    let id: i64 = {
        let mut conn = app.read().await;
        let mut cx = conn.cx();
        on!(cx, c => sqlx::query_scalar("SELECT id FROM labels ORDER BY id LIMIT 1").fetch_one(c).await).unwrap()
    };
    format!("/t/{}", code_of(app.commune, id).unwrap().compact())
}

fn nothing_ran(report: &Report, who: &str, at_least: usize) {
    assert!(report.faults.is_empty(), "{who}: {:#?}", report.faults);
    let shown = &report.shown;
    assert!(shown.len() >= at_least, "{who} saw what was typed on {} pages only: {shown:?}", shown.len());
}

#[tokio::test]
async fn markup_in_every_field_stays_text_on_every_page() {
    on_both_engines(async |app| {
        support_kind(&app).await;
        let told = everything(&app).await;
        stored_as_typed(&app, &told).await;
        machines_read_it(&app, &told).await;
        exports_hold_it(&told.officer).await;
        if app.app.db.is_shared() {
            return; // How a page shows a text knows nothing of the engine, and there are many pages.
        }
        let public = ["/", "/san-pham", "/san-pham?q=alert", "/co-so", &told.label, "/thu-hoi", "/sitemap.xml"];
        nothing_ran(&crawl_for(&app.visitor(), &public, SHOWN).await, "a visitor", 7);
        let lot = format!("/cua-toi/lo/{}", told.lot);
        let own = ["/cua-toi", "/cua-toi/hoi-mua", "/tai-khoan", lot.as_str()];
        nothing_ran(&crawl_for(&told.owner, &own, SHOWN).await, "the producer", 25);
        nothing_ran(&crawl_for(&told.helper, &["/ho-tro"], SHOWN).await, "a helper", 3);
        let office = ["/van-phong", "/van-phong/ho-tro", "/van-phong/lo", "/van-phong/thon", "/van-phong/nguoi-dung"];
        nothing_ran(&crawl_for(&told.officer, &office, SHOWN).await, "an officer", 12);
    })
    .await;
}

async fn stored_as_typed(app: &TestApp, told: &Told) {
    let mut conn = app.read().await;
    let producer = producers::by_short(&mut conn.cx(), app.commune, &told.producer).await.unwrap().unwrap();
    let c = &producer.content;
    for text in [&c.name, &c.address, &c.representative, &c.story] {
        assert_eq!(text, KEPT);
    }
    let product = products::by_short(&mut conn.cx(), app.commune, &told.product).await.unwrap().unwrap();
    let c = &product.content;
    for text in [&c.name, &c.name_en, &c.description, &c.story, &c.warnings, &c.origin, &c.standards, &c.storage] {
        assert_eq!(text, KEPT);
    }
    assert_eq!((c.channels[0].name.as_str(), c.certificates[0].issuer.as_str()), (KEPT, KEPT));
    drop(conn);
    for sql in [
        "SELECT COUNT(*) FROM enquiries WHERE message LIKE '%</script>\"''><img%Vải'",
        "SELECT COUNT(*) FROM lots WHERE recall_reason LIKE '<script>%Vải'",
        "SELECT COUNT(*) FROM recalls WHERE kind = 'drill' AND notice LIKE '<script>%Vải'",
        "SELECT COUNT(*) FROM parties WHERE name LIKE '<script>%Vải'",
        "SELECT COUNT(*) FROM support_records WHERE void_reason LIKE '<script>%Vải'",
    ] {
        assert_eq!(app.count(sql).await, 1, "{sql}");
    }
}

async fn machines_read_it(app: &TestApp, told: &Told) {
    let program = app.visitor().program();
    let found = program.get("/api/v1/products").await.expect(200).json();
    assert_eq!(found["items"][0]["name"], KEPT);
    let scanned = program.get(&told.label).await.expect(200).json();
    assert_eq!(scanned["product"]["name"], KEPT, "{scanned}");
    program.get(&format!("{}/epcis.json", told.label)).await.expect(200).json();
    // The block for search engines is one whole JSON text, whatever stands in it.
    let page = app.visitor().get(&format!("/s/{}", told.product)).await.expect(200);
    let dom = page.dom();
    let css = scraper::Selector::parse("script[type='application/ld+json']").unwrap();
    let block: String = dom.select(&css).next().expect("a block for search engines").text().collect();
    let block: serde_json::Value = serde_json::from_str(&block).unwrap();
    assert!(block.to_string().contains("alert('x1')</script>"), "{block}");
}

async fn exports_hold_it(officer: &Visitor) {
    let full = "nhap/xuat/producers nhap/xuat/products nhap/xuat/support";
    for list in format!("co-so/tai san-pham/tai ho-tro/tai ho-tro/danh-sach/tai {full}").split(' ') {
        let list = format!("/van-phong/{list}");
        let form = open(officer, &format!("{list}?dang=csv"), "main form").await;
        let csv = form.fill("muc-dich", TYPED).submit().await.expect(200).body();
        let mut reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(csv.as_bytes());
        let cells: Vec<String> =
            reader.records().flat_map(|row| row.unwrap().iter().map(str::to_owned).collect::<Vec<_>>()).collect();
        assert!(cells.iter().any(|cell| cell == KEPT), "{list}: {csv}");
        let form = open(officer, &format!("{list}?dang=xlsx"), "main form").await;
        let file = form.fill("muc-dich", TYPED).submit().await.expect(200);
        let mut book: Xlsx<_> = Xlsx::new(Cursor::new(file.bytes().to_vec())).unwrap();
        let sheet = book.sheet_names()[0].clone();
        let cells = book.worksheet_range(&sheet).unwrap();
        assert!(cells.rows().flatten().any(|cell| *cell == KEPT), "{list}: {cells:?}");
    }
}

/// A kind of support, as a fresh installation has it.
async fn support_kind(app: &TestApp) {
    let mut tx = app.begin().await;
    {
        let mut cx = tx.cx();
        let add = "INSERT INTO support_kinds (code, name_vi, name_en, position, hidden)
            VALUES ('packaging', 'Bao bì', 'Packaging', 1, FALSE) ON CONFLICT (code) DO NOTHING";
        on!(cx, c => sqlx::query(add).execute(c).await.map(drop)).unwrap();
    }
    tx.commit().await.unwrap();
}
