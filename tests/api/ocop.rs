//! OCOP decisions: recorded by the office, shown to buyers.

use crate::support::{Sample, TestApp, on_both_engines};

#[tokio::test]
async fn a_product_shows_the_same_stars_on_its_page_and_in_the_catalogue() {
    on_both_engines(async |app| {
        let sample = app.sample().await;
        let officer = app.officer().await;
        let path = format!("/van-phong/san-pham/{}", sample.product.short);
        for (number, ago, stars) in [("12/QĐ-UBND", -20, "4"), ("15/QĐ-UBND", -10, "2")] {
            let page = officer.get(&path).await.expect(200);
            let form = page.form("form[action$=ocop]").fill("so", number).fill("co-quan", "UBND thành phố");
            let day = app.today().plus_days(ago).text();
            form.fill("ngay", &day).fill("sao", stars).submit().await.expect(200);
        }
        app.run_jobs().await;
        let visitor = app.visitor();
        let page = visitor.get(&sample.product.path()).await.expect(200);
        assert!(page.says("OCOP 4 sao"), "two stars are none, and end no term: {page}");
        let found = visitor.get("/san-pham?stars=4").await.expect(200);
        assert!(found.says(&sample.product.name), "{found}");
    })
    .await;
}

#[tokio::test]
async fn an_ocop_decision_lasts_36_months_and_is_recorded_once() {
    on_both_engines(async |app| {
        let sample = app.sample().await;
        let officer = app.officer().await;
        let path = format!("/van-phong/san-pham/{}", sample.product.short);
        let page = officer.get(&path).await.expect(200);
        let day = app.today().plus_days(-10).text();
        let filled = || {
            let form = page.form("form[action$=ocop]").fill("so", "12/QĐ-UBND").fill("ngay", &day);
            form.fill("co-quan", "UBND thành phố").fill("sao", "4")
        };
        filled().submit().await.expect(200);
        let again = filled().submit().await.expect(200);
        assert!(again.says("4 sao") && again.says("Còn hạn đến 04/06/2029"), "{again}");
        assert_eq!(app.count("SELECT COUNT(*) FROM ocop_decisions").await, 1);
        let table = officer.get("/van-phong/san-pham?ocop=4").await.expect(200);
        assert_eq!(table.count("table.grid tbody tr"), 1);
        assert_eq!(officer.get("/van-phong/san-pham?ocop=khong").await.count("table.grid tbody tr"), 0);
        app.run_jobs().await;
    })
    .await;
}

/// The public pages, feeds and answers in which four stars stand.
async fn where_shown(app: &TestApp, sample: &Sample) -> Vec<String> {
    app.run_jobs().await;
    let (visitor, program) = (app.visitor(), app.visitor().program());
    let pages = [
        ("/".to_owned(), "OCOP 4 sao"),
        ("/san-pham".to_owned(), "OCOP 4 sao"),
        ("/san-pham?q=vai".to_owned(), "OCOP 4 sao"),
        (sample.product.path(), "OCOP 4 sao"),
        (sample.producer.path(), "OCOP 4 sao"),
        (sample.label.clone(), "4 sao"),
    ];
    let mut shown = Vec::new();
    for (path, words) in pages {
        let page = visitor.get(&path).await.expect(200);
        if page.says(words) || page.body().contains("12/QĐ-UBND") {
            shown.push(path);
        }
    }
    let found = program.get("/api/v1/products?stars=4").await.expect(200).json();
    if found["total"] != 0 {
        shown.push("found by its stars".to_owned());
    }
    for path in ["/api/v1/products".to_owned(), sample.label.clone()] {
        let answer = program.get(&path).await;
        assert!(answer.status() == 200, "{path}: {}", answer.status());
        if answer.body().contains("\"stars\":4") || answer.body().contains("12/QĐ-UBND") {
            shown.push(format!("{path} as JSON"));
        }
    }
    shown
}

async fn four_stars(app: &TestApp, sample: &Sample) {
    let page = app.officer().await.get(&format!("/van-phong/san-pham/{}", sample.product.short)).await.expect(200);
    let form = page.form("form[action$=ocop]").fill("so", "12/QĐ-UBND").fill("co-quan", "UBND thành phố");
    let day = app.today().plus_days(-3).text();
    form.fill("ngay", &day).fill("sao", "4").submit().await.expect(200);
}

#[tokio::test]
async fn stars_that_were_taken_back_or_have_ended_are_shown_nowhere() {
    Box::pin(on_both_engines(async |app| {
        let sample = app.sample().await;
        assert_eq!(where_shown(&app, &sample).await, Vec::<String>::new());
        four_stars(&app, &sample).await;
        let everywhere = where_shown(&app, &sample).await;
        assert!(everywhere.len() >= 8, "{everywhere:?}");
        let officer = app.officer().await;
        let page = officer.get(&format!("/van-phong/san-pham/{}", sample.product.short)).await.expect(200);
        let void = officer.get(&page.attr("a[href*='/quyet-dinh/']", "href")).await.expect(200).form("main form");
        void.fill("ly-do", "Nhầm sản phẩm").submit().await.expect(200);
        assert_eq!(where_shown(&app, &sample).await, Vec::<String>::new(), "taken back");

        four_stars(&app, &sample).await;
        assert_eq!(where_shown(&app, &sample).await, everywhere);
        // The last day of 36 months, and the day after it. Nobody writes anything.
        let ends = sanvat::products::model::ocop_term_ends(app.today().plus_days(-3));
        let left = ends.days_since(app.today());
        app.later(std::time::Duration::from_hours(24 * left as u64));
        assert_eq!(app.today(), ends);
        assert_eq!(where_shown(&app, &sample).await, everywhere, "on the last day");
        app.later(std::time::Duration::from_hours(24));
        assert_eq!(where_shown(&app, &sample).await, Vec::<String>::new(), "after the last day");
    }))
    .await;
}
