//! What a support record is, the year's filter, and what is made of the rows: totals and the list of supported
//! producers.

use std::collections::BTreeMap;

use crate::amounts::{Dong, Thousandths};
use crate::clock::{Day, Time};
use crate::fold::fold;
use crate::ids::{ProducerId, ProductId, SupportId, UserId, VillageId};
use crate::producers::model::ProducerKind;
use crate::review::listing::Listing;
use crate::web::Lang;

/// A kind of support, from the table an officer may add to.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct SupportKind {
    /// Stable code.
    pub code: String,
    /// Name in Vietnamese.
    pub name_vi: String,
    /// Name in English.
    pub name_en: String,
}

/// Name of a kind of support; its code if it is no longer listed.
pub fn kind_name<'a>(kinds: &'a [SupportKind], code: &'a str, lang: Lang) -> &'a str {
    kinds.iter().find(|kind| kind.code == code).map_or(code, |kind| lang.pick(&kind.name_vi, &kind.name_en))
}

/// What one producer got, ready to be stored.
#[derive(Clone, Debug)]
pub struct NewSupport {
    /// Id.
    pub id: SupportId,
    /// Who got it.
    pub producer: ProducerId,
    /// For which of its products.
    pub product: Option<ProductId>,
    /// Code of the kind.
    pub kind: String,
    /// When.
    pub given_on: Day,
    /// How much, if it can be counted.
    pub quantity: Option<Thousandths>,
    /// Of what: "hộp", "buổi".
    pub unit: String,
    /// Approved, whole đồng.
    pub approved: Dong,
    /// Paid, whole đồng.
    pub paid: Dong,
    /// The office's words.
    pub note: String,
    /// Of the form: the same form sent twice is one record.
    pub request: uuid::Uuid,
    /// Who recorded it.
    pub by: UserId,
    /// When it was recorded.
    pub at: Time,
}

/// A support record with what a list shows of its producer and product.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct SupportRow {
    /// Id.
    pub id: SupportId,
    /// Who got it.
    pub producer_id: ProducerId,
    /// Code of the kind.
    pub kind: String,
    /// When.
    pub given_on: Day,
    /// How much.
    pub quantity: Option<Thousandths>,
    /// Of what.
    pub quantity_unit: String,
    /// Approved.
    pub approved: Dong,
    /// Paid.
    pub paid: Dong,
    /// The office's words.
    pub note: String,
    /// When it was voided.
    pub voided_at: Option<Time>,
    /// Why.
    pub void_reason: Option<String>,
    /// The producer's name.
    pub producer_name: String,
    /// The same, folded.
    pub producer_folded: String,
    /// Suffix of the producer's address.
    pub producer_short: String,
    /// The producer's kind, as a word.
    pub producer_kind: String,
    /// The producer's village.
    pub village_id: Option<VillageId>,
    /// The producer's phone.
    pub phone: Option<String>,
    /// The product's name.
    pub product_name: Option<String>,
}

impl SupportRow {
    /// True unless it was voided.
    pub fn stands(&self) -> bool {
        self.voided_at.is_none()
    }
}

/// The filter of the year's records, as in the address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SupportFilter {
    /// Calendar year.
    pub year: i32,
    /// Code of the kind; empty: every kind.
    pub kind: String,
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
            village: listing.parsed("thon"),
            producer_kind: listing.parsed("loai"),
            words: fold(listing.get("q")),
        }
    }

    /// First and last day.
    pub fn span(&self) -> (String, String) {
        (format!("{:04}-01-01", self.year), format!("{:04}-12-31", self.year))
    }

    /// True if the list takes this row; the year is the store's work.
    pub fn takes(&self, row: &SupportRow) -> bool {
        (self.kind.is_empty() || self.kind == row.kind)
            && self.village.is_none_or(|village| row.village_id == Some(village))
            && self.producer_kind.is_none_or(|kind| kind.word() == row.producer_kind)
            && row.producer_folded.contains(&self.words)
    }
}

/// Sums over rows; voided ones count as rows and nothing else.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Totals {
    /// All rows.
    pub rows: usize,
    /// Of these voided.
    pub voided: usize,
    /// Producers with a record that stands.
    pub producers: usize,
    /// Approved, đồng.
    pub approved: Dong,
    /// Paid, đồng.
    pub paid: Dong,
}

impl Totals {
    /// Of these rows.
    pub fn of(rows: &[SupportRow]) -> Self {
        let mut totals = Self { rows: rows.len(), ..Self::default() };
        let mut seen = std::collections::HashSet::new();
        for row in rows {
            if row.stands() {
                seen.insert(row.producer_id);
                totals.approved.0 = totals.approved.0.saturating_add(row.approved.0);
                totals.paid.0 = totals.paid.0.saturating_add(row.paid.0);
            } else {
                totals.voided += 1;
            }
        }
        totals.producers = seen.len();
        totals
    }
}

/// A line of the list of supported producers (danh sách chủ thể được hỗ trợ).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Supported {
    /// Name.
    pub name: String,
    /// Suffix of its address.
    pub short: String,
    /// Kind, as a word.
    pub kind: String,
    /// Village.
    pub village_id: Option<VillageId>,
    /// Phone.
    pub phone: Option<String>,
    /// Codes of the kinds of support with their days, first to last.
    pub got: BTreeMap<String, Vec<Day>>,
    /// How many records.
    pub times: usize,
    /// Day of the last record.
    pub last: Day,
    /// Approved, đồng.
    pub approved: Dong,
    /// Paid, đồng.
    pub paid: Dong,
}

/// One line a producer, by name; voided records are left out.
pub fn by_producer(rows: &[SupportRow]) -> Vec<Supported> {
    let mut lines: BTreeMap<(String, ProducerId), Supported> = BTreeMap::new();
    for row in rows.iter().filter(|row| row.stands()) {
        let line = lines.entry((row.producer_folded.clone(), row.producer_id)).or_insert_with(|| Supported {
            name: row.producer_name.clone(),
            short: row.producer_short.clone(),
            kind: row.producer_kind.clone(),
            village_id: row.village_id,
            phone: row.phone.clone(),
            got: BTreeMap::new(),
            times: 0,
            last: row.given_on,
            approved: Dong(0),
            paid: Dong(0),
        });
        line.got.entry(row.kind.clone()).or_default().push(row.given_on);
        line.times += 1;
        line.last = line.last.max(row.given_on);
        line.approved.0 = line.approved.0.saturating_add(row.approved.0);
        line.paid.0 = line.paid.0.saturating_add(row.paid.0);
    }
    let mut lines: Vec<Supported> = lines.into_values().collect();
    for line in &mut lines {
        line.got.values_mut().for_each(|days| days.sort_unstable());
    }
    lines
}

/// First day of the twelve months before `day`, within which support of the same kind is told of.
pub fn a_year_before(day: Day) -> Day {
    Day::new(day.year() - 1, day.month(), day.day_of_month()).unwrap_or_else(|_| day.plus_days(-365))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(name: &str, kind: &str, day: (i32, u8, u8), paid: i64) -> SupportRow {
        SupportRow {
            id: SupportId(uuid::Uuid::nil()),
            producer_id: ProducerId(uuid::Uuid::from_u128(name.bytes().map(u128::from).sum())),
            kind: kind.to_owned(),
            given_on: Day::new(day.0, day.1, day.2).unwrap(),
            quantity: None,
            quantity_unit: String::new(),
            approved: Dong(paid * 2),
            paid: Dong(paid),
            note: String::new(),
            voided_at: None,
            void_reason: None,
            producer_name: name.to_owned(),
            producer_folded: fold(name),
            producer_short: "abcd1234".to_owned(),
            producer_kind: "cooperative".to_owned(),
            village_id: None,
            phone: None,
            product_name: None,
        }
    }

    #[test]
    fn the_official_list_has_one_line_a_producer_without_voided_records() {
        let mut rows = vec![
            row("HTX Vải", "packaging", (2026, 5, 2), 300),
            row("Bếp Mắm", "fair", (2026, 1, 9), 50),
            row("HTX Vải", "packaging", (2026, 3, 1), 100),
            row("HTX Vải", "training", (2026, 4, 1), 0),
            row("Vườn Ổi", "fair", (2026, 1, 9), 70),
        ];
        rows[4].voided_at = Some(Time::from_micros(1));
        let lines = by_producer(&rows);
        assert_eq!(lines.iter().map(|l| l.name.as_str()).collect::<Vec<_>>(), ["Bếp Mắm", "HTX Vải"]);
        assert_eq!(lines[1].times, 3);
        assert_eq!(lines[1].paid, Dong(400));
        assert_eq!(lines[1].got["packaging"][0], Day::new(2026, 3, 1).unwrap());
        let totals = Totals::of(&rows);
        assert_eq!((totals.rows, totals.voided, totals.producers), (5, 1, 2));
        assert_eq!((totals.approved, totals.paid), (Dong(900), Dong(450)));
    }

    #[test]
    fn the_filter_finds_names_typed_without_marks() {
        let today = Day::new(2026, 11, 22).unwrap();
        let filter = SupportFilter::of(&Listing::parse("q=htx+vai&loai=cooperative&nam=2025"), today);
        assert_eq!(filter.year, 2025);
        assert!(filter.takes(&row("HTX Vải Bến Sậy", "fair", (2025, 1, 1), 1)));
        assert!(!filter.takes(&row("Bếp Mắm", "fair", (2025, 1, 1), 1)));
        let odd = SupportFilter::of(&Listing::parse("nam=abc&thon=xyz&loai=zzz"), today);
        assert_eq!((odd.year, odd.village, odd.producer_kind), (2026, None, None));
    }

    #[test]
    fn a_year_before_a_leap_day_is_a_day_of_the_calendar() {
        assert_eq!(a_year_before(Day::new(2024, 2, 29).unwrap()).text(), "01/03/2023");
        assert_eq!(a_year_before(Day::new(2026, 11, 22).unwrap()).text(), "22/11/2025");
    }
}
