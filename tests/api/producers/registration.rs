//! A producer registers itself: steps, check, handing in, changes, consent.

use sanvat::ids::ProducerId;
use sanvat::producers::model::{ConsentField, State};
use sanvat::producers::store as producers;
use sanvat::web::i18n::Lang;

use super::answer_until_labels;
use crate::support::{TestApp, html, on, on_both_engines};

async fn only_producer(app: &TestApp) -> sanvat::producers::model::Producer {
    let mut conn = app.read().await;
    let id: uuid::Uuid = {
        let mut cx = conn.cx();
        on!(cx, c => sqlx::query_scalar("SELECT id FROM producers").fetch_one(c).await).unwrap()
    };
    producers::by_id(&mut conn.cx(), app.commune, ProducerId(id)).await.unwrap().unwrap()
}

#[tokio::test]
async fn a_producer_registers_itself_step_by_step_and_hands_it_in() {
    on_both_engines(async |app| {
        let village = app.village("Đông").await.to_string();
        let visitor = app.register("Nguyễn Thị Mẫu", "0912345678").await;
        let page = answer_until_labels(&app, &visitor, &village).await;
        assert!(page.says("Đã lưu"), "{page}");
        let check = page.form("main form").choose("labels", "all").submit().await.expect(200);
        assert_eq!(check.h1(), "Xem lại trước khi gửi");
        for words in ["Hộ sản xuất", "Vườn vải mẫu", "Đông", "0912 345 678", "Tôi không biết"] {
            assert!(check.says(words), "{words} is missing on {check}");
        }
        let sent = check.form("main form").submit().await.expect(200);
        assert!(sent.says("Đã gửi lúc 14/06/2026, 14:05"), "{sent}");

        let producer = only_producer(&app).await;
        assert_eq!(producer.state, State::Submitted);
        assert_eq!(producer.content.phone, "0912345678");
        let mut conn = app.read().await;
        let consents = producers::consents(&mut conn.cx(), app.commune, producer.id).await.unwrap();
        assert!(consents.contains(&ConsentField::Phone) && consents.contains(&ConsentField::Labels));
        assert!(!consents.contains(&ConsentField::Address) && !consents.contains(&ConsentField::Representative));
    })
    .await;
}

#[tokio::test]
async fn a_draft_is_found_again_where_it_was_left() {
    on_both_engines(async |app| {
        let village = app.village("Đông").await.to_string();
        let visitor = app.register("Nguyễn Thị Mẫu", "0912345678").await;
        answer_until_labels(&app, &visitor, &village).await;
        let home = visitor.get("/cua-toi").await.expect(200);
        assert!(home.says("Vườn vải mẫu: khai dở, chưa gửi"), "{home}");
        let path = home.attr("main a[href^='/cua-toi/co-so/']", "href");
        let tasks = visitor.get(&path).await.expect(200);
        assert!(tasks.says("Xong 4 trong 7 việc"), "{tasks}");
        let place = visitor.get(&tasks.attr("main a[href$='/noi']", "href")).await.expect(200);
        assert_eq!(place.form("main form").value("address"), "Xóm 2, bờ sông mẫu");
    })
    .await;
}

#[tokio::test]
async fn wrong_answers_are_told_by_field_and_kept() {
    on_both_engines(async |app| {
        let village = app.village("Đông").await.to_string();
        let visitor = app.register("Nguyễn Thị Mẫu", "0912345678").await;
        let page = visitor.get("/cua-toi/co-so/moi").await.expect(200);
        let page = page.form("main form").submit().await.expect(422);
        assert!(page.error_of("kind").ends_with("Chọn một loại cơ sở."), "{page}");
        let page = page.form("main form").choose("kind", "cooperative").submit().await.expect(200);
        let long = "ă".repeat(10_000);
        let form = page.form("main form").fill("name", &long).fill("village", &village);
        let page = form.fill("address", "<script>alert(1)</script>").choose("address_seen", "all").submit().await;
        let page = page.expect(422);
        assert!(page.error_of("name").contains("10000"), "{page}");
        assert_eq!(page.form("main form").value("address"), "<script>alert(1)</script>");
        let form = page.form("main form").fill("name", "Hợp tác xã <script>mẫu");
        let page = form.submit().await.expect(200);
        let form = page.form("main form").fill("representative", "Mẫu").fill("phone", "0912 345 67");
        let page = form.submit().await.expect(422);
        assert!(page.error_of("phone").contains("thiếu 1"), "{page}");
        assert!(page.error_of("phone_seen").ends_with("Bạn chưa chọn ai được thấy."), "{page}");
        assert_eq!(html::faults(&page, Lang::Vi), Vec::<String>::new());
    })
    .await;
}

#[tokio::test]
async fn the_first_form_sent_twice_begins_one_producer() {
    on_both_engines(async |app| {
        let visitor = app.register("Nguyễn Thị Mẫu", "0912345678").await;
        let page = visitor.get("/cua-toi/co-so/moi").await.expect(200);
        let (a, b) =
            (page.form("main form").choose("kind", "household"), page.form("main form").choose("kind", "household"));
        let (a, b) = tokio::join!(a.submit(), b.submit());
        assert_eq!(a.expect(200).path(), b.expect(200).path());
        assert_eq!(app.count("SELECT COUNT(*) FROM producers").await, 1);
        assert_eq!(app.count("SELECT COUNT(*) FROM grants WHERE role = 'owner'").await, 1);
    })
    .await;
}

#[tokio::test]
async fn the_second_of_two_editors_is_told_and_loses_nothing() {
    on_both_engines(async |app| {
        let village = app.village("Đông").await;
        let producer = app.producer().in_village(village).approved().create().await;
        let (one, two) = (app.owner_of(producer.id).await, app.owner_of(producer.id).await);
        let path = format!("/cua-toi/co-so/{}/gioi-thieu", producer.short);
        let (first, second) = (one.get(&path).await.expect(200), two.get(&path).await.expect(200));
        first.form("main form").fill("story", "Chuyện của người thứ nhất").press("Tiếp tục").await.expect(200);
        let told =
            second.form("main form").fill("story", "Chuyện của người thứ hai").press("Tiếp tục").await.expect(409);
        assert!(told.says("Có người vừa sửa phần này trước bạn"), "{told}");
        assert!(told.says("Chuyện của người thứ nhất"), "{told}");
        assert_eq!(told.form("main form").value("story"), "Chuyện của người thứ hai");
        assert_eq!(html::faults(&told, Lang::Vi), Vec::<String>::new());
        told.form("main form").press("Tiếp tục").await.expect(200);
        let stored = one.get(&path).await.expect(200);
        assert_eq!(stored.form("main form").value("story"), "Chuyện của người thứ hai");
    })
    .await;
}

#[tokio::test]
async fn an_edit_of_an_approved_producer_leaves_the_live_version_up() {
    on_both_engines(async |app| {
        let village = app.village("Đông").await;
        let producer = app.producer().in_village(village).approved().create().await;
        let owner = app.owner_of(producer.id).await;
        let page = owner.get(&format!("/cua-toi/co-so/{}/gioi-thieu", producer.short)).await.expect(200);
        let tasks = page.form("main form").fill("story", "Chuyện mới").press("Tiếp tục").await.expect(200);
        assert!(tasks.says("Có phần sửa chưa gửi"), "{tasks}");
        let live = only_producer(&app).await;
        assert_eq!((live.state, live.content.story), (State::Approved, producer.content.story));
    })
    .await;
}

#[tokio::test]
async fn a_personal_number_is_masked_on_every_page() {
    on_both_engines(async |app| {
        let village = app.village("Đông").await;
        let producer = app.producer().in_village(village).create().await;
        let owner = app.owner_of(producer.id).await;
        let path = format!("/cua-toi/co-so/{}", producer.short);
        let page = owner.get(&format!("{path}/thue")).await.expect(200);
        let form = page.form("main form").choose("tax_answer", "known").fill("tax_code", "030 075 001 234");
        form.press("Tiếp tục").await.expect(200);
        for part in ["", "/thue", "/xem-lai"] {
            let page = owner.get(&format!("{path}{part}")).await.expect(200);
            assert!(page.says("••• ••• ••• 234"), "{page}");
            assert!(!page.body().contains("030075001234"), "{page}");
        }
    })
    .await;
}

#[tokio::test]
async fn a_withdrawn_consent_holds_at_once_and_goes_to_the_index() {
    on_both_engines(async |app| {
        let village = app.village("Đông").await;
        let producer = app.producer().in_village(village).consenting([ConsentField::Phone]).approved().create().await;
        let owner = app.owner_of(producer.id).await;
        let tasks = owner.get(&format!("/cua-toi/co-so/{}", producer.short)).await.expect(200);
        let page = tasks.form("form[action$='/rut']").submit().await.expect(200);
        assert!(page.says("Đã rút lại và ẩn ngay"), "{page}");
        let mut conn = app.read().await;
        let consents = producers::consents(&mut conn.cx(), app.commune, producer.id).await.unwrap();
        assert_eq!(consents, []);
        drop(conn);
        assert_eq!(app.count("SELECT COUNT(*) FROM consents").await, 1);
        assert_eq!(app.count("SELECT COUNT(*) FROM audit_log WHERE action = 'consent.withdraw'").await, 1);
        assert!(app.run_jobs().await >= 1);
    })
    .await;
}

#[tokio::test]
async fn another_producers_record_is_not_there() {
    on_both_engines(async |app| {
        let village = app.village("Đông").await;
        let mine = app.producer().in_village(village).create().await;
        let other = app.producer().named("Hộ mẫu khác").in_village(village).create().await;
        let owner = app.owner_of(mine.id).await;
        for part in ["", "/loai", "/xem-lai", "/anh", "/dong-y"] {
            owner.get(&format!("/cua-toi/co-so/{}{part}", other.short)).await.expect(404);
        }
        owner.post(&format!("/cua-toi/co-so/{}/loai", other.short), &[("kind", "enterprise")]).await.expect(404);
        owner.post(&format!("/cua-toi/co-so/{}/gui", other.short), &[]).await.expect(404);
        owner.post(&format!("/cua-toi/co-so/{}/rut", other.short), &[("field", "phone")]).await.expect(404);
        owner.get(&format!("/ho-tro/co-so/{}/phieu", mine.short)).await.expect(404);
        app.visitor().stays_on_redirect().get("/cua-toi").await.expect(303);
    })
    .await;
}

#[tokio::test]
async fn what_is_typed_in_nfd_is_stored_as_nfc() {
    on_both_engines(async |app| {
        let village = app.village("Đông").await.to_string();
        let producer = app.producer().create().await;
        let owner = app.owner_of(producer.id).await;
        let page = owner.get(&format!("/cua-toi/co-so/{}/noi", producer.short)).await.expect(200);
        let form = page.form("main form").fill("name", "Va\u{309}i thie\u{302}\u{300}u").fill("village", &village);
        form.choose("address_seen", "office").press("Tiếp tục").await.expect(200);
        assert_eq!(only_producer(&app).await.name, "Vải thiều");
    })
    .await;
}
