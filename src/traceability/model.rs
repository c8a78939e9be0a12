//! Places and lots as they are stored, and the identifiers people type for them.

use std::fmt;
use std::str::FromStr;

use rand::RngExt;

use super::quantity::{Quantity, Uom};
use super::template::{Family, StepTemplates};
use crate::amounts::Thousandths;
use crate::clock::{Day, Time};
use crate::db::{text_column, words};
use crate::ids::{CommuneId, LotId, PlaceId, ProducerId, ProductId, UserId, VillageId};
use crate::web::i18n::Lang;

words! {
    /// Kinds of place (DESIGN.md, "Places and parties").
    PlaceKind {
        /// Thửa, vườn, ao.
        Plot = "plot": "Thửa, vườn, ao" / "Plot, orchard, pond",
        /// Xưởng, nơi chế biến.
        Workshop = "workshop": "Xưởng, nơi chế biến" / "Workshop",
        /// Kho, điểm bán.
        Store = "store": "Kho, điểm bán" / "Store, shop",
    }
}

words! {
    /// Where a lot stands.
    LotState {
        /// Steps may be recorded.
        Open = "open": "Đang ghi" / "Open",
        /// All of it has left; nothing more will happen.
        Closed = "closed": "Đã xong" / "Closed",
        /// Taken back, with a reason.
        Recalled = "recalled": "Thu hồi" / "Recalled",
        /// The work that made it was taken back: there is no such lot.
        SetAside = "set_aside": "Đã bỏ" / "Set aside",
    }
}

/// Crockford's base32 (crockford.com/base32.html).
const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/// A lot's code, `K7Q2-M9`: six random base32 characters with no meaning inside (TCVN 13274:2020), unique in the
/// commune.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LotCode(String);

/// A text that is no lot code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a lot code has six letters and digits, such as K7Q2-M9")]
pub struct LotCodeError;

impl LotCode {
    /// A new code; the unique index tells whether it is free.
    pub fn random() -> Self {
        let mut random = rand::rng();
        let characters: String = (0..6).map(|_| char::from(ALPHABET[random.random_range(0..32)])).collect();
        Self(grouped(&characters))
    }

    /// Reads what people type: any case, with or without dash, O as 0, I and L as 1.
    pub fn parse(text: &str) -> Result<Self, LotCodeError> {
        let mut characters = String::new();
        for c in text.trim().chars().filter(|c| !matches!(c, '-' | ' ' | '\u{2010}'..='\u{2015}')) {
            let c = match c.to_ascii_uppercase() {
                'O' => '0',
                'I' | 'L' => '1',
                other => other,
            };
            if !c.is_ascii() || !ALPHABET.contains(&(c as u8)) {
                return Err(LotCodeError);
            }
            characters.push(c);
        }
        if characters.len() == 6 { Ok(Self(grouped(&characters))) } else { Err(LotCodeError) }
    }

    /// The code with its dash.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

fn grouped(characters: &str) -> String {
    format!("{}-{}", &characters[..4], &characters[4..])
}

impl fmt::Display for LotCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for LotCode {
    type Err = LotCodeError;

    fn from_str(text: &str) -> Result<Self, LotCodeError> {
        Self::parse(text)
    }
}

text_column!(LotCode, |code| code.0.clone(), |text: &str| LotCode::parse(text));
text_column!(Uom, |uom| uom.code().to_owned(), |text: &str| Uom::from_code(text).ok_or("an unknown unit"));

/// A growing-area code (mã số vùng trồng): opaque, `^[A-Z0-9][A-Z0-9.-]{3,39}$` (DOMAIN.md §4). Lower case is
/// raised; None if it is none.
pub fn growing_area_code(text: &str) -> Option<String> {
    let code = text.trim().to_ascii_uppercase();
    let allowed = |b: u8| b.is_ascii_uppercase() || b.is_ascii_digit() || matches!(b, b'.' | b'-');
    let first = code.bytes().next().is_some_and(|b| b.is_ascii_uppercase() || b.is_ascii_digit());
    (first && (4..=40).contains(&code.len()) && code.bytes().all(allowed)).then_some(code)
}

/// Why a GLN was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum GlnError {
    /// Not thirteen digits.
    #[error("a GLN has 13 digits")]
    Length,
    /// The last digit does not agree (GS1 mod-10).
    #[error("the check digit does not agree")]
    CheckDigit,
}

/// Reads a global location number: 13 digits, spaces allowed, GS1 mod-10 (GS1 General Specifications §7.9).
pub fn gln(text: &str) -> Result<String, GlnError> {
    let digits: String = text.chars().filter(|c| !c.is_whitespace()).collect();
    if digits.len() != 13 || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return Err(GlnError::Length);
    }
    let weighted = digits.bytes().enumerate().map(|(i, b)| u32::from(b - b'0') * if i % 2 == 0 { 1 } else { 3 });
    if weighted.sum::<u32>() % 10 == 0 { Ok(digits) } else { Err(GlnError::CheckDigit) }
}

/// A plot, workshop or store.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Place {
    /// Commune.
    pub commune_id: CommuneId,
    /// Id.
    pub id: PlaceId,
    /// Whose it is.
    pub producer_id: ProducerId,
    /// What kind.
    pub kind: PlaceKind,
    /// What its owner calls it: "Vườn số 3".
    pub name: String,
    /// Village.
    pub village_id: Option<VillageId>,
    /// Global location number, if it has one.
    pub gln: Option<String>,
    /// Where exactly it is; told to others only with the producer's consent.
    pub address: String,
    /// No longer offered for new steps.
    pub hidden: bool,
    /// Counts up with each change.
    pub version: i64,
    /// When it was added.
    pub created_at: Time,
}

/// A lot: a quantity made or harvested under the same conditions.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Lot {
    /// Commune.
    pub commune_id: CommuneId,
    /// Id.
    pub id: LotId,
    /// Whose it is.
    pub producer_id: ProducerId,
    /// Of what.
    pub product_id: ProductId,
    /// Where it was made or harvested.
    pub place_id: Option<PlaceId>,
    /// Code.
    pub code: LotCode,
    /// Where it stands.
    pub state: LotState,
    /// Day it was made or harvested.
    pub made_on: Day,
    /// Last good day, if there is one.
    pub best_before: Option<Day>,
    /// Thousandths of [`Lot::uom`].
    pub quantity: i64,
    /// Unit.
    pub uom: Uom,
    /// Why it was recalled.
    pub recall_reason: Option<String>,
    /// When.
    pub recalled_at: Option<Time>,
    /// By whom.
    pub recalled_by: Option<UserId>,
    /// Counts up with each change.
    pub version: i64,
    /// By whom it was entered.
    pub created_by: Option<UserId>,
    /// When it was entered.
    pub created_at: Time,
}

impl Lot {
    /// How much of it there was at first.
    pub fn quantity_text(&self, lang: Lang) -> String {
        amount_text(self.quantity, self.uom, lang)
    }

    /// The amount, unless the row holds none that makes sense.
    pub fn amount(&self) -> Option<Quantity> {
        Quantity::new(self.quantity, self.uom).ok()
    }

    /// True while steps may be recorded.
    pub fn is_open(&self) -> bool {
        self.state == LotState::Open
    }

    /// True when all of it has left.
    pub fn is_closed(&self) -> bool {
        self.state == LotState::Closed
    }

    /// True while it is taken back.
    pub fn is_recalled(&self) -> bool {
        self.state == LotState::Recalled
    }

    /// True if the work that made it was taken back.
    pub fn is_set_aside(&self) -> bool {
        self.state == LotState::SetAside
    }

    /// True if its last good day is over.
    pub fn is_expired_on(&self, today: Day) -> bool {
        self.best_before.is_some_and(|last| last < today)
    }
}

impl Uom {
    /// What people call it.
    pub fn name(self, lang: Lang) -> &'static str {
        match self {
            Self::Kilogram => "kg",
            Self::Gram => "g",
            Self::Decitonne => lang.pick("tạ", "quintal (100 kg)"),
            Self::Tonne => lang.pick("tấn", "tonne"),
            Self::Litre => lang.pick("lít", "litre"),
            Self::Millilitre => "ml",
            Self::Metre => "m",
            Self::Piece => lang.pick("cái", "pieces"),
        }
    }
}

/// `1.240,5 kg` (Vietnamese), `1,240.5 kg` (English).
pub fn amount_text(thousandths: i64, uom: Uom, lang: Lang) -> String {
    format!("{} {}", Thousandths(thousandths).text(lang), uom.name(lang))
}

/// The step templates, read once.
pub fn templates() -> &'static StepTemplates {
    static TEMPLATES: std::sync::LazyLock<StepTemplates> = std::sync::LazyLock::new(|| {
        StepTemplates::built_in().expect("the templates are part of the program and a test reads them")
    });
    &TEMPLATES
}

/// The step family of a product category; None for a code that is not listed.
pub fn family_of(category: &str) -> Option<Family> {
    crate::products::catalogue::category(category)?.family()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn every_category_has_a_family() {
        for category in crate::products::catalogue::categories() {
            assert!(family_of(&category.code).is_some(), "{}", category.code);
        }
        assert_eq!(family_of("nothing"), None);
    }

    #[test]
    fn a_lot_code_is_read_as_people_write_it() {
        for text in ["K7Q2-M9", "k7q2m9", " K7Q2 M9 ", "k7q2\u{2013}m9"] {
            assert_eq!(LotCode::parse(text).map(|code| code.0), Ok("K7Q2-M9".to_owned()), "{text}");
        }
        assert_eq!(LotCode::parse("oil2-34").map(|code| code.0), Ok("0112-34".to_owned()));
        for text in ["", "K7Q2-M", "K7Q2-M99", "K7Q2-U9", "Ả7Q2-M9", "<scri>"] {
            assert_eq!(LotCode::parse(text), Err(LotCodeError), "{text}");
        }
    }

    #[test]
    fn growing_area_codes_keep_their_form() {
        assert_eq!(growing_area_code("vn-hdor.0012"), Some("VN-HDOR.0012".to_owned()));
        for text in ["", "VN1", "-VN01", "VN 0001", "VN_0001", &"A".repeat(41)] {
            assert_eq!(growing_area_code(text), None, "{text}");
        }
    }

    #[test]
    fn a_gln_with_a_slip_is_refused() {
        assert_eq!(gln("8936012340008"), gln("893 601234 0008"));
        assert_eq!(gln("9506000134352"), Ok("9506000134352".to_owned()));
        assert_eq!(gln("9506000134353"), Err(GlnError::CheckDigit));
        assert_eq!(gln("950600013435"), Err(GlnError::Length));
        assert_eq!(gln("95060001343５2"), Err(GlnError::Length));
    }

    proptest! {
        #[test]
        fn a_made_code_is_read_back(_seed in 0..50_u8) {
            let code = LotCode::random();
            prop_assert_eq!(LotCode::parse(code.as_str()), Ok(code));
        }

        #[test]
        fn no_text_makes_it_panic(text in "\\PC*") {
            let _ = LotCode::parse(&text);
            let _ = growing_area_code(&text);
            let _ = gln(&text);
        }
    }
}
