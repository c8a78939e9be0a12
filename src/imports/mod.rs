//! The office's own Excel and CSV files read into the register, and held against it: uploaded, checked line by line,
//! written in one transaction, taken back.
//!
//! Start at [`plan`] (from a file to what each line does) and [`run`] (writing and taking back). [`book`] reads files,
//! [`headings`] finds out what columns hold, [`kinds`] has a file for each kind of line, with the forms' own rules;
//! [`export`] writes the files that come back unchanged.

pub mod book;
mod cells;
pub mod export;
pub mod headings;
pub mod kinds;
pub mod marked;
pub mod model;
mod pages;
pub mod plan;
pub mod run;
pub mod store;
mod texts;
mod words;

use axum::Router;
use axum::routing::{get, post};

use crate::app::App;

/// The office's pages of imports.
pub fn router() -> Router<App> {
    Router::new()
        .route("/van-phong/nhap", get(pages::upload::list).post(pages::upload::take))
        .route("/van-phong/nhap/xuat/{kind}", get(pages::exports::ask).post(pages::exports::download))
        .route("/van-phong/nhap/{id}", get(pages::batch::show))
        .route("/van-phong/nhap/{id}/cot", get(pages::columns::ask).post(pages::columns::say))
        .route("/van-phong/nhap/{id}/chay", post(pages::batch::run))
        .route("/van-phong/nhap/{id}/hoan-tac", post(pages::batch::undo))
        .route("/van-phong/nhap/{id}/tep", get(pages::marked::download))
}
