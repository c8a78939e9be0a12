//! The list of a producer's runs, and one run with all that can be done with it.

use askama::Template;
use askama_web::WebTemplate;
use axum::extract::{Path, Query};
use axum::response::{IntoResponse, Response};
use http::{StatusCode, header};
use serde::Deserialize;

use crate::accounts::store as accounts;
use crate::db::Cx;
use crate::ids::{ProducerId, UserId, new_id};
use crate::producers::acting::Acting;
use crate::web::form::encode;
use crate::web::i18n::whole;
use crate::web::page::Area;
use crate::web::{AppError, Ctx, Form, Page};

use super::super::model::{LabelRow, LabelRun, code_of};
use super::super::papers;
use super::super::sheet::{self, Fate, Part, Preview, SheetError};
use super::super::store::prints::{self, Print};
use super::super::store::voids::Void;
use super::super::store::{self, ListedRun, runs};
use super::load::{WholeRun, whole_run};
use super::texts::Texts;
use super::wish::{self, Wish};

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
    /// The wish, as chosen.
    form: Form,
    run: LabelRun,
    product: String,
    lot: Option<String>,
    who: String,
    /// Why it can't be printed now.
    obstacle: Option<&'static str>,
    /// First and last code, once all are there.
    first: Option<(String, String)>,
    last: Option<String>,
    papers: Vec<(String, String)>,
    parts: Vec<(&'static str, &'static str, &'static str)>,
    preview: Option<Shown>,
    pages: usize,
    /// When some of the chosen labels were printed before.
    before: Option<String>,
    prints: Vec<(Print, String)>,
    voids: Vec<(Void, String)>,
}

/// The picture of one label.
struct Shown {
    src: String,
    /// In CSS pixels.
    width: u32,
    height: u32,
    /// What of the label does not fit, in words.
    losses: Vec<String>,
}

/// CSS pixels of a millimetre on a preview: a label shows somewhat larger than it is.
const PIXELS_PER_MM: f32 = 5.0;

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

    fn kind_of(&self) -> &'static str {
        self.run.kind.label(self.page.lang)
    }

    fn range(&self, first: &i64, last: &i64) -> String {
        self.t.range(self.whole(first), self.whole(last))
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
    Ok(RunsPage { page: Page::of(&ctx, Area::Mine, "/cua-toi"), t: Texts(ctx.lang), runs })
}

/// `GET /cua-toi/tem/{number}`: the run, and one label as it will be printed.
pub async fn show(ctx: Ctx, Path(number): Path<String>) -> Result<Response, AppError> {
    let mut conn = ctx.app.db.read().await?;
    let cx = &mut conn.cx();
    let run = whole_run(&ctx, cx, &number).await?;
    let mut form = Form::parse(ctx.query.as_bytes());
    wish::complete(cx, &run, &mut form).await?;
    form.set("lan", &new_id(ctx.now()).to_string());
    page(&ctx, cx, &run, form).await
}

/// The page of a run around a form; 422 if something of that is wrong.
pub async fn page(ctx: &Ctx, cx: &mut Cx<'_>, run: &WholeRun, mut form: Form) -> Result<Response, AppError> {
    let (t, commune) = (Texts(ctx.lang), ctx.commune_id());
    let was_fine = form.is_fine();
    let wish = match run.obstacle {
        Some(_) => None,
        None => wish::read(cx, run, &mut form, ctx.lang).await?,
    };
    let preview = match &wish {
        Some(wish) => {
            let (drawn, losses) = drawn(ctx, cx, run, wish).await?;
            if drawn.is_none() {
                form.fail("mau", t.too_small());
            }
            let pixels = |mm: f32| (mm * PIXELS_PER_MM) as u32;
            let (width, height) = (pixels(wish.spec.label_width), pixels(wish.spec.label_height));
            drawn.map(|_| Shown { src: preview_path(&run.run, wish), width, height, losses })
        }
        None => None,
    };
    let before = match &wish {
        Some(wish) => prints::last_of(cx, commune, run.run.id, (wish.first, wish.last)).await?,
        None => None,
    };
    let (first, last) = ends(cx, run).await?;
    let status = if form.is_fine() && was_fine { StatusCode::OK } else { form.status() };
    let mut page = Page::of(ctx, Area::Mine, "/cua-toi");
    page.notice = page.notice.map(|_| t.made().to_owned());
    let papers = papers::offered(cx, commune, run.producer.id, ctx.lang).await?;
    let mut prints = Vec::new();
    for print in prints::of_run(cx, commune, run.run.id).await? {
        let who = name_of(cx, print.created_by).await?;
        prints.push((print, who));
    }
    let mut voids = Vec::new();
    for void in run.voids.iter().cloned() {
        let who = name_of(cx, void.created_by).await?;
        voids.push((void, who));
    }
    let page = RunPage {
        page,
        t,
        run: run.run.clone(),
        product: run.product.name.clone(),
        lot: run.lot.as_ref().map(|lot| lot.code.to_string()),
        who: name_of(cx, run.run.created_by).await?,
        obstacle: run.obstacle.map(|obstacle| obstacle.why(t)),
        first,
        last,
        papers: papers.into_iter().filter(|(key, _)| !run.is_serial() || !key.starts_with("card-")).collect(),
        parts: Part::CHOSEN
            .into_iter()
            .filter(|part| run.text(*part, t).is_some())
            .map(|part| (part.word(), part.label(ctx.lang), ""))
            .collect(),
        preview,
        pages: wish.as_ref().map_or(0, |wish| wish.spec.pages_for((wish.last - wish.first + 1) as usize, wish.skip)),
        before: before.map(|print| t.printed_before(print.created_at.day())),
        prints,
        voids,
        form,
    };
    Ok((status, page).into_response())
}

async fn name_of(cx: &mut Cx<'_>, user: Option<UserId>) -> Result<String, AppError> {
    let Some(user) = user else { return Ok(String::new()) };
    Ok(accounts::user(cx, user).await?.map(|user| user.name).unwrap_or_default())
}

/// The first code (in groups, and without dashes) and the last, where there is more than one.
async fn ends(cx: &mut Cx<'_>, run: &WholeRun) -> Result<(Option<(String, String)>, Option<String>), AppError> {
    let (commune, id) = (run.run.commune_id, run.run.id);
    let code = |row: LabelRow| code_of(commune, row.id);
    let first = store::first_label(cx, commune, id).await?.and_then(code);
    let last = if run.is_serial() {
        runs::labels_between(cx, commune, id, (run.run.made, run.run.made), 1).await?.first().copied().and_then(code)
    } else {
        None
    };
    Ok((first.map(|code| (code.to_string(), code.compact())), last.map(|code| code.to_string())))
}

/// One label of a wish as it will be printed, and what of it does not fit, in words; no picture if the paper's labels
/// are too small for the code.
async fn drawn(
    ctx: &Ctx,
    cx: &mut Cx<'_>,
    run: &WholeRun,
    wish: &Wish,
) -> Result<(Option<Preview>, Vec<String>), AppError> {
    let t = Texts(ctx.lang);
    // The number of the last one is the longest.
    let Some(row) = run.rows(cx, (wish.last, wish.last)).await?.into_iter().next().or(store::first_label(
        cx,
        run.run.commune_id,
        run.run.id,
    )
    .await?) else {
        return Ok((None, Vec::new()));
    };
    let photo = run.photo(ctx, cx, &wish.spec).await?;
    let label = run.label(row, &wish.parts, photo)?;
    let title = t.preview_of(label.code, &label.product);
    let preview = match sheet::preview(&label, &wish.spec, &site(ctx), &title) {
        Ok(preview) => preview,
        Err(SheetError::TooSmall { .. } | SheetError::NoRoom { .. }) => return Ok((None, Vec::new())),
        Err(error) => return Err(AppError::internal(error)),
    };
    let mut said: Vec<String> = preview
        .losses
        .iter()
        .map(|loss| match &loss.fate {
            Fate::Cut(rest) => t.loss_cut(loss.part.label(ctx.lang), rest),
            Fate::LeftOut => t.loss_left_out(loss.part.label(ctx.lang)),
        })
        .collect();
    let missing = sheet::unprintable(&format!("{} {} {}", label.product, label.producer, label.village));
    let missing: String = missing.map_err(AppError::internal)?.into_iter().collect();
    if !missing.is_empty() {
        said.push(t.loss_characters(missing));
    }
    Ok((Some(preview), said))
}

/// The site's name, as it stands on labels.
pub fn site(ctx: &Ctx) -> String {
    format!("Sản Vật {}", ctx.commune.name)
}

fn preview_path(run: &LabelRun, wish: &Wish) -> String {
    let numbers = [("mau", wish.spec.key.clone()), ("tu", wish.first.to_string()), ("den", wish.last.to_string())];
    let parts = wish.parts.iter().map(|part| ("in-them", part.word().to_owned()));
    let pairs = numbers.into_iter().chain([("chon", "1".to_owned())]).chain(parts);
    let pairs: Vec<(String, String)> = pairs.map(|(name, value)| (name.to_owned(), value)).collect();
    format!("/cua-toi/tem/{}/xem.svg?{}", run.number, encode(&pairs))
}

/// `GET /cua-toi/tem/{number}/xem.svg?mau=…&in-them=…`: one label as it will be printed.
pub async fn preview(ctx: Ctx, Path(number): Path<String>) -> Result<Response, AppError> {
    let mut conn = ctx.app.db.read().await?;
    let cx = &mut conn.cx();
    let run = whole_run(&ctx, cx, &number).await?;
    let mut form = Form::parse(ctx.query.as_bytes());
    wish::complete(cx, &run, &mut form).await?;
    let Some(wish) = wish::read(cx, &run, &mut form, ctx.lang).await? else { return Err(form.into_error()) };
    let (drawn, _) = drawn(&ctx, cx, &run, &wish).await?;
    let drawn = drawn.ok_or_else(|| AppError::field("mau", Texts(ctx.lang).too_small()))?;
    Ok(([(header::CONTENT_TYPE, "image/svg+xml; charset=utf-8")], drawn.svg).into_response())
}
