//! The public notices and their feed.

use std::time::Duration;

use sanvat::producers::model::ConsentField;
use sanvat::web::i18n::Lang;

use super::{begin, chain, confirm, new_lot};
use crate::support::{html, on_both_engines};

#[tokio::test]
async fn notices_stand_first_and_are_kept_once_ended() {
    on_both_engines(async |app| {
        let chain = chain(&app).await;
        let officer = app.officer().await;
        let apart = new_lot(&app, &chain.other).await;
        confirm(&begin(&officer, &chain.first, "real").await.expect(200), "Lý do một").await.expect(200);
        app.later(Duration::from_secs(3600));
        confirm(&begin(&officer, &apart, "real").await.expect(200), "Lý do hai").await.expect(200);
        let lift = officer.get("/van-phong/thu-hoi/2/thoi").await.expect(200).form("main form");
        lift.fill("reason", "Kiểm lại đạt").submit().await.expect(200);

        let list = app.visitor().get("/thu-hoi").await.expect(200);
        assert_eq!(list.attrs("main ul.rows a", "href"), ["/thu-hoi/1", "/thu-hoi/2"]);
        assert!(list.text("section:nth-of-type(2)").contains("Đã thôi"), "{list}");
        assert_eq!(list.header("cache-control"), "public, max-age=60");
        assert_eq!(list.attr("link[type='application/atom+xml']", "href"), "/thu-hoi.atom?lang=vi");
        let ended = app.visitor().get("/thu-hoi/2").await.expect(200);
        assert!(ended.says("Đã thôi thu hồi từ") && ended.says("Kiểm lại đạt") && ended.says("Lý do hai"), "{ended}");
        let standing = app.visitor().get("/thu-hoi/1").await.expect(200);
        assert_eq!(standing.count("section[aria-labelledby=lo] li"), 3, "{standing}");
        assert!(standing.says("Ngừng dùng") && standing.says("Nguy hiểm"), "{standing}");
        for lang in Lang::ALL {
            for path in ["/thu-hoi", "/thu-hoi/1", "/thu-hoi/2"] {
                let page = app.visitor().get(&format!("{path}?lang={}", lang.tag())).await.expect(200);
                assert_eq!(html::faults(&page, lang), Vec::<String>::new());
                assert_eq!(page.header("cache-control"), "no-store", "it sets the language");
            }
        }
    })
    .await;
}

#[tokio::test]
async fn a_producer_is_named_only_if_it_agreed_to() {
    on_both_engines(async |app| {
        let agreed = app.producer().named("Hộ đồng ý").consenting([ConsentField::Labels]).approved().create().await;
        let silent = app.producer().named("Hộ kín tiếng").approved().create().await;
        let officer = app.officer().await;
        for (producer, path, named) in [(agreed.id, "/thu-hoi/1", true), (silent.id, "/thu-hoi/2", false)] {
            let product = app.product().of(producer).approved().create().await;
            let lot = new_lot(&app, &product).await;
            confirm(&begin(&officer, &lot, "real").await.expect(200), "mẫu").await.expect(200);
            let page = app.visitor().get(path).await.expect(200);
            assert_eq!(page.says("Hộ đồng ý") || page.says("Hộ kín tiếng"), named, "{page}");
            assert!(!page.says("0912345678"), "{page}");
        }
        app.run_jobs().await;
    })
    .await;
}

#[tokio::test]
async fn the_feed_keeps_its_ids_and_tells_what_changed() {
    on_both_engines(async |app| {
        let chain = chain(&app).await;
        let officer = app.officer().await;
        confirm(&begin(&officer, &chain.first, "real").await.expect(200), "Hỏng <b> & mốc").await.expect(200);
        let feed = app.visitor().get("/thu-hoi.atom").await.expect(200);
        assert_eq!(feed.header("content-type"), "application/atom+xml; charset=utf-8");
        assert_eq!(feed.header("cache-control"), "public, max-age=60");
        let first = feed.body();
        let between = |text: &str, open: &str, close: &str| {
            let rest = text.split(open).nth(1).unwrap_or_default();
            rest.split(close).next().unwrap_or_default().to_owned()
        };
        let entry = between(&first, "<entry>", "</entry>");
        let (id, updated) = (between(&entry, "<id>", "</id>"), between(&entry, "<updated>", "</updated>"));
        assert!(id.starts_with("urn:uuid:"), "{first}");
        assert_eq!(between(&first, "<updated>", "</updated>"), updated);
        assert!(entry.contains("Thu hồi: Rau cải mẫu") && !entry.contains("<b>"), "{entry}");
        let tag = feed.header("etag").to_owned();
        app.visitor().with_header("if-none-match", &tag).get("/thu-hoi.atom").await.expect(304);

        app.later(Duration::from_secs(60));
        let lift = officer.get("/van-phong/thu-hoi/1/thoi").await.expect(200).form("main form");
        lift.fill("reason", "Kiểm lại đạt").submit().await.expect(200);
        let changed = app.visitor().with_header("if-none-match", &tag).get("/thu-hoi.atom").await.expect(200).body();
        let entry = between(&changed, "<entry>", "</entry>");
        assert_eq!(between(&entry, "<id>", "</id>"), id);
        assert!(between(&entry, "<updated>", "</updated>") > updated, "{entry}");
        assert!(entry.contains("Đã thôi thu hồi") && entry.contains("Kiểm lại đạt"), "{entry}");
        let english = app.visitor().get("/thu-hoi.atom?lang=en").await.expect(200).body();
        assert!(english.contains("xml:lang=\"en\"") && english.contains("Recall ended"), "{english}");
    })
    .await;
}
