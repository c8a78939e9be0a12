//! Seasons as a calendar of twelve months.

use crate::products::model::ProductContent;
use crate::products::season;
use crate::web::Lang;

/// How a month stands in a row of the calendar.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cell {
    /// Not to be had.
    No,
    /// To be had.
    Has,
    /// At its best.
    Peak,
}

impl Cell {
    /// True if it can be had at all.
    pub fn is_on(&self) -> bool {
        *self != Self::No
    }

    /// True if it is at its best.
    pub fn is_peak(&self) -> bool {
        *self == Self::Peak
    }
}

/// A product's year.
#[derive(Clone, Debug)]
pub struct Row {
    /// What it is of.
    pub label: String,
    /// Its page; "" on that page itself.
    pub path: String,
    /// January to December.
    pub cells: [Cell; 12],
}

/// A calendar and the month that is now.
#[derive(Clone, Debug)]
pub struct Calendar {
    /// Its rows.
    pub rows: Vec<Row>,
    /// 1–12.
    pub now: u8,
    /// True if some month is a peak, which the key then explains.
    pub has_peak: bool,
}

impl Calendar {
    /// From its rows.
    pub fn new(rows: Vec<Row>, now: u8) -> Self {
        let has_peak = rows.iter().any(|row| row.cells.contains(&Cell::Peak));
        Self { rows, now, has_peak }
    }
}

impl Row {
    /// A product's row.
    pub fn of(content: &ProductContent, path: String, lang: Lang) -> Self {
        let bits = content.season_bits();
        let cells = std::array::from_fn(|month| {
            if content.season_peak.contains(&(month as u8 + 1)) {
                Cell::Peak
            } else if bits & (1 << month) != 0 {
                Cell::Has
            } else {
                Cell::No
            }
        });
        Self { label: lang.pick_or(&content.name, &content.name_en).to_owned(), path, cells }
    }

    /// The month in which its season begins, for ordering; months over the turn of the year count from autumn.
    pub fn begins(&self) -> u8 {
        let months: Vec<u8> = (1u8..=12).filter(|m| self.cells[usize::from(*m) - 1].is_on()).collect();
        season::runs(&months).first().map_or(0, |(first, _)| *first)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_tells_what_is_to_be_had_and_what_is_best() {
        let content = ProductContent { season: vec![6, 7], season_peak: vec![6], ..ProductContent::default() };
        let row = Row::of(&content, String::new(), Lang::Vi);
        assert_eq!(row.cells[5..8], [Cell::Peak, Cell::Has, Cell::No]);
        assert_eq!(row.begins(), 6);
        assert!(Calendar::new(vec![row], 6).has_peak);
    }
}
