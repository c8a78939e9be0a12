//! Login slips: a one-time link or printed QR. Opening it shows a button; only pressing that (POST) uses it
//! up, since chat previews open links. A printed QR holds the address in upper case, so `/VAO/…` is served too and
//! the token is read in any case.

use std::time::Duration;

use askama::Template;
use askama_web::WebTemplate;
use axum::extract::Path;
use axum::response::{IntoResponse, Redirect, Response};
use http::{HeaderMap, StatusCode};

use super::texts::Texts;
use super::{session, store};
use crate::app::App;
use crate::db::Cx;
use crate::ids::{UserId, digest, new_token};
use crate::web::{AppError, Ctx, Page};

/// How long a slip can be used.
pub const LASTS: Duration = Duration::from_hours(3 * 24);

#[derive(Template, WebTemplate)]
#[template(path = "accounts/templates/slip.html")]
struct SlipPage {
    page: Page,
    t: Texts,
    name: Option<String>,
}

/// Makes a slip for a user; returns the path to open. Call inside a transaction.
pub async fn make(app: &App, cx: &mut Cx<'_>, user: UserId, by: Option<UserId>) -> crate::db::Result<String> {
    let token = new_token(20);
    let now = app.clock.now();
    store::insert_slip(cx, &digest(&token), user, by, now, now.plus(LASTS)).await?;
    Ok(format!("/vao/{token}"))
}

/// `GET /vao/{token}`: whose slip it is, and a button.
pub async fn show(ctx: Ctx, Path(token): Path<String>) -> Result<Response, AppError> {
    let mut conn = ctx.app.db.read().await?;
    let mut cx = conn.cx();
    let user = match store::slip(&mut cx, &digest(&token.to_ascii_lowercase()), ctx.now()).await? {
        Some(id) => store::user(&mut cx, id).await?,
        None => None,
    };
    let status = if user.is_some() { StatusCode::OK } else { StatusCode::GONE };
    Ok((status, slip_page(&ctx, user.map(|u| u.name))).into_response())
}

/// `POST /vao/{token}`: uses the slip up and begins a session.
pub async fn redeem(ctx: Ctx, Path(token): Path<String>, headers: HeaderMap) -> Result<Response, AppError> {
    let mut tx = ctx.app.db.begin().await?;
    let Some(user) = store::use_slip(&mut tx.cx(), &digest(&token.to_ascii_lowercase()), ctx.now()).await? else {
        return Ok((StatusCode::GONE, slip_page(&ctx, None)).into_response());
    };
    let cookie = session::begin(&ctx.app, &mut tx.cx(), user, super::pages::device_of(&headers)).await?;
    tx.commit().await?;
    Ok((session::set_cookie(cookie), Redirect::to("/tai-khoan/vao")).into_response())
}

fn slip_page(ctx: &Ctx, name: Option<String>) -> SlipPage {
    let mut page = Page::new(ctx);
    page.indexed = false;
    SlipPage { page, t: Texts(ctx.lang), name }
}
