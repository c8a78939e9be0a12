//! At which level an OCOP decision was taken, and which level may take it (DOMAIN.md §3).

use crate::clock::Day;
use crate::db::words;
use crate::fold::fold;

words! {
    /// A level of the administration that may be named as having decided.
    Level {
        /// The commune: it writes its opinion and decides nothing.
        Commune = "commune": "Xã" / "Commune",
        /// The district, which is no more since July 2025.
        District = "district": "Huyện" / "District",
        /// The city or province.
        City = "city": "Thành phố" / "City",
        /// The ministry or the national council.
        Central = "central": "Trung ương" / "Central",
    }
}

/// What is wrong with who decided.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LevelError {
    /// The authority's name doesn't tell its level.
    Unknown,
    /// Three or more stars are not this level's to give.
    TooLow(Level),
}

/// Words, folded, by which an authority's name tells its level; the first that stands in it counts, and of two at the
/// same place the longer.
const WORDS: [(&str, Level); 21] = [
    ("xa", Level::Commune),
    ("phuong", Level::Commune),
    ("thi tran", Level::Commune),
    ("dac khu", Level::Commune),
    ("phong kinh te", Level::Commune),
    ("huyen", Level::District),
    ("thi xa", Level::District),
    ("ubnd quan", Level::District),
    ("nhan dan quan", Level::District),
    ("thanh pho", Level::City),
    ("tp", Level::City),
    ("tinh", Level::City),
    ("so nong nghiep", Level::City),
    ("so cong thuong", Level::City),
    ("cap thanh pho", Level::City),
    ("trung uong", Level::Central),
    ("bo nong nghiep", Level::Central),
    ("bo truong", Level::Central),
    ("thu tuong", Level::Central),
    ("chinh phu", Level::Central),
    ("quoc gia", Level::Central),
];

/// Quyết định 1489/QĐ-TTg of 06/07/2025: since then the city judges three stars and up.
pub const CITY_SINCE: (i32, u8, u8) = (2025, 7, 6);

impl Level {
    /// The level that an authority's name tells; `province` is the name of the commune's own city or province.
    pub fn named_in(authority: &str, province: &str) -> Option<Self> {
        let words = |text: &str| {
            let folded = fold(text);
            let letters = |c: char| if c.is_alphanumeric() { c } else { ' ' };
            let spaced: String = folded.chars().map(letters).collect();
            format!(" {} ", spaced.split_whitespace().collect::<Vec<_>>().join(" "))
        };
        let (text, own) = (words(authority), words(province));
        let at = |word: &str| text.find(&format!(" {word} "));
        let known = WORDS.iter().filter_map(|(word, level)| Some((at(word)?, usize::MAX - word.len(), *level)));
        let own = (!own.trim().is_empty()).then(|| text.find(&own).map(|at| (at, 0, Self::City))).flatten();
        known.chain(own).min().map(|(.., level)| level)
    }

    /// Whether a decision of this day may give these stars in the name of this authority: since Quyết định 1489/QĐ-TTg
    /// the city evaluates three stars and up, and the commune only writes its opinion. Which level gave fewer stars, or
    /// decided before that day, is not looked at, but that the commune never decides.
    ///
    /// # Errors
    /// [`LevelError`] says why not.
    pub fn check(authority: &str, province: &str, decided_on: Day, stars: i32) -> Result<(), LevelError> {
        let (year, month, day) = CITY_SINCE;
        let since_then = Day::new(year, month, day).is_ok_and(|since| decided_on >= since);
        if stars < 3 {
            return Ok(());
        }
        match Self::named_in(authority, province) {
            Some(Self::Commune) => Err(LevelError::TooLow(Self::Commune)),
            Some(Self::District) if since_then => Err(LevelError::TooLow(Self::District)),
            None if since_then => Err(LevelError::Unknown),
            _ => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_authority_is_of_the_level_that_its_name_tells_first() {
        for (authority, level) in [
            ("UBND xã Hà Bắc", Some(Level::Commune)),
            ("Ủy ban nhân dân xã Hà Bắc, thành phố Hải Phòng", Some(Level::Commune)),
            ("Phòng Kinh tế xã Hà Bắc", Some(Level::Commune)),
            ("uy ban nhan dan phuong An Biên", Some(Level::Commune)),
            ("UBND huyện Thanh Hà, tỉnh Hải Dương", Some(Level::District)),
            ("UBND thị xã Kinh Môn", Some(Level::District)),
            ("Ủy ban nhân dân thành phố Hải Phòng", Some(Level::City)),
            ("UBND TP. Hải Phòng (mẫu)", Some(Level::City)),
            ("UBND Hải Phòng", Some(Level::City)),
            ("Hội đồng OCOP tỉnh Hải Dương", Some(Level::City)),
            ("Sở Nông nghiệp và Môi trường Hải Phòng", Some(Level::City)),
            ("Bộ Nông nghiệp và Môi trường", Some(Level::Central)),
            ("Hội đồng OCOP Trung ương", Some(Level::Central)),
            ("Hội đồng OCOP", None),
            ("", None),
        ] {
            assert_eq!(Level::named_in(authority, "Hải Phòng"), level, "{authority}");
        }
        assert_eq!(Level::named_in("UBND", ""), None, "no province is no word");
    }

    #[test]
    fn three_stars_and_up_come_from_the_city_since_its_day() {
        let day = |year, month, day| Day::new(year, month, day).unwrap();
        let (before, since) = (day(2025, 7, 5), day(2025, 7, 6));
        let check = |authority, on, stars| Level::check(authority, "Hải Phòng", on, stars);
        for stars in 3..=5 {
            assert_eq!(check("UBND thành phố Hải Phòng", since, stars), Ok(()));
            assert_eq!(check("UBND xã Hà Bắc", since, stars), Err(LevelError::TooLow(Level::Commune)));
            assert_eq!(check("UBND huyện Thanh Hà", since, stars), Err(LevelError::TooLow(Level::District)));
            assert_eq!(check("Hội đồng", since, stars), Err(LevelError::Unknown));
            assert_eq!(check("UBND huyện Thanh Hà", before, stars), Ok(()), "decided when there were districts");
            assert_eq!(check("UBND xã Hà Bắc", before, stars), Err(LevelError::TooLow(Level::Commune)));
        }
        assert_eq!(check("Hội đồng cấp xã", since, 2), Ok(()), "two stars are shown nowhere");
    }
}
