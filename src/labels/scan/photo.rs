//! A photo to a report: `/t/{code}/bao/{request}/anh`, offered once the report is sent, so that the scan page stays
//! small and a photo that can't be taken costs no words. The report's own request id is the way in.

use std::time::Duration;

use askama::Template;
use askama_web::WebTemplate;
use axum::extract::Path;
use axum::response::{IntoResponse, Redirect, Response};
use uuid::Uuid;

use crate::files::Upload;
use crate::files::store::FileUse;
use crate::ids::FeedbackId;
use crate::web::{AppError, Ctx, Form, Page};

use super::super::code::LabelCode;
use super::super::store::photos;
use super::texts::Texts;

/// How long after the report a photo is taken.
const WITHIN: Duration = Duration::from_hours(1);

#[derive(Template, WebTemplate)]
#[template(path = "labels/templates/photo.html")]
struct PhotoPage {
    page: Page,
    t: Texts,
    form: Form,
    action: String,
    code: String,
}

/// Where the photo to a report is sent.
pub fn path(code: LabelCode, request: Uuid) -> String {
    format!("/t/{}/bao/{request}/anh", code.compact())
}

/// The report that waits for a photo; none if it has one, or is older than an hour.
async fn report(ctx: &Ctx, typed: &str, request: &str) -> Result<(LabelCode, Uuid, FeedbackId), AppError> {
    let code = LabelCode::parse(typed).map_err(|_| AppError::NotFound)?;
    let request: Uuid = request.parse().map_err(|_| AppError::NotFound)?;
    let mut conn = ctx.app.db.read().await?;
    let since = ctx.now().minus(WITHIN);
    let id = photos::waiting(&mut conn.cx(), ctx.commune_id(), request, since).await?;
    Ok((code, request, id.ok_or(AppError::NotFound)?))
}

fn shown(ctx: &Ctx, code: LabelCode, request: Uuid, form: Form) -> PhotoPage {
    PhotoPage {
        page: Page { indexed: false, ..Page::new(ctx) },
        t: Texts(ctx.lang),
        form,
        action: path(code, request),
        code: code.compact(),
    }
}

/// `GET /t/{code}/bao/{request}/anh`.
pub async fn ask(ctx: Ctx, Path((typed, request)): Path<(String, String)>) -> Result<Response, AppError> {
    let (code, request, _) = report(&ctx, &typed, &request).await?;
    Ok(shown(&ctx, code, request, Form::default()).into_response())
}

/// `POST /t/{code}/bao/{request}/anh`: one photo; the office alone sees it.
pub async fn send(
    ctx: Ctx,
    Path((typed, request)): Path<(String, String)>,
    upload: Upload,
) -> Result<Response, AppError> {
    let (code, request, id) = report(&ctx, &typed, &request).await?;
    let received = upload.receive(&ctx, None, &[("anh", FileUse::Picture)]).await?;
    let photo = received.id("anh");
    let mut form = received.form;
    if photo.is_none() && form.is_fine() {
        form.fail("anh", Texts(ctx.lang).photo_missing());
    }
    let Some(photo) = photo else {
        return Ok((form.status(), shown(&ctx, code, request, form)).into_response());
    };
    let mut tx = ctx.app.db.begin().await?;
    photos::add(&mut tx.cx(), ctx.commune_id(), id, photo).await?;
    tx.commit().await?;
    Ok(Redirect::to(&format!("/t/{}/cam-on?viec=anh", code.compact())).into_response())
}
