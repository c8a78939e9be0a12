//! Rubrics: those of the law and the commune's own versions.

use askama::Template;
use askama_web::WebTemplate;
use axum::extract::Path;
use axum::response::{IntoResponse, Redirect, Response};
use http::StatusCode;

use super::{HERE, NAV};
use crate::amounts::Thousandths;
use crate::ocop::rubric::{Part, Rubric, RubricError};
use crate::ocop::store;
use crate::ocop::texts::Texts;
use crate::web::page::Area;
use crate::web::{AppError, Ctx, Form, Lang, Page, audit};

#[derive(Template, WebTemplate)]
#[template(path = "ocop/templates/rubrics.html")]
struct ListPage {
    page: Page,
    t: Texts,
    rubrics: Vec<Rubric>,
    may_change: bool,
}

impl ListPage {
    fn points(&self, points: i64) -> String {
        self.t.rubric_points(Thousandths(points).text(self.page.lang))
    }

    fn max(&self, part: &Part) -> String {
        self.points(part.max())
    }
}

#[derive(Template, WebTemplate)]
#[template(path = "ocop/templates/rubric.html")]
struct FormPage {
    page: Page,
    t: Texts,
    form: Form,
    code: String,
    lan: uuid::Uuid,
}

/// `GET /van-phong/ocop/bo-tieu-chi`.
pub async fn list(ctx: Ctx) -> Result<Response, AppError> {
    ctx.office_reader()?;
    let mut conn = ctx.app.db.read().await?;
    let rubrics = store::rubrics(&mut conn.cx(), ctx.commune_id()).await?;
    let (page, may_change) = (Page::of(&ctx, Area::Office, NAV), ctx.officer().is_ok());
    Ok(ListPage { page, t: Texts(ctx.lang), rubrics, may_change }.into_response())
}

fn shown(ctx: &Ctx, form: Form, code: String) -> FormPage {
    let lan = form.request_id(ctx.now());
    FormPage { page: Page::of(ctx, Area::Office, NAV), t: Texts(ctx.lang), form, code, lan }
}

async fn base(ctx: &Ctx, code: &str) -> Result<Rubric, AppError> {
    ctx.officer()?;
    let mut conn = ctx.app.db.read().await?;
    let rubrics = store::rubrics(&mut conn.cx(), ctx.commune_id()).await?;
    rubrics.into_iter().find(|one| one.code == code).ok_or(AppError::NotFound)
}

/// `GET /van-phong/ocop/bo-tieu-chi/{code}`: a new version begins from this one.
pub async fn ask(ctx: Ctx, Path(code): Path<String>) -> Result<Response, AppError> {
    let base = base(&ctx, &code).await?;
    let mut form = Form::default();
    form.push("ten", &base.name);
    form.push("can-cu", &base.basis);
    form.push("bo", &base.lines());
    Ok(shown(&ctx, form, code).into_response())
}

fn say(error: &RubricError, t: Texts) -> String {
    match error {
        RubricError::Empty => t.e_empty().to_owned(),
        RubricError::Line(at) => t.e_line(*at),
        RubricError::NoPart(at) => t.e_no_part(*at),
        RubricError::Points(at) => t.e_points(*at),
        RubricError::Twice(at) => t.e_twice(*at),
        RubricError::Bare(code) => t.e_bare(code),
        RubricError::Sum(sum) => t.e_sum(sum.text(Lang::Vi)),
    }
}

/// `POST /van-phong/ocop/bo-tieu-chi/{code}`: writes a version of the commune's own.
pub async fn save(ctx: Ctx, Path(code): Path<String>, mut form: Form) -> Result<Response, AppError> {
    let officer = ctx.officer()?.id;
    let t = Texts(ctx.lang);
    base(&ctx, &code).await?;
    let name = form.required("ten", 120, t.rubric_name_missing(), ctx.lang);
    let basis = form.text("can-cu", 200, ctx.lang);
    let parts = form.parse_with("bo", Rubric::read, |error| say(&error, t));
    if form.value("bo").is_empty() {
        form.fail("bo", t.e_empty());
    }
    let (Some(name), Some(basis), Some(parts), true) = (name, basis, parts, form.is_fine()) else {
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, shown(&ctx, form, code)).into_response());
    };
    // The form's own number, so that the same form sent twice is one version.
    let lan = form.request_id(ctx.now()).simple().to_string();
    let rubric = Rubric { code: format!("rieng-{}", &lan[lan.len() - 12..]), name, basis, parts };
    let mut tx = ctx.app.db.begin().await?;
    if store::put_rubric(&mut tx.cx(), ctx.commune_id(), &rubric, officer, ctx.now()).await? {
        let about = ("rubric", uuid::Uuid::nil());
        audit::note(&ctx, &mut tx.cx(), "ocop.rubric", about, Some(&code), Some(&rubric.code)).await?;
    }
    tx.commit().await?;
    Ok(Redirect::to(&format!("{HERE}/bo-tieu-chi?da-luu=1")).into_response())
}
