//! A producer's lots: the list, and the page of a lot.

use askama::Template;
use askama_web::WebTemplate;
use axum::extract::{Path, Query};
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;

use super::super::access::{self, MyLot, may_recall, my_lot, producers_of};
use super::super::chain::pages::part::{Part, part};
use super::super::documents;
use super::super::documents::load::Audience;
use super::super::documents::passport::{Missing, Passport};
use super::super::history::{HistoryStep, LotHistory};
use super::super::model::LotState;
use super::super::store::lots::{self, ListedLot};
use super::super::texts::Texts;
use super::super::warnings::Warning;
use super::timeline::{details, say_warning};
use super::{PAGE_ROWS, after};
use crate::clock::Day;
use crate::db::Cx;
use crate::producers::model::Producer;
use crate::web::audit::{self, Entry};
use crate::web::page::Area;
use crate::web::{AppError, Ctx, Form, Lang, Page};

#[derive(Template, WebTemplate)]
#[template(path = "traceability/templates/lots.html")]
struct LotsPage {
    page: Page,
    t: Texts,
    rows: Vec<ListedLot>,
    /// Address of the next page.
    next: Option<String>,
    /// Several producers: say whose each lot is.
    several: bool,
    first: bool,
    whose: String,
}

#[derive(Template, WebTemplate)]
#[template(path = "traceability/templates/lot.html")]
struct LotPage {
    page: Page,
    t: Texts,
    h: LotHistory,
    /// What the lot's passport lacks and the producer can add, with the form where it does.
    missing: Vec<(String, Option<String>)>,
    chain: Part,
    may_recall: bool,
    today: Day,
}

/// Whose lots, from where.
#[derive(Deserialize)]
pub struct ListQuery {
    #[serde(default, rename = "co-so")]
    producer: String,
    #[serde(default)]
    sau: String,
}

impl LotsPage {
    fn lang(&self) -> Lang {
        self.page.lang
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

    fn withheld(&self) -> Option<Day> {
        self.h.harvest_from.filter(|day| *day > self.today && self.h.lot.is_open())
    }
}

/// `GET /cua-toi/lo`: all lots of the person's producers, latest first.
pub async fn list(ctx: Ctx, Query(query): Query<ListQuery>) -> Result<Response, AppError> {
    let mut conn = ctx.app.db.read().await?;
    let cx = &mut conn.cx();
    let mine = producers_of(&ctx, cx, &query.producer).await?;
    let (rows, more) = newest(&ctx, cx, &mine, &query.sau).await?;
    let whose = if query.producer.is_empty() { String::new() } else { format!("&co-so={}", query.producer) };
    let next = rows.last().filter(|_| more).map(|row| cursor_url("/cua-toi/lo", row, &whose));
    let page = Page::of(&ctx, Area::Mine, "/cua-toi");
    let several = mine.len() > 1;
    Ok(LotsPage { page, t: Texts(ctx.lang), rows, next, several, first: query.sau.is_empty(), whose }.into_response())
}

/// The address of the page after a row.
pub fn cursor_url(path: &str, row: &ListedLot, rest: &str) -> String {
    format!("{path}?sau={}_{}{rest}", row.lot.made_on.iso(), row.lot.id)
}

/// A page of these producers' lots, latest first, and whether there are more.
async fn newest(ctx: &Ctx, cx: &mut Cx<'_>, mine: &[Producer], sau: &str) -> Result<(Vec<ListedLot>, bool), AppError> {
    let from = after(sau, ctx.today());
    let mut rows = Vec::new();
    for producer in mine {
        rows.extend(lots::of_producer(cx, ctx.commune_id(), producer.id, from, PAGE_ROWS as i64 + 1).await?);
    }
    rows.sort_by_key(|row| std::cmp::Reverse((row.lot.made_on, row.lot.id)));
    let more = rows.len() > PAGE_ROWS;
    rows.truncate(PAGE_ROWS);
    Ok((rows, more))
}

/// `GET /cua-toi/lo/{code}`.
pub async fn show(ctx: Ctx, Path(code): Path<String>) -> Result<Response, AppError> {
    let mut conn = ctx.app.db.read().await?;
    let mine = my_lot(&ctx, &mut conn.cx(), &code).await?;
    let may_recall = may_recall(&ctx, &mine);
    let chain = part(&ctx, &mut conn.cx(), &mine.lot, false).await?;
    let papers = documents::load::load(&ctx, &mut conn.cx(), mine.lot, Audience::Own).await?;
    let lacking = Passport::of(&papers, ctx.lang).missing.into_iter().filter(Missing::is_producers);
    let missing = lacking.map(|one| (one.name.clone(), one.mend_at(&papers))).collect();
    let h = papers.history;
    let mut page = Page::of(&ctx, Area::Mine, "/cua-toi");
    let t = Texts(ctx.lang);
    if page.query.contains("da-ghi=lai") {
        page.notice = Some(t.saved_repeat().to_owned());
    } else if page.query.contains("da-ghi=1") {
        page.notice = Some(t.saved_step().to_owned());
    }
    Ok(LotPage { page, t, h, missing, chain, may_recall, today: ctx.today() }.into_response())
}

/// `POST /cua-toi/lo/{code}/trang-thai`: closes a lot that is done, or opens it again.
pub async fn set_state(ctx: Ctx, Path(code): Path<String>, form: Form) -> Result<Response, AppError> {
    let mut tx = ctx.app.db.begin().await?;
    let MyLot { lot, author, .. } = my_lot(&ctx, &mut tx.cx(), &code).await?;
    let (from, to) = match form.value("dat") {
        "closed" => (LotState::Open, LotState::Closed),
        "open" => (LotState::Closed, LotState::Open),
        _ => return Err(AppError::NotFound),
    };
    if lots::set_state(&mut tx.cx(), ctx.commune_id(), lot.id, from, to).await? {
        let entry = Entry {
            actor: Some(author.user),
            action: "lot.state",
            subject_kind: "lot",
            subject: Some(lot.id.0),
            before: Some(from.word()),
            after: Some(to.word()),
            address: access::address(&ctx),
        };
        audit::write(&mut tx.cx(), ctx.commune_id(), &entry, ctx.now()).await?;
    }
    tx.commit().await?;
    Ok(Redirect::to(&format!("/cua-toi/lo/{}?da-luu=1", lot.code)).into_response())
}
