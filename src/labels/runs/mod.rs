//! The producer's pages of label runs: `/cua-toi/tem`.
//!
//! [`order`] asks what is to be printed and issues it, [`pages`] lists runs and shows one, [`mod@print`] makes the PDF.
//! Who may act for a producer says [`crate::producers::acting::Acting`].

pub mod order;
pub mod pages;
pub mod print;
mod texts;

use axum::Router;
use axum::routing::get;

use crate::app::App;

/// The routes of label runs.
pub fn router() -> Router<App> {
    Router::new()
        .route("/cua-toi/tem", get(pages::list))
        .route("/cua-toi/tem/moi", get(order::ask).post(order::issue))
        .route("/cua-toi/tem/{number}", get(pages::show))
        .route("/cua-toi/tem/{number}/to.pdf", get(print::pdf))
}
