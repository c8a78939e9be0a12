//! Products.

use std::sync::LazyLock;

use sqlx::QueryBuilder;

use super::DecisionRow;
use crate::amounts::Dong;
use crate::clock::{Day, Time};
use crate::db::{Cx, Result, WithIds, on};
use crate::ids::{CommuneId, ProductId, VillageId};
use crate::producers::model::State;
use crate::review::register::filter::{Order, Papers, Products, Stars};
use crate::support::filter::contains;

static BY_IDS: LazyLock<WithIds> = LazyLock::new(|| {
    let open = "SELECT s.id, s.short, s.state, s.name, s.category, s.price_min, s.price_max, s.unit, s.updated_at,
          p.name AS producer_name, p.short AS producer_short, p.village_id, p.phone
        FROM products s JOIN producers p ON p.commune_id = s.commune_id AND p.id = s.producer_id
        WHERE s.commune_id = $1 AND s.id IN (";
    WithIds::new(open, 2, ")")
});
static DECISIONS: LazyLock<WithIds> = LazyLock::new(|| {
    let open = "SELECT d.product_id, s.producer_id, d.stars, d.decided_on, d.expires_on FROM ocop_decisions d
        JOIN product_register s ON s.commune_id = d.commune_id AND s.product_id = d.product_id
        WHERE d.commune_id = $1 AND d.voided_at IS NULL AND d.product_id IN (";
    WithIds::new(open, 2, ") ORDER BY d.decided_on, d.id")
});
static CERTIFICATES: LazyLock<WithIds> = LazyLock::new(|| {
    let open = "SELECT product_id, issued_on, expires_on FROM certificates
        WHERE commune_id = $1 AND retired_at IS NULL AND product_id IN (";
    WithIds::new(open, 2, ")")
});
static LOTS: LazyLock<WithIds> = LazyLock::new(|| {
    let open = "SELECT product_id, COUNT(*) FROM lots
        WHERE commune_id = $1 AND state <> 'set_aside' AND product_id IN (";
    WithIds::new(open, 2, ") GROUP BY product_id")
});

/// A product as the table shows it.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Row {
    /// Id.
    pub id: ProductId,
    /// Suffix of its address.
    pub short: String,
    /// Where it stands.
    pub state: State,
    /// Name.
    pub name: String,
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
    /// Name of its producer.
    pub producer_name: String,
    /// Suffix of its producer's address.
    pub producer_short: String,
    /// Its producer's village.
    pub village_id: Option<VillageId>,
    /// Its producer's phone.
    pub phone: Option<String>,
}

macro_rules! push_products {
    ($q:ident, $commune:expr, $f:expr, $today:expr) => {
        $q.push(" WHERE r.commune_id = ").push_bind($commune);
        if !$f.words.is_empty() {
            let pattern = contains(&$f.words);
            $q.push(" AND (r.name_folded LIKE ").push_bind(pattern.clone()).push(" ESCAPE '!'");
            $q.push(" OR r.producer_folded LIKE ").push_bind(pattern).push(" ESCAPE '!')");
        }
        push_equal!($q, "village_id", $f.village);
        push_equal!($q, "producer_kind", $f.kind.map(|kind| kind.word()));
        push_equal!($q, "state", $f.state);
        push_equal!($q, "category", Some(&$f.category).filter(|code| !code.is_empty()));
        match $f.papers {
            Some(Papers::Valid) => $q.push(" AND r.papers_until >= ").push_bind($today),
            Some(Papers::Ended) => $q.push(" AND r.papers_until <> '' AND r.papers_until < ").push_bind($today),
            Some(Papers::None) => $q.push(" AND r.papers_until = ''"),
            None => &mut $q,
        };
        match $f.stars {
            Some(Stars::Any | Stars::Exactly(_)) => $q.push(" AND r.stars_until >= ").push_bind($today),
            Some(Stars::None) => $q.push(" AND r.stars_until < ").push_bind($today),
            None => &mut $q,
        };
        if let Some(Stars::Exactly(stars)) = $f.stars {
            $q.push(" AND r.product_id IN (SELECT product_id FROM ");
            push_standing!($q, $commune, $today);
            $q.push(" most WHERE stars = ").push_bind(stars).push(")");
        }
    };
}

/// How many products the filter leaves.
pub(in crate::review::register) async fn count(
    cx: &mut Cx<'_>,
    commune: CommuneId,
    f: &Products,
    today: Day,
) -> Result<i64> {
    on!(cx, c => {
        let mut q = QueryBuilder::new("SELECT COUNT(*) FROM product_register r");
        push_products!(q, commune, f, today);
        q.build_query_scalar().fetch_one(c).await
    })
}

/// Ids of the products that the filter leaves, in order: so many, after so many.
pub(in crate::review::register) async fn page(
    cx: &mut Cx<'_>,
    commune: CommuneId,
    f: &Products,
    order: &Order,
    (limit, offset): (i64, i64),
    today: Day,
) -> Result<Vec<ProductId>> {
    on!(cx, c => {
        let mut q = QueryBuilder::new("SELECT r.product_id FROM product_register r");
        let by = match order.column.as_str() {
            "thon" => {
                q.push(" LEFT JOIN villages v ON v.commune_id = r.commune_id AND v.id = r.village_id");
                ("COALESCE(v.position, -1)", ", COALESCE(v.name, '')")
            }
            "ocop" => {
                q.push(" LEFT JOIN ");
                push_standing!(q, commune, today);
                q.push(" t ON t.product_id = r.product_id AND r.stars_until >= ").push_bind(today);
                ("COALESCE(t.stars, 0)", "")
            }
            "chung-nhan" => ("r.papers_until", ""),
            "lo" => ("r.lots", ""),
            "co-so" => ("r.producer_folded", ""),
            "nhom" => ("r.category", ""),
            "gia" => ("COALESCE(r.price_min, -1)", ""),
            "tinh-trang" => ("r.state", ""),
            "sua" => ("r.updated_at", ""),
            _ => ("", ""),
        };
        push_products!(q, commune, f, today);
        push_order!(q, by, "product_id", order);
        q.push(" LIMIT ").push_bind(limit).push(" OFFSET ").push_bind(offset);
        q.build_query_scalar().fetch_all(c).await
    })
}

/// These products, in no order.
pub async fn rows(cx: &mut Cx<'_>, commune: CommuneId, ids: &[ProductId]) -> Result<Vec<Row>> {
    BY_IDS.rows(cx, commune, ids).await
}

/// Decisions on these products, each product's latest last.
pub async fn decisions(cx: &mut Cx<'_>, commune: CommuneId, ids: &[ProductId]) -> Result<Vec<DecisionRow>> {
    DECISIONS.rows(cx, commune, ids).await
}

/// First and last day of these products' certificates.
pub async fn certificates(
    cx: &mut Cx<'_>,
    commune: CommuneId,
    ids: &[ProductId],
) -> Result<Vec<(ProductId, Option<Day>, Option<Day>)>> {
    CERTIFICATES.rows(cx, commune, ids).await
}

/// How many lots each of these products has, those set aside left out; none: no row.
pub async fn lots(cx: &mut Cx<'_>, commune: CommuneId, ids: &[ProductId]) -> Result<Vec<(ProductId, i64)>> {
    LOTS.rows(cx, commune, ids).await
}
