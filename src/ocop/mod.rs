//! OCOP dossiers: one a product at a time, with its items and papers, own scoring by a rubric, the commune's opinion,
//! passing on to the city, and the decision that came of it (Quyết định 148/QĐ-TTg; since Quyết định 1489/QĐ-TTg the
//! city judges from 3 stars on). Nothing here shows stars to a buyer: a recorded decision does, and
//! `products::store` says which stands.
//!
//! Start at [`model::Dossier`], [`item_list::ItemList`] and [`rubric::Rubric`].

pub mod facts;
pub mod item_list;
pub mod level;
pub mod model;
pub mod opinion;
mod pages;
pub mod rubric;
pub mod store;
mod texts;

use axum::Router;
use axum::routing::{get, post};

pub(crate) use pages::decision::read as read_decision;

use crate::app::App;

/// The pages of dossiers: the office's and the producer's.
pub fn router() -> Router<App> {
    Router::new()
        .route("/van-phong/ocop", get(pages::list::list))
        .route("/van-phong/ocop/tai", get(pages::list::ask_download).post(pages::list::download))
        .route("/van-phong/ocop/mo/{short}", get(pages::begin::ask).post(pages::begin::open))
        .route("/van-phong/ocop/bo-tieu-chi", get(pages::rubrics::list))
        .route("/van-phong/ocop/bo-tieu-chi/{code}", get(pages::rubrics::ask).post(pages::rubrics::save))
        .route("/van-phong/ocop/danh-muc", get(pages::item_lists::list))
        .route("/van-phong/ocop/danh-muc/{code}", get(pages::item_lists::ask).post(pages::item_lists::save))
        .route("/van-phong/ocop/quyet-dinh/{id}/bo", get(pages::void::ask).post(pages::void::void))
        .route("/van-phong/ocop/{id}", get(pages::dossier::show))
        .route("/van-phong/ocop/{id}/muc/{number}", get(pages::item::ask).post(pages::item::check))
        .route("/van-phong/ocop/{id}/danh-muc", get(pages::move_list::ask).post(pages::move_list::turn))
        .route("/van-phong/ocop/{id}/cham", get(pages::score::ask).post(pages::score::save))
        .route("/van-phong/ocop/{id}/y-kien", get(pages::opinion::ask).post(pages::opinion::save))
        .route("/van-phong/ocop/{id}/giay/{name}", get(pages::papers::paper))
        .route("/van-phong/ocop/{id}/chuyen", post(pages::turn::pass))
        .route("/van-phong/ocop/{id}/ket-qua", post(pages::turn::decide))
        .route("/van-phong/ocop/{id}/day-du", post(pages::outcome::complete))
        .route("/van-phong/ocop/{id}/khong-cong-nhan", post(pages::outcome::refuse))
        .route("/van-phong/ocop/{id}/bo-ket-luan", post(pages::outcome::take_back))
        .route("/van-phong/ocop/{id}/{way}", post(pages::turn::turn))
        .route("/cua-toi/san-pham/{short}/ocop", get(pages::mine::show))
        .route("/cua-toi/san-pham/{short}/ocop/{number}", get(pages::mine::ask).post(pages::mine::hand_in))
}
