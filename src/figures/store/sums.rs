//! SQL of the figures that pages show. Each is one statement over the sums and over the openings that wait to be
//! counted: it sees one state of the database, so none is told twice and none is missed.

use std::collections::{BTreeMap, HashMap};
use std::sync::LazyLock;

use crate::clock::{Day, Time};
use crate::db::{Cx, Result, WithIds, on};
use crate::ids::{CommuneId, LotId, ProducerId, ProductId, VillageId};
use crate::labels::visitor::{Device, Referrer};

use super::super::model::Period;

/// Openings by people that wait, from the first moment `$4` to before `$5`. `CROSS JOIN` keeps SQLite to this order.
macro_rules! waiting {
    ($columns:literal, $rest:literal) => {
        concat!(
            " UNION ALL SELECT ",
            $columns,
            " FROM scans s CROSS JOIN labels l CROSS JOIN label_runs r
            WHERE s.commune_id = $1 AND s.counted = FALSE AND s.person = TRUE AND s.at >= $4 AND s.at < $5
              AND l.commune_id = $1 AND l.id = s.label_id AND r.commune_id = $1 AND r.id = l.run_id",
            $rest
        )
    };
}

const BY_PRODUCT: &str = concat!(
    "SELECT x.product_id, CAST(SUM(x.n) AS BIGINT) FROM (
      SELECT product_id, people AS n FROM scan_product_days WHERE commune_id = $1 AND day >= $2 AND day <= $3",
    waiting!("r.product_id, 1", ""),
    ") AS x GROUP BY x.product_id"
);
const BY_DAY: &str = concat!(
    "SELECT day, CAST(NULL AS timestamptz) AS at, CAST(SUM(people) AS BIGINT) AS n FROM scan_product_days
      WHERE commune_id = $1 AND day >= $2 AND day <= $3 GROUP BY day",
    waiting!("NULL, s.at, 1", "")
);
const BY_DAY_OF_PRODUCER: &str = concat!(
    "SELECT d.day, CAST(NULL AS timestamptz) AS at, CAST(SUM(d.people) AS BIGINT) AS n
      FROM products p CROSS JOIN scan_product_days d
      WHERE p.commune_id = $1 AND p.producer_id = $6 AND d.commune_id = $1 AND d.product_id = p.id
        AND d.day >= $2 AND d.day <= $3 GROUP BY d.day",
    waiting!("NULL, s.at, 1", " AND r.producer_id = $6")
);
const BY_PRODUCT_OF_PRODUCER: &str = concat!(
    "SELECT x.product_id, CAST(SUM(x.n) AS BIGINT) FROM (
      SELECT d.product_id, d.people AS n FROM products p CROSS JOIN scan_product_days d
      WHERE p.commune_id = $1 AND p.producer_id = $6 AND d.commune_id = $1 AND d.product_id = p.id
        AND d.day >= $2 AND d.day <= $3",
    waiting!("r.product_id, 1", " AND r.producer_id = $6"),
    ") AS x GROUP BY x.product_id"
);
const BY_LOT_OF_PRODUCER: &str = concat!(
    "SELECT x.lot_id, CAST(SUM(x.n) AS BIGINT) FROM (
      SELECT d.lot_id, d.people AS n FROM lots t CROSS JOIN scan_lot_days d
      WHERE t.commune_id = $1 AND t.producer_id = $6 AND d.commune_id = $1 AND d.lot_id = t.id
        AND d.day >= $2 AND d.day <= $3",
    waiting!("r.lot_id, 1", " AND r.producer_id = $6 AND r.lot_id IS NOT NULL"),
    ") AS x GROUP BY x.lot_id"
);
const BY_VILLAGE: &str = "SELECT x.village_id, CAST(SUM(x.n) AS BIGINT) FROM (
      SELECT d.village_id, d.people AS n FROM villages v CROSS JOIN scan_village_days d
      WHERE v.commune_id = $1 AND d.commune_id = $1 AND d.village_id = v.id AND d.day >= $2 AND d.day <= $3
      UNION ALL SELECT o.village_id, 1
      FROM scans s CROSS JOIN labels l CROSS JOIN label_runs r CROSS JOIN producers o
      WHERE s.commune_id = $1 AND s.counted = FALSE AND s.person = TRUE AND s.at >= $4 AND s.at < $5
        AND l.commune_id = $1 AND l.id = s.label_id AND r.commune_id = $1 AND r.id = l.run_id
        AND o.commune_id = $1 AND o.id = r.producer_id AND o.village_id IS NOT NULL) AS x
    GROUP BY x.village_id";
const OF_LOT: &str = "SELECT CAST(COALESCE(SUM(x.n), 0) AS BIGINT) FROM (
      SELECT people AS n FROM scan_lot_days WHERE commune_id = $1 AND lot_id = $2
      UNION ALL SELECT 1 FROM scans s CROSS JOIN labels l CROSS JOIN label_runs r
      WHERE s.commune_id = $1 AND s.counted = FALSE AND s.person = TRUE AND l.commune_id = $1 AND l.id = s.label_id
        AND r.commune_id = $1 AND r.id = l.run_id AND r.lot_id = $2) AS x";
// Told by product, not by moment: what waits shows with the next counting.
const WAYS_OF_PRODUCER: &str = "SELECT d.device, d.referrer, CAST(SUM(d.people) AS BIGINT)
    FROM products p CROSS JOIN scan_way_days d
    WHERE p.commune_id = $1 AND p.producer_id = $4 AND d.commune_id = $1 AND d.product_id = p.id
      AND d.day >= $2 AND d.day <= $3 GROUP BY d.device, d.referrer";
const HOURS_OF_PRODUCER: &str = "SELECT h.begins_at, CAST(SUM(h.people) AS BIGINT)
    FROM products p CROSS JOIN scan_product_hours h
    WHERE p.commune_id = $1 AND p.producer_id = $4 AND h.commune_id = $1 AND h.product_id = p.id
      AND h.begins_at >= $2 AND h.begins_at < $3 GROUP BY h.begins_at";
const LOT_NAMES: &str = "SELECT t.id, t.code, p.name FROM lots t
    JOIN products p ON p.commune_id = t.commune_id AND p.id = t.product_id
    WHERE t.commune_id = $1 AND t.producer_id = $2";
const SUPPORTED: &str = "SELECT r.kind, g.name, r.given_on, p.id
    FROM support_records r CROSS JOIN products p
      LEFT JOIN support_programmes g ON g.commune_id = r.commune_id AND g.id = r.programme_id
    WHERE r.commune_id = $1 AND r.given_on >= $2 AND r.given_on <= $3 AND r.state IN ('delivered', 'known')
      AND p.commune_id = $1 AND p.producer_id = r.producer_id AND (r.product_id IS NULL OR r.product_id = p.id)
    ORDER BY r.kind, r.given_on, r.id, p.id";
static GROUPS: LazyLock<WithIds> = LazyLock::new(|| {
    WithIds::new(
        "SELECT p.id, o.kind, p.category FROM products p
        JOIN producers o ON o.commune_id = p.commune_id AND o.id = p.producer_id
        WHERE p.commune_id = $1 AND p.id IN (",
        2,
        ")",
    )
});
const DAYS_OF_PRODUCT: &str = "SELECT day, people FROM scan_product_days
    WHERE commune_id = $1 AND product_id = $2 AND day >= $3 AND day <= $4";

/// A sum of a day, or an opening that waits, by its time.
type OfDay = (Option<Day>, Option<Time>, i64);

fn by_day(rows: Vec<OfDay>) -> BTreeMap<Day, i64> {
    let mut days = BTreeMap::new();
    for (day, at, n) in rows {
        if let Some(day) = day.or_else(|| at.map(Time::day)) {
            *days.entry(day).or_default() += n;
        }
    }
    days
}

/// Runs one of the statements above with the period's ends.
macro_rules! over {
    ($cx:expr, $sql:expr, $commune:expr, $period:expr $(, $more:expr)*) => {{
        let (begin, end) = $period.span();
        on!($cx, c => sqlx::query_as($sql)
            .bind($commune)
            .bind($period.from)
            .bind($period.to)
            .bind(begin)
            .bind(end)
            $(.bind($more))*
            .fetch_all(c)
            .await)
    }};
}

/// Openings of each product; those without any are left out.
pub async fn by_product(cx: &mut Cx<'_>, commune: CommuneId, period: Period) -> Result<HashMap<ProductId, i64>> {
    let rows: Vec<(ProductId, i64)> = over!(cx, BY_PRODUCT, commune, period)?;
    Ok(rows.into_iter().collect())
}

/// Openings of all labels by day.
pub async fn by_days(cx: &mut Cx<'_>, commune: CommuneId, period: Period) -> Result<BTreeMap<Day, i64>> {
    Ok(by_day(over!(cx, BY_DAY, commune, period)?))
}

/// Openings of a producer's labels by day.
pub async fn by_days_of(
    cx: &mut Cx<'_>,
    commune: CommuneId,
    producer: ProducerId,
    period: Period,
) -> Result<BTreeMap<Day, i64>> {
    Ok(by_day(over!(cx, BY_DAY_OF_PRODUCER, commune, period, producer)?))
}

/// Openings of each of a producer's products.
pub async fn by_product_of(
    cx: &mut Cx<'_>,
    commune: CommuneId,
    producer: ProducerId,
    period: Period,
) -> Result<HashMap<ProductId, i64>> {
    let rows: Vec<(ProductId, i64)> = over!(cx, BY_PRODUCT_OF_PRODUCER, commune, period, producer)?;
    Ok(rows.into_iter().collect())
}

/// Openings of each of a producer's lots, most first: lot, its code, its product's name.
pub async fn by_lot_of(
    cx: &mut Cx<'_>,
    commune: CommuneId,
    producer: ProducerId,
    period: Period,
) -> Result<Vec<(LotId, String, String, i64)>> {
    let rows: Vec<(LotId, i64)> = over!(cx, BY_LOT_OF_PRODUCER, commune, period, producer)?;
    let names: Vec<(LotId, String, String)> =
        on!(cx, c => sqlx::query_as(LOT_NAMES).bind(commune).bind(producer).fetch_all(c).await)?;
    let opened: HashMap<LotId, i64> = rows.into_iter().collect();
    let mut lots: Vec<_> =
        names.into_iter().filter_map(|(id, code, product)| opened.get(&id).map(|n| (id, code, product, *n))).collect();
    lots.sort_by(|a, b| b.3.cmp(&a.3).then_with(|| a.1.cmp(&b.1)));
    Ok(lots)
}

/// Openings by village of the producer; what belongs to none is left out.
pub async fn by_village(cx: &mut Cx<'_>, commune: CommuneId, period: Period) -> Result<HashMap<VillageId, i64>> {
    let rows: Vec<(VillageId, i64)> = over!(cx, BY_VILLAGE, commune, period)?;
    Ok(rows.into_iter().collect())
}

/// Openings of a lot's labels by people, from the first on.
pub async fn of_lot(cx: &mut Cx<'_>, commune: CommuneId, lot: LotId) -> Result<i64> {
    on!(cx, c => sqlx::query_scalar(OF_LOT).bind(commune).bind(lot).fetch_one(c).await)
}

/// By what device and from where a producer's labels were opened, as counted so far.
pub async fn ways_of(
    cx: &mut Cx<'_>,
    commune: CommuneId,
    producer: ProducerId,
    period: Period,
) -> Result<Vec<(Device, Referrer, i64)>> {
    on!(cx, c => sqlx::query_as(WAYS_OF_PRODUCER)
        .bind(commune)
        .bind(period.from)
        .bind(period.to)
        .bind(producer)
        .fetch_all(c)
        .await)
}

/// Openings of a producer's labels by the hour of the day in Việt Nam, 0 to 23, as counted so far.
pub async fn hours_of(cx: &mut Cx<'_>, commune: CommuneId, producer: ProducerId, period: Period) -> Result<[i64; 24]> {
    let (begin, end) = period.span();
    let rows: Vec<(Time, i64)> = on!(cx, c => sqlx::query_as(HOURS_OF_PRODUCER)
        .bind(commune)
        .bind(begin)
        .bind(end)
        .bind(producer)
        .fetch_all(c)
        .await)?;
    let mut hours = [0; 24];
    for (begins, n) in rows {
        hours[usize::from(begins.local().hour()) % 24] += n;
    }
    Ok(hours)
}

/// Products that were supported in a period: kind, programme, day, product. A record without a product is of all its
/// producer's.
pub async fn supported(
    cx: &mut Cx<'_>,
    commune: CommuneId,
    period: Period,
) -> Result<Vec<(String, Option<String>, Day, ProductId)>> {
    on!(cx, c => sqlx::query_as(SUPPORTED)
        .bind(commune)
        .bind(period.from)
        .bind(period.to)
        .fetch_all(c)
        .await)
}

/// Openings of a product by day, as counted so far.
pub async fn days_of_product(
    cx: &mut Cx<'_>,
    commune: CommuneId,
    product: ProductId,
    period: Period,
) -> Result<BTreeMap<Day, i64>> {
    let rows: Vec<(Day, i64)> = on!(cx, c => sqlx::query_as(DAYS_OF_PRODUCT)
        .bind(commune)
        .bind(product)
        .bind(period.from)
        .bind(period.to)
        .fetch_all(c)
        .await)?;
    Ok(rows.into_iter().collect())
}

/// The kind of producer and the category of each of these products.
pub async fn groups(
    cx: &mut Cx<'_>,
    commune: CommuneId,
    products: &[ProductId],
) -> Result<Vec<(ProductId, String, String)>> {
    GROUPS.rows(cx, commune, products).await
}
