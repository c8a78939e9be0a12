//! Opening a packing unit: what is in it, and where it is opened.

use askama::Template;
use askama_web::WebTemplate;
use axum::extract::Path;
use axum::response::{IntoResponse, Redirect, Response};

use super::super::flow::{self, Hand};
use super::super::model::Refusal;
use super::super::texts::Texts;
use super::super::undo::{packed, packing_of, unpack};
use super::say;
use crate::db::Cx;
use crate::ids::{LotId, PlaceId};
use crate::traceability::access::{MyLot, address, my_lot};
use crate::traceability::history::{HistoryStep, lot_history};
use crate::traceability::model::{Lot, LotState, amount_text};
use crate::traceability::pages::identifiers;
use crate::traceability::store::events::of_client;
use crate::traceability::store::{lots, places};
use crate::traceability::texts::Texts as Words;
use crate::web::audit::{self, Entry};
use crate::web::page::Area;
use crate::web::{AppError, Ctx, Form, Page};

#[derive(Template, WebTemplate)]
#[template(path = "traceability/chain/templates/unpack.html")]
struct UnpackPage {
    page: Page,
    t: Texts,
    form: Form,
    lot: Lot,
    /// Code, product and amount of each lot inside.
    inside: Vec<(String, String, String)>,
    places: Vec<(String, String)>,
    refusal: Option<String>,
    lan: String,
}

/// The packing that is to be undone, and why it can't be.
async fn packing(ctx: &Ctx, cx: &mut Cx<'_>, unit: &Lot) -> Result<(Option<HistoryStep>, Option<String>), AppError> {
    let t = Texts(ctx.lang);
    let history = lot_history(cx, ctx.commune_id(), unit.clone()).await?;
    let Some(packing) = packing_of(&history.steps).cloned() else {
        return Ok((None, Some(t.unpack_none().to_owned())));
    };
    let balance = flow::balance_of(cx, unit, unit.producer_id).await?;
    let refusal = match unit.state {
        LotState::Recalled => Some(say(&Refusal::Recalled, t)),
        LotState::Closed => Some(say(&Refusal::Closed, t)),
        LotState::SetAside => Some(say(&Refusal::SetAside, t)),
        LotState::Open if balance.left < balance.had || balance.untold => Some(t.unpack_part().to_owned()),
        LotState::Open => None,
    };
    Ok((Some(packing), refusal))
}

async fn page(ctx: &Ctx, cx: &mut Cx<'_>, mut form: Form, unit: Lot) -> Result<UnpackPage, AppError> {
    let commune = ctx.commune_id();
    let (packing, refusal) = packing(ctx, cx, &unit).await?;
    let inside = match &packing {
        Some(packing) => packed(cx, commune, packing.id).await?,
        None => Vec::new(),
    };
    let ids: Vec<LotId> = inside.iter().map(|(lot, _)| *lot).collect();
    let rows = lots::among(cx, commune, &ids).await?;
    let told = |row: lots::ListedLot| {
        let amount = inside.iter().find(|(lot, _)| *lot == row.lot.id).and_then(|(_, amount)| *amount);
        let amount = amount.map(|a| amount_text(a.thousandths(), a.uom(), ctx.lang)).unwrap_or_default();
        (row.lot.code.to_string(), row.product_name, amount)
    };
    let places = places::of_producer(cx, commune, unit.producer_id).await?;
    let places = crate::traceability::pages::places::offered(places);
    if let ([only], "") = (places.as_slice(), form.value("place")) {
        form.set("place", &only.0.clone());
    }
    Ok(UnpackPage {
        page: Page::of(ctx, Area::Mine, "/cua-toi"),
        t: Texts(ctx.lang),
        lan: form.request_id(ctx.now()).to_string(),
        form,
        inside: rows.into_iter().map(told).collect(),
        places,
        refusal,
        lot: unit,
    })
}

/// `GET /cua-toi/lo/{code}/mo-goi`.
pub async fn ask(ctx: Ctx, Path(code): Path<String>) -> Result<Response, AppError> {
    let mut conn = ctx.app.db.read().await?;
    let cx = &mut conn.cx();
    let MyLot { lot, .. } = my_lot(&ctx, cx, &code).await?;
    Ok(page(&ctx, cx, Form::default(), lot).await?.into_response())
}

/// `POST /cua-toi/lo/{code}/mo-goi`.
pub async fn open(ctx: Ctx, Path(code): Path<String>, mut form: Form) -> Result<Response, AppError> {
    let t = Texts(ctx.lang);
    let mut tx = ctx.app.db.begin().await?;
    let cx = &mut tx.cx();
    let MyLot { lot, author, .. } = my_lot(&ctx, cx, &code).await?;
    let client = form.request_id(ctx.now());
    let back = Redirect::to(&format!("/cua-toi/lo/{}?da-luu=1", lot.code)).into_response();
    if of_client(cx, ctx.commune_id(), lot.producer_id, client).await?.is_some() {
        return Ok(back);
    }
    let seen = form.value("phien").parse::<i64>().ok();
    if flow::take_all(cx, ctx.commune_id(), &[(lot.id, seen)]).await?.is_some() {
        return Err(AppError::Conflict(t.changed_meanwhile().to_owned()));
    }
    let lot = lots::by_id(cx, ctx.commune_id(), lot.id).await?.ok_or(AppError::NotFound)?;
    let place = place(&ctx, cx, &mut form, &lot).await?;
    let (packing, refusal) = packing(&ctx, cx, &lot).await?;
    let (Some(place), Some(packing), None) = (place, packing, refusal) else {
        return Ok((http::StatusCode::UNPROCESSABLE_ENTITY, page(&ctx, cx, form, lot).await?).into_response());
    };
    let (commune, by, now) = (ctx.commune_id(), Some(author.user), ctx.now());
    let ids = identifiers(&ctx)?;
    let hand = Hand { commune, identifiers: &ids, holder: lot.producer_id, by, now };
    unpack(cx, hand, &lot, &packing, place, client).await?;
    let entry = Entry {
        actor: by,
        action: "lot.unpack",
        subject_kind: "lot",
        subject: Some(lot.id.0),
        before: Some(&packing.event_id),
        address: address(&ctx),
        ..Entry::default()
    };
    audit::write(cx, commune, &entry, now).await?;
    tx.commit().await?;
    Ok(back)
}

async fn place(ctx: &Ctx, cx: &mut Cx<'_>, form: &mut Form, lot: &Lot) -> Result<Option<PlaceId>, AppError> {
    let mine = places::of_producer(cx, ctx.commune_id(), lot.producer_id).await?;
    let place = form.value("place").parse::<PlaceId>().ok().filter(|id| mine.iter().any(|place| place.id == *id));
    if place.is_none() {
        form.fail("place", Words(ctx.lang).place_missing());
    }
    Ok(place)
}
