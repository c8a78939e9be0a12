//! SQL of the narrow rows that the office's register of producers is filtered and ordered by. They are written with
//! the producer, in the same transaction.

use super::name_key::name_key;
use crate::clock::Day;
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
// What its products' rows say of it. Those are written before its own row, here and in `products::listed`, so that of two
// who write both one waits for the other and never each for each.
const PRODUCTS: &str = "UPDATE product_register SET producer_folded = p.name_folded, producer_kind = p.kind,
      village_id = p.village_id
    FROM producers p
    WHERE product_register.commune_id = $1 AND product_register.producer_id = $2
      AND p.commune_id = product_register.commune_id AND p.id = product_register.producer_id";

// Who counts anew at once comes one after the other: a row that is waited for would be counted as it was before.
const HOLD: &str = "UPDATE producer_register SET products = products WHERE commune_id = $1 AND producer_id = $2";
const PRODUCTS_COUNTED: &str = "UPDATE producer_register SET
      products = (SELECT COUNT(*) FROM product_register s
        WHERE s.commune_id = $1 AND s.producer_id = $2 AND s.state = 'approved'),
      stars_until = COALESCE((SELECT MAX(s.stars_until) FROM product_register s
        WHERE s.commune_id = $1 AND s.producer_id = $2), '')
    WHERE commune_id = $1 AND producer_id = $2";
macro_rules! given {
    ($what:literal) => {
        concat!(
            "(SELECT ",
            $what,
            " FROM support_records r WHERE r.commune_id = $1 AND r.producer_id = $2 AND r.state IN ('delivered', 'known'))"
        )
    };
}
const SUPPORT_COUNTED: &str = concat!(
    "UPDATE producer_register SET supported_on = COALESCE(",
    given!("MAX(r.given_on)"),
    ", ''), supported = (SELECT COUNT(*) FROM support_records o WHERE o.commune_id = $1 AND o.producer_id = $2 \
       AND o.state IN ('delivered', 'known') AND o.year = ",
    given!("MAX(r.year)"),
    ") WHERE commune_id = $1 AND producer_id = $2"
);
// One more, on this day: takes the row also where nothing changes, so that who counts anew meanwhile comes before or
// after.
const SUPPORT_ADDED: &str = "UPDATE producer_register SET
      supported = CASE WHEN SUBSTR(supported_on, 1, 4) = SUBSTR($3, 1, 4) THEN supported + 1
        WHEN supported_on < $3 THEN 1 ELSE supported END,
      supported_on = CASE WHEN supported_on < $3 THEN $3 ELSE supported_on END
    WHERE commune_id = $1 AND producer_id = $2";

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
    on!(cx, c => sqlx::query(PRODUCTS).bind(commune).bind(id).execute(c).await.map(drop))?;
    added(cx, commune, id, name).await
}

/// Counts a producer's approved products and reads until when their stars hold, after one of them changed.
pub async fn recount_products(cx: &mut Cx<'_>, commune: CommuneId, id: ProducerId) -> Result<()> {
    recount(cx, commune, id, PRODUCTS_COUNTED).await
}

/// Reads when a producer was given support last and counts how often in that year, after one of its records changed.
pub async fn recount_support(cx: &mut Cx<'_>, commune: CommuneId, id: ProducerId) -> Result<()> {
    recount(cx, commune, id, SUPPORT_COUNTED).await
}

/// The same after one more was given on this day.
pub async fn supported(cx: &mut Cx<'_>, commune: CommuneId, id: ProducerId, day: Day) -> Result<()> {
    on!(cx, c => sqlx::query(SUPPORT_ADDED).bind(commune).bind(id).bind(day).execute(c).await.map(drop))
}

async fn recount(cx: &mut Cx<'_>, commune: CommuneId, id: ProducerId, counted: &'static str) -> Result<()> {
    for sql in [HOLD, counted] {
        on!(cx, c => sqlx::query(sql).bind(commune).bind(id).execute(c).await.map(drop))?;
    }
    Ok(())
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
