//! Recording support given to a producer, and voiding a record with a reason.

use askama::Template;
use askama_web::WebTemplate;
use axum::extract::Path;
use axum::response::{IntoResponse, Redirect, Response};
use http::StatusCode;

use super::model::{NewSupport, SupportKind, SupportRow, a_year_before, kind_name};
use super::pages::kind_choices;
use super::store;
use super::texts::Texts;
use crate::amounts::{AmountError, Dong, Thousandths};
use crate::clock::{Day, DayError};
use crate::fold::fold;
use crate::ids::{ProductId, SupportId};
use crate::producers::model::Producer;
use crate::producers::store as producers;
use crate::products::model::Product;
use crate::products::store as products;
use crate::review::listing::Listing;
use crate::review::names::Villages;
use crate::review::register_store::{self, ProducerRow};
use crate::web::page::Area;
use crate::web::{AppError, Ctx, Form, Page, audit};

/// How many producers the search offers.
const OFFERED: usize = 30;
const HERE: &str = "/van-phong/ho-tro";

#[derive(Template, WebTemplate)]
#[template(path = "support/templates/pick.html")]
struct PickPage {
    page: Page,
    t: Texts,
    form: Form,
    rows: Vec<ProducerRow>,
    more: usize,
    villages: Villages,
}

#[derive(Template, WebTemplate)]
#[template(path = "support/templates/record.html")]
struct RecordPage {
    page: Page,
    t: Texts,
    form: Form,
    producer: Producer,
    products: Vec<(String, String)>,
    kinds: Vec<(String, String)>,
    /// Told before saving: the same kind was given lately.
    warning: Option<String>,
    lan: uuid::Uuid,
}

#[derive(Template, WebTemplate)]
#[template(path = "support/templates/void.html")]
struct VoidPage {
    page: Page,
    t: Texts,
    form: Form,
    row: SupportRow,
    kind: String,
}

/// `GET /van-phong/ho-tro/moi`: finds the producer, then shows its form (`?co-so={short}`).
pub async fn begin(ctx: Ctx) -> Result<Response, AppError> {
    ctx.officer()?;
    let listing = Listing::of(&ctx);
    if listing.get("co-so").is_empty() {
        return pick(&ctx, &listing).await;
    }
    let mut form = Form::default();
    form.push("ngay", &ctx.today().text());
    form.push("duyet", "0");
    form.push("chi", "0");
    form.push("san-pham", listing.get("san-pham"));
    let (producer, own, kinds) = subject(&ctx, listing.get("co-so")).await?;
    Ok(record_page(&ctx, form, producer, &own, &kinds, None).into_response())
}

async fn pick(ctx: &Ctx, listing: &Listing) -> Result<Response, AppError> {
    let words = fold(listing.get("q"));
    let mut conn = ctx.app.db.read().await?;
    let mut cx = conn.cx();
    let mut rows = register_store::producers(&mut cx, ctx.commune_id()).await?;
    let villages = Villages::load(&mut cx, ctx.commune_id()).await?;
    rows.retain(|row| !row.name.is_empty() && row.name_folded.contains(&words));
    let more = rows.len().saturating_sub(OFFERED);
    rows.truncate(OFFERED);
    let page = Page::of(ctx, Area::Office, HERE);
    Ok(PickPage { page, t: Texts(ctx.lang), form: listing.form(), rows, more, villages }.into_response())
}

async fn subject(ctx: &Ctx, short: &str) -> Result<(Producer, Vec<Product>, Vec<SupportKind>), AppError> {
    let mut conn = ctx.app.db.read().await?;
    let mut cx = conn.cx();
    let producer = producers::by_short(&mut cx, ctx.commune_id(), short).await?.ok_or(AppError::NotFound)?;
    let own = products::of_producer(&mut cx, ctx.commune_id(), producer.id).await?;
    let kinds = store::kinds(&mut cx).await?;
    Ok((producer, own, kinds))
}

fn record_page(
    ctx: &Ctx,
    form: Form,
    producer: Producer,
    own: &[Product],
    kinds: &[SupportKind],
    warning: Option<String>,
) -> RecordPage {
    let lan = form.request_id(ctx.now());
    let products = own.iter().map(|product| (product.short.clone(), product.name.clone())).collect();
    let kinds = kind_choices(ctx, kinds);
    let page = Page::of(ctx, Area::Office, HERE);
    RecordPage { page, t: Texts(ctx.lang), form, producer, products, kinds, warning, lan }
}

/// `POST /van-phong/ho-tro/moi?co-so={short}`: records it; support of the same kind within twelve months is told
/// of first.
pub async fn record(ctx: Ctx, mut form: Form) -> Result<Response, AppError> {
    ctx.officer()?;
    let (producer, own, kinds) = subject(&ctx, Listing::of(&ctx).get("co-so")).await?;
    let Some(new) = read(&ctx, &mut form, &producer, &own, &kinds)? else {
        let page = record_page(&ctx, form, producer, &own, &kinds, None);
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response());
    };
    if !form.has("van-ghi", "1")
        && let Some(warning) = warning(&ctx, &new, &kinds).await?
    {
        return Ok(record_page(&ctx, form, producer, &own, &kinds, Some(warning)).into_response());
    }
    let (commune, now) = (ctx.commune_id(), ctx.now());
    let mut tx = ctx.app.db.begin().await?;
    if store::insert(&mut tx.cx(), commune, &new).await? {
        let told = format!("{} {} {}", new.kind, new.given_on.iso(), new.paid.0);
        let entry = audit::Entry {
            actor: Some(new.by),
            action: "support.record",
            subject_kind: "producer",
            subject: Some(new.producer.0),
            after: Some(&told),
            address: Some(ctx.address.to_string()),
            ..audit::Entry::default()
        };
        audit::write(&mut tx.cx(), commune, &entry, now).await?;
    }
    tx.commit().await?;
    Ok(Redirect::to(&format!("{HERE}?nam={}&da-luu=1", new.given_on.year())).into_response())
}

async fn warning(ctx: &Ctx, new: &NewSupport, kinds: &[SupportKind]) -> Result<Option<String>, AppError> {
    let commune = ctx.commune_id();
    let mut conn = ctx.app.db.read().await?;
    let mut cx = conn.cx();
    // The form's own record is no repetition: it was sent twice.
    if store::was_sent(&mut cx, commune, new.request, new.producer).await? {
        return Ok(None);
    }
    let (after, to) = (a_year_before(new.given_on), new.given_on.plus_days(365));
    let last = store::same_kind_since(&mut cx, commune, new.producer, &new.kind, after, to).await?;
    Ok(last.map(|day| Texts(ctx.lang).again(kind_name(kinds, &new.kind, ctx.lang), day)))
}

/// Reads the form; None if something is wrong, noted in it.
fn read(
    ctx: &Ctx,
    form: &mut Form,
    producer: &Producer,
    own: &[Product],
    kinds: &[SupportKind],
) -> Result<Option<NewSupport>, AppError> {
    let t = Texts(ctx.lang);
    let kind = form.value("loai").to_owned();
    if !kinds.iter().any(|k| k.code == kind) {
        form.fail("loai", t.kind_missing());
    }
    let given_on = given_on(form, ctx.today(), t);
    let product = product(form, own, t);
    let say = |error| amount_wrong(error, t);
    let quantity = form.parse_with("so-luong", Thousandths::parse, say);
    let unit = form.text("don-vi", 30, ctx.lang);
    match (form.value("so-luong").is_empty(), form.value("don-vi").is_empty()) {
        (false, true) => form.fail("don-vi", t.unit_missing()),
        (true, false) => form.fail("so-luong", t.quantity_missing()),
        _ => {}
    }
    let approved = form.parse_with("duyet", Dong::parse, say).unwrap_or_default();
    let paid = form.parse_with("chi", Dong::parse, say).unwrap_or_default();
    if form.is_fine() && paid > approved {
        form.fail("chi", t.paid_above());
    }
    let note = form.text("ghi-chu", 500, ctx.lang);
    let (Some(given_on), Some(unit), Some(note), true) = (given_on, unit, note, form.is_fine()) else {
        return Ok(None);
    };
    let (by, at) = (ctx.user_id()?, ctx.now());
    let request = form.request_id(at);
    let id = SupportId::new(at);
    let producer = producer.id;
    Ok(Some(NewSupport {
        id,
        producer,
        product,
        kind,
        given_on,
        quantity,
        unit,
        approved,
        paid,
        note,
        request,
        by,
        at,
    }))
}

fn given_on(form: &mut Form, today: Day, t: Texts) -> Option<Day> {
    if form.value("ngay").is_empty() {
        form.fail("ngay", t.date_missing());
        return None;
    }
    let say = |error| match error {
        DayError::Shape => t.date_wrong().to_owned(),
        DayError::NoSuchDay => t.date_no_day().to_owned(),
    };
    let day = form.parse_with("ngay", Day::parse, say)?;
    if day > today {
        form.fail("ngay", t.date_future());
        return None;
    }
    // The commune's programmes began with OCOP in 2018; before 2010 it is a slip of the pen.
    if day.year() < 2010 {
        form.fail("ngay", t.date_early());
        return None;
    }
    Some(day)
}

fn product(form: &mut Form, own: &[Product], t: Texts) -> Option<ProductId> {
    let short = form.value("san-pham").to_owned();
    if short.is_empty() {
        return None;
    }
    let found = own.iter().find(|product| product.short == short).map(|product| product.id);
    if found.is_none() {
        form.fail("san-pham", t.product_wrong());
    }
    found
}

fn amount_wrong(error: AmountError, t: Texts) -> String {
    match error {
        AmountError::Empty | AmountError::NotANumber => t.amount_not_number(),
        AmountError::TooSmall => t.amount_small(),
        AmountError::TooLarge => t.amount_large(),
        AmountError::TooFine => t.amount_fine(),
    }
    .to_owned()
}

async fn row(ctx: &Ctx, id: &str) -> Result<(SupportRow, String), AppError> {
    ctx.officer()?;
    let id: SupportId = id.parse().map_err(|_| AppError::NotFound)?;
    let mut conn = ctx.app.db.read().await?;
    let mut cx = conn.cx();
    let row = store::by_id(&mut cx, ctx.commune_id(), id).await?.ok_or(AppError::NotFound)?;
    let kinds = store::all_kinds(&mut cx).await?;
    let kind = kind_name(&kinds, &row.kind, ctx.lang).to_owned();
    Ok((row, kind))
}

fn void_page(ctx: &Ctx, form: Form, row: SupportRow, kind: String) -> VoidPage {
    VoidPage { page: Page::of(ctx, Area::Office, HERE), t: Texts(ctx.lang), form, row, kind }
}

/// `GET /van-phong/ho-tro/{id}/bo`: asks why.
pub async fn ask_void(ctx: Ctx, Path(id): Path<String>) -> Result<Response, AppError> {
    let (row, kind) = row(&ctx, &id).await?;
    Ok(void_page(&ctx, Form::default(), row, kind).into_response())
}

/// `POST /van-phong/ho-tro/{id}/bo`: voids the record; it stays in the list.
pub async fn void(ctx: Ctx, Path(id): Path<String>, mut form: Form) -> Result<Response, AppError> {
    let (row, kind) = row(&ctx, &id).await?;
    let t = Texts(ctx.lang);
    let Some(reason) = form.required("ly-do", 300, t.void_reason_missing(), ctx.lang) else {
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, void_page(&ctx, form, row, kind)).into_response());
    };
    let (commune, officer, now) = (ctx.commune_id(), ctx.user_id()?, ctx.now());
    let mut tx = ctx.app.db.begin().await?;
    if store::void(&mut tx.cx(), commune, row.id, officer, &reason, now).await? {
        let entry = audit::Entry {
            actor: Some(officer),
            action: "support.void",
            subject_kind: "producer",
            subject: Some(row.producer_id.0),
            before: Some(&row.kind),
            after: Some(&reason),
            address: Some(ctx.address.to_string()),
        };
        audit::write(&mut tx.cx(), commune, &entry, now).await?;
    } else if row.void_reason.as_deref() != Some(reason.as_str()) {
        return Err(AppError::Conflict(t.already_void().to_owned()));
    }
    tx.commit().await?;
    Ok(Redirect::to(&format!("{HERE}?nam={}&da-luu=1", row.given_on.year())).into_response())
}
