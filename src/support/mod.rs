//! Support given to producers: the ledger of records with their steps, programmes of a year, kinds, what producers
//! say they need, the list of supported producers, and the files made of them. [`export`] writes any table of the
//! office as a spreadsheet; [`download`] asks what for, and logs it.
//!
//! Start at [`model::SupportRow`] and [`state::SupportState`].

pub mod download;
pub mod entry;
pub mod export;
pub mod filter;
mod journey;
pub mod kinds;
pub mod model;
pub mod needs;
mod official;
pub mod pages;
pub mod programmes;
pub mod record;
pub mod state;
pub mod step;
pub mod store;
pub mod texts;
pub mod warn;
pub mod warnings;

use axum::Router;
use axum::routing::{get, post};

use crate::app::App;

/// The office's pages of support.
pub fn router() -> Router<App> {
    Router::new()
        .route("/van-phong/ho-tro", get(pages::list))
        .route("/van-phong/ho-tro/tai", get(pages::ask_download).post(pages::download))
        .route("/van-phong/ho-tro/moi", get(record::begin).post(record::record))
        .route("/van-phong/ho-tro/danh-sach", get(official::list))
        .route("/van-phong/ho-tro/danh-sach/tai", get(official::ask_download).post(official::download))
        .route("/van-phong/ho-tro/noi-dung", get(kinds::pages::list))
        .route("/van-phong/ho-tro/noi-dung/{code}", get(kinds::pages::ask).post(kinds::pages::save))
        .route("/van-phong/ho-tro/chuong-trinh", get(programmes::pages::list))
        .route("/van-phong/ho-tro/chuong-trinh/moi", get(programmes::pages::begin).post(programmes::pages::add))
        .route("/van-phong/ho-tro/chuong-trinh/{id}", get(programmes::pages::show))
        .route("/van-phong/ho-tro/chuong-trinh/{id}/sua", get(programmes::pages::edit).post(programmes::pages::change))
        .route("/van-phong/ho-tro/chuong-trinh/{id}/{way}", post(programmes::pages::turn))
        .route("/van-phong/ho-tro/nhu-cau", get(needs::pages::office::list))
        .route("/van-phong/ho-tro/nhu-cau/{id}", get(needs::pages::office::ask).post(needs::pages::office::answer))
        .route("/van-phong/ho-tro/co-so/{short}", get(journey::page::show))
        .route("/cua-toi/ho-tro", get(needs::pages::mine::list))
        .route("/cua-toi/ho-tro/moi", get(needs::pages::mine::ask).post(needs::pages::mine::tell))
        .route("/cua-toi/ho-tro/{id}/rut", post(needs::pages::mine::withdraw))
        .route("/van-phong/ho-tro/{id}", get(step::show))
        .route("/van-phong/ho-tro/{id}/minh-chung", post(step::add_evidence))
        .route("/van-phong/ho-tro/{id}/{step}", get(step::ask).post(step::take))
}
