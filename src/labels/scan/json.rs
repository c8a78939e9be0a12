//! The answer to `Accept: application/json`: the facts of [`super::facts::Facts`], the code and its address.
//!
//! ```json
//! {"code": "0ABC-DEFG-HJKM-NP", "url": "https://…/t/0ABCDEFGHJKMNP", "language": "vi",
//!  "statement": "issued 2026-06-11", "serial": 417, "opened": 3, "status": "issued", "kind": "serial",
//!  "product": {…}, "producer": {…} or null, "lot": {…} or null, "steps": […], "inputs": […],
//!  "certificates": […], "ocop": {…} or null, "record": {…}, "record_url": "https://…/epcis.json"}
//! ```
//! `serial` and `opened` are there for labels of one piece only. Days are `YYYY-MM-DD`, times RFC 3339.

use serde::Serialize;

use crate::web::Ctx;

use super::super::cache::Gap;
use super::super::model::RunKind;
use super::facts::Facts;
use super::page::origin;

#[derive(Serialize)]
struct View<'a> {
    code: String,
    url: String,
    record_url: String,
    language: &'static str,
    #[serde(flatten)]
    facts: &'a Facts,
}

/// The JSON with its gaps; numbers come in by their gaps too.
pub fn render(ctx: &Ctx, facts: &Facts, kind: RunKind) -> String {
    let url = format!("{}/t/{}", origin(&ctx.app, &ctx.commune), Gap::Compact.mark());
    let view = View {
        code: Gap::Code.mark().to_string(),
        record_url: format!("{url}/epcis.json"),
        url,
        language: ctx.lang.tag(),
        facts,
    };
    let mut text = serde_json::to_string(&view).unwrap_or_default();
    if kind == RunKind::Serial && text.ends_with('}') {
        text.pop();
        text.push_str(r#","serial":"#);
        text.push(Gap::Serial.mark());
        text.push_str(r#","opened":"#);
        text.push(Gap::Times.mark());
        text.push('}');
    }
    text
}
