//! A lot's history as a document: an EPCIS 2.0 document with master data, a table of its events, a page to print,
//! and the passport that Thông tư 02/2024/TT-BKHCN and Nghị định 37/2026/NĐ-CP ask for, with what it still lacks.
//!
//! [`load`] reads what all of them tell; [`epcis`], [`table`] and [`passport`] are pure; [`pages`] answers. The public
//! gets what the scan page shows: a producer that did not agree to labels is named nowhere, an exact place only where
//! it agreed to that. A lot is public as soon as a label of it was issued.

pub mod epcis;
pub mod load;
pub mod pages;
pub mod passport;
pub mod table;
mod texts;

use axum::Router;
use axum::routing::get;

use crate::app::App;

/// The routes of a lot's documents. Those of a label stand with the label (`labels::scan`).
pub fn router() -> Router<App> {
    Router::new()
        .route("/cua-toi/lo/{code}/tai-lieu", get(pages::mine))
        .route("/cua-toi/lo/{code}/tai-lieu/{name}", get(pages::my_file))
        .route("/van-phong/lo/{code}/tai-lieu", get(pages::office))
        .route("/van-phong/lo/{code}/tai-lieu/{name}", get(pages::office_file))
        .route("/api/v1/lots/{code}/{name}", get(pages::api))
        .route("/api/schema/lot-passport.json", get(pages::schema))
}
