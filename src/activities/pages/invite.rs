//! Inviting producers, one by one or all that a filter finds, and their answers.

use askama::Template;
use askama_web::WebTemplate;
use axum::extract::Path;
use axum::response::{IntoResponse, Redirect, Response};
use http::StatusCode;

use super::{HERE, NAV, load, note};
use crate::activities::model::{Activity, ActivityState, InvitationAnswer};
use crate::activities::store::people;
use crate::activities::texts::Texts;
use crate::db::Cx;
use crate::fold::fold;
use crate::producers::store as producers;
use crate::review::names::Villages;
use crate::support::pages::producer_kind_choices;
use crate::support::store::picks::{self, PickFilter, PickRow};
use crate::web::page::Area;
use crate::web::{AppError, Ctx, Form, Page};

/// How many producers the search shows.
const OFFERED: i64 = 100;
/// How many are invited by one form.
const MOST: usize = 2_000;

#[derive(Template, WebTemplate)]
#[template(path = "activities/templates/invite.html")]
struct InvitePage {
    page: Page,
    t: Texts,
    form: Form,
    activity: Activity,
    rows: Vec<PickRow>,
    total: i64,
    villages: Villages,
    kinds: Vec<(String, String)>,
}

impl InvitePage {
    fn may_take_all(&self) -> bool {
        self.total > 1 && self.total as usize <= MOST
    }
}

fn filter(form: &Form) -> PickFilter {
    PickFilter {
        words: fold(form.value("q")),
        village: form.value("thon").parse().ok(),
        kind: form.value("loai").parse().ok(),
    }
}

async fn subject(ctx: &Ctx, cx: &mut Cx<'_>, id: &str) -> Result<Activity, AppError> {
    ctx.officer()?;
    let activity = load(ctx, cx, id).await?;
    match activity.state {
        ActivityState::Planned => Ok(activity),
        _ => Err(AppError::Conflict(Texts(ctx.lang).turned().to_owned())),
    }
}

async fn shown(ctx: &Ctx, cx: &mut Cx<'_>, activity: Activity, form: Form) -> Result<InvitePage, AppError> {
    let filter = filter(&form);
    Ok(InvitePage {
        page: Page::of(ctx, Area::Office, NAV),
        t: Texts(ctx.lang),
        activity,
        rows: picks::page(cx, ctx.commune_id(), &filter, OFFERED).await?,
        total: picks::count(cx, ctx.commune_id(), &filter).await?,
        villages: Villages::load(cx, ctx.commune_id()).await?,
        kinds: producer_kind_choices(ctx.lang),
        form,
    })
}

/// `GET /van-phong/hoat-dong/{id}/moi-du`.
pub async fn ask(ctx: Ctx, Path(id): Path<String>) -> Result<Response, AppError> {
    let mut conn = ctx.app.db.read().await?;
    let mut cx = conn.cx();
    let activity = subject(&ctx, &mut cx, &id).await?;
    Ok(shown(&ctx, &mut cx, activity, Form::parse(ctx.query.as_bytes())).await?.into_response())
}

/// `POST /van-phong/hoat-dong/{id}/moi-du`: who is invited already stays invited.
pub async fn invite(ctx: Ctx, Path(id): Path<String>, mut form: Form) -> Result<Response, AppError> {
    let (commune, now) = (ctx.commune_id(), ctx.now());
    let mut tx = ctx.app.db.begin().await?;
    let activity = subject(&ctx, &mut tx.cx(), &id).await?;
    let shorts: Vec<String> = if form.has("tat-ca", "1") {
        let rows = picks::page(&mut tx.cx(), commune, &filter(&form), MOST as i64).await?;
        rows.into_iter().map(|row| row.short).collect()
    } else {
        form.values("co-so").take(MOST).map(str::to_owned).collect()
    };
    if shorts.is_empty() {
        form.fail("co-so", Texts(ctx.lang).invite_nothing());
        let page = shown(&ctx, &mut tx.cx(), activity, form).await?;
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response());
    }
    let mut new = 0;
    for short in &shorts {
        let producer = producers::by_short(&mut tx.cx(), commune, short).await?.ok_or(AppError::NotFound)?;
        new += i32::from(people::invite(&mut tx.cx(), commune, activity.id, producer.id, now).await?);
    }
    if new > 0 {
        note(&ctx, &mut tx.cx(), &activity, "activity.invite", &new.to_string()).await?;
    }
    tx.commit().await?;
    Ok(Redirect::to(&format!("{HERE}/{}?da-luu=1", activity.id)).into_response())
}

/// `POST /van-phong/hoat-dong/{id}/tra-loi`: what a producer told the office.
pub async fn answer(ctx: Ctx, Path(id): Path<String>, form: Form) -> Result<Response, AppError> {
    let officer = ctx.officer()?.id;
    let commune = ctx.commune_id();
    let mut tx = ctx.app.db.begin().await?;
    let activity = subject(&ctx, &mut tx.cx(), &id).await?;
    let producer = producers::by_short(&mut tx.cx(), commune, form.value("co-so")).await?.ok_or(AppError::NotFound)?;
    let answer: InvitationAnswer = form.value("tra-loi").parse().map_err(|_| AppError::NotFound)?;
    let key = (activity.id, producer.id);
    if !people::answer(&mut tx.cx(), commune, key, answer, officer, ctx.now()).await? {
        return Err(AppError::NotFound);
    }
    tx.commit().await?;
    Ok(Redirect::to(&format!("{HERE}/{}?da-luu=1", activity.id)).into_response())
}
