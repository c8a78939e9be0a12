//! An officer ends a recall, with a reason.

use askama::Template;
use askama_web::WebTemplate;
use axum::extract::Path;
use axum::response::{IntoResponse, Redirect, Response};

use super::super::flow;
use super::super::model::Recall;
use super::super::store::lots;
use super::super::texts::Texts;
use super::{identifiers, numbered};
use crate::db::Cx;
use crate::traceability::access::address;
use crate::web::audit::{self, Entry};
use crate::web::page::Area;
use crate::web::{AppError, Ctx, Form, Page};

#[derive(Template, WebTemplate)]
#[template(path = "recalls/templates/lift.html")]
struct LiftPage {
    page: Page,
    t: Texts,
    form: Form,
    recall: Recall,
    lots: usize,
}

async fn page(ctx: &Ctx, cx: &mut Cx<'_>, form: Form, recall: Recall) -> Result<LiftPage, AppError> {
    let lots = lots::ids(cx, ctx.commune_id(), recall.id).await?.len();
    Ok(LiftPage { page: Page::of(ctx, Area::Office, "/van-phong/thu-hoi"), t: Texts(ctx.lang), form, recall, lots })
}

/// `GET /van-phong/thu-hoi/{number}/thoi`.
pub async fn ask(ctx: Ctx, Path(number): Path<String>) -> Result<Response, AppError> {
    ctx.officer()?;
    let mut conn = ctx.app.db.read().await?;
    let recall = numbered(&ctx, &mut conn.cx(), &number).await?;
    if !recall.stands() {
        return Ok(Redirect::to(&recall.office_path()).into_response());
    }
    Ok(page(&ctx, &mut conn.cx(), Form::default(), recall).await?.into_response())
}

/// `POST /van-phong/thu-hoi/{number}/thoi`.
pub async fn lift(ctx: Ctx, Path(number): Path<String>, mut form: Form) -> Result<Response, AppError> {
    let (by, t, now) = (ctx.officer()?.id, Texts(ctx.lang), ctx.now());
    let mut tx = ctx.app.db.begin().await?;
    let cx = &mut tx.cx();
    let recall = numbered(&ctx, cx, &number).await?;
    if !recall.stands() {
        return Err(AppError::Conflict(t.not_standing(recall.number)));
    }
    let Some(reason) = form.required("reason", 1000, t.lift_reason_missing(), ctx.lang) else {
        let status = form.status();
        return Ok((status, page(&ctx, cx, form, recall).await?).into_response());
    };
    if !flow::lift(cx, &identifiers(&ctx)?, &recall, by, &reason, now).await? {
        return Err(AppError::Conflict(t.not_standing(recall.number)));
    }
    let entry = Entry {
        actor: Some(by),
        action: "recall.lift",
        subject_kind: "recall",
        subject: Some(recall.id.0),
        before: Some(&recall.reason),
        after: Some(&reason),
        address: address(&ctx),
    };
    audit::write(cx, ctx.commune_id(), &entry, now).await?;
    tx.commit().await?;
    Ok(Redirect::to(&format!("{}?da-luu=1", recall.office_path())).into_response())
}
