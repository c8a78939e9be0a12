//! Serving pictures and papers.
//!
//! A picture that is part of an approved record is anybody's; others are for those who may act for the producer and
//! for the office. Papers are for the producer, the office and whoever uploaded them, and a PDF is only downloaded.

use axum::extract::Path;
use axum::response::{IntoResponse, Response};
use http::{HeaderValue, StatusCode, header};

use crate::accounts::model::{Person, Role};
use crate::ids::FileId;
use crate::producers::{acting, store as producers};
use crate::web::i18n::texts;
use crate::web::{AppError, Ctx};

use super::render::kind_of;
use super::sniff::FileKind;
use super::store::{self, FileRow, FileState, FileUse};
use super::{FileKey, Size, StoreError};

texts! {
    pending: "Đang xử lý ảnh" / "Being processed";
    pending_more: "Chờ chừng một phút" / "Wait a minute";
    refused: "Ảnh không dùng được" / "Picture not usable";
    refused_more: "Hãy gửi ảnh khác" / "Please send another";
}

const FOR_ALL: &str = "public, max-age=31536000, immutable";
const FOR_ONE: &str = "private, max-age=3600";

/// `GET /anh/{id}/{s|m|l}`: a picture in one of its sizes.
pub async fn picture(ctx: Ctx, Path((id, size)): Path<(String, String)>) -> Result<Response, AppError> {
    let size = match size.as_str() {
        "s" => Size::Small,
        "m" => Size::Medium,
        "l" => Size::Large,
        _ => return Err(AppError::NotFound),
    };
    let row = file(&ctx, &id, FileUse::Picture).await?;
    if !row.public && !may_see(&ctx, &row).await? {
        return Err(AppError::NotFound);
    }
    let t = Texts(ctx.lang);
    match row.state {
        FileState::Pending => Ok(placeholder(t.pending(), t.pending_more())),
        FileState::Refused => Ok(placeholder(t.refused(), t.refused_more())),
        FileState::Ready => {
            let bytes = read(&ctx, FileKey::picture(row.commune_id.0 as u32, row.id.0, size)).await?;
            let cache = if row.public { FOR_ALL } else { FOR_ONE };
            Ok(([(header::CONTENT_TYPE, "image/jpeg"), (header::CACHE_CONTROL, cache)], bytes).into_response())
        }
    }
}

/// `GET /giay/{id}`: a paper, as it came.
pub async fn paper(ctx: Ctx, Path(id): Path<String>) -> Result<Response, AppError> {
    let person = ctx.person()?.clone();
    let row = file(&ctx, &id, FileUse::Paper).await?;
    let own = row.producer_id.is_some_and(|producer| person.acts_for(ctx.commune_id(), producer));
    if !own && !is_office(&ctx, &person) && row.created_by != Some(person.id) {
        return Err(AppError::NotFound);
    }
    whole(&ctx, &row).await
}

/// A paper as it came, for whoever asks: who may read it was judged before.
pub async fn given(ctx: &Ctx, id: FileId) -> Result<Response, AppError> {
    let row = file(ctx, &id.to_string(), FileUse::Paper).await?;
    whole(ctx, &row).await
}

async fn whole(ctx: &Ctx, row: &FileRow) -> Result<Response, AppError> {
    let kind = kind_of(&row.media_type);
    let bytes = read(ctx, FileKey::original(row.commune_id.0 as u32, row.id.0, kind)).await?;
    let disposition = disposition(kind, &row.name);
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static(kind.media_type())),
        (header::CONTENT_DISPOSITION, HeaderValue::from_str(&disposition).map_err(AppError::internal)?),
        (header::CACHE_CONTROL, HeaderValue::from_static("private, no-store")),
        (header::CONTENT_SECURITY_POLICY, HeaderValue::from_static("default-src 'none'; sandbox")),
    ];
    Ok((headers, bytes).into_response())
}

async fn file(ctx: &Ctx, id: &str, kind: FileUse) -> Result<FileRow, AppError> {
    let id: FileId = id.parse().map_err(|_| AppError::NotFound)?;
    let mut conn = ctx.app.db.read().await?;
    let row = store::by_id(&mut conn.cx(), ctx.commune_id(), id).await?;
    row.filter(|row| row.kind == kind && !row.is_erased()).ok_or(AppError::NotFound)
}

fn is_office(ctx: &Ctx, person: &Person) -> bool {
    person.has_role(ctx.commune_id(), &[Role::Officer, Role::Admin, Role::Viewer])
}

async fn may_see(ctx: &Ctx, row: &FileRow) -> Result<bool, AppError> {
    let Some(person) = &ctx.person else { return Ok(false) };
    if row.created_by == Some(person.id) || is_office(ctx, person) {
        return Ok(true);
    }
    let Some(producer) = row.producer_id else { return Ok(false) };
    let mut conn = ctx.app.db.read().await?;
    let producer = producers::by_id(&mut conn.cx(), row.commune_id, producer).await?;
    Ok(producer.is_some_and(|producer| acting::channel(person, &producer).is_some()))
}

async fn read(ctx: &Ctx, key: FileKey) -> Result<Vec<u8>, AppError> {
    ctx.app.files.get(key).await.map_err(|error| match error {
        StoreError::Missing(_) => {
            tracing::error!(%error, "a file in the database is not in the store");
            AppError::NotFound
        }
        other => {
            tracing::error!(error = %other, "a file can't be read");
            AppError::from(&other)
        }
    })
}

/// Stands in for a picture that can't be shown yet or at all; never kept by a cache.
fn placeholder(title: &str, more: &str) -> Response {
    let svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 320 240\" width=\"320\" height=\"240\" \
         text-anchor=\"middle\" font-family=\"sans-serif\" fill=\"#17472f\"><rect width=\"320\" height=\"240\" \
         fill=\"#e3ecd8\"/><path d=\"M160 104c-8-34 10-56 52-56 4 42-18 64-52 56zm0 0 36-38\" fill=\"none\" \
         stroke=\"#2b6b48\" stroke-width=\"4\"/><text x=\"160\" y=\"150\" font-size=\"22\">{title}</text>\
         <text x=\"160\" y=\"180\" font-size=\"16\">{more}</text></svg>"
    );
    let headers = [(header::CONTENT_TYPE, "image/svg+xml"), (header::CACHE_CONTROL, "no-store")];
    (StatusCode::OK, headers, svg).into_response()
}

/// RFC 6266: a plain name for old browsers, the real one in UTF-8 beside it.
fn disposition(kind: FileKind, name: &str) -> String {
    let way = if kind == FileKind::Pdf { "attachment" } else { "inline" };
    let encoded = percent_encoding::utf8_percent_encode(name, percent_encoding::NON_ALPHANUMERIC);
    let plain = format!("giay.{}", kind.extension());
    if name.is_empty() {
        format!("{way}; filename=\"{plain}\"")
    } else {
        format!("{way}; filename=\"{plain}\"; filename*=UTF-8''{encoded}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pdf_is_only_ever_downloaded() {
        assert_eq!(disposition(FileKind::Pdf, ""), "attachment; filename=\"giay.pdf\"");
        let named = disposition(FileKind::Jpeg, "giấy \"VietGAP\"\r\n.jpg");
        assert!(named.starts_with("inline; filename=\"giay.jpg\"; filename*=UTF-8''gi%E1%BA%A5y%20%22"), "{named}");
        assert!(HeaderValue::from_str(&named).is_ok());
    }
}
