//! Errors for programs: `application/problem+json` (RFC 9457) with `code`, `request_id` and `errors[]`.

use axum::response::{IntoResponse, Response};
use http::{HeaderValue, header};
use serde_json::json;

use super::error::AppError;
use super::i18n::Lang;

/// Renders an error for a program.
pub fn render(error: &AppError, lang: Lang, request_id: &str) -> Response {
    let row = error.row(lang);
    let errors = match error {
        AppError::Invalid(errors) => errors.as_slice(),
        _ => &[],
    };
    let mut body = json!({
        "type": format!("urn:sanvat:problem:{}", row.code),
        "title": row.title,
        "status": row.status.as_u16(),
        "code": row.code,
        "request_id": request_id,
    });
    if !row.advice.is_empty() {
        body["detail"] = json!(row.advice);
    }
    if !errors.is_empty() {
        body["errors"] = json!(errors);
    }
    let mut response = (row.status, body.to_string()).into_response();
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
    response
}
