//! Labels: the codes on them, the QR that carries a code, the sheets they are printed on, the runs they are
//! issued in, and the page that opens when one is scanned.
//!
//! Start with [`code::LabelCode`], the 14 characters that name one label. [`qr`] draws the address of
//! a code as a QR symbol, [`sheet`] lays labels out on paper as a PDF: those three are pure. [`issue`] makes
//! runs, [`runs`] has the producer's pages, [`papers`] what is printed on, [`scan`] answers a scanned code out of [`cache`] and counts it in
//! [`scan_log`].

pub mod cache;
pub mod code;
pub mod finder;
mod gather;
pub mod issue;
pub mod known;
pub mod model;
pub mod papers;
pub mod qr;
pub mod runs;
pub mod scan;
pub mod scan_log;
pub mod sheet;
pub mod store;
pub mod visitor;

use axum::Router;

use crate::app::App;

/// The routes of labels.
pub fn router() -> Router<App> {
    Router::new().merge(scan::router()).merge(runs::router()).merge(papers::router())
}
