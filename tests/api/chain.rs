//! Lots made from lots, and goods that change hands.

use sanvat::ids::LotId;
use sanvat::products::model::{Product, ProductContent};
use sanvat::traceability::model::{Lot, LotCode};
use sanvat::traceability::store::lineage::{Direction, lineage};
use sanvat::traceability::store::{events, lots};

use crate::support::{Form, Page, TestApp, Visitor, on, on_both_engines};

/// A producer's people with an approved product and a lot of 120 kg.
pub struct House {
    pub owner: Visitor,
    pub short: String,
    pub product: Product,
    pub lot: String,
}

impl House {
    pub async fn new(app: &TestApp, name: &str) -> Self {
        let producer = app.producer().named(name).approved().create().await;
        let fresh = |content: &mut ProductContent| "food-fresh-produce".clone_into(&mut content.category);
        let product =
            app.product().named(&format!("Vải thiều loại {}", &name[name.len() - 1..])).of(producer.id).with(fresh);
        let product = product.approved().create().await;
        let owner = app.owner_of(producer.id).await;
        let lot = app.lot(&owner, &product).await;
        Self { owner, short: producer.short, product, lot }
    }

    /// Code of its first lot.
    pub fn code(&self) -> &str {
        self.lot.rsplit('/').next().unwrap()
    }

    pub async fn another_lot(&self) -> String {
        let form = self.owner.get(&format!("/cua-toi/lo/moi?san-pham={}", self.product.short)).await.form("main form");
        let place = self.place().await;
        let form = form.fill("quantity", "120").fill("place", &place);
        form.submit().await.expect(200).url().path().to_owned()
    }

    pub async fn place(&self) -> String {
        let page = self.owner.get(&format!("/cua-toi/lo/moi?san-pham={}", self.product.short)).await.expect(200);
        page.attrs("select[name=place] option", "value").into_iter().find(|id| !id.is_empty()).unwrap()
    }

    pub async fn form(&self, lot: &str, what: &str) -> Form {
        let page = self.owner.get(&format!("{lot}/{what}?co-so={}", self.short)).await.expect(200);
        page.form("main form")
    }

    /// Ships this much of its first lot to another; returns the handover's path as the receiver sees it.
    pub async fn ship_to(&self, other: &Self, amount: &str) -> String {
        let form = self.form(&self.lot, "giao").await.fill("quantity", amount);
        form.choose("ben", "co-so").fill("nhan", &other.short).submit().await.expect(200);
        other.waiting().await
    }

    pub async fn waiting(&self) -> String {
        self.owner.get("/cua-toi/nhan-hang").await.expect(200).attr("section[aria-labelledby=cho] a", "href")
    }

    pub async fn confirm(&self, handover: &str) -> Page {
        let form = self.owner.get(handover).await.expect(200).form("main form").choose("tra-loi", "dung");
        form.submit().await.expect(200)
    }

    /// Processes this much of a lot into its own product; returns the path of the new lot.
    pub async fn process(&self, lot: &str, amount: &str, made: &str) -> String {
        let code = lot.rsplit('/').next().unwrap();
        let form = self.form(lot, "lam/che-bien").await.fill(&format!("vao-{code}"), amount);
        let form = form.fill("san-pham", &self.product.short).fill("quantity", made).fill("uom", "KGM");
        form.submit().await.expect(200).url().path().to_owned()
    }
}

pub async fn lot(app: &TestApp, path: &str) -> Lot {
    let code: LotCode = path.rsplit('/').next().unwrap().parse().unwrap();
    let mut conn = app.read().await;
    lots::by_code(&mut conn.cx(), app.commune, &code).await.unwrap().unwrap()
}

pub async fn reached(app: &TestApp, start: LotId, direction: Direction) -> Vec<(LotId, i64)> {
    let mut conn = app.read().await;
    let reach = lineage(&mut conn.cx(), app.commune, &[start], direction, 10, 100).await.unwrap();
    reach.lots.iter().map(|one| (one.lot, one.depth)).collect()
}

pub fn left(page: &Page) -> String {
    page.text("#con")
}

#[tokio::test]
async fn a_lot_is_split_into_lots_of_its_own() {
    on_both_engines(async |app| {
        let house = House::new(&app, "Hộ mẫu A").await;
        let form = house.form(&house.lot, "lam/tach").await;
        assert_eq!(form.value(&format!("vao-{}", house.code())), "120");
        let form = form.fill("ra-1", "50").fill("ra-2", "69,5");
        let done = form.clone().submit().await.expect(200);
        assert_eq!(left(&done), "Còn 0 kg");
        assert!(done.says("Tách thành các lô nhỏ"), "{done}");
        form.submit().await.expect(200);
        assert_eq!(app.count("SELECT COUNT(*) FROM lots").await, 3, "sent twice, it is one split");
        let whole = lot(&app, &house.lot).await;
        let after = reached(&app, whole.id, Direction::Forward).await;
        assert_eq!(after.iter().map(|one| one.1).collect::<Vec<_>>(), [0, 1, 1]);
        let mut conn = app.read().await;
        let part = lots::by_id(&mut conn.cx(), app.commune, after[1].0).await.unwrap().unwrap();
        assert_eq!((part.made_on, part.product_id, part.place_id), (whole.made_on, whole.product_id, whole.place_id));
        let rows = events::events_of_lot(&mut conn.cx(), app.commune, part.id).await.unwrap();
        assert_eq!(rows[0].event_type, "TransformationEvent");
        assert_eq!(rows[0].biz_step.as_deref(), Some("repackaging"));
        assert_eq!(app.count("SELECT COUNT(*) FROM audit_log WHERE action = 'lot.split'").await, 1);
    })
    .await;
}

#[tokio::test]
async fn more_out_than_in_is_asked_about_and_more_in_than_there_is_refused() {
    on_both_engines(async |app| {
        let house = House::new(&app, "Hộ mẫu A").await;
        let name = format!("vao-{}", house.code());
        let form = house.form(&house.lot, "lam/tach").await;
        let over = form.fill(&name, "121").fill("ra-1", "60").fill("ra-2", "61").submit().await.expect(422);
        assert!(over.error_of(&name).contains("chỉ còn 120 kg"), "{over}");
        let tonnes = over.form("main form").fill(&name, "0,2").fill(&format!("{name}-uom"), "TNE");
        assert!(tonnes.submit().await.expect(422).error_of(&name).contains("chỉ còn"));
        let pieces = over.form("main form").fill(&name, "5").tamper(&format!("{name}-uom"), "EA").submit().await;
        assert!(pieces.expect(422).error_of(&name).contains("không đổi"));
        let one = over.form("main form").fill(&name, "60").fill("ra-2", "").submit().await.expect(422);
        assert!(one.error_of("ra-2").contains("hai lô nhỏ"), "{one}");
        let more = one.form("main form").fill("ra-2", "1").submit().await.expect(422);
        assert!(more.says("Ra 61 kg, vào 60 kg"), "{more}");
        assert_eq!(more.attr("#f-ra-2", "value"), "1");
        let done = more.form("main form").choose("van-ghi", "1").submit().await.expect(200);
        assert_eq!(left(&done), "Còn 60 kg");
    })
    .await;
}

#[tokio::test]
async fn of_two_who_split_one_lot_at_once_one_wins_and_the_other_is_told() {
    on_both_engines(async |app| {
        let house = House::new(&app, "Hộ mẫu A").await;
        let first = house.form(&house.lot, "lam/tach").await.fill("ra-1", "60").fill("ra-2", "60");
        let second = house.form(&house.lot, "lam/tach").await.fill("ra-1", "100").fill("ra-2", "20");
        let (first, second) = tokio::join!(first.submit(), second.submit());
        let mut codes = [first.code(), second.code()];
        codes.sort_unstable();
        assert_eq!(codes, [200, 409], "{first}\n{second}");
        let loser = if first.code() == 409 { first } else { second };
        assert!(loser.says("Chưa ghi gì"), "{loser}");
        assert_eq!(app.count("SELECT COUNT(*) FROM lots").await, 3);
    })
    .await;
}

#[tokio::test]
async fn lots_are_merged_processed_and_packed() {
    on_both_engines(async |app| {
        let house = House::new(&app, "Hộ mẫu A").await;
        let second = house.another_lot().await;
        let other = format!("vao-{}", second.rsplit('/').next().unwrap());
        let form = house.form(&house.lot, "lam/gop").await.fill("quantity", "200").fill("uom", "KGM");
        assert!(form.clone().submit().await.expect(422).says("ít nhất hai lô"));
        let merged = form.fill(&other, "80").submit().await.expect(200).url().path().to_owned();
        let dried = house.process(&merged, "150", "40").await;
        let code = dried.rsplit('/').next().unwrap().to_owned();
        let form = house.form(&dried, "lam/dong-goi").await.fill(&format!("vao-{code}"), "30");
        let packed = form.fill("san-pham", &house.product.short).fill("quantity", "60").submit().await.expect(200);
        assert!(packed.says("60 cái") && packed.says("Đóng gói từ các lô khác"), "{packed}");
        let unit = lot(&app, packed.url().path()).await;
        let before: Vec<_> = reached(&app, unit.id, Direction::Back).await.into_iter().map(|one| one.1).collect();
        assert_eq!(before, [0, 1, 2, 3, 3]);
        assert_eq!(left(&house.owner.get(&dried).await), "Còn 10 kg");
        assert_eq!(left(&house.owner.get(&second).await), "Còn 40 kg");
        let mut conn = app.read().await;
        let rows = events::events_of_lot(&mut conn.cx(), app.commune, unit.id).await.unwrap();
        assert_eq!((rows[0].event_type.as_str(), rows[0].action.as_deref()), ("AggregationEvent", Some("ADD")));
        assert!(rows[0].body.contains(&format!("/obj/{}", unit.id)), "{}", rows[0].body);
    })
    .await;
}

#[tokio::test]
async fn recalled_unapproved_and_foreign_lots_are_not_used() {
    on_both_engines(async |app| {
        let house = House::new(&app, "Hộ mẫu A").await;
        let stranger = House::new(&app, "Hộ mẫu B").await;
        let split = house.form(&house.lot, "lam/tach").await.fill("ra-1", "1").fill("ra-2", "1");
        let ship = house.form(&house.lot, "giao").await.choose("ben", "co-so").fill("nhan", &stranger.short);
        for path in ["lam/tach", "lam/gop", "lam/che-bien", "lam/dong-goi", "giao"] {
            assert_eq!(stranger.owner.get(&format!("{}/{path}", house.lot)).await.code(), 404, "{path}");
        }
        let smuggled = house.form(&house.lot, "lam/gop").await.fill("quantity", "3");
        let name = format!("vao-{}", stranger.code());
        let refused = smuggled.tamper(&name, "2").tamper(&format!("{name}-uom"), "KGM").submit().await.expect(422);
        assert!(refused.says("Không dùng được lô này"), "{refused}");

        let mut tx = app.begin().await;
        for sql in [
            "UPDATE products SET state = 'suspended'",
            "UPDATE product_register SET state = 'suspended'",
            "UPDATE producer_register SET products = 0",
        ] {
            let mut cx = tx.cx();
            on!(cx, c => sqlx::query(sql).execute(c).await.map(drop)).unwrap();
        }
        tx.commit().await.unwrap();
        for form in [split.clone(), ship.clone()] {
            assert!(form.submit().await.expect(422).says("không còn được duyệt"));
        }
        let recall = house.owner.get(&format!("{}/thu-hoi", house.lot)).await.form("main form");
        recall.choose("grade", "danger").fill("reason", "Mẫu vượt mức").submit().await.expect(200);
        for form in [split, ship] {
            let version = lot(&app, &house.lot).await.version.to_string();
            let seen =
                if form.names().contains(&"phien") { "phien".to_owned() } else { format!("phien-{}", house.code()) };
            assert_eq!(form.clone().submit().await.code(), 409, "the page was older than the recall");
            let form = form.tamper(&seen, &version);
            assert!(form.submit().await.expect(422).says("đang bị thu hồi"));
        }
        assert_eq!(app.count("SELECT COUNT(*) FROM trace_event_lots WHERE role = 'input'").await, 0);
    })
    .await;
}

#[tokio::test]
async fn goods_that_are_sent_wait_for_the_receivers_word() {
    on_both_engines(async |app| {
        let (a, b) = (House::new(&app, "Hộ mẫu A").await, House::new(&app, "Hợp tác xã mẫu B").await);
        let over =
            a.form(&a.lot, "giao").await.fill("quantity", "120,001").choose("ben", "co-so").fill("nhan", &b.short);
        assert!(over.submit().await.expect(422).error_of("quantity").contains("chỉ còn 120 kg"));
        let handover = a.ship_to(&b, "80").await;
        let page = a.owner.get(&a.lot).await;
        assert_eq!(left(&page), "Còn 40 kg");
        assert!(page.says("Chờ bên nhận xác nhận"), "{page}");
        assert!(b.owner.get("/cua-toi").await.says("1 việc giao nhận chờ xác nhận"));
        let stranger = House::new(&app, "Hộ mẫu C").await;
        assert_eq!(stranger.owner.get(&handover).await.code(), 404);
        assert!(
            !a.owner.get(&handover).await.expect(200).has("main form"),
            "the sender does not answer for the receiver"
        );

        let form = b.owner.get(&handover).await.form("main form").choose("tra-loi", "dung");
        let more = form.clone().fill("quantity", "81").submit().await.expect(422);
        assert!(more.error_of("quantity").contains("chỉ giao 80 kg"), "{more}");
        form.clone().fill("quantity", "79,5").submit().await.expect(200);
        form.fill("quantity", "79,5").submit().await.expect(200);
        assert_eq!(app.count("SELECT COUNT(*) FROM trace_events WHERE biz_step = 'receiving'").await, 1);
        assert!(b.owner.get("/cua-toi/nhan-hang").await.says("Còn 79,5 kg"));

        let dried = b.process(&a.lot, "70", "20").await;
        let (fresh, dried) = (lot(&app, &a.lot).await, lot(&app, &dried).await);
        assert_eq!(reached(&app, dried.id, Direction::Back).await, [(dried.id, 0), (fresh.id, 1)]);
        assert!(b.owner.get("/cua-toi/nhan-hang").await.says("Còn 9,5 kg"));
        let split = b.owner.get(&format!("{}/lam/tach", a.lot)).await.expect(200);
        assert!(split.says("Chỉ cơ sở làm ra lô mới tách"), "{split}");
    })
    .await;
}

#[tokio::test]
async fn goods_that_are_refused_are_the_senders_again() {
    on_both_engines(async |app| {
        let (a, b) = (House::new(&app, "Hộ mẫu A").await, House::new(&app, "Hợp tác xã mẫu B").await);
        let handover = a.ship_to(&b, "80").await;
        let form = b.owner.get(&handover).await.form("main form").choose("tra-loi", "khong");
        assert!(form.clone().submit().await.expect(422).error_of("ly-do").contains("lý do"));
        let refused = form.fill("ly-do", "xe chưa tới").submit().await.expect(200);
        assert!(refused.says("Bị từ chối") && refused.says("xe chưa tới"), "{refused}");
        let page = a.owner.get(&a.lot).await;
        assert_eq!(left(&page), "Còn 120 kg");
        assert_eq!(page.text(".way h3 s"), "Giao hàng");
        let late = b.owner.post(&handover, &[("tra-loi", "dung"), ("quantity", "80")]).await;
        assert_eq!(late.code(), 409);
    })
    .await;
}

#[tokio::test]
async fn a_code_that_arrives_without_a_shipment_asks_the_sender() {
    on_both_engines(async |app| {
        let (a, b) = (House::new(&app, "Hộ mẫu A").await, House::new(&app, "Hợp tác xã mẫu B").await);
        let label = app.label_of_lot(&a.product, a.code()).await;
        let own = a.owner.get(&format!("/cua-toi/nhan-hang?ma={}", a.code())).await.expect(422);
        assert!(own.error_of("ma").contains("lô của chính cơ sở mình"), "{own}");
        for wrong in ["0000-00", "xyz", "https://example.com/t/khong"] {
            assert!(b.owner.get(&format!("/cua-toi/nhan-hang?ma={wrong}")).await.expect(422).says("Không có lô nào"));
        }
        let claim = b.owner.get(&format!("/cua-toi/nhan-hang?ma=HTTPS://X.EXAMPLE{label}")).await.expect(200);
        assert!(claim.says("Hộ mẫu A"), "{claim}");
        let form = claim.form("main form");
        let over = form.clone().fill("quantity", "500").submit().await.expect(422);
        assert!(over.error_of("quantity").contains("chỉ còn 120 kg"), "{over}");
        form.clone().fill("quantity", "30").submit().await.expect(200);
        form.fill("quantity", "30").submit().await.expect(200);
        assert_eq!(app.count("SELECT COUNT(*) FROM handovers").await, 1);
        assert_eq!(left(&a.owner.get(&a.lot).await), "Còn 120 kg", "nothing is gone before the sender confirms");
        a.confirm(&a.waiting().await).await;
        assert_eq!(left(&a.owner.get(&a.lot).await), "Còn 90 kg");
        assert!(b.owner.get("/cua-toi/nhan-hang").await.says("Còn 30 kg"));
        let waits = a.ship_to(&b, "10").await;
        let scanned = b.owner.get(&format!("/cua-toi/nhan-hang?ma={}", a.code())).await.expect(200);
        assert_eq!(scanned.url().path(), waits, "a shipment that waits is what the code leads to");
    })
    .await;
}

#[tokio::test]
async fn an_outside_receivers_phone_is_kept_with_consent_only() {
    on_both_engines(async |app| {
        let a = House::new(&app, "Hộ mẫu A").await;
        let form = a.form(&a.lot, "giao").await.fill("quantity", "20").choose("ben", "ngoai");
        let bare = form.fill("dien-thoai", "0912 345 678").submit().await.expect(422);
        assert!(bare.error_of("ten-ngoai").contains("tên người nhận") && bare.error_of("dong-y").contains("đồng ý"));
        let form = bare.form("main form").fill("ten-ngoai", "Cửa hàng mẫu").choose("dong-y", "1");
        let done = form.submit().await.expect(200);
        assert!(done.says("Cửa hàng mẫu") && left(&done) == "Còn 100 kg", "{done}");
        assert_eq!(app.count("SELECT COUNT(*) FROM parties WHERE phone_consent_at IS NOT NULL").await, 1);
        let again = a.form(&a.lot, "giao").await.fill("quantity", "5").choose("ben", "ngoai");
        again.fill("ten-ngoai", "Cửa hàng mẫu").submit().await.expect(200);
        assert_eq!(app.count("SELECT COUNT(*) FROM parties").await, 1);
        let rows =
            app.count("SELECT COUNT(*) FROM trace_events WHERE body LIKE '%0912%' OR body LIKE '%hàng mẫu%'").await;
        assert_eq!(rows, 0, "events hold no personal data");
        let early = a.form(&a.lot, "giao").await.fill("ngay", "13/06/2026").choose("ben", "ngoai");
        assert!(early.fill("ten-ngoai", "Ai đó").submit().await.expect(422).error_of("ngay").contains("14/06/2026"));
    })
    .await;
}

#[tokio::test]
async fn a_recall_names_who_got_the_goods() {
    on_both_engines(async |app| {
        let (a, b) = (House::new(&app, "Hộ mẫu A").await, House::new(&app, "Hộ mẫu B").await);
        let outside = a.form(&a.lot, "giao").await.fill("quantity", "20").choose("ben", "ngoai");
        outside.fill("ten-ngoai", "Cửa hàng mẫu").submit().await.expect(200);
        b.confirm(&a.ship_to(&b, "30").await).await;
        let officer = app.officer().await;
        let form = officer.get(&format!("/van-phong/lo/{}/thu-hoi", a.code())).await.expect(200).form("main form");
        let draft = form.choose("kieu", "drill").submit().await.expect(200);
        let sent = draft.text("section[aria-labelledby=gui]");
        assert!(sent.contains("Cửa hàng mẫu") && sent.contains("Hộ mẫu B"), "{sent}");
    })
    .await;
}

#[tokio::test]
async fn a_circle_across_three_producers_is_refused() {
    on_both_engines(async |app| {
        let (a, b) = (House::new(&app, "Hộ mẫu A").await, House::new(&app, "Hộ mẫu B").await);
        let c = House::new(&app, "Hộ mẫu C").await;
        b.confirm(&a.ship_to(&b, "50").await).await;
        let of_b = b.process(&a.lot, "40", "30").await;
        let b = House { lot: of_b, ..b };
        c.confirm(&b.ship_to(&c, "20").await).await;
        let of_c = c.process(&b.lot, "20", "10").await;
        let c = House { lot: of_c, ..c };
        a.confirm(&c.ship_to(&a, "5").await).await;
        let step = a.owner.get(&format!("{}/ghi?viec=fresh.pack", a.lot)).await.expect(200).form("main form");
        let refused = step.fill("quantity", "5").fill("tu-lo", c.code()).submit().await.expect(422);
        assert!(refused.error_of("tu-lo").contains("không thể làm ra chính nó"), "{refused}");
        let fine = a.another_lot().await;
        let step = a.owner.get(&format!("{fine}/ghi?viec=fresh.pack")).await.expect(200).form("main form");
        step.fill("quantity", "5").fill("tu-lo", c.code()).submit().await.expect(200);
        let last = lot(&app, &fine).await;
        assert_eq!(reached(&app, last.id, Direction::Back).await.last().map(|one| one.1), Some(3));
    })
    .await;
}

#[tokio::test]
async fn a_step_of_the_diary_sends_no_more_than_there_is() {
    on_both_engines(async |app| {
        let a = House::new(&app, "Hộ mẫu A").await;
        let ship = async |amount: &str| {
            let form = a.owner.get(&format!("{}/ghi?viec=fresh.ship", a.lot)).await.expect(200).form("main form");
            form.fill("quantity", amount).submit().await
        };
        ship("100").await.expect(200);
        let over = ship("21").await.expect(422);
        assert!(over.error_of("quantity").contains("chỉ còn 20 kg"), "{over}");
        ship("20").await.expect(200);
        assert_eq!(left(&a.owner.get(&a.lot).await), "Còn 0 kg");
    })
    .await;
}

#[tokio::test]
async fn the_family_of_a_lot_is_drawn_and_told_both_ways() {
    on_both_engines(async |app| {
        let (a, b) = (House::new(&app, "Hộ mẫu A").await, House::new(&app, "Hợp tác xã mẫu B").await);
        let second = b.another_lot().await;
        b.confirm(&a.ship_to(&b, "50").await).await;
        let code = second.rsplit('/').next().unwrap();
        let form = b.form(&a.lot, "lam/che-bien").await.fill(&format!("vao-{}", a.code()), "40");
        let form = form.fill(&format!("vao-{code}"), "20").fill("san-pham", &b.product.short).fill("quantity", "15");
        let dried = form.fill("uom", "KGM").submit().await.expect(200);
        assert_eq!(dried.count(".graph rect"), 3);
        assert_eq!(dried.count(".graph path"), 2);
        assert_eq!(dried.text(".graph .me text"), "Vải thiều loại B");
        let told = dried.texts("section[aria-labelledby=goc] .rows li");
        assert_eq!(told.len(), 2);
        assert!(told.iter().any(|line| line.contains("Hộ mẫu A")), "{told:?}");
        assert!(
            dried.has(&format!("section[aria-labelledby=goc] .rows a[href='{second}']")),
            "an own lot leads to its page"
        );
        let path = dried.url().path().to_owned();
        let boxes = b.process(&path, "15", "14").await;
        let from_a = a.owner.get(&a.lot).await.expect(200);
        assert!(from_a.says("Đã làm ra") && from_a.says("cách 2 bước"), "{from_a}");
        let officer = app.officer().await;
        let office = officer.get(&format!("/van-phong/lo/{}", a.code())).await.expect(200);
        assert_eq!(office.count("section[aria-labelledby=goc] .rows a[href^='/van-phong/lo/']"), 2);

        let label = app.label_of_lot(&b.product, boxes.rsplit('/').next().unwrap()).await;
        let of_a = app.label_of_lot(&a.product, a.code()).await;
        let scanned = app.visitor().get(&label).await.expect(200);
        assert_eq!(scanned.count(".graph rect"), 4);
        assert!(!scanned.says("Hộ mẫu A"), "it did not agree to labels: {scanned}");
        let tap = scanned.attrs("section[aria-labelledby=chuoi] .rows a", "href");
        assert!(tap.contains(&of_a.replace('-', "")), "a lot with a label leads to its page: {tap:?}");
        let by_label = format!("{}/lo/", label.replace('-', ""));
        assert_eq!(tap.iter().filter(|url| url.starts_with(&by_label)).count(), 2, "others one tap back: {tap:?}");
        let json = app.visitor().program().get(&label).await.expect(200).json();
        assert_eq!(json["lineage"]["before"].as_array().map(Vec::len), Some(3), "{json}");
        assert_eq!(json["lineage"]["before"][2]["steps"], 2);
        assert_eq!(json["lineage"]["before_cut"], false);
        assert_eq!(json["lineage"]["before"][1]["producer"], serde_json::Value::Null);
    })
    .await;
}

#[tokio::test]
async fn a_chain_longer_than_is_told_says_so() {
    on_both_engines(async |app| {
        let house = House::new(&app, "Hộ mẫu A").await;
        let mut path = house.lot.clone();
        for n in 0..11 {
            path = house.process(&path, &format!("{}", 100 - n), &format!("{}", 99 - n)).await;
        }
        let last = house.owner.get(&path).await.expect(200);
        assert!(last.says("chỉ kể 10 bậc"), "{last}");
        assert_eq!(last.count(".graph rect"), 11);
        let first = house.owner.get(&house.lot).await.expect(200);
        assert!(first.says("chỉ kể 10 bậc"), "{first}");
    })
    .await;
}
