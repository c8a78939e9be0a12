//! People: accounts, sessions, roles, one-time login slips.
//!
//! Start at [`model::Person`] (who is logged in and what they may do), then [`session`] and [`pages`].

pub mod guard;
pub mod model;
pub mod pages;
pub mod password;
pub mod session;
pub mod slips;
pub mod store;
mod texts;

use axum::Router;
use axum::routing::{get, post};

use crate::app::App;

/// The routes of logging in and of one's account.
pub fn router() -> Router<App> {
    Router::new()
        .route("/dang-nhap", get(pages::login).post(pages::log_in))
        .route("/dang-xuat", post(pages::log_out))
        .route("/dang-ky", get(pages::register).post(pages::do_register))
        .route("/tai-khoan", get(pages::account))
        .route("/tai-khoan/vao", get(pages::home))
        .route("/tai-khoan/mat-khau", post(pages::change_password))
        .route("/vao/{token}", get(slips::show).post(slips::redeem))
        .route("/VAO/{token}", get(slips::show).post(slips::redeem))
}
