//! How often people opened each product's labels in the last 30 days: counted every hour, so that the catalogue can
//! be put in that order. Start at [`count`].

use std::collections::HashMap;
use std::time::Duration;

use crate::app::App;
use crate::db::Result;
use crate::figures::model::Period;
use crate::figures::store::sums;
use crate::ids::{CommuneId, ProductId};
use crate::market::index;
use crate::market::store::popularity as store;

/// The days that count.
const DAYS: i64 = 30;

/// How often it is counted.
const EVERY: Duration = Duration::from_hours(1);

/// Products changed in one transaction.
const BATCH: usize = 200;

/// Counts a commune's products; each whose number changed is brought up to date in the index. Counting twice, or by
/// two processes at once, does no harm. Returns how many changed.
pub async fn count(app: &App, commune: CommuneId) -> Result<usize> {
    let now = app.clock.now();
    let (mut counted, known) = {
        let mut conn = app.db.read().await?;
        let cx = &mut conn.cx();
        let counted = sums::by_product(cx, commune, Period::last(DAYS, now.day())).await?;
        (counted, store::known(cx, commune).await?)
    };
    for (product, _) in &known {
        counted.entry(*product).or_insert(0);
    }
    let known: HashMap<ProductId, i64> = known.into_iter().collect();
    let mut changed: Vec<(ProductId, i64)> =
        counted.into_iter().filter(|(product, scans)| known.get(product).copied().unwrap_or(0) != *scans).collect();
    changed.sort();
    for batch in changed.chunks(BATCH) {
        let mut tx = app.db.begin().await?;
        for (product, scans) in batch {
            store::set(&mut tx.cx(), commune, *product, *scans, now).await?;
            index::enqueue_product(&mut tx.cx(), commune, *product, now).await?;
        }
        tx.commit().await?;
        app.jobs.ring();
    }
    Ok(changed.len())
}

/// Counts all communes now and every hour until told to stop.
pub async fn keep_counting(app: App, mut stop: tokio::sync::watch::Receiver<bool>) {
    while !*stop.borrow() {
        for commune in app.communes.list().iter() {
            if let Err(error) = count(&app, commune.id).await {
                tracing::warn!(%error, commune = commune.id.0, "the openings of labels could not be counted");
            }
        }
        tokio::select! { () = tokio::time::sleep(EVERY) => {}, _ = stop.changed() => {} }
    }
}
