//! `/healthz` (the process answers) and `/readyz` (so do the database, the file store and the index).

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::{StatusCode, header};
use serde_json::json;

use crate::app::App;

/// `GET /healthz`.
pub async fn alive() -> &'static str {
    "ok\n"
}

/// `GET /readyz`: 200 when the database and the files answer, else 503. A search server that is away does not
/// make the program unready: pages then answer from the database.
pub async fn ready(State(app): State<App>) -> Response {
    let database = async {
        let mut conn = app.db.read().await?;
        crate::web::communes::all(&mut conn.cx()).await
    };
    let database = database.await.map(|_| ()).map_err(|e| e.to_string());
    let files = app.files.probe().await.map_err(|e| e.to_string());
    let search = app.search.health().await.map(|_| ()).map_err(|e| e.to_string());
    for (part, found) in [("database", &database), ("files", &files), ("search", &search)] {
        if let Err(error) = found {
            tracing::warn!(part, error, "not ready");
        }
    }
    let word = |found: &Result<(), String>| if found.is_ok() { "ok" } else { "down" };
    let body = json!({ "database": word(&database), "files": word(&files), "search": word(&search) });
    let status = if database.is_ok() && files.is_ok() { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    (status, [(header::CONTENT_TYPE, "application/json")], body.to_string()).into_response()
}
