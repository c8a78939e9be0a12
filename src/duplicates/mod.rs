//! Producers registered twice: which look like one, what the office says of each pair, merges and their undoing.
//!
//! Start at [`model::Reasons`] and [`merge::merge`].

mod fields;
pub mod merge;
pub mod model;
mod pages;
pub mod store;
mod texts;

use axum::Router;
use axum::routing::{get, post};

use crate::app::App;

/// The office's pages of duplicates.
pub fn router() -> Router<App> {
    Router::new()
        .route("/van-phong/trung-lap", get(pages::lists::show))
        .route("/van-phong/trung-lap/gop/{id}", get(pages::merged::show))
        .route("/van-phong/trung-lap/gop/{id}/hoan-tac", post(pages::merged::undo))
        .route("/van-phong/trung-lap/{kept}/{other}", get(pages::pair::show).post(pages::pair::merge))
        .route("/van-phong/trung-lap/{kept}/{other}/khac", post(pages::pair::set_apart))
        .route("/van-phong/trung-lap/{kept}/{other}/xem-lai", post(pages::pair::look_again))
}
