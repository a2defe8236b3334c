//! Which questions to put, and putting them: `plan` is pure, `execute` is the edge.

pub mod account;
mod begin;
mod endpoints;
pub mod execute;
pub mod limits;
pub mod offline;
pub mod plan;
mod secrets;
mod walks;
pub mod wishes;
