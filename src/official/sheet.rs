//! What PDF and DOCX share: the paper, the texts of cells and how wide columns are.

use crate::accounts::model::Phone;
use crate::amounts::{Dong, Thousandths};
use crate::labels::sheet::typeset::{Typesetter, Weight};
use crate::support::export::{Cell, Column, ColumnKind, Table};
use crate::web::Lang;

/// Points in a millimetre.
pub const MM: f32 = 72.0 / 25.4;
/// A4's sides in mm.
const SHORT: f32 = 210.0;
const LONG: f32 = 297.0;
/// Margins in mm (appendix I, part I, item 3: top and bottom 20–25, left 30–35, right 15–20).
pub const TOP: f32 = 20.0;
/// See [`TOP`].
pub const BOTTOM: f32 = 20.0;
/// See [`TOP`].
pub const LEFT: f32 = 30.0;
/// See [`TOP`].
pub const RIGHT: f32 = 15.0;
/// Characters that a page standing upright takes beside each other.
const UPRIGHT_CHARS: u16 = 92;
/// Characters from which letters are smaller.
const MANY_CHARS: u16 = 190;

/// Where text stands in a cell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// Words.
    Left,
    /// Days and phone numbers.
    Middle,
    /// Numbers.
    Right,
}

/// How a table lies on A4.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Lie {
    /// Turned on its side.
    pub landscape: bool,
    /// Size of the letters in points.
    pub size: f32,
}

impl Lie {
    /// By how much stands beside each other.
    pub fn of(table: &Table) -> Self {
        let chars: u16 = table.columns.iter().map(|column| column.width).sum();
        Self { landscape: chars > UPRIGHT_CHARS, size: if chars > MANY_CHARS { 9.0 } else { 11.0 } }
    }

    /// Width and height of the page in mm.
    pub const fn page(self) -> (f32, f32) {
        if self.landscape { (LONG, SHORT) } else { (SHORT, LONG) }
    }

    /// Width between the margins in mm.
    pub fn width(self) -> f32 {
        self.page().0 - LEFT - RIGHT
    }
}

/// Where the cells of a column stand.
pub fn side(column: &Column) -> Side {
    match column.kind {
        ColumnKind::Text => Side::Left,
        ColumnKind::Phone | ColumnKind::Date => Side::Middle,
        ColumnKind::Whole | ColumnKind::Money | ColumnKind::Quantity => Side::Right,
    }
}

/// A cell's text, as Vietnamese papers write it.
pub fn text(cell: &Cell) -> String {
    match cell {
        Cell::Empty => String::new(),
        Cell::Text(text) => text.clone(),
        Cell::Phone(digits) => Phone::parse(digits).map_or_else(|_| digits.clone(), |phone| phone.grouped()),
        Cell::Number(number) => Dong(*number).digits(),
        Cell::Quantity(Thousandths(thousandths)) => Thousandths(*thousandths).text(Lang::Vi),
        Cell::Date(day) => day.text(),
    }
}

/// What no column should be narrower than, in points: its longest number or day, the longest word of its name, and the
/// room beside them (`pad`, left and right together).
pub fn least_widths(typesetter: &mut Typesetter, table: &Table, size: f32, pad: f32) -> Vec<f32> {
    let mut least = Vec::with_capacity(table.columns.len());
    for (at, column) in table.columns.iter().enumerate() {
        let mut texts: Vec<(String, Weight)> =
            column.name.split_whitespace().map(|word| (word.to_owned(), Weight::Bold)).collect();
        if side(column) != Side::Left {
            let longest = table.rows.iter().filter_map(|row| row.get(at)).map(text).max_by_key(String::len);
            texts.extend(longest.map(|text| (text, Weight::Regular)));
            let total = table.total.as_ref().and_then(|total| total.get(at)).map(text);
            texts.extend(total.map(|text| (text, Weight::Bold)));
        }
        let widest = texts
            .iter()
            .flat_map(|(text, weight)| typesetter.paragraph(text, *weight, size, f32::MAX))
            .map(|line| line.width())
            .fold(0.0, f32::max);
        least.push(widest + pad);
    }
    least
}

/// Widths of columns that fill `whole` together: none narrower than its `least` while there is room for all, and what
/// is over is parted as the columns' own widths say.
pub fn widths(columns: &[Column], least: &[f32], whole: f32) -> Vec<f32> {
    let needed: f32 = least.iter().sum();
    if needed >= whole {
        return least.iter().map(|least| least * whole / needed).collect();
    }
    let wished: f32 = columns.iter().map(|column| f32::from(column.width)).sum();
    let wish = |column: &Column| f32::from(column.width) / wished.max(1.0) * whole;
    // Columns that need more than their share get it; the others part the rest.
    let mut fixed: Vec<bool> = vec![false; columns.len()];
    loop {
        let taken: f32 = least.iter().zip(&fixed).filter(|(_, fixed)| **fixed).map(|(least, _)| *least).sum();
        let shares: f32 =
            columns.iter().zip(&fixed).filter(|(_, fixed)| !**fixed).map(|(column, _)| wish(column)).sum();
        let scale = if shares > 0.0 { (whole - taken) / shares } else { 1.0 };
        let short = (0..columns.len()).find(|at| !fixed[*at] && wish(&columns[*at]) * scale < least[*at]);
        let Some(short) = short else {
            let width = |at: usize| if fixed[at] { least[at] } else { wish(&columns[at]) * scale };
            return (0..columns.len()).map(width).collect();
        };
        fixed[short] = true;
    }
}
