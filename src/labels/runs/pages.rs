//! The list of a producer's runs, and one run with its downloads.

use askama::Template;
use askama_web::WebTemplate;
use axum::extract::{Path, Query};
use serde::Deserialize;

use crate::db::Cx;
use crate::ids::ProducerId;
use crate::producers::acting::Acting;
use crate::producers::model::Producer;
use crate::producers::store as producers;
use crate::products::model::Product;
use crate::products::store as products;
use crate::traceability::model::Lot;
use crate::traceability::store::lots;
use crate::web::i18n::whole;
use crate::web::page::Area;
use crate::web::{AppError, Ctx, Form, Page};

use super::super::model::{LabelRow, LabelRun, RunKind, code_of};
use super::super::store::{self, ListedRun};
use super::order::{USUAL_SHEET, sheets};
use super::print::{PART, lines};
use super::texts::Texts;

#[derive(Template, WebTemplate)]
#[template(path = "labels/templates/runs.html")]
pub struct RunsPage {
    page: Page,
    t: Texts,
    runs: Vec<ListedRun>,
}

#[derive(Template, WebTemplate)]
#[template(path = "labels/templates/run.html")]
pub struct RunPage {
    page: Page,
    t: Texts,
    form: Form,
    run: LabelRun,
    product: String,
    producer: String,
    village: String,
    lot: Option<String>,
    lines: Vec<String>,
    code: String,
    compact: String,
    last_code: Option<String>,
    sheets: Vec<(&'static str, String)>,
    /// First and last label of each PDF.
    parts: Vec<(i64, i64)>,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "templates pass fields by reference")]
impl RunsPage {
    fn whole(&self, number: &i64) -> String {
        whole(*number, self.page.lang)
    }

    fn kind_of(&self, run: &LabelRun) -> &'static str {
        run.kind.label(self.page.lang)
    }
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "templates pass fields by reference")]
impl RunPage {
    fn whole(&self, number: &i64) -> String {
        whole(*number, self.page.lang)
    }

    fn kind_of(&self, run: &LabelRun) -> &'static str {
        run.kind.label(self.page.lang)
    }
}

/// The query of the list.
#[derive(Debug, Default, Deserialize)]
pub struct Whose {
    /// Short address of a producer, for those who act for more than their own.
    #[serde(default, rename = "co-so")]
    co_so: String,
}

/// `GET /cua-toi/tem`.
pub async fn list(ctx: Ctx, Query(whose): Query<Whose>) -> Result<RunsPage, AppError> {
    let ids: Vec<ProducerId> = if whose.co_so.is_empty() {
        ctx.person()?.producers(ctx.commune_id())
    } else {
        vec![Acting::of(&ctx, &whose.co_so).await?.0.id]
    };
    let mut conn = ctx.app.db.read().await?;
    let mut runs = Vec::new();
    for id in ids {
        runs.extend(store::runs_of(&mut conn.cx(), ctx.commune_id(), id).await?);
    }
    runs.sort_by_key(|listed| std::cmp::Reverse(listed.run.number));
    Ok(RunsPage { page: Page::of(&ctx, Area::Mine, "/cua-toi/tem"), t: Texts(ctx.lang), runs })
}

/// A run with what is printed on its labels.
pub struct WholeRun {
    /// The run.
    pub run: LabelRun,
    /// Whose.
    pub producer: Producer,
    /// Village and commune, as one line.
    pub village: String,
    /// Of what.
    pub product: Product,
    /// Of which lot.
    pub lot: Option<Lot>,
    /// Its labels in order.
    pub labels: Vec<LabelRow>,
}

/// Reads a run, for those who act for its producer.
pub async fn whole_run(ctx: &Ctx, cx: &mut Cx<'_>, number: &str) -> Result<WholeRun, AppError> {
    ctx.person()?;
    let commune = ctx.commune_id();
    let number = number.parse().map_err(|_| AppError::NotFound)?;
    let run = store::run(cx, commune, number).await?.ok_or(AppError::NotFound)?;
    let (producer, _) = Acting::of_id(ctx, cx, run.producer_id).await?;
    let product = products::by_id(cx, commune, run.product_id).await?.ok_or(AppError::NotFound)?;
    let lot = match run.lot_id {
        Some(id) => lots::by_id(cx, commune, id).await?,
        None => None,
    };
    let village = match producer.village_id {
        Some(id) => producers::village(cx, commune, id).await?,
        None => None,
    };
    let t = Texts(crate::web::Lang::Vi);
    let village = match village {
        Some(village) => t.village_line(village.name, &ctx.commune.name),
        None => t.commune_line(&ctx.commune.name),
    };
    let labels = store::labels_of(cx, commune, run.id).await?;
    Ok(WholeRun { run, producer, village, product, lot, labels })
}

/// The query of a run's page.
#[derive(Debug, Default, Deserialize)]
pub struct Chosen {
    #[serde(default)]
    mau: String,
}

/// `GET /cua-toi/tem/{number}`.
pub async fn show(ctx: Ctx, Path(number): Path<String>, Query(chosen): Query<Chosen>) -> Result<RunPage, AppError> {
    let whole_run = {
        let mut conn = ctx.app.db.read().await?;
        whole_run(&ctx, &mut conn.cx(), &number).await?
    };
    let t = Texts(ctx.lang);
    let mut page = Page::of(&ctx, Area::Mine, "/cua-toi/tem");
    page.notice = page.notice.map(|_| t.made().to_owned());
    let mut form = Form::default();
    form.set("mau", if chosen.mau.is_empty() { USUAL_SHEET } else { &chosen.mau });
    form.set("bo-qua", "0");
    let code_at = |row: Option<&LabelRow>| row.and_then(|row| code_of(ctx.commune_id(), row.id));
    let first = code_at(whole_run.labels.first()).ok_or(AppError::NotFound)?;
    let last = code_at(whole_run.labels.last()).filter(|_| whole_run.run.kind == RunKind::Serial);
    let lines = lines(&whole_run, whole_run.labels.first().and_then(|row| row.serial));
    let WholeRun { run, producer, village, product, lot, .. } = whole_run;
    let parts = (0..=run.count.div_euclid(PART))
        .map(|part| (part * PART + 1, ((part + 1) * PART).min(run.count)))
        .filter(|(first, last)| first <= last)
        .collect();
    Ok(RunPage {
        page,
        t,
        form,
        product: product.name,
        producer: producer.name,
        village,
        lot: lot.map(|lot| lot.code.to_string()),
        lines,
        code: first.to_string(),
        compact: first.compact(),
        last_code: last.map(|code| code.to_string()),
        sheets: sheets(t),
        parts,
        run,
    })
}
