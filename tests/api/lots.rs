//! `/cua-toi/lo`, `/cua-toi/nhat-ky`, `/van-phong/lo`: places, lots, the diary, corrections and recalls.

use sanvat::clock::Day;
use sanvat::ids::{LotId, ProductId};
use sanvat::traceability::history::lot_history;
use sanvat::traceability::store::{events, lots};

use crate::support::{Page, TestApp, Visitor, on_both_engines};

/// An owner's browser and the short address of an approved fresh product.
async fn orchard(app: &TestApp) -> (Visitor, String, ProductId) {
    let producer = app.producer().approved().create().await;
    let fresh = |content: &mut sanvat::products::model::ProductContent| {
        "food-fresh-produce".clone_into(&mut content.category);
        content.shelf_life_days = Some(7);
    };
    let product = app.product().of(producer.id).with(fresh).approved().create().await;
    let owner = app.owner_of(producer.id).await;
    (owner, product.short, product.id)
}

async fn new_lot(owner: &Visitor, product: &str) -> Page {
    let form = owner.get(&format!("/cua-toi/lo/moi?san-pham={product}")).await.expect(200).form("main form");
    assert_eq!(form.value("best_before"), "21/06/2026");
    form.fill("quantity", "1.240,5").fill("uom", "KGM").fill("place_name", "Vườn số 3").submit().await.expect(200)
}

async fn step(owner: &Visitor, lot: &str, key: &str) -> Page {
    owner.get(&format!("{lot}/ghi?viec={key}")).await.expect(200)
}

/// The page's path without what was said after saving.
fn path_of(page: &Page) -> String {
    page.path().split('?').next().unwrap().to_owned()
}

async fn lot_of(app: &TestApp, product: ProductId) -> LotId {
    let mut conn = app.read().await;
    let of_it = lots::of_product(&mut conn.cx(), app.commune, product, 10).await.unwrap();
    assert_eq!(of_it.len(), 1, "{of_it:?}");
    of_it[0].id
}

#[tokio::test]
async fn a_lot_is_made_and_its_steps_are_kept_as_whole_events() {
    on_both_engines(async |app| {
        let (owner, product, id) = orchard(&app).await;
        let lot = new_lot(&owner, &product).await;
        assert!(lot.says("1.240,5 kg") && lot.says("Vườn số 3"), "{lot}");
        let path = path_of(&lot);
        let spray = step(&owner, &path, "fresh.spray").await;
        assert!(spray.says("Vừa xong, 14/06/2026, 14:05"), "{spray}");
        let form = spray.form("main form").fill("input_name", "Chế phẩm Bt mẫu").fill("withholding_days", "7");
        let saved = form.fill("ngay", "01/06/2026").submit().await.expect(200);
        assert!(saved.says("cách ly đến hết 08/06/2026"), "{saved}");
        let harvest = step(&owner, &path, "fresh.harvest").await.form("main form");
        let done = harvest.fill("quantity", "300").fill("note", "chị Mẫu hái").submit().await.expect(200);
        assert_eq!(done.texts(".way h3"), ["Thu hoạch", "Phun thuốc, chế phẩm"]);
        let mut conn = app.read().await;
        let rows = events::events_of_lot(&mut conn.cx(), app.commune, lot_of(&app, id).await).await.unwrap();
        assert_eq!(rows.len(), 2);
        assert_eq!(rows[1].biz_step.as_deref(), Some("creating_class_instance"));
        assert_eq!(rows[1].quantity, Some(300_000));
        assert!(rows[1].body.contains("\"ObjectEvent\"") && rows[1].event_id.starts_with("ni:///sha-256;"));
        assert!(!rows[1].body.contains("Mẫu hái"), "free text stays beside: {}", rows[1].body);
        assert_eq!(rows[1].note, "chị Mẫu hái");
    })
    .await;
}

#[tokio::test]
async fn a_form_sent_twice_is_one_lot_and_one_step() {
    on_both_engines(async |app| {
        let (owner, product, id) = orchard(&app).await;
        let form = owner.get(&format!("/cua-toi/lo/moi?san-pham={product}")).await.form("main form");
        let form = form.fill("quantity", "5").fill("place_name", "Vườn số 3");
        let first = path_of(&form.clone().submit().await.expect(200));
        assert_eq!(path_of(&form.submit().await.expect(200)), first);
        let water = step(&owner, &first, "fresh.water").await.form("main form");
        water.clone().submit().await.expect(200);
        let again = water.fill("gio", "09:00").submit().await.expect(200);
        assert!(again.says("đã được ghi từ trước"), "{again}");
        let mut conn = app.read().await;
        let rows = events::events_of_lot(&mut conn.cx(), app.commune, lot_of(&app, id).await).await.unwrap();
        assert_eq!(rows.len(), 1);
    })
    .await;
}

#[tokio::test]
async fn a_harvest_that_is_early_is_warned_about_and_recorded_once_confirmed() {
    on_both_engines(async |app| {
        let (owner, product, id) = orchard(&app).await;
        let path = path_of(&new_lot(&owner, &product).await);
        let spray = step(&owner, &path, "fresh.spray").await.form("main form");
        spray
            .fill("input_name", "Bt mẫu")
            .fill("withholding_days", "7")
            .fill("gio", "06:00")
            .submit()
            .await
            .expect(200);
        let harvest = step(&owner, &path, "fresh.harvest").await.form("main form");
        let warned = harvest.fill("quantity", "300").submit().await.expect(422);
        assert!(warned.says("từ 22/06/2026 mới đủ ngày"), "{warned}");
        assert_eq!(warned.attr("#f-quantity", "value"), "300");
        let done = warned.form("main form").choose("van-ghi", "1").submit().await.expect(200);
        assert!(done.says("từ 22/06/2026 mới đủ ngày"), "the lot's page says it too: {done}");
        let mut conn = app.read().await;
        let lot = lots::by_id(&mut conn.cx(), app.commune, lot_of(&app, id).await).await.unwrap().unwrap();
        let history = lot_history(&mut conn.cx(), app.commune, lot).await.unwrap();
        assert_eq!(history.warnings.len(), 1);
        assert_eq!(history.harvest_from, Some(Day::new(2026, 6, 22).unwrap()));
    })
    .await;
}

#[tokio::test]
async fn what_is_typed_wrongly_is_said_at_its_field_and_kept() {
    on_both_engines(async |app| {
        let (owner, product, _) = orchard(&app).await;
        let form = owner.get(&format!("/cua-toi/lo/moi?san-pham={product}")).await.form("main form");
        let wrong = form.fill("made_on", "31/02/2026").fill("quantity", "12.5").submit().await.expect(422);
        assert!(wrong.error_of("made_on").contains("không có ngày này"), "{wrong}");
        assert!(wrong.error_of("quantity").contains("dấu phẩy"), "{wrong}");
        assert_eq!(wrong.attr("#f-made_on", "value"), "31/02/2026");
        let late = wrong.form("main form").fill("made_on", "15/06/2026").submit().await.expect(422);
        assert!(late.error_of("made_on").contains("chưa tới"), "{late}");
        let path = path_of(&new_lot(&owner, &product).await);
        let future = step(&owner, &path, "fresh.water").await.form("main form").fill("gio", "14:30").submit().await;
        assert!(future.expect(422).error_of("gio").contains("chưa tới"));
    })
    .await;
}

#[tokio::test]
async fn a_wrong_step_stays_struck_through_with_its_reason() {
    on_both_engines(async |app| {
        let (owner, product, id) = orchard(&app).await;
        let path = path_of(&new_lot(&owner, &product).await);
        let lot = step(&owner, &path, "fresh.water").await.form("main form").submit().await.expect(200);
        let ask = owner.get(&lot.attr(".way a.back", "href")).await.expect(200);
        assert!(ask.form("main form").submit().await.expect(422).error_of("reason").contains("Chọn"));
        let form = ask.form("main form").choose("reason", "did_not_occur").fill("note", "bấm nhầm lô");
        let done = form.clone().submit().await.expect(200);
        assert_eq!(done.text(".way h3 s"), "Tưới nước");
        assert!(done.says("bấm nhầm lô"), "{done}");
        form.submit().await.expect(200);
        let mut conn = app.read().await;
        let rows = events::events_of_lot(&mut conn.cx(), app.commune, lot_of(&app, id).await).await.unwrap();
        assert_eq!(rows.iter().map(|row| row.is_error_declaration).collect::<Vec<_>>(), [false, true]);
        assert_eq!(rows[0].event_id, rows[1].event_id);
    })
    .await;
}

#[tokio::test]
async fn a_recall_is_told_at_once_and_may_be_ended_by_the_office() {
    on_both_engines(async |app| {
        let (owner, product, _) = orchard(&app).await;
        let path = path_of(&new_lot(&owner, &product).await);
        let ask = owner.get(&format!("{path}/thu-hoi")).await.expect(200);
        let empty = ask.form("main form").submit().await.expect(422);
        assert!(empty.error_of("reason").contains("lý do") && empty.error_of("grade").contains("mức độ"), "{empty}");
        let form = ask.form("main form").choose("grade", "harm").fill("reason", "Mẫu kiểm nghiệm vượt mức");
        let recalled = form.submit().await.expect(200);
        assert!(recalled.says("Mẫu kiểm nghiệm vượt mức") && recalled.has(".way .stop"), "{recalled}");
        assert_eq!(owner.stays_on_redirect().get(&format!("{path}/ghi")).await.code(), 303);
        let officer = app.officer().await;
        let code = path.rsplit('/').next().unwrap();
        let list = officer.get("/van-phong/lo?tinh-trang=recalled").await.expect(200);
        assert!(list.says(code), "{list}");
        assert!(!officer.get("/van-phong/lo?tinh-trang=open").await.expect(200).says(code));
        assert_eq!(owner.get(&format!("/van-phong/lo/{code}")).await.code(), 403);
        assert!(officer.get(&format!("/van-phong/lo/{code}")).await.expect(200).has("a[href='/van-phong/thu-hoi/1']"));
        let lift = officer.get("/van-phong/thu-hoi/1/thoi").await.expect(200).form("main form");
        lift.fill("reason", "Kiểm lại đạt").submit().await.expect(200);
        let lifted = officer.get(&format!("/van-phong/lo/{code}")).await.expect(200);
        assert_eq!(lifted.texts(".way h3"), ["Thôi thu hồi", "Thu hồi"]);
        assert_eq!(app.count("SELECT COUNT(*) FROM audit_log WHERE action LIKE 'recall.%'").await, 2);
    })
    .await;
}

#[tokio::test]
async fn another_producers_lots_and_places_are_not_there() {
    on_both_engines(async |app| {
        let (owner, product, _) = orchard(&app).await;
        let path = path_of(&new_lot(&owner, &product).await);
        let (stranger, _, _) = orchard(&app).await;
        for address in [path.clone(), format!("{path}/ghi"), format!("{path}/thu-hoi")] {
            assert_eq!(stranger.get(&address).await.code(), 404, "{address}");
        }
        assert_eq!(stranger.get(&format!("/cua-toi/lo/moi?san-pham={product}")).await.code(), 404);
        assert_eq!(stranger.post(&format!("{path}/thu-hoi"), &[("reason", "x")]).await.code(), 404);
    })
    .await;
}

#[tokio::test]
async fn a_tourism_service_has_no_lots_and_leads_to_a_label() {
    on_both_engines(async |app| {
        let producer = app.producer().approved().create().await;
        let tour = |content: &mut sanvat::products::model::ProductContent| {
            content.category = sanvat::products::catalogue::categories_of("tourism").next().unwrap().code.clone();
        };
        let product = app.product().of(producer.id).with(tour).approved().create().await;
        let owner = app.owner_of(producer.id).await;
        let page = owner.get(&format!("/cua-toi/lo/moi?san-pham={}", product.short)).await.expect(200);
        assert!(page.says("không có lô") && !page.has("main form"), "{page}");
    })
    .await;
}
