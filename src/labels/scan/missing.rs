//! Codes that name no label: mistyped ones and those that were never issued. And `/t`, to type one.

use askama::Template;
use askama_web::WebTemplate;
use axum::extract::Query;
use axum::response::{Html, IntoResponse, Redirect, Response};
use http::{HeaderMap, HeaderValue, StatusCode, header};
use serde::Deserialize;
use serde_json::json;

use crate::ids::new_id;
use crate::web::{Ctx, Page};

use super::super::code::{CodeError, LabelCode};
use super::page::wants_json;
use super::texts::Texts;

/// What is shown back of a typed code, in characters.
const SHOWN: usize = 60;

#[derive(Template)]
#[template(path = "labels/templates/missing.html")]
struct MissingPage {
    page: Page,
    t: Texts,
    title: &'static str,
    lead: String,
    icon: &'static str,
    typed: String,
    compact: String,
    /// Request id of the report form, for a code that could have been issued.
    report: Option<String>,
}

#[derive(Template, WebTemplate)]
#[template(path = "labels/templates/code.html")]
struct CodePage {
    page: Page,
    t: Texts,
}

/// The query of `/t`.
#[derive(Debug, Deserialize)]
pub struct Typed {
    #[serde(default)]
    ma: String,
}

/// `GET /t`: a form to type a code; with one, on to its page.
pub async fn form(ctx: Ctx, Query(typed): Query<Typed>) -> Response {
    let typed: String = typed.ma.trim().chars().take(SHOWN).collect();
    if typed.is_empty() {
        let page = Page { current: "/t", ..Page::new(&ctx) };
        return CodePage { page, t: Texts(ctx.lang) }.into_response();
    }
    let code = match LabelCode::parse(&typed) {
        Ok(code) => code.compact(),
        Err(_) => percent_encoding::utf8_percent_encode(&typed, percent_encoding::NON_ALPHANUMERIC).to_string(),
    };
    Redirect::to(&format!("/t/{code}")).into_response()
}

/// The answer for a code that no label can have: 404, what is wrong, where to look, and the form again.
pub fn mistyped(ctx: &Ctx, headers: &HeaderMap, typed: &str, error: &CodeError) -> Response {
    let t = Texts(ctx.lang);
    let lead = match error {
        CodeError::Empty => t.typed_empty().to_owned(),
        CodeError::StrangeCharacter { character, position } => t.typed_strange(character, position),
        CodeError::WrongLength { found } => t.typed_length(found),
        CodeError::Mistyped => t.typed_check().to_owned(),
    };
    if wants_json(headers) {
        return problem(ctx, "label_mistyped", t.typed_title(), &lead);
    }
    let typed = crate::web::form::clean(typed).trim().chars().take(SHOWN).collect();
    let page = own_page(ctx, "/t");
    answer(&MissingPage {
        page,
        t,
        title: t.typed_title(),
        lead,
        icon: "typo",
        typed,
        compact: String::new(),
        report: None,
    })
}

/// The answer for a well-formed code that this commune never issued: 404, and a way to report it.
pub fn never_issued(ctx: &Ctx, headers: &HeaderMap, code: LabelCode) -> Response {
    let t = Texts(ctx.lang);
    let lead = t.unknown_lead(&ctx.commune.name);
    if wants_json(headers) {
        return problem(ctx, "label_unknown", t.unknown_title(), &lead);
    }
    answer(&MissingPage {
        page: own_page(ctx, &format!("/t/{}", code.compact())),
        t,
        title: t.unknown_title(),
        lead,
        icon: "none",
        typed: code.to_string(),
        compact: code.compact(),
        report: Some(new_id(ctx.now()).to_string()),
    })
}

fn own_page(ctx: &Ctx, path: &str) -> Page {
    Page { indexed: false, path: path.to_owned(), query: String::new(), ..Page::new(ctx) }
}

fn answer(page: &MissingPage) -> Response {
    match page.render() {
        Ok(html) => (StatusCode::NOT_FOUND, Html(html)).into_response(),
        Err(error) => crate::web::AppError::from(error).into_response(),
    }
}

/// problem+json (RFC 9457), as `web::problem` writes it, with a code of its own.
fn problem(ctx: &Ctx, code: &str, title: &str, detail: &str) -> Response {
    let body = json!({
        "type": format!("urn:sanvat:problem:{code}"),
        "title": title,
        "status": 404,
        "code": code,
        "request_id": &*ctx.request_id.0,
        "detail": detail,
    });
    let mut response = (StatusCode::NOT_FOUND, body.to_string()).into_response();
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
    response
}
