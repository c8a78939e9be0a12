//! `GET /api/v1/suggest?q=`: what somebody may be about to type: products, producers and kinds, in one answer.
//!
//! `{q, products: [{name, url, price, picture, parts}], producers: [{name, url, detail, parts}],
//! categories: [{name, url, count}]}`, at most six, three and three; empty lists for an empty `q`. `parts` is the name
//! in pieces, `[{text, hit}]`. A `q` of more than 200 characters is refused with 422 `application/problem+json`.

use axum::response::Response;
use serde_json::{Value, json};

use super::api::open;
use super::ask::Asked;
use super::card::{Marked, marked, price_text};
use super::find::{self, Answer};
use super::store;
use crate::files::picture_url;
use crate::fold::fold;
use crate::products::catalogue;
use crate::search::{Highlight, HighlightField};
use crate::web::form::encode;
use crate::web::{AppError, Ctx, Form};

const PRODUCTS: usize = 6;
const PRODUCERS: usize = 3;
const CATEGORIES: usize = 3;

/// `GET /api/v1/suggest`.
pub async fn suggest(ctx: Ctx) -> Result<Response, AppError> {
    let q = Form::parse(ctx.query.as_bytes()).value("q").to_owned();
    // Only the words of the address count here.
    let mut asked = Asked::read(&encode(&[("q".to_owned(), q.clone())]), ctx.lang, ctx.today());
    if !asked.errors.is_empty() {
        return Err(AppError::Invalid(std::mem::take(&mut asked.errors)));
    }
    if asked.text.trim().is_empty() {
        return Ok(open(json!({ "q": q, "products": [], "producers": [], "categories": [] })));
    }
    asked.limit = Some(PRODUCTS);
    let (products, producers) = tokio::join!(find::find(&ctx, &asked), find::producers(&ctx, &asked.text, PRODUCERS));
    let categories = categories(&ctx, &asked.text).await?;
    let producers: Vec<Value> = producers?.iter().map(|(row, marks)| producer_of(row, marks, &ctx)).collect();
    Ok(open(json!({
        "q": q,
        "products": products_of(&products?, &ctx),
        "producers": producers,
        "categories": categories,
    })))
}

fn producer_of(row: &store::ListedProducer, highlights: &[Highlight], ctx: &Ctx) -> Value {
    let detail = super::producer::detail(row, ctx.lang);
    let name = parts(&marked(highlights, HighlightField::Name, &row.content.name));
    json!({ "name": row.content.name, "url": row.path(), "detail": detail, "parts": name })
}

fn products_of(answer: &Answer, ctx: &Ctx) -> Vec<Value> {
    let product = |row: &store::Listed| {
        let highlights = answer.highlights.get(&row.id).map_or(&[][..], Vec::as_slice);
        let english = ctx.lang == crate::web::Lang::En && !row.content.name_en.is_empty();
        let field = if english { HighlightField::NameEn } else { HighlightField::Name };
        let name = ctx.lang.pick_or(&row.content.name, &row.content.name_en);
        json!({
            "name": name,
            "url": row.path(),
            "price": price_text(row, ctx.lang),
            "picture": row.content.photos.first().map(|id| picture_url(*id, 's')),
            "parts": parts(&marked(highlights, field, name)),
        })
    };
    answer.rows.iter().map(product).collect()
}

fn parts(marked: &Marked) -> Value {
    marked.iter().map(|(hit, text)| json!({ "text": text, "hit": hit })).collect()
}

/// Kinds with products whose name has a word that begins like each word typed.
async fn categories(ctx: &Ctx, text: &str) -> Result<Vec<Value>, AppError> {
    let folded = fold(text);
    let typed: Vec<&str> = folded.split(' ').filter(|word| !word.is_empty()).collect();
    let begins = |name: &str| {
        let name = fold(name);
        typed.iter().all(|word| name.split(|c: char| !c.is_alphanumeric()).any(|own| own.starts_with(word)))
    };
    let named: Vec<_> =
        catalogue::categories().iter().filter(|c| crate::web::Lang::ALL.iter().any(|l| begins(c.name(*l)))).collect();
    if named.is_empty() {
        return Ok(Vec::new());
    }
    let counts = {
        let mut conn = ctx.app.db.read().await?;
        store::per_category(&mut conn.cx(), ctx.commune_id()).await?
    };
    let kinds = named.into_iter().filter_map(|category| {
        let (_, count) = counts.iter().find(|(code, count)| *code == category.code && *count > 0)?;
        let url = format!("/san-pham?{}", encode(&[("category".to_owned(), category.code.clone())]));
        Some(json!({ "name": category.name(ctx.lang), "url": url, "count": count }))
    });
    Ok(kinds.take(CATEGORIES).collect())
}
