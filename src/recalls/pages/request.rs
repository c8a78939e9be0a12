//! Asking the office for a recall: people of the lot's producer who may not recall it themselves, and those of a
//! producer that received some of it.

use askama::Template;
use askama_web::WebTemplate;
use axum::extract::{Path, Query};
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;

use super::super::model::AlertKind;
use super::super::store::alerts::{self, NewAlert};
use super::super::texts::Texts;
use crate::db::Cx;
use crate::ids::AlertId;
use crate::products::store as products;
use crate::traceability::access::address;
use crate::traceability::chain::access::{Held, held};
use crate::web::audit::{self, Entry};
use crate::web::page::Area;
use crate::web::{AppError, Ctx, Form, Page};

#[derive(Template, WebTemplate)]
#[template(path = "recalls/templates/request.html")]
struct RequestPage {
    page: Page,
    t: Texts,
    form: Form,
    code: String,
    product: String,
    holder: String,
    back: String,
    /// Why nothing can be asked.
    refusal: Option<&'static str>,
    request: String,
}

/// In whose name.
#[derive(Deserialize)]
pub struct Whose {
    #[serde(default, rename = "co-so")]
    producer: String,
}

async fn page(ctx: &Ctx, cx: &mut Cx<'_>, form: Form, held: &Held) -> Result<RequestPage, AppError> {
    let (t, lot) = (Texts(ctx.lang), &held.lot);
    let product = products::by_id(cx, ctx.commune_id(), lot.product_id).await?.ok_or(AppError::NotFound)?;
    let asked = alerts::is_asked(cx, ctx.commune_id(), lot.id, held.holder.id).await?;
    let refusal = if lot.is_recalled() {
        Some(t.already())
    } else if lot.is_set_aside() {
        Some(t.lot_set_aside())
    } else {
        asked.then(|| t.request_waits())
    };
    Ok(RequestPage {
        page: Page::of(ctx, Area::Mine, "/cua-toi"),
        t,
        request: form.request_id(ctx.now()).to_string(),
        form,
        code: lot.code.to_string(),
        product: product.name,
        holder: held.holder.short.clone(),
        back: held.page(),
        refusal,
    })
}

/// `GET /cua-toi/lo/{code}/xin-thu-hoi`.
pub async fn ask(ctx: Ctx, Path(code): Path<String>, Query(whose): Query<Whose>) -> Result<Response, AppError> {
    let mut conn = ctx.app.db.read().await?;
    let cx = &mut conn.cx();
    let held = held(&ctx, cx, &code, &whose.producer).await?;
    Ok(page(&ctx, cx, Form::default(), &held).await?.into_response())
}

/// `POST /cua-toi/lo/{code}/xin-thu-hoi`.
pub async fn send(ctx: Ctx, Path(code): Path<String>, mut form: Form) -> Result<Response, AppError> {
    let (commune, now) = (ctx.commune_id(), ctx.now());
    let mut tx = ctx.app.db.begin().await?;
    let cx = &mut tx.cx();
    let held = held(&ctx, cx, &code, form.value("co-so")).await?;
    let reason = form.required("reason", 1000, Texts(ctx.lang).reason_missing(), ctx.lang);
    let shown = page(&ctx, cx, form.clone(), &held).await?;
    let (Some(reason), None) = (reason, shown.refusal) else {
        return Ok((http::StatusCode::UNPROCESSABLE_ENTITY, shown).into_response());
    };
    let id = AlertId(form.request_id(now));
    let (kind, lot, producer, by) = (AlertKind::Requested, held.lot.id, held.holder.id, held.author.user);
    let new = NewAlert { id, kind, lot, producer, recall: None, reason: &reason, by };
    if alerts::insert(cx, commune, &new, now).await? {
        let entry = Entry {
            actor: Some(by),
            action: "recall.request",
            subject_kind: "lot",
            subject: Some(lot.0),
            after: Some(&reason),
            address: address(&ctx),
            ..Entry::default()
        };
        audit::write(cx, commune, &entry, now).await?;
    }
    tx.commit().await?;
    Ok(Redirect::to(&format!("{}?da-luu=1", held.page())).into_response())
}
