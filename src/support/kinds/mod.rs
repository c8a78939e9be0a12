//! Kinds of support as data: an officer adds, renames and hides them for the commune; those that every commune has
//! stay in the shared list.

pub mod pages;
mod store;
mod texts;
