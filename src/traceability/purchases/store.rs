//! SQL of purchases from outside and of their suppliers.

use std::sync::LazyLock;

use crate::clock::Time;
use crate::db::{Cx, Result, WithIds, on};
use crate::ids::{CommuneId, LotId, PartyId, ProducerId, UserId};

use super::model::{Purchase, SupplierKind};

const OPEN: &str = "SELECT b.commune_id, b.id, b.lot_id, o.producer_id, b.party_id, o.name AS supplier,
      o.kind AS supplier_kind, o.place AS supplier_place, b.goods, b.quantity, b.uom, b.document, b.bought_on,
      b.event_id
    FROM purchases b
      JOIN parties o ON o.commune_id = b.commune_id AND o.id = b.party_id
      JOIN trace_events e ON e.commune_id = b.commune_id AND e.id = b.event_id
    WHERE b.commune_id = $1 AND b.lot_id IN (";
const CLOSE: &str = ") AND NOT EXISTS (SELECT 1 FROM trace_events d
        WHERE d.commune_id = $1 AND d.event_id = e.event_id AND d.is_error_declaration = TRUE)
    ORDER BY b.bought_on, b.created_at, b.id LIMIT 200";
static OF_LOTS: LazyLock<WithIds> = LazyLock::new(|| WithIds::new(OPEN, 2, CLOSE));
const INSERT: &str =
    "INSERT INTO purchases (commune_id, id, lot_id, party_id, goods, quantity, uom, document, bought_on,
      event_id, created_by, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)";
const SUPPLIERS: &str = "SELECT name FROM parties
    WHERE commune_id = $1 AND producer_id = $2 AND kind <> '' ORDER BY name, id LIMIT 200";
const SUPPLIER: &str = "SELECT id FROM parties
    WHERE commune_id = $1 AND producer_id = $2 AND name = $3 AND kind = $4 AND place = $5 ORDER BY id LIMIT 1";
const INSERT_SUPPLIER: &str = "INSERT INTO parties (commune_id, id, producer_id, name, kind, place, created_by,
      created_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";

/// A supplier to be found or added.
#[derive(Clone, Copy, Debug)]
pub struct Supplier<'a> {
    /// In whose book.
    pub producer: ProducerId,
    /// Name.
    pub name: &'a str,
    /// What it is.
    pub kind: SupplierKind,
    /// Where, in words.
    pub place: &'a str,
}

/// The purchases of these lots that were not taken back, earliest first; at most 200 for a few hundred lots.
pub async fn of_lots(cx: &mut Cx<'_>, commune: CommuneId, lots: &[LotId]) -> Result<Vec<Purchase>> {
    OF_LOTS.rows(cx, commune, lots).await
}

/// Adds a purchase.
pub async fn insert(cx: &mut Cx<'_>, one: &Purchase, by: UserId, now: Time) -> Result<()> {
    on!(cx, c => sqlx::query(INSERT)
        .bind(one.commune_id)
        .bind(one.id)
        .bind(one.lot_id)
        .bind(one.party_id)
        .bind(&one.goods)
        .bind(one.quantity)
        .bind(one.uom)
        .bind(&one.document)
        .bind(one.bought_on)
        .bind(one.event_id)
        .bind(by)
        .bind(now)
        .execute(c)
        .await
        .map(drop))
}

/// Names of a producer's suppliers, for the form; at most 200.
pub async fn suppliers(cx: &mut Cx<'_>, commune: CommuneId, producer: ProducerId) -> Result<Vec<String>> {
    on!(cx, c => sqlx::query_scalar(SUPPLIERS).bind(commune).bind(producer).fetch_all(c).await)
}

/// The supplier in the producer's book, added if it is not there.
pub async fn supplier(
    cx: &mut Cx<'_>,
    commune: CommuneId,
    one: Supplier<'_>,
    by: UserId,
    now: Time,
) -> Result<PartyId> {
    let known: Option<PartyId> = on!(cx, c => sqlx::query_scalar(SUPPLIER)
        .bind(commune)
        .bind(one.producer)
        .bind(one.name)
        .bind(one.kind)
        .bind(one.place)
        .fetch_optional(c)
        .await)?;
    if let Some(id) = known {
        return Ok(id);
    }
    let id = PartyId::new(now);
    on!(cx, c => sqlx::query(INSERT_SUPPLIER)
        .bind(commune)
        .bind(id)
        .bind(one.producer)
        .bind(one.name)
        .bind(one.kind)
        .bind(one.place)
        .bind(by)
        .bind(now)
        .execute(c)
        .await
        .map(drop))?;
    Ok(id)
}
