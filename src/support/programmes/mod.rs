//! Support programmes: a budgeted line of the office's year plan, with what of it is budgeted, approved, paid and left.

pub mod model;
pub mod pages;
pub mod store;
mod texts;
