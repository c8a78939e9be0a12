//! A merge: what it moved, and undoing it.

use askama::Template;
use askama_web::WebTemplate;
use axum::extract::Path;
use axum::response::{IntoResponse, Redirect, Response};

use super::super::merge::{self, Undone};
use super::super::model::Merge;
use super::super::store::merges;
use super::super::texts::Texts;
use super::{HERE, NAV, pair};
use crate::db::Cx;
use crate::ids::MergeId;
use crate::producers::store as producers;
use crate::web::page::Area;
use crate::web::{AppError, Ctx, Page};

#[derive(Template, WebTemplate)]
#[template(path = "duplicates/templates/merged.html")]
struct MergedPage {
    page: Page,
    t: Texts,
    merge: Merge,
    moved: Vec<(&'static str, i64)>,
    may_change: bool,
}

/// Name of what was moved; what only follows is not told.
fn place(t: Texts, name: &str) -> Option<&'static str> {
    Some(match name {
        "products" => t.p_products(),
        "revisions" => t.p_revisions(),
        "files" => t.p_files(),
        "certificates" => t.p_certificates(),
        "places" => t.p_places(),
        "lots" => t.p_lots(),
        "trace_events" => t.p_events(),
        "label_runs" => t.p_runs(),
        "label_papers" => t.p_papers(),
        "enquiries" => t.p_enquiries(),
        "parties" => t.p_parties(),
        "handovers.from" => t.p_handovers(),
        "recall_alerts" => t.p_alerts(),
        "misuse_cases" => t.p_cases(),
        "support_needs" => t.p_needs(),
        "support_records" => t.p_support(),
        "grants" => t.p_people(),
        _ => return None,
    })
}

async fn load(ctx: &Ctx, cx: &mut Cx<'_>, id: &str) -> Result<Merge, AppError> {
    let id: MergeId = id.parse().map_err(|_| AppError::NotFound)?;
    merges::by_id(cx, ctx.commune_id(), id).await?.ok_or(AppError::NotFound)
}

/// `GET /van-phong/trung-lap/gop/{id}`.
pub async fn show(ctx: Ctx, Path(id): Path<String>) -> Result<Response, AppError> {
    ctx.office_reader()?;
    let t = Texts(ctx.lang);
    let mut conn = ctx.app.db.read().await?;
    let mut cx = conn.cx();
    let merge = load(&ctx, &mut cx, &id).await?;
    let moved = merges::moved(&mut cx, ctx.commune_id(), merge.id).await?;
    let moved = moved.into_iter().filter_map(|(name, n)| Some((place(t, &name)?, n))).collect();
    let mut page = Page::of(&ctx, Area::Office, NAV);
    if ctx.query.split('&').any(|pair| pair == "tach=giu") {
        page.notice = Some(t.undone_kept_words().to_owned());
    }
    let may_change = ctx.officer().is_ok();
    Ok(MergedPage { page, t, merge, moved, may_change }.into_response())
}

/// `POST /van-phong/trung-lap/gop/{id}/hoan-tac`: two again.
pub async fn undo(ctx: Ctx, Path(id): Path<String>) -> Result<Response, AppError> {
    let user = ctx.officer()?.id;
    let t = Texts(ctx.lang);
    let mut tx = ctx.app.db.begin().await?;
    let mut cx = tx.cx();
    let merge = load(&ctx, &mut cx, &id).await?;
    let undone = merge::undo(&mut cx, ctx.commune_id(), &merge, user, ctx.now()).await?;
    if undone == Undone::Stale {
        return Err(AppError::Conflict(t.undo_first().to_owned()));
    }
    for (one, other) in [(merge.kept_id, &merge.gone_name), (merge.gone_id, &merge.kept_name)] {
        let one = producers::by_id(&mut cx, ctx.commune_id(), one).await?.ok_or(AppError::NotFound)?;
        pair::log(&ctx, &mut cx, "producer.unmerge", &one, other).await?;
    }
    tx.commit().await?;
    ctx.app.jobs.ring();
    let done = if undone == Undone::Whole { "da-luu=1" } else { "tach=giu" };
    Ok(Redirect::to(&format!("{HERE}/gop/{}?{done}", merge.id)).into_response())
}
