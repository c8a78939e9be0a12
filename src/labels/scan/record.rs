//! `GET /t/{code}/epcis.json`: the events of the label's lot as an EPCIS 2.0 document, each exactly as accepted.

use axum::extract::Path;
use axum::response::{IntoResponse, Response};
use http::{HeaderMap, header};
use serde::Serialize;
use serde_json::value::RawValue;

use crate::traceability::epcis::STANDARD_CONTEXT;
use crate::traceability::store::events;
use crate::web::{AppError, Ctx};

use super::page::{Lookup, lookup};

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Document {
    #[serde(rename = "@context")]
    context: [&'static str; 1],
    #[serde(rename = "type")]
    kind: &'static str,
    schema_version: &'static str,
    creation_date: String,
    epcis_body: Body,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Body {
    event_list: Vec<Box<RawValue>>,
}

/// The lot's record; a label without a lot has none.
pub async fn epcis(ctx: Ctx, headers: HeaderMap, Path(typed): Path<String>) -> Result<Response, AppError> {
    let asked = match lookup(&ctx, &headers, &typed).await? {
        Lookup::Label(asked) => asked,
        Lookup::Missing(response) => return Ok(response),
    };
    let lot = asked.found.lot_id.ok_or(AppError::NotFound)?;
    let rows = {
        let mut conn = ctx.app.db.read().await?;
        events::events_of_lot(&mut conn.cx(), ctx.commune_id(), lot).await?
    };
    // Whoever downloads it twice gets the same bytes: it was made when the last event was recorded.
    let made = rows.iter().map(|row| row.record_time).max().unwrap_or(asked.found.issued_at);
    let events = rows.into_iter().map(|row| RawValue::from_string(row.body)).collect::<Result<Vec<_>, _>>();
    let document = Document {
        context: [STANDARD_CONTEXT],
        kind: "EPCISDocument",
        schema_version: "2.0",
        creation_date: made.iso(),
        epcis_body: Body { event_list: events.map_err(AppError::internal)? },
    };
    let body = serde_json::to_string_pretty(&document).map_err(AppError::internal)?;
    let name = format!("attachment; filename=\"{}-epcis.json\"", asked.code.compact());
    Ok(([(header::CONTENT_TYPE, "application/json".to_owned()), (header::CONTENT_DISPOSITION, name)], body)
        .into_response())
}
