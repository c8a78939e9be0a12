//! Amounts of goods: whole thousandths with a unit of UN/CEFACT recommendation 20, as people here write them.
//!
//! Vietnamese numbers have `.` between thousands and `,` before decimals: `1.240,5`. What could be read two ways is
//! refused, never guessed: an amount that enters an event cannot be taken back. A plain number without a unit, read
//! more kindly, is a [`Thousandths`].

use serde_json::Number;

use crate::amounts::Thousandths;

/// A unit of measure. Codes by UN/CEFACT recommendation 20.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
pub enum Uom {
    /// Kilogram.
    #[serde(rename = "KGM")]
    Kilogram,
    /// Gram.
    #[serde(rename = "GRM")]
    Gram,
    /// Decitonne, 100 kg: the Vietnamese *tạ*.
    #[serde(rename = "DTN")]
    Decitonne,
    /// Tonne.
    #[serde(rename = "TNE")]
    Tonne,
    /// Litre.
    #[serde(rename = "LTR")]
    Litre,
    /// Millilitre.
    #[serde(rename = "MLT")]
    Millilitre,
    /// Metre.
    #[serde(rename = "MTR")]
    Metre,
    /// Pieces. EPCIS 2.0 (section 7.3.3.1) writes a count without unit.
    #[serde(rename = "EA")]
    Piece,
}

/// What a unit measures; only units of one kind convert into each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Measure {
    /// In grams.
    Mass,
    /// In millilitres.
    Volume,
    /// In metres.
    Length,
    /// In pieces.
    Count,
}

impl Uom {
    /// All units, the commonest first.
    pub const ALL: [Self; 8] = [
        Self::Kilogram,
        Self::Gram,
        Self::Decitonne,
        Self::Tonne,
        Self::Litre,
        Self::Millilitre,
        Self::Metre,
        Self::Piece,
    ];

    /// The unit of a code; `EA` and the empty code are pieces.
    pub fn from_code(code: &str) -> Option<Self> {
        if code.is_empty() {
            return Some(Self::Piece);
        }
        Self::ALL.into_iter().find(|uom| uom.code() == code)
    }

    /// The code, for forms and columns.
    pub fn code(self) -> &'static str {
        match self {
            Self::Kilogram => "KGM",
            Self::Gram => "GRM",
            Self::Decitonne => "DTN",
            Self::Tonne => "TNE",
            Self::Litre => "LTR",
            Self::Millilitre => "MLT",
            Self::Metre => "MTR",
            Self::Piece => "EA",
        }
    }

    /// The code inside an event; pieces have none.
    pub fn epcis_code(self) -> Option<&'static str> {
        (self != Self::Piece).then(|| self.code())
    }

    /// What it measures, and how many of the smallest unit of that kind it holds.
    pub fn measure(self) -> (Measure, i64) {
        match self {
            Self::Gram => (Measure::Mass, 1),
            Self::Kilogram => (Measure::Mass, 1_000),
            Self::Decitonne => (Measure::Mass, 100_000),
            Self::Tonne => (Measure::Mass, 1_000_000),
            Self::Millilitre => (Measure::Volume, 1),
            Self::Litre => (Measure::Volume, 1_000),
            Self::Metre => (Measure::Length, 1),
            Self::Piece => (Measure::Count, 1),
        }
    }
}

/// An amount of goods: a number above zero, in thousandths, with its unit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Quantity {
    thousandths: i64,
    uom: Uom,
}

/// Why a typed amount was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum QuantityError {
    /// Nothing was typed.
    #[error("no amount was given")]
    Empty,
    /// Something else than digits, `.` and `,`.
    #[error("not a number: write 1.240,5 for one thousand two hundred forty and a half")]
    NotANumber,
    /// A dot that does not stand between thousands: `12.5`.
    #[error("a dot separates thousands (1.240); write decimals with a comma (12,5)")]
    AmbiguousDot,
    /// More than three decimals.
    #[error("at most three decimals")]
    TooFine,
    /// Zero, or less.
    #[error("the amount must be more than zero")]
    NotPositive,
    /// More than the record can hold.
    #[error("the amount is too large")]
    TooLarge,
    /// Half a piece.
    #[error("pieces are counted in whole numbers")]
    BrokenPiece,
    /// A code that no unit has.
    #[error("unknown unit")]
    UnknownUnit,
}

/// The largest amount in thousandths: a million million units, so that sums and conversions stay within `i128`.
const MAX_THOUSANDTHS: i64 = 1_000_000_000_000_000;

impl Quantity {
    /// An amount in thousandths of `uom`.
    pub fn new(thousandths: i64, uom: Uom) -> Result<Self, QuantityError> {
        if thousandths <= 0 {
            return Err(QuantityError::NotPositive);
        }
        if thousandths > MAX_THOUSANDTHS {
            return Err(QuantityError::TooLarge);
        }
        if uom == Uom::Piece && thousandths % 1000 != 0 {
            return Err(QuantityError::BrokenPiece);
        }
        Ok(Self { thousandths, uom })
    }

    /// Reads a Vietnamese number such as `1.240,5`.
    pub fn parse_vi(text: &str, uom: Uom) -> Result<Self, QuantityError> {
        Self::new(thousandths_vi(text)?, uom)
    }

    /// Reads the number and unit of an event (plain decimal, `1240.5`).
    pub fn from_event(number: &Number, uom: Option<&str>) -> Result<Self, QuantityError> {
        let uom = Uom::from_code(uom.unwrap_or_default()).ok_or(QuantityError::UnknownUnit)?;
        let plain = super::hash::canonical_number(&number.to_string()).ok_or(QuantityError::NotANumber)?;
        if plain.starts_with('-') {
            return Err(QuantityError::NotPositive);
        }
        let (whole, decimals) = plain.split_once('.').unwrap_or((&plain, ""));
        Self::new(thousandths_of(whole, decimals)?, uom)
    }

    /// The amount in thousandths of the unit.
    pub fn thousandths(self) -> i64 {
        self.thousandths
    }

    /// The unit.
    pub fn uom(self) -> Uom {
        self.uom
    }

    /// The amount in thousandths of the smallest unit of its kind (gram, millilitre, metre, piece).
    pub fn in_smallest(self) -> (Measure, i128) {
        let (measure, factor) = self.uom.measure();
        (measure, i128::from(self.thousandths) * i128::from(factor))
    }

    /// The number without its unit.
    pub fn number(self) -> Thousandths {
        Thousandths(self.thousandths)
    }
}

/// Reads a Vietnamese number as thousandths; blanks are allowed between thousands too.
pub fn thousandths_vi(text: &str) -> Result<i64, QuantityError> {
    let text: String = text.trim().chars().filter(|c| !c.is_whitespace()).collect();
    if text.is_empty() {
        return Err(QuantityError::Empty);
    }
    let (negative, unsigned) = text.strip_prefix('-').map_or((false, text.as_str()), |rest| (true, rest));
    let (whole, decimals) = unsigned.split_once(',').unwrap_or((unsigned, ""));
    let digits = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
    if !whole.split('.').all(digits) || (unsigned.contains(',') && !digits(decimals)) {
        return Err(QuantityError::NotANumber);
    }
    let mut groups = whole.split('.');
    let first = groups.next().unwrap_or_default();
    let grouped = whole.contains('.');
    if grouped && (first.len() > 3 || first.starts_with('0') || groups.any(|group| group.len() != 3)) {
        return Err(QuantityError::AmbiguousDot);
    }
    let thousandths = thousandths_of(&whole.replace('.', ""), decimals)?;
    Ok(if negative { -thousandths } else { thousandths })
}

fn thousandths_of(whole: &str, decimals: &str) -> Result<i64, QuantityError> {
    let decimals = decimals.trim_end_matches('0');
    if decimals.len() > 3 {
        return Err(QuantityError::TooFine);
    }
    let whole = whole.trim_start_matches('0');
    if whole.len() > 15 {
        return Err(QuantityError::TooLarge);
    }
    format!("{whole}{decimals:0<3}").parse().map_err(|_| QuantityError::NotANumber)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::web::Lang;

    #[test]
    fn numbers_are_read_as_written_here() {
        for (text, thousandths) in [
            ("1.240,5", 1_240_500),
            ("1240,5", 1_240_500),
            ("1.240", 1_240_000),
            ("0,25", 250),
            (" 12 500 ", 12_500_000),
            ("-3", -3000),
        ] {
            assert_eq!(thousandths_vi(text), Ok(thousandths), "{text}");
        }
    }

    #[test]
    fn what_can_be_read_two_ways_is_refused() {
        for (text, error) in [
            ("12.5", QuantityError::AmbiguousDot),
            ("0.250", QuantityError::AmbiguousDot),
            ("1.24,5", QuantityError::AmbiguousDot),
            ("1234.567", QuantityError::AmbiguousDot),
            ("1,2,3", QuantityError::NotANumber),
            ("1..240", QuantityError::NotANumber),
            ("12kg", QuantityError::NotANumber),
            ("5,", QuantityError::NotANumber),
            ("", QuantityError::Empty),
            ("0,0005", QuantityError::TooFine),
            ("99999999999999999999", QuantityError::TooLarge),
        ] {
            assert_eq!(thousandths_vi(text), Err(error), "{text}");
        }
        assert_eq!(Quantity::parse_vi("1,5", Uom::Piece), Err(QuantityError::BrokenPiece));
        assert_eq!(Quantity::parse_vi("0", Uom::Kilogram), Err(QuantityError::NotPositive));
    }

    proptest! {
        #[test]
        fn an_amount_is_read_back_from_people_and_from_events(thousandths in 1_i64..=MAX_THOUSANDTHS, unit in 0_usize..7) {
            let quantity = Quantity::new(thousandths, Uom::ALL[unit]).unwrap();
            prop_assert_eq!(Quantity::parse_vi(&quantity.number().text(Lang::Vi), quantity.uom()), Ok(quantity));
            prop_assert_eq!(Quantity::from_event(&quantity.number().to_number(), quantity.uom().epcis_code()), Ok(quantity));
        }

        #[test]
        fn no_text_makes_it_panic(text in "[-0-9., ]{0,30}|\\PC*") {
            let _ = thousandths_vi(&text);
        }
    }
}
