//! `/van-phong/bao-cao` and `/van-phong/tong-quan`: figures as they stand, and as they were taken.

use crate::support::{TestApp, Visitor, on_both_engines};

const HERE: &str = "/van-phong/bao-cao";

async fn support(app: &TestApp, officer: &Visitor, short: &str, paid: &str) {
    let page = officer.get(&format!("/van-phong/ho-tro/moi?co-so={short}&loai=packaging")).await.expect(200);
    let form = page.form("main form").fill("loai", "packaging").fill("tinh-trang", "delivered");
    let form = form.fill("duyet", paid).fill("chi", paid).fill("ngay", &app.today().text());
    let page = form.submit().await.expect(200);
    if page.url().path().ends_with("/moi") {
        page.form("main form").submit().await.expect(200);
    }
}

async fn take(officer: &Visitor) -> String {
    let form = officer.get(HERE).await.expect(200).form("main form");
    form.clone().submit().await.expect(200);
    form.submit().await.expect(200).url().path().to_owned()
}

/// What a report says of a figure: plan, result, reached.
async fn line(officer: &Visitor, report: &str, figure: &str) -> [String; 3] {
    let page = officer.get(report).await.expect(200);
    let row = page.texts("section table.grid tbody tr").into_iter().find(|row| row.starts_with(figure));
    let row = row.unwrap_or_else(|| panic!("no {figure}: {page}"));
    let at = page.texts("section table.grid tbody th").iter().position(|name| name == figure).expect("a row");
    let cells = page.texts("section table.grid tbody td");
    assert!(row.contains(&cells[at * 5 + 1]), "{row}");
    [0, 1, 2].map(|n| cells[at * 5 + n].clone())
}

#[tokio::test]
async fn figures_stay_as_they_were_taken_while_the_data_goes_on() {
    on_both_engines(async |app| {
        app.support_kinds().await;
        let sample = app.sample().await;
        let officer = app.officer().await;
        let targets = officer.get(&format!("{HERE}/chi-tieu")).await.expect(200).forms("main form").remove(1);
        assert!(!targets.clone().fill("classes", "hai").submit().await.expect(422).error_of("classes").is_empty());
        targets.fill("classes", "2").fill("supported", "4").submit().await.expect(200);
        support(&app, &officer, &sample.producer.short, "1.500.000").await;
        let report = take(&officer).await;
        assert_eq!(app.count("SELECT COUNT(*) FROM reports").await, 1, "sent twice: taken once");
        assert_eq!(line(&officer, &report, "Chủ thể được hỗ trợ").await, ["4", "1", "25%"]);
        assert_eq!(line(&officer, &report, "Kinh phí đã chi (đồng)").await, ["", "1.500.000", ""]);
        assert_eq!(line(&officer, &report, "Sản phẩm có truy xuất nguồn gốc").await[1], "1");
        assert_eq!(line(&officer, &report, "Sản phẩm có mã QR").await[1], "1");

        support(&app, &officer, &sample.waiting.short, "500.000").await;
        assert_eq!(line(&officer, &report, "Chủ thể được hỗ trợ").await[1], "1", "as taken");
        let page = officer.get(&report).await.expect(200);
        assert!(page.says("Đã thay đổi từ khi chốt"), "{page}");

        let words = page.form(&format!("form[action='{report}']"));
        let stale = words.clone().fill("kho-khan", "bản cũ");
        words.fill("kho-khan", "Thiếu kinh phí").fill("de-xuat", "Bố trí thêm").submit().await.expect(200);
        let told = stale.submit().await.expect(409);
        assert!(told.says("bản cũ") && told.says("vừa sửa"), "{told}");
        for (format, head) in [("pdf", "%PDF"), ("docx", "PK"), ("xlsx", "PK"), ("csv", "\u{feff}")] {
            let ask = officer.get(&format!("{report}/tai?dang={format}")).await.expect(200).form("main form");
            let file = ask.fill("muc-dich", "Trình ký").submit().await.expect(200);
            assert!(file.bytes().starts_with(head.as_bytes()), "{format}");
            if format == "docx" {
                let mut package = zip::ZipArchive::new(std::io::Cursor::new(file.bytes().to_vec())).unwrap();
                let body = std::io::read_to_string(package.by_name("word/document.xml").unwrap()).unwrap();
                for said in
                    ["I. KẾT QUẢ THỰC HIỆN", "hỗ trợ 1 chủ thể", "III. KHÓ KHĂN", "Thiếu kinh phí", "Bố trí thêm"]
                {
                    assert!(body.contains(said), "{said}");
                }
            }
        }
        assert_eq!(app.count("SELECT COUNT(*) FROM exports WHERE what = 'report'").await, 4);
    })
    .await;
}

#[tokio::test]
async fn a_record_in_a_signed_report_is_voided_only_knowingly_and_the_report_stays() {
    on_both_engines(async |app| {
        app.support_kinds().await;
        let sample = app.sample().await;
        let officer = app.officer().await;
        support(&app, &officer, &sample.producer.short, "900.000").await;
        let report = take(&officer).await;
        let sign = officer.get(&report).await.expect(200).form("form[action$='/ky']");
        let early = sign.clone().fill("ngay-ky", &app.today().plus_days(1).text()).submit().await.expect(422);
        assert!(!early.error_of("so").is_empty() && !early.error_of("ngay-ky").is_empty(), "{early}");
        sign.fill("so", "15/BC-UBND").submit().await.expect(200);
        officer.post(&report, &[("version", "2"), ("kho-khan", "sửa lén")]).await.expect(409);
        assert_eq!(app.count("SELECT COUNT(*) FROM reports WHERE difficulties = ''").await, 1);

        let list = officer.get("/van-phong/ho-tro").await.expect(200);
        let record = list.attr("tbody td a", "href");
        let void = officer.get(&format!("{record}/bo")).await.expect(200);
        assert!(void.says("15/BC-UBND"), "{void}");
        let form = void.form("main form").fill("ly-do", "Ghi nhầm");
        let told = form.clone().submit().await.expect(422);
        assert!(!told.error_of("da-bao-cao").is_empty(), "{told}");
        assert_eq!(told.form("main form").value("ly-do"), "Ghi nhầm");
        assert_eq!(app.count("SELECT COUNT(*) FROM support_records WHERE state = 'void'").await, 0);
        form.choose("da-bao-cao", "1").submit().await.expect(200);
        assert_eq!(app.count("SELECT COUNT(*) FROM support_records WHERE state = 'void'").await, 1);
        assert_eq!(line(&officer, &report, "Lượt hỗ trợ").await[1], "1");
        app.viewer().await.get(&report).await.expect(200);
        app.viewer().await.post(HERE, &[("nam", "2026"), ("ky", "year")]).await.expect(403);
    })
    .await;
}

#[tokio::test]
async fn the_dashboard_tells_what_waits_and_leads_there() {
    on_both_engines(async |app| {
        app.support_kinds().await;
        let sample = app.sample().await;
        let officer = app.officer().await;
        support(&app, &officer, &sample.producer.short, "900.000").await;
        let page = officer.get("/van-phong/tong-quan").await.expect(200);
        assert!(page.says("Cơ sở mới"), "one waits for review: {page}");
        assert!(page.count("svg[role=img]") >= 4 && page.says("Bao bì") && page.says("Đông"), "{page}");
        let counted = async |chart: &str| {
            let page = officer.get("/van-phong/tong-quan").await.expect(200);
            page.texts(&format!("section[aria-labelledby=h-{chart}] tbody tr"))
        };
        for (chart, wanted) in [("loai", "Bao bì1"), ("thon", "Đông1"), ("buoc", "Đã duyệt1")] {
            assert_eq!(counted(chart).await, [wanted], "{chart}");
        }
        let record = officer.get("/van-phong/ho-tro").await.expect(200).attr("tbody td a", "href");
        let void = officer.get(&format!("{record}/bo")).await.expect(200).form("main form");
        void.fill("ly-do", "Ghi nhầm").submit().await.expect(200);
        let product = officer.get(&format!("/van-phong/san-pham/{}", sample.product.short)).await.expect(200);
        product.form("form[action$=tam-dung]").fill("ly-do", "Đang kiểm tra").submit().await.expect(200);
        app.run_jobs().await;
        for (chart, wanted) in [("loai", &[][..]), ("thon", &[]), ("buoc", &["Tạm dừng1"])] {
            assert_eq!(counted(chart).await, wanted, "{chart}");
        }
        assert!(officer.get("/van-phong/tong-quan?lang=en").await.expect(200).says("At a glance"));
    })
    .await;
}
