//! `cargo demo`: lists the scenarios; `cargo demo NAME [args…]` runs one for a person.

#![expect(
    clippy::disallowed_methods,
    reason = "stands outside the program: it runs it, and tells its exit status"
)]

#[cfg(test)]
#[path = "lab/mod.rs"]
#[expect(dead_code, reason = "the demonstration shows, and checks nothing")]
mod lab;

#[cfg(test)]
#[path = "lab/show.rs"]
mod show;

fn main() {
    std::process::exit(show::main());
}
