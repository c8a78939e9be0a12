//! What waits in the office's queue: a producer's own recall, and a request for one.

use sanvat::accounts::model::Role;

use crate::chain::House;
use crate::support::{TestApp, Visitor, html, on_both_engines};
use sanvat::web::i18n::Lang;

async fn queue(officer: &Visitor) -> crate::support::Page {
    officer.get("/van-phong?loai=thu-hoi").await.expect(200)
}

async fn staff(app: &TestApp, house: &House) -> Visitor {
    let user = app.person("Người giúp mẫu").await;
    app.grant(user, Role::Staff, Some(house.product.producer_id), None).await;
    app.enter(user).await
}

#[tokio::test]
async fn a_producers_own_recall_waits_until_an_officer_looked_at_it() {
    on_both_engines(async |app| {
        let house = House::new(&app, "Hộ mẫu A").await;
        let officer = app.officer().await;
        assert!(!queue(&officer).await.says("Cơ sở đã thu hồi"));
        let form = house.owner.get(&format!("{}/thu-hoi", house.lot)).await.expect(200).form("main form");
        form.choose("grade", "harm").fill("reason", "Có mùi lạ").submit().await.expect(200);
        let desk = queue(&officer).await;
        for words in ["Cơ sở đã thu hồi", "Hộ mẫu A", "Có mùi lạ", house.code()] {
            assert!(desk.says(words), "{words}: {desk}");
        }
        assert_eq!(html::faults(&desk, Lang::Vi), Vec::<String>::new());
        assert!(desk.attrs("main a", "href").contains(&"/van-phong/thu-hoi/1".to_owned()));
        assert!(!queue(&app.viewer().await).await.has("form[action^='/van-phong/bao-thu-hoi']"));
        let form = desk.form("form[action^='/van-phong/bao-thu-hoi']");
        assert!(!form.clone().submit().await.expect(422).error_of("da-lam").is_empty());
        form.clone().fill("da-lam", "Đã gọi cơ sở").submit().await.expect(200);
        form.fill("da-lam", "Đã gọi cơ sở").submit().await.expect(200);
        assert!(!queue(&officer).await.says("Có mùi lạ"));
        assert_eq!(app.count("SELECT COUNT(*) FROM audit_log WHERE action = 'recall.seen'").await, 1);
        assert_eq!(house.owner.post("/van-phong/bao-thu-hoi/x", &[]).await.code(), 403);
    })
    .await;
}

#[tokio::test]
async fn an_officers_recall_needs_no_second_look() {
    on_both_engines(async |app| {
        let house = House::new(&app, "Hộ mẫu A").await;
        app.recall(house.code(), "Mẫu vượt mức").await;
        assert_eq!(app.count("SELECT COUNT(*) FROM recall_alerts").await, 0);
    })
    .await;
}

#[tokio::test]
async fn staff_and_receivers_ask_for_a_recall() {
    on_both_engines(async |app| {
        let (a, b) = (House::new(&app, "Hộ mẫu A").await, House::new(&app, "Hợp tác xã mẫu B").await);
        let handover = a.ship_to(&b, "80").await;
        let path = format!("/cua-toi/lo/{}/xin-thu-hoi", a.code());
        b.owner.get(&path).await.expect(404);
        b.confirm(&handover).await;
        let helper = staff(&app, &a).await;
        assert_eq!(helper.get(&a.lot).await.expect(200).attr("a[href$='/xin-thu-hoi']", "href"), path);
        let link = b.owner.get("/cua-toi/nhan-hang").await.attr("a[href*='/xin-thu-hoi']", "href");
        for (who, path, reason) in [(&helper, &path, "Quả bị dập"), (&b.owner, &link, "Hàng có mùi lạ")] {
            let form = who.get(path).await.expect(200);
            assert_eq!(html::faults(&form, Lang::Vi), Vec::<String>::new());
            let form = form.form("main form");
            assert!(form.clone().submit().await.expect(422).error_of("reason").contains("do"));
            form.fill("reason", reason).submit().await.expect(200);
            assert!(who.get(path).await.expect(200).says("đang chờ cán bộ xem"));
        }
        let desk = queue(&app.officer().await).await;
        assert!(desk.says("Quả bị dập") && desk.says("Hợp tác xã mẫu B"), "{desk}");
        assert_eq!(app.count("SELECT COUNT(*) FROM recall_alerts WHERE kind = 'requested'").await, 2);
        assert_eq!(app.count("SELECT COUNT(*) FROM lots WHERE state = 'recalled'").await, 0, "the office decides");
    })
    .await;
}
