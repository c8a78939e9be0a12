//! Ratings and reports of visitors: stored once each, however often the form is sent; read by the office.

use askama::Template;
use askama_web::WebTemplate;
use axum::extract::{Path, Query};
use axum::response::{IntoResponse, Redirect, Response};
use http::{HeaderMap, StatusCode};
use serde::Deserialize;

use crate::accounts::model::Phone;
use crate::db::words;
use crate::ids::{FeedbackId, LotId, ProductId};
use crate::web::{AppError, Ctx, Form, Page};

use super::super::code::LabelCode;
use super::super::model::key_of;
use super::super::store;
use super::missing;
use super::photo;
use super::texts::Texts;

/// The longest message, in characters.
const LONGEST: usize = 2_000;

words! {
    /// What a visitor sends.
    FeedbackKind {
        /// One to five.
        Rating = "rating": "Đánh giá" / "Rating",
        /// A problem, for the office.
        Report = "report": "Báo vấn đề" / "Report",
    }
}

/// What a visitor sent.
#[derive(Clone, Debug)]
pub struct NewFeedback {
    /// Row.
    pub id: FeedbackId,
    /// The label; None for a code that was never issued.
    pub label: Option<i64>,
    /// Its product.
    pub product: Option<ProductId>,
    /// Its lot.
    pub lot: Option<LotId>,
    /// The code in groups.
    pub code: String,
    /// What it is.
    pub kind: FeedbackKind,
    /// 1 to 5, of a rating.
    pub stars: Option<i32>,
    /// In the visitor's words.
    pub message: String,
    /// To call back; "" if not given.
    pub phone: String,
    /// Of the form.
    pub request: uuid::Uuid,
}

#[derive(Template, WebTemplate)]
#[template(path = "labels/templates/feedback.html")]
struct FeedbackPage {
    page: Page,
    t: Texts,
    form: Form,
    title: &'static str,
    code: String,
    is_rating: bool,
    stars: [(&'static str, &'static str, &'static str); 5],
}

#[derive(Template, WebTemplate)]
#[template(path = "labels/templates/thanks.html")]
struct ThanksPage {
    page: Page,
    t: Texts,
    title: &'static str,
    more: &'static str,
    code: String,
    /// Where a photo can be added.
    photo: Option<String>,
}

fn form_page(ctx: &Ctx, code: LabelCode, kind: FeedbackKind, mut form: Form) -> FeedbackPage {
    let t = Texts(ctx.lang);
    let is_rating = kind == FeedbackKind::Rating;
    if form.value("lan").is_empty() {
        form.set("lan", &crate::ids::new_id(ctx.now()).to_string());
    }
    FeedbackPage {
        page: Page { indexed: false, ..Page::new(ctx) },
        title: if is_rating { t.rate() } else { t.report_title() },
        code: code.compact(),
        is_rating,
        stars: [
            ("5", t.rate_5(), ""),
            ("4", t.rate_4(), ""),
            ("3", t.rate_3(), ""),
            ("2", t.rate_2(), ""),
            ("1", t.rate_1(), ""),
        ],
        form,
        t,
    }
}

/// `GET /t/{code}/danh-gia`: the form on a page of its own, as after a mistake.
pub async fn rating_form(ctx: Ctx, headers: HeaderMap, Path(typed): Path<String>) -> Response {
    blank(&ctx, &headers, &typed, FeedbackKind::Rating)
}

/// `GET /t/{code}/bao`.
pub async fn report_form(ctx: Ctx, headers: HeaderMap, Path(typed): Path<String>) -> Response {
    blank(&ctx, &headers, &typed, FeedbackKind::Report)
}

fn blank(ctx: &Ctx, headers: &HeaderMap, typed: &str, kind: FeedbackKind) -> Response {
    match LabelCode::parse(typed) {
        Ok(code) => form_page(ctx, code, kind, Form::default()).into_response(),
        Err(error) => missing::mistyped(ctx, headers, typed, &error),
    }
}

/// `POST /t/{code}/danh-gia`.
pub async fn rate(
    ctx: Ctx,
    headers: HeaderMap,
    Path(typed): Path<String>,
    mut form: Form,
) -> Result<Response, AppError> {
    let code = match LabelCode::parse(&typed) {
        Ok(code) => code,
        Err(error) => return Ok(missing::mistyped(&ctx, &headers, &typed, &error)),
    };
    let stars = form.value("sao").parse::<i32>().ok().filter(|stars| (1..=5).contains(stars));
    if stars.is_none() {
        form.fail("sao", Texts(ctx.lang).rate_missing());
    }
    let message = form.text("loi", LONGEST, ctx.lang);
    let (Some(_), Some(message)) = (stars, message) else {
        let page = form_page(&ctx, code, FeedbackKind::Rating, form);
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response());
    };
    keep(&ctx, code, &form, FeedbackKind::Rating, stars, message, String::new()).await?;
    Ok(Redirect::to(&format!("/t/{}/cam-on?viec=danh-gia", code.compact())).into_response())
}

/// `POST /t/{code}/bao`; also of a code that was never issued.
pub async fn report(
    ctx: Ctx,
    headers: HeaderMap,
    Path(typed): Path<String>,
    mut form: Form,
) -> Result<Response, AppError> {
    let code = match LabelCode::parse(&typed) {
        Ok(code) => code,
        Err(error) => return Ok(missing::mistyped(&ctx, &headers, &typed, &error)),
    };
    let message = form.required("noi-dung", LONGEST, Texts(ctx.lang).report_missing(), ctx.lang);
    let phone = form.parse_with("phone", Phone::parse, |error| error.say(ctx.lang));
    let (Some(message), true) = (message, form.is_fine()) else {
        let page = form_page(&ctx, code, FeedbackKind::Report, form);
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response());
    };
    let phone = phone.map(|phone| phone.as_str().to_owned()).unwrap_or_default();
    let request = form.request_id(ctx.now());
    form.set("lan", &request.to_string());
    keep(&ctx, code, &form, FeedbackKind::Report, None, message, phone).await?;
    Ok(Redirect::to(&format!("/t/{}/cam-on?viec=bao&phieu={request}", code.compact())).into_response())
}

async fn keep(
    ctx: &Ctx,
    code: LabelCode,
    form: &Form,
    kind: FeedbackKind,
    stars: Option<i32>,
    message: String,
    phone: String,
) -> Result<(), AppError> {
    let now = ctx.now();
    let (commune, id) = key_of(code);
    let mut tx = ctx.app.db.begin().await?;
    let found = if commune == ctx.commune_id() { store::find(&mut tx.cx(), commune, id).await? } else { None };
    // A rating is of a label; a report may be of a code that nobody issued.
    if kind == FeedbackKind::Rating && found.is_none() {
        return Err(AppError::NotFound);
    }
    let feedback = NewFeedback {
        id: FeedbackId::new(now),
        label: found.as_ref().map(|found| found.id),
        product: found.as_ref().map(|found| found.product_id),
        lot: found.as_ref().and_then(|found| found.lot_id),
        code: code.to_string(),
        kind,
        stars,
        message,
        phone,
        request: form.request_id(now),
    };
    store::insert_feedback(&mut tx.cx(), ctx.commune_id(), &feedback, now).await?;
    tx.commit().await?;
    Ok(())
}

/// The query of the thank-you page.
#[derive(Debug, Deserialize)]
pub struct ThanksFor {
    #[serde(default)]
    viec: String,
    /// Request id of the report that a photo can be added to.
    #[serde(default)]
    phieu: String,
}

/// `GET /t/{code}/cam-on`.
pub async fn thanks(ctx: Ctx, Path(typed): Path<String>, Query(what): Query<ThanksFor>) -> Result<Response, AppError> {
    let code = LabelCode::parse(&typed).map_err(|_| AppError::NotFound)?;
    let t = Texts(ctx.lang);
    let (title, more) = match what.viec.as_str() {
        "bao" => (t.thanks_report(), t.thanks_report_more()),
        "anh" => (t.thanks_report(), t.thanks_photo_more()),
        _ => (t.thanks_rating(), t.thanks_rating_more()),
    };
    let photo = what.phieu.parse().ok().map(|request| photo::path(code, request));
    let page = Page { indexed: false, ..Page::new(&ctx) };
    Ok(ThanksPage { page, t, title, more, code: code.compact(), photo }.into_response())
}
