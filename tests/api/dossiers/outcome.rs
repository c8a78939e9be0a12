//! What comes of a dossier: complete, not recognised and begun anew, decided by a level that may.

use super::{HERE, form, open, opinion, scan, settle, shows_stars};
use crate::support::on_both_engines;

#[tokio::test]
async fn a_complete_dossier_is_so_only_while_every_mandatory_item_is_accepted() {
    Box::pin(on_both_engines(async |app| {
        let sample = app.sample().await;
        let officer = app.officer().await;
        let dossier = open(&officer, &sample.product.short).await.url().path().to_owned();
        let mine = format!("/cua-toi/san-pham/{}/ocop", sample.product.short);
        for number in 1..=4 {
            settle(&officer, &dossier, number).await;
        }
        assert!(!officer.get(&dossier).await.expect(200).has("form[action$='/day-du']"), "one is missing");
        settle(&officer, &dossier, 5).await;
        let say = form(&officer, &dossier, "", "/day-du").await;
        // Taken back meanwhile: not complete, whatever the page said.
        let item = form(&officer, &dossier, "/muc/3", "/muc/3").await;
        item.choose("ket-qua", "back").fill("ghi-chu", "Chưa đúng mẫu").submit().await.expect(200);
        say.submit().await.expect(409);
        settle(&officer, &dossier, 3).await;
        let say = form(&officer, &dossier, "", "/day-du").await;
        say.clone().submit().await.expect(200);
        say.submit().await.expect(200);
        let steps = "SELECT COUNT(*) FROM ocop_steps WHERE step = 'complete'";
        assert_eq!(app.count(steps).await, 1, "sent twice, said once");
        assert!(sample.owner.get(&mine).await.expect(200).says("Hồ sơ đã đầy đủ"));
        assert!(officer.get(&format!("{HERE}?tinh-trang=complete")).await.expect(200).says("1 hồ sơ"));

        let item = form(&officer, &dossier, "/muc/1", "/muc/1").await;
        item.choose("ket-qua", "back").fill("ghi-chu", "Thiếu chữ ký").submit().await.expect(200);
        let page = officer.get(&dossier).await.expect(200);
        assert!(page.says("Không còn đầy đủ") && page.says("Mục bắt buộc chưa đạt: 1"), "{page}");
        assert!(!sample.owner.get(&mine).await.says("Hồ sơ đã đầy đủ"));
        settle(&officer, &dossier, 1).await;
        form(&officer, &dossier, "", "/day-du").await.submit().await.expect(200);
        // The producer takes a paper out of an accepted item, or hands in another: the office looks again.
        let item = sample.owner.get(&format!("{mine}/2")).await.expect(200).form("main form");
        item.attach("tep", "moi.png", "image/png", scan()).press("viec=nop").await.expect(200);
        assert_eq!(app.count("SELECT COUNT(*) FROM ocop_dossiers WHERE state = 'preparing'").await, 1);
        settle(&officer, &dossier, 2).await;
        form(&officer, &dossier, "", "/day-du").await.submit().await.expect(200);
        opinion(&officer, &dossier).await;
        form(&officer, &dossier, "", "/chuyen").await.fill("cong-van", "12/UBND-KT").submit().await.expect(200);
        assert_eq!(app.count("SELECT COUNT(*) FROM ocop_dossiers WHERE state = 'passed'").await, 1);
        app.viewer().await.get(&dossier).await.expect(200);
    }))
    .await;
}

#[tokio::test]
async fn what_was_not_recognised_says_why_and_its_accepted_items_begin_the_next() {
    Box::pin(on_both_engines(async |app| {
        let sample = app.sample().await;
        let officer = app.officer().await;
        let dossier = open(&officer, &sample.product.short).await.url().path().to_owned();
        let mine = format!("/cua-toi/san-pham/{}/ocop", sample.product.short);
        let item = sample.owner.get(&format!("{mine}/2")).await.expect(200).form("main form");
        item.attach("tep", "ke-hoach.png", "image/png", scan()).press("viec=nop").await.expect(200);
        for number in 1..=5 {
            settle(&officer, &dossier, number).await;
        }
        opinion(&officer, &dossier).await;
        form(&officer, &dossier, "", "/chuyen").await.fill("cong-van", "12/UBND-KT").submit().await.expect(200);

        let refuse = form(&officer, &dossier, "", "/khong-cong-nhan").await;
        let wrong = refuse.clone().tamper("cap", "commune").submit().await.expect(422);
        for name in ["ngay-kcn", "cap", "ly-do-kcn"] {
            assert!(!wrong.error_of(name).is_empty(), "{name}: {wrong}");
        }
        let day = app.today().plus_days(-2).text();
        let refuse = refuse.fill("ngay-kcn", &day).fill("cap", "city").fill("ly-do-kcn", "Bao bì chưa đạt");
        let refuse = refuse.attach("giay-kcn", "kl.png", "image/png", scan());
        refuse.clone().submit().await.expect(200);
        refuse.submit().await.expect(200);
        let stand = "SELECT COUNT(*) FROM ocop_refusals WHERE voided_at IS NULL AND file_id IS NOT NULL";
        assert_eq!(app.count(stand).await, 1, "sent twice, recorded once");
        assert!(!shows_stars(&app, &sample.product.path()).await);
        let told = sample.owner.get(&mine).await.expect(200);
        for words in ["Bao bì chưa đạt", "Từ năm 2027 làm lại được", "5 mục đã đạt"] {
            assert!(told.says(words), "{words}: {told}");
        }
        assert!(officer.get(&format!("{HERE}?tinh-trang=refused")).await.expect(200).says("1 hồ sơ"));

        // Recorded by mistake: it waits for the city's word again.
        let back = form(&officer, &dossier, "", "/bo-ket-luan").await;
        assert!(!back.clone().submit().await.expect(422).error_of("ly-do-bo").is_empty());
        back.fill("ly-do-bo", "Nhầm sản phẩm").submit().await.expect(200);
        assert_eq!(app.count(stand).await, 0);
        let refuse = form(&officer, &dossier, "", "/khong-cong-nhan").await.fill("ngay-kcn", &day);
        let refuse = refuse.fill("cap", "city").fill("ly-do-kcn", "Câu chuyện chưa rõ");
        refuse.submit().await.expect(200);

        // The next begins with what was accepted, to be looked at anew, papers and all.
        let begin = officer.get(&format!("{HERE}/mo/{}", sample.product.short)).await.expect(200);
        assert!(begin.says("Lấy lại 5 mục đã đạt từ hồ sơ năm 2026"), "{begin}");
        let begin = begin.form("main form");
        assert_eq!((begin.value("nam"), begin.is_on("lay-lai", "co")), ("2027".to_owned(), true));
        let next = begin.submit().await.expect(200);
        let told = next.says("5 mục đã đạt của hồ sơ năm 2026");
        assert!(told && next.url().path() != dossier, "{next}");
        let handed = "SELECT COUNT(*) FROM ocop_items WHERE state = 'handed'";
        assert_eq!(app.count(handed).await, 5);
        assert_eq!(app.count("SELECT COUNT(*) FROM ocop_item_files").await, 2, "the paper stands in both");
        let old = form(&officer, &dossier, "", "/bo-ket-luan").await.fill("ly-do-bo", "Nhầm");
        assert!(old.submit().await.expect(409).says("hồ sơ khác đang mở"), "one is open at a time");
        assert_eq!(app.count(stand).await, 0, "the second has no paper");
        app.run_jobs().await;
    }))
    .await;
}

#[tokio::test]
async fn three_stars_and_up_are_recorded_of_the_city_alone() {
    on_both_engines(async |app| {
        let sample = app.sample().await;
        let officer = app.officer().await;
        let path = format!("/van-phong/san-pham/{}", sample.product.short);
        let day = app.today().plus_days(-10).text();
        let decision = |authority: &str, stars: &str| {
            let (officer, path, day) = (&officer, &path, &day);
            let (authority, stars) = (authority.to_owned(), stars.to_owned());
            async move {
                let form = officer.get(path).await.expect(200).form("form[action$=ocop]").fill("so", "9/QĐ-UBND");
                form.fill("ngay", day).fill("co-quan", &authority).fill("sao", &stars).submit().await
            }
        };
        for (authority, words) in [
            ("UBND xã Hà Bắc", "Cấp xã không công nhận từ 3 sao"),
            ("UBND huyện Thanh Hà", "Cấp huyện không công nhận từ 3 sao"),
            ("Hội đồng đánh giá", "Ghi rõ cơ quan cấp thành phố"),
        ] {
            let told = decision(authority, "3").await.expect(422);
            assert!(told.error_of("co-quan").contains(words), "{authority}: {told}");
            assert_eq!(told.form("form[action$=ocop]").value("co-quan"), authority, "what was typed is kept");
        }
        assert!(!shows_stars(&app, &sample.product.path()).await);

        // A dossier's page asks the same.
        let dossier = open(&officer, &sample.product.short).await.url().path().to_owned();
        let pass = form(&officer, &dossier, "", "/chuyen").await.fill("cong-van", "5/UBND");
        pass.fill("van-chuyen", "Bổ sung sau").submit().await.expect(200);
        let result = form(&officer, &dossier, "", "/ket-qua").await.fill("so", "77/QĐ-UBND").fill("ngay", &day);
        let result = result.fill("sao", "4");
        let low = result.clone().fill("co-quan", "Ủy ban nhân dân xã Hà Bắc, thành phố Hải Phòng").submit().await;
        assert!(low.expect(422).error_of("co-quan").contains("Cấp xã"));
        assert_eq!(app.count("SELECT COUNT(*) FROM ocop_decisions").await, 0);
        result.submit().await.expect(200);
        assert!(shows_stars(&app, &sample.product.path()).await, "the usual authority is the city's");
    })
    .await;
}
