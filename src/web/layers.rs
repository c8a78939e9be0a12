//! What is around every handler: request number and log line, body limit, time limit, panic guard, the
//! cross-site check, the language cookie, security headers, and the rendering of errors as a page or as
//! problem+json by route family.

use std::sync::Arc;
use std::time::{Duration, Instant};

use askama::Template;
use axum::body::{Body, to_bytes};
use axum::extract::{FromRequestParts, Request, State};
use axum::middleware::Next;
use axum::response::{Html, IntoResponse, Redirect, Response};
use http::request::Parts;
use http::{HeaderMap, HeaderValue, Method, StatusCode, header};

use super::context::{Ctx, RequestId};
use super::error::{AppError, ErrorRow};
use super::form::MAX_FORM_BYTES;
use super::kept::{Kept, Lent};
use super::{Lang, Page, problem, security};
use crate::app::App;

/// The longest a handler may take.
const TIME_LIMIT: Duration = Duration::from_secs(30);
/// The same for a form with files, which crawls in over a village's 3G; silence ends it sooner (`files::receive`).
const UPLOAD_TIME_LIMIT: Duration = Duration::from_mins(10);

#[derive(Template)]
#[template(path = "web/templates/error.html")]
struct ErrorPage {
    page: Page,
    row: ErrorRow,
    errors: Vec<super::FieldError>,
    request_id: String,
    /// Where the form goes again, and what was typed into it.
    again: Option<(String, Kept)>,
}

#[derive(Template)]
#[template(path = "web/templates/error_bare.html")]
struct BareErrorPage {
    lang: Lang,
    row: ErrorRow,
    request_id: String,
}

/// Puts the layers around the routes.
pub fn wrap(router: axum::Router<App>, app: &App) -> axum::Router<App> {
    router
        .layer(axum::middleware::from_fn_with_state(app.clone(), around))
        .layer(tower_http::compression::CompressionLayer::new().no_br().no_deflate().no_zstd())
}

/// True for answers that programs read.
pub fn is_api(path: &str, headers: &HeaderMap) -> bool {
    path.starts_with("/api/") || {
        let accept = headers.get(header::ACCEPT).and_then(|v| v.to_str().ok()).unwrap_or_default();
        accept.contains("json") && !accept.contains("text/html")
    }
}

async fn around(State(app): State<App>, request: Request, next: Next) -> Response {
    let begun = Instant::now();
    let (mut parts, body) = request.into_parts();
    let request_id: Arc<str> = crate::ids::new_token(10).into();
    parts.extensions.insert(RequestId(request_id.clone()));
    let method = parts.method.clone();
    let path = parts.uri.path().to_owned();
    let api = is_api(&path, &parts.headers);

    let mut response = answer(&app, &mut parts, body, next).await;
    if let Some(error) = response.extensions_mut().remove::<AppError>() {
        if let AppError::Internal(chain) = &error {
            tracing::error!(request_id = %request_id, %method, path, error = chain, "internal error");
        }
        let allow = response.headers_mut().remove(header::ALLOW);
        response = render(&app, &mut parts, error, api, &request_id).await;
        if let Some(allow) = allow {
            // RFC 9110 section 15.5.6: a 405 names the methods that are taken.
            response.headers_mut().insert(header::ALLOW, allow);
        }
    }

    let headers = response.headers_mut();
    if let Some(lang) = asked_lang(&parts) {
        let value = format!("lang={}; Path=/; Max-Age=31536000; SameSite=Lax", lang.tag());
        if let Ok(value) = HeaderValue::from_str(&value) {
            headers.append(header::SET_COOKIE, value);
        }
    }
    security::set_headers(headers, app.config.is_https());
    if let Ok(value) = HeaderValue::from_str(&request_id) {
        headers.insert("x-request-id", value);
    }
    let status = response.status().as_u16();
    tracing::debug!(request_id = %request_id, %method, path, status, micros = begun.elapsed().as_micros() as u64, "request");
    response
}

fn asked_lang(parts: &Parts) -> Option<Lang> {
    parts.uri.query()?.split('&').find_map(|pair| pair.strip_prefix("lang=")).and_then(Lang::from_tag)
}

/// Runs the handler behind the checks. A form that can't be done, because its session ended meanwhile or the database
/// is away, does not cost what was typed: it is put among `parts` as [`Kept`].
async fn answer(app: &App, parts: &mut Parts, body: Body, next: Next) -> Response {
    let cookie_name = crate::accounts::session::cookie_name(app);
    let has_session = super::context::cookie(&parts.headers, cookie_name).is_some();
    if let Err(error) = security::check_same_site(&parts.method, &parts.headers, has_session) {
        return error.into_response();
    }
    let is_of_type = |start: &[u8]| {
        let media_type = parts.headers.get(header::CONTENT_TYPE);
        parts.method == Method::POST && media_type.is_some_and(|v| v.as_bytes().starts_with(start))
    };
    let is_plain_form = is_of_type(b"application/x-www-form-");
    let has_files = is_of_type(b"multipart/form-data");
    let time_limit = if has_files { UPLOAD_TIME_LIMIT } else { TIME_LIMIT };
    let (mut typed, mut lent) = (None, None);
    let body = if has_files {
        let (lender, body) = Lent::lend(body);
        parts.extensions.insert(lender.clone());
        lent = Some(lender);
        body
    } else if is_plain_form {
        let Ok(bytes) = to_bytes(body, MAX_FORM_BYTES).await else {
            let message = "Biểu mẫu quá lớn: tối đa 512 KB. / The form is too large: at most 512 KB.";
            return AppError::TooLarge(message.to_owned()).into_response();
        };
        typed = Some(bytes.clone());
        Body::from(bytes)
    } else {
        body
    };
    let mut request = Request::new(body);
    request.method_mut().clone_from(&parts.method);
    request.uri_mut().clone_from(&parts.uri);
    *request.version_mut() = parts.version;
    *request.headers_mut() = parts.headers.clone();
    *request.extensions_mut() = parts.extensions.clone();

    // On a task of its own a panic is an error of this request alone.
    let task = tokio::spawn(tokio::time::timeout(time_limit, next.run(request)));
    let mut response = match task.await {
        Ok(Ok(response)) => response,
        Ok(Err(_)) => AppError::Unavailable.into_response(),
        Err(error) => AppError::Internal(format!("handler stopped: {error}")).into_response(),
    };
    if response.status() == StatusCode::METHOD_NOT_ALLOWED && response.extensions().get::<AppError>().is_none() {
        response.extensions_mut().insert(AppError::MethodNotAllowed);
    }
    if response.extensions().get::<AppError>().is_some_and(AppError::may_be_tried_again) {
        let kept = match (typed, lent) {
            (Some(typed), _) => Some(Kept::of_plain(&typed)),
            (None, Some(lent)) => Some(lent.typed(parts).await),
            (None, None) => None,
        };
        if let Some(kept) = kept {
            parts.extensions.insert(kept);
        }
    }
    response
}

async fn render(app: &App, parts: &mut Parts, error: AppError, api: bool, request_id: &str) -> Response {
    // Where the database is away, asking it who this is would only take more time.
    let ctx = if error.status() == StatusCode::SERVICE_UNAVAILABLE {
        Ctx::without_person(parts, app)
    } else {
        Ctx::from_request_parts(parts, app).await
    };
    let lang = ctx.as_ref().map_or(Lang::Vi, |ctx| ctx.lang);
    if let AppError::Moved(to) = &error {
        return moved(to);
    }
    if api {
        return problem::render(&error, lang, request_id);
    }
    let row = error.row(lang);
    let status = row.status;
    let Ok(ctx) = ctx else {
        let page = BareErrorPage { lang, row, request_id: request_id.to_owned() };
        return (status, Html(page.render().unwrap_or_default())).into_response();
    };
    if matches!(error, AppError::LoginNeeded) {
        let Some(kept) = parts.extensions.get::<Kept>() else {
            let back = if parts.method == Method::GET {
                parts.uri.path_and_query().map_or("/", http::uri::PathAndQuery::as_str).to_owned()
            } else {
                parts.uri.path().to_owned()
            };
            return Redirect::to(&crate::accounts::pages::login_url(&back)).into_response();
        };
        return crate::accounts::pages::login_again(&ctx, kept);
    }
    let errors = match error {
        AppError::Invalid(errors) => errors,
        _ => Vec::new(),
    };
    let mut page = Page::new(&ctx);
    page.indexed = false;
    let to = parts.uri.path_and_query().map_or("/", http::uri::PathAndQuery::as_str).to_owned();
    let again = parts.extensions.get::<Kept>().map(|kept| (to, kept.clone()));
    let body = ErrorPage { page, row, errors, request_id: request_id.to_owned(), again }.render();
    (status, Html(body.unwrap_or_default())).into_response()
}

fn moved(to: &str) -> Response {
    match HeaderValue::from_str(to) {
        Ok(value) => (StatusCode::MOVED_PERMANENTLY, [(header::LOCATION, value)]).into_response(),
        Err(_) => StatusCode::NOT_FOUND.into_response(),
    }
}
