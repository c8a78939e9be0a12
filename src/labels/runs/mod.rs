//! The producer's pages of label runs: `/cua-toi/tem`.
//!
//! [`order`] asks what is to be printed and issues it, [`pages`] lists runs and shows one with a preview of its label,
//! [`mod@print`] records what is printed and makes the PDF, [`codes`] the file for a print shop, [`void`] declares
//! labels void. [`gate`] says what stands in the way. Who may act for a producer says
//! [`crate::producers::acting::Acting`].

pub mod codes;
pub mod gate;
pub mod load;
pub mod order;
pub mod pages;
pub mod print;
mod texts;
pub mod void;
pub mod wish;

use axum::Router;
use axum::routing::{get, post};

use crate::app::App;

/// The routes of label runs.
pub fn router() -> Router<App> {
    Router::new()
        .route("/cua-toi/tem", get(pages::list))
        .route("/cua-toi/tem/moi", get(order::ask).post(order::issue))
        .route("/cua-toi/tem/{number}", get(pages::show))
        .route("/cua-toi/tem/{number}/xem.svg", get(pages::preview))
        .route("/cua-toi/tem/{number}/in", post(print::record))
        .route("/cua-toi/tem/{number}/ma", post(print::record_file))
        .route("/cua-toi/tem/{number}/in/{id}/to.pdf", get(print::pdf))
        .route("/cua-toi/tem/{number}/in/{id}/ma.csv", get(codes::csv))
        .route("/cua-toi/tem/{number}/huy", get(void::ask).post(void::declare))
        .route("/cua-toi/tem/{number}/dung", post(void::stop))
}
