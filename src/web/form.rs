//! Forms that keep what was typed: [`Form`] holds the fields as sent and what is wrong with each.
//!
//! Text is NFC-normalised, stripped of control characters and trimmed once, here. A page re-shown with
//! errors renders from the same `Form`, so nothing typed is lost.

use axum::extract::{FromRequest, Request};
use bytes::Bytes;
use http::StatusCode;

use super::error::{AppError, FieldError};
use super::i18n::Lang;
use crate::fold::nfc;

/// The largest body of a form without files, in bytes.
pub const MAX_FORM_BYTES: usize = 512 * 1024;

/// The fields of a form, in order, and their errors.
#[derive(Clone, Debug, Default)]
pub struct Form {
    pairs: Vec<(String, String)>,
    errors: Vec<FieldError>,
    /// The status where what is wrong is ours.
    status: Option<StatusCode>,
}

impl Form {
    /// From `name=value&…`.
    pub fn parse(body: &[u8]) -> Self {
        let mut form = Self::default();
        for part in body.split(|b| *b == b'&').filter(|part| !part.is_empty()) {
            let (name, value) = match part.iter().position(|b| *b == b'=') {
                Some(at) => (&part[..at], &part[at + 1..]),
                None => (part, &[][..]),
            };
            form.push(&decode(name), &decode(value));
        }
        form
    }

    /// Adds a field, cleaned as all text is: NFC, no control characters but line breaks, `\n` for line ends.
    pub fn push(&mut self, name: &str, value: &str) {
        self.pairs.push((clean(name), clean(value)));
    }

    /// Replaces every value of a field by this one.
    pub fn set(&mut self, name: &str, value: &str) {
        self.pairs.retain(|(n, _)| n != name);
        self.push(name, value);
    }

    /// The first value of a field, trimmed; empty if it was not sent.
    pub fn value(&self, name: &str) -> &str {
        self.pairs.iter().find(|(n, _)| n == name).map_or("", |(_, v)| v.trim())
    }

    /// Every value of a field that is not empty (checkboxes).
    pub fn values<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.pairs.iter().filter(move |(n, v)| n == name && !v.trim().is_empty()).map(|(_, v)| v.trim())
    }

    /// True if a field has this value (a radio or checkbox that is chosen).
    pub fn has(&self, name: &str, value: &str) -> bool {
        self.values(name).any(|v| v == value)
    }

    /// True if the field was sent at all.
    pub fn sent(&self, name: &str) -> bool {
        self.pairs.iter().any(|(n, _)| n == name)
    }

    /// All fields, as sent.
    pub fn pairs(&self) -> &[(String, String)] {
        &self.pairs
    }

    /// Notes what is wrong with a field; the first complaint about a field stands.
    pub fn fail(&mut self, field: &str, message: impl Into<String>) {
        if self.error(field).is_none() {
            self.errors.push(FieldError { field: field.to_owned(), message: message.into() });
        }
    }

    /// What is wrong with a field; empty if nothing.
    pub fn error(&self, field: &str) -> Option<&str> {
        self.errors.iter().find(|e| e.field == field).map(|e| e.message.as_str())
    }

    /// What is wrong is the server's fault and not the sender's.
    pub fn answer_with(&mut self, status: StatusCode) {
        self.status = Some(status);
    }

    /// The status of a page that shows the form again: 422 unless the fault is ours.
    pub fn status(&self) -> StatusCode {
        self.status.unwrap_or(StatusCode::UNPROCESSABLE_ENTITY)
    }

    /// Every complaint, in order.
    pub fn errors(&self) -> &[FieldError] {
        &self.errors
    }

    /// True if nothing is wrong.
    pub fn is_fine(&self) -> bool {
        self.errors.is_empty()
    }

    /// The text of a field of at most `most` characters, or None with an error noted.
    pub fn text(&mut self, name: &str, most: usize, lang: Lang) -> Option<String> {
        let value = self.value(name).to_owned();
        let length = value.chars().count();
        if length > most {
            let message = match lang {
                Lang::Vi => format!("Dài {length} chữ, tối đa {most}. Hãy rút ngắn bớt."),
                Lang::En => format!("{length} characters, at most {most}. Please shorten it."),
            };
            self.fail(name, message);
            return None;
        }
        Some(value)
    }

    /// As [`Form::text`], and it must not be empty; `missing` says what to write.
    pub fn required(&mut self, name: &str, most: usize, missing: &str, lang: Lang) -> Option<String> {
        let text = self.text(name, most, lang)?;
        if text.is_empty() {
            self.fail(name, missing);
            return None;
        }
        Some(text)
    }

    /// Parses a field that is not empty; the error's words come from `say`. An empty field gives None unnoted.
    pub fn parse_with<T, E>(
        &mut self,
        name: &str,
        parse: impl FnOnce(&str) -> Result<T, E>,
        say: impl FnOnce(E) -> String,
    ) -> Option<T> {
        let value = self.value(name).to_owned();
        if value.is_empty() {
            return None;
        }
        match parse(&value) {
            Ok(parsed) => Some(parsed),
            Err(error) => {
                self.fail(name, say(error));
                None
            }
        }
    }

    /// The form's request id (hidden field `lan`), by which the same form sent twice is told; a new one if
    /// it was not sent.
    pub fn request_id(&self, now: crate::clock::Time) -> uuid::Uuid {
        self.value("lan").parse().unwrap_or_else(|_| crate::ids::new_id(now))
    }

    /// The errors as an [`AppError`], for programs.
    pub fn into_error(self) -> AppError {
        AppError::Invalid(self.errors)
    }
}

fn decode(bytes: &[u8]) -> String {
    let spaced: Vec<u8> = bytes.iter().map(|b| if *b == b'+' { b' ' } else { *b }).collect();
    percent_encoding::percent_decode(&spaced).decode_utf8_lossy().into_owned()
}

/// All but what RFC 3986 §2.3 leaves as it is.
const RESERVED: &percent_encoding::AsciiSet =
    &percent_encoding::NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// Fields as `name=value&…`.
pub fn encode(pairs: &[(String, String)]) -> String {
    let code = |text: &str| percent_encoding::utf8_percent_encode(text, RESERVED).to_string();
    pairs.iter().map(|(name, value)| format!("{}={}", code(name), code(value))).collect::<Vec<_>>().join("&")
}

/// NFC, `\n` line ends, no other control characters, no bidirectional overrides.
pub fn clean(text: &str) -> String {
    let unified = text.replace("\r\n", "\n").replace('\r', "\n");
    nfc(&unified)
        .chars()
        .filter(|c| {
            (!c.is_control() || matches!(c, '\n' | '\t'))
                && !matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}' | '\u{fffe}')
        })
        .collect()
}

impl<S: Send + Sync> FromRequest<S> for Form {
    type Rejection = AppError;

    async fn from_request(request: Request, state: &S) -> Result<Self, AppError> {
        let bytes = Bytes::from_request(request, state).await.map_err(|rejection| {
            if rejection.status() == http::StatusCode::PAYLOAD_TOO_LARGE {
                AppError::TooLarge("Biểu mẫu quá lớn. Hãy rút ngắn phần chữ. / The form is too large.".to_owned())
            } else {
                AppError::internal(rejection)
            }
        })?;
        Ok(Self::parse(&bytes))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_kept_as_nfc_without_control_characters() {
        let form = Form::parse("ten=Va%CC%89i+thie%CC%82%CC%80u%00&ten2=a%0D%0Ab".as_bytes());
        assert_eq!(form.value("ten"), "Vải thiều");
        assert_eq!(form.value("ten2"), "a\nb");
        assert_eq!(form.value("khong"), "");
    }

    #[test]
    fn a_long_name_is_refused_and_kept() {
        let mut form = Form::default();
        form.push("ten", &"ă".repeat(10_000));
        assert_eq!(form.text("ten", 120, Lang::Vi), None);
        assert_eq!(form.value("ten").chars().count(), 10_000);
        assert!(form.error("ten").is_some_and(|e| e.contains("10000") && e.contains("120")));
    }

    #[test]
    fn repeated_fields_are_all_kept() {
        let form = Form::parse(b"thang=1&thang=6&thang=");
        assert_eq!(form.values("thang").collect::<Vec<_>>(), ["1", "6"]);
        assert!(form.has("thang", "6"));
        assert!(!form.has("thang", "7"));
    }
}
