//! Which products the review's lists show, as it stands in the address.

use super::model::Gap;
use crate::clock::Day;
use crate::db::words;
use crate::fold::fold;
use crate::ids::VillageId;
use crate::producers::model::ProducerKind;
use crate::review::listing::Listing;

words! {
    /// What was found of a product.
    Found {
        /// Nobody has looked at it this year.
        Unseen = "chua": "Chưa rà soát" / "Not reviewed",
        /// It was looked at.
        Seen = "roi": "Đã rà soát" / "Reviewed",
        /// It has potential for one of both: what the official list holds.
        Either = "tiem-nang": "Có tiềm năng" / "With potential",
        /// For OCOP.
        Ocop = "ocop": "Tiềm năng OCOP" / "Potential for OCOP",
        /// For digital channels.
        Digital = "kenh-so": "Tiềm năng kênh số" / "Potential for digital channels",
        /// For neither, or not now.
        Neither = "khong": "Không, hoặc để sau" / "None, or later",
    }
}

/// The filter of a year's review.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Filter {
    /// Calendar year.
    pub year: i32,
    /// Folded words of the product's or the producer's name.
    pub words: String,
    /// Village of the producer.
    pub village: Option<VillageId>,
    /// Kind of the producer.
    pub kind: Option<ProducerKind>,
    /// Category code; empty: every one.
    pub category: String,
    /// What was found.
    pub found: Option<Found>,
    /// What is still missing.
    pub gap: Option<Gap>,
    /// Only those for which something is late.
    pub late: bool,
}

impl Filter {
    /// From an address; the year is this year's unless another is named.
    pub fn of(listing: &Listing, today: Day) -> Self {
        Self {
            year: listing.parsed("nam").filter(|year| (1900..=2999).contains(year)).unwrap_or(today.year()),
            words: fold(listing.get("q")),
            village: listing.parsed("thon"),
            kind: listing.parsed("loai"),
            category: listing.get("nhom").to_owned(),
            found: listing.parsed("ket-qua"),
            gap: listing.parsed("thieu"),
            late: listing.get("han") == "qua",
        }
    }

    /// The same, of products with potential: what the official list holds.
    pub fn potential(self) -> Self {
        let found = self.found.filter(|found| matches!(found, Found::Ocop | Found::Digital)).or(Some(Found::Either));
        Self { found, ..self }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_filter_filters_nothing_and_the_official_list_holds_potential_alone() {
        let today = Day::parse("02/06/2026").unwrap();
        let of = |query| Filter::of(&Listing::parse(query), today);
        let odd = of("nam=x&ket-qua=zzz&thieu=q&han=1&thon=2");
        assert_eq!((odd.year, odd.found, odd.gap, odd.late, odd.village), (2026, None, None, false, None));
        let all = of("nam=2025&ket-qua=chua&thieu=brand&han=qua");
        assert_eq!((all.year, all.found, all.gap, all.late), (2025, Some(Found::Unseen), Some(Gap::Brand), true));
        assert_eq!(all.potential().found, Some(Found::Either));
        assert_eq!(of("ket-qua=ocop").potential().found, Some(Found::Ocop));
    }
}
