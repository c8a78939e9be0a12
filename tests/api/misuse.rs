//! Signs of misuse and the cases made of them: `/van-phong/nghi-van`, `/cua-toi/nghi-van`, marks on sold pieces, codes
//! that were never issued.

use std::sync::Arc;
use std::time::Duration;

use sanvat::clock::Time;
use sanvat::figures::count;
use sanvat::ids::new_id;
use sanvat::labels::code::LabelCode;
use sanvat::labels::issue::issue;
use sanvat::labels::model::{LabelRun, RunKind, code_of};
use sanvat::labels::scan_log::Scan;
use sanvat::labels::store::{self as labels, NewRun};
use sanvat::labels::visitor::{Device, Referrer};
use sanvat::misuse::guesses;
use sanvat::traceability::model::LotCode;
use sanvat::traceability::store::lots;
use sanvat::web::i18n::Lang;

use crate::support::{Page, Sample, TestApp, html, on, on_both_engines, on_both_engines_with};

/// Serial labels for the sample's lot, printed.
async fn pieces(app: &TestApp, sample: &Sample) -> (LabelRun, Vec<i64>) {
    let mut tx = app.begin().await;
    let code: LotCode = sample.lot.rsplit('/').next().unwrap().parse().unwrap();
    let lot = lots::by_code(&mut tx.cx(), app.commune, &code).await.unwrap().unwrap();
    let new = NewRun {
        kind: RunKind::Serial,
        producer: sample.producer.id,
        product: sample.product.id,
        lot: Some(lot.id),
        count: 5,
        purpose: String::new(),
        by: None,
    };
    let run = issue(&mut tx.cx(), app.commune, &new, app.now()).await.unwrap();
    let rows = labels::labels_of(&mut tx.cx(), app.commune, run.id).await.unwrap();
    tx.commit().await.unwrap();
    print(app).await;
    (run, rows.iter().map(|row| row.id).collect())
}

/// Notes that everything was printed.
async fn print(app: &TestApp) {
    let mut tx = app.begin().await;
    {
        let mut cx = tx.cx();
        on!(cx, c => sqlx::query(
            "INSERT INTO label_prints (commune_id, id, run_id, kind, first_label, last_label, paper, skip, parts,
              reprint, reason, codes, sha256, created_at)
            SELECT commune_id, id, id, 'sheet', 1, count, 'a4-24', 0, '', FALSE, '', 0, '', created_at FROM label_runs r
            WHERE NOT EXISTS (SELECT 1 FROM label_prints p WHERE p.id = r.id)")
            .execute(c)
            .await
            .map(drop))
        .unwrap();
    }
    tx.commit().await.unwrap();
}

/// So many people open a label.
async fn opened(app: &TestApp, label: i64, people: usize, at: Time) {
    let scan = |n: usize| Scan {
        id: new_id(at),
        commune: app.commune,
        label,
        at,
        visitor: Arc::from(format!("{n:08x}{:024x}", at.micros())),
        device: Device::Phone,
        referrer: Referrer::Direct,
        person: true,
    };
    let scans: Vec<Scan> = (0..people).map(scan).collect();
    labels::insert_scans(&mut app.app.db.scans().await.unwrap().cx(), &scans).await.unwrap();
}

/// Counts, and looks at what was opened.
async fn look(app: &TestApp) {
    count::run(&app.app, app.commune).await.unwrap();
    app.run_jobs().await;
}

fn path(app: &TestApp, label: i64) -> String {
    format!("/t/{}", code_of(app.commune, label).unwrap().compact())
}

async fn cases(app: &TestApp, rule: &str) -> i64 {
    let mut conn = app.read().await;
    let mut cx = conn.cx();
    on!(cx, c => sqlx::query_scalar("SELECT COUNT(*) FROM misuse_cases WHERE rule = $1")
        .bind(rule)
        .fetch_one(c)
        .await)
    .unwrap()
}

fn png() -> Vec<u8> {
    let picture = image::RgbImage::from_pixel(640, 480, image::Rgb([120, 90, 60]));
    let mut bytes = std::io::Cursor::new(Vec::new());
    picture.write_to(&mut bytes, image::ImageFormat::Png).unwrap();
    bytes.into_inner()
}

fn is_unusual(page: &Page) -> bool {
    page.has(".status.wait") && page.says("mở nhiều lần bất thường")
}

/// A buyer reports the label of this page and adds a photo.
async fn reported_with_photo(app: &TestApp, report: &Page) {
    let form = report.form("form[action$='bao']").fill("noi-dung", "Mua ở chợ mẫu, tem lạ").fill("phone", "0912345678");
    let sent = form.submit().await.expect(200);
    let photo = app.visitor().get(&sent.attr("main a[href$='/anh']", "href")).await.expect(200);
    assert_eq!(html::faults(&photo, Lang::Vi), Vec::<String>::new());
    let none = photo.form("main form").submit().await.expect(422);
    assert!(none.error_of("anh").contains("Chọn một ảnh"), "{none}");
    let form = none.form("main form").attach("anh", "tem.png", "image/png", png());
    assert!(form.submit().await.expect(200).says("Ảnh đã đến"));
    app.visitor().get(photo.url().path()).await.expect(404);
    app.run_jobs().await;
}

/// Two officers close the case of this page at once: one is told.
async fn closed_by_one_of_two(page: &Page) {
    let form = page.form("main form");
    let empty = form.clone().fill("ghi-chu", "Gói mẫu bày ở hội chợ").submit().await.expect(422);
    assert!(empty.error_of("ket-luan").contains("Chọn") && empty.says("Gói mẫu bày ở hội chợ"), "{empty}");
    let close = form.choose("ket-luan", "false_alarm").fill("ghi-chu", "Gói mẫu bày ở hội chợ");
    let (one, other) = tokio::join!(Box::pin(close.clone().submit()), Box::pin(close.submit()));
    let mut codes = [one.code(), other.code()];
    codes.sort_unstable();
    assert_eq!(codes, [200, 409], "{one}{other}");
}

#[tokio::test]
async fn a_piece_that_many_open_becomes_a_case_that_is_closed_once() {
    on_both_engines(async |app| {
        let sample = Box::pin(app.sample()).await;
        let (_, labels) = pieces(&app, &sample).await;
        app.visitor().get(&path(&app, labels[0])).await.expect(200);
        opened(&app, labels[0], 20, app.now()).await;
        opened(&app, labels[1], 19, app.now()).await;
        app.app.scans.flush().await;
        look(&app).await;
        look(&app).await;
        assert_eq!((cases(&app, "many_visitors").await, cases(&app, "before_print").await), (1, 0));
        let report = app.visitor().get(&path(&app, labels[0])).await.expect(200);
        assert!(is_unusual(&report) && !report.says("Không có gì khác thường"), "{report}");
        assert!(!is_unusual(&app.visitor().get(&path(&app, labels[1])).await));
        Box::pin(reported_with_photo(&app, &report)).await;

        let home = sample.owner.get("/cua-toi").await;
        assert!(home.says("1 nghi vấn về tem của bạn"), "{home}");
        let list = sample.owner.get("/cua-toi/nghi-van").await.expect(200);
        let own = sample.owner.get(&list.attr("main ul.rows a", "href")).await.expect(200);
        assert!(own.says("21 người khác nhau mở trong 7 ngày") && own.says("Mua ở chợ mẫu"), "{own}");
        assert!(!own.says("0912345678") && !own.has("main form") && !own.has("main img"), "{own}");
        assert_eq!(html::faults(&own, Lang::Vi), Vec::<String>::new());

        let officer = Box::pin(app.officer()).await;
        assert!(officer.get("/van-phong").await.says("Nghi vấn tem"));
        let page = officer.get("/van-phong/nghi-van/1").await.expect(200);
        assert!(page.says("Gọi 0912345678") && page.has("svg[role=img]"), "{page}");
        let picture = page.attr("main img", "src");
        officer.get(&picture).await.expect(200);
        app.visitor().get(&picture).await.expect(404);
        sample.owner.get(&picture).await.expect(404);
        assert_eq!(html::faults(&page, Lang::Vi), Vec::<String>::new());
        Box::pin(closed_by_one_of_two(&page)).await;
        let list = officer.get("/van-phong/nghi-van").await.expect(200);
        assert_eq!(list.text("table tbody tr:nth-child(1) td:nth-child(5)"), "1", "{list}");
        assert_eq!(html::faults(&list, Lang::Vi), Vec::<String>::new());
        assert!(!is_unusual(&app.visitor().get(&path(&app, labels[0])).await), "cleared");
        assert_eq!(app.count("SELECT COUNT(*) FROM audit_log WHERE action = 'misuse.close'").await, 1);

        // What was looked at is not held against it again; what comes after is.
        look(&app).await;
        assert_eq!(cases(&app, "many_visitors").await, 1);
        app.later(Duration::from_secs(60));
        opened(&app, labels[0], 21, app.now()).await;
        look(&app).await;
        assert_eq!(cases(&app, "many_visitors").await, 2);
        assert!(is_unusual(&app.visitor().get(&path(&app, labels[0])).await));
    })
    .await;
}

#[tokio::test]
async fn pieces_marked_as_used_are_watched_and_a_mark_can_be_taken_back() {
    on_both_engines(async |app| {
        let sample = app.sample().await;
        let (run, labels) = pieces(&app, &sample).await;
        let marks = format!("/cua-toi/tem/{}/da-ban", run.number);
        let page = sample.owner.get(&marks).await.expect(200);
        assert_eq!(html::faults(&page, Lang::Vi), Vec::<String>::new());
        let wrong = page.form("main form").fill("so", "4-9").submit().await.expect(422);
        assert!(wrong.error_of("so").contains("nằm ngoài") && wrong.error_of("loai").contains("Chọn"), "{wrong}");
        assert_eq!(wrong.attr("input[name=so]", "value"), "4-9");
        let form = wrong.form("main form").fill("so", "1-2").choose("loai", "used");
        form.clone().submit().await.expect(200);
        form.submit().await.expect(200);
        assert_eq!(app.count("SELECT COUNT(*) FROM label_marks").await, 1);

        // On the day itself it is still being used.
        opened(&app, labels[0], 5, app.now()).await;
        app.later(Duration::from_hours(48));
        opened(&app, labels[1], 2, app.now()).await;
        opened(&app, labels[4], 5, app.now()).await;
        look(&app).await;
        assert_eq!(cases(&app, "after_use").await, 0);
        opened(&app, labels[0], 3, app.now()).await;
        look(&app).await;
        assert_eq!(cases(&app, "after_use").await, 1);
        assert!(is_unusual(&app.visitor().get(&path(&app, labels[0])).await));

        let page = sample.owner.get(&marks).await.expect(200);
        let back = page.form("form[action$='/thoi']");
        back.clone().submit().await.expect(200);
        back.submit().await.expect(409);
        opened(&app, labels[1], 9, app.now()).await;
        look(&app).await;
        assert_eq!(cases(&app, "after_use").await, 1, "no mark, no case");
        let other = app.producer().named("Hộ mẫu khác").approved().create().await;
        app.owner_of(other.id).await.get(&marks).await.expect(404);
    })
    .await;
}

#[tokio::test]
async fn recalled_and_expired_goods_that_are_still_opened_become_cases() {
    on_both_engines(async |app| {
        let sample = app.sample().await;
        let (_, labels) = pieces(&app, &sample).await;
        let lot = sample.lot.rsplit('/').next().unwrap();
        app.recall(lot, "Phiếu kiểm mẫu không đạt").await;
        app.run_jobs().await;
        opened(&app, labels[0], 12, app.now()).await;
        look(&app).await;
        assert_eq!(cases(&app, "recalled").await, 0, "people look at once when they are told");
        app.later(Duration::from_hours(72));
        opened(&app, labels[2], 10, app.now()).await;
        look(&app).await;
        assert_eq!(cases(&app, "recalled").await, 1);
        let page = app.officer().await.get("/van-phong/nghi-van/1").await.expect(200);
        assert!(page.says("10 lần sau ngày thu hồi"), "{page}");
        assert_eq!(html::faults(&page, Lang::Vi), Vec::<String>::new());
    })
    .await;
}

#[tokio::test]
async fn a_recalled_piece_that_is_still_opened_becomes_a_case_of_its_own() {
    on_both_engines(async |app| {
        let sample = app.sample().await;
        let (run, labels) = pieces(&app, &sample).await;
        let officer = app.officer().await;
        let lot = sample.lot.rsplit('/').next().unwrap();
        let ask = officer.get(&format!("/van-phong/lo/{lot}/thu-hoi")).await.expect(200);
        let form = ask.form("main form").choose("pham-vi", "serials").fill(&format!("dot-{}", run.number), "1-2");
        let draft = form.submit().await.expect(200);
        let confirm = draft.form("main form:not([action])").choose("grade", "danger").fill("reason", "Thiếu cân mẫu");
        confirm.submit().await.expect(200);
        app.run_jobs().await;
        app.later(Duration::from_hours(72));
        opened(&app, labels[0], 10, app.now()).await;
        opened(&app, labels[3], 12, app.now()).await;
        look(&app).await;
        assert_eq!(cases(&app, "recalled").await, 1, "the fourth piece is not taken back");
        let page = app.officer().await.get("/van-phong/nghi-van/1").await.expect(200);
        assert!(page.says("10 lần sau ngày thu hồi"), "{page}");
        assert_eq!(html::faults(&page, Lang::Vi), Vec::<String>::new());
    })
    .await;
}

#[tokio::test]
async fn goods_past_their_day_and_sold_pieces_are_cases_only_when_many_open_them() {
    on_both_engines(async |app| {
        let sample = app.sample().await;
        let (run, labels) = pieces(&app, &sample).await;
        let marks = sample.owner.get(&format!("/cua-toi/tem/{}/da-ban", run.number)).await.expect(200);
        marks.form("main form").fill("so", "3").choose("loai", "sold").submit().await.expect(200);
        let mut tx = app.begin().await;
        {
            let mut cx = tx.cx();
            let last = app.today().plus_days(1);
            on!(cx, c => sqlx::query("UPDATE lots SET best_before = $1").bind(last).execute(c).await.map(drop))
                .unwrap();
        }
        tx.commit().await.unwrap();
        app.later(Duration::from_hours(3 * 24));
        opened(&app, labels[2], 10, app.now()).await;
        opened(&app, labels[0], 19, app.now()).await;
        look(&app).await;
        assert_eq!((cases(&app, "expired").await, cases(&app, "after_sale").await), (0, 0));
        app.later(Duration::from_hours(5 * 24));
        opened(&app, labels[2], 1, app.now()).await;
        opened(&app, labels[1], 18, app.now()).await;
        look(&app).await;
        assert_eq!((cases(&app, "expired").await, cases(&app, "after_sale").await), (0, 1));
        opened(&app, labels[3], 1, app.now()).await;
        look(&app).await;
        assert_eq!((cases(&app, "expired").await, cases(&app, "after_sale").await), (1, 1));
    })
    .await;
}

#[tokio::test]
async fn labels_opened_before_any_print_become_a_case() {
    on_both_engines(async |app| {
        let sample = app.sample().await;
        let label = LabelCode::parse(sample.label.trim_start_matches("/t/")).unwrap().number();
        opened(&app, label, 2, app.now()).await;
        look(&app).await;
        assert_eq!(cases(&app, "before_print").await, 0, "who made them looks at them");
        app.later(Duration::from_secs(60));
        opened(&app, label, 1, app.now()).await;
        look(&app).await;
        assert_eq!(cases(&app, "before_print").await, 1);
        let page = sample.owner.get("/cua-toi/nghi-van/1").await.expect(200);
        assert!(page.says("khi chưa ghi lần in nào"), "{page}");
        app.owner_of(sample.waiting.id).await.get("/cua-toi/nghi-van/1").await.expect(404);
    })
    .await;
}

#[tokio::test]
async fn who_tries_codes_is_slowed_and_told_while_labels_open_as_ever() {
    on_both_engines_with(
        |config| config.trusted_proxies = vec!["127.0.0.0/8".parse().unwrap()],
        async |app| {
            let sample = app.sample().await;
            let hall = app.visitor().behind("203.0.113.9");
            let never = |n: i64| format!("/t/{}", LabelCode::new(10_816, 1_000 + n as u64).unwrap().compact());
            for n in 0..60 {
                hall.get(&never(n)).await.expect(404);
            }
            let slowed = hall.get(&never(60)).await.expect(429);
            assert!(slowed.says("Thử quá nhiều lần"), "{slowed}");
            hall.get(&never(3)).await.expect(404);
            hall.get(&sample.label).await.expect(200);
            app.visitor().behind("203.0.113.10").get(&never(61)).await.expect(404);
            // What stands before the address that the proxy saw is made up.
            app.visitor().behind("198.51.100.1, 203.0.113.9").get(&never(62)).await.expect(429);
            app.later(Duration::from_secs(30));
            hall.get(&never(63)).await.expect(404);
            // Codes of a commune that is not served here are no guess at ours.
            let other = LabelCode::new(10_999, 5).unwrap().compact();
            app.visitor().behind("203.0.113.11").get(&format!("/t/{other}")).await.expect(404);

            guesses::keep(&app.app, app.commune).await.unwrap();
            guesses::keep(&app.app, app.commune).await.unwrap();
            assert_eq!(cases(&app, "guessing").await, 1);
            assert_eq!(app.count("SELECT MAX(codes) FROM code_guesses").await, 63);
            assert_eq!(app.count("SELECT COUNT(*) FROM code_guesses").await, 2);
            let page = app.officer().await.get("/van-phong/nghi-van/1").await.expect(200);
            assert!(page.says("63 mã khác nhau chưa từng phát hành") && !page.says("203.0.113"), "{page}");
            assert_eq!(html::faults(&page, Lang::Vi), Vec::<String>::new());
        },
    )
    .await;
}
