//! Who came to activities, from the lists of those who ran them.

use std::io::Cursor;

use calamine::{Data, Reader, Xlsx};
use sanvat::activities::model::{AttendanceState, Said};

use super::{RUN, UNDO, UPLOAD, XLSX, attend, class, counts, import, send, workbook};
use crate::support::{TestApp, on_both_engines};

const TITLE: &str = "Bán hàng trực tuyến";

async fn confirmed(app: &TestApp) -> i64 {
    app.count("SELECT COUNT(*) FROM activity_attendance WHERE state = 'confirmed'").await
}

fn said(name: &str, phone: &str) -> Said {
    let (name, phone) = (name.to_owned(), phone.to_owned());
    Said { producer: None, name, village: String::new(), phone, state: AttendanceState::Waiting }
}

#[tokio::test]
async fn a_list_of_several_classes_becomes_attendance_once_and_support_once() {
    Box::pin(on_both_engines(async |app| {
        app.support_kinds().await;
        let village = app.village("Đông").await;
        let named = app.producer().named("HTX Vải mẫu").phone("0912345671").in_village(village).approved();
        let named = named.create().await;
        let by_phone = app.producer().named("Hộ Ổi mẫu").phone("0912345672").in_village(village).approved();
        let by_phone = by_phone.create().await;
        let officer = app.officer().await;
        let (first, second) = (app.today().plus_days(-60), app.today().plus_days(-9));
        let early = class(&app, TITLE, first).await;
        class(&app, TITLE, second).await;
        attend(&app, early, &said("Nguyễn Văn Mẫu", "")).await;

        let (one, two) = (first.text(), second.plus_days(1).text());
        let rows: &[&[&str]] = &[
            &["TT", "Tên lớp", "Ngày học", "Họ tên học viên", "Địa chỉ", "SĐT", "Đơn vị"],
            &["1", TITLE, &one, "NGUYỄN VĂN MẪU", "Thôn Đông", "0912 345 679", "htx vai mau"],
            &["2", "ban hang truc tuyen", &two, "Trần Thị Hòa", "Đông", "912345672", ""],
            &["3", TITLE, &two, "Trần Thị Hóa", "Đông", "", "HTX Vải mẫu"],
            &["4", TITLE, &two, "Trần Thị Hoà", "", "", ""],
            &["5", TITLE, "", "Lê Thị Ví Dụ", "", "", ""],
            &["6", TITLE, "01/01/2020", "Lê Thị Ví Dụ", "", "", ""],
            &["7", "Lớp không có", &two, "Lê Thị Ví Dụ", "", "", ""],
            &["8", TITLE, &two, "Lê Thị Ví Dụ", "", "12", ""],
            &["9", TITLE, &two, "Phạm Văn Mẫu", "", "", "Cơ sở lạ"],
        ];
        let page = send(&officer, "attendance", "lớp.xlsx", workbook(rows)).await.expect(200);
        assert_eq!(counts(&page), ["5", "3", "1", "0"], "{page}");
        for words in [
            "Trùng với dòng 3",
            "Có nhiều hoạt động",
            "không diễn ra ngày này",
            "Không có hoạt động “Lớp không có”",
            "Bạn đã ghi 2 chữ số",
            "Chưa có cơ sở “Cơ sở lạ”",
            "Gắn với cơ sở Hộ Ổi mẫu",
            "Chờ xác nhận",
        ] {
            assert!(page.says(words), "{words}: {page}");
        }
        let file = officer.get(&page.attr("a[href$='/tep']", "href")).await.expect(200);
        let mut book: Xlsx<_> = Xlsx::new(Cursor::new(file.bytes().to_vec())).unwrap();
        let sheet = book.worksheet_range_at(0).unwrap().unwrap();
        assert!(matches!(sheet.get((7, 7)), Some(Data::String(told)) if told.contains("Lớp không có")), "{sheet:?}");
        assert_eq!(confirmed(&app).await, 0, "a check writes nothing");

        assert!(page.form(RUN).submit().await.expect(422).error_of("cach").contains("Còn dòng sai"));
        let done = page.form(RUN).choose("cach", "valid").submit().await.expect(200);
        assert_eq!(confirmed(&app).await, 4);
        assert_eq!(app.count("SELECT COUNT(*) FROM activity_attendance WHERE channel = 'office'").await, 4);
        assert_eq!(app.count("SELECT COUNT(*) FROM audit_log WHERE action = 'activity.attend'").await, 3);
        assert_eq!(app.count("SELECT COUNT(*) FROM support_records").await, 0, "support is a step of its own");
        let kept = "SELECT COUNT(*) FROM activity_attendance WHERE name = 'Nguyễn Văn Mẫu' AND phone = '0912345679'";
        assert_eq!(app.count(kept).await, 1, "who was there keeps the name as it stood");
        let again = send(&officer, "attendance", "lần hai.xlsx", workbook(rows)).await.expect(200);
        assert_eq!(counts(&again), ["5", "0", "0", "4"], "{again}");

        // Counted on the activity's own page, once for each producer.
        assert_eq!(done.count("a[href$='/ho-tro'] small"), 2, "{done}");
        let give = done.attrs("a[href*='/hoat-dong/'][href$='/ho-tro']", "href").remove(1);
        let give = officer.get(&give).await.expect(200);
        assert!(give.says(&named.name) && give.says(&by_phone.name), "{give}");
        give.form("main form").fill("loai", "fair").submit().await.expect(200);
        assert_eq!(app.count("SELECT COUNT(*) FROM support_records").await, 2);
        let more: &[&[&str]] = &[rows[0], &["1", TITLE, &two, "Đỗ Thị Mẫu", "", "", "HTX Vải mẫu"]];
        import(&officer, "attendance", workbook(more)).await;
        assert!(officer.get(&give.path()).await.expect(200).says("Không còn chủ thể nào"), "never twice");

        let left = officer.get(&done.path()).await.expect(200).form(UNDO).submit().await.expect(200);
        assert_eq!(left.texts("tbody td").iter().filter(|why| why.contains("đã tính thành lượt hỗ trợ")).count(), 2);
        assert_eq!(app.count("SELECT COUNT(*) FROM activity_attendance WHERE state = 'waiting'").await, 1, "{left}");
        let removed = "SELECT COUNT(*) FROM activity_attendance WHERE state = 'removed' AND reason LIKE 'Hoàn tác%'";
        assert_eq!(app.count(removed).await, 1);
        assert_eq!(confirmed(&app).await, 3);
    }))
    .await;
}

#[tokio::test]
async fn a_list_with_names_alone_is_of_the_activity_chosen_with_it() {
    on_both_engines(async |app| {
        app.village("Đông").await;
        let officer = app.officer().await;
        let activity = class(&app, TITLE, app.today().plus_days(-2)).await;
        let rows: &[&[&str]] = &[
            &["Họ và tên", "Thôn", "Có mặt"],
            &["Nguyễn Văn Mẫu", "Đông", "x"],
            &["Trần Thị Mẫu", "Đông", ""],
            &["Lê Văn Mẫu", "Đông", "vắng"],
            &["Đỗ Văn Mẫu", "Đông", "có lẽ"],
        ];
        let page = send(&officer, "attendance", "a.xlsx", workbook(rows)).await.expect(200);
        assert!(page.says("Chưa thấy cột") && page.says("chọn hoạt động đó ở trang này"), "{page}");
        assert!(page.forms(RUN).is_empty());
        let ask = page.click("Chọn lại cột, trang tính").await.expect(200).form("main form");
        let wrong = ask.clone().tamper("hoat-dong", "khác").submit().await.expect(422);
        assert!(!wrong.error_of("hoat-dong").is_empty(), "{wrong}");
        let page = ask.fill("hoat-dong", &activity.to_string()).submit().await.expect(200);
        assert_eq!(counts(&page), ["1", "1", "0", "2"], "{page}");
        assert!(page.says("Vắng theo tệp") && page.says(&format!("là của: {TITLE}")), "{page}");

        // The same from the activity's own page, in one go.
        let attend = officer.get(&format!("/van-phong/hoat-dong/{activity}/diem-danh")).await.expect(200);
        let form = attend.click("Hoặc nhập từ tệp Excel, CSV").await.expect(200).form(UPLOAD);
        assert!(form.is_on("loai", "attendance"));
        assert_eq!(form.value("hoat-dong"), activity.to_string());
        let page = form.attach("tep", "b.xlsx", XLSX, workbook(&rows[..4])).submit().await.expect(200);
        assert_eq!(counts(&page), ["0", "1", "0", "2"], "{page}");
        page.form(RUN).submit().await.expect(200);
        assert_eq!(confirmed(&app).await, 1);
        // The activity of producers' lists is nobody's matter.
        let form = officer.get("/van-phong/nhap").await.expect(200).form(UPLOAD).choose("loai", "producers");
        let form = form.fill("hoat-dong", &activity.to_string());
        let list = workbook(&[&["Tên cơ sở", "Thôn"], &["Hộ mẫu", "Đông"]]);
        form.attach("tep", "c.xlsx", XLSX, list).submit().await.expect(200);
        assert_eq!(app.count("SELECT COUNT(*) FROM import_batches WHERE activity_id IS NOT NULL").await, 2);
    })
    .await;
}

#[tokio::test]
async fn what_the_page_of_attendance_refuses_a_file_does_not_do() {
    on_both_engines(async |app| {
        let village = app.village("Đông").await;
        let owner = app.producer().named("HTX Vải mẫu").in_village(village).approved().create().await;
        app.producer().named("Hộ Ổi mẫu").in_village(village).approved().create().await;
        let officer = app.officer().await;
        let held = class(&app, TITLE, app.today().plus_days(-2)).await;
        class(&app, "Lớp sắp tới", app.today().plus_days(5)).await;
        let cancelled = class(&app, "Lớp đã hủy", app.today().plus_days(5)).await;
        let cancel = officer.get(&format!("/van-phong/hoat-dong/{cancelled}")).await.expect(200);
        cancel.form("form[action$='/huy']").fill("ly-do", "Mưa bão").submit().await.expect(200);
        let came = Said { producer: Some(owner.id), state: AttendanceState::Confirmed, ..said("Lê Văn Mẫu", "") };
        let row = attend(&app, held, &came).await.to_string();
        let rows: &[&[&str]] = &[
            &["Mã lượt dự", "Tên hoạt động", "Họ và tên", "Tên cơ sở", "Tình trạng", "Lý do bỏ"],
            &["", "Lớp sắp tới", "Nguyễn Văn Mẫu", "", "", ""],
            &["", "Lớp đã hủy", "Nguyễn Văn Mẫu", "", "", ""],
            &["", TITLE, "Nguyễn Văn Mẫu", "", "Đã bỏ", "nhầm"],
            &[&row, "", "", "", "Chờ xác nhận", ""],
            &["", TITLE, "Lê Văn Mẫu", "", "vắng", ""],
            &[&row, "Lớp sắp tới", "", "", "", ""],
            &["khong-co", "", "Nguyễn Văn Mẫu", "", "", ""],
        ];
        let page = send(&officer, "attendance", "a.xlsx", workbook(rows)).await.expect(200);
        assert_eq!(counts(&page), ["7", "0", "0", "0"], "{page}");
        for words in [
            "chưa diễn ra",
            "đã hủy",
            "Không bỏ người dự bằng tệp",
            "không lùi lại",
            "Tệp ghi vắng",
            "của hoạt động khác",
            "Không có mã “khong-co”",
        ] {
            assert!(page.says(words), "{words}: {page}");
        }
        assert!(page.forms(RUN).is_empty());

        // A list is held against the attendance without being written.
        let form = officer.get("/van-phong/nhap").await.expect(200).form(UPLOAD);
        let form = form.choose("loai", "attendance").choose("viec", "compare").fill("hoat-dong", &held.to_string());
        let old: &[&[&str]] =
            &[&["Họ và tên", "Cơ sở"], &["Lê Văn Mẫu", ""], &["Lê Văn Mẫu Em", ""], &["le van mau", "Hộ Ổi mẫu"]];
        let page = form.attach("tep", "a.xlsx", XLSX, workbook(old)).submit().await.expect(200);
        assert_eq!(page.texts("dl.tiles dd")[..4], ["1", "1", "0", "1"], "{page}");
        assert!(page.says("Chưa có trong điểm danh") && page.forms(RUN).is_empty(), "{page}");
        assert_eq!(confirmed(&app).await, 1);
    })
    .await;
}
