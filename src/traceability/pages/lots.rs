//! A producer's lots: list, make one, and the page of a lot.

use askama::Template;
use askama_web::WebTemplate;
use axum::extract::{Path, Query};
use axum::response::{IntoResponse, Redirect, Response};
use http::StatusCode;
use serde::Deserialize;

use super::super::access::{self, MyLot, may_recall, my_lot, producers_of};
use super::super::history::{HistoryStep, LotHistory, lot_history};
use super::super::model::{Lot, LotCode, LotState, Place, PlaceKind, family_of};
use super::super::quantity::{Quantity, Uom};
use super::super::store::lots::{self, ListedLot};
use super::super::store::places;
use super::super::template::Family;
use super::super::texts::Texts;
use super::super::warnings::Warning;
use super::{PAGE_ROWS, after, day_error, past_day};
use crate::clock::Day;
use crate::db::Cx;
use crate::ids::{LotId, PlaceId, new_id};
use crate::producers::acting::Acting;
use crate::producers::model::{Producer, State};
use crate::products::model::Product;
use crate::products::store as products;
use crate::web::audit::{self, Entry};
use crate::web::page::Area;
use crate::web::{AppError, Ctx, Form, Lang, Page};

#[derive(Template, WebTemplate)]
#[template(path = "traceability/templates/lots.html")]
struct LotsPage {
    page: Page,
    t: Texts,
    rows: Vec<ListedLot>,
    /// Address of the next page.
    next: Option<String>,
    /// Several producers: say whose each lot is.
    several: bool,
    first: bool,
    whose: String,
}

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

#[derive(Template, WebTemplate)]
#[template(path = "traceability/templates/lot.html")]
struct LotPage {
    page: Page,
    t: Texts,
    h: LotHistory,
    may_recall: bool,
    today: Day,
}

/// Whose lots, from where.
#[derive(Deserialize)]
pub struct ListQuery {
    #[serde(default, rename = "co-so")]
    producer: String,
    #[serde(default)]
    sau: String,
}

/// Of which product.
#[derive(Deserialize)]
pub struct OfProduct {
    #[serde(default, rename = "san-pham")]
    product: String,
}

impl LotsPage {
    fn lang(&self) -> Lang {
        self.page.lang
    }
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

impl LotPage {
    fn lang(&self) -> Lang {
        self.page.lang
    }

    fn details(&self, step: &HistoryStep) -> String {
        details(step, self.t)
    }

    fn warning(&self, warning: &Warning) -> String {
        say_warning(warning, self.t)
    }

    fn is_expired(&self) -> bool {
        self.h.lot.is_expired_on(self.today)
    }

    fn withheld(&self) -> Option<Day> {
        self.h.harvest_from.filter(|day| *day > self.today && self.h.lot.is_open())
    }
}

/// What the timeline says under a step's name, in one line.
pub fn details(step: &HistoryStep, t: Texts) -> String {
    let mut parts: Vec<String> = Vec::new();
    parts.extend(step.input_name.clone());
    parts.extend(step.dose.as_ref().map(|dose| t.dose(dose)));
    parts.extend(step.amount(t.0));
    // The event has a decimal point; people here write a comma.
    let point = t.0.pick(",", ".");
    parts.extend(step.celsius.as_ref().map(|degrees| t.celsius(degrees.replace('.', point))));
    parts.extend(step.place.as_ref().map(|place| t.at_place(place)));
    parts.extend(step.withheld_to().map(|day| t.withheld_to(day)));
    parts.join(", ")
}

/// A warning in words.
pub fn say_warning(warning: &Warning, t: Texts) -> String {
    match warning {
        Warning::HarvestTooEarly { input_name, used_on, withholding_days, harvested_on, safe_from } => {
            let day = |date: &time::Date| format!("{:02}/{:02}/{:04}", date.day(), u8::from(date.month()), date.year());
            let what = input_name.as_deref().unwrap_or(t.some_input());
            t.too_early(what, day(used_on), withholding_days, day(harvested_on), day(safe_from))
        }
        // Amounts in and out are only compared where both were told.
        Warning::MoreOutThanIn { .. } => String::new(),
    }
}

/// `GET /cua-toi/lo`: all lots of the person's producers, latest first.
pub async fn list(ctx: Ctx, Query(query): Query<ListQuery>) -> Result<Response, AppError> {
    let mut conn = ctx.app.db.read().await?;
    let cx = &mut conn.cx();
    let mine = producers_of(&ctx, cx, &query.producer).await?;
    let (rows, more) = newest(&ctx, cx, &mine, &query.sau).await?;
    let whose = if query.producer.is_empty() { String::new() } else { format!("&co-so={}", query.producer) };
    let next = rows.last().filter(|_| more).map(|row| cursor_url("/cua-toi/lo", row, &whose));
    let page = Page::of(&ctx, Area::Mine, "/cua-toi");
    let several = mine.len() > 1;
    Ok(LotsPage { page, t: Texts(ctx.lang), rows, next, several, first: query.sau.is_empty(), whose }.into_response())
}

/// The address of the page after a row.
pub fn cursor_url(path: &str, row: &ListedLot, rest: &str) -> String {
    format!("{path}?sau={}_{}{rest}", row.lot.made_on.iso(), row.lot.id)
}

/// A page of these producers' lots, latest first, and whether there are more.
async fn newest(ctx: &Ctx, cx: &mut Cx<'_>, mine: &[Producer], sau: &str) -> Result<(Vec<ListedLot>, bool), AppError> {
    let from = after(sau, ctx.today());
    let mut rows = Vec::new();
    for producer in mine {
        rows.extend(lots::of_producer(cx, ctx.commune_id(), producer.id, from, PAGE_ROWS as i64 + 1).await?);
    }
    rows.sort_by_key(|row| std::cmp::Reverse((row.lot.made_on, row.lot.id)));
    let more = rows.len() > PAGE_ROWS;
    rows.truncate(PAGE_ROWS);
    Ok((rows, more))
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
        units: Uom::ALL.iter().map(|uom| (uom.code(), ctx.lang.pick(uom.name_vi(), uom.name_en()))).collect(),
        places: offered(mine),
    })
}

/// Places as a select offers them.
pub fn offered(places: Vec<Place>) -> Vec<(String, String)> {
    places.into_iter().filter(|place| !place.hidden).map(|place| (place.id.to_string(), place.name)).collect()
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
        form.fail("uom", t.fact_error("", &super::super::facts::FactError::UnitNotOffered));
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
        growing_area_code: None,
        hidden: false,
        created_at: ctx.now(),
    };
    Some((place.id, Some(place)))
}

/// `GET /cua-toi/lo/{code}`.
pub async fn show(ctx: Ctx, Path(code): Path<String>) -> Result<Response, AppError> {
    let mut conn = ctx.app.db.read().await?;
    let mine = my_lot(&ctx, &mut conn.cx(), &code).await?;
    let may_recall = may_recall(&ctx, &mine);
    let h = lot_history(&mut conn.cx(), ctx.commune_id(), mine.lot).await?;
    let mut page = Page::of(&ctx, Area::Mine, "/cua-toi");
    let t = Texts(ctx.lang);
    if page.query.contains("da-ghi=lai") {
        page.notice = Some(t.saved_repeat().to_owned());
    } else if page.query.contains("da-ghi=1") {
        page.notice = Some(t.saved_step().to_owned());
    }
    Ok(LotPage { page, t, h, may_recall, today: ctx.today() }.into_response())
}

/// `POST /cua-toi/lo/{code}/trang-thai`: closes a lot that is done, or opens it again.
pub async fn set_state(ctx: Ctx, Path(code): Path<String>, form: Form) -> Result<Response, AppError> {
    let mut tx = ctx.app.db.begin().await?;
    let MyLot { lot, author, .. } = my_lot(&ctx, &mut tx.cx(), &code).await?;
    let (from, to) = match form.value("dat") {
        "closed" => (LotState::Open, LotState::Closed),
        "open" => (LotState::Closed, LotState::Open),
        _ => return Err(AppError::NotFound),
    };
    if lots::set_state(&mut tx.cx(), ctx.commune_id(), lot.id, from, to).await? {
        let entry = Entry {
            actor: Some(author.user),
            action: "lot.state",
            subject_kind: "lot",
            subject: Some(lot.id.0),
            before: Some(from.word()),
            after: Some(to.word()),
            address: access::address(&ctx),
        };
        audit::write(&mut tx.cx(), ctx.commune_id(), &entry, ctx.now()).await?;
    }
    tx.commit().await?;
    Ok(Redirect::to(&format!("/cua-toi/lo/{}?da-luu=1", lot.code)).into_response())
}
