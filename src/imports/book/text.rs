//! Text with separators (CSV): UTF-8, UTF-16 or Windows-1258; comma, semicolon or tab.

use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1258};

use super::{MOST_COLUMNS, MOST_ROWS, Refusal, Row, Sheet, Value};
use crate::fold::nfc;

/// Lines that are looked at to tell the separator.
const LOOKED_AT: usize = 40;

/// The one sheet of a text; `fits` says how well a line does as a heading.
pub fn sheet(bytes: &[u8], fits: &dyn Fn(&Row) -> usize) -> Result<Sheet, Refusal> {
    let text = decoded(bytes)?;
    // Excel's own line that names the separator.
    let (named, text) = match text.strip_prefix("sep=").and_then(|rest| rest.split_once('\n')) {
        Some((sign, rest)) => (sign.bytes().next(), rest),
        None => (None, text.as_str()),
    };
    let separator = named.unwrap_or_else(|| separator(text, fits));
    Ok(Sheet { name: String::new(), rows: rows(text, separator, MOST_ROWS + 1)? })
}

/// As text in NFC. What is no valid UTF-8 is taken for Windows-1258, in which Vietnamese offices saved CSV.
fn decoded(bytes: &[u8]) -> Result<String, Refusal> {
    let encoding = match Encoding::for_bom(bytes) {
        Some((encoding, _)) => encoding,
        None => guess(bytes),
    };
    let (text, ..) = encoding.decode(bytes);
    if text.contains('\0') || text.chars().take(4_000).filter(|c| c.is_control() && !c.is_whitespace()).count() > 8 {
        return Err(Refusal::NotATable);
    }
    Ok(nfc(&text))
}

/// The encoding of a text without a byte order mark: in UTF-16 the other byte of every Latin letter is zero.
fn guess(bytes: &[u8]) -> &'static Encoding {
    let head = &bytes[..bytes.len().min(4_000)];
    let zeros = |from: usize| head.iter().skip(from).step_by(2).filter(|byte| **byte == 0).count() * 4;
    if zeros(1) > head.len() {
        UTF_16LE
    } else if zeros(0) > head.len() {
        UTF_16BE
    } else if std::str::from_utf8(bytes).is_ok() {
        UTF_8
    } else {
        WINDOWS_1258
    }
}

/// The separator by which one of the first lines does best as a heading, else the one that makes most columns.
fn separator(text: &str, fits: &dyn Fn(&Row) -> usize) -> u8 {
    let score = |sign: &u8| {
        let rows = rows(text, *sign, LOOKED_AT).unwrap_or_default();
        let best = rows.iter().map(fits).max().unwrap_or(0);
        (best, rows.iter().map(|row| row.cells.len()).max().unwrap_or(0))
    };
    // Of equals the last one wins: the comma, which is the form's name.
    [b'\t', b';', b','].into_iter().max_by_key(score).unwrap_or(b',')
}

/// The first lines, at most `most`.
fn rows(text: &str, separator: u8, most: usize) -> Result<Vec<Row>, Refusal> {
    let mut reader =
        csv::ReaderBuilder::new().has_headers(false).flexible(true).delimiter(separator).from_reader(text.as_bytes());
    let mut rows = Vec::new();
    for (at, record) in reader.records().take(most).enumerate() {
        let record = record.map_err(|_| Refusal::NotATable)?;
        // As a spreadsheet counts: a record of several lines is one row.
        let number = at as u32 + 1;
        let cell = |text: &str| if text.is_empty() { Value::Empty } else { Value::Text(harmed(text)) };
        let cells: Vec<Value> = record.iter().take(MOST_COLUMNS).map(cell).collect();
        let row = Row { number, hidden: false, cells };
        if !row.is_empty() {
            rows.push(row);
        }
    }
    if rows.len() > MOST_ROWS { Err(Refusal::TooManyRows) } else { Ok(rows) }
}

/// Takes off the apostrophe that `support::export::harmless` puts before what a spreadsheet takes for a formula; our
/// own files put one more before a text that began so itself ([`super::super::export`]).
fn harmed(text: &str) -> String {
    let bare = text.trim_start_matches('\'');
    let is_risky = bare.trim_start_matches(' ').starts_with(crate::support::export::RISKY);
    if is_risky && bare.len() < text.len() { text[1..].to_owned() } else { text.to_owned() }
}
