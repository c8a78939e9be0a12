//! Who may do something with a lot: people of the producer that made it, and of one that received some of it.

use super::balance::{Balance, balance};
use super::store;
use crate::db::Cx;
use crate::producers::acting::Acting;
use crate::producers::model::Producer;
use crate::producers::store as producers;
use crate::review::flow::Author;
use crate::traceability::access::lot_of;
use crate::traceability::conversions::store as conversions;
use crate::traceability::model::Lot;
use crate::web::{AppError, Ctx};

/// A lot of which a producer has, or had, some.
#[derive(Clone, Debug)]
pub struct Held {
    /// The lot.
    pub lot: Lot,
    /// Who has it.
    pub holder: Producer,
    /// As whom the person acts.
    pub author: Author,
    /// What is left of it.
    pub balance: Balance,
}

impl Held {
    /// True if the holder made it.
    pub fn is_own(&self) -> bool {
        self.lot.producer_id == self.holder.id
    }

    /// The page from which the holder works with it: the lot's own, else that of what others handed on.
    pub fn page(&self) -> String {
        if self.is_own() { format!("/cua-toi/lo/{}", self.lot.code) } else { "/cua-toi/nhan-hang".to_owned() }
    }
}

/// The lot of this code in the hands of the producer named by `named` (a short address), else of its maker, else of
/// the person's own producer that received some. Everybody else is told that there is none.
pub async fn held(ctx: &Ctx, cx: &mut Cx<'_>, code: &str, named: &str) -> Result<Held, AppError> {
    ctx.person()?;
    let lot = lot_of(ctx, cx, code).await?;
    let movements = store::movements(cx, ctx.commune_id(), lot.id).await?;
    let stated = conversions::of_product(cx, ctx.commune_id(), lot.product_id).await?;
    for (holder, author) in holders(ctx, cx, &lot, named).await? {
        let balance = balance(&lot, holder.id, &movements, &stated);
        if holder.id == lot.producer_id || balance.had > 0 {
            return Ok(Held { lot, holder, author, balance });
        }
    }
    Err(AppError::NotFound)
}

async fn holders(ctx: &Ctx, cx: &mut Cx<'_>, lot: &Lot, named: &str) -> Result<Vec<(Producer, Author)>, AppError> {
    if !named.is_empty() {
        return Ok(vec![Acting::of_short(ctx, cx, named).await?]);
    }
    if let Ok(own) = Acting::of_id(ctx, cx, lot.producer_id).await {
        return Ok(vec![own]);
    }
    mine(ctx, cx).await
}

/// The person's own producers.
pub async fn mine(ctx: &Ctx, cx: &mut Cx<'_>) -> Result<Vec<(Producer, Author)>, AppError> {
    let mut mine = Vec::new();
    for id in ctx.person()?.clone().producers(ctx.commune_id()) {
        mine.push(Acting::of_id(ctx, cx, id).await?);
    }
    Ok(mine)
}

/// The producers for which a page of goods speaks: the one named, for whoever acts for it, else the person's own.
pub async fn speaking(ctx: &Ctx, cx: &mut Cx<'_>, named: &str) -> Result<Vec<(Producer, Author)>, AppError> {
    ctx.person()?;
    if named.is_empty() { mine(ctx, cx).await } else { Ok(vec![Acting::of_short(ctx, cx, named).await?]) }
}

/// Name of a producer; empty if it is not there.
pub async fn name_of(ctx: &Ctx, cx: &mut Cx<'_>, id: crate::ids::ProducerId) -> Result<String, AppError> {
    Ok(producers::by_id(cx, ctx.commune_id(), id).await?.map(|producer| producer.name).unwrap_or_default())
}
