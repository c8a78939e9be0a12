//! Answers a question to the catalogue: from the index, or from the database when the index does not answer.
//!
//! Whatever the index says, rows are read from the database, where only what is public comes out. Start at [`find`].

use std::collections::HashMap;

use crate::fold::fold;
use crate::ids::{ProducerId, ProductId};
use crate::market::ask::Asked;
use crate::market::index;
use crate::market::store::{self, Listed, ListedProducer};
use crate::products::catalogue;
use crate::search::{Correction, Facets, Filters, Highlight, Kind, Query, SearchError, Sort};
use crate::web::{AppError, Ctx, Lang};

/// Products of a page.
pub const PAGE: usize = 24;

/// Products looked at when the index is away; a commune has far fewer.
const MOST_READ: usize = 5000;

/// One page of an answer.
#[derive(Default)]
pub struct Answer {
    /// The products, in order.
    pub rows: Vec<Listed>,
    /// What matched, by product.
    pub highlights: HashMap<ProductId, Vec<Highlight>>,
    /// How many there are on all pages.
    pub total: u64,
    /// Counts for narrowing; None when the database answers.
    pub facets: Option<Facets>,
    /// Where the next page begins.
    pub next: Option<String>,
    /// True if nothing had all that was typed, and these come close.
    pub near: bool,
    /// `embedded`, `meilisearch` or `database`.
    pub engine: &'static str,
}

impl Answer {
    /// True if the index did not answer.
    pub fn is_makeshift(&self) -> bool {
        self.facets.is_none()
    }
}

/// Finds products. A cursor or filter that can't be is [`AppError::Invalid`], naming the field.
pub async fn find(ctx: &Ctx, asked: &Asked) -> Result<Answer, AppError> {
    let today = ctx.today();
    let Some(query) = asked.query(ctx.commune_id(), ctx.lang, today, PAGE) else {
        return Err(AppError::internal("the clock is beyond the calendar"));
    };
    if asked.cursor.as_deref().is_some_and(|cursor| cursor.starts_with(CURSOR)) {
        return from_database(ctx, asked, query.limit).await;
    }
    match ctx.app.search.search(&query).await {
        Ok(found) => {
            let ids: Vec<ProductId> = found.hits.iter().map(|hit| ProductId(hit.id)).collect();
            let highlights = found.hits.into_iter().map(|hit| (ProductId(hit.id), hit.highlights)).collect();
            let mut conn = ctx.app.db.read().await?;
            let rows = store::listed_among(&mut conn.cx(), ctx.commune_id(), &ids, today).await?;
            let engine = ctx.app.search.engine_name();
            let facets = Some(found.facets);
            let (total, next, near) = (found.total, found.next_cursor, found.near);
            Ok(Answer { rows, highlights, total, facets, next, near, engine })
        }
        Err(SearchError::BadCursor) => Err(AppError::field(
            "cursor",
            ctx.lang.pick("Con trỏ không thuộc câu hỏi này.", "The cursor does not belong to this question."),
        )),
        Err(SearchError::BadFilter { field, reason }) => Err(AppError::field(field, reason)),
        Err(error) => {
            tracing::warn!(%error, "the search index does not answer; answering from the database");
            from_database(ctx, asked, query.limit).await
        }
    }
}

/// Producers that the words find, best first; none while the index is away or nothing was typed.
pub async fn producers(ctx: &Ctx, text: &str, limit: usize) -> Result<Vec<(ListedProducer, Vec<Highlight>)>, AppError> {
    let Some(today) = index::date(ctx.today()).filter(|_| !text.trim().is_empty()) else { return Ok(Vec::new()) };
    let mut query = Query::new(ctx.commune_id().0, text, today);
    query.filters.kind = Some(Kind::Producer);
    query.limit = limit;
    let found = match ctx.app.search.search(&query).await {
        // Producers that only come close would be noise beside the products.
        Ok(found) if !found.near => found,
        _ => return Ok(Vec::new()),
    };
    let ids: Vec<ProducerId> = found.hits.iter().map(|hit| ProducerId(hit.id)).collect();
    let mut highlights: HashMap<ProducerId, Vec<Highlight>> =
        found.hits.into_iter().map(|hit| (ProducerId(hit.id), hit.highlights)).collect();
    let mut conn = ctx.app.db.read().await?;
    let rows = store::producers_among(&mut conn.cx(), ctx.commune_id(), &ids).await?;
    Ok(rows
        .into_iter()
        .map(|row| (highlights.remove(&row.id).unwrap_or_default(), row))
        .map(|(h, row)| (row, h))
        .collect())
}

/// Another spelling that finds products, for a question that found none.
pub async fn correction(ctx: &Ctx, asked: &Asked) -> Option<Correction> {
    let query = asked.query(ctx.commune_id(), ctx.lang, ctx.today(), PAGE)?;
    match ctx.app.search.correct(&query).await {
        Ok(correction) => correction,
        Err(error) => {
            tracing::debug!(%error, "no spelling was looked for");
            None
        }
    }
}

/// Marks our own cursors: places in a list, not in the index.
const CURSOR: &str = "db-";

async fn from_database(ctx: &Ctx, asked: &Asked, limit: usize) -> Result<Answer, AppError> {
    let from = asked.cursor.as_deref().and_then(|c| c.strip_prefix(CURSOR)).map_or(Some(0), |n| n.parse().ok());
    let Some(from) = from else {
        let message = ctx.lang.pick("Con trỏ không đúng.", "The cursor is not one of ours.");
        return Err(AppError::field("cursor", message));
    };
    let mut rows = Vec::new();
    let (mut last, mut read) = (ProductId(uuid::Uuid::nil()), 0);
    let words: Vec<String> = fold(&asked.text).split(' ').filter(|w| !w.is_empty()).map(str::to_owned).collect();
    while read < MOST_READ {
        let batch = {
            let mut conn = ctx.app.db.read().await?;
            store::listed_after(&mut conn.cx(), ctx.commune_id(), last, 500, ctx.today()).await?
        };
        let Some(end) = batch.last() else { break };
        last = end.id;
        read += batch.len();
        rows.extend(batch.into_iter().filter(|row| passes(row, &asked.filters) && contains(row, &words)));
    }
    order(&mut rows, asked.sort);
    let total = rows.len();
    let next = (from + limit < total).then(|| format!("{CURSOR}{}", from + limit));
    let rows = rows.into_iter().skip(from).take(limit).collect();
    Ok(Answer { rows, total: total as u64, next, engine: "database", ..Answer::default() })
}

/// True if every word stands somewhere in what people search by.
fn contains(row: &Listed, words: &[String]) -> bool {
    if words.is_empty() {
        return true;
    }
    let content = &row.content;
    let category = catalogue::category(&content.category);
    let names = category.map(|c| Lang::ALL.map(|lang| c.name(lang)).join(" ")).unwrap_or_default();
    let village = row.village.as_deref().unwrap_or_default();
    let text = [&content.name, &content.name_en, &row.producer_name, "thôn", village, &names, &content.description];
    let text = fold(&text.join(" "));
    words.iter().all(|word| text.contains(word.as_str()))
}

/// The filters that a row alone can answer; certificates need the index and are let pass.
fn passes(row: &Listed, filters: &Filters) -> bool {
    let among = |list: &[String], code: &str| list.is_empty() || list.iter().any(|one| one == code);
    let content = &row.content;
    let category = catalogue::category(&content.category);
    let group = category.map(|c| c.group.as_str()).unwrap_or_default();
    let village = row.village_id.map(|id| id.0.simple().to_string()).unwrap_or_default();
    (among(&filters.category, &content.category) || among(&filters.category, group))
        && among(&filters.village, &village)
        && among(&filters.producer_kind, &row.producer_kind)
        && among(&filters.availability, content.availability.map(|a| a.word()).unwrap_or_default())
        && (filters.stars.is_empty() || row.stars.is_some_and(|s| filters.stars.iter().any(|f| i32::from(*f) == s)))
        && filters.season.is_none_or(|month| content.season_bits() & (1 << (i32::from(month) - 1)) != 0)
        && filters.price_min.is_none_or(|min| content.price.max().is_some_and(|p| p.0 >= min))
        && filters.price_max.is_none_or(|max| content.price.min().is_some_and(|p| p.0 <= max))
}

fn order(rows: &mut [Listed], sort: Sort) {
    match sort {
        Sort::Relevance => rows.sort_by_cached_key(|row| (fold(&row.content.name), row.id)),
        Sort::Newest => rows.sort_by_key(|row| (std::cmp::Reverse(row.updated_at), row.id)),
        Sort::Scans => rows.sort_by_key(|row| (std::cmp::Reverse(row.scans), row.id)),
        Sort::PriceAsc => rows.sort_by_key(|row| (row.content.price.min().map_or(i64::MAX, |p| p.0), row.id)),
        Sort::PriceDesc => {
            rows.sort_by_key(|row| (std::cmp::Reverse(row.content.price.max().map_or(-1, |p| p.0)), row.id));
        }
    }
}
