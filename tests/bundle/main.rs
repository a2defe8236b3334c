//! Bundles from outside: what is in them and what is not, what may go wrong, and who may harm.

#![expect(
    clippy::disallowed_methods,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "tests stand outside the program: they run it, and lay out its files"
)]

mod analyze;
mod canaries;
mod faults;
mod frozen;
mod host;
mod hostile;
#[expect(dead_code, reason = "the benchmark prints the time")]
mod large;
mod mutation;
mod pseudonyms;
