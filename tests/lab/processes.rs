//! A process table in the form of `/proc`, as far as a diagnosis reads it.
//!
//! Source: `proc(5)`.

use std::path::Path;

use super::cloud::Cloud;
use super::host::write;
use super::scenario::ProcessSpec;
use super::template::fill;

/// Ticks in a second; the value of `sysconf(_SC_CLK_TCK)` on every Linux that matters.
const TICKS: i64 = 100;
/// How long the lab's machine has been up, and its processes have run.
const UPTIME_S: i64 = 30 * 86_400;

/// Lays out `/proc` below `root`.
pub(crate) fn lay(cloud: &Cloud, root: &Path, all: &[ProcessSpec]) {
    let boot = cloud.started.as_second() - UPTIME_S;
    write(
        root,
        "/proc/uptime",
        &format!("{UPTIME_S}.00 {UPTIME_S}.00\n"),
    );
    write(
        root,
        "/proc/stat",
        &format!(
            "cpu  1 0 1 100 0 0 0 0 0 0\ncpu0 1 0 1 100 0 0 0 0 0 0\nintr 0\nctxt 1\n\
             btime {boot}\nprocesses 700\nprocs_running 1\nprocs_blocked 0\nsoftirq 0\n"
        ),
    );
    for process in all {
        one(cloud, root, process);
    }
}

fn one(cloud: &Cloud, root: &Path, process: &ProcessSpec) {
    let folder = format!("/proc/{}", process.pid);
    // The kernel keeps fifteen characters of a name.
    let comm: String = process.comm.chars().take(15).collect();
    let file = |name: &str, content: &str| write(root, &format!("{folder}/{name}"), content);
    file("comm", &format!("{comm}\n"));
    file(
        "stat",
        &stat(process.pid, &comm, process.age_s.unwrap_or(3_600)),
    );
    file("status", &status(process.pid, &comm));
    let exe = process.exe.as_deref().unwrap_or(&process.comm);
    file("cmdline", &format!("{exe}\0"));
    let mut environ = String::new();
    for (name, value) in &process.environ {
        environ.extend([name, "=", &fill(cloud, value), "\0"]);
    }
    file("environ", &environ);
    if let Some(exe) = &process.exe {
        let link = root.join(format!("proc/{}/exe", process.pid));
        std::os::unix::fs::symlink(exe, link).expect("the lab's folder is writable");
    }
}

fn stat(pid: u32, comm: &str, age_s: i64) -> String {
    let start = (UPTIME_S - age_s) * TICKS;
    format!(
        "{pid} ({comm}) S 1 {pid} {pid} 0 -1 4194560 3000 0 10 0 20 10 0 0 20 0 12 0 {start} \
         1267929088 5000 18446744073709551615 1 1 0 0 0 0 0 0 2143420159 0 0 0 17 1 0 0 0 0 0 \
         0 0 0 0 0 0 0 0\n"
    )
}

fn status(pid: u32, comm: &str) -> String {
    format!(
        "Name:\t{comm}\nUmask:\t0022\nState:\tS (sleeping)\nTgid:\t{pid}\nNgid:\t0\nPid:\t{pid}\n\
         PPid:\t1\nTracerPid:\t0\nUid:\t0\t0\t0\t0\nGid:\t0\t0\t0\t0\nFDSize:\t64\nGroups:\t \n\
         VmPeak:\t 1238212 kB\nVmSize:\t 1238212 kB\nVmRSS:\t   20000 kB\nThreads:\t12\n\
         SigQ:\t0/3800\nSigPnd:\t0000000000000000\nShdPnd:\t0000000000000000\n\
         SigBlk:\t0000000000000000\nSigIgn:\t0000000000000000\nSigCgt:\tfffffffd7fc1feff\n\
         CapInh:\t0000000000000000\nCapPrm:\t000001ffffffffff\nCapEff:\t000001ffffffffff\n\
         voluntary_ctxt_switches:\t10\nnonvoluntary_ctxt_switches:\t1\n"
    )
}
