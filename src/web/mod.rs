//! What every page and answer shares: layout, languages, forms, errors, addresses, assets, and the layers
//! around a request. It knows no feature except through what the feature hands it.
//!
//! Start at [`context::Ctx`] (who asks, in which commune and language) and [`layers`] (what is around a handler).

pub mod assets;
pub mod audit;
pub mod chart;
pub mod communes;
pub mod context;
pub mod error;
pub mod form;
pub mod health;
pub mod i18n;
pub mod kept;
pub mod layers;
pub mod page;
pub mod problem;
pub mod security;

pub use context::Ctx;
pub use error::{AppError, FieldError};
pub use form::Form;
pub use i18n::Lang;
pub use page::Page;
