//! Vietnamese text brought to one form: NFC for what is stored, folded for what is compared, slugs for addresses.
//!
//! Start at [`fold`]. Folding happens here and never in SQL, so that both databases and both search engines agree.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// The longest slug, in characters; addresses stay readable and within what old phones show.
const SLUG_MAX: usize = 60;

/// Composes the text (Unicode NFC), the one form in which typed text is stored.
pub fn nfc(text: &str) -> String {
    text.nfc().collect()
}

/// Folds text for comparing: no tone or vowel marks, đ as d, lower case, runs of white space as one space.
///
/// `Vải  Thiều` and `vai thieu` fold to the same; so do both tone placements and both Unicode forms.
pub fn fold(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    let mut gap = false;
    for c in text.nfkd().filter(|c| !is_combining_mark(*c)).flat_map(char::to_lowercase) {
        if c.is_whitespace() || c.is_control() {
            gap = !folded.is_empty();
            continue;
        }
        if gap {
            folded.push(' ');
            gap = false;
        }
        folded.push(if c == 'đ' { 'd' } else { c });
    }
    folded
}

/// The part of an address that people read: `Vải thiều Thanh Hà` gives `vai-thieu-thanh-ha`.
///
/// Only `a-z`, `0-9` and single dashes, at most 60 characters; empty when the text has no such letter.
pub fn slug(text: &str) -> String {
    let mut slug = String::new();
    let mut gap = false;
    for c in fold(text).chars() {
        if c.is_ascii_alphanumeric() {
            if slug.len() + usize::from(gap) >= SLUG_MAX {
                break;
            }
            if gap {
                slug.push('-');
                gap = false;
            }
            slug.push(c);
        } else {
            gap = !slug.is_empty();
        }
    }
    slug
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn marks_case_and_spaces_fold_away() {
        assert_eq!(fold("  Vải\tThiều \n Thanh Hà "), "vai thieu thanh ha");
        assert_eq!(fold("ĐỖ ĐEN"), "do den");
        assert_eq!(fold("Rươi, cáy & chả"), "ruoi, cay & cha");
    }

    #[test]
    fn tone_placement_and_unicode_form_make_no_difference() {
        assert_eq!(fold("hoà"), fold("hòa"));
        let decomposed: String = "thuý nghệ".nfd().collect();
        assert_ne!(decomposed, "thuý nghệ");
        assert_eq!(fold(&decomposed), fold("thúy nghệ"));
        assert_eq!(nfc(&decomposed), "thuý nghệ");
    }

    #[test]
    fn slugs_hold_only_what_an_address_may() {
        assert_eq!(slug("Bánh đậu xanh – Hộp 250g (4 sao)"), "banh-dau-xanh-hop-250g-4-sao");
        assert_eq!(slug("🍑 !!"), "");
        assert!(slug(&"đặc sản ".repeat(40)).len() <= SLUG_MAX);
    }

    proptest! {
        #[test]
        fn folding_twice_changes_nothing(text in "\\PC{0,40}") {
            let once = fold(&text);
            prop_assert_eq!(fold(&once), once);
        }

        #[test]
        fn every_slug_is_a_safe_path_segment(text in "\\PC{0,80}") {
            let slug = slug(&text);
            prop_assert!(slug.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-'));
            prop_assert!(!slug.starts_with('-') && !slug.ends_with('-') && !slug.contains("--"));
        }
    }
}
