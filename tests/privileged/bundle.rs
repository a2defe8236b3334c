//! A bundle where there is no room for it: none under its name, nothing beside it, the right word.

use std::path::Path;
use std::process::{Command, Output};

use crate::bundled::{Host, LOG, contents};
use crate::full::Mount;
use crate::need_root;

/// An EC2 instance with a log that packs to more than a megabyte.
fn talkative() -> Host {
    let host = Host::new();
    let mut state = 1_u64;
    let lines: Vec<String> = (0..60_000)
        .map(|_| {
            // Any generator does: what counts is that it packs badly.
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695);
            format!("2026-01-01 00:00:00.0000 INFO [amazon-ssm-agent] took {state:020} ticks\n")
        })
        .collect();
    host.put(LOG, lines.concat());
    host
}

/// Where a run keeps what it has seen, if it came so far.
const SEEN: &str = "/seen.json";

/// A run that should end before it looks at anything.
fn unseen(host: &Host) -> Command {
    let mut command = host.command();
    command.arg("--save-observations").arg(host.real(SEEN));
    command
}

#[track_caller]
fn failed(done: &Output, words: &[&str]) {
    let said = String::from_utf8_lossy(&done.stderr);
    assert_eq!(done.status.code(), Some(4), "{said}");
    for word in words {
        assert!(said.contains(word), "`{word}` is not in: {said}");
    }
}

#[track_caller]
fn is_empty(folder: &Path) {
    let mut left = std::fs::read_dir(folder).expect("it can be listed");
    assert!(left.next().is_none(), "something is left in it");
}

fn to(mut command: Command, target: &Path) -> Output {
    let done = command.arg("-o").arg(target).output();
    done.expect("the program just built can be started")
}

#[test]
fn a_disk_that_fills_up_gets_no_part_of_a_bundle() {
    need_root();
    let host = talkative();
    let scratch = host.scratch();
    let _mount = Mount::over(&scratch, "size=128k");
    for target in [scratch.join("bundle.tar.gz"), scratch.clone()] {
        let done = to(host.command(), &target);
        let named = format!("cannot write `{}", target.display());
        failed(&done, &[&named, "No space left on device"]);
        is_empty(&scratch);
        assert!(done.stdout.is_empty(), "nothing was written to be named");
    }
}

#[test]
fn a_disk_that_fills_up_behind_standard_output_is_told_too() {
    need_root();
    let host = talkative();
    let scratch = host.scratch();
    let _mount = Mount::over(&scratch, "size=128k");
    let file = std::fs::File::create(scratch.join("out")).expect("there is room for a name");
    let mut command = host.command();
    command.stdout(file);
    let done = to(command, Path::new("-"));
    failed(&done, &["standard output", "No space left on device"]);
}

#[test]
fn a_disk_without_a_name_left_is_told_before_anything_is_looked_at() {
    need_root();
    let host = talkative();
    let scratch = host.scratch();
    // The folder's own is the only one.
    let _mount = Mount::over(&scratch, "nr_inodes=1");
    let done = to(unseen(&host), &scratch.join("bundle.tar.gz"));
    failed(&done, &["cannot write", "No space left on device"]);
    assert!(!host.real(SEEN).exists());
    is_empty(&scratch);
}

#[test]
fn a_disk_that_may_not_be_written_is_told_before_anything_is_looked_at() {
    need_root();
    let host = talkative();
    let scratch = host.scratch();
    let _mount = Mount::read_only(&scratch);
    for target in [scratch.join("bundle.tar.gz"), scratch.clone()] {
        let done = to(unseen(&host), &target);
        failed(&done, &["cannot write", "Read-only file system"]);
        assert!(!host.real(SEEN).exists());
        is_empty(&scratch);
    }
}

#[test]
fn a_host_without_any_writable_disk_sends_its_bundle_to_standard_output() {
    need_root();
    let host = talkative();
    let (root, scratch) = (host.root(), host.scratch());
    let _mounts = [Mount::read_only(&root), Mount::read_only(&scratch)];
    let mut command = host.command();
    command.current_dir(&scratch).env("TMPDIR", &scratch);
    let done = to(command, Path::new("-"));
    let said = String::from_utf8_lossy(&done.stderr);
    assert_eq!(done.status.code(), Some(0), "{said}");
    is_empty(&scratch);
    let kept = tempfile::tempdir().expect("there is room for temporary files");
    let file = kept.path().join("bundle.tar.gz");
    std::fs::write(&file, &done.stdout).expect("it is ours");
    assert!(contents(&file).iter().any(|(name, _)| name == "report.txt"));
}
