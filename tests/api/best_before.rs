//! `/cua-toi/lo/{code}/han-dung`: a lot's last good day is changed, and corrected once labels are printed.

use std::time::Duration;

use crate::chain::House;
use crate::support::{Form, TestApp, html, on_both_engines};
use sanvat::labels::issue::issue;
use sanvat::labels::model::RunKind;
use sanvat::labels::store::NewRun;
use sanvat::traceability::model::LotCode;
use sanvat::traceability::store::lots;
use sanvat::web::i18n::Lang;

async fn form(house: &House) -> Form {
    house.owner.get(&format!("{}/han-dung", house.lot)).await.expect(200).form("main form")
}

async fn day(app: &TestApp, day: &'static str) -> i64 {
    let all = "SELECT COUNT(*) FROM lots WHERE best_before = '2026-07-01'";
    let other = "SELECT COUNT(*) FROM lots WHERE best_before = '2026-07-10'";
    app.count(if day == "2026-07-01" { all } else { other }).await
}

#[tokio::test]
async fn until_labels_are_printed_the_day_is_changed_freely() {
    on_both_engines(async |app| {
        let house = House::new(&app, "Hộ mẫu A").await;
        let page = form(&house).await;
        assert!(!page.names().contains(&"reason"));
        for (typed, words) in [("13/06/2026", "sau ngày làm ra"), ("31/02/2026", "không có ngày")] {
            let refused = page.clone().fill("best_before", typed).submit().await.expect(422);
            assert!(refused.error_of("best_before").to_lowercase().contains(words), "{refused}");
            assert_eq!(refused.attr("#f-best_before", "value"), typed);
            assert_eq!(html::faults(&refused, Lang::Vi), Vec::<String>::new());
        }
        let saved = page.clone().fill("best_before", "01/07/2026").submit().await.expect(200);
        assert!(saved.says("01/07/2026"), "{saved}");
        assert_eq!(html::faults(&saved, Lang::Vi), Vec::<String>::new());
        page.clone().fill("best_before", "01/07/2026").submit().await.expect(200);
        assert_eq!(app.count("SELECT COUNT(*) FROM best_before_changes").await, 1, "sent twice, it is one change");
        let late = page.fill("best_before", "10/07/2026").submit().await;
        assert_eq!(late.code(), 409, "the page was older than the change");
        assert_eq!(day(&app, "2026-07-01").await, 1);
        assert_eq!(app.count("SELECT COUNT(*) FROM audit_log WHERE action = 'lot.best_before'").await, 1);
        let stranger = House::new(&app, "Hộ mẫu B").await;
        stranger.owner.get(&format!("{}/han-dung", house.lot)).await.expect(404);
    })
    .await;
}

#[tokio::test]
async fn afterwards_it_is_a_correction_that_label_pages_tell() {
    on_both_engines(async |app| {
        let house = House::new(&app, "Hộ mẫu A").await;
        form(&house).await.fill("best_before", "01/07/2026").submit().await.expect(200);
        let label = app.label_of_lot(&house.product, house.code()).await;
        assert!(!app.visitor().get(&label).await.expect(200).says("Đính chính"));
        let page = form(&house).await.fill("best_before", "10/07/2026");
        let bare = page.submit().await.expect(422);
        assert!(bare.error_of("reason").contains("vì sao"), "{bare}");
        let done = bare.form("main form").fill("reason", "In nhầm tháng").submit().await.expect(200);
        assert!(done.says("01/07/2026 thành 10/07/2026") && done.says("In nhầm tháng"), "{done}");
        let scan = app.visitor().get(&label).await.expect(200);
        assert!(scan.says("10/07/2026") && scan.says("Đính chính ngày 14/06/2026"), "{scan}");
        assert!(!scan.says("In nhầm tháng"), "the reason may name somebody: {scan}");
        let json = app.visitor().program().get(&label).await.json();
        assert_eq!(json["lot"]["best_before_corrected_on"], "2026-06-14");
        let office = app.officer().await.get(&format!("/van-phong/lo/{}", house.code())).await.expect(200);
        assert!(office.says("In nhầm tháng"), "{office}");
        app.recall(house.code(), "Mẫu vượt mức").await;
        let fixed = house.owner.get(&format!("{}/han-dung", house.lot)).await.expect(200);
        assert_eq!(fixed.url().path(), house.lot, "a recalled lot's day stays");
        assert_eq!(day(&app, "2026-07-10").await, 1);
    })
    .await;
}

#[tokio::test]
async fn labels_ordered_at_the_same_time_are_waited_for() {
    on_both_engines(async |app| {
        let house = House::new(&app, "Hộ mẫu A").await;
        let page = form(&house).await.fill("best_before", "01/07/2026");
        // An order that took the lot and is not committed yet.
        let mut tx = app.begin().await;
        let code: LotCode = house.code().parse().unwrap();
        let lot = lots::by_code(&mut tx.cx(), app.commune, &code).await.unwrap().unwrap().id;
        lots::hold(&mut tx.cx(), app.commune, lot).await.unwrap();
        let new = NewRun {
            kind: RunKind::Lot,
            producer: house.product.producer_id,
            product: house.product.id,
            lot: Some(lot),
            count: 10,
            purpose: "thử".to_owned(),
            by: None,
        };
        issue(&mut tx.cx(), app.commune, &new, app.now()).await.unwrap();
        let mut change = std::pin::pin!(page.submit());
        let early = tokio::time::timeout(Duration::from_millis(300), &mut change).await;
        assert!(early.is_err(), "the change waits for the order");
        tx.commit().await.unwrap();
        let bare = change.await.expect(422);
        assert!(bare.error_of("reason").contains("vì sao"), "{bare}");
    })
    .await;
}
