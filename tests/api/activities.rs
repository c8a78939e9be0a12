//! `/van-phong/hoat-dong` and `/hd/{token}`: from the plan to who came, what it was counted as, what they thought.

use crate::support::{Form, TestApp, Visitor, on_both_engines};

const HERE: &str = "/van-phong/hoat-dong";

fn filled(form: Form, day: &str) -> Form {
    let form = form.fill("ten", "Bán hàng trực tuyến mẫu").fill("noi-dung", "selling").fill("tu", day);
    form.fill("noi", "Nhà văn hóa thôn mẫu").fill("so-cho", "40")
}

/// Plans an activity for this day; returns its path.
async fn plan(officer: &Visitor, day: &str) -> String {
    let form = officer.get(&format!("{HERE}/moi")).await.expect(200).form("main form");
    filled(form, day).submit().await.expect(200).url().path().to_owned()
}

/// Opens the door; returns the path of its page.
async fn open_door(officer: &Visitor, activity: &str) -> String {
    officer.get(activity).await.expect(200).form("form[action$='/mo-cua']").submit().await.expect(200);
    let codes = officer.get(&format!("{activity}/ma")).await.expect(200);
    assert_eq!(codes.count("main svg[role=img]"), 2);
    let url = codes.attr("main a[href*='/hd/']", "href");
    url[url.find("/hd/").expect("an address")..].to_owned()
}

async fn invite(officer: &Visitor, activity: &str, words: &str) {
    let page = officer.get(&format!("{activity}/moi-du?q={words}")).await.expect(200);
    let form = page.forms("main form").remove(1);
    let chosen = form.choices("co-so").remove(0);
    form.choose("co-so", &chosen).submit().await.expect(200);
}

#[tokio::test]
async fn a_class_is_planned_attended_counted_once_as_support_and_closed() {
    Box::pin(on_both_engines(async |app| {
        app.support_kinds().await;
        let sample = app.sample().await;
        let officer = app.officer().await;
        let form = officer.get(&format!("{HERE}/moi")).await.expect(200).form("main form");
        let refused = form.clone().fill("tu", "31/02/2026").submit().await.expect(422);
        assert!(!refused.error_of("ten").is_empty() && refused.error_of("tu").contains("chưa đúng"), "{refused}");
        let form = filled(form, &app.today().text());
        let first = form.clone().submit().await.expect(200);
        assert_eq!(form.submit().await.expect(200).url().path(), first.url().path(), "sent twice: one activity");
        let activity = first.url().path().to_owned();
        invite(&officer, &activity, "ben+say").await;
        invite(&officer, &activity, "ben+say").await;
        assert_eq!(app.count("SELECT COUNT(*) FROM activity_invitations").await, 1);
        let mine = sample.owner.get("/cua-toi/hoat-dong").await.expect(200);
        mine.form("main form").press("Tôi sẽ đến").await.expect(200);
        assert!(officer.get(&activity).await.expect(200).says("1 sẽ đến"));

        let door = format!("{HERE}/x");
        app.visitor().get(&door.replace(HERE, "/hd")).await.expect(404);
        let door = open_door(&officer, &activity).await;
        // Tapped fifty times at once: they came once.
        let tap = sample.owner.get(&door).await.expect(200).form("main form");
        let taps = (0..50).map(|_| tap.clone().press("viec=cham"));
        for page in futures_util::future::join_all(taps).await {
            assert!(page.expect(200).says("Đã điểm danh"));
        }
        assert_eq!(app.count("SELECT COUNT(*) FROM activity_attendance WHERE state = 'confirmed'").await, 1);
        let walk_in = app.visitor();
        let form = walk_in.get(&door).await.expect(200).form("main form");
        assert!(!form.clone().submit().await.expect(422).error_of("ten").is_empty());
        let form = form.fill("ten", "Trần Thị Ví Dụ").fill("thon", "Đông");
        form.clone().submit().await.expect(200);
        form.submit().await.expect(200);
        assert_eq!(app.count("SELECT COUNT(*) FROM activity_attendance WHERE state = 'waiting'").await, 1);
        assert!(officer.get("/van-phong").await.expect(200).says("1 người chờ xác nhận"));
        let list = officer.get(&format!("{activity}/diem-danh")).await.expect(200);
        list.forms("ul.rows form").remove(0).submit().await.expect(200);
        let add = officer.get(&format!("{activity}/diem-danh")).await.expect(200).form("section form");
        let wrong = add.clone().fill("nguoi", "Lê Văn Mẫu\n;Đông").submit().await.expect(422);
        assert!(wrong.error_of("nguoi").contains("Dòng 2"), "{wrong}");
        let add = add.fill("nguoi", "Lê Văn Mẫu; Nam; 0912000111\nPhạm Thị Mẫu");
        add.clone().submit().await.expect(200);
        add.submit().await.expect(200);
        assert_eq!(app.count("SELECT COUNT(*) FROM activity_attendance WHERE state = 'confirmed'").await, 4);

        // A record for the producer that came, once, whoever presses twice.
        let give = officer.get(&format!("{activity}/ho-tro")).await.expect(200).form("main form").fill("loai", "fair");
        let both = futures_util::future::join(give.clone().submit(), give.clone().submit()).await;
        both.0.expect(200);
        both.1.expect(200);
        assert_eq!(app.count("SELECT COUNT(*) FROM support_records WHERE state = 'delivered'").await, 1);
        assert!(officer.get(&format!("{activity}/ho-tro")).await.expect(200).says("Không còn chủ thể nào"));

        let results = officer.get(&activity).await.expect(200).form("form[action$='/ket-qua']");
        assert!(!results.clone().submit().await.expect(422).error_of("so-nguoi").is_empty());
        let results = results.fill("so-nguoi", "35").fill("ket-qua", "12 hộ mở gian hàng");
        results.submit().await.expect(200);
        let year = officer.get(HERE).await.expect(200);
        assert!(year.texts(".tiles dd").starts_with(&["1".to_owned(), "1".to_owned(), "4".to_owned(), "1".to_owned()]));
        assert!(app.visitor().get(&door).await.expect(200).says("chưa mở hoặc đã đóng"));
    }))
    .await;
}

#[tokio::test]
async fn the_door_is_shut_unless_open_and_what_was_called_off_stays_so() {
    on_both_engines(async |app: TestApp| {
        let sample = app.sample().await;
        let (officer, other) = (app.officer().await, app.officer().await);
        let activity = plan(&officer, &app.today().plus_days(20).text()).await;
        let door = open_door(&officer, &activity).await;
        let shut = sample.owner.get(&door).await.expect(200);
        assert!(shut.says("chưa mở hoặc đã đóng") && !shut.has("main form"), "{shut}");
        sample.owner.post(&door, &[("viec", "cham")]).await.expect(409);
        assert!(app.visitor().get(&format!("{door}/y-kien")).await.expect(200).says("chưa mở"));

        let (mine, theirs) = (format!("{activity}/sua"), format!("{activity}/sua"));
        let mine = officer.get(&mine).await.expect(200).form("main form").fill("noi", "Trụ sở xã");
        let theirs = other.get(&theirs).await.expect(200).form("main form").fill("noi", "Chợ mẫu");
        mine.submit().await.expect(200);
        let told = theirs.submit().await.expect(409);
        assert_eq!(told.form("main form").value("noi"), "Chợ mẫu");
        assert_eq!(app.count("SELECT COUNT(*) FROM activities WHERE place = 'Trụ sở xã'").await, 1);

        let cancel = officer.get(&activity).await.expect(200).form("form[action$='/huy']");
        assert!(!cancel.clone().submit().await.expect(422).error_of("ly-do").is_empty());
        cancel.fill("ly-do", "Mưa bão").submit().await.expect(200);
        assert!(officer.get(&activity).await.expect(200).says("Đã hủy: Mưa bão"));
        officer.get(&format!("{activity}/moi-du")).await.expect(409);
        officer.get(&format!("{activity}/danh-sach.pdf")).await.expect(200);
        app.viewer().await.get(&activity).await.expect(200);
        app.viewer().await.post(&format!("{activity}/mo-cua"), &[]).await.expect(403);
        assert_eq!(app.visitor().get(&activity).await.url().path(), "/dang-nhap");
    })
    .await;
}

#[tokio::test]
async fn what_those_who_came_think_is_counted_without_a_name() {
    on_both_engines(async |app| {
        let officer = app.officer().await;
        let activity = plan(&officer, &app.today().text()).await;
        let door = open_door(&officer, &activity).await;
        let ask = format!("{door}/y-kien");
        for mark in ["5", "4", "5"] {
            let form = app.visitor().get(&ask).await.expect(200).form("main form");
            let some = form.clone().choose("co-ich", mark).submit().await.expect(422);
            assert!(some.error_of("co-ich").is_empty() && !some.error_of("de-hieu").is_empty(), "{some}");
            assert!(some.form("main form").is_on("co-ich", mark), "what was chosen stays");
            let form = ["co-ich", "de-hieu", "ap-dung", "to-chuc"].iter().fold(form, |f, name| f.choose(name, mark));
            let form = form.fill("loi", "Nên có thêm buổi thực hành");
            form.clone().submit().await.expect(200);
            form.submit().await.expect(200);
        }
        assert_eq!(app.count("SELECT COUNT(*) FROM activity_feedback").await, 3);
        let page = officer.get(&activity).await.expect(200);
        assert!(page.says("4,7 / 5") && page.says("Ít phiếu") && page.says("buổi thực hành"), "{page}");
        assert!(page.has("svg"));
    })
    .await;
}

#[tokio::test]
async fn the_list_tells_how_many_were_held_against_the_years_plan_as_the_report_does() {
    on_both_engines(async |app| {
        let officer = app.officer().await;
        let year = app.today().year();
        let none = officer.get(HERE).await.expect(200);
        assert!(none.says("chưa có chỉ tiêu về hoạt động") && !none.has("section.card table"), "{none}");
        let targets = none.click("Đặt chỉ tiêu").await.expect(200).forms("main form").remove(1);
        targets.fill("classes", "2").fill("activities", "1").fill("supported", "50").submit().await.expect(200);
        let activity = plan(&officer, &app.today().text()).await;
        plan(&officer, &app.today().plus_days(3).text()).await;
        let told = async || {
            let page = officer.get(HERE).await.expect(200);
            (page.texts("section.card tbody th"), page.texts("section.card tbody td"))
        };
        let figures = ["Lớp, hoạt động tập huấn", "Hội chợ, tư vấn, hoạt động khác"].map(str::to_owned);
        let (names, cells) = told().await;
        assert_eq!(names, figures);
        assert_eq!(cells, ["2", "0", "0%", "1", "0", "0%"], "what is only planned was not held");
        let results = officer.get(&activity).await.expect(200).form("form[action$='/ket-qua']");
        results.fill("so-nguoi", "35").fill("ket-qua", "12 hộ mở gian hàng").submit().await.expect(200);
        assert_eq!(told().await.1, ["2", "1", "50%", "1", "0", "0%"]);

        let report = officer.get("/van-phong/bao-cao").await.expect(200).form("main form").submit().await.expect(200);
        let report = report.texts("section table.grid tbody tr");
        let line = report.iter().find(|row| row.starts_with(&figures[0])).expect("a line");
        assert!(line.contains("50%"), "{line}");
        let before = officer.get(&format!("{HERE}?nam={}", year - 1)).await.expect(200);
        assert!(before.says(&format!("Kế hoạch năm {} chưa có chỉ tiêu", year - 1)), "{before}");
        let viewer = app.viewer().await.get(&format!("{HERE}?nam={}", year - 1)).await.expect(200);
        assert!(!viewer.says("Đặt chỉ tiêu"), "{viewer}");
    })
    .await;
}

#[tokio::test]
async fn attendance_whose_support_was_voided_is_counted_anew_or_taken_out() {
    on_both_engines(async |app| {
        app.support_kinds().await;
        app.sample().await;
        let officer = app.officer().await;
        let activity = plan(&officer, &app.today().text()).await;
        invite(&officer, &activity, "ben+say").await;
        let came = officer.get(&format!("{activity}/diem-danh")).await.expect(200).form("section form");
        let short = came.choices("co-so").remove(0);
        came.choose("co-so", &short).submit().await.expect(200);
        let give = async || officer.get(&format!("{activity}/ho-tro")).await.expect(200);
        give().await.form("main form").fill("loai", "fair").submit().await.expect(200);
        let counted = officer.get(&format!("{activity}/diem-danh")).await.expect(200);
        assert!(counted.says("Đã tính hỗ trợ") && !counted.has("details"), "{counted}");
        let record = counted.attr("main a[href^='/van-phong/ho-tro/']", "href");
        let void = officer.get(&format!("{record}/bo")).await.expect(200).form("main form");
        void.fill("ly-do", "Ghi nhầm nội dung").submit().await.expect(200);

        let free = officer.get(&format!("{activity}/diem-danh")).await.expect(200);
        assert!(!free.says("Đã tính hỗ trợ"), "{free}");
        give().await.form("main form").fill("loai", "packaging").submit().await.expect(200);
        assert_eq!(app.count("SELECT COUNT(*) FROM support_records WHERE state = 'delivered'").await, 1);
        assert!(give().await.says("Không còn chủ thể nào"));
        let record =
            officer.get(&format!("{activity}/diem-danh")).await.attr("main a[href^='/van-phong/ho-tro/']", "href");
        let void = officer.get(&format!("{record}/bo")).await.expect(200).form("main form");
        void.fill("ly-do", "Người này không dự").submit().await.expect(200);
        let remove = officer.get(&format!("{activity}/diem-danh")).await.expect(200).form("details form");
        remove.fill("ly-do", "Ghi nhầm người").press("viec=bo").await.expect(200);
        assert_eq!(app.count("SELECT COUNT(*) FROM activity_attendance WHERE state = 'removed'").await, 1);
    })
    .await;
}
