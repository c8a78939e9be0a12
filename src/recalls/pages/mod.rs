//! Pages of recalls: the producer's own ([`own`]), the office's from the start ([`begin`]) through the preview and
//! record ([`record`]) to the end ([`lift`]), its [`register`] and [`export`]s; the public [`notices`] and [`feed`].

pub mod begin;
pub mod export;
pub mod feed;
pub mod lift;
pub mod notices;
pub mod own;
mod preview;
pub mod record;
pub mod register;
pub mod request;

use axum::response::Response;
use http::{HeaderValue, header};

use super::model::{Grade, Recall};
use super::store;
use crate::db::Cx;
use crate::traceability::identifiers::Identifiers;
use crate::web::{AppError, Ctx, Form, Lang};

/// Identifiers under the commune's base.
fn identifiers(ctx: &Ctx) -> Result<Identifiers, AppError> {
    Identifiers::new(&ctx.commune.id_base).map_err(AppError::internal)
}

/// The recall of the number in an address.
async fn numbered(ctx: &Ctx, cx: &mut Cx<'_>, number: &str) -> Result<Recall, AppError> {
    let number = number.parse::<i64>().map_err(|_| AppError::NotFound)?;
    store::by_number(cx, ctx.commune_id(), number).await?.ok_or(AppError::NotFound)
}

/// The grades as choices of a form.
fn grades(lang: Lang) -> Vec<(&'static str, &'static str, &'static str)> {
    Grade::ALL.iter().map(|grade| (grade.word(), grade.label(lang), grade.meaning(lang))).collect()
}

/// Reads the grade; notes if none was chosen.
fn grade(form: &mut Form, missing: &str) -> Option<Grade> {
    let grade = form.value("grade").parse().ok();
    if grade.is_none() {
        form.fail("grade", missing);
    }
    grade
}

/// A public answer that is the same for everybody may be kept for a minute by browsers and proxies, one for each
/// language; one that sets the language may not.
fn cached(ctx: &Ctx, mut response: Response) -> Response {
    if !ctx.query.split('&').any(|pair| pair.starts_with("lang=")) {
        let headers = response.headers_mut();
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("public, max-age=60"));
        headers.insert(header::VARY, HeaderValue::from_static("cookie"));
    }
    response
}
