//! SQL of stated conversions: only ever added.

use super::model::{Conversion, Statements};
use crate::db::{Cx, Result, on};
use crate::ids::{CommuneId, ProductId};

const OF_PRODUCT: &str = "SELECT commune_id, id, product_id, quantity, uom, stated_by, stated_at
    FROM unit_conversions WHERE commune_id = $1 AND product_id = $2 ORDER BY stated_at DESC, id DESC";
const INSERT: &str = "INSERT INTO unit_conversions (commune_id, id, product_id, quantity, uom, stated_by, stated_at)
    VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (commune_id, id) DO NOTHING";

/// Everything that was stated about a product.
pub async fn of_product(cx: &mut Cx<'_>, commune: CommuneId, product: ProductId) -> Result<Statements> {
    let rows = on!(cx, c => sqlx::query_as(OF_PRODUCT).bind(commune).bind(product).fetch_all(c).await)?;
    Ok(Statements(rows))
}

/// Adds a statement; false if this form was sent before.
pub async fn insert(cx: &mut Cx<'_>, one: &Conversion) -> Result<bool> {
    let done = on!(cx, c => sqlx::query(INSERT)
        .bind(one.commune_id)
        .bind(one.id)
        .bind(one.product_id)
        .bind(one.quantity)
        .bind(one.uom)
        .bind(one.stated_by)
        .bind(one.stated_at)
        .execute(c)
        .await
        .map(|done| done.rows_affected()))?;
    Ok(done == 1)
}
