//! `/t/{code}` and `/cua-toi/tem`: what a scanned label opens, how it is counted, and issuing labels.

use sanvat::clock::Day;
use sanvat::ids::{CommuneId, LotId};
use sanvat::labels::code::LabelCode;
use sanvat::labels::issue::issue;
use sanvat::labels::model::{LabelRun, RunKind, code_of};
use sanvat::labels::store::{self as labels, NewRun};
use sanvat::producers::model::ConsentField;
use sanvat::producers::store as producers;
use sanvat::traceability::epcis::Document;
use sanvat::traceability::model::{Lot, LotCode, LotState};
use sanvat::traceability::quantity::Uom;
use sanvat::traceability::store::lots;
use sanvat::web::i18n::Lang;

use crate::support::{Sample, TestApp, html, on_both_engines};

async fn lot(app: &TestApp, sample: &Sample) -> Lot {
    let lot = Lot {
        commune_id: app.commune,
        id: LotId::new(app.now()),
        producer_id: sample.producer.id,
        product_id: sample.product.id,
        place_id: None,
        code: LotCode::random(),
        state: LotState::Open,
        made_on: Day::new(2026, 6, 11).unwrap(),
        best_before: Some(Day::new(2026, 6, 18).unwrap()),
        quantity: 1_240_500,
        uom: Uom::Kilogram,
        recall_reason: None,
        recalled_at: None,
        recalled_by: None,
        version: 1,
        created_by: None,
        created_at: app.now(),
    };
    let mut tx = app.begin().await;
    assert!(lots::insert(&mut tx.cx(), &lot).await.unwrap());
    tx.commit().await.unwrap();
    lot
}

async fn run(app: &TestApp, sample: &Sample, kind: RunKind, lot: Option<LotId>, count: i64) -> LabelRun {
    let (producer, product, purpose) = (sample.producer.id, sample.product.id, String::new());
    let new = NewRun { kind, producer, product, lot, count, purpose, by: None };
    let mut tx = app.begin().await;
    let run = issue(&mut tx.cx(), app.commune, &new, app.now()).await.unwrap();
    tx.commit().await.unwrap();
    run
}

async fn codes(app: &TestApp, run: &LabelRun) -> Vec<LabelCode> {
    let mut conn = app.read().await;
    let rows = labels::labels_of(&mut conn.cx(), app.commune, run.id).await.unwrap();
    rows.iter().map(|row| code_of(app.commune, row.id).unwrap()).collect()
}

/// A lot with a lot label.
async fn labelled(app: &TestApp) -> (Sample, Lot, LabelCode) {
    let sample = app.sample().await;
    let lot = lot(app, &sample).await;
    let run = run(app, &sample, RunKind::Lot, Some(lot.id), 10).await;
    let code = codes(app, &run).await[0];
    (sample, lot, code)
}

async fn scans(app: &TestApp) -> i64 {
    app.count("SELECT COUNT(*) FROM scans").await
}

#[tokio::test]
async fn a_scanned_lot_label_says_who_issued_it_first() {
    on_both_engines(async |app| {
        let (sample, lot, code) = labelled(&app).await;
        let page = app.visitor().get(&format!("/t/{}", code.compact())).await.expect(200);
        assert_eq!(page.text(".status .say"), "Tem này do Hộ mẫu Bến Sậy phát hành ngày 14/06/2026.");
        assert!(page.text(".status").contains(&code.to_string()));
        assert_eq!(page.h1(), sample.product.name);
        assert!(page.says(&format!("Lô {}", lot.code)) && page.says("1.240,5 kg"), "{page}");
        assert!(page.says("Còn 4 ngày nên dùng") && page.says("thôn Đông, xã Hà Bắc"), "{page}");
        assert_eq!(html::faults(&page, Lang::Vi), Vec::<String>::new());
        let english = app.visitor().with_header("accept-language", "en-GB,en").get(page.url().path()).await;
        assert!(english.says("This label was issued by"), "{english}");
        assert_eq!(html::faults(&english, Lang::En), Vec::<String>::new());
    })
    .await;
}

#[tokio::test]
async fn a_code_is_read_however_it_is_typed() {
    on_both_engines(async |app| {
        let (_, _, code) = labelled(&app).await;
        let grouped = code.to_string();
        for path in [
            format!("/T/{}", code.compact()),
            format!("/t/{}", code.compact().to_lowercase()),
            format!("/t/{grouped}"),
            format!("/t/{}", grouped.replace('0', "O").replace('1', "l")),
        ] {
            let page = app.visitor().stays_on_redirect().get(&path).await.expect(200);
            assert!(page.text(".status").contains(&grouped), "{path}: {page}");
        }
        let typed = app.visitor().stays_on_redirect().get(&format!("/t?ma=+{grouped}+")).await.expect(303);
        assert_eq!(typed.location(), format!("/t/{}", code.compact()));
    })
    .await;
}

#[tokio::test]
async fn every_opening_is_counted_once_and_looks_ahead_are_not() {
    on_both_engines(async |app| {
        let (_, _, code) = labelled(&app).await;
        let (path, visitor) = (format!("/t/{}", code.compact()), app.visitor());
        visitor.get(&path).await.expect(200);
        visitor.program().get(&path).await.expect(200);
        visitor.get(&format!("{path}/qr.svg")).await.expect(200);
        visitor.with_header("sec-purpose", "prefetch").get(&path).await.expect(200);
        visitor.send(visitor.request(reqwest::Method::HEAD, &path)).await.expect(200);
        assert_eq!(scans(&app).await, 2);
        visitor.with_header("user-agent", "facebookexternalhit/1.1").get(&path).await.expect(200);
        assert_eq!(app.count("SELECT COUNT(*) FROM scans WHERE person = TRUE").await, 2);
        assert_eq!(scans(&app).await, 3);
        assert_eq!(app.count("SELECT COUNT(*) FROM scans WHERE visitor LIKE '%127.0.0.1%'").await, 0);
        assert_eq!(app.app.scans.lost(), 0);
    })
    .await;
}

#[tokio::test]
async fn many_openings_at_once_are_all_counted() {
    on_both_engines(async |app| {
        let (_, _, code) = labelled(&app).await;
        let path = format!("/t/{}", code.compact());
        let visitor = app.visitor();
        let all = futures_util::future::join_all((0..60).map(|_| visitor.get(&path))).await;
        assert!(all.iter().all(|page| page.code() == 200));
        assert_eq!(scans(&app).await, 60);
    })
    .await;
}

#[tokio::test]
async fn the_days_salt_is_forgotten_the_day_after() {
    on_both_engines(async |app| {
        let (_, _, code) = labelled(&app).await;
        let path = format!("/t/{}", code.compact());
        app.visitor().get(&path).await.expect(200);
        app.later(std::time::Duration::from_secs(24 * 3600));
        app.visitor().get(&path).await.expect(200);
        assert_eq!(app.count("SELECT COUNT(*) FROM scan_salts").await, 1);
        assert_eq!(app.count("SELECT COUNT(DISTINCT visitor) FROM scans").await, 2);
    })
    .await;
}

#[tokio::test]
async fn a_recall_shows_with_the_next_scan() {
    on_both_engines(async |app| {
        let (_, lot, code) = labelled(&app).await;
        let path = format!("/t/{}", code.compact());
        app.visitor().get(&path).await.expect(200);
        let reason = "Dư lượng thuốc trên mức cho phép";
        app.recall(lot.code.as_str(), reason).await;
        let page = app.visitor().get(&path).await.expect(200);
        assert!(page.text(".status.bad .say").contains("đang bị thu hồi"), "{page}");
        assert!(page.says(reason) && page.says("Ngừng dùng"), "{page}");
        assert!(!page.has(".thumb") && !page.has("form[action$='danh-gia']"), "no buying, no rating");
        assert_eq!(html::faults(&page, Lang::Vi), Vec::<String>::new());
        let json = app.visitor().program().get(&path).await.json();
        assert_eq!(json["status"], "recalled");
        assert_eq!(json["lot"]["recall"]["reason"], reason);
    })
    .await;
}

#[tokio::test]
async fn a_lot_past_its_date_says_so_from_the_next_day() {
    on_both_engines(async |app| {
        let (_, _, code) = labelled(&app).await;
        let path = format!("/t/{}", code.compact());
        app.later(std::time::Duration::from_secs(4 * 24 * 3600));
        assert!(app.visitor().get(&path).await.says("Hôm nay là ngày cuối"));
        app.later(std::time::Duration::from_secs(24 * 3600));
        let page = app.visitor().get(&path).await;
        assert_eq!(page.text(".status.wait .say"), "Lô này đã quá hạn dùng: nên dùng trước 18/06/2026.");
    })
    .await;
}

#[tokio::test]
async fn after_a_withdrawal_the_lot_stays_and_the_producer_goes() {
    on_both_engines(async |app| {
        let (sample, lot, code) = labelled(&app).await;
        let path = format!("/t/{}", code.compact());
        assert!(app.visitor().get(&path).await.says("Hộ mẫu Bến Sậy"));
        let mut tx = app.begin().await;
        producers::withdraw_consent(&mut tx.cx(), app.commune, sample.producer.id, ConsentField::Labels, app.now())
            .await
            .unwrap();
        tx.commit().await.unwrap();
        let page = app.visitor().get(&path).await.expect(200);
        assert!(!page.body().contains("Hộ mẫu Bến Sậy"), "{page}");
        assert!(page.says("Xã Hà Bắc giữ thông tin của cơ sở") && page.says(lot.code.as_str()), "{page}");
        assert!(app.visitor().program().get(&path).await.json()["producer"].is_null());
    })
    .await;
}

#[tokio::test]
async fn a_piece_knows_its_number_and_says_when_it_was_opened_unusually_often() {
    on_both_engines(async |app| {
        let sample = app.sample().await;
        let lot = lot(&app, &sample).await;
        let run = run(&app, &sample, RunKind::Serial, Some(lot.id), 3).await;
        let codes = codes(&app, &run).await;
        assert_eq!(codes.len(), 3);
        let path = format!("/t/{}", codes[1].compact());
        let first = app.visitor().get(&path).await;
        assert!(first.says("Bạn là người đầu tiên") && first.says("số 2 trong 3"), "{first}");
        assert!(app.visitor().get(&path).await.says("Mở lần thứ 2"));
        for n in 0..20 {
            let agent = format!("Mozilla/5.0 (Android 9; Mobile) Phone/{n}");
            app.visitor().with_header("user-agent", &agent).get(&path).await.expect(200);
        }
        let page = app.visitor().get(&path).await;
        assert!(page.text(".status.wait .say").contains("nhiều máy hơn bình thường"), "{page}");
        let other = app.visitor().get(&format!("/t/{}", codes[0].compact())).await;
        assert!(other.has(".status:not(.wait)") && other.says("số 1 trong 3"), "{other}");
    })
    .await;
}

#[tokio::test]
async fn a_mistyped_code_is_told_from_one_that_was_never_issued() {
    on_both_engines(async |app| {
        let (_, _, code) = labelled(&app).await;
        let mut typo = code.compact();
        typo.replace_range(5..6, if &typo[5..6] == "7" { "8" } else { "7" });
        let page = app.visitor().get(&format!("/t/{typo}")).await.expect(404);
        assert_eq!(page.h1(), "Mã này có vẻ gõ nhầm");
        assert_eq!(page.attr("input[name=ma]", "value"), typo);
        assert_eq!(html::faults(&page, Lang::Vi), Vec::<String>::new());
        assert!(app.visitor().get("/t/0ABU").await.expect(404).says("“U” (ký tự thứ 4)"));
        let program = app.visitor().program();
        assert_eq!(program.get(&format!("/t/{typo}")).await.expect(404).json()["code"], "label_mistyped");

        let never = LabelCode::new(10_816, 42).unwrap();
        let page = app.visitor().get(&format!("/t/{}", never.compact())).await.expect(404);
        assert_eq!(page.h1(), "Mã này chưa từng được phát hành ở đây");
        assert_eq!(html::faults(&page, Lang::Vi), Vec::<String>::new());
        let problem = program.get(&format!("/t/{}", never.compact())).await.expect(404);
        assert_eq!(problem.header("content-type"), "application/problem+json");
        assert_eq!(problem.json()["code"], "label_unknown");
        let sent = page.form("form[method=post]").fill("noi-dung", "Thấy ở chợ mẫu").submit().await.expect(200);
        assert_eq!(sent.h1(), "Cảm ơn bạn đã báo");
        assert_eq!(app.count("SELECT COUNT(*) FROM feedback WHERE kind = 'report' AND label_id IS NULL").await, 1);
        assert_eq!(scans(&app).await, 0);
    })
    .await;
}

#[tokio::test]
async fn a_rating_sent_twice_is_one_and_a_wrong_phone_keeps_what_was_typed() {
    on_both_engines(async |app| {
        let (_, _, code) = labelled(&app).await;
        let page = app.visitor().get(&format!("/t/{}", code.compact())).await;
        let rating = page.form("form[action$='danh-gia']").choose("sao", "5");
        rating.clone().submit().await.expect(200);
        rating.submit().await.expect(200);
        assert_eq!(app.count("SELECT COUNT(*) FROM feedback WHERE kind = 'rating' AND stars = 5").await, 1);
        let report = page.form("form[action$='bao']").fill("noi-dung", "<script>lạ</script>").fill("phone", "0912");
        let again = report.submit().await.expect(422);
        assert!(again.error_of("phone").contains("còn thiếu"), "{again}");
        assert!(again.says("<script>lạ</script>"), "{again}");
        assert_eq!(html::faults(&again, Lang::Vi), Vec::<String>::new());
        again.form("main form").fill("phone", "0912 345 678").submit().await.expect(200);
        assert_eq!(app.count("SELECT COUNT(*) FROM feedback WHERE phone = '0912345678'").await, 1);
    })
    .await;
}

#[tokio::test]
async fn a_code_of_another_commune_is_answered_by_that_commune() {
    on_both_engines(async |app| {
        let (_, _, code) = labelled(&app).await;
        app.add_commune(CommuneId(10_817), "Láng Giềng", Some("lang-gieng.example")).await;
        let page = app.visitor().get(&format!("/t/{}", code.compact())).await.expect(200);
        assert!(page.says("xã Hà Bắc"), "{page}");
        let foreign = LabelCode::new(10_817, code.number() as u64).unwrap();
        let page = app.visitor().get(&format!("/t/{}", foreign.compact())).await.expect(404);
        assert!(page.says("xã Láng Giềng không có tem nào"), "{page}");
    })
    .await;
}

#[tokio::test]
async fn the_record_is_an_epcis_document() {
    on_both_engines(async |app| {
        let (_, _, code) = labelled(&app).await;
        let answer = app.visitor().get(&format!("/t/{}/epcis.json", code.compact())).await.expect(200);
        let document = Document::from_json(&answer.json()).unwrap();
        assert!(document.events.is_empty());
    })
    .await;
}

#[tokio::test]
async fn a_producer_prints_labels_and_the_same_form_is_one_run() {
    on_both_engines(async |app| {
        let sample = app.sample().await;
        let lot = lot(&app, &sample).await;
        let runs = app.count("SELECT COUNT(*) FROM label_runs").await;
        let labels = app.count("SELECT COUNT(*) FROM labels").await;
        let path = format!("/cua-toi/tem/moi?lo={}", lot.code);
        let page = sample.owner.get(&path).await.expect(200);
        assert_eq!(html::faults(&page, Lang::Vi), Vec::<String>::new());
        let form = page.form("main form").choose("loai", "serial");
        let wrong = form.clone().fill("so-tem", "nhiều").submit().await.expect(422);
        assert!(wrong.error_of("so-tem").contains("Ghi một số"), "{wrong}");
        let done = form.clone().fill("so-tem", "30").submit().await.expect(200);
        assert!(done.says("Tem đã sẵn sàng") && done.h1().starts_with(&format!("Đợt {}", runs + 1)), "{done}");
        assert_eq!(html::faults(&done, Lang::Vi), Vec::<String>::new());
        let again = form.fill("so-tem", "30").submit().await.expect(200);
        assert_eq!(again.url().path(), done.url().path());
        assert_eq!(app.count("SELECT COUNT(*) FROM label_runs").await, runs + 1);
        assert_eq!(app.count("SELECT COUNT(*) FROM labels").await, labels + 30);
        let printed = done.form("form[action$='/in']").fill("bo-qua", "3").submit().await.expect(200);
        let pdf = sample.owner.get(&printed.attr("#da-in a.btn", "href")).await.expect(200);
        assert_eq!(pdf.header("content-type"), "application/pdf");
        assert!(pdf.bytes().starts_with(b"%PDF"));
        sample.owner.get("/cua-toi/tem/1/xem.svg?mau=khong-co").await.expect(422);
        app.visitor().stays_on_redirect().get("/cua-toi/tem/1").await.expect(303);
        let stranger = app.register("Người lạ", "0987654321").await;
        stranger.get("/cua-toi/tem/1").await.expect(404);
        stranger.get(&path).await.expect(404);
        let second = run(&app, &sample, RunKind::Product, None, 5).await;
        assert_eq!(second.number, runs + 2);
    })
    .await;
}

#[tokio::test]
async fn labels_need_consent_and_a_lot_that_is_not_recalled() {
    on_both_engines(async |app| {
        let producer = app.producer().approved().create().await;
        let product = app.product().of(producer.id).approved().create().await;
        let owner = app.owner_of(producer.id).await;
        let page = owner.get(&format!("/cua-toi/tem/moi?san-pham={}", product.short)).await.expect(200);
        assert_eq!(page.h1(), "Cần bạn đồng ý trước");
        assert_eq!(page.attr("main a.btn", "href"), format!("/cua-toi/co-so/{}/tem", producer.short));
        let fields = [("san-pham", product.short.as_str()), ("loai", "product"), ("so-tem", "5"), ("mau", "a4-24")];
        owner.post("/cua-toi/tem/moi", &fields).await.expect(422);
        assert_eq!(app.count("SELECT COUNT(*) FROM label_runs").await, 0);
    })
    .await;
}
