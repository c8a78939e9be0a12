//! What is told before support is recorded: the same kind given lately, also to what may be the same producer;
//! a programme's budget exceeded; a producer that is not public. The officer may still record it.

use crate::amounts::Dong;
use crate::clock::Day;
use crate::ids::{ProducerId, VillageId};
use crate::producers::model::State;

/// By what two producers are told to be alike.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Alike {
    /// Same tax code or personal number.
    TaxCode,
    /// Same phone.
    Phone,
    /// Same name, marks aside, in the same village.
    Name,
}

/// What a producer is compared by.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Marks {
    /// Id.
    pub id: ProducerId,
    /// Name.
    pub name: String,
    /// Name, folded.
    pub name_folded: String,
    /// Village.
    pub village_id: Option<VillageId>,
    /// Phone as its digits.
    pub phone: Option<String>,
    /// Tax code or personal number.
    pub tax_code: Option<String>,
}

/// By what `b` may be the same producer as `a`; the surest first. What is missing is like nothing.
pub fn alike(a: &Marks, b: &Marks) -> Option<Alike> {
    let same = |x: &Option<String>, y: &Option<String>| x.is_some() && x == y;
    if a.id == b.id {
        None
    } else if same(&a.tax_code, &b.tax_code) {
        Some(Alike::TaxCode)
    } else if same(&a.phone, &b.phone) {
        Some(Alike::Phone)
    } else if !a.name_folded.is_empty() && a.name_folded == b.name_folded && a.village_id.is_some() {
        (a.village_id == b.village_id).then_some(Alike::Name)
    } else {
        None
    }
}

/// One thing to be told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Warning {
    /// The kind was given to this producer within so many months.
    SameKind {
        /// The producer's name.
        producer: String,
        /// When.
        day: Day,
        /// The kind's span.
        months: i32,
    },
    /// The kind was given to another that may be the same.
    SameKindAlike {
        /// The producer's name.
        producer: String,
        /// The other's name.
        other: String,
        /// By what they are alike.
        by: Alike,
        /// When.
        day: Day,
    },
    /// The programme's budget does not reach.
    OverBudget {
        /// The programme's name.
        programme: String,
        /// What is left of it; below zero if it was exceeded before.
        left: Dong,
        /// What is asked.
        asked: Dong,
    },
    /// The producer is not public: suspended, withdrawn, not approved.
    NotStanding {
        /// Its name.
        producer: String,
        /// Where it stands.
        state: State,
    },
}

/// The same day `months` earlier (or later, below zero); the last day of a shorter month.
pub fn months_before(day: Day, months: i32) -> Day {
    let count = day.year() * 12 + i32::from(day.month()) - 1 - months;
    let (year, month) = (count.div_euclid(12), (count.rem_euclid(12) + 1) as u8);
    (1..=day.day_of_month()).rev().find_map(|d| Day::new(year, month, d).ok()).unwrap_or(day)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn marks(n: u128, name: &str, village: Option<u128>, phone: Option<&str>, tax: Option<&str>) -> Marks {
        Marks {
            id: ProducerId(uuid::Uuid::from_u128(n)),
            name: name.to_owned(),
            name_folded: crate::fold::fold(name),
            village_id: village.map(|v| VillageId(uuid::Uuid::from_u128(v))),
            phone: phone.map(str::to_owned),
            tax_code: tax.map(str::to_owned),
        }
    }

    #[test]
    fn alike_are_those_of_one_tax_code_phone_or_name_in_the_village() {
        let a = marks(1, "Hộ Vườn Ổi", Some(1), Some("0912345678"), Some("0100047516"));
        let by = |b: &Marks| alike(&a, b);
        assert_eq!(by(&marks(2, "HTX khác", None, None, Some("0100047516"))), Some(Alike::TaxCode));
        assert_eq!(by(&marks(2, "HTX khác", None, Some("0912345678"), None)), Some(Alike::Phone));
        assert_eq!(by(&marks(2, "hộ vuon ổi", Some(1), None, None)), Some(Alike::Name));
        assert_eq!(by(&marks(2, "Hộ Vườn Ổi", Some(2), None, None)), None, "another village");
        assert_eq!(by(&a), None, "a producer is no duplicate of itself");
        let bare = marks(3, "", None, None, None);
        assert_eq!(alike(&bare, &marks(4, "", None, None, None)), None, "nothing is like nothing");
    }

    #[test]
    fn months_before_stays_in_the_calendar() {
        let day = |y, m, d| Day::new(y, m, d).unwrap();
        assert_eq!(months_before(day(2024, 2, 29), 12), day(2023, 2, 28));
        assert_eq!(months_before(day(2026, 11, 22), 12), day(2025, 11, 22));
        assert_eq!(months_before(day(2026, 3, 31), 1), day(2026, 2, 28));
        assert_eq!(months_before(day(2026, 1, 5), 2), day(2025, 11, 5));
        assert_eq!(months_before(day(2026, 8, 31), -6), day(2027, 2, 28));
    }
}
