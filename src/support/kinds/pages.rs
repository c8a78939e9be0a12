//! `/van-phong/ho-tro/noi-dung`: the list of kinds, adding one, changing one.

use askama::Template;
use askama_web::WebTemplate;
use axum::extract::Path;
use axum::response::{IntoResponse, Redirect, Response};
use http::StatusCode;

use super::store;
use super::texts::Texts;
use crate::fold::fold;
use crate::ids::new_short;
use crate::support::model::SupportKind;
use crate::support::pages::log;
use crate::support::store as support;
use crate::web::page::Area;
use crate::web::{AppError, Ctx, Form, Page};

const HERE: &str = "/van-phong/ho-tro/noi-dung";
const NAV: &str = "/van-phong/ho-tro";

#[derive(Template, WebTemplate)]
#[template(path = "support/templates/kinds.html")]
struct ListPage {
    page: Page,
    t: Texts,
    kinds: Vec<SupportKind>,
    may_change: bool,
}

#[derive(Template, WebTemplate)]
#[template(path = "support/templates/kind.html")]
struct KindPage {
    page: Page,
    t: Texts,
    form: Form,
    is_new: bool,
}

async fn all(ctx: &Ctx) -> Result<Vec<SupportKind>, AppError> {
    let mut conn = ctx.app.db.read().await?;
    Ok(support::all_kinds(&mut conn.cx(), ctx.commune_id()).await?)
}

fn kind_page(ctx: &Ctx, form: Form, is_new: bool) -> KindPage {
    KindPage { page: Page::of(ctx, Area::Office, NAV), t: Texts(ctx.lang), form, is_new }
}

/// `GET /van-phong/ho-tro/noi-dung`.
pub async fn list(ctx: Ctx) -> Result<Response, AppError> {
    ctx.office_reader()?;
    let (kinds, may_change) = (all(&ctx).await?, ctx.officer().is_ok());
    Ok(ListPage { page: Page::of(&ctx, Area::Office, NAV), t: Texts(ctx.lang), kinds, may_change }.into_response())
}

/// `GET /van-phong/ho-tro/noi-dung/{code}`: the form; `moi` for a new one.
pub async fn ask(ctx: Ctx, Path(code): Path<String>) -> Result<Response, AppError> {
    ctx.officer()?;
    let mut form = Form::default();
    if code == "moi" {
        form.push("thang", "12");
        return Ok(kind_page(&ctx, form, true).into_response());
    }
    let kind = all(&ctx).await?.into_iter().find(|kind| kind.code == code).ok_or(AppError::NotFound)?;
    form.push("ten", &kind.name_vi);
    form.push("ten-anh", &kind.name_en);
    form.push("thang", &kind.months.to_string());
    form.push("an", if kind.hidden { "1" } else { "" });
    form.push("version", &kind.version.to_string());
    Ok(kind_page(&ctx, form, false).into_response())
}

fn read(ctx: &Ctx, form: &mut Form, code: &str, others: &[SupportKind]) -> Option<SupportKind> {
    let t = Texts(ctx.lang);
    let name_vi = form.required("ten", 80, t.name_missing(), ctx.lang);
    let name_en = form.required("ten-anh", 80, t.name_missing(), ctx.lang);
    let months = form.value("thang").parse().ok().filter(|months| (0..=120).contains(months));
    if months.is_none() {
        form.fail("thang", t.months_wrong());
    }
    if let Some(name) = &name_vi
        && others.iter().any(|other| other.code != code && fold(&other.name_vi) == fold(name))
    {
        form.fail("ten", t.same_name());
    }
    let (hidden, version) = (form.has("an", "1"), form.value("version").parse().unwrap_or(0));
    let (name_vi, name_en, months) = (name_vi?, name_en?, months?);
    form.is_fine().then(|| SupportKind { code: code.to_owned(), name_vi, name_en, months, hidden, version })
}

/// `POST /van-phong/ho-tro/noi-dung/{code}`: adds (`moi`) or changes a kind, over the version that was seen.
pub async fn save(ctx: Ctx, Path(code): Path<String>, mut form: Form) -> Result<Response, AppError> {
    ctx.officer()?;
    let kinds = all(&ctx).await?;
    let is_new = code == "moi";
    let before = kinds.iter().find(|kind| kind.code == code);
    if !is_new && before.is_none() {
        return Err(AppError::NotFound);
    }
    let code = if is_new { format!("k-{}", new_short()) } else { code };
    let Some(kind) = read(&ctx, &mut form, &code, &kinds) else {
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, kind_page(&ctx, form, is_new)).into_response());
    };
    let told = |k: &SupportKind| format!("{} / {}, {}, {}", k.name_vi, k.name_en, k.months, k.hidden);
    let mut tx = ctx.app.db.begin().await?;
    if is_new {
        store::add(&mut tx.cx(), ctx.commune_id(), &kind).await?;
    } else if !store::put(&mut tx.cx(), ctx.commune_id(), &kind).await? {
        form.fail("ten", Texts(ctx.lang).raced());
        return Ok((StatusCode::CONFLICT, kind_page(&ctx, form, false)).into_response());
    }
    let was = before.map(told);
    let after = format!("{code}: {}", told(&kind));
    log(&ctx, &mut tx.cx(), "support.kind", ("support_kind", uuid::Uuid::nil()), was.as_deref(), &after).await?;
    tx.commit().await?;
    Ok(Redirect::to(&format!("{HERE}?da-luu=1")).into_response())
}
