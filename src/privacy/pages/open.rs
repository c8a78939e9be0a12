//! `/quyen-rieng-tu/yeu-cau`: a request of somebody without an account.

use askama::Template;
use askama_web::WebTemplate;
use axum::Extension;
use axum::response::{IntoResponse, Redirect, Response};
use http::StatusCode;

use super::{keep, kinds, read};
use crate::market::enquiry::Daily;
use crate::privacy::model::RequestChannel;
use crate::privacy::texts::Texts;
use crate::web::{AppError, Ctx, Form, Page};

/// Requests taken from one network a day.
const A_DAY: u32 = 10;

#[derive(Template, WebTemplate)]
#[template(path = "privacy/templates/open.html")]
struct OpenPage {
    page: Page,
    t: Texts,
    form: Form,
    kinds: Vec<(String, String)>,
    is_done: bool,
    lan: uuid::Uuid,
}

fn shown(ctx: &Ctx, form: Form) -> OpenPage {
    OpenPage {
        page: Page { indexed: false, ..Page::new(ctx) },
        t: Texts(ctx.lang),
        lan: form.request_id(ctx.now()),
        form,
        kinds: kinds(ctx.lang),
        is_done: Form::parse(ctx.query.as_bytes()).has("xong", "1"),
    }
}

/// `GET /quyen-rieng-tu/yeu-cau`.
pub async fn form(ctx: Ctx) -> Response {
    shown(&ctx, Form::default()).into_response()
}

/// `POST /quyen-rieng-tu/yeu-cau`: the same form sent twice is one request.
pub async fn ask(ctx: Ctx, Extension(daily): Extension<Daily>, mut form: Form) -> Result<Response, AppError> {
    let t = Texts(ctx.lang);
    let Some(asked) = read(&mut form, None, t) else {
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, shown(&ctx, form)).into_response());
    };
    if !daily.takes(ctx.address, ctx.today(), A_DAY) {
        form.fail("noi-dung", t.too_many());
        return Ok((StatusCode::TOO_MANY_REQUESTS, shown(&ctx, form)).into_response());
    }
    let request = form.request_id(ctx.now());
    let mut tx = ctx.app.db.begin().await?;
    keep(&ctx, &mut tx.cx(), asked, RequestChannel::Form, None, request).await?;
    tx.commit().await?;
    Ok(Redirect::to("/quyen-rieng-tu/yeu-cau?xong=1").into_response())
}
