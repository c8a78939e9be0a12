//! Work with lots that is taken back, sendings that are withdrawn, and packing units that are opened.

use sanvat::traceability::model::LotState;
use sanvat::traceability::store::lineage::Direction;

use crate::chain::{House, left, lot, reached};
use crate::support::{Page, TestApp, Visitor, on_both_engines};

/// Opens the form that takes back what the lot's page tells under this heading.
async fn wrong(owner: &Visitor, lot: &str, heading: &str) -> Page {
    let page = owner.get(lot).await.expect(200);
    let links = page.attrs(".way a.back", "href");
    let texts = page.texts(".way a.back");
    let at = texts.iter().position(|text| text.contains(heading)).unwrap_or_else(|| panic!("{heading}: {page}"));
    owner.get(&links[at]).await
}

async fn take_back(owner: &Visitor, lot: &str, heading: &str) -> Page {
    let form = wrong(owner, lot, heading).await.expect(200).form("main form");
    form.choose("reason", "did_not_occur").fill("note", "Ghi nhầm lô").submit().await
}

/// Splits the house's lot in two; the paths of the parts.
async fn split(app: &TestApp, house: &House) -> Vec<String> {
    let form = house.form(&house.lot, "lam/tach").await.fill("ra-1", "50").fill("ra-2", "70");
    form.submit().await.expect(200);
    let whole = lot(app, &house.lot).await;
    let mut paths = Vec::new();
    for (id, depth) in reached(app, whole.id, Direction::Forward).await {
        let mut conn = app.read().await;
        let part = sanvat::traceability::store::lots::by_id(&mut conn.cx(), app.commune, id).await.unwrap().unwrap();
        if depth == 1 {
            paths.push(format!("/cua-toi/lo/{}", part.code));
        }
    }
    paths
}

#[tokio::test]
async fn a_split_that_was_wrong_is_taken_back_and_the_amount_is_there_again() {
    on_both_engines(async |app| {
        let house = House::new(&app, "Hộ mẫu A").await;
        let parts = split(&app, &house).await;
        let form = wrong(&house.owner, &house.lot, "Tách").await.expect(200).form("main form");
        let bare = form.clone().submit().await.expect(422);
        assert!(!bare.error_of("reason").is_empty() && !bare.error_of("note").is_empty(), "{bare}");
        let form = form.choose("reason", "did_not_occur").fill("note", "Chưa tách");
        let done = form.clone().submit().await.expect(200);
        assert_eq!(left(&done), "Còn 120 kg");
        assert_eq!(done.text(".way h3 s"), "Tách thành các lô nhỏ");
        assert!(done.says("Chưa tách"), "{done}");
        form.submit().await.expect(200);
        assert_eq!(app.count("SELECT COUNT(*) FROM trace_events WHERE is_error_declaration = TRUE").await, 1);
        let whole = lot(&app, &house.lot).await;
        assert_eq!(reached(&app, whole.id, Direction::Forward).await, [(whole.id, 0)]);
        for part in &parts {
            assert_eq!(lot(&app, part).await.state, LotState::SetAside);
            let page = house.owner.get(part).await.expect(200);
            assert!(page.says("Lô đã bỏ") && !page.says("In tem"), "{page}");
            let refused = house.owner.get(&format!("{part}/lam/tach")).await.expect(200);
            assert!(refused.says("Lô đã được bỏ"), "{refused}");
            let code = part.rsplit('/').next().unwrap();
            let labels = house.owner.get(&format!("/cua-toi/tem/moi?lo={code}")).await;
            assert!(labels.says("Lô này đã bỏ"), "{labels}");
            app.officer().await.get(&format!("/van-phong/lo/{code}/thu-hoi")).await.expect(409);
        }
        assert_eq!(app.count("SELECT COUNT(*) FROM audit_log WHERE action = 'trace.take_back'").await, 1);
    })
    .await;
}

#[tokio::test]
async fn work_whose_lots_went_on_is_not_taken_back() {
    on_both_engines(async |app| {
        let (a, b) = (House::new(&app, "Hộ mẫu A").await, House::new(&app, "Hợp tác xã mẫu B").await);
        let parts = split(&app, &a).await;
        let form = wrong(&a.owner, &a.lot, "Tách").await.form("main form");
        let form = form.choose("reason", "incorrect_data").fill("note", "Sai số cân");
        let dried = a.process(&parts[0], "10", "3").await;
        let used = form.clone().submit().await.expect(422);
        assert!(used.says("đã được dùng tiếp") && !used.says("đã giao"), "{used}");
        take_back(&a.owner, &dried, "Làm ra").await.expect(200);
        assert_eq!(left(&a.owner.get(&parts[0]).await), "Còn 50 kg");

        let send = a.form(&parts[1], "giao").await.fill("quantity", "5").choose("ben", "co-so").fill("nhan", &b.short);
        send.submit().await.expect(200);
        assert!(form.clone().submit().await.expect(422).says("đã giao, hoặc đang chờ"));
        let handover = b.waiting().await;
        let back = a.owner.get(&format!("{handover}/rut-lai")).await.expect(200).form("main form");
        back.choose("reason", "did_not_occur").fill("note", "Xe hỏng").submit().await.expect(200);

        let code = parts[0].rsplit('/').next().unwrap();
        app.label_of_lot(&a.product, code).await;
        let labelled = wrong(&a.owner, &a.lot, "Tách").await.expect(200);
        assert!(labelled.says("đã in tem") && !labelled.has("main form"), "{labelled}");
        assert!(form.clone().submit().await.expect(422).says("đã in tem"));
        app.recall(parts[1].rsplit('/').next().unwrap(), "Mẫu vượt mức").await;
        assert!(form.submit().await.expect(422).says("đang bị thu hồi"));
        assert_eq!(lot(&app, &parts[0]).await.state, LotState::Open);
    })
    .await;
}

#[tokio::test]
async fn others_do_not_take_back_what_was_made_of_somebodys_goods() {
    on_both_engines(async |app| {
        let (a, b) = (House::new(&app, "Hộ mẫu A").await, House::new(&app, "Hợp tác xã mẫu B").await);
        let handover = a.ship_to(&b, "80").await;
        b.confirm(&handover).await;
        let dried = b.process(&a.lot, "70", "20").await;
        let page = a.owner.get(&a.lot).await;
        assert!(page.says("Dùng làm ra lô khác") && !page.has(".way a.back"), "{page}");
        let theirs = b.owner.get(&dried).await.attr(".way a.back", "href");
        let step = theirs.rsplit('/').nth(1).unwrap();
        a.owner.get(&format!("{}/buoc/{step}/sai", a.lot)).await.expect(404);
        a.owner.get(&theirs).await.expect(404);
        take_back(&b.owner, &dried, "Làm ra").await.expect(200);
        assert!(b.owner.get("/cua-toi/nhan-hang").await.says("Còn 80 kg"));
    })
    .await;
}

#[tokio::test]
async fn a_sending_is_withdrawn_by_its_sender_until_it_is_confirmed_and_by_the_receiver_after() {
    on_both_engines(async |app| {
        let (a, b) = (House::new(&app, "Hộ mẫu A").await, House::new(&app, "Hợp tác xã mẫu B").await);
        let first = a.ship_to(&b, "30").await;
        b.owner.get(&format!("{first}/rut-lai")).await.expect(409);
        let form = a.owner.get(&format!("{first}/rut-lai")).await.expect(200).form("main form");
        assert!(form.clone().submit().await.expect(422).error_of("note").contains("lý do"));
        let form = form.choose("reason", "did_not_occur").fill("note", "Chưa giao");
        let done = form.clone().submit().await.expect(200);
        assert!(done.says("Bên giao rút lại") && done.says("Chưa giao"), "{done}");
        form.submit().await.expect(409);
        assert_eq!(left(&a.owner.get(&a.lot).await), "Còn 120 kg");
        assert_eq!(b.owner.post(&first, &[("tra-loi", "dung"), ("quantity", "30")]).await.code(), 409);

        let second = a.ship_to(&b, "40").await;
        b.confirm(&second).await;
        let late = a.owner.get(&format!("{second}/rut-lai")).await.expect(409);
        assert!(late.says("Hợp tác xã mẫu B đã xác nhận"), "{late}");
        let dried = b.process(&a.lot, "10", "3").await;
        let used = b.owner.get(&format!("{second}/rut-lai")).await.expect(200);
        assert!(used.says("đã dùng hoặc giao tiếp") && !used.has("main form"), "{used}");
        take_back(&b.owner, &dried, "Làm ra").await.expect(200);
        let form = b.owner.get(&format!("{second}/rut-lai")).await.expect(200).form("main form");
        form.choose("reason", "incorrect_data").fill("note", "Nhận nhầm").submit().await.expect(200);
        assert_eq!(left(&a.owner.get(&a.lot).await), "Còn 120 kg");
        assert!(!b.owner.get("/cua-toi/nhan-hang").await.says("Còn 40 kg"));
        let declared = "SELECT COUNT(*) FROM trace_events WHERE is_error_declaration = TRUE AND step = 'receive'";
        assert_eq!(app.count(declared).await, 1);
        assert_eq!(app.count("SELECT COUNT(*) FROM audit_log WHERE action = 'handover.withdraw'").await, 2);
    })
    .await;
}

/// Packs 30 kg of the house's lot; the unit's path.
async fn pack(house: &House) -> String {
    let form = house.form(&house.lot, "lam/dong-goi").await.fill(&format!("vao-{}", house.code()), "30");
    let form = form.fill("san-pham", &house.product.short).fill("quantity", "6");
    form.submit().await.expect(200).url().path().to_owned()
}

#[tokio::test]
async fn a_unit_that_is_opened_no_longer_holds_its_lots() {
    on_both_engines(async |app| {
        let house = House::new(&app, "Hộ mẫu A").await;
        assert!(!house.owner.get(&house.lot).await.says("Mở gói"));
        let none = house.owner.get(&format!("{}/mo-goi", house.lot)).await.expect(200);
        assert!(none.says("không phải thùng") && !none.has("main form"), "{none}");
        let unit = pack(&house).await;
        let label = app.label_of_lot(&house.product, unit.rsplit('/').next().unwrap()).await;
        let scanned = app.visitor().get(&label).await.expect(200);
        assert!(scanned.says("Làm từ") && scanned.says(house.code()), "{scanned}");
        let form = house.owner.get(&format!("{unit}/mo-goi")).await.expect(200);
        assert!(form.says("đã xếp 30 kg"), "{form}");
        let form = form.form("main form");
        assert!(form.clone().tamper("place", "").submit().await.expect(422).error_of("place").contains("nơi"));
        let done = form.clone().submit().await.expect(200);
        form.submit().await.expect(200);
        assert!(left(&done).starts_with("Còn 0") && done.says("Mở gói, hàng trở lại các lô"), "{done}");
        assert_eq!(app.count("SELECT COUNT(*) FROM trace_events WHERE action = 'DELETE'").await, 1);
        assert_eq!(left(&house.owner.get(&house.lot).await), "Còn 120 kg");
        let whole = lot(&app, &house.lot).await;
        assert_eq!(reached(&app, whole.id, Direction::Forward).await, [(whole.id, 0)]);
        let scanned = app.visitor().get(&label).await.expect(200);
        assert!(!scanned.says(house.code()), "{scanned}");
        assert!(wrong(&house.owner, &unit, "Đóng gói").await.expect(200).says("đã mở gói"));
        assert!(house.owner.get(&format!("{unit}/mo-goi")).await.says("không phải thùng"));
    })
    .await;
}

#[tokio::test]
async fn a_unit_that_is_not_whole_is_not_opened() {
    on_both_engines(async |app| {
        let house = House::new(&app, "Hộ mẫu A").await;
        let unit = pack(&house).await;
        let form = house.owner.get(&format!("{unit}/mo-goi")).await.expect(200).form("main form");
        let send = house.form(&unit, "giao").await.fill("quantity", "1").choose("ben", "ngoai");
        send.fill("ten-ngoai", "Cửa hàng mẫu").submit().await.expect(200);
        let version = lot(&app, &unit).await.version.to_string();
        assert_eq!(form.clone().submit().await.code(), 409, "the page was older than the sending");
        assert!(form.tamper("phien", &version).submit().await.expect(422).says("còn nguyên"));
        let stranger = House::new(&app, "Hộ mẫu B").await;
        stranger.owner.get(&format!("{unit}/mo-goi")).await.expect(404);
        assert_eq!(app.count("SELECT COUNT(*) FROM trace_events WHERE action = 'DELETE'").await, 0);
    })
    .await;
}
