//! Pages of certificates of places: adding and withdrawing one, and the office's look at it.

pub mod mine;
pub mod office;
