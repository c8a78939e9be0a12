//! `/van-phong/ocop`: dossiers from their opening to the decision, and stars that only a decision shows.

mod item_lists;
mod outcome;
mod takeover;

use crate::support::{Form, Page, TestApp, Visitor, on_both_engines};

const HERE: &str = "/van-phong/ocop";

async fn open(officer: &Visitor, short: &str) -> Page {
    let page = officer.get(&format!("{HERE}/mo/{short}")).await.expect(200);
    if page.url().path().contains("/mo/") { page.form("main form").submit().await.expect(200) } else { page }
}

/// The form of a page of this dossier whose action ends so.
async fn form(officer: &Visitor, dossier: &str, page: &str, ends: &str) -> Form {
    officer.get(&format!("{dossier}{page}")).await.expect(200).form(&format!("form[action$='{ends}']"))
}

async fn settle(officer: &Visitor, dossier: &str, number: i32) {
    let form = form(officer, dossier, &format!("/muc/{number}"), &format!("/muc/{number}")).await;
    form.choose("ket-qua", "ok").fill("ghi-chu", "Bản giấy ở tủ hồ sơ").submit().await.expect(200);
}

async fn opinion(officer: &Visitor, dossier: &str) {
    let mut form = form(officer, dossier, "/y-kien", "/y-kien").await.choose("de-nghi", "co");
    for point in ["origin", "labour", "idea", "identity"] {
        form = form.choose(&format!("y-{point}"), "yes").fill(&format!("loi-{point}"), "Vùng trồng trong xã");
    }
    form.submit().await.expect(200);
}

fn scan() -> Vec<u8> {
    let picture = image::RgbImage::from_pixel(64, 48, image::Rgb([120, 90, 60]));
    let mut bytes = std::io::Cursor::new(Vec::new());
    picture.write_to(&mut bytes, image::ImageFormat::Png).unwrap();
    bytes.into_inner()
}

async fn shows_stars(app: &TestApp, path: &str) -> bool {
    app.run_jobs().await;
    let visitor = app.visitor();
    let page = visitor.get(path).await.expect(200).says("OCOP 4 sao");
    let found = visitor.get("/api/v1/products?stars=4").await.expect(200).json();
    assert_eq!(found["total"].as_i64(), Some(i64::from(page)), "the catalogue tells the same: {found}");
    page
}

#[tokio::test]
async fn a_dossier_goes_from_its_items_to_a_decision_and_only_that_shows_stars() {
    Box::pin(on_both_engines(async |app| {
        let sample = app.sample().await;
        let officer = app.officer().await;
        let page = open(&officer, &sample.product.short).await;
        let dossier = page.url().path().to_owned();
        assert_eq!(page.count("a[href*='/muc/']"), 18);
        assert_eq!(open(&officer, &sample.product.short).await.url().path(), dossier, "one is open at a time");

        // The producer hands in: what is there is asked for, and a file that is none is turned away.
        let mine = format!("/cua-toi/san-pham/{}/ocop", sample.product.short);
        assert!(sample.owner.get("/cua-toi").await.expect(200).says("Hồ sơ OCOP: còn 5 mục"));
        let item = sample.owner.get(&format!("{mine}/1")).await.expect(200).form("main form");
        assert!(!item.clone().press("viec=nop").await.expect(422).error_of("tep").is_empty());
        let odd = item.clone().attach("tep", "a.pdf", "application/pdf", b"nothing".to_vec()).press("viec=nop").await;
        assert!(!odd.expect(422).error_of("tep").is_empty());
        let item = item.attach("tep", "phieu.png", "image/png", scan()).press("viec=nop").await.expect(200);
        assert!(item.says("Đã nộp, chờ xem"), "{item}");
        assert!(officer.get("/van-phong").await.expect(200).says("1 mục chờ xem"));
        let back = form(&officer, &dossier, "/muc/1", "/muc/1").await.choose("ket-qua", "back");
        assert!(!back.clone().submit().await.expect(422).error_of("ghi-chu").is_empty());
        back.fill("ghi-chu", "Thiếu chữ ký").submit().await.expect(200);
        assert!(sample.owner.get(&format!("{mine}/1")).await.expect(200).says("Thiếu chữ ký"));

        // Two sheets: the mean is exact, and no buyer sees what it would come to.
        for (visitor, points) in [(&officer, ["38,5", "20", "31"]), (&app.officer().await, ["40", "25", "25,499"])] {
            let mut sheet = form(visitor, &dossier, "/cham", "/cham").await;
            sheet = sheet.fill("diem-0", "40,5");
            assert!(!sheet.clone().submit().await.expect(422).error_of("diem-0").is_empty());
            for (at, points) in points.iter().enumerate() {
                sheet = sheet.fill(&format!("diem-{at}"), points);
            }
            sheet.clone().submit().await.expect(200);
            sheet.submit().await.expect(200); // Sent twice: one sheet.
        }
        assert_eq!(app.count("SELECT COUNT(*) FROM ocop_scores").await, 2);
        assert!(sample.owner.get(&mine).await.expect(200).says("Ước đạt 4 sao"), "89.9995 of 100");
        assert!(!shows_stars(&app, &sample.product.path()).await, "an estimate is no recognition");

        // Not without the mandatory items and the opinion, unless somebody says why.
        let pass = form(&officer, &dossier, "", "/chuyen").await.fill("cong-van", "12/UBND-KT");
        let refused = pass.submit().await.expect(422);
        assert!(refused.says("Còn mục bắt buộc chưa đạt: 1, 2, 3, 4, 5") && !refused.error_of("van-chuyen").is_empty());
        for number in 1..=5 {
            settle(&officer, &dossier, number).await;
        }
        opinion(&officer, &dossier).await;
        let stale = form(&officer, &dossier, "", "/chuyen").await.fill("cong-van", "12/UBND-KT");
        stale.clone().submit().await.expect(200);
        stale.submit().await.expect(200);
        assert!(!shows_stars(&app, &sample.product.path()).await, "proposed is not decided");
        sample.owner.get(&format!("{mine}/1")).await.expect(409);

        let day = app.today().plus_days(-3).text();
        let result = form(&officer, &dossier, "", "/ket-qua").await.fill("so", "77/QĐ-UBND").fill("ngay", &day);
        let result = result.fill("sao", "4").attach("giay", "qd.png", "image/png", scan());
        result.clone().submit().await.expect(200);
        result.submit().await.expect(200);
        assert_eq!(app.count("SELECT COUNT(*) FROM ocop_decisions WHERE file_id IS NOT NULL").await, 1);
        assert!(shows_stars(&app, &sample.product.path()).await);
        assert_eq!(app.count("SELECT COUNT(*) FROM ocop_dossiers WHERE state = 'decided'").await, 1);

        assert!(officer.get(&dossier).await.expect(200).says("77/QĐ-UBND"));
        // Recorded wrongly: gone from every page at once, and the dossier waits again.
        let page = officer.get(&format!("/van-phong/san-pham/{}", sample.product.short)).await.expect(200);
        let void = officer.get(&page.attr("a[href*='/quyet-dinh/']", "href")).await.expect(200).form("main form");
        void.clone().submit().await.expect(422);
        void.fill("ly-do", "Nhầm sản phẩm").submit().await.expect(200);
        assert!(!shows_stars(&app, &sample.product.path()).await);
        assert_eq!(app.count("SELECT COUNT(*) FROM ocop_dossiers WHERE state = 'passed'").await, 1);
        assert_eq!(app.count("SELECT COUNT(*) FROM ocop_decisions").await, 1, "the row stays");
        assert!(officer.get(&dossier).await.expect(200).says("Nhầm sản phẩm"), "its dossier tells of it");
    }))
    .await;
}

#[tokio::test]
async fn the_papers_of_a_dossier_are_made_and_logged() {
    on_both_engines(async |app| {
        let sample = app.sample().await;
        let officer = app.officer().await;
        let dossier = open(&officer, &sample.product.short).await.url().path().to_owned();
        officer.get(&format!("{dossier}/giay/y-kien.pdf")).await.expect(404);
        opinion(&officer, &dossier).await;
        let mine = format!("/cua-toi/san-pham/{}/ocop/2", sample.product.short);
        let item = sample.owner.get(&mine).await.expect(200).form("main form");
        item.attach("tep", "ke-hoach.png", "image/png", scan()).press("viec=nop").await.expect(200);
        // An accepted item whose paper is taken out is to be looked at anew, and the history says so.
        settle(&officer, &dossier, 2).await;
        let item = sample.owner.get(&mine).await.expect(200);
        let out = format!("viec={}", item.attr("button[value^='bo-']", "value"));
        item.form("main form").press(&out).await.expect(200);
        assert_eq!(app.count("SELECT COUNT(*) FROM ocop_items WHERE number = 2 AND state = 'preparing'").await, 1);
        assert!(officer.get(&dossier).await.expect(200).says("Bỏ một tệp"));
        let item = sample.owner.get(&mine).await.expect(200).form("main form");
        item.attach("tep", "ke-hoach.png", "image/png", scan()).press("viec=nop").await.expect(200);
        for (name, head) in [("y-kien.pdf", "%PDF"), ("y-kien.docx", "PK"), ("bang-ke.pdf", "%PDF"), ("tep.zip", "PK")]
        {
            let file = officer.get(&format!("{dossier}/giay/{name}")).await.expect(200);
            assert!(file.bytes().starts_with(head.as_bytes()), "{name}");
            if name == "tep.zip" {
                let mut zip = zip::ZipArchive::new(std::io::Cursor::new(file.bytes().to_vec())).unwrap();
                let mut sums = String::new();
                std::io::Read::read_to_string(&mut zip.by_name("sha256.txt").unwrap(), &mut sums).unwrap();
                assert!(sums.ends_with("  02/001.png\n") && zip.by_name("02/001.png").is_ok(), "{sums}");
            }
        }
        assert_eq!(app.count("SELECT COUNT(*) FROM exports WHERE what = 'ocop-dossier'").await, 4);
        app.viewer().await.get(&format!("{dossier}/giay/tep.zip")).await.expect(403);
        app.viewer().await.get(&dossier).await.expect(200);
        assert_eq!(app.visitor().get(&mine).await.url().path(), "/dang-nhap");
        app.register("Người lạ", "0987654321").await.get(&mine).await.expect(404);
    })
    .await;
}

#[tokio::test]
async fn the_second_of_two_is_told_and_what_the_city_sends_back_goes_on() {
    on_both_engines(async |app| {
        let sample = app.sample().await;
        let (first, second) = (app.officer().await, app.officer().await);
        let dossier = open(&first, &sample.product.short).await.url().path().to_owned();
        let mine = form(&first, &dossier, "/muc/7", "/muc/7").await.choose("ket-qua", "unneeded");
        let theirs = form(&second, &dossier, "/muc/7", "/muc/7").await.choose("ket-qua", "ok");
        mine.fill("ghi-chu", "Sản phẩm tươi").submit().await.expect(200);
        let told = theirs.fill("ghi-chu", "bản kia").submit().await.expect(409);
        assert!(told.says("vừa thay đổi") && told.form("main form").value("ghi-chu") == "bản kia", "{told}");
        assert_eq!(app.count("SELECT COUNT(*) FROM ocop_items WHERE state = 'unneeded'").await, 1);

        let pass = form(&first, &dossier, "", "/chuyen").await.fill("cong-van", "5/UBND");
        let pass = pass.fill("van-chuyen", "Thành phố cho bổ sung sau");
        pass.submit().await.expect(200);
        assert!(first.get(&dossier).await.expect(200).says("Thành phố cho bổ sung sau"));
        let back = form(&first, &dossier, "", "/tra-lai").await;
        back.clone().submit().await.expect(422);
        back.fill("ly-do-tra", "Thiếu phiếu kiểm nghiệm").submit().await.expect(200);
        assert_eq!(first.get(&dossier).await.expect(200).count("form[action$='/chuyen']"), 1, "it may be mended");
        let stop = form(&first, &dossier, "", "/dung").await.fill("ly-do-dung", "Chủ thể xin thôi");
        stop.submit().await.expect(200);
        let again = open(&first, &sample.product.short).await;
        assert_ne!(again.url().path(), dossier, "another may be opened");
        assert!(first.get(HERE).await.expect(200).says("2 hồ sơ"));
        assert!(first.get(&format!("{HERE}?tinh-trang=stopped")).await.expect(200).says("1 hồ sơ"));
    })
    .await;
}

#[tokio::test]
async fn a_commune_writes_its_own_version_of_a_rubric_and_stars_that_end_are_told_of() {
    on_both_engines(async |app| {
        let sample = app.sample().await;
        let officer = app.officer().await;
        let rubric = officer.get(&format!("{HERE}/bo-tieu-chi/148-2023")).await.expect(200).form("main form");
        let wrong = rubric.clone().fill("bo", "A. Sản phẩm\nA1 | Vùng trồng | 99").submit().await.expect(422);
        assert!(wrong.error_of("bo").contains("99 điểm"), "{wrong}");
        let rubric = rubric.fill("ten", "Bản của xã").fill("bo", "A. Sản phẩm\nA1 | Vùng trồng | 60\nA2 | Tem | 40");
        rubric.clone().submit().await.expect(200);
        rubric.submit().await.expect(200);
        assert_eq!(app.count("SELECT COUNT(*) FROM ocop_rubrics").await, 1);
        let begin = officer.get(&format!("{HERE}/mo/{}", sample.product.short)).await.expect(200);
        assert!(begin.text("select[name=bo]").contains("Bản của xã"), "{begin}");

        let path = format!("/van-phong/san-pham/{}", sample.product.short);
        let decision = officer.get(&path).await.expect(200).form("form[action$=ocop]");
        let (from, until) = (app.today().plus_days(-900).text(), app.today().plus_days(100).text());
        let decision = decision.fill("so", "1/QĐ").fill("ngay", &from).fill("co-quan", "UBND thành phố");
        decision.fill("sao", "3").fill("han", &until).submit().await.expect(200);
        assert!(officer.get("/van-phong").await.expect(200).says("3 sao hết hạn ngày"));
        assert!(officer.get(HERE).await.expect(200).has(".tag.wait"));
        assert!(sample.owner.get("/cua-toi").await.expect(200).says("OCOP 3 sao hết hạn"));
        app.later(std::time::Duration::from_hours(24 * 30));
        assert!(app.officer().await.get(HERE).await.expect(200).has(".tag.bad"), "within three months");
        app.run_jobs().await;
    })
    .await;
}
