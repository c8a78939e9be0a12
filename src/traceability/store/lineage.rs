//! The lot graph: which lots went into which, both ways.
//!
//! A link goes from an input lot to an output lot of the same event, and from a child to its parent of an
//! aggregation with action ADD. Events that were taken back by an error declaration link nothing, nor does an
//! aggregation that a later one with action DELETE undid.
//!
//! [`lineage`] walks in one recursive statement whose rows are lots with the number of links that led there. However
//! many paths lead to a lot, it is walked on from once for each length of them, and the depth ends every circle.

use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

use super::super::quantity::Uom;
use crate::clock::Time;
use crate::db::{Cx, Result, WithIds, on};
use crate::ids::{CommuneId, EventId, LotId};

/// Which way to follow the links.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    /// To what a lot was made from: one step back.
    Back,
    /// To what was made from it: one step forward.
    Forward,
}

/// A lot that was reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reached {
    /// Which.
    pub lot: LotId,
    /// Links on the shortest way from a start; 0 for a start itself.
    pub depth: i64,
}

/// Everything that was reached.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reach {
    /// Each lot once, nearest first; lots of one depth by id.
    pub lots: Vec<Reached>,
    /// True if the depth or the number of lots was limited, so that some are left out.
    pub cut: bool,
}

/// A link between two lots.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Link {
    /// What went in: an input, a child.
    #[sqlx(rename = "from_lot")]
    pub from: LotId,
    /// What came out: an output, a parent.
    #[sqlx(rename = "to_lot")]
    pub to: LotId,
    /// By which event.
    #[sqlx(rename = "event_id")]
    pub event: EventId,
    /// Key of the event's step.
    pub step: String,
    /// CBV business step.
    pub biz_step: Option<String>,
    /// When it happened.
    #[sqlx(rename = "event_time")]
    pub at: Time,
    /// How much of [`Link::from`] went in, in thousandths of [`Link::uom`].
    pub quantity: Option<i64>,
    /// Unit.
    pub uom: Option<Uom>,
}

/// The links of the lots in `$lots`, from `$near` (alias of a row of `trace_event_lots`) to `$far`. Events are read
/// for packed lots only: what was packed is unpacked by a later event. `CROSS JOIN` keeps SQLite to this order;
/// PostgreSQL finds its own.
macro_rules! links {
    ($lots:literal, $near:literal, $far:literal, $near_roles:literal, $far_role:literal) => {
        concat!(
            $lots,
            " CROSS JOIN trace_event_lots ",
            $near,
            " CROSS JOIN trace_event_lots ",
            $far,
            " WHERE ",
            $near,
            ".commune_id = $1 AND ",
            $near,
            ".lot_id = r.lot_id AND ",
            $near,
            ".role IN ",
            $near_roles,
            " AND ",
            $near,
            ".standing = TRUE AND ",
            $far,
            ".commune_id = $1 AND ",
            $far,
            ".event_id = ",
            $near,
            ".event_id AND ",
            $far,
            ".role = ",
            $far_role,
            " AND (i.role = 'input' OR EXISTS (SELECT 1 FROM trace_events e
                WHERE e.commune_id = $1 AND e.id = i.event_id AND e.action = 'ADD'
                  AND NOT EXISTS (SELECT 1 FROM trace_event_lots uc
                    CROSS JOIN trace_event_lots up CROSS JOIN trace_events u
                    WHERE uc.commune_id = $1 AND uc.lot_id = i.lot_id AND uc.role = 'child' AND uc.standing = TRUE
                      AND up.commune_id = $1 AND up.event_id = uc.event_id AND up.lot_id = o.lot_id
                      AND up.role = 'parent'
                      AND u.commune_id = $1 AND u.id = uc.event_id AND u.action = 'DELETE'
                      AND u.event_time > e.event_time)))"
        )
    };
}

/// The links that leave the lots in `$lots`.
macro_rules! links_from {
    ($lots:literal) => {
        links!($lots, "i", "o", "('input', 'child')", "CASE i.role WHEN 'input' THEN 'output' ELSE 'parent' END")
    };
}

/// The links that arrive at the lots in `$lots`.
macro_rules! links_to {
    ($lots:literal) => {
        links!($lots, "o", "i", "('output', 'parent')", "CASE o.role WHEN 'output' THEN 'input' ELSE 'child' END")
    };
}

const OPEN: &str = "WITH RECURSIVE reach (lot_id, depth) AS (
    SELECT id, CAST(0 AS bigint) FROM lots WHERE commune_id = $1 AND id IN (";
// The near ones are met first: both engines work off what they found in the order they found it.
macro_rules! walk {
    ($next:literal, $links:expr) => {
        concat!(
            ") UNION SELECT ",
            $next,
            ".lot_id, r.depth + 1 FROM ",
            $links,
            " AND r.depth <= $2), near (lot_id, depth) AS (SELECT lot_id, depth FROM reach LIMIT $3)
            SELECT lot_id, MIN(depth) FROM near GROUP BY lot_id"
        )
    };
}
const BACK: &str = walk!("i", links_to!("reach r"));
const FORWARD: &str = walk!("o", links_from!("reach r"));
const AMONG_OPEN: &str = "SELECT k.from_lot, k.to_lot, k.event_id, t.step, t.biz_step, t.event_time, k.quantity, k.uom
    FROM (SELECT i.lot_id AS from_lot, o.lot_id AS to_lot, i.event_id, i.quantity, i.uom
      FROM (SELECT id AS lot_id FROM lots WHERE commune_id = $1 AND id IN (";
const AMONG: &str = concat!(
    ")) r",
    links_from!(""),
    ") k JOIN trace_events t ON t.commune_id = $1 AND t.id = k.event_id
    ORDER BY t.event_time, t.id, k.from_lot, k.to_lot"
);

static LINEAGE_BACK: LazyLock<WithIds> = LazyLock::new(|| WithIds::new(OPEN, 4, BACK));
static LINEAGE_FORWARD: LazyLock<WithIds> = LazyLock::new(|| WithIds::new(OPEN, 4, FORWARD));
static LINKS_AMONG: LazyLock<WithIds> = LazyLock::new(|| WithIds::new(AMONG_OPEN, 2, AMONG));

/// Everything that lots were made from, or that was made from them.
///
/// At most `max_lots` lots, the starts among them, none further than `max_depth` links; the nearest are kept. Lots
/// that are not the commune's are not there.
pub async fn lineage(
    cx: &mut Cx<'_>,
    commune: CommuneId,
    start: &[LotId],
    direction: Direction,
    max_depth: i64,
    max_lots: i64,
) -> Result<Reach> {
    let statement = match direction {
        Direction::Back => &*LINEAGE_BACK,
        Direction::Forward => &*LINEAGE_FORWARD,
    };
    // One link and one lot more than wanted tell whether anything is left out. A lot is met once at each depth.
    let most = max_lots.saturating_add(1).saturating_mul(max_depth.saturating_add(2));
    let mut depths: HashMap<LotId, i64> = HashMap::new();
    for ids in start.chunks(WithIds::MOST) {
        let (sql, ids) = statement.of(ids);
        let rows: Vec<(LotId, i64)> = on!(cx, c => {
            let query = sqlx::query_as(sql).bind(commune).bind(max_depth).bind(most);
            ids.fold(query, sqlx::query::QueryAs::bind).fetch_all(c).await
        })?;
        for (lot, depth) in rows {
            depths.entry(lot).and_modify(|least| *least = depth.min(*least)).or_insert(depth);
        }
    }
    Ok(nearest(depths, max_depth, max_lots))
}

/// Leaves out what is too far or too many.
fn nearest(depths: HashMap<LotId, i64>, max_depth: i64, max_lots: i64) -> Reach {
    let met = depths.len();
    let mut lots: Vec<Reached> = depths.into_iter().map(|(lot, depth)| Reached { lot, depth }).collect();
    lots.retain(|reached| reached.depth <= max_depth);
    lots.sort_by_key(|reached| (reached.depth, reached.lot));
    lots.truncate(usize::try_from(max_lots).unwrap_or(0));
    Reach { cut: lots.len() < met, lots }
}

/// The links between lots of a list, earliest first.
pub async fn links_among(cx: &mut Cx<'_>, commune: CommuneId, lots: &[LotId]) -> Result<Vec<Link>> {
    let wanted: HashSet<LotId> = lots.iter().copied().collect();
    let mut links: Vec<Link> = LINKS_AMONG.rows(cx, commune, lots).await?;
    links.retain(|link| wanted.contains(&link.to));
    links.sort_by_key(|link| (link.at, link.event, link.from, link.to));
    links.dedup();
    Ok(links)
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    fn lot(number: u128) -> LotId {
        LotId(Uuid::from_u128(number))
    }

    #[test]
    fn what_is_too_far_or_too_many_is_left_out_and_told() {
        let depths = || HashMap::from([(lot(1), 0), (lot(3), 1), (lot(2), 1), (lot(4), 2)]);
        let told = |reach: &Reach| reach.lots.iter().map(|r| (r.lot.0.as_u128(), r.depth)).collect::<Vec<_>>();
        let all = nearest(depths(), 10, 10);
        assert_eq!((told(&all), all.cut), (vec![(1, 0), (2, 1), (3, 1), (4, 2)], false));
        let few = nearest(depths(), 10, 2);
        assert_eq!((told(&few), few.cut), (vec![(1, 0), (2, 1)], true));
        let near = nearest(depths(), 1, 10);
        assert_eq!((told(&near), near.cut), (vec![(1, 0), (2, 1), (3, 1)], true));
    }
}
