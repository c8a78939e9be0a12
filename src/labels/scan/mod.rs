//! What opens when a label is scanned: `/t/{code}`, and `/T/{CODE}` as the QR holds it.
//!
//! Start at [`page::show`]: the code is parsed, found with one key read, its page taken from
//! [`super::cache`] or made from [`facts`] (read by [`load`]), the opening is counted, and both are waited for.
//! [`missing`] answers codes that are mistyped or were never issued, [`feedback`] takes ratings and reports, [`photo`] a photo to
//! a report,
//! [`input`] tells of lots without a label, one tap back,
//! [`record`] hands out the lot's documents, [`pictures`] the QR itself.

pub mod facts;
pub mod feedback;
pub mod freshness;
pub mod input;
pub mod json;
pub mod load;
pub mod missing;
pub mod page;
pub mod photo;
pub mod pictures;
pub mod recall;
pub mod record;
pub mod step;
mod texts;

use axum::Router;
use axum::routing::{get, post};

use crate::app::App;

/// The routes of scanned codes.
pub fn router() -> Router<App> {
    Router::new()
        .route("/t", get(missing::form))
        .route("/T", get(missing::form))
        .route("/t/{code}", get(page::show))
        .route("/T/{code}", get(page::show))
        .route("/t/{code}/{name}", get(record::document))
        .route("/t/{code}/lo/{lot}", get(input::show))
        .route("/t/{code}/qr.svg", get(pictures::svg))
        .route("/t/{code}/qr.png", get(pictures::png))
        .route("/t/{code}/danh-gia", post(feedback::rate).get(feedback::rating_form))
        .route("/t/{code}/bao", post(feedback::report).get(feedback::report_form))
        .route("/t/{code}/bao/{request}/anh", get(photo::ask).post(photo::send))
        .route("/t/{code}/cam-on", get(feedback::thanks))
}
