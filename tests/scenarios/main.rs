//! Every scenario file as one test, named after the file, and tests of the lab itself.
//!
//! Each scenario runs twice: the real binary in the lab, in every output form, and a replay of
//! the observations that it recorded; both must give the same verdict.

#![expect(
    clippy::disallowed_methods,
    reason = "tests stand outside the program: they run it, and lay out its files"
)]

#[cfg(test)]
#[path = "../lab/mod.rs"]
#[expect(dead_code, reason = "the oracles use the rest of the lab")]
mod lab;

#[cfg(test)]
mod bundles;
#[cfg(test)]
mod cases;
#[cfg(test)]
mod corpus;
#[cfg(test)]
mod do_no_harm;
#[cfg(test)]
mod expectations;
#[cfg(test)]
mod interruption;
#[cfg(test)]
mod lab_itself;
#[cfg(test)]
mod lab_network;
#[cfg(test)]
mod replay;
#[cfg(test)]
mod secrets;
#[cfg(test)]
mod simulation;
#[cfg(test)]
mod trial;

use libtest_mimic::{Arguments, Trial};

fn main() -> std::process::ExitCode {
    let arguments = Arguments::from_args();
    let mut trials = lab_itself::trials();
    trials.extend(lab_network::trials());
    trials.extend(interruption::trials());
    trials.extend(corpus::trials());
    trials.extend(bundles::freezing());
    trials.extend(simulation::trials());
    trials.extend(cases::trials());
    for (name, scenario) in corpus::all() {
        trials.push(Trial::test(name, move || Ok(trial::run(&scenario)?)));
    }
    libtest_mimic::run(&arguments, trials).exit_code()
}
