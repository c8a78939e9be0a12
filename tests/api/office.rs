//! `/van-phong`: the officer's desk. Review, tables, support records, exports, villages, people.

use std::io::Cursor;

use calamine::{Data, Reader, Xlsx};
use sanvat::producers::model::State;
use sanvat::producers::store as producers;
use sanvat::review::flow;
use sanvat::review::flow::Author;
use sanvat::review::store as revisions;

use crate::support::{Page, TestApp, Visitor, on_both_engines};

const PAGES: &[&str] = &[
    "/van-phong",
    "/van-phong/co-so",
    "/van-phong/san-pham",
    "/van-phong/ho-tro",
    "/van-phong/ho-tro/danh-sach",
    "/van-phong/ho-tro/chuong-trinh",
    "/van-phong/ho-tro/noi-dung",
    "/van-phong/ho-tro/nhu-cau",
    "/van-phong/nhap",
    "/van-phong/thon",
];

/// The producers that wait or are there, by name, with where they stand.
async fn state_of(app: &TestApp, short: &str) -> State {
    let mut conn = app.read().await;
    producers::by_short(&mut conn.cx(), app.commune, short).await.unwrap().unwrap().state
}

async fn open_waiting(officer: &Visitor) -> Page {
    let desk = officer.get("/van-phong?loai=co-so-moi").await.expect(200);
    desk.click("Tổ hợp tác mẫu").await.expect(200)
}

#[tokio::test]
async fn strangers_producers_and_helpers_do_not_enter_the_office() {
    on_both_engines(async |app| {
        let sample = app.sample().await;
        let helper = app.helper(sample.village).await;
        for path in PAGES {
            assert_eq!(sample.owner.get(path).await.code(), 403, "{path}");
            assert_eq!(helper.get(path).await.code(), 403, "{path}");
            assert!(app.visitor().get(path).await.path().starts_with("/dang-nhap"), "{path}");
        }
    })
    .await;
}

#[tokio::test]
async fn a_viewer_looks_but_does_not_decide_or_export() {
    on_both_engines(async |app| {
        let sample = app.sample().await;
        let viewer = app.viewer().await;
        for path in PAGES {
            viewer.get(path).await.expect(200);
        }
        let open = open_waiting(&viewer).await;
        assert!(!open.has("button[name=quyet]"), "{open}");
        viewer.get("/van-phong/co-so/tai").await.expect(403);
        let suspend = format!("/van-phong/co-so/{}/tam-dung", sample.producer.short);
        viewer.post(&suspend, &[("ly-do", "thử"), ("version", "1")]).await.expect(403);
    })
    .await;
}

#[tokio::test]
async fn an_approved_producer_is_public_and_leaves_the_queue() {
    on_both_engines(async |app| {
        let sample = app.sample().await;
        let officer = app.officer().await;
        let done = open_waiting(&officer).await.form("section form").press("quyet=duyet").await.expect(200);
        assert!(done.says("Đã duyệt."), "{done}");
        assert_eq!(state_of(&app, &sample.waiting.short).await, State::Approved);
        app.run_jobs().await;
    })
    .await;
}

#[tokio::test]
async fn asking_and_turning_down_need_words_and_what_was_typed_stays() {
    on_both_engines(async |app| {
        let sample = app.sample().await;
        let officer = app.officer().await;
        let again = open_waiting(&officer).await.form("section form").choose("muc", "story").press("quyet=sua").await;
        let again = again.expect(422);
        assert!(!again.error_of("loi-nhan").is_empty(), "{again}");
        assert!(again.has("input[name=muc][value=story][checked]"), "{again}");
        let asked =
            again.form("section form").fill("loi-nhan", "Kể rõ hơn về vườn.").press("quyet=sua").await.expect(200);
        assert!(asked.says("Đã gửi lời nhờ sửa."), "{asked}");
        let mut conn = app.read().await;
        let last = revisions::last(&mut conn.cx(), app.commune, sample.waiting.id, None).await.unwrap().unwrap();
        assert_eq!(last.state, State::ChangesRequested);
        assert_eq!(last.note, "Kể rõ hơn về vườn.");
        assert!(last.field_notes.0.contains_key("story"));
    })
    .await;
}

#[tokio::test]
async fn the_second_of_two_officers_is_told_what_was_decided() {
    on_both_engines(async |app| {
        let sample = app.sample().await;
        let (first, second) = (app.officer().await, app.officer().await);
        let seen = open_waiting(&second).await;
        let words = "Trùng với cơ sở đã có.";
        let form = open_waiting(&first).await.form("section form").fill("loi-nhan", words);
        form.press("quyet=tu-choi").await.expect(200);
        let late = seen.form("section form").press("quyet=duyet").await.expect(409);
        assert!(late.says("Đã có người duyệt trước") && late.says(words), "{late}");
        assert_eq!(state_of(&app, &sample.waiting.short).await, State::Rejected);
    })
    .await;
}

#[tokio::test]
async fn a_decision_sent_twice_by_one_officer_is_one_decision() {
    on_both_engines(async |app| {
        app.sample().await;
        let officer = app.officer().await;
        let approvals = "SELECT COUNT(*) FROM audit_log WHERE action = 'producer.approve'";
        let before = app.count(approvals).await;
        let seen = open_waiting(&officer).await;
        seen.form("section form").press("quyet=duyet").await.expect(200);
        seen.form("section form").press("quyet=duyet").await.expect(200);
        assert_eq!(app.count(approvals).await, before + 1);
        app.run_jobs().await;
    })
    .await;
}

#[tokio::test]
async fn a_change_shows_the_words_that_differ_and_the_live_version_stays() {
    on_both_engines(async |app| {
        let sample = app.sample().await;
        let author =
            Author { user: app.person("Người khai").await, channel: sanvat::producers::model::Channel::OneSelf };
        let mut tx = app.begin().await;
        {
            let mut cx = tx.cx();
            let revision = flow::open_producer(&mut cx, &sample.producer, author, app.now()).await.unwrap();
            let mut content = sample.producer.content.clone();
            content.story = content.story.replace("1987", "1991");
            flow::save_producer(&mut cx, &revision, &content, app.now()).await.unwrap();
            let saved = revisions::by_id(&mut cx, app.commune, revision.id).await.unwrap().unwrap();
            flow::submit(&mut cx, &saved, app.now()).await.unwrap();
        }
        tx.commit().await.unwrap();
        let officer = app.officer().await;
        let open = officer.get("/van-phong?loai=thay-doi").await.expect(200);
        assert_eq!(open.texts("table.diff del"), ["1987,"]);
        assert_eq!(open.texts("table.diff ins"), ["1991,"]);
        assert_eq!(open.count("table.diff tbody tr"), 1);
    })
    .await;
}

#[tokio::test]
async fn a_new_producer_with_a_known_phone_is_shown_beside_the_other() {
    on_both_engines(async |app| {
        let sample = app.sample().await;
        let open = open_waiting(&app.officer().await).await;
        // The builder gives every producer the same phone.
        assert!(open.says("cùng số điện thoại"), "{open}");
        assert!(open.has(&format!("section a[href='/van-phong/co-so/{}']", sample.producer.short)), "{open}");
    })
    .await;
}

#[tokio::test]
async fn a_suspended_producer_leaves_with_a_reason_and_comes_back() {
    on_both_engines(async |app| {
        let sample = app.sample().await;
        let officer = app.officer().await;
        let path = format!("/van-phong/co-so/{}", sample.producer.short);
        let form = "form[action$=tam-dung]";
        officer.get(&path).await.form(form).submit().await.expect(422);
        officer.get(&path).await.form(form).fill("ly-do", "Đang kiểm tra").submit().await.expect(200);
        assert_eq!(state_of(&app, &sample.producer.short).await, State::Suspended);
        let stale = [("ly-do", "Xong"), ("version", "1")];
        officer.post(&format!("{path}/hien-lai"), &stale).await.expect(409);
        officer.get(&path).await.form("form[action$=hien-lai]").fill("ly-do", "Xong").submit().await.expect(200);
        assert_eq!(state_of(&app, &sample.producer.short).await, State::Approved);
        app.run_jobs().await;
    })
    .await;
}

#[tokio::test]
async fn a_suspended_product_leaves_with_a_reason_and_comes_back() {
    on_both_engines(async |app| {
        let product = app.product().approved().create().await;
        let officer = app.officer().await;
        let path = format!("/van-phong/san-pham/{}", product.short);
        let form = "form[action$=tam-dung]";
        officer.get(&path).await.form(form).submit().await.expect(422);
        officer.get(&path).await.form(form).fill("ly-do", "Đang kiểm tra").submit().await.expect(200);
        assert_eq!(app.visitor().get(&product.path()).await.code(), 404);
        // Sent twice, it is done once; over an older version it is not done.
        officer.post(&format!("{path}/tam-dung"), &[("ly-do", "Lại"), ("version", "1")]).await.expect(200);
        officer.post(&format!("{path}/hien-lai"), &[("ly-do", "Xong"), ("version", "1")]).await.expect(409);
        officer.get(&path).await.form("form[action$=hien-lai]").fill("ly-do", "Xong").submit().await.expect(200);
        assert_eq!(app.visitor().get(&product.path()).await.code(), 200);
        let log = "SELECT COUNT(*) FROM audit_log WHERE action IN ('product.suspend', 'product.resume')";
        assert_eq!(app.count(log).await, 2);
        app.run_jobs().await;
    })
    .await;
}

#[tokio::test]
async fn an_approved_change_does_not_show_what_the_office_has_suspended() {
    on_both_engines(async |app| {
        let producer = app.producer().approved().create().await;
        let officer = app.officer().await;
        let path = format!("/van-phong/co-so/{}", producer.short);
        officer
            .get(&path)
            .await
            .form("form[action$=tam-dung]")
            .fill("ly-do", "Đang kiểm tra")
            .submit()
            .await
            .expect(200);
        let user = app.person("Người khai").await;
        let author = Author { user, channel: sanvat::producers::model::Channel::OneSelf };
        let mut tx = app.begin().await;
        let mut cx = tx.cx();
        let suspended = producers::by_id(&mut cx, app.commune, producer.id).await.unwrap().unwrap();
        let mut content = suspended.content.clone();
        content.story = "Chuyện mới".to_owned();
        let open = flow::open_producer(&mut cx, &suspended, author, app.now()).await.unwrap();
        flow::save_producer(&mut cx, &open, &content, app.now()).await.unwrap();
        let saved = revisions::by_id(&mut cx, app.commune, open.id).await.unwrap().unwrap();
        flow::submit(&mut cx, &saved, app.now()).await.unwrap();
        let revision = revisions::by_id(&mut cx, app.commune, open.id).await.unwrap().unwrap();
        let (approve, address) = (flow::Decision::Approve, "::1".to_owned());
        let done = flow::decide(&mut cx, &revision, &approve, user, address, app.now()).await.unwrap();
        assert_eq!(done, flow::Written::Done);
        tx.commit().await.unwrap();
        assert_eq!(state_of(&app, &producer.short).await, State::Suspended);
        app.visitor().get(&producer.path()).await.expect(404);
        officer.get(&path).await.form("form[action$=hien-lai]").fill("ly-do", "Xong").submit().await.expect(200);
        assert!(app.visitor().get(&producer.path()).await.expect(200).says("Chuyện mới"));
        app.run_jobs().await;
    })
    .await;
}

#[tokio::test]
async fn an_approval_that_meets_another_change_is_written_whole_or_not_at_all() {
    on_both_engines(async |app| {
        let producer = app.producer().approved().create().await;
        let author =
            Author { user: app.person("Người khai").await, channel: sanvat::producers::model::Channel::OneSelf };
        let mut content = producer.content.clone();
        content.story = "Chuyện mới".to_owned();
        let mut tx = app.begin().await;
        let open = flow::open_producer(&mut tx.cx(), &producer, author, app.now()).await.unwrap();
        flow::save_producer(&mut tx.cx(), &open, &content, app.now()).await.unwrap();
        let saved = revisions::by_id(&mut tx.cx(), app.commune, open.id).await.unwrap().unwrap();
        flow::submit(&mut tx.cx(), &saved, app.now()).await.unwrap();
        let revision = revisions::by_id(&mut tx.cx(), app.commune, open.id).await.unwrap().unwrap();
        tx.commit().await.unwrap();

        let approve = async {
            let mut tx = app.begin().await;
            let (decision, address) = (flow::Decision::Approve, "::1".to_owned());
            let done = flow::decide(&mut tx.cx(), &revision, &decision, author.user, address, app.now()).await.unwrap();
            if done == flow::Written::Done {
                tx.commit().await.unwrap();
            }
            done
        };
        // Two connections stand ready, so that neither has to be made first.
        drop(tokio::join!(app.read(), app.read()));
        let mut other = app.begin().await;
        let suspend = async {
            let (id, state) = (producer.id, State::Suspended);
            let (version, now) = (producer.version, app.now());
            producers::update(&mut other.cx(), app.commune, id, state, &producer.content, version, now).await.unwrap();
            // Time for the approval to read the row and to wait for it.
            for _ in 0..300 {
                producers::by_id(&mut other.cx(), app.commune, id).await.unwrap();
            }
            other.commit().await.unwrap();
        };
        let (done, ()) = tokio::join!(approve, suspend);
        let mut conn = app.read().await;
        let live = producers::by_id(&mut conn.cx(), app.commune, producer.id).await.unwrap().unwrap();
        let state = revisions::by_id(&mut conn.cx(), app.commune, revision.id).await.unwrap().unwrap().state;
        match done {
            flow::Written::Done => assert_eq!((live.content.story.as_str(), state), ("Chuyện mới", State::Approved)),
            flow::Written::Stale => {
                assert_eq!((live.content.story, state), (producer.content.story.clone(), State::Submitted));
            }
        }
        drop(conn);
        app.run_jobs().await;
    })
    .await;
}

async fn give(officer: &Visitor, short: &str, date: &str, paid: &str) -> Page {
    let page = officer.get(&format!("/van-phong/ho-tro/moi?co-so={short}")).await.expect(200);
    let form = page.form("main form").fill("loai", "packaging").fill("ngay", date);
    form.fill("duyet", paid).fill("chi", paid).submit().await
}

#[tokio::test]
async fn support_is_recorded_once_and_a_repetition_is_warned_of_first() {
    on_both_engines(async |app| {
        app.support_kinds().await;
        let sample = app.sample().await;
        let officer = app.officer().await;
        let short = &sample.producer.short;
        let today = app.today();
        give(&officer, short, &today.plus_days(1).text(), "1.000").await.expect(422);
        give(&officer, short, "31/02/2026", "1.000").await.expect(422);
        give(&officer, short, &today.text(), "bốn nghìn").await.expect(422);
        assert_eq!(app.count("SELECT COUNT(*) FROM support_records").await, 0);

        let page = officer.get(&format!("/van-phong/ho-tro/moi?co-so={short}")).await;
        let filled =
            || page.form("main form").fill("loai", "packaging").fill("duyet", "2 triệu").fill("chi", "2 triệu");
        filled().submit().await.expect(200);
        filled().submit().await.expect(200);
        assert_eq!(app.count("SELECT COUNT(*) FROM support_records").await, 1);

        let warned = give(&officer, short, &today.text(), "500.000").await.expect(200);
        assert!(warned.says("trong vòng 12 tháng"), "{warned}");
        assert_eq!(app.count("SELECT COUNT(*) FROM support_records").await, 1);
        warned.form("main form").submit().await.expect(200);
        assert_eq!(app.count("SELECT COUNT(*) FROM support_records").await, 2);
    })
    .await;
}

#[tokio::test]
async fn the_list_of_supported_producers_exports_as_it_is_shown_and_is_logged() {
    on_both_engines(async |app| {
        app.support_kinds().await;
        let odd = app.producer().named("=HYPERLINK(1)").phone("0987654321").approved().create().await;
        let sample = app.sample().await;
        let officer = app.officer().await;
        let today = app.today();
        give(&officer, &odd.short, &today.text(), "700.000").await.expect(200);
        give(&officer, &sample.producer.short, &today.text(), "300.000").await.expect(200);
        let list = officer.get("/van-phong/ho-tro/danh-sach").await.expect(200);
        assert_eq!(list.count("table.grid tbody tr"), 2);
        assert!(list.says("Tải Excel, 2 dòng"), "{list}");

        let ask = officer.get("/van-phong/ho-tro/danh-sach/tai").await.expect(200);
        ask.form("main form").submit().await.expect(422);
        let file = ask.form("main form").fill("muc-dich", "Báo cáo quý").submit().await.expect(200);
        let mut book: Xlsx<_> = Xlsx::new(Cursor::new(file.bytes().to_vec())).unwrap();
        let sheet = book.sheet_names()[0].clone();
        let cells = book.worksheet_range(&sheet).unwrap();
        let names: Vec<String> = cells.rows().filter_map(|row| row.get(1)).map(ToString::to_string).collect();
        assert!(names.contains(&"=HYPERLINK(1)".to_owned()), "{names:?}");
        let total = cells.rows().next_back().unwrap().last().unwrap().clone();
        assert_eq!(total, Data::Float(1_000_000.0));
        assert!(!format!("{cells:?}").contains("0912345678"), "no phone was asked for");

        let ask = officer.get("/van-phong/ho-tro/danh-sach/tai?dang=csv&q=hyperlink").await.expect(200);
        let form = ask.form("main form").fill("muc-dich", "Gọi điện").choose("dien-thoai", "1");
        let csv = form.fill("ly-do", "Hẹn giao tem").submit().await.expect(200).body();
        assert!(csv.starts_with('\u{feff}'));
        assert_eq!(csv.split_terminator("\r\n").count(), 2, "{csv}");
        assert!(csv.contains("'=HYPERLINK(1)") && csv.contains("0987 654 321"), "{csv}");
        for (format, first) in [("pdf", &b"%PDF-"[..]), ("docx", &b"PK"[..])] {
            let ask = officer.get(&format!("/van-phong/ho-tro/danh-sach/tai?dang={format}")).await.expect(200);
            let file = ask.form("main form").fill("muc-dich", "Trình ký").submit().await.expect(200);
            assert!(file.bytes().starts_with(first), "{format}");
            assert!(file.header("content-disposition").ends_with(&format!(".{format}\"")), "{format}");
        }
        let ask = officer.get("/van-phong/co-so/tai?dang=pdf").await.expect(200);
        let file = ask.form("main form").fill("muc-dich", "In bảng").submit().await.expect(200);
        assert!(file.bytes().starts_with(b"%PDF-"), "any list can be printed");
        assert_eq!(app.count("SELECT COUNT(*) FROM exports WHERE format IN ('pdf', 'docx')").await, 3);
        assert_eq!(app.count("SELECT COUNT(*) FROM exports WHERE format NOT IN ('pdf', 'docx')").await, 2);
        let sum = "SELECT CAST(SUM(row_count) AS BIGINT) FROM exports WHERE format IN ('csv', 'xlsx')";
        assert_eq!(app.count(sum).await, 3);
    })
    .await;
}

#[tokio::test]
async fn a_voided_record_stays_in_sight_and_is_not_summed() {
    on_both_engines(async |app| {
        app.support_kinds().await;
        let sample = app.sample().await;
        let officer = app.officer().await;
        let list = give(&officer, &sample.producer.short, &app.today().text(), "300.000").await.expect(200);
        let record = list.attr("tbody td a", "href");
        let ask = officer.get(&format!("{record}/bo")).await.expect(200);
        ask.form("main form").submit().await.expect(422);
        let voided = ask.form("main form").fill("ly-do", "Ghi nhầm").submit().await.expect(200);
        assert!(voided.says("Ghi nhầm"), "{voided}");
        let list = officer.get("/van-phong/ho-tro").await.expect(200);
        assert_eq!(list.count("tr.void"), 1);
        assert!(list.says("Ghi nhầm"), "{list}");
        let official = officer.get("/van-phong/ho-tro/danh-sach").await.expect(200);
        assert_eq!(official.count("table.grid tbody tr"), 0);
    })
    .await;
}

#[tokio::test]
async fn villages_are_added_and_renamed_and_none_twice() {
    on_both_engines(async |app| {
        app.village("Đông").await;
        let officer = app.officer().await;
        let add = "form[action='/van-phong/thon']";
        let page = officer.get("/van-phong/thon").await.expect(200);
        page.form(add).fill("ten-moi", "Đông").submit().await.expect(422);
        let two = page.form(add).fill("ten-moi", "Đoài").submit().await.expect(200);
        assert_eq!(two.count("input[name=ten]"), 2);
        let renamed = two.form("main li form").fill("ten", "Đông Thượng").submit().await.expect(200);
        assert!(renamed.attrs("input[name=ten]", "value").contains(&"Đông Thượng".to_owned()), "{renamed}");
    })
    .await;
}

#[tokio::test]
async fn ids_of_nothing_here_are_not_found() {
    on_both_engines(async |app| {
        let officer = app.officer().await;
        let nobody = "01890000-0000-7000-8000-000000000000";
        for path in
            ["/van-phong/co-so/zzzzzzzz", "/van-phong/san-pham/zzzzzzzz", "/van-phong/ho-tro/moi?co-so=zzzzzzzz"]
        {
            assert_eq!(officer.get(path).await.code(), 404, "{path}");
        }
        officer.get(&format!("/van-phong/ho-tro/{nobody}/bo")).await.expect(404);
        officer.post(&format!("/van-phong/duyet/{nobody}"), &[("quyet", "duyet"), ("version", "1")]).await.expect(404);
        officer.get(&format!("/van-phong?viec={nobody}")).await.expect(200);
        officer.get("/van-phong/nguoi-dung").await.expect(403);
    })
    .await;
}
