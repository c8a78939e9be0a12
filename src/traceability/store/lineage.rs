//! The lot graph: which lots went into which, both ways.
//!
//! A link goes from an input lot to an output lot of the same event, and from a child to its parent of an
//! aggregation with action ADD. Events that were taken back by an error declaration link nothing, nor does an
//! aggregation that a later one with action DELETE undid.
//!
//! [`lineage`] walks in one recursive statement whose rows are lots alone: each lot is met once, by however many
//! paths it is reached, and a circle in damaged data comes to an end. The depths are counted from the links that the
//! statement returns.

use std::collections::{BTreeMap, HashMap, HashSet, VecDeque};
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

/// The links of the lots in `$lots`, from `$near` (alias of a row of `trace_event_lots`) to `$far`, with the event
/// as `e`. `CROSS JOIN` keeps SQLite to this order; PostgreSQL finds its own.
macro_rules! links {
    ($lots:literal, $near:literal, $far:literal, $near_roles:literal, $far_role:literal) => {
        concat!(
            $lots,
            " CROSS JOIN trace_event_lots ",
            $near,
            " CROSS JOIN trace_event_lots ",
            $far,
            " CROSS JOIN trace_events e
            WHERE ",
            $near,
            ".commune_id = $1 AND ",
            $near,
            ".lot_id = r.lot_id AND ",
            $near,
            ".role IN ",
            $near_roles,
            " AND ",
            $far,
            ".commune_id = $1 AND ",
            $far,
            ".event_id = ",
            $near,
            ".event_id AND ",
            $far,
            ".role = ",
            $far_role,
            " AND e.commune_id = $1 AND e.id = ",
            $near,
            ".event_id AND e.is_error_declaration = FALSE
              AND NOT EXISTS (SELECT 1 FROM trace_events d
                WHERE d.commune_id = $1 AND d.event_id = e.event_id AND d.is_error_declaration = TRUE)
              AND (i.role = 'input' OR (e.action = 'ADD' AND NOT EXISTS (SELECT 1 FROM trace_event_lots uc
                CROSS JOIN trace_event_lots up CROSS JOIN trace_events u
                WHERE uc.commune_id = $1 AND uc.lot_id = i.lot_id AND uc.role = 'child'
                  AND up.commune_id = $1 AND up.event_id = uc.event_id AND up.lot_id = o.lot_id AND up.role = 'parent'
                  AND u.commune_id = $1 AND u.id = uc.event_id AND u.action = 'DELETE'
                  AND u.event_time > e.event_time AND u.is_error_declaration = FALSE
                  AND NOT EXISTS (SELECT 1 FROM trace_events ud
                    WHERE ud.commune_id = $1 AND ud.event_id = u.event_id AND ud.is_error_declaration = TRUE))))"
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

const OPEN: &str = "WITH RECURSIVE reach (lot_id) AS (
    SELECT id FROM lots WHERE commune_id = $1 AND id IN (";
// The near ones are met first: both engines work off what they found in the order they found it.
const BACK: &str = concat!(
    ") UNION SELECT i.lot_id FROM ",
    links_to!("reach r"),
    "), near (lot_id) AS (SELECT lot_id FROM reach LIMIT $2)
    SELECT lot_id, NULL AS next FROM near UNION ALL SELECT r.lot_id, i.lot_id FROM ",
    links_to!("near r")
);
const FORWARD: &str = concat!(
    ") UNION SELECT o.lot_id FROM ",
    links_from!("reach r"),
    "), near (lot_id) AS (SELECT lot_id FROM reach LIMIT $2)
    SELECT lot_id, NULL AS next FROM near UNION ALL SELECT r.lot_id, o.lot_id FROM ",
    links_from!("near r")
);
const AMONG_OPEN: &str = "SELECT i.lot_id AS from_lot, o.lot_id AS to_lot, e.id AS event_id, e.step, e.biz_step,
      e.event_time, i.quantity, i.uom FROM (SELECT id AS lot_id FROM lots WHERE commune_id = $1 AND id IN (";
const AMONG: &str = concat!(")) r", links_from!(""), " ORDER BY e.event_time, e.id, i.lot_id, o.lot_id");

static LINEAGE_BACK: LazyLock<WithIds> = LazyLock::new(|| WithIds::new(OPEN, 3, BACK));
static LINEAGE_FORWARD: LazyLock<WithIds> = LazyLock::new(|| WithIds::new(OPEN, 3, FORWARD));
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
    let mut links: HashMap<LotId, Vec<LotId>> = HashMap::new();
    for ids in start.chunks(WithIds::MOST) {
        let (sql, ids) = statement.of(ids);
        let rows: Vec<(LotId, Option<LotId>)> = on!(cx, c => {
            // One more than wanted tells whether any is left out.
            let mut query = sqlx::query_as(sql).bind(commune).bind(max_lots.saturating_add(1));
            for id in ids {
                query = query.bind(id);
            }
            query.fetch_all(c).await
        })?;
        for (lot, next) in rows {
            links.entry(lot).or_default().extend(next);
        }
    }
    Ok(nearest(start, &links, max_depth, max_lots))
}

/// Counts the depths along the links of all lots that were met, and leaves out what is too far or too many.
fn nearest(start: &[LotId], links: &HashMap<LotId, Vec<LotId>>, max_depth: i64, max_lots: i64) -> Reach {
    let mut depths: BTreeMap<LotId, i64> = BTreeMap::new();
    let mut waiting: VecDeque<(LotId, i64)> = start.iter().map(|lot| (*lot, 0)).collect();
    while let Some((lot, depth)) = waiting.pop_front() {
        let Some(next) = links.get(&lot) else { continue };
        if let std::collections::btree_map::Entry::Vacant(entry) = depths.entry(lot) {
            entry.insert(depth);
            waiting.extend(next.iter().map(|lot| (*lot, depth + 1)));
        }
    }
    let met = depths.len();
    let mut lots: Vec<Reached> = depths.into_iter().map(|(lot, depth)| Reached { lot, depth }).collect();
    lots.retain(|reached| reached.depth <= max_depth);
    // Stable: lots of one depth stay in the order of their ids.
    lots.sort_by_key(|reached| reached.depth);
    lots.truncate(usize::try_from(max_lots).unwrap_or(0));
    Reach { cut: lots.len() < met, lots }
}

/// The links between lots of a list, earliest first.
pub async fn links_among(cx: &mut Cx<'_>, commune: CommuneId, lots: &[LotId]) -> Result<Vec<Link>> {
    let wanted: HashSet<LotId> = lots.iter().copied().collect();
    let mut links: Vec<Link> = Vec::new();
    for ids in lots.chunks(WithIds::MOST) {
        let (sql, ids) = LINKS_AMONG.of(ids);
        let rows: Vec<Link> = on!(cx, c => {
            let mut query = sqlx::query_as(sql).bind(commune);
            for id in ids {
                query = query.bind(id);
            }
            query.fetch_all(c).await
        })?;
        links.extend(rows.into_iter().filter(|link| wanted.contains(&link.to)));
    }
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
    fn each_lot_is_told_once_at_its_least_depth() {
        // 1 → 2 → 3 → 1, a circle, and 1 → 3, a short cut.
        let links = HashMap::from([(lot(1), vec![lot(2), lot(3)]), (lot(2), vec![lot(3)]), (lot(3), vec![lot(1)])]);
        let told = |reach: Reach| reach.lots.iter().map(|r| (r.lot.0.as_u128(), r.depth)).collect::<Vec<_>>();
        let all = nearest(&[lot(1)], &links, 10, 10);
        assert!(!all.cut);
        assert_eq!(told(all), [(1, 0), (2, 1), (3, 1)]);
        let few = nearest(&[lot(1)], &links, 10, 2);
        assert!(few.cut);
        assert_eq!(told(few), [(1, 0), (2, 1)]);
        let near = nearest(&[lot(1)], &links, 0, 10);
        assert!(near.cut);
        assert_eq!(told(near), [(1, 0)]);
    }
}
