use super::{parse_stat, read, read_environment};
use crate::host::testing::Root;
use crate::observations::{AgentProcess, ProcessRole, Reading};

/// A process as `/proc` shows it, started 100 s after boot.
fn process(root: &Root, pid: i32, comm: &str, exe: &str) {
    let tail = "1 1 1 0 -1 4194560 0 0 0 0 0 0 0 0 20 0 9 0 10000 1 1";
    root.write(
        &format!("/proc/{pid}/stat"),
        format!("{pid} ({comm}) S {tail}\n"),
    );
    root.link(&format!("/proc/{pid}/exe"), exe);
    root.write(&format!("/proc/{pid}/cmdline"), format!("{exe}\0"));
}

fn table() -> Root {
    let root = Root::new();
    root.write("/proc/stat", "cpu 1 2\nbtime 1795478400\n");
    process(&root, 1, "systemd", "/usr/lib/systemd/systemd");
    root
}

#[track_caller]
fn found(root: &Root) -> Vec<AgentProcess> {
    match read(&root.world()) {
        Reading::Found { value, .. } => value,
        other => panic!("{other:?}"),
    }
}

#[test]
fn core_and_workers_are_told_apart_with_their_times() {
    let root = table();
    process(&root, 90, "amazon-ssm-agen", "/usr/bin/amazon-ssm-agent");
    process(
        &root,
        99,
        "ssm-agent-worke",
        "/usr/bin/ssm-agent-worker (deleted)",
    );
    process(&root, 101, "ssm-session-wor", "/usr/bin/ssm-session-worker");
    process(
        &root,
        102,
        "ssm-document-wo",
        "/usr/bin/ssm-document-worker",
    );
    let all = found(&root);
    let roles: Vec<_> = all.iter().map(|process| process.role).collect();
    assert_eq!(
        roles
            .iter()
            .filter(|role| **role == ProcessRole::Core)
            .count(),
        1
    );
    assert_eq!(all.len(), 4);
    let worker = all.iter().find(|process| process.pid == 99).unwrap();
    assert_eq!(worker.role, ProcessRole::Worker);
    assert_eq!(
        worker.executable.as_deref(),
        Some("/usr/bin/ssm-agent-worker (deleted)")
    );
    assert_eq!(worker.started_at.unwrap().as_second(), 1_795_478_400 + 100);
}

#[test]
fn a_table_without_the_agent_means_that_none_runs() {
    assert_eq!(found(&table()), []);
    let bare = Root::new();
    bare.write("/proc/stat", "btime 1\n");
    assert_eq!(found(&bare), []);
}

#[test]
fn no_table_is_unknown_and_never_not_running() {
    let root = Root::new();
    assert!(read(&root.world()).is_absent());
    root.folder("/proc");
    assert!(matches!(read(&root.world()), Reading::NotRead { .. }));
    root.write("/proc", "");
    assert!(read(&root.world()).value().is_none());
}

#[test]
fn zombies_errands_and_other_namespaces_are_not_this_host_s_agent() {
    let root = table();
    for pid in [10, 11, 12] {
        process(&root, pid, "amazon-ssm-agen", "/usr/bin/amazon-ssm-agent");
    }
    let stat = "10 (amazon-ssm-agen) Z 1 1 1 0 -1 4194560 0 0 0 0 0 0 0 0 20 0 9 0 10000 1 1";
    root.write("/proc/10/stat", stat);
    root.write(
        "/proc/11/cmdline",
        "amazon-ssm-agent\0-register\0-code\0hunter2\0",
    );
    root.write("/proc/12/status", "Name:\tamazon-ssm-agen\nNSpid:\t12\t7\n");
    assert_eq!(found(&root), []);
    root.write("/proc/12/status", "NSpid:\t12\n");
    assert_eq!(found(&root).len(), 1);
}

#[test]
fn a_hostile_table_is_read_without_waiting() {
    let root = table();
    root.folder("/proc/5");
    root.fifo("/proc/6/stat");
    root.write("/proc/7/stat", "7 (amazon-ssm-agen");
    root.write("/proc/8/stat", "");
    root.write("/proc/99999999999999/stat", "x");
    root.fifo("/proc/stat");
    process(&root, 9, "amazon-ssm-agen", "/usr/bin/amazon-ssm-agent");
    root.fifo("/proc/9/cmdline");
    let all = found(&root);
    assert_eq!(all.len(), 1);
    assert_eq!(all[0].started_at, None);
}

#[test]
fn names_with_brackets_and_blanks_do_not_shift_the_fields() {
    let stat = parse_stat(b"7 (a) b (c) S 1 1 1 0 -1 0 0 0 0 0 0 0 0 0 20 0 1 0 4242 0").unwrap();
    assert_eq!((stat.comm.as_str(), stat.start_ticks), ("a) b (c", 4242));
}

#[test]
fn an_environment_is_read_and_an_empty_one_is_empty_not_unknown() {
    let root = table();
    root.write("/proc/9/environ", "HOME=/root\0");
    let env = read_environment(&root.world(), 9);
    assert_eq!(env.value().unwrap().get("HOME"), Some("/root"));
    root.write("/proc/9/environ", "");
    assert!(read_environment(&root.world(), 9).value().is_some());
    assert!(read_environment(&root.world(), 10).is_absent());
}

proptest::proptest! {
    #[test]
    fn no_stat_panics(bytes in proptest::collection::vec(proptest::num::u8::ANY, 0..100), text in "[0-9() A-Z]{0,80}") {
        let _answers = (parse_stat(&bytes).is_some(), parse_stat(text.as_bytes()).is_some());
    }
}
