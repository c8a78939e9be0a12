//! Tax codes (mã số thuế) and the personal numbers that stand in for them.
//!
//! Thông tư 86/2024/TT-BTC: an organisation has 10 digits, the last a check digit, and a branch three more; a person
//! may be taxed under the 12 digits of the identity card (no check digit). DOMAIN.md §5 has the arithmetic.

use crate::web::i18n::Lang;

/// Weights of the first nine digits.
const WEIGHTS: [u32; 9] = [31, 29, 23, 19, 17, 13, 7, 5, 3];

/// A tax code that can exist: `0100233488`, `0100233488-001`, or a personal number of 12 digits.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct TaxCode(String);

/// Why a tax code could not be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TaxCodeError {
    /// Nothing was written.
    #[error("empty")]
    Empty,
    /// A letter or sign that is no part of one.
    #[error("strange character {0:?}")]
    Strange(char),
    /// So many digits; there are 10, 12 or 13.
    #[error("{0} digits")]
    Length(usize),
    /// The tenth digit does not follow from the first nine.
    #[error("the check digit is wrong")]
    CheckDigit,
    /// Branches count from 001.
    #[error("branch 000")]
    Branch,
}

impl TaxCodeError {
    /// What to tell the person.
    pub fn say(self, lang: Lang) -> String {
        match (self, lang) {
            (Self::Empty, Lang::Vi) => "Ghi mã số thuế.".to_owned(),
            (Self::Empty, Lang::En) => "Write the tax code.".to_owned(),
            (Self::Strange(c), Lang::Vi) => format!("Mã số thuế có ký tự lạ: {c}. Chỉ ghi chữ số."),
            (Self::Strange(c), Lang::En) => format!("The tax code has a strange character: {c}. Digits only."),
            (Self::Length(n), Lang::Vi) => {
                format!("Bạn đã ghi {n} chữ số. Mã số thuế có 10 hoặc 13 chữ số, số định danh có 12.")
            }
            (Self::Length(n), Lang::En) => {
                format!("{n} digits. A tax code has 10 or 13, a personal number 12.")
            }
            (Self::CheckDigit, Lang::Vi) => {
                "Mã số thuế này chưa đúng: có chữ số bị gõ nhầm. So lại từng số với giấy đăng ký.".to_owned()
            }
            (Self::CheckDigit, Lang::En) => {
                "This tax code is not right: a digit is mistyped. Compare it with the registration paper.".to_owned()
            }
            (Self::Branch, Lang::Vi) => "Ba số cuối (chi nhánh) đếm từ 001.".to_owned(),
            (Self::Branch, Lang::En) => "The last three digits (the branch) count from 001.".to_owned(),
        }
    }
}

impl TaxCode {
    /// Reads a code in any spacing, with or without a dash before the branch.
    pub fn parse(text: &str) -> Result<Self, TaxCodeError> {
        let mut digits = String::new();
        for c in text.trim().chars() {
            match c {
                '0'..='9' => digits.push(c),
                ' ' | '.' | '-' | '/' | '\u{a0}' | '\u{2010}'..='\u{2015}' => {}
                other => return Err(TaxCodeError::Strange(other)),
            }
        }
        match digits.len() {
            0 => Err(TaxCodeError::Empty),
            12 => Ok(Self(digits)),
            10 | 13 => {
                if check_digit(&digits) != digits.as_bytes().get(9).map(|d| u32::from(d - b'0')) {
                    return Err(TaxCodeError::CheckDigit);
                }
                if digits.len() == 13 {
                    if digits.ends_with("000") {
                        return Err(TaxCodeError::Branch);
                    }
                    digits.insert(10, '-');
                }
                Ok(Self(digits))
            }
            length => Err(TaxCodeError::Length(length)),
        }
    }

    /// As stored: digits, with a dash before a branch.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// True for a personal number: it is personal data, and no page shows it whole (DOMAIN.md §5).
    pub fn is_personal(&self) -> bool {
        self.0.len() == 12
    }

    /// For pages: a tax code as it is, a personal number with all but its last three digits hidden.
    pub fn shown(&self) -> String {
        if self.is_personal() { format!("••• ••• ••• {}", &self.0[9..]) } else { self.0.clone() }
    }
}

/// What a page may show of a stored code: [`TaxCode::shown`], and nothing of a text that is none.
pub fn shown(stored: &str) -> String {
    TaxCode::parse(stored).map(|code| code.shown()).unwrap_or_default()
}

/// The digit that follows from the first nine; None if there can be no code with these.
fn check_digit(digits: &str) -> Option<u32> {
    let sum: u32 = digits.bytes().zip(WEIGHTS).map(|(digit, weight)| u32::from(digit - b'0') * weight).sum();
    match sum % 11 {
        0 => None,
        rest => Some(10 - rest),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn known_codes_are_read_in_any_spacing() {
        for text in ["0100047516", "0100 233 488", "0100233488-001", "0100233488001", "0100.233.488 – 001"] {
            assert!(TaxCode::parse(text).is_ok(), "{text}");
        }
        assert_eq!(TaxCode::parse("0100233488001").map(|c| c.0), Ok("0100233488-001".to_owned()));
    }

    #[test]
    fn what_is_wrong_is_told() {
        assert_eq!(TaxCode::parse(""), Err(TaxCodeError::Empty));
        assert_eq!(TaxCode::parse("010004751"), Err(TaxCodeError::Length(9)));
        assert_eq!(TaxCode::parse("01000475161"), Err(TaxCodeError::Length(11)));
        assert_eq!(TaxCode::parse("0100047517"), Err(TaxCodeError::CheckDigit));
        assert_eq!(TaxCode::parse("0100233488-000"), Err(TaxCodeError::Branch));
        assert_eq!(TaxCode::parse("01000x7516"), Err(TaxCodeError::Strange('x')));
        assert!(TaxCodeError::Length(9).say(Lang::Vi).contains("9 chữ số"));
    }

    #[test]
    fn a_personal_number_is_never_shown_whole() {
        let code = TaxCode::parse("030 075 001 234").unwrap();
        assert!(code.is_personal());
        assert_eq!(code.shown(), "••• ••• ••• 234");
        assert_eq!(shown("0100047516"), "0100047516");
        assert_eq!(shown("not a code 030075001234"), "");
    }

    proptest! {
        #[test]
        fn every_wrong_digit_is_caught(nine in "[0-9]{9}", at in 0usize..10, by in 1u32..10) {
            let Some(check) = check_digit(&nine) else { return Ok(()) };
            let code = format!("{nine}{check}");
            prop_assert!(TaxCode::parse(&code).is_ok());
            let mut digits: Vec<u32> = code.chars().filter_map(|c| c.to_digit(10)).collect();
            digits[at] = (digits[at] + by) % 10;
            let wrong: String = digits.iter().map(u32::to_string).collect();
            prop_assert_eq!(TaxCode::parse(&wrong), Err(TaxCodeError::CheckDigit));
        }

        #[test]
        fn one_check_digit_at_most_fits(nine in "[0-9]{9}") {
            let fitting = (0..10).filter(|d| TaxCode::parse(&format!("{nine}{d}")).is_ok()).count();
            prop_assert!(fitting <= 1);
        }

        #[test]
        fn what_is_read_reads_back_the_same(text in "[0-9 .-]{0,20}") {
            if let Ok(code) = TaxCode::parse(&text) {
                prop_assert_eq!(TaxCode::parse(code.as_str()), Ok(code.clone()));
            }
        }

        #[test]
        fn nothing_typed_makes_it_panic(text in "\\PC{0,40}") {
            let _ = TaxCode::parse(&text);
            let _ = shown(&text);
        }
    }
}
