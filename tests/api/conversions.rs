//! `/cua-toi/san-pham/{short}/quy-doi`: what one piece weighs, and what is counted by it.

use std::time::Duration;

use crate::chain::{House, left};
use crate::support::{Page, TestApp, on_both_engines};

async fn state(house: &House, amount: &str, unit: &str) -> Page {
    let page = house.owner.get(&format!("/cua-toi/san-pham/{}/quy-doi", house.product.short)).await.expect(200);
    let form = page.forms("main form").remove(0);
    form.fill("quantity", amount).fill("uom", unit).press("viec=khai").await
}

/// Packs this many pieces of the house's lot, which is counted in kilograms.
async fn pack(house: &House, pieces: &str) -> Page {
    let name = format!("vao-{}", house.code());
    let form = house.form(&house.lot, "lam/dong-goi").await;
    let form = form.fill(&name, pieces).tamper(&format!("{name}-uom"), "EA");
    form.fill("san-pham", &house.product.short).fill("quantity", "1").submit().await
}

async fn rows(app: &TestApp) -> i64 {
    app.count("SELECT COUNT(*) FROM unit_conversions").await
}

#[tokio::test]
async fn pieces_are_taken_from_a_lot_in_kilograms_only_as_stated() {
    on_both_engines(async |app| {
        let house = House::new(&app, "Hộ mẫu A").await;
        let name = format!("vao-{}", house.code());
        let guess = pack(&house, "10").await.expect(422);
        assert!(guess.error_of(&name).contains("không đổi"), "{guess}");
        let stated = state(&house, "0,35", "KGM").await.expect(200);
        assert!(stated.says("1 cái = 0,35 kg") && stated.says("14/06/2026"), "{stated}");
        let form = house.owner.get(&format!("{}/lam/dong-goi", house.lot)).await.expect(200);
        assert!(form.says("Quy đổi theo khai báo: 1 cái = 0,35 kg"), "{form}");
        pack(&house, "10").await.expect(200);
        let page = house.owner.get(&house.lot).await.expect(200);
        assert_eq!(left(&page), "Còn 116,5 kg");
        assert!(page.says("quy đổi theo khai báo"), "{page}");
        let office = app.officer().await.get(&format!("/van-phong/lo/{}", house.code())).await.expect(200);
        assert!(office.says("quy đổi theo khai báo"), "{office}");
        let over = pack(&house, "333").await.expect(422);
        assert!(over.error_of(&name).contains("chỉ còn 116,5 kg"), "{over}");
    })
    .await;
}

#[tokio::test]
async fn a_later_statement_changes_nothing_that_was_recorded() {
    on_both_engines(async |app| {
        let house = House::new(&app, "Hộ mẫu A").await;
        state(&house, "350", "GRM").await.expect(200);
        pack(&house, "10").await.expect(200);
        app.later(Duration::from_secs(60));
        state(&house, "0,5", "KGM").await.expect(200);
        assert_eq!(left(&house.owner.get(&house.lot).await), "Còn 116,5 kg");
        pack(&house, "10").await.expect(200);
        assert_eq!(left(&house.owner.get(&house.lot).await), "Còn 111,5 kg");
        app.later(Duration::from_secs(60));
        let page = house.owner.get(&format!("/cua-toi/san-pham/{}/quy-doi", house.product.short)).await.expect(200);
        let ended = page.forms("main form").remove(1).press("viec=thoi").await.expect(200);
        assert!(ended.says("Thôi quy đổi") && ended.says("1 cái = 350 g"), "{ended}");
        pack(&house, "10").await.expect(422);
        assert_eq!(left(&house.owner.get(&house.lot).await), "Còn 111,5 kg");
        assert_eq!(rows(&app).await, 3);
        assert_eq!(app.count("SELECT COUNT(*) FROM audit_log WHERE action = 'product.conversion'").await, 3);
    })
    .await;
}

#[tokio::test]
async fn more_pieces_out_than_kilograms_in_is_asked_about() {
    on_both_engines(async |app| {
        let house = House::new(&app, "Hộ mẫu A").await;
        state(&house, "0,5", "KGM").await.expect(200);
        let name = format!("vao-{}", house.code());
        let form = house.form(&house.lot, "lam/che-bien").await.fill(&name, "10");
        let form = form.fill("san-pham", &house.product.short).fill("quantity", "30").fill("uom", "EA");
        let asked = form.clone().submit().await.expect(422);
        assert!(asked.says("Ra 15 kg, vào 10 kg"), "{asked}");
        form.fill("quantity", "20").submit().await.expect(200);
    })
    .await;
}

#[tokio::test]
async fn statements_are_the_producers_own_and_the_second_of_two_is_told() {
    on_both_engines(async |app| {
        let house = House::new(&app, "Hộ mẫu A").await;
        let path = format!("/cua-toi/san-pham/{}/quy-doi", house.product.short);
        let stranger = House::new(&app, "Hộ mẫu B").await;
        stranger.owner.get(&path).await.expect(404);
        stranger.owner.post(&path, &[("quantity", "1"), ("uom", "KGM")]).await.expect(404);
        for (amount, unit, words) in [("", "KGM", "số lượng"), ("1", "MTR", "Chọn kg"), ("0", "KGM", "lớn hơn 0")]
        {
            let page = house.owner.get(&path).await.expect(200).forms("main form").remove(0);
            let refused = page.fill("quantity", amount).tamper("uom", unit).press("viec=khai").await.expect(422);
            assert!(refused.error_of("quantity").contains(words), "{refused}");
            assert_eq!(refused.attr("#f-quantity", "value"), amount);
        }
        let (first, second) = (house.owner.get(&path).await, house.owner.get(&path).await);
        let form = first.forms("main form").remove(0).fill("quantity", "2").fill("uom", "KGM");
        form.clone().press("viec=khai").await.expect(200);
        form.press("viec=khai").await.expect(200);
        assert_eq!(rows(&app).await, 1, "sent twice, it is one statement");
        second
            .forms("main form")
            .remove(0)
            .fill("quantity", "3")
            .fill("uom", "KGM")
            .press("viec=khai")
            .await
            .expect(409);
        assert_eq!(rows(&app).await, 1);
    })
    .await;
}
