//! Browser tests: the pages as a person's Chromium shows them.
//!
//! `cdp` starts Chromium and speaks its protocol, `page` is one tab with what a person can do in it, `measure` weighs
//! and times a page and asks axe, `harness` tests all of that against a page of its own. Without Chromium the tests
//! are skipped, said by name and counted; with `CI=true` that is a failure. `scripts` tries the small optional scripts
//! of `src/web/assets`.
//!
//! Start reading in `harness.rs`: it shows each call once. `journey` walks the whole way of a product as `person`s with
//! phones, reading labels off the printed sheet by `label_sheet`; `budgets` weighs and times the pages of a release
//! build.

mod budgets;
mod cdp;
mod harness;
mod journey;
mod label_sheet;
mod measure;
mod page;
mod person;
mod scripts;
#[path = "../support/mod.rs"]
mod support;
