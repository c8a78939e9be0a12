//! `/cua-toi/hoat-dong`: what a producer was invited to and attended.

use askama::Template;
use askama_web::WebTemplate;
use axum::extract::Path;
use axum::response::{IntoResponse, Redirect, Response};

use super::load;
use crate::activities::model::{ActivityState, InvitationAnswer, days};
use crate::activities::store::people::{self, Own};
use crate::activities::texts::Texts;
use crate::producers::acting::Acting;
use crate::producers::model::Producer;
use crate::traceability::access::producers_of;
use crate::web::page::Area;
use crate::web::{AppError, Ctx, Form, Page};

#[derive(Template, WebTemplate)]
#[template(path = "activities/templates/mine.html")]
struct MinePage {
    page: Page,
    t: Texts,
    all: Vec<(Producer, Vec<Own>)>,
}

impl MinePage {
    fn may_answer(one: &Own) -> bool {
        one.state == ActivityState::Planned && one.answer.is_some() && one.attended == 0
    }

    fn is_coming(one: &Own) -> bool {
        one.answer == Some(InvitationAnswer::Coming)
    }

    fn days(one: &Own) -> String {
        days(one.starts_on, one.ends_on)
    }
}

/// `GET /cua-toi/hoat-dong`.
pub async fn list(ctx: Ctx) -> Result<Response, AppError> {
    let asked = Form::parse(ctx.query.as_bytes());
    let mut conn = ctx.app.db.read().await?;
    let mut cx = conn.cx();
    let mut all = Vec::new();
    for producer in producers_of(&ctx, &mut cx, asked.value("co-so")).await? {
        let own = people::of_producer(&mut cx, ctx.commune_id(), producer.id).await?;
        all.push((producer, own));
    }
    let page = Page::of(&ctx, Area::Mine, "/cua-toi");
    Ok(MinePage { page, t: Texts(ctx.lang), all }.into_response())
}

/// `POST /cua-toi/hoat-dong/{id}`: whether a producer that was invited comes.
pub async fn answer(ctx: Ctx, Path(id): Path<String>, form: Form) -> Result<Response, AppError> {
    let mut tx = ctx.app.db.begin().await?;
    let (producer, author) = Acting::of_short(&ctx, &mut tx.cx(), form.value("co-so")).await?;
    let activity = load(&ctx, &mut tx.cx(), &id).await?;
    let answer: InvitationAnswer = form.value("tra-loi").parse().map_err(|_| AppError::NotFound)?;
    if activity.state != ActivityState::Planned {
        return Err(AppError::Conflict(Texts(ctx.lang).turned().to_owned()));
    }
    let key = (activity.id, producer.id);
    if !people::answer(&mut tx.cx(), ctx.commune_id(), key, answer, author.user, ctx.now()).await? {
        return Err(AppError::NotFound);
    }
    tx.commit().await?;
    Ok(Redirect::to(&format!("/cua-toi/hoat-dong?co-so={}&da-luu=1", producer.short)).into_response())
}
