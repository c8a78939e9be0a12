//! GTIN: the number in a product's barcode, checked as GS1 does.

use crate::web::i18n::Lang;

/// A Global Trade Item Number of 8, 12, 13 or 14 digits whose check digit is right and which its owner may use
/// worldwide (GS1 General Specifications, sections 3.3 and 7.9; DOMAIN.md §5).
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Gtin(String);

/// Why a GTIN could not be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum GtinError {
    /// A character that is no digit.
    #[error("{0:?} is no digit")]
    Strange(char),
    /// So many digits, but not 8, 12, 13 or 14.
    #[error("{0} digits")]
    Length(usize),
    /// The last digit does not fit the others.
    #[error("the check digit should be {expected}")]
    CheckDigit {
        /// What it would be if the others are right.
        expected: u8,
    },
    /// A number for use inside one shop or region, or all zeros: it names nothing outside.
    #[error("a number for internal use")]
    Restricted,
}

impl GtinError {
    /// What is wrong, for the person at the form.
    pub fn say(self, lang: Lang) -> String {
        match (lang, self) {
            (Lang::Vi, Self::Strange(c)) => format!("Mã vạch chỉ có chữ số, bạn ghi “{c}”."),
            (Lang::En, Self::Strange(c)) => format!("A barcode number has digits only; you wrote “{c}”."),
            (Lang::Vi, Self::Length(n)) => format!("Bạn ghi {n} chữ số. Mã vạch có 8, 12, 13 hoặc 14 chữ số."),
            (Lang::En, Self::Length(n)) => format!("You wrote {n} digits. A barcode number has 8, 12, 13 or 14."),
            (Lang::Vi, Self::CheckDigit { .. }) => {
                "Số mã vạch chưa khớp, có thể gõ nhầm một số. Xem lại từng số dưới vạch.".to_owned()
            }
            (Lang::En, Self::CheckDigit { .. }) => {
                "The number does not add up; one digit may be mistyped. Check it against the barcode.".to_owned()
            }
            (Lang::Vi, Self::Restricted) => {
                "Đây là mã dùng nội bộ của một cửa hàng, không phải mã GS1 của bạn. Hãy để trống.".to_owned()
            }
            (Lang::En, Self::Restricted) => {
                "This is a shop's internal number, not a GS1 number of yours. Leave it empty.".to_owned()
            }
        }
    }
}

impl Gtin {
    /// Reads a GTIN; spaces, dashes and dots between digits are fine.
    pub fn parse(text: &str) -> Result<Self, GtinError> {
        let mut digits = String::with_capacity(14);
        for c in text.chars() {
            match c {
                '0'..='9' => digits.push(c),
                ' ' | '-' | '.' | '\u{a0}' => {}
                _ => return Err(GtinError::Strange(c)),
            }
        }
        if !matches!(digits.len(), 8 | 12 | 13 | 14) {
            return Err(GtinError::Length(digits.len()));
        }
        let (body, last) = digits.split_at(digits.len() - 1);
        let expected = check_digit(body);
        if last.as_bytes().first() != Some(&(b'0' + expected)) {
            return Err(GtinError::CheckDigit { expected });
        }
        let gtin = Self(digits);
        if gtin.is_restricted() { Err(GtinError::Restricted) } else { Ok(gtin) }
    }

    /// Restricted circulation numbers: GS1 prefixes 02, 04 and 2 (GS1 General Specifications, figure 1.4.2-1);
    /// for GTIN-8 the prefixes 0 and 2.
    fn is_restricted(&self) -> bool {
        if self.0.len() == 8 {
            return self.0.starts_with(['0', '2']);
        }
        let fourteen = self.padded();
        let prefix = &fourteen[1..];
        prefix.starts_with("02") || prefix.starts_with("04") || prefix.starts_with('2') || prefix.starts_with("0000000")
    }

    /// The digits as entered.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Padded to 14 digits, as a GS1 Digital Link writes it under `/01/`.
    pub fn padded(&self) -> String {
        format!("{:0>14}", self.0)
    }
}

/// GS1 mod-10: weights 3 and 1 in turn from the right.
fn check_digit(body: &str) -> u8 {
    let sum: u32 =
        body.bytes().rev().zip([3u32, 1].into_iter().cycle()).map(|(b, weight)| u32::from(b - b'0') * weight).sum();
    ((10 - sum % 10) % 10) as u8
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn known_numbers_are_read() {
        for text in
            ["8934563138165", "4006381333931", "893 456 313 816 5", "036000291452", "96385074", "00036000291452"]
        {
            assert!(Gtin::parse(text).is_ok(), "{text}");
        }
        assert_eq!(Gtin::parse("036000291452").unwrap().padded(), "00036000291452");
    }

    #[test]
    fn what_is_wrong_is_told() {
        assert_eq!(Gtin::parse("893456313816"), Err(GtinError::CheckDigit { expected: check_digit("89345631381") }));
        assert_eq!(Gtin::parse("89345631381"), Err(GtinError::Length(11)));
        assert_eq!(Gtin::parse("89345631381O5"), Err(GtinError::Strange('O')));
        assert_eq!(Gtin::parse("0000000000000"), Err(GtinError::Restricted));
        assert_eq!(Gtin::parse("2000000000008"), Err(GtinError::Restricted));
        assert_eq!(Gtin::parse("0400000000008"), Err(GtinError::Restricted));
    }

    /// A number of this many digits that adds up and may be used outside.
    fn valid() -> impl Strategy<Value = String> {
        prop_oneof![Just(8usize), Just(12), Just(13), Just(14)]
            .prop_flat_map(|length| proptest::collection::vec(0u8..10, length - 1))
            .prop_map(|digits| {
                let body: String = digits.iter().map(|d| char::from(b'0' + d)).collect();
                let check = check_digit(&body);
                format!("{body}{check}")
            })
            .prop_filter("for use outside", |text| Gtin::parse(text) != Err(GtinError::Restricted))
    }

    proptest! {
        #[test]
        fn every_number_that_adds_up_is_read_and_padded_alike(text in valid()) {
            let gtin = Gtin::parse(&text).unwrap();
            prop_assert_eq!(gtin.as_str(), &text);
            prop_assert_eq!(gtin.padded().len(), 14);
            prop_assert!(gtin.padded().ends_with(&text));
        }

        #[test]
        fn every_single_wrong_digit_is_caught(text in valid(), at in 0usize..14, by in 1u8..10) {
            let mut digits = text.into_bytes();
            let at = at % digits.len();
            digits[at] = b'0' + (digits[at] - b'0' + by) % 10;
            let text = String::from_utf8(digits).unwrap();
            let told = matches!(Gtin::parse(&text), Err(GtinError::CheckDigit { .. }));
            prop_assert!(told);
        }

        #[test]
        fn no_text_makes_it_panic(text in "\\PC{0,30}") {
            let _ = Gtin::parse(&text);
        }
    }
}
