//! Tables as files for the office's spreadsheets: [`Table`] becomes [`Table::csv`] or [`Table::xlsx`].
//!
//! Dates are dates and numbers numbers; a phone stays text, with its leading zero. Text that a spreadsheet
//! would take for a formula is made harmless.

use rust_xlsxwriter::{ExcelDateTime, Format, FormatAlign, FormatBorder, Workbook, XlsxError};

use crate::accounts::model::Phone;
use crate::amounts::Thousandths;
use crate::clock::Day;
use crate::db::words;
use crate::official::letterhead::Letterhead;
use crate::official::{docx, pdf};
use crate::web::Lang;

words! {
    /// Format of a file.
    FileFormat {
        /// Excel's workbook (Office Open XML).
        Xlsx = "xlsx": "Excel (XLSX)" / "Excel (XLSX)",
        /// Comma-separated values, RFC 4180, UTF-8 with a byte order mark.
        Csv = "csv": "CSV" / "CSV",
        /// Pages to print (`official::pdf`).
        Pdf = "pdf": "PDF để in" / "PDF to print",
        /// A document to edit (`official::docx`).
        Docx = "docx": "Word để sửa (DOCX)" / "Word to edit (DOCX)",
    }
}

impl FileFormat {
    /// True of what is made for paper.
    pub const fn is_paper(self) -> bool {
        matches!(self, Self::Pdf | Self::Docx)
    }

    /// Media type of the file.
    pub const fn media_type(self) -> &'static str {
        match self {
            Self::Xlsx => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            Self::Csv => "text/csv; charset=utf-8",
            Self::Pdf => "application/pdf",
            Self::Docx => "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        }
    }
}

/// What a column holds; decides how its cells are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ColumnKind {
    /// Words.
    Text,
    /// A phone number, kept as text.
    Phone,
    /// A whole number, shown with parted thousands.
    Whole,
    /// Whole đồng.
    Money,
    /// A quantity with up to three decimals.
    Quantity,
    /// A calendar day, shown as dd/mm/yyyy.
    Date,
}

/// A column of a table.
#[derive(Clone, Debug)]
pub struct Column {
    /// Its heading.
    pub name: String,
    /// What it holds.
    pub kind: ColumnKind,
    /// Width in characters.
    pub width: u16,
}

impl Column {
    /// A column.
    pub fn new(name: impl Into<String>, kind: ColumnKind, width: u16) -> Self {
        Self { name: name.into(), kind, width }
    }
}

/// What stands in a cell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Cell {
    /// Nothing.
    Empty,
    /// Words.
    Text(String),
    /// A phone number as its digits.
    Phone(String),
    /// A whole number or whole đồng.
    Number(i64),
    /// A quantity.
    Quantity(Thousandths),
    /// A day.
    Date(Day),
}

impl Cell {
    /// Words, or nothing where there are none.
    pub fn text(text: impl Into<String>) -> Self {
        let text = text.into();
        if text.is_empty() { Self::Empty } else { Self::Text(text) }
    }

    /// A number, if there is one; in CSV as people here write it (`1.240,5`), as a `.` may part thousands: so a file that
    /// comes back is read as it was written.
    pub fn number(number: Option<Thousandths>, format: FileFormat) -> Self {
        match (number, format) {
            (None, _) => Self::Empty,
            (Some(number), FileFormat::Csv) => Self::Text(number.text(Lang::Vi)),
            (Some(number), _) => Self::Quantity(number),
        }
    }

    /// A day, if there is one.
    pub fn day(day: Option<Day>) -> Self {
        day.map_or(Self::Empty, Self::Date)
    }
}

/// A table to be written.
#[derive(Clone, Debug, Default)]
pub struct Table {
    /// What it is.
    pub title: String,
    /// Filter, time and number of rows, one a line; in the workbook only.
    pub notes: Vec<String>,
    /// Its columns.
    pub columns: Vec<Column>,
    /// Its rows, each as long as `columns`.
    pub rows: Vec<Vec<Cell>>,
    /// The last line: the word for "total" comes first, sums under their columns. In the workbook only, so that a
    /// program that reads the CSV finds records alone.
    pub total: Option<Vec<Cell>>,
}

/// Why a file could not be written.
#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    /// The workbook's writer failed.
    #[error("workbook: {0}")]
    Xlsx(#[from] XlsxError),
    /// The CSV's writer failed.
    #[error("csv: {0}")]
    Csv(#[from] csv::Error),
    /// The pages' writer failed.
    #[error("pdf: {0}")]
    Pdf(#[from] crate::labels::sheet::SheetError),
    /// The document's writer failed.
    #[error("docx: {0}")]
    Docx(#[from] docx::DocxError),
}

/// Signs with which a spreadsheet begins a formula.
pub const RISKY: [char; 11] = ['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠'];

/// Text that no spreadsheet takes for a formula: a leading `=`, `+`, `-`, `@`, tab or line end (also their
/// full-width twins) gets an apostrophe before it (OWASP, CSV injection).
pub fn harmless(text: &str) -> String {
    if text.trim_start_matches(' ').starts_with(RISKY) { format!("'{text}") } else { text.to_owned() }
}

impl Table {
    /// The file's bytes; with a letterhead, what is made for paper is an official list.
    pub fn write(&self, format: FileFormat, letterhead: Option<&Letterhead>) -> Result<Vec<u8>, ExportError> {
        Ok(match format {
            FileFormat::Xlsx => self.xlsx()?,
            FileFormat::Csv => self.csv()?,
            FileFormat::Pdf => pdf::render(self, letterhead)?,
            FileFormat::Docx => docx::render(self, letterhead)?,
        })
    }

    /// RFC 4180 with a heading line, in UTF-8 with the byte order mark by which Excel knows it.
    pub fn csv(&self) -> Result<Vec<u8>, ExportError> {
        let mut bytes = "\u{feff}".as_bytes().to_vec();
        let mut writer = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(&mut bytes);
        writer.write_record(self.columns.iter().map(|column| harmless(&column.name)))?;
        for row in &self.rows {
            writer.write_record(row.iter().map(csv_text))?;
        }
        writer.flush().map_err(csv::Error::from)?;
        drop(writer);
        Ok(bytes)
    }

    /// A workbook with a frozen heading, filter buttons, a total line and notes above the table. Written row by
    /// row, so that its size does not decide the memory it takes.
    pub fn xlsx(&self) -> Result<Vec<u8>, ExportError> {
        let mut workbook = Workbook::new();
        let looks = Looks::new();
        let last_column = (self.columns.len().max(1) - 1) as u16;
        let heading = self.notes.len() as u32 + 1;
        let last_row = heading + self.rows.len() as u32;

        let sheet = workbook.add_worksheet_with_constant_memory()?;
        sheet.set_name(sheet_name(&self.title))?;
        sheet.set_landscape().set_paper_size(9).set_print_fit_to_pages(1, 0).set_repeat_rows(heading, heading)?;
        sheet.set_freeze_panes(heading + 1, 0)?;
        for (at, column) in self.columns.iter().enumerate() {
            sheet.set_column_width(at as u16, f64::from(column.width))?;
        }
        sheet.autofilter(heading, 0, last_row, last_column)?;

        sheet.write_string_with_format(0, 0, cut(&self.title), &looks.title)?;
        for (at, note) in self.notes.iter().enumerate() {
            sheet.write_string_with_format(at as u32 + 1, 0, cut(note), &looks.note)?;
        }
        for (at, column) in self.columns.iter().enumerate() {
            sheet.write_string_with_format(heading, at as u16, cut(&column.name), &looks.heading)?;
        }
        for (down, row) in self.rows.iter().enumerate() {
            for (at, (cell, column)) in row.iter().zip(&self.columns).enumerate() {
                write_cell(sheet, heading + 1 + down as u32, at as u16, cell, looks.of(column.kind))?;
            }
        }
        if let Some(total) = &self.total {
            for (at, (cell, column)) in total.iter().zip(&self.columns).enumerate() {
                write_cell(sheet, last_row + 1, at as u16, cell, looks.total_of(column.kind))?;
            }
        }
        Ok(workbook.save_to_buffer()?)
    }
}

fn csv_text(cell: &Cell) -> String {
    match cell {
        Cell::Empty => String::new(),
        Cell::Text(text) => harmless(text),
        // In groups: a spreadsheet that opens the file would take bare digits for a number and drop the zero.
        Cell::Phone(digits) => Phone::parse(digits).map_or_else(|_| harmless(digits), |phone| phone.grouped()),
        Cell::Number(number) => number.to_string(),
        Cell::Quantity(quantity) => quantity.decimal(),
        Cell::Date(day) => day.iso(),
    }
}

/// The longest text a cell of a workbook takes (Excel's limit).
fn cut(text: &str) -> &str {
    text.char_indices().nth(32_767).map_or(text, |(at, _)| &text[..at])
}

/// A sheet's name: at most 31 characters, without those that Excel refuses.
fn sheet_name(title: &str) -> String {
    let plain: String = title.chars().filter(|c| !"[]:*?/\\'".contains(*c) && !c.is_control()).take(31).collect();
    if plain.trim().is_empty() { "1".to_owned() } else { plain.trim().to_owned() }
}

fn write_cell(
    sheet: &mut rust_xlsxwriter::Worksheet,
    row: u32,
    column: u16,
    cell: &Cell,
    look: &Format,
) -> Result<(), XlsxError> {
    match cell {
        Cell::Empty => sheet.write_blank(row, column, look),
        Cell::Text(text) | Cell::Phone(text) => sheet.write_string_with_format(row, column, cut(text), look),
        Cell::Number(number) => sheet.write_number_with_format(row, column, *number as f64, look),
        Cell::Quantity(Thousandths(thousandths)) => {
            sheet.write_number_with_format(row, column, *thousandths as f64 / 1000.0, look)
        }
        Cell::Date(day) => {
            match u16::try_from(day.year()).map(|y| ExcelDateTime::from_ymd(y, day.month(), day.day_of_month())) {
                Ok(Ok(date)) => sheet.write_datetime_with_format(row, column, &date, look),
                // Before 1900 Excel has no dates.
                _ => sheet.write_string_with_format(row, column, day.text(), look),
            }
        }
    }
    .map(drop)
}

struct Looks {
    title: Format,
    note: Format,
    heading: Format,
    cells: [Format; 4],
    totals: [Format; 4],
}

impl Looks {
    fn new() -> Self {
        let cells = [
            Format::new().set_align(FormatAlign::Top).set_text_wrap().set_num_format("@"),
            Format::new().set_align(FormatAlign::Top).set_num_format("#,##0"),
            Format::new().set_align(FormatAlign::Top).set_num_format("#,##0.###"),
            Format::new().set_align(FormatAlign::Top).set_num_format("dd/mm/yyyy"),
        ];
        let totals = cells.clone().map(|cell| cell.set_bold().set_border_top(FormatBorder::Thin));
        Self {
            title: Format::new().set_bold().set_font_size(14),
            note: Format::new().set_italic(),
            heading: Format::new()
                .set_bold()
                .set_text_wrap()
                .set_align(FormatAlign::VerticalCenter)
                .set_border_bottom(FormatBorder::Medium),
            cells,
            totals,
        }
    }

    const fn index(kind: ColumnKind) -> usize {
        match kind {
            ColumnKind::Text | ColumnKind::Phone => 0,
            ColumnKind::Whole | ColumnKind::Money => 1,
            ColumnKind::Quantity => 2,
            ColumnKind::Date => 3,
        }
    }

    fn of(&self, kind: ColumnKind) -> &Format {
        &self.cells[Self::index(kind)]
    }

    fn total_of(&self, kind: ColumnKind) -> &Format {
        &self.totals[Self::index(kind)]
    }
}

#[cfg(test)]
#[path = "export_tests.rs"]
mod tests;
