//! SQL of how often products' labels were opened lately.

use crate::clock::Time;
use crate::db::{Cx, Result, on};
use crate::ids::{CommuneId, ProductId};

const KNOWN: &str = "SELECT product_id, scans FROM product_scans WHERE commune_id = $1";
const SET: &str = "INSERT INTO product_scans (commune_id, product_id, scans, counted_at) VALUES ($1, $2, $3, $4)
    ON CONFLICT (commune_id, product_id) DO UPDATE SET scans = excluded.scans, counted_at = excluded.counted_at";

/// The numbers as last counted, by product.
pub async fn known(cx: &mut Cx<'_>, commune: CommuneId) -> Result<Vec<(ProductId, i64)>> {
    on!(cx, c => sqlx::query_as(KNOWN).bind(commune).fetch_all(c).await)
}

/// Notes a product's number.
pub async fn set(cx: &mut Cx<'_>, commune: CommuneId, product: ProductId, scans: i64, now: Time) -> Result<()> {
    on!(cx, c => sqlx::query(SET).bind(commune).bind(product).bind(scans).bind(now).execute(c).await.map(|_| ()))?;
    Ok(())
}
