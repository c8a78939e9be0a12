//! Recalls: a lot, and every lot made from it, taken back in minutes; drills that practise it; the public notices.
//!
//! Start at [`flow`]: a recall begins as a draft with the lots that the lot graph reaches ([`crate::traceability::
//! store::lineage`]), is looked at, and is confirmed with a grade and a reason. Then its lots are marked, each gets an
//! EPCIS event, and since their versions counted up, every scan page says it with its next opening
//! ([`crate::labels::cache`]). [`model`] and [`pieces`] have the words and pure rules, [`store`] the SQL.

pub mod flow;
pub mod model;
mod pages;
pub mod pieces;
pub mod store;
mod texts;

use axum::Router;
use axum::routing::{get, post};

use crate::app::App;
use pages::{begin, export, feed, lift, notices, own, record, register, request};

/// The routes of recalls, their register, notices and feed.
pub fn router() -> Router<App> {
    Router::new()
        .route("/cua-toi/lo/{code}/thu-hoi", get(own::ask).post(own::recall))
        .route("/cua-toi/lo/{code}/xin-thu-hoi", get(request::ask).post(request::send))
        .route("/van-phong/lo/{code}/thu-hoi", get(begin::ask).post(begin::begin))
        .route("/van-phong/thu-hoi", get(register::list))
        .route("/van-phong/thu-hoi/{number}", get(record::show).post(record::confirm))
        .route("/van-phong/thu-hoi/{number}/bo", post(record::give_up))
        .route("/van-phong/thu-hoi/{number}/thoi", get(lift::ask).post(lift::lift))
        .route("/van-phong/thu-hoi/{number}/lo/tai", get(export::ask_lots).post(export::lots))
        .route("/van-phong/thu-hoi/{number}/noi-nhan/tai", get(export::ask_parties).post(export::parties))
        .route("/thu-hoi", get(notices::list))
        .route("/thu-hoi/{number}", get(notices::show))
        .route("/thu-hoi.atom", get(feed::feed))
}
