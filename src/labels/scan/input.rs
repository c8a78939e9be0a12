//! `GET /t/{code}/lo/{lot}`: a lot without a label of its own, told by a label whose lot came of it. Anybody who holds
//! the label may follow its lots back; by no other way is a lot without a label anybody's business.

use askama::Template;
use askama_web::WebTemplate;
use axum::Json;
use axum::extract::Path;
use axum::response::{IntoResponse, Redirect, Response};
use http::{HeaderMap, HeaderValue, header};
use serde::Serialize;

use super::super::model::code_of;
use super::super::store;
use super::facts::{
    CertificateFacts, InputFacts, LotFacts, OcopFacts, ProducerFacts, ProductFacts, PurchaseFacts, StepFacts,
};
use super::load::{self, Reader};
use super::page::{Lookup, lookup, wants_json};
use super::texts::Texts;
use crate::db::{Cx, Result};
use crate::ids::LotId;
use crate::products::store as products;
use crate::traceability::access::lot_of;
use crate::traceability::chain::family::{DEPTH, MOST};
use crate::traceability::history::{LotHistory, lot_history};
use crate::traceability::store::lineage::{Direction, lineage};
use crate::web::{AppError, Ctx, Page};

/// What is told of a lot without a label.
#[derive(Debug, Serialize)]
pub struct Told {
    /// Code of the label by which it was asked for.
    pub by_label: String,
    /// The product.
    pub product: ProductFacts,
    /// Who makes it; None: it agreed to labels no longer, and the commune holds its details.
    pub producer: Option<ProducerFacts>,
    /// Commune, without "xã".
    pub commune: String,
    /// Province or city.
    pub province: String,
    /// The lot.
    pub lot: LotFacts,
    /// What happened to it, newest first.
    pub steps: Vec<StepFacts>,
    /// Lots that went into it.
    pub inputs: Vec<InputFacts>,
    /// Goods from outside that went into it.
    pub purchases: Vec<PurchaseFacts>,
    /// Certificates.
    pub certificates: Vec<CertificateFacts>,
    /// OCOP stars that hold today.
    pub ocop: Option<OcopFacts>,
}

#[derive(Template, WebTemplate)]
#[template(path = "labels/templates/input.html")]
struct InputPage {
    page: Page,
    t: Texts,
    f: Told,
    compact: String,
}

/// `GET /t/{code}/lo/{lot}`.
pub async fn show(
    ctx: Ctx,
    headers: HeaderMap,
    Path((typed, lot)): Path<(String, String)>,
) -> std::result::Result<Response, AppError> {
    let asked = match lookup(&ctx, &headers, &typed).await? {
        Lookup::Label(asked) => asked,
        Lookup::Missing(response) => return Ok(response),
    };
    let compact = asked.code.compact();
    let mut conn = ctx.app.db.read().await?;
    let cx = &mut conn.cx();
    let lot = lot_of(&ctx, cx, &lot).await?;
    let own = asked.found.lot_id.ok_or(AppError::NotFound)?;
    if lot.id == own {
        return Ok(Redirect::to(&format!("/t/{compact}")).into_response());
    }
    if !went_into(&ctx, cx, own, lot.id).await? {
        return Err(AppError::NotFound);
    }
    if let Some(label) = store::code_of_lot(cx, ctx.commune_id(), lot.id).await?
        && let Some(code) = code_of(ctx.commune_id(), label)
    {
        return Ok(Redirect::to(&format!("/t/{}", code.compact())).into_response());
    }
    let (commune, lang, today) = (&*ctx.commune, ctx.lang, ctx.today());
    let reader = Reader { commune, lang, today, unusual: false, taken_back: None, through: &compact };
    let history = lot_history(cx, ctx.commune_id(), lot).await?;
    let told = told(cx, &history, reader, asked.code.to_string()).await?;
    let mut response = if wants_json(&headers) {
        Json(told).into_response()
    } else {
        // Nothing on it depends on who looks.
        let page = Page { indexed: false, person: None, ..Page::new(&ctx) };
        InputPage { page, t: Texts(lang), f: told, compact }.into_response()
    };
    response.headers_mut().insert(header::VARY, HeaderValue::from_static("accept, accept-language, cookie"));
    Ok(response)
}

/// True if the lot stands in what the label's page tells of where its own came from.
async fn went_into(ctx: &Ctx, cx: &mut Cx<'_>, own: LotId, lot: LotId) -> Result<bool> {
    let back = lineage(cx, ctx.commune_id(), &[own], Direction::Back, DEPTH, MOST + 1).await?;
    Ok(back.lots.iter().any(|reached| reached.lot == lot))
}

async fn told(cx: &mut Cx<'_>, history: &LotHistory, reader: Reader<'_>, by_label: String) -> Result<Told> {
    let commune = reader.commune.id;
    let product = &history.product;
    let producer = load::producer(cx, commune, history.producer.id, Some(history)).await?;
    let photos = &product.content.photos;
    let picture = load::pictures(cx, commune, &photos[..photos.len().min(1)]).await?.pop();
    let standing = load::recalls(cx, commune, history.lot.id, reader.lang).await?;
    let stars = products::stars(cx, commune, product.id, reader.today).await?;
    Ok(Told {
        by_label,
        product: load::product_facts(product, picture, reader.lang),
        commune: reader.commune.name.clone(),
        province: reader.commune.province.clone(),
        lot: load::lot_facts(history, product, standing, reader),
        steps: load::way(cx, history, producer.is_some(), reader).await?,
        inputs: load::inputs_of(cx, history, reader).await?,
        purchases: load::bought(history, reader.lang),
        certificates: load::certificates(cx, product, Some(history), reader).await?,
        ocop: stars.map(|d| OcopFacts { stars: d.stars, decision: d.number, expires_on: d.expires_on }),
        producer,
    })
}

impl Told {
    /// True if something is told that went into the lot.
    pub fn has_inputs(&self) -> bool {
        !self.inputs.is_empty() || !self.purchases.is_empty()
    }
}
