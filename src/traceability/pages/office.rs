//! The office's lots: a table whose filter is in the address, and the page of a lot.

use askama::Template;
use askama_web::WebTemplate;
use axum::extract::{Path, Query};
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;

use super::super::access::lot_of;
use super::super::chain::pages::part::{Part, part};
use super::super::history::{HistoryStep, LotHistory, lot_history};
use super::super::model::{LotCode, LotState};
use super::super::store::lots::{self, Filter, ListedLot};
use super::super::texts::Texts;
use super::super::warnings::Warning;
use super::lots::cursor_url;
use super::timeline::{details, say_warning};
use super::{PAGE_ROWS, after};
use crate::accounts::model::Role;
use crate::clock::Day;
use crate::labels::{self, model::Reach};
use crate::producers::store as producers;
use crate::recalls::{self, model::Recall};
use crate::web::i18n::whole;
use crate::web::page::Area;
use crate::web::{AppError, Ctx, Form, Lang, Page};

#[derive(Template, WebTemplate)]
#[template(path = "traceability/templates/office_lots.html")]
struct LotsPage {
    page: Page,
    t: Texts,
    form: Form,
    rows: Vec<ListedLot>,
    count: i64,
    states: Vec<(&'static str, &'static str)>,
    villages: Vec<(String, String)>,
    next: Option<String>,
    first: bool,
    /// The filter as it stands in the address.
    filter: String,
    missing: bool,
}

#[derive(Template, WebTemplate)]
#[template(path = "traceability/templates/office_lot.html")]
struct LotPage {
    page: Page,
    t: Texts,
    h: LotHistory,
    chain: Part,
    reach: Reach,
    /// Recalls that stand over the lot.
    recalls: Vec<Recall>,
    may_decide: bool,
    today: Day,
}

/// The filter as sent.
#[derive(Deserialize, Default)]
pub struct Asked {
    #[serde(default, rename = "tinh-trang")]
    state: String,
    #[serde(default)]
    thon: String,
    #[serde(default)]
    ma: String,
    #[serde(default)]
    sau: String,
}

impl LotsPage {
    fn lang(&self) -> Lang {
        self.page.lang
    }

    fn found(&self) -> String {
        self.t.found(whole(self.count, self.page.lang))
    }
}

impl LotPage {
    fn lang(&self) -> Lang {
        self.page.lang
    }

    fn details(&self, step: &HistoryStep) -> String {
        details(step, self.t)
    }

    fn warning(&self, warning: &Warning) -> String {
        say_warning(warning, self.t)
    }

    fn is_expired(&self) -> bool {
        self.h.lot.is_expired_on(self.today)
    }
}

/// `GET /van-phong/lo`: all lots, filtered by state and village; a code leads to its lot.
pub async fn list(ctx: Ctx, Query(asked): Query<Asked>) -> Result<Response, AppError> {
    ctx.office_reader()?;
    let mut conn = ctx.app.db.read().await?;
    let cx = &mut conn.cx();
    let code = LotCode::parse(&asked.ma).ok();
    if let Some(code) = &code
        && let Some(lot) = lots::by_code(cx, ctx.commune_id(), code).await?
    {
        return Ok(Redirect::to(&format!("/van-phong/lo/{}", lot.code)).into_response());
    }
    let filter = Filter { state: asked.state.parse().ok(), village: asked.thon.parse().ok() };
    let count = lots::count(cx, ctx.commune_id(), filter).await?;
    let from = after(&asked.sau, ctx.today());
    let mut rows = lots::listed(cx, ctx.commune_id(), filter, from, PAGE_ROWS as i64 + 1).await?;
    let more = rows.len() > PAGE_ROWS;
    rows.truncate(PAGE_ROWS);
    let villages = producers::villages(cx, ctx.commune_id()).await?;
    let state = filter.state.map_or("", LotState::word);
    let village = filter.village.map(|id| id.to_string()).unwrap_or_default();
    let query = format!("&tinh-trang={state}&thon={village}");
    let mut form = Form::default();
    for (name, value) in [("tinh-trang", state), ("thon", &village), ("ma", &asked.ma)] {
        form.push(name, value);
    }
    let page = LotsPage {
        page: Page::of(&ctx, Area::Office, "/van-phong/lo"),
        t: Texts(ctx.lang),
        next: rows.last().filter(|_| more).map(|row| cursor_url("/van-phong/lo", row, &query)),
        rows,
        count,
        states: LotState::ALL.iter().map(|state| (state.word(), state.label(ctx.lang))).collect(),
        villages: villages.into_iter().map(|village| (village.id.to_string(), village.name)).collect(),
        first: asked.sau.is_empty(),
        missing: !asked.ma.trim().is_empty(),
        filter: if filter.state.is_some() || filter.village.is_some() { query } else { String::new() },
        form,
    };
    Ok(page.into_response())
}

/// `GET /van-phong/lo/{code}`.
pub async fn show(ctx: Ctx, Path(code): Path<String>) -> Result<Response, AppError> {
    let person = ctx.office_reader()?;
    let may_decide = person.has_role(ctx.commune_id(), &[Role::Officer, Role::Admin]);
    let mut conn = ctx.app.db.read().await?;
    let lot = lot_of(&ctx, &mut conn.cx(), &code).await?;
    let reach = labels::store::reach(&mut conn.cx(), ctx.commune_id(), lot.id).await?;
    let recalls = recalls::store::of_lot(&mut conn.cx(), ctx.commune_id(), lot.id).await?;
    let chain = part(&ctx, &mut conn.cx(), &lot, true).await?;
    let h = lot_history(&mut conn.cx(), ctx.commune_id(), lot).await?;
    let page = Page::of(&ctx, Area::Office, "/van-phong/lo");
    Ok(LotPage { page, t: Texts(ctx.lang), h, chain, reach, recalls, may_decide, today: ctx.today() }.into_response())
}
