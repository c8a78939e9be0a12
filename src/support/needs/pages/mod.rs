//! The producer's page of needs and the office's.

pub mod mine;
pub mod office;
