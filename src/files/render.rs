//! The job that makes a picture's three sizes and drops the original; a file whose inside turns out to be damaged is
//! marked as refused, with the sentence that its owner reads.

use serde::{Deserialize, Serialize};

use crate::app::App;
use crate::ids::FileId;
use crate::jobs::Job;
use crate::web::Lang;

use super::sniff::FileKind;
use super::store::{self, FileRow, FileState, FileUse};
use super::{FileKey, Refusal, Size, StoreError, picture};

/// Kind of the job.
pub const RENDER: &str = "files.render";

/// Payload of [`RENDER`].
#[derive(Debug, Serialize, Deserialize)]
pub struct RenderJob {
    /// The picture.
    pub file: FileId,
}

/// Does the job; done again it changes nothing.
pub async fn render(app: &App, job: &Job) -> Result<(), String> {
    let RenderJob { file } = serde_json::from_str(&job.payload).map_err(|e| e.to_string())?;
    let commune = job.commune_id;
    let row = {
        let mut conn = app.db.read().await.map_err(|e| e.to_string())?;
        store::by_id(&mut conn.cx(), commune, file).await.map_err(|e| e.to_string())?
    };
    let Some(row) = row.filter(|row| row.kind == FileUse::Picture) else { return Ok(()) };
    let original = FileKey::original(commune.0 as u32, file.0, kind_of(&row.media_type));
    if row.state == FileState::Pending {
        make_sizes(app, &row, original.clone()).await?;
    }
    app.files.delete(original).await.map_err(|e| e.to_string())
}

async fn make_sizes(app: &App, row: &FileRow, original: FileKey) -> Result<(), String> {
    let bytes = match app.files.get(original).await {
        Ok(bytes) => bytes,
        Err(StoreError::Missing(key)) => {
            tracing::error!(%key, "a picture's original is gone");
            return refuse(app, row, &Refusal::CutOff).await;
        }
        Err(error) => return Err(error.to_string()),
    };
    let rendered = tokio::task::spawn_blocking(move || picture::render(&bytes)).await.map_err(|e| e.to_string())?;
    let rendered = match rendered {
        Ok(rendered) => rendered,
        Err(refusal) => return refuse(app, row, &refusal).await,
    };
    let (width, height) = (rendered.large.width as i32, rendered.large.height as i32);
    for (size, rendition) in
        [(Size::Small, rendered.small), (Size::Medium, rendered.medium), (Size::Large, rendered.large)]
    {
        let key = FileKey::picture(row.commune_id.0 as u32, row.id.0, size);
        app.files.put(key, rendition.jpeg).await.map_err(|e| e.to_string())?;
    }
    let mut tx = app.db.begin().await.map_err(|e| e.to_string())?;
    let kept =
        store::set_ready(&mut tx.cx(), row.commune_id, row.id, width, height).await.map_err(|e| e.to_string())?;
    tx.commit().await.map_err(|e| e.to_string())?;
    if !kept {
        for size in [Size::Small, Size::Medium, Size::Large] {
            let key = FileKey::picture(row.commune_id.0 as u32, row.id.0, size);
            app.files.delete(key).await.map_err(|e| e.to_string())?;
        }
    }
    Ok(())
}

async fn refuse(app: &App, row: &FileRow, refusal: &Refusal) -> Result<(), String> {
    let why = format!("{}\n{}", refusal.in_vietnamese(), refusal.in_english());
    let mut tx = app.db.begin().await.map_err(|e| e.to_string())?;
    store::set_refused(&mut tx.cx(), row.commune_id, row.id, &why).await.map_err(|e| e.to_string())?;
    tx.commit().await.map_err(|e| e.to_string())
}

/// The kind of a media type that was noted at upload.
pub fn kind_of(media_type: &str) -> FileKind {
    [FileKind::Jpeg, FileKind::Png, FileKind::WebP, FileKind::Pdf]
        .into_iter()
        .find(|kind| kind.media_type() == media_type)
        .unwrap_or(FileKind::Unknown)
}

impl FileRow {
    /// Why the file could not be used, for its owner.
    pub fn refusal_in(&self, lang: Lang) -> Option<&str> {
        let why = self.refusal.as_deref()?;
        let (vi, en) = why.split_once('\n').unwrap_or((why, ""));
        Some(lang.pick_or(vi, en))
    }
}
