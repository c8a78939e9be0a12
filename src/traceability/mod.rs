//! The record behind the label: what happened to a lot, where and when, as whole EPCIS 2.0 events.
//!
//! The pure core knows neither database nor web. A person picks a step of [`template`], answers its [`facts`], and
//! [`record::record`] makes the event out of them: start there. [`epcis`] is the event model of the standard, [`hash`]
//! the event's id by CBV 2.0, [`identifiers`] the URIs that stand in events, [`quantity`] amounts with units, and
//! [`warnings`] the rules that look at the steps of a lot together.
//!
//! [`model`] and [`store`] keep places, lots and events; [`history`] reads a lot's whole way for pages and programs;
//! [`documents`] hand it out as EPCIS document, table, printed page and passport.
//! [`conversions`] keeps what a piece weighs, as stated; [`purchases`] what came from outside. [`chain`] makes lots from lots, hands them on, and draws which came from which. Recalls have a room of their own,
//! [`crate::recalls`]; [`recall`] makes their events.

pub mod access;
pub mod chain;
pub mod conversions;
pub mod diary;
pub mod documents;
pub mod epcis;
pub mod event_lots;
pub mod facts;
pub mod hash;
pub mod history;
pub mod identifiers;
pub mod model;
pub mod pages;
pub mod place_certificates;
pub mod purchases;
pub mod quantity;
pub mod recall;
pub mod record;
mod step_words;
pub mod store;
pub mod template;
mod texts;
pub mod warnings;

#[cfg(test)]
mod record_tests;

use axum::Router;
use axum::routing::{get, post};

use crate::app::App;
use pages::{best_before, diary as diary_pages, lot_new, lots, office, places, step, wrong};

/// The routes of places, lots and the diary.
pub fn router() -> Router<App> {
    Router::new()
        .route("/cua-toi/noi", get(places::list))
        .route("/cua-toi/noi/moi", get(places::new).post(places::add))
        .route("/cua-toi/noi/dung", post(places::set_aside))
        .route("/cua-toi/noi/{id}", get(places::show))
        .route("/cua-toi/noi/{id}/sua", get(places::edit).post(places::change))
        .route("/cua-toi/lo", get(lots::list))
        .route("/cua-toi/lo/moi", get(lot_new::new).post(lot_new::make))
        .route("/cua-toi/lo/{code}", get(lots::show))
        .route("/cua-toi/lo/{code}/han-dung", get(best_before::ask).post(best_before::save))
        .route("/cua-toi/lo/{code}/trang-thai", post(lots::set_state))
        .route("/cua-toi/nhat-ky", get(diary_pages::choose))
        .route("/cua-toi/lo/{code}/ghi", get(diary_pages::pads).post(step::save))
        .route("/cua-toi/lo/{code}/buoc/{id}/sai", get(wrong::ask).post(wrong::declare))
        .merge(chain::router())
        .merge(conversions::router())
        .route("/van-phong/lo", get(office::list))
        .route("/van-phong/lo/{code}", get(office::show))
        .merge(documents::router())
        .merge(place_certificates::router())
        .merge(purchases::router())
}
