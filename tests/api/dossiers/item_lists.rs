//! `/van-phong/ocop/danh-muc`: versions of the list of items, and dossiers that move from one to another.

use sanvat::clock::Day;
use sanvat::ids::CommuneId;
use sanvat::ocop::item_list::ItemList;
use sanvat::ocop::store::lists;

use super::{HERE, form, open, scan, settle};
use crate::support::{Page, TestApp, Visitor, on_both_engines};

/// Items 3, 1 and 7 of the program's list, one of them called otherwise and one no longer mandatory, and a new one.
const ITEMS: &str = "A. Bắt buộc\n7 | Công bố chất lượng | bắt buộc\n1 | Phiếu đăng ký | bắt buộc | Theo mẫu mới
+ | Ảnh sản phẩm | bắt buộc\nB. Bổ sung\n3 | Giới thiệu bộ máy tổ chức | nếu có";

async fn write(officer: &Visitor, base: &str, name: &str, day: Day, items: &str) -> Page {
    let form = officer.get(&format!("{HERE}/danh-muc/{base}")).await.expect(200).form("main form");
    let form = form.fill("ten", name).fill("can-cu", "Quyết định 99/QĐ-TTg, phụ lục II").fill("ngay", &day.text());
    form.fill("muc", items).submit().await
}

async fn code(app: &TestApp, at: usize) -> String {
    let mut conn = app.read().await;
    lists::all(&mut conn.cx(), CommuneId(10816)).await.unwrap()[at].code.clone()
}

#[tokio::test]
async fn the_office_writes_a_version_of_the_list_and_dossiers_begin_with_what_holds() {
    on_both_engines(async |app| {
        let sample = app.sample().await;
        let officer = app.officer().await;
        let base = officer.get(&format!("{HERE}/danh-muc/goc")).await.expect(200).form("main form");
        assert_eq!(base.value("muc").lines().count(), 18, "it begins as a copy");
        let base = base.fill("ten", "").fill("can-cu", "").fill("ngay", "");
        let refused = base.fill("muc", "1 | Phiếu | bắt buộc\n30 | Ảnh | bắt buộc").submit().await.expect(422);
        for field in ["ten", "can-cu", "ngay"] {
            assert!(!refused.error_of(field).is_empty(), "{field}: {refused}");
        }
        assert!(refused.error_of("muc").contains("Dòng 2"), "{refused}");

        let form = officer.get(&format!("{HERE}/danh-muc/goc")).await.expect(200).form("main form");
        let form = form.fill("ten", "Bản 2026").fill("can-cu", "QĐ 99").fill("muc", ITEMS);
        let form = form.fill("ngay", &app.today().plus_days(10).text());
        form.clone().submit().await.expect(200);
        let page = form.submit().await.expect(200);
        assert_eq!(app.count("SELECT COUNT(*) FROM ocop_item_lists").await, 1, "sent twice: one version");
        assert!(page.says("Thêm: Ảnh sản phẩm.") && page.says("Sửa: Công bố chất lượng;"), "{page}");
        assert!(page.says("Chưa đến ngày") && page.says("4 mục, 3 mục bắt buộc") && page.says("QĐ 99"), "{page}");

        let begin = format!("{HERE}/mo/{}", sample.product.short);
        let asked = officer.get(&begin).await.expect(200).form("main form");
        assert_eq!(asked.value("danh-muc"), "goc", "its day has not come");
        assert!(!asked.tamper("danh-muc", "khac").submit().await.expect(422).error_of("danh-muc").is_empty());
        app.later(std::time::Duration::from_hours(24 * 10));
        let officer = app.officer().await;
        let dossier = open(&officer, &sample.product.short).await;
        assert_eq!(dossier.texts("section[aria-labelledby=gt] h3"), ["A. Bắt buộc", "B. Bổ sung"]);
        let items = dossier.texts("section[aria-labelledby=gt] ul.rows li");
        assert_eq!(items.len(), 4);
        assert!(items[0].starts_with("1. Công bố chất lượng") && items[3].starts_with("4. Giới thiệu"), "{items:?}");
        assert!(dossier.says("Còn mục bắt buộc chưa đạt: 1, 2, 3."), "{dossier}");
        assert!(app.owner_of(sample.producer.id).await.get("/cua-toi").await.says("Hồ sơ OCOP: còn 3 mục"));
        let viewer = app.viewer().await;
        assert!(!viewer.get(&format!("{HERE}/danh-muc")).await.expect(200).has("a.btn"));
        viewer.get(&format!("{HERE}/danh-muc/goc")).await.expect(403);
        assert_eq!(app.visitor().get(&format!("{HERE}/danh-muc")).await.url().path(), "/dang-nhap");
    })
    .await;
}

#[tokio::test]
async fn a_dossier_keeps_its_list_until_it_is_moved_and_loses_nothing_on_the_way() {
    on_both_engines(async |app| {
        let sample = app.sample().await;
        let officer = app.officer().await;
        let dossier = open(&officer, &sample.product.short).await.url().path().to_owned();
        let mine = format!("/cua-toi/san-pham/{}/ocop", sample.product.short);
        for number in [2, 7] {
            let item = sample.owner.get(&format!("{mine}/{number}")).await.expect(200).form("main form");
            item.attach("tep", "giay.png", "image/png", scan()).press("viec=nop").await.expect(200);
        }
        settle(&officer, &dossier, 1).await;
        let due = form(&officer, &dossier, "/muc/2", "/muc/2").await.choose("ket-qua", "back");
        due.fill("ghi-chu", "Thiếu trang cuối").fill("han", "30/12/2030").submit().await.expect(200);
        assert!(!officer.get(&dossier).await.expect(200).has("a[href$='/danh-muc'].btn"), "there is one list");

        write(&officer, "goc", "Bản 2026", app.today(), ITEMS).await.expect(200);
        let kept = officer.get(&dossier).await.expect(200);
        assert_eq!(kept.count("section[aria-labelledby=gt] ul.rows li"), 18, "it keeps the list of its beginning");
        assert!(kept.says("Đã có danh mục khác đang áp dụng"), "{kept}");
        let asked = officer.get(&format!("{dossier}/danh-muc")).await.expect(200);
        assert!(asked.says("Thêm: Ảnh sản phẩm.") && asked.says("Bỏ: Phương án"), "{asked}");
        let stale = asked.form("main form");
        stale.clone().tamper("ban", "goc").submit().await.expect(422);
        stale.clone().submit().await.expect(200);
        stale.submit().await.expect(200); // Sent twice: moved once.
        assert_eq!(app.count("SELECT COUNT(*) FROM ocop_steps WHERE step = 'list'").await, 1);

        let moved = officer.get(&dossier).await.expect(200);
        let items = moved.texts("section[aria-labelledby=gt] ul.rows li");
        assert!(items[0].contains("1 tệp") && items[0].contains("Đã nộp"), "{items:?}");
        assert!(items[1].starts_with("2. Phiếu đăng ký") && items[1].contains("Đạt"), "{items:?}");
        assert!(items[2].contains("Ảnh sản phẩm") && items[2].contains("Chưa có"), "{items:?}");
        assert!(moved.says("15 mục ngoài danh mục đang dùng") && moved.says("1 / 4"), "{moved}");
        let left = officer.get(&format!("{dossier}/muc/2")).await.expect(200);
        assert!(left.says("Thiếu trang cuối") && left.says("không có trong danh mục") && !left.has("main form"));
        assert!(left.has("a[href^='/giay/'], a[href^='/tep/'], main ul.rows a"), "its file is still there: {left}");
        officer.post(&format!("{dossier}/muc/2"), &[("ket-qua", "ok")]).await.expect(409);
        sample.owner.get(&format!("{mine}/2")).await.expect(404);
        let zip = officer.get(&format!("{dossier}/giay/tep.zip")).await.expect(200);
        let mut zip = zip::ZipArchive::new(std::io::Cursor::new(zip.bytes().to_vec())).unwrap();
        let names: Vec<String> =
            (0..zip.len()).map(|at| zip.by_index(at).unwrap().name().unwrap().into_owned()).collect();
        assert!(names.iter().any(|name| name.starts_with("01/")), "item 7 is the first now: {names:?}");
        assert!(names.iter().any(|name| name.starts_with("ngoai-danh-muc/02/")), "{names:?}");

        // Back again: state, file and day are as they were.
        let back = officer.get(&format!("{dossier}/danh-muc")).await.expect(200).form("main form");
        back.choose("ban", "goc").submit().await.expect(200);
        let item = officer.get(&format!("{dossier}/muc/2")).await.expect(200);
        assert!(item.form("main form").value("han") == "30/12/2030" && item.says("Thiếu trang cuối"), "{item}");
        assert_eq!(officer.get(&dossier).await.texts("section[aria-labelledby=gt] > ul.rows li").len(), 18);

        // Not once it is with the city.
        let pass = form(&officer, &dossier, "", "/chuyen").await.fill("cong-van", "5/UBND");
        pass.fill("van-chuyen", "Bổ sung sau").submit().await.expect(200);
        officer.get(&format!("{dossier}/danh-muc")).await.expect(409);
    })
    .await;
}

#[tokio::test]
async fn of_two_who_move_or_write_at_once_the_second_is_told() {
    on_both_engines(async |app| {
        let sample = app.sample().await;
        let (first, second) = (app.officer().await, app.officer().await);
        let dossier = open(&first, &sample.product.short).await.url().path().to_owned();
        write(&first, "goc", "Bản hai", app.today(), ITEMS).await.expect(200);
        write(&first, "goc", "Bản ba", app.today(), "1 | Phiếu | bắt buộc").await.expect(200);
        let (two, three) = (code(&app, 1).await, code(&app, 2).await);
        let mine = first.get(&format!("{dossier}/danh-muc")).await.expect(200).form("main form").choose("ban", &two);
        let theirs = second.get(&format!("{dossier}/danh-muc")).await.expect(200).form("main form");
        mine.submit().await.expect(200);
        let told = theirs.choose("ban", &three).submit().await.expect(409);
        assert!(told.says("vừa thay đổi"), "{told}");

        let (commune, now) = (CommuneId(10816), app.now());
        let by = app.person("Cán bộ").await;
        let mut tx = app.begin().await;
        let all = lists::all(&mut tx.cx(), commune).await.unwrap();
        let new = |code: &str| ItemList { code: code.to_owned(), ..all[1].clone() };
        for (code, written) in [("rieng-a", true), ("rieng-b", false)] {
            let new = (&new(code), app.today());
            assert_eq!(lists::put(&mut tx.cx(), commune, &all, new, by, now).await.unwrap(), written, "{code}");
        }
        drop(tx);
    })
    .await;
}
