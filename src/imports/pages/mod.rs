//! The pages: files sent and given back ([`upload`]), what a file would do and did ([`batch`]), what its columns hold
//! ([`columns`]), files that come back unchanged ([`exports`]).

pub mod batch;
pub mod columns;
pub mod exports;
pub mod upload;

use super::kinds::Around;
use super::model::{Actor, Batch};
use super::store;
use crate::web::{AppError, Ctx};

/// Where the pages are.
pub const HERE: &str = "/van-phong/nhap";

/// The batch of this id.
async fn load(ctx: &Ctx, id: &str) -> Result<Batch, AppError> {
    let id = id.parse().map_err(|_| AppError::NotFound)?;
    let mut conn = ctx.app.db.read().await?;
    store::by_id(&mut conn.cx(), ctx.commune_id(), id).await?.ok_or(AppError::NotFound)
}

fn around(ctx: &Ctx) -> Around {
    Around { commune: ctx.commune_id(), lang: ctx.lang, today: ctx.today() }
}

fn actor(ctx: &Ctx) -> Result<Actor, AppError> {
    Ok(Actor { by: ctx.user_id()?, lang: ctx.lang, address: ctx.address.to_string() })
}
