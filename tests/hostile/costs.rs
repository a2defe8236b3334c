//! Logs of any size and form cost a bounded time and little memory, and what they say is found.

use std::fs::File;
use std::io::Write as _;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use serde_json::Value;

use crate::child::{self, Cost};
use crate::host::{Layout, real};
use crate::logs::{CASES, LOG, NOISE, START, write};

/// In all, for the whole program as it is released; `.ci/budget` runs these tests on that.
const PEAK_KIB: u64 = 20 * 1024;
/// The code of an unoptimised build is some five times as large, and what runs of it is resident.
const UNOPTIMISED_KIB: u64 = 8 * 1024;
/// A second is the aim, and `cargo bench --bench hostile` prints the truth; this is an unoptimised
/// build on a busy machine, and still far below what reading the whole would take.
const CPU: Duration = Duration::from_secs(8);

/// The bound on what is resident, for the binary under test.
fn peak() -> u64 {
    let is_released = std::env::var_os("SSM_PROBE_BINARY").is_some();
    PEAK_KIB + if is_released { 0 } else { UNOPTIMISED_KIB }
}

#[track_caller]
fn check(name: &str, cost: Cost, observations: &Value) {
    let events = observations["host"]["agent_log"]["value"]["events"].as_array();
    assert!(
        events.is_some_and(|all| all.iter().any(|event| event["kind"] == "core-started")),
        "{name}: {}",
        observations["host"]["agent_log"]
    );
    assert!(cost.peak_kib < peak(), "{name}: {cost:?}");
    assert!(cost.cpu < CPU, "{name}: {cost:?}");
}

#[test]
fn a_log_of_any_size_costs_no_more_than_a_small_one() {
    for (name, lay) in CASES {
        let scratch = tempfile::tempdir().expect("there is room for temporary files");
        let root = scratch.path().join("root");
        Layout::Package.lay(&root);
        lay(&root);
        let (cost, report, observations) = child::measure(scratch.path());
        assert_eq!(report["agent"]["installed"], true, "{name}");
        check(name, cost, &observations);
    }
}

#[test]
fn a_log_that_grows_while_it_is_read_ends() {
    let scratch = tempfile::tempdir().expect("there is room for temporary files");
    let root = scratch.path().join("root");
    Layout::Package.lay(&root);
    write(&root, LOG, 64 << 20, START);
    let done = AtomicBool::new(false);
    std::thread::scope(|scope| {
        let log = real(&root, LOG);
        scope.spawn(|| {
            let piece = NOISE.repeat(200);
            let mut file = File::options().append(true).open(log).expect("it is there");
            // Bounded, should the reader never end.
            for _ in 0..20_000 {
                if done.load(Ordering::Relaxed) {
                    return;
                }
                file.write_all(&piece).expect("the root is writable");
                std::thread::yield_now();
            }
        });
        let (cost, report, observations) = child::measure(scratch.path());
        done.store(true, Ordering::Relaxed);
        assert_eq!(report["agent"]["installed"], true);
        let log = &observations["host"]["agent_log"]["value"];
        assert!(log["entries"].as_u64() > Some(0), "{log}");
        assert!(cost.peak_kib < peak() && cost.cpu < CPU, "{cost:?}");
    });
}
