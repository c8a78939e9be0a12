//! What lines of each kind make and change.

use std::io::Cursor;

use calamine::{Reader, Xlsx};
use rust_xlsxwriter::{Format, Workbook};
use sanvat::products::model::{Price, ProductContent};
use sanvat::products::store as products;

use super::{RUN, UNDO, counts, import, send, workbook};
use crate::support::on_both_engines;

#[tokio::test]
async fn products_become_drafts_of_their_producer_by_the_forms_rules() {
    on_both_engines(async |app| {
        let village = app.village("Đông").await;
        let owner =
            app.producer().named("HTX Vải mẫu").phone("0912345679").in_village(village).approved().create().await;
        let officer = app.officer().await;
        let rows: &[&[&str]] = &[
            &["Tên hàng", "Chủ thể", "Giá bán", "ĐVT", "Mùa vụ", "Nhóm sản phẩm", "Còn hàng", "Kênh bán"],
            &[
                "Vải tươi",
                "htx vai mau",
                "20.000 - 30.000",
                "kg",
                "Tháng 5-7",
                "Rau, củ, quả, hạt tươi",
                "Theo mùa",
                "Chợ mẫu",
            ],
            &["Vải sấy", "HTX Vải mẫu", "rẻ", "kg", "mùa hè", "Nhóm lạ", "", ""],
            &["Ổi", "Cơ sở không có", "", "", "", "", "", ""],
        ];
        let page = send(&officer, "products", "sp.xlsx", workbook(rows)).await.expect(200);
        assert_eq!(counts(&page), ["2", "1", "0", "0"], "{page}");
        for words in ["“Nhóm lạ”", "“mùa hè”", "Chưa có cơ sở này", "Ảnh"] {
            assert!(page.says(words), "{words}: {page}");
        }
        page.form(RUN).choose("cach", "valid").submit().await.expect(200);
        let mut conn = app.read().await;
        let made = products::of_producer(&mut conn.cx(), app.commune, owner.id).await.unwrap();
        drop(conn);
        let ProductContent { price, season, channels, .. } = &made[0].content;
        assert!(matches!(price, Price::Range(from, to) if from.0 == 20_000 && to.0 == 30_000));
        assert_eq!((season.as_slice(), channels[0].name.as_str()), (&[5, 6, 7][..], "Chợ mẫu"));
        assert_eq!(app.count("SELECT COUNT(*) FROM products WHERE state = 'draft'").await, 1);
        let again = send(&officer, "products", "sp.xlsx", workbook(rows)).await.expect(200);
        assert_eq!(counts(&again), ["2", "0", "0", "1"], "{again}");
    })
    .await;
}

#[tokio::test]
async fn a_change_of_what_is_public_waits_for_review_and_goes_with_the_batch() {
    on_both_engines(async |app| {
        let sample = app.sample().await;
        let officer = app.officer().await;
        let code = sample.producer.short.as_str();
        let rows: &[&[&str]] = &[&["Mã cơ sở", "Giới thiệu"], &[code, "Lời mới từ tệp"]];
        let done = import(&officer, "producers", workbook(rows)).await;
        assert_eq!(app.count("SELECT COUNT(*) FROM producers WHERE content LIKE '%Lời mới từ tệp%'").await, 0);
        let waits = "SELECT COUNT(*) FROM revisions WHERE state = 'submitted' AND content LIKE '%Lời mới từ tệp%'";
        assert_eq!(app.count(waits).await, 1);
        assert_eq!(
            app.count("SELECT COUNT(*) FROM consents WHERE withdrawn_at IS NOT NULL").await,
            0,
            "no consent is touched"
        );
        officer.get(&done.path()).await.form(UNDO).submit().await.expect(200);
        assert_eq!(app.count(waits).await, 0);
        app.run_jobs().await;
    })
    .await;
}

#[tokio::test]
async fn several_that_fit_are_named_and_none_is_guessed() {
    on_both_engines(async |app| {
        let (east, west) = (app.village("Đông").await, app.village("Đoài").await);
        let one = app.producer().named("Hộ Vải").phone("0912345671").in_village(east).create().await;
        let two = app.producer().named("Hộ Vải").phone("0912345672").in_village(west).create().await;
        let officer = app.officer().await;
        let page =
            send(&officer, "producers", "a.xlsx", workbook(&[&["Tên cơ sở", "Giới thiệu"], &["hộ vải", "x"]])).await;
        let page = page.expect(200);
        assert_eq!(counts(&page), ["1", "0", "0", "0"], "{page}");
        assert!(page.says(&one.short) && page.says(&two.short), "{page}");
        let rows: &[&[&str]] = &[&["Tên cơ sở", "Thôn", "Giới thiệu"], &["Hộ Vải", "Đoài", "x"]];
        let page = send(&officer, "producers", "b.xlsx", workbook(rows)).await.expect(200);
        assert_eq!(counts(&page), ["0", "0", "1", "0"], "{page}");
    })
    .await;
}

#[tokio::test]
async fn support_is_recorded_in_its_steps_with_days_in_every_form() {
    on_both_engines(async |app| {
        app.support_kinds().await;
        let sample = app.sample().await;
        let officer = app.officer().await;
        let short = sample.producer.short.as_str();
        let mut book = Workbook::new();
        let sheet = book.add_worksheet();
        let head = &["Mã cơ sở", "Nội dung", "Ngày hỗ trợ", "Số tiền", "Kết quả", "Tình trạng", "Kinh phí duyệt"];
        super::lines(
            sheet,
            0,
            &[
                head,
                &[short, "Bao bì", "01/03/2026", "1,500,000"],
                &[short, "hoi cho", "2-3-26", "", "Bán thêm hai cửa hàng"],
                &[short, "Bao bì", "2026-03-04", "", "", "Đề xuất"],
                &[short, "Hội chợ"],
                &[short, "Hội chợ", "31/02/2026"],
                &[short, "Bao bì", "05/03/2026", "500", "", "", "400"],
            ],
        );
        let day = rust_xlsxwriter::ExcelDateTime::from_ymd(2026, 3, 5).unwrap();
        sheet.write_datetime_with_format(4, 2, &day, &Format::new().set_num_format("dd/mm/yyyy")).unwrap();
        let page = send(&officer, "support", "ho-tro.xlsx", book.save_to_buffer().unwrap()).await.expect(200);
        assert_eq!(counts(&page), ["2", "4", "0", "0"], "{page}");
        let done = page.form(RUN).choose("cach", "valid").submit().await.expect(200);
        for (sql, wanted) in [
            ("SELECT COUNT(*) FROM support_records WHERE given_on = '2026-03-01' AND paid = 1500000 AND approved = 1500000", 1),
            ("SELECT COUNT(*) FROM support_records WHERE given_on = '2026-03-02' AND state = 'known'", 1),
            ("SELECT COUNT(*) FROM support_records WHERE given_on = '2026-03-04' AND state = 'proposed'", 1),
            ("SELECT COUNT(*) FROM support_records WHERE given_on = '2026-03-05' AND state = 'delivered'", 1),
            ("SELECT COUNT(*) FROM support_steps WHERE note = 'Nhập từ tệp ho-tro.xlsx'", 5),
            ("SELECT COUNT(*) FROM audit_log WHERE action = 'support.record'", 4),
        ] {
            assert_eq!(app.count(sql).await, wanted, "{sql}");
        }
        let more: &[&[&str]] = &[
            &["Mã cơ sở", "Nội dung", "Ngày", "Tình trạng", "Chi (đồng)", "Duyệt (đồng)"],
            &[short, "Bao bì", "04/03/2026", "Đã hỗ trợ", "700.000", "700.000"],
            &[short, "Bao bì", "01/03/2026", "Đề xuất", "", ""],
        ];
        let page = send(&officer, "support", "b.xlsx", workbook(more)).await.expect(200);
        assert_eq!(counts(&page), ["1", "0", "1", "0"], "{page}");
        assert!(page.says("không lùi lại"), "{page}");
        page.form(RUN).choose("cach", "valid").submit().await.expect(200);
        let steps = "SELECT COUNT(*) FROM support_steps WHERE note = 'Nhập từ tệp b.xlsx' AND step IN ('approved', 'delivered')";
        assert_eq!(app.count(steps).await, 2);

        let page = officer.get(&done.path()).await.form(UNDO).submit().await.expect(200);
        assert_eq!(page.count("tbody tr"), 1, "what was changed since is left: {page}");
        assert_eq!(app.count("SELECT COUNT(*) FROM support_records WHERE state = 'void'").await, 3);
        assert_eq!(app.count("SELECT COUNT(*) FROM support_records WHERE state = 'delivered'").await, 1);
    })
    .await;
}

#[tokio::test]
async fn support_that_should_be_looked_at_again_is_told_and_may_be_written() {
    on_both_engines(async |app| {
        app.support_kinds().await;
        let village = app.village("Đông").await;
        app.producer().named("HTX Vải mẫu").phone("0912345679").in_village(village).approved().create().await;
        app.producer().named("Hộ Bà Ví Dụ").phone("0912345679").in_village(village).approved().create().await;
        let officer = app.officer().await;
        let form = officer.get("/van-phong/ho-tro/chuong-trinh/moi").await.expect(200).form("main form");
        let form = form.fill("ten", "Bao bì mẫu").fill("kinh-phi", "1.000.000").fill("chi-tieu", "50 hộ");
        form.fill("nam", &app.today().year().to_string()).submit().await.expect(200);
        let head: &[&str] = &["Tên cơ sở", "Nội dung", "Ngày", "Chương trình", "Chi (đồng)"];
        let rows: &[&[&str]] = &[
            head,
            &["HTX Vải mẫu", "Bao bì", "01/03/2026", "Bao bì mẫu", "600.000"],
            &["HTX Vải mẫu", "Bao bì", "05/03/2026", "", ""],
            &["Hộ Bà Ví Dụ", "Bao bì", "06/03/2026", "Bao bì mẫu", "500.000"],
            &["Hộ Bà Ví Dụ", "Hội chợ", "06/03/2026", "", ""],
        ];
        let page = send(&officer, "support", "a.xlsx", workbook(rows)).await.expect(200);
        assert_eq!(counts(&page), ["0", "4", "0", "0"], "{page}");
        for words in [
            "2 dòng đúng nhưng nên xem lại",
            "HTX Vải mẫu đã được hỗ trợ “Bao bì” ngày 01/03/2026, trong vòng 12 tháng",
            "Hộ Bà Ví Dụ có thể trùng với HTX Vải mẫu (cùng số điện thoại), cơ sở này đã được hỗ trợ “Bao bì” ngày 05/03",
            "Chương trình “Bao bì mẫu” còn 400.000 đ, lần này cần 500.000 đ",
        ] {
            assert!(page.says(words), "{words}: {page}");
        }
        assert_eq!(officer.get(&format!("{}?xem=xem-lai", page.path())).await.expect(200).count("tbody tr"), 2);
        let file = officer.get(&page.attr("a[href$='/tep']", "href")).await.expect(200);
        let mut book: Xlsx<_> = Xlsx::new(Cursor::new(file.bytes().to_vec())).unwrap();
        let sheet = book.worksheet_range_at(0).unwrap().unwrap();
        let told: Vec<String> = sheet.rows().map(|row| row[6].to_string()).collect();
        assert_eq!((told[0].as_str(), told[1].as_str(), told[4].as_str()), ("Xem lại", "", ""));
        assert!(told[2].contains("01/03/2026") && told[3].contains("400.000"), "{told:?}");
        page.form(RUN).submit().await.expect(200);
        assert_eq!(app.count("SELECT COUNT(*) FROM support_records").await, 4);
        let again = send(&officer, "support", "a.xlsx", workbook(rows)).await.expect(200);
        assert_eq!(counts(&again), ["0", "0", "0", "4"]);
        assert!(!again.says("nên xem lại"), "what is there already takes no more: {again}");

        // Of a record that is there, what it had counts as left.
        let more: &[&[&str]] = &[head, &["HTX Vải mẫu", "Bao bì", "01/03/2026", "", "550.000"]];
        let less = send(&officer, "support", "b.xlsx", workbook(more)).await.expect(200);
        assert!(counts(&less) == ["0", "0", "1", "0"] && !less.says("nên xem lại"), "{less}");
        let head: &[&str] = &["Tên cơ sở", "Nội dung", "Ngày", "Duyệt (đồng)"];
        let more: &[&[&str]] = &[head, &["HTX Vải mẫu", "Bao bì", "01/03/2026", "900.000"]];
        let page = send(&officer, "support", "c.xlsx", workbook(more)).await.expect(200);
        assert!(page.says("còn 500.000 đ, lần này cần 900.000 đ"), "{page}");

        // Told of something else than was looked at, the officer looks again.
        let fair = |day: &str| workbook(&[head, &["HTX Vải mẫu", "Hội chợ", day, ""]]);
        let page = send(&officer, "support", "d.xlsx", fair("10/05/2026")).await.expect(200);
        assert!(page.says("ngày 06/03/2026"), "of the other that may be the same: {page}");
        import(&officer, "support", fair("01/05/2026")).await;
        let stale = page.form(RUN).submit().await.expect(409);
        assert!(stale.says("Sổ đã thay đổi") && stale.says("ngày 01/05/2026"), "{stale}");
    })
    .await;
}
