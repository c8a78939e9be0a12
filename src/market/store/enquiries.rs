//! SQL of what buyers ask.

use uuid::Uuid;

use crate::clock::Time;
use crate::db::{Cx, Result, on};
use crate::ids::{CommuneId, EnquiryId, ProducerId, ProductId, new_id};

/// How long a question is kept: as the page promises, 90 days.
const KEPT: std::time::Duration = std::time::Duration::from_hours(90 * 24);

const INSERT: &str =
    "INSERT INTO enquiries (commune_id, id, producer_id, product_id, phone, message, state, request_id, created_at)
    VALUES ($1, $2, $3, $4, $5, $6, 'new', $7, $8) ON CONFLICT (commune_id, request_id) DO NOTHING";
const KNOWN: &str = "SELECT id FROM enquiries WHERE commune_id = $1 AND request_id = $2";
// Ids sort by time, so what is old lies before an id of that time.
const FORGET: &str = "DELETE FROM enquiries WHERE commune_id = $1 AND id < $2";
const OF_PRODUCER: &str = "SELECT e.id, e.phone, e.message, (e.state = 'answered') AS is_answered, e.created_at,
      p.name AS product, p.short AS product_short
    FROM enquiries e JOIN products p ON p.commune_id = e.commune_id AND p.id = e.product_id
    WHERE e.commune_id = $1 AND e.producer_id = $2 AND e.id >= $3 ORDER BY e.id DESC LIMIT 500";
const PRODUCER_OF: &str = "SELECT producer_id FROM enquiries WHERE commune_id = $1 AND id = $2";
const ANSWERED: &str = "UPDATE enquiries SET state = 'answered', answered_at = COALESCE(answered_at, $3)
    WHERE commune_id = $1 AND id = $2";

/// A buyer's message.
#[derive(Clone, Debug)]
pub struct Enquiry {
    /// Id.
    pub id: EnquiryId,
    /// The product asked for.
    pub product_id: ProductId,
    /// Whose it is.
    pub producer_id: ProducerId,
    /// The buyer's phone, as parsed.
    pub phone: String,
    /// What was written.
    pub message: String,
    /// True once the producer said so.
    pub is_answered: bool,
    /// When it came.
    pub created_at: Time,
}

/// A message as its producer sees it.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Received {
    /// Id.
    pub id: EnquiryId,
    /// The buyer's phone.
    pub phone: String,
    /// What was written.
    pub message: String,
    /// True once the producer said so.
    pub is_answered: bool,
    /// When it came.
    pub created_at: Time,
    /// Name of the product.
    pub product: String,
    /// Suffix of the product's address.
    pub product_short: String,
}

impl Received {
    /// The product's public path.
    pub fn product_path(&self) -> String {
        crate::products::model::path(&self.product, &self.product_short)
    }
}

/// Adds a message; the same form sent twice is one.
pub async fn insert(cx: &mut Cx<'_>, commune: CommuneId, e: &Enquiry, request: Uuid) -> Result<()> {
    on!(cx, c => sqlx::query(INSERT)
        .bind(commune)
        .bind(e.id)
        .bind(e.producer_id)
        .bind(e.product_id)
        .bind(&e.phone)
        .bind(&e.message)
        .bind(request)
        .bind(e.created_at)
        .execute(c)
        .await
        .map(drop))
}

/// True if this form was sent before.
pub async fn is_known(cx: &mut Cx<'_>, commune: CommuneId, request: Uuid) -> Result<bool> {
    let id: Option<EnquiryId> =
        on!(cx, c => sqlx::query_scalar(KNOWN).bind(commune).bind(request).fetch_optional(c).await)?;
    Ok(id.is_some())
}

/// Deletes what is older than 90 days.
pub async fn forget_old(cx: &mut Cx<'_>, commune: CommuneId, now: Time) -> Result<()> {
    on!(cx, c => sqlx::query(FORGET).bind(commune).bind(oldest(now)).execute(c).await.map(drop))
}

/// A producer's messages of the last 90 days, newest first.
pub async fn of_producer(
    cx: &mut Cx<'_>,
    commune: CommuneId,
    producer: ProducerId,
    now: Time,
) -> Result<Vec<Received>> {
    on!(cx, c => sqlx::query_as(OF_PRODUCER).bind(commune).bind(producer).bind(oldest(now)).fetch_all(c).await)
}

/// Whom a message is for.
pub async fn producer_of(cx: &mut Cx<'_>, commune: CommuneId, id: EnquiryId) -> Result<Option<ProducerId>> {
    on!(cx, c => sqlx::query_scalar(PRODUCER_OF).bind(commune).bind(id).fetch_optional(c).await)
}

/// Notes that the producer answered; the first time counts.
pub async fn set_answered(cx: &mut Cx<'_>, commune: CommuneId, id: EnquiryId, now: Time) -> Result<()> {
    on!(cx, c => sqlx::query(ANSWERED).bind(commune).bind(id).bind(now).execute(c).await.map(drop))
}

fn oldest(now: Time) -> Uuid {
    new_id(now.minus(KEPT))
}
