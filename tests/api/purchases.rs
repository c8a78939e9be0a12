//! `/cua-toi/lo/{code}/mua-ngoai`: what a lot was made from that came from outside.

use serde_json::Value;

use crate::chain::House;
use crate::support::{Form, TestApp, on_both_engines};

async fn form(house: &House) -> Form {
    let form = house.owner.get(&format!("{}/mua-ngoai", house.lot)).await.expect(200).form("main form");
    form.fill("hang", "Đường cát trắng").fill("quantity", "12,5").fill("uom", "KGM").fill("so", "HĐ-0012")
}

/// Two purchases: one of a firm, one of a person.
async fn buy(house: &House) {
    let firm = form(house).await.choose("loai", "firm").fill("ten", "Cửa hàng mẫu Hoa").fill("noi", "chợ Hồng Lạc");
    firm.submit().await.expect(200);
    let person = form(house).await.choose("loai", "person").fill("ten", "Bà Mẫu Văn Thị").fill("hang", "Gừng tươi");
    person.submit().await.expect(200);
}

async fn label(app: &TestApp, house: &House) -> String {
    app.label_of_lot(&house.product, house.code()).await
}

#[tokio::test]
async fn what_was_bought_outside_is_one_step_back_for_producer_and_office() {
    on_both_engines(async |app| {
        let house = House::new(&app, "Hộ mẫu A").await;
        buy(&house).await;
        let code = house.code();
        for page in [
            house.owner.get(&house.lot).await.expect(200),
            app.officer().await.get(&format!("/van-phong/lo/{code}")).await.expect(200),
        ] {
            let section = page.text("section[aria-labelledby=ngoai]");
            for words in ["Đường cát trắng, 12,5 kg", "của Cửa hàng mẫu Hoa, chợ Hồng Lạc", "số HĐ-0012", "Bà Mẫu"]
            {
                assert!(section.contains(words), "{words}: {section}");
            }
            assert!(page.text("section[aria-labelledby=goc] svg").contains("mua ngoài, 12,5 kg"), "{page}");
            assert!(page.text(".way").contains("Mua từ bên ngoài"), "{page}");
        }
        let rows = "SELECT COUNT(*) FROM trace_events WHERE body LIKE '%Cửa hàng%' OR body LIKE '%Bà Mẫu%'";
        assert_eq!(app.count(rows).await, 0, "events hold no names");
        assert_eq!(app.count("SELECT COUNT(*) FROM audit_log WHERE action = 'lot.purchase'").await, 2);
        let again =
            form(&house).await.choose("loai", "firm").fill("ten", "Cửa hàng mẫu Hoa").fill("noi", "chợ Hồng Lạc");
        again.clone().submit().await.expect(200);
        again.submit().await.expect(200);
        assert_eq!(app.count("SELECT COUNT(*) FROM purchases").await, 3, "sent twice, it is one purchase");
        assert_eq!(app.count("SELECT COUNT(*) FROM parties").await, 2, "a known supplier is not added again");
    })
    .await;
}

#[tokio::test]
async fn visitors_read_a_firms_trade_name_and_never_a_persons() {
    on_both_engines(async |app| {
        let house = House::new(&app, "Hộ mẫu A").await;
        buy(&house).await;
        let label = label(&app, &house).await;
        let page = app.visitor().get(&label).await.expect(200);
        let inputs = page.text("section[aria-labelledby=vat-tu]");
        assert!(inputs.contains("Đường cát trắng") && inputs.contains("của Cửa hàng mẫu Hoa"), "{inputs}");
        assert!(inputs.contains("Gừng tươi") && page.says("mua ngoài ngày 14/06/2026"), "{inputs}");
        let json: Value = app.visitor().program().get(&label).await.expect(200).json();
        let suppliers: Vec<_> =
            json["purchases"].as_array().unwrap().iter().map(|one| one["supplier"].clone()).collect();
        assert_eq!(suppliers, [Value::from("Cửa hàng mẫu Hoa"), Value::Null]);
        for file in ["epcis.json", "events.csv", "in", "passport.json"] {
            let own = house.owner.get(&format!("{}/tai-lieu/{file}", house.lot)).await.expect(200);
            let public = app.visitor().get(&format!("{label}/{file}")).await.expect(200);
            assert!(!own.body().contains("Bà Mẫu") && !public.body().contains("Bà Mẫu"), "{file}: {own}");
            assert!(public.body().contains("Đường cát trắng"), "{file}: {public}");
        }
        let epcis: Value = app.visitor().get(&format!("{label}/epcis.json")).await.json();
        let events = epcis["epcisBody"]["eventList"].as_array().unwrap();
        let bought = events.iter().find(|event| !event["sourceList"].is_null()).unwrap();
        assert_eq!(bought["type"], "TransformationEvent");
        assert_eq!(bought["sourceList"][0]["type"], "owning_party");
        assert_eq!(bought["bizTransactionList"][0]["type"], "inv");
        let source = bought["sourceList"][0]["source"].as_str().unwrap();
        assert!(epcis["epcisHeader"].to_string().contains(source), "{epcis}");
        let passport: Value = app.visitor().get(&format!("{label}/passport.json")).await.json();
        assert_eq!(passport["traceability"]["outside_inputs"][0]["supplier"], "Cửa hàng mẫu Hoa");
    })
    .await;
}

#[tokio::test]
async fn what_went_into_the_lots_inputs_is_told_two_steps_back_without_names_of_others_people() {
    on_both_engines(async |app| {
        let (a, b) = (House::new(&app, "Hộ mẫu A").await, House::new(&app, "Hợp tác xã mẫu B").await);
        buy(&a).await;
        let handover = a.ship_to(&b, "80").await;
        b.confirm(&handover).await;
        let dried = b.process(&a.lot, "70", "20").await;
        let graph = b.owner.get(&dried).await.expect(200).text("section[aria-labelledby=goc]");
        assert!(graph.contains("Gừng tươi") && graph.contains("Cửa hàng mẫu Hoa"), "{graph}");
        assert!(!graph.contains("Bà Mẫu"), "{graph}");
    })
    .await;
}

#[tokio::test]
async fn a_purchase_that_was_wrong_is_taken_back() {
    on_both_engines(async |app| {
        let house = House::new(&app, "Hộ mẫu A").await;
        buy(&house).await;
        let page = house.owner.get(&house.lot).await.expect(200);
        let wrong = house.owner.get(&page.attr(".way a.back", "href")).await.expect(200).form("main form");
        let done = wrong.choose("reason", "did_not_occur").fill("note", "Ghi nhầm").submit().await.expect(200);
        assert_eq!(done.count("section[aria-labelledby=ngoai] li"), 1, "{done}");
        assert_eq!(app.count("SELECT COUNT(*) FROM purchases").await, 2);
        assert_eq!(app.count("SELECT COUNT(*) FROM lots WHERE state = 'open'").await, 1, "the lot itself stands");
    })
    .await;
}

#[tokio::test]
async fn a_purchase_without_its_facts_is_refused_and_kept_as_typed() {
    on_both_engines(async |app| {
        let house = House::new(&app, "Hộ mẫu A").await;
        let bare = house.owner.get(&format!("{}/mua-ngoai", house.lot)).await.expect(200).form("main form");
        let refused = bare.fill("noi", "Hải Phòng").fill("ngay", "15/06/2026").submit().await.expect(422);
        for field in ["hang", "quantity", "loai", "ten", "ngay"] {
            assert!(!refused.error_of(field).is_empty(), "{field}: {refused}");
        }
        assert_eq!(refused.attr("#f-noi", "value"), "Hải Phòng");
        let stranger = House::new(&app, "Hộ mẫu B").await;
        stranger.owner.get(&format!("{}/mua-ngoai", house.lot)).await.expect(404);
        app.recall(house.code(), "Mẫu vượt mức").await;
        let closed = house.owner.get(&format!("{}/mua-ngoai", house.lot)).await.expect(200);
        assert_eq!(closed.url().path(), house.lot);
        assert_eq!(app.count("SELECT COUNT(*) FROM purchases").await, 0);
    })
    .await;
}
