//! SQL of the narrow rows that the office's register of products is filtered and ordered by. They are written with the
//! product, in the same transaction; `producers::listed` writes what they say of the producer.

use crate::db::{Cx, Result, on};
use crate::ids::{CommuneId, ProductId};
use crate::producers::listed;

const PUT: &str = "INSERT INTO product_register (commune_id, product_id, producer_id, name_folded, producer_folded,
      producer_kind, village_id, category, state, price_min, updated_at)
    SELECT s.commune_id, s.id, s.producer_id, s.name_folded, p.name_folded, p.kind, p.village_id, s.category, s.state,
      s.price_min, s.updated_at
    FROM products s JOIN producers p ON p.commune_id = s.commune_id AND p.id = s.producer_id
    WHERE s.commune_id = $1 AND s.id = $2
    ON CONFLICT (commune_id, product_id) DO UPDATE SET producer_id = excluded.producer_id,
      name_folded = excluded.name_folded, producer_folded = excluded.producer_folded,
      producer_kind = excluded.producer_kind, village_id = excluded.village_id, category = excluded.category,
      state = excluded.state, price_min = excluded.price_min, updated_at = excluded.updated_at";

// Who counts anew at once comes one after the other: a row that is waited for would be counted as it was before.
const HOLD: &str = "UPDATE product_register SET lots = lots WHERE commune_id = $1 AND product_id = $2";
const RECOUNT: &str = "UPDATE product_register SET
      papers_until = COALESCE((SELECT MAX(COALESCE(c.expires_on, '9999-12-31')) FROM certificates c
        WHERE c.commune_id = $1 AND c.product_id = $2 AND c.retired_at IS NULL), ''),
      stars_until = COALESCE((SELECT MAX(d.expires_on) FROM ocop_decisions d
        WHERE d.commune_id = $1 AND d.product_id = $2 AND d.voided_at IS NULL AND d.stars BETWEEN 3 AND 5), ''),
      lots = (SELECT COUNT(*) FROM lots l
        WHERE l.commune_id = $1 AND l.product_id = $2 AND l.state <> 'set_aside')
    WHERE commune_id = $1 AND product_id = $2";

const PRODUCER: &str = "SELECT producer_id FROM product_register WHERE commune_id = $1 AND product_id = $2";

/// Writes until when a product's certificates and stars hold and how many lots it has, after one of them changed. Both
/// hold from a day that has come: forms take no later one.
pub async fn recount(cx: &mut Cx<'_>, commune: CommuneId, id: ProductId) -> Result<()> {
    for sql in [HOLD, RECOUNT] {
        on!(cx, c => sqlx::query(sql).bind(commune).bind(id).execute(c).await.map(drop))?;
    }
    Ok(())
}

/// The same after a decision on its stars: its producer's row tells of them too.
pub async fn recount_stars(cx: &mut Cx<'_>, commune: CommuneId, id: ProductId) -> Result<()> {
    recount(cx, commune, id).await?;
    recount_producer(cx, commune, id).await
}

/// Writes the row of a product that was added or changed, and counts its producer's.
pub(super) async fn put(cx: &mut Cx<'_>, commune: CommuneId, id: ProductId) -> Result<()> {
    on!(cx, c => sqlx::query(PUT).bind(commune).bind(id).execute(c).await.map(drop))?;
    recount_producer(cx, commune, id).await
}

async fn recount_producer(cx: &mut Cx<'_>, commune: CommuneId, id: ProductId) -> Result<()> {
    let producer = on!(cx, c => sqlx::query_scalar(PRODUCER).bind(commune).bind(id).fetch_one(c).await)?;
    listed::recount_products(cx, commune, producer).await
}
