//! Public pages and the catalogue's API: `/san-pham`, `/co-so`, enquiries, `/api/v1/products`.

use sanvat::producers::model::{ConsentField, State};

use crate::support::on_both_engines;

#[tokio::test]
async fn a_product_is_found_without_marks_once_it_is_approved() {
    on_both_engines(async |app| {
        let visitor = app.visitor();
        let sample = app.sample().await;
        app.product().named("Mật ong mẫu").of(sample.producer.id).submitted().create().await;
        app.run_jobs().await;
        let found = visitor.get("/san-pham?q=vai%20thieu").await.expect(200);
        assert_eq!(found.texts(".cards h3"), ["Vải thiều mẫu"]);
        assert_eq!(found.texts(".cards mark").concat().to_lowercase().replace(' ', ""), "vải thiều".replace(' ', ""));
        assert_eq!(visitor.get("/san-pham?q=mat%20ong").await.expect(200).count(".side .cards.gap li"), 0);
    })
    .await;
}

#[tokio::test]
async fn nothing_found_leads_on() {
    on_both_engines(async |app| {
        app.sample().await;
        app.run_jobs().await;
        let page = app.visitor().get("/san-pham?q=qwertyuiop&stars=5").await.expect(200);
        assert!(page.says("Không tìm thấy"), "{page}");
        assert!(page.attrs(".rows a", "href").iter().any(|url| url == "/san-pham?q=qwertyuiop"), "{page}");
    })
    .await;
}

#[tokio::test]
async fn a_wrong_name_in_the_address_moves_to_the_right_one() {
    on_both_engines(async |app| {
        let sample = app.sample().await;
        let visitor = app.visitor().stays_on_redirect();
        let moved = visitor.get(&format!("/san-pham/ten-khac-{}", sample.product.short)).await.expect(301);
        assert_eq!(moved.location(), sample.product.path());
        visitor.get(&sample.product.path()).await.expect(200);
        visitor.get("/san-pham/khong-co-zzzzzzzz").await.expect(404);
        app.run_jobs().await;
    })
    .await;
}

#[tokio::test]
async fn contact_is_shown_only_with_consent() {
    on_both_engines(async |app| {
        let village = app.village("Nam").await;
        let open = [ConsentField::Phone];
        let open = app.producer().named("Hộ công khai").in_village(village).consenting(open).approved().create().await;
        let shut = app.producer().named("Hộ kín").in_village(village).approved().create().await;
        let visitor = app.visitor();
        let page = visitor.get(&open.path()).await.expect(200);
        assert!(page.body().contains("0912345678") && !page.body().contains("Nguyễn Thị Mẫu"), "{page}");
        let page = visitor.get(&shut.path()).await.expect(200);
        assert!(!page.body().contains("0912345678") && !page.body().contains("bờ sông mẫu"), "{page}");
        app.run_jobs().await;
    })
    .await;
}

#[tokio::test]
async fn what_was_suspended_is_gone_from_every_page_at_once() {
    on_both_engines(async |app| {
        let sample = app.sample().await;
        app.run_jobs().await;
        let content = sample.producer.content.clone();
        let mut tx = app.begin().await;
        let mut cx = tx.cx();
        let suspended = sanvat::producers::store::update(
            &mut cx,
            app.commune,
            sample.producer.id,
            State::Suspended,
            &content,
            sample.producer.version,
            app.now(),
        )
        .await;
        assert!(suspended.unwrap());
        tx.commit().await.unwrap();
        let visitor = app.visitor();
        visitor.get(&sample.product.path()).await.expect(404);
        visitor.get(&sample.producer.path()).await.expect(404);
        // The index was not told yet: rows are read from the database, which was.
        assert_eq!(visitor.get("/san-pham").await.expect(200).count(".cards h3"), 0);
        assert!(!visitor.get("/sitemap.xml").await.expect(200).body().contains(&sample.product.short));
    })
    .await;
}

#[tokio::test]
async fn a_question_reaches_its_producer_once_however_often_it_is_sent() {
    on_both_engines(async |app| {
        let sample = app.sample().await;
        app.run_jobs().await;
        let visitor = app.visitor();
        let page = visitor.get(&sample.product.path()).await.expect(200);
        let lan = page.attr("#hoi-mua [name=lan]", "value");
        let ask = format!("{}/hoi-mua", sample.product.path());
        let wrong = visitor.post(&ask, &[("lan", &lan), ("message", "Mua 5 kg"), ("phone", "123")]).await.expect(422);
        assert!(!wrong.error_of("phone").is_empty(), "{wrong}");
        assert!(wrong.text("#f-message").contains("Mua 5 kg"), "{wrong}");
        for _ in 0..2 {
            let fields = [("lan", lan.as_str()), ("message", "Mua 5 kg <b>"), ("phone", "0987 654 321")];
            visitor.post(&ask, &fields).await.expect(200);
        }
        let home = sample.owner.get("/cua-toi").await.expect(200);
        let link = "main a[href='/cua-toi/hoi-mua']";
        assert!(home.text(link).contains("Hỏi mua") && home.text(link).contains("1 chưa trả lời"), "{home}");
        let english = sample.owner.get("/cua-toi?lang=en").await.expect(200);
        assert!(english.text(link).contains("Enquiries") && english.text(link).contains("1 unanswered"), "{english}");
        let inbox = sample.owner.get("/cua-toi/hoi-mua?lang=vi").await.expect(200);
        assert_eq!(inbox.count("article"), 1, "{inbox}");
        assert!(inbox.says("Mua 5 kg <b>") && inbox.body().contains("tel:0987654321"), "{inbox}");
        let action = inbox.attr("article form", "action");
        let stranger = app.owner_of(app.producer().named("Hộ khác").approved().create().await.id).await;
        stranger.post(&action, &[]).await.expect(404);
        let after = sample.owner.post(&action, &[]).await.expect(200);
        assert!(after.says("Đã trả lời") && !after.has("article form"), "{after}");
        let home = sample.owner.get("/cua-toi").await.expect(200);
        assert!(!home.has(&format!("{link} .tag")), "nothing is left to answer: {home}");
        app.run_jobs().await;
    })
    .await;
}

#[tokio::test]
async fn the_api_pages_through_all_and_names_what_makes_no_sense() {
    on_both_engines(async |app| {
        let producer = app.producer().approved().create().await;
        for n in 1..=5 {
            app.product().named(&format!("Ổi mẫu {n}")).of(producer.id).priced(n * 1000).approved().create().await;
        }
        app.run_jobs().await;
        let program = app.visitor().program();
        let (mut prices, mut cursor) = (Vec::new(), String::new());
        loop {
            let page = program.get(&format!("/api/v1/products?q=oi&sort=price_asc&limit=2&cursor={cursor}")).await;
            let page = page.expect(200).json();
            assert_eq!(page["total"], 5);
            assert_eq!(page["engine"], "embedded");
            prices.extend(page["items"].as_array().unwrap().iter().map(|item| item["price"]["min"].as_i64().unwrap()));
            match page["next_cursor"].as_str() {
                Some(next) => cursor = next.to_owned(),
                None => break,
            }
        }
        assert_eq!(prices, [1000, 2000, 3000, 4000, 5000]);
        for (query, field) in [
            ("limit=0", "limit"),
            ("limit=101", "limit"),
            ("season=13", "season"),
            ("stars=2", "stars"),
            ("price_min=x", "price_min"),
            ("cursor=x", "cursor"),
            ("category=x", "category"),
        ] {
            let refused = program.get(&format!("/api/v1/products?{query}")).await.expect(422);
            assert_eq!(refused.header("content-type"), "application/problem+json");
            assert_eq!(refused.json()["errors"][0]["field"], field, "{query}");
        }
    })
    .await;
}

#[tokio::test]
async fn text_of_people_is_never_markup() {
    on_both_engines(async |app| {
        let evil = "<script>alert(1)</script>";
        let producer = app.producer().named(evil).with(|p| p.story = evil.to_owned()).approved().create().await;
        let product = app.product().named(evil).of(producer.id);
        let product = product.with(|p| (p.description, p.story) = (evil.to_owned(), evil.to_owned()));
        let product = product.approved().create().await;
        app.run_jobs().await;
        let visitor = app.visitor();
        let addresses =
            ["/".to_owned(), "/san-pham?q=alert".to_owned(), "/co-so".to_owned(), product.path(), producer.path()];
        for address in addresses {
            let page = visitor.get(&address).await.expect(200);
            assert!(!page.body().contains(evil), "{address}");
        }
    })
    .await;
}

#[tokio::test]
async fn a_shared_link_brings_a_picture_drawn_here() {
    on_both_engines(async |app| {
        let sample = app.sample().await;
        app.run_jobs().await;
        let visitor = app.visitor();
        let page = visitor.get(&sample.product.path()).await.expect(200);
        let url = page.attr("meta[property='og:image']", "content");
        let path = url.strip_prefix(&app.url()).expect("an address of this site").to_owned();
        let label = visitor.get(&sample.label).await.expect(200);
        assert_eq!(label.attr("meta[property='og:image']", "content"), url, "the same from its label's page");
        let picture = visitor.get(&path).await.expect(200);
        assert_eq!(picture.header("content-type"), "image/jpeg");
        let size = image::load_from_memory(picture.bytes()).expect("a picture").into_rgb8().dimensions();
        assert_eq!(size, (1200, 630));
        assert_eq!(visitor.get(&path).await.expect(200).bytes(), picture.bytes(), "the same again");
        visitor.get("/chia-se/zzzzzzzz.jpg").await.expect(404);
        visitor.get(path.trim_end_matches(".jpg")).await.expect(404);

        // What is suspended has none any more, and a warning is not shared with a picture that praises.
        let lot = sample.lot.rsplit('/').next().unwrap();
        app.recall(lot, "Không dùng lô này.").await;
        let label = visitor.get(&sample.label).await.expect(200);
        assert!(!label.attrs("meta[property='og:image']", "content").contains(&url), "{label}");
        let (producer, content) = (&sample.producer, &sample.producer.content);
        let mut tx = app.begin().await;
        let (store, state) = (&mut tx.cx(), State::Suspended);
        let version = producer.version;
        let done =
            sanvat::producers::store::update(store, app.commune, producer.id, state, content, version, app.now());
        assert!(done.await.unwrap());
        tx.commit().await.unwrap();
        visitor.get(&path).await.expect(404);
        app.run_jobs().await;
    })
    .await;
}
