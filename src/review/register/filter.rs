//! What the office's registers are filtered by, as it stands in the address.

use crate::fold::fold;
use crate::ids::VillageId;
use crate::producers::model::{ProducerKind, State};
use crate::review::listing::Listing;

/// Which stars that stand today are looked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stars {
    Any,
    None,
    Exactly(i32),
}

impl Stars {
    fn of(word: &str) -> Option<Self> {
        match word {
            "co" => Some(Self::Any),
            "khong" => Some(Self::None),
            "3" | "4" | "5" => word.parse().ok().map(Self::Exactly),
            _ => None,
        }
    }
}

/// Which producers are looked for.
#[derive(Clone, Debug, Default)]
pub(super) struct Producers {
    /// Folded words of the name.
    pub words: String,
    /// Digits of a phone or a tax code; empty unless nothing but digits and their separators was typed.
    pub digits: String,
    pub village: Option<VillageId>,
    pub kind: Option<ProducerKind>,
    pub state: Option<State>,
    /// Whether support was given this year.
    pub supported: Option<bool>,
    pub stars: Option<Stars>,
}

impl Producers {
    pub fn of(listing: &Listing) -> Self {
        let words = fold(listing.get("q"));
        let digits: String = words.chars().filter(char::is_ascii_digit).collect();
        let only = words.chars().all(|c| c.is_ascii_digit() || " .-+()".contains(c));
        Self {
            digits: if only && digits.len() >= 4 { digits } else { String::new() },
            words,
            village: listing.parsed("thon"),
            kind: listing.parsed("loai"),
            state: listing.parsed("tinh-trang"),
            supported: match listing.get("ho-tro") {
                "co" => Some(true),
                "chua" => Some(false),
                _ => None,
            },
            stars: Stars::of(listing.get("ocop")),
        }
    }
}

/// Which certificates a product has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Papers {
    /// One that is valid today.
    Valid,
    /// Some, none of them valid today.
    Ended,
    None,
}

/// Which products are looked for.
#[derive(Clone, Debug, Default)]
pub(super) struct Products {
    /// Folded words of its name or its producer's.
    pub words: String,
    /// Of the producer.
    pub village: Option<VillageId>,
    /// Of the producer.
    pub kind: Option<ProducerKind>,
    pub state: Option<State>,
    /// Code; empty: every one.
    pub category: String,
    pub papers: Option<Papers>,
    pub stars: Option<Stars>,
}

impl Products {
    pub fn of(listing: &Listing) -> Self {
        Self {
            words: fold(listing.get("q")),
            village: listing.parsed("thon"),
            kind: listing.parsed("loai"),
            state: listing.parsed("tinh-trang"),
            category: listing.get("nhom").to_owned(),
            papers: match listing.get("chung-nhan") {
                "con" => Some(Papers::Valid),
                "het" => Some(Papers::Ended),
                "chua" => Some(Papers::None),
                _ => None,
            },
            stars: Stars::of(listing.get("ocop")),
        }
    }
}

/// A column of a register and its way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Order {
    /// As in the address; one that is no column orders by name.
    pub column: String,
    pub downwards: bool,
}

impl Order {
    pub fn of(listing: &Listing) -> Self {
        let (column, downwards) = listing.sorted();
        Self { column: column.to_owned(), downwards }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn producers(query: &str) -> Producers {
        Producers::of(&Listing::parse(query))
    }

    #[test]
    fn digits_are_a_number_only_where_nothing_else_was_typed() {
        assert_eq!(producers("q=0912+345").digits, "0912345");
        assert_eq!(producers("q=0912.345-6").digits, "09123456");
        assert_eq!(producers("q=htx+2026").digits, "");
        assert_eq!(producers("q=123").digits, "", "too few to be one");
        assert_eq!(producers("q=B%E1%BA%BFn+S%E1%BA%ADy").words, "ben say");
    }

    #[test]
    fn what_is_no_filter_filters_nothing() {
        let odd = producers("ocop=nonsense&tinh-trang=zzz&ho-tro=x&thon=1&loai=q");
        assert_eq!((odd.stars, odd.state, odd.supported, odd.village, odd.kind), (None, None, None, None, None));
        let odd = Products::of(&Listing::parse("ocop=2&chung-nhan=x"));
        assert_eq!((odd.stars, odd.papers), (None, None));
        assert_eq!(Products::of(&Listing::parse("ocop=4")).stars, Some(Stars::Exactly(4)));
    }
}
