//! Versions of the list of what a dossier holds. The one that comes with the program has 18 items, five of them
//! mandatory, and is from before 2023 (DOMAIN.md §3, `seed/ocop-items.tsv`; the act that holds now is not verified (?)),
//! so the office writes its own from the act in force.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use serde::{Deserialize, Serialize};

use super::model::Source;
use crate::clock::Day;
use crate::fold::fold;

/// Most items that a list has.
pub const MOST: usize = 60;
/// Longest title, in characters.
pub const TITLE: usize = 200;
/// Longest description, in characters.
pub const DESCRIPTION: usize = 500;

/// An item that a dossier holds.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Item {
    /// Its code, by which it is known in every version: what a dossier holds of it goes along.
    pub number: i32,
    /// Heading under which it stands; empty where the list has no parts.
    pub part: String,
    /// What it is.
    pub title: String,
    /// What it should be like.
    pub description: String,
    /// True if a dossier isn't passed on without it.
    pub mandatory: bool,
    /// Records that are here and answer it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub sources: Vec<Source>,
}

/// One version of the list. A version is never changed: another is written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ItemList {
    /// Stable code of the version.
    pub code: String,
    /// Name.
    pub name: String,
    /// The act that it rests on.
    pub basis: String,
    /// Day from which it holds; None for the one of the program, which always did.
    pub holds_from: Option<Day>,
    /// The items, in order.
    pub items: Vec<Item>,
}

/// What is wrong with a list as it is typed; lines count from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ItemListError {
    /// No item is there.
    Empty,
    /// More than [`MOST`] items.
    TooMany,
    /// A line is neither a part nor an item.
    Line(usize),
    /// The code of a line is none that a version has.
    Code(usize),
    /// A code stands twice.
    Twice(usize),
    /// It isn't said whether the item of a line is mandatory.
    Need(usize),
    /// A source of a line is none.
    Source(usize),
    /// Title or description of a line are too long.
    Long(usize),
}

/// How a version differs from another: titles.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Difference {
    /// Only in the new one.
    pub added: Vec<String>,
    /// Only in the old one.
    pub left_out: Vec<String>,
    /// In both, with anything but the part told otherwise; as they are in the new one.
    pub changed: Vec<String>,
}

impl Difference {
    /// True if both ask for the same, whatever the order.
    pub fn is_none(&self) -> bool {
        self.added.is_empty() && self.left_out.is_empty() && self.changed.is_empty()
    }
}

impl ItemList {
    /// The item of this code.
    pub fn item(&self, number: i32) -> Option<&Item> {
        self.items.iter().find(|item| item.number == number)
    }

    /// How many are mandatory.
    pub fn mandatory(&self) -> usize {
        self.items.iter().filter(|item| item.mandatory).count()
    }

    /// How this version differs from an older one. Items are told by their codes.
    pub fn since(&self, old: &Self) -> Difference {
        let title = |item: &Item| item.title.clone();
        let same = |a: &Item, b: &Item| {
            (&a.title, &a.description, a.mandatory, &a.sources) == (&b.title, &b.description, b.mandatory, &b.sources)
        };
        let is_changed = |item: &&Item| old.item(item.number).is_some_and(|before| !same(before, item));
        Difference {
            added: self.items.iter().filter(|item| old.item(item.number).is_none()).map(title).collect(),
            left_out: old.items.iter().filter(|item| self.item(item.number).is_none()).map(title).collect(),
            changed: self.items.iter().filter(is_changed).map(title).collect(),
        }
    }

    /// The items as people type them: a line `A. Part` where parts begin, and `code | title | need | description |
    /// sources` each, without the last where there are none.
    pub fn lines(&self) -> String {
        let mut lines: Vec<String> = Vec::new();
        let mut part = "";
        for item in &self.items {
            if item.part != part {
                part = &item.part;
                lines.push(part.to_owned());
            }
            let need = if item.mandatory { "bắt buộc" } else { "nếu có" };
            let mut line = format!("{} | {} | {need} | {}", item.number, item.title, item.description);
            if !item.sources.is_empty() {
                line.push_str(" | ");
                line.push_str(&item.sources.iter().map(|source| name(*source)).collect::<Vec<_>>().join(", "));
            }
            lines.push(line);
        }
        lines.into_iter().map(|line| line + "\n").collect()
    }

    /// Reads items from such lines. A code is one of `known`, so that no paper comes to answer another question than it
    /// was handed in for; `+` gives a new one.
    pub fn read(text: &str, known: &BTreeSet<i32>) -> Result<Vec<Item>, ItemListError> {
        let mut items: Vec<Item> = Vec::new();
        let mut next = known.last().copied().unwrap_or(0);
        let mut part = String::new();
        for (at, line) in text.lines().enumerate().map(|(at, line)| (at + 1, line.trim())) {
            let fields: Vec<&str> = line.split('|').map(str::trim).collect();
            let (code, title, need, description, sources) = match fields.as_slice() {
                [""] => continue,
                [heading] => {
                    part = read_part(heading).ok_or(ItemListError::Line(at))?;
                    continue;
                }
                [code, title, need] => (*code, *title, *need, "", ""),
                [code, title, need, description] => (*code, *title, *need, *description, ""),
                [code, title, need, description, sources] => (*code, *title, *need, *description, *sources),
                _ => return Err(ItemListError::Line(at)),
            };
            if title.is_empty() {
                return Err(ItemListError::Line(at));
            }
            if title.chars().count() > TITLE || description.chars().count() > DESCRIPTION {
                return Err(ItemListError::Long(at));
            }
            let number = if code == "+" {
                next += 1;
                next
            } else {
                let code = code.parse().ok().filter(|code| known.contains(code)).ok_or(ItemListError::Code(at))?;
                if items.iter().any(|item| item.number == code) {
                    return Err(ItemListError::Twice(at));
                }
                code
            };
            let mandatory = read_need(need).ok_or(ItemListError::Need(at))?;
            let sources = read_sources(sources).ok_or(ItemListError::Source(at))?;
            let (title, description) = (title.to_owned(), description.to_owned());
            items.push(Item { number, part: part.clone(), title, description, mandatory, sources });
        }
        match items.len() {
            0 => Err(ItemListError::Empty),
            1..=MOST => Ok(items),
            _ => Err(ItemListError::TooMany),
        }
    }
}

/// A heading: `A. Title`, `II. Title`.
fn read_part(line: &str) -> Option<String> {
    let (code, title) = line.split_once('.')?;
    let fits = (1..=4).contains(&code.trim().chars().count()) && !title.trim().is_empty();
    (fits && line.chars().count() <= TITLE).then(|| line.to_owned())
}

fn read_need(text: &str) -> Option<bool> {
    match fold(text).as_str() {
        "bat buoc" => Some(true),
        "neu co" | "bo sung" | "khong bat buoc" => Some(false),
        _ => None,
    }
}

/// What people call a source in a list.
const fn name(source: Source) -> &'static str {
    match source {
        Source::Photo => "ảnh",
        Source::Lots => "lô",
        Source::Events => "công đoạn",
        Source::Places => "vùng",
        Source::Inputs => "vật tư",
        Source::Certificate | Source::Upload => "",
    }
}

fn read_sources(text: &str) -> Option<Vec<Source>> {
    let read = |word: &str| {
        let word = fold(word);
        Source::ALL.iter().copied().find(|source| !name(*source).is_empty() && fold(name(*source)) == word)
    };
    text.split(',').map(str::trim).filter(|word| !word.is_empty()).map(read).collect()
}

/// The version that comes with the program.
pub fn built_in() -> &'static ItemList {
    static LIST: LazyLock<ItemList> = LazyLock::new(|| ItemList {
        code: "goc".to_owned(),
        name: "Danh mục 18 mục có sẵn".to_owned(),
        basis: "Danh mục dùng trước năm 2023; chưa đối chiếu với văn bản đang có hiệu lực (?)".to_owned(),
        holds_from: None,
        items: include_str!("../../seed/ocop-items.tsv").lines().filter_map(read_seed).collect(),
    });
    &LIST
}

fn read_seed(line: &str) -> Option<Item> {
    let mut fields = line.split('\t').map(str::trim);
    let number = fields.next()?.parse().ok()?;
    let (title, description) = (fields.next()?.to_owned(), fields.next()?.to_owned());
    let mandatory = fields.next()? == "yes";
    let sources = fields.next()?.split(' ').filter_map(|word| word.parse().ok()).collect();
    Some(Item { number, part: String::new(), title, description, mandatory, sources })
}

/// The version of this code; the program's own where there is none.
pub fn by_code<'a>(lists: &'a [ItemList], code: &str) -> &'a ItemList {
    lists.iter().find(|list| list.code == code).unwrap_or_else(|| built_in())
}

/// The version that holds on a day; `lists` as the store tells them, the latest last.
pub fn in_force(lists: &[ItemList], day: Day) -> &ItemList {
    let holds = |list: &&ItemList| list.holds_from.is_none_or(|from| from <= day);
    lists.iter().rfind(holds).unwrap_or_else(|| built_in())
}

/// Every code that a version has or had.
pub fn codes(lists: &[ItemList]) -> BTreeSet<i32> {
    lists.iter().flat_map(|list| &list.items).map(|item| item.number).collect()
}

/// What an item is by its code: as this version says, else as the latest that has it.
pub fn known(lists: &[ItemList], list: &ItemList, number: i32) -> Item {
    let found = list.item(number).or_else(|| lists.iter().rev().find_map(|list| list.item(number)));
    found.cloned().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Vec<Item>, ItemListError> {
        ItemList::read(text, &codes(std::slice::from_ref(built_in())))
    }

    fn version(text: &str, from: Option<Day>) -> ItemList {
        ItemList { items: read(text).unwrap(), holds_from: from, ..built_in().clone() }
    }

    #[test]
    fn the_list_of_the_program_is_whole() {
        let items = &built_in().items;
        assert_eq!(items.len(), 18);
        assert_eq!(built_in().mandatory(), 5);
        assert!(items.iter().take(5).all(|item| item.mandatory));
        assert!(items.iter().enumerate().all(|(at, item)| item.number as usize == at + 1 && !item.title.is_empty()));
    }

    #[test]
    fn a_list_is_read_as_it_is_written() {
        assert_eq!(read(&built_in().lines()).as_ref(), Ok(&built_in().items));
        let sources = |number| &built_in().item(number).unwrap().sources;
        assert_eq!(sources(17), &[Source::Lots, Source::Events, Source::Inputs]);
        assert!(sources(1).is_empty());
        assert_eq!(read("1 | a | nếu có | | ANH, vung").unwrap()[0].sources, [Source::Photo, Source::Places]);
        let text =
            "A. Bắt buộc\n3 | Bộ máy | BẮT BUỘC\n1 | Phiếu | bat buoc | Theo mẫu\n\nII. Nếu có\n+ | Ảnh | nếu có\n";
        let items = read(text).unwrap();
        let told: Vec<_> = items.iter().map(|i| (i.number, i.part.as_str(), i.mandatory)).collect();
        assert_eq!(told, [(3, "A. Bắt buộc", true), (1, "A. Bắt buộc", true), (19, "II. Nếu có", false)]);
        let list = ItemList { items, ..built_in().clone() };
        let known = codes(std::slice::from_ref(&list));
        assert_eq!(ItemList::read(&list.lines(), &known), Ok(list.items));
    }

    #[test]
    fn each_fault_of_a_list_is_told_by_its_line() {
        use ItemListError as E;
        for (text, error) in [
            ("", E::Empty),
            ("A. Phần", E::Empty),
            ("Phiếu đăng ký", E::Line(1)),
            ("1 | Phiếu", E::Line(1)),
            ("1 | | bắt buộc", E::Line(1)),
            ("1 | a | bắt buộc | b | ảnh | c", E::Line(1)),
            ("1 | a | bắt buộc | b | tranh", E::Source(1)),
            ("1 | a | bắt buộc | b | lô, úc", E::Source(1)),
            ("\n19 | Phiếu | bắt buộc", E::Code(2)),
            ("x | Phiếu | bắt buộc", E::Code(1)),
            ("1 | Phiếu | bắt buộc\n1 | Phiếu | nếu có", E::Twice(2)),
            ("1 | Phiếu | có lẽ", E::Need(1)),
        ] {
            assert_eq!(read(text), Err(error), "{text}");
        }
        assert_eq!(read(&format!("1 | {} | bắt buộc", "a".repeat(TITLE + 1))), Err(E::Long(1)));
        assert_eq!(read(&"+ | a | nếu có\n".repeat(MOST + 1)), Err(E::TooMany));
        assert_eq!(read(&"+ | a | nếu có\n".repeat(MOST)).map(|items| items.len()), Ok(MOST));
    }

    #[test]
    fn the_latest_version_whose_day_has_come_is_in_force() {
        let day = |day| Day::new(2026, 6, day).unwrap();
        let lists = [
            built_in().clone(),
            version("1 | a | bắt buộc", Some(day(10))),
            version("2 | b | bắt buộc", Some(day(10))),
            version("3 | c | bắt buộc", Some(day(20))),
        ];
        for (on, at) in [(9, 0), (10, 2), (19, 2), (20, 3)] {
            assert_eq!(in_force(&lists, day(on)), &lists[at], "on the {on}th");
        }
        assert_eq!(in_force(&[], day(1)), built_in());
        assert_eq!(known(&lists, &lists[3], 3).title, "c");
        assert_eq!(known(&lists, &lists[3], 2).title, "b", "as the latest version that has it");
    }

    #[test]
    fn what_differs_is_told_by_codes_not_by_order() {
        let old = version("1 | a | bắt buộc\n2 | b | nếu có\n3 | c | nếu có", None);
        let new = version("3 | c | nếu có\n1 | a | nếu có\n+ | d | nếu có", None);
        let difference = new.since(&old);
        assert_eq!(difference.added, ["d"]);
        assert_eq!(difference.left_out, ["b"]);
        assert_eq!(difference.changed, ["a"]);
        assert!(old.since(&old).is_none() && !difference.is_none());
    }
}
