//! SQL of the office's tables of producers and products. Both read one commune's rows by an index and no
//! content; the filter runs over them in memory (a commune has a few thousand).

use crate::amounts::Dong;
use crate::clock::{Day, Time};
use crate::db::{Cx, Result, on};
use crate::ids::{CommuneId, ProducerId, ProductId, VillageId};
use crate::producers::model::{Channel, State};

const PRODUCERS: &str =
    "SELECT id, short, state, kind, name, name_folded, village_id, phone, tax_code, channel, created_at, updated_at
    FROM producers WHERE commune_id = $1 ORDER BY name_folded, id";
const PRODUCT_COUNTS: &str = "SELECT producer_id, COUNT(*) FROM products
    WHERE commune_id = $1 AND state = 'approved' GROUP BY producer_id";
const PRODUCTS: &str =
    "SELECT s.id, s.short, s.state, s.name, s.name_folded, s.category, s.price_min, s.price_max, s.unit,
      s.updated_at, p.id AS producer_id, p.name AS producer_name, p.short AS producer_short, p.state AS producer_state,
      p.kind AS producer_kind, p.village_id, p.phone
    FROM products s JOIN producers p ON p.commune_id = s.commune_id AND p.id = s.producer_id
    WHERE s.commune_id = $1 ORDER BY s.name_folded, s.id";
// Shown to buyers on this day: 3 to 5 stars within their term.
const STARS: &str = "SELECT d.product_id, s.producer_id, d.stars, d.expires_on FROM ocop_decisions d
    JOIN products s ON s.commune_id = d.commune_id AND s.id = d.product_id
    WHERE d.commune_id = $1 AND d.voided_at IS NULL AND d.stars BETWEEN 3 AND 5
      AND d.decided_on <= $2 AND d.expires_on >= $2
    ORDER BY d.decided_on, d.id";
const CERTIFICATES: &str = "SELECT product_id, issued_on, expires_on FROM certificates
    WHERE commune_id = $1 AND product_id IS NOT NULL AND retired_at IS NULL";
const LOT_COUNTS: &str = "SELECT product_id, COUNT(*) FROM lots WHERE commune_id = $1 GROUP BY product_id";

/// A producer as the table shows it.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct ProducerRow {
    /// Id.
    pub id: ProducerId,
    /// Suffix of its address.
    pub short: String,
    /// Where it stands.
    pub state: State,
    /// Kind as a word.
    pub kind: String,
    /// Name.
    pub name: String,
    /// Name, folded.
    pub name_folded: String,
    /// Village.
    pub village_id: Option<VillageId>,
    /// Phone.
    pub phone: Option<String>,
    /// Tax code or personal number.
    pub tax_code: Option<String>,
    /// By whom it was brought in.
    pub channel: Channel,
    /// When it was begun.
    pub created_at: Time,
    /// When it last changed.
    pub updated_at: Time,
}

/// A product as the table shows it.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct ProductRow {
    /// Id.
    pub id: ProductId,
    /// Suffix of its address.
    pub short: String,
    /// Where it stands.
    pub state: State,
    /// Name.
    pub name: String,
    /// Name, folded.
    pub name_folded: String,
    /// Category code.
    pub category: String,
    /// Lowest price.
    pub price_min: Option<Dong>,
    /// Highest price.
    pub price_max: Option<Dong>,
    /// Unit code.
    pub unit: String,
    /// When it last changed.
    pub updated_at: Time,
    /// Whose it is.
    pub producer_id: ProducerId,
    /// Its name.
    pub producer_name: String,
    /// Suffix of its address.
    pub producer_short: String,
    /// Where the producer stands.
    pub producer_state: State,
    /// Its kind.
    pub producer_kind: String,
    /// Its village.
    pub village_id: Option<VillageId>,
    /// Its phone.
    pub phone: Option<String>,
}

/// Stars that may be shown today: product, producer, stars, last day.
pub type StarsRow = (ProductId, ProducerId, i32, Day);

/// Every producer, by name.
pub async fn producers(cx: &mut Cx<'_>, commune: CommuneId) -> Result<Vec<ProducerRow>> {
    on!(cx, c => sqlx::query_as(PRODUCERS).bind(commune).fetch_all(c).await)
}

/// How many approved products each producer has.
pub async fn product_counts(cx: &mut Cx<'_>, commune: CommuneId) -> Result<Vec<(ProducerId, i64)>> {
    on!(cx, c => sqlx::query_as(PRODUCT_COUNTS).bind(commune).fetch_all(c).await)
}

/// Every product with its producer, by name.
pub async fn products(cx: &mut Cx<'_>, commune: CommuneId) -> Result<Vec<ProductRow>> {
    on!(cx, c => sqlx::query_as(PRODUCTS).bind(commune).fetch_all(c).await)
}

/// OCOP stars that stand on this day, the latest decision of a product last.
pub async fn stars(cx: &mut Cx<'_>, commune: CommuneId, day: Day) -> Result<Vec<StarsRow>> {
    on!(cx, c => sqlx::query_as(STARS).bind(commune).bind(day).fetch_all(c).await)
}

/// First and last day of every product's certificates.
pub async fn certificates(cx: &mut Cx<'_>, commune: CommuneId) -> Result<Vec<(ProductId, Option<Day>, Option<Day>)>> {
    on!(cx, c => sqlx::query_as(CERTIFICATES).bind(commune).fetch_all(c).await)
}

/// How many lots each product has.
pub async fn lot_counts(cx: &mut Cx<'_>, commune: CommuneId) -> Result<Vec<(ProductId, i64)>> {
    on!(cx, c => sqlx::query_as(LOT_COUNTS).bind(commune).fetch_all(c).await)
}
