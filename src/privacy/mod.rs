//! Personal data: the register of consents, and requests of those whose data is held (Law 91/2025/QH15, Nghị định
//! 356/2025: answered within 2 working days, done within 15 days), what is held of a person, as a page and as a file.
//!
//! Start at [`model::DataRequest`] and [`model::Calendar`].

pub mod erasure;
mod held;
pub mod model;
mod pages;
pub mod store;
mod texts;

use axum::routing::{get, post};
use axum::{Extension, Router};

use crate::app::App;
use crate::market::enquiry::Daily;

/// The pages of personal data: the office's, a person's own, and the form for everybody.
pub fn router() -> Router<App> {
    Router::new()
        .route("/van-phong/du-lieu-ca-nhan", get(pages::office::list).post(pages::office::add))
        .route("/van-phong/du-lieu-ca-nhan/dong-y", get(pages::consents::list))
        .route("/van-phong/du-lieu-ca-nhan/dong-y/tai", get(pages::consents::ask).post(pages::consents::download))
        .route("/van-phong/du-lieu-ca-nhan/ngay-nghi", get(pages::holidays::ask).post(pages::holidays::save))
        .route("/van-phong/du-lieu-ca-nhan/{id}", get(pages::office::show).post(pages::office::turn))
        .route("/van-phong/du-lieu-ca-nhan/{id}/xoa", get(pages::erase::show).post(pages::erase::confirm))
        .route("/van-phong/du-lieu-ca-nhan/{id}/xuat", get(pages::give::show).post(pages::give::download))
        .route("/cua-toi/du-lieu", get(pages::mine::show).post(pages::mine::ask))
        .route("/cua-toi/du-lieu/tai", post(pages::mine::download))
        .route("/quyen-rieng-tu/yeu-cau", get(pages::open::form).post(pages::open::ask))
        .layer(Extension(Daily::default()))
}
