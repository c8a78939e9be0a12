//! Producers.

use std::sync::LazyLock;

use sqlx::QueryBuilder;

use super::DecisionRow;
use crate::clock::{Day, Time};
use crate::db::{Cx, Result, WithIds, on};
use crate::ids::{CommuneId, ProducerId, VillageId};
use crate::producers::model::{Channel, State};
use crate::review::register::filter::{Order, Producers, Stars};
use crate::support::filter::contains;

static BY_IDS: LazyLock<WithIds> = LazyLock::new(|| {
    let open = "SELECT id, short, state, kind, name, village_id, phone, channel, updated_at FROM producers
        WHERE commune_id = $1 AND id IN (";
    WithIds::new(open, 2, ")")
});
static PRODUCTS: LazyLock<WithIds> = LazyLock::new(|| {
    let open = "SELECT producer_id, CAST(products AS BIGINT) FROM producer_register
        WHERE commune_id = $1 AND producer_id IN (";
    WithIds::new(open, 2, ")")
});
static LAST_SUPPORT: LazyLock<WithIds> = LazyLock::new(|| {
    let open = "SELECT producer_id, kind, given_on FROM (SELECT producer_id, kind, given_on,
          ROW_NUMBER() OVER (PARTITION BY producer_id ORDER BY given_on DESC, id DESC) AS place
        FROM support_records WHERE commune_id = $1 AND state IN ('delivered', 'known') AND producer_id IN (";
    WithIds::new(open, 2, ")) one WHERE place = 1")
});
static DECISIONS: LazyLock<WithIds> = LazyLock::new(|| {
    let open = "SELECT d.product_id, s.producer_id, d.stars, d.decided_on, d.expires_on FROM product_register s
        JOIN ocop_decisions d ON d.commune_id = s.commune_id AND d.product_id = s.product_id
        WHERE s.commune_id = $1 AND d.voided_at IS NULL AND s.producer_id IN (";
    WithIds::new(open, 2, ") ORDER BY d.decided_on, d.id")
});

/// A producer as the table shows it.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Row {
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
    /// Village.
    pub village_id: Option<VillageId>,
    /// Phone.
    pub phone: Option<String>,
    /// By whom it was brought in.
    pub channel: Channel,
    /// When it last changed.
    pub updated_at: Time,
}

macro_rules! push_best {
    ($q:ident, $commune:expr, $day:expr) => {{
        // From the few that have stars to their products: CROSS JOIN tells SQLite not to turn it round.
        $q.push("(SELECT s.producer_id, MAX(o.stars) AS stars FROM ");
        push_standing!($q, $commune, $day);
        $q.push(" o CROSS JOIN product_register s WHERE s.commune_id = ")
            .push_bind($commune)
            .push(" AND s.product_id = o.product_id GROUP BY s.producer_id)")
    }};
}

macro_rules! push_producers {
    ($q:ident, $commune:expr, $f:expr, $today:expr) => {
        $q.push(" WHERE r.commune_id = ").push_bind($commune);
        if !$f.words.is_empty() {
            $q.push(" AND (r.name_folded LIKE ").push_bind(contains(&$f.words)).push(" ESCAPE '!'");
            if !$f.digits.is_empty() {
                let digits = contains(&$f.digits);
                $q.push(" OR r.phone LIKE ").push_bind(digits.clone()).push(" ESCAPE '!'");
                $q.push(" OR r.tax_code LIKE ").push_bind(digits).push(" ESCAPE '!'");
            }
            $q.push(")");
        }
        push_equal!($q, "village_id", $f.village);
        push_equal!($q, "kind", $f.kind.map(|kind| kind.word()));
        push_equal!($q, "state", $f.state);
        if let Some(wanted) = $f.supported {
            // What was given has a day that has come: none is after this year.
            $q.push(if wanted { " AND r.supported_on >= " } else { " AND r.supported_on < " });
            $q.push_bind($today.year_start());
        }
        match $f.stars {
            Some(Stars::Any | Stars::Exactly(_)) => $q.push(" AND r.stars_until >= ").push_bind($today),
            Some(Stars::None) => $q.push(" AND r.stars_until < ").push_bind($today),
            None => &mut $q,
        };
        if let Some(Stars::Exactly(stars)) = $f.stars {
            $q.push(" AND r.producer_id IN (SELECT producer_id FROM ");
            push_best!($q, $commune, $today);
            $q.push(" most WHERE stars = ").push_bind(stars).push(")");
        }
    };
}

/// How many producers the filter leaves.
pub async fn count(cx: &mut Cx<'_>, commune: CommuneId, f: &Producers, today: Day) -> Result<i64> {
    on!(cx, c => {
        let mut q = QueryBuilder::new("SELECT COUNT(*) FROM producer_register r");
        push_producers!(q, commune, f, today);
        q.build_query_scalar().fetch_one(c).await
    })
}

/// Ids of the producers that the filter leaves, in order: so many, after so many.
pub async fn page(
    cx: &mut Cx<'_>,
    commune: CommuneId,
    f: &Producers,
    order: &Order,
    (limit, offset): (i64, i64),
    today: Day,
) -> Result<Vec<ProducerId>> {
    on!(cx, c => {
        let mut q = QueryBuilder::new("SELECT r.producer_id FROM producer_register r");
        let by = match order.column.as_str() {
            "thon" => {
                q.push(" LEFT JOIN villages v ON v.commune_id = r.commune_id AND v.id = r.village_id");
                ("COALESCE(v.position, -1)", ", COALESCE(v.name, '')")
            }
            "ocop" => {
                q.push(" LEFT JOIN ");
                push_best!(q, commune, today);
                q.push(" t ON t.producer_id = r.producer_id AND r.stars_until >= ").push_bind(today);
                ("COALESCE(t.stars, 0)", "")
            }
            "san-pham" => ("r.products", ""),
            "ho-tro" => ("r.supported_on", ""),
            "loai" => ("r.kind", ""),
            "tinh-trang" => ("r.state", ""),
            "sua" => ("r.updated_at", ""),
            _ => ("", ""),
        };
        push_producers!(q, commune, f, today);
        push_order!(q, by, "producer_id", order);
        q.push(" LIMIT ").push_bind(limit).push(" OFFSET ").push_bind(offset);
        q.build_query_scalar().fetch_all(c).await
    })
}

/// These producers, in no order.
pub async fn rows(cx: &mut Cx<'_>, commune: CommuneId, ids: &[ProducerId]) -> Result<Vec<Row>> {
    BY_IDS.rows(cx, commune, ids).await
}

/// How many approved products each of these has.
pub async fn products(cx: &mut Cx<'_>, commune: CommuneId, ids: &[ProducerId]) -> Result<Vec<(ProducerId, i64)>> {
    PRODUCTS.rows(cx, commune, ids).await
}

/// Kind and day of the support that each of these was given last.
pub async fn last_support(
    cx: &mut Cx<'_>,
    commune: CommuneId,
    ids: &[ProducerId],
) -> Result<Vec<(ProducerId, String, Day)>> {
    LAST_SUPPORT.rows(cx, commune, ids).await
}

/// Decisions on the products of these producers, each product's latest last.
pub async fn decisions(cx: &mut Cx<'_>, commune: CommuneId, ids: &[ProducerId]) -> Result<Vec<DecisionRow>> {
    DECISIONS.rows(cx, commune, ids).await
}
