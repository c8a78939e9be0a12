//! Who may see and change which lots and places: the gate before the pages of this room.

use super::model::{Lot, LotCode, Place};
use super::store::{lots, places};
use crate::accounts::model::Role;
use crate::db::Cx;
use crate::ids::{PlaceId, UserId};
use crate::producers::acting::Acting;
use crate::producers::model::{Channel, Producer};
use crate::producers::store as producers;
use crate::review::flow::Author;
use crate::web::{AppError, Ctx};

/// A lot that the person logged in may work on.
#[derive(Clone, Debug)]
pub struct MyLot {
    /// The lot.
    pub lot: Lot,
    /// Whose it is.
    pub producer: Producer,
    /// As whom the person acts.
    pub author: Author,
}

/// The lot of this code, for who acts for its producer; everybody else is told that there is none.
pub async fn my_lot(ctx: &Ctx, cx: &mut Cx<'_>, code: &str) -> Result<MyLot, AppError> {
    ctx.person()?;
    let lot = lot_of(ctx, cx, code).await?;
    let (producer, author) = Acting::of_id(ctx, cx, lot.producer_id).await?;
    Ok(MyLot { lot, producer, author })
}

/// The place of this id with its producer, for who acts for that; everybody else is told that there is none.
pub async fn my_place(ctx: &Ctx, cx: &mut Cx<'_>, id: &str) -> Result<(Place, Producer, Author), AppError> {
    ctx.person()?;
    let id: PlaceId = id.parse().map_err(|_| AppError::NotFound)?;
    let place = places::by_id(cx, ctx.commune_id(), id).await?.ok_or(AppError::NotFound)?;
    let (producer, author) = Acting::of_id(ctx, cx, place.producer_id).await?;
    Ok((place, producer, author))
}

/// The lot of this code in the request's commune. An address in another spelling leads to the right one.
pub async fn lot_of(ctx: &Ctx, cx: &mut Cx<'_>, code: &str) -> Result<Lot, AppError> {
    let code = LotCode::parse(code).map_err(|_| AppError::NotFound)?;
    lots::by_code(cx, ctx.commune_id(), &code).await?.ok_or(AppError::NotFound)
}

/// True if the person may recall this producer's lots: its owner, or the office.
pub fn may_recall(ctx: &Ctx, lot: &MyLot) -> bool {
    let Some(person) = &ctx.person else { return false };
    let owner = person.grants.iter().any(|grant| {
        grant.role == Role::Owner
            && grant.commune_id == Some(ctx.commune_id())
            && grant.producer_id == Some(lot.producer.id)
    });
    owner || lot.author.channel == Channel::Office
}

/// The producers whose lots a page shows: the one named by `?co-so=`, for whoever acts for it, else the person's own.
pub async fn producers_of(ctx: &Ctx, cx: &mut Cx<'_>, named: &str) -> Result<Vec<Producer>, AppError> {
    let person = ctx.person()?.clone();
    if !named.is_empty() {
        let (producer, _) = Acting::of_short(ctx, cx, named).await?;
        return Ok(vec![producer]);
    }
    let mut mine = Vec::new();
    for id in person.producers(ctx.commune_id()) {
        mine.extend(producers::by_id(cx, ctx.commune_id(), id).await?);
    }
    Ok(mine)
}

/// The address that the audit log keeps.
pub fn address(ctx: &Ctx) -> Option<String> {
    Some(ctx.address.to_string())
}

/// The person's id, for the log; the gate has seen that somebody is logged in.
pub fn actor(ctx: &Ctx) -> Option<UserId> {
    ctx.person.as_ref().map(|person| person.id)
}
