//! Two languages, Vietnamese first: [`Lang`], the `texts!` catalogues, and numbers as people here write them.

use serde::{Deserialize, Serialize};

/// A language of the pages.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Lang {
    /// Tiếng Việt.
    #[default]
    Vi,
    /// English.
    En,
}

impl Lang {
    /// Both, in order.
    pub const ALL: [Self; 2] = [Self::Vi, Self::En];

    /// BCP 47 tag.
    pub const fn tag(self) -> &'static str {
        match self {
            Self::Vi => "vi",
            Self::En => "en",
        }
    }

    /// From a tag such as `en` or `en-GB`.
    pub fn from_tag(tag: &str) -> Option<Self> {
        match tag.split('-').next()?.trim() {
            "vi" => Some(Self::Vi),
            "en" => Some(Self::En),
            _ => None,
        }
    }

    /// The first language of an Accept-Language header that is spoken here.
    pub fn accepted(header: &str) -> Option<Self> {
        header.split(',').filter_map(|part| part.split(';').next()).find_map(|tag| Self::from_tag(tag.trim()))
    }

    /// The other language.
    pub const fn other(self) -> Self {
        match self {
            Self::Vi => Self::En,
            Self::En => Self::Vi,
        }
    }

    /// One of two texts.
    pub const fn pick<'a>(self, vi: &'a str, en: &'a str) -> &'a str {
        match self {
            Self::Vi => vi,
            Self::En => en,
        }
    }

    /// One of two texts, where the English may be missing: then the Vietnamese stands in.
    pub fn pick_or<'a>(self, vi: &'a str, en: &'a str) -> &'a str {
        if matches!(self, Self::En) && !en.is_empty() { en } else { vi }
    }
}

/// Declares a feature's catalogue: each text has both languages or it does not compile, and its
/// parameters are checked in both.
///
/// ```ignore
/// texts! {
///     title: "Sản phẩm" / "Products";
///     found(n): "Có {n} sản phẩm" / "{n} products";
/// }
/// ```
/// makes `Texts(lang).title()` and `Texts(lang).found(3)`.
macro_rules! texts {
    (@fn $name:ident () $vi:literal $en:literal) => {
        #[allow(missing_docs, reason = "the text says what it is")]
        pub fn $name(self) -> &'static str {
            self.0.pick($vi, $en)
        }
    };
    (@fn $name:ident ($($p:ident),+) $vi:literal $en:literal) => {
        #[allow(missing_docs, reason = "the text says what it is")]
        pub fn $name(self, $($p: impl std::fmt::Display),+) -> String {
            match self.0 {
                $crate::web::i18n::Lang::Vi => format!($vi, $($p = $p),+),
                $crate::web::i18n::Lang::En => format!($en, $($p = $p),+),
            }
        }
    };
    ($($name:ident $(($($p:ident),+))? : $vi:literal / $en:literal;)*) => {
        /// This feature's texts in one language.
        #[derive(Clone, Copy, Debug)]
        pub struct Texts(pub $crate::web::i18n::Lang);

        #[allow(dead_code, reason = "a catalogue; unused texts are found by review")]
        impl Texts {
            $($crate::web::i18n::texts!(@fn $name ($($($p),+)?) $vi $en);)*
        }

        #[cfg(test)]
        #[test]
        fn every_text_says_something_in_both_languages() {
            for (key, vi, en) in [$((stringify!($name), $vi, $en)),*] {
                assert!(!vi.trim().is_empty() && !en.trim().is_empty(), "{key} is empty in a language");
            }
        }
    };
}
pub(crate) use texts;

/// A whole number with `.` between thousands (Vietnamese) or `,` (English).
pub fn whole(number: i64, lang: Lang) -> String {
    let digits = number.unsigned_abs().to_string();
    let mut out = String::with_capacity(digits.len() * 4 / 3 + 1);
    if number < 0 {
        out.push('-');
    }
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            out.push(if lang == Lang::Vi { '.' } else { ',' });
        }
        out.push(digit);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thousands_are_parted_as_each_language_does() {
        assert_eq!(whole(1_234_567, Lang::Vi), "1.234.567");
        assert_eq!(whole(1_234_567, Lang::En), "1,234,567");
        assert_eq!(whole(-999, Lang::Vi), "-999");
        assert_eq!(whole(0, Lang::Vi), "0");
        assert_eq!(whole(i64::MIN, Lang::Vi), "-9.223.372.036.854.775.808");
    }

    #[test]
    fn the_first_spoken_language_of_the_header_is_taken() {
        assert_eq!(Lang::accepted("fr-FR,en-GB;q=0.8,vi;q=0.5"), Some(Lang::En));
        assert_eq!(Lang::accepted("vi-VN,vi;q=0.9,en;q=0.8"), Some(Lang::Vi));
        assert_eq!(Lang::accepted("fr"), None);
    }
}
