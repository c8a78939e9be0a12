//! SQL of what people did after they opened a label: asked, tapped a number, rated, reported.

use crate::clock::Day;
use crate::db::{Cx, Result, on};
use crate::ids::{CommuneId, ProducerId, ProductId};

use super::super::model::Period;

const ASKED: &str = "SELECT COUNT(*) FROM enquiries
    WHERE commune_id = $1 AND producer_id = $2 AND created_at >= $3 AND created_at < $4";
const FEEDBACK: &str = "SELECT f.kind, COUNT(*), CAST(COALESCE(SUM(f.stars), 0) AS BIGINT)
    FROM products p CROSS JOIN feedback f
    WHERE p.commune_id = $1 AND p.producer_id = $2 AND f.commune_id = $1 AND f.product_id = p.id
      AND f.created_at >= $3 AND f.created_at < $4 GROUP BY f.kind";
const CALLS: &str = "SELECT CAST(COALESCE(SUM(d.calls), 0) AS BIGINT) FROM products p CROSS JOIN product_calls d
    WHERE p.commune_id = $1 AND p.producer_id = $2 AND d.commune_id = $1 AND d.product_id = p.id
      AND d.day >= $3 AND d.day <= $4";
const ADD_CALL: &str = "INSERT INTO product_calls (commune_id, product_id, day, calls) VALUES ($1, $2, $3, 1)
    ON CONFLICT (commune_id, product_id, day) DO UPDATE SET calls = product_calls.calls + 1";

/// What people did next.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Next {
    /// Asked to buy.
    pub asked: i64,
    /// Tapped the producer's number, as far as browsers tell it.
    pub called: i64,
    /// Rated.
    pub rated: i64,
    /// Stars of all ratings together.
    pub stars: i64,
    /// Reported a problem.
    pub reported: i64,
}

impl Next {
    /// The mean of the ratings in tenths of a star.
    pub fn mean(self) -> Option<i64> {
        (self.rated > 0).then(|| (self.stars * 10 + self.rated / 2) / self.rated)
    }
}

/// What people did next with a producer's products in a period.
pub async fn of_producer(cx: &mut Cx<'_>, commune: CommuneId, producer: ProducerId, period: Period) -> Result<Next> {
    let (begin, end) = period.span();
    let asked = on!(cx, c => sqlx::query_scalar(ASKED)
        .bind(commune).bind(producer).bind(begin).bind(end).fetch_one(c).await)?;
    let called = on!(cx, c => sqlx::query_scalar(CALLS)
        .bind(commune).bind(producer).bind(period.from).bind(period.to).fetch_one(c).await)?;
    let feedback: Vec<(String, i64, i64)> = on!(cx, c => sqlx::query_as(FEEDBACK)
        .bind(commune).bind(producer).bind(begin).bind(end).fetch_all(c).await)?;
    let of = |kind: &str| feedback.iter().find(|row| row.0 == kind).map_or((0, 0), |row| (row.1, row.2));
    let ((rated, stars), (reported, _)) = (of("rating"), of("report"));
    Ok(Next { asked, called, rated, stars, reported })
}

/// Notes that somebody tapped the number beside a product.
pub async fn add_call(cx: &mut Cx<'_>, commune: CommuneId, product: ProductId, day: Day) -> Result<()> {
    on!(cx, c => sqlx::query(ADD_CALL).bind(commune).bind(product).bind(day).execute(c).await.map(drop))
}
