//! Certificates of places, growing-area codes among them: who may show what, for how long, and who looked at it.
//!
//! A producer adds one at the place's page ([`pages::mine`]); the office looks at it ([`pages::office`]) before a buyer
//! sees it. What an officer enters stands at once. None is changed afterwards: it is withdrawn, and another added.
//! [`products`] says which speak for a product in search. [`model`] has the rules, [`store`] the SQL.

pub mod model;
pub mod pages;
pub mod products;
pub mod store;
pub(super) mod texts;

use axum::Router;
use axum::routing::{get, post};

use crate::app::App;
use pages::{mine, office};

/// The routes of certificates of places.
pub fn router() -> Router<App> {
    Router::new()
        .route("/cua-toi/noi/{id}/giay-to/moi", get(mine::new).post(mine::add))
        .route("/cua-toi/noi/{id}/giay-to/{certificate}/bo", post(mine::withdraw))
        .route("/van-phong/noi", get(office::list))
        .route("/van-phong/noi/{certificate}", post(office::decide))
}
