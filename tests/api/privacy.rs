//! `/van-phong/du-lieu-ca-nhan`, `/cua-toi/du-lieu`: consents as a register, requests with due days, one's own data.

use crate::support::on_both_engines;

const HERE: &str = "/van-phong/du-lieu-ca-nhan";

#[tokio::test]
async fn a_request_is_answered_and_done_and_who_asked_reads_it() {
    Box::pin(on_both_engines(async |app| {
        let sample = app.sample().await;
        let (officer, other) = (app.officer().await, app.officer().await);
        let mine = sample.owner.get("/cua-toi/du-lieu").await.expect(200);
        let form = mine.form("form[action='/cua-toi/du-lieu']").fill("loai", "correction");
        assert!(!form.clone().submit().await.expect(422).error_of("noi-dung").is_empty());
        let form = form.fill("noi-dung", "Tên thôn ghi sai");
        form.clone().submit().await.expect(200);
        form.submit().await.expect(200);
        assert_eq!(app.count("SELECT COUNT(*) FROM data_requests").await, 1, "sent twice: one");
        assert!(officer.get("/van-phong").await.expect(200).says("Sửa dữ liệu sai, hạn"));
        let one = officer.get(HERE).await.expect(200).attr("ul.rows a[href*='/du-lieu-ca-nhan/0']", "href");
        let (first, second) = (officer.get(&one).await.expect(200), other.get(&one).await.expect(200));
        let first = first.form("main form").choose("sang", "answered").fill("tra-loi", "Xã sẽ sửa trong tuần");
        let second = second.form("main form").choose("sang", "refused").fill("tra-loi", "bản kia");
        first.clone().submit().await.expect(200);
        first.submit().await.expect(200);
        let told = second.submit().await.expect(409);
        assert!(told.says("vừa xử lý") && told.form("main form").value("tra-loi") == "bản kia", "{told}");
        assert!(sample.owner.get("/cua-toi/du-lieu").await.expect(200).says("Xã sẽ sửa trong tuần"));
        assert_eq!(app.count("SELECT COUNT(*) FROM data_request_steps").await, 2);

        app.later(std::time::Duration::from_hours(24 * 20));
        let officer = app.officer().await;
        assert!(officer.get(HERE).await.expect(200).says("quá hạn từ"));
        let done = officer.get(&one).await.expect(200).form("main form").choose("sang", "done");
        done.fill("tra-loi", "Đã sửa").submit().await.expect(200);
        assert!(!officer.get("/van-phong").await.expect(200).says("Sửa dữ liệu sai, hạn"));
        officer.post(&one, &[("sang", "answered"), ("tra-loi", "mở lại"), ("version", "3")]).await.expect(409);
        app.viewer().await.post(&one, &[("sang", "done"), ("tra-loi", "x")]).await.expect(403);
    }))
    .await;
}

#[tokio::test]
async fn anybody_may_ask_and_holidays_move_the_day() {
    on_both_engines(async |app| {
        let officer = app.officer().await;
        let (next, after) = (app.today().plus_days(1), app.today().plus_days(2));
        let holidays = officer.get(&format!("{HERE}/ngay-nghi")).await.expect(200).form("main form");
        let wrong = holidays.clone().fill("ngay", "31/02/2026 Lễ mẫu").submit().await.expect(422);
        assert!(wrong.error_of("ngay").contains("Dòng 1"), "{wrong}");
        let days = format!("{} Nghỉ mẫu\n{} Nghỉ mẫu", next.text(), after.text());
        holidays.fill("ngay", &days).submit().await.expect(200);
        let form = app.visitor().get("/quyen-rieng-tu/yeu-cau").await.expect(200).form("main form");
        assert!(!form.clone().submit().await.expect(422).error_of("lien-he").is_empty());
        let form = form.fill("ten", "Trần Thị Ví Dụ").fill("lien-he", "0912 000 111").fill("loai", "access");
        form.fill("noi-dung", "Xã giữ gì về tôi?").submit().await.expect(200);
        let list = officer.get(HERE).await.expect(200);
        assert!(list.says("hạn "), "{list}");
        for day in [next, after] {
            assert!(!list.says(&format!("hạn {}", day.text())), "neither of the two days off counts: {list}");
        }
        for _ in 0..12 {
            let form = app.visitor().get("/quyen-rieng-tu/yeu-cau").await.expect(200).form("main form");
            let form = form.fill("ten", "A").fill("lien-he", "B").fill("loai", "access").fill("noi-dung", "C");
            form.submit().await;
        }
        assert_eq!(app.count("SELECT COUNT(*) FROM data_requests").await, 10, "one network asks ten times a day");
    })
    .await;
}

#[tokio::test]
async fn consents_are_a_register_and_what_is_taken_back_is_gone_at_once() {
    on_both_engines(async |app| {
        let sample = app.sample().await;
        app.run_jobs().await;
        let visitor = app.visitor();
        let phone = "a[href^='tel:']";
        assert!(visitor.get(&sample.producer.path()).await.expect(200).has(phone));
        let officer = app.officer().await;
        let list = officer.get(&format!("{HERE}/dong-y?truong=phone")).await.expect(200);
        assert_eq!(list.count("table.grid tbody tr"), 1);
        let withdraw = list.form("table.grid form");
        withdraw.submit().await.expect(200);
        app.run_jobs().await;
        assert!(!visitor.get(&sample.producer.path()).await.expect(200).has(phone));
        let list = format!("{HERE}/dong-y?truong=phone&hieu-luc=rut");
        assert_eq!(officer.get(&list).await.expect(200).count("table.grid tbody tr"), 1, "the row stays");
        let ask = officer.get(&format!("{HERE}/dong-y/tai?truong=phone&dang=csv")).await.expect(200).form("main form");
        let file = ask.fill("muc-dich", "Kiểm tra").submit().await.expect(200);
        assert!(file.body().contains("Số điện thoại"), "{}", file.body());
        assert_eq!(app.count("SELECT COUNT(*) FROM exports WHERE what = 'consents' AND row_count = 1").await, 1);
    })
    .await;
}

#[tokio::test]
async fn one_takes_ones_own_data_along_and_nobody_elses() {
    on_both_engines(async |app| {
        let sample = app.sample().await;
        let file = sample.owner.get("/cua-toi/du-lieu").await.expect(200).form("form[action$='/tai']");
        let held = file.press("dang=json").await.expect(200).json();
        assert_eq!(held["producers"][0]["content"]["phone"], "0912345678");
        assert!(held["producers"][0]["consents"].as_array().is_some_and(|all| all.len() >= 4), "{held}");
        let stranger = app.register("Người lạ", "0987654321").await;
        let form = stranger.get("/cua-toi/du-lieu").await.expect(200).form("form[action$='/tai']");
        let held = form.press("dang=json").await.expect(200).json();
        assert_eq!(held["producers"].as_array().map(Vec::len), Some(0));
        assert_eq!(held["account"]["phone"], "0987654321");
        assert_eq!(app.visitor().get("/cua-toi/du-lieu").await.url().path(), "/dang-nhap");
        assert_eq!(app.count("SELECT COUNT(*) FROM exports WHERE what = 'own-data'").await, 2);
    })
    .await;
}
