//! A session that ended while somebody was filling in a form: after the login everything typed is still there.

use std::io::Cursor;

use sanvat::ids::UserId;
use sanvat::products::model::{Product, ProductContent};
use sanvat::web::i18n::Lang;

use crate::support::{Form, PASSWORD, Page, TestApp, Visitor, html, on, on_both_engines};

const PHONE: &str = "0912345678";
const LONG_AWAY: std::time::Duration = std::time::Duration::from_secs(61 * 24 * 3600);

fn png() -> Vec<u8> {
    let picture = image::RgbImage::from_pixel(64, 48, image::Rgb([40, 90, 60]));
    let mut bytes = Cursor::new(Vec::new());
    picture.write_to(&mut bytes, image::ImageFormat::Png).unwrap();
    bytes.into_inner()
}

/// Somebody with a password, and an approved product of theirs.
async fn owner(app: &TestApp) -> (Visitor, Product) {
    let visitor = app.register("Hộ mẫu", PHONE).await;
    let id: uuid::Uuid = {
        let mut conn = app.read().await;
        let mut cx = conn.cx();
        on!(cx, c => sqlx::query_scalar("SELECT id FROM users").fetch_one(c).await).unwrap()
    };
    let village = app.village("Đông").await;
    let producer = app.producer().in_village(village).owned_by(UserId(id)).approved().create().await;
    let fresh = |content: &mut ProductContent| "food-fresh-produce".clone_into(&mut content.category);
    let product = app.product().of(producer.id).with(fresh).approved().create().await;
    (visitor, product)
}

/// Sends a form after the session has ended and logs in again; comes back with the form that sends it on.
async fn logs_in_again(app: &TestApp, form: Form) -> Form {
    app.later(LONG_AWAY);
    let again = form.submit().await.expect(401);
    assert_eq!(again.h1(), "Phiên đã hết, nội dung còn nguyên");
    assert_eq!(html::faults(&again, Lang::Vi), Vec::<String>::new());
    let login = again.form("form[action='/dang-nhap']").fill("phone", PHONE).fill("password", PASSWORD);
    let resume = login.submit().await.expect(200);
    assert_eq!(resume.h1(), "Gửi tiếp nội dung vừa nhập");
    assert_eq!(html::faults(&resume, Lang::Vi), Vec::<String>::new());
    resume.form("main form")
}

async fn form_of(visitor: &Visitor, path: &str) -> Form {
    visitor.get(path).await.expect(200).form("main form")
}

/// What a page's form holds under a name.
fn held(page: &Page, name: &str) -> String {
    page.form("main form").value(name)
}

#[tokio::test]
async fn the_steps_of_a_producers_registration_are_kept_over_the_login() {
    on_both_engines(async |app| {
        let village = app.village("Đông").await.to_string();
        let visitor = app.register("Hộ mẫu", PHONE).await;
        // The very first question: nothing is stored yet.
        let first = form_of(&visitor, "/cua-toi/co-so/moi").await.choose("kind", "cooperative");
        let place = logs_in_again(&app, first).await.submit().await.expect(200);
        assert_eq!(app.count("SELECT COUNT(*) FROM producers").await, 1);
        let path = place.url().path().trim_end_matches("/noi").to_owned();

        let form = place.form("main form").fill("name", "Vườn \"vải\" <b> mẫu").fill("village", &village);
        let form = form.fill("address", "Xóm 2, bờ sông").choose("address_seen", "all");
        let sent_on = logs_in_again(&app, form).await;
        assert_eq!(sent_on.value("name"), "Vườn \"vải\" <b> mẫu");
        sent_on.submit().await.expect(200);
        let stored = visitor.get(&format!("{path}/noi")).await.expect(200);
        assert_eq!(held(&stored, "name"), "Vườn \"vải\" <b> mẫu");
        assert_eq!((held(&stored, "address"), held(&stored, "address_seen")), ("Xóm 2, bờ sông".into(), "all".into()));

        let story = "Ba đời chăm vườn.\r\nTừ năm 1987.";
        let form = form_of(&visitor, &format!("{path}/gioi-thieu")).await.fill("story", story);
        logs_in_again(&app, form).await.submit().await.expect(200);
        let stored = visitor.get(&format!("{path}/gioi-thieu")).await.expect(200);
        assert_eq!(held(&stored, "story"), story);
    })
    .await;
}

#[tokio::test]
async fn the_steps_of_a_product_are_kept_over_the_login() {
    on_both_engines(async |app| {
        let (visitor, product) = owner(&app).await;
        let path = format!("/cua-toi/san-pham/{}", product.short);
        let form = form_of(&visitor, &format!("{path}/mo-ta")).await.fill("description", "Cùi dày, hạt nhỏ.");
        logs_in_again(&app, form).await.submit().await.expect(200);
        let stored = visitor.get(&format!("{path}/mo-ta")).await.expect(200);
        assert_eq!(held(&stored, "description"), "Cùi dày, hạt nhỏ.");

        // What can't be taken is told on the step's own page, with what was typed.
        let form = form_of(&visitor, &format!("{path}/gia")).await.choose("price_kind", "exact");
        let wrong = logs_in_again(&app, form.fill("price", "hai mươi")).await.submit().await.expect(422);
        assert!(!wrong.error_of("price").is_empty(), "{wrong}");
        assert_eq!(held(&wrong, "price"), "hai mươi");

        let form = form_of(&visitor, &format!("{path}/noi-ban")).await.fill("name_0", "Chợ phiên");
        logs_in_again(&app, form).await.submit().await.expect(200);
        assert_eq!(held(&visitor.get(&format!("{path}/noi-ban")).await.expect(200), "name_0"), "Chợ phiên");
    })
    .await;
}

#[tokio::test]
async fn a_certificate_keeps_its_texts_and_asks_for_its_file_again() {
    on_both_engines(async |app| {
        let (visitor, product) = owner(&app).await;
        let path = format!("/cua-toi/san-pham/{}/giay-to", product.short);
        let form =
            form_of(&visitor, &format!("{path}/moi")).await.fill("number", "VG-12/2026").fill("issuer", "Trạm mẫu");
        let kind = "select[name=kind] option[value]:not([value=''])";
        let page = visitor.get(&format!("{path}/moi")).await.expect(200);
        let form = match page.attrs(kind, "value").first() {
            Some(kind) => form.fill("kind", kind),
            None => form.choose("kind", &page.attr("input[name=kind]", "value")),
        };
        let form = form.attach("file", "giay.png", "image/png", png());
        let sent_on = logs_in_again(&app, form).await;
        assert_eq!((sent_on.value("number"), sent_on.value("issuer")), ("VG-12/2026".into(), "Trạm mẫu".into()));
        assert_eq!(
            app.count("SELECT COUNT(*) FROM files").await,
            0,
            "nothing is kept of somebody who is not logged in"
        );
        sent_on.attach("file", "giay.png", "image/png", png()).submit().await.expect(200);
        assert!(visitor.get(&path).await.expect(200).says("VG-12/2026"));
        assert_eq!(app.count("SELECT COUNT(*) FROM files").await, 1);
    })
    .await;
}

#[tokio::test]
async fn a_lot_and_a_step_of_the_diary_are_kept_over_the_login() {
    on_both_engines(async |app| {
        let (visitor, product) = owner(&app).await;
        let form = form_of(&visitor, &format!("/cua-toi/lo/moi?san-pham={}", product.short)).await;
        let form = form.fill("quantity", "120").fill("place_name", "Vườn số 3");
        let sent_on = logs_in_again(&app, form).await;
        assert_eq!(app.count("SELECT COUNT(*) FROM lots").await, 0);
        let lot = sent_on.submit().await.expect(200);
        assert!(lot.says("Vườn số 3"), "{lot}");

        let path = lot.url().path().to_owned();
        let form = form_of(&visitor, &format!("{path}/ghi?viec=fresh.spray")).await;
        let form = form.fill("input_name", "Chế phẩm Bt mẫu").fill("withholding_days", "7");
        let form = form.attach("anh", "vuon.png", "image/png", png());
        let sent_on = logs_in_again(&app, form).await;
        assert_eq!(sent_on.value("input_name"), "Chế phẩm Bt mẫu");
        let done = sent_on.attach("anh", "vuon.png", "image/png", png()).submit().await.expect(200);
        assert_eq!(done.texts(".way h3"), ["Phun thuốc, chế phẩm"]);
        assert_eq!(app.count("SELECT COUNT(*) FROM trace_event_files").await, 1);
        app.run_jobs().await;
    })
    .await;
}
