//! What was typed into a form that could not be done: the session had ended, or the database or the disk did not
//! answer. Nobody types it again.
//!
//! A plain form's body is small and kept whole. A form with files is not: its body is lent to the handler, and where
//! the handler did not begin to read it ([`Lent`]), its text fields are read here; where it did, `files::receive` noted
//! them. Files are not kept, only the names of the fields they came in, so that they are asked for again.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use axum::body::Body;
use axum::extract::{DefaultBodyLimit, FromRequest, Multipart, Request};
use futures_util::{StreamExt, stream};
use http::request::Parts;

use super::form::{Form, MAX_FORM_BYTES, clean};

/// Fields that hold passwords, in any form: they never go back into a page.
const PASSWORD_FIELDS: [&str; 3] = ["password", "old", "new"];
/// Fields in which a form keeps its own bookkeeping.
const OWN_FIELDS: [&str; 9] = ["lan", "ban", "phien-ban", "version", "ve", "tiep", "giu", "giu-tep", "khach"];
/// Most fields that hold files.
const MOST_FILE_FIELDS: usize = 20;
/// Most bytes read of a form whose handler read none: one heavy photo, and room.
const MOST_BYTES: usize = 24 * 1024 * 1024;
/// How long the rest of a form with files may take to come.
const PATIENCE: Duration = Duration::from_mins(5);

/// A form as typed.
#[derive(Clone, Debug, Default)]
pub struct Kept {
    /// The text fields; passwords are left out.
    pub form: Form,
    /// Names of the fields in which files came; each once.
    pub files: Vec<String>,
    /// True if the form is sent as multipart/form-data.
    pub is_multipart: bool,
}

impl Kept {
    /// From the body of a plain form.
    pub fn of_plain(body: &[u8]) -> Self {
        Self::of(&Form::parse(body), Vec::new(), false)
    }

    fn of(typed: &Form, files: Vec<String>, is_multipart: bool) -> Self {
        let mut form = Form::default();
        for (name, value) in typed.pairs().iter().filter(|(name, _)| !PASSWORD_FIELDS.contains(&name.as_str())) {
            form.push(name, value);
        }
        Self { form, files, is_multipart }
    }

    /// What a person typed or chose, for the eye: no bookkeeping, no empty answers.
    pub fn words(&self) -> Vec<&str> {
        let typed = |(name, value): &&(String, String)| {
            !OWN_FIELDS.contains(&name.as_str()) && value.trim().chars().any(char::is_alphanumeric)
        };
        self.form.pairs().iter().filter(typed).map(|(_, value)| value.trim()).collect()
    }
}

/// The body of a form with files, lent to the handler, and what the handler noted of it.
#[derive(Clone, Default)]
pub struct Lent(Arc<Mutex<Slot>>);

#[derive(Default)]
struct Slot {
    /// The body until somebody begins to read it.
    body: Option<Body>,
    noted: Option<(Form, Vec<String>)>,
}

impl Lent {
    /// Lends a body: the one that comes back reads from it.
    pub fn lend(body: Body) -> (Self, Body) {
        let lent = Self(Arc::new(Mutex::new(Slot { body: Some(body), noted: None })));
        let taken = lent.clone();
        let stream = stream::once(async move { taken.take().into_data_stream() }).flatten();
        (lent, Body::from_stream(stream))
    }

    fn slot(&self) -> MutexGuard<'_, Slot> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn take(&self) -> Body {
        self.slot().body.take().unwrap_or_default()
    }

    /// Notes the text fields of a form that was read, and the fields in which files came.
    pub fn note(&self, form: &Form, files: Vec<String>) {
        self.slot().noted = Some((form.clone(), files));
    }

    /// What was typed; reads the body if nobody has.
    pub async fn typed(&self, parts: &Parts) -> Kept {
        let (noted, body) = {
            let mut slot = self.slot();
            (slot.noted.take(), slot.body.take())
        };
        let (form, files) = match (noted, body) {
            (Some(noted), _) => noted,
            (None, Some(body)) => {
                let mut read = (Form::default(), Vec::new());
                // What came until then is kept.
                let _ = tokio::time::timeout(PATIENCE, read_texts(parts, body, &mut read)).await;
                read
            }
            (None, None) => (Form::default(), Vec::new()),
        };
        Kept::of(&form, files, true)
    }
}

/// Reads a form's text fields and drops its files, until something is wrong with it.
async fn read_texts(parts: &Parts, body: Body, (form, files): &mut (Form, Vec<String>)) -> Option<()> {
    let mut request = Request::new(body);
    *request.headers_mut() = parts.headers.clone();
    DefaultBodyLimit::disable().apply(&mut request);
    let mut multipart = Multipart::from_request(request, &()).await.ok()?;
    let (mut left, mut left_in_all) = (MAX_FORM_BYTES, MOST_BYTES);
    while let Some(mut field) = multipart.next_field().await.ok()? {
        let name = clean(field.name().unwrap_or_default());
        let is_file = field.file_name().is_some();
        let mut text = Vec::new();
        let mut holds_any = false;
        while let Some(chunk) = field.chunk().await.ok()? {
            holds_any = true;
            left_in_all = left_in_all.checked_sub(chunk.len())?;
            if !is_file {
                left = left.checked_sub(chunk.len())?;
                text.extend_from_slice(&chunk);
            }
        }
        if !is_file {
            form.push(&name, &String::from_utf8_lossy(&text));
        } else if holds_any && !files.contains(&name) && files.len() < MOST_FILE_FIELDS {
            files.push(name);
        }
    }
    Some(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn passwords_are_not_kept_and_bookkeeping_is_not_shown() {
        let kept = Kept::of_plain(b"lan=1&name=V%E1%BA%A3i&password=bi+mat&empty=+&price=-");
        assert_eq!(kept.words(), ["Vải"]);
        assert_eq!(kept.form.value("lan"), "1");
        assert!(!kept.form.sent("password"));
    }

    #[tokio::test]
    async fn a_body_that_nobody_read_is_read_for_its_texts() {
        let text = "--x\r\ncontent-disposition: form-data; name=\"note\"\r\n\r\nHái sớm\r\n\
                    --x\r\ncontent-disposition: form-data; name=\"anh\"; filename=\"a.jpg\"\r\n\r\nJPEG\r\n--x--\r\n";
        let request = http::Request::builder().header("content-type", "multipart/form-data; boundary=x");
        let (parts, ()) = request.body(()).unwrap().into_parts();
        let (lent, handed) = Lent::lend(Body::from(text));
        drop(handed);
        let kept = lent.typed(&parts).await;
        assert_eq!((kept.form.value("note"), kept.files.as_slice()), ("Hái sớm", &["anh".to_owned()][..]));

        let (lent, handed) = Lent::lend(Body::from(text));
        assert_eq!(axum::body::to_bytes(handed, 10_000).await.unwrap().len(), text.len());
        assert!(lent.typed(&parts).await.form.pairs().is_empty(), "whoever reads it notes what it found");
    }
}
