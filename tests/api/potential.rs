//! `/van-phong/ra-soat`: the yearly review, the list of potential products, and support proposed from it.

use crate::support::{Form, Page, TestApp, Visitor, on_both_engines};

const LIST: &str = "/van-phong/ra-soat";
const OFFICIAL: &str = "/van-phong/ra-soat/danh-sach";
/// The form of a review.
const REVIEW: &str = "main form[method=post]";

async fn review(officer: &Visitor, short: &str) -> Form {
    officer.get(&format!("{LIST}/san-pham/{short}")).await.expect(200).form(REVIEW)
}

/// A form as it comes, with nothing ticked but this.
fn lacking(form: Form, gaps: &[&str]) -> Form {
    let all = form.choices("thieu");
    let blank = all.iter().fold(form, |form, gap| form.untick("thieu", gap));
    gaps.iter().fold(blank, |form, gap| form.choose("thieu", gap))
}

fn rows(page: &Page) -> usize {
    page.count("table.grid tbody tr th a[href*='/san-pham/']")
}

#[tokio::test]
async fn a_product_is_reviewed_and_stands_in_the_official_list_with_what_it_lacks() {
    on_both_engines(async |app| {
        let sample = app.sample().await;
        let officer = app.officer().await;
        let list = officer.get(LIST).await.expect(200);
        assert!(list.says("Chưa rà soát") && list.says("0 / 1"), "{list}");
        assert!(
            officer.get(OFFICIAL).await.expect(200).says("Chưa có sản phẩm nào"),
            "nothing is potential unreviewed"
        );

        let form = review(&officer, &sample.product.short).await;
        assert!(form.is_on("thieu", "brand") && !form.is_on("thieu", "traceability"), "told by what is known");
        let refused = lacking(form.clone(), &["brand"]).fill("ai-brand", "").fill("han-brand", "31/02").submit().await;
        let refused = refused.expect(422);
        assert!(!refused.error_of("ocop").is_empty() && !refused.error_of("ai-brand").is_empty(), "{refused}");
        assert!(refused.error_of("han-brand").contains("chưa đúng"), "{refused}");
        assert_eq!(refused.form(REVIEW).value("han-brand"), "31/02");
        let form = lacking(form, &["brand", "packaging"]).choose("ocop", "yes").choose("so", "later");
        let form = form.fill("viec-packaging", "Hộp giấy 2 kg").fill("ghi-chu", "Làm trước mùa vải");
        form.clone().submit().await.expect(200);
        form.submit().await.expect(200); // Sent twice: it is the same review.
        assert_eq!(app.count("SELECT COUNT(*) FROM potential_reviews").await, 1);
        assert_eq!(app.count("SELECT version FROM potential_reviews").await, 1);
        assert_eq!(app.count("SELECT COUNT(*) FROM audit_log WHERE action = 'potential.review'").await, 1);

        let official = officer.get(OFFICIAL).await.expect(200);
        assert_eq!(rows(&official), 1);
        assert!(
            official.says("Bao bì, nhãn; Nhãn hiệu, thương hiệu") && official.says("Phòng Kinh tế ("),
            "{official}"
        );
        assert_eq!(rows(&officer.get(&format!("{OFFICIAL}?ket-qua=kenh-so")).await), 0, "for digital channels: later");
        for (query, count) in [("ket-qua=chua", 0), ("ket-qua=ocop", 1), ("thieu=brand", 1), ("thieu=story", 0)] {
            assert_eq!(rows(&officer.get(&format!("{LIST}?{query}")).await), count, "{query}");
        }
        assert_eq!(rows(&officer.get(&format!("{LIST}?nam=2025&ket-qua=roi")).await), 0, "another year");
        let mine = sample.owner.get("/cua-toi/ho-tro").await.expect(200);
        assert!(mine.says("Xã đề nghị hoàn thiện") && mine.says("Hộp giấy 2 kg"), "{mine}");
    })
    .await;
}

#[tokio::test]
async fn the_second_of_two_officers_is_told_and_what_is_no_longer_missing_is_dropped_not_lost() {
    on_both_engines(async |app| {
        let sample = app.sample().await;
        let (first, second) = (app.officer().await, app.officer().await);
        let short = &sample.product.short;
        let (mine, theirs) = (review(&first, short).await, review(&second, short).await);
        let mine = lacking(mine, &["brand"]).choose("ocop", "yes").choose("so", "yes");
        mine.submit().await.expect(200);
        let theirs = lacking(theirs, &["volume"]).choose("ocop", "no").choose("so", "no").fill("ghi-chu", "bản kia");
        let told = theirs.submit().await.expect(409);
        assert!(told.says("vừa rà soát") && told.form(REVIEW).value("ghi-chu") == "bản kia", "{told}");
        assert_eq!(app.count("SELECT COUNT(*) FROM potential_gaps WHERE gap = 'volume'").await, 0);
        told.form(REVIEW).submit().await.expect(200);
        assert_eq!(app.count("SELECT COUNT(*) FROM potential_reviews WHERE ocop = 'no' AND version = 2").await, 1);
        let dropped = "SELECT COUNT(*) FROM potential_gaps WHERE gap = 'brand' AND state = 'dropped'";
        assert_eq!(app.count(dropped).await, 1);
        let done = lacking(review(&first, short).await, &["volume"]).choose("xong-volume", "1");
        done.submit().await.expect(200);
        assert_eq!(app.count("SELECT COUNT(*) FROM potential_gaps WHERE gap = 'volume' AND state = 'done'").await, 1);
        assert!(review(&first, short).await.is_on("xong-volume", "1"));
        app.viewer().await.post(&format!("{LIST}/san-pham/{short}"), &[("ocop", "yes")]).await.expect(403);
        first.get(&format!("{LIST}/san-pham/zzzzzzzz")).await.expect(404);
    })
    .await;
}

#[tokio::test]
async fn support_is_proposed_once_for_what_is_missing_and_again_where_it_was_voided() {
    on_both_engines(async |app| {
        app.support_kinds().await;
        let sample = app.sample().await;
        let officer = app.officer().await;
        let short = &sample.product.short;
        let form = lacking(review(&officer, short).await, &["packaging"]).choose("ocop", "yes").choose("so", "no");
        form.fill("viec-packaging", "Hộp giấy").submit().await.expect(200);
        let page = "/van-phong/ra-soat/de-xuat?thieu=packaging";
        let form = officer.get(page).await.expect(200).form(REVIEW);
        assert_eq!(form.value("loai"), "packaging");
        assert!(!form.clone().submit().await.expect(422).error_of("chon").is_empty());
        let chosen = form.choices("chon").remove(0);
        let form = form.choose("chon", &chosen).fill("du-toan", "2 triệu");
        let both = futures_util::future::join(form.clone().submit(), form.clone().submit()).await;
        both.0.expect(200);
        both.1.expect(200);
        assert_eq!(app.count("SELECT COUNT(*) FROM support_records WHERE state = 'proposed'").await, 1);
        assert_eq!(app.count("SELECT budgeted FROM support_records WHERE note = 'Hộp giấy'").await, 2_000_000);
        assert!(officer.get(page).await.expect(200).says("Không còn sản phẩm tiềm năng nào"));
        let product = officer.get(&format!("{LIST}/san-pham/{short}")).await.expect(200);
        let record = product.attr("main a[href^='/van-phong/ho-tro/0']", "href");

        let bo = officer.get(&format!("{record}/bo")).await.expect(200).form("main form");
        bo.fill("ly-do", "Ghi nhầm").submit().await.expect(200);
        let again = officer.get(page).await.expect(200).form(REVIEW);
        let again = again.choose("chon", &chosen).fill("du-toan", "3 triệu");
        again.submit().await.expect(200);
        assert_eq!(app.count("SELECT COUNT(*) FROM support_records WHERE state = 'proposed'").await, 1);
        assert_eq!(app.count("SELECT COUNT(*) FROM support_records").await, 2);

        let record = officer.get(&format!("{LIST}/san-pham/{short}")).await.expect(200);
        let record = record.attr("main a[href^='/van-phong/ho-tro/0']", "href");
        for step in ["duyet", "giao"] {
            officer.get(&format!("{record}/{step}")).await.expect(200).form("main form").submit().await.expect(200);
        }
        assert_eq!(rows(&officer.get(&format!("{LIST}?thieu=packaging")).await), 0, "what was given is not missing");
        assert!(officer.get(OFFICIAL).await.expect(200).count("table.grid tbody tr") == 1);
    })
    .await;
}

#[tokio::test]
async fn the_next_year_begins_from_what_the_last_left_to_do() {
    on_both_engines(async |app| {
        let sample = app.sample().await;
        let other = app.product().of(sample.producer.id).named("Ổi mẫu").approved().create().await;
        let officer = app.officer().await;
        let form = lacking(review(&officer, &sample.product.short).await, &["brand", "standard"]);
        let form = form.choose("ocop", "later").choose("so", "yes").choose("xong-standard", "1");
        let next = form.press("tiep=1").await.expect(200);
        assert!(next.url().path().ends_with(&other.short), "the next that nobody looked at: {}", next.url());
        let form = lacking(next.form(REVIEW), &[]).choose("ocop", "no").choose("so", "no");
        let end = form.press("tiep=1").await.expect(200);
        assert_eq!(end.url().path(), LIST);
        assert!(end.says("2 / 2"), "{end}");

        app.later(std::time::Duration::from_hours(24 * 366));
        let officer = app.officer().await;
        let late = officer.get(&format!("{LIST}?nam={}&han=qua", app.today().year() - 1)).await.expect(200);
        assert_eq!(rows(&late), 1, "the day of the brand is over");
        let page = officer.get(&format!("{LIST}/san-pham/{}", sample.product.short)).await.expect(200);
        assert!(page.says("Điền sẵn theo rà soát năm"), "{page}");
        let form = page.form(REVIEW);
        assert!(form.is_on("thieu", "brand") && !form.is_on("thieu", "standard"));
        assert!(form.is_on("ocop", "later"));
    })
    .await;
}

#[tokio::test]
async fn files_hold_exactly_the_rows_on_screen_and_the_official_list_is_a_paper() {
    on_both_engines(async |app: TestApp| {
        let sample = app.sample().await;
        let officer = app.officer().await;
        for (n, ocop) in ["yes", "no", "yes"].iter().enumerate() {
            let product = app.product().of(sample.producer.id).named(&format!("Ổi mẫu {n}")).approved().create().await;
            let form = lacking(review(&officer, &product.short).await, &["story"]);
            form.choose("ocop", ocop).choose("so", "no").submit().await.expect(200);
        }
        for (list, count) in [(LIST.to_owned(), 4), (OFFICIAL.to_owned(), 2), (format!("{LIST}?q=oi+mau+1"), 1)] {
            assert_eq!(rows(&officer.get(&list).await.expect(200)), count, "{list}");
            let (path, query) = list.split_once('?').unwrap_or((&list, ""));
            for format in ["csv", "xlsx", "pdf", "docx"] {
                let ask = officer.get(&format!("{path}/tai?{query}&dang={format}")).await.expect(200);
                let file = ask.form("main form").fill("muc-dich", "Họp giao ban").submit().await.expect(200);
                assert!(!file.bytes().is_empty(), "{format}");
                if format == "csv" {
                    let lines = file.body().lines().filter(|line| line.contains("mẫu")).count();
                    assert!(lines >= count, "{lines} of {count}: {}", file.body());
                }
            }
        }
        assert_eq!(app.count("SELECT COUNT(*) FROM exports WHERE row_count = 4").await, 4);
        assert_eq!(app.count("SELECT COUNT(*) FROM exports WHERE row_count = 2").await, 4);
        assert_eq!(app.count("SELECT COUNT(*) FROM exports WHERE row_count = 1").await, 4);
    })
    .await;
}
