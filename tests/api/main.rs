//! API tests: the program on a real port, over SQLite and PostgreSQL, used as people and programs use it.
//!
//! Start at [`support::on_both_engines`]; the modules mirror the addresses. Without PostgreSQL the tests run on
//! SQLite alone, which is said by name and counted; with `CI=true` that is a failure.
#![allow(clippy::unwrap_used, reason = "a test that finds nothing to unwrap shall fail")]

#[path = "../support/mod.rs"]
mod support;

mod accounts;
mod activities;
mod best_before;
mod chain;
mod conversions;
mod crawl;
mod database;
mod differential;
mod disk;
mod documents;
mod dossiers;
mod duplicates;
mod erasure;
mod figures;
mod files;
mod imports;
mod inputs;
mod jobs;
mod kills;
mod label_runs;
mod labels;
mod ledger;
mod lineage;
mod lots;
mod market;
mod markup;
mod misuse;
mod neighbours;
mod ocop;
mod office;
mod outage;
mod places;
mod potential;
mod privacy;
mod producers;
mod products;
mod purchases;
mod recalls;
mod registers;
mod reports;
mod schema;
mod search;
mod sessions_mid_form;
mod steps;
mod templates;
mod undo;
mod web;
