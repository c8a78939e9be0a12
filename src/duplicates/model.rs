//! By what two producers are told to be one, and what a merge remembers. No input or output.

use std::collections::{BTreeMap, HashMap};
use std::hash::Hash;

use serde::{Deserialize, Serialize};

use crate::clock::Time;
use crate::db::text_column;
use crate::ids::{ProducerId, RevisionId, VillageId};
use crate::producers::model::{ConsentField, ProducerContent, State};

/// What two producers have in common: a set of [`Reason`]s.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Reasons(pub i32);

/// One thing in common.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Reason {
    /// The same tax code or personal number.
    TaxCode,
    /// The same phone.
    Phone,
    /// The same name in the same village, marks and words of its kind aside.
    Name,
    /// Names in the same village that differ by a slip or a word.
    NearName,
}

impl Reason {
    /// All, the surest first.
    pub const ALL: [Self; 4] = [Self::TaxCode, Self::Phone, Self::Name, Self::NearName];

    const fn bit(self) -> i32 {
        1 << self as i32
    }

    const fn weight(self) -> i32 {
        match self {
            Self::TaxCode => 8,
            Self::Name => 4,
            Self::Phone => 3,
            Self::NearName => 2,
        }
    }
}

impl Reasons {
    /// With one more.
    #[must_use]
    pub const fn with(self, reason: Reason) -> Self {
        Self(self.0 | reason.bit())
    }

    /// True if it is among them.
    pub const fn has(self, reason: Reason) -> bool {
        self.0 & reason.bit() != 0
    }

    /// True if there are none.
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// Those that are not among `known`.
    #[must_use]
    pub const fn without(self, known: Self) -> Self {
        Self(self.0 & !known.0)
    }

    /// How sure they make, for the order of a list.
    pub fn weight(self) -> i32 {
        self.iter().map(Reason::weight).sum()
    }

    /// Each of them, the surest first.
    pub fn iter(self) -> impl Iterator<Item = Reason> {
        Reason::ALL.into_iter().filter(move |reason| self.has(*reason))
    }
}

/// What a producer is compared by.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Marks {
    /// Id.
    pub producer_id: ProducerId,
    /// Key of its name ([`crate::producers::name_key`]).
    pub name_key: String,
    /// Village.
    pub village_id: Option<VillageId>,
    /// Phone as its digits.
    pub phone: Option<String>,
    /// Tax code or personal number.
    pub tax_code: Option<String>,
}

/// What two producers have in common. What is missing is like nothing.
pub fn alike(a: &Marks, b: &Marks) -> Reasons {
    let same = |x: &Option<String>, y: &Option<String>| x.is_some() && x == y;
    let mut reasons = Reasons::default();
    if a.producer_id == b.producer_id {
        return reasons;
    }
    if same(&a.tax_code, &b.tax_code) {
        reasons = reasons.with(Reason::TaxCode);
    }
    if same(&a.phone, &b.phone) {
        reasons = reasons.with(Reason::Phone);
    }
    if a.village_id == b.village_id && !a.name_key.is_empty() {
        if a.name_key == b.name_key {
            reasons = reasons.with(Reason::Name);
        } else if is_near(&a.name_key, &b.name_key) {
            reasons = reasons.with(Reason::NearName);
        }
    }
    reasons
}

/// True if two keys differ by a slip of the finger (one letter from six on, two from fourteen on), or if one has one
/// word more than the other's two or more.
pub fn is_near(a: &str, b: &str) -> bool {
    let (short, long) = if a.len() <= b.len() { (a, b) } else { (b, a) };
    let slips = match short.chars().count() {
        0..6 => 0,
        6..14 => 1,
        _ => 2,
    };
    if long.len() - short.len() <= slips && strsim::osa_distance(short, long) <= slips {
        return true;
    }
    let (fewer, more): (Vec<&str>, Vec<&str>) = (short.split(' ').collect(), long.split(' ').collect());
    fewer.len() >= 2
        && more.len() == fewer.len() + 1
        && (0..more.len()).any(|left| more.iter().enumerate().filter(|(at, _)| *at != left).map(|(_, w)| w).eq(&fewer))
}

/// Two producers that may be one; `first` is the lesser id.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pair {
    /// One.
    pub first: ProducerId,
    /// The other.
    pub second: ProducerId,
    /// What they have in common.
    pub reasons: Reasons,
}

impl Pair {
    /// The one that is not this one.
    pub fn other(&self, one: ProducerId) -> ProducerId {
        if self.first == one { self.second } else { self.first }
    }
}

/// Most members of a group that are paired: a phone that hundreds share says nothing of any two.
const MOST: usize = 8;

/// Pairs of those that share a value, for each kind of value; the surest first. Groups of more than [`MOST`] make no
/// pairs.
pub fn pairs<K: Eq + Hash>(groups: impl IntoIterator<Item = (Reason, K, ProducerId)>) -> Vec<Pair> {
    let mut members: HashMap<(Reason, K), Vec<ProducerId>> = HashMap::new();
    for (reason, key, id) in groups {
        members.entry((reason, key)).or_default().push(id);
    }
    let mut found: BTreeMap<(ProducerId, ProducerId), Reasons> = BTreeMap::new();
    for ((reason, _), ids) in members {
        if ids.len() > MOST {
            continue;
        }
        for (at, a) in ids.iter().enumerate() {
            for b in &ids[at + 1..] {
                let reasons = found.entry(in_order(*a, *b)).or_default();
                *reasons = reasons.with(reason);
            }
        }
    }
    let mut pairs: Vec<Pair> =
        found.into_iter().map(|((first, second), reasons)| Pair { first, second, reasons }).collect();
    pairs.sort_by_key(|pair| std::cmp::Reverse(pair.reasons.weight()));
    pairs
}

/// The lesser id first.
pub fn in_order(a: ProducerId, b: ProducerId) -> (ProducerId, ProducerId) {
    if a <= b { (a, b) } else { (b, a) }
}

/// What a merge found, so that it can be undone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Before {
    /// Content of the one that was kept.
    pub kept: ProducerContent,
    /// Its version after the merge: if it has another, it was changed since.
    pub kept_version: i64,
    /// Where the one that went stood.
    pub gone_state: State,
    /// Its own change under review, which was closed, and where that stood.
    pub gone_revision: Option<(RevisionId, State)>,
    /// Consents of the kept one that were withdrawn, since the field's words came from one that had not consented.
    pub withdrawn: Vec<ConsentField>,
}

text_column!(Before, |before| serde_json::to_string(before).unwrap_or_default(), |text: &str| {
    serde_json::from_str::<Before>(text)
});

/// A merge as its page and the list show it.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Merge {
    /// Id.
    pub id: crate::ids::MergeId,
    /// The one that was kept.
    pub kept_id: ProducerId,
    /// The one that went into it.
    pub gone_id: ProducerId,
    /// The officer's words.
    pub note: String,
    /// What it found.
    pub before: Before,
    /// When.
    pub at: Time,
    /// Who.
    pub by_name: Option<String>,
    /// When it was undone.
    pub undone_at: Option<Time>,
    /// Name of the kept one.
    pub kept_name: String,
    /// Suffix of its address.
    pub kept_short: String,
    /// Name of the one that went.
    pub gone_name: String,
    /// Suffix of its address.
    pub gone_short: String,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::producers::name_key::name_key;

    fn marks(n: u128, name: &str, village: Option<u128>, phone: Option<&str>, tax: Option<&str>) -> Marks {
        Marks {
            producer_id: ProducerId(uuid::Uuid::from_u128(n)),
            name_key: name_key(&crate::fold::fold(name)),
            village_id: village.map(|v| VillageId(uuid::Uuid::from_u128(v))),
            phone: phone.map(str::to_owned),
            tax_code: tax.map(str::to_owned),
        }
    }

    #[test]
    fn alike_are_those_of_one_tax_code_phone_or_name_in_the_village() {
        let a = marks(1, "Hộ Vườn Ổi", Some(1), Some("0912345678"), Some("0100047516"));
        let by = |b: &Marks| alike(&a, b).iter().collect::<Vec<_>>();
        assert_eq!(by(&marks(2, "HTX khác", None, None, Some("0100047516"))), [Reason::TaxCode]);
        assert_eq!(by(&marks(2, "HTX khác", None, Some("0912345678"), None)), [Reason::Phone]);
        assert_eq!(by(&marks(2, "vuon ổi", Some(1), Some("0912345678"), None)), [Reason::Phone, Reason::Name]);
        assert_eq!(by(&marks(2, "Hộ Vườn Ôi", Some(2), None, None)), [], "another village");
        assert_eq!(by(&a), [], "a producer is no duplicate of itself");
        let bare = marks(3, "", None, None, None);
        assert!(alike(&bare, &marks(4, "", None, None, None)).is_empty(), "nothing is like nothing");
    }

    #[test]
    fn near_names_differ_by_a_slip_or_a_word() {
        assert!(is_near("vai ben say", "vai bem say"));
        assert!(is_near("vai ben say", "vai thieu ben say"), "one word more");
        assert!(is_near("nguyen van mau", "nguyen van amu"), "two letters changed places");
        assert!(!is_near("nguyen van a", "tran thi bich"));
        assert!(!is_near("vai", "oi"), "short names differ by every letter");
        assert!(!is_near("lan", "lan anh"), "one word says too little");
        assert!(!is_near("vai ben say", "vai thieu ben say dong"));
    }

    #[test]
    fn pairs_gather_their_reasons_and_crowds_make_none() {
        let id = |n: u128| ProducerId(uuid::Uuid::from_u128(n));
        let groups = vec![
            (Reason::Phone, "1".to_owned(), id(2)),
            (Reason::Phone, "1".to_owned(), id(1)),
            (Reason::Name, "a".to_owned(), id(1)),
            (Reason::Name, "a".to_owned(), id(2)),
            (Reason::Phone, "2".to_owned(), id(3)),
            (Reason::Phone, "2".to_owned(), id(4)),
        ];
        let crowd = (10..30).map(|n| (Reason::Phone, "3".to_owned(), id(n)));
        let found = pairs(groups.into_iter().chain(crowd));
        assert_eq!(found.len(), 2);
        assert_eq!((found[0].first, found[0].second), (id(1), id(2)));
        assert_eq!(found[0].reasons.iter().collect::<Vec<_>>(), [Reason::Phone, Reason::Name]);
        assert_eq!(found[1].reasons, Reasons::default().with(Reason::Phone));
        assert_eq!(found[0].reasons.without(found[1].reasons), Reasons::default().with(Reason::Name));
    }
}
