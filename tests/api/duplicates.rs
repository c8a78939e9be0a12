//! `/van-phong/trung-lap`: producers that may be one, pairs said to be two, merges and their undoing.

use sanvat::ids::ProducerId;
use sanvat::producers::model::{Channel, ConsentField, Producer};
use sanvat::producers::store::{self as producers, ConsentGiven};

use crate::support::{Page, TestApp, Visitor, on, on_both_engines};

const LIST: &str = "/van-phong/trung-lap";
const MERGE: &str = "section[aria-labelledby=gop] form";
/// The phone that the builder gives, shown to buyers.
const OWN: &str = "a[href='tel:0912345678']";
const APART: &str = "section[aria-labelledby=khac] form";

/// Two approved producers of one village that share a phone, the first with an owner.
async fn twice(app: &TestApp) -> (Producer, Producer) {
    let village = app.village("Đông").await;
    let consents = ConsentField::ALL.iter().copied();
    let kept = app.producer().named("HTX Vải Bến Sậy").in_village(village).consenting(consents).approved();
    let kept = kept.create().await;
    let gone =
        app.producer().named("Hộ Nhà Mẫu").in_village(village).with(|c| "Kể lại lần hai.".clone_into(&mut c.story));
    (kept, gone.approved().create().await)
}

fn pair(a: &Producer, b: &Producer) -> String {
    format!("{LIST}/{}/{}", a.short, b.short)
}

async fn merge(officer: &Visitor, kept: &Producer, gone: &Producer) -> Page {
    let form = officer.get(&pair(kept, gone)).await.expect(200).form(MERGE);
    form.fill("ghi-chu", "Một nhà khai hai lần").submit().await
}

/// Rows of each of the two in every table that tells of producers.
async fn rows(app: &TestApp, a: ProducerId, b: ProducerId) -> Vec<(String, i64, i64)> {
    let places = [
        ("products", "producer_id"),
        ("product_register", "producer_id"),
        ("revisions", "producer_id"),
        ("files", "producer_id"),
        ("places", "producer_id"),
        ("lots", "producer_id"),
        ("trace_events", "producer_id"),
        ("label_runs", "producer_id"),
        ("enquiries", "producer_id"),
        ("support_needs", "producer_id"),
        ("support_records", "producer_id"),
        ("grants", "producer_id"),
        ("consents", "producer_id"),
    ];
    let mut told = Vec::new();
    let mut conn = app.read().await;
    for (table, column) in places {
        let mut of = Vec::new();
        for id in [a, b] {
            let mut cx = conn.cx();
            let text = format!("SELECT COUNT(*) FROM {table} WHERE {column} = $1");
            let count: i64 = on!(cx, c => {
                sqlx::query_scalar(sqlx::AssertSqlSafe(text)).bind(id).fetch_one(c).await
            })
            .unwrap();
            of.push(count);
        }
        told.push((table.to_owned(), of[0], of[1]));
    }
    told
}

#[tokio::test]
async fn a_pair_is_told_until_the_office_says_that_they_are_two() {
    on_both_engines(async |app| {
        let (a, b) = twice(&app).await;
        let other = app.producer().named("Cơ sở khác").with(|c| "0987654321".clone_into(&mut c.phone)).approved();
        let other = other.create().await;
        let officer = app.officer().await;
        let list = officer.get(LIST).await.expect(200);
        assert_eq!(list.count("tbody tr"), 1, "{list}");
        assert!(list.says("điện thoại") && list.says(&a.name) && list.says(&b.name), "{list}");
        assert!(officer.get(&format!("/van-phong/co-so/{}", a.short)).await.expect(200).says(&b.name));
        assert!(!officer.get(&format!("/van-phong/co-so/{}", other.short)).await.expect(200).says("cùng một cơ sở"));

        let form = officer.get(&pair(&b, &a)).await.expect(200).form(APART);
        form.clone().submit().await.expect(422);
        form.fill("vi-sao", "Hai chị em dùng chung máy").submit().await.expect(200);
        assert_eq!(officer.get(LIST).await.expect(200).count("tbody tr"), 0);
        assert!(!officer.get(&format!("/van-phong/co-so/{}", a.short)).await.expect(200).says("cùng một cơ sở"));
        assert!(officer.get(&format!("{LIST}?xem=khac")).await.expect(200).says("dùng chung máy"));

        // One thing more in common makes them a pair again.
        set_name(&app, &b, "Hợp tác xã vải Bến Sậy").await;
        let list = officer.get(LIST).await.expect(200);
        assert!(list.says("tên, cùng thôn"), "{list}");
        let form = officer.get(&pair(&a, &b)).await.expect(200).form(APART);
        form.fill("vi-sao", "Vẫn là hai").submit().await.expect(200);
        assert_eq!(officer.get(LIST).await.expect(200).count("tbody tr"), 0);
        officer.get(&pair(&a, &b)).await.expect(200).form("form[action$=xem-lai]").submit().await.expect(200);
        assert_eq!(officer.get(LIST).await.expect(200).count("tbody tr"), 1);
        let viewer = app.viewer().await;
        viewer.get(LIST).await.expect(200);
        viewer.post(&pair(&a, &b), &[("ghi-chu", "x")]).await.expect(403);
        app.run_jobs().await;
    })
    .await;
}

/// Consents to the phone and withdraws it at once.
async fn answer_again(app: &TestApp, producer: &Producer) {
    let mut tx = app.begin().await;
    let (field, at) = (ConsentField::Phone, app.now());
    let given = ConsentGiven { by: None, channel: Channel::OneSelf, evidence: "", at };
    producers::give_consent(&mut tx.cx(), app.commune, producer.id, field, &given).await.unwrap();
    producers::withdraw_consent(&mut tx.cx(), app.commune, producer.id, field, at).await.unwrap();
    tx.commit().await.unwrap();
}

/// As an approval does.
async fn set_name(app: &TestApp, producer: &Producer, name: &str) {
    let mut tx = app.begin().await;
    let now = producers::by_id(&mut tx.cx(), app.commune, producer.id).await.unwrap().unwrap();
    let content = sanvat::producers::model::ProducerContent { name: name.to_owned(), ..now.content.clone() };
    let (commune, at) = (app.commune, app.now());
    let mut cx = tx.cx();
    let done = producers::update(&mut cx, commune, now.id, now.state, &content, now.version, at).await;
    assert!(done.unwrap());
    tx.commit().await.unwrap();
}

#[tokio::test]
async fn near_names_of_a_village_are_told_on_the_producers_page() {
    on_both_engines(async |app| {
        let (a, _) = twice(&app).await;
        let near = app.producer().named("Hợp tác xã vải thiều Bến Sậy").with(|c| "0987654321".clone_into(&mut c.phone));
        let near = near.in_village(a.village_id.unwrap()).approved().create().await;
        let officer = app.officer().await;
        let page = officer.get(&format!("/van-phong/co-so/{}", near.short)).await.expect(200);
        assert!(page.says(&a.name), "{page}");
        assert!(officer.get(&pair(&near, &a)).await.expect(200).says("tên gần giống"));
        app.run_jobs().await;
    })
    .await;
}

#[tokio::test]
async fn a_merge_moves_everything_and_undoing_it_moves_everything_back() {
    on_both_engines(async |app| {
        let sample = app.sample().await;
        let kept = app
            .producer()
            .named("HTX giữ lại")
            .consenting(ConsentField::ALL.iter().copied())
            .with(|c| "0987654321".clone_into(&mut c.phone))
            .in_village(sample.village)
            .approved()
            .create()
            .await;
        let own = app.product().of(kept.id).named("Ổi mẫu").approved().create().await;
        let officer = app.officer().await;
        give_both(&app, &officer, &[&sample.producer.short, &kept.short]).await;
        app.run_jobs().await;
        let refused = merge(&officer, &sample.waiting, &sample.producer).await.expect(422);
        assert!(refused.error_of("ghi-chu").contains("Đổi bên giữ lại"), "what is public stays public: {refused}");
        let before = rows(&app, kept.id, sample.producer.id).await;

        let done = merge(&officer, &kept, &sample.producer).await.expect(200);
        app.run_jobs().await;
        assert!(done.says("Đã gộp") && done.says("Sản phẩm") && done.says("Lô"), "{done}");
        for (table, of_kept, of_gone) in rows(&app, kept.id, sample.producer.id).await {
            let (_, had, came) = before.iter().find(|(t, ..)| *t == table).unwrap();
            let stay = if table == "consents" || table == "revisions" { of_gone } else { 0 };
            assert_eq!((of_kept, of_gone), (had + came - stay, stay), "{table}");
        }
        assert_eq!(officer.get(LIST).await.expect(200).count("tbody tr"), 0, "what was merged is no pair");

        let visitor = app.visitor();
        let page = visitor.get(&sample.producer.path()).await.expect(200);
        assert_eq!(page.path(), kept.path(), "the old address leads to the one that was kept");
        assert!(page.says(&sample.product.name) && page.says(&own.name), "{page}");
        assert!(visitor.get(&sample.label).await.expect(200).says(&kept.name));
        assert!(visitor.get("/san-pham?q=vai").await.expect(200).says(&sample.product.name));
        sample.owner.get(&format!("/cua-toi/co-so/{}", sample.producer.short)).await.expect(404);
        sample.owner.get(&format!("/cua-toi/co-so/{}", kept.short)).await.expect(200);
        officer.get(&format!("/cua-toi/co-so/{}", sample.producer.short)).await.expect(409);
        let old = officer.get(&format!("/van-phong/co-so/{}", sample.producer.short)).await.expect(200);
        assert!(old.says("Hồ sơ này đã gộp vào") && old.says(&kept.name), "{old}");

        let undone = done.form("form[action$=hoan-tac]").submit().await.expect(200);
        app.run_jobs().await;
        assert!(undone.says("Đã hoàn tác"), "{undone}");
        assert_eq!(rows(&app, kept.id, sample.producer.id).await, before);
        assert!(visitor.get(&sample.producer.path()).await.expect(200).says(&sample.product.name));
        assert!(visitor.get(&sample.label).await.expect(200).says(&sample.producer.name));
        sample.owner.get(&format!("/cua-toi/co-so/{}", sample.producer.short)).await.expect(200);
        let again = officer.post(&format!("{}/hoan-tac", undone.url().path()), &[]).await;
        again.expect(409);
    })
    .await;
}

/// One form that records support for several.
async fn give_both(app: &TestApp, officer: &Visitor, shorts: &[&str]) {
    app.support_kinds().await;
    let query: Vec<String> = shorts.iter().map(|short| format!("co-so={short}")).collect();
    let form = officer.get(&format!("/van-phong/ho-tro/moi?{}", query.join("&"))).await.expect(200).form("main form");
    form.fill("loai", "fair").fill("tinh-trang", "proposed").submit().await.expect(200);
    assert_eq!(app.count("SELECT COUNT(DISTINCT request_id) FROM support_records").await, 1);
    assert_eq!(app.count("SELECT COUNT(*) FROM support_records").await, shorts.len() as i64);
}

#[tokio::test]
async fn the_officer_chooses_which_words_stand_and_consent_does_not_come_along() {
    on_both_engines(async |app| {
        let (kept, gone) = twice(&app).await;
        let other = app.producer().named("Hộ thứ ba").with(|c| "0987654321".clone_into(&mut c.phone)).approved();
        let other = other.create().await;
        let officer = app.officer().await;
        assert!(app.visitor().get(&kept.path()).await.expect(200).has(OWN));
        let form = officer.get(&pair(&kept, &other)).await.expect(200).form(MERGE);
        form.clone().fill("ghi-chu", "").submit().await.expect(422);
        let form = form.choose("phone", "other").choose("name", "kept").fill("ghi-chu", "Đã gọi hỏi");
        let done = form.submit().await.expect(200);
        let page = officer.get(&format!("/van-phong/co-so/{}", kept.short)).await.expect(200);
        assert!(page.says("098 765 4321") || page.says("0987 654 321"), "{page}");
        app.run_jobs().await;
        let public = app.visitor().get(&kept.path()).await.expect(200);
        assert!(!public.has("a[href^='tel:']"), "{public}");

        // Taken back as it was, the consent stands again; one answered anew since stays as it was answered.
        let undone = done.form("form[action$=hoan-tac]").submit().await.expect(200);
        assert!(undone.says("Đã hoàn tác"), "{undone}");
        assert!(app.visitor().get(&kept.path()).await.expect(200).has(OWN));
        let form = officer.get(&pair(&kept, &other)).await.expect(200).form(MERGE);
        let done = form.choose("phone", "other").choose("name", "kept").fill("ghi-chu", "Đã gọi").submit().await;
        app.later(std::time::Duration::from_secs(1));
        answer_again(&app, &kept).await;
        done.form("form[action$=hoan-tac]").submit().await.expect(200);
        assert!(!app.visitor().get(&kept.path()).await.expect(200).has(OWN), "withdrawn since");
        let form = officer.get(&pair(&kept, &other)).await.expect(200).form(MERGE);
        let done = form.choose("name", "kept").fill("ghi-chu", "Đã gọi").submit().await.expect(200);

        // Changed after the merge: undoing it leaves the words.
        set_name(&app, &kept, "HTX Vải Bến Sậy Mới").await;
        let undone = done.form("form[action$=hoan-tac]").submit().await.expect(200);
        assert!(undone.says("giữ nguyên thông tin"), "{undone}");
        let page = officer.get(&format!("/van-phong/co-so/{}", kept.short)).await.expect(200);
        assert!(page.says("HTX Vải Bến Sậy Mới"), "{page}");

        // What the office took down is not shown again by a merge.
        let suspend = officer.get(&format!("/van-phong/co-so/{}", other.short)).await.form("form[action$=tam-dung]");
        suspend.fill("ly-do", "Chờ kiểm tra").submit().await.expect(200);
        for (a, b) in [(&kept, &other), (&other, &kept)] {
            assert!(merge(&officer, a, b).await.expect(422).error_of("ghi-chu").contains("tạm dừng"));
        }

        // Two officers: the second is told.
        let late = officer.get(&pair(&kept, &gone)).await.expect(200).form(MERGE);
        set_name(&app, &gone, "Hộ Nhà Mẫu Sửa").await;
        let told = late.fill("ghi-chu", "Một nhà").submit().await.expect(409);
        assert!(told.error_of("ghi-chu").contains("vừa thay đổi"), "{told}");
        told.form(MERGE).submit().await.expect(200);
        officer.get(&pair(&kept, &gone)).await.expect(409);
        app.run_jobs().await;
    })
    .await;
}

#[tokio::test]
async fn merges_are_undone_the_last_first() {
    on_both_engines(async |app| {
        let (a, b) = twice(&app).await;
        let c = app.producer().named("Hộ thứ ba").approved().create().await;
        let officer = app.officer().await;
        let first = merge(&officer, &b, &a).await.expect(200);
        let same = merge_again(&officer, &b, &a).await;
        assert_eq!(same.url().path(), first.url().path(), "the same form sent twice is one merge");
        let second = merge(&officer, &c, &b).await.expect(200);
        first.form("form[action$=hoan-tac]").submit().await.expect(409);
        second.form("form[action$=hoan-tac]").submit().await.expect(200);
        first.form("form[action$=hoan-tac]").submit().await.expect(200);
        app.run_jobs().await;
        for one in [&a, &b, &c] {
            let page = app.visitor().get(&one.path()).await.expect(200);
            assert!(page.says(&one.name), "{page}");
        }
        assert_eq!(officer.get(&format!("{LIST}?xem=gop")).await.expect(200).count("tbody tr"), 2);
    })
    .await;
}

async fn merge_again(officer: &Visitor, kept: &Producer, gone: &Producer) -> Page {
    let versions = [("kept-version", "1"), ("other-version", "1"), ("ghi-chu", "Một nhà khai hai lần")];
    officer.post(&pair(kept, gone), &versions).await.expect(200)
}
