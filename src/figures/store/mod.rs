//! SQL of figures: what counting writes; what pages read is in [`sums`].

pub mod next;
pub mod sums;

use std::collections::BTreeMap;
use std::sync::LazyLock;

use uuid::Uuid;

use crate::clock::{Day, Time};
use crate::db::{Cx, Result, Rows, WithIds, on};
use crate::ids::CommuneId;

use super::model::{Opened, Opening, Sums};

const LOCK: &str = "INSERT INTO scan_counting (commune_id, counted_at) VALUES ($1, $2)
    ON CONFLICT (commune_id) DO UPDATE SET counted_at = excluded.counted_at";
// `CROSS JOIN` keeps SQLite to this order: from the few openings that wait to what their labels name.
const WAITING: &str = "SELECT s.id, s.at, s.person, s.device, s.referrer, s.label_id, r.id AS run_id, r.product_id,
      r.lot_id, o.village_id
    FROM scans s CROSS JOIN labels l CROSS JOIN label_runs r CROSS JOIN producers o
    WHERE s.commune_id = $1 AND s.counted = FALSE AND l.commune_id = $1 AND l.id = s.label_id
      AND r.commune_id = $1 AND r.id = l.run_id AND o.commune_id = $1 AND o.id = r.producer_id
    ORDER BY s.id LIMIT $2";
static COUNTED: LazyLock<WithIds> = LazyLock::new(|| {
    WithIds::new("UPDATE scans SET counted = TRUE WHERE commune_id = $1 AND counted = FALSE AND id IN (", 2, ")")
});
const OLD: &str = "SELECT s.id, s.label_id, s.person, l.serial FROM scans s CROSS JOIN labels l
    WHERE s.commune_id = $1 AND s.id < $2 AND s.counted = TRUE AND l.commune_id = $1 AND l.id = s.label_id
    ORDER BY s.id LIMIT $3";
static DROP: LazyLock<WithIds> =
    LazyLock::new(|| WithIds::new("DELETE FROM scans WHERE commune_id = $1 AND counted = TRUE AND id IN (", 2, ")"));

/// A statement that adds to sums of openings.
macro_rules! adding {
    ($table:literal, $subject:literal, $span:literal) => {
        LazyLock::new(|| {
            Rows::new(
                concat!("INSERT INTO ", $table, " (commune_id, ", $subject, ", ", $span, ", people, others) VALUES "),
                5,
                concat!(
                    " ON CONFLICT (commune_id, ",
                    $subject,
                    ", ",
                    $span,
                    ") DO UPDATE SET people = ",
                    $table,
                    ".people + excluded.people, others = ",
                    $table,
                    ".others + excluded.others"
                ),
            )
        })
    };
}

static HOURS: LazyLock<Rows> = adding!("scan_product_hours", "product_id", "begins_at");
static PRODUCTS: LazyLock<Rows> = adding!("scan_product_days", "product_id", "day");
static LOTS: LazyLock<Rows> = adding!("scan_lot_days", "lot_id", "day");
static VILLAGES: LazyLock<Rows> = adding!("scan_village_days", "village_id", "day");
static WAYS: LazyLock<Rows> = LazyLock::new(|| {
    Rows::new(
        "INSERT INTO scan_way_days (commune_id, product_id, day, device, referrer, people) VALUES ",
        6,
        " ON CONFLICT (commune_id, product_id, day, device, referrer)
          DO UPDATE SET people = scan_way_days.people + excluded.people",
    )
});
static PAST: LazyLock<Rows> = LazyLock::new(|| {
    Rows::new(
        "INSERT INTO scan_past (commune_id, label_id, people) VALUES ",
        3,
        " ON CONFLICT (commune_id, label_id) DO UPDATE SET people = scan_past.people + excluded.people",
    )
});

/// Holds the commune's counting until the commit, against other processes that count.
pub async fn lock(cx: &mut Cx<'_>, commune: CommuneId, now: Time) -> Result<()> {
    on!(cx, c => sqlx::query(LOCK).bind(commune).bind(now).execute(c).await.map(drop))
}

/// Openings that no sum holds, at most so many; needs [`lock`].
pub async fn waiting(cx: &mut Cx<'_>, commune: CommuneId, most: i64) -> Result<Vec<Opening>> {
    on!(cx, c => sqlx::query_as(WAITING).bind(commune).bind(most).fetch_all(c).await)
}

/// Adds to the sums.
pub async fn add(cx: &mut Cx<'_>, commune: CommuneId, sums: &Sums) -> Result<()> {
    let hours: Vec<_> = sums.hours.iter().collect();
    for (sql, chunk) in HOURS.chunks(cx, &hours) {
        on!(cx, c => {
            let mut query = sqlx::query(sql);
            for ((product, begins), opened) in chunk {
                query = query.bind(commune).bind(*product).bind(*begins).bind(opened.people).bind(opened.others);
            }
            query.execute(c).await.map(drop)
        })?;
    }
    add_days(cx, commune, &PRODUCTS, sums.products.iter().map(|((id, day), opened)| (id.0, *day, *opened))).await?;
    add_days(cx, commune, &LOTS, sums.lots.iter().map(|((id, day), opened)| (id.0, *day, *opened))).await?;
    add_days(cx, commune, &VILLAGES, sums.villages.iter().map(|((id, day), opened)| (id.0, *day, *opened))).await?;
    let ways: Vec<_> = sums.ways.iter().collect();
    for (sql, chunk) in WAYS.chunks(cx, &ways) {
        on!(cx, c => {
            let mut query = sqlx::query(sql);
            for ((product, day, device, referrer), people) in chunk {
                query = query.bind(commune).bind(*product).bind(*day).bind(*device).bind(*referrer).bind(**people);
            }
            query.execute(c).await.map(drop)
        })?;
    }
    Ok(())
}

async fn add_days(
    cx: &mut Cx<'_>,
    commune: CommuneId,
    statement: &'static Rows,
    rows: impl Iterator<Item = (Uuid, Day, Opened)>,
) -> Result<()> {
    let rows: Vec<_> = rows.collect();
    for (sql, chunk) in statement.chunks(cx, &rows) {
        on!(cx, c => {
            let mut query = sqlx::query(sql);
            for (id, day, opened) in chunk {
                query = query.bind(commune).bind(*id).bind(*day).bind(opened.people).bind(opened.others);
            }
            query.execute(c).await.map(drop)
        })?;
    }
    Ok(())
}

/// Notes that the sums hold these openings.
pub async fn counted(cx: &mut Cx<'_>, commune: CommuneId, ids: &[Uuid]) -> Result<()> {
    COUNTED.run(cx, commune, ids).await
}

/// Drops openings with ids below one that the sums hold, at most so many; returns how many. What pieces' own pages
/// tell is kept as a number.
pub async fn drop_before(cx: &mut Cx<'_>, commune: CommuneId, id: Uuid, most: i64) -> Result<usize> {
    let old: Vec<(Uuid, i64, bool, Option<i64>)> =
        on!(cx, c => sqlx::query_as(OLD).bind(commune).bind(id).bind(most).fetch_all(c).await)?;
    let mut past: BTreeMap<i64, i64> = BTreeMap::new();
    for (_, label, ..) in old.iter().filter(|(.., person, serial)| *person && serial.is_some()) {
        *past.entry(*label).or_default() += 1;
    }
    let past: Vec<(i64, i64)> = past.into_iter().collect();
    for (sql, chunk) in PAST.chunks(cx, &past) {
        on!(cx, c => {
            let mut query = sqlx::query(sql);
            for (label, people) in chunk {
                query = query.bind(commune).bind(*label).bind(*people);
            }
            query.execute(c).await.map(drop)
        })?;
    }
    let ids: Vec<Uuid> = old.iter().map(|row| row.0).collect();
    DROP.run(cx, commune, &ids).await?;
    Ok(old.len())
}
