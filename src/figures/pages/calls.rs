//! `POST /san-pham/{…}/goi`: the browser tells that a producer's number was tapped (`ping` of the link, HTML 4.6.5).
//! The call itself needs no answer from here, and a browser that tells nothing calls all the same.

use axum::Extension;
use axum::extract::Path;
use http::{HeaderMap, StatusCode};

use super::super::store::next;
use crate::labels::visitor;
use crate::market::enquiry::Daily;
use crate::market::product;
use crate::web::{AppError, Ctx};

/// Taps counted of one network in one day.
const A_DAY: u32 = 20;

/// Counts the tap.
pub async fn tapped(
    ctx: Ctx,
    Extension(daily): Extension<Daily>,
    headers: HeaderMap,
    Path(address): Path<String>,
) -> Result<StatusCode, AppError> {
    let row = product::listed(&ctx, &address).await?;
    if visitor::is_person(visitor::agent(&headers)) && daily.takes(ctx.address, ctx.today(), A_DAY) {
        let mut tx = ctx.app.db.begin().await?;
        next::add_call(&mut tx.cx(), ctx.commune_id(), row.id, ctx.today()).await?;
        tx.commit().await?;
    }
    Ok(StatusCode::NO_CONTENT)
}
