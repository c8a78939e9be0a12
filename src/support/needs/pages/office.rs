//! `/van-phong/ho-tro/nhu-cau`: needs by state, and answering one.

use askama::Template;
use askama_web::WebTemplate;
use axum::extract::Path;
use axum::response::{IntoResponse, Redirect, Response};
use http::StatusCode;

use super::super::model::{Answer, NeedRow, NeedState};
use super::super::store;
use super::super::texts::Texts;
use crate::ids::NeedId;
use crate::review::listing::{Listing, Pager, ROWS};
use crate::support::model::{SupportKind, kind_name};
use crate::support::pages::log;
use crate::support::programmes::model::Programme;
use crate::support::programmes::store as programmes;
use crate::support::record::programme_choices;
use crate::support::store as support;
use crate::web::page::Area;
use crate::web::{AppError, Ctx, Form, Page};

const HERE: &str = "/van-phong/ho-tro/nhu-cau";
const NAV: &str = "/van-phong/ho-tro";

#[derive(Template, WebTemplate)]
#[template(path = "support/templates/needs.html")]
struct ListPage {
    page: Page,
    t: Texts,
    form: Form,
    states: Vec<(String, String)>,
    rows: Vec<NeedRow>,
    pager: Pager,
    kinds: Vec<SupportKind>,
}

impl ListPage {
    fn kind<'a>(&'a self, code: &'a str) -> &'a str {
        kind_name(&self.kinds, code, self.page.lang)
    }
}

#[derive(Template, WebTemplate)]
#[template(path = "support/templates/need.html")]
struct NeedPage {
    page: Page,
    t: Texts,
    form: Form,
    need: NeedRow,
    kind: String,
    programmes: Vec<(String, String)>,
    may_change: bool,
}

impl NeedPage {
    fn hows(&self) -> [(&'static str, &'static str, &'static str); 3] {
        let t = self.t;
        [("programme", t.how_programme(), ""), ("later", t.how_later(), ""), ("refused", t.how_refused(), "")]
    }

    fn is_open(&self) -> bool {
        self.need.state == NeedState::Open
    }

    fn is_in_programme(&self) -> bool {
        self.need.state == NeedState::Programme
    }

    fn give(&self) -> String {
        let mut pairs = vec![("co-so", self.need.producer_short.clone()), ("loai", self.need.kind.clone())];
        pairs.extend(self.need.product_short.clone().map(|short| ("san-pham", short)));
        pairs.extend(self.need.programme_id.map(|id| ("chuong-trinh", id.to_string())));
        let pairs: Vec<(String, String)> = pairs.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
        format!("{NAV}/moi?{}", crate::web::form::encode(&pairs))
    }
}

/// `GET /van-phong/ho-tro/nhu-cau`: needs in one state, those that wait unless another is asked for.
pub async fn list(ctx: Ctx) -> Result<Response, AppError> {
    ctx.office_reader()?;
    let listing = Listing::of(&ctx);
    let state = listing.parsed("tinh-trang").unwrap_or(NeedState::Open);
    let mut conn = ctx.app.db.read().await?;
    let mut cx = conn.cx();
    let total = store::count(&mut cx, ctx.commune_id(), state).await?;
    let pager = Pager::of(&listing, total as usize);
    let rows = store::in_state(&mut cx, ctx.commune_id(), state, ROWS as i64, pager.offset() as i64).await?;
    let kinds = support::all_kinds(&mut cx, ctx.commune_id()).await?;
    let states = NeedState::ALL.iter().map(|s| (s.word().to_owned(), s.label(ctx.lang).to_owned())).collect();
    let mut form = Form::default();
    form.push("tinh-trang", state.word());
    let page = Page::of(&ctx, Area::Office, NAV);
    Ok(ListPage { page, t: Texts(ctx.lang), form, states, rows, pager, kinds }.into_response())
}

async fn load(ctx: &Ctx, id: &str) -> Result<(NeedRow, String, Vec<Programme>), AppError> {
    let id: NeedId = id.parse().map_err(|_| AppError::NotFound)?;
    let mut conn = ctx.app.db.read().await?;
    let mut cx = conn.cx();
    let need = store::by_id(&mut cx, ctx.commune_id(), id).await?.ok_or(AppError::NotFound)?;
    let kinds = support::all_kinds(&mut cx, ctx.commune_id()).await?;
    let kind = kind_name(&kinds, &need.kind, ctx.lang).to_owned();
    Ok((need, kind, programmes::open(&mut cx, ctx.commune_id()).await?))
}

fn need_page(ctx: &Ctx, form: Form, need: NeedRow, kind: String, open: &[Programme]) -> NeedPage {
    let (page, may_change) = (Page::of(ctx, Area::Office, NAV), ctx.officer().is_ok());
    NeedPage { page, t: Texts(ctx.lang), form, need, kind, programmes: programme_choices(open), may_change }
}

/// `GET /van-phong/ho-tro/nhu-cau/{id}`.
pub async fn ask(ctx: Ctx, Path(id): Path<String>) -> Result<Response, AppError> {
    ctx.office_reader()?;
    let (need, kind, open) = load(&ctx, &id).await?;
    let mut form = Form::default();
    form.push("version", &need.version.to_string());
    Ok(need_page(&ctx, form, need, kind, &open).into_response())
}

fn read(ctx: &Ctx, form: &mut Form, open: &[Programme]) -> Result<Option<Answer>, AppError> {
    let t = Texts(ctx.lang);
    let state = form.value("tra-loi").parse().ok();
    let mut programme = None;
    let mut later = String::new();
    let words = form.text("loi-nhan", 1000, ctx.lang);
    match state {
        Some(NeedState::Programme) => {
            programme = open.iter().find(|p| p.id.to_string() == form.value("chuong-trinh")).map(|p| p.id);
            if programme.is_none() {
                form.fail("chuong-trinh", t.programme_missing());
            }
        }
        Some(NeedState::Later) => {
            later = form.required("khi-nao", 100, t.later_missing(), ctx.lang).unwrap_or_default();
        }
        Some(NeedState::Refused) if words.as_deref() == Some("") => form.fail("loi-nhan", t.reason_missing()),
        Some(NeedState::Refused) => {}
        _ => form.fail("tra-loi", t.how_missing()),
    }
    let (by, at) = (ctx.officer()?.id, ctx.now());
    let (Some(state), Some(words), true) = (state, words, form.is_fine()) else { return Ok(None) };
    Ok(Some(Answer { state, programme, later, words, by, at }))
}

/// `POST /van-phong/ho-tro/nhu-cau/{id}`: answers over the version that was seen.
pub async fn answer(ctx: Ctx, Path(id): Path<String>, mut form: Form) -> Result<Response, AppError> {
    ctx.officer()?;
    let (need, kind, open) = load(&ctx, &id).await?;
    if !need.state.may_be_answered() {
        return Err(AppError::Conflict(Texts(ctx.lang).is_withdrawn().to_owned()));
    }
    let Some(answer) = read(&ctx, &mut form, &open)? else {
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, need_page(&ctx, form, need, kind, &open)).into_response());
    };
    let here = format!("{HERE}/{}?da-luu=1", need.id);
    let seen: i64 = form.value("version").parse().unwrap_or(-1);
    if seen + 1 == need.version && need.state == answer.state && need.answer == answer.words {
        return Ok(Redirect::to(&here).into_response());
    }
    let mut tx = ctx.app.db.begin().await?;
    if !store::answer(&mut tx.cx(), ctx.commune_id(), need.id, seen, &answer).await? {
        form.set("version", &need.version.to_string());
        form.fail("tra-loi", Texts(ctx.lang).raced());
        return Ok((StatusCode::CONFLICT, need_page(&ctx, form, need, kind, &open)).into_response());
    }
    let told = format!("{} {}: {}", answer.state, answer.later, answer.words);
    let was = Some(need.state.word());
    log(&ctx, &mut tx.cx(), "support.need_answer", ("producer", need.producer_id.0), was, &told).await?;
    tx.commit().await?;
    Ok(Redirect::to(&here).into_response())
}
