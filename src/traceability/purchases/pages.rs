//! Noting what was bought from outside for a lot.

use askama::Template;
use askama_web::WebTemplate;
use axum::extract::Path;
use axum::response::{IntoResponse, Redirect, Response};

use super::model::{Bought, PURCHASE, Purchase, SupplierKind, bought};
use super::store::{self, Supplier};
use super::texts::Texts;
use crate::clock::Day;
use crate::db::Cx;
use crate::ids::{EventId, PartyId, PurchaseId};
use crate::traceability::access::{MyLot, address, my_lot};
use crate::traceability::diary::DiaryError;
use crate::traceability::model::Lot;
use crate::traceability::pages::{identifiers, past_day};
use crate::traceability::quantity::{Quantity, QuantityError, Uom};
use crate::traceability::store::events::{NewEvent, Stored, insert, of_client};
use crate::traceability::texts::Texts as Words;
use crate::web::audit::{self, Entry};
use crate::web::page::Area;
use crate::web::{AppError, Ctx, Form, Page};

/// Purchases of one lot.
const MOST: usize = 100;

#[derive(Template, WebTemplate)]
#[template(path = "traceability/purchases/templates/purchase.html")]
struct PurchasePage {
    page: Page,
    t: Texts,
    form: Form,
    lot: Lot,
    title: String,
    kinds: Vec<(&'static str, &'static str, &'static str)>,
    units: Vec<(&'static str, &'static str)>,
    suppliers: Vec<String>,
    lan: String,
}

async fn page(ctx: &Ctx, cx: &mut Cx<'_>, form: Form, lot: Lot) -> Result<PurchasePage, AppError> {
    let t = Texts(ctx.lang);
    let hint = |kind: SupplierKind| match kind {
        SupplierKind::Firm => t.firm_hint(),
        SupplierKind::Person => t.person_hint(),
    };
    Ok(PurchasePage {
        page: Page::of(ctx, Area::Mine, "/cua-toi"),
        t,
        lan: form.request_id(ctx.now()).to_string(),
        form,
        title: Words(ctx.lang).lot_code(&lot.code),
        kinds: SupplierKind::ALL.iter().map(|kind| (kind.word(), kind.label(ctx.lang), hint(*kind))).collect(),
        units: Uom::ALL.iter().map(|uom| (uom.code(), uom.name(ctx.lang))).collect(),
        suppliers: store::suppliers(cx, ctx.commune_id(), lot.producer_id).await?,
        lot,
    })
}

/// `GET /cua-toi/lo/{code}/mua-ngoai`.
pub async fn ask(ctx: Ctx, Path(code): Path<String>) -> Result<Response, AppError> {
    let mut conn = ctx.app.db.read().await?;
    let cx = &mut conn.cx();
    let MyLot { lot, .. } = my_lot(&ctx, cx, &code).await?;
    if !lot.is_open() {
        return Ok(Redirect::to(&format!("/cua-toi/lo/{}", lot.code)).into_response());
    }
    let mut form = Form::default();
    form.push("ngay", &ctx.today().text());
    Ok(page(&ctx, cx, form, lot).await?.into_response())
}

/// What was told.
struct Told {
    goods: String,
    amount: Quantity,
    kind: SupplierKind,
    name: String,
    place: String,
    document: String,
    day: Day,
}

fn read(ctx: &Ctx, form: &mut Form) -> Option<Told> {
    let (t, words) = (Texts(ctx.lang), Words(ctx.lang));
    let goods = form.required("hang", 120, t.goods_missing(), ctx.lang);
    let uom = Uom::from_code(form.value("uom")).filter(|_| !form.value("uom").is_empty());
    let amount = uom.ok_or(QuantityError::UnknownUnit).and_then(|uom| Quantity::parse_vi(form.value("quantity"), uom));
    let amount = amount.map_err(|error| form.fail("quantity", words.quantity_error(error))).ok();
    let kind = form.value("loai").parse::<SupplierKind>().ok();
    if kind.is_none() {
        form.fail("loai", t.kind_missing());
    }
    let name = form.required("ten", 120, t.name_missing(), ctx.lang);
    let place = form.text("noi", 200, ctx.lang);
    let document = form.text("so", 60, ctx.lang);
    if form.value("ngay").is_empty() {
        form.fail("ngay", words.day_shape());
    }
    let day = past_day(form, "ngay", words, ctx.today());
    let line = |text: String| text.replace('\n', " ");
    Some(Told {
        goods: line(goods?),
        amount: amount?,
        kind: kind?,
        name: line(name?),
        place: line(place?),
        document: line(document?),
        day: day?,
    })
}

/// `POST /cua-toi/lo/{code}/mua-ngoai`.
pub async fn save(ctx: Ctx, Path(code): Path<String>, mut form: Form) -> Result<Response, AppError> {
    let (commune, now) = (ctx.commune_id(), ctx.now());
    let mut tx = ctx.app.db.begin().await?;
    let cx = &mut tx.cx();
    let MyLot { lot, author, .. } = my_lot(&ctx, cx, &code).await?;
    let back = Redirect::to(&format!("/cua-toi/lo/{}?da-luu=1", lot.code)).into_response();
    let id = PurchaseId(form.request_id(now));
    if of_client(cx, commune, lot.producer_id, id.0).await?.is_some() || !lot.is_open() {
        return Ok(back);
    }
    if store::of_lots(cx, commune, &[lot.id]).await?.len() >= MOST {
        form.fail("hang", Texts(ctx.lang).full());
    }
    let Some(told) = read(&ctx, &mut form).filter(|_| form.is_fine()) else {
        let status = form.status();
        return Ok((status, page(&ctx, cx, form, lot).await?).into_response());
    };
    let supplier = Supplier { producer: lot.producer_id, name: &told.name, kind: told.kind, place: &told.place };
    let party = store::supplier(cx, commune, supplier, author.user, now).await?;
    let event = tell(&ctx, cx, &lot, id, party, &told, author.user).await?;
    let entry = Entry {
        actor: Some(author.user),
        action: "lot.purchase",
        subject_kind: "lot",
        subject: Some(lot.id.0),
        after: Some(&told.goods),
        address: address(&ctx),
        ..Entry::default()
    };
    audit::write(cx, commune, &entry, now).await?;
    let purchase = purchase(&lot, id, party, event, told);
    store::insert(cx, &purchase, author.user, now).await?;
    tx.commit().await?;
    Ok(back)
}

fn purchase(lot: &Lot, id: PurchaseId, party: PartyId, event: EventId, told: Told) -> Purchase {
    Purchase {
        commune_id: lot.commune_id,
        id,
        lot_id: lot.id,
        producer_id: lot.producer_id,
        party_id: party,
        supplier: told.name,
        supplier_kind: told.kind,
        supplier_place: told.place,
        goods: told.goods,
        quantity: told.amount.thousandths(),
        uom: told.amount.uom(),
        document: told.document,
        bought_on: told.day,
        event_id: event,
    }
}

/// Records the event; the form's id is the client's.
async fn tell(
    ctx: &Ctx,
    cx: &mut Cx<'_>,
    lot: &Lot,
    id: PurchaseId,
    party: PartyId,
    told: &Told,
    by: crate::ids::UserId,
) -> Result<EventId, AppError> {
    let ids = identifiers(ctx)?;
    // Of an earlier day only the day is told; noon stands for it.
    let at = if told.day < ctx.today() { told.day.at(12, 0) } else { ctx.now() };
    let of = |error: crate::traceability::identifiers::IdentifierError| AppError::from(DiaryError::from(error));
    let event = Bought {
        goods: ids.lot(&id.to_string()).map_err(of)?,
        amount: told.amount,
        name: &told.goods,
        lot: ids.lot(&lot.id.to_string()).map_err(of)?,
        supplier: ids.party(&party.to_string()).map_err(of)?,
        producer: ids.party(&lot.producer_id.to_string()).map_err(of)?,
        document: if told.document.is_empty() { None } else { Some(ids.document(&id.to_string()).map_err(of)?) },
        place: lot.place_id.map(|place| ids.place(&place.to_string())).transpose().map_err(of)?,
        at: at.utc(),
    };
    let event = bought(&event, &ids).map_err(DiaryError::from)?;
    let new = NewEvent {
        event: &event,
        producer: lot.producer_id,
        place: lot.place_id,
        client: Some(id.0),
        step: PURCHASE,
        note: "",
        files: &[],
        by: Some(by),
        now: ctx.now(),
    };
    Ok(match insert(cx, lot.commune_id, &ids, &new).await? {
        Stored::Added(id) | Stored::Repeated(id) | Stored::Conflict(id) => id,
    })
}
