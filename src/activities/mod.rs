//! Activities of the office: training classes, fairs, consultations. Planned, invited to, attended (by a printed list
//! or a code at the door), counted as support, judged by those who came. (The commune's plan, section III.6 and row 6
//! of section V: at least one or two a year.)
//!
//! Start at [`model::Activity`] and [`model::Attendance`].

pub mod model;
mod pages;
pub mod store;
mod texts;

use axum::routing::{get, post};
use axum::{Extension, Router};

use crate::app::App;
use crate::market::enquiry::Daily;

/// The pages of activities: the office's, those at the door, the producer's.
pub fn router() -> Router<App> {
    Router::new()
        .route("/van-phong/hoat-dong", get(pages::list::list))
        .route("/van-phong/hoat-dong/tai", get(pages::list::ask_download).post(pages::list::download))
        .route("/van-phong/hoat-dong/moi", get(pages::edit::begin).post(pages::edit::add))
        .route("/van-phong/hoat-dong/{id}", get(pages::one::show))
        .route("/van-phong/hoat-dong/{id}/sua", get(pages::edit::edit).post(pages::edit::change))
        .route("/van-phong/hoat-dong/{id}/moi-du", get(pages::invite::ask).post(pages::invite::invite))
        .route("/van-phong/hoat-dong/{id}/tra-loi", post(pages::invite::answer))
        .route("/van-phong/hoat-dong/{id}/diem-danh", get(pages::attend::ask).post(pages::attend::add))
        .route("/van-phong/hoat-dong/{id}/diem-danh/{row}", post(pages::attend::decide))
        .route("/van-phong/hoat-dong/{id}/ho-tro", get(pages::give::ask).post(pages::give::give))
        .route("/van-phong/hoat-dong/{id}/tai-lieu", post(pages::one::add_material))
        .route("/van-phong/hoat-dong/{id}/danh-sach.pdf", get(pages::papers::sheet))
        .route("/van-phong/hoat-dong/{id}/ma", get(pages::papers::codes))
        .route("/van-phong/hoat-dong/{id}/{way}", post(pages::one::turn))
        .route("/HD/{token}", get(pages::door::lower))
        .route("/HD/{token}/Y-KIEN", get(pages::door::lower))
        .route("/hd/{token}", get(pages::door::show).post(pages::door::sign_in))
        .route("/hd/{token}/tai-lieu/{file}", get(pages::door::material))
        .route("/hd/{token}/y-kien", get(pages::feedback::ask).post(pages::feedback::tell))
        .route("/cua-toi/hoat-dong", get(pages::mine::list))
        .route("/cua-toi/hoat-dong/{id}", post(pages::mine::answer))
        .layer(Extension(Daily::default()))
}
