//! SQL of the narrow rows that the office's register of producers is filtered and ordered by. They are written with
//! the producer, in the same transaction.

use super::name_key::name_key;
use crate::db::{Cx, Db, Result, on};
use crate::fold::fold;
use crate::ids::{CommuneId, ProducerId};

const PUT: &str =
    "INSERT INTO producer_register (commune_id, producer_id, name_folded, name_key, kind, state, village_id,
      phone, tax_code, updated_at)
    SELECT commune_id, id, name_folded, $3, kind, state, village_id, phone, tax_code, updated_at FROM producers
    WHERE commune_id = $1 AND id = $2
    ON CONFLICT (commune_id, producer_id) DO UPDATE SET name_folded = excluded.name_folded,
      name_key = excluded.name_key, kind = excluded.kind, state = excluded.state, village_id = excluded.village_id,
      phone = excluded.phone, tax_code = excluded.tax_code, updated_at = excluded.updated_at";
// What its products' rows say of it.
const PRODUCTS: &str = "UPDATE product_register SET producer_folded = p.name_folded, producer_kind = p.kind,
      village_id = p.village_id
    FROM producers p
    WHERE product_register.commune_id = $1 AND product_register.producer_id = $2
      AND p.commune_id = product_register.commune_id AND p.id = product_register.producer_id";

const WITHOUT_KEY: &str = "SELECT commune_id, producer_id, name_folded FROM producer_register
    WHERE name_key = '' AND name_folded <> '' LIMIT 1000";
const SET_KEY: &str = "UPDATE producer_register SET name_key = $3 WHERE commune_id = $1 AND producer_id = $2";

/// Writes the row of a producer of this name that was added.
pub(super) async fn added(cx: &mut Cx<'_>, commune: CommuneId, id: ProducerId, name: &str) -> Result<()> {
    let key = name_key(&fold(name));
    on!(cx, c => sqlx::query(PUT).bind(commune).bind(id).bind(&key).execute(c).await.map(drop))
}

/// Writes the rows of a producer that was changed; its name is this now.
pub(super) async fn changed(cx: &mut Cx<'_>, commune: CommuneId, id: ProducerId, name: &str) -> Result<()> {
    added(cx, commune, id, name).await?;
    on!(cx, c => sqlx::query(PRODUCTS).bind(commune).bind(id).execute(c).await.map(drop))
}

/// Fills in the keys of rows that a migration made, which knows no names' keys.
pub async fn fill_keys(db: &Db) -> Result<()> {
    loop {
        let mut tx = db.begin().await?;
        let cx = &mut tx.cx();
        let rows: Vec<(CommuneId, ProducerId, String)> = on!(cx, c => sqlx::query_as(WITHOUT_KEY).fetch_all(c).await)?;
        if rows.is_empty() {
            return Ok(());
        }
        for (commune, id, folded) in rows {
            let key = name_key(&folded);
            on!(cx, c => sqlx::query(SET_KEY).bind(commune).bind(id).bind(&key).execute(c).await.map(drop))?;
        }
        tx.commit().await?;
    }
}
