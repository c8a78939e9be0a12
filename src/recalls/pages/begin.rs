//! An officer begins a recall or a drill with a lot: how much of it, and whether it counts. Nothing changes yet.

use askama::Template;
use askama_web::WebTemplate;
use axum::extract::Path;
use axum::response::{IntoResponse, Redirect, Response};

use super::super::flow;
use super::super::model::{Kind, Recall, Scope};
use super::super::pieces::{MOST_RANGES, RunSerials, SerialsError, parse_serials};
use super::super::store::{self, NewRecall, serials, serials::SerialRun};
use super::super::texts::Texts;
use crate::db::Cx;
use crate::products::store as products;
use crate::traceability::access::{address, lot_of};
use crate::traceability::model::Lot;
use crate::web::audit::{self, Entry};
use crate::web::page::Area;
use crate::web::{AppError, Ctx, Form, Page};

/// A choice of a form: word, name, hint.
type Choice = (&'static str, &'static str, &'static str);

#[derive(Template, WebTemplate)]
#[template(path = "recalls/templates/begin.html")]
struct BeginPage {
    page: Page,
    t: Texts,
    form: Form,
    lot: Lot,
    product: String,
    /// The lot's runs of piece labels, each with the name of its field.
    runs: Vec<(String, SerialRun)>,
    standing: Vec<Recall>,
    kinds: Vec<Choice>,
    scopes: Vec<Choice>,
    request: String,
}

fn field_of(run: &SerialRun) -> String {
    format!("dot-{}", run.number)
}

async fn page(ctx: &Ctx, cx: &mut Cx<'_>, mut form: Form, lot: Lot) -> Result<BeginPage, AppError> {
    let (commune, t, lang) = (ctx.commune_id(), Texts(ctx.lang), ctx.lang);
    let product = products::by_id(cx, commune, lot.product_id).await?.ok_or(AppError::NotFound)?;
    let runs = serials::runs_of_lot(cx, commune, lot.id).await?;
    if !form.sent("kieu") {
        form.push("kieu", Kind::Real.word());
        form.push("pham-vi", Scope::Whole.word());
    }
    let kind = |kind: &Kind| (kind.word(), kind.label(lang), t.kind_hint(*kind));
    let scope = |scope: &Scope| (scope.word(), scope.label(lang), t.scope_hint(*scope));
    Ok(BeginPage {
        page: Page::of(ctx, Area::Office, "/van-phong/lo"),
        t,
        request: form.request_id(ctx.now()).to_string(),
        product: product.name,
        standing: store::of_lot(cx, commune, lot.id).await?,
        kinds: Kind::ALL.iter().map(kind).collect(),
        scopes: Scope::ALL.iter().map(scope).collect(),
        runs: runs.into_iter().map(|run| (field_of(&run), run)).collect(),
        form,
        lot,
    })
}

/// The lot, unless the work that made it was taken back.
async fn standing(ctx: &Ctx, cx: &mut Cx<'_>, code: &str) -> Result<Lot, AppError> {
    let lot = lot_of(ctx, cx, code).await?;
    if lot.is_set_aside() { Err(AppError::Conflict(Texts(ctx.lang).lot_set_aside().to_owned())) } else { Ok(lot) }
}

/// `GET /van-phong/lo/{code}/thu-hoi`.
pub async fn ask(ctx: Ctx, Path(code): Path<String>) -> Result<Response, AppError> {
    ctx.officer()?;
    let mut conn = ctx.app.db.read().await?;
    let lot = standing(&ctx, &mut conn.cx(), &code).await?;
    Ok(page(&ctx, &mut conn.cx(), Form::default(), lot).await?.into_response())
}

/// What is to be begun; None if something is missing, noted in the form.
fn read(form: &mut Form, runs: &[SerialRun], t: Texts) -> Option<(Kind, Scope, Vec<RunSerials>)> {
    let kind = form.value("kieu").parse::<Kind>().ok();
    if kind.is_none() {
        form.fail("kieu", t.kind_missing());
    }
    let scope = if runs.is_empty() { Scope::Whole } else { form.value("pham-vi").parse().unwrap_or(Scope::Whole) };
    let mut pieces = Vec::new();
    for run in runs.iter().filter(|_| scope == Scope::Serials) {
        let parse = |text: &str| parse_serials(text, run.count);
        let read = form.parse_with(&field_of(run), parse, |error| wrong_serials(&error, t));
        let of_run = |serials| RunSerials { run_id: run.id, run_number: run.number, serials };
        pieces.extend(read.unwrap_or_default().into_iter().map(of_run));
    }
    if scope == Scope::Serials && pieces.is_empty() && form.is_fine() {
        form.fail(&runs.first().map(field_of).unwrap_or_default(), t.serials_missing());
    }
    form.is_fine().then_some((kind?, scope, pieces))
}

fn wrong_serials(error: &SerialsError, t: Texts) -> String {
    match error {
        SerialsError::Shape(text) => t.serials_shape(text),
        SerialsError::Backwards(text) => t.serials_backwards(text),
        SerialsError::Outside(text, count) => t.serials_outside(text, count),
        SerialsError::TooMany => t.serials_many(MOST_RANGES),
    }
}

/// `POST /van-phong/lo/{code}/thu-hoi`: follows the lots and leads to the preview.
pub async fn begin(ctx: Ctx, Path(code): Path<String>, mut form: Form) -> Result<Response, AppError> {
    let (by, t, commune, now) = (ctx.officer()?.id, Texts(ctx.lang), ctx.commune_id(), ctx.now());
    let mut tx = ctx.app.db.begin().await?;
    let cx = &mut tx.cx();
    let lot = standing(&ctx, cx, &code).await?;
    let runs = serials::runs_of_lot(cx, commune, lot.id).await?;
    let Some((kind, scope, pieces)) = read(&mut form, &runs, t) else { return again(&ctx, cx, form, lot).await };
    let new = NewRecall { kind, scope, lot: lot.id, cut: false, request: form.request_id(now), by };
    let recall = flow::begin(cx, commune, new, &pieces, now).await?;
    if recall.is_draft() && flow::adds_nothing(cx, &recall).await? {
        // Not committed: the draft was never there.
        form.fail("pham-vi", t.already());
        return again(&ctx, cx, form, lot).await;
    }
    let entry = Entry {
        actor: Some(by),
        action: "recall.begin",
        subject_kind: "recall",
        subject: Some(recall.id.0),
        after: Some(kind.word()),
        address: address(&ctx),
        ..Entry::default()
    };
    audit::write(cx, commune, &entry, now).await?;
    tx.commit().await?;
    Ok(Redirect::to(&recall.office_path()).into_response())
}

async fn again(ctx: &Ctx, cx: &mut Cx<'_>, form: Form, lot: Lot) -> Result<Response, AppError> {
    let status = form.status();
    Ok((status, page(ctx, cx, form, lot).await?).into_response())
}
