//! SQL of reviews and of what products lack. Lists are in [`list`], proposals of support in [`proposals`].

pub mod list;
pub mod proposals;

use std::sync::LazyLock;

use super::model::{Facts, Finding, Gap, GapRow, GapState, Review};
use crate::clock::{Day, Time};
use crate::db::{Cx, Result, WithIds, on};
use crate::ids::{CommuneId, GapId, PotentialId, ProducerId, ProductId, UserId};
use crate::traceability::quantity::Uom;

/// True of a gap `g` for which something is still to be done: support proposed for it that was given has filled it.
macro_rules! missing {
    () => {
        "(g.state = 'open' OR (g.state = 'proposed' AND COALESCE((SELECT s.state FROM support_records s \
         WHERE s.commune_id = g.commune_id AND s.id = g.record_id), 'void') NOT IN ('delivered', 'known')))"
    };
}
use missing;

/// Reads reviews; what follows says which.
macro_rules! reviews {
    ($($rest:tt)+) => {
        concat!(
            "SELECT v.id, v.product_id, v.year, v.ocop, v.digital, v.note, v.version, v.reviewed_at, \
             u.name AS by_name FROM potential_reviews v LEFT JOIN users u ON u.id = v.reviewed_by ",
            $($rest)+
        )
    };
}

/// Reads gaps; what follows says which.
macro_rules! gaps {
    ($($rest:tt)+) => {
        concat!(
            "SELECT g.id, g.review_id, g.gap, g.words, g.helper, g.due_on, g.state, g.record_id, \
             (SELECT s.state FROM support_records s WHERE s.commune_id = g.commune_id AND s.id = g.record_id) \
             AS record_state FROM potential_gaps g ",
            $($rest)+
        )
    };
}

const LATEST: &str =
    reviews!("WHERE v.commune_id = $1 AND v.product_id = $2 AND v.year <= $3 ORDER BY v.year DESC LIMIT 1");
static OF_PRODUCTS: LazyLock<WithIds> =
    LazyLock::new(|| WithIds::new(reviews!("WHERE v.commune_id = $1 AND v.year = $2 AND v.product_id IN ("), 3, ")"));
static GAPS: LazyLock<WithIds> =
    LazyLock::new(|| WithIds::new(gaps!("WHERE g.commune_id = $1 AND g.review_id IN ("), 2, ")"));
const INSERT: &str = "INSERT INTO potential_reviews
      (commune_id, id, product_id, year, ocop, digital, note, version, reviewed_by, reviewed_at, created_at)
    VALUES ($1, $2, $3, $4, $5, $6, $7, 1, $8, $9, $9) ON CONFLICT (commune_id, product_id, year) DO NOTHING";
const UPDATE: &str =
    "UPDATE potential_reviews SET ocop = $4, digital = $5, note = $6, reviewed_by = $7, reviewed_at = $8,
      version = version + 1
    WHERE commune_id = $1 AND id = $2 AND version = $3";
const PUT_GAP: &str = "INSERT INTO potential_gaps (commune_id, id, review_id, gap, words, helper, due_on, state)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
    ON CONFLICT (commune_id, review_id, gap) DO UPDATE SET words = $5, helper = $6, due_on = $7,
      state = CASE WHEN $8 = 'open' AND potential_gaps.state = 'proposed' THEN 'proposed' ELSE $8 END";
const DROP_GAP: &str =
    "UPDATE potential_gaps SET state = 'dropped' WHERE commune_id = $1 AND review_id = $2 AND gap = $3";
const FACTS: &str = "SELECT
      (SELECT COUNT(*) FROM certificates c WHERE c.commune_id = $1 AND c.product_id = $2 AND c.retired_at IS NULL
        AND c.kind NOT IN ('trademark', 'geographical-indication', 'growing-area-code')
        AND (c.issued_on IS NULL OR c.issued_on <= $3) AND (c.expires_on IS NULL OR c.expires_on >= $3)) AS standards,
      (SELECT COUNT(*) FROM certificates c WHERE c.commune_id = $1 AND c.product_id = $2 AND c.retired_at IS NULL
        AND c.kind NOT IN ('trademark', 'geographical-indication', 'growing-area-code')
        AND c.expires_on < $3) AS ended,
      (SELECT COUNT(*) FROM certificates c WHERE c.commune_id = $1 AND c.product_id = $2 AND c.retired_at IS NULL
        AND c.kind IN ('trademark', 'geographical-indication')
        AND (c.issued_on IS NULL OR c.issued_on <= $3) AND (c.expires_on IS NULL OR c.expires_on >= $3)) AS brands,
      (SELECT COUNT(*) FROM lots l WHERE l.commune_id = $1 AND l.product_id = $2 AND l.made_on >= $4
        AND l.state <> 'set_aside') AS lots,
      (SELECT COUNT(*) FROM label_runs n WHERE n.commune_id = $1 AND n.product_id = $2 AND n.created_at >= $5
        AND n.voided_at IS NULL) AS runs,
      (SELECT CAST(COALESCE(SUM(d.people), 0) AS BIGINT) FROM scan_product_days d
        WHERE d.commune_id = $1 AND d.product_id = $2 AND d.day >= $4) AS scans,
      (SELECT COUNT(*) FROM enquiries e WHERE e.commune_id = $1 AND e.product_id = $2 AND e.created_at >= $5)
        AS enquiries";
const MADE: &str = "SELECT uom, CAST(SUM(quantity) AS BIGINT) AS quantity FROM lots
    WHERE commune_id = $1 AND product_id = $2 AND made_on >= $3 AND state <> 'set_aside'
    GROUP BY uom ORDER BY quantity DESC";
const TOLD_TO_PRODUCER: &str = concat!(
    "SELECT s.name, g.gap, g.words, g.helper, g.due_on FROM potential_gaps g
    JOIN potential_reviews v ON v.commune_id = g.commune_id AND v.id = g.review_id
    JOIN products s ON s.commune_id = v.commune_id AND s.id = v.product_id
    WHERE v.commune_id = $1 AND v.year = $3 AND (v.ocop = 'yes' OR v.digital = 'yes')
      AND v.product_id IN (SELECT product_id FROM product_register WHERE commune_id = $1 AND producer_id = $2)
      AND ",
    missing!(),
    " ORDER BY s.name_folded, s.id, g.due_on, g.gap LIMIT 200"
);

/// A product's review of this year, or the last before it.
pub async fn latest(cx: &mut Cx<'_>, commune: CommuneId, product: ProductId, year: i32) -> Result<Option<Review>> {
    on!(cx, c => sqlx::query_as(LATEST).bind(commune).bind(product).bind(year).fetch_optional(c).await)
}

/// These products' reviews of a year, in no order.
pub async fn of_products(
    cx: &mut Cx<'_>,
    commune: CommuneId,
    year: i32,
    products: &[ProductId],
) -> Result<Vec<Review>> {
    let mut found = Vec::new();
    for part in products.chunks(WithIds::MOST) {
        let (text, ids) = OF_PRODUCTS.of(part);
        let rows: Vec<Review> = on!(cx, c => {
            let mut query = sqlx::query_as(text).bind(commune).bind(year);
            for id in ids {
                query = query.bind(id);
            }
            query.fetch_all(c).await
        })?;
        found.extend(rows);
    }
    Ok(found)
}

/// What these reviews found missing, each review's in the order of [`Gap::ALL`]; those dropped too.
pub async fn gaps(cx: &mut Cx<'_>, commune: CommuneId, reviews: &[PotentialId]) -> Result<Vec<GapRow>> {
    let mut rows: Vec<GapRow> = GAPS.rows(cx, commune, reviews).await?;
    rows.sort_by_key(|row| (row.review_id, row.gap));
    Ok(rows)
}

/// Writes a product's first review of a year; false if there is one already.
pub async fn insert(
    cx: &mut Cx<'_>,
    commune: CommuneId,
    (id, product, year): (PotentialId, ProductId, i32),
    finding: &Finding,
    by: UserId,
    now: Time,
) -> Result<bool> {
    let done = on!(cx, c => sqlx::query(INSERT)
        .bind(commune)
        .bind(id)
        .bind(product)
        .bind(year)
        .bind(finding.ocop)
        .bind(finding.digital)
        .bind(&finding.note)
        .bind(by)
        .bind(now)
        .execute(c)
        .await
        .map(|done| done.rows_affected()))?;
    if done == 1 {
        put_gaps(cx, commune, id, finding, now).await?;
    }
    Ok(done == 1)
}

/// Writes over the version that was seen; false if somebody was there before.
pub async fn update(
    cx: &mut Cx<'_>,
    commune: CommuneId,
    (id, version): (PotentialId, i64),
    finding: &Finding,
    by: UserId,
    now: Time,
) -> Result<bool> {
    let done = on!(cx, c => sqlx::query(UPDATE)
        .bind(commune)
        .bind(id)
        .bind(version)
        .bind(finding.ocop)
        .bind(finding.digital)
        .bind(&finding.note)
        .bind(by)
        .bind(now)
        .execute(c)
        .await
        .map(|done| done.rows_affected()))?;
    if done == 1 {
        put_gaps(cx, commune, id, finding, now).await?;
    }
    Ok(done == 1)
}

/// What is told is written; what is no longer told is dropped, and stays as a row.
async fn put_gaps(
    cx: &mut Cx<'_>,
    commune: CommuneId,
    review: PotentialId,
    finding: &Finding,
    now: Time,
) -> Result<()> {
    for gap in Gap::ALL {
        let Some(missing) = finding.gaps.iter().find(|missing| missing.gap == *gap) else {
            on!(cx, c => sqlx::query(DROP_GAP).bind(commune).bind(review).bind(*gap).execute(c).await.map(drop))?;
            continue;
        };
        let state = if missing.done { GapState::Done } else { GapState::Open };
        on!(cx, c => sqlx::query(PUT_GAP)
            .bind(commune)
            .bind(GapId::new(now))
            .bind(review)
            .bind(missing.gap)
            .bind(&missing.words)
            .bind(&missing.helper)
            .bind(missing.due_on)
            .bind(state)
            .execute(c)
            .await
            .map(drop))?;
    }
    Ok(())
}

/// What the tables know of a product today; what its content tells is left empty.
pub async fn facts(cx: &mut Cx<'_>, commune: CommuneId, product: ProductId, today: Day) -> Result<Facts> {
    let since = today.plus_days(-365);
    let mut facts: Facts = on!(cx, c => sqlx::query_as(FACTS)
        .bind(commune).bind(product).bind(today).bind(since).bind(since.start()).fetch_one(c).await)?;
    facts.made = on!(cx, c => sqlx::query_as::<_, (Uom, i64)>(MADE)
        .bind(commune).bind(product).bind(since).fetch_all(c).await)?;
    Ok(facts)
}

/// Something that a producer is told its product lacks.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct ToldGap {
    /// The product's name.
    pub name: String,
    /// What.
    pub gap: Gap,
    /// What exactly.
    pub words: String,
    /// Who helps.
    pub helper: String,
    /// By when.
    pub due_on: Option<Day>,
}

/// What a producer's products with potential still lack, as reviewed in a year; at most 200.
pub async fn told_to_producer(
    cx: &mut Cx<'_>,
    commune: CommuneId,
    producer: ProducerId,
    year: i32,
) -> Result<Vec<ToldGap>> {
    on!(cx, c => sqlx::query_as(TOLD_TO_PRODUCER).bind(commune).bind(producer).bind(year).fetch_all(c).await)
}
