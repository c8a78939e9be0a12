//! Uploaded files: pictures of products, and papers (certificates, evidence).
//!
//! Bytes from outside are judged by what they are, never by a name or a declared type: start at [`sniff`],
//! then [`picture`] (checked, turned upright, stripped of metadata, made in three sizes) or [`paper`] (kept
//! exactly as sent, with its SHA-256). [`refusal`] holds every reason to turn a file away and the sentence that
//! tells the sender what to do; [`disk`] keeps the bytes.

pub mod anatomy;
mod colour;
pub mod disk;
mod encoding;
pub mod key;
pub mod pages;
pub mod paper;
pub mod picture;
pub mod receive;
pub mod refusal;
pub mod render;
pub mod sniff;
pub mod store;

pub use disk::{Disk, FileStore, StoreError};
pub use key::{FileKey, Size};
pub use receive::{Received, Upload};
pub use refusal::Refusal;
pub use render::{RENDER, render};

use axum::Router;
use axum::routing::get;

use crate::app::App;

/// Heaviest file taken, in bytes: 15 MB (binary, as phones and browsers count).
pub const MAX_BYTES: usize = 15 * 1024 * 1024;

/// The routes of pictures and papers.
pub fn router() -> Router<App> {
    Router::new().route("/anh/{id}/{size}", get(pages::picture)).route("/giay/{id}", get(pages::paper))
}

/// Address of a picture in one of its sizes: `s` (320 px), `m` (800 px), `l` (1600 px).
pub fn picture_url(id: crate::ids::FileId, size: char) -> String {
    format!("/anh/{id}/{size}")
}

/// Address of a paper.
pub fn paper_url(id: crate::ids::FileId) -> String {
    format!("/giay/{id}")
}
