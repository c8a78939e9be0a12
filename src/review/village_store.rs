//! SQL of villages as the office keeps them.

use crate::db::{Cx, Result, on};
use crate::ids::{CommuneId, ProducerId, VillageId};

const ALL: &str = "SELECT id, name, position, hidden FROM villages WHERE commune_id = $1 ORDER BY position, name";
const INSERT: &str = "INSERT INTO villages (commune_id, id, name, position, hidden) VALUES ($1, $2, $3, $4, FALSE)";
const UPDATE: &str = "UPDATE villages SET name = $3, position = $4, hidden = $5 WHERE commune_id = $1 AND id = $2";
const PRODUCERS: &str =
    "SELECT id FROM producers WHERE commune_id = $1 AND village_id = $2 AND state IN ('approved', 'suspended')";
const COUNTS: &str = "SELECT village_id, COUNT(*) FROM producers WHERE commune_id = $1 AND village_id IS NOT NULL
    GROUP BY village_id";

/// A village's row.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct VillageRow {
    /// Id.
    pub id: VillageId,
    /// Name without "thôn".
    pub name: String,
    /// Place in lists.
    pub position: i32,
    /// True: no longer offered in forms.
    pub hidden: bool,
}

/// Every village, hidden ones too, in the commune's order.
pub async fn all(cx: &mut Cx<'_>, commune: CommuneId) -> Result<Vec<VillageRow>> {
    on!(cx, c => sqlx::query_as(ALL).bind(commune).fetch_all(c).await)
}

/// Adds a village; a second of the same name is a unique violation.
pub async fn insert(cx: &mut Cx<'_>, commune: CommuneId, id: VillageId, name: &str, position: i32) -> Result<()> {
    on!(cx, c => sqlx::query(INSERT).bind(commune).bind(id).bind(name).bind(position).execute(c).await.map(drop))
}

/// Changes a village; false if there is none of this id.
pub async fn update(cx: &mut Cx<'_>, commune: CommuneId, village: &VillageRow) -> Result<bool> {
    let done = on!(cx, c => sqlx::query(UPDATE)
        .bind(commune)
        .bind(village.id)
        .bind(&village.name)
        .bind(village.position)
        .bind(village.hidden)
        .execute(c)
        .await
        .map(|done| done.rows_affected()))?;
    Ok(done == 1)
}

/// Its producers that visitors may know.
pub async fn producers(cx: &mut Cx<'_>, commune: CommuneId, id: VillageId) -> Result<Vec<ProducerId>> {
    on!(cx, c => sqlx::query_scalar(PRODUCERS).bind(commune).bind(id).fetch_all(c).await)
}

/// How many producers each village has.
pub async fn counts(cx: &mut Cx<'_>, commune: CommuneId) -> Result<Vec<(VillageId, i64)>> {
    on!(cx, c => sqlx::query_as(COUNTS).bind(commune).fetch_all(c).await)
}
