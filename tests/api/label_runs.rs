//! `/cua-toi/tem/…`: runs made in the background, printing and printing again, files for print shops, labels declared
//! void.

use sanvat::ids::ProducerId;
use sanvat::jobs;
use sanvat::labels::code::LabelCode;
use sanvat::labels::model::code_of;
use sanvat::labels::store as labels;
use sanvat::producers::model::ConsentField;
use sanvat::producers::store as producers;
use sanvat::web::i18n::Lang;
use sha2::{Digest, Sha256};

use crate::support::{Page, Sample, TestApp, html, on, on_both_engines};

/// Orders serial labels for the sample's lot by the form; returns the run's page.
async fn ordered(sample: &Sample, count: &str) -> Page {
    let lot = sample.lot.rsplit('/').next().unwrap();
    let page = sample.owner.get(&format!("/cua-toi/tem/moi?lo={lot}")).await.expect(200);
    page.form("main form").choose("loai", "serial").fill("so-tem", count).submit().await
}

/// Codes of a run by its page, in order.
async fn codes(app: &TestApp, run: &Page) -> Vec<LabelCode> {
    let number = run.url().path().rsplit('/').next().unwrap().parse().unwrap();
    let mut conn = app.read().await;
    let run = labels::run(&mut conn.cx(), app.commune, number).await.unwrap().unwrap();
    let rows = labels::labels_of(&mut conn.cx(), app.commune, run.id).await.unwrap();
    rows.iter().map(|row| code_of(app.commune, row.id).unwrap()).collect()
}

async fn withdraw(app: &TestApp, producer: ProducerId) {
    let mut tx = app.begin().await;
    producers::withdraw_consent(&mut tx.cx(), app.commune, producer, ConsentField::Labels, app.now()).await.unwrap();
    tx.commit().await.unwrap();
}

const SERIALS: &str = "SELECT COUNT(DISTINCT l.serial) FROM labels l JOIN label_runs r ON r.id = l.run_id
    WHERE r.kind = 'serial'";
const ROWS: &str = "SELECT COUNT(*) FROM labels l JOIN label_runs r ON r.id = l.run_id WHERE r.kind = 'serial'";
const MADE: &str = "SELECT CAST(SUM(made) AS BIGINT) FROM label_runs WHERE kind = 'serial'";

#[tokio::test]
async fn a_large_run_is_made_in_the_background_and_tells_how_far_it_is() {
    on_both_engines(async |app| {
        let sample = app.sample().await;
        app.run_jobs().await;
        let page = ordered(&sample, "52.000").await.expect(200);
        let path = page.url().path().to_owned();
        assert!(page.says("Đã tạo 0 trong 52.000 mã") && !page.has("form[action$='/in']"), "{page}");
        assert_eq!(page.attr("progress", "max"), "52000");
        assert_eq!(html::faults(&page, Lang::Vi), Vec::<String>::new());
        sample.owner.post(&format!("{path}/in"), &[]).await.expect(409);
        jobs::run_one(&app.app).await.unwrap();
        assert!(sample.owner.get(&path).await.says("Đã tạo 50.000 trong 52.000 mã"));
        assert_eq!(app.run_jobs().await, 1);
        let done = sample.owner.get(&path).await.expect(200);
        assert!(done.has("form[action$='/in']") && !done.has("progress"), "{done}");
        assert_eq!((app.count(SERIALS).await, app.count(ROWS).await), (52_000, 52_000));
    })
    .await;
}

#[tokio::test]
async fn a_run_whose_worker_died_goes_on_and_no_code_is_there_twice() {
    on_both_engines(async |app| {
        let sample = app.sample().await;
        app.run_jobs().await;
        ordered(&sample, "60.000").await.expect(200);
        // Two workers do the same job at once, as after a lease that ran out; each does it to its end.
        let job = {
            let mut conn = app.read().await;
            let mut cx = conn.cx();
            let sql = "SELECT id, commune_id, kind, payload, attempts, last_error, created_at FROM jobs";
            on!(cx, c => sqlx::query_as::<_, jobs::Job>(sql).fetch_one(c).await).unwrap()
        };
        let make = || sanvat::app::dispatch(&app.app, &job);
        let (one, other) = tokio::join!(make(), make());
        one.unwrap();
        other.unwrap();
        app.run_jobs().await;
        assert_eq!(app.count(MADE).await, 60_000);
        assert_eq!((app.count(SERIALS).await, app.count(ROWS).await), (60_000, 60_000));
    })
    .await;
}

#[tokio::test]
async fn a_run_can_be_stopped_and_what_was_made_is_void() {
    on_both_engines(async |app| {
        let sample = app.sample().await;
        app.run_jobs().await;
        let page = ordered(&sample, "70.000").await.expect(200);
        jobs::run_one(&app.app).await.unwrap();
        let stop = page.form("form[action$='/dung']");
        let stopped = stop.clone().submit().await.expect(200);
        assert!(stopped.says("Đã hủy") && stopped.says("đã dừng trước khi tạo xong"), "{stopped}");
        app.run_jobs().await;
        assert_eq!(app.count(ROWS).await, 50_000);
        let code = codes(&app, &page).await[7].compact();
        assert!(app.visitor().get(&format!("/t/{code}")).await.text(".status .say").contains("báo mất hoặc hủy"));
        stop.submit().await.expect(409);
    })
    .await;
}

#[tokio::test]
async fn counts_that_no_run_has_are_refused_in_words_and_two_at_once_get_their_own_numbers() {
    on_both_engines(async |app| {
        let sample = app.sample().await;
        app.run_jobs().await;
        let runs = app.count("SELECT COUNT(*) FROM label_runs").await;
        for wrong in ["0", "-5", "1.000.000.000", "99999999999999999999999", "mười"] {
            let page = ordered(&sample, wrong).await.expect(422);
            let said = page.error_of("so-tem");
            assert!(said.contains("Từ 1 đến 1.000.000") || said.contains("Ghi một số"), "{wrong}: {said}");
            assert_eq!(page.attr("input[name=so-tem]", "value"), wrong);
        }
        assert_eq!(app.count("SELECT COUNT(*) FROM label_runs").await, runs);
        let (one, other) = tokio::join!(ordered(&sample, "30"), ordered(&sample, "30"));
        assert_ne!(one.expect(200).url().path(), other.expect(200).url().path());
        assert_eq!(app.count(ROWS).await, 60);
    })
    .await;
}

#[tokio::test]
async fn printing_again_needs_a_reason_and_is_recorded_as_such() {
    on_both_engines(async |app| {
        let sample = app.sample().await;
        app.run_jobs().await;
        let page = ordered(&sample, "100").await.expect(200);
        assert!(page.attr("p.nhan img", "src").contains("/xem.svg?mau=a4-24"), "{page}");
        let svg = sample.owner.get(&page.attr("p.nhan img", "src")).await.expect(200);
        assert!(svg.body().starts_with("<svg") && svg.header("content-type").starts_with("image/svg+xml"));
        let form = page.form("form[action$='/in']").fill("tu", "1").fill("den", "48").fill("mau", "a4-24");
        let printed = form.submit().await.expect(200);
        assert_eq!(html::faults(&printed, Lang::Vi), Vec::<String>::new());
        let pdf = sample.owner.get(&printed.attr("#da-in a.btn", "href")).await.expect(200);
        assert!(pdf.header("content-type") == "application/pdf" && pdf.bytes().starts_with(b"%PDF"));

        let again = printed.form("form[action$='/in']").fill("tu", "40").fill("den", "60");
        let refused = again.clone().submit().await.expect(422);
        assert!(refused.error_of("ly-do").contains("đã in ngày 14/06/2026"), "{refused}");
        assert_eq!(refused.attr("input[name=den]", "value"), "60");
        let done = refused.form("form[action$='/in']").fill("ly-do", "Kẹt giấy").submit().await.expect(200);
        assert!(done.text("#da-in").contains("In lại") && done.text("#da-in").contains("Kẹt giấy"), "{done}");
        let fresh = done.form("form[action$='/in']").fill("tu", "61").fill("den", "100").submit().await.expect(200);
        assert_eq!(fresh.count("#da-in li"), 3);
        assert_eq!(app.count("SELECT COUNT(*) FROM label_prints WHERE reprint = TRUE").await, 1);
        assert_eq!(app.count("SELECT COUNT(*) FROM audit_log WHERE action = 'labels.reprint'").await, 1);
        let wrong = fresh.form("form[action$='/in']").fill("tu", "90").fill("den", "101").submit().await.expect(422);
        assert!(wrong.error_of("den").contains("Từ 90 đến 100"), "{wrong}");
        let stranger = app.register("Người lạ", "0987654321").await;
        stranger.get(&printed.attr("#da-in a.btn", "href")).await.expect(404);
    })
    .await;
}

#[tokio::test]
async fn what_lost_consent_or_was_recalled_after_the_order_is_not_printed() {
    on_both_engines(async |app| {
        let sample = app.sample().await;
        app.run_jobs().await;
        let page = ordered(&sample, "10").await.expect(200);
        let form = page.form("form[action$='/in']");
        let printed = form.submit().await.expect(200);
        let pdf = printed.attr("#da-in a.btn", "href");
        sample.owner.get(&pdf).await.expect(200);
        let again = printed.form("form[action$='/in']").fill("ly-do", "in thêm");
        withdraw(&app, sample.producer.id).await;
        assert!(again.submit().await.expect(409).says("bạn cần đồng ý"));
        sample.owner.get(&pdf).await.expect(409);
        assert!(!sample.owner.get(page.url().path()).await.expect(200).has("form[action$='/in']"));

        let product = app.product().of(sample.producer.id).approved().create().await;
        let officer = app.officer().await;
        let path = format!("/cua-toi/tem/moi?san-pham={}", product.short);
        assert_eq!(officer.get(&path).await.expect(200).h1(), "Cần bạn đồng ý trước");
    })
    .await;
}

#[tokio::test]
async fn a_product_that_lost_its_approval_is_not_printed() {
    on_both_engines(async |app| {
        let sample = app.sample().await;
        app.run_jobs().await;
        let page = ordered(&sample, "10").await.expect(200);
        let mut tx = app.begin().await;
        for sql in [
            "UPDATE products SET state = 'suspended', version = version + 1",
            "UPDATE product_register SET state = 'suspended'",
            "UPDATE producer_register SET products = 0",
        ] {
            let mut cx = tx.cx();
            on!(cx, c => sqlx::query(sql).execute(c).await.map(drop)).unwrap();
        }
        tx.commit().await.unwrap();
        let refused = page.form("form[action$='/in']").submit().await.expect(409);
        assert!(refused.says("chưa được duyệt"), "{refused}");
        page.form("form[action$='/ma']").submit().await.expect(409);
        assert_eq!(app.count("SELECT COUNT(*) FROM label_prints").await, 0);
    })
    .await;
}

#[tokio::test]
async fn codes_for_a_print_shop_come_with_count_and_checksum() {
    on_both_engines(async |app| {
        let sample = app.sample().await;
        app.run_jobs().await;
        let page = ordered(&sample, "6.000").await.expect(200);
        app.run_jobs().await;
        let page = sample.owner.get(page.url().path()).await.expect(200);
        let made = page.form("form[action$='/ma']").submit().await.expect(200);
        assert!(made.text("#da-in").contains("6.000 mã"), "{made}");
        let file = sample.owner.get(&made.attr("#da-in a.btn", "href")).await.expect(200);
        let sum = data_encoding::HEXLOWER.encode(&Sha256::digest(file.bytes()));
        assert_eq!(made.text("#da-in code.sum"), sum);
        let mut reader = csv::Reader::from_reader(file.bytes());
        assert_eq!(reader.headers().unwrap(), vec!["serial", "code", "url"]);
        let rows: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
        let codes = codes(&app, &page).await;
        assert_eq!(rows.len(), 6_000);
        for (at, row) in rows.iter().enumerate() {
            assert_eq!((row[0].parse().ok(), &row[1]), (Some(at + 1), codes[at].to_string().as_str()));
            assert!(row[2].starts_with("HTTP://") && row[2].ends_with(&format!("/T/{}", codes[at].compact())));
        }
        made.form("form[action$='/ma']").fill("ly-do", "").submit().await.expect(422);
        // What is declared void later does not change the file that was handed over.
        app.later(std::time::Duration::from_secs(60));
        let void = sample.owner.get(&format!("{}/huy", page.url().path())).await.form("main form");
        void.choose("pham-vi", "so").fill("so", "5-10").fill("ly-do", "Mất cuộn").submit().await.expect(200);
        let later = sample.owner.get(&made.attr("#da-in a.btn", "href")).await.expect(200);
        assert_eq!(later.bytes(), file.bytes());
    })
    .await;
}

#[tokio::test]
async fn a_lost_roll_is_void_at_once_and_its_labels_say_so_calmly() {
    on_both_engines(async |app| {
        let sample = app.sample().await;
        app.run_jobs().await;
        let page = ordered(&sample, "50").await.expect(200);
        let path = page.url().path().to_owned();
        let codes = codes(&app, &page).await;
        let scan = async |at: usize| app.visitor().get(&format!("/t/{}", codes[at].compact())).await.expect(200);
        for at in [9, 10, 19, 20] {
            assert!(scan(at).await.has(".status:not(.bad)"), "all are fine before");
        }
        let ask = sample.owner.get(&format!("{path}/huy")).await.expect(200);
        assert_eq!(html::faults(&ask, Lang::Vi), Vec::<String>::new());
        let form = ask.form("main form");
        let empty = form.clone().submit().await.expect(422);
        assert!(empty.error_of("ly-do").contains("lý do") && empty.error_of("pham-vi").contains("Chọn"), "{empty}");
        for (typed, said) in
            [("11-60", "nằm ngoài đợt này"), ("20-11", "nhỏ hơn"), ("ba", "không phải số"), ("", "Ghi số")]
        {
            let wrong = form.clone().choose("pham-vi", "so").fill("so", typed).fill("ly-do", "Mất cuộn");
            let page = wrong.submit().await.expect(422);
            assert!(page.error_of("so").contains(said), "{typed}: {page}");
            assert_eq!(page.attr("input[name=so]", "value"), typed);
        }
        let lost = form.choose("pham-vi", "so").fill("so", "11-20").fill("ly-do", "Mất một cuộn khi chở hàng");
        let done = lost.clone().submit().await.expect(200);
        assert!(done.says("Mất một cuộn khi chở hàng") && done.says("tem 11–20"), "{done}");
        for at in [10, 19] {
            let page = scan(at).await;
            assert!(page.text(".status .say").contains("đã được báo mất hoặc hủy ngày 14/06/2026"), "{page}");
            assert!(page.text(".status").contains("Mất một cuộn khi chở hàng"), "{page}");
            let json = app.visitor().program().get(&format!("/t/{}", codes[at].compact())).await.json();
            assert_eq!(json["status"], "voided");
        }
        for at in [9, 20] {
            assert!(scan(at).await.has(".status:not(.bad)"), "its neighbours are fine");
        }
        assert_eq!(lost.clone().submit().await.code(), 422, "these are void already");
        let late = lost.fill("so", "31").submit().await.expect(409);
        assert!(late.error_of("ly-do").contains("vừa có người thay đổi"), "{late}");
        assert_eq!(late.attr("input[name=so]", "value"), "31", "what was typed stays");
        late.form("main form").submit().await.expect(200);
        // Neither sheets nor files hold what is void.
        let form = done.form("form[action$='/in']").fill("tu", "11").fill("den", "20");
        assert!(form.submit().await.expect(422).error_of("tu").contains("đều đã bị hủy"));
        let whole = sample.owner.get(&format!("{path}/huy")).await.form("main form").choose("pham-vi", "ca-dot");
        let gone = whole.fill("ly-do", "In hỏng màu").submit().await.expect(200);
        assert!(gone.says("In hỏng màu") && !gone.has("form[action$='/in']"), "{gone}");
        assert!(scan(0).await.text(".status .say").contains("báo mất hoặc hủy"));
        assert_eq!(app.count("SELECT COUNT(*) FROM audit_log WHERE action = 'labels.void'").await, 3);
    })
    .await;
}

#[tokio::test]
async fn an_own_paper_is_measured_and_what_is_wrong_is_said_beside_its_field() {
    on_both_engines(async |app| {
        let sample = app.sample().await;
        app.run_jobs().await;
        let owner = &sample.owner;
        let new = format!("/cua-toi/tem/giay/moi?co-so={}", sample.producer.short);
        let page = owner.get(&new).await.expect(200);
        assert_eq!(html::faults(&page, Lang::Vi), Vec::<String>::new());
        let form = page.form("main form").fill("name", "Giấy 30 con").fill("columns", "3").fill("rows", "8");
        let off = form.clone().fill("label_width", "70,5").fill("pitch_x", "71").submit().await.expect(422);
        assert!(off.error_of("columns").contains("ra ngoài tờ A4"), "{off}");
        assert_eq!(off.attr("input[name=label_width]", "value"), "70,5");
        let over = form.clone().fill("pitch_y", "30").submit().await.expect(422);
        assert!(over.error_of("pitch_y").contains("chồng lên nhau 3,9 mm"), "{over}");
        let words = form.clone().fill("margin_top", "ba").fill("rows", "1,5").submit().await.expect(422);
        assert!(words.error_of("margin_top").contains("Ghi một số") && words.error_of("rows").contains("số nguyên"));
        form.clone().fill("offset_x", "-1,5").submit().await.expect(200);
        let list = form.fill("offset_x", "-1,5").submit().await.expect(200);
        assert!(list.says("Giấy 30 con") && list.says("24 tem một tờ A4"), "{list}");
        assert_eq!(app.count("SELECT COUNT(*) FROM label_papers").await, 1);
        let test_page = owner.get(&list.attr("a[href$='canh.pdf']", "href")).await.expect(200);
        assert!(test_page.bytes().starts_with(b"%PDF"));
    })
    .await;
}

/// Adds an own paper like the usual one; returns the path of its form.
async fn own_paper(sample: &Sample) -> String {
    let page = sample.owner.get(&format!("/cua-toi/tem/giay/moi?co-so={}", sample.producer.short)).await.expect(200);
    let list = page.form("main form").fill("name", "Giấy 24 con").fill("offset_x", "-1,5").submit().await.expect(200);
    list.attr(".rows a[href^='/cua-toi/tem/giay/']:not([href$=pdf])", "href")
}

#[tokio::test]
async fn the_second_editor_of_a_paper_is_told_and_strangers_find_none() {
    on_both_engines(async |app| {
        let sample = app.sample().await;
        app.run_jobs().await;
        let edit = own_paper(&sample).await;
        let first = sample.owner.get(&edit).await.expect(200);
        assert_eq!(first.attr("input[name=offset_x]", "value"), "-1,5");
        first.form("main form").fill("name", "Giấy ba mươi").submit().await.expect(200);
        let second = first.form("main form").fill("name", "Giấy khác").submit().await.expect(409);
        assert!(second.says("vừa sửa giấy này") && second.attr("input[name=name]", "value") == "Giấy khác");
        let stranger = app.register("Người lạ", "0987654321").await;
        let new = format!("/cua-toi/tem/giay/moi?co-so={}", sample.producer.short);
        for path in [&edit, &format!("{edit}/canh.pdf"), &new] {
            stranger.get(path).await.expect(404);
        }
    })
    .await;
}

#[tokio::test]
async fn what_was_chosen_is_offered_again_until_the_paper_is_put_aside() {
    on_both_engines(async |app| {
        let sample = app.sample().await;
        app.run_jobs().await;
        let edit = own_paper(&sample).await;
        let key = edit.rsplit('/').next().unwrap();
        let run = ordered(&sample, "30").await.expect(200);
        let form = run.form("form[action$='/in']").fill("mau", key).untick("in-them", "made_on");
        let printed = form.submit().await.expect(200);
        let pdf = printed.attr("#da-in a.btn", "href");
        sample.owner.get(&pdf).await.expect(200);
        assert!(!printed.has("input[value=made_on][checked]"), "what was chosen is kept");
        assert_eq!(printed.attr("select[name=mau] option[selected]", "value"), key);
        let put_aside = sample.owner.get(&edit).await.form("form[action$='/bo']").submit().await.expect(200);
        assert!(put_aside.says("Bạn chưa thêm loại giấy nào"), "{put_aside}");
        sample.owner.get(&pdf).await.expect(200);
        assert_eq!(ordered(&sample, "5").await.attr("select[name=mau] option[selected]", "value"), "a4-24");
    })
    .await;
}

#[tokio::test]
async fn every_paper_on_offer_prints_with_a_name_of_300_characters_and_says_what_is_cut() {
    on_both_engines(async |app| {
        let sample = app.sample().await;
        let name = "Vải thiều sấy dẻo hạng nhất của vườn ven sông ".repeat(7).chars().take(300).collect::<String>();
        let product = app.product().named(name.trim()).of(sample.producer.id).priced(45_000).approved().create().await;
        app.run_jobs().await;
        let order = sample.owner.get(&format!("/cua-toi/tem/moi?san-pham={}", product.short)).await.expect(200);
        let mut page = order.form("main form").fill("so-tem", "40").submit().await.expect(200);
        for key in page.attrs("select[name=mau] option", "value") {
            let path = format!("{}?mau={key}&chon=1&in-them=price", page.url().path());
            let shown = sample.owner.get(&path).await.expect(200);
            if key == "roll-30x20" {
                assert!(shown.text(".note.wait li").contains("Tên sản phẩm: chỉ in được"), "{shown}");
            }
            let form = shown.form("form[action$='/in']");
            let form = if shown.has("input[name=ly-do]") { form.fill("ly-do", "thử") } else { form };
            page = form.submit().await.expect(200);
            let pdf = sample.owner.get(&page.attr("#da-in a.btn", "href")).await.expect(200);
            assert!(pdf.bytes().starts_with(b"%PDF"), "{key}");
        }
        assert!(page.count("#da-in li") >= 12, "{page}");
    })
    .await;
}
