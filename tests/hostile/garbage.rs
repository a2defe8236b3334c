//! Roots in which nothing is what it should be: any file replaced by anything, at random.

use crate::child;
use crate::host::{Layout, real, write};
use crate::spoil::Spoil;

/// Files of the system that are read, too; some are never there.
const SYSTEM: [&str; 27] = [
    "/etc/passwd",
    "/etc/hosts",
    "/etc/resolv.conf",
    "/etc/nsswitch.conf",
    "/etc/machine-id",
    "/etc/os-release",
    "/etc/localtime",
    "/etc/hostname",
    "/etc/ssl/certs/ca-certificates.crt",
    "/etc/systemd/system/amazon-ssm-agent.service",
    "/etc/systemd/system/amazon-ssm-agent.service.d/proxy.conf",
    "/var/lib/dpkg/status",
    "/var/log/audit/audit.log",
    "/sys/class/dmi/id/sys_vendor",
    "/sys/hypervisor/uuid",
    "/sys/fs/selinux/enforce",
    "/sys/fs/cgroup/system.slice/amazon-ssm-agent.service/cgroup.procs",
    "/proc/stat",
    "/proc/meminfo",
    "/proc/pressure/memory",
    "/proc/self/mountinfo",
    "/proc/sys/fs/inotify/max_user_instances",
    "/proc/sys/fs/inotify/max_user_watches",
    "/proc/net/tcp",
    "/proc/net/route",
    "/proc/1/cgroup",
    "/proc/9/stat",
];
/// And of a process that calls itself the agent.
const PROCESS: [&str; 7] = ["status", "cmdline", "environ", "limits", "exe", "fd", "net"];

/// A small generator: the same roots on every run.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        // Source: xorshift64, Marsaglia 2003.
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % u64::try_from(sides).expect("a die is small")).expect("it fits")
    }

    fn bytes(&mut self, length: usize) -> Vec<u8> {
        const PIECES: [&[u8]; 12] = [
            b"\xff\xfe",
            b"\0",
            b"\n",
            b": ",
            b"=",
            b"{\"a\":",
            b"[",
            b"\x1b[31m",
            b"/var/lib",
            b"9999999999999999999999",
            "\u{202e}".as_bytes(),
            b" ",
        ];
        let mut bytes = Vec::new();
        while bytes.len() < length {
            bytes.extend(PIECES[self.roll(PIECES.len())]);
        }
        bytes
    }
}

#[test]
fn a_root_of_garbage_ends_in_a_report() {
    let faults: Vec<String> = std::thread::scope(|scope| {
        let runs = [0, 1, 2, 3].map(|first| scope.spawn(move || faults_of(first)));
        runs.into_iter()
            .flat_map(|run| run.join().expect("a run does not panic"))
            .collect()
    });
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

/// The faults of every fourth root.
fn faults_of(first: u64) -> Vec<String> {
    let mut faults = Vec::new();
    for seed in (first + 1..=32).step_by(4) {
        let scratch = tempfile::tempdir().expect("there is room for temporary files");
        let root = scratch.path().join("root");
        let mut dice = Dice(0x9E37_79B9_7F4A_7C15 ^ seed);
        let layout = Layout::ALL[dice.roll(4)];
        layout.lay(&root);
        let stat = b"9 (amazon-ssm-agen) S 1 1 1 0 -1 0 0 0 0 0 0 0 0 0 20 0 9 0 100 1 1";
        let mut paths: Vec<String> = layout
            .places()
            .into_iter()
            .map(|place| place.path)
            .collect();
        for path in SYSTEM {
            let length = dice.roll(400);
            write(&root, path, &dice.bytes(length));
            paths.push(path.to_owned());
        }
        for name in PROCESS {
            write(&root, &format!("/proc/9/{name}"), &dice.bytes(200));
            paths.push(format!("/proc/9/{name}"));
        }
        write(&root, "/proc/9/stat", stat);
        for path in paths {
            // A third stays as it is; what stood below a replaced folder is gone with it.
            let there = real(&root, &path).symlink_metadata().is_ok();
            let choice = dice.roll(12);
            if there && choice < Spoil::PLAIN.len() {
                Spoil::PLAIN[choice].put(&root, &path);
            }
        }
        let run = child::run(&child::binary(), scratch.path(), None);
        faults.extend(
            run.faults()
                .iter()
                .map(|fault| format!("seed {seed}: {fault}")),
        );
    }
    faults
}
