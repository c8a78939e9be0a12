//! Raw Telex and VNI: what is typed when the Vietnamese keyboard is off (`vair thieeuf`, `va3i thie62u`).
//!
//! Start at [`decode`]. It only says what the keys would have made; whether that word is used is up to the engine.

use super::words::marked;
use crate::fold::fold;

/// A word that raw keys stand for, in the forms of [`super::words::Word`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decoded {
    /// Without marks.
    pub folded: String,
    /// With marks, tone first.
    pub marked: String,
}

const INITIALS: [&str; 27] = [
    "ngh", "ng", "gh", "gi", "nh", "kh", "ph", "th", "tr", "ch", "qu", "b", "c", "d", "g", "h", "k", "l", "m", "n",
    "p", "r", "s", "t", "v", "x", "",
];
const FINALS: [&str; 9] = ["", "c", "ch", "m", "n", "ng", "nh", "p", "t"];

/// What the keys of one word make, when they make a well-formed Vietnamese syllable with at least one mark.
pub fn decode(keys: &str) -> Option<Decoded> {
    // The longest syllable is nghiêng: seven letters and at most four more keys for marks.
    if keys.len() < 2 || keys.len() > 11 || !keys.is_ascii() {
        return None;
    }
    let keys = keys.to_ascii_lowercase();
    let mut typing = Typing::default();
    let vni = keys.bytes().any(|b| b.is_ascii_digit());
    for key in keys.chars() {
        if !key.is_ascii_alphanumeric() {
            return None;
        }
        if vni { typing.vni(key)? } else { typing.telex(key) }
    }
    typing.finish()
}

/// Whether letters without marks have the shape of a Vietnamese syllable.
pub fn is_syllable(folded: &str) -> bool {
    INITIALS.iter().any(|initial| {
        let Some(rest) = folded.strip_prefix(initial) else { return false };
        let vowels = rest.bytes().take_while(|b| b"aeiouy".contains(b)).count();
        // "gi" holds its own vowel: gì, gìn.
        let enough = if *initial == "gi" { vowels <= 3 } else { (1..=3).contains(&vowels) };
        enough && FINALS.contains(&&rest[vowels..])
    })
}

#[derive(Default)]
struct Typing {
    letters: Vec<char>,
    tone: Option<char>,
    changed: bool,
}

fn is_vowel(c: char) -> bool {
    "aeiouyâêôăơư".contains(c)
}

impl Typing {
    fn telex(&mut self, key: char) {
        let has_vowel = self.letters.iter().copied().any(is_vowel);
        let done = match key {
            's' if has_vowel => self.set_tone('\u{301}'),
            'f' if has_vowel => self.set_tone('\u{300}'),
            'r' if has_vowel => self.set_tone('\u{309}'),
            'x' if has_vowel => self.set_tone('\u{303}'),
            'j' if has_vowel => self.set_tone('\u{323}'),
            'a' => self.replace('a', 'â'),
            'e' => self.replace('e', 'ê'),
            'o' => self.replace('o', 'ô'),
            'd' => self.letters.first() == Some(&'d') && self.replace('d', 'đ'),
            'w' => self.horn() || self.push_changed('ư'),
            _ => false,
        };
        if !done {
            self.letters.push(key);
        }
    }

    fn vni(&mut self, key: char) -> Option<()> {
        let done = match key {
            '1' => self.set_tone('\u{301}'),
            '2' => self.set_tone('\u{300}'),
            '3' => self.set_tone('\u{309}'),
            '4' => self.set_tone('\u{303}'),
            '5' => self.set_tone('\u{323}'),
            '6' => self.replace('a', 'â') || self.replace('e', 'ê') || self.replace('o', 'ô'),
            '7' => self.horn(),
            '8' => self.replace('a', 'ă'),
            '9' => self.replace('d', 'đ'),
            '0' => false,
            letter => {
                self.letters.push(letter);
                true
            }
        };
        done.then_some(())
    }

    fn set_tone(&mut self, tone: char) -> bool {
        self.tone = Some(tone);
        self.changed = true;
        self.letters.iter().copied().any(is_vowel)
    }

    fn replace(&mut self, plain: char, with: char) -> bool {
        let Some(at) = self.letters.iter().rposition(|c| *c == plain) else { return false };
        self.letters[at] = with;
        self.changed = true;
        true
    }

    fn push_changed(&mut self, letter: char) -> bool {
        self.letters.push(letter);
        self.changed = true;
        true
    }

    /// The hook key: ươ when u and o stand together, ưa for u before a final a, else the last of a, o, u.
    fn horn(&mut self) -> bool {
        let Some(at) = self.letters.iter().rposition(|c| "aou".contains(*c)) else { return false };
        let before = at.checked_sub(1).map(|i| self.letters[i]);
        let after_q = at >= 2 && self.letters[at - 2] == 'q';
        match self.letters[at] {
            'o' => {
                self.letters[at] = 'ơ';
                if before == Some('u') && !after_q {
                    self.letters[at - 1] = 'ư';
                }
            }
            'a' if before == Some('u') && !after_q => self.letters[at - 1] = 'ư',
            'a' => self.letters[at] = 'ă',
            _ => self.letters[at] = 'ư',
        }
        self.changed = true;
        true
    }

    fn finish(self) -> Option<Decoded> {
        let letters: String = self.letters.iter().collect();
        let folded = fold(&letters);
        if !self.changed || !is_syllable(&folded) {
            return None;
        }
        let mut with_tone: String = self.tone.into_iter().collect();
        with_tone.push_str(&letters);
        // A lone combining mark in front is what `marked` itself produces, so this only settles the letters' form.
        Some(Decoded { folded, marked: marked(&with_tone) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn telex_and_vni_make_the_same_words() {
        for (telex, vni, meant) in [
            ("vair", "va3i", "vải"),
            ("thieeuf", "thie62u", "thiều"),
            ("buns", "bu1n", "bún"),
            ("tuwowi", "tu7o7i", "tươi"),
            ("ruowi", "ruo7i", "rươi"),
            ("dduwowngf", "d9u7o7ng2", "đường"),
            ("muaw", "mu7a", "mưa"),
            ("quaar", "qua63", "quẩ"),
            ("oori", "o6i3", "ổi"),
        ] {
            for keys in [telex, vni] {
                let decoded = decode(keys).unwrap_or_else(|| panic!("{keys} makes {meant}"));
                assert_eq!(decoded.marked, marked(meant), "{keys}");
                assert_eq!(decoded.folded, fold(meant), "{keys}");
            }
        }
    }

    #[test]
    fn plain_words_and_nonsense_are_left_alone() {
        for keys in ["bun", "rice", "fresh", "tea", "w9", "4", "2026", "d9", "xyz", "ocop", ""] {
            assert_eq!(decode(keys), None, "{keys}");
        }
    }
}
