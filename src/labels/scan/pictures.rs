//! The QR of an issued label, as SVG and PNG.

use axum::extract::{Path, Query};
use axum::response::{IntoResponse, Response};
use http::{HeaderMap, header};
use serde::Deserialize;

use crate::web::{AppError, Ctx};

use super::super::qr::{self, MAX_PIXELS_PER_MODULE, label_url};
use super::page::{Asked, Lookup, lookup, origin};
use super::texts::Texts;

/// A code's picture never changes.
const CACHE: &str = "public, max-age=86400";

/// The query of a PNG.
#[derive(Debug, Deserialize)]
pub struct Scale {
    /// Pixels of a module.
    px: Option<u32>,
}

async fn url(ctx: &Ctx, headers: &HeaderMap, typed: &str) -> Result<(Asked, String), AppError> {
    let Lookup::Label(asked) = lookup(ctx, headers, typed).await? else { return Err(AppError::NotFound) };
    let url = label_url(&origin(&ctx.app, &ctx.commune), asked.code).map_err(AppError::internal)?;
    Ok((*asked, url))
}

/// `GET /t/{code}/qr.svg`.
pub async fn svg(ctx: Ctx, headers: HeaderMap, Path(typed): Path<String>) -> Result<Response, AppError> {
    let (asked, url) = url(&ctx, &headers, &typed).await?;
    let svg = qr::svg(&url, &Texts(ctx.lang).qr_title(asked.code)).map_err(AppError::internal)?;
    Ok(([(header::CONTENT_TYPE, "image/svg+xml; charset=utf-8"), (header::CACHE_CONTROL, CACHE)], svg).into_response())
}

/// `GET /t/{code}/qr.png?px=12`: so many pixels a module.
pub async fn png(
    ctx: Ctx,
    headers: HeaderMap,
    Path(typed): Path<String>,
    Query(scale): Query<Scale>,
) -> Result<Response, AppError> {
    let px = scale.px.unwrap_or(12);
    if !(1..=MAX_PIXELS_PER_MODULE).contains(&px) {
        return Err(AppError::field("px", format!("1–{MAX_PIXELS_PER_MODULE}")));
    }
    let (_, url) = url(&ctx, &headers, &typed).await?;
    let drawn = tokio::task::spawn_blocking(move || qr::png(&url, px)).await.map_err(AppError::internal)?;
    let png = drawn.map_err(AppError::internal)?;
    Ok(([(header::CONTENT_TYPE, "image/png"), (header::CACHE_CONTROL, CACHE)], png).into_response())
}
