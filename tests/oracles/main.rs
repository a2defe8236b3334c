//! The lab and the program against implementations that are not ours: botocore as a client of
//! the lab, moto as a server for the program's signed calls.
//!
//! `.ci/run` asks for this target by name, after `tests/oracles/setup.sh`. Without the Python
//! environment that it makes, every test here fails and says so.

#![expect(
    clippy::disallowed_methods,
    reason = "tests stand outside the program: they run it, and lay out its files"
)]

#[cfg(test)]
#[path = "../lab/mod.rs"]
#[expect(dead_code, reason = "the scenarios use the rest of the lab")]
mod lab;

#[cfg(test)]
mod botocore;
#[cfg(test)]
mod evaluator;
#[cfg(test)]
mod iam;
#[cfg(test)]
mod moto;
#[cfg(test)]
#[path = "../policy/nodes.rs"]
mod nodes;
#[cfg(test)]
mod prometheus;
#[cfg(test)]
mod python;
#[cfg(test)]
#[path = "../policy/strategies.rs"]
mod strategies;
#[cfg(test)]
mod templates;
