//! Prints what a bundle costs where there are 10 GB of logs: `cargo bench --bench bundle`. Asserts
//! nothing; twice the bound of memory is held by `cargo test --test bundle`.

#![expect(
    clippy::disallowed_methods,
    clippy::expect_used,
    clippy::print_stdout,
    reason = "measures from outside: it lays out logs, runs the program and prints"
)]

#[path = "../bundle/host.rs"]
#[expect(dead_code, reason = "only what collects is needed")]
mod host;
#[path = "../bundle/large.rs"]
mod large;

/// How often it is collected; the best time and the largest memory are printed.
const ROUNDS: usize = 3;

fn main() {
    let small = host::Host::new();
    let large = host::Host::new();
    large::lay(&large);
    println!("{:20} {:>8} {:>10} {:>10}", "", "wall", "peak", "bundle");
    // The first tells how much of the second is the look itself, which waits for the network.
    for (name, host) in [("one line of log", &small), ("10 GB of logs", &large)] {
        let costs = [(); ROUNDS].map(|()| {
            let cost = large::bundle(host);
            let size = std::fs::metadata(&cost.file).map_or(0, |meta| meta.len());
            std::fs::remove_file(&cost.file).expect("it is ours");
            (cost.wall, cost.peak_kib, size)
        });
        let wall = costs.iter().map(|cost| cost.0).min();
        let peak = costs.iter().map(|cost| cost.1).max();
        let size = costs.iter().map(|cost| cost.2).max();
        println!(
            "{name:20} {:>5} ms {:>6} KiB {:>6} KiB",
            wall.unwrap_or_default().as_millis(),
            peak.unwrap_or_default(),
            size.unwrap_or_default().div_ceil(1024)
        );
    }
}
