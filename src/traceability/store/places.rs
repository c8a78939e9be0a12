//! SQL of places.

use crate::db::{Cx, Result, on};
use crate::ids::{CommuneId, PlaceId, ProducerId};

use super::super::model::Place;

const INSERT: &str = "INSERT INTO places (commune_id, id, producer_id, kind, name, village_id, gln, address, hidden,
      version, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
    ON CONFLICT (commune_id, id) DO NOTHING";
const BY_ID: &str = "SELECT commune_id, id, producer_id, kind, name, village_id, gln, address, hidden, version,
      created_at FROM places WHERE commune_id = $1 AND id = $2";
const OF_PRODUCER: &str =
    "SELECT commune_id, id, producer_id, kind, name, village_id, gln, address, hidden, version, created_at
    FROM places WHERE commune_id = $1 AND producer_id = $2 ORDER BY hidden, created_at, id LIMIT 500";
const UPDATE: &str = "UPDATE places SET kind = $4, name = $5, village_id = $6, gln = $7, address = $8,
      version = version + 1 WHERE commune_id = $1 AND id = $2 AND version = $3";
const SET_HIDDEN: &str = "UPDATE places SET hidden = $4, version = version + 1
    WHERE commune_id = $1 AND producer_id = $2 AND id = $3";

/// Adds a place; one with the same id (the same form sent again) stays as it is.
pub async fn insert(cx: &mut Cx<'_>, p: &Place) -> Result<()> {
    on!(cx, c => sqlx::query(INSERT)
        .bind(p.commune_id)
        .bind(p.id)
        .bind(p.producer_id)
        .bind(p.kind)
        .bind(&p.name)
        .bind(p.village_id)
        .bind(&p.gln)
        .bind(&p.address)
        .bind(p.hidden)
        .bind(p.version)
        .bind(p.created_at)
        .execute(c)
        .await
        .map(drop))
}

/// A place by id.
pub async fn by_id(cx: &mut Cx<'_>, commune: CommuneId, id: PlaceId) -> Result<Option<Place>> {
    on!(cx, c => sqlx::query_as(BY_ID).bind(commune).bind(id).fetch_optional(c).await)
}

/// A producer's places, those in use first, oldest first; at most 500.
pub async fn of_producer(cx: &mut Cx<'_>, commune: CommuneId, producer: ProducerId) -> Result<Vec<Place>> {
    on!(cx, c => sqlx::query_as(OF_PRODUCER).bind(commune).bind(producer).fetch_all(c).await)
}

/// Writes what is told of a place over the version that was read; false if somebody else changed it meanwhile.
pub async fn update(cx: &mut Cx<'_>, p: &Place) -> Result<bool> {
    let done = on!(cx, c => sqlx::query(UPDATE)
        .bind(p.commune_id)
        .bind(p.id)
        .bind(p.version)
        .bind(p.kind)
        .bind(&p.name)
        .bind(p.village_id)
        .bind(&p.gln)
        .bind(&p.address)
        .execute(c)
        .await
        .map(|done| done.rows_affected()))?;
    Ok(done == 1)
}

/// Offers a place for new steps no longer, or again. False if the producer has no such place.
pub async fn set_hidden(
    cx: &mut Cx<'_>,
    commune: CommuneId,
    producer: ProducerId,
    id: PlaceId,
    hidden: bool,
) -> Result<bool> {
    let done = on!(cx, c => sqlx::query(SET_HIDDEN)
        .bind(commune)
        .bind(producer)
        .bind(id)
        .bind(hidden)
        .execute(c)
        .await
        .map(|done| done.rows_affected()))?;
    Ok(done == 1)
}
