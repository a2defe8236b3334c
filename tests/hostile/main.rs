//! Hostile input: every file of the agent replaced by what it must not be, logs of any size, and
//! roots of garbage. The real binary must answer in time, with little memory and never a panic.
//!
//! What needs rights that a plain user lacks is in `tests/privileged`.

#![expect(
    clippy::disallowed_methods,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "tests stand outside the program: they lay out its files and run it"
)]

mod cells;
#[expect(dead_code, reason = "the benchmark reads the wall time, too")]
mod child;
mod costs;
mod garbage;
mod host;
mod logs;
#[expect(dead_code, reason = "devices need root")]
mod spoil;
mod table;
mod text;
