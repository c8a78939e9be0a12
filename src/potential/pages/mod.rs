//! The office's pages of the review.

pub mod list;
pub mod official;
pub mod one;
pub mod propose;

use std::collections::HashMap;

use super::filter::{Filter, Found};
use super::model::{Gap, GapRow, GapState, Line, Review};
use super::store;
use super::texts::Texts;
use crate::clock::Day;
use crate::db::{Cx, Result};
use crate::ids::{CommuneId, PotentialId, ProductId};
use crate::review::listing::{Listing, Pager, ROWS};
use crate::review::names::{self, Villages};
use crate::support::download::Offer;
use crate::support::pages::producer_kind_choices;
use crate::web::{AppError, Ctx, Lang};

/// The review's address.
const HERE: &str = "/van-phong/ra-soat";
/// The navigation item.
const NAV: &str = "/van-phong/ho-tro";

/// These products with their reviews of a year, in the order of their ids.
async fn lines(cx: &mut Cx<'_>, commune: CommuneId, year: i32, ids: &[ProductId]) -> Result<Vec<Line>> {
    let reviews = store::of_products(cx, commune, year, ids).await?;
    let review_ids: Vec<PotentialId> = reviews.iter().map(|review| review.id).collect();
    let mut gaps: HashMap<PotentialId, Vec<GapRow>> = HashMap::new();
    for row in store::gaps(cx, commune, &review_ids).await?.into_iter().filter(|row| row.state != GapState::Dropped) {
        gaps.entry(row.review_id).or_default().push(row);
    }
    let mut reviews: HashMap<ProductId, Review> = reviews.into_iter().map(|one| (one.product_id, one)).collect();
    let rows = store::list::rows(cx, commune, ids).await?;
    let mut rows: HashMap<ProductId, _> = rows.into_iter().map(|row| (row.id, row)).collect();
    let line = |id: &ProductId| {
        let product = rows.remove(id)?;
        let review = reviews.remove(id);
        let gaps = review.as_ref().and_then(|review| gaps.remove(&review.id)).unwrap_or_default();
        Some(Line { product, review, gaps })
    };
    Ok(ids.iter().filter_map(line).collect())
}

/// One page of what a filter leaves.
struct Part {
    villages: Villages,
    lines: Vec<Line>,
    pager: Pager,
}

impl Part {
    async fn of(ctx: &Ctx, cx: &mut Cx<'_>, listing: &Listing, filter: &Filter) -> Result<Self> {
        let (commune, today) = (ctx.commune_id(), ctx.today());
        let pager = Pager::of(listing, store::list::count(cx, commune, filter, today).await? as usize);
        let part = (ROWS as i64, pager.offset() as i64);
        let ids = store::list::page(cx, commune, filter, today, part).await?;
        let lines = lines(cx, commune, filter.year, &ids).await?;
        Ok(Self { villages: Villages::load(cx, commune).await?, lines, pager })
    }
}

/// Everything that a filter leaves: for files.
async fn all(ctx: &Ctx, filter: &Filter) -> Result<Vec<Line>> {
    let mut conn = ctx.app.db.read().await?;
    let mut cx = conn.cx();
    let ids = store::list::page(&mut cx, ctx.commune_id(), filter, ctx.today(), (i64::MAX, 0)).await?;
    lines(&mut cx, ctx.commune_id(), filter.year, &ids).await
}

/// The file of a list: its stable word, its title, and its path under the review's.
async fn offer(
    ctx: &Ctx,
    filter: &Filter,
    (what, title, path): (&'static str, String, &str),
) -> std::result::Result<(Offer, Villages), AppError> {
    ctx.officer()?;
    let listing = Listing::of(ctx);
    let mut conn = ctx.app.db.read().await?;
    let mut cx = conn.cx();
    let villages = Villages::load(&mut cx, ctx.commune_id()).await?;
    let offer = Offer {
        what,
        title,
        rows: store::list::count(&mut cx, ctx.commune_id(), filter, ctx.today()).await? as usize,
        filter: in_words(ctx, filter, &listing, &villages),
        back: format!("{HERE}{path}{}", listing.query()),
        current: NAV,
        on_paper: true,
    };
    Ok((offer, villages))
}

/// The choices of a filter.
struct Choices {
    years: Vec<(String, String)>,
    found: Vec<(String, String)>,
    gaps: Vec<(String, String)>,
    dues: Vec<(String, String)>,
    villages: Vec<(String, String)>,
    kinds: Vec<(String, String)>,
    categories: Vec<(String, String)>,
}

fn years(ctx: &Ctx, chosen: i32) -> Vec<(String, String)> {
    let this = ctx.today().year();
    let mut years: Vec<i32> = (this - 5..=this).rev().collect();
    if !years.contains(&chosen) {
        years.push(chosen);
    }
    years.into_iter().map(|year| (year.to_string(), year.to_string())).collect()
}

fn gap_choices(lang: Lang) -> Vec<(String, String)> {
    Gap::ALL.iter().map(|gap| (gap.word().to_owned(), gap.label(lang).to_owned())).collect()
}

impl Choices {
    /// `found`: what may be chosen of findings.
    fn of(ctx: &Ctx, filter: &Filter, villages: &Villages, found: &[Found]) -> Self {
        let t = Texts(ctx.lang);
        Self {
            years: years(ctx, filter.year),
            found: found.iter().map(|one| (one.word().to_owned(), one.label(ctx.lang).to_owned())).collect(),
            gaps: gap_choices(ctx.lang),
            dues: vec![("qua".to_owned(), t.late().to_owned())],
            villages: villages.choices(),
            kinds: producer_kind_choices(ctx.lang),
            categories: names::category_choices(ctx.lang),
        }
    }
}

/// The filter in words, part by part.
fn in_words(ctx: &Ctx, filter: &Filter, listing: &Listing, villages: &Villages) -> Vec<String> {
    let t = Texts(ctx.lang);
    let mut words = vec![t.year_is(filter.year)];
    if let Some(found) = filter.found {
        words.push(found.label(ctx.lang).to_owned());
    }
    if let Some(gap) = filter.gap {
        words.push(t.gap_is(gap.label(ctx.lang)));
    }
    if filter.late {
        words.push(t.late().to_owned());
    }
    if let Some(village) = filter.village {
        words.push(format!("{} {}", t.village(), villages.name(Some(village))));
    }
    if let Some(kind) = filter.kind {
        words.push(kind.label(ctx.lang).to_owned());
    }
    if !filter.category.is_empty() {
        words.push(names::category(&filter.category, ctx.lang));
    }
    if !filter.words.is_empty() {
        words.push(t.name_has(listing.get("q")));
    }
    words
}

/// What is still missing, in words.
fn missing(line: &Line, lang: Lang) -> String {
    line.missing().map(|row| row.gap.label(lang)).collect::<Vec<_>>().join("; ")
}

/// Who helps with what is missing and by when, each once: `Phòng Kinh tế (30/09/2026); HTX mẫu`.
fn who_helps(line: &Line) -> String {
    let mut told: Vec<String> = Vec::new();
    for row in line.missing().filter(|row| !row.helper.is_empty()) {
        let day = row.due_on.map_or_else(String::new, |day: Day| format!(" ({})", day.text()));
        let one = format!("{}{day}", row.helper);
        if !told.contains(&one) {
            told.push(one);
        }
    }
    told.join("; ")
}
