//! Producers (chủ thể): registration, consent, identifiers, and the home pages of a producer's people and of
//! helpers.
//!
//! Start at [`model`] (what a producer is), then [`acting`] (who may act for one) and [`steps`] (what is asked).
//! [`registration`] is a record being worked on; [`pages`], [`tasks`], [`helping`], [`slip`] and [`home`] show it.

pub mod acting;
mod answers;
pub mod helping;
pub mod home;
pub mod listed;
pub mod model;
pub mod name_key;
pub mod pages;
pub mod registration;
pub mod slip;
pub mod steps;
pub mod store;
pub mod tasks;
pub mod tax_code;
mod texts;
pub mod website;

use axum::Router;
use axum::routing::{get, post};

use crate::app::App;

/// The routes of registering a producer, of its people and of helpers.
pub fn router() -> Router<App> {
    Router::new()
        .route("/cua-toi", get(home::home))
        .route("/cua-toi/co-so/moi", get(pages::begin).post(pages::do_begin))
        .route("/cua-toi/co-so/{short}", get(tasks::tasks))
        .route("/cua-toi/co-so/{short}/xem-lai", get(tasks::check))
        .route("/cua-toi/co-so/{short}/gui", post(tasks::send))
        .route("/cua-toi/co-so/{short}/rut", post(tasks::withdraw))
        .route("/cua-toi/co-so/{short}/dong-y", get(helping::agree).post(helping::do_agree))
        .route("/cua-toi/co-so/{short}/anh", get(pages::show_picture).post(pages::save_picture))
        .route("/cua-toi/co-so/{short}/{step}", get(pages::show).post(pages::save))
        .route("/ho-tro", get(helping::list))
        .route("/ho-tro/co-so/moi", get(helping::begin).post(helping::do_begin))
        .route("/ho-tro/co-so/{short}/phieu", get(slip::ask).post(slip::make))
}
