//! SQL of what lines are held against: producers, products, records and what is open of them, by lists of ids.

use std::collections::HashMap;
use std::sync::LazyLock;

use crate::db::{Cx, Result, WithIds, on};
use crate::ids::{CommuneId, ProducerId, ProductId, SupportId, VillageId};
use crate::producers::model::{Producer, State, open_states};
use crate::products::model::Product;
use crate::review::model::Revision;

/// Reads whole revisions that are open; what follows says of what.
macro_rules! open_revisions {
    ($rest:literal) => {
        concat!(
            "SELECT r.commune_id, r.id, r.producer_id, r.product_id, r.state, r.content, r.note, r.field_notes, \
             r.author_id, r.channel, r.decided_by, r.decided_at, r.submitted_at, r.version, r.created_at, r.updated_at \
             FROM revisions r WHERE r.commune_id = $1 AND r.state IN ",
            open_states!(),
            $rest
        )
    };
}

const MARKS: &str = "SELECT id, short, name, name_folded, village_id, phone, tax_code, state FROM producers
    WHERE commune_id = $1 ORDER BY name_folded, id";
static PRODUCERS: LazyLock<WithIds> = LazyLock::new(|| {
    WithIds::new(
        "SELECT commune_id, id, short, state, kind, name, village_id, content, channel, version, created_at, updated_at,
          approved_at FROM producers WHERE commune_id = $1 AND id IN (",
        2,
        ")",
    )
});
static PRODUCTS: LazyLock<WithIds> = LazyLock::new(|| {
    WithIds::new(
        "SELECT commune_id, id, producer_id, short, state, name, category, content, version, created_at, updated_at,
          approved_at FROM products WHERE commune_id = $1 AND state <> 'withdrawn' AND producer_id IN (",
        2,
        ")",
    )
});
static OPEN_OF_PRODUCERS: LazyLock<WithIds> =
    LazyLock::new(|| WithIds::new(open_revisions!(" AND r.product_id IS NULL AND r.producer_id IN ("), 2, ")"));
static OPEN_OF_PRODUCTS: LazyLock<WithIds> =
    LazyLock::new(|| WithIds::new(open_revisions!(" AND r.product_id IS NOT NULL AND r.producer_id IN ("), 2, ")"));
static PRODUCT_MARKS: LazyLock<WithIds> = LazyLock::new(|| {
    WithIds::new(
        "SELECT id, producer_id, name_folded FROM products
        WHERE commune_id = $1 AND state <> 'withdrawn' AND producer_id IN (",
        2,
        ")",
    )
});
const OWNER_OF_PRODUCT: &str = "SELECT producer_id FROM products WHERE commune_id = $1 AND short = $2";
static OWNERS_OF_RECORDS: LazyLock<WithIds> = LazyLock::new(|| {
    WithIds::new("SELECT DISTINCT producer_id FROM support_records WHERE commune_id = $1 AND id IN (", 2, ")")
});
static SUPPORTED: LazyLock<WithIds> = LazyLock::new(|| {
    WithIds::new(
        "SELECT producer_id, COUNT(*) AS times FROM support_records
        WHERE commune_id = $1 AND year = $2 AND state IN ('delivered', 'known') AND producer_id IN (",
        3,
        ") GROUP BY producer_id",
    )
});
const PRODUCER_IS_USED: &str = "SELECT EXISTS (SELECT 1 FROM products WHERE commune_id = $1 AND producer_id = $2
        AND state <> 'withdrawn')
      OR EXISTS (SELECT 1 FROM support_records WHERE commune_id = $1 AND producer_id = $2 AND state <> 'void')
      OR EXISTS (SELECT 1 FROM support_needs WHERE commune_id = $1 AND producer_id = $2 AND state <> 'withdrawn')
      OR EXISTS (SELECT 1 FROM consents WHERE commune_id = $1 AND producer_id = $2 AND withdrawn_at IS NULL)
      OR EXISTS (SELECT 1 FROM grants WHERE commune_id = $1 AND producer_id = $2)";
const PRODUCT_IS_USED: &str = "SELECT EXISTS (SELECT 1 FROM support_records WHERE commune_id = $1 AND product_id = $2
        AND state <> 'void')
      OR EXISTS (SELECT 1 FROM support_needs WHERE commune_id = $1 AND product_id = $2 AND state <> 'withdrawn')
      OR EXISTS (SELECT 1 FROM lots WHERE commune_id = $1 AND product_id = $2)";

/// A producer as lines look for it.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Mark {
    /// Id.
    pub id: ProducerId,
    /// Suffix of its address: our own code in files.
    pub short: String,
    /// Trade name.
    pub name: String,
    /// The same, folded.
    pub name_folded: String,
    /// Village.
    pub village_id: Option<VillageId>,
    /// Phone.
    pub phone: Option<String>,
    /// Tax code.
    pub tax_code: Option<String>,
    /// Where it stands.
    pub state: State,
}

/// A product as lines look for it.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct ProductMark {
    /// Id.
    pub id: ProductId,
    /// Whose it is.
    pub producer_id: ProducerId,
    /// Its name, folded.
    pub name_folded: String,
}

/// All producers, as lines look for them, by name.
pub async fn marks(cx: &mut Cx<'_>, commune: CommuneId) -> Result<Vec<Mark>> {
    on!(cx, c => sqlx::query_as(MARKS).bind(commune).fetch_all(c).await)
}

/// Whole producers.
pub async fn producers(cx: &mut Cx<'_>, commune: CommuneId, ids: &[ProducerId]) -> Result<Vec<Producer>> {
    PRODUCERS.rows(cx, commune, ids).await
}

/// The open revisions of producers themselves.
pub async fn open_of_producers(cx: &mut Cx<'_>, commune: CommuneId, ids: &[ProducerId]) -> Result<Vec<Revision>> {
    OPEN_OF_PRODUCERS.rows(cx, commune, ids).await
}

/// The products of producers; those that were taken back are left out.
pub async fn products(cx: &mut Cx<'_>, commune: CommuneId, owners: &[ProducerId]) -> Result<Vec<Product>> {
    PRODUCTS.rows(cx, commune, owners).await
}

/// The open revisions of these producers' products.
pub async fn open_of_products(cx: &mut Cx<'_>, commune: CommuneId, owners: &[ProducerId]) -> Result<Vec<Revision>> {
    OPEN_OF_PRODUCTS.rows(cx, commune, owners).await
}

/// The products of producers, as lines look for them.
pub async fn product_marks(cx: &mut Cx<'_>, commune: CommuneId, owners: &[ProducerId]) -> Result<Vec<ProductMark>> {
    PRODUCT_MARKS.rows(cx, commune, owners).await
}

/// Whose the products of these codes are.
pub async fn owners_of_products(cx: &mut Cx<'_>, commune: CommuneId, shorts: &[String]) -> Result<Vec<ProducerId>> {
    let mut owners = Vec::new();
    for short in shorts.iter().filter(|short| !short.is_empty()) {
        let owner: Option<ProducerId> =
            on!(cx, c => sqlx::query_scalar(OWNER_OF_PRODUCT).bind(commune).bind(short).fetch_optional(c).await)?;
        owners.extend(owner);
    }
    Ok(owners)
}

/// Whose these support records are.
pub async fn owners_of_records(cx: &mut Cx<'_>, commune: CommuneId, ids: &[SupportId]) -> Result<Vec<ProducerId>> {
    let rows: Vec<(ProducerId,)> = OWNERS_OF_RECORDS.rows(cx, commune, ids).await?;
    Ok(rows.into_iter().map(|(owner,)| owner).collect())
}

/// How often each of these producers was supported in a year; those that were not are left out.
pub async fn supported(
    cx: &mut Cx<'_>,
    commune: CommuneId,
    year: i32,
    ids: &[ProducerId],
) -> Result<HashMap<ProducerId, i64>> {
    let mut all = HashMap::new();
    for ids in ids.chunks(WithIds::MOST) {
        let (text, bound) = SUPPORTED.of(ids);
        let rows: Vec<(ProducerId, i64)> = on!(cx, c => {
            let mut query = sqlx::query_as(text).bind(commune).bind(year);
            for id in bound {
                query = query.bind(id);
            }
            query.fetch_all(c).await
        })?;
        all.extend(rows);
    }
    Ok(all)
}

/// True if something hangs on a producer: products, support, needs, consent, people who act for it.
pub async fn producer_is_used(cx: &mut Cx<'_>, commune: CommuneId, id: ProducerId) -> Result<bool> {
    on!(cx, c => sqlx::query_scalar(PRODUCER_IS_USED).bind(commune).bind(id).fetch_one(c).await)
}

/// True if something hangs on a product: support, needs, lots.
pub async fn product_is_used(cx: &mut Cx<'_>, commune: CommuneId, id: ProductId) -> Result<bool> {
    on!(cx, c => sqlx::query_scalar(PRODUCT_IS_USED).bind(commune).bind(id).fetch_one(c).await)
}
