//! Where the boxes and arrows of a graph of lots stand: pure. Time runs downwards: what went in stands above what came
//! out, so that a phone shows a chain whole and only wide layers are scrolled.

use std::collections::HashMap;

use crate::ids::LotId;

/// A box, in px.
pub const WIDTH: i64 = 168;
/// Its height.
pub const HEIGHT: i64 = 68;
const BESIDE: i64 = 14;
const BELOW: i64 = 40;
/// Room for the line around a box.
const EDGE: i64 = 2;

/// A lot's place in the drawing: its upper left corner, in px.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Spot {
    /// Which lot.
    pub lot: LotId,
    /// From the left.
    pub x: i64,
    /// From the top.
    pub y: i64,
}

/// Boxes and arrows, in px.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Drawing {
    /// Whole width.
    pub width: i64,
    /// Whole height.
    pub height: i64,
    /// The boxes, layer by layer.
    pub spots: Vec<Spot>,
    /// The lines, as SVG paths with their heads.
    pub arrows: Vec<String>,
}

/// Lays lots out. Each stands below everything that went into it; lots of one layer stand near what they come from.
pub fn draw(lots: &[LotId], links: &[(LotId, LotId)]) -> Drawing {
    let layers = layers(lots, links);
    let rows = layers.values().max().map_or(0, |last| last + 1);
    let mut across: HashMap<LotId, i64> = HashMap::new();
    let mut spots = Vec::new();
    let widest = (0..rows).map(|row| layers.values().filter(|layer| **layer == row).count()).max().unwrap_or(0);
    let width = widest as i64 * (WIDTH + BESIDE) - BESIDE + 2 * EDGE;
    for row in 0..rows {
        let mut here: Vec<LotId> = lots.iter().copied().filter(|lot| layers.get(lot) == Some(&row)).collect();
        here.sort_by_key(|lot| above(*lot, links, &across));
        let wide = here.len() as i64 * (WIDTH + BESIDE) - BESIDE;
        for (n, lot) in here.into_iter().enumerate() {
            let x = (width - wide) / 2 + n as i64 * (WIDTH + BESIDE);
            across.insert(lot, x);
            spots.push(Spot { lot, x, y: EDGE + row as i64 * (HEIGHT + BELOW) });
        }
    }
    let at: HashMap<LotId, Spot> = spots.iter().map(|spot| (spot.lot, *spot)).collect();
    let mut drawn: Vec<(LotId, LotId)> = links.to_vec();
    drawn.sort_unstable();
    drawn.dedup();
    let arrows = drawn.iter().filter_map(|(from, to)| arrow(at.get(from)?, at.get(to)?)).collect();
    let height = if rows == 0 { 0 } else { rows as i64 * (HEIGHT + BELOW) - BELOW + 2 * EDGE };
    Drawing { width: if rows == 0 { 0 } else { width }, height, spots, arrows }
}

/// The layer of each lot: one below the lowest of its inputs. Rounds are bounded, so a circle in damaged data only
/// draws badly.
fn layers(lots: &[LotId], links: &[(LotId, LotId)]) -> HashMap<LotId, usize> {
    let mut layers: HashMap<LotId, usize> = lots.iter().map(|lot| (*lot, 0)).collect();
    for _ in 0..lots.len() {
        let mut moved = false;
        for (from, to) in links {
            let (Some(above), Some(below)) = (layers.get(from).copied(), layers.get(to).copied()) else { continue };
            if from != to && below <= above && above + 1 < lots.len() {
                layers.insert(*to, above + 1);
                moved = true;
            }
        }
        if !moved {
            break;
        }
    }
    // Inputs come down to just above what they went into.
    for _ in 0..lots.len() {
        for lot in lots {
            let outputs = links.iter().filter(|(from, to)| from == lot && to != lot);
            let lowest = outputs.filter_map(|(_, to)| layers.get(to)).min().copied();
            if let Some(lowest) = lowest.filter(|lowest| *lowest > 0) {
                let own = layers.entry(*lot).or_default();
                *own = (*own).max(lowest - 1);
            }
        }
    }
    layers
}

/// Middle of what a lot comes from, for the order in its layer.
fn above(lot: LotId, links: &[(LotId, LotId)], across: &HashMap<LotId, i64>) -> (i64, LotId) {
    let from: Vec<i64> =
        links.iter().filter(|(_, to)| *to == lot).filter_map(|(from, _)| across.get(from)).copied().collect();
    (from.iter().sum::<i64>() / (from.len() as i64).max(1), lot)
}

fn arrow(from: &Spot, to: &Spot) -> Option<String> {
    let (x1, y1) = (from.x + WIDTH / 2, from.y + HEIGHT);
    let (x2, y2) = (to.x + WIDTH / 2, to.y);
    let bend = BELOW / 2;
    (y2 > y1).then(|| {
        format!(
            "M{x1} {y1}C{x1} {} {x2} {} {x2} {}M{} {}L{x2} {}L{} {}",
            y1 + bend,
            y2 - bend,
            y2 - 2,
            x2 - 5,
            y2 - 9,
            y2 - 2,
            x2 + 5,
            y2 - 9
        )
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use uuid::Uuid;

    use super::*;

    fn lot(number: u128) -> LotId {
        LotId(Uuid::from_u128(number))
    }

    fn y_of(drawing: &Drawing, number: u128) -> i64 {
        drawing.spots.iter().find(|spot| spot.lot == lot(number)).unwrap().y
    }

    #[test]
    fn what_went_in_stands_above_what_came_out() {
        // 1 and 2 into 3, 3 and 4 into 5: 4 stands beside 3.
        let links = [(lot(1), lot(3)), (lot(2), lot(3)), (lot(3), lot(5)), (lot(4), lot(5))];
        let drawing = draw(&[lot(1), lot(2), lot(3), lot(4), lot(5)], &links);
        assert!(y_of(&drawing, 1) == y_of(&drawing, 2) && y_of(&drawing, 2) < y_of(&drawing, 3));
        assert!(y_of(&drawing, 3) == y_of(&drawing, 4) && y_of(&drawing, 4) < y_of(&drawing, 5));
        assert_eq!((drawing.width, drawing.height), (2 * WIDTH + BESIDE + 4, 3 * HEIGHT + 2 * BELOW + 4));
        assert_eq!(drawing.arrows.len(), 4);
    }

    #[test]
    fn one_lot_is_one_box() {
        let drawing = draw(&[lot(1)], &[]);
        assert_eq!((drawing.width, drawing.height, drawing.spots.len()), (WIDTH + 4, HEIGHT + 4, 1));
        assert_eq!(draw(&[], &[]), Drawing::default());
    }

    proptest! {
        #[test]
        fn any_links_are_drawn_without_boxes_on_boxes(pairs in proptest::collection::vec((0_u128..12, 0_u128..12), 0..40)) {
            let lots: Vec<LotId> = (0..12).map(lot).collect();
            let links: Vec<(LotId, LotId)> = pairs.into_iter().map(|(a, b)| (lot(a), lot(b))).collect();
            let drawing = draw(&lots, &links);
            prop_assert_eq!(drawing.spots.len(), 12);
            for (n, a) in drawing.spots.iter().enumerate() {
                prop_assert!(a.x >= 0 && a.x + WIDTH <= drawing.width && a.y + HEIGHT <= drawing.height);
                for b in &drawing.spots[n + 1..] {
                    prop_assert!(a.y != b.y || (a.x - b.x).abs() >= WIDTH, "{:?} {:?}", a, b);
                }
            }
        }
    }
}
