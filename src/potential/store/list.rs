//! SQL of the review's lists and figures. Which products a filter leaves is told by the register's narrow rows.

use std::sync::LazyLock;

use sqlx::QueryBuilder;

use super::missing;
use crate::clock::Day;
use crate::db::{Cx, Result, WithIds, on};
use crate::ids::{CommuneId, ProductId};
use crate::potential::filter::{Filter, Found};
use crate::potential::model::{Figures, Gap, ProductRow};
use crate::support::filter::contains;

static BY_IDS: LazyLock<WithIds> = LazyLock::new(|| {
    let open = "SELECT s.id, s.short, s.name, s.category, s.producer_id, p.name AS producer_name,
          p.short AS producer_short, p.kind AS producer_kind, p.village_id, p.phone
        FROM products s JOIN producers p ON p.commune_id = s.commune_id AND p.id = s.producer_id
        WHERE s.commune_id = $1 AND s.id IN (";
    WithIds::new(open, 2, ")")
});
const FIGURES: &str = "SELECT
      (SELECT CAST(COALESCE(SUM(products), 0) AS BIGINT) FROM producer_register WHERE commune_id = $1) AS products,
      COUNT(*) AS reviewed,
      CAST(COALESCE(SUM(CASE WHEN v.ocop = 'yes' THEN 1 ELSE 0 END), 0) AS BIGINT) AS ocop,
      CAST(COALESCE(SUM(CASE WHEN v.digital = 'yes' THEN 1 ELSE 0 END), 0) AS BIGINT) AS digital,
      CAST(COALESCE(SUM(CASE WHEN v.ocop = 'yes' OR v.digital = 'yes' THEN 1 ELSE 0 END), 0) AS BIGINT) AS either
    FROM potential_reviews v
    JOIN product_register r ON r.commune_id = v.commune_id AND r.product_id = v.product_id AND r.state = 'approved'
    WHERE v.commune_id = $1 AND v.year = $2";
const LACKS: &str = concat!(
    "SELECT g.gap, COUNT(*), CAST(COALESCE(SUM(CASE WHEN g.due_on < $3 THEN 1 ELSE 0 END), 0) AS BIGINT)
    FROM potential_gaps g
    JOIN potential_reviews v ON v.commune_id = g.commune_id AND v.id = g.review_id
    JOIN product_register r ON r.commune_id = v.commune_id AND r.product_id = v.product_id AND r.state = 'approved'
    WHERE g.commune_id = $1 AND v.year = $2 AND ",
    missing!(),
    " GROUP BY g.gap ORDER BY g.gap"
);
macro_rules! unseen {
    ($rest:literal) => {
        concat!(
            "SELECT s.short FROM product_register r
            JOIN products s ON s.commune_id = r.commune_id AND s.id = r.product_id
            WHERE r.commune_id = $1 AND r.state = 'approved' AND r.product_id NOT IN
              (SELECT v.product_id FROM potential_reviews v WHERE v.commune_id = $1 AND v.year = $2)",
            $rest,
            " ORDER BY r.name_folded, r.product_id LIMIT 1"
        )
    };
}
const UNSEEN_AFTER: &str = unseen!(" AND (r.name_folded, r.product_id) > ($3, $4)");
const UNSEEN: &str = unseen!("");

macro_rules! push_equal {
    ($q:ident, $column:literal, $value:expr) => {
        if let Some(value) = $value {
            $q.push(concat!(" AND r.", $column, " = ")).push_bind(value);
        }
    };
}

macro_rules! push_filter {
    ($q:ident, $commune:expr, $f:expr, $today:expr) => {
        $q.push(" WHERE r.state = 'approved' AND r.commune_id = ").push_bind($commune);
        if !$f.words.is_empty() {
            let pattern = contains(&$f.words);
            $q.push(" AND (r.name_folded LIKE ").push_bind(pattern.clone()).push(" ESCAPE '!'");
            $q.push(" OR r.producer_folded LIKE ").push_bind(pattern).push(" ESCAPE '!')");
        }
        push_equal!($q, "village_id", $f.village);
        push_equal!($q, "producer_kind", $f.kind.map(|kind| kind.word()));
        push_equal!($q, "category", Some(&$f.category).filter(|code| !code.is_empty()));
        if let Some(found) = $f.found {
            $q.push(if found == Found::Unseen { " AND r.product_id NOT IN" } else { " AND r.product_id IN" });
            $q.push(" (SELECT v.product_id FROM potential_reviews v WHERE v.commune_id = ").push_bind($commune);
            $q.push(" AND v.year = ").push_bind($f.year).push(match found {
                Found::Unseen | Found::Seen => ")",
                Found::Either => " AND (v.ocop = 'yes' OR v.digital = 'yes'))",
                Found::Ocop => " AND v.ocop = 'yes')",
                Found::Digital => " AND v.digital = 'yes')",
                Found::Neither => " AND v.ocop <> 'yes' AND v.digital <> 'yes')",
            });
        }
        if $f.gap.is_some() || $f.late {
            $q.push(" AND r.product_id IN (SELECT v.product_id FROM potential_gaps g JOIN potential_reviews v");
            $q.push(" ON v.commune_id = g.commune_id AND v.id = g.review_id WHERE v.commune_id = ");
            $q.push_bind($commune).push(" AND v.year = ").push_bind($f.year).push(concat!(" AND ", missing!()));
            if let Some(gap) = $f.gap {
                $q.push(" AND g.gap = ").push_bind(gap);
            }
            if $f.late {
                $q.push(" AND g.due_on < ").push_bind($today);
            }
            $q.push(")");
        }
    };
}

/// How many approved products the filter leaves.
pub async fn count(cx: &mut Cx<'_>, commune: CommuneId, f: &Filter, today: Day) -> Result<i64> {
    on!(cx, c => {
        let mut q = QueryBuilder::new("SELECT COUNT(*) FROM product_register r");
        push_filter!(q, commune, f, today);
        q.build_query_scalar().fetch_one(c).await
    })
}

/// Ids of the approved products that the filter leaves, by name: so many, after so many.
pub async fn page(
    cx: &mut Cx<'_>,
    commune: CommuneId,
    f: &Filter,
    today: Day,
    (limit, offset): (i64, i64),
) -> Result<Vec<ProductId>> {
    on!(cx, c => {
        let mut q = QueryBuilder::new("SELECT r.product_id FROM product_register r");
        push_filter!(q, commune, f, today);
        q.push(" ORDER BY r.name_folded, r.product_id LIMIT ").push_bind(limit).push(" OFFSET ").push_bind(offset);
        q.build_query_scalar().fetch_all(c).await
    })
}

/// These products, in no order.
pub async fn rows(cx: &mut Cx<'_>, commune: CommuneId, ids: &[ProductId]) -> Result<Vec<ProductRow>> {
    BY_IDS.rows(cx, commune, ids).await
}

/// A year's review in figures.
pub async fn figures(cx: &mut Cx<'_>, commune: CommuneId, year: i32) -> Result<Figures> {
    on!(cx, c => sqlx::query_as(FIGURES).bind(commune).bind(year).fetch_one(c).await)
}

/// What a year's products still lack: how many lack it, and for how many the day is over.
pub async fn lacks(cx: &mut Cx<'_>, commune: CommuneId, year: i32, today: Day) -> Result<Vec<(Gap, i64, i64)>> {
    on!(cx, c => sqlx::query_as(LACKS).bind(commune).bind(year).bind(today).fetch_all(c).await)
}

/// Suffix of the address of the next approved product that nobody reviewed in a year: the first after this name, or
/// the first of all.
pub async fn next_unseen(
    cx: &mut Cx<'_>,
    commune: CommuneId,
    year: i32,
    (name_folded, id): (&str, ProductId),
) -> Result<Option<String>> {
    let after: Option<String> = on!(cx, c => sqlx::query_scalar(UNSEEN_AFTER)
        .bind(commune).bind(year).bind(name_folded).bind(id).fetch_optional(c).await)?;
    if after.is_some() {
        return Ok(after);
    }
    on!(cx, c => sqlx::query_scalar(UNSEEN).bind(commune).bind(year).fetch_optional(c).await)
}
