//! Keeps the search index in step with the database: queues what changed, and fills the index anew.
//!
//! Features call [`enqueue_product`] and [`enqueue_producer`] in the transaction of their change; the worker then
//! reads the row afresh ([`do_job`]) and puts what is public now, or removes it. [`open`] and [`rebuild`] are for
//! start and `sanvat reindex`; [`lease`] keeps a second process away from an embedded index.

mod document;
pub mod lease;

use serde::{Deserialize, Serialize};

use crate::app::App;
use crate::clock::Time;
use crate::config::Config;
use crate::db::{Cx, Result};
use crate::ids::{CommuneId, ProducerId, ProductId};
use crate::jobs::{self, Failure, Job};
use crate::market::store;
use crate::search::{Document, SearchError, SearchIndex, Settings};

pub use document::{date, document_of_producer, document_of_product};

/// Kind of the job that brings one product up to date in the index.
pub const INDEX_PRODUCT: &str = "index.product";
/// Kind of the job that brings a producer and all its products up to date in the index.
pub const INDEX_PRODUCER: &str = "index.producer";

/// What our indexes in a Meilisearch server are called.
const PREFIX: &str = "sanvat";

/// How often a search server that answers is asked whether its index is still whole.
const WATCH: std::time::Duration = std::time::Duration::from_mins(1);

/// How often a search server that is away is asked again.
const RETRY: std::time::Duration = std::time::Duration::from_secs(30);

/// Payload of [`INDEX_PRODUCT`].
#[derive(Debug, Serialize, Deserialize)]
pub struct OfProduct {
    /// The product.
    pub product: ProductId,
}

/// Payload of [`INDEX_PRODUCER`].
#[derive(Debug, Serialize, Deserialize)]
pub struct OfProducer {
    /// The producer.
    pub producer: ProducerId,
}

/// Queues a product for the index; call in the transaction of its change, and ring the bell after the commit.
pub async fn enqueue_product(cx: &mut Cx<'_>, commune: CommuneId, product: ProductId, now: Time) -> Result<()> {
    jobs::enqueue(cx, commune, INDEX_PRODUCT, &OfProduct { product }, now).await
}

/// Queues a producer and its products for the index.
pub async fn enqueue_producer(cx: &mut Cx<'_>, commune: CommuneId, producer: ProducerId, now: Time) -> Result<()> {
    jobs::enqueue(cx, commune, INDEX_PRODUCER, &OfProducer { producer }, now).await
}

/// An index that was opened.
pub struct Opened {
    /// The index.
    pub index: SearchIndex,
    /// True if it is empty, damaged or of another version, and must be filled from the database.
    pub must_rebuild: bool,
}

/// Opens the index that the settings name: Meilisearch if there is an address, else the one in the data folder.
///
/// A Meilisearch server that is away is no error: the index opens, and [`SearchIndex::needs_rebuild`] is asked later.
pub async fn open(config: &Config) -> std::result::Result<Opened, String> {
    let settings = Settings::bundled().map_err(|e| e.to_string())?;
    let index = match &config.search_url {
        Some(url) => SearchIndex::open_meilisearch(url, config.search_key.as_deref(), PREFIX, settings),
        None => SearchIndex::open_embedded(&config.data_dir.join("index"), settings).await,
    };
    let index = index.map_err(|e| e.to_string())?;
    let must_rebuild = match index.needs_rebuild().await {
        Ok(reason) => reason.is_some(),
        Err(SearchError::Unavailable(_)) => false,
        Err(error) => return Err(error.to_string()),
    };
    Ok(Opened { index, must_rebuild })
}

/// An index that answers nothing: for commands that change the database beside a running server, whose worker
/// then brings the index up to date.
pub fn unopened() -> std::result::Result<SearchIndex, String> {
    let settings = Settings::bundled().map_err(|e| e.to_string())?;
    SearchIndex::open_meilisearch("http://search.invalid", None, PREFIX, settings).map_err(|e| e.to_string())
}

/// Fills a new index with all communes' approved products and producers beside the live one, then swaps them.
/// Returns how many documents it holds.
pub async fn rebuild(app: &App) -> std::result::Result<u64, String> {
    let mut building = app.search.rebuild().await.map_err(|e| e.to_string())?;
    let mut count = 0;
    for commune in app.communes.list().iter() {
        let of_producers = {
            let mut conn = app.db.read().await.map_err(|e| e.to_string())?;
            document::held_by_producers(&mut conn.cx(), commune.id).await.map_err(|e| e.to_string())?
        };
        let mut last = ProducerId(uuid::Uuid::nil());
        loop {
            // The connection goes back before the index is written, which may take long.
            let batch = {
                let mut conn = app.db.read().await.map_err(|e| e.to_string())?;
                document::producers_after(&mut conn.cx(), commune.id, last, &of_producers).await
            };
            let Some((documents, next)) = batch.map_err(|e| e.to_string())? else { break };
            last = next;
            count += add(&mut building, documents).await?;
        }
        let mut last = ProductId(uuid::Uuid::nil());
        loop {
            let batch = {
                let mut conn = app.db.read().await.map_err(|e| e.to_string())?;
                let today = app.clock.today();
                document::products_after(&mut conn.cx(), commune.id, last, &of_producers, today).await
            };
            let Some((documents, next)) = batch.map_err(|e| e.to_string())? else { break };
            last = next;
            count += add(&mut building, documents).await?;
        }
    }
    building.finish().await.map_err(|e| e.to_string())?;
    Ok(count)
}

async fn add(building: &mut crate::search::Rebuild, documents: Vec<Document>) -> std::result::Result<u64, String> {
    let count = documents.len() as u64;
    building.add(documents).await.map_err(|e| e.to_string())?;
    Ok(count)
}

/// Rebuilds if the index says that it must be; true if it was done. For a server that was away at start.
pub async fn rebuild_if_needed(app: &App) -> std::result::Result<bool, SearchError> {
    if app.search.needs_rebuild().await?.is_none() {
        return Ok(false);
    }
    // Of several processes over one Meilisearch, one fills it.
    let lease = lease::Lease::take(app, lease::REBUILD).await.map_err(SearchError::Unavailable)?;
    let done = rebuild(app).await;
    lease.release(&app.db).await;
    let count = done.map_err(SearchError::Unavailable)?;
    tracing::info!(count, "the search index was filled from the database");
    Ok(true)
}

/// Looks every now and then whether a search server is there and its index whole, and fills it if need be: at the
/// first start, when a server comes back, and when it lost what it had.
pub async fn keep_whole(app: impl Fn() -> Option<App>) {
    while let Some(app) = app() {
        let wait = match rebuild_if_needed(&app).await {
            Ok(_) => WATCH,
            Err(error) => {
                tracing::warn!(%error, "the search server can't be used; pages answer from the database");
                RETRY
            }
        };
        drop(app);
        tokio::time::sleep(wait).await;
    }
}

/// True for the kinds of job that [`do_job`] does.
pub fn does(kind: &str) -> bool {
    matches!(kind, INDEX_PRODUCT | INDEX_PRODUCER)
}

/// Does an index job: reads the rows afresh and applies what they say now, all in one commit of the index.
/// [`Failure::Away`] while the search server can't be asked.
pub async fn do_job(app: &App, job: &Job) -> std::result::Result<(), Failure> {
    let commune = job.commune_id;
    let today = app.clock.today();
    let changes = {
        let mut conn = app.db.read().await.map_err(|e| e.to_string())?;
        let cx = &mut conn.cx();
        let (mut changes, products) = if job.kind == INDEX_PRODUCER {
            let OfProducer { producer } = serde_json::from_str(&job.payload).map_err(|e| e.to_string())?;
            let of_it = document_of_producer(cx, commune, producer).await.map_err(|e| e.to_string())?;
            let products = store::product_ids(cx, commune, producer).await.map_err(|e| e.to_string())?;
            (vec![of_it], products)
        } else {
            let OfProduct { product } = serde_json::from_str(&job.payload).map_err(|e| e.to_string())?;
            (Vec::new(), vec![product])
        };
        for product in products {
            changes.push(document_of_product(cx, commune, product, today).await.map_err(|e| e.to_string())?);
        }
        changes
    };
    app.search.apply(changes).await.map_err(|error| match error {
        SearchError::Unavailable(_) => Failure::Away(error.to_string()),
        error => Failure::Failed(error.to_string()),
    })
}
