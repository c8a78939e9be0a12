//! From a cell to the text that a form would have sent: dates in the forms people write, numbers of workbooks, phones
//! and tax codes whose first zero a spreadsheet took off.

use super::book::{Value, plain};
use super::model::What;
use super::texts::Texts;
use crate::accounts::model::Phone;
use crate::amounts::Thousandths;
use crate::clock::{Day, Time};
use crate::producers::tax_code::TaxCode;
use crate::web::form::clean;

/// Serial numbers that are taken for days: 1954 to 2119.
const SERIALS: std::ops::Range<f64> = 20_000.0..80_000.0;

/// A cell as text; `note` takes what was repaired. An error is what to tell.
pub fn text(value: &Value, what: What, today: Day, t: Texts, note: &mut Vec<String>) -> Result<String, String> {
    if let Value::Error(error) = value {
        return Err(t.formula_failed(error));
    }
    let text = clean(&value.text()).trim().to_owned();
    Ok(match (what, value) {
        (What::Text, _) => text,
        (What::Date, Value::Number(serial)) if SERIALS.contains(serial) => of_serial(*serial).text(),
        (What::Date, _) => day(&text, today),
        (What::Quantity, Value::Number(number)) => quantity(*number),
        (What::Money, Value::Number(number)) => plain(*number),
        (What::Money | What::Quantity, _) => text,
        (What::Phone, _) => zero_back(&text, |text| Phone::parse(text).is_ok(), t, note),
        (What::TaxCode, _) => zero_back(&text, |text| TaxCode::parse(text).is_ok(), t, note),
    })
}

/// The day of a serial number as Excel for Windows counts; 01/01/1970 is 25,569.
fn of_serial(serial: f64) -> Day {
    Time::from_micros(0).day().plus_days(serial as i64 - 25_569)
}

/// A day with its time taken off, and a year of two digits written out: the latest one that is at most ten years away.
fn day(text: &str, today: Day) -> String {
    let text = text.split([' ', 'T']).next().unwrap_or_default();
    let parts: Vec<&str> = text.split(['/', '-', '.']).collect();
    match parts.as_slice() {
        [day, month, year] if day.len() <= 2 && year.len() == 2 && year.bytes().all(|b| b.is_ascii_digit()) => {
            let short: i32 = year.parse().unwrap_or_default();
            let century = today.year() / 100 * 100;
            let full = if century + short > today.year() + 10 { century - 100 + short } else { century + short };
            format!("{day}/{month}/{full}")
        }
        _ => text.to_owned(),
    }
}

/// A number in thousandths as it stands in a form; what is finer stays as it is, so that the form's rule says so.
fn quantity(number: f64) -> String {
    let thousandths = (number * 1_000.0).round();
    if (number * 1_000.0 - thousandths).abs() < 1e-4 && thousandths.abs() < 9e15 {
        Thousandths(thousandths as i64).text(crate::web::Lang::Vi)
    } else {
        plain(number)
    }
}

/// A number that is right only with the zero that a spreadsheet took off.
fn zero_back(text: &str, is_right: impl Fn(&str) -> bool, t: Texts, note: &mut Vec<String>) -> String {
    let whole = format!("0{text}");
    if !text.starts_with('0') && text.starts_with(|c: char| c.is_ascii_digit()) && !is_right(text) && is_right(&whole) {
        note.push(t.zero_back(&whole));
        whole
    } else {
        text.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::web::Lang;

    fn read(value: Value, what: What) -> (String, usize) {
        let mut notes = Vec::new();
        let today = Day::new(2026, 6, 14).unwrap();
        let text = text(&value, what, today, Texts(Lang::Vi), &mut notes).unwrap();
        (text, notes.len())
    }

    #[test]
    fn days_are_read_in_three_forms_and_as_serial_numbers() {
        for (text, wanted) in [
            ("01/03/2026", "01/03/2026"),
            ("1-3-26", "1/3/2026"),
            ("2026-03-01", "2026-03-01"),
            ("01/03/2026 00:00:00", "01/03/2026"),
            ("1.3.87", "1/3/1987"),
        ] {
            assert_eq!(read(Value::Text(text.to_owned()), What::Date), (wanted.to_owned(), 0));
        }
        assert_eq!(read(Value::Number(46_082.0), What::Date).0, "01/03/2026");
        assert_eq!(read(Value::Number(46_082.75), What::Date).0, "01/03/2026");
    }

    #[test]
    fn a_zero_that_was_lost_is_put_back_and_told() {
        assert_eq!(read(Value::Number(912_345_678.0), What::Phone), ("0912345678".to_owned(), 1));
        assert_eq!(read(Value::Text("912 345 678".to_owned()), What::Phone), ("0912 345 678".to_owned(), 1));
        assert_eq!(read(Value::Text("0912345678".to_owned()), What::Phone), ("0912345678".to_owned(), 0));
        assert_eq!(read(Value::Text("12345".to_owned()), What::Phone), ("12345".to_owned(), 0));
        assert_eq!(read(Value::Number(100_047_516.0), What::TaxCode), ("0100047516".to_owned(), 1));
    }

    #[test]
    fn numbers_of_workbooks_become_what_a_form_takes() {
        assert_eq!(read(Value::Number(1_500_000.0), What::Money).0, "1500000");
        assert_eq!(read(Value::Number(1.125), What::Quantity).0, "1,125");
        assert_eq!(read(Value::Number(1_240.5), What::Quantity).0, "1.240,5");
        assert_eq!(Thousandths::parse(&read(Value::Number(0.1 + 0.2), What::Quantity).0), Ok(Thousandths(300)));
        assert!(Thousandths::parse(&read(Value::Number(0.000_5), What::Quantity).0).is_err());
    }

    #[test]
    fn a_formula_that_failed_is_no_value() {
        let value = Value::Error("#N/A".to_owned());
        let today = Day::new(2026, 6, 14).unwrap();
        assert!(text(&value, What::Text, today, Texts(Lang::Vi), &mut Vec::new()).unwrap_err().contains("#N/A"));
    }
}
