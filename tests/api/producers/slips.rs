//! Login slips that a helper prints for a producer's person.

use sanvat::accounts::model::{Phone, Role};
use sanvat::accounts::store as accounts;
use sanvat::web::i18n::Lang;

use crate::support::{TestApp, Visitor, html, on_both_engines};

async fn make(helper: &Visitor, short: &str, phone: &str) -> crate::support::Page {
    let page = helper.get(&format!("/ho-tro/co-so/{short}/phieu")).await.expect(200);
    page.form("main form").fill("name", "Bà Mẫu").fill("phone", phone).choose("how", "called").submit().await
}

async fn user_of(app: &TestApp, phone: &str) -> Vec<accounts::User> {
    let mut conn = app.read().await;
    accounts::users_by_phone(&mut conn.cx(), &Phone::parse(phone).unwrap()).await.unwrap()
}

#[tokio::test]
async fn a_slip_lets_the_owner_in_by_its_upper_case_code() {
    on_both_engines(async |app| {
        let village = app.village("Đông").await;
        let producer = app.producer().in_village(village).create().await;
        let helper = app.helper(village).await;
        let slip = make(&helper, &producer.short, "0987 654 321").await.expect(200);
        assert_eq!(html::faults(&slip, Lang::Vi), Vec::<String>::new());
        assert!(slip.has(".slip svg"), "{slip}");
        let link = slip.text("#duong-dan");
        let path = link.strip_prefix(&app.url()).unwrap().to_ascii_uppercase();
        let owner = app.visitor();
        let page = owner.get(&path).await.expect(200);
        let home = page.form("main form").press("Vào").await.expect(200);
        assert_eq!(home.path(), "/cua-toi");
        assert!(home.says("Hộ mẫu Bến Sậy"), "{home}");
        let users = user_of(&app, "0987654321").await;
        assert!(users[0].phone_verified_at.is_some());
    })
    .await;
}

#[tokio::test]
async fn no_slip_is_made_for_an_account_with_other_rights() {
    on_both_engines(async |app| {
        let (mine, other) = (app.village("Đông").await, app.village("Đoài").await);
        let producer = app.producer().in_village(mine).create().await;
        let theirs = app.producer().named("Hộ mẫu khác").in_village(other).create().await;
        let helper = app.helper(mine).await;
        for (role, of) in [(Role::Officer, None), (Role::Operator, None), (Role::Owner, Some(theirs.id))] {
            let user = app.person("Người có quyền").await;
            app.grant(user, role, of, None).await;
            let mut conn = app.read().await;
            let phone = accounts::user(&mut conn.cx(), user).await.unwrap().unwrap().phone;
            drop(conn);
            let refused = make(&helper, &producer.short, phone.as_str()).await.expect(409);
            assert!(refused.error_of("phone").contains("Nhờ cán bộ xã"), "{refused}");
        }
        // Each account of this test entered by one slip or none; none is open now.
        assert_eq!(app.count("SELECT COUNT(*) FROM login_slips WHERE used_at IS NULL").await, 0);
    })
    .await;
}

#[tokio::test]
async fn an_account_that_a_stranger_made_with_the_number_is_not_taken_over() {
    on_both_engines(async |app| {
        let village = app.village("Đông").await;
        let producer = app.producer().in_village(village).create().await;
        let stranger = app.register("Kẻ lạ", "0987654321").await;
        let helper = app.helper(village).await;
        make(&helper, &producer.short, "0987654321").await.expect(200);
        stranger.get(&format!("/cua-toi/co-so/{}", producer.short)).await.expect(404);
        let users = user_of(&app, "0987654321").await;
        assert_eq!(users.len(), 2);
        assert_eq!(users.iter().filter(|u| u.phone_verified_at.is_some()).count(), 1);
        assert!(users.iter().all(|u| u.phone_verified_at.is_none() || u.password_hash.is_none()));
    })
    .await;
}

#[tokio::test]
async fn a_self_made_account_that_is_confirmed_enters_by_slip_from_then_on() {
    on_both_engines(async |app| {
        let village = app.village("Đông").await;
        let visitor = app.register("Bà Mẫu", "0987654321").await;
        let page = visitor.get("/cua-toi/co-so/moi").await.expect(200);
        let page = page.form("main form").choose("kind", "household").submit().await.expect(200);
        let form = page.form("main form").fill("name", "Vườn mẫu").fill("village", &village.to_string());
        let page = form.fill("address", "Xóm 2").choose("address_seen", "office").submit().await.expect(200);
        let short = page.path().split('/').nth(3).unwrap().to_owned();
        let helper = app.helper(village).await;
        make(&helper, &short, "0987654321").await.expect(200);
        let users = user_of(&app, "0987654321").await;
        assert_eq!(users.len(), 1);
        assert!(users[0].phone_verified_at.is_some() && users[0].password_hash.is_none());
        visitor.stays_on_redirect().get("/cua-toi").await.expect(303);
    })
    .await;
}
