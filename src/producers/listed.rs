//! SQL of the narrow rows that the office's register of producers is filtered and ordered by. They are written with
//! the producer, in the same transaction.

use crate::db::{Cx, Result, on};
use crate::ids::{CommuneId, ProducerId};

const PUT: &str = "INSERT INTO producer_register (commune_id, producer_id, name_folded, kind, state, village_id, phone,
      tax_code, updated_at)
    SELECT commune_id, id, name_folded, kind, state, village_id, phone, tax_code, updated_at FROM producers
    WHERE commune_id = $1 AND id = $2
    ON CONFLICT (commune_id, producer_id) DO UPDATE SET name_folded = excluded.name_folded, kind = excluded.kind,
      state = excluded.state, village_id = excluded.village_id, phone = excluded.phone, tax_code = excluded.tax_code,
      updated_at = excluded.updated_at";
// What its products' rows say of it.
const PRODUCTS: &str = "UPDATE product_register SET producer_folded = p.name_folded, producer_kind = p.kind,
      village_id = p.village_id
    FROM producers p
    WHERE product_register.commune_id = $1 AND product_register.producer_id = $2
      AND p.commune_id = product_register.commune_id AND p.id = product_register.producer_id";

/// Writes the row of a producer that was added.
pub(super) async fn added(cx: &mut Cx<'_>, commune: CommuneId, id: ProducerId) -> Result<()> {
    on!(cx, c => sqlx::query(PUT).bind(commune).bind(id).execute(c).await.map(drop))
}

/// Writes the rows of a producer that was changed.
pub(super) async fn changed(cx: &mut Cx<'_>, commune: CommuneId, id: ProducerId) -> Result<()> {
    added(cx, commune, id).await?;
    on!(cx, c => sqlx::query(PRODUCTS).bind(commune).bind(id).execute(c).await.map(drop))
}
