//! The sheets of a workbook, cell by cell: a cell in the farthest corner takes no more memory than any other.

use std::io::Cursor;

use calamine::{DataRef, ExcelDateTime, Reader, Xlsx, XlsxError};

use super::archive::Hidden;
use super::{MOST_COLUMNS, MOST_ROWS, Refusal, Row, Sheet, Value};
use crate::clock::Day;

/// The sheets that hold anything.
pub fn sheets(bytes: &[u8], hidden: &Hidden) -> Result<Vec<Sheet>, Refusal> {
    let mut book: Xlsx<_> = Xlsx::new(Cursor::new(bytes)).map_err(refused)?;
    let mut sheets = Vec::new();
    let mut left = MOST_ROWS;
    for name in book.sheet_names() {
        let rows = match rows(&mut book, &name, &mut left) {
            // A sheet that is a chart alone has no cells.
            Err(Refusal::Broken) if !sheets.is_empty() => continue,
            rows => rows?,
        };
        if rows.is_empty() {
            continue;
        }
        let mut sheet = Sheet { name, rows };
        if let Some(hidden) = hidden.get(&sheet.name) {
            for row in &mut sheet.rows {
                row.hidden = hidden.contains(&row.number);
            }
        }
        sheets.push(sheet);
    }
    Ok(sheets)
}

fn refused(error: XlsxError) -> Refusal {
    if matches!(error, XlsxError::Password) { Refusal::Password } else { Refusal::Broken }
}

fn rows(book: &mut Xlsx<Cursor<&[u8]>>, name: &str, left: &mut usize) -> Result<Vec<Row>, Refusal> {
    let mut reader = book.worksheet_cells_reader(name).map_err(refused)?;
    let mut rows: Vec<Row> = Vec::new();
    while let Some(cell) = reader.next_cell().map_err(refused)? {
        let (line, column) = cell.get_position();
        let value = value(cell.get_value());
        if value == Value::Empty || column as usize >= MOST_COLUMNS {
            continue;
        }
        let number = line + 1;
        if rows.last().is_none_or(|row| row.number != number) {
            *left = left.checked_sub(1).ok_or(Refusal::TooManyRows)?;
            rows.push(Row { number, hidden: false, cells: Vec::new() });
        }
        if let Some(row) = rows.last_mut() {
            let column = column as usize;
            if row.cells.len() <= column {
                row.cells.resize(column + 1, Value::Empty);
            }
            row.cells[column] = value;
        }
    }
    rows.retain(|row| !row.is_empty());
    Ok(rows)
}

fn value(data: &DataRef<'_>) -> Value {
    match data {
        DataRef::Empty => Value::Empty,
        DataRef::Int(number) => Value::Number(*number as f64),
        DataRef::Float(number) => Value::Number(*number),
        DataRef::String(text) => Value::Text(text.clone()),
        DataRef::SharedString(text) => Value::Text((*text).to_owned()),
        DataRef::Bool(yes) => Value::Bool(*yes),
        DataRef::DateTime(time) => day(time).map_or_else(|| Value::Number(time.as_f64()), Value::Date),
        DataRef::DateTimeIso(text) => {
            let text = text.split('T').next().unwrap_or_default();
            Day::parse(text).map_or_else(|_| Value::Text(text.to_owned()), Value::Date)
        }
        DataRef::DurationIso(text) => Value::Text(text.clone()),
        DataRef::Error(error) => Value::Error(error.to_string()),
    }
}

fn day(time: &ExcelDateTime) -> Option<Day> {
    let (year, month, day, ..) = time.to_ymd_hms_milli();
    if time.is_duration() { None } else { Day::new(i32::from(year), month, day).ok() }
}
