//! SQL of lists and sums over many records. A page's ids come from an index that holds all the filter looks at, then
//! its rows by their ids; sums read the index alone.

use std::collections::HashMap;
use std::sync::LazyLock;

use super::records;
use crate::amounts::Dong;
use crate::db::{Cx, Result, WithIds, on};
use crate::ids::{CommuneId, ProducerId, ProgrammeId, SupportId};

use crate::support::filter::SupportFilter;
use crate::support::model::{Figures, SupportRow};

/// What a filter leaves of `support_records r`, whosever they are: six parameters.
macro_rules! filtered {
    () => {
        "r.commune_id = $1 AND r.year = $2 AND ($3 = '' OR r.kind = $3) \
         AND ($4 = '' OR r.state = $4 OR ($4 = 'counted' AND r.state IN ('delivered', 'known'))) \
         AND ($5 = 0 OR r.programme_id = $6)"
    };
}
/// What it leaves of `producer_register q`: four more.
macro_rules! of_producer {
    () => {
        "q.commune_id = $1 AND q.name_folded LIKE $7 ESCAPE '!' AND ($8 = 0 OR q.village_id = $9) \
         AND ($10 = '' OR q.kind = $10)"
    };
}
/// The records of the producers that it leaves.
macro_rules! of_theirs {
    () => {
        concat!(
            filtered!(),
            " AND r.producer_id IN (SELECT q.producer_id FROM producer_register q WHERE ",
            of_producer!(),
            ")"
        )
    };
}

macro_rules! bound {
    ($query:expr, $commune:expr, $f:expr) => {
        $query
            .bind($commune)
            .bind($f.year)
            .bind(&$f.kind)
            .bind($f.states.word())
            .bind(i32::from($f.programme.is_some()))
            .bind($f.programme)
    };
}
/// The same, and what the filter says of producers if it looks at them: then the second text begins with those.
macro_rules! bound_by {
    ($kind:ident, $texts:expr, $commune:expr, $f:expr) => {{
        let mut query = bound!(sqlx::$kind($texts[usize::from($f.is_by_producer())]), $commune, $f);
        if $f.is_by_producer() {
            query = query
                .bind($f.pattern())
                .bind(i32::from($f.village.is_some()))
                .bind($f.village)
                .bind($f.producer_kind.map_or("", |kind| kind.word()));
        }
        query
    }};
}

macro_rules! figures {
    ($filter:expr) => {
        concat!(
            "SELECT CAST(COALESCE(SUM(n), 0) AS BIGINT) AS records, CAST(COALESCE(SUM(void), 0) AS BIGINT) AS voided, \
             CAST(COALESCE(SUM(CASE WHEN n > void THEN 1 ELSE 0 END), 0) AS BIGINT) AS producers, \
             CAST(COALESCE(SUM(budgeted), 0) AS BIGINT) AS budgeted, \
             CAST(COALESCE(SUM(approved), 0) AS BIGINT) AS approved, \
             CAST(COALESCE(SUM(paid), 0) AS BIGINT) AS paid \
             FROM (SELECT COUNT(*) AS n, SUM(CASE WHEN r.state = 'void' THEN 1 ELSE 0 END) AS void, \
               SUM(CASE WHEN r.state = 'void' THEN 0 ELSE r.budgeted END) AS budgeted, \
               SUM(CASE WHEN r.state = 'void' THEN 0 ELSE r.approved END) AS approved, \
               SUM(CASE WHEN r.state = 'void' THEN 0 ELSE r.paid END) AS paid \
               FROM support_records r WHERE ",
            $filter,
            " GROUP BY r.producer_id) one"
        )
    };
}
const FIGURES: [&str; 2] = [figures!(filtered!()), figures!(of_theirs!())];

macro_rules! page {
    ($filter:expr, $part:literal) => {
        concat!("SELECT r.id FROM support_records r WHERE ", $filter, " ORDER BY r.given_on DESC, r.id DESC ", $part)
    };
}
const PAGE: [&str; 2] = [page!(filtered!(), "LIMIT $7 OFFSET $8"), page!(of_theirs!(), "LIMIT $11 OFFSET $12")];

// Walks the names in their order and stops when the page is full.
macro_rules! producers {
    ($filter:expr, $part:literal) => {
        concat!(
            "SELECT q.producer_id FROM producer_register q WHERE ",
            $filter,
            " AND EXISTS (SELECT 1 FROM support_records r WHERE r.producer_id = q.producer_id AND ",
            filtered!(),
            ") ORDER BY q.name_folded, q.producer_id ",
            $part
        )
    };
}
const PRODUCERS: [&str; 2] =
    [producers!("q.commune_id = $1", "LIMIT $7 OFFSET $8"), producers!(of_producer!(), "LIMIT $11 OFFSET $12")];
static BY_IDS: LazyLock<WithIds> =
    LazyLock::new(|| WithIds::new(records!("WHERE r.commune_id = $1 AND r.id IN ("), 2, ")"));
static OF_PRODUCERS: LazyLock<WithIds> =
    LazyLock::new(|| WithIds::new(concat!(records!("WHERE "), filtered!(), " AND r.producer_id IN ("), 7, ")"));
// As `state::Money::committed` says.
const SUMS: &str = "SELECT COUNT(*) AS records, CAST(COALESCE(SUM(budgeted), 0) AS BIGINT) AS budgeted,
      CAST(COALESCE(SUM(approved), 0) AS BIGINT) AS approved, CAST(COALESCE(SUM(paid), 0) AS BIGINT) AS paid,
      CAST(COALESCE(SUM(CASE WHEN state = 'proposed' THEN budgeted WHEN paid > approved THEN paid ELSE approved END), 0)
        AS BIGINT) AS committed
    FROM support_records WHERE commune_id = $1 AND programme_id = $2 AND state <> 'void'";

/// A programme's sums, void records left out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, sqlx::FromRow)]
pub struct Sums {
    /// Records.
    pub records: i64,
    /// Thought to cost, đồng.
    pub budgeted: Dong,
    /// Approved, đồng.
    pub approved: Dong,
    /// Paid, đồng.
    pub paid: Dong,
    /// What is taken of the budget, đồng.
    pub committed: Dong,
}

/// Sums over what the filter leaves.
pub async fn figures(cx: &mut Cx<'_>, commune: CommuneId, f: &SupportFilter) -> Result<Figures> {
    on!(cx, c => bound_by!(query_as, FIGURES, commune, f).fetch_one(c).await)
}

/// Records that the filter leaves, the latest first: so many, after so many.
pub async fn page(
    cx: &mut Cx<'_>,
    commune: CommuneId,
    f: &SupportFilter,
    limit: i64,
    offset: i64,
) -> Result<Vec<SupportRow>> {
    let ids: Vec<SupportId> =
        on!(cx, c => bound_by!(query_scalar, PAGE, commune, f).bind(limit).bind(offset).fetch_all(c).await)?;
    let mut rows: Vec<SupportRow> = BY_IDS.rows(cx, commune, &ids).await?;
    let places: HashMap<SupportId, usize> = ids.iter().enumerate().map(|(at, id)| (*id, at)).collect();
    rows.sort_by_key(|row| places.get(&row.id).copied());
    Ok(rows)
}

/// Producers with a record that the filter leaves, by name: so many, after so many.
pub async fn producers(
    cx: &mut Cx<'_>,
    commune: CommuneId,
    f: &SupportFilter,
    limit: i64,
    offset: i64,
) -> Result<Vec<ProducerId>> {
    on!(cx, c => bound_by!(query_scalar, PRODUCERS, commune, f).bind(limit).bind(offset).fetch_all(c).await)
}

/// What the filter leaves of these producers' records; what it says of producers is not looked at again.
pub async fn of_producers(
    cx: &mut Cx<'_>,
    commune: CommuneId,
    f: &SupportFilter,
    producers: &[ProducerId],
) -> Result<Vec<SupportRow>> {
    let mut rows = Vec::new();
    for ids in producers.chunks(WithIds::MOST) {
        let (text, bound) = OF_PRODUCERS.of(ids);
        rows.extend(on!(cx, c => {
            let mut query = bound!(sqlx::query_as::<_, SupportRow>(text), commune, f);
            for id in bound {
                query = query.bind(id);
            }
            query.fetch_all(c).await
        })?);
    }
    Ok(rows)
}

/// A programme's sums.
pub async fn sums(cx: &mut Cx<'_>, commune: CommuneId, programme: ProgrammeId) -> Result<Sums> {
    on!(cx, c => sqlx::query_as(SUMS).bind(commune).bind(programme).fetch_one(c).await)
}
