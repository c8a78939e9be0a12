//! What visitors see: home, catalogue, product and producer pages, pages about the service; enquiries.
//!
//! Start at [`store`] for what is public, [`find`] for how a question is answered, [`index`] for how the search
//! index is kept in step with the database.

pub mod about;
pub mod api;
pub mod ask;
pub mod calendar;
pub mod card;
pub mod catalogue;
pub mod enquiry;
pub mod feeds;
pub mod find;
pub mod home;
pub mod index;
pub mod misses;
pub mod popularity;
pub mod poster;
pub mod producer;
pub mod product;
pub mod store;
pub mod suggest;
pub mod texts;

use axum::routing::{get, post};
use axum::{Extension, Router};

use crate::app::App;

/// The routes of public pages, of enquiries and of the catalogue's API.
pub fn router() -> Router<App> {
    Router::new()
        .route("/", get(home::home))
        .route("/san-pham", get(catalogue::catalogue))
        .route("/san-pham/{address}", get(product::product))
        .route("/san-pham/{address}/hoi-mua", get(enquiry::form).post(enquiry::ask))
        .route("/san-pham/{address}/da-hoi", get(enquiry::asked))
        .route("/chia-se/{name}", get(poster::show))
        .route("/s/{short}", get(product::short))
        .route("/S/{short}", get(product::short))
        .route("/co-so", get(producer::list))
        .route("/co-so/{address}", get(producer::producer))
        .route("/cua-toi/hoi-mua", get(enquiry::inbox))
        .route("/cua-toi/hoi-mua/{id}", post(enquiry::answered))
        .route("/gioi-thieu", get(about::about))
        .route("/quyen-rieng-tu", get(about::privacy))
        .route("/tro-giup", get(about::help))
        .route("/lien-he", get(about::contact))
        .route("/robots.txt", get(feeds::robots))
        .route("/sitemap.xml", get(feeds::sitemap))
        .route("/favicon.ico", get(feeds::favicon))
        .route("/van-phong/tim-kiem", get(misses::page))
        .route("/api/v1/products", get(api::products))
        .route("/api/v1/suggest", get(suggest::suggest))
        .layer(Extension(enquiry::Daily::default()))
        .layer(Extension(misses::Noted::default()))
}
