//! The documents of a label's lot, for anybody: `GET /t/{code}/epcis.json`, `events.csv`, `passport.json`, and `in` to
//! print (see `traceability::documents`).

use axum::extract::Path;
use axum::response::Response;
use http::HeaderMap;

use crate::traceability::documents::load::{Audience, load};
use crate::traceability::documents::pages::{LotFile, answer};
use crate::traceability::store::lots;
use crate::web::{AppError, Ctx, Page};

use super::page::{Lookup, lookup};

/// A document of the label's lot; a label without a lot has none.
pub async fn document(
    ctx: Ctx,
    headers: HeaderMap,
    Path((typed, name)): Path<(String, String)>,
) -> Result<Response, AppError> {
    let file = LotFile::parse(&name).ok_or(AppError::NotFound)?;
    let asked = match lookup(&ctx, &headers, &typed).await? {
        Lookup::Label(asked) => asked,
        Lookup::Missing(response) => return Ok(response),
    };
    let mut papers = {
        let mut conn = ctx.app.db.read().await?;
        let cx = &mut conn.cx();
        let id = asked.found.lot_id.ok_or(AppError::NotFound)?;
        let lot = lots::by_id(cx, ctx.commune_id(), id).await?.ok_or(AppError::NotFound)?;
        load(&ctx, cx, lot, Audience::Public).await?
    };
    // Asked for by this label, it is this label's.
    papers.label = Some(asked.code);
    // Nothing on it depends on who looks.
    let page = Page { indexed: false, person: None, ..Page::new(&ctx) };
    answer(&ctx, papers, file, page)
}
