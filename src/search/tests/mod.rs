//! What both engines must do, run on each that is at hand: always embedded, and Meilisearch when `MEILI_URL` names a
//! server (`MEILI_KEY` its key) or `MEILI_BIN` a program that is started for the tests.

mod behaviour;
mod equal;
mod folder;
mod relevance;
mod server;

use std::sync::OnceLock;

use time::{Date, Month};
use uuid::Uuid;

use super::*;

pub const COMMUNE: i32 = 10816;

pub fn today() -> Date {
    Date::from_calendar_date(2026, Month::November, 22).unwrap()
}

pub fn day(year: i32, month: Month, day: u8) -> Date {
    Date::from_calendar_date(year, month, day).unwrap()
}

/// An engine under test with what must outlive it.
pub struct Engine {
    pub index: SearchIndex,
    /// Removed when the test ends.
    _dir: Option<tempfile::TempDir>,
}

/// A Meilisearch server for tests.
pub struct Server {
    pub url: String,
    pub key: Option<String>,
}

/// The server that `MEILI_URL` names, or one started from `MEILI_BIN` for this run.
pub fn meilisearch() -> Option<&'static Server> {
    static SERVER: OnceLock<Option<Server>> = OnceLock::new();
    SERVER
        .get_or_init(|| match (std::env::var("MEILI_URL"), std::env::var("MEILI_BIN")) {
            (Ok(url), _) => Some(Server { url, key: std::env::var("MEILI_KEY").ok() }),
            (_, Ok(program)) => Some(start(&program)),
            _ => None,
        })
        .as_ref()
}

/// Starts a server in a folder of its own; the shell that holds it ends it when this process, and with it the pipe,
/// is gone.
fn start(program: &str) -> Server {
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let key = "a-master-key-for-tests-only".to_owned();
    let held = r#"folder=$(mktemp -d) && cd "$folder" && { "$0" --no-analytics --http-addr "$1" --master-key "$2" \
        >/dev/null 2>&1 & } && server=$! && cat >/dev/null; kill $server; rm -rf "$folder""#;
    let address = format!("127.0.0.1:{port}");
    let shell = std::process::Command::new("sh")
        .args(["-c", held, program, &address, &key])
        .stdin(std::process::Stdio::piped())
        .spawn()
        .expect("a shell");
    // Its pipe closes when this process ends.
    std::mem::forget(shell);
    for _ in 0..200 {
        if std::net::TcpStream::connect(&address).is_ok() {
            return Server { url: format!("http://{address}"), key: Some(key) };
        }
        std::thread::sleep(std::time::Duration::from_millis(50));
    }
    panic!("{program} does not listen at {address}");
}

/// Every engine that is at hand, empty. What is skipped is said.
pub async fn engines() -> Vec<Engine> {
    let dir = tempfile::tempdir().unwrap();
    let index = SearchIndex::open_embedded(&dir.path().join("index"), Settings::bundled().unwrap()).await.unwrap();
    let mut engines = vec![Engine { index, _dir: Some(dir) }];
    match meilisearch() {
        Some(server) => {
            let prefix = format!("test-{}", Uuid::from_u128(rand::random()).simple());
            let settings = Settings::bundled().unwrap();
            let index = SearchIndex::open_meilisearch(&server.url, server.key.as_deref(), &prefix, settings).unwrap();
            index.clear().await.unwrap();
            engines.push(Engine { index, _dir: None });
        }
        None => eprintln!("skipped: Meilisearch arm (neither MEILI_URL nor MEILI_BIN is set)"),
    }
    engines
}

pub fn product(number: u128, name: &str) -> Document {
    Document {
        id: DocId { commune: COMMUNE, id: Uuid::from_u128(number) },
        kind: Kind::Product,
        name: name.to_owned(),
        name_en: None,
        producer_name: String::new(),
        producer_kind: Labelled::default(),
        village: Labelled::default(),
        category: None,
        parent_category: None,
        description: String::new(),
        story: String::new(),
        certificates: Vec::new(),
        stars: None,
        season_months: 0,
        availability: String::new(),
        price_min: None,
        price_max: None,
        updated_at: number as i64,
        scans: 0,
    }
}

pub async fn fill(index: &SearchIndex, documents: Vec<Document>) {
    index.apply(documents.into_iter().map(|d| Change::Put(Box::new(d))).collect()).await.unwrap();
}

pub fn query(text: &str) -> Query {
    Query::new(COMMUNE, text, today())
}

pub async fn numbers(index: &SearchIndex, query: &Query) -> Vec<u128> {
    index.search(query).await.unwrap().hits.iter().map(|h| h.id.as_u128()).collect()
}
