//! What one piece of a product weighs or holds, as its producer states it: "1 quả ≈ 0,35 kg".
//!
//! Nothing is guessed: without a statement pieces and kilograms stay apart. A statement counts for what is recorded
//! from then on ([`model::Statements::at`]), so that a later one changes nothing that was recorded. [`store`] has the
//! SQL, [`pages`] the form.

pub mod model;
pub mod pages;
pub mod store;
pub(super) mod texts;

use axum::Router;
use axum::routing::get;

use crate::app::App;

/// The routes of stated conversions.
pub fn router() -> Router<App> {
    Router::new().route("/cua-toi/san-pham/{short}/quy-doi", get(pages::show).post(pages::state))
}
