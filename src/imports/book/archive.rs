//! A workbook is a ZIP archive: looked through before anything else reads it, so that one which unpacks without end is
//! turned away by counting, whatever its directory claims. On the way it is noted which lines are hidden.

use std::collections::{HashMap, HashSet};
use std::io::{Cursor, Read};

use zip::ZipArchive;
use zip::result::ZipError;

use super::Refusal;

/// The most entries of an archive; a workbook with pictures has some dozens.
const MOST_ENTRIES: usize = 2_000;
/// The most bytes an archive unpacks to: 200,000 lines of thirty columns have about half as many.
const MOST_BYTES: u64 = 300 * 1024 * 1024;

/// Numbers of the hidden lines, by the sheet's name.
pub type Hidden = HashMap<String, HashSet<u32>>;

/// Unpacks an archive to count its bytes, and tells the hidden lines.
pub fn inspect(bytes: &[u8]) -> Result<Hidden, Refusal> {
    let mut archive = ZipArchive::new(Cursor::new(bytes)).map_err(refused)?;
    if archive.len() > MOST_ENTRIES {
        return Err(Refusal::Bomb);
    }
    let mut left = MOST_BYTES;
    let (mut by_path, mut workbook, mut relations) = (HashMap::new(), String::new(), String::new());
    for at in 0..archive.len() {
        let mut entry = archive.by_index(at).map_err(refused)?;
        let path = entry.name().map_err(refused)?.replace('\\', "/");
        let is_sheet = path.starts_with("xl/worksheets/");
        let is_map = path == "xl/workbook.xml" || path == "xl/_rels/workbook.xml.rels";
        let mut lines = Lines::default();
        let (mut buffer, mut text) = (vec![0; 64 * 1024], Vec::new());
        loop {
            let count = entry.read(&mut buffer).map_err(|_| Refusal::Broken)?;
            if count == 0 {
                break;
            }
            left = left.checked_sub(count as u64).ok_or(Refusal::Bomb)?;
            if is_sheet {
                lines.read(&buffer[..count]);
            } else if is_map {
                text.extend_from_slice(&buffer[..count]);
            }
        }
        if is_sheet && !lines.hidden.is_empty() {
            by_path.insert(path, lines.hidden);
        } else if path == "xl/workbook.xml" {
            workbook = String::from_utf8_lossy(&text).into_owned();
        } else if is_map {
            relations = String::from_utf8_lossy(&text).into_owned();
        }
    }
    Ok(named(&workbook, &relations, &mut by_path))
}

fn refused(error: ZipError) -> Refusal {
    match error {
        ZipError::UnsupportedArchive(ZipError::PASSWORD_REQUIRED) => Refusal::Password,
        _ => Refusal::Broken,
    }
}

/// From a sheet's path to its name, by way of the workbook's relations.
fn named(workbook: &str, relations: &str, by_path: &mut HashMap<String, HashSet<u32>>) -> Hidden {
    let paths: HashMap<String, String> = tags(relations, "Relationship")
        .filter_map(|tag| {
            let target = attribute(tag, "Target")?;
            let target = target.strip_prefix('/').map_or_else(|| format!("xl/{target}"), str::to_owned);
            Some((attribute(tag, "Id")?, target))
        })
        .collect();
    let of = |tag: &str| {
        let path = paths.get(&attribute(tag, "r:id").or_else(|| attribute(tag, "id"))?)?;
        Some((attribute(tag, "name")?, by_path.get(path)?.clone()))
    };
    tags(workbook, "sheet").filter_map(of).collect()
}

/// The insides of `<name …>`, also with a namespace before the name.
fn tags<'a>(xml: &'a str, name: &'a str) -> impl Iterator<Item = &'a str> {
    xml.split('<').filter_map(move |part| {
        let inside = part.split('>').next()?;
        let (tag, rest) = inside.split_once(char::is_whitespace)?;
        (tag.rsplit(':').next() == Some(name)).then_some(rest)
    })
}

fn attribute(tag: &str, name: &str) -> Option<String> {
    let (_, rest) = tag
        .split_once(&format!("{name}=\""))
        .filter(|(before, _)| before.is_empty() || before.ends_with(char::is_whitespace))?;
    let value = rest.split('"').next()?;
    let plain = [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&apos;", "'"), ("&amp;", "&")];
    Some(plain.iter().fold(value.to_owned(), |value, (code, sign)| value.replace(code, sign)))
}

/// Notes the hidden lines of a sheet while its bytes pass by.
#[derive(Default)]
struct Lines {
    /// The tag that is being read, from `<` on; None between tags.
    tag: Option<Vec<u8>>,
    hidden: HashSet<u32>,
}

impl Lines {
    fn read(&mut self, bytes: &[u8]) {
        for byte in bytes {
            match (byte, &mut self.tag) {
                (b'<', _) => self.tag = Some(Vec::new()),
                (b'>', Some(tag)) => {
                    let tag = String::from_utf8_lossy(tag).into_owned();
                    self.tag = None;
                    self.note(&tag);
                }
                (byte, Some(tag)) => {
                    tag.push(*byte);
                    // Only rows are looked at; no tag of one is this long.
                    if tag.len() == 6 && !(tag.starts_with(b"row ") || tag.contains(&b':')) || tag.len() > 600 {
                        self.tag = None;
                    }
                }
                (_, None) => {}
            }
        }
    }

    fn note(&mut self, tag: &str) {
        let Some((name, rest)) = tag.split_once(char::is_whitespace) else { return };
        let is_row = name.rsplit(':').next() == Some("row");
        let is_hidden = attribute(rest, "hidden").is_some_and(|value| value == "1" || value == "true");
        if is_row
            && is_hidden
            && let Some(number) = attribute(rest, "r").and_then(|number| number.parse().ok())
        {
            self.hidden.insert(number);
        }
    }
}
