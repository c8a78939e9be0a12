//! SQL of the narrow rows that the office's register of products is filtered and ordered by. They are written with the
//! product, in the same transaction; `producers::listed` writes what they say of the producer.

use crate::db::{Cx, Result, on};
use crate::ids::{CommuneId, ProductId};

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

/// Writes the row of a product that was added or changed.
pub(super) async fn put(cx: &mut Cx<'_>, commune: CommuneId, id: ProductId) -> Result<()> {
    on!(cx, c => sqlx::query(PUT).bind(commune).bind(id).execute(c).await.map(drop))
}
