//! SQL of a producer's stages: each number by an index of its own.

use crate::clock::Time;
use crate::db::{Cx, Result, on};
use crate::ids::{CommuneId, ProducerId};

const STAGES: &str = "SELECT
      (SELECT COUNT(*) FROM support_needs WHERE commune_id = $1 AND producer_id = $2 AND state <> 'withdrawn') AS needs,
      (SELECT COUNT(*) FROM support_records WHERE commune_id = $1 AND producer_id = $2
        AND state IN ('delivered', 'known')) AS supported,
      (SELECT COUNT(*) FROM products WHERE commune_id = $1 AND producer_id = $2 AND state = 'approved') AS listed,
      (SELECT COUNT(*) FROM lots WHERE commune_id = $1 AND producer_id = $2) AS lots,
      (SELECT CAST(COALESCE(SUM(n.scans), 0) AS BIGINT) FROM products s
        JOIN product_scans n ON n.commune_id = s.commune_id AND n.product_id = s.id
        WHERE s.commune_id = $1 AND s.producer_id = $2) AS scans,
      (SELECT COUNT(*) FROM enquiries WHERE commune_id = $1 AND producer_id = $2) AS enquiries,
      (SELECT COUNT(*) FROM enquiries WHERE commune_id = $1 AND producer_id = $2 AND state = 'new') AS unanswered";
const LOTS: &str = "SELECT l.code, l.made_on, s.name AS product FROM lots l
    JOIN products s ON s.commune_id = l.commune_id AND s.id = l.product_id
    WHERE l.commune_id = $1 AND l.producer_id = $2 ORDER BY l.made_on DESC, l.id DESC LIMIT 5";
const OPENED: &str = "SELECT s.name, n.scans FROM products s
    JOIN product_scans n ON n.commune_id = s.commune_id AND n.product_id = s.id
    WHERE s.commune_id = $1 AND s.producer_id = $2 AND n.scans > 0 ORDER BY n.scans DESC, s.name LIMIT 5";
const ENQUIRIES: &str = "SELECT e.created_at, e.state, s.name AS product FROM enquiries e
    JOIN products s ON s.commune_id = e.commune_id AND s.id = e.product_id
    WHERE e.commune_id = $1 AND e.producer_id = $2 ORDER BY e.created_at DESC, e.id DESC LIMIT 5";

/// How far a producer has come.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, sqlx::FromRow)]
pub struct Stages {
    /// Needs stated.
    pub needs: i64,
    /// Times it was supported.
    pub supported: i64,
    /// Approved products.
    pub listed: i64,
    /// Lots recorded.
    pub lots: i64,
    /// Openings of its labels by people in the last 30 days, as counted last.
    pub scans: i64,
    /// Enquiries.
    pub enquiries: i64,
    /// Of these unanswered.
    pub unanswered: i64,
}

/// The counts of a producer's stages.
pub async fn stages(cx: &mut Cx<'_>, commune: CommuneId, producer: ProducerId) -> Result<Stages> {
    on!(cx, c => sqlx::query_as(STAGES).bind(commune).bind(producer).fetch_one(c).await)
}

/// Code, day and product of its latest five lots.
pub async fn lots(
    cx: &mut Cx<'_>,
    commune: CommuneId,
    producer: ProducerId,
) -> Result<Vec<(String, crate::clock::Day, String)>> {
    on!(cx, c => sqlx::query_as(LOTS).bind(commune).bind(producer).fetch_all(c).await)
}

/// Name and openings of the five products whose labels are opened most.
pub async fn opened(cx: &mut Cx<'_>, commune: CommuneId, producer: ProducerId) -> Result<Vec<(String, i64)>> {
    on!(cx, c => sqlx::query_as(OPENED).bind(commune).bind(producer).fetch_all(c).await)
}

/// When, in which state and about what its latest five enquiries are.
pub async fn enquiries(
    cx: &mut Cx<'_>,
    commune: CommuneId,
    producer: ProducerId,
) -> Result<Vec<(Time, String, String)>> {
    on!(cx, c => sqlx::query_as(ENQUIRIES).bind(commune).bind(producer).fetch_all(c).await)
}
