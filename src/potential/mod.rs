//! The yearly review of products: which have the potential for OCOP or for digital channels, what they lack, who helps
//! by when; the list of potential products made of it, and proposals of support. (The commune's plan, section III.5:
//! "rà soát sản phẩm … có tiềm năng"; row 5 of its section V.)
//!
//! Start at [`model::Review`] and [`model::Gap`].

pub mod filter;
pub mod model;
mod pages;
pub mod store;
mod texts;

use axum::Router;
use axum::routing::get;

use crate::app::App;

/// The office's pages of the review.
pub fn router() -> Router<App> {
    Router::new()
        .route("/van-phong/ra-soat", get(pages::list::list))
        .route("/van-phong/ra-soat/tai", get(pages::list::ask_download).post(pages::list::download))
        .route("/van-phong/ra-soat/danh-sach", get(pages::official::list))
        .route("/van-phong/ra-soat/danh-sach/tai", get(pages::official::ask_download).post(pages::official::download))
        .route("/van-phong/ra-soat/de-xuat", get(pages::propose::ask).post(pages::propose::propose))
        .route("/van-phong/ra-soat/san-pham/{short}", get(pages::one::ask).post(pages::one::save))
}
