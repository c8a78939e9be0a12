//! `/cua-toi/noi/{id}`, `/van-phong/noi`: places, their growing-area codes and certificates, and what buyers see.

use sanvat::producers::model::ConsentField;
use sanvat::producers::store as producers;
use sanvat::web::i18n::Lang;

use crate::support::{Page, Sample, TestApp, Visitor, html, on_both_engines};

/// The page of the sample's one place.
async fn place(sample: &Sample) -> String {
    let list = sample.owner.get(&format!("/cua-toi/noi?co-so={}", sample.producer.short)).await.expect(200);
    assert_eq!(html::faults(&list, Lang::Vi), Vec::<String>::new());
    list.attr("main .rows a", "href")
}

async fn certificate(visitor: &Visitor, place: &str, fields: &[(&str, &str)]) -> Page {
    let form = visitor.get(&format!("{place}/giay-to/moi")).await.expect(200).form("main form");
    fields.iter().fold(form, |form, (name, value)| form.fill(name, value)).submit().await
}

/// Accepts the first certificate that waits.
async fn accept(officer: &Visitor) {
    let list = officer.get("/van-phong/noi").await.expect(200);
    let done = list.form("#cho ~ .card form").press("quyet=duyet").await.expect(200);
    assert!(done.says("Không có giấy nào chờ xem"), "{done}");
}

#[tokio::test]
async fn a_growing_area_shows_on_labels_once_the_office_accepted_it() {
    on_both_engines(async |app| {
        let sample = app.sample().await;
        let (place, officer) = (place(&sample).await, app.officer().await);
        let wrong = certificate(&sample.owner, &place, &[("number", "VN 1"), ("area", "2.5")]).await.expect(422);
        assert!(wrong.error_of("number").contains("4 đến 40"), "{wrong}");
        assert!(wrong.error_of("area").contains("héc-ta"), "{wrong}");
        assert_eq!(wrong.attr("#f-number", "value"), "VN 1");
        assert_eq!(html::faults(&wrong, Lang::Vi), Vec::<String>::new());
        let told = [("number", "vn-mau-0001"), ("market", "EU"), ("area", "2,5"), ("expires_on", "14/06/2026")];
        let page = certificate(&sample.owner, &place, &told).await.expect(200);
        assert!(page.says("VN-MAU-0001, thị trường EU, 2,5 ha") && page.says("Chờ xã xem"), "{page}");
        assert_eq!(html::faults(&page, Lang::Vi), Vec::<String>::new());
        assert!(!app.visitor().get(&sample.label).await.says("VN-MAU-0001"), "nobody has looked at it yet");
        let desk = officer.get("/van-phong").await.expect(200);
        assert!(desk.says("Giấy tờ nơi sản xuất (1 chờ)"), "{desk}");
        assert_eq!(app.viewer().await.get("/van-phong/noi").await.expect(200).count("main form"), 0);
        accept(&officer).await;
        let scan = app.visitor().get(&sample.label).await.expect(200);
        assert!(
            scan.texts(".facts dd").contains(&"VN-MAU-0001".to_owned()) && scan.says("thị trường EU, 2,5 ha"),
            "{scan}"
        );
        assert!(!scan.says("Đã hết hạn"), "{scan}");
        app.later(std::time::Duration::from_secs(24 * 3600));
        let scan = app.visitor().get(&sample.label).await.expect(200);
        assert!(scan.says("còn hạn lúc làm ra lô này") && scan.says("Đã hết hạn"), "{scan}");
        let json = app.visitor().program().get(&sample.label).await.json();
        assert_eq!(json["lot"]["growing_area"], "VN-MAU-0001");
        assert_eq!(json["certificates"][0]["valid_when_made"], true);
        assert!(sample.owner.get(&place).await.says("Hết hạn"));
        app.run_jobs().await;
    })
    .await;
}

#[tokio::test]
async fn a_certificate_of_another_time_says_nothing_of_the_lot() {
    on_both_engines(async |app| {
        let sample = app.sample().await;
        let (place, officer) = (place(&sample).await, app.officer().await);
        let over =
            [("kind", "vietgap"), ("number", "CŨ-01"), ("issued_on", "01/01/2024"), ("expires_on", "01/01/2026")];
        certificate(&sample.owner, &place, &over).await.expect(200);
        accept(&officer).await;
        assert!(!app.visitor().get(&sample.label).await.says("CŨ-01"));
        app.later(std::time::Duration::from_secs(3 * 24 * 3600));
        let later = [("kind", "vietgap"), ("number", "MỚI-01"), ("issued_on", "16/06/2026")];
        certificate(&sample.owner, &place, &later).await.expect(200);
        accept(&officer).await;
        let scan = app.visitor().get(&sample.label).await.expect(200);
        assert!(scan.says("MỚI-01; có sau khi làm ra lô này"), "{scan}");
        assert_eq!(html::faults(&scan, Lang::Vi), Vec::<String>::new());
        app.run_jobs().await;
    })
    .await;
}

#[tokio::test]
async fn turning_down_and_withdrawing_need_a_reason_and_are_seen_at_once() {
    on_both_engines(async |app| {
        let sample = app.sample().await;
        let (place, officer) = (place(&sample).await, app.officer().await);
        certificate(&sample.owner, &place, &[("number", "VN-MAU-0001")]).await.expect(200);
        let list = officer.get("/van-phong/noi").await.expect(200);
        assert_eq!(html::faults(&list, Lang::Vi), Vec::<String>::new());
        let form = list.form("#cho ~ .card form");
        let reason = form.names().into_iter().find(|name| name.starts_with("ly-do-")).unwrap().to_owned();
        let refused = form.clone().press("quyet=tu-choi").await.expect(422);
        assert!(refused.error_of(&reason).contains("lý do"), "{refused}");
        form.clone().fill(&reason, "Mã không có trong sổ").press("quyet=tu-choi").await.expect(200);
        assert_eq!(form.clone().press("quyet=duyet").await.code(), 409, "the second officer is told");
        let page = sample.owner.get(&place).await.expect(200);
        assert!(page.says("Không công nhận") && page.says("Mã không có trong sổ"), "{page}");
        // What an officer enters stands at once, until an officer takes it off.
        certificate(&officer, &place, &[("number", "VN-MAU-0002")]).await.expect(200);
        assert!(app.visitor().get(&sample.label).await.says("VN-MAU-0002"));
        let list = officer.get("/van-phong/noi").await.expect(200);
        let form = list.form("#dang ~ .card form");
        let reason = form.names().into_iter().find(|name| name.starts_with("ly-do-")).unwrap().to_owned();
        form.fill(&reason, "Hết hiệu lực").press("quyet=thoi").await.expect(200);
        assert!(!app.visitor().get(&sample.label).await.says("VN-MAU-0002"));
        let form = certificate(&sample.owner, &place, &[("number", "VN-MAU-0003")]).await.expect(200);
        form.form("main .rows form").submit().await.expect(200);
        assert_eq!(app.count("SELECT COUNT(*) FROM place_certificates WHERE state = 'withdrawn'").await, 2);
        assert_eq!(app.count("SELECT COUNT(*) FROM audit_log WHERE subject_kind = 'place_certificate'").await, 6);
        assert_eq!(sample.owner.get("/van-phong/noi").await.code(), 403);
        assert_eq!(sample.owner.post("/van-phong/noi/x", &[("quyet", "duyet")]).await.code(), 403);
        assert_eq!(officer.post("/van-phong/noi/x", &[("quyet", "duyet")]).await.code(), 404);
        app.run_jobs().await;
    })
    .await;
}

#[tokio::test]
async fn a_place_is_changed_and_the_second_editor_is_told() {
    on_both_engines(async |app| {
        let sample = app.sample().await;
        let place = place(&sample).await;
        let form = sample.owner.get(&format!("{place}/sua")).await.expect(200).form("main form");
        let wrong = form.clone().fill("gln", "9506000134353").fill("name", "").submit().await.expect(422);
        assert!(wrong.error_of("gln").contains("Số cuối") && wrong.error_of("name").contains("tên gọi"), "{wrong}");
        assert_eq!(wrong.attr("#f-gln", "value"), "9506000134353");
        let first =
            form.clone().fill("name", "Vườn trên").fill("gln", "9506000134352").fill("address", "cạnh trạm bơm");
        let saved = first.submit().await.expect(200);
        assert_eq!(saved.h1(), "Vườn trên");
        assert!(saved.says("9506000134352") && saved.says("Cơ sở đã đồng ý công khai"), "{saved}");
        let second = form.fill("name", "Vườn dưới").submit().await.expect(409);
        assert!(second.says("Người khác vừa sửa"), "{second}");
        assert_eq!(second.attr("#f-name", "value"), "Vườn dưới");
        assert_eq!(html::faults(&second, Lang::Vi), Vec::<String>::new());
        second.form("main form").submit().await.expect(200);
        assert_eq!(app.count("SELECT COUNT(*) FROM audit_log WHERE action = 'place.change'").await, 2);
        let stranger = app.register("Người lạ", "0987654321").await;
        for path in ["", "/sua", "/giay-to/moi"] {
            stranger.get(&format!("{place}{path}")).await.expect(404);
        }
        assert_eq!(stranger.post(&format!("{place}/sua"), &[("name", "x")]).await.code(), 404);
        let list = sample.owner.get(&format!("/cua-toi/noi?co-so={}", sample.producer.short)).await.expect(200);
        list.form("main .rows form").submit().await.expect(200);
        assert_eq!(app.count("SELECT COUNT(*) FROM audit_log WHERE action = 'place.set_aside'").await, 1);
        let water = sample.owner.get(&format!("{}/ghi?viec=fresh.water", sample.lot)).await.expect(200);
        assert!(!water.says("Vườn dưới"), "it is offered no longer: {water}");
    })
    .await;
}

#[tokio::test]
async fn where_a_place_is_exactly_is_told_with_consent_only() {
    on_both_engines(async |app| {
        let sample = app.sample().await;
        let place = place(&sample).await;
        let form = sample.owner.get(&format!("{place}/sua")).await.expect(200).form("main form");
        let form = form.fill("address", "cạnh trạm bơm").fill("gln", "9506000134352");
        form.submit().await.expect(200);
        let water = sample.owner.get(&format!("{}/ghi?viec=fresh.water", sample.lot)).await.expect(200);
        water.form("main form").submit().await.expect(200);
        let epcis = async || app.visitor().get(&format!("{}/epcis.json", sample.label)).await.expect(200).body();
        let body = epcis().await;
        assert!(body.contains("cạnh trạm bơm") && body.contains("9506000134352"), "{body}");
        let passport = app.visitor().get(&format!("{}/passport.json", sample.label)).await.json();
        assert_eq!(passport["traceability"]["stages"][0]["place_code"], "9506000134352");
        let mut tx = app.begin().await;
        producers::withdraw_consent(&mut tx.cx(), app.commune, sample.producer.id, ConsentField::Address, app.now())
            .await
            .unwrap();
        tx.commit().await.unwrap();
        for name in ["", "/epcis.json", "/passport.json", "/events.csv", "/in"] {
            let body = app.visitor().get(&format!("{}{name}", sample.label)).await.expect(200).body();
            assert!(!body.contains("cạnh trạm bơm") && !body.contains("9506000134352"), "{name}: {body}");
        }
        assert!(sample.owner.get(&place).await.says("Chỉ cơ sở và xã thấy"));
    })
    .await;
}

/// Names of the products that search finds with this certificate.
async fn found(app: &TestApp, kind: &str) -> usize {
    app.run_jobs().await;
    let found = app.visitor().program().get(&format!("/api/v1/products?certificate={kind}")).await.expect(200);
    found.json()["items"].as_array().map_or(0, Vec::len)
}

#[tokio::test]
async fn search_counts_a_places_certificate_only_if_all_places_of_the_lots_hold_it() {
    on_both_engines(async |app| {
        let sample = app.sample().await;
        let (place, officer) = (place(&sample).await, app.officer().await);
        assert_eq!(found(&app, "growing-area-code").await, 0);
        let told = [("number", "VN-MAU-0001"), ("expires_on", "20/06/2026")];
        certificate(&sample.owner, &place, &told).await.expect(200);
        assert_eq!(found(&app, "growing-area-code").await, 0, "nobody has looked at it yet");
        accept(&officer).await;
        assert_eq!(found(&app, "growing-area-code").await, 1);
        assert_eq!(found(&app, "vietgap").await, 0);
        let new = sample.owner.get(&format!("/cua-toi/noi/moi?co-so={}", sample.producer.short)).await.expect(200);
        new.form("main form").choose("kind", "plot").fill("name", "Vườn thuê mẫu").submit().await.expect(200);
        let form = format!("/cua-toi/lo/moi?san-pham={}", sample.product.short);
        let form = sample.owner.get(&form).await.expect(200);
        let places = form.attrs("select[name=place] option", "value");
        let other = places.iter().find(|id| !id.is_empty() && !place.ends_with(id.as_str())).unwrap();
        form.form("main form").fill("quantity", "5").fill("place", other).submit().await.expect(200);
        assert_eq!(found(&app, "growing-area-code").await, 0, "a lot was made elsewhere");
        certificate(&officer, &format!("/cua-toi/noi/{other}"), &[("number", "VN-MAU-0009")]).await.expect(200);
        assert_eq!(found(&app, "growing-area-code").await, 1);
        app.later(std::time::Duration::from_secs(7 * 24 * 3600));
        assert_eq!(found(&app, "growing-area-code").await, 0, "the first of them has ended");
    })
    .await;
}

#[tokio::test]
async fn a_places_certificate_that_ends_soon_is_told_at_home_until_it_is_renewed() {
    on_both_engines(async |app| {
        let sample = app.sample().await;
        let (place, officer) = (place(&sample).await, app.officer().await);
        let ending = [("kind", "vietgap"), ("number", "MẪU-01"), ("expires_on", "20/06/2026")];
        certificate(&officer, &place, &ending).await.expect(200);
        let home = sample.owner.get("/cua-toi").await.expect(200);
        assert!(home.says("VietGAP hết hạn ngày 20/06/2026"), "{home}");
        assert!(home.attrs("main a", "href").contains(&place), "{home}");
        app.later(std::time::Duration::from_secs(7 * 24 * 3600));
        assert!(sample.owner.get("/cua-toi").await.says("VietGAP đã hết hạn ngày 20/06/2026"));
        certificate(&officer, &place, &[("kind", "vietgap"), ("number", "MẪU-02"), ("expires_on", "20/06/2028")]).await;
        assert!(!sample.owner.get("/cua-toi").await.says("VietGAP"));
        app.run_jobs().await;
    })
    .await;
}
