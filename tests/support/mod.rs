//! What every API test stands on: the program itself on a free port, over both engines, and visitors who use it
//! as people do.
//!
//! Start at [`on_both_engines`]: it gives a test a fresh [`TestApp`] on SQLite and then one on PostgreSQL.
//! [`TestApp`] makes visitors, people with roles, villages, producers and products; a [`Visitor`] opens pages and
//! sends [`Form`]s read from the HTML; [`html`] holds the rules that every page keeps.
#![allow(dead_code, unused_imports, reason = "a vocabulary for tests; each binary says a part of it")]

mod app;
mod builders;
mod child;
pub mod crawl;
mod engines;
mod form;
pub mod html;
mod page;
mod postgres;
mod sql;
mod visitor;

pub use app::{COMMUNE, PASSWORD, TestApp};
pub use builders::{ProducerBuilder, ProductBuilder, Sample};
pub use child::{Running, run_binary};
pub use engines::{on_both_engines, on_both_engines_with, on_own_postgres, on_sqlite};
pub use form::Form;
pub use page::Page;
pub use postgres::OwnServer;
pub(crate) use sql::on;
pub use visitor::Visitor;
