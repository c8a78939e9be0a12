//! Misuse of labels: signs that a label was copied, guessed or goes on where it should not, and the cases made of them.
//!
//! [`model`] holds the rules with their thresholds and says the reasons in words. [`look`] is the job that looks at the
//! labels that were just opened, [`guesses`] counts codes that were never issued and slows who tries them. A case is
//! open once for a rule and what it looks at ([`store::cases`]); producer and office read it with its evidence and the
//! reports of buyers, and the office closes it with an outcome (`pages`).

pub mod guesses;
pub mod look;
pub mod model;
mod pages;
pub mod store;
mod texts;

use axum::Router;
use axum::routing::{get, post};

use crate::app::App;

/// The routes of cases and of marks on pieces.
pub fn router() -> Router<App> {
    Router::new()
        .route("/van-phong/nghi-van", get(pages::list::office))
        .route("/van-phong/nghi-van/{number}", get(pages::case::office).post(pages::case::close))
        .route("/cua-toi/nghi-van", get(pages::list::mine))
        .route("/cua-toi/nghi-van/{number}", get(pages::case::mine))
        .route("/cua-toi/tem/{number}/da-ban", get(pages::marks::ask).post(pages::marks::mark))
        .route("/cua-toi/tem/{number}/da-ban/{id}/thoi", post(pages::marks::withdraw))
}
