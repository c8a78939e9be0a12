//! Money in whole đồng and decimal numbers in whole thousandths, as people in Việt Nam write them.
//!
//! A [`Thousandths`] is a number without a unit. An amount of goods, above zero and with a unit that converts, is a
//! [`Quantity`](crate::traceability::quantity::Quantity).

use serde::{Deserialize, Serialize};

use crate::web::i18n::{Lang, whole};

/// Why an amount could not be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AmountError {
    /// Nothing was written.
    #[error("empty")]
    Empty,
    /// Something that is no digit or separator.
    #[error("not a number")]
    NotANumber,
    /// Below zero, or zero where that makes no sense.
    #[error("not above zero")]
    TooSmall,
    /// Above what is believable.
    #[error("too large")]
    TooLarge,
    /// More than three decimals.
    #[error("more than three decimals")]
    TooFine,
}

/// Whole đồng.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, sqlx::Type)]
#[sqlx(transparent)]
#[serde(transparent)]
pub struct Dong(pub i64);

impl Dong {
    /// The largest sum a form takes: a hundred billion đồng.
    pub const MAX: Self = Self(100_000_000_000);

    /// Reads `45.000`, `45000`, `45,000 đ`, `45 000đ`; also `45k` and `1,5 triệu`/`1.5tr`.
    pub fn parse(text: &str) -> Result<Self, AmountError> {
        let text = crate::fold::nfc(text).to_lowercase();
        let text = text.trim().trim_end_matches("vnđ").trim_end_matches("vnd").trim_end_matches(['đ', '₫', 'd']).trim();
        let text = text.trim_end_matches("đồng").trim();
        if text.is_empty() {
            return Err(AmountError::Empty);
        }
        for (unit, factor) in [("triệu", 1_000_000), ("tr", 1_000_000), ("nghìn", 1000), ("ngàn", 1000), ("k", 1000)]
        {
            if let Some(number) = text.strip_suffix(unit) {
                let Thousandths(thousandths) = Thousandths::parse(number.trim())?;
                let dong = thousandths.checked_mul(factor).ok_or(AmountError::TooLarge)? / 1000;
                return Self::within(dong);
            }
        }
        let mut digits = String::new();
        let mut group = None;
        for c in text.chars() {
            match c {
                '0'..='9' => {
                    digits.push(c);
                    group = group.map(|n: usize| n + 1);
                }
                '.' | ',' | ' ' | '\u{a0}' | '_' if !digits.is_empty() && group.is_none_or(|n| n == 3) => {
                    group = Some(0);
                }
                '-' if digits.is_empty() => return Err(AmountError::TooSmall),
                _ => return Err(AmountError::NotANumber),
            }
        }
        if group.is_some_and(|n| n != 3) {
            return Err(AmountError::NotANumber);
        }
        if digits.len() > 15 {
            return Err(AmountError::TooLarge);
        }
        Self::within(digits.parse().map_err(|_| AmountError::NotANumber)?)
    }

    fn within(dong: i64) -> Result<Self, AmountError> {
        if dong < 0 {
            Err(AmountError::TooSmall)
        } else if dong > Self::MAX.0 {
            Err(AmountError::TooLarge)
        } else {
            Ok(Self(dong))
        }
    }

    /// `1.234.567 đ` (Vietnamese) or `1,234,567 VND` (English).
    pub fn text(self, lang: Lang) -> String {
        match lang {
            Lang::Vi => format!("{} đ", whole(self.0, lang)),
            Lang::En => format!("{} VND", whole(self.0, lang)),
        }
    }

    /// The number alone, parted as the language does.
    pub fn digits_in(self, lang: Lang) -> String {
        whole(self.0, lang)
    }

    /// `1.234.567`, as it stands in a form.
    pub fn digits(self) -> String {
        whole(self.0, Lang::Vi)
    }
}

/// A number with at most three decimals, in whole thousandths: 1.240,5 is 1 240 500. Its unit, if it has one, stands
/// beside it in its own words: support is recorded in bags, days or trees, which no list of units holds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, sqlx::Type)]
#[sqlx(transparent)]
#[serde(transparent)]
pub struct Thousandths(pub i64);

impl Thousandths {
    /// The largest number a form takes: a billion.
    pub const MAX: Self = Self(1_000_000_000_000);

    /// Reads Vietnamese numbers: `.` parts thousands, `,` the decimals; a single `.` that does not part
    /// thousands (`1.5`, `0.250`) is taken as the decimal point that phones type.
    pub fn parse(text: &str) -> Result<Self, AmountError> {
        let text: String = text.chars().filter(|c| !c.is_whitespace() && *c != '\u{a0}').collect();
        if text.is_empty() {
            return Err(AmountError::Empty);
        }
        if text.starts_with('-') {
            return Err(AmountError::TooSmall);
        }
        if !text.bytes().all(|b| b.is_ascii_digit() || b == b'.' || b == b',') {
            return Err(AmountError::NotANumber);
        }
        let (integer, fraction) = if let Some((integer, fraction)) = text.split_once(',') {
            (thousands(integer)?, fraction)
        } else {
            match text.rsplit_once('.') {
                // No thousands come after nothing: `0.250` is a quarter.
                Some((integer, tail))
                    if !integer.contains('.') && (tail.len() != 3 || integer.bytes().all(|b| b == b'0')) =>
                {
                    (integer.to_owned(), tail)
                }
                _ => (thousands(&text)?, ""),
            }
        };
        if !fraction.bytes().all(|b| b.is_ascii_digit()) || (integer.is_empty() && fraction.is_empty()) {
            return Err(AmountError::NotANumber);
        }
        let fraction = fraction.trim_end_matches('0');
        if fraction.len() > 3 {
            return Err(AmountError::TooFine);
        }
        if integer.len() > 10 {
            return Err(AmountError::TooLarge);
        }
        let whole: i64 = if integer.is_empty() { 0 } else { integer.parse().map_err(|_| AmountError::NotANumber)? };
        let thousandths: i64 = format!("{fraction:0<3}").parse().map_err(|_| AmountError::NotANumber)?;
        let value = Self(whole * 1000 + thousandths);
        if value > Self::MAX { Err(AmountError::TooLarge) } else { Ok(value) }
    }

    /// `1.240,5` (Vietnamese) or `1,240.5` (English).
    pub fn text(self, lang: Lang) -> String {
        self.written(&whole((self.0 / 1000).abs(), lang), if lang == Lang::Vi { ',' } else { '.' })
    }

    /// As a JSON number's text: `1240.5`.
    pub fn decimal(self) -> String {
        self.written(&(self.0 / 1000).abs().to_string(), '.')
    }

    /// As a JSON number.
    pub fn to_number(self) -> serde_json::Number {
        // Digits with one dot are always a JSON number; the whole part stands in should that ever fail.
        self.decimal().parse().unwrap_or_else(|_| serde_json::Number::from(self.0 / 1000))
    }

    fn written(self, integer: &str, point: char) -> String {
        let sign = if self.0 < 0 { "-" } else { "" };
        let fraction = format!("{:03}", (self.0 % 1000).abs());
        match fraction.trim_end_matches('0') {
            "" => format!("{sign}{integer}"),
            fraction => format!("{sign}{integer}{point}{fraction}"),
        }
    }
}

/// Digits of `1.240` or `1240`; thousands must be parted rightly.
fn thousands(text: &str) -> Result<String, AmountError> {
    let mut groups = text.split('.');
    let first = groups.next().unwrap_or_default();
    let mut digits = first.to_owned();
    for group in groups {
        if group.len() != 3 || first.is_empty() || first.len() > 3 {
            return Err(AmountError::NotANumber);
        }
        digits.push_str(group);
    }
    if digits.bytes().all(|b| b.is_ascii_digit()) { Ok(digits) } else { Err(AmountError::NotANumber) }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn money_reads_back_as_it_was_written(dong in 0..=Dong::MAX.0) {
            let dong = Dong(dong);
            for text in [dong.digits(), dong.0.to_string(), dong.text(Lang::Vi), dong.text(Lang::En)] {
                prop_assert_eq!(Dong::parse(&text), Ok(dong), "{}", text);
            }
        }

        #[test]
        fn numbers_read_back_as_they_were_written(thousandths in 0..=Thousandths::MAX.0) {
            let number = Thousandths(thousandths);
            prop_assert_eq!(Thousandths::parse(&number.text(Lang::Vi)), Ok(number));
            let decimal: f64 = number.decimal().parse().unwrap();
            prop_assert!((decimal * 1000.0 - thousandths as f64).abs() < 0.5);
        }

        #[test]
        fn whatever_is_typed_gives_an_amount_within_bounds_or_an_error(
            text in prop_oneof!["\\PC{0,24}", "[0-9., -]{0,20}(đ|k|tr|triệu|nghìn| VND)?"]
        ) {
            if let Ok(dong) = Dong::parse(&text) {
                prop_assert!((Dong(0)..=Dong::MAX).contains(&dong), "{:?}", dong);
            }
            if let Ok(number) = Thousandths::parse(&text) {
                prop_assert!((Thousandths(0)..=Thousandths::MAX).contains(&number), "{:?}", number);
            }
        }
    }

    #[test]
    fn money_is_read_as_people_write_it() {
        for (text, dong) in [
            ("45.000", 45_000),
            ("45000", 45_000),
            ("45,000 đ", 45_000),
            ("45 000đ", 45_000),
            ("45k", 45_000),
            ("1,5 triệu", 1_500_000),
            ("1.5tr", 1_500_000),
            ("0.250 triệu", 250_000),
            ("1.234.567 đồng", 1_234_567),
            ("0", 0),
        ] {
            assert_eq!(Dong::parse(text), Ok(Dong(dong)), "{text}");
        }
    }

    #[test]
    fn money_with_letters_or_odd_groups_is_refused() {
        for (text, error) in [
            ("", AmountError::Empty),
            ("bốn mươi", AmountError::NotANumber),
            ("45.00", AmountError::NotANumber),
            ("4a000", AmountError::NotANumber),
            ("-5", AmountError::TooSmall),
            ("999999999999999", AmountError::TooLarge),
            ("99999999999999999999999999", AmountError::TooLarge),
        ] {
            assert_eq!(Dong::parse(text), Err(error), "{text}");
        }
    }

    #[test]
    fn numbers_keep_three_decimals() {
        for (text, thousandths, shown) in [
            ("1.240,5", 1_240_500, "1.240,5"),
            ("1240", 1_240_000, "1.240"),
            ("1.240", 1_240_000, "1.240"),
            ("1.5", 1500, "1,5"),
            ("0,125", 125, "0,125"),
            (",5", 500, "0,5"),
            ("0.250", 250, "0,25"),
            (".125", 125, "0,125"),
        ] {
            assert_eq!(Thousandths::parse(text), Ok(Thousandths(thousandths)), "{text}");
            assert_eq!(Thousandths(thousandths).text(Lang::Vi), shown);
        }
        assert_eq!(Thousandths::parse("0,1234"), Err(AmountError::TooFine));
        assert_eq!(Thousandths::parse("1,2,3"), Err(AmountError::NotANumber));
        assert_eq!(Thousandths::parse("."), Err(AmountError::NotANumber));
        assert_eq!(Thousandths(1_240_500).decimal(), "1240.5");
        assert_eq!(Thousandths(-500).decimal(), "-0.5");
        assert_eq!(Thousandths(-1_240_500).text(Lang::En), "-1,240.5");
    }
}
