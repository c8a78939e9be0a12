//! The chain of lots: lots made from lots (split, merged, processed, packed), goods that change hands, and the graph of
//! which lot came from which.
//!
//! Start at [`model`]. [`event`] turns what was done into EPCIS events, [`balance`] says what is left of a lot, [`flow`]
//! does both in one transaction, [`undo`] takes back. [`family`] tells a lot's graph, which [`super::store::lineage`] walks and [`draw`] lays
//! out.

pub mod access;
pub mod balance;
pub mod draw;
pub mod event;
pub mod family;
pub mod flow;
pub mod model;
pub mod pages;
pub mod store;
pub(super) mod texts;
pub mod undo;

use axum::Router;
use axum::routing::get;

use crate::app::App;
use pages::{handover, receive, ship, unpack, withdraw, work};

/// The routes of lots made from lots and of goods that change hands.
pub fn router() -> Router<App> {
    Router::new()
        .route("/cua-toi/lo/{code}/lam/{viec}", get(work::ask).post(work::make))
        .route("/cua-toi/lo/{code}/giao", get(ship::ask).post(ship::send))
        .route("/cua-toi/nhan-hang", get(receive::list).post(receive::claim))
        .route("/cua-toi/lo/{code}/mo-goi", get(unpack::ask).post(unpack::open))
        .route("/cua-toi/giao-nhan/{id}", get(handover::show).post(handover::decide))
        .route("/cua-toi/giao-nhan/{id}/rut-lai", get(withdraw::ask).post(withdraw::withdraw))
}
