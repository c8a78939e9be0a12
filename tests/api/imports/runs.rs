//! Checking, writing, taking back: the same for every kind of line.

use std::fmt::Write as _;
use std::io::Cursor;
use std::time::Duration;

use calamine::{Data, Reader, Xlsx};
use rust_xlsxwriter::{Formula, Workbook};

use super::{RUN, UNDO, UPLOAD, XLSX, counts, import, lines, send, workbook};
use crate::support::on_both_engines;

const LIST: &[&[&str]] = &[
    &["TT", "Điện thoại liên hệ", "Tên cơ sở", "Địa chỉ (thôn)", "Vốn"],
    &["1", "0912345678", "Hộ Nguyễn Thị Mẫu", "Thôn Đông", "5"],
    &["2", "0912345679", "HTX Vải mẫu", "dong", "6"],
];

#[tokio::test]
async fn an_office_list_is_checked_first_and_written_as_drafts() {
    on_both_engines(async |app| {
        app.village("Đông").await;
        let officer = app.officer().await;
        let mut book = Workbook::new();
        lines(book.add_worksheet().set_name("Ghi chú").unwrap(), 0, &[&["Tài liệu nội bộ"], &["Không phải bảng"]]);
        let sheet = book.add_worksheet().set_name("Danh sách").unwrap();
        sheet.merge_range(0, 0, 0, 5, "ỦY BAN NHÂN DÂN XÃ MẪU", &rust_xlsxwriter::Format::new()).unwrap();
        sheet.merge_range(1, 0, 1, 5, "DANH SÁCH CƠ SỞ NĂM 2025", &rust_xlsxwriter::Format::new()).unwrap();
        lines(sheet, 3, &[&["SĐT", "Họ và tên chủ hộ", "Thôn/xóm", "Loại hình", "Giới thiệu"]]);
        sheet.write_number(4, 0, 912_345_678).unwrap();
        lines(sheet, 4, &[&["", "Nguyễn Thị Mẫu", "Đông", "hộ gia đình"]]);
        sheet.write_formula(4, 4, Formula::new("CONCATENATE(\"Trồng \",\"vải\")").set_result("Trồng vải")).unwrap();
        lines(sheet, 5, &[&["0912 345 679", "Trần Văn Mẫu", "thôn đông", "HTX"]]);
        sheet.set_row_hidden(5).unwrap();
        lines(sheet, 6, &[&["Tổng cộng", "2"]]);
        let page = send(&officer, "producers", "Danh sách 2025.xlsx", book.save_to_buffer().unwrap()).await.expect(200);

        assert_eq!(counts(&page), ["0", "2", "0", "0"], "{page}");
        assert!(
            page.says("1 dòng bị ẩn") && page.says("Bỏ qua 1 dòng tổng cộng") && page.says("“Danh sách”"),
            "{page}"
        );
        assert!(page.says("đọc là 0912345678"), "{page}");
        assert_eq!(app.count("SELECT COUNT(*) FROM producers").await, 0, "a check writes nothing");

        let done = page.form(RUN).submit().await.expect(200);
        assert!(done.says("Đã nhập"), "{done}");
        assert_eq!(app.count("SELECT COUNT(*) FROM producers WHERE state = 'draft' AND channel = 'office'").await, 2);
        assert_eq!(
            app.count("SELECT COUNT(*) FROM producers WHERE phone = '0912345678' AND kind = 'household'").await,
            1
        );
        assert_eq!(app.count("SELECT COUNT(*) FROM producers WHERE content LIKE '%Trồng vải%'").await, 1);
        assert_eq!(app.count("SELECT COUNT(*) FROM consents").await, 0);
        assert_eq!(app.count("SELECT COUNT(*) FROM audit_log WHERE action = 'import.run'").await, 1);
        let shown = app.visitor().get("/co-so").await.expect(200);
        assert!(!shown.says("Nguyễn Thị Mẫu") && !shown.says("Trần Văn Mẫu"), "{shown}");
    })
    .await;
}

#[tokio::test]
async fn the_same_file_again_changes_nothing_and_a_changed_cell_one_field() {
    on_both_engines(async |app| {
        app.village("Đông").await;
        let officer = app.officer().await;
        import(&officer, "producers", workbook(LIST)).await;
        let again = send(&officer, "producers", "lần hai.xlsx", workbook(LIST)).await.expect(200);
        assert_eq!(counts(&again), ["0", "0", "0", "2"], "{again}");
        assert!(again.forms(RUN).is_empty() && again.says("Vốn"), "{again}");

        let changed: &[&[&str]] = &[LIST[0], LIST[1], &["2", "0912345679", "HTX Vải mẫu Đông", "Đông", ""]];
        let page = send(&officer, "producers", "ba.xlsx", workbook(changed)).await.expect(200);
        assert_eq!(counts(&page), ["0", "0", "1", "1"], "{page}");
        assert_eq!(
            (page.text("tbody del"), page.text("tbody ins")),
            ("HTX Vải mẫu".to_owned(), "HTX Vải mẫu Đông".to_owned())
        );
        page.form(RUN).submit().await.expect(200);
        assert_eq!(app.count("SELECT COUNT(*) FROM producers WHERE name = 'HTX Vải mẫu Đông'").await, 1);
        assert_eq!(app.count("SELECT COUNT(*) FROM producers").await, 2);
    })
    .await;
}

#[tokio::test]
async fn wrong_lines_are_told_in_words_and_in_the_file_and_left_out_only_if_asked() {
    on_both_engines(async |app| {
        app.village("Đông").await;
        let officer = app.officer().await;
        let rows: &[&[&str]] = &[
            LIST[0],
            LIST[1],
            &["2", "0412345678", "Cơ sở số sai", "Đông"],
            &["3", "", "Cơ sở lạc thôn", "Nơi khác"],
            &["4", "0912345678", "Hộ Nguyễn Thị Mẫu", "Đông"],
        ];
        let page = send(&officer, "producers", "sai.xlsx", workbook(rows)).await.expect(200);
        assert_eq!(counts(&page), ["3", "1", "0", "0"], "{page}");
        assert!(page.says("Đầu số này không có") && page.says("“Nơi khác”") && page.says("Trùng với dòng 2"), "{page}");

        let file = officer.get(&page.attr("a[href$='/tep']", "href")).await.expect(200);
        let mut book: Xlsx<_> = Xlsx::new(Cursor::new(file.bytes().to_vec())).unwrap();
        let sheet = book.worksheet_range_at(0).unwrap().unwrap();
        let column = sheet.width() - 1;
        assert_eq!(sheet.get((0, column)), Some(&Data::String("Lỗi".to_owned())));
        assert!(matches!(sheet.get((2, column)), Some(Data::String(text)) if text.contains("Đầu số")), "{sheet:?}");
        assert!(!matches!(sheet.get((1, column)), Some(Data::String(_))), "a right line has no error");
        assert_eq!(sheet.get((2, 2)), Some(&Data::String("Cơ sở số sai".to_owned())), "the cells are as they were");

        let refused = page.form(RUN).submit().await.expect(422);
        assert!(refused.error_of("cach").contains("Còn dòng sai"), "{refused}");
        assert_eq!(app.count("SELECT COUNT(*) FROM producers").await, 0, "all or nothing");
        refused.form(RUN).choose("cach", "valid").submit().await.expect(200);
        assert_eq!(app.count("SELECT COUNT(*) FROM producers").await, 1);
    })
    .await;
}

#[tokio::test]
async fn a_column_that_was_not_recognised_is_asked_for_once() {
    on_both_engines(async |app| {
        app.village("Đông").await;
        let officer = app.officer().await;
        let rows: &[&[&str]] = &[&["Bảng hiệu", "Thôn", "Vốn"], &["Quán mẫu", "Đông", "5"]];
        let page = send(&officer, "producers", "a.xlsx", workbook(rows)).await.expect(200);
        assert!(page.says("Chưa thấy cột") && page.forms(RUN).is_empty(), "{page}");
        let ask = page.click("Chọn lại cột, trang tính").await.expect(200);
        assert!(ask.says("Quán mẫu"), "{ask}");
        let twice = ask.form("main form").fill("cot-0", "name").fill("cot-2", "name").submit().await.expect(422);
        assert!(twice.error_of("cot-2").contains("cột khác"), "{twice}");
        let read = twice.form("main form").fill("cot-2", "").submit().await.expect(200);
        assert_eq!(counts(&read), ["0", "1", "0", "0"], "{read}");
        let next = send(&officer, "producers", "b.xlsx", workbook(rows)).await.expect(200);
        assert_eq!(counts(&next), ["0", "1", "0", "0"], "{next}");
        assert!(!next.says("Có cột chưa nhận ra"), "{next}");
    })
    .await;
}

#[tokio::test]
async fn of_two_officers_the_second_is_told_and_a_check_that_is_out_of_date_writes_nothing() {
    on_both_engines(async |app| {
        app.village("Đông").await;
        let (first, second) = (app.officer().await, app.officer().await);
        let page = send(&first, "producers", "a.xlsx", workbook(LIST)).await.expect(200);
        let theirs = second.get(&page.path()).await.expect(200).form(RUN);
        page.form(RUN).submit().await.expect(200);
        let told = theirs.submit().await.expect(409);
        assert!(told.says("vừa được người khác nhập"), "{told}");
        assert_eq!(app.count("SELECT COUNT(*) FROM producers").await, 2);

        let changed: &[&[&str]] = &[LIST[0], &["1", "0912345678", "Hộ đổi tên", "Đông"]];
        let page = send(&first, "producers", "b.xlsx", workbook(changed)).await.expect(200);
        assert_eq!(counts(&page), ["0", "0", "1", "0"]);
        import(&second, "producers", workbook(&[LIST[0], &["1", "0912345678", "Hộ tên khác", "Đông"]])).await;
        let stale = page.form(RUN).submit().await.expect(409);
        assert!(stale.says("Sổ đã thay đổi") && stale.says("Hộ tên khác"), "{stale}");
        assert_eq!(app.count("SELECT COUNT(*) FROM producers WHERE name = 'Hộ đổi tên'").await, 0);
        stale.form(RUN).submit().await.expect(200);
        assert_eq!(app.count("SELECT COUNT(*) FROM producers WHERE name = 'Hộ đổi tên'").await, 1);
    })
    .await;
}

#[tokio::test]
async fn a_long_file_is_written_by_the_queue_while_others_wait() {
    on_both_engines(async |app| {
        app.village("Đông").await;
        let officer = app.officer().await;
        let mut csv = "Tên cơ sở;Thôn\n".to_owned();
        for n in 0..2_010 {
            writeln!(csv, "Cơ sở mẫu số {n};Đông").unwrap();
        }
        let page = send(&officer, "producers", "dài.csv", csv.into_bytes()).await.expect(200);
        assert_eq!(counts(&page), ["0", "2010", "0", "0"], "{page}");
        let queued = page.form(RUN).submit().await.expect(200);
        assert!(queued.says("đang được nhập"), "{queued}");
        assert_eq!(app.count("SELECT COUNT(*) FROM producers").await, 0);
        let short = send(&officer, "producers", "a.xlsx", workbook(LIST)).await.expect(200);
        let busy = short.form(RUN).submit().await.expect(409);
        assert!(busy.says("Một tệp khác đang được nhập"), "{busy}");
        app.run_jobs().await;
        assert_eq!(app.count("SELECT COUNT(*) FROM producers").await, 2_010);
        assert!(officer.get(&queued.path()).await.expect(200).says("Đã nhập"));
        busy.form(RUN).submit().await.expect(200);
        assert_eq!(app.count("SELECT COUNT(*) FROM producers").await, 2_012);
    })
    .await;
}

#[tokio::test]
async fn a_batch_is_taken_back_but_for_what_was_edited_since() {
    on_both_engines(async |app| {
        app.village("Đông").await;
        let officer = app.officer().await;
        import(&officer, "producers", workbook(LIST)).await;
        let rows: &[&[&str]] = &[
            &["SĐT", "Tên cơ sở", "Thôn"],
            &["0912345678", "Hộ tên mới", "Đông"],
            &["0912345679", "HTX tên mới", "Đông"],
            &["0987654321", "Cơ sở mới", "Đông"],
        ];
        let done = import(&officer, "producers", workbook(rows)).await;
        assert_eq!(counts(&done), ["1", "2", "0", "0"], "{done}");
        import(&officer, "producers", workbook(&[rows[0], &["0912345679", "HTX sửa tay", "Đông"]])).await;
        let undone = officer.get(&done.path()).await.expect(200).form(UNDO);
        let twice = undone.clone();
        let page = undone.submit().await.expect(200);
        assert_eq!(page.texts("tbody th"), ["HTX tên mới"], "{page}");
        assert!(page.says("được sửa sau khi nhập"), "{page}");
        for (sql, wanted) in [
            ("SELECT COUNT(*) FROM producers WHERE name = 'Hộ Nguyễn Thị Mẫu'", 1),
            ("SELECT COUNT(*) FROM producers WHERE name = 'HTX sửa tay'", 1),
            ("SELECT COUNT(*) FROM producers WHERE name = 'Cơ sở mới' AND state = 'withdrawn'", 1),
            ("SELECT COUNT(*) FROM producers", 3),
            ("SELECT COUNT(*) FROM audit_log WHERE action = 'import.undo'", 1),
        ] {
            assert_eq!(app.count(sql).await, wanted, "{sql}");
        }
        assert!(twice.submit().await.expect(409).says("vừa được người khác hoàn tác"));
        // What was taken back is not found again.
        let again = send(&officer, "producers", "a.xlsx", workbook(&[rows[0], rows[3]])).await.expect(200);
        assert_eq!(counts(&again), ["0", "1", "0", "0"], "{again}");
    })
    .await;
}

#[tokio::test]
async fn a_list_is_held_against_the_register_and_nothing_is_written() {
    on_both_engines(async |app| {
        app.support_kinds().await;
        app.village("Đông").await;
        let officer = app.officer().await;
        import(&officer, "producers", workbook(LIST)).await;
        let given: &[&[&str]] = &[
            &["Tên cơ sở", "Nội dung hỗ trợ", "Ngày", "Chi (đồng)"],
            &["HTX Vải mẫu", "Bao bì", "01/03/2026", "1.000.000"],
        ];
        import(&officer, "support", workbook(given)).await;
        let old: &[&[&str]] = &[
            LIST[0],
            LIST[1],
            &["2", "0912345679", "HTX Vải cũ", "Đông"],
            &["3", "0977777777", "Cơ sở chưa có", "Đông"],
        ];
        let form = officer.get("/van-phong/nhap").await.expect(200).form(UPLOAD);
        let form = form.choose("loai", "producers").choose("viec", "compare");
        let page = form.attach("tep", "cũ.xlsx", XLSX, workbook(old)).submit().await.expect(200);
        assert_eq!(page.texts("dl.tiles dd"), ["0", "1", "1", "1", "1"], "{page}");
        assert!(page.forms(RUN).is_empty() && page.says("HTX Vải cũ"), "{page}");
        officer.post(&format!("{}/chay", page.path()), &[("cach", "valid"), ("version", "1")]).await.expect(409);
        let file = officer.get(&page.attr("a[href$='/tep']", "href")).await.expect(200);
        let mut book: Xlsx<_> = Xlsx::new(Cursor::new(file.bytes().to_vec())).unwrap();
        let sheet = book.worksheet_range_at(0).unwrap().unwrap();
        let told: Vec<String> = sheet.rows().skip(1).map(|row| row[5].to_string()).collect();
        assert_eq!(told, ["Đã đăng ký", "Đã đăng ký, có khác", "Chưa đăng ký"], "{sheet:?}");
        assert_eq!(sheet.get((2, 6)).map(ToString::to_string), Some("1".to_owned()));
        assert_eq!(app.count("SELECT COUNT(*) FROM producers").await, 2);
        let form =
            officer.get("/van-phong/nhap").await.form(UPLOAD).choose("loai", "support").choose("viec", "compare");
        let refused = form.attach("tep", "a.xlsx", XLSX, workbook(given)).submit().await.expect(422);
        assert!(!refused.error_of("viec").is_empty(), "{refused}");
    })
    .await;
}

#[tokio::test]
async fn a_file_is_seen_by_officers_alone_and_dropped_after_thirty_days() {
    on_both_engines(async |app| {
        app.village("Đông").await;
        let (officer, viewer) = (app.officer().await, app.viewer().await);
        let page = send(&officer, "producers", "a.xlsx", workbook(LIST)).await.expect(200);
        viewer.get("/van-phong/nhap").await.expect(200);
        for path in [page.path(), format!("{}/tep", page.path()), format!("{}/cot", page.path())] {
            viewer.get(&path).await.expect(403);
        }
        app.later(Duration::from_hours(29 * 24));
        assert_eq!(sanvat::imports::run::drop_old(&app.app).await.unwrap(), 0);
        app.later(Duration::from_hours(2 * 24));
        let officer = app.officer().await;
        assert_eq!(sanvat::imports::run::drop_old(&app.app).await.unwrap(), 1);
        assert_eq!(sanvat::imports::run::drop_old(&app.app).await.unwrap(), 0);
        let gone = officer.get(&page.path()).await.expect(200);
        assert!(gone.says("chỉ giữ 30 ngày") && gone.forms(RUN).is_empty(), "{gone}");
        officer.get(&format!("{}/tep", page.path())).await.expect(404);
    })
    .await;
}
