//! The pages of activities.

pub mod attend;
pub mod door;
pub mod edit;
pub mod feedback;
pub mod give;
pub mod invite;
pub mod list;
pub mod mine;
pub mod one;
pub mod papers;

use super::model::Activity;
use super::store;
use crate::db::Cx;
use crate::ids::ActivityId;
use crate::web::{AppError, Ctx, audit};

/// The office's address.
const HERE: &str = "/van-phong/hoat-dong";
/// The navigation item.
const NAV: &str = "/van-phong/ho-tro";

async fn load(ctx: &Ctx, cx: &mut Cx<'_>, id: &str) -> Result<Activity, AppError> {
    let id: ActivityId = id.parse().map_err(|_| AppError::NotFound)?;
    store::by_id(cx, ctx.commune_id(), id).await?.ok_or(AppError::NotFound)
}

async fn by_token(ctx: &Ctx, cx: &mut Cx<'_>, token: &str) -> Result<Activity, AppError> {
    store::by_token(cx, ctx.commune_id(), token).await?.ok_or(AppError::NotFound)
}

/// Writes an entry of the log about an activity.
async fn note(ctx: &Ctx, cx: &mut Cx<'_>, activity: &Activity, action: &str, told: &str) -> Result<(), AppError> {
    audit::note(ctx, cx, action, ("activity", activity.id.0), Some(&activity.title), Some(told)).await
}
