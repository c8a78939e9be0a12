//! A table file as bytes becomes a [`Book`]: sheets of rows of values. Start at [`open`]; what can't be taken is a
//! [`Refusal`] that says what to do.
//!
//! Formulas are never worked out: their last value, as the program that saved the file noted it, is what is read.

mod archive;
mod refusal;
mod text;
mod workbook;

pub use refusal::Refusal;

use crate::clock::Day;
use crate::db::words;
use crate::files::sniff::{FileKind, sniff};

/// The most lines of a file, over all its sheets.
pub const MOST_ROWS: usize = 200_000;
/// The most columns of a sheet; what stands to the right is not looked at.
pub const MOST_COLUMNS: usize = 120;

words! {
    /// What a file is.
    BookKind {
        /// Excel's workbook (Office Open XML).
        Xlsx = "xlsx": "Excel (XLSX)" / "Excel (XLSX)",
        /// Text with separators.
        Csv = "csv": "CSV" / "CSV",
    }
}

/// What stands in a cell.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Value {
    /// Nothing.
    #[default]
    Empty,
    /// Words, as they stand.
    Text(String),
    /// A number.
    Number(f64),
    /// A day; its time, if any, is left out.
    Date(Day),
    /// Yes or no.
    Bool(bool),
    /// A formula that failed, such as `#N/A`.
    Error(String),
}

impl Value {
    /// True where nothing but white space stands.
    pub fn is_empty(&self) -> bool {
        match self {
            Self::Empty => true,
            Self::Text(text) => text.trim().is_empty(),
            _ => false,
        }
    }

    /// As plain words.
    pub fn text(&self) -> String {
        match self {
            Self::Empty => String::new(),
            Self::Text(text) | Self::Error(text) => text.trim().to_owned(),
            Self::Number(number) => plain(*number),
            Self::Date(day) => day.text(),
            Self::Bool(yes) => if *yes { "x" } else { "" }.to_owned(),
        }
    }
}

/// A number without its zeros: `912345678`, `2,5`.
pub fn plain(number: f64) -> String {
    if number.fract() == 0.0 && number.abs() < 1e15 {
        format!("{number:.0}")
    } else {
        number.to_string().replace('.', ",")
    }
}

/// A line of a sheet.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Row {
    /// Its number in the file, from 1.
    pub number: u32,
    /// Hidden in the workbook.
    pub hidden: bool,
    /// Its cells from the first column on.
    pub cells: Vec<Value>,
}

impl Row {
    /// The cell of a column, from 0.
    pub fn cell(&self, at: usize) -> &Value {
        const NOTHING: &Value = &Value::Empty;
        self.cells.get(at).unwrap_or(NOTHING)
    }

    /// True if nothing stands in it.
    pub fn is_empty(&self) -> bool {
        self.cells.iter().all(Value::is_empty)
    }
}

/// A sheet; empty lines are left out.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Sheet {
    /// Its name; empty for a CSV.
    pub name: String,
    /// Its lines, in order.
    pub rows: Vec<Row>,
}

/// A file that was read.
#[derive(Clone, Debug, PartialEq)]
pub struct Book {
    /// What it was.
    pub kind: BookKind,
    /// Its sheets that hold anything.
    pub sheets: Vec<Sheet>,
}

/// Reads a file. `fits` says how well a line does as a heading; a CSV's separator is the one by which a line does best.
pub fn open(bytes: &[u8], fits: &dyn Fn(&Row) -> usize) -> Result<Book, Refusal> {
    let book = match sniff(bytes) {
        _ if bytes.is_empty() => return Err(Refusal::Empty),
        FileKind::Office | FileKind::Zip if bytes.starts_with(b"PK") => {
            let hidden = archive::inspect(bytes)?;
            Book { kind: BookKind::Xlsx, sheets: workbook::sheets(bytes, &hidden)? }
        }
        FileKind::Office => return Err(refusal::of_compound(bytes)),
        FileKind::Unknown => Book { kind: BookKind::Csv, sheets: vec![text::sheet(bytes, fits)?] },
        _ => return Err(Refusal::NotATable),
    };
    if book.sheets.iter().all(|sheet| sheet.rows.is_empty()) { Err(Refusal::Empty) } else { Ok(book) }
}
