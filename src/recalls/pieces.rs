//! Pieces of a lot by the serial numbers of their labels.

use crate::ids::RunId;

/// The ranges of serial numbers in one field.
pub const MOST_RANGES: usize = 50;

/// Serial numbers of one label run, both ends taken back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, sqlx::FromRow)]
pub struct Serials {
    /// First.
    #[sqlx(rename = "first_serial")]
    pub first: i64,
    /// Last.
    #[sqlx(rename = "last_serial")]
    pub last: i64,
}

impl Serials {
    /// True if the number is one of them.
    pub fn holds(self, serial: i64) -> bool {
        (self.first..=self.last).contains(&serial)
    }

    /// How many.
    pub fn count(self) -> i64 {
        self.last - self.first + 1
    }

    /// `12–40`, or `7` alone.
    pub fn text(self) -> String {
        if self.first == self.last { self.first.to_string() } else { format!("{}–{}", self.first, self.last) }
    }
}

/// Why serial numbers were refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SerialsError {
    /// No number and no `first-last`.
    Shape(String),
    /// The last comes before the first.
    Backwards(String),
    /// Not among the run's numbers, 1 to this.
    Outside(String, i64),
    /// More ranges than [`MOST_RANGES`].
    TooMany,
}

/// Reads `12-40, 55` against a run of pieces 1 to `count`; ranges that touch become one. Empty text gives none.
pub fn parse_serials(text: &str, count: i64) -> Result<Vec<Serials>, SerialsError> {
    let mut all = Vec::new();
    for part in text.split([',', ';', '\n']).map(str::trim).filter(|part| !part.is_empty()) {
        let shape = || SerialsError::Shape(part.to_owned());
        let number = |text: &str| text.trim().parse::<i64>().map_err(|_| shape());
        let (first, last) = match part.split_once(['-', '–', '—']) {
            Some((first, last)) => (number(first)?, number(last)?),
            None => (number(part)?, number(part)?),
        };
        if last < first {
            return Err(SerialsError::Backwards(part.to_owned()));
        }
        if first < 1 || last > count {
            return Err(SerialsError::Outside(part.to_owned(), count));
        }
        all.push(Serials { first, last });
        if all.len() > MOST_RANGES {
            return Err(SerialsError::TooMany);
        }
    }
    all.sort_unstable();
    let mut merged: Vec<Serials> = Vec::new();
    for next in all {
        match merged.last_mut() {
            Some(before) if next.first <= before.last + 1 => before.last = before.last.max(next.last),
            _ => merged.push(next),
        }
    }
    Ok(merged)
}

/// Serial numbers with the run they are of.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct RunSerials {
    /// The run.
    pub run_id: RunId,
    /// Its number in the commune.
    pub run_number: i64,
    /// Which pieces.
    #[sqlx(flatten)]
    pub serials: Serials,
}

/// Pieces with their runs, `3: 12–40, 55; 7: 1–9`; "" if there are none.
pub fn serials_text(pieces: &[RunSerials]) -> String {
    let of_run = |run: &[RunSerials]| {
        let numbers: Vec<String> = run.iter().map(|piece| piece.serials.text()).collect();
        run.first().map(|first| format!("{}: {}", first.run_number, numbers.join(", ")))
    };
    let runs = pieces.chunk_by(|one, next| one.run_id == next.run_id);
    runs.filter_map(of_run).collect::<Vec<_>>().join("; ")
}

/// True if every number of a range is among the others.
pub fn are_covered(range: Serials, others: &[Serials]) -> bool {
    let mut others = others.to_vec();
    others.sort_unstable();
    let mut next = range.first;
    for other in others {
        if other.first <= next && next <= other.last {
            next = other.last + 1;
        }
    }
    next > range.last
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(text: &str) -> Result<Vec<String>, SerialsError> {
        parse_serials(text, 100).map(|all| all.into_iter().map(Serials::text).collect())
    }

    #[test]
    fn serial_numbers_are_read_as_people_write_them() {
        assert_eq!(parsed("12-40, 55").unwrap(), ["12–40", "55"]);
        assert_eq!(parsed(" 55; 12 – 40\n41 ").unwrap(), ["12–41", "55"]);
        assert_eq!(parsed("1-10,5-20,20").unwrap(), ["1–20"]);
        assert_eq!(parsed("").unwrap(), Vec::<String>::new());
        assert_eq!(parsed("100").unwrap(), ["100"]);
    }

    #[test]
    fn serial_numbers_that_the_run_has_not_are_refused() {
        assert_eq!(parsed("90-101"), Err(SerialsError::Outside("90-101".to_owned(), 100)));
        assert_eq!(parsed("0-3"), Err(SerialsError::Outside("0-3".to_owned(), 100)));
        assert_eq!(parsed("-3"), Err(SerialsError::Shape("-3".to_owned())));
        assert_eq!(parsed("40-12"), Err(SerialsError::Backwards("40-12".to_owned())));
        for text in ["mười", "1-2-3", "1.5", "99999999999999999999"] {
            assert!(matches!(parsed(text), Err(SerialsError::Shape(_))), "{text}");
        }
        let many = (0..51).map(|n| (n * 2 + 1).to_string()).collect::<Vec<_>>().join(",");
        assert_eq!(parse_serials(&many, 1000), Err(SerialsError::TooMany));
    }

    #[test]
    fn pieces_are_told_run_by_run() {
        let piece = |run: u128, run_number, first, last| RunSerials {
            run_id: RunId(uuid::Uuid::from_u128(run)),
            run_number,
            serials: Serials { first, last },
        };
        let all = [piece(1, 3, 12, 40), piece(1, 3, 55, 55), piece(2, 7, 1, 9)];
        assert_eq!(serials_text(&all), "3: 12–40, 55; 7: 1–9");
        assert_eq!(serials_text(&[]), "");
    }

    #[test]
    fn a_range_may_be_covered_by_several() {
        let range = |first, last| Serials { first, last };
        assert!(are_covered(range(5, 20), &[range(10, 30), range(1, 9)]));
        assert!(!are_covered(range(5, 20), &[range(11, 30), range(1, 9)]));
        assert!(!are_covered(range(5, 20), &[range(5, 19)]));
        assert!(!are_covered(range(5, 20), &[]));
    }
}
