//! The filter of a year's support records, as it stands in the address and as the store binds it.

use crate::clock::Day;
use crate::fold::fold;
use crate::ids::{ProgrammeId, VillageId};
use crate::producers::model::ProducerKind;
use crate::review::listing::Listing;

use super::state::SupportState;

/// Which states a list holds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum States {
    /// All, void ones too.
    #[default]
    All,
    /// One.
    One(SupportState),
    /// Those that count as given.
    Counted,
}

impl States {
    /// Its word in statements.
    pub const fn word(self) -> &'static str {
        match self {
            Self::All => "",
            Self::One(state) => state.word(),
            Self::Counted => "counted",
        }
    }
}

/// The filter of the year's records.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SupportFilter {
    /// Calendar year.
    pub year: i32,
    /// Code of the kind; empty: every kind.
    pub kind: String,
    /// Which states.
    pub states: States,
    /// Of which programme.
    pub programme: Option<ProgrammeId>,
    /// Village of the producer.
    pub village: Option<VillageId>,
    /// Kind of the producer.
    pub producer_kind: Option<ProducerKind>,
    /// Folded words of the producer's name.
    pub words: String,
}

impl SupportFilter {
    /// From an address; the year is this year's unless another is named.
    pub fn of(listing: &Listing, today: Day) -> Self {
        Self {
            year: listing.parsed("nam").filter(|year| (1900..=2999).contains(year)).unwrap_or(today.year()),
            kind: listing.get("loai-ho-tro").to_owned(),
            states: listing.parsed("tinh-trang").map_or(States::All, States::One),
            programme: listing.parsed("chuong-trinh"),
            village: listing.parsed("thon"),
            producer_kind: listing.parsed("loai"),
            words: fold(listing.get("q")),
        }
    }

    /// The same, of support that was given: what the official list holds.
    pub fn counted(self) -> Self {
        Self { states: States::Counted, ..self }
    }

    /// True if producers are looked at too.
    pub fn is_by_producer(&self) -> bool {
        self.village.is_some() || self.producer_kind.is_some() || !self.words.is_empty()
    }

    /// The words as a pattern.
    pub fn pattern(&self) -> String {
        contains(&self.words)
    }
}

/// A pattern (escaped by `!`) that takes folded text in which `words` stand.
pub fn contains(words: &str) -> String {
    let escaped = words.replace('!', "!!").replace('%', "!%").replace('_', "!_");
    format!("%{escaped}%")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_filter_filters_nothing() {
        let today = Day::new(2026, 11, 22).unwrap();
        let odd = SupportFilter::of(&Listing::parse("nam=abc&thon=xyz&loai=zzz&tinh-trang=q&chuong-trinh=1"), today);
        assert_eq!((odd.year, odd.states, odd.programme), (2026, States::All, None));
        assert!(!odd.is_by_producer());
        let all = SupportFilter::of(&Listing::parse("nam=2025&q=HTX+V%E1%BA%A3i&tinh-trang=known"), today);
        assert_eq!((all.year, all.words.as_str(), all.states.word()), (2025, "htx vai", "known"));
        assert_eq!(all.counted().states.word(), "counted");
    }

    #[test]
    fn signs_of_patterns_are_taken_as_typed() {
        assert_eq!(contains("50%_!"), "%50!%!_!!%");
        assert_eq!(contains(""), "%%");
    }
}
