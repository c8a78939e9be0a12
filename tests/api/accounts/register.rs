//! `/dang-ky`: making an account.

use sanvat::accounts::model::Phone;
use sanvat::accounts::store;

use crate::support::{PASSWORD, on, on_both_engines};

#[tokio::test]
async fn who_registers_is_logged_in_and_not_yet_confirmed() {
    on_both_engines(async |app| {
        let visitor = app.register("Hộ mẫu", "0912 345 678").await;
        let page = visitor.get("/tai-khoan").await.expect(200);
        assert_eq!(page.h1(), "Hộ mẫu");
        assert!(page.says("0912 345 678"));
        assert!(page.says("chưa được xác nhận"), "{page}");
        app.login("+84912345678", PASSWORD).await;
    })
    .await;
}

#[tokio::test]
async fn what_is_wrong_is_said_beside_its_field_and_what_was_typed_stays() {
    on_both_engines(async |app| {
        let form = app.visitor().get("/dang-ky").await.form("form[action='/dang-ky']");
        let page = form.fill("name", "Hộ mẫu").fill("phone", "0912 345 67").fill("password", "ngắn").submit().await;
        assert_eq!(page.code(), 422);
        assert_eq!(page.attr("#f-name", "value"), "Hộ mẫu");
        assert_eq!(page.attr("#f-phone", "value"), "0912 345 67");
        assert!(page.error_of("phone").contains("còn thiếu 1"), "{page}");
        assert!(page.error_of("password").contains("ít nhất 8"), "{page}");
        assert_eq!(page.attr("#f-password", "value"), "", "a password is never shown again");
        assert_eq!(page.attrs(".oops a", "href"), ["#f-phone", "#f-password"]);
        assert_eq!(app.count("SELECT COUNT(*) FROM users").await, 0);
    })
    .await;
}

#[tokio::test]
async fn the_same_form_sent_twice_makes_one_account() {
    on_both_engines(async |app| {
        let visitor = app.visitor().stays_on_redirect();
        let form = visitor.get("/dang-ky").await.form("form[action='/dang-ky']");
        let form = form.fill("name", "Hộ mẫu").fill("phone", "0912345678").fill("password", PASSWORD);
        let (first, second) = tokio::join!(form.clone().submit(), form.submit());
        assert_eq!((first.code(), second.code()), (303, 303), "{first}\n{second}");
        assert_eq!(app.count("SELECT COUNT(*) FROM users").await, 1);
    })
    .await;
}

#[tokio::test]
async fn a_used_form_with_another_password_neither_enters_nor_overwrites() {
    on_both_engines(async |app| {
        let form = app.visitor().stays_on_redirect().get("/dang-ky").await.form("form[action='/dang-ky']");
        let form = form.fill("name", "Hộ mẫu").fill("phone", "0912345678");
        assert_eq!(form.clone().fill("password", PASSWORD).submit().await.code(), 303);
        let again = form.fill("password", "mật khẩu của người khác").submit().await;
        assert_eq!(again.code(), 409, "{again}");
        assert_eq!(app.count("SELECT COUNT(*) FROM users").await, 1);
        app.login("0912345678", PASSWORD).await;
    })
    .await;
}

#[tokio::test]
async fn registering_is_no_way_around_the_guard_against_guessing() {
    on_both_engines(async |app| {
        app.register("Hộ mẫu", "0912345678").await;
        let thief = app.visitor().stays_on_redirect();
        let mut codes = Vec::new();
        for guess in 0..6 {
            let form = thief.get("/dang-ky").await.form("form[action='/dang-ky']");
            let guess = format!("đoán mò lần {guess}");
            let answer = form.fill("name", "Kẻ dò").fill("phone", "0912345678").fill("password", &guess).submit().await;
            codes.push(answer.code());
            thief.set_cookie("phien=; Max-Age=0");
        }
        assert_eq!(codes, [303, 303, 303, 303, 429, 429], "the owner's own registration counts as the first try");
    })
    .await;
}

#[tokio::test]
async fn a_number_that_others_registered_too_stays_usable_by_each() {
    on_both_engines(async |app| {
        app.register("Người đến trước", "0912345678").await;
        let form = app.visitor().stays_on_redirect().get("/dang-ky").await.form("form[action='/dang-ky']");
        let second =
            form.fill("name", "Người đến sau").fill("phone", "0912345678").fill("password", "lời khác hẳn").submit();
        assert_eq!(second.await.code(), 303, "nobody is told that the number is taken");
        let first = app.login("0912345678", PASSWORD).await.get("/tai-khoan").await;
        assert_eq!(first.h1(), "Người đến trước");
        let second = app.login("0912345678", "lời khác hẳn").await.get("/tai-khoan").await;
        assert_eq!(second.h1(), "Người đến sau");

        // The office confirms the second: it is the number's owner now, and the first still stands by itself.
        let phone = Phone::parse("0912345678").unwrap();
        let mut tx = app.begin().await;
        let users = store::users_by_phone(&mut tx.cx(), &phone).await.unwrap();
        let late = users.iter().find(|u| u.name == "Người đến sau").unwrap().id;
        store::verify_phone(&mut tx.cx(), late, "officer", app.now()).await.unwrap();
        tx.commit().await.unwrap();
        let mut tx = app.begin().await;
        let early = users.iter().find(|u| u.name == "Người đến trước").unwrap().id;
        let both = store::verify_phone(&mut tx.cx(), early, "officer", app.now()).await.unwrap_err();
        assert!(sanvat::db::is_unique_violation(&both), "one number is confirmed for one account: {both}");
        drop(tx);
        let page = app.login("0912345678", PASSWORD).await.get("/tai-khoan").await;
        assert_eq!(page.h1(), "Người đến trước");
    })
    .await;
}

#[tokio::test]
async fn names_are_stored_composed_and_shown_as_text() {
    on_both_engines(async |app| {
        let decomposed = "Ha\u{309}i Ye\u{302}\u{301}n <script>alert(1)</script>";
        let visitor = app.register(decomposed, "0912345678").await;
        let page = visitor.get("/tai-khoan").await;
        assert_eq!(page.h1(), "Hải Yến <script>alert(1)</script>");
        assert!(!page.has("main script"));
        let mut conn = app.read().await;
        let mut cx = conn.cx();
        let name: String = on!(cx, c => sqlx::query_scalar("SELECT name FROM users").fetch_one(c).await).unwrap();
        assert_eq!(name, "Hải Yến <script>alert(1)</script>");
    })
    .await;
}

#[tokio::test]
async fn a_name_of_ten_thousand_letters_is_refused_and_kept() {
    on_both_engines(async |app| {
        let long = "ă".repeat(10_000);
        let form = app.visitor().get("/dang-ky").await.form("form[action='/dang-ky']");
        let page = form.fill("name", &long).fill("phone", "0912345678").fill("password", PASSWORD).submit().await;
        assert_eq!(page.code(), 422);
        assert!(page.error_of("name").contains("10000"), "{}", page.error_of("name"));
        assert_eq!(page.attr("#f-name", "value"), long);
    })
    .await;
}
