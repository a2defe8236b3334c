//! Ten gigabytes of logs, and what a bundle of them costs.

use std::io::{Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

use crate::host::{Host, LOG};

/// What a bundle cost.
pub(crate) struct Cost {
    /// Where it is.
    pub(crate) file: PathBuf,
    /// Wall time.
    pub(crate) wall: Duration,
    /// The largest resident set, in KiB.
    pub(crate) peak_kib: u64,
}

/// Ten logs of a gigabyte each: a hole, and lines at the end.
pub(crate) fn lay(host: &Host) {
    let line = "2026-01-01 00:00:00.0000 ERROR [amazon-ssm-agent] error calling https://ssm.eu-west-1.amazonaws.com/ RequestId 8f0e8a4c-5a0b-4a3c-9b43\n";
    let first = "2020-01-01 00:00:00.0000 INFO [amazon-ssm-agent] long ago\n";
    for number in 0..10 {
        let name = match number {
            0 => LOG.to_owned(),
            _ => format!("{LOG}.{number}"),
        };
        host.put(&name, first);
        let mut file = std::fs::OpenOptions::new()
            .write(true)
            .open(host.real(&name))
            .expect("it is ours");
        file.seek(SeekFrom::Start(1 << 30)).expect("a hole is free");
        let end = line.repeat((6 << 20) / line.len());
        file.write_all(end.as_bytes()).expect("there is room");
    }
}

/// Begins a bundle of a host.
pub(crate) fn begin(host: &Host, file: &Path) -> Child {
    host.command()
        .arg("-o")
        .arg(file)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("it can be started")
}

/// A bundle of a host, measured.
pub(crate) fn bundle(host: &Host) -> Cost {
    let file = host.scratch().join("bundle.tar.gz");
    let since = Instant::now();
    let mut child = begin(host, &file);
    let mut peak_kib = 0;
    let status = loop {
        peak_kib = peak_kib.max(resident_kib(child.id()).unwrap_or(0));
        if let Some(status) = child.try_wait().expect("it can be waited for") {
            break status;
        }
        assert!(
            since.elapsed() < Duration::from_mins(5),
            "it is still running"
        );
        std::thread::sleep(Duration::from_millis(5));
    };
    assert_eq!(status.code(), Some(0));
    Cost {
        file,
        wall: since.elapsed(),
        peak_kib,
    }
}

/// The largest resident set so far, by the kernel.
fn resident_kib(pid: u32) -> Option<u64> {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).ok()?;
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.trim().trim_end_matches(" kB").parse().ok()
}
