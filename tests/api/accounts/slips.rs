//! `/vao/{token}`: login slips.

use std::time::Duration;

use crate::support::on_both_engines;

#[tokio::test]
async fn opening_a_slip_shows_a_button_and_uses_nothing_up() {
    on_both_engines(async |app| {
        let user = app.person("Bà Mẫu").await;
        let slip = app.slip(user).await;
        for _ in 0..3 {
            let preview = app.visitor().get(&slip).await.expect(200);
            assert!(preview.says("Bà Mẫu"), "{preview}");
            assert_eq!(preview.headers().get("set-cookie"), None);
        }
        assert_eq!(app.count("SELECT COUNT(*) FROM sessions").await, 0);
        let visitor = app.visitor().stays_on_redirect();
        let answer = visitor.get(&slip).await.form("main form").press("Vào").await.expect(303);
        assert_eq!(answer.location(), "/tai-khoan/vao");
        assert_eq!(visitor.get("/tai-khoan").await.h1(), "Bà Mẫu");
    })
    .await;
}

#[tokio::test]
async fn a_slip_works_once_even_when_pressed_twice_at_once() {
    on_both_engines(async |app| {
        let user = app.person("Bà Mẫu").await;
        let slip = app.slip(user).await;
        let (a, b) = (app.visitor().stays_on_redirect(), app.visitor().stays_on_redirect());
        let (a, b) = tokio::join!(a.post(&slip, &[]), b.post(&slip, &[]));
        let mut codes = [a.code(), b.code()];
        codes.sort_unstable();
        assert_eq!(codes, [303, 410]);
        let late = app.visitor().get(&slip).await.expect(410);
        assert_eq!(late.h1(), "Phiếu này không dùng được nữa");
    })
    .await;
}

#[tokio::test]
async fn a_slip_expires_after_three_days() {
    on_both_engines(async |app| {
        let user = app.person("Bà Mẫu").await;
        let slip = app.slip(user).await;
        app.later(Duration::from_secs(3 * 24 * 3600 - 1));
        app.visitor().get(&slip).await.expect(200);
        app.later(Duration::from_secs(2));
        app.visitor().get(&slip).await.expect(410);
        let answer = app.visitor().stays_on_redirect().post(&slip, &[]).await;
        assert_eq!(answer.code(), 410);
        assert_eq!(app.count("SELECT COUNT(*) FROM sessions").await, 0);
    })
    .await;
}

#[tokio::test]
async fn a_slip_that_was_never_made_opens_nothing() {
    on_both_engines(async |app| {
        app.visitor().get("/vao/khong-co-phieu-nay").await.expect(410);
        app.visitor().post("/vao/khong-co-phieu-nay", &[]).await.expect(410);
    })
    .await;
}
