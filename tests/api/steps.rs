//! `/cua-toi/lo/{code}/ghi`: steps that come many times, too early, in the wrong order, with photos, or from a form
//! that has changed since.

use std::io::Cursor;

use sanvat::traceability::store::events::TraceEvent;
use sanvat::traceability::store::{events, lots};
use sanvat::web::i18n::Lang;
use serde_json::Value;

use crate::support::{Form, Sample, TestApp, html, on_both_engines};

async fn form(sample: &Sample, key: &str) -> Form {
    sample.owner.get(&format!("{}/ghi?viec={key}", sample.lot)).await.expect(200).form("main form")
}

async fn stored(app: &TestApp, sample: &Sample) -> Vec<TraceEvent> {
    let mut conn = app.read().await;
    let code = sample.lot.rsplit('/').next().unwrap().parse().unwrap();
    let lot = lots::by_code(&mut conn.cx(), app.commune, &code).await.unwrap().unwrap();
    events::events_of_lot(&mut conn.cx(), app.commune, lot.id).await.unwrap()
}

fn png(shade: u8) -> Vec<u8> {
    let picture = image::RgbImage::from_pixel(64, 48, image::Rgb([shade, 90, 60]));
    let mut bytes = Cursor::new(Vec::new());
    picture.write_to(&mut bytes, image::ImageFormat::Png).unwrap();
    bytes.into_inner()
}

#[tokio::test]
async fn a_step_sent_fifty_times_at_once_is_one() {
    on_both_engines(async |app| {
        let sample = app.sample().await;
        let harvest = form(&sample, "fresh.harvest").await.fill("quantity", "30");
        let all = futures_util::future::join_all((0..50).map(|_| harvest.clone().submit())).await;
        for page in &all {
            assert_eq!(page.code(), 200, "{page}");
        }
        let first = all.iter().filter(|page| page.path().ends_with("da-ghi=1")).count();
        assert_eq!(first, 1, "one of them was the first");
        assert_eq!(stored(&app, &sample).await.len(), 1);
        assert_eq!(app.count("SELECT COUNT(*) FROM trace_event_lots").await, 1);
    })
    .await;
}

#[tokio::test]
async fn the_photos_of_a_step_are_kept_hashed_and_shown() {
    on_both_engines(async |app| {
        let sample = app.sample().await;
        let harvest = form(&sample, "fresh.harvest").await.fill("quantity", "30");
        let photos = harvest.attach("anh", "1.png", "image/png", png(10)).attach("anh", "2.png", "image/png", png(200));
        let lot = photos.submit().await.expect(200);
        app.run_jobs().await;
        assert_eq!(lot.count(".way li img"), 2, "{lot}");
        let event: Value = serde_json::from_str(&stored(&app, &sample).await[0].body).unwrap();
        let named: Vec<&str> = event["sv:photo"].as_array().unwrap().iter().map(|one| one.as_str().unwrap()).collect();
        let rows = app.count("SELECT COUNT(*) FROM trace_event_files").await;
        assert_eq!((named.len(), rows), (2, 2));
        for name in named {
            let hash = name.strip_prefix("ni:///sha-256;").unwrap();
            assert!(hash.len() == 64 && hash.bytes().all(|b| b.is_ascii_hexdigit()), "{name}");
        }
        let scan = app.visitor().get(&sample.label).await.expect(200);
        assert_eq!(scan.count(".way li img"), 2, "{scan}");
        let pads = sample.owner.get(&format!("{}/ghi", sample.lot)).await.expect(200);
        assert!(pads.says("có 2 ảnh"), "{pads}");
        for source in scan.attrs(".way li img", "src") {
            app.visitor().get(&source).await.expect(200);
        }
    })
    .await;
}

#[tokio::test]
async fn a_photo_without_a_step_is_kept_until_the_step_is_chosen() {
    on_both_engines(async |app| {
        let sample = app.sample().await;
        let water = form(&sample, "fresh.water").await.fill("note", "tưới buổi chiều").fill("gio", "06:15");
        let water = water.attach("anh", "1.png", "image/png", png(10));
        for gone in ["", "fresh.no-longer"] {
            let asked = water.clone().tamper("viec", gone).submit().await.expect(422);
            assert_eq!(asked.h1(), "Chọn lại việc vừa làm");
            assert!(asked.says("tưới buổi chiều") && asked.has(".photos img"), "{asked}");
            assert_eq!(html::faults(&asked, Lang::Vi), Vec::<String>::new());
            assert_eq!(stored(&app, &sample).await.len(), 0);
            let again = asked.form("main form").press("Cắt tỉa, bao quả").await.expect(200);
            assert_eq!(again.h1(), "Cắt tỉa, bao quả");
            assert_eq!(again.form("main form").value("note"), "tưới buổi chiều");
            assert_eq!(again.form("main form").value("gio"), "06:15");
            assert_eq!(stored(&app, &sample).await.len(), 0, "choosing records nothing");
        }
        let asked = water.clone().tamper("viec", "fresh.no-longer").submit().await.expect(422);
        let again = asked.form("main form").press("Cắt tỉa, bao quả").await.expect(200);
        again.form("main form").submit().await.expect(200);
        let rows = stored(&app, &sample).await;
        assert_eq!((rows[0].step.as_str(), rows[0].note.as_str()), ("fresh.prune", "tưới buổi chiều"));
        assert_eq!(app.count("SELECT COUNT(*) FROM trace_event_files").await, 1);
        app.run_jobs().await;
    })
    .await;
}

#[tokio::test]
async fn a_form_of_other_templates_is_shown_again_with_what_was_typed() {
    on_both_engines(async |app| {
        let sample = app.sample().await;
        let spray = form(&sample, "fresh.spray").await.fill("input_name", "Bt mẫu").tamper("mau", "1");
        let told = spray.submit().await.expect(409);
        assert!(told.error_of("viec").is_empty() && told.text(".oops").contains("vừa thay đổi"), "{told}");
        assert_eq!(html::faults(&told, Lang::Vi), Vec::<String>::new());
        assert_eq!(told.attr("#f-input_name", "value"), "Bt mẫu");
        assert_eq!(stored(&app, &sample).await.len(), 0);
        told.form("main form").submit().await.expect(200);
        assert_eq!(stored(&app, &sample).await.len(), 1);
    })
    .await;
}

#[tokio::test]
async fn steps_in_the_wrong_order_are_told() {
    on_both_engines(async |app| {
        let sample = app.sample().await;
        let yesterday = "13/06/2026";
        let future = form(&sample, "fresh.water").await.fill("ngay", "15/06/2026").submit().await.expect(422);
        assert!(future.error_of("ngay").contains("chưa tới"), "{future}");
        let pack = form(&sample, "fresh.pack").await.fill("quantity", "30").fill("ngay", yesterday);
        let early = pack.submit().await.expect(422);
        assert!(early.error_of("ngay").contains("Lô này làm ra ngày 14/06/2026"), "{early}");
        assert_eq!(early.attr("#f-quantity", "value"), "30");
        form(&sample, "fresh.water").await.fill("ngay", yesterday).submit().await.expect(200);
        form(&sample, "fresh.plant").await.fill("gio", "09:00").submit().await.expect(200);
        let harvest = form(&sample, "fresh.harvest").await.fill("quantity", "30").fill("ngay", yesterday);
        let warned = harvest.submit().await.expect(422);
        assert!(warned.says("mà ngày 14/06/2026 mới trồng") && warned.says("trước ngày 14/06/2026 của lô"), "{warned}");
        assert_eq!(warned.text("#som"), "Xem lại trước khi ghi");
        let lot = warned.form("main form").choose("van-ghi", "1").submit().await.expect(200);
        assert!(lot.says("mới trồng, thả"), "the lot's page says it on: {lot}");
        let pack = form(&sample, "fresh.pack").await.fill("quantity", "30").fill("ngay", "12/06/2026");
        let before = pack.submit().await.expect(422);
        assert!(before.error_of("gio").contains("phải sau “Thu hoạch”"), "{before}");
    })
    .await;
}

#[tokio::test]
async fn an_early_harvest_and_a_wrong_step_are_seen_by_buyers_and_the_office() {
    on_both_engines(async |app| {
        let sample = app.sample().await;
        let spray = form(&sample, "fresh.spray").await.fill("input_name", "Bt mẫu").fill("withholding_days", "7");
        spray.fill("dose", "20 ml").fill("gio", "06:00").submit().await.expect(200);
        let harvest = form(&sample, "fresh.harvest").await.fill("quantity", "30").submit().await.expect(422);
        assert_eq!(harvest.text("#som"), "Thu hoạch sớm hơn ngày cho phép");
        harvest.form("main form").choose("van-ghi", "1").submit().await.expect(200);
        let scan = app.visitor().get(&sample.label).await.expect(200);
        assert!(
            scan.says("Bt mẫu, 20 ml") && scan.says("Phải chờ 7 ngày") && scan.says("Chưa đủ ngày cách ly"),
            "{scan}"
        );

        let lot = form(&sample, "fresh.water").await.submit().await.expect(200);
        let ask = sample.owner.get(&lot.attr(".way li:first-child a.back", "href")).await.expect(200);
        assert_eq!(ask.text("main dd"), "Tưới nước");
        let wrong = ask.form("main form").choose("reason", "did_not_occur").fill("note", "bấm nhầm lô");
        assert_eq!(wrong.submit().await.expect(200).text(".way h3 s"), "Tưới nước");
        let office = lot.url().path().replace("/cua-toi/", "/van-phong/");
        let office = app.officer().await.get(&office).await.expect(200);
        assert_eq!(office.text(".way h3 s"), "Tưới nước");
        assert!(office.says("bấm nhầm lô"), "{office}");
        let scan = app.visitor().get(&sample.label).await.expect(200);
        assert_eq!(scan.text(".way del"), "Tưới nước");
        assert!(scan.says("việc này không xảy ra") && !scan.says("bấm nhầm lô"), "{scan}");
        let ship = form(&sample, "fresh.ship").await.fill("destination", "anh Mua Mẫu").fill("vehicle", "34C-000.00");
        let lot = ship.fill("note", "xe lạnh").submit().await.expect(200);
        assert!(lot.says("anh Mua Mẫu") && lot.says("34C-000.00"), "{lot}");
        let scan = app.visitor().get(&sample.label).await.expect(200);
        assert!(scan.says("xe lạnh") && !scan.says("Mua Mẫu") && !scan.says("34C"), "{scan}");
        let json = app.visitor().program().get(&sample.label).await.json();
        let steps = json["steps"].as_array().unwrap();
        let water = steps.iter().find(|step| step["step"] == "fresh.water").unwrap();
        assert_eq!(water["taken_back"], true);
    })
    .await;
}
