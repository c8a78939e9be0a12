//! The diary: which lot, then which step; [`super::step`] asks for its facts and records it.

use askama::Template;
use askama_web::WebTemplate;
use axum::extract::{Path, Query};
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;

use super::super::access::{my_lot, producers_of};
use super::super::history::{HistoryStep, LotHistory, lot_history};
use super::super::model::{LotState, family_of, templates};
use super::super::step_words::icon_of;
use super::super::store::lots::{self, After, ListedLot};
use super::super::template::StepTemplate;
use super::super::texts::Texts;
use super::PAGE_ROWS;
use crate::clock::Day;
use crate::web::page::Area;
use crate::web::{AppError, Ctx, Lang, Page};

#[derive(Template, WebTemplate)]
#[template(path = "traceability/templates/diary.html")]
struct DiaryPage {
    page: Page,
    t: Texts,
    rows: Vec<ListedLot>,
    several: bool,
}

#[derive(Template, WebTemplate)]
#[template(path = "traceability/templates/pads.html")]
struct PadsPage {
    page: Page,
    t: Texts,
    h: LotHistory,
    pads: Vec<Pad>,
    today: Day,
}

/// One step to choose.
pub(super) struct Pad {
    pub(super) key: &'static str,
    icon: &'static str,
    pub(super) label: &'static str,
}

/// Which step was chosen.
#[derive(Deserialize)]
pub struct Chosen {
    #[serde(default)]
    viec: String,
}

impl PadsPage {
    fn recent(&self) -> Vec<&HistoryStep> {
        self.h.standing().rev().take(3).collect()
    }

    fn lang(&self) -> Lang {
        self.page.lang
    }

    /// When a step was, and what else is worth a word.
    fn said(&self, step: &HistoryStep) -> String {
        let day = step.at.day();
        let mut parts = vec![if day == self.today { self.t.today_at(step.at.clock_text()) } else { step.at.text() }];
        parts.extend(step.withheld_to().map(|last| self.t.withheld_to(last)));
        if !step.photos.is_empty() {
            parts.push(self.t.with_photos(step.photos.len()));
        }
        parts.join(", ")
    }

    fn withheld(&self) -> Option<Day> {
        self.h.harvest_from.filter(|day| *day > self.today)
    }
}

/// `GET /cua-toi/nhat-ky`: the open lots.
pub async fn choose(ctx: Ctx) -> Result<Response, AppError> {
    let mut conn = ctx.app.db.read().await?;
    let cx = &mut conn.cx();
    let mine = producers_of(&ctx, cx, "").await?;
    let mut rows = Vec::new();
    for producer in &mine {
        let of_it =
            lots::of_producer(cx, ctx.commune_id(), producer.id, After::start(ctx.today()), 4 * PAGE_ROWS as i64)
                .await?;
        rows.extend(of_it.into_iter().filter(|row| row.lot.state == LotState::Open));
    }
    rows.sort_by_key(|row| std::cmp::Reverse((row.lot.made_on, row.lot.id)));
    let page = Page::of(&ctx, Area::Mine, "/cua-toi");
    Ok(DiaryPage { page, t: Texts(ctx.lang), rows, several: mine.len() > 1 }.into_response())
}

/// The steps of a product's category, those most used first.
pub fn steps_of(category: &str) -> &'static [StepTemplate] {
    family_of(category).and_then(|family| templates().family(family)).map_or(&[], |steps| steps.steps.as_slice())
}

/// The steps of a lot's product to choose from.
pub(super) fn pads_of(h: &LotHistory, lang: Lang) -> Vec<Pad> {
    let pad =
        |step: &'static StepTemplate| Pad { key: &step.key, icon: icon_of(&step.icon), label: step.label.text(lang) };
    steps_of(&h.product.category).iter().map(pad).collect()
}

/// `GET /cua-toi/lo/{code}/ghi`: the steps as pads; with `?viec=`, the form of that step.
pub async fn pads(ctx: Ctx, Path(code): Path<String>, Query(chosen): Query<Chosen>) -> Result<Response, AppError> {
    let mut conn = ctx.app.db.read().await?;
    let mine = my_lot(&ctx, &mut conn.cx(), &code).await?;
    if !mine.lot.is_open() {
        return Ok(Redirect::to(&format!("/cua-toi/lo/{}", mine.lot.code)).into_response());
    }
    let h = lot_history(&mut conn.cx(), ctx.commune_id(), mine.lot).await?;
    if let Some(step) = steps_of(&h.product.category).iter().find(|step| step.key == chosen.viec) {
        return super::step::first(&ctx, &mut conn.cx(), h, step).await;
    }
    let page = Page::of(&ctx, Area::Mine, "/cua-toi");
    Ok(PadsPage { page, t: Texts(ctx.lang), pads: pads_of(&h, ctx.lang), h, today: ctx.today() }.into_response())
}
