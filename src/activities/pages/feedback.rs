//! `/hd/{token}/y-kien`: what those who came think, without a name.

use askama::Template;
use askama_web::WebTemplate;
use axum::Extension;
use axum::extract::Path;
use axum::response::{IntoResponse, Redirect, Response};
use http::StatusCode;

use super::by_token;
use crate::activities::model::{Activity, QUESTIONS};
use crate::activities::store::feedback;
use crate::activities::texts::Texts;
use crate::market::enquiry::Daily;
use crate::web::{AppError, Ctx, Form, Page};

/// Answers taken from one network a day.
const A_DAY: u32 = 200;
/// Names of the questions' fields.
const FIELDS: [&str; QUESTIONS] = ["co-ich", "de-hieu", "ap-dung", "to-chuc"];

#[derive(Template, WebTemplate)]
#[template(path = "activities/templates/feedback.html")]
struct FeedbackPage {
    page: Page,
    t: Texts,
    form: Form,
    activity: Activity,
    is_open: bool,
    is_done: bool,
    lan: uuid::Uuid,
}

impl FeedbackPage {
    fn questions(&self) -> Vec<(&'static str, &'static str)> {
        let t = self.t;
        FIELDS.into_iter().zip([t.q_useful(), t.q_clear(), t.q_usable(), t.q_organised()]).collect()
    }

    fn marks() -> [(&'static str, &'static str, &'static str); 5] {
        ["1", "2", "3", "4", "5"].map(|mark| (mark, mark, ""))
    }
}

fn shown(ctx: &Ctx, activity: Activity, form: Form) -> FeedbackPage {
    FeedbackPage {
        page: Page { indexed: false, ..Page::new(ctx) },
        t: Texts(ctx.lang),
        lan: form.request_id(ctx.now()),
        form,
        is_open: activity.takes_feedback(ctx.today()),
        is_done: Form::parse(ctx.query.as_bytes()).has("xong", "1"),
        activity,
    }
}

/// `GET /hd/{token}/y-kien`.
pub async fn ask(ctx: Ctx, Path(token): Path<String>) -> Result<Response, AppError> {
    let mut conn = ctx.app.db.read().await?;
    let activity = by_token(&ctx, &mut conn.cx(), &token).await?;
    Ok(shown(&ctx, activity, Form::default()).into_response())
}

/// `POST /hd/{token}/y-kien`: the same form sent twice is one answer.
pub async fn tell(
    ctx: Ctx,
    Extension(daily): Extension<Daily>,
    Path(token): Path<String>,
    mut form: Form,
) -> Result<Response, AppError> {
    let (now, t) = (ctx.now(), Texts(ctx.lang));
    let mut tx = ctx.app.db.begin().await?;
    let activity = by_token(&ctx, &mut tx.cx(), &token).await?;
    if !activity.takes_feedback(ctx.today()) {
        form.fail(FIELDS[0], t.ask_shut());
        return Ok((StatusCode::CONFLICT, shown(&ctx, activity, form)).into_response());
    }
    let mut marks = [0; QUESTIONS];
    for (at, field) in FIELDS.into_iter().enumerate() {
        match form.value(field).parse::<i32>().ok().filter(|mark| (1..=5).contains(mark)) {
            Some(mark) => marks[at] = mark,
            None => form.fail(field, t.ask_missing()),
        }
    }
    let words = form.text("loi", 1_000, ctx.lang);
    let (Some(words), true) = (words, form.is_fine()) else {
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, shown(&ctx, activity, form)).into_response());
    };
    if !daily.takes(ctx.address, ctx.today(), A_DAY) {
        form.fail(FIELDS[0], t.ask_too_many());
        return Ok((StatusCode::TOO_MANY_REQUESTS, shown(&ctx, activity, form)).into_response());
    }
    let request = form.request_id(now);
    feedback::insert(&mut tx.cx(), ctx.commune_id(), activity.id, marks, &words, request, now).await?;
    tx.commit().await?;
    Ok(Redirect::to(&format!("/hd/{token}/y-kien?xong=1")).into_response())
}
