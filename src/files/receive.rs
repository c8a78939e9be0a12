//! Forms with files: [`Upload`] is the extractor, [`Upload::receive`] reads the form, judges each file and keeps
//! those that are fit.
//!
//! ```ignore
//! async fn handler(ctx: Ctx, Path(short): Path<String>, upload: Upload) -> Result<Response, AppError> {
//!     let (producer, author) = Acting::of(&ctx, &short).await?;
//!     let received = upload.receive(&ctx, Some(producer.id), &[("photo", FileUse::Picture)]).await?;
//!     // received.form holds the text fields, and what was wrong with a file as that field's error;
//!     // received.ids("photo") are the pictures that were taken.
//! }
//! ```
//! One file is in memory at a time. A file that is too heavy is read to its end and dropped, so that the sender gets
//! a sentence and not a broken connection. The same file sent again by the same producer is the same file.

use std::time::Duration;

use axum::extract::multipart::Field;
use axum::extract::{DefaultBodyLimit, FromRequest, Multipart, Request};

use crate::ids::{FileId, ProducerId};
use crate::jobs;
use crate::web::form::{MAX_FORM_BYTES, clean};
use crate::web::kept::Lent;
use crate::web::layers::is_api;
use crate::web::{AppError, Ctx, Form, Lang};

use super::render::{RENDER, RenderJob};
use super::store::{self, FileRow, FileState, FileUse};
use super::{FileKey, MAX_BYTES, Refusal, StoreError, paper, picture};

/// Most bytes read of one request: eight photos at the limit, and room for one that is far above it.
const MAX_REQUEST_BYTES: usize = 12 * MAX_BYTES;
/// Most fields of one form, files among them.
const MAX_FIELDS: usize = 400;
/// How long nothing may come before the sending counts as broken off.
const SILENCE: Duration = Duration::from_secs(30);
/// Longest file name kept, in characters.
const MAX_NAME: usize = 120;

/// A form that may carry files, not yet read: say first who may send it, then [`Upload::receive`].
pub struct Upload {
    multipart: Multipart,
    /// Keeps what was typed where the form can't be done after all.
    lent: Lent,
    /// The answer is for a program.
    is_api: bool,
}

/// A form that was read, and the files that were taken.
#[derive(Debug, Default)]
pub struct Received {
    /// The text fields; a file that was turned away is noted as the error of its field.
    pub form: Form,
    files: Vec<(String, FileId)>,
}

/// Why a file was not kept.
#[derive(Debug, thiserror::Error)]
pub enum NotKept {
    /// Turned away for what it is.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// It was fit, but the store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl NotKept {
    /// The sentence for the sender.
    pub fn say(&self, lang: Lang) -> String {
        match (self, lang) {
            (Self::Refused(refusal), Lang::Vi) => refusal.in_vietnamese(),
            (Self::Refused(refusal), Lang::En) => refusal.in_english(),
            (Self::Store(error), Lang::Vi) => error.in_vietnamese().to_owned(),
            (Self::Store(error), Lang::En) => error.in_english().to_owned(),
        }
    }
}

impl Received {
    /// The files of this field, in the order they were sent.
    pub fn ids<'a>(&'a self, field: &'a str) -> impl Iterator<Item = FileId> + 'a {
        self.files.iter().filter(move |(name, _)| name == field).map(|(_, id)| *id)
    }

    /// The first file of this field.
    pub fn id(&self, field: &str) -> Option<FileId> {
        self.ids(field).next()
    }
}

impl<S: Send + Sync> FromRequest<S> for Upload {
    type Rejection = AppError;

    async fn from_request(mut request: Request, state: &S) -> Result<Self, AppError> {
        // The bytes are counted here, and those over the limit are read and dropped.
        DefaultBodyLimit::disable().apply(&mut request);
        let lent = request.extensions().get::<Lent>().cloned().unwrap_or_default();
        let is_api = is_api(request.uri().path(), request.headers());
        let multipart = Multipart::from_request(request, state).await.map_err(|_| {
            AppError::field(
                "",
                "Biểu mẫu gửi tệp phải là multipart/form-data. / A form with files is multipart/form-data.",
            )
        })?;
        Ok(Self { multipart, lent, is_api })
    }
}

impl Upload {
    /// Reads the form. Files of the fields in `wanted` are judged and kept for `producer`, those of other fields are
    /// dropped. An empty file field is no file.
    ///
    /// # Errors
    /// [`AppError::Invalid`] when the sending broke off, [`AppError::TooLarge`] above all limits; a single file that
    /// can't be taken is no error of the request but of its field.
    pub async fn receive(
        mut self,
        ctx: &Ctx,
        producer: Option<ProducerId>,
        wanted: &[(&str, FileUse)],
    ) -> Result<Received, AppError> {
        let mut received = Received::default();
        let (mut sent, mut failed) = (Vec::new(), None);
        let mut budget =
            Budget { request: MAX_REQUEST_BYTES, text: MAX_FORM_BYTES, fields: MAX_FIELDS, lang: ctx.lang };
        let lang = ctx.lang;
        while let Some(mut field) = patient(self.multipart.next_field(), lang).await? {
            budget.fields = budget.fields.checked_sub(1).ok_or_else(|| too_large(lang))?;
            let name = clean(field.name().unwrap_or_default());
            let Some(file_name) = field.file_name().map(tidy_name) else {
                let bytes = budget.read_text(&mut field).await?;
                received.form.push(&name, &String::from_utf8_lossy(&bytes));
                continue;
            };
            let (bytes, weight) = budget.read_file(&mut field).await?;
            let Some((_, kind)) = wanted.iter().find(|(wanted, _)| *wanted == name) else { continue };
            if weight == 0 && file_name.is_empty() {
                continue;
            }
            if !sent.contains(&name) {
                sent.push(name.clone());
            }
            let kept = match bytes {
                _ if failed.is_some() => continue,
                Some(bytes) => match keep(ctx, producer, *kind, &file_name, bytes).await {
                    Ok(kept) => kept,
                    Err(error) => {
                        // The texts that follow are read first: nobody shall type them again.
                        failed = Some(error);
                        continue;
                    }
                },
                None => Err(Refusal::TooHeavy { bytes: weight, limit: MAX_BYTES }.into()),
            };
            match kept {
                Ok(id) => received.files.push((name, id)),
                Err(error) => {
                    if let NotKept::Store(error) = &error {
                        tracing::error!(%error, "a file could not be stored");
                        let trouble = AppError::from(error);
                        received.form.answer_with(trouble.status());
                        if self.is_api {
                            return Err(trouble);
                        }
                    }
                    let message = error.say(lang);
                    let whole = if file_name.is_empty() { message } else { format!("{file_name}: {message}") };
                    received.form.fail(&name, whole);
                }
            }
        }
        self.lent.note(&received.form, sent);
        failed.map_or(Ok(received), Err)
    }
}

impl Upload {
    /// Reads the form and hands over the file of one field as it came, for whoever judges it: its name and bytes. Files of
    /// other fields are dropped. A file that is too heavy is noted as the error of its field.
    ///
    /// # Errors
    /// As [`Upload::receive`].
    pub async fn receive_raw(mut self, ctx: &Ctx, wanted: &str) -> Result<(Form, Option<(String, Vec<u8>)>), AppError> {
        let (mut form, mut file, lang) = (Form::default(), None, ctx.lang);
        let mut budget = Budget { request: MAX_REQUEST_BYTES, text: MAX_FORM_BYTES, fields: MAX_FIELDS, lang };
        while let Some(mut field) = patient(self.multipart.next_field(), lang).await? {
            budget.fields = budget.fields.checked_sub(1).ok_or_else(|| too_large(lang))?;
            let name = clean(field.name().unwrap_or_default());
            let Some(file_name) = field.file_name().map(tidy_name) else {
                let bytes = budget.read_text(&mut field).await?;
                form.push(&name, &String::from_utf8_lossy(&bytes));
                continue;
            };
            match budget.read_file(&mut field).await? {
                _ if name != wanted => {}
                (_, 0) if file_name.is_empty() => {}
                (Some(bytes), _) => file = Some((file_name, bytes)),
                (None, bytes) => {
                    let refusal = NotKept::Refused(Refusal::TooHeavy { bytes, limit: MAX_BYTES });
                    form.fail(wanted, format!("{file_name}: {}", refusal.say(lang)));
                }
            }
        }
        self.lent.note(&form, file.iter().map(|_| wanted.to_owned()).collect());
        Ok((form, file))
    }
}

impl From<&StoreError> for AppError {
    /// As the one who sends a file may meet it.
    fn from(error: &StoreError) -> Self {
        if matches!(error, StoreError::Full(_)) { Self::NoRoom } else { Self::Unavailable }
    }
}

/// What may still be read of a request.
struct Budget {
    request: usize,
    text: usize,
    fields: usize,
    lang: Lang,
}

impl Budget {
    async fn read_text(&mut self, field: &mut Field<'_>) -> Result<Vec<u8>, AppError> {
        let mut text = Vec::new();
        while let Some(chunk) = patient(field.chunk(), self.lang).await? {
            self.request = self.request.checked_sub(chunk.len()).ok_or_else(|| too_large(self.lang))?;
            self.text = self.text.checked_sub(chunk.len()).ok_or_else(|| too_large(self.lang))?;
            text.extend_from_slice(&chunk);
        }
        Ok(text)
    }

    /// The bytes, unless they are more than a file may have, and how many there were.
    async fn read_file(&mut self, field: &mut Field<'_>) -> Result<(Option<Vec<u8>>, usize), AppError> {
        let mut bytes = Some(Vec::new());
        let mut weight = 0;
        while let Some(chunk) = patient(field.chunk(), self.lang).await? {
            self.request = self.request.checked_sub(chunk.len()).ok_or_else(|| too_large(self.lang))?;
            weight += chunk.len();
            if weight > MAX_BYTES {
                bytes = None;
            }
            if let Some(bytes) = &mut bytes {
                bytes.extend_from_slice(&chunk);
            }
        }
        Ok((bytes, weight))
    }
}

/// Waits for the next part, but not for ever.
async fn patient<T, E: std::fmt::Display>(next: impl Future<Output = Result<T, E>>, lang: Lang) -> Result<T, AppError> {
    match tokio::time::timeout(SILENCE, next).await {
        Ok(Ok(part)) => Ok(part),
        _ => Err(AppError::field(
            "",
            lang.pick(
                "Tệp chưa gửi hết, có lẽ mạng bị ngắt. Hãy quay lại và gửi lần nữa.",
                "The sending broke off, perhaps the net did. Please go back and send it again.",
            ),
        )),
    }
}

fn too_large(lang: Lang) -> AppError {
    let message = lang.pick(
        "Gửi lên quá nhiều trong một lần. Mỗi tệp tối đa 15 MB; hãy gửi từng tệp.",
        "Too much at once. A file has at most 15 MB; please send them one by one.",
    );
    AppError::TooLarge(message.to_owned())
}

/// The last part of the sender's path, without control characters, at most [`MAX_NAME`] characters.
fn tidy_name(name: &str) -> String {
    let last = name.rsplit(['/', '\\']).next().unwrap_or_default();
    clean(last).replace(['\n', '\t'], " ").trim().chars().take(MAX_NAME).collect()
}

/// Judges one file and keeps it for the producer: a picture waits for its sizes (job [`RENDER`]), a paper is ready
/// as it is. The same bytes kept before for this producer are not kept twice.
///
/// # Errors
/// The outer error is ours (the database); the inner one is for the sender.
pub async fn keep(
    ctx: &Ctx,
    producer: Option<ProducerId>,
    kind: FileUse,
    name: &str,
    bytes: Vec<u8>,
) -> Result<Result<FileId, NotKept>, AppError> {
    let judged = tokio::task::spawn_blocking(move || {
        let (format, size) = match kind {
            FileUse::Picture => {
                let checked = picture::check(&bytes)?;
                (checked.format, Some((checked.width as i32, checked.height as i32)))
            }
            FileUse::Paper => (paper::check(&bytes)?.kind, None),
        };
        let hash = paper::FileHash::of(&bytes).to_string();
        Ok::<_, Refusal>((bytes, format, size, hash))
    });
    let (bytes, format, size, sha256) = match judged.await.map_err(AppError::internal)? {
        Ok(judged) => judged,
        Err(refusal) => return Ok(Err(refusal.into())),
    };
    let (app, commune, now) = (&ctx.app, ctx.commune_id(), ctx.now());
    {
        let mut conn = app.db.read().await?;
        if let Some(id) = store::same(&mut conn.cx(), commune, producer, kind, &sha256).await? {
            return Ok(Ok(id));
        }
    }
    let id = FileId::new(now);
    let row = FileRow {
        commune_id: commune,
        id,
        producer_id: producer,
        kind,
        state: if kind == FileUse::Picture { FileState::Pending } else { FileState::Ready },
        media_type: format.media_type().to_owned(),
        bytes: bytes.len() as i64,
        sha256,
        width: size.map(|s| s.0),
        height: size.map(|s| s.1),
        name: name.to_owned(),
        refusal: None,
        public: false,
        created_by: ctx.person.as_ref().map(|p| p.id),
        created_at: now,
    };
    if let Err(error) = app.files.put(FileKey::original(commune.0 as u32, id.0, format), bytes).await {
        return Ok(Err(error.into()));
    }
    let mut tx = app.db.begin().await?;
    store::insert(&mut tx.cx(), &row).await?;
    if kind == FileUse::Picture {
        jobs::enqueue(&mut tx.cx(), commune, RENDER, &RenderJob { file: id }, now).await?;
    }
    tx.commit().await?;
    app.jobs.ring();
    Ok(Ok(id))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_its_last_part_and_short() {
        assert_eq!(tidy_name("C:\\anh\\vải\u{0}.jpg"), "vải.jpg");
        assert_eq!(tidy_name("../../etc/passwd"), "passwd");
        assert_eq!(tidy_name("a\nb.png"), "a b.png");
        assert_eq!(tidy_name(&"ă".repeat(1000)).chars().count(), MAX_NAME);
        assert_eq!(tidy_name(""), "");
    }
}
