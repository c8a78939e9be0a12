//! Everything about one producer on one page for the office: what it needs, what it got, what it lists, traces, how
//! often its labels are opened, who asked to buy.

pub mod page;
mod store;
mod texts;
