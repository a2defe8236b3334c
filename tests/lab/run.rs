//! Runs the real binary in a lab and keeps what it said.

use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use super::Lab;

/// No run may take longer, whatever the scenario.
const PATIENCE: Duration = Duration::from_secs(40);

/// What a run of the program left.
#[derive(Debug)]
pub(crate) struct Run {
    /// The exit status; `None` = ended by a signal.
    pub(crate) status: Option<i32>,
    /// Standard output.
    pub(crate) stdout: String,
    /// Standard error.
    pub(crate) stderr: String,
    /// How long it took.
    pub(crate) took: Duration,
}

/// The binary under test: the one just built, or an older one by `SSM_PROBE_BINARY`.
pub(crate) fn binary() -> PathBuf {
    std::env::var_os("SSM_PROBE_BINARY")
        .map_or_else(|| env!("CARGO_BIN_EXE_ssm-probe").into(), PathBuf::from)
}

/// The command for `check` in a lab, with the scenario's own arguments.
pub(crate) fn command(lab: &Lab) -> Command {
    command_of(lab, "check")
}

/// The same for another command that looks.
pub(crate) fn command_of(lab: &Lab, name: &str) -> Command {
    let mut command = Command::new(binary());
    command
        .env_clear()
        .envs(lab.environment())
        .arg(name)
        .arg("--root")
        .arg(lab.root())
        .args(&lab.cloud.scenario.args)
        .current_dir(lab.scratch());
    command
}

/// Runs a command to its end, bounded.
pub(crate) fn run(lab: &Lab, mut command: Command, name: &str) -> Run {
    let file = |stream: &str| lab.scratch().join(format!("{name}.{stream}"));
    let create =
        |stream: &str| std::fs::File::create(file(stream)).expect("the lab's folder is writable");
    let started = Instant::now();
    let mut child = command
        .stdin(Stdio::null())
        .stdout(create("stdout"))
        .stderr(create("stderr"))
        .spawn()
        .expect("the binary under test can be started");
    let status = loop {
        if let Some(status) = child.try_wait().expect("a child can be waited for") {
            break status;
        }
        if started.elapsed() > PATIENCE {
            child.kill().expect("a child can be ended");
            panic!("the program was still running after {PATIENCE:?}");
        }
        std::thread::sleep(Duration::from_millis(5));
    };
    let read = |stream: &str| {
        let bytes = std::fs::read(file(stream)).expect("the lab's folder is readable");
        String::from_utf8_lossy(&bytes).into_owned()
    };
    Run {
        status: status.code(),
        stdout: read("stdout"),
        stderr: read("stderr"),
        took: started.elapsed(),
    }
}
