//! Figures of openings: how often people opened which labels, by hour, day, village, product and lot, and what they
//! did next.
//!
//! [`count`] carries each opening of the scan log once into sums and drops old rows; [`store::sums`] reads the sums and
//! what waits to be counted as one; `pages` show them to producers and to the office.

pub mod count;
pub mod model;
mod pages;
pub mod store;
mod texts;

use axum::routing::{get, post};
use axum::{Extension, Router};

use crate::app::App;
use crate::market::enquiry::Daily;

/// The routes of figures.
pub fn router() -> Router<App> {
    Router::new()
        .route("/cua-toi/luot-mo", get(pages::mine::show))
        .route("/cua-toi/luot-mo/tai.csv", get(pages::mine::csv))
        .route("/van-phong/luot-mo", get(pages::office::show))
        .route("/van-phong/luot-mo/tai.csv", get(pages::office::csv))
        .route("/san-pham/{address}/goi", post(pages::calls::tapped))
        .layer(Extension(Daily::default()))
}
