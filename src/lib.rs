//! Sản Vật: a commune's local specialities, registered, traced, labelled, found and supported.
//!
//! Each feature is a folder with the same rooms: `mod.rs` (what it owns, its `router()`), `model.rs`
//! (types and pure rules), `store.rs` (all its SQL), `pages.rs` (HTML handlers), `api.rs` (JSON handlers).

pub mod accounts;
pub mod activities;
pub mod amounts;
pub mod app;
pub mod cli;
pub mod clock;
pub mod config;
pub mod db;
pub mod duplicates;
pub mod figures;
pub mod files;
pub mod fold;
pub mod ids;
pub mod imports;
pub mod jobs;
pub mod labels;
pub mod market;
pub mod misuse;
pub mod ocop;
pub mod official;
pub mod potential;
pub mod privacy;
pub mod producers;
pub mod products;
pub mod recalls;
pub mod reports;
pub mod review;
pub mod search;
pub mod seeding;
pub mod support;
pub mod traceability;
pub mod web;

/// Gives memory back: rebuilding an index and unpacking photos leave the system's allocator with a heap full of holes.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;
