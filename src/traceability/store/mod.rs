//! SQL of places ([`places`]), lots ([`lots`]), trace events ([`events`]) and the graph of lots ([`lineage`]).

pub mod best_before;
pub mod events;
pub mod lineage;
pub mod lots;
pub mod places;
