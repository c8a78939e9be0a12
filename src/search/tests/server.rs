//! A Meilisearch that is away, slow, of another version, or given the wrong key.

use axum::Json;
use axum::Router;
use axum::http::StatusCode;
use axum::routing::get;
use serde_json::json;

use super::*;

#[tokio::test]
async fn a_meilisearch_that_is_away_or_ill_named_is_an_error_at_once() {
    let settings = Settings::bundled().unwrap();
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap());
    drop(listener);
    let index = SearchIndex::open_meilisearch(&url, Some("key"), "sanvat", settings.clone()).unwrap();
    assert!(matches!(index.search(&query("ổi")).await, Err(SearchError::Unavailable(_))));
    assert!(matches!(index.health().await, Err(SearchError::Unavailable(_))));
    let put = Change::Put(Box::new(product(1, "Ổi")));
    assert!(matches!(index.apply(vec![put]).await, Err(SearchError::Unavailable(_))));
    for (url, key, prefix) in [("ftp://x", "k", "p"), ("http://x", "k\n", "p"), ("http://x", "k", "p/q")] {
        let refused = SearchIndex::open_meilisearch(url, Some(key), prefix, settings.clone());
        assert!(matches!(refused, Err(SearchError::Refused(_))), "{url} {key:?} {prefix}");
    }
}

#[tokio::test]
async fn a_server_that_never_answers_is_given_up_and_then_left_alone() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let held = tokio::spawn(async move {
        let mut open = Vec::new();
        loop {
            // Taken and kept open, never answered.
            open.push(listener.accept().await.unwrap());
        }
    });
    let index = SearchIndex::open_meilisearch(&url, None, "sanvat", Settings::bundled().unwrap()).unwrap();
    let searches = (0..20).map(|_| {
        let index = index.clone();
        tokio::spawn(async move { index.search(&query("ổi")).await })
    });
    for search in searches.collect::<Vec<_>>() {
        assert!(matches!(search.await.unwrap(), Err(SearchError::Unavailable(_))));
    }
    let began = std::time::Instant::now();
    assert!(matches!(index.search(&query("ổi")).await, Err(SearchError::Unavailable(_))));
    assert!(began.elapsed() < std::time::Duration::from_millis(500), "asked again at once: {:?}", began.elapsed());
    held.abort();
}

#[tokio::test]
async fn a_search_key_of_its_own_can_do_nothing_else_and_a_wrong_key_is_told() {
    let Some(server) = meilisearch() else { return };
    let Some(key) = &server.key else {
        eprintln!("skipped: keys of Meilisearch (MEILI_KEY is not set)");
        return;
    };
    let settings = Settings::bundled().unwrap();
    let prefix = format!("test-{}", Uuid::from_u128(rand::random()).simple());
    let open = |key: &str| SearchIndex::open_meilisearch(&server.url, Some(key), &prefix, settings.clone()).unwrap();
    let index = open(key);
    index.clear().await.unwrap();
    fill(&index, vec![product(1, "Ổi lê")]).await;
    assert_eq!(numbers(&index, &query("ổi")).await, [1]);
    let health = index.health().await.unwrap();
    assert!(health.engine.contains("key of its own"), "{}", health.engine);
    let wrong = open("not-the-key");
    assert!(matches!(wrong.search(&query("ổi")).await, Err(SearchError::Refused(_))));
    assert!(matches!(wrong.health().await, Err(SearchError::Refused(_))));
    // Another process finds the same key.
    assert_eq!(numbers(&open(key), &query("ổi")).await, [1]);
}

/// A server that only tells its version and that it has no index.
async fn of_version(version: &'static str) -> (String, tokio::task::JoinHandle<std::io::Result<()>>) {
    let told = json!({ "commitSha": "none", "commitDate": "none", "pkgVersion": version });
    let missing = json!({ "message": "none", "code": "index_not_found", "type": "invalid_request", "link": "none" });
    let router = Router::new()
        .route("/version", get(async || Json(told)))
        .fallback(async || (StatusCode::NOT_FOUND, Json(missing)));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    (url, tokio::spawn(async move { axum::serve(listener, router).await }))
}

#[tokio::test]
async fn a_server_of_another_version_is_refused_by_name_before_anything_is_written() {
    for (version, fits) in [("1.16.0", false), ("2.0.0", false), ("1.50.0", true)] {
        let (url, served) = of_version(version).await;
        let index = SearchIndex::open_meilisearch(&url, None, "sanvat", Settings::bundled().unwrap()).unwrap();
        match index.health().await {
            Ok(health) => assert!(fits && health.engine.contains(version), "{version}: {}", health.engine),
            Err(SearchError::Refused(why)) => assert!(!fits && why.contains(version), "{version}: {why}"),
            Err(other) => panic!("{version}: {other}"),
        }
        if !fits {
            assert!(matches!(index.rebuild().await, Err(SearchError::Refused(why)) if why.contains(version)));
        }
        assert!(matches!(index.search(&query("ổi")).await, Err(SearchError::Unavailable(_))));
        served.abort();
    }
}
