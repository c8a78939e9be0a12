//! Sessions: the cookie, logging out, forms whose session ended, changing the password.

use std::time::Duration;

use crate::support::{PASSWORD, on_both_engines, on_both_engines_with};

const PHONE: &str = "0912345678";
const DAY: Duration = Duration::from_hours(24);

#[tokio::test]
async fn the_cookie_is_out_of_reach_of_scripts_and_other_sites() {
    on_both_engines(async |app| {
        app.register("Hộ mẫu", PHONE).await;
        let answer = app.visitor().stays_on_redirect().try_login(PHONE, PASSWORD).await;
        let cookie = answer.header("set-cookie").to_owned();
        let (pair, flags) = cookie.split_once("; ").unwrap();
        assert!(pair.starts_with("phien=") && pair.len() > 50, "{cookie}");
        assert_eq!(flags, "Path=/; HttpOnly; SameSite=Lax; Max-Age=5184000");
        let token = pair.trim_start_matches("phien=");
        let stored = app.count("SELECT COUNT(*) FROM sessions").await;
        assert_eq!(stored, 2);
        let mut conn = app.read().await;
        let mut cx = conn.cx();
        let plain: Option<String> = crate::support::on!(cx, c =>
            sqlx::query_scalar("SELECT device FROM sessions WHERE token_hash = $1").bind(token).fetch_optional(c).await)
        .unwrap();
        assert_eq!(plain, None, "the database keeps the token's hash only");
    })
    .await;
}

#[tokio::test]
async fn behind_https_the_cookie_belongs_to_this_host_alone() {
    let https = |config: &mut sanvat::config::Config| config.public_url = Some("https://sanvat.example".to_owned());
    on_both_engines_with(https, async |app| {
        let form = app.visitor().stays_on_redirect().get("/dang-ky").await.form("form[action='/dang-ky']");
        let answer = form.fill("name", "Hộ mẫu").fill("phone", PHONE).fill("password", PASSWORD).submit().await;
        let cookie = answer.header("set-cookie");
        assert!(cookie.starts_with("__Host-phien=") && cookie.ends_with("; Secure"), "{cookie}");
        assert!(answer.header("strict-transport-security").starts_with("max-age="));
    })
    .await;
}

#[tokio::test]
async fn logging_out_ends_this_session_and_leaves_the_others() {
    on_both_engines(async |app| {
        let phone = app.register("Hộ mẫu", PHONE).await;
        let desktop = app.login(PHONE, PASSWORD).await;
        let token = phone.cookie("phien").unwrap();
        let page = phone.get("/tai-khoan").await;
        assert_eq!(page.count(".rows li"), 2);
        page.form("form[action='/dang-xuat']").press("Đăng xuất").await;
        assert_eq!(phone.cookie("phien"), None);
        phone.set_cookie(&format!("phien={token}; Path=/"));
        assert_eq!(phone.get("/tai-khoan").await.h1(), "Đăng nhập", "the old token opens nothing");
        assert_eq!(desktop.get("/tai-khoan").await.h1(), "Hộ mẫu");
    })
    .await;
}

#[tokio::test]
async fn logging_out_everywhere_ends_every_session() {
    on_both_engines(async |app| {
        let phone = app.register("Hộ mẫu", PHONE).await;
        let desktop = app.login(PHONE, PASSWORD).await;
        let other = app.register("Hàng xóm", "0987654321").await;
        phone.get("/tai-khoan").await.form("form[action='/dang-xuat']").press("Đăng xuất mọi thiết bị").await;
        for visitor in [&phone, &desktop] {
            assert_eq!(visitor.get("/tai-khoan").await.h1(), "Đăng nhập");
        }
        assert_eq!(other.get("/tai-khoan").await.h1(), "Hàng xóm");
    })
    .await;
}

#[tokio::test]
async fn a_session_lasts_sixty_days_after_it_was_last_seen() {
    on_both_engines(async |app| {
        let visitor = app.register("Hộ mẫu", PHONE).await;
        app.later(59 * DAY);
        assert_eq!(visitor.get("/tai-khoan").await.h1(), "Hộ mẫu");
        app.later(59 * DAY);
        assert_eq!(visitor.get("/tai-khoan").await.h1(), "Hộ mẫu", "being seen prolongs it");
        app.later(61 * DAY);
        assert_eq!(visitor.get("/tai-khoan").await.h1(), "Đăng nhập");
    })
    .await;
}

#[tokio::test]
async fn a_form_whose_session_ended_is_kept_over_the_login() {
    on_both_engines(async |app| {
        let visitor = app.register("Hộ mẫu", PHONE).await;
        let form = visitor.get("/tai-khoan").await.form("form[action='/tai-khoan/mat-khau']");
        app.later(61 * DAY);
        let form =
            form.tamper("ghi-chu", "vải \"thiều\" & <b>").fill("old", PASSWORD).fill("new", "mật khẩu mới toanh");
        let again = form.submit().await.expect(401);
        assert_eq!(again.h1(), "Phiên đã hết, nội dung còn nguyên");
        assert!(!again.body().contains("toanh"), "a password never goes back into a page");

        // A slip at the login keeps it too.
        let login = again.form("form[action='/dang-nhap']").fill("phone", PHONE);
        let again = login.fill("password", "gõ nhầm mật khẩu").submit().await.expect(422);
        let login = again.form("form[action='/dang-nhap']").fill("password", PASSWORD);
        let resume = login.submit().await.expect(200);
        assert_eq!(resume.h1(), "Gửi tiếp nội dung vừa nhập");
        let form = resume.form("main form");
        assert_eq!(form.value("ghi-chu"), "vải \"thiều\" & <b>");
        let arrived = form.submit().await;
        assert_eq!((arrived.code(), arrived.path().as_str()), (422, "/tai-khoan/mat-khau"));
        assert!(!arrived.error_of("old").is_empty(), "the form arrived, without its passwords: {arrived}");
    })
    .await;
}

#[tokio::test]
async fn a_new_password_needs_the_old_one_and_ends_the_other_sessions() {
    on_both_engines(async |app| {
        let visitor = app.register("Hộ mẫu", PHONE).await;
        let elsewhere = app.login(PHONE, PASSWORD).await;
        let form = visitor.get("/tai-khoan").await.form("form[action='/tai-khoan/mat-khau']");
        let form = form.fill("new", "một câu khác dễ nhớ");
        let wrong = form.clone().fill("old", "không nhớ nữa").submit().await.expect(422);
        assert!(wrong.error_of("old").contains("chưa đúng"));
        assert!(wrong.attr("a.lang", "href").starts_with("/tai-khoan?"), "the language link leads to a page");
        let saved = form.fill("old", PASSWORD).submit().await.expect(200);
        assert_eq!(saved.text("[role=status]"), "Đã lưu.");
        assert_eq!(elsewhere.get("/tai-khoan").await.h1(), "Đăng nhập");
        app.login(PHONE, "một câu khác dễ nhớ").await;
        assert_eq!(app.visitor().try_login(PHONE, PASSWORD).await.code(), 422);
    })
    .await;
}

#[tokio::test]
async fn each_role_goes_home_after_the_login() {
    on_both_engines(async |app| {
        let village = app.village("Đông").await;
        for (visitor, home) in [
            (app.officer().await, "/van-phong"),
            (app.viewer().await, "/van-phong"),
            (app.helper(village).await, "/ho-tro"),
            (app.register("Hộ mẫu", PHONE).await, "/cua-toi"),
        ] {
            let answer = visitor.stays_on_redirect().get("/tai-khoan/vao").await.expect(303);
            assert_eq!(answer.location(), home);
        }
    })
    .await;
}
