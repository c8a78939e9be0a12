//! Voiding a decision that was wrongly recorded.

use askama::Template;
use askama_web::WebTemplate;
use axum::extract::Path;
use axum::response::{IntoResponse, Redirect, Response};
use http::StatusCode;

use super::NAV;
use crate::db::Cx;
use crate::market::index;
use crate::ocop::model::Decision;
use crate::ocop::store::decisions;
use crate::ocop::texts::Texts;
use crate::products::model::Product;
use crate::products::store as products;
use crate::web::page::Area;
use crate::web::{AppError, Ctx, Form, Page, audit};

#[derive(Template, WebTemplate)]
#[template(path = "ocop/templates/void.html")]
struct VoidPage {
    page: Page,
    t: Texts,
    form: Form,
    product: Product,
    decision: Decision,
}

async fn load(ctx: &Ctx, cx: &mut Cx<'_>, id: &str) -> Result<(Decision, Product), AppError> {
    ctx.officer()?;
    let id = id.parse().map_err(|_| AppError::NotFound)?;
    let decision = decisions::by_id(cx, ctx.commune_id(), id).await?.ok_or(AppError::NotFound)?;
    let product = products::by_id(cx, ctx.commune_id(), decision.product_id).await?.ok_or(AppError::NotFound)?;
    Ok((decision, product))
}

fn shown(ctx: &Ctx, form: Form, (decision, product): (Decision, Product)) -> VoidPage {
    VoidPage { page: Page::of(ctx, Area::Office, NAV), t: Texts(ctx.lang), form, product, decision }
}

/// `GET /van-phong/ocop/quyet-dinh/{id}/bo`.
pub async fn ask(ctx: Ctx, Path(id): Path<String>) -> Result<Response, AppError> {
    let mut conn = ctx.app.db.read().await?;
    let found = load(&ctx, &mut conn.cx(), &id).await?;
    Ok(shown(&ctx, Form::default(), found).into_response())
}

/// `POST /van-phong/ocop/quyet-dinh/{id}/bo`: its stars are no longer shown from now on; the row stays.
pub async fn void(ctx: Ctx, Path(id): Path<String>, mut form: Form) -> Result<Response, AppError> {
    let officer = ctx.officer()?.id;
    let (commune, now) = (ctx.commune_id(), ctx.now());
    let mut tx = ctx.app.db.begin().await?;
    let (decision, product) = load(&ctx, &mut tx.cx(), &id).await?;
    let Some(reason) = form.required("ly-do", 300, Texts(ctx.lang).why_missing(), ctx.lang) else {
        let page = shown(&ctx, form, (decision, product));
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response());
    };
    if decisions::void(&mut tx.cx(), commune, decision.id, &reason, officer, now).await? {
        products::changed(&mut tx.cx(), commune, product.id).await?;
        index::enqueue_product(&mut tx.cx(), commune, product.id, now).await?;
        let about = ("product", product.id.0);
        audit::note(&ctx, &mut tx.cx(), "ocop.void", about, Some(&decision.number), Some(&reason)).await?;
    } else if decision.void_reason.as_deref() != Some(reason.as_str()) {
        return Err(AppError::Conflict(Texts(ctx.lang).void_already().to_owned()));
    }
    tx.commit().await?;
    ctx.app.jobs.ring();
    Ok(Redirect::to(&format!("/van-phong/san-pham/{}?da-luu=1", product.short)).into_response())
}
