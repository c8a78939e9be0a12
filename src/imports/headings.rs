//! Which line of a sheet is its heading, and which column holds what: by our own headings, by the words of
//! `seed/import-headings.json`, by what an officer of this commune said before.

use std::collections::HashMap;
use std::sync::LazyLock;

use super::book::{Book, Row, Sheet};
use super::kinds;
use super::model::{Field, Kind};
use crate::fold::fold;
use crate::web::Lang;

/// Lines in which a heading is looked for.
const LOOKED_AT: usize = 50;

/// Headings by kind, folded, with their fields.
static KNOWN: LazyLock<HashMap<Kind, HashMap<String, &'static str>>> = LazyLock::new(|| {
    let words: HashMap<String, HashMap<String, Vec<String>>> =
        serde_json::from_str(include_str!("../../seed/import-headings.json")).expect("embedded and read by a test");
    let of = |kind: &Kind| {
        let mut known = HashMap::new();
        for field in kinds::fields(*kind) {
            let told = words.get(kind.word()).and_then(|fields| fields.get(field.key)).into_iter().flatten();
            for heading in told.map(String::as_str) {
                known.entry(folded(heading)).or_insert(field.key);
            }
        }
        // Our own headings go before what others may mean by the same words.
        for field in kinds::fields(*kind) {
            for lang in Lang::ALL {
                known.insert(folded(field.label(lang)), field.key);
            }
        }
        (*kind, known)
    };
    Kind::ALL.iter().map(of).collect()
});

/// What officers said of headings, folded; an empty field is left out.
pub type Remembered = HashMap<String, String>;

/// How a column's field is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum How {
    /// By its heading.
    Known,
    /// An officer said so.
    Said,
    /// An officer left it out, or it only counts the lines.
    LeftOut,
    /// Another column holds the same.
    Twice,
    /// Not at all.
    Unknown,
}

/// A column of a sheet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Column {
    /// Its place, from 0.
    pub at: usize,
    /// Its heading as it stands.
    pub heading: String,
    /// What it holds.
    pub field: Option<&'static str>,
    /// How that is known.
    pub how: How,
}

impl Column {
    /// Its letter in a spreadsheet.
    pub fn letter(&self) -> String {
        let last = char::from(b'A' + (self.at % 26) as u8);
        match self.at / 26 {
            0 => last.to_string(),
            before => format!("{}{last}", char::from(b'A' + (before.min(26) - 1) as u8)),
        }
    }

    /// Its heading folded, by which it is remembered.
    pub fn folded(&self) -> String {
        folded(&self.heading)
    }
}

/// A sheet's heading.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Layout {
    /// Place of the heading's line among the sheet's rows; the lines after it are the table.
    pub line: usize,
    /// Its columns.
    pub columns: Vec<Column>,
}

impl Layout {
    /// The column that holds a field.
    pub fn column(&self, field: &str) -> Option<&Column> {
        self.columns.iter().find(|column| column.field == Some(field))
    }

    /// True if any of the fields has a column.
    pub fn has_any(&self, fields: &[&str]) -> bool {
        fields.iter().any(|field| self.column(field).is_some())
    }

    /// Columns of which nobody knows what they hold.
    pub fn unknown(&self) -> impl Iterator<Item = &Column> {
        self.columns.iter().filter(|column| column.how == How::Unknown)
    }

    /// Columns that are not read.
    pub fn unused(&self) -> impl Iterator<Item = &Column> {
        self.columns.iter().filter(|column| column.field.is_none())
    }
}

/// A heading for comparing: letters and digits, folded.
pub fn folded(heading: &str) -> String {
    let plain: String = fold(heading).chars().map(|c| if c.is_alphanumeric() { c } else { ' ' }).collect();
    plain.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Headings of columns that count the lines; nobody need be asked about them.
const COUNTING: [&str; 5] = ["tt", "stt", "so tt", "so thu tu", "no"];

fn field_of(kind: Kind, heading: &str, remembered: &Remembered) -> (Option<&'static str>, How) {
    if let Some(said) = remembered.get(heading) {
        let field = kinds::fields(kind).iter().find(|field| field.key == said);
        return (field.map(|field| field.key), if field.is_some() { How::Said } else { How::LeftOut });
    }
    match KNOWN.get(&kind).and_then(|known| known.get(heading)) {
        Some(field) => (Some(field), How::Known),
        None if COUNTING.contains(&heading) => (None, How::LeftOut),
        None => (None, How::Unknown),
    }
}

/// How many different fields a line names: a table's heading names most.
pub fn fits(kind: Kind, row: &Row, remembered: &Remembered) -> usize {
    let mut found: Vec<&str> = Vec::new();
    for cell in &row.cells {
        if let Some(field) = field_of(kind, &folded(&cell.text()), remembered).0
            && !found.contains(&field)
        {
            found.push(field);
        }
    }
    found.len()
}

/// The heading of a sheet: the line that names most fields, the first of equals; else the first line of several words.
pub fn layout(kind: Kind, sheet: &Sheet, remembered: &Remembered) -> Layout {
    let head = || sheet.rows.iter().take(LOOKED_AT).enumerate();
    let best =
        head().map(|(at, row)| (fits(kind, row, remembered), at)).max_by_key(|(fit, at)| (*fit, usize::MAX - at));
    let line = match best {
        Some((1.., at)) => at,
        _ => head().find(|(_, row)| row.cells.iter().filter(|c| !c.is_empty()).count() > 1).map_or(0, |(at, _)| at),
    };
    let mut columns: Vec<Column> = Vec::new();
    let cells = sheet.rows.get(line).map(|row| row.cells.as_slice()).unwrap_or_default();
    for (at, cell) in cells.iter().enumerate().filter(|(_, cell)| !cell.is_empty()) {
        let heading = cell.text();
        let (mut field, mut how) = field_of(kind, &folded(&heading), remembered);
        if field.is_some() && columns.iter().any(|column| column.field == field) {
            (field, how) = (None, How::Twice);
        }
        columns.push(Column { at, heading, field, how });
    }
    Layout { line, columns }
}

/// The sheet of this name, else the one whose heading names most fields.
pub fn sheet<'a>(kind: Kind, book: &'a Book, name: &str, remembered: &Remembered) -> Option<&'a Sheet> {
    let named = book.sheets.iter().find(|sheet| !name.is_empty() && sheet.name == name);
    let fit = |sheet: &Sheet| sheet.rows.iter().take(LOOKED_AT).map(|row| fits(kind, row, remembered)).max();
    // Of equals the first one.
    named.or_else(|| book.sheets.iter().rev().max_by_key(|sheet| fit(sheet)))
}

/// A field of a kind.
pub fn field(kind: Kind, key: &str) -> Option<&'static Field> {
    kinds::fields(kind).iter().find(|field| field.key == key)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::imports::book::Value;

    fn row(number: u32, cells: &[&str]) -> Row {
        let cells = cells.iter().map(|text| Value::Text((*text).to_owned())).collect();
        Row { number, hidden: false, cells }
    }

    #[test]
    fn every_word_in_the_seed_is_for_a_field_and_no_two_fields_share_one() {
        let words: HashMap<String, HashMap<String, Vec<String>>> =
            serde_json::from_str(include_str!("../../seed/import-headings.json")).unwrap();
        assert_eq!(words.len(), Kind::ALL.len());
        for (kind, fields) in words {
            let kind: Kind = kind.parse().unwrap();
            let mut seen: HashMap<String, String> = HashMap::new();
            for (key, headings) in fields {
                assert!(field(kind, &key).is_some(), "{kind}: no field {key}");
                for heading in headings {
                    assert_eq!(seen.insert(folded(&heading), key.clone()), None, "{kind}: {heading} stands twice");
                }
            }
        }
    }

    #[test]
    fn our_own_headings_are_known_and_differ() {
        for kind in Kind::ALL {
            for lang in Lang::ALL {
                let mut row = Row::default();
                row.cells.extend(kinds::fields(*kind).iter().map(|f| Value::Text(f.label(lang).to_owned())));
                assert_eq!(fits(*kind, &row, &Remembered::new()), kinds::fields(*kind).len(), "{kind}");
            }
        }
    }

    #[test]
    fn a_heading_is_found_below_titles_and_read_in_any_order() {
        let sheet = Sheet {
            name: String::new(),
            rows: vec![
                row(1, &["UBND XÃ HÀ BẮC"]),
                row(2, &["DANH SÁCH CƠ SỞ NĂM 2025"]),
                row(4, &["TT", "Điện thoại\nliên hệ", "HỌ VÀ TÊN CHỦ HỘ", "Địa chỉ (thôn)", "Vốn", "SĐT"]),
                row(5, &["1", "0912345678", "Nguyễn Thị Mẫu", "Đông", "5", ""]),
            ],
        };
        let layout = layout(Kind::Producers, &sheet, &Remembered::new());
        assert_eq!(layout.line, 2);
        let found: Vec<_> = layout.columns.iter().map(|c| (c.field, c.how)).collect();
        assert_eq!(
            found,
            [
                (None, How::LeftOut),
                (Some("phone"), How::Known),
                (Some("representative"), How::Known),
                (Some("village"), How::Known),
                (None, How::Unknown),
                (None, How::Twice)
            ]
        );
        let said = Remembered::from([("sdt".to_owned(), String::new()), ("von".to_owned(), "story".to_owned())]);
        let layout = super::layout(Kind::Producers, &sheet, &said);
        assert_eq!((layout.columns[5].how, layout.columns[4].field), (How::LeftOut, Some("story")));
        assert_eq!(layout.columns[4].letter(), "E");
    }
}
