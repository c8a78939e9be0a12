//! Searching: `/san-pham?q=`, `/api/v1/products`, `/api/v1/suggest`, what was searched in vain.

use std::time::Duration;

use sanvat::market::popularity;
use sanvat::products::model::Availability;
use serde_json::Value;

use crate::support::{TestApp, on_both_engines, on_both_engines_with};

/// Products of two producers, found by the index.
async fn market(app: &TestApp) {
    let village = app.village("Đông").await;
    let orchard = app.producer().named("Vườn Vải Bến Sậy").in_village(village).approved().create().await;
    let hive = app.producer().named("Trại Ong mẫu").in_village(village).approved().create().await;
    for (name, of, dong) in [
        ("Vải thiều mẫu", &orchard, 45_000),
        ("Vải thiều sấy khô", &orchard, 180_000),
        ("Mật ong hoa vải", &hive, 250_000),
        ("Phấn hoa", &hive, 300_000),
    ] {
        let product = app.product().named(name).of(of.id).priced(dong);
        product.with(|content| content.availability = Some(Availability::InStock)).approved().create().await;
    }
    app.run_jobs().await;
}

fn names(answer: &Value, group: &str) -> Vec<String> {
    answer[group].as_array().unwrap().iter().map(|one| one["name"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn the_api_marks_hits_and_counts_every_facet() {
    on_both_engines(async |app| {
        market(&app).await;
        let program = app.visitor().program();
        let answer = program.get("/api/v1/products?q=vai%20thieu").await.expect(200).json();
        assert_eq!(names(&answer, "items"), ["Vải thiều mẫu", "Vải thiều sấy khô"]);
        let parts = answer["items"][0]["highlights"][0]["parts"].as_array().unwrap().clone();
        let hits: Vec<&str> = parts.iter().filter(|p| p["hit"] == true).map(|p| p["text"].as_str().unwrap()).collect();
        assert_eq!(hits, ["Vải", "thiều"]);
        assert_eq!(answer["facets"]["price"]["20000-50000"], 1);
        assert_eq!(answer["facets"]["price"]["100000-200000"], 1);
        // A facet's own counts ignore its own filter.
        let narrowed = program.get("/api/v1/products?q=vai&price_min=100000&price_max=200000").await.expect(200).json();
        assert_eq!(names(&narrowed, "items"), ["Vải thiều sấy khô"]);
        assert_eq!(narrowed["facets"]["price"]["20000-50000"], 1);
        assert_eq!(narrowed["facets"]["available"]["in_stock"], 1);
        assert_eq!(narrowed["near"], false);
    })
    .await;
}

#[tokio::test]
async fn what_is_typed_is_suggested_in_groups() {
    on_both_engines(async |app| {
        market(&app).await;
        let program = app.visitor().program();
        let answer = program.get("/api/v1/suggest?q=v%E1%BA%A3i").await.expect(200).json();
        assert_eq!(names(&answer, "products")[..2], ["Vải thiều mẫu", "Vải thiều sấy khô"]);
        assert_eq!(names(&answer, "producers")[0], "Vườn Vải Bến Sậy");
        let page = app.visitor().get(answer["products"][0]["url"].as_str().unwrap()).await.expect(200);
        assert_eq!(page.h1(), "Vải thiều mẫu");
        for nothing in ["", "%20", "%F0%9F%8D%91", "%00", "%22%20OR%20("] {
            let answer = program.get(&format!("/api/v1/suggest?q={nothing}")).await.expect(200).json();
            assert_eq!(answer["products"].as_array().map(Vec::len), Some(0), "{nothing}");
        }
        let long = program.get(&format!("/api/v1/suggest?q={}", "a".repeat(300))).await.expect(422);
        assert_eq!(long.json()["errors"][0]["field"], "q");
    })
    .await;
}

#[tokio::test]
async fn nothing_found_offers_a_spelling_and_is_noted_for_the_office() {
    on_both_engines(async |app| {
        market(&app).await;
        let visitor = app.visitor();
        let page = visitor.get("/san-pham?q=thiueeu").await.expect(200);
        assert_eq!(page.text(".lead a"), "thiều", "{page}");
        assert_eq!(visitor.get(&page.attr(".lead a", "href")).await.expect(200).count(".cards.gap > li"), 2);
        for _ in 0..2 {
            visitor.get("/san-pham?q=S%E1%BA%A7u%20ri%C3%AAng").await.expect(200);
        }
        visitor.get("/san-pham?q=0912%20345%20678").await.expect(200);
        visitor.get("/van-phong/tim-kiem").await;
        let list = app.officer().await.get("/van-phong/tim-kiem").await.expect(200);
        assert_eq!(list.texts("tbody th"), ["Sầu riêng", "thiueeu"]);
        assert_eq!(list.texts("tbody td.n"), ["2", "1"]);
        assert!(!list.body().contains("0912 345"), "a phone number is not kept");
        let producer = app.register("Người mẫu", "0912 111 222").await;
        producer.get("/van-phong/tim-kiem").await.expect(403);
    })
    .await;
}

#[tokio::test]
async fn one_network_cannot_fill_the_list_of_what_was_not_found() {
    on_both_engines(async |app| {
        let visitor = app.visitor();
        for n in 0..70u8 {
            let word: String = n.to_string().chars().map(|c| char::from(b'b' + (c as u8 - b'0'))).collect();
            visitor.get(&format!("/san-pham?q=zz{word}")).await.expect(200);
        }
        assert_eq!(app.count("SELECT COUNT(*) FROM search_misses").await, 60);
    })
    .await;
}

#[tokio::test]
async fn producers_stand_in_their_own_group() {
    on_both_engines(async |app| {
        market(&app).await;
        let page = app.visitor().get("/san-pham?q=b%E1%BA%BFn%20s%E1%BA%ADy").await.expect(200);
        assert_eq!(page.texts("#cs").len(), 1, "{page}");
        assert!(page.text("section.tags a").contains("Vườn Vải Bến Sậy"), "{page}");
        assert_eq!(page.count(".cards.gap > li"), 2, "its products are found by its name too");
    })
    .await;
}

#[tokio::test]
async fn a_band_of_prices_is_one_tap() {
    on_both_engines(async |app| {
        market(&app).await;
        let visitor = app.visitor();
        let page = visitor.get("/san-pham").await.expect(200);
        let bands = page.attrs(".bands a", "href");
        let band = bands
            .iter()
            .find(|url| url.contains("price_min=200000"))
            .unwrap_or_else(|| panic!("no such band: {bands:?} {page}"))
            .clone();
        let narrowed = visitor.get(&band).await.expect(200);
        assert_eq!(narrowed.count(".cards.gap > li"), 2, "{narrowed}");
        let again = narrowed.attr(".bands a[aria-current]", "href");
        assert_eq!(visitor.get(&again).await.expect(200).count(".cards.gap > li"), 4, "tapped again it is taken back");
    })
    .await;
}

#[tokio::test]
async fn products_come_in_the_order_of_their_openings() {
    on_both_engines(async |app| {
        let sample = app.sample().await;
        // The newest would come first otherwise.
        app.product().named("Ổi mẫu").of(sample.producer.id).approved().create().await;
        app.visitor().get(&sample.label).await.expect(200);
        app.app.scans.flush().await;
        assert_eq!(popularity::count(&app.app, app.commune).await.unwrap(), 1);
        assert_eq!(popularity::count(&app.app, app.commune).await.unwrap(), 0, "counted again, nothing changed");
        app.run_jobs().await;
        let program = app.visitor().program();
        let first = async || {
            let answer = program.get("/api/v1/products?sort=scans").await.expect(200).json();
            names(&answer, "items")[0].clone()
        };
        assert_eq!(first().await, "Vải thiều mẫu");
        // A month later nobody opened it lately.
        app.later(Duration::from_hours(31 * 24));
        assert_eq!(popularity::count(&app.app, app.commune).await.unwrap(), 1);
        app.run_jobs().await;
        assert_eq!(first().await, "Ổi mẫu");
    })
    .await;
}

#[tokio::test]
async fn odd_questions_are_answered_and_wrong_filters_are_named() {
    on_both_engines(async |app| {
        market(&app).await;
        let program = app.visitor().program();
        for odd in ["", "a", "%CC%81%CC%89", "%F0%9F%8D%91", "%00%07", "AND+OR+%22+*+(+:", "a'+OR+1%3D1", "~%5E2"] {
            program.get(&format!("/api/v1/products?q={odd}")).await.expect(200);
            app.visitor().get(&format!("/san-pham?q={odd}")).await.expect(200);
        }
        for (filter, field) in [
            ("q=".to_owned() + &"a".repeat(5000), "q"),
            ("category=food%22%20OR%20commune%20%3E%200".to_owned(), "category"),
            ("village=%5B1%5D".to_owned(), "village"),
            ("certificate=x%22y".to_owned(), "certificate"),
            ("kind=king".to_owned(), "kind"),
            ("available=maybe".to_owned(), "available"),
            ("price_min=-1".to_owned(), "price_min"),
            ("price_max=9999999999999999999999".to_owned(), "price_max"),
            ("sort=random".to_owned(), "sort"),
            ("limit=-1".to_owned(), "limit"),
            ("limit=1000000000".to_owned(), "limit"),
        ] {
            let refused = program.get(&format!("/api/v1/products?{filter}")).await.expect(422);
            assert_eq!(refused.json()["errors"][0]["field"], field, "{filter}");
        }
        let page = program.get("/api/v1/products?q=vai&limit=1").await.expect(200).json();
        let cursor = page["next_cursor"].as_str().unwrap();
        let refused = program.get(&format!("/api/v1/products?q=ong&limit=1&cursor={cursor}")).await.expect(422);
        assert_eq!(refused.json()["errors"][0]["field"], "cursor", "a cursor of another question");
    })
    .await;
}

#[tokio::test]
async fn while_meilisearch_is_away_the_database_answers_and_nothing_is_lost() {
    // A port that nobody listens at.
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let settings = move |config: &mut sanvat::config::Config| {
        config.search_url = Some(format!("http://127.0.0.1:{port}"));
        config.search_key = Some("a-key".to_owned());
    };
    on_both_engines_with(settings, async |app| {
        let sample = app.sample().await;
        let visitor = app.visitor();
        let page = visitor.get("/san-pham?q=vai").await.expect(200);
        assert!(page.says("Máy tìm kiếm đang nghỉ"), "{page}");
        assert_eq!(page.texts(".cards h3"), ["Vải thiều mẫu"]);
        let answer = visitor.program().get("/api/v1/products?q=vai").await.expect(200).json();
        assert_eq!((answer["engine"].as_str(), answer["total"].as_u64()), (Some("database"), Some(1)));
        visitor.get(&sample.product.path()).await.expect(200);
        assert_eq!(app.count("SELECT COUNT(*) FROM search_misses").await, 0, "an engine that is away misses nothing");
        app.run_jobs().await;
        assert!(app.count("SELECT COUNT(*) FROM jobs WHERE kind LIKE 'index.%'").await > 0, "the outbox waits");
        app.leave_jobs();
    })
    .await;
}

#[tokio::test]
async fn meilisearch_answers_the_same_route() {
    let Ok(url) = std::env::var("MEILI_URL") else {
        eprintln!("skipped: the catalogue over Meilisearch (MEILI_URL is not set)");
        return;
    };
    let settings = move |config: &mut sanvat::config::Config| {
        config.search_url = Some(url.clone());
        config.search_key = std::env::var("MEILI_KEY").ok();
    };
    on_both_engines_with(settings, async |app| {
        sanvat::market::index::rebuild(&app.app).await.unwrap();
        market(&app).await;
        let program = app.visitor().program();
        let answer = program.get("/api/v1/products?q=vai%20thieu").await.expect(200).json();
        assert_eq!(answer["engine"], "meilisearch");
        assert_eq!(names(&answer, "items"), ["Vải thiều mẫu", "Vải thiều sấy khô"]);
        assert_eq!(answer["facets"]["price"]["20000-50000"], 1);
        let suggested = program.get("/api/v1/suggest?q=v%E1%BA%A3i").await.expect(200).json();
        assert_eq!(names(&suggested, "producers")[0], "Vườn Vải Bến Sậy");
    })
    .await;
}

/// A Meilisearch of this test's own, which it can stop and start again.
struct Meilisearch {
    program: String,
    port: u16,
    folder: tempfile::TempDir,
    child: Option<std::process::Child>,
}

impl Meilisearch {
    const KEY: &str = "a-master-key-for-tests-only";

    /// None, and said so, where `MEILI_BIN` names no program.
    fn at_hand() -> Option<Self> {
        let Ok(program) = std::env::var("MEILI_BIN") else {
            eprintln!("skipped: Meilisearch away and back (MEILI_BIN is not set)");
            return None;
        };
        let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        Some(Self { program, port, folder: tempfile::tempdir().unwrap(), child: None })
    }

    fn start(&mut self) {
        let mut command = std::process::Command::new(&self.program);
        command.args(["--no-analytics", "--master-key", Self::KEY, "--http-addr"]);
        command.arg(format!("127.0.0.1:{}", self.port)).current_dir(self.folder.path());
        self.child =
            Some(command.stdout(std::process::Stdio::null()).stderr(std::process::Stdio::null()).spawn().unwrap());
        for _ in 0..200 {
            if std::net::TcpStream::connect(("127.0.0.1", self.port)).is_ok() {
                return;
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        panic!("{} does not listen", self.program);
    }

    /// As after the loss of its disk.
    fn begin_anew(&mut self) {
        self.stop();
        self.folder = tempfile::tempdir().unwrap();
        self.start();
    }

    fn stop(&mut self) {
        if let Some(mut child) = self.child.take() {
            child.kill().unwrap();
            child.wait().unwrap();
        }
    }
}

impl Drop for Meilisearch {
    fn drop(&mut self) {
        self.stop();
    }
}

#[tokio::test]
async fn meilisearch_catches_up_when_it_is_back() {
    let Some(server) = Meilisearch::at_hand() else { return };
    let url = format!("http://127.0.0.1:{}", server.port);
    let server = std::sync::Mutex::new(server);
    let settings = move |config: &mut sanvat::config::Config| {
        config.search_url = Some(url.clone());
        config.search_key = Some(Meilisearch::KEY.to_owned());
    };
    server.lock().unwrap().start();
    on_both_engines_with(settings, async |app| {
        sanvat::market::index::rebuild(&app.app).await.unwrap();
        market(&app).await;
        let visitor = app.visitor();
        let program = visitor.program();
        let asked = async || program.get("/api/v1/products?q=buoi").await.expect(200).json();
        assert_eq!((asked().await["engine"].clone(), asked().await["total"].clone()), ("meilisearch".into(), 0.into()));

        server.lock().unwrap().stop();
        let owner = app.producer().approved().create().await;
        app.product().named("Bưởi đào").of(owner.id).approved().create().await;
        // Away for longer than a job that fails is tried.
        for _ in 0..12 {
            app.run_jobs().await;
            app.later(Duration::from_secs(600));
        }
        assert_eq!(app.count("SELECT COUNT(*) FROM jobs WHERE state = 'dead'").await, 0);
        let away = asked().await;
        assert_eq!((away["engine"].clone(), away["total"].clone()), ("database".into(), 1.into()));
        assert!(app.count("SELECT COUNT(*) FROM jobs WHERE kind LIKE 'index.%'").await > 0, "the outbox waits");

        server.lock().unwrap().start();
        // The waits of the outbox, and those before a failing server is asked again.
        app.later(Duration::from_secs(600));
        tokio::time::sleep(Duration::from_secs(6)).await;
        app.run_jobs().await;
        let back = asked().await;
        assert_eq!((back["engine"].clone(), back["total"].clone()), ("meilisearch".into(), 1.into()));

        // A server that lost all it had is filled anew, and no half of an index passes for whole.
        server.lock().unwrap().begin_anew();
        tokio::time::sleep(Duration::from_secs(6)).await;
        app.product().named("Bưởi diễn").of(owner.id).approved().create().await;
        app.run_jobs().await;
        let lost = asked().await;
        assert_eq!((lost["engine"].clone(), lost["total"].clone()), ("database".into(), 2.into()));
        assert!(sanvat::market::index::rebuild_if_needed(&app.app).await.unwrap(), "the loss is noticed");
        app.later(Duration::from_secs(600));
        app.run_jobs().await;
        tokio::time::sleep(Duration::from_secs(6)).await;
        let filled = asked().await;
        assert_eq!((filled["engine"].clone(), filled["total"].clone()), ("meilisearch".into(), 2.into()));
    })
    .await;
}
