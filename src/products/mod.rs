//! Products (sản phẩm): catalogue records, photos, certificates, and the forms in which they are told.
//!
//! Start at [`model`]; the lists a product is described by are in [`catalogue`]. The form: [`fields`] says what is
//! asked in which step, [`steps`] reads the answers, [`desk`] opens and saves the revision they go into, the
//! `…_pages` show it.

pub mod catalogue;
mod desk;
pub mod fields;
pub mod gtin;
mod list_pages;
pub mod listed;
pub mod model;
mod paper_pages;
pub mod papers;
mod photo_pages;
pub mod season;
mod step_pages;
pub mod steps;
pub mod store;
mod submit_pages;
mod task_pages;
mod texts;

use axum::Router;
use axum::routing::{get, post};

use crate::app::App;

/// The pages of a producer's products, for itself and for who acts for it.
pub fn router() -> Router<App> {
    Router::new()
        .route("/cua-toi/san-pham", get(list_pages::list))
        .route("/cua-toi/san-pham/moi", get(list_pages::new).post(list_pages::begin))
        .route("/cua-toi/san-pham/{short}", get(task_pages::tasks))
        .route("/cua-toi/san-pham/{short}/anh", get(photo_pages::show).post(photo_pages::save))
        .route("/cua-toi/san-pham/{short}/giay-to", get(paper_pages::list))
        .route("/cua-toi/san-pham/{short}/giay-to/{id}", get(paper_pages::show).post(paper_pages::save))
        .route("/cua-toi/san-pham/{short}/giay-to/{id}/bo", post(paper_pages::remove))
        .route("/cua-toi/san-pham/{short}/xem-lai", get(submit_pages::check).post(submit_pages::submit))
        .route("/cua-toi/san-pham/{short}/rut", post(submit_pages::take_back))
        .route("/cua-toi/san-pham/{short}/con-hang", post(task_pages::switch))
        .route("/cua-toi/san-pham/{short}/{step}", get(step_pages::show).post(step_pages::save))
}
