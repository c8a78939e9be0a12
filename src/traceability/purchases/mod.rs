//! What went into a lot that came from outside: from a supplier who is not in the system, with the paper that tells
//! it. One step back does not end at the commune's border.
//!
//! A purchase is told as a transformation whose input is goods of a class of their own, with the supplier as source
//! and the paper as business transaction ([`model::bought`]). Who the supplier is stands beside the event; visitors
//! read the trade name of a firm, never a person's name. [`store`] has the SQL, [`pages`] the form.

pub mod model;
pub mod pages;
pub mod store;
pub(super) mod texts;

use axum::Router;
use axum::routing::get;

use crate::app::App;

/// The routes of purchases from outside.
pub fn router() -> Router<App> {
    Router::new().route("/cua-toi/lo/{code}/mua-ngoai", get(pages::ask).post(pages::save))
}
