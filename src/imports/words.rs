//! Values of several parts as they stand in one cell: prices, months, places of sale. Each is read back as written.

use crate::fold::fold;
use crate::products::model::SalesChannel;
use crate::products::season;
use crate::web::Lang;

/// What a cell tells of a price; the sums are read by the form's rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Told<'a> {
    /// "Hỏi giá".
    Ask,
    /// One sum.
    One(&'a str),
    /// From, to.
    Range(&'a str, &'a str),
}

/// "Hỏi giá".
pub const fn ask(lang: Lang) -> &'static str {
    lang.pick("Hỏi giá", "Price on request")
}

/// Reads a price: `45.000`, `20.000 – 30.000`, `20000 đến 30000`, `hỏi giá`.
pub fn price(text: &str) -> Told<'_> {
    let asked = ["hoi gia", "lien he", "thoa thuan", "theo thoa thuan", "price on request"];
    if asked.contains(&fold(text).as_str()) {
        return Told::Ask;
    }
    for sign in ["–", "—", "-", "đến", "tới", "~"] {
        if let Some((from, to)) = text.split_once(sign)
            && !from.trim().is_empty()
            && !to.trim().is_empty()
        {
            return Told::Range(from.trim(), to.trim());
        }
    }
    Told::One(text)
}

/// Months as words.
pub fn months(months: &[u8], lang: Lang) -> String {
    season::season_text(months, lang)
}

/// Reads months: `quanh năm` (none by name), `tháng 5–7, 11`, `T5-T7`, `11–2`, `May–July`; None for anything else.
pub fn read_months(text: &str) -> Option<Vec<u8>> {
    let mut folded = fold(text);
    if ["quanh nam", "ca nam", "all year"].contains(&folded.as_str()) {
        return Some(Vec::new());
    }
    for month in (1..=12).rev() {
        folded = folded.replace(&fold(&season::month_name(month, Lang::En)), &month.to_string());
    }
    let folded = folded.replace("thang", " ").replace("den", "-").replace(['–', '—'], "-");
    let number =
        |part: &str| part.trim().trim_start_matches('t').trim().parse::<u8>().ok().filter(|m| (1..=12).contains(m));
    let mut months = Vec::new();
    for part in folded.split([',', ';', '+', '.']).flat_map(|part| part.split(" va ")) {
        let (first, last) = match part.split_once('-') {
            Some((first, last)) => (number(first)?, number(last)?),
            None => (number(part)?, number(part)?),
        };
        let mut month = first;
        loop {
            months.push(month);
            if month == last {
                break;
            }
            month = month % 12 + 1;
        }
    }
    Some(season::tidy(months))
}

/// Places of sale, one a line: `name | note | address`.
pub fn channels(channels: &[SalesChannel]) -> String {
    let safe = |text: &str| text.replace('\\', "\\\\").replace('|', "\\|");
    let line = |channel: &SalesChannel| {
        let mut parts = vec![safe(&channel.name), safe(&channel.note), safe(&channel.url)];
        while parts.last().is_some_and(String::is_empty) {
            parts.pop();
        }
        parts.join(" | ")
    };
    channels.iter().map(line).collect::<Vec<_>>().join("\n")
}

/// Reads places of sale as [`channels`] writes them.
pub fn read_channels(text: &str) -> Vec<SalesChannel> {
    let channel = |line: &str| {
        let mut parts = vec![String::new()];
        let mut signs = line.chars();
        while let Some(sign) = signs.next() {
            match sign {
                '\\' => parts.last_mut().into_iter().for_each(|part| part.extend(signs.next())),
                '|' => parts.push(String::new()),
                sign => parts.last_mut().into_iter().for_each(|part| part.push(sign)),
            }
        }
        let part = |at: usize| parts.get(at).map(|part| part.trim().to_owned()).unwrap_or_default();
        SalesChannel { name: part(0), note: part(1), url: part(2) }
    };
    text.lines().filter(|line| !line.trim().is_empty()).map(channel).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn months_read_back_as_they_were_written(bits in 1u16..0xfff) {
            let named: Vec<u8> = (1..=12).filter(|month| bits >> (month - 1) & 1 == 1).collect();
            for lang in Lang::ALL {
                prop_assert_eq!(read_months(&months(&named, lang)), Some(named.clone()), "{}", months(&named, lang));
            }
        }

        #[test]
        fn places_of_sale_read_back_as_they_were_written(
            parts in proptest::collection::vec(("[\\w|\\\\ ]{0,9}[a-zđ|\\\\]", "[\\w|\\\\]{0,6}", "(https://[a-z|]{1,5}\\.vn)?"), 0..5)
        ) {
            let tidy = |text: &str| text.trim().to_owned();
            let told: Vec<SalesChannel> = parts
                .iter()
                .map(|(name, note, url)| SalesChannel { name: tidy(name), note: tidy(note), url: tidy(url) })
                .collect();
            prop_assert_eq!(read_channels(&channels(&told)), told);
        }
    }

    #[test]
    fn prices_are_told_apart() {
        assert_eq!(price("Hỏi giá"), Told::Ask);
        assert_eq!(price("45.000 đ"), Told::One("45.000 đ"));
        assert_eq!(price("20.000 – 30.000"), Told::Range("20.000", "30.000"));
        assert_eq!(price("20 nghìn đến 30 nghìn"), Told::Range("20 nghìn", "30 nghìn"));
        assert_eq!(price("-5"), Told::One("-5"));
    }

    #[test]
    fn months_are_read_as_offices_write_them() {
        for (text, wanted) in [
            ("Tháng 5, 6 và 7", Some(vec![5, 6, 7])),
            ("T11-T2", Some(vec![1, 2, 11, 12])),
            ("cả năm", Some(Vec::new())),
            ("mùa hè", None),
            ("13", None),
        ] {
            assert_eq!(read_months(text), wanted, "{text}");
        }
    }
}
