//! OCOP decisions: recorded by the office, shown to buyers.

use crate::support::on_both_engines;

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
