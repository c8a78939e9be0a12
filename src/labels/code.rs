//! The code of a label: 14 characters that people read out, type and scan.
//!
//! ```text
//! 0ABC-DEFG-HJKM-NP
//! └────13 data────┘└ one check character
//! ```
//!
//! The 13 data characters hold 65 bits in Crockford's base32, most significant first: 17 bits of
//! commune number, then 48 random bits. The commune only routes a scan to its tenant; nothing is
//! derived from it, so a code survives a merger of communes. The check character makes the weighted
//! sum of all 14 characters zero in GF(32), where each position has its own non-zero weight: a wrong
//! character changes one term, a swap changes two by different factors, so neither can go unseen.
//!
//! Start with [`LabelCode::parse`] for what people typed and [`LabelCode::generate`] for new labels.

use std::fmt;
use std::str::FromStr;

use rand::{Rng, RngExt};
use serde::{Deserialize, Serialize};

/// Characters of a code without its dashes.
pub const CODE_LENGTH: usize = 14;
/// Characters that carry the commune and the number; the last one is the check.
const DATA_LENGTH: usize = CODE_LENGTH - 1;
/// Bits of the random number behind the commune.
const NUMBER_BITS: u32 = 48;
/// First commune number that 17 bits cannot hold.
pub const COMMUNE_LIMIT: u32 = 1 << 17;
/// First label number that 48 bits cannot hold.
pub const NUMBER_LIMIT: u64 = 1 << NUMBER_BITS;
/// Crockford's base32 (crockford.com/base32.html): no I, L, O (read as 1, 1, 0) and no U.
const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
/// x⁵ + x² + 1, primitive over GF(2): its root has order 31, so 14 powers of it are all different.
const FIELD_POLYNOMIAL: u8 = 0b10_0101;

/// The code of one label: a commune and a number within it.
///
/// Shown in groups (`0ABC-DEFG-HJKM-NP`) by [`Display`](fmt::Display), without dashes by
/// [`compact`](Self::compact).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct LabelCode {
    commune: u32,
    number: u64,
}

/// Why a text is not a label code. Each case is a different thing to tell the person who typed it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CodeError {
    /// Nothing but spaces and dashes.
    #[error("the code is empty")]
    Empty,
    /// A character that no code contains.
    #[error("a code has no “{character}” (character {position})")]
    StrangeCharacter {
        /// The character as typed.
        character: char,
        /// Its place among the code's characters, counted from 1 without dashes and spaces.
        position: usize,
    },
    /// All characters are good, but there are too few or too many.
    #[error("a code has {CODE_LENGTH} characters, not {found}")]
    WrongLength {
        /// How many characters there are without dashes and spaces.
        found: usize,
    },
    /// Right in form, but the check character disagrees: a wrong character or two swapped.
    #[error("the check character does not match: the code is probably mistyped")]
    Mistyped,
}

/// A commune or number too large for the bits a code has for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "commune {commune} (below {COMMUNE_LIMIT}) and number {number} (below {NUMBER_LIMIT}) do not fit in a label code"
)]
pub struct CodeOutOfRange {
    /// The official commune code that was given.
    pub commune: u32,
    /// The label number that was given.
    pub number: u64,
}

impl LabelCode {
    /// The code of label `number` (below 2⁴⁸) of `commune` (below 2¹⁷, the official commune code).
    pub fn new(commune: u32, number: u64) -> Result<Self, CodeOutOfRange> {
        if commune < COMMUNE_LIMIT && number < NUMBER_LIMIT {
            Ok(Self { commune, number })
        } else {
            Err(CodeOutOfRange { commune, number })
        }
    }

    /// A new code of `commune` with 48 random bits from `rng`. Whoever stores it answers for a clash
    /// by drawing again: the unique index tells.
    pub fn generate<R: Rng + ?Sized>(commune: u32, rng: &mut R) -> Result<Self, CodeOutOfRange> {
        Self::new(commune, rng.random::<u64>() >> (u64::BITS - NUMBER_BITS))
    }

    /// Reads what a person typed or a scanner sent: any case, with or without dashes and spaces of any
    /// kind, I and L as 1, O as 0.
    pub fn parse(text: &str) -> Result<Self, CodeError> {
        let mut values = [0_u8; CODE_LENGTH];
        let mut found = 0;
        for character in text.chars().filter(|&c| !is_separator(c)) {
            let value = value_of(character).ok_or(CodeError::StrangeCharacter { character, position: found + 1 })?;
            if let Some(slot) = values.get_mut(found) {
                *slot = value;
            }
            found += 1;
        }
        match found {
            0 => return Err(CodeError::Empty),
            CODE_LENGTH => {}
            _ => return Err(CodeError::WrongLength { found }),
        }
        let (data, check) = values.split_at(DATA_LENGTH);
        if check != [check_value(data)] {
            return Err(CodeError::Mistyped);
        }
        let bits = data.iter().fold(0_u128, |bits, &value| bits << 5 | u128::from(value));
        let number = (bits & u128::from(NUMBER_LIMIT - 1)) as u64;
        Ok(Self { commune: (bits >> NUMBER_BITS) as u32, number })
    }

    /// The official code of the commune that issued the label.
    pub fn commune(self) -> u32 {
        self.commune
    }

    /// The 48 random bits, as the database stores them (never negative).
    pub fn number(self) -> i64 {
        self.number as i64
    }

    /// The 14 characters without dashes, as they stand in the QR's address.
    pub fn compact(self) -> String {
        self.characters().iter().map(|&byte| char::from(byte)).collect()
    }

    fn characters(self) -> [u8; CODE_LENGTH] {
        let bits = u128::from(self.commune) << NUMBER_BITS | u128::from(self.number);
        let mut values = [0_u8; CODE_LENGTH];
        for (place, value) in values[..DATA_LENGTH].iter_mut().rev().enumerate() {
            *value = (bits >> (5 * place) & 31) as u8;
        }
        values[DATA_LENGTH] = check_value(&values[..DATA_LENGTH]);
        values.map(|value| ALPHABET[usize::from(value)])
    }
}

/// The check character's value: data character *i* of 13 (from 0) weighs `α^(13−i)`, the check `α^0`.
fn check_value(data: &[u8]) -> u8 {
    data.iter().fold(0, |sum, &value| times_alpha(sum ^ value))
}

/// A field element times the root α of the field's polynomial.
fn times_alpha(value: u8) -> u8 {
    let doubled = value << 1;
    if doubled & 32 == 0 { doubled } else { doubled ^ FIELD_POLYNOMIAL }
}

fn value_of(character: char) -> Option<u8> {
    let byte = match character.to_ascii_uppercase() {
        'I' | 'L' => b'1',
        'O' => b'0',
        other => u8::try_from(other).ok()?,
    };
    ALPHABET.iter().position(|&known| known == byte).map(|value| value as u8)
}

/// Spaces and dashes that keyboards, word processors and chat programs put between the groups.
fn is_separator(character: char) -> bool {
    character.is_whitespace()
        || matches!(
            character,
            '-' | '_' | '\u{AD}' | '\u{2010}'
                ..='\u{2015}' | '\u{2043}' | '\u{2212}' | '\u{FE58}' | '\u{FE63}' | '\u{FF0D}'
        )
        || matches!(character, '\u{200B}'..='\u{200F}' | '\u{2060}' | '\u{FEFF}')
}

impl fmt::Display for LabelCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut grouped = String::with_capacity(CODE_LENGTH + 3);
        for (index, byte) in self.characters().into_iter().enumerate() {
            if index > 0 && index % 4 == 0 {
                grouped.push('-');
            }
            grouped.push(char::from(byte));
        }
        f.pad(&grouped)
    }
}

impl fmt::Debug for LabelCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "LabelCode({self})")
    }
}

impl FromStr for LabelCode {
    type Err = CodeError;

    fn from_str(text: &str) -> Result<Self, CodeError> {
        Self::parse(text)
    }
}

impl TryFrom<String> for LabelCode {
    type Error = CodeError;

    fn try_from(text: String) -> Result<Self, CodeError> {
        Self::parse(&text)
    }
}

impl From<LabelCode> for String {
    fn from(code: LabelCode) -> Self {
        code.to_string()
    }
}

#[cfg(test)]
mod tests;
