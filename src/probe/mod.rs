//! Which questions to put, and putting them: `plan` is pure, `execute` is the edge.

pub mod execute;
pub mod limits;
pub mod offline;
pub mod plan;
mod secrets;
pub mod wishes;
