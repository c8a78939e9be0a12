//! The form of an own paper: lengths in millimetres as people write them.

use crate::web::i18n::whole;
use crate::web::{Form, Lang};

use super::super::sheet::{GeometryError, OwnGeometry};
use super::millimetres;
use super::texts::Texts;

/// The longest name, in characters.
const LONGEST: usize = 80;
/// Fields that count labels; the others are lengths.
const COUNTS: [&str; 2] = ["columns", "rows"];

/// A length or a count that is to be filled in.
pub struct Field {
    /// Name in the form.
    pub name: &'static str,
    /// Label.
    pub label: &'static str,
    /// Hint.
    pub hint: &'static str,
    /// `mm`, or nothing for a count.
    pub unit: &'static str,
}

/// The fields of a geometry, in their order.
pub fn fields(t: Texts) -> Vec<Field> {
    let rows: [(&'static str, &'static str, &'static str); 10] = [
        ("label_width", t.label_width(), ""),
        ("label_height", t.label_height(), ""),
        ("columns", t.columns(), ""),
        ("rows", t.rows(), ""),
        ("margin_left", t.margin_left(), ""),
        ("margin_top", t.margin_top(), ""),
        ("pitch_x", t.pitch_x(), t.pitch_hint()),
        ("pitch_y", t.pitch_y(), t.pitch_hint()),
        ("offset_x", t.offset_x(), t.offset_hint()),
        ("offset_y", t.offset_y(), t.offset_hint()),
    ];
    let unit = |name| if COUNTS.contains(&name) { "" } else { "mm" };
    rows.into_iter().map(|(name, label, hint)| Field { name, label, hint, unit: unit(name) }).collect()
}

/// Puts a geometry into a form.
pub fn fill(form: &mut Form, name: &str, geometry: &OwnGeometry, lang: Lang) {
    let g = geometry;
    form.set("name", name);
    form.set("columns", &g.columns.to_string());
    form.set("rows", &g.rows.to_string());
    for (field, hundredths) in [
        ("label_width", g.label_width),
        ("label_height", g.label_height),
        ("margin_left", g.margin_left),
        ("margin_top", g.margin_top),
        ("pitch_x", g.pitch_x),
        ("pitch_y", g.pitch_y),
        ("offset_x", g.offset_x),
        ("offset_y", g.offset_y),
    ] {
        form.set(field, &of_hundredths(hundredths, lang));
    }
}

/// Reads name and geometry; None with what is wrong noted beside its field.
pub fn read(form: &mut Form, lang: Lang) -> Option<(String, OwnGeometry)> {
    let t = Texts(lang);
    let name = form.required("name", LONGEST, t.name_missing(), lang);
    let mut length = |field: &str| {
        let read = hundredths(form.value(field));
        if read.is_none() {
            form.fail(field, t.number_wrong());
        }
        read.unwrap_or_default()
    };
    let (label_width, label_height) = (length("label_width"), length("label_height"));
    let (margin_left, margin_top) = (length("margin_left"), length("margin_top"));
    let (pitch_x, pitch_y) = (length("pitch_x"), length("pitch_y"));
    let (offset_x, offset_y) = (length("offset_x"), length("offset_y"));
    let mut count = |field: &str| {
        let read = form.value(field).parse::<i64>().ok();
        if read.is_none() {
            form.fail(field, t.count_wrong());
        }
        read.unwrap_or_default()
    };
    let (columns, rows) = (count("columns"), count("rows"));
    let geometry = OwnGeometry {
        label_width,
        label_height,
        columns,
        rows,
        margin_left,
        margin_top,
        pitch_x,
        pitch_y,
        offset_x,
        offset_y,
    };
    if !form.is_fine() {
        return None;
    }
    for (field, fault) in geometry.faults() {
        form.fail(field, said(field, fault, t));
    }
    form.is_fine().then_some((name?, geometry))
}

fn said(field: &str, fault: GeometryError, t: Texts) -> String {
    let mm = |hundredths| of_hundredths(hundredths, t.0);
    match fault {
        GeometryError::Outside { least, most } if COUNTS.contains(&field) => {
            t.between(whole(least, t.0), whole(most, t.0))
        }
        GeometryError::Outside { least, most } => t.between_mm(mm(least), mm(most)),
        GeometryError::Overlap(by) => t.overlap(mm(by)),
        GeometryError::OffPage(by) => t.off_page(mm(by)),
    }
}

fn of_hundredths(hundredths: i64, lang: Lang) -> String {
    millimetres(hundredths as f32 / 100.0, lang)
}

/// Hundredths of a millimetre from `38,1`, `38.10` or `-1,5`; nothing is 0. None for what is no such number.
fn hundredths(text: &str) -> Option<i64> {
    let text = text.trim().trim_end_matches("mm").trim_end().replace(',', ".").replace('−', "-");
    if text.is_empty() {
        return Some(0);
    }
    let number: f64 = text.parse().ok()?;
    let plain = text.bytes().all(|b| b.is_ascii_digit() || b == b'.' || b == b'-');
    (plain && number.abs() < 10_000.0).then(|| (number * 100.0).round() as i64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_are_read_as_people_write_them() {
        assert_eq!(hundredths("38,1"), Some(3_810));
        assert_eq!(hundredths(" 21.25 mm"), Some(2_125));
        assert_eq!(hundredths("-1,5"), Some(-150));
        assert_eq!(hundredths(""), Some(0));
        for text in ["ba", "1e3", "1,2,3", "inf", "99999"] {
            assert_eq!(hundredths(text), None, "{text}");
        }
    }
}
