//! `/van-phong/du-lieu-ca-nhan`: requests with their due days, and what the office does with them.

use askama::Template;
use askama_web::WebTemplate;
use axum::extract::Path;
use axum::response::{IntoResponse, Redirect, Response};
use http::StatusCode;

use super::{HERE, keep, kinds, read};
use crate::clock::Day;
use crate::db::Cx;
use crate::ids::DataRequestId;
use crate::privacy::held::is_for;
use crate::privacy::model::{DataRequest, RequestChannel, RequestKind, RequestState, StepRow};
use crate::privacy::store;
use crate::privacy::texts::Texts;
use crate::review::listing::Listing;
use crate::web::page::Area;
use crate::web::{AppError, Ctx, Form, Page, audit};

#[derive(Template, WebTemplate)]
#[template(path = "privacy/templates/office.html")]
struct ListPage {
    page: Page,
    t: Texts,
    form: Form,
    today: Day,
    states: Vec<(String, String)>,
    kinds: Vec<(String, String)>,
    rows: Vec<DataRequest>,
    lan: uuid::Uuid,
    may_change: bool,
}

impl ListPage {
    fn is_late(&self, row: &DataRequest) -> bool {
        row.is_late(self.today)
    }
}

async fn shown(ctx: &Ctx, cx: &mut Cx<'_>, mut form: Form) -> Result<ListPage, AppError> {
    let listing = Listing::of(ctx);
    if !form.sent("tinh-trang") {
        form.push("tinh-trang", listing.get("tinh-trang"));
    }
    Ok(ListPage {
        page: Page::of(ctx, Area::Office, "/van-phong"),
        t: Texts(ctx.lang),
        today: ctx.today(),
        states: RequestState::ALL.iter().map(|s| (s.word().to_owned(), s.label(ctx.lang).to_owned())).collect(),
        kinds: kinds(ctx.lang),
        rows: store::list(cx, ctx.commune_id(), listing.parsed("tinh-trang")).await?,
        lan: form.request_id(ctx.now()),
        form,
        may_change: ctx.officer().is_ok(),
    })
}

/// `GET /van-phong/du-lieu-ca-nhan`.
pub async fn list(ctx: Ctx) -> Result<Response, AppError> {
    ctx.office_reader()?;
    let mut conn = ctx.app.db.read().await?;
    Ok(shown(&ctx, &mut conn.cx(), Form::default()).await?.into_response())
}

/// `POST /van-phong/du-lieu-ca-nhan`: writes down a request that was told.
pub async fn add(ctx: Ctx, mut form: Form) -> Result<Response, AppError> {
    ctx.officer()?;
    let mut tx = ctx.app.db.begin().await?;
    let Some(asked) = read(&mut form, None, Texts(ctx.lang)) else {
        let page = shown(&ctx, &mut tx.cx(), form).await?;
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response());
    };
    let request = form.request_id(ctx.now());
    keep(&ctx, &mut tx.cx(), asked, RequestChannel::Office, None, request).await?;
    tx.commit().await?;
    Ok(Redirect::to(&format!("{HERE}?da-luu=1")).into_response())
}

#[derive(Template, WebTemplate)]
#[template(path = "privacy/templates/one.html")]
struct OnePage {
    page: Page,
    t: Texts,
    form: Form,
    today: Day,
    row: DataRequest,
    history: Vec<StepRow>,
    may_change: bool,
}

impl OnePage {
    fn is_access(&self) -> bool {
        is_for(&self.row)
    }

    fn is_erasure(&self) -> bool {
        self.row.kind == RequestKind::Erasure
    }

    fn ways(&self) -> Vec<(&'static str, &'static str, &'static str)> {
        let ways = RequestState::ALL.iter().filter(|to| self.row.state.may_become(**to));
        ways.map(|to| (to.word(), to.label(self.page.lang), "")).collect()
    }
}

async fn one(ctx: &Ctx, cx: &mut Cx<'_>, id: &str, form: Form) -> Result<OnePage, AppError> {
    let id: DataRequestId = id.parse().map_err(|_| AppError::NotFound)?;
    let row = store::by_id(cx, ctx.commune_id(), id).await?.ok_or(AppError::NotFound)?;
    Ok(OnePage {
        page: Page::of(ctx, Area::Office, "/van-phong"),
        t: Texts(ctx.lang),
        form,
        today: ctx.today(),
        history: store::history(cx, ctx.commune_id(), id).await?,
        may_change: ctx.officer().is_ok(),
        row,
    })
}

/// `GET /van-phong/du-lieu-ca-nhan/{id}`.
pub async fn show(ctx: Ctx, Path(id): Path<String>) -> Result<Response, AppError> {
    ctx.office_reader()?;
    let mut conn = ctx.app.db.read().await?;
    Ok(one(&ctx, &mut conn.cx(), &id, Form::default()).await?.into_response())
}

/// `POST /van-phong/du-lieu-ca-nhan/{id}`: answered, done or refused, over the version that was seen.
pub async fn turn(ctx: Ctx, Path(id): Path<String>, mut form: Form) -> Result<Response, AppError> {
    let officer = ctx.officer()?.id;
    let t = Texts(ctx.lang);
    let mut tx = ctx.app.db.begin().await?;
    let mut page = one(&ctx, &mut tx.cx(), &id, Form::default()).await?;
    let row = page.row.clone();
    let to = form.value("sang").parse::<RequestState>().ok().filter(|to| *to != RequestState::Open);
    if to.is_none() {
        form.fail("sang", t.turn_missing());
    }
    let words = form.required("tra-loi", 2_000, t.said_missing(), ctx.lang);
    let (Some(to), Some(words)) = (to, words) else {
        page.form = form;
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response());
    };
    let seen: i64 = form.value("version").parse().unwrap_or(-1);
    let same = |step: &StepRow| step.state == to && step.note == words;
    if row.state.may_become(to)
        && store::turn(&mut tx.cx(), ctx.commune_id(), (row.id, seen), to, &words, officer, ctx.now()).await?
    {
        let about = ("data_request", row.id.0);
        audit::note(&ctx, &mut tx.cx(), "privacy.turn", about, Some(row.state.word()), Some(to.word())).await?;
    } else if !page.history.last().is_some_and(same) {
        form.fail("sang", t.raced());
        page.form = form;
        return Ok((StatusCode::CONFLICT, page).into_response());
    }
    tx.commit().await?;
    Ok(Redirect::to(&format!("{HERE}/{}?da-luu=1", row.id)).into_response())
}
