//! SQL of lots.

use std::sync::LazyLock;

use crate::clock::Day;
use crate::db::{Cx, Result, WithIds, on};
use crate::ids::{CommuneId, LotId, ProducerId, ProductId, VillageId};
use crate::products::listed;

use super::super::model::{Lot, LotCode, LotState};

/// Reads whole lots; what follows says which.
macro_rules! lots {
    ($($rest:tt)+) => {
        concat!(
            "SELECT commune_id, id, producer_id, product_id, place_id, code, state, made_on, best_before, quantity, \
             uom, recall_reason, recalled_at, recalled_by, version, created_by, created_at \
             FROM lots ",
            $($rest)+
        )
    };
}

/// Reads lots with the names that lists show; what follows says which.
macro_rules! listed_lots {
    ($($rest:tt)+) => {
        concat!(
            "SELECT l.commune_id, l.id, l.producer_id, l.product_id, l.place_id, l.code, l.state, l.made_on, \
             l.best_before, l.quantity, l.uom, l.recall_reason, l.recalled_at, l.recalled_by, l.version, \
             l.created_by, l.created_at, p.name AS product_name, r.name AS producer_name \
             FROM lots l \
             JOIN products p ON p.commune_id = l.commune_id AND p.id = l.product_id \
             JOIN producers r ON r.commune_id = l.commune_id AND r.id = l.producer_id ",
            $($rest)+
        )
    };
}

const INSERT: &str = "INSERT INTO lots (commune_id, id, producer_id, product_id, place_id, code, state, made_on,
      best_before, quantity, uom, version, created_by, created_at)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)
    ON CONFLICT DO NOTHING RETURNING id";
const BY_ID: &str = lots!("WHERE commune_id = $1 AND id = $2");
const BY_CODE: &str = lots!("WHERE commune_id = $1 AND code = $2");
// Lots that were set aside are no lots.
const OF_PRODUCT: &str =
    lots!("WHERE commune_id = $1 AND product_id = $2 AND state <> 'set_aside' ORDER BY made_on DESC, id DESC LIMIT $3");
const OF_PRODUCER: &str = listed_lots!(
    "WHERE l.commune_id = $1 AND l.producer_id = $2 AND (l.made_on, l.id) < ($3, $4)
    ORDER BY l.made_on DESC, l.id DESC LIMIT $5"
);
const LISTED: &str = listed_lots!(
    "WHERE l.commune_id = $1 AND ($2 = '' OR l.state = $2) AND ($3 IS NULL OR r.village_id = $3)
      AND (l.made_on, l.id) < ($4, $5)
    ORDER BY l.made_on DESC, l.id DESC LIMIT $6"
);
const AMONG: &str = listed_lots!("WHERE l.commune_id = $1 AND l.id IN (");
static LISTED_AMONG: LazyLock<WithIds> = LazyLock::new(|| WithIds::new(AMONG, 2, ") ORDER BY l.made_on, l.id"));
const COUNT: &str =
    "SELECT COUNT(*) FROM lots l JOIN producers r ON r.commune_id = l.commune_id AND r.id = l.producer_id
    WHERE l.commune_id = $1 AND ($2 = '' OR l.state = $2) AND ($3 IS NULL OR r.village_id = $3)";
const HOLD: &str = "UPDATE lots SET version = version WHERE commune_id = $1 AND id = $2";
const PRODUCT: &str = "SELECT product_id FROM lots WHERE commune_id = $1 AND id = $2";
const SET_STATE: &str = "UPDATE lots SET state = $3, version = version + 1
    WHERE commune_id = $1 AND id = $2 AND state = $4";
const MADE_FROM: &str =
    "SELECT DISTINCT l.commune_id, l.id, l.producer_id, l.product_id, l.place_id, l.code, l.state, l.made_on,
      l.best_before, l.quantity, l.uom, l.recall_reason, l.recalled_at, l.recalled_by, l.version, l.created_by,
      l.created_at, p.name AS product_name, r.name AS producer_name
    FROM trace_event_lots i
      JOIN trace_event_lots o ON o.commune_id = i.commune_id AND o.event_id = i.event_id AND o.role = 'output'
      JOIN lots l ON l.commune_id = o.commune_id AND l.id = o.lot_id
      JOIN products p ON p.commune_id = l.commune_id AND p.id = l.product_id
      JOIN producers r ON r.commune_id = l.commune_id AND r.id = l.producer_id
    WHERE i.commune_id = $1 AND i.lot_id = $2 AND i.role = 'input' AND l.state <> 'set_aside'
    ORDER BY l.made_on, l.id LIMIT 100";

/// A lot with the names that lists show.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct ListedLot {
    /// The lot.
    #[sqlx(flatten)]
    pub lot: Lot,
    /// Name of its product.
    pub product_name: String,
    /// Name of its producer.
    pub producer_name: String,
}

/// The lot after which a page of a list begins: its day and id.
#[derive(Clone, Copy, Debug)]
pub struct After {
    /// Day it was made on.
    pub made_on: Day,
    /// Id.
    pub id: LotId,
}

impl After {
    /// Before the first page: nothing was made later than this.
    pub fn start(today: Day) -> Self {
        Self { made_on: today.plus_days(400_000), id: LotId(uuid::Uuid::max()) }
    }
}

/// Which lots an officer's list shows.
#[derive(Clone, Copy, Debug, Default)]
pub struct Filter {
    /// Only in this state.
    pub state: Option<LotState>,
    /// Only of producers in this village.
    pub village: Option<VillageId>,
}

/// Takes a lot for this transaction: others who would wait for the commit.
pub async fn hold(cx: &mut Cx<'_>, commune: CommuneId, id: LotId) -> Result<()> {
    on!(cx, c => sqlx::query(HOLD).bind(commune).bind(id).execute(c).await.map(drop))
}

/// Adds a lot; false if its code or id is taken.
pub async fn insert(cx: &mut Cx<'_>, lot: &Lot) -> Result<bool> {
    let id: Option<LotId> = on!(cx, c => sqlx::query_scalar(INSERT)
        .bind(lot.commune_id)
        .bind(lot.id)
        .bind(lot.producer_id)
        .bind(lot.product_id)
        .bind(lot.place_id)
        .bind(&lot.code)
        .bind(lot.state)
        .bind(lot.made_on)
        .bind(lot.best_before)
        .bind(lot.quantity)
        .bind(lot.uom)
        .bind(lot.version)
        .bind(lot.created_by)
        .bind(lot.created_at)
        .fetch_optional(c)
        .await)?;
    if id.is_some() {
        listed::recount(cx, lot.commune_id, lot.product_id).await?;
    }
    Ok(id.is_some())
}

/// A lot by id.
pub async fn by_id(cx: &mut Cx<'_>, commune: CommuneId, id: LotId) -> Result<Option<Lot>> {
    on!(cx, c => sqlx::query_as(BY_ID).bind(commune).bind(id).fetch_optional(c).await)
}

/// A lot by code.
pub async fn by_code(cx: &mut Cx<'_>, commune: CommuneId, code: &LotCode) -> Result<Option<Lot>> {
    on!(cx, c => sqlx::query_as(BY_CODE).bind(commune).bind(code).fetch_optional(c).await)
}

/// The latest lots of a product.
pub async fn of_product(cx: &mut Cx<'_>, commune: CommuneId, product: ProductId, limit: i64) -> Result<Vec<Lot>> {
    on!(cx, c => sqlx::query_as(OF_PRODUCT).bind(commune).bind(product).bind(limit).fetch_all(c).await)
}

/// A page of a producer's lots, latest first.
pub async fn of_producer(
    cx: &mut Cx<'_>,
    commune: CommuneId,
    producer: ProducerId,
    after: After,
    limit: i64,
) -> Result<Vec<ListedLot>> {
    on!(cx, c => sqlx::query_as(OF_PRODUCER)
        .bind(commune)
        .bind(producer)
        .bind(after.made_on)
        .bind(after.id)
        .bind(limit)
        .fetch_all(c)
        .await)
}

/// A page of the commune's lots, latest first.
pub async fn listed(
    cx: &mut Cx<'_>,
    commune: CommuneId,
    filter: Filter,
    after: After,
    limit: i64,
) -> Result<Vec<ListedLot>> {
    on!(cx, c => sqlx::query_as(LISTED)
        .bind(commune)
        .bind(filter.state.map_or("", LotState::word))
        .bind(filter.village)
        .bind(after.made_on)
        .bind(after.id)
        .bind(limit)
        .fetch_all(c)
        .await)
}

/// These lots, earliest first.
pub async fn among(cx: &mut Cx<'_>, commune: CommuneId, ids: &[LotId]) -> Result<Vec<ListedLot>> {
    LISTED_AMONG.rows(cx, commune, ids).await
}

/// How many lots the filter lets through.
pub async fn count(cx: &mut Cx<'_>, commune: CommuneId, filter: Filter) -> Result<i64> {
    on!(cx, c => sqlx::query_scalar(COUNT)
        .bind(commune)
        .bind(filter.state.map_or("", LotState::word))
        .bind(filter.village)
        .fetch_one(c)
        .await)
}

/// Closes an open lot or opens a closed one; false if it stood otherwise.
pub async fn set_state(cx: &mut Cx<'_>, commune: CommuneId, id: LotId, from: LotState, to: LotState) -> Result<bool> {
    let done = on!(cx, c => sqlx::query(SET_STATE)
        .bind(commune)
        .bind(id)
        .bind(to)
        .bind(from)
        .execute(c)
        .await
        .map(|done| done.rows_affected()))?;
    if done == 1 && (from == LotState::SetAside || to == LotState::SetAside) {
        let product = on!(cx, c => sqlx::query_scalar(PRODUCT).bind(commune).bind(id).fetch_one(c).await)?;
        listed::recount(cx, commune, product).await?;
    }
    Ok(done == 1)
}

/// The lots that a lot was used up for, at most a hundred.
pub async fn made_from(cx: &mut Cx<'_>, commune: CommuneId, id: LotId) -> Result<Vec<ListedLot>> {
    on!(cx, c => sqlx::query_as(MADE_FROM).bind(commune).bind(id).fetch_all(c).await)
}
