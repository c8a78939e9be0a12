//! SQL of places ([`places`]), lots ([`lots`]) and trace events ([`events`]).

pub mod events;
pub mod lots;
pub mod places;
