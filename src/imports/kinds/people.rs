//! Which producer a line means: by our own code, else by tax code, phone, folded name and village.

use std::collections::HashMap;

use super::Around;
use crate::accounts::model::Phone;
use crate::db::{Cx, Result};
use crate::fold::fold;
use crate::ids::{ProducerId, VillageId};
use crate::imports::model::Told;
use crate::imports::store::register::{self, Mark};
use crate::producers::model::State;
use crate::producers::tax_code::TaxCode;
use crate::review::village_store::{self, VillageRow};

/// Names that stand before a village's own.
const BEFORE_VILLAGES: [&str; 5] = ["thon ", "lang ", "xom ", "khu dan cu ", "kdc "];

/// All producers of the commune, as they are looked for.
pub struct People {
    marks: Vec<Mark>,
    villages: Vec<VillageRow>,
    by_id: HashMap<ProducerId, usize>,
    by_short: HashMap<String, usize>,
    by_tax_code: HashMap<String, Vec<usize>>,
    by_phone: HashMap<String, Vec<usize>>,
    by_name: HashMap<String, Vec<usize>>,
}

/// The names of the fields that point to a producer.
#[derive(Clone, Copy, Debug)]
pub struct Keys {
    /// Our own code.
    pub id: &'static str,
    /// The trade name.
    pub name: &'static str,
    /// The phone.
    pub phone: &'static str,
    /// The tax code.
    pub tax_code: &'static str,
    /// The village.
    pub village: &'static str,
}

/// Whom a line means.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Found<'a> {
    /// This one.
    One(&'a Mark),
    /// Nobody that is there.
    Nobody,
    /// Our own code, which nobody has.
    NoSuchCode,
    /// One of several: their names.
    Several(Vec<String>),
}

impl People {
    /// Reads them.
    pub async fn load(cx: &mut Cx<'_>, around: Around) -> Result<Self> {
        let villages = village_store::all(cx, around.commune).await?;
        let marks = register::marks(cx, around.commune).await?;
        let mut people = Self {
            villages,
            by_id: HashMap::with_capacity(marks.len()),
            by_short: HashMap::with_capacity(marks.len()),
            by_tax_code: HashMap::new(),
            by_phone: HashMap::new(),
            by_name: HashMap::with_capacity(marks.len()),
            marks: Vec::new(),
        };
        for (at, mark) in marks.iter().enumerate() {
            people.by_id.insert(mark.id, at);
            people.by_short.insert(mark.short.clone(), at);
            // What was taken back is found by its code alone.
            if mark.state == State::Withdrawn {
                continue;
            }
            people.by_name.entry(mark.name_folded.clone()).or_default().push(at);
            if let Some(code) = &mark.tax_code {
                people.by_tax_code.entry(code.clone()).or_default().push(at);
            }
            if let Some(phone) = &mark.phone {
                people.by_phone.entry(phone.clone()).or_default().push(at);
            }
        }
        people.marks = marks;
        Ok(people)
    }

    /// A producer by id.
    pub fn get(&self, id: ProducerId) -> Option<&Mark> {
        self.by_id.get(&id).and_then(|at| self.marks.get(*at))
    }

    /// The village of this name, with or without "thôn" before it: written the same, else the only one that folds so.
    pub fn village(&self, name: &str) -> Option<VillageId> {
        if let Some(same) = self.villages.iter().find(|village| village.name == name) {
            return Some(same.id);
        }
        let folded = fold(name);
        let bare = BEFORE_VILLAGES.iter().find_map(|before| folded.strip_prefix(before)).unwrap_or(&folded);
        let marked = name.split_once(char::is_whitespace).map_or(name, |(_, rest)| rest.trim());
        if bare != folded
            && let Some(same) = self.villages.iter().find(|village| village.name == marked)
        {
            return Some(same.id);
        }
        let mut alike = self.villages.iter().filter(|village| {
            let own = fold(&village.name);
            own == folded || own == bare
        });
        let only = alike.next()?;
        alike.next().is_none().then_some(only.id)
    }

    /// True if two people wrote the same village, of this commune or another.
    pub fn is_one_village(&self, a: &str, b: &str) -> bool {
        match (self.village(a), self.village(b)) {
            (Some(one), Some(other)) => one == other,
            _ => fold(a) == fold(b),
        }
    }

    /// A village's name; empty if there is none.
    pub fn village_name(&self, id: Option<VillageId>) -> &str {
        self.villages.iter().find(|village| Some(village.id) == id).map_or("", |village| village.name.as_str())
    }

    /// The villages that a record may be put into: also hidden ones, which old records have.
    pub fn village_ids(&self) -> Vec<VillageId> {
        self.villages.iter().map(|village| village.id).collect()
    }

    /// Whom a line means.
    pub fn find(&self, told: &Told, keys: Keys) -> Found<'_> {
        let short = told.get(keys.id).to_ascii_lowercase();
        if !short.is_empty() {
            return self.by_short.get(&short).map_or(Found::NoSuchCode, |at| Found::One(&self.marks[*at]));
        }
        let name = fold(told.get(keys.name));
        let village = self.village(told.get(keys.village));
        let code = TaxCode::parse(told.get(keys.tax_code)).ok();
        let phone = Phone::parse(told.get(keys.phone)).ok();
        let nobody = Vec::new();
        let by_code = code.and_then(|code| self.by_tax_code.get(code.as_str())).unwrap_or(&nobody);
        let by_phone = phone.and_then(|phone| self.by_phone.get(phone.as_str())).unwrap_or(&nobody);
        let by_name = self.by_name.get(&name).filter(|_| !name.is_empty()).unwrap_or(&nobody);
        // A name alone is as good as its village is: unknown on either side, it may be the same.
        let near = |at: &&usize| {
            let own = self.marks[**at].village_id;
            village.is_none() || own.is_none() || own == village
        };
        let named: Vec<usize> = by_name.iter().filter(near).copied().collect();
        for candidates in [by_code.as_slice(), by_phone.as_slice(), named.as_slice()] {
            match candidates {
                [] => {}
                [one] => return Found::One(&self.marks[*one]),
                several => {
                    let mut same = several.iter().filter(|at| self.marks[**at].name_folded == name).filter(near);
                    return match (same.next(), same.next()) {
                        (Some(one), None) => Found::One(&self.marks[*one]),
                        _ => Found::Several(several.iter().map(|at| self.said(&self.marks[*at])).collect()),
                    };
                }
            }
        }
        Found::Nobody
    }

    /// A producer in words: name, village, code.
    fn said(&self, mark: &Mark) -> String {
        let village = self.village_name(mark.village_id);
        let place = if village.is_empty() { String::new() } else { format!(", {village}") };
        format!("{} ({}{place})", mark.name, mark.short)
    }

    /// Whom a line that must name a producer means; None with the fault noted.
    pub fn owner(&self, told: &mut Told, keys: Keys, around: Around) -> Option<&Mark> {
        let t = around.t();
        let message = match self.find(told, keys) {
            Found::One(mark) => return Some(mark),
            Found::NoSuchCode => t.no_such_code(told.get(keys.id)),
            Found::Several(names) => t.several(names.join("; ")),
            Found::Nobody if told.tells(&[keys.name, keys.phone, keys.tax_code]) => t.no_such_producer().to_owned(),
            Found::Nobody => t.producer_missing().to_owned(),
        };
        let field = [keys.id, keys.tax_code, keys.phone, keys.name].into_iter().find(|key| !told.get(key).is_empty());
        told.fail(field.unwrap_or(keys.name), message);
        None
    }
}
