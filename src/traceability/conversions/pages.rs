//! Stating what one piece of a product is, for whoever acts for its producer.

use askama::Template;
use askama_web::WebTemplate;
use axum::extract::Path;
use axum::response::{IntoResponse, Redirect, Response};

use super::model::{Conversion, Rate};
use super::store;
use super::texts::Texts;
use crate::accounts::store as accounts;
use crate::db::Cx;
use crate::ids::{ConversionId, ProductId};
use crate::producers::acting::Acting;
use crate::products::model::Product;
use crate::products::store as products;
use crate::review::flow::Author;
use crate::traceability::access::address;
use crate::traceability::quantity::{Quantity, Uom};
use crate::traceability::texts::Texts as Words;
use crate::web::audit::{self, Entry};
use crate::web::page::Area;
use crate::web::{AppError, Ctx, Form, Page};

#[derive(Template, WebTemplate)]
#[template(path = "traceability/conversions/templates/conversions.html")]
struct ConversionsPage {
    page: Page,
    t: Texts,
    form: Form,
    product: Product,
    units: Vec<(&'static str, &'static str)>,
    /// Rate and who stated it when, latest first.
    stated: Vec<(String, String)>,
    stands: bool,
    /// The statement that the page shows; another may be there by the time it is sent.
    seen: String,
    lan: String,
}

async fn mine(ctx: &Ctx, cx: &mut Cx<'_>, short: &str) -> Result<(Product, Author), AppError> {
    ctx.person()?;
    let product = products::by_short(cx, ctx.commune_id(), short).await?.ok_or(AppError::NotFound)?;
    let (_, author) = Acting::of_id(ctx, cx, product.producer_id).await?;
    Ok((product, author))
}

async fn page(ctx: &Ctx, cx: &mut Cx<'_>, form: Form, product: Product) -> Result<ConversionsPage, AppError> {
    let t = Texts(ctx.lang);
    let all = store::of_product(cx, ctx.commune_id(), product.id).await?;
    let mut stated = Vec::new();
    for one in &all.0 {
        let who = match one.stated_by {
            Some(user) => accounts::user(cx, user).await?.map(|user| user.name),
            None => None,
        };
        let rate = one.rate().map_or_else(|| t.ended().to_owned(), |rate| rate.text(ctx.lang));
        stated.push((rate, t.stated(one.stated_at.text(), who.as_deref().unwrap_or(t.office()))));
    }
    Ok(ConversionsPage {
        page: Page::of(ctx, Area::Mine, "/cua-toi"),
        t,
        lan: form.request_id(ctx.now()).to_string(),
        seen: all.0.first().map(|one| one.id.to_string()).unwrap_or_default(),
        stands: all.latest().is_some(),
        units: Rate::UNITS.iter().map(|uom| (uom.code(), uom.name(ctx.lang))).collect(),
        form,
        product,
        stated,
    })
}

/// `GET /cua-toi/san-pham/{short}/quy-doi`.
pub async fn show(ctx: Ctx, Path(short): Path<String>) -> Result<Response, AppError> {
    let mut conn = ctx.app.db.read().await?;
    let cx = &mut conn.cx();
    let (product, _) = mine(&ctx, cx, &short).await?;
    Ok(page(&ctx, cx, Form::default(), product).await?.into_response())
}

/// `POST /cua-toi/san-pham/{short}/quy-doi`: states how much a piece is, or that it is no longer stated.
pub async fn state(ctx: Ctx, Path(short): Path<String>, mut form: Form) -> Result<Response, AppError> {
    let mut tx = ctx.app.db.begin().await?;
    let cx = &mut tx.cx();
    let (product, author) = mine(&ctx, cx, &short).await?;
    let back = Redirect::to(&format!("/cua-toi/san-pham/{}/quy-doi?da-luu=1", product.short)).into_response();
    let id = ConversionId(form.request_id(ctx.now()));
    products::hold(cx, ctx.commune_id(), product.id).await?;
    let before = store::of_product(cx, ctx.commune_id(), product.id).await?;
    if before.0.iter().any(|one| one.id == id) {
        return Ok(back);
    }
    if form.value("thay") != before.0.first().map(|one| one.id.to_string()).unwrap_or_default() {
        return Err(AppError::Conflict(Texts(ctx.lang).changed().to_owned()));
    }
    let ends = form.value("viec") == "thoi";
    let piece = if ends { None } else { read(&mut form, &ctx) };
    if !ends && piece.is_none() {
        let status = form.status();
        return Ok((status, page(&ctx, cx, form, product).await?).into_response());
    }
    let one = conversion(&ctx, product.id, id, piece, &author);
    store::insert(cx, &one).await?;
    let (was, is) = (before.latest().map(|rate| rate.text(ctx.lang)), one.rate().map(|rate| rate.text(ctx.lang)));
    let entry = Entry {
        actor: Some(author.user),
        action: "product.conversion",
        subject_kind: "product",
        subject: Some(product.id.0),
        before: was.as_deref(),
        after: is.as_deref(),
        address: address(&ctx),
    };
    audit::write(cx, ctx.commune_id(), &entry, ctx.now()).await?;
    tx.commit().await?;
    Ok(back)
}

fn conversion(ctx: &Ctx, product: ProductId, id: ConversionId, piece: Option<Quantity>, by: &Author) -> Conversion {
    Conversion {
        commune_id: ctx.commune_id(),
        id,
        product_id: product,
        quantity: piece.map(Quantity::thousandths),
        uom: piece.map(Quantity::uom),
        stated_by: Some(by.user),
        stated_at: ctx.now(),
    }
}

fn read(form: &mut Form, ctx: &Ctx) -> Option<Quantity> {
    let uom = Uom::from_code(form.value("uom")).filter(|uom| Rate::UNITS.contains(uom));
    let Some(uom) = uom else {
        form.fail("quantity", Texts(ctx.lang).piece_unit_missing());
        return None;
    };
    let read = Quantity::parse_vi(form.value("quantity"), uom);
    read.map_err(|error| form.fail("quantity", Words(ctx.lang).quantity_error(error))).ok()
}
