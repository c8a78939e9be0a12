//! SQL of the office's registers. Which rows a filter leaves, how many and in which order, is told by narrow rows kept
//! beside the records (`producers::listed`, `products::listed`); what a page shows is read for its rows alone.

use crate::clock::Day;
use crate::ids::{ProducerId, ProductId};
use crate::products::store::stars_show;

/// A decision on stars that was not taken back.
#[derive(Clone, Copy, Debug, sqlx::FromRow)]
pub struct DecisionRow {
    /// Of which product.
    pub product_id: ProductId,
    /// Whose product it is.
    pub producer_id: ProducerId,
    /// 1 to 5.
    pub stars: i32,
    /// First day.
    pub decided_on: Day,
    /// Last day.
    pub expires_on: Day,
}

impl DecisionRow {
    /// True if a buyer may be shown these stars on this day.
    pub fn stands_on(&self, day: Day) -> bool {
        stars_show(self.stars, self.decided_on, self.expires_on, day)
    }
}

// The latest of a product's decisions that stand on a day.
macro_rules! push_standing {
    ($q:ident, $commune:expr, $day:expr) => {
        $q.push(
            "(SELECT product_id, stars FROM (SELECT d.product_id, d.stars, ROW_NUMBER() OVER \
               (PARTITION BY d.product_id ORDER BY d.decided_on DESC, d.id DESC) AS place \
             FROM ocop_decisions d WHERE d.commune_id = ",
        )
        .push_bind($commune)
        .push(concat!(" AND ", crate::products::store::stands!(first)))
        .push_bind($day)
        .push(crate::products::store::stands!(last))
        .push_bind($day)
        .push(") one WHERE place = 1)")
    };
}

// By a column, then one more, then name and id. Names alone are walked in the order of their index, either way.
macro_rules! push_order {
    ($q:ident, $by:expr, $id:literal, $order:expr) => {{
        let way = if $order.downwards { " DESC" } else { "" };
        $q.push(" ORDER BY ");
        match $by {
            ("", _) => $q.push("r.name_folded").push(way).push(concat!(", r.", $id)).push(way),
            (by, then) => $q.push(by).push(way).push(then).push(concat!(", r.name_folded, r.", $id)),
        }
    }};
}

macro_rules! push_equal {
    ($q:ident, $column:literal, $value:expr) => {
        if let Some(value) = $value {
            $q.push(concat!(" AND r.", $column, " = ")).push_bind(value);
        }
    };
}

pub(super) mod producers;
pub mod products;
