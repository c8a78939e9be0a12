//! The uploaded workbook given back with what was found beside each line: its cells as they were read, wrong ones in red,
//! and columns of words at the right.

use std::collections::BTreeMap;

use rust_xlsxwriter::{Color, ExcelDateTime, Format, FormatAlign, Workbook, Worksheet, XlsxError};

use super::book::{Row, Sheet, Value};
use super::plan::Reading;

/// The longest text a cell of a workbook takes (Excel's limit).
const LONGEST: usize = 32_767;

/// What is told beside a line.
#[derive(Clone, Debug, Default)]
pub struct Beside {
    /// A text for each added column.
    pub words: Vec<String>,
    /// Places of the cells that are wrong.
    pub wrong: Vec<usize>,
    /// The words are of something wrong.
    pub bad: bool,
}

/// The workbook, with these headings and words at the right of the sheet that was read.
pub fn workbook(reading: &Reading, headings: &[String], beside: &BTreeMap<u32, Beside>) -> Result<Vec<u8>, XlsxError> {
    let mut workbook = Workbook::new();
    let looks = Looks::new();
    for (at, sheet) in reading.book.sheets.iter().enumerate() {
        let page = workbook.add_worksheet_with_constant_memory()?;
        if !sheet.name.is_empty() {
            page.set_name(&sheet.name)?;
        }
        if at == reading.sheet {
            marked(page, sheet, reading, headings, beside, &looks)?;
        } else {
            for row in &sheet.rows {
                write(page, row, &[], &looks)?;
            }
        }
    }
    workbook.save_to_buffer()
}

fn marked(
    page: &mut Worksheet,
    sheet: &Sheet,
    reading: &Reading,
    headings: &[String],
    beside: &BTreeMap<u32, Beside>,
    looks: &Looks,
) -> Result<(), XlsxError> {
    let right = sheet.rows.iter().map(|row| row.cells.len()).max().unwrap_or(0);
    for at in 0..right {
        page.set_column_width(at as u16, 18)?;
    }
    for at in 0..headings.len() {
        page.set_column_width((right + at) as u16, 44)?;
    }
    for (at, row) in sheet.rows.iter().enumerate() {
        let told = beside.get(&row.number).filter(|_| at > reading.layout.line);
        write(page, row, told.map(|told| told.wrong.as_slice()).unwrap_or_default(), looks)?;
        let line = row.number - 1;
        let words = if at == reading.layout.line { headings } else { told.map_or(&[][..], |told| &told.words) };
        let look = match told {
            None => &looks.heading,
            Some(told) if told.bad => &looks.wrong_words,
            Some(_) => &looks.words,
        };
        for (column, text) in words.iter().enumerate().filter(|(_, text)| !text.is_empty()) {
            page.write_string_with_format(line, (right + column) as u16, cut(text), look)?;
        }
    }
    Ok(())
}

fn cut(text: &str) -> &str {
    text.char_indices().nth(LONGEST).map_or(text, |(at, _)| &text[..at])
}

fn write(page: &mut Worksheet, row: &Row, wrong: &[usize], looks: &Looks) -> Result<(), XlsxError> {
    let line = row.number - 1;
    for (at, value) in row.cells.iter().enumerate() {
        let is_wrong = wrong.contains(&at);
        let (look, column) = (if is_wrong { &looks.wrong } else { &looks.plain }, at as u16);
        match value {
            Value::Empty if is_wrong => page.write_blank(line, column, look)?,
            Value::Empty => continue,
            Value::Text(text) | Value::Error(text) => page.write_string_with_format(line, column, cut(text), look)?,
            Value::Number(number) => page.write_number_with_format(line, column, *number, look)?,
            Value::Bool(yes) => page.write_boolean_with_format(line, column, *yes, look)?,
            Value::Date(day) => {
                let date =
                    u16::try_from(day.year()).map(|y| ExcelDateTime::from_ymd(y, day.month(), day.day_of_month()));
                let look = if is_wrong { &looks.wrong_date } else { &looks.date };
                match date {
                    Ok(Ok(date)) => page.write_datetime_with_format(line, column, &date, look)?,
                    _ => page.write_string_with_format(line, column, day.text(), look)?,
                }
            }
        };
    }
    // A wrong cell at the right of all that stands in the line.
    for at in wrong.iter().filter(|at| **at >= row.cells.len()) {
        page.write_blank(line, *at as u16, &looks.wrong)?;
    }
    Ok(())
}

struct Looks {
    plain: Format,
    date: Format,
    wrong: Format,
    wrong_date: Format,
    heading: Format,
    words: Format,
    wrong_words: Format,
}

impl Looks {
    fn new() -> Self {
        let plain = Format::new().set_align(FormatAlign::Top);
        let date = plain.clone().set_num_format("dd/mm/yyyy");
        let red = |format: &Format| format.clone().set_background_color(Color::RGB(0x00F9_D0CC));
        let words = plain.clone().set_text_wrap();
        Self {
            wrong: red(&plain),
            wrong_date: red(&date),
            heading: words.clone().set_bold(),
            wrong_words: words.clone().set_font_color(Color::RGB(0x009C_1C12)),
            words,
            plain,
            date,
        }
    }
}
