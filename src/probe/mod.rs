//! Which questions to put, and putting them: `plan` is pure, `execute` is the edge.

pub mod execute;
pub mod plan;
mod secrets;
pub mod wishes;
