//! SQL of uploaded files.

use crate::clock::Time;
use crate::db::{Cx, Result, on, words};
use crate::ids::{CommuneId, FileId, ProducerId, UserId};

words! {
    /// What an uploaded file is for.
    FileUse {
        /// A photo: shown in three sizes, the original is not kept.
        Picture = "picture": "Ảnh" / "Photo",
        /// A certificate or other paper: kept as it came.
        Paper = "paper": "Giấy tờ" / "Paper",
    }
}

words! {
    /// Where an uploaded file stands.
    FileState {
        /// Its sizes are being made.
        Pending = "pending": "Đang xử lý" / "Being processed",
        /// Can be shown.
        Ready = "ready": "Sẵn sàng" / "Ready",
        /// Could not be read; `refusal` says why.
        Refused = "refused": "Không dùng được" / "Not usable",
    }
}

/// A file's row.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct FileRow {
    /// Commune.
    pub commune_id: CommuneId,
    /// Id.
    pub id: FileId,
    /// Whose it is.
    pub producer_id: Option<ProducerId>,
    /// What it is for.
    pub kind: FileUse,
    /// Where it stands.
    pub state: FileState,
    /// Media type of what was uploaded.
    pub media_type: String,
    /// Bytes that were uploaded.
    pub bytes: i64,
    /// SHA-256 of them, hex.
    pub sha256: String,
    /// Width of the largest size, px.
    pub width: Option<i32>,
    /// Height of the largest size, px.
    pub height: Option<i32>,
    /// Name as uploaded, for people.
    pub name: String,
    /// Why it could not be used.
    pub refusal: Option<String>,
    /// True if visitors may see it.
    pub public: bool,
    /// Who uploaded it.
    pub created_by: Option<UserId>,
    /// When.
    pub created_at: Time,
}

impl FileRow {
    /// True if its bytes were dropped on a request about personal data.
    pub fn is_erased(&self) -> bool {
        self.state == FileState::Refused && self.sha256.is_empty()
    }
}

const INSERT: &str =
    "INSERT INTO files (commune_id, id, producer_id, kind, state, media_type, bytes, sha256, width, height,
      name, refusal, public, created_by, created_at)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)";
const BY_ID: &str =
    "SELECT commune_id, id, producer_id, kind, state, media_type, bytes, sha256, width, height, name, refusal,
      public, created_by, created_at FROM files WHERE commune_id = $1 AND id = $2";
const READY: &str =
    "UPDATE files SET state = 'ready', width = $3, height = $4, refusal = NULL WHERE commune_id = $1 AND id = $2
      AND NOT (state = 'refused' AND sha256 = '')";
const REFUSED: &str = "UPDATE files SET state = 'refused', refusal = $3 WHERE commune_id = $1 AND id = $2";
const SAME: &str = "SELECT id FROM files WHERE commune_id = $1 AND producer_id = $2 AND kind = $3 AND sha256 = $4
      AND state <> 'refused' ORDER BY id LIMIT 1";
const PUBLISH: &str = "UPDATE files SET public = TRUE WHERE commune_id = $1 AND id = $2 AND kind = 'picture'";

/// Adds a file's row.
pub async fn insert(cx: &mut Cx<'_>, f: &FileRow) -> Result<()> {
    on!(cx, c => sqlx::query(INSERT)
        .bind(f.commune_id)
        .bind(f.id)
        .bind(f.producer_id)
        .bind(f.kind)
        .bind(f.state)
        .bind(&f.media_type)
        .bind(f.bytes)
        .bind(&f.sha256)
        .bind(f.width)
        .bind(f.height)
        .bind(&f.name)
        .bind(&f.refusal)
        .bind(f.public)
        .bind(f.created_by)
        .bind(f.created_at)
        .execute(c)
        .await
        .map(drop))
}

/// A file by id.
pub async fn by_id(cx: &mut Cx<'_>, commune: CommuneId, id: FileId) -> Result<Option<FileRow>> {
    on!(cx, c => sqlx::query_as(BY_ID).bind(commune).bind(id).fetch_optional(c).await)
}

/// Notes that a picture's sizes are made; false if it was erased meanwhile.
pub async fn set_ready(cx: &mut Cx<'_>, commune: CommuneId, id: FileId, width: i32, height: i32) -> Result<bool> {
    on!(cx, c => sqlx::query(READY)
        .bind(commune).bind(id).bind(width).bind(height).execute(c).await.map(|done| done.rows_affected() == 1))
}

/// Notes why a file can't be used.
pub async fn set_refused(cx: &mut Cx<'_>, commune: CommuneId, id: FileId, why: &str) -> Result<()> {
    on!(cx, c => sqlx::query(REFUSED).bind(commune).bind(id).bind(why).execute(c).await.map(drop))
}

/// Lets visitors see a picture: it is part of an approved record.
pub async fn publish(cx: &mut Cx<'_>, commune: CommuneId, id: FileId) -> Result<()> {
    on!(cx, c => sqlx::query(PUBLISH).bind(commune).bind(id).execute(c).await.map(drop))
}

/// The file of this producer that has the same bytes, if there is one.
pub async fn same(
    cx: &mut Cx<'_>,
    commune: CommuneId,
    producer: Option<ProducerId>,
    kind: FileUse,
    sha256: &str,
) -> Result<Option<FileId>> {
    let Some(producer) = producer else { return Ok(None) };
    on!(cx, c => sqlx::query_scalar(SAME).bind(commune).bind(producer).bind(kind).bind(sha256).fetch_optional(c).await)
}
