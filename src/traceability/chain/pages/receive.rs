//! Getting goods: what waits for an answer, a label or lot code that arrived, and what is held of others' lots.

use askama::Template;
use askama_web::WebTemplate;
use axum::extract::Query;
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;

use super::super::access::{name_of, speaking};
use super::super::flow;
use super::super::model::{Handover, HandoverState, stands};
use super::super::store::{self, ListedHandover};
use super::super::texts::Texts;
use super::{read_amount, say, units_of};
use crate::db::Cx;
use crate::ids::{HandoverId, LotId};
use crate::labels::code::LabelCode;
use crate::labels::model::key_of;
use crate::producers::model::Producer;
use crate::review::flow::Author;
use crate::traceability::access::address;
use crate::traceability::conversions::store as conversions;
use crate::traceability::model::{Lot, LotCode, amount_text};
use crate::traceability::store::lots;
use crate::traceability::store::lots::ListedLot;
use crate::web::audit::{self, Entry};
use crate::web::page::Area;
use crate::web::{AppError, Ctx, Form, Page};

#[derive(Template, WebTemplate)]
#[template(path = "traceability/chain/templates/receive.html")]
struct ReceivePage {
    page: Page,
    t: Texts,
    form: Form,
    /// `co-so` of the address.
    whose: String,
    waiting: Vec<ListedHandover>,
    open: Vec<ListedHandover>,
    held: Vec<HeldLot>,
}

#[derive(Template, WebTemplate)]
#[template(path = "traceability/chain/templates/claim.html")]
struct ClaimPage {
    page: Page,
    t: Texts,
    form: Form,
    lot: Lot,
    product: String,
    maker: String,
    mine: Vec<(String, String)>,
    units: Vec<(&'static str, &'static str)>,
    refusal: Option<String>,
    lan: String,
}

/// What a producer has of another's lot.
struct HeldLot {
    row: ListedLot,
    left: String,
    empty: bool,
    /// Short address of who has it.
    holder: String,
}

/// What was asked.
#[derive(Deserialize, Default)]
pub struct Asked {
    #[serde(default, rename = "co-so")]
    producer: String,
    #[serde(default)]
    ma: String,
}

impl ReceivePage {
    fn amount(&self, row: &ListedHandover) -> String {
        amount_text(row.handover.quantity, row.handover.uom, self.page.lang)
    }
}

/// `GET /cua-toi/nhan-hang`: with `?ma=`, what is to be done with that code.
pub async fn list(ctx: Ctx, Query(asked): Query<Asked>) -> Result<Response, AppError> {
    let mut conn = ctx.app.db.read().await?;
    let cx = &mut conn.cx();
    let mine = speaking(&ctx, cx, &asked.producer).await?;
    let mut form = Form::default();
    form.push("ma", &asked.ma);
    if !asked.ma.trim().is_empty()
        && let Some(answer) = answer(&ctx, cx, &mut form, &mine).await?
    {
        return Ok(answer);
    }
    let status = if form.is_fine() { http::StatusCode::OK } else { form.status() };
    let page = page(&ctx, cx, form, &mine, asked.producer).await?;
    Ok((status, page).into_response())
}

async fn page(
    ctx: &Ctx,
    cx: &mut Cx<'_>,
    form: Form,
    mine: &[(Producer, Author)],
    whose: String,
) -> Result<ReceivePage, AppError> {
    let (mut waiting, mut open, mut held) = (Vec::new(), Vec::new(), Vec::new());
    for (producer, _) in mine {
        waiting.extend(store::waiting_for(cx, ctx.commune_id(), producer.id).await?);
        open.extend(store::open_by(cx, ctx.commune_id(), producer.id).await?);
        for row in store::received_by(cx, ctx.commune_id(), producer.id).await? {
            let balance = flow::balance_of(cx, &row.lot, producer.id).await?;
            let left = amount_text(balance.left_in(row.lot.uom), row.lot.uom, ctx.lang);
            held.push(HeldLot { empty: balance.is_empty(), left, row, holder: producer.short.clone() });
        }
    }
    let page = Page::of(ctx, Area::Mine, "/cua-toi");
    Ok(ReceivePage { page, t: Texts(ctx.lang), form, whose, waiting, open, held })
}

/// The lot of a scanned or typed code: of a label (also as the whole address in its QR) or of the lot itself.
async fn lot_of(ctx: &Ctx, cx: &mut Cx<'_>, typed: &str) -> Result<Option<Lot>, AppError> {
    let last = typed.trim().trim_end_matches('/').rsplit('/').next().unwrap_or_default();
    if let Ok(code) = LotCode::parse(last) {
        return Ok(lots::by_code(cx, ctx.commune_id(), &code).await?);
    }
    let Ok(code) = LabelCode::parse(last) else { return Ok(None) };
    let (commune, id) = key_of(code);
    if commune != ctx.commune_id() {
        return Ok(None);
    }
    let lot: Option<LotId> = crate::labels::store::find(cx, commune, id).await?.and_then(|found| found.lot_id);
    match lot {
        Some(lot) => Ok(lots::by_id(cx, commune, lot).await?),
        None => Ok(None),
    }
}

/// Where a code leads: to the shipment that waits, or to the question how much arrived. None: what is wrong is noted.
async fn answer(
    ctx: &Ctx,
    cx: &mut Cx<'_>,
    form: &mut Form,
    mine: &[(Producer, Author)],
) -> Result<Option<Response>, AppError> {
    let t = Texts(ctx.lang);
    let Some(lot) = lot_of(ctx, cx, form.value("ma")).await? else {
        form.fail("ma", t.code_unknown());
        return Ok(None);
    };
    let others: Vec<&Producer> =
        mine.iter().map(|(producer, _)| producer).filter(|producer| producer.id != lot.producer_id).collect();
    if others.is_empty() {
        form.fail("ma", t.code_own());
        return Ok(None);
    }
    for producer in &others {
        if let Some(sent) = store::waiting_of_lot(cx, ctx.commune_id(), lot.id, producer.id).await? {
            return Ok(Some(Redirect::to(&format!("/cua-toi/giao-nhan/{}", sent.handover.id)).into_response()));
        }
    }
    let mut form = Form::default();
    form.push("uom", lot.uom.code());
    Ok(Some(claim_page(ctx, cx, form, lot, &others).await?.into_response()))
}

async fn claim_page(
    ctx: &Ctx,
    cx: &mut Cx<'_>,
    form: Form,
    lot: Lot,
    mine: &[&Producer],
) -> Result<ClaimPage, AppError> {
    let t = Texts(ctx.lang);
    let product = crate::products::store::by_id(cx, ctx.commune_id(), lot.product_id).await?;
    let product = product.ok_or(AppError::NotFound)?;
    let stated = conversions::of_product(cx, ctx.commune_id(), product.id).await?;
    Ok(ClaimPage {
        page: Page::of(ctx, Area::Mine, "/cua-toi"),
        t,
        lan: form.request_id(ctx.now()).to_string(),
        form,
        maker: name_of(ctx, cx, lot.producer_id).await?,
        mine: mine.iter().map(|producer| (producer.short.clone(), producer.name.clone())).collect(),
        units: units_of(lot.uom, stated.latest(), ctx.lang),
        refusal: stands(&lot, product.state).err().map(|refusal| say(&refusal, t)),
        product: product.name,
        lot,
    })
}

/// `POST /cua-toi/nhan-hang`: says that goods arrived without a shipment; the sender is asked to confirm.
pub async fn claim(ctx: Ctx, mut form: Form) -> Result<Response, AppError> {
    let t = Texts(ctx.lang);
    let mut tx = ctx.app.db.begin().await?;
    let cx = &mut tx.cx();
    let (receiver, author) =
        speaking(&ctx, cx, form.value("co-so")).await?.into_iter().next().ok_or(AppError::NotFound)?;
    let lot = lot_of(&ctx, cx, form.value("ma")).await?.ok_or(AppError::NotFound)?;
    let back = Redirect::to(&format!("/cua-toi/nhan-hang?co-so={}&da-luu=1", receiver.short)).into_response();
    let id = HandoverId(form.request_id(ctx.now()));
    if let Some(there) = store::handover(cx, ctx.commune_id(), id).await? {
        return if there.handover.to_producer_id == Some(receiver.id) { Ok(back) } else { Err(AppError::NotFound) };
    }
    if lot.producer_id == receiver.id {
        return Err(AppError::field("ma", t.code_own()));
    }
    let amount = read_amount(&mut form, "quantity", "uom", ctx.lang);
    if let Some(amount) = amount
        && let Some(refusal) = flow::check(cx, &lot, lot.producer_id, amount).await?
    {
        form.fail("quantity", say(&refusal, t));
    }
    let Some(amount) = amount.filter(|_| form.is_fine()) else {
        let status = form.status();
        return Ok((status, claim_page(&ctx, cx, form, lot, &[&receiver]).await?).into_response());
    };
    let handover = Handover {
        commune_id: ctx.commune_id(),
        id,
        lot_id: lot.id,
        from_producer_id: lot.producer_id,
        to_producer_id: Some(receiver.id),
        party_id: None,
        quantity: amount.thousandths(),
        uom: amount.uom(),
        received_quantity: None,
        state: HandoverState::Claimed,
        handed_at: ctx.now(),
        ship_event_id: None,
        receive_event_id: None,
        reason: None,
        version: 1,
        created_by: Some(author.user),
        created_at: ctx.now(),
    };
    flow::claim(cx, &handover).await?;
    let entry = Entry {
        actor: Some(author.user),
        action: "lot.claim",
        subject_kind: "lot",
        subject: Some(lot.id.0),
        after: Some(handover.state.word()),
        address: address(&ctx),
        ..Entry::default()
    };
    audit::write(cx, ctx.commune_id(), &entry, ctx.now()).await?;
    tx.commit().await?;
    Ok(back)
}
