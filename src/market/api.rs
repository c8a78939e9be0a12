//! `GET /api/v1/products`: the catalogue for programs.
//!
//! Parameters, all optional: `q` (words), `category` (code of a group or sub-group), `village` (id), `kind` (of
//! producer), `stars` (3, 4, 5), `certificate` (code), `season` (1–12 or `now`), `available` (`in_stock`, `to_order`,
//! `seasonal`, `sold_out`, or `1` for all but the last), `price_min` and `price_max` (whole đồng), `sort`
//! (`relevance`, `newest`, `price_asc`, `price_desc`, `scans`), `limit` (1–100, 24 if not given), `cursor` (the `next_cursor`
//! of the page before). Filters may be repeated: any value of one filter, all filters together.
//!
//! The answer is `{items, next_cursor, total, near, facets, engine}`. Each item's `highlights` are texts in pieces,
//! `{field, parts: [{text, hit}]}`. `near` is true when nothing had all the words and these come close. `next_cursor` is null on the last page; `facets` is
//! null when the database answers for a search engine that is away (`engine: "database"`). What makes no sense is
//! refused with 422 `application/problem+json` that names the field.

use axum::Json;
use axum::response::{IntoResponse, Response};
use http::{HeaderValue, header};
use serde::Serialize;
use serde_json::{Map, Value, json};

use super::ask::Asked;
use super::card::{pieces, price_text};
use super::find::{self, Answer};
use super::store::Listed;
use crate::files::picture_url;
use crate::search::{Facet, Facets, Highlight, HighlightField};
use crate::web::{AppError, Ctx};

#[derive(Serialize)]
struct Item {
    id: String,
    name: String,
    name_en: Option<String>,
    category: String,
    producer: Named,
    village: Option<Named>,
    price: Price,
    unit: String,
    availability: Option<&'static str>,
    season: Vec<u8>,
    stars: Option<i32>,
    picture: Option<String>,
    url: String,
    highlights: Vec<Marked>,
}

/// A text in pieces.
#[derive(Serialize)]
pub(super) struct Marked {
    field: &'static str,
    parts: Vec<Part>,
}

#[derive(Serialize)]
struct Part {
    text: String,
    hit: bool,
}

#[derive(Serialize)]
struct Named {
    id: String,
    name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    url: Option<String>,
}

/// Whole đồng; both null when one must ask.
#[derive(Serialize)]
struct Price {
    min: Option<i64>,
    max: Option<i64>,
    text: String,
}

/// `GET /api/v1/products`.
pub async fn products(ctx: Ctx) -> Result<Response, AppError> {
    let mut asked = Asked::read(&ctx.query, ctx.lang, ctx.today());
    if !asked.errors.is_empty() {
        return Err(AppError::Invalid(std::mem::take(&mut asked.errors)));
    }
    let answer = find::find(&ctx, &asked).await?;
    let base = ctx.app.config.public();
    let body = json!({
        "items": answer.rows.iter().map(|row| item(row, &answer, &base, &ctx)).collect::<Vec<_>>(),
        "next_cursor": answer.next,
        "total": answer.total,
        "near": answer.near,
        "facets": answer.facets.as_ref().map(facets),
        "engine": answer.engine,
    });
    Ok(open(body))
}

/// An answer that pages of other sites may read too.
pub(super) fn open(body: Value) -> Response {
    let mut response = Json(body).into_response();
    response.headers_mut().insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
    response
}

/// Texts with what matched in them.
pub(super) fn marked(highlights: &[Highlight]) -> Vec<Marked> {
    let field = |field| match field {
        HighlightField::Name => "name",
        HighlightField::NameEn => "name_en",
        HighlightField::Producer => "producer",
        HighlightField::Village => "village",
        HighlightField::Category => "category",
        HighlightField::Body => "text",
    };
    let parts = |highlight| pieces(highlight).into_iter().map(|(hit, text)| Part { text, hit }).collect();
    highlights.iter().map(|one| Marked { field: field(one.field), parts: parts(one) }).collect()
}

fn item(row: &Listed, answer: &Answer, base: &str, ctx: &Ctx) -> Item {
    let content = &row.content;
    let village = row.village_id.zip(row.village.as_ref());
    Item {
        id: row.id.to_string(),
        name: content.name.clone(),
        name_en: Some(content.name_en.clone()).filter(|name| !name.is_empty()),
        category: content.category.clone(),
        producer: Named {
            id: row.producer_id.to_string(),
            name: row.producer_name.clone(),
            url: Some(format!("{base}{}", row.producer_path())),
        },
        village: village.map(|(id, name)| Named { id: id.to_string(), name: name.clone(), url: None }),
        price: Price {
            min: content.price.min().map(|p| p.0),
            max: content.price.max().map(|p| p.0),
            text: price_text(row, ctx.lang),
        },
        unit: content.unit.clone(),
        availability: content.availability.map(|a| a.word()),
        season: content.season.clone(),
        stars: row.stars,
        picture: content.photos.first().map(|id| format!("{base}{}", picture_url(*id, 'm'))),
        url: format!("{base}{}", row.path()),
        highlights: marked(answer.highlights.get(&row.id).map_or(&[], Vec::as_slice)),
    }
}

/// Counts by parameter name and value.
fn facets(facets: &Facets) -> Value {
    let named = [
        ("category", Facet::Category),
        ("village", Facet::Village),
        ("kind", Facet::ProducerKind),
        ("stars", Facet::Stars),
        ("certificate", Facet::Certificate),
        ("season", Facet::Season),
        ("available", Facet::Availability),
        ("price", Facet::Price),
    ];
    let counts = |facet| facets.of(facet).into_iter().map(|(code, count)| (code, json!(count))).collect::<Map<_, _>>();
    Value::Object(named.into_iter().map(|(name, facet)| (name.to_owned(), Value::Object(counts(facet)))).collect())
}
