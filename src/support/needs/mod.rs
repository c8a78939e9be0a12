//! What producers say they need, told by themselves, a helper or the office; and the office's answers: in a
//! programme, later, or no with the reason.

pub mod model;
pub mod pages;
pub mod store;
mod texts;
