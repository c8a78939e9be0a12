//! One spelling for each value: times, numbers, standard URNs, identifiers.

use time::format_description::well_known::Rfc3339;
use time::{Duration, OffsetDateTime, UtcOffset};

use super::digital_link::canonical_link;

/// CBV 1.x URNs and the web URIs that stand in their place since CBV 2.0.
const CBV_URNS: [(&str, &str); 5] = [
    ("urn:epcglobal:cbv:bizstep:", "https://ref.gs1.org/cbv/BizStep-"),
    ("urn:epcglobal:cbv:disp:", "https://ref.gs1.org/cbv/Disp-"),
    ("urn:epcglobal:cbv:btt:", "https://ref.gs1.org/cbv/BTT-"),
    ("urn:epcglobal:cbv:sdt:", "https://ref.gs1.org/cbv/SDT-"),
    ("urn:epcglobal:cbv:er:", "https://ref.gs1.org/cbv/ER-"),
];

/// The longest plain number that an exponent may write out; anything longer stays as it was given.
const MAX_DIGITS: i64 = 400;

/// A value of an unknown type: number, identifier or text, without blanks around it.
pub(super) fn canonical_value(text: &str) -> String {
    let text = text.trim();
    for (urn, uri) in CBV_URNS {
        if let Some(word) = text.strip_prefix(urn) {
            return format!("{uri}{word}");
        }
    }
    canonical_number(text).or_else(|| canonical_link(text)).unwrap_or_else(|| text.to_owned())
}

/// A time in UTC with milliseconds, the third decimal rounded up when a fourth of 5 to 9 follows (CBV 2.0 section
/// 8.9.2, rules 8 and 9). `None` when it is not an RFC 3339 time.
pub fn canonical_time(text: &str) -> Option<String> {
    let instant = OffsetDateTime::parse(text.trim(), &Rfc3339).ok()?;
    let instant = instant.checked_to_offset(UtcOffset::UTC)?;
    let beyond = i64::from(instant.nanosecond() % 1_000_000);
    let up = if beyond >= 500_000 { 1_000_000 } else { 0 };
    let rounded = instant.checked_add(Duration::nanoseconds(up - beyond))?;
    Some(format!(
        "{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:03}Z",
        rounded.year(),
        u8::from(rounded.month()),
        rounded.day(),
        rounded.hour(),
        rounded.minute(),
        rounded.second(),
        rounded.millisecond(),
    ))
}

/// A decimal number without sign `+`, leading or trailing zeros or exponent; exact, never through a float.
/// `None` when the text is not a number.
pub fn canonical_number(text: &str) -> Option<String> {
    let (negative, unsigned) = match text.as_bytes().first()? {
        b'-' => (true, &text[1..]),
        b'+' => (false, &text[1..]),
        _ => (false, text),
    };
    let (mantissa, exponent) = match unsigned.find(['e', 'E']) {
        Some(at) => (&unsigned[..at], unsigned[at + 1..].parse::<i64>().ok()?),
        None => (unsigned, 0),
    };
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let all_digits = |part: &str| part.bytes().all(|b| b.is_ascii_digit());
    if (whole.is_empty() && fraction.is_empty()) || !all_digits(whole) || !all_digits(fraction) {
        return None;
    }
    let digits = format!("{whole}{fraction}");
    let significant = digits.trim_start_matches('0');
    if significant.is_empty() {
        return Some("0".to_owned());
    }
    // Where the decimal point stands, counted from the first significant digit.
    let leading_zeros = (digits.len() - significant.len()) as i64;
    let point = (whole.len() as i64 - leading_zeros).checked_add(exponent)?;
    let significant = significant.trim_end_matches('0');
    let length = significant.len() as i64;
    if exponent != 0 && (point.abs() > MAX_DIGITS || length > MAX_DIGITS) {
        return None;
    }
    let plain = if point <= 0 {
        format!("0.{}{significant}", "0".repeat(point.unsigned_abs() as usize))
    } else if point >= length {
        format!("{significant}{}", "0".repeat((point - length) as usize))
    } else {
        let (whole, fraction) = significant.split_at(point as usize);
        format!("{whole}.{fraction}")
    };
    Some(if negative { format!("-{plain}") } else { plain })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn numbers_have_one_spelling() {
        for (written, canonical) in [
            ("1.0", "1"),
            ("0.3434000", "0.3434"),
            ("+007", "7"),
            ("-0.0", "0"),
            ("26", "26"),
            ("1200", "1200"),
            ("1.25e3", "1250"),
            ("125e-4", "0.0125"),
            (".5", "0.5"),
            ("5.", "5"),
            ("-12.50", "-12.5"),
        ] {
            assert_eq!(canonical_number(written).as_deref(), Some(canonical), "{written}");
        }
        for text in ["", "-", ".", "1,5", "12a", "1e", "e5", "1.2.3", "NaN", "+-1", "1e999999999999999999", "1e500"] {
            assert_eq!(canonical_number(text), None, "{text}");
        }
    }

    #[test]
    fn times_are_rounded_to_milliseconds_in_utc() {
        for (written, canonical) in [
            ("2026-06-14T16:20:00+07:00", "2026-06-14T09:20:00.000Z"),
            ("2023-02-02T11:04:03.1415Z", "2023-02-02T11:04:03.142Z"),
            ("2023-02-02T11:04:03.1414999Z", "2023-02-02T11:04:03.141Z"),
            ("2023-02-02T11:04:03.1425Z", "2023-02-02T11:04:03.143Z"),
            ("2023-12-31T23:59:59.9996Z", "2024-01-01T00:00:00.000Z"),
        ] {
            assert_eq!(canonical_time(written).as_deref(), Some(canonical), "{written}");
        }
        assert_eq!(canonical_time("2026-06-14T16:20:00"), None);
        assert_eq!(canonical_time("soon"), None);
        assert_eq!(canonical_time("9999-12-31T23:59:59.9999Z"), None);
    }

    proptest! {
        #[test]
        fn a_canonical_number_is_its_own_canonical_form(text in "[+-]?[0-9]{0,9}(\\.[0-9]{0,9})?([eE][+-]?[0-9]{1,2})?") {
            if let Some(canonical) = canonical_number(&text) {
                prop_assert_eq!(canonical_number(&canonical), Some(canonical.clone()));
                let given: f64 = text.parse().unwrap();
                let same: f64 = canonical.parse().unwrap();
                prop_assert!((given - same).abs() <= given.abs() * 1e-12);
            }
        }

        #[test]
        fn the_same_instant_has_one_spelling_in_every_zone(seconds in 0_i64..4_000_000_000, millis in 0_u16..1000, zone in -12_i8..=13) {
            let instant = OffsetDateTime::from_unix_timestamp(seconds).unwrap().replace_millisecond(millis).unwrap();
            let shifted = instant.to_offset(UtcOffset::from_hms(zone, 0, 0).unwrap());
            let written = shifted.format(&Rfc3339).unwrap();
            prop_assert_eq!(canonical_time(&written), canonical_time(&instant.format(&Rfc3339).unwrap()));
        }

        #[test]
        fn no_text_makes_it_panic(text in "\\PC*") {
            let _ = canonical_value(&text);
            let _ = canonical_time(&text);
        }
    }
}
