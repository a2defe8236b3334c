//! Prints what the binary costs: size, start, memory and the wall time of a healthy run in the
//! lab. `cargo bench --bench budget`; it asserts nothing, `.ci/budget` does.

#![expect(
    clippy::disallowed_methods,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stdout,
    reason = "measures from outside: it runs the program and reads the clock"
)]

#[path = "../lab/mod.rs"]
#[expect(dead_code, reason = "the benchmark needs a part of the lab")]
mod lab;

use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use lab::{Lab, run};

/// How often each thing is measured; the median is printed.
const ROUNDS: usize = 20;

fn main() {
    let size = std::fs::metadata(run::binary())
        .expect("the binary is built")
        .len();
    println!("size              {size} bytes");
    let start = median(|| {
        let mut command = Command::new(run::binary());
        command.arg("--version");
        command
    });
    println!("start (--version) {start:.1?}");
    let lab = Lab::start(Lab::healthy());
    println!("healthy run       {:.1?}", median(|| run::command(&lab)));
    println!("peak resident     {}", peak(&run::command(&lab)));
}

fn median(command: impl Fn() -> Command) -> Duration {
    let mut times: Vec<Duration> = (0..ROUNDS)
        .map(|_| {
            let mut command = command();
            command.stdout(Stdio::null()).stderr(Stdio::null());
            let begin = Instant::now();
            command.status().expect("the program starts");
            begin.elapsed()
        })
        .collect();
    times.sort();
    times.get(ROUNDS / 2).copied().unwrap_or_default()
}

/// By GNU time, which asks the kernel for the largest resident set.
fn peak(command: &Command) -> String {
    let mut timed = Command::new("/usr/bin/time");
    timed
        .args(["-f", "%M KiB"])
        .arg(command.get_program())
        .args(command.get_args());
    timed.env_clear();
    for (name, value) in command.get_envs() {
        if let Some(value) = value {
            timed.env(name, value);
        }
    }
    match timed.stdout(Stdio::null()).output() {
        Ok(done) => String::from_utf8_lossy(&done.stderr).trim().to_owned(),
        Err(error) => format!("not measured: /usr/bin/time: {error}"),
    }
}
