//! A new lot: its product is chosen, its form is filled in, and it gets its code.

use askama::Template;
use askama_web::WebTemplate;
use axum::extract::Query;
use axum::response::{IntoResponse, Redirect, Response};
use http::StatusCode;
use serde::Deserialize;

use super::super::access::{self, producers_of};
use super::super::facts::FactError;
use super::super::model::{Lot, LotCode, LotState, Place, PlaceKind, family_of};
use super::super::place_certificates;
use super::super::quantity::{Quantity, Uom};
use super::super::store::{lots, places};
use super::super::template::Family;
use super::super::texts::Texts;
use super::places::offered;
use super::{day_error, past_day};
use crate::clock::Day;
use crate::db::Cx;
use crate::ids::{LotId, PlaceId, new_id};
use crate::producers::acting::Acting;
use crate::producers::model::{Producer, State};
use crate::products::model::Product;
use crate::products::store as products;
use crate::web::audit::{self, Entry};
use crate::web::page::Area;
use crate::web::{AppError, Ctx, Form, Page};

#[derive(Template, WebTemplate)]
#[template(path = "traceability/templates/lot_choose.html")]
struct ChooseProductPage {
    page: Page,
    t: Texts,
    products: Vec<(Product, String)>,
}

#[derive(Template, WebTemplate)]
#[template(path = "traceability/templates/lot_new.html")]
struct NewLotPage {
    page: Page,
    t: Texts,
    form: Form,
    product: Product,
    producer: Producer,
    refusal: Option<Refusal>,
    units: Vec<(&'static str, &'static str)>,
    places: Vec<(String, String)>,
    lan: String,
}

/// Why no lot can be made of a product.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Refusal {
    NotApproved,
    NoLots,
}

/// Of which product.
#[derive(Deserialize)]
pub struct OfProduct {
    #[serde(default, rename = "san-pham")]
    product: String,
}

impl NewLotPage {
    fn not_approved(&self) -> bool {
        self.refusal == Some(Refusal::NotApproved)
    }

    fn best_before_hint(&self) -> String {
        match self.product.content.shelf_life_days.filter(|days| *days > 0) {
            Some(days) => self.t.best_before_hint(days),
            None => self.t.best_before_free().to_owned(),
        }
    }
}

/// `GET /cua-toi/lo/moi`: the form of a lot of `?san-pham=`, or the products to choose from.
pub async fn new(ctx: Ctx, Query(query): Query<OfProduct>) -> Result<Response, AppError> {
    let mut conn = ctx.app.db.read().await?;
    let cx = &mut conn.cx();
    if query.product.is_empty() {
        return choose(&ctx, cx).await;
    }
    let (product, producer) = product_of(&ctx, cx, &query.product).await?;
    let mut form = Form::default();
    let today = ctx.today();
    form.push("made_on", &today.text());
    if let Some(days) = product.content.shelf_life_days.filter(|days| *days > 0) {
        form.push("best_before", &today.plus_days(i64::from(days)).text());
    }
    let mine = places::of_producer(cx, ctx.commune_id(), producer.id).await?;
    let mut offered = mine.iter().filter(|place| !place.hidden);
    if let (Some(only), None) = (offered.next(), offered.next()) {
        form.push("place", &only.id.to_string());
    }
    Ok(new_page(&ctx, cx, form, product, producer).await?.into_response())
}

async fn choose(ctx: &Ctx, cx: &mut Cx<'_>) -> Result<Response, AppError> {
    let mut approved = Vec::new();
    for producer in producers_of(ctx, cx, "").await? {
        for product in products::of_producer(cx, ctx.commune_id(), producer.id).await? {
            if product.state == State::Approved {
                approved.push((product, producer.name.clone()));
            }
        }
    }
    let page = Page::of(ctx, Area::Mine, "/cua-toi");
    Ok(ChooseProductPage { page, t: Texts(ctx.lang), products: approved }.into_response())
}

/// The product of a short address and its producer, for whoever acts for it.
async fn product_of(ctx: &Ctx, cx: &mut Cx<'_>, short: &str) -> Result<(Product, Producer), AppError> {
    ctx.person()?;
    let product = products::by_short(cx, ctx.commune_id(), short).await?.ok_or(AppError::NotFound)?;
    let (producer, _) = Acting::of_id(ctx, cx, product.producer_id).await?;
    Ok((product, producer))
}

fn refusal(product: &Product) -> Option<Refusal> {
    if product.state != State::Approved {
        Some(Refusal::NotApproved)
    } else if family_of(&product.category) == Some(Family::Tourism) {
        Some(Refusal::NoLots)
    } else {
        None
    }
}

async fn new_page(
    ctx: &Ctx,
    cx: &mut Cx<'_>,
    form: Form,
    product: Product,
    producer: Producer,
) -> Result<NewLotPage, AppError> {
    let mine = places::of_producer(cx, ctx.commune_id(), producer.id).await?;
    Ok(NewLotPage {
        page: Page::of(ctx, Area::Mine, "/cua-toi"),
        t: Texts(ctx.lang),
        lan: form.request_id(ctx.now()).to_string(),
        form,
        refusal: refusal(&product),
        product,
        producer,
        units: Uom::ALL.iter().map(|uom| (uom.code(), uom.name(ctx.lang))).collect(),
        places: offered(mine),
    })
}

/// `POST /cua-toi/lo/moi`.
pub async fn make(ctx: Ctx, mut form: Form) -> Result<Response, AppError> {
    let mut tx = ctx.app.db.begin().await?;
    let (product, producer) = product_of(&ctx, &mut tx.cx(), form.value("san-pham")).await?;
    let id = LotId(form.request_id(ctx.now()));
    // The same form sent twice is one lot.
    if let Some(made) = lots::by_id(&mut tx.cx(), ctx.commune_id(), id).await? {
        if made.producer_id != producer.id {
            return Err(AppError::NotFound);
        }
        return Ok(Redirect::to(&format!("/cua-toi/lo/{}", made.code)).into_response());
    }
    let mine = places::of_producer(&mut tx.cx(), ctx.commune_id(), producer.id).await?;
    let read = if refusal(&product).is_some() { None } else { read_lot(&ctx, &mut form, &product, &mine) };
    let Some((mut lot, new_place)) = read else {
        let page = new_page(&ctx, &mut tx.cx(), form, product, producer).await?;
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response());
    };
    lot.id = id;
    if let Some(place) = &new_place {
        places::insert(&mut tx.cx(), place).await?;
    }
    insert_with_code(&mut tx.cx(), &mut lot).await?;
    place_certificates::products::after_lot(&mut tx.cx(), &lot, ctx.now()).await?;
    let entry = Entry {
        actor: lot.created_by,
        action: "lot.make",
        subject_kind: "lot",
        subject: Some(lot.id.0),
        after: Some(lot.code.as_str()),
        address: access::address(&ctx),
        ..Entry::default()
    };
    audit::write(&mut tx.cx(), ctx.commune_id(), &entry, ctx.now()).await?;
    tx.commit().await?;
    Ok(Redirect::to(&format!("/cua-toi/lo/{}?da-luu=1", lot.code)).into_response())
}

/// Adds the lot; a code that is taken is drawn again. With a billion codes a second draw is rare, a fifth unheard of.
async fn insert_with_code(cx: &mut Cx<'_>, lot: &mut Lot) -> Result<(), AppError> {
    for _ in 0..5 {
        if lots::insert(cx, lot).await? {
            return Ok(());
        }
        lot.code = LotCode::random();
    }
    Err(AppError::internal("no free lot code in five draws"))
}

/// Reads the form of a lot, and the place that is to be added with it; None with what is wrong noted.
fn read_lot(ctx: &Ctx, form: &mut Form, product: &Product, mine: &[Place]) -> Option<(Lot, Option<Place>)> {
    let t = Texts(ctx.lang);
    let today = ctx.today();
    if form.value("made_on").is_empty() {
        form.fail("made_on", t.made_on_missing());
    }
    let made_on = past_day(form, "made_on", t, today);
    let best_before = form.parse_with("best_before", Day::parse, |error| day_error(error, t).to_owned());
    if let (Some(made), Some(last)) = (made_on, best_before)
        && last < made
    {
        form.fail("best_before", t.best_before_early());
    }
    let amount = read_amount(form, t);
    let (place_id, new_place) = read_place(ctx, form, product, mine)?;
    form.is_fine().then_some(())?;
    let amount = amount?;
    let lot = Lot {
        commune_id: ctx.commune_id(),
        id: LotId::new(ctx.now()),
        producer_id: product.producer_id,
        product_id: product.id,
        place_id: Some(place_id),
        code: LotCode::random(),
        state: LotState::Open,
        made_on: made_on?,
        best_before,
        quantity: amount.thousandths(),
        uom: amount.uom(),
        recall_reason: None,
        recalled_at: None,
        recalled_by: None,
        version: 1,
        created_by: access::actor(ctx),
        created_at: ctx.now(),
    };
    Some((lot, new_place))
}

fn read_amount(form: &mut Form, t: Texts) -> Option<Quantity> {
    let uom = Uom::from_code(form.value("uom")).filter(|_| !form.value("uom").is_empty());
    let Some(uom) = uom else {
        form.fail("uom", t.fact_error("", &FactError::UnitNotOffered));
        return None;
    };
    match Quantity::parse_vi(form.value("quantity"), uom) {
        Ok(amount) => Some(amount),
        Err(error) => {
            form.fail("quantity", t.quantity_error(error));
            None
        }
    }
}

/// The chosen place, or the first place of a producer that has none yet, made from its name.
fn read_place(ctx: &Ctx, form: &mut Form, product: &Product, mine: &[Place]) -> Option<(PlaceId, Option<Place>)> {
    let t = Texts(ctx.lang);
    if mine.iter().any(|place| !place.hidden) {
        let chosen = form.value("place").parse::<PlaceId>().ok();
        let known = chosen.filter(|id| mine.iter().any(|place| place.id == *id));
        if known.is_none() {
            form.fail("place", t.place_missing());
        }
        return Some((known?, None));
    }
    let name = form.required("place_name", 80, t.place_name_missing(), ctx.lang)?;
    let grown = matches!(family_of(&product.category), Some(Family::Fresh | Family::Grain | Family::Livestock));
    let place = Place {
        commune_id: ctx.commune_id(),
        id: PlaceId(new_id(ctx.now())),
        producer_id: product.producer_id,
        kind: if grown { PlaceKind::Plot } else { PlaceKind::Workshop },
        name: name.replace('\n', " "),
        village_id: None,
        gln: None,
        address: String::new(),
        hidden: false,
        version: 1,
        created_at: ctx.now(),
    };
    Some((place.id, Some(place)))
}
