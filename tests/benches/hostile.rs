//! Prints what hostile logs cost the binary: `cargo bench --bench hostile`. Asserts nothing; the
//! bounds are held by `cargo test --test hostile`.

#![expect(
    clippy::disallowed_methods,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stdout,
    reason = "measures from outside: it lays out logs, runs the program and prints"
)]

#[path = "../hostile/child.rs"]
#[expect(dead_code, reason = "only what measures is needed")]
mod child;
#[path = "../hostile/host.rs"]
#[expect(dead_code, reason = "only the layout is needed")]
mod host;
#[path = "../hostile/logs.rs"]
mod logs;

/// How often each is run; the best time and the largest memory are printed.
const ROUNDS: usize = 5;

fn main() {
    let small: logs::Case = ("a small log", |_root| ());
    println!("{:40} {:>8} {:>8} {:>10}", "", "wall", "cpu", "peak");
    for (name, lay) in [small].into_iter().chain(logs::CASES) {
        let scratch = tempfile::tempdir().expect("there is room for temporary files");
        let root = scratch.path().join("root");
        host::Layout::Package.lay(&root);
        lay(&root);
        let costs = [(); ROUNDS].map(|()| child::measure(scratch.path()).0);
        let wall = costs.iter().map(|cost| cost.wall).min();
        let cpu = costs.iter().map(|cost| cost.cpu).min();
        let peak = costs.iter().map(|cost| cost.peak_kib).max();
        println!(
            "{name:40} {:>5} ms {:>5} ms {:>6} KiB",
            wall.unwrap_or_default().as_millis(),
            cpu.unwrap_or_default().as_millis(),
            peak.unwrap_or_default()
        );
    }
}
