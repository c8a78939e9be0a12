//! Review: revisions of producers and products, and the officer's desk: the work queue, the tables of producers and
//! products, villages and people.
//!
//! Start at [`model::Revision`]; the desk begins at `desk.rs`.

mod access;
mod desk;
pub mod diff;
pub mod errands;
pub mod fields;
pub mod flow;
pub mod listing;
pub mod model;
pub mod names;
mod opened;
mod people_store;
mod producer_page;
mod product_page;
pub mod queue;
pub mod queue_store;
mod register;
mod standing;
pub mod store;
mod tables;
mod texts;
mod users;
pub mod village_store;
mod villages;

use axum::Router;
use axum::routing::{get, post};

use crate::app::App;

/// The officer's pages.
pub fn router() -> Router<App> {
    Router::new()
        .route("/van-phong", get(desk::desk))
        .route("/van-phong/co-so", get(tables::producers))
        .route("/van-phong/co-so/tai", get(tables::ask_producers).post(tables::download_producers))
        .route("/van-phong/san-pham", get(tables::products))
        .route("/van-phong/san-pham/tai", get(tables::ask_products).post(tables::download_products))
        .route("/van-phong/co-so/{short}", get(producer_page::show))
        .route("/van-phong/co-so/{short}/tam-dung", post(producer_page::suspend))
        .route("/van-phong/co-so/{short}/hien-lai", post(producer_page::resume))
        .route("/van-phong/co-so/{short}/phieu-vao/{user}", post(producer_page::slip))
        .route("/van-phong/co-so/{short}/xac-nhan/{user}", post(producer_page::verify))
        .route("/van-phong/san-pham/{short}", get(product_page::show))
        .route("/van-phong/san-pham/{short}/ocop", post(product_page::record_ocop))
        .route("/van-phong/san-pham/{short}/tam-dung", post(product_page::suspend))
        .route("/van-phong/san-pham/{short}/hien-lai", post(product_page::resume))
        .route("/van-phong/thon", get(villages::list).post(villages::add))
        .route("/van-phong/thon/{id}", post(villages::change))
        .route("/van-phong/nguoi-dung", get(users::list).post(users::grant))
        .route("/van-phong/nguoi-dung/{user}/phieu-vao", post(users::slip))
        .route("/van-phong/nguoi-dung/thu-quyen/{grant}", post(users::revoke))
        .route("/van-phong/duyet/{id}", post(desk::decide))
        .route("/van-phong/bao-van-de/{id}", post(desk::close_report))
        .route("/van-phong/bao-thu-hoi/{id}", post(desk::see_recall))
        .route("/van-phong/hoi-mua/{id}", post(desk::answer_enquiry))
        .route("/van-phong/viec-nen/{id}", post(desk::retry_job))
}
