//! Making lots from lots: splitting, merging, processing and packing share one form.

use askama::Template;
use askama_web::WebTemplate;
use axum::extract::{Path, Query};
use axum::response::{IntoResponse, Redirect, Response};

use super::super::access::{Held, held};
use super::super::balance::Balance;
use super::super::flow::{self, Hand, Making};
use super::super::model::{Work, stands};
use super::super::store;
use super::super::texts::Texts;
use super::work_form::{Read, read};
use super::{Whose, say, units_of};
use crate::amounts::Thousandths;
use crate::db::Cx;
use crate::ids::new_id;
use crate::producers::model::State;
use crate::products::store as products;
use crate::traceability::access::address;
use crate::traceability::conversions::texts::Texts as Stated;
use crate::traceability::model::{Lot, amount_text, family_of};
use crate::traceability::pages::identifiers;
use crate::traceability::quantity::Uom;
use crate::traceability::store::events::of_client;
use crate::traceability::store::lots::{self, After, ListedLot};
use crate::traceability::store::places;
use crate::traceability::template::Family;
use crate::web::audit::{self, Entry};
use crate::web::page::Area;
use crate::web::{AppError, Ctx, Form, Lang, Page};

/// Own lots that may be chosen beside the one that the page is about.
const OTHERS: i64 = 25;
/// Lots that one may be split into at once.
pub(super) const MOST_PARTS: usize = 6;

#[derive(Template, WebTemplate)]
#[template(path = "traceability/chain/templates/work.html")]
struct WorkPage {
    page: Page,
    t: Texts,
    form: Form,
    work: Work,
    lot: Lot,
    product: String,
    /// Short address of the holder.
    holder: String,
    first: Row,
    others: Vec<Row>,
    /// Names of the fields of a split's parts, with their labels.
    parts: Vec<(String, String)>,
    products: Vec<(String, String)>,
    places: Vec<(String, String)>,
    units: Vec<(&'static str, &'static str)>,
    /// Why nothing can be done with the lot.
    refusal: Option<String>,
    back: String,
    warnings: Vec<String>,
    lan: String,
}

/// A lot that may go in.
struct Row {
    label: String,
    hint: String,
    amount: String,
    uom: String,
    seen: String,
    version: i64,
    units: Vec<(&'static str, &'static str)>,
}

impl WorkPage {
    fn is_split(&self) -> bool {
        self.work == Work::Split
    }

    fn title(&self) -> &'static str {
        self.work.label(self.t.0)
    }

    fn lead(&self) -> &'static str {
        match self.work {
            Work::Split => self.t.split_lead(),
            Work::Merge => self.t.merge_lead(),
            Work::Transform => self.t.transform_lead(),
            Work::Pack => self.t.pack_lead(),
        }
    }
}

/// `GET /cua-toi/lo/{code}/lam/{viec}`.
pub async fn ask(
    ctx: Ctx,
    Path((code, slug)): Path<(String, String)>,
    Query(whose): Query<Whose>,
) -> Result<Response, AppError> {
    let work = Work::of_slug(&slug).ok_or(AppError::NotFound)?;
    let mut conn = ctx.app.db.read().await?;
    let cx = &mut conn.cx();
    let held = held(&ctx, cx, &code, &whose.producer).await?;
    let mut form = Form::default();
    form.push("made_on", &ctx.today().text());
    form.push(&Row::amount_name(&held.lot), &amount_of(&held));
    let uom = if work == Work::Pack { Uom::Piece } else { held.lot.uom };
    form.push("ra_uom", uom.code());
    form.push("uom", uom.code());
    Ok(page(&ctx, cx, form, held, work, Vec::new()).await?.into_response())
}

/// What is left, as people here type it.
fn amount_of(held: &Held) -> String {
    Thousandths(held.balance.left_in(held.lot.uom)).text(Lang::Vi)
}

impl Row {
    fn amount_name(lot: &Lot) -> String {
        format!("vao-{}", lot.code)
    }

    fn new(lot: &Lot, product: &str, balance: &Balance, t: Texts) -> Self {
        let amount = Self::amount_name(lot);
        Self {
            label: t.row_label(&lot.code, product),
            hint: hint(lot, balance, t),
            uom: format!("{amount}-uom"),
            seen: format!("phien-{}", lot.code),
            amount,
            version: lot.version,
            units: units_of(lot.uom, balance.rate, t.0),
        }
    }
}

/// When it was made, what is left, and what is stated of a piece.
fn hint(lot: &Lot, balance: &Balance, t: Texts) -> String {
    let left = t.row_hint(lot.made_on, amount_text(balance.left_in(lot.uom), lot.uom, t.0));
    let rate = balance.rate.map(|rate| Stated(t.0).by_statement(rate.text(t.0)));
    [Some(left), rate].into_iter().flatten().collect::<Vec<_>>().join(". ")
}

async fn page(
    ctx: &Ctx,
    cx: &mut Cx<'_>,
    mut form: Form,
    held: Held,
    work: Work,
    warnings: Vec<String>,
) -> Result<WorkPage, AppError> {
    let t = Texts(ctx.lang);
    let commune = ctx.commune_id();
    let product = products::by_id(cx, commune, held.lot.product_id).await?.ok_or(AppError::NotFound)?;
    let refusal = if work.keeps_product() && !held.is_own() {
        Some(t.refused_not_own().to_owned())
    } else if held.balance.is_empty() {
        Some(t.refused_nothing_left().to_owned())
    } else {
        stands(&held.lot, product.state).err().map(|refusal| say(&refusal, t))
    };
    let places = places::of_producer(cx, commune, held.holder.id).await?;
    let places: Vec<_> = crate::traceability::pages::places::offered(places);
    if let ([only], "") = (places.as_slice(), form.value("place")) {
        form.set("place", &only.0.clone());
    }
    let others = if work == Work::Split { Vec::new() } else { others(cx, &held, work, t).await? };
    let back = held.page();
    let approved = products::of_producer(cx, commune, held.holder.id).await?;
    let has_lots = |category: &str| family_of(category) != Some(Family::Tourism);
    let approved = approved.into_iter().filter(|p| p.state == State::Approved && has_lots(&p.category));
    Ok(WorkPage {
        page: Page::of(ctx, Area::Mine, "/cua-toi"),
        t,
        lan: form.request_id(ctx.now()).to_string(),
        form,
        work,
        first: Row::new(&held.lot, &product.name, &held.balance, t),
        product: product.name,
        holder: held.holder.short,
        others,
        parts: (1..=MOST_PARTS).map(|n| (format!("ra-{n}"), t.part(n))).collect(),
        products: approved.map(|p| (p.short, p.name)).collect(),
        places,
        units: Uom::ALL.iter().map(|uom| (uom.code(), uom.name(ctx.lang))).collect(),
        refusal,
        back,
        warnings,
        lot: held.lot,
    })
}

/// Other lots that may go in as well: open, with something left, and for merging of the same product.
async fn others(cx: &mut Cx<'_>, held: &Held, work: Work, t: Texts) -> Result<Vec<Row>, AppError> {
    let (commune, holder) = (held.lot.commune_id, held.holder.id);
    let today = held.lot.made_on.plus_days(10_000);
    let mut found: Vec<ListedLot> = lots::of_producer(cx, commune, holder, After::start(today), OTHERS).await?;
    if !work.keeps_product() {
        found.extend(store::received_by(cx, commune, holder).await?);
    }
    let mut rows = Vec::new();
    for other in found {
        let fits = other.lot.is_open()
            && other.lot.id != held.lot.id
            && (!work.keeps_product() || other.lot.product_id == held.lot.product_id);
        if !fits {
            continue;
        }
        let balance = flow::balance_of(cx, &other.lot, holder).await?;
        if !balance.is_empty() {
            rows.push(Row::new(&other.lot, &other.product_name, &balance, t));
        }
    }
    Ok(rows)
}

/// `POST /cua-toi/lo/{code}/lam/{viec}`.
pub async fn make(ctx: Ctx, Path((code, slug)): Path<(String, String)>, mut form: Form) -> Result<Response, AppError> {
    let work = Work::of_slug(&slug).ok_or(AppError::NotFound)?;
    let mut tx = ctx.app.db.begin().await?;
    let cx = &mut tx.cx();
    let held = held(&ctx, cx, &code, form.value("co-so")).await?;
    let client = form.value("lan").parse().unwrap_or_else(|_| new_id(ctx.now()));
    let back = held.page();
    if of_client(cx, ctx.commune_id(), held.holder.id, client).await?.is_some() {
        return Ok(Redirect::to(&format!("{back}?da-luu=1")).into_response());
    }
    let read = read(&ctx, cx, &mut form, &held, work).await?;
    let Some(Read { inputs, outputs, at, place, warnings }) = read.filter(|_| form.is_fine()) else {
        let status = form.status();
        return Ok((status, page(&ctx, cx, form, held, work, Vec::new()).await?).into_response());
    };
    if !warnings.is_empty() && form.value("van-ghi").is_empty() {
        let status = form.status();
        return Ok((status, page(&ctx, cx, form, held, work, warnings).await?).into_response());
    }
    let ids = identifiers(&ctx)?;
    let hand = Hand {
        commune: ctx.commune_id(),
        identifiers: &ids,
        holder: held.holder.id,
        by: Some(held.author.user),
        now: ctx.now(),
    };
    let making = Making { work, inputs: &inputs, outputs, at, place, client };
    let made = flow::work(cx, hand, making).await?;
    let codes: Vec<String> = made.iter().map(|lot| lot.code.to_string()).collect();
    let before: Vec<String> = inputs.iter().map(|(lot, _)| lot.code.to_string()).collect();
    let action = format!("lot.{work}");
    let entry = Entry {
        actor: Some(held.author.user),
        action: &action,
        subject_kind: "lot",
        subject: Some(held.lot.id.0),
        before: Some(&before.join(", ")),
        after: Some(&codes.join(", ")),
        address: address(&ctx),
    };
    audit::write(cx, ctx.commune_id(), &entry, ctx.now()).await?;
    tx.commit().await?;
    let to = if let [only] = codes.as_slice() { format!("/cua-toi/lo/{only}") } else { back };
    Ok(Redirect::to(&format!("{to}?da-luu=1")).into_response())
}
