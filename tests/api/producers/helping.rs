//! A helper fills in the forms on a producer's behalf.

use sanvat::producers::model::{Channel, ConsentField};
use sanvat::producers::store as producers;
use sanvat::web::i18n::Lang;

use super::answer_from_place;
use crate::support::{html, on_both_engines};

#[tokio::test]
async fn a_helper_registers_a_producer_with_recorded_consent() {
    on_both_engines(async |app| {
        let village = app.village("Đông").await;
        app.village("Đoài").await;
        let helper = app.helper(village).await;
        let page = helper.get("/ho-tro").await.expect(200).click("Khai giúp cơ sở mới").await.expect(200);
        let wrong = page.form("main form").fill("when", "15/06/2026").submit().await.expect(422);
        assert!(wrong.error_of("how").ends_with("Chọn họ đồng ý bằng cách nào."), "{wrong}");
        assert!(wrong.error_of("when").ends_with("Ngày đồng ý không thể ở sau hôm nay."), "{wrong}");
        let form = wrong.form("main form").choose("how", "paper").fill("when", "13/06/2026");
        let page = form.submit().await.expect(200);
        let page = page.form("main form").choose("kind", "household").press("Tiếp tục").await.expect(200);
        assert!(page.says("Ký phiếu giấy, 13/06/2026"), "{page}");
        let options = page.texts("select[name=village] option");
        assert_eq!(options, ["Chọn thôn", "Đông"]);
        answer_from_place(page, &village.to_string()).await;

        let list = helper.get("/ho-tro").await.expect(200);
        assert!(list.says("Vườn vải mẫu"), "{list}");
        assert_eq!(app.count("SELECT COUNT(*) FROM grants WHERE role = 'owner'").await, 0);
        let mut conn = app.read().await;
        let list = producers::of_village(&mut conn.cx(), app.commune, village).await.unwrap();
        let given = producers::consents_given(&mut conn.cx(), app.commune, list[0].id).await.unwrap();
        let phone = given.iter().find(|c| c.field == ConsentField::Phone).unwrap();
        assert_eq!((phone.channel, phone.evidence.as_str()), (Channel::Paper, "Ký phiếu giấy, 13/06/2026"));
        assert_eq!(list[0].channel, Channel::Helper);
    })
    .await;
}

#[tokio::test]
async fn a_helper_works_in_own_villages_only() {
    on_both_engines(async |app| {
        let (mine, other) = (app.village("Đông").await, app.village("Đoài").await);
        let helper = app.helper(mine).await;
        let theirs = app.producer().in_village(other).approved().create().await;
        helper.get(&format!("/cua-toi/co-so/{}", theirs.short)).await.expect(404);
        helper.get(&format!("/ho-tro/co-so/{}/phieu", theirs.short)).await.expect(404);
        assert!(!helper.get("/ho-tro").await.expect(200).says("Hộ mẫu Bến Sậy"));
        let page = helper.get("/ho-tro/co-so/moi").await.expect(200);
        let form = page.form("main form").choose("how", "met").fill("when", "13/06/2026");
        let page = form.tamper("village", &other.to_string()).submit().await.expect(422);
        assert!(page.error_of("village").contains("thôn mình phụ trách"), "{page}");
        assert_eq!(html::faults(&page, Lang::Vi), Vec::<String>::new());
        app.register("Người mới", "0912345678").await.get("/ho-tro").await.expect(403);
    })
    .await;
}

#[tokio::test]
async fn a_helper_records_consent_before_writing_for_a_producer_that_began_by_itself() {
    on_both_engines(async |app| {
        let village = app.village("Đông").await;
        let producer = app.producer().in_village(village).create().await;
        let helper = app.helper(village).await;
        let page = helper.get(&format!("/cua-toi/co-so/{}/gioi-thieu", producer.short)).await.expect(200);
        assert_eq!(page.path(), format!("/cua-toi/co-so/{}/dong-y", producer.short));
        let form = page.form("main form").choose("how", "phone").fill("when", "14/06/2026");
        let tasks = form.submit().await.expect(200);
        assert!(tasks.says("Nói qua điện thoại, 14/06/2026"), "{tasks}");
    })
    .await;
}
