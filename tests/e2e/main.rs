//! The program from outside: its command line, its schema, its house rules.

#![expect(
    clippy::disallowed_methods,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "tests stand outside the program: they run it and read its files"
)]

mod command_line;
mod docs;
mod forms;
mod policy;
mod schema;
mod tidy;
