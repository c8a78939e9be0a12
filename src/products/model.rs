//! What a product is: its content as reviewed, its price, season and availability.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::amounts::Dong;
use crate::clock::{Day, Time};
use crate::db::{text_column, words};
use crate::ids::{CommuneId, FileId, ProducerId, ProductId};
use crate::producers::model::State;
use crate::web::i18n::Lang;

words! {
    /// Whether it can be had now (UI.md).
    Availability {
        /// Có sẵn.
        InStock = "in_stock": "Có sẵn" / "In stock",
        /// Theo đơn.
        ToOrder = "to_order": "Theo đơn" / "Made to order",
        /// Theo mùa.
        Seasonal = "seasonal": "Theo mùa" / "In season",
        /// Hết.
        SoldOut = "sold_out": "Hết hàng" / "Sold out",
    }
}

/// What it costs, in whole đồng a unit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Price {
    /// "Hỏi giá".
    #[default]
    Ask,
    /// One price.
    Exact(Dong),
    /// From, to.
    Range(Dong, Dong),
}

impl Price {
    /// Lowest price; None if one must ask.
    pub fn min(self) -> Option<Dong> {
        match self {
            Self::Ask => None,
            Self::Exact(price) | Self::Range(price, _) => Some(price),
        }
    }

    /// Highest price; None if one must ask.
    pub fn max(self) -> Option<Dong> {
        match self {
            Self::Ask => None,
            Self::Exact(price) | Self::Range(_, price) => Some(price),
        }
    }

    /// `45.000 đ`, `20.000 – 30.000 đ`, `Hỏi giá`.
    pub fn text(self, lang: Lang) -> String {
        match self {
            Self::Ask => lang.pick("Hỏi giá", "Price on request").to_owned(),
            Self::Exact(price) => price.text(lang),
            Self::Range(from, to) => format!("{} – {}", from.digits_in(lang), to.text(lang)),
        }
    }
}

/// A certificate as a producer enters it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CertificateContent {
    /// Id, kept over edits.
    pub id: Uuid,
    /// Code in `seed/certificate-kinds.json`.
    pub kind: String,
    /// Number on the paper.
    #[serde(default)]
    pub number: String,
    /// Who issued it.
    #[serde(default)]
    pub issuer: String,
    /// What it covers.
    #[serde(default)]
    pub scope: String,
    /// First day.
    #[serde(default)]
    pub issued_on: Option<Day>,
    /// Last day; None: without end.
    #[serde(default)]
    pub expires_on: Option<Day>,
    /// The paper.
    #[serde(default)]
    pub file: Option<FileId>,
}

/// Where it is sold.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct SalesChannel {
    /// Name of the stall, shop or page.
    pub name: String,
    /// Hours, or what to know.
    pub note: String,
    /// Web address, if any.
    pub url: String,
}

/// Everything a producer tells of a product; stored as JSON, reviewed as a whole.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ProductContent {
    /// Name.
    pub name: String,
    /// English name, if given.
    pub name_en: String,
    /// Code in `seed/categories.json`: OCOP group or sub-group.
    pub category: String,
    /// What it is, in a sentence or two.
    pub description: String,
    /// The same in English, if given.
    pub description_en: String,
    /// Its story.
    pub story: String,
    /// The same in English, if given.
    pub story_en: String,
    /// Warnings for the user (allergens, not for children …).
    pub warnings: String,
    /// Last place of processing (Nghị định 37/2026 art. 32).
    pub origin: String,
    /// Unit of the price: code in `seed/units.json`.
    pub unit: String,
    /// Price a unit.
    pub price: Price,
    /// Net quantity of a piece, as printed: "túi 500 g".
    pub net_quantity: String,
    /// Months in which it can be had, 1–12; empty: all year.
    pub season: Vec<u8>,
    /// Months in which it is at its best.
    pub season_peak: Vec<u8>,
    /// Whether it can be had now; None while a draft lacks it.
    pub availability: Option<Availability>,
    /// Days it keeps after it was made.
    pub shelf_life_days: Option<i32>,
    /// How to keep it.
    pub storage: String,
    /// Standards applied, as text.
    pub standards: String,
    /// GTIN, if the producer has a GS1 prefix: 8, 12, 13 or 14 digits.
    pub gtin: String,
    /// Certificates.
    pub certificates: Vec<CertificateContent>,
    /// Where it is sold.
    pub channels: Vec<SalesChannel>,
    /// Photos, the main one first.
    pub photos: Vec<FileId>,
}

impl ProductContent {
    /// The season as bits: bit 0 = January. All year if no month is named.
    pub fn season_bits(&self) -> i32 {
        if self.season.is_empty() {
            return 0xfff;
        }
        self.season.iter().filter(|m| (1..=12).contains(*m)).fold(0, |bits, month| bits | 1 << (month - 1))
    }
}

text_column!(ProductContent, |content| serde_json::to_string(content).unwrap_or_default(), |text: &str| {
    serde_json::from_str::<ProductContent>(text)
});

/// A product's row: the live version.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Product {
    /// Commune.
    pub commune_id: CommuneId,
    /// Id.
    pub id: ProductId,
    /// Whose it is.
    pub producer_id: ProducerId,
    /// Suffix of its public address.
    pub short: String,
    /// Where it stands.
    pub state: State,
    /// Name.
    pub name: String,
    /// Category code; "" while a draft lacks it.
    pub category: String,
    /// The live content.
    pub content: ProductContent,
    /// Counts up with each change.
    pub version: i64,
    /// When it was begun.
    pub created_at: Time,
    /// When it last changed.
    pub updated_at: Time,
    /// When it was first approved.
    pub approved_at: Option<Time>,
}

impl Product {
    /// Its public path, `/san-pham/{slug}-{short}`.
    pub fn path(&self) -> String {
        path(&self.name, &self.short)
    }
}

/// A product's public path.
pub fn path(name: &str, short: &str) -> String {
    let slug = crate::fold::slug(name);
    if slug.is_empty() { format!("/san-pham/{short}") } else { format!("/san-pham/{slug}-{short}") }
}

/// The last day on which OCOP stars of a decision of this day stand, where its paper names no other: 36 months
/// (Quyết định 148/QĐ-TTg). The first day of a term does not count and the term ends with the day of the same number,
/// or with the last day of a month that has none (Bộ luật Dân sự 2015, articles 147 and 148): a decision of
/// 14/06/2026 stands until 14/06/2029 is over.
pub fn ocop_term_ends(decided_on: Day) -> Day {
    let year = decided_on.year() + OCOP_TERM_YEARS;
    let same = |less| Day::new(year, decided_on.month(), decided_on.day_of_month().saturating_sub(less)).ok();
    (0..=1).find_map(same).unwrap_or(decided_on)
}

/// 36 months.
const OCOP_TERM_YEARS: i32 = 3;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ocop_stars_stand_until_the_same_day_36_months_later_is_over() {
        for (from, to) in [
            ((2026, 6, 14), "14/06/2029"),
            ((2024, 2, 29), "28/02/2027"),
            ((2025, 2, 28), "28/02/2028"),
            ((2026, 1, 1), "01/01/2029"),
            ((2026, 12, 31), "31/12/2029"),
        ] {
            assert_eq!(ocop_term_ends(Day::new(from.0, from.1, from.2).unwrap()).text(), to);
        }
    }
}
