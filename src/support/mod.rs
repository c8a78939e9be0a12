//! Support given to producers: records, the year's list, the list of supported producers, and the files made of
//! them. [`export`] writes any table of the office as a spreadsheet; [`download`] asks what for, and logs it.
//!
//! Start at [`model::SupportRow`].

pub mod download;
pub mod export;
pub mod model;
mod official;
mod pages;
mod record;
pub mod store;
mod texts;

use axum::Router;
use axum::routing::get;

use crate::app::App;

/// The office's pages of support.
pub fn router() -> Router<App> {
    Router::new()
        .route("/van-phong/ho-tro", get(pages::list))
        .route("/van-phong/ho-tro/tai", get(pages::ask_download).post(pages::download))
        .route("/van-phong/ho-tro/moi", get(record::begin).post(record::record))
        .route("/van-phong/ho-tro/{id}/bo", get(record::ask_void).post(record::void))
        .route("/van-phong/ho-tro/danh-sach", get(official::list))
        .route("/van-phong/ho-tro/danh-sach/tai", get(official::ask_download).post(official::download))
}
