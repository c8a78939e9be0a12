//! `/van-phong/ho-tro` as a ledger: programmes, kinds, records in steps, warnings, needs, a producer's way.

mod sums;

use std::time::Duration;

use sanvat::ids::CommuneId;
use sanvat::support::store as support;

use crate::support::{Form, Page, TestApp, Visitor, on_both_engines};

const MAIN: &str = "main form";

/// Opens a programme of this year with this budget; returns its path.
async fn programme(app: &TestApp, officer: &Visitor, budget: &str) -> String {
    let form = officer.get("/van-phong/ho-tro/chuong-trinh/moi").await.expect(200).form(MAIN);
    let form = form.fill("ten", "Bao bì mẫu").fill("kinh-phi", budget).fill("chi-tieu", "50 hộ\n2 lớp tập huấn");
    let page = form.fill("nam", &app.today().year().to_string()).submit().await.expect(200);
    page.url().path().to_owned()
}

async fn record_form(officer: &Visitor, short: &str, state: &str) -> Form {
    let page = officer.get(&format!("/van-phong/ho-tro/moi?co-so={short}")).await.expect(200);
    page.form(MAIN).fill("loai", "packaging").fill("tinh-trang", state)
}

/// The page of the record that a list shows first.
async fn first_record(officer: &Visitor, list: &str) -> Page {
    let list = officer.get(list).await.expect(200);
    officer.get(&list.attr("tbody td a", "href")).await.expect(200)
}

async fn ask(officer: &Visitor, record: &str, step: &str) -> Form {
    officer.get(&format!("{record}/{step}")).await.expect(200).form(MAIN)
}

#[tokio::test]
async fn a_record_goes_from_proposal_to_result_and_tells_who_did_what() {
    on_both_engines(async |app| {
        app.support_kinds().await;
        let sample = app.sample().await;
        let officer = app.officer().await;
        let form = record_form(&officer, &sample.producer.short, "proposed").await;
        form.clone().fill("duyet", "1.000").submit().await.expect(422);
        form.fill("du-toan", "5 triệu").fill("ghi-chu", "Đề nghị của thôn").submit().await.expect(200);
        let page = first_record(&officer, "/van-phong/ho-tro").await;
        let record = page.url().path().to_owned();
        assert!(page.says("Đề xuất") && page.says("5.000.000 đ"), "{page}");
        officer.post(&format!("{record}/giao"), &[("version", "1"), ("ngay", "01/06/2026")]).await.expect(409);
        assert_eq!(officer.get("/van-phong/ho-tro/danh-sach").await.count("table.grid tbody tr"), 0, "only proposed");

        let approve = ask(&officer, &record, "duyet").await;
        assert_eq!(approve.value("duyet"), "5.000.000");
        approve.fill("duyet", "4.000.000").fill("ghi-chu-buoc", "Họp ngày 10").submit().await.expect(200);
        let deliver = ask(&officer, &record, "giao").await.fill("chi", "4.500.000");
        let refused = deliver.clone().submit().await.expect(422);
        assert!(refused.error_of("chi").contains("lý do"), "{refused}");
        deliver.fill("vuot", "giá giấy tăng").fill("so-luong", "300").fill("don-vi", "hộp").submit().await.expect(200);
        assert_eq!(officer.get("/van-phong/ho-tro/danh-sach").await.count("table.grid tbody tr"), 1);
        let result = ask(&officer, &record, "ket-qua").await;
        result.clone().submit().await.expect(422);
        let result = result.fill("ket-qua", "Bán thêm ở hai cửa hàng").fill("so-ket-qua", "2");
        let done = result.fill("don-vi-ket-qua", "cửa hàng").submit().await.expect(200);
        assert!(done.says("Đã rõ kết quả") && done.says("giá giấy tăng") && done.says("2 cửa hàng"), "{done}");
        assert_eq!(done.count("ol.way > li"), 4);
        assert!(done.says("Họp ngày 10") && done.says("0 đ → 4.000.000 đ"), "{done}");
        assert_eq!(app.count("SELECT COUNT(*) FROM audit_log WHERE action LIKE 'support.%'").await, 4);
        assert_eq!(officer.get("/van-phong/ho-tro/danh-sach").await.count("table.grid tbody tr"), 1);
        officer.get("/van-phong/ho-tro?tinh-trang=proposed").await.expect(200);
        assert_eq!(officer.get("/van-phong/ho-tro?tinh-trang=known").await.count("table.grid tbody tr"), 1);
    })
    .await;
}

#[tokio::test]
async fn the_second_of_two_officers_is_told_and_overwrites_nothing_unknowingly() {
    on_both_engines(async |app| {
        app.support_kinds().await;
        let sample = app.sample().await;
        let (first, second) = (app.officer().await, app.officer().await);
        record_form(&first, &sample.producer.short, "delivered").await.submit().await.expect(200);
        let record = first_record(&first, "/van-phong/ho-tro").await.url().path().to_owned();
        let (mine, theirs) = (ask(&first, &record, "sua").await, ask(&second, &record, "sua").await);
        let mine = mine.fill("duyet", "900").fill("chi", "900");
        mine.clone().submit().await.expect(200);
        mine.submit().await.expect(200); // Sent twice: it is the same step.
        assert_eq!(app.count("SELECT version FROM support_records").await, 2);
        let told = theirs.fill("duyet", "100").fill("ghi-chu", "bản của tôi").submit().await.expect(409);
        assert!(told.says("vừa thay đổi"), "{told}");
        assert_eq!(told.form(MAIN).value("ghi-chu"), "bản của tôi");
        assert_eq!(app.count("SELECT approved FROM support_records").await, 900);
        told.form(MAIN).fill("duyet", "950").fill("chi", "900").submit().await.expect(200);
        assert_eq!(app.count("SELECT approved FROM support_records").await, 950);

        let (mine, theirs) = (ask(&first, &record, "bo").await, ask(&second, &record, "ket-qua").await);
        mine.fill("ly-do", "Ghi nhầm").submit().await.expect(200);
        theirs.fill("ket-qua", "Tốt").submit().await.expect(409);
        assert_eq!(app.count("SELECT COUNT(*) FROM support_records WHERE state = 'void' AND result = ''").await, 1);
        first.post(&format!("{record}/minh-chung"), &[]).await;
        assert_eq!(app.count("SELECT COUNT(*) FROM support_evidence").await, 0);
    })
    .await;
}

#[tokio::test]
async fn many_producers_get_a_record_each_by_one_form_sent_twice() {
    on_both_engines(async |app| {
        app.support_kinds().await;
        let village = app.village("Đông").await;
        for n in 0..5 {
            let name = format!("Hộ mẫu {n}");
            let phone = format!("091234560{n}");
            app.producer().named(&name).phone(&phone).in_village(village).approved().create().await;
        }
        app.producer().named("HTX khác").phone("0987654321").approved().create().await;
        let officer = app.officer().await;
        let pick = officer.get("/van-phong/ho-tro/moi?q=ho+mau").await.expect(200);
        assert_eq!(pick.count("input[name=co-so]"), 5);
        let chosen = pick.forms(MAIN).remove(1);
        chosen.clone().submit().await.expect(422);
        let form = chosen.choose("tat-ca", "1").submit().await.expect(200);
        assert!(form.h1().contains("5 cơ sở"), "{form}");
        let filled = form.form(MAIN).fill("loai", "packaging").fill("duyet", "100.000").fill("chi", "100.000");
        filled.clone().submit().await.expect(200);
        filled.submit().await.expect(200);
        assert_eq!(app.count("SELECT COUNT(*) FROM support_records").await, 5);
        assert_eq!(app.count("SELECT COUNT(DISTINCT producer_id) FROM support_records").await, 5);
        assert_eq!(app.count("SELECT COUNT(*) FROM support_steps").await, 5);
        let list = officer.get("/van-phong/ho-tro?q=mau+3").await.expect(200);
        assert_eq!(list.count("table.grid tbody tr"), 1);
        assert!(list.says("Tải Excel, 1 dòng"), "{list}");
        assert_eq!(officer.get("/van-phong/ho-tro?q=50%25").await.count("table.grid tbody tr"), 0);
        officer.get("/van-phong/ho-tro/moi?co-so=zzzzzzzz").await.expect(404);
    })
    .await;
}

#[tokio::test]
async fn what_an_officer_should_know_is_told_before_it_is_recorded() {
    on_both_engines(async |app| {
        app.support_kinds().await;
        let sample = app.sample().await;
        let twin = app.producer().named("Tên khác hẳn").approved().create().await;
        let officer = app.officer().await;
        let path = programme(&app, &officer, "1.000.000").await;
        let id = path.rsplit('/').next().unwrap().to_owned();
        record_form(&officer, &sample.producer.short, "delivered").await.submit().await.expect(200);

        let form = record_form(&officer, &twin.short, "approved").await.fill("chuong-trinh", &id);
        let warned = form.fill("duyet", "1.500.000").fill("ghi-chu", "giữ lại").submit().await.expect(200);
        assert!(warned.says("cùng số điện thoại"), "{warned}");
        assert!(warned.says("còn 1.000.000 đ") && warned.says("cần 1.500.000 đ"), "{warned}");
        assert_eq!(warned.count("[role=alert] li"), 2);
        assert_eq!(warned.form(MAIN).value("ghi-chu"), "giữ lại");
        assert_eq!(app.count("SELECT COUNT(*) FROM support_records").await, 1);
        // What was told of another sum is not agreed to for this one.
        let anew = warned.form(MAIN).fill("duyet", "1.600.000").submit().await.expect(200);
        assert!(anew.says("cần 1.600.000 đ"), "{anew}");
        assert_eq!(app.count("SELECT COUNT(*) FROM support_records").await, 1);
        warned.form(MAIN).submit().await.expect(200);
        assert_eq!(app.count("SELECT COUNT(*) FROM support_records").await, 2);
        let programme = officer.get(&path).await.expect(200);
        assert!(programme.says("-500.000 đ") && programme.says("Vượt kinh phí"), "{programme}");

        let waiting = officer.get(&format!("/van-phong/ho-tro/moi?co-so={}", sample.waiting.short)).await.expect(200);
        let warned = waiting.form(MAIN).fill("loai", "fair").submit().await.expect(200);
        assert!(warned.says("đang ở tình trạng"), "{warned}");

        // Thirteen months later the same kind is no repetition.
        app.later(Duration::from_secs(400 * 24 * 3600));
        let officer = app.officer().await;
        record_form(&officer, &sample.producer.short, "delivered").await.submit().await.expect(200);
        assert_eq!(app.count("SELECT COUNT(*) FROM support_records").await, 3);
    })
    .await;
}

#[tokio::test]
async fn a_programme_sums_its_records_and_takes_none_when_closed() {
    on_both_engines(async |app| Box::pin(programme_to_its_end(app)).await).await;
}

async fn programme_to_its_end(app: TestApp) {
    app.support_kinds().await;
    let sample = app.sample().await;
    let (officer, other) = (app.officer().await, app.officer().await);
    let bad = officer.get("/van-phong/ho-tro/chuong-trinh/moi").await.form(MAIN).fill("nam", "20");
    let bad = bad.fill("chi-tieu", "nhiều hộ").submit().await.expect(422);
    assert!(bad.error_of("chi-tieu").contains("nhiều hộ") && !bad.error_of("ten").is_empty(), "{bad}");
    let path = programme(&app, &officer, "10 triệu").await;
    let id = path.rsplit('/').next().unwrap().to_owned();
    let form = record_form(&officer, &sample.producer.short, "approved").await.fill("chuong-trinh", &id);
    form.clone().fill("ngay", "01/03/2025").fill("duyet", "1").submit().await.expect(422);
    form.fill("duyet", "3.000.000").fill("chi", "1.000.000").submit().await.expect(200);
    let page = officer.get(&path).await.expect(200);
    let tiles = page.texts(".tiles dd");
    assert_eq!(tiles, ["10.000.000 đ", "3.000.000 đ", "3.000.000 đ", "1.000.000 đ", "7.000.000 đ"]);
    assert!(page.says("50 hộ") && page.says("Đã dùng 30 %"), "{page}");
    let by_programme = officer.get(&format!("/van-phong/ho-tro/danh-sach?chuong-trinh={id}")).await.expect(200);
    assert_eq!(by_programme.count("table.grid tbody tr"), 0, "approved is not given");

    let (mine, theirs) = (officer.get(&format!("{path}/sua")).await, other.get(&format!("{path}/sua")).await);
    mine.form(MAIN).fill("kinh-phi", "12 triệu").submit().await.expect(200);
    let told = theirs.form(MAIN).fill("kinh-phi", "1").submit().await.expect(409);
    assert!(told.says("Người khác vừa sửa"), "{told}");
    assert_eq!(app.count("SELECT budget FROM support_programmes").await, 12_000_000);

    let page = officer.get(&path).await.expect(200);
    page.form("form[action$=dong]").submit().await.expect(200);
    other.get(&path).await.expect(200).form("form[action$=mo]").submit().await.expect(200);
    page.form("form[action$=dong]").submit().await.expect(409);
    let page = officer.get(&path).await.expect(200);
    page.form("form[action$=dong]").submit().await.expect(200);
    let form = officer.get(&format!("/van-phong/ho-tro/moi?co-so={}", sample.producer.short)).await.form(MAIN);
    assert!(!form.names().contains(&"chuong-trinh"), "no programme is open");
    let form = form.fill("loai", "fair").tamper("chuong-trinh", &id);
    let refused = form.submit().await.expect(422);
    assert!(refused.says("chương trình đang mở"), "{refused}");
}

#[tokio::test]
async fn kinds_are_added_renamed_and_hidden_for_one_commune() {
    on_both_engines(async |app| {
        app.support_kinds().await;
        app.add_commune(CommuneId(10813), "Thanh Sơn", Some("thanh-son.example")).await;
        let sample = app.sample().await;
        let officer = app.officer().await;
        record_form(&officer, &sample.producer.short, "delivered").await.submit().await.expect(200);
        let form = officer.get("/van-phong/ho-tro/noi-dung/moi").await.expect(200).form(MAIN);
        let same = form.clone().fill("ten", "bao bi").fill("ten-anh", "x").submit().await.expect(422);
        assert!(same.error_of("ten").contains("tên này"), "{same}");
        form.fill("ten", "Kho lạnh").fill("ten-anh", "Cold store").submit().await.expect(200);
        let edit = officer.get("/van-phong/ho-tro/noi-dung/packaging").await.expect(200).form(MAIN);
        let stale = edit.clone();
        edit.fill("ten", "Hộp và túi").fill("thang", "0").choose("an", "1").submit().await.expect(200);
        stale.fill("ten", "Khác").submit().await.expect(409);
        let choice = officer.get(&format!("/van-phong/ho-tro/moi?co-so={}", sample.producer.short)).await.expect(200);
        let offered = choice.texts("select[name=loai] option");
        assert_eq!(offered, ["Chọn…", "Hội chợ", "Kho lạnh"]);
        let list = officer.get("/van-phong/ho-tro").await.expect(200);
        assert!(list.text("table.grid tbody").contains("Hộp và túi"), "{list}");
        let mut conn = app.read().await;
        let theirs = support::kinds(&mut conn.cx(), CommuneId(10813)).await.unwrap();
        assert_eq!(theirs.iter().map(|k| k.name_vi.as_str()).collect::<Vec<_>>(), ["Bao bì", "Hội chợ"]);
    })
    .await;
}

#[tokio::test]
async fn a_need_reaches_the_queue_and_its_answer_the_producer() {
    on_both_engines(async |app| Box::pin(need_and_answer(app)).await).await;
}

async fn need_and_answer(app: TestApp) {
    app.support_kinds().await;
    let sample = app.sample().await;
    let (officer, other) = (app.officer().await, app.officer().await);
    let short = &sample.producer.short;
    let path = programme(&app, &officer, "1 triệu").await;
    let id = path.rsplit('/').next().unwrap().to_owned();
    let tell = async |who: &Visitor, words: &str| {
        let page = who.get(&format!("/cua-toi/ho-tro/moi?co-so={short}")).await.expect(200);
        let form = page.form(MAIN);
        form.clone().submit().await.expect(422);
        let filled = form.fill("loai", "packaging").fill("can", words);
        filled.clone().submit().await.expect(200);
        filled.submit().await.expect(200)
    };
    tell(&sample.owner, "300 hộp giấy").await;
    tell(&app.helper(sample.village).await, "Túi lưới").await;
    assert_eq!(app.count("SELECT COUNT(*) FROM support_needs").await, 2);
    let stranger = app.owner_of(sample.waiting.id).await;
    stranger.get(&format!("/cua-toi/ho-tro/moi?co-so={short}")).await.expect(404);
    stranger.get(&format!("/cua-toi/ho-tro?co-so={short}")).await.expect(404);

    let queue = officer.get("/van-phong?loai=nhu-cau").await.expect(200);
    assert_eq!(queue.count("ol.queue > li"), 2);
    let need = queue.click("Trả lời nhu cầu D").await.expect(200);
    let form = need.form(MAIN);
    form.clone().submit().await.expect(422);
    form.clone().choose("tra-loi", "refused").submit().await.expect(422);
    form.clone().choose("tra-loi", "later").submit().await.expect(422);
    form.clone().choose("tra-loi", "programme").submit().await.expect(422);
    let theirs = other.get(&need.path()).await.expect(200).form(MAIN);
    let answered = form.choose("tra-loi", "programme").fill("chuong-trinh", &id).submit().await.expect(200);
    let record = answered.click("Ghi hỗ trợ cho nhu cầu này").await.expect(200).form(MAIN);
    assert_eq!((record.value("loai"), record.value("chuong-trinh")), ("packaging".to_owned(), id));
    theirs.choose("tra-loi", "refused").fill("loi-nhan", "Không").submit().await.expect(409);
    let mine = sample.owner.get("/cua-toi/ho-tro").await.expect(200);
    assert!(mine.says("Sẽ hỗ trợ trong chương trình “Bao bì mẫu”."), "{mine}");

    let queue = officer.get("/van-phong?loai=nhu-cau").await.expect(200);
    assert_eq!(queue.count("ol.queue > li"), 1);
    sample.owner.get("/cua-toi/ho-tro").await.form("form[action$=rut]").submit().await.expect(200);
    assert_eq!(officer.get("/van-phong?loai=nhu-cau").await.count("ol.queue > li"), 0);
    let withdrawn = officer.get("/van-phong/ho-tro/nhu-cau?tinh-trang=withdrawn").await.expect(200);
    let gone = officer.get(&withdrawn.attr("tbody td a", "href")).await.expect(200);
    assert!(gone.says("đã rút nhu cầu") && !gone.has("input[name=tra-loi]"), "{gone}");
}

#[tokio::test]
async fn a_result_is_asked_for_when_it_is_due_and_no_longer_once_it_is_known() {
    on_both_engines(async |app| {
        app.support_kinds().await;
        let sample = app.sample().await;
        let officer = app.officer().await;
        record_form(&officer, &sample.producer.short, "delivered").await.submit().await.expect(200);
        assert_eq!(officer.get("/van-phong?loai=ket-qua").await.count("ol.queue > li"), 0);
        app.later(Duration::from_secs(190 * 24 * 3600));
        let officer = app.officer().await;
        let queue = officer.get("/van-phong?loai=ket-qua").await.expect(200);
        assert_eq!(queue.count("ol.queue > li"), 1);
        let form = queue.click("Ghi kết quả D").await.expect(200).form(MAIN);
        form.fill("ket-qua", "Bán được giá hơn").submit().await.expect(200);
        assert_eq!(officer.get("/van-phong?loai=ket-qua").await.count("ol.queue > li"), 0);
    })
    .await;
}

#[tokio::test]
async fn evidence_is_kept_with_the_record_for_office_and_producer_alone() {
    on_both_engines(async |app| {
        app.support_kinds().await;
        let sample = app.sample().await;
        let officer = app.officer().await;
        record_form(&officer, &sample.producer.short, "delivered").await.submit().await.expect(200);
        let page = first_record(&officer, "/van-phong/ho-tro").await;
        let form = page.form("form[action$=minh-chung]");
        form.clone().submit().await.expect(422);
        let text = b"not a paper".to_vec();
        form.clone().attach("file", "a.txt", "text/plain", text).submit().await.expect(422);
        let picture = image::RgbImage::from_pixel(64, 48, image::Rgb([120, 90, 60]));
        let mut bytes = std::io::Cursor::new(Vec::new());
        picture.write_to(&mut bytes, image::ImageFormat::Png).unwrap();
        let kept = form.attach("file", "biên bản.png", "image/png", bytes.into_inner()).submit().await.expect(200);
        assert!(kept.says("biên bản.png") && kept.says("Thêm minh chứng"), "{kept}");
        let paper = kept.attr("a[href^='/giay/']", "href");
        officer.get(&paper).await.expect(200);
        sample.owner.get(&paper).await.expect(200);
        app.owner_of(sample.waiting.id).await.get(&paper).await.expect(404);
    })
    .await;
}

#[tokio::test]
async fn a_producers_way_is_on_one_page_linked_from_the_register() {
    on_both_engines(async |app| {
        app.support_kinds().await;
        let sample = app.sample().await;
        let (officer, viewer) = (app.officer().await, app.viewer().await);
        record_form(&officer, &sample.producer.short, "delivered").await.submit().await.expect(200);
        let register = viewer.get("/van-phong/co-so?q=ben+say").await.expect(200);
        let page = viewer.get(&register.attr("tbody td a", "href")).await.expect(200);
        let counts = page.texts(".stages li span:not(.hid)");
        assert_eq!(counts, ["0 nhu cầu", "1 lượt", "1 sản phẩm", "1 lô", "0 lượt trong 30 ngày", "0 lần"]);
        assert_eq!(page.count(".stages .on"), 3);
        assert!(!page.has("a[href*='/moi?']"), "a viewer records nothing");
        viewer.get(&page.attr("a[href^='/van-phong/ho-tro/0']", "href")).await.expect(200);
        viewer.post("/van-phong/ho-tro/moi", &[("co-so", &sample.producer.short)]).await.expect(403);
    })
    .await;
}

#[tokio::test]
async fn a_record_names_the_officer_in_charge_until_another_takes_it_over() {
    on_both_engines(async |app| {
        app.support_kinds().await;
        let sample = app.sample().await;
        let officer = app.officer().await;
        let form = record_form(&officer, &sample.producer.short, "delivered").await;
        let own = form.value("can-bo");
        assert!(!own.is_empty(), "whoever records it, unless told otherwise");
        form.clone().fill("can-bo", &"a".repeat(101)).submit().await.expect(422);
        form.submit().await.expect(200);
        let page = first_record(&officer, "/van-phong/ho-tro").await;
        assert!(page.says("Cán bộ phụ trách") && page.says(&own), "{page}");
        let other = "Khuyến nông viên mẫu";
        let change = ask(&officer, page.url().path(), "sua").await;
        assert_eq!(change.value("can-bo"), own);
        let page = change.fill("can-bo", other).submit().await.expect(200);
        assert!(page.says(&format!("Cán bộ phụ trách: {own} → {other}")), "{page}");
    })
    .await;
}
