//! Monitoring: the officer's dashboard of today, and reports of a quarter, half-year or year whose figures stay as they
//! were taken, held against the targets of the commune's plan (its sections V, row 10, and IX).
//!
//! Start at [`model::Figures`] and [`store::figures::of`].

pub mod model;
mod pages;
pub mod store;
mod texts;

use axum::Router;
use axum::routing::{get, post};

use crate::app::App;

/// The office's pages of figures and reports.
pub fn router() -> Router<App> {
    Router::new()
        .route("/van-phong/tong-quan", get(pages::dashboard::show))
        .route("/van-phong/bao-cao", get(pages::list::list).post(pages::list::take))
        .route("/van-phong/bao-cao/chi-tieu", get(pages::targets::ask).post(pages::targets::save))
        .route("/van-phong/bao-cao/{id}", get(pages::one::show).post(pages::one::save))
        .route("/van-phong/bao-cao/{id}/ky", post(pages::one::sign))
        .route("/van-phong/bao-cao/{id}/tai", get(pages::one::ask_download).post(pages::one::download))
}
