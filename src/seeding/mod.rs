//! What a fresh installation is filled with: the shared lists and the sample commune.
//!
//! Start at [`lists`] for the codes everyone uses, [`sample`] for the sample commune, [`pictures`] for its pictures.

pub mod base;
mod composition;
pub mod lists;
pub mod loader;
pub mod pictures;
pub mod sample;
