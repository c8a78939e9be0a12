//! Months in words: `tháng 5–7`, `quanh năm`.

use crate::web::i18n::Lang;

const MONTHS_EN: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

/// A month (1–12) by name: `tháng 5`, `May`; "" for a number that is no month.
pub fn month_name(month: u8, lang: Lang) -> String {
    match lang {
        Lang::Vi if (1..=12).contains(&month) => format!("tháng {month}"),
        Lang::En => MONTHS_EN.get(usize::from(month).wrapping_sub(1)).copied().unwrap_or_default().to_owned(),
        Lang::Vi => String::new(),
    }
}

/// Months in order, each once, only real ones.
pub fn tidy(months: impl IntoIterator<Item = u8>) -> Vec<u8> {
    let mut months: Vec<u8> = months.into_iter().filter(|m| (1..=12).contains(m)).collect();
    months.sort_unstable();
    months.dedup();
    months
}

/// Months as runs over the turn of the year: [11, 12, 1, 5] gives [(5, 5), (11, 1)].
pub fn runs(months: &[u8]) -> Vec<(u8, u8)> {
    let months = tidy(months.iter().copied());
    if months.len() == 12 {
        return vec![(1, 12)];
    }
    let has = |month: u8| months.contains(&month);
    let before = |month: u8| if month == 1 { 12 } else { month - 1 };
    let after = |month: u8| if month == 12 { 1 } else { month + 1 };
    let mut runs = Vec::new();
    for first in months.iter().copied().filter(|month| !has(before(*month))) {
        let mut last = first;
        while has(after(last)) {
            last = after(last);
        }
        runs.push((first, last));
    }
    runs
}

/// `tháng 5–7`, `tháng 1, 11–12`, `quanh năm` for no or all months; `May–July`, `all year`.
pub fn season_text(months: &[u8], lang: Lang) -> String {
    let runs = runs(months);
    if runs.is_empty() || runs == [(1, 12)] {
        return lang.pick("quanh năm", "all year").to_owned();
    }
    let name = |month: u8| match lang {
        Lang::Vi => month.to_string(),
        Lang::En => month_name(month, lang),
    };
    let parts: Vec<String> = runs
        .iter()
        .map(|(first, last)| if first == last { name(*first) } else { format!("{}–{}", name(*first), name(*last)) })
        .collect();
    match lang {
        Lang::Vi => format!("tháng {}", parts.join(", ")),
        Lang::En => parts.join(", "),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn months_are_said_as_runs() {
        for (months, vi, en) in [
            (&[5, 6, 7][..], "tháng 5–7", "May–July"),
            (&[6], "tháng 6", "June"),
            (&[1, 11, 12], "tháng 11–1", "November–January"),
            (&[1, 5, 6, 9], "tháng 1, 5–6, 9", "January, May–June, September"),
            (&[], "quanh năm", "all year"),
            (&[1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12], "quanh năm", "all year"),
        ] {
            assert_eq!(season_text(months, Lang::Vi), vi);
            assert_eq!(season_text(months, Lang::En), en);
        }
    }

    #[test]
    fn numbers_that_are_no_month_are_left_out() {
        assert_eq!(tidy([13, 7, 0, 7, 5]), [5, 7]);
        assert_eq!(month_name(0, Lang::En), "");
        assert_eq!(month_name(13, Lang::Vi), "");
    }
}
