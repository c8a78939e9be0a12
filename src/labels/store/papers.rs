//! SQL of producers' own papers and of what they chose last.

use uuid::Uuid;

use crate::clock::Time;
use crate::db::{Cx, Result, on};
use crate::ids::{CommuneId, ProducerId, UserId};

use super::super::sheet::OwnGeometry;

const INSERT: &str = "INSERT INTO label_papers (commune_id, id, producer_id, name, label_width, label_height, across,
      down, margin_left, margin_top, pitch_x, pitch_y, offset_x, offset_y, state, version, created_by, created_at)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, 'kept', 1, $15, $16)
    ON CONFLICT (commune_id, id) DO NOTHING";
const UPDATE: &str = "UPDATE label_papers SET name = $4, label_width = $5, label_height = $6, across = $7, down = $8,
      margin_left = $9, margin_top = $10, pitch_x = $11, pitch_y = $12, offset_x = $13, offset_y = $14,
      version = version + 1 WHERE commune_id = $1 AND id = $2 AND version = $3 AND state = 'kept'";
const DROP: &str = "UPDATE label_papers SET state = 'dropped', version = version + 1
    WHERE commune_id = $1 AND id = $2 AND state = 'kept'";
const BY_ID: &str = "SELECT id, producer_id, name, label_width, label_height, across, down, margin_left, margin_top,
      pitch_x, pitch_y, offset_x, offset_y, state = 'kept' AS kept, version
    FROM label_papers WHERE commune_id = $1 AND id = $2";
const OF_PRODUCER: &str = "SELECT id, producer_id, name, label_width, label_height, across, down, margin_left,
      margin_top, pitch_x, pitch_y, offset_x, offset_y, state = 'kept' AS kept, version
    FROM label_papers WHERE commune_id = $1 AND producer_id = $2 AND state = 'kept' ORDER BY created_at, id LIMIT 50";
const CHOOSE: &str = "INSERT INTO label_choices (commune_id, producer_id, paper, parts, updated_by, updated_at)
    VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (commune_id, producer_id) DO UPDATE
    SET paper = excluded.paper, parts = excluded.parts, updated_by = excluded.updated_by,
      updated_at = excluded.updated_at";
const CHOSEN: &str = "SELECT paper, parts FROM label_choices WHERE commune_id = $1 AND producer_id = $2";

/// A producer's own paper.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct OwnPaper {
    /// Id; its key where papers are chosen.
    pub id: Uuid,
    /// Whose.
    pub producer_id: ProducerId,
    /// What its owner calls it.
    pub name: String,
    /// Where its labels lie.
    #[sqlx(flatten)]
    pub geometry: OwnGeometry,
    /// False: put aside; sheets that were printed on it can still be had.
    pub kept: bool,
    /// Counts up with each change.
    pub version: i64,
}

/// What a producer chose when it printed last.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Choice {
    /// Key of the paper.
    pub paper: String,
    /// Words of the parts, separated by spaces.
    pub parts: String,
}

/// Adds a paper; the same form sent again adds it once.
pub async fn insert(cx: &mut Cx<'_>, commune: CommuneId, paper: &OwnPaper, by: UserId, now: Time) -> Result<()> {
    let g = paper.geometry;
    on!(cx, c => sqlx::query(INSERT)
        .bind(commune)
        .bind(paper.id)
        .bind(paper.producer_id)
        .bind(&paper.name)
        .bind(g.label_width)
        .bind(g.label_height)
        .bind(g.columns)
        .bind(g.rows)
        .bind(g.margin_left)
        .bind(g.margin_top)
        .bind(g.pitch_x)
        .bind(g.pitch_y)
        .bind(g.offset_x)
        .bind(g.offset_y)
        .bind(by)
        .bind(now)
        .execute(c)
        .await
        .map(drop))
}

/// Changes a paper over the version that was read; false if somebody was first.
pub async fn update(cx: &mut Cx<'_>, commune: CommuneId, paper: &OwnPaper) -> Result<bool> {
    let g = paper.geometry;
    on!(cx, c => sqlx::query(UPDATE)
        .bind(commune)
        .bind(paper.id)
        .bind(paper.version)
        .bind(&paper.name)
        .bind(g.label_width)
        .bind(g.label_height)
        .bind(g.columns)
        .bind(g.rows)
        .bind(g.margin_left)
        .bind(g.margin_top)
        .bind(g.pitch_x)
        .bind(g.pitch_y)
        .bind(g.offset_x)
        .bind(g.offset_y)
        .execute(c)
        .await
        .map(|done| done.rows_affected() == 1))
}

/// Puts a paper aside.
pub async fn put_aside(cx: &mut Cx<'_>, commune: CommuneId, id: Uuid) -> Result<()> {
    on!(cx, c => sqlx::query(DROP).bind(commune).bind(id).execute(c).await.map(drop))
}

/// A paper by id, also one that was put aside.
pub async fn by_id(cx: &mut Cx<'_>, commune: CommuneId, id: Uuid) -> Result<Option<OwnPaper>> {
    on!(cx, c => sqlx::query_as(BY_ID).bind(commune).bind(id).fetch_optional(c).await)
}

/// A producer's papers, oldest first; at most 50.
pub async fn of_producer(cx: &mut Cx<'_>, commune: CommuneId, producer: ProducerId) -> Result<Vec<OwnPaper>> {
    on!(cx, c => sqlx::query_as(OF_PRODUCER).bind(commune).bind(producer).fetch_all(c).await)
}

/// Keeps what a producer chose.
pub async fn choose(
    cx: &mut Cx<'_>,
    commune: CommuneId,
    producer: ProducerId,
    choice: &Choice,
    by: UserId,
    now: Time,
) -> Result<()> {
    on!(cx, c => sqlx::query(CHOOSE)
        .bind(commune)
        .bind(producer)
        .bind(&choice.paper)
        .bind(&choice.parts)
        .bind(by)
        .bind(now)
        .execute(c)
        .await
        .map(drop))
}

/// What a producer chose last.
pub async fn chosen(cx: &mut Cx<'_>, commune: CommuneId, producer: ProducerId) -> Result<Option<Choice>> {
    on!(cx, c => sqlx::query_as(CHOSEN).bind(commune).bind(producer).fetch_optional(c).await)
}
