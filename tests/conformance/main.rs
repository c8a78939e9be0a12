//! Others' test data, as the oracle for what is standardised: EPCIS 2.0 documents and CBV 2.0 event hashes.
//!
//! The vectors stand beside the project (`../shared/vectors`) and never in it. Where they are absent, each test says
//! that it is skipped.

#![allow(clippy::unwrap_used, reason = "a helper of a test fails the test")]

mod epcis;
mod event_hash;
mod fixtures;
mod mutation;
mod schema;

use std::path::{Path, PathBuf};

use serde_json::Value;

/// The folder `name` of the vectors; tells and returns `None` where it is absent.
fn vectors(name: &str) -> Option<PathBuf> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/vectors").join(name);
    if path.is_dir() {
        return Some(path);
    }
    eprintln!("skipped: no third-party vectors at {}", path.display());
    None
}

fn read_json(path: &Path) -> Value {
    let text = std::fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    serde_json::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// All JSON documents of a folder, by name.
fn documents(folder: &Path) -> Vec<(String, Value)> {
    let mut paths: Vec<PathBuf> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    assert!(!paths.is_empty(), "no documents in {}", folder.display());
    paths.iter().map(|path| (path.file_name().unwrap().to_string_lossy().into_owned(), read_json(path))).collect()
}
