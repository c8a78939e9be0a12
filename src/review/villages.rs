//! The commune's villages: added, renamed, put in order, hidden.

use askama::Template;
use askama_web::WebTemplate;
use axum::extract::Path;
use axum::response::{IntoResponse, Redirect, Response};
use http::StatusCode;

use super::desk::log;
use super::texts::Texts;
use super::village_store::{self as store, VillageRow};
use crate::db::is_unique_violation;
use crate::ids::VillageId;
use crate::market::index;
use crate::web::page::Area;
use crate::web::{AppError, Ctx, Form, Page};

const HERE: &str = "/van-phong/thon";

/// A village with its number of producers.
struct Line {
    village: VillageRow,
    producers: i64,
    /// What is wrong with what was typed for it.
    error: Option<String>,
}

#[derive(Template, WebTemplate)]
#[template(path = "review/templates/villages.html")]
struct VillagesPage {
    page: Page,
    t: Texts,
    form: Form,
    lines: Vec<Line>,
    may_change: bool,
}

/// `GET /van-phong/thon`.
pub async fn list(ctx: Ctx) -> Result<Response, AppError> {
    ctx.office_reader()?;
    Ok(villages_page(&ctx, Form::default(), None).await?.into_response())
}

/// The page; `failed` is a village with what was typed for it and what is wrong.
async fn villages_page(ctx: &Ctx, form: Form, failed: Option<(VillageRow, String)>) -> Result<VillagesPage, AppError> {
    let mut conn = ctx.app.db.read().await?;
    let mut cx = conn.cx();
    let counts = store::counts(&mut cx, ctx.commune_id()).await?;
    let mut lines: Vec<Line> = store::all(&mut cx, ctx.commune_id())
        .await?
        .into_iter()
        .map(|village| Line {
            producers: counts.iter().find(|(id, _)| *id == village.id).map_or(0, |(_, count)| *count),
            village,
            error: None,
        })
        .collect();
    if let Some((typed, error)) = failed
        && let Some(line) = lines.iter_mut().find(|line| line.village.id == typed.id)
    {
        line.village = typed;
        line.error = Some(error);
    }
    let page = Page::of(ctx, Area::Office, "/van-phong/co-so");
    let may_change = ctx.officer().is_ok();
    Ok(VillagesPage { page, t: Texts(ctx.lang), form, lines, may_change })
}

/// `POST /van-phong/thon`: adds a village at the end.
pub async fn add(ctx: Ctx, mut form: Form) -> Result<Response, AppError> {
    ctx.officer()?;
    let t = Texts(ctx.lang);
    let Some(name) = form.required("ten-moi", 60, t.village_missing(), ctx.lang) else {
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, villages_page(&ctx, form, None).await?).into_response());
    };
    let (commune, id) = (ctx.commune_id(), VillageId::new(ctx.now()));
    let mut tx = ctx.app.db.begin().await?;
    let last = store::all(&mut tx.cx(), commune).await?.iter().map(|village| village.position).max().unwrap_or(0);
    match store::insert(&mut tx.cx(), commune, id, &name, last.saturating_add(1)).await {
        Ok(()) => {}
        Err(error) if is_unique_violation(&error) => {
            drop(tx);
            form.fail("ten-moi", t.village_twice());
            return Ok((StatusCode::UNPROCESSABLE_ENTITY, villages_page(&ctx, form, None).await?).into_response());
        }
        Err(error) => return Err(error.into()),
    }
    log(&ctx, &mut tx.cx(), "village.add", "village", id.0, Some(&name)).await?;
    tx.commit().await?;
    Ok(Redirect::to("/van-phong/thon?da-luu=1").into_response())
}

/// `POST /van-phong/thon/{id}`: renames, reorders or hides a village; its public producers are indexed again.
pub async fn change(ctx: Ctx, Path(id): Path<String>, mut form: Form) -> Result<Response, AppError> {
    ctx.officer()?;
    let id: VillageId = id.parse().map_err(|_| AppError::NotFound)?;
    let (t, commune, now) = (Texts(ctx.lang), ctx.commune_id(), ctx.now());
    let typed = VillageRow {
        id,
        name: form.value("ten").chars().take(200).collect(),
        position: form.value("thu-tu").parse().ok().filter(|n| (0..=9999).contains(n)).unwrap_or(-1),
        hidden: form.has("an", "1"),
    };
    if form.required("ten", 60, t.village_missing(), ctx.lang).is_some() && typed.position < 0 {
        form.fail("ten", t.village_position_wrong());
    }
    if let Some(error) = form.error("ten") {
        return refuse(&ctx, typed, error.to_owned()).await;
    }
    let mut tx = ctx.app.db.begin().await?;
    match store::update(&mut tx.cx(), commune, &typed).await {
        Ok(true) => {}
        Ok(false) => return Err(AppError::NotFound),
        Err(error) if is_unique_violation(&error) => {
            drop(tx);
            return refuse(&ctx, typed, t.village_twice().to_owned()).await;
        }
        Err(error) => return Err(error.into()),
    }
    for producer in store::producers(&mut tx.cx(), commune, id).await? {
        index::enqueue_producer(&mut tx.cx(), commune, producer, now).await?;
    }
    let told = format!("{}; {}; {}", typed.name, typed.position, typed.hidden);
    log(&ctx, &mut tx.cx(), "village.change", "village", id.0, Some(&told)).await?;
    tx.commit().await?;
    ctx.app.jobs.ring();
    Ok(Redirect::to(&format!("{HERE}?da-luu=1")).into_response())
}

async fn refuse(ctx: &Ctx, typed: VillageRow, error: String) -> Result<Response, AppError> {
    let page = villages_page(ctx, Form::default(), Some((typed, error))).await?;
    Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
}
