//! The office's registers of producers and products: what the filter of the address leaves, page by page or all of it.

mod filter;
pub mod store;

use std::collections::HashMap;
use std::hash::Hash;

use futures_util::future::BoxFuture;

use self::filter::Order;
use self::store::DecisionRow;
use super::listing::{self, Listing, Pager, ROWS};
use super::names::Villages;
use crate::clock::Day;
use crate::ids::{ProducerId, ProductId};
use crate::support::model::SupportKind;
use crate::support::store as support;
use crate::web::{AppError, Ctx};

/// Which of the rows that a filter leaves are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// The page of the address.
    Page,
    /// All of them.
    All,
    /// None; they are counted.
    Count,
}

impl Part {
    /// Counts what the filter leaves and reads the ids of this part of it: so many, after so many.
    async fn read<'a, T>(
        self,
        listing: &Listing,
        count: impl Future<Output = Result<i64, AppError>> + Send,
        read: impl Fn((i64, i64)) -> BoxFuture<'a, Result<Vec<T>, AppError>>,
    ) -> Result<(Pager, Vec<T>), AppError> {
        if self == Self::Page {
            let page = |offset| read((ROWS as i64, offset));
            let (_, pager, ids) = listing::counted(listing, count, |total| *total as usize, page).await?;
            return Ok((pager, ids));
        }
        let pager = Pager::of(listing, count.await? as usize);
        let ids = if self == Self::All { read((i64::MAX, 0)).await? } else { Vec::new() };
        Ok((pager, ids))
    }
}

/// A producer with what is counted of it.
#[derive(Clone, Debug)]
pub struct ProducerLine {
    /// Its row.
    pub row: store::producers::Row,
    /// Approved products.
    pub products: i64,
    /// Most stars of its products that stand today.
    pub stars: Option<i32>,
    /// Kind (code) and day of the last support.
    pub support: Option<(String, Day)>,
}

/// The register of producers.
#[derive(Clone, Debug)]
pub struct ProducerTable {
    /// Rows that the filter leaves, in order: the part that was asked for.
    pub lines: Vec<ProducerLine>,
    /// How many it leaves in all, and the ways to the others.
    pub pager: Pager,
    /// Names of the villages.
    pub villages: Villages,
    /// Names of the kinds of support.
    pub kinds: Vec<SupportKind>,
}

/// Stars that stand on a day, by product, with their last day: of several decisions the latest.
fn standing(decisions: &[DecisionRow], day: Day) -> HashMap<ProductId, (i32, Day)> {
    decisions.iter().filter(|d| d.stands_on(day)).map(|d| (d.product_id, (d.stars, d.expires_on))).collect()
}

/// The rows in the order of their ids.
fn in_order<K: Copy + Eq + Hash, R>(ids: &[K], rows: Vec<R>, id: impl Fn(&R) -> K) -> Vec<R> {
    let mut by_id: HashMap<K, R> = rows.into_iter().map(|row| (id(&row), row)).collect();
    ids.iter().filter_map(|id| by_id.remove(id)).collect()
}

/// Reads the register of producers as the address filters and orders it.
pub async fn producers(ctx: &Ctx, listing: &Listing, part: Part) -> Result<ProducerTable, AppError> {
    use store::producers as rows;
    let (commune, today) = (ctx.commune_id(), ctx.today());
    let filter = filter::Producers::of(listing);
    let count = async {
        let mut conn = ctx.app.db.read().await?;
        Ok(rows::count(&mut conn.cx(), commune, &filter, today).await?)
    };
    let order = Order::of(listing);
    let (filter, order) = (&filter, &order);
    let read = |part: (i64, i64)| -> BoxFuture<'_, Result<Vec<ProducerId>, AppError>> {
        Box::pin(async move {
            let mut conn = ctx.app.db.read().await?;
            Ok(rows::page(&mut conn.cx(), commune, filter, order, part, today).await?)
        })
    };
    let (pager, ids) = part.read(listing, count, read).await?;
    let mut conn = ctx.app.db.read().await?;
    let mut cx = conn.cx();
    let products: HashMap<ProducerId, i64> = rows::products(&mut cx, commune, &ids).await?.into_iter().collect();
    let decisions = rows::decisions(&mut cx, commune, &ids).await?;
    let standing = standing(&decisions, today);
    let mut stars: HashMap<ProducerId, i32> = HashMap::new();
    for (producer, count) in decisions.iter().filter_map(|d| Some((d.producer_id, standing.get(&d.product_id)?.0))) {
        let most = stars.entry(producer).or_insert(count);
        *most = (*most).max(count);
    }
    let mut support: HashMap<ProducerId, (String, Day)> = rows::last_support(&mut cx, commune, &ids)
        .await?
        .into_iter()
        .map(|(id, kind, day)| (id, (kind, day)))
        .collect();
    let lines = in_order(&ids, rows::rows(&mut cx, commune, &ids).await?, |row| row.id)
        .into_iter()
        .map(|row| ProducerLine {
            products: products.get(&row.id).copied().unwrap_or(0),
            stars: stars.get(&row.id).copied(),
            support: support.remove(&row.id),
            row,
        })
        .collect();
    let villages = Villages::load(&mut cx, commune).await?;
    let kinds = support::all_kinds(&mut cx, commune).await?;
    Ok(ProducerTable { lines, pager, villages, kinds })
}

/// What is counted of a product's certificates.
#[derive(Clone, Copy, Debug, Default)]
pub struct Papers {
    /// Those that are valid today.
    pub valid: usize,
    /// Those that are not.
    pub ended: usize,
    /// Last day of the valid one that has the latest.
    pub until: Option<Day>,
    /// True if a valid one has no last day.
    pub endless: bool,
}

/// A product with what is counted of it.
#[derive(Clone, Debug)]
pub struct ProductLine {
    /// Its row.
    pub row: store::products::Row,
    /// Stars that stand today, and their last day.
    pub stars: Option<(i32, Day)>,
    /// Certificates.
    pub papers: Papers,
    /// Lots, those set aside left out.
    pub lots: i64,
}

/// The register of products.
#[derive(Clone, Debug)]
pub struct ProductTable {
    /// Rows that the filter leaves, in order: the part that was asked for.
    pub lines: Vec<ProductLine>,
    /// How many it leaves in all, and the ways to the others.
    pub pager: Pager,
    /// Names of the villages.
    pub villages: Villages,
}

/// Reads the register of products as the address filters and orders it.
pub async fn products(ctx: &Ctx, listing: &Listing, part: Part) -> Result<ProductTable, AppError> {
    use store::products as rows;
    let (commune, today) = (ctx.commune_id(), ctx.today());
    let filter = filter::Products::of(listing);
    let count = async {
        let mut conn = ctx.app.db.read().await?;
        Ok(rows::count(&mut conn.cx(), commune, &filter, today).await?)
    };
    let order = Order::of(listing);
    let (filter, order) = (&filter, &order);
    let read = |part: (i64, i64)| -> BoxFuture<'_, Result<Vec<ProductId>, AppError>> {
        Box::pin(async move {
            let mut conn = ctx.app.db.read().await?;
            Ok(rows::page(&mut conn.cx(), commune, filter, order, part, today).await?)
        })
    };
    let (pager, ids) = part.read(listing, count, read).await?;
    let mut conn = ctx.app.db.read().await?;
    let mut cx = conn.cx();
    let stars = standing(&rows::decisions(&mut cx, commune, &ids).await?, today);
    let mut papers: HashMap<ProductId, Papers> = HashMap::new();
    for (product, from, to) in rows::certificates(&mut cx, commune, &ids).await? {
        let count = papers.entry(product).or_default();
        if from.is_none_or(|from| from <= today) && to.is_none_or(|to| today <= to) {
            count.valid += 1;
            count.until = count.until.max(to);
            count.endless |= to.is_none();
        } else {
            count.ended += 1;
        }
    }
    let lots: HashMap<ProductId, i64> = rows::lots(&mut cx, commune, &ids).await?.into_iter().collect();
    let lines = in_order(&ids, rows::rows(&mut cx, commune, &ids).await?, |row| row.id)
        .into_iter()
        .map(|row| {
            let papers = papers.get(&row.id).copied().unwrap_or_default();
            let lots = lots.get(&row.id).copied().unwrap_or(0);
            ProductLine { stars: stars.get(&row.id).copied(), papers, lots, row }
        })
        .collect();
    let villages = Villages::load(&mut cx, commune).await?;
    Ok(ProductTable { lines, pager, villages })
}
