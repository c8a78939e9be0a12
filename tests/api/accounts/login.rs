//! `/dang-nhap`: phone and password, and the guard against guessing.

use std::time::Duration;

use crate::support::{PASSWORD, TestApp, Visitor, on_both_engines, on_both_engines_with};

const PHONE: &str = "0912345678";
const OTHER: &str = "0987654321";
const WRONG: &str = "không phải mật khẩu";

async fn fail_times(visitor: &Visitor, phone: &str, times: usize) {
    for _ in 0..times {
        assert_eq!(visitor.try_login(phone, WRONG).await.code(), 422);
    }
}

fn fresh(app: &TestApp) -> Visitor {
    app.visitor().stays_on_redirect()
}

#[tokio::test]
async fn a_wrong_password_and_an_unknown_phone_get_the_same_answer() {
    on_both_engines(async |app| {
        app.register("Hộ mẫu", PHONE).await;
        let known = fresh(&app).try_login(PHONE, WRONG).await;
        let unknown = fresh(&app).try_login(OTHER, WRONG).await;
        assert_eq!((known.code(), unknown.code()), (422, 422));
        assert_eq!(known.body().replace(PHONE, OTHER), unknown.body());
        let names = |page: &crate::support::Page| page.headers().keys().map(|k| k.to_string()).collect::<Vec<_>>();
        assert_eq!(names(&known), names(&unknown));
        assert!(known.error_of("phone").contains("chưa đúng"));
        assert_eq!(known.attr("#f-phone", "value"), PHONE);
        assert_eq!(known.attr("#f-password", "value"), "");
    })
    .await;
}

#[tokio::test]
async fn five_wrong_tries_close_the_account_for_this_address_for_a_quarter_of_an_hour() {
    on_both_engines(async |app| {
        app.register("Hộ mẫu", PHONE).await;
        app.later(Duration::from_mins(16));
        fail_times(&fresh(&app), PHONE, 5).await;
        let closed = fresh(&app).try_login(PHONE, PASSWORD).await;
        assert_eq!(closed.code(), 429, "{closed}");
        assert!(closed.error_of("phone").contains("15 phút"), "{closed}");
        app.later(Duration::from_secs(15 * 60 + 1));
        app.login(PHONE, PASSWORD).await;
    })
    .await;
}

#[tokio::test]
async fn a_closed_account_does_not_close_its_neighbours_behind_the_same_address() {
    on_both_engines(async |app| {
        app.register("Hộ mẫu", PHONE).await;
        app.register("Hàng xóm", OTHER).await;
        for _ in 0..6 {
            fresh(&app).try_login(PHONE, WRONG).await;
        }
        assert_eq!(fresh(&app).try_login(PHONE, PASSWORD).await.code(), 429);
        app.login(OTHER, PASSWORD).await;
    })
    .await;
}

#[tokio::test]
async fn an_account_closed_for_one_address_opens_from_another() {
    let trusting = |config: &mut sanvat::config::Config| {
        config.trusted_proxies = vec!["127.0.0.1".parse().unwrap()];
    };
    on_both_engines_with(trusting, async |app| {
        app.register("Hộ mẫu", PHONE).await;
        fail_times(&fresh(&app).behind("203.0.113.7"), PHONE, 5).await;
        assert_eq!(fresh(&app).behind("203.0.113.7").try_login(PHONE, PASSWORD).await.code(), 429);
        // What the one who asks wrote further left is not believed.
        let forged = fresh(&app).behind("198.51.100.1, 203.0.113.7");
        assert_eq!(forged.try_login(PHONE, PASSWORD).await.code(), 429);
        assert_eq!(fresh(&app).behind("198.51.100.1").try_login(PHONE, PASSWORD).await.code(), 303);
    })
    .await;
}

#[tokio::test]
async fn forwarding_headers_of_strangers_are_ignored() {
    on_both_engines(async |app| {
        app.register("Hộ mẫu", PHONE).await;
        for last in 0..6 {
            fresh(&app).behind(&format!("203.0.113.{last}")).try_login(PHONE, WRONG).await;
        }
        assert_eq!(fresh(&app).behind("203.0.113.99").try_login(PHONE, PASSWORD).await.code(), 429);
    })
    .await;
}

#[tokio::test]
async fn guessing_from_ever_new_addresses_closes_the_account_itself() {
    let trusting = |config: &mut sanvat::config::Config| {
        config.trusted_proxies = vec!["127.0.0.0/8".parse().unwrap()];
    };
    on_both_engines_with(trusting, async |app| {
        let owner = app.register("Hộ mẫu", PHONE).await;
        app.later(Duration::from_mins(16));
        for last in 0..50 {
            let answer = fresh(&app).behind(&format!("203.0.113.{last}")).try_login(PHONE, WRONG).await;
            assert_eq!(answer.code(), 422, "try {last}");
        }
        assert_eq!(fresh(&app).behind("203.0.113.200").try_login(PHONE, PASSWORD).await.code(), 429);
        owner.get("/tai-khoan").await.expect(200);
    })
    .await;
}

#[tokio::test]
async fn the_right_password_forgets_the_wrong_tries() {
    on_both_engines(async |app| {
        app.register("Hộ mẫu", PHONE).await;
        app.login(PHONE, PASSWORD).await;
        for _ in 0..3 {
            fail_times(&fresh(&app), PHONE, 4).await;
            app.login(PHONE, PASSWORD).await;
        }
    })
    .await;
}

#[tokio::test]
async fn old_failures_are_swept_away() {
    on_both_engines(async |app| {
        for last in 0..20 {
            fresh(&app).try_login(&format!("09123456{last:02}"), WRONG).await;
        }
        app.later(Duration::from_mins(40));
        fresh(&app).try_login(PHONE, WRONG).await;
        assert_eq!(app.count("SELECT COUNT(*) FROM login_guards").await, 2);
    })
    .await;
}

#[tokio::test]
async fn the_login_leads_on_within_this_site_only() {
    on_both_engines(async |app| {
        app.register("Hộ mẫu", PHONE).await;
        let evil = ["https://evil.example", "//evil.example", "/\\evil.example", "/\t/evil.example", "evil"];
        for (next, to) in [("/tai-khoan?a=1", "/tai-khoan?a=1")].into_iter().chain(evil.map(|e| (e, "/tai-khoan/vao")))
        {
            let fields = [("tiep", next), ("phone", PHONE), ("password", PASSWORD)];
            let answer = fresh(&app).post("/dang-nhap", &fields).await.expect(303);
            assert_eq!(answer.location(), to, "{next:?}");
        }
    })
    .await;
}

#[tokio::test]
async fn a_page_behind_the_login_leads_there_and_back() {
    on_both_engines(async |app| {
        app.register("Hộ mẫu", PHONE).await;
        let page = app.visitor().get("/tai-khoan?xem=1").await.expect(200);
        assert_eq!(page.h1(), "Đăng nhập");
        let form = page.form("form[action='/dang-nhap']");
        let page = form.fill("phone", PHONE).fill("password", PASSWORD).submit().await;
        assert_eq!(page.path(), "/tai-khoan?xem=1");
    })
    .await;
}
