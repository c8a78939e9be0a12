//! SQL of the public catalogue: only approved products of approved producers ever come out of here.

pub mod enquiries;
pub mod misses;
pub mod popularity;

use crate::clock::{Day, Time};
use crate::db::{Cx, Result, on};
use crate::ids::{CommuneId, ProducerId, ProductId, VillageId};
use crate::producers::model::{ProducerContent, ProducerKind};
use crate::products::model::ProductContent;
use crate::products::store::{Certificate, stands};

/// An approved product with what is public of its approved producer.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Listed {
    /// Commune.
    pub commune_id: CommuneId,
    /// Id.
    pub id: ProductId,
    /// Suffix of its public address.
    pub short: String,
    /// The live content.
    pub content: ProductContent,
    /// When it last changed.
    pub updated_at: Time,
    /// Whose it is.
    pub producer_id: ProducerId,
    /// Suffix of the producer's public address.
    pub producer_short: String,
    /// Trade name of the producer.
    pub producer_name: String,
    /// Kind of producer, as a word.
    pub producer_kind: String,
    /// Village of the producer.
    pub village_id: Option<VillageId>,
    /// Its name, without "thôn".
    pub village: Option<String>,
    /// OCOP stars that may be shown on the day of the question.
    pub stars: Option<i32>,
    /// Openings of its labels by people in 30 days, as last counted.
    pub scans: i64,
}

impl Listed {
    /// Its public path.
    pub fn path(&self) -> String {
        crate::products::model::path(&self.content.name, &self.short)
    }

    /// Its producer's public path.
    pub fn producer_path(&self) -> String {
        crate::producers::model::path(&self.producer_name, &self.producer_short)
    }

    /// Kind of its producer.
    pub fn kind(&self) -> Option<ProducerKind> {
        self.producer_kind.parse().ok()
    }
}

/// An approved producer as visitors may know it; consent is asked for apart.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct ListedProducer {
    /// Commune.
    pub commune_id: CommuneId,
    /// Id.
    pub id: ProducerId,
    /// Suffix of its public address.
    pub short: String,
    /// Kind, as a word.
    pub kind: String,
    /// The live content.
    pub content: ProducerContent,
    /// When it last changed.
    pub updated_at: Time,
    /// Village.
    pub village_id: Option<VillageId>,
    /// Its name, without "thôn".
    pub village: Option<String>,
    /// How many approved products it has.
    pub products: i64,
}

impl ListedProducer {
    /// Its public path.
    pub fn path(&self) -> String {
        crate::producers::model::path(&self.content.name, &self.short)
    }

    /// Kind, if known.
    pub fn kind(&self) -> Option<ProducerKind> {
        self.kind.parse().ok()
    }
}

/// A certificate that a product or its producer holds, as the index needs it.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Held {
    /// The producer.
    pub producer_id: ProducerId,
    /// The product; None: the producer as a whole.
    pub product_id: Option<ProductId>,
    /// Code in `seed/certificate-kinds.json`.
    pub kind: String,
    /// Last day; None: without end.
    pub expires_on: Option<Day>,
}

/// A decision on stars, as the index needs it.
#[derive(Clone, Copy, Debug, sqlx::FromRow)]
pub struct Starred {
    /// The product.
    pub product_id: ProductId,
    /// Stars.
    pub stars: i32,
    /// Last day.
    pub expires_on: Day,
}

// One shape of row for every question: the columns and joins stand once, each question adds its own end.
macro_rules! listed {
    ($($end:tt)+) => {
        concat!(
            "SELECT p.commune_id, p.id, p.short, p.content, p.updated_at, p.producer_id, o.short AS producer_short,
               o.name AS producer_name, o.kind AS producer_kind, o.village_id, v.name AS village,
               (SELECT d.stars FROM ocop_decisions d WHERE d.commune_id = p.commune_id AND d.product_id = p.id AND ",
            stands!("$2"),
            " ORDER BY d.decided_on DESC, d.id DESC LIMIT 1) AS stars,
               COALESCE((SELECT n.scans FROM product_scans n WHERE n.commune_id = p.commune_id
                  AND n.product_id = p.id), 0) AS scans
             FROM products p
             JOIN producers o ON o.commune_id = p.commune_id AND o.id = p.producer_id AND o.state = 'approved'
             LEFT JOIN villages v ON v.commune_id = o.commune_id AND v.id = o.village_id
             WHERE p.commune_id = $1 AND p.state = 'approved' ",
            $($end)+
        )
    };
}

const LISTED: &str = listed!("AND p.id = $3");
const LISTED_AFTER: &str = listed!("AND p.id > $3 ORDER BY p.id LIMIT $4");
const LISTED_SHORT: &str = listed!("AND p.short = $3");
// Twenty-five at once; a shorter list repeats its last id.
const LISTED_AMONG: &str = listed!(
    "AND p.id IN ($3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23,
       $24, $25, $26, $27)"
);
const SEASONAL: &str = listed!(
    "AND p.season <> 4095 AND p.season <> 0 AND p.availability <> 'sold_out' ORDER BY p.approved_at DESC, p.id LIMIT $3"
);
const WITH_STARS: &str = listed!(
    "AND EXISTS (SELECT 1 FROM ocop_decisions d WHERE d.commune_id = p.commune_id AND d.product_id = p.id AND ",
    stands!("$2"),
    ") ORDER BY p.approved_at DESC, p.id LIMIT $3"
);
const LISTED_OF: &str = listed!("AND p.producer_id = $3 ORDER BY p.name_folded, p.id");

macro_rules! producers {
    ($end:literal) => {
        concat!(
            "SELECT o.commune_id, o.id, o.short, o.kind, o.content, o.updated_at, o.village_id, v.name AS village,
               (SELECT COUNT(*) FROM products p WHERE p.commune_id = o.commune_id AND p.producer_id = o.id
                  AND p.state = 'approved') AS products
             FROM producers o LEFT JOIN villages v ON v.commune_id = o.commune_id AND v.id = o.village_id
             WHERE o.commune_id = $1 AND o.state = 'approved' ",
            $end
        )
    };
}

const PRODUCER: &str = producers!("AND o.id = $2");
const PRODUCER_SHORT: &str = producers!("AND o.short = $2");
const PRODUCERS_BY_NAME: &str = producers!(
    "AND (o.name_folded, o.id) > ($2, $3) AND (o.village_id = $4 OR $4 IS NULL) AND (o.kind = $5 OR $5 = '')
     ORDER BY o.name_folded, o.id LIMIT $6"
);
const PRODUCERS_AMONG: &str = producers!(
    "AND o.id IN ($2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22,
       $23, $24, $25, $26)"
);
const PRODUCERS_AFTER: &str = producers!("AND o.id > $2 ORDER BY o.id LIMIT $3");

const HELD: &str = "SELECT producer_id, product_id, kind, expires_on FROM certificates
    WHERE commune_id = $1 AND producer_id = $2 AND retired_at IS NULL ORDER BY id";
const HELD_BETWEEN: &str = "SELECT producer_id, product_id, kind, expires_on FROM certificates
    WHERE commune_id = $1 AND retired_at IS NULL AND product_id BETWEEN $2 AND $3 ORDER BY id";
const HELD_BY_PRODUCERS: &str = "SELECT producer_id, product_id, kind, expires_on FROM certificates
    WHERE commune_id = $1 AND retired_at IS NULL AND product_id IS NULL ORDER BY id";
const STARRED: &str = concat!(
    "SELECT d.product_id, d.stars, d.expires_on FROM ocop_decisions d
    WHERE d.commune_id = $1 AND d.product_id BETWEEN $2 AND $3 AND ",
    stands!("$4"),
    " ORDER BY d.decided_on DESC, d.id DESC"
);
const PER_CATEGORY: &str = "SELECT p.category, COUNT(*) FROM products p
    JOIN producers o ON o.commune_id = p.commune_id AND o.id = p.producer_id AND o.state = 'approved'
    WHERE p.commune_id = $1 AND p.state = 'approved' GROUP BY p.category";
const OF_PRODUCER_ALONE: &str =
    "SELECT id, kind, number, issuer, scope, issued_on, expires_on, file_id FROM certificates
    WHERE commune_id = $1 AND producer_id = $2 AND product_id IS NULL AND retired_at IS NULL
    ORDER BY expires_on DESC, id";
const PRODUCT_IDS: &str = "SELECT id FROM products WHERE commune_id = $1 AND producer_id = $2 ORDER BY id";

/// A product, if visitors may see it.
pub async fn listed(cx: &mut Cx<'_>, commune: CommuneId, id: ProductId, today: Day) -> Result<Option<Listed>> {
    on!(cx, c => sqlx::query_as(LISTED).bind(commune).bind(today).bind(id).fetch_optional(c).await)
}

/// Products by id, those after `after`.
pub async fn listed_after(
    cx: &mut Cx<'_>,
    commune: CommuneId,
    after: ProductId,
    limit: i64,
    today: Day,
) -> Result<Vec<Listed>> {
    on!(cx, c => sqlx::query_as(LISTED_AFTER).bind(commune).bind(today).bind(after).bind(limit).fetch_all(c).await)
}

/// A producer's products that visitors may see, by name.
pub async fn listed_of(cx: &mut Cx<'_>, commune: CommuneId, producer: ProducerId, today: Day) -> Result<Vec<Listed>> {
    on!(cx, c => sqlx::query_as(LISTED_OF).bind(commune).bind(today).bind(producer).fetch_all(c).await)
}

/// A producer, if visitors may see it.
pub async fn producer(cx: &mut Cx<'_>, commune: CommuneId, id: ProducerId) -> Result<Option<ListedProducer>> {
    on!(cx, c => sqlx::query_as(PRODUCER).bind(commune).bind(id).fetch_optional(c).await)
}

/// Producers by id, those after `after`.
pub async fn producers_after(
    cx: &mut Cx<'_>,
    commune: CommuneId,
    after: ProducerId,
    limit: i64,
) -> Result<Vec<ListedProducer>> {
    on!(cx, c => sqlx::query_as(PRODUCERS_AFTER).bind(commune).bind(after).bind(limit).fetch_all(c).await)
}

/// All certificates of a producer and its products that stand.
pub async fn held(cx: &mut Cx<'_>, commune: CommuneId, producer: ProducerId) -> Result<Vec<Held>> {
    on!(cx, c => sqlx::query_as(HELD).bind(commune).bind(producer).fetch_all(c).await)
}

/// Certificates of the products from `first` to `last`.
pub async fn held_between(cx: &mut Cx<'_>, commune: CommuneId, first: ProductId, last: ProductId) -> Result<Vec<Held>> {
    on!(cx, c => sqlx::query_as(HELD_BETWEEN).bind(commune).bind(first).bind(last).fetch_all(c).await)
}

/// Certificates that producers hold as a whole.
pub async fn held_by_producers(cx: &mut Cx<'_>, commune: CommuneId) -> Result<Vec<Held>> {
    on!(cx, c => sqlx::query_as(HELD_BY_PRODUCERS).bind(commune).fetch_all(c).await)
}

/// Decisions on stars of the products from `first` to `last`, newest first.
pub async fn starred_between(
    cx: &mut Cx<'_>,
    commune: CommuneId,
    first: ProductId,
    last: ProductId,
    today: Day,
) -> Result<Vec<Starred>> {
    on!(cx, c => sqlx::query_as(STARRED).bind(commune).bind(first).bind(last).bind(today).fetch_all(c).await)
}

/// Ids of a producer's products in every state.
pub async fn product_ids(cx: &mut Cx<'_>, commune: CommuneId, producer: ProducerId) -> Result<Vec<ProductId>> {
    on!(cx, c => sqlx::query_scalar(PRODUCT_IDS).bind(commune).bind(producer).fetch_all(c).await)
}

/// How many ids one question of [`listed_among`] and [`producers_among`] takes.
const AMONG: usize = 25;

/// A product by the suffix of its public address, if visitors may see it.
pub async fn listed_by_short(cx: &mut Cx<'_>, commune: CommuneId, short: &str, today: Day) -> Result<Option<Listed>> {
    on!(cx, c => sqlx::query_as(LISTED_SHORT).bind(commune).bind(today).bind(short).fetch_optional(c).await)
}

/// The products of these ids that visitors may see, in the order of the ids.
pub async fn listed_among(cx: &mut Cx<'_>, commune: CommuneId, ids: &[ProductId], today: Day) -> Result<Vec<Listed>> {
    let mut rows: Vec<Listed> = Vec::with_capacity(ids.len());
    for chunk in ids.chunks(AMONG) {
        let last = chunk[chunk.len() - 1];
        rows.extend(on!(cx, c => {
            let mut query = sqlx::query_as::<_, Listed>(LISTED_AMONG).bind(commune).bind(today);
            for at in 0..AMONG {
                query = query.bind(chunk.get(at).copied().unwrap_or(last));
            }
            query.fetch_all(c).await
        })?);
    }
    rows.sort_by_cached_key(|row| ids.iter().position(|id| *id == row.id));
    Ok(rows)
}

/// The producers of these ids that visitors may see, in the order of the ids.
pub async fn producers_among(cx: &mut Cx<'_>, commune: CommuneId, ids: &[ProducerId]) -> Result<Vec<ListedProducer>> {
    let mut rows: Vec<ListedProducer> = Vec::with_capacity(ids.len());
    for chunk in ids.chunks(AMONG) {
        let last = chunk[chunk.len() - 1];
        rows.extend(on!(cx, c => {
            let mut query = sqlx::query_as::<_, ListedProducer>(PRODUCERS_AMONG).bind(commune);
            for at in 0..AMONG {
                query = query.bind(chunk.get(at).copied().unwrap_or(last));
            }
            query.fetch_all(c).await
        })?);
    }
    rows.sort_by_cached_key(|row| ids.iter().position(|id| *id == row.id));
    Ok(rows)
}

/// Products with a season of their own that can be had, the latest approved first.
pub async fn seasonal(cx: &mut Cx<'_>, commune: CommuneId, limit: i64, today: Day) -> Result<Vec<Listed>> {
    on!(cx, c => sqlx::query_as(SEASONAL).bind(commune).bind(today).bind(limit).fetch_all(c).await)
}

/// Products with stars that may be shown today, the latest approved first.
pub async fn with_stars(cx: &mut Cx<'_>, commune: CommuneId, limit: i64, today: Day) -> Result<Vec<Listed>> {
    on!(cx, c => sqlx::query_as(WITH_STARS).bind(commune).bind(today).bind(limit).fetch_all(c).await)
}

/// How many products visitors may see in each category.
pub async fn per_category(cx: &mut Cx<'_>, commune: CommuneId) -> Result<Vec<(String, i64)>> {
    on!(cx, c => sqlx::query_as(PER_CATEGORY).bind(commune).fetch_all(c).await)
}

/// A producer by the suffix of its public address, if visitors may see it.
pub async fn producer_by_short(cx: &mut Cx<'_>, commune: CommuneId, short: &str) -> Result<Option<ListedProducer>> {
    on!(cx, c => sqlx::query_as(PRODUCER_SHORT).bind(commune).bind(short).fetch_optional(c).await)
}

/// Where a page of producers by name begins and what it is narrowed to.
#[derive(Clone, Debug, Default)]
pub struct ByName<'a> {
    /// Folded name of the last one before.
    pub after_name: &'a str,
    /// Its id; nil before the first.
    pub after: uuid::Uuid,
    /// Only of this village.
    pub village: Option<VillageId>,
    /// Only of this kind; "" for all.
    pub kind: &'a str,
}

/// Producers by name.
pub async fn producers_by_name(
    cx: &mut Cx<'_>,
    commune: CommuneId,
    from: &ByName<'_>,
    limit: i64,
) -> Result<Vec<ListedProducer>> {
    on!(cx, c => sqlx::query_as(PRODUCERS_BY_NAME)
        .bind(commune)
        .bind(from.after_name)
        .bind(from.after)
        .bind(from.village)
        .bind(from.kind)
        .bind(limit)
        .fetch_all(c)
        .await)
}

/// Certificates that a producer holds as a whole.
pub async fn certificates_of_producer(
    cx: &mut Cx<'_>,
    commune: CommuneId,
    producer: ProducerId,
) -> Result<Vec<Certificate>> {
    on!(cx, c => sqlx::query_as(OF_PRODUCER_ALONE).bind(commune).bind(producer).fetch_all(c).await)
}
