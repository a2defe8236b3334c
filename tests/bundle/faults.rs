//! What goes wrong while a bundle is written: no part of one under its name, and the right word.

use std::io::Read as _;
use std::process::Stdio;
use std::time::{Duration, Instant};

use crate::host::{Host, LOG, analyze, contents};
use crate::large;

/// Files in the folder that bundles go to.
fn left(host: &Host) -> Vec<String> {
    let entries = std::fs::read_dir(host.scratch()).expect("it is ours");
    let name = |entry: std::io::Result<std::fs::DirEntry>| {
        entry
            .expect("it can be listed")
            .file_name()
            .to_string_lossy()
            .into_owned()
    };
    entries.map(name).collect()
}

#[test]
fn a_bundle_is_written_for_its_owner_alone_and_never_over_another_file() {
    use std::os::unix::fs::PermissionsExt as _;
    let host = Host::new();
    let (done, file) = host.bundle(&[]);
    assert_eq!(done.status.code(), Some(0));
    assert_eq!(
        String::from_utf8_lossy(&done.stdout).trim(),
        file.display().to_string()
    );
    let mode = std::fs::metadata(&file)
        .expect("it is there")
        .permissions()
        .mode();
    assert_eq!(mode & 0o777, 0o600);
    let before = std::fs::read(&file).expect("it is ours");
    let (again, _) = host.bundle(&[]);
    let said = String::from_utf8_lossy(&again.stderr).into_owned();
    assert_eq!(again.status.code(), Some(4), "{said}");
    assert!(said.contains("already there"), "{said}");
    assert_eq!(std::fs::read(&file).expect("it is ours"), before);
    assert_eq!(left(&host), ["bundle.tar.gz"]);
}

#[test]
fn a_folder_gets_a_bundle_with_a_name_of_its_own() {
    let host = Host::new();
    let done = host
        .command()
        .arg("-o")
        .arg(host.scratch())
        .output()
        .expect("it can be started");
    assert_eq!(done.status.code(), Some(0));
    let names = left(&host);
    let [name] = names.as_slice() else {
        panic!("{names:?}")
    };
    assert!(
        name.starts_with("ssm-probe-host-") && name.ends_with("Z.tar.gz"),
        "{name}"
    );
}

#[test]
fn a_place_that_cannot_be_written_is_told_before_anything_is_looked_at() {
    let host = Host::new();
    let nowhere = host.scratch().join("no/such/folder/x.tar.gz");
    let since = Instant::now();
    let done = host
        .command()
        .arg("-o")
        .arg(&nowhere)
        .output()
        .expect("it can be started");
    let said = String::from_utf8_lossy(&done.stderr).into_owned();
    assert_eq!(done.status.code(), Some(4), "{said}");
    assert!(
        said.contains("cannot write") && said.contains("No such file"),
        "{said}"
    );
    assert!(since.elapsed() < Duration::from_secs(20));
}

#[test]
fn no_bundle_is_begun_that_would_be_too_large_to_be_read_again() {
    let host = Host::new();
    let (done, _) = host.bundle(&["--max-total", "1G"]);
    let said = String::from_utf8_lossy(&done.stderr).into_owned();
    assert_eq!(done.status.code(), Some(2), "{said}");
    assert!(said.contains("128M is the most"), "{said}");
    assert_eq!(left(&host), Vec::<String>::new());
}

#[test]
fn standard_output_gets_the_whole_bundle_and_no_file_is_made() {
    let host = Host::new();
    let done = host
        .command()
        .args(["-o", "-"])
        .current_dir(host.scratch())
        .output()
        .expect("it can be started");
    assert_eq!(done.status.code(), Some(0));
    assert_eq!(left(&host), Vec::<String>::new());
    let file = host.scratch().join("piped.tar.gz");
    std::fs::write(&file, &done.stdout).expect("it is ours");
    assert!(contents(&file).len() > 10);
    assert!(matches!(analyze(&file).0, Some(0 | 1 | 3)));
}

#[test]
fn a_pipe_that_was_closed_is_an_error() {
    let host = Host::new();
    let mut child = host
        .command()
        .args(["-o", "-"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("it can be started");
    drop(child.stdout.take());
    let mut said = String::new();
    let errors = child.stderr.as_mut().expect("it is piped");
    errors.read_to_string(&mut said).expect("it is text");
    assert_eq!(child.wait().expect("it ends").code(), Some(4), "{said}");
    assert!(said.contains("standard output"), "{said}");
}

#[test]
fn a_run_that_is_killed_leaves_nothing_under_the_name() {
    let host = Host::new();
    let line = "2026-01-01 00:00:00.0000 INFO [amazon-ssm-agent] a line of no interest at all\n";
    for number in 0..4 {
        host.put(&format!("{LOG}.{number}"), line.repeat(60_000));
    }
    let file = host.scratch().join("bundle.tar.gz");
    let mut child = large::begin(&host, &file);
    let since = Instant::now();
    // Killed as soon as something has been written.
    loop {
        let growing = left(&host).iter().any(|name| {
            let meta = std::fs::metadata(host.scratch().join(name));
            name.ends_with(".partial") && meta.is_ok_and(|meta| meta.len() > 0)
        });
        if growing || since.elapsed() > Duration::from_mins(1) {
            break;
        }
        assert!(
            child.try_wait().expect("it can be waited for").is_none(),
            "it ended by itself"
        );
        std::thread::yield_now();
    }
    child.kill().expect("it can be killed");
    child.wait().expect("it ends");
    assert!(!file.exists());
    // And what it left behind is in nobody's way.
    let (done, _) = host.bundle(&[]);
    assert_eq!(
        done.status.code(),
        Some(0),
        "{}",
        String::from_utf8_lossy(&done.stderr)
    );
}

#[test]
fn ten_gigabytes_of_logs_cost_no_more_than_their_ends() {
    let host = Host::new();
    large::lay(&host);
    let cost = large::bundle(&host);
    // Twice the promise of the release binary (`cargo bench --bench bundle` prints that one).
    assert!(cost.peak_kib < 80 * 1024, "{} KiB", cost.peak_kib);
    let files = contents(&cost.file);
    let total: usize = files
        .iter()
        .filter(|(name, _)| name.starts_with("agent/log/"))
        .map(|(_, text)| text.len())
        .sum();
    assert!((15 << 20..21 << 20).contains(&total), "{total}");
    let errors = &files
        .iter()
        .find(|(name, _)| name == "errors.log")
        .expect("it is there")
        .1;
    assert!(errors.contains("--max-total"), "{errors}");
}
