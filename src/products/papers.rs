//! The form of one certificate: [`fill`] and [`read`], as in [`super::steps`].

use super::catalogue;
use super::model::CertificateContent;
use super::steps::line;
use super::texts::Texts;
use crate::clock::{Day, DayError};
use crate::traceability::model::growing_area_code;
use crate::web::{Form, Lang};

/// Most certificates of a product.
pub const MOST: usize = 20;
/// The kind whose number has a form of its own (DOMAIN.md §4).
const AREA_CODE: &str = "growing-area-code";

/// A form with what a certificate says.
pub fn fill(certificate: &CertificateContent) -> Form {
    let mut form = Form::default();
    let day = |day: Option<Day>| day.map(Day::text).unwrap_or_default();
    form.set("kind", &certificate.kind);
    form.set("number", &certificate.number);
    form.set("issuer", &certificate.issuer);
    form.set("scope", &certificate.scope);
    form.set("issued_on", &day(certificate.issued_on));
    form.set("expires_on", &day(certificate.expires_on));
    form.set("kept", &certificate.file.map(|file| file.to_string()).unwrap_or_default());
    form
}

/// Reads a certificate under this id, without its file; None with complaints noted in the form.
pub fn read(form: &mut Form, id: uuid::Uuid, today: Day, lang: Lang) -> Option<CertificateContent> {
    let t = Texts(lang);
    let kind = form.value("kind").to_owned();
    if catalogue::certificate_kind(&kind).is_none() {
        form.fail("kind", t.paper_kind_missing());
    }
    let mut number = line(form, "number", 80, lang).unwrap_or_default();
    if kind == AREA_CODE {
        match growing_area_code(&number) {
            Some(code) => number = code,
            None => form.fail("number", t.paper_area_code()),
        }
    }
    let issuer = line(form, "issuer", 160, lang).unwrap_or_default();
    let scope = line(form, "scope", 300, lang).unwrap_or_default();
    let issued_on = read_day(form, "issued_on", t);
    let expires_on = read_day(form, "expires_on", t);
    if let Some(day) = issued_on.filter(|day| *day > today) {
        form.fail("issued_on", t.issued_future(day));
    }
    if let (Some(from), Some(to)) = (issued_on, expires_on)
        && to < from
    {
        form.fail("expires_on", t.expires_before(from, to));
    }
    let certificate = CertificateContent { id, kind, number, issuer, scope, issued_on, expires_on, file: None };
    form.is_fine().then_some(certificate)
}

fn read_day(form: &mut Form, name: &str, t: Texts) -> Option<Day> {
    let typed: String = form.value(name).chars().take(24).collect();
    let day = form.parse_with(name, Day::parse, |error| match error {
        DayError::Shape => t.date_shape().to_owned(),
        DayError::NoSuchDay => t.date_none(&typed),
    })?;
    if (1950..=2150).contains(&day.year()) {
        return Some(day);
    }
    form.fail(name, t.date_year(typed));
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read_from(pairs: &[(&str, &str)]) -> (Option<CertificateContent>, Form) {
        let mut form = Form::default();
        for (name, value) in pairs {
            form.push(name, value);
        }
        let today = Day::new(2026, 6, 14).unwrap();
        let read = read(&mut form, uuid::Uuid::nil(), today, Lang::Vi);
        (read, form)
    }

    #[test]
    fn a_certificate_read_from_its_own_form_is_the_same() {
        let certificate = CertificateContent {
            id: uuid::Uuid::nil(),
            kind: "vietgap".to_owned(),
            number: "VietGAP-MAU-001".to_owned(),
            issuer: "Trung tâm chứng nhận mẫu".to_owned(),
            scope: "2 ha vải".to_owned(),
            issued_on: Some(Day::new(2026, 6, 14).unwrap()),
            expires_on: Some(Day::new(2028, 6, 14).unwrap()),
            file: None,
        };
        let mut form = fill(&certificate);
        assert_eq!(read(&mut form, certificate.id, Day::new(2026, 6, 14).unwrap(), Lang::Vi), Some(certificate));
    }

    #[test]
    fn wrong_dates_are_told_at_their_field() {
        for (issued, expires, field, words) in [
            ("31/02/2026", "", "issued_on", "31/02/2026"),
            ("15/06/2026", "", "issued_on", "chưa tới"),
            ("14/06", "", "issued_on", "14/06/2026"),
            ("01/01/2026", "31/12/2025", "expires_on", "sớm hơn"),
            ("", "01/01/0026", "expires_on", "năm"),
            ("", "hết năm", "expires_on", "ngày"),
        ] {
            let (read, form) = read_from(&[("kind", "vietgap"), ("issued_on", issued), ("expires_on", expires)]);
            assert!(read.is_none(), "{issued} {expires}");
            assert!(form.error(field).is_some_and(|e| e.contains(words)), "{issued} {expires}: {:?}", form.errors());
        }
    }

    #[test]
    fn a_growing_area_code_has_its_own_form() {
        let (read, _) = read_from(&[("kind", "growing-area-code"), ("number", "vn.hdpuc.0001")]);
        assert_eq!(read.unwrap().number, "VN.HDPUC.0001");
        for number in ["", "VN", "-VN01", "VN 0001", "VƯỜN1"] {
            let (read, form) = read_from(&[("kind", "growing-area-code"), ("number", number)]);
            assert!(read.is_none() && form.error("number").is_some(), "{number}");
        }
    }

    #[test]
    fn a_kind_must_be_of_the_list() {
        let (read, form) = read_from(&[("kind", "bằng khen")]);
        assert!(read.is_none() && form.error("kind").is_some());
    }
}
