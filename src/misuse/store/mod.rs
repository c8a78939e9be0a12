//! All SQL of misuse: [`evidence`] counts, [`cases`] and [`marks`] keep.

pub mod cases;
pub mod evidence;
pub mod marks;
