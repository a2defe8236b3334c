//! Runs the binary on a root, bounded, without a network to ask.

use std::net::UdpSocket;
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::LazyLock;
use std::time::{Duration, Instant};

use serde_json::Value;

/// No run may take longer; a busy machine is no fault.
const PATIENCE: Duration = Duration::from_mins(1);

/// What a run left.
#[derive(Debug)]
pub(crate) struct Run {
    pub(crate) status: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
    pub(crate) observations: Value,
}

/// What a run cost until it began to write its report.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Cost {
    /// The largest resident set, in KiB.
    pub(crate) peak_kib: u64,
    /// Processor time.
    pub(crate) cpu: Duration,
    /// Wall time.
    pub(crate) wall: Duration,
}

/// The binary under test.
pub(crate) fn binary() -> PathBuf {
    std::env::var_os("SSM_PROBE_BINARY")
        .map_or_else(|| env!("CARGO_BIN_EXE_ssm-probe").into(), PathBuf::from)
}

/// `check` below a root, with every address that it could ask closed.
pub(crate) fn command(binary: &Path, root: &Path, observations: &Path) -> Command {
    let mut command = Command::new(binary);
    command
        .env_clear()
        .env("TZ", "UTC")
        .env("AWS_EC2_METADATA_SERVICE_ENDPOINT", "http://127.0.0.1:9");
    for service in [
        "STS",
        "SSM",
        "SSMMESSAGES",
        "EC2MESSAGES",
        "S3",
        "KMS",
        "LOGS",
    ] {
        command.env(format!("AWS_ENDPOINT_URL_{service}"), "https://127.0.0.1:9");
    }
    command
        .args(["check", "--probe", "passive", "-o", "json", "--root"])
        .arg(root)
        .arg("--save-observations")
        .arg(observations);
    command
}

/// Runs it in `scratch`, which holds the root as `root`; as another user when one is given.
pub(crate) fn run(binary: &Path, scratch: &Path, user: Option<u32>) -> Run {
    let place = |name: &str| scratch.join(name);
    let observations = place("observations.json");
    let mut command = command(binary, &place("root"), &observations);
    if let Some(user) = user {
        command.uid(user).gid(user);
    }
    let create = |name: &str| std::fs::File::create(place(name)).expect("scratch is writable");
    let child = command
        .stdin(Stdio::null())
        .stdout(create("stdout"))
        .stderr(create("stderr"))
        .spawn()
        .expect("the binary under test can be started");
    let status = wait(child);
    let read = |name: &str| {
        String::from_utf8_lossy(&std::fs::read(place(name)).unwrap_or_default()).into_owned()
    };
    Run {
        status,
        stdout: read("stdout"),
        stderr: read("stderr"),
        observations: serde_json::from_str(&read("observations.json")).unwrap_or_default(),
    }
}

impl Run {
    /// What no run may do, whatever it was given.
    pub(crate) fn faults(&self) -> Vec<String> {
        let mut faults = Vec::new();
        if !matches!(self.status, Some(0 | 1 | 3)) {
            faults.push(format!("exit status {:?}", self.status));
        }
        if !self.stderr.is_empty() {
            faults.push(format!("on standard error: {}", self.stderr));
        }
        match serde_json::from_str::<Value>(&self.stdout) {
            Ok(report) if report["schema"] == "ssm-probe/report/1" => {}
            Ok(_) => faults.push("no report".to_owned()),
            Err(error) => faults.push(format!("the report is not JSON: {error}")),
        }
        faults
    }
}

/// The port of a name server that knows no name: without an answer each run would wait for one.
pub(crate) fn name_server() -> u16 {
    static PORT: LazyLock<u16> = LazyLock::new(|| {
        let socket = UdpSocket::bind(("127.0.0.1", 0)).expect("loopback has a free port");
        let port = socket.local_addr().expect("it is bound").port();
        std::thread::spawn(move || {
            let mut message = [0; 512];
            while let Ok((length, asker)) = socket.recv_from(&mut message) {
                // RFC 1035, 4.1.1: an answer, and no such name. Who asked may be gone.
                message[2] |= 0x80;
                message[3] = 0x83;
                drop(socket.send_to(&message[..length], asker));
            }
        });
        port
    });
    *PORT
}

/// Waits for the end of a child, bounded.
fn wait(mut child: Child) -> Option<i32> {
    let begin = Instant::now();
    loop {
        if let Some(status) = child.try_wait().expect("a child can be waited for") {
            return status.code();
        }
        if begin.elapsed() > PATIENCE {
            child.kill().expect("a child can be ended");
            panic!("the program was still running after {PATIENCE:?}");
        }
        std::thread::sleep(Duration::from_millis(2));
    }
}

/// Runs it and measures: it is held back while it writes its report into a pipe that is too
/// small, so that the kernel's account of it is complete.
#[cfg(target_os = "linux")]
pub(crate) fn measure(scratch: &Path) -> (Cost, Value, Value) {
    use std::io::Read as _;

    let observations = scratch.join("observations.json");
    let begin = Instant::now();
    let mut child = command(&binary(), &scratch.join("root"), &observations)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("the binary under test can be started");
    let mut report = child.stdout.take().expect("its output is a pipe");
    let room = rustix::pipe::fcntl_setpipe_size(&report, 4096).expect("a pipe can be made small");
    let room = u64::try_from(room).expect("a pipe is small");
    while rustix::io::ioctl_fionread(&report).expect("a pipe tells what it holds") < room {
        assert!(
            begin.elapsed() < PATIENCE,
            "still nothing after {PATIENCE:?}"
        );
        assert!(
            child
                .try_wait()
                .expect("a child can be waited for")
                .is_none(),
            "it ended without a long report"
        );
        std::thread::sleep(Duration::from_millis(2));
    }
    let cost = Cost {
        peak_kib: peak_kib(child.id()),
        cpu: cpu(child.id()),
        wall: begin.elapsed(),
    };
    let mut text = String::new();
    report
        .read_to_string(&mut text)
        .expect("the report is text");
    wait(child);
    let observations = std::fs::read(&observations).expect("observations were written");
    (
        cost,
        serde_json::from_str(&text).expect("the report is JSON"),
        serde_json::from_slice(&observations).expect("observations are JSON"),
    )
}

#[cfg(target_os = "linux")]
fn peak_kib(pid: u32) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).expect("it still runs");
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let words = line.expect("the kernel tells the peak").trim();
    words
        .trim_end_matches(" kB")
        .parse()
        .expect("it is a number")
}

/// Source: `proc_pid_stat(5)`: user and system time are fields 14 and 15, in hundredths.
#[cfg(target_os = "linux")]
fn cpu(pid: u32) -> Duration {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).expect("it still runs");
    let (_, rest) = stat.rsplit_once(')').expect("the name stands in brackets");
    let fields: Vec<&str> = rest.split_whitespace().collect();
    let ticks = |field: usize| -> u64 { fields[field - 3].parse().expect("it is a number") };
    Duration::from_millis((ticks(14) + ticks(15)) * 10)
}
