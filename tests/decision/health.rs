//! What the host gives the agent to live on: each finding where it holds and where it does not.

use jiff::Timestamp;
use ssm_probe::observations::{
    AgentLog, AgentProcess, Call, Descriptors, EventKind, FolderSpace, FolderUse, Inotify,
    InotifyUser, LogEvent, LogLevel, LogSource, MandatoryControl, MandatoryDenial, Memory, Path,
    ProcessRole, Reading, Sign, Space,
};
use ssm_probe::report::model::{CheckStatus, Finding, Report, Severity};

use crate::seen::{Seen, in_minutes};

/// A healthy EC2 instance on which everything was looked at.
fn healthy() -> Seen {
    let mut seen = Seen::ec2()
        .allowed(Call::UpdateInstanceInformation, Path::InstanceProfile)
        .allowed(Call::CreateControlChannel, Path::InstanceProfile);
    let host = &mut seen.0.host;
    host.agent.processes = Reading::found(
        vec![
            process(100, ProcessRole::Core),
            process(101, ProcessRole::Worker),
        ],
        "/proc",
    );
    let health = &mut host.health;
    health.folders = Reading::found(
        [
            ("/var/lib/amazon/ssm", FolderUse::Data),
            ("/var/log/amazon/ssm", FolderUse::Log),
            ("/usr/bin", FolderUse::Programs),
            ("/tmp", FolderUse::Temporary),
        ]
        .map(|(folder, use_for)| FolderSpace {
            folder: folder.to_owned(),
            use_for,
            looked_at: folder.to_owned(),
            space: Some(space(4 << 30, 100_000)),
            is_read_only: Some(false),
            is_noexec: Some(false),
        })
        .to_vec(),
        "statvfs",
    );
    health.inotify = Reading::found(inotify(20, 300), "/proc/sys/fs/inotify");
    health.denials = Reading::found(Vec::new(), "/var/log/audit/audit.log");
    health.machine_id = Reading::found(true, "/etc/machine-id");
    health.session_users = Reading::found([("ssm-user".to_owned(), true)].into(), "/etc/passwd");
    health.memory = Reading::found(memory(1 << 30), "/proc/meminfo");
    health.descriptors = Reading::found(vec![descriptors(30)], "/proc");
    seen
}

fn process(pid: i32, role: ProcessRole) -> AgentProcess {
    AgentProcess {
        pid,
        role,
        executable: None,
        started_at: None,
    }
}

fn space(free_bytes: u64, free_inodes: u64) -> Space {
    Space {
        total_bytes: 8 << 30,
        free_bytes,
        total_inodes: 500_000,
        free_inodes,
    }
}

fn inotify(instances: u64, watches: u64) -> Inotify {
    Inotify {
        max_instances: 128,
        max_watches: 8192,
        instances,
        watches,
        top: vec![InotifyUser {
            pid: 7,
            name: "kubelet".to_owned(),
            instances,
            watches,
        }],
        complete: true,
    }
}

fn memory(available_bytes: u64) -> Memory {
    Memory {
        total_bytes: 2 << 30,
        available_bytes,
        free_swap_bytes: 0,
        pressure_percent: Some(0.0),
    }
}

fn descriptors(open: u64) -> Descriptors {
    Descriptors {
        pid: 100,
        role: ProcessRole::Core,
        open: Some(open),
        limit: Some(1024),
    }
}

fn denial(operation: &str, at: Timestamp) -> MandatoryDenial {
    MandatoryDenial {
        at: Some(at),
        by: MandatoryControl::Selinux,
        program: "ssm-agent-worke".to_owned(),
        operation: operation.to_owned(),
        target: Some("_script.sh".to_owned()),
        is_permissive: false,
    }
}

fn event(kind: EventKind, minutes: i64, signs: &[Sign]) -> LogEvent {
    LogEvent {
        at: in_minutes(minutes),
        kind,
        by: LogSource::Core,
        level: LogLevel::Error,
        code: None,
        signs: signs.to_vec(),
        subject: None,
        endpoint: None,
        wait_ms: None,
        message: Some("the agent's words".to_owned()),
    }
}

fn folder(seen: &mut Seen, use_for: FolderUse, change: impl FnOnce(&mut FolderSpace)) {
    let Reading::Found { value, .. } = &mut seen.0.host.health.folders else {
        unreachable!("a healthy host's folders are known")
    };
    let folder = value.iter_mut().find(|folder| folder.use_for == use_for);
    change(folder.expect("every use has a folder"));
}

fn log(seen: &mut Seen, events: Vec<LogEvent>) {
    let log = AgentLog {
        events,
        ..AgentLog::default()
    };
    seen.0.host.agent_log = Reading::found(log, "/var/log/amazon/ssm");
}

fn finding<'a>(report: &'a Report, id: &str) -> Option<&'a Finding> {
    report.findings.iter().find(|one| one.id == id)
}

/// The weight and words of a finding on a healthy host that was spoiled in one way.
fn spoiled(id: &str, spoil: impl FnOnce(&mut Seen)) -> Option<(Severity, String)> {
    let mut seen = healthy();
    spoil(&mut seen);
    let report = seen.report();
    let found = finding(&report, id).map(|one| (one.severity, one.detail.clone()));
    if matches!(found, Some((Severity::Error, _))) {
        assert_eq!(report.verdict.cause.as_deref(), Some(id));
    }
    found
}

#[track_caller]
fn is(found: Option<(Severity, String)>, severity: Severity, parts: &[&str]) {
    let (weight, detail) = found.expect("the finding is there");
    assert_eq!(weight, severity, "{detail}");
    for part in parts {
        assert!(detail.contains(part), "`{part}` is not in: {detail}");
    }
}

fn status(seen: &Seen, id: &str) -> CheckStatus {
    let report = seen.report();
    let check = report.checks.iter().find(|one| one.id == id);
    check.expect("every check is listed").status
}

#[test]
fn nothing_is_said_of_a_healthy_host() {
    let seen = healthy();
    let report = seen.report();
    assert_eq!(report.verdict.cause, None, "{:#?}", report.findings);
    for id in [
        "host.space",
        "host.writable",
        "host.execution",
        "host.inotify",
        "host.descriptors",
        "host.memory",
        "host.machine-id",
    ] {
        assert_eq!(status(&seen, id), CheckStatus::Pass, "{id}");
    }
    for id in ["agent.alone", "session.run-as-user"] {
        assert_eq!(status(&seen, id), CheckStatus::Skip, "{id}");
    }
}

#[test]
fn an_unseen_host_is_unknown_and_never_pass_or_fail() {
    let seen = Seen::ec2();
    for id in [
        "host.space",
        "host.writable",
        "host.execution",
        "host.inotify",
        "host.descriptors",
        "host.memory",
        "host.machine-id",
    ] {
        assert_eq!(status(&seen, id), CheckStatus::Unknown, "{id}");
    }
}

#[test]
fn no_bytes_and_no_inodes_are_both_a_full_disk() {
    for (room, says) in [
        (space(0, 100_000), "no space is left"),
        (space(900_000, 100_000), "no space is left"),
        (
            space(4 << 30, 0),
            "no inodes are left, though there is space",
        ),
    ] {
        let found = spoiled("disk-full", |seen| {
            folder(seen, FolderUse::Log, |folder| folder.space = Some(room));
        });
        is(found, Severity::Error, &[says, "/var/log/amazon/ssm"]);
    }
    // Of no concern: a file system without a fixed number of inodes, and where nothing is kept.
    let no_inodes = Space {
        total_inodes: 0,
        ..space(4 << 30, 0)
    };
    for (use_for, room) in [
        (FolderUse::Data, no_inodes),
        (FolderUse::Temporary, space(0, 0)),
        (FolderUse::Programs, space(0, 0)),
    ] {
        let found = spoiled("disk-full", |seen| {
            folder(seen, use_for, |folder| folder.space = Some(room));
        });
        assert_eq!(found, None, "{use_for:?}");
    }
}

#[test]
fn little_room_is_a_warning_of_the_check_alone() {
    let mut seen = healthy();
    folder(&mut seen, FolderUse::Data, |folder| {
        folder.space = Some(space(10 << 20, 100_000));
    });
    assert_eq!(status(&seen, "host.space"), CheckStatus::Warn);
    assert!(finding(&seen.report(), "disk-full").is_none());
}

#[test]
fn a_missing_plugin_is_the_full_disk_s_consequence() {
    let found = spoiled("disk-full", |seen| {
        folder(seen, FolderUse::Data, |folder| {
            folder.space = Some(space(0, 5));
        });
        log(seen, vec![event(EventKind::PluginMissing, -5, &[])]);
    });
    is(
        found,
        Severity::Error,
        &["Standard_Stream", "5 min ago", "consequence"],
    );
}

#[test]
fn a_logged_want_of_room_counts_where_the_room_is_not_known() {
    let full = || vec![event(EventKind::DataRootNotWritable, -9, &[Sign::NoSpace])];
    let unknown = spoiled("disk-full", |seen| {
        seen.0.host.health.folders = Reading::not_read("elsewhere");
        log(seen, full());
    });
    is(unknown, Severity::Error, &["9 min ago"]);
    let over = spoiled("disk-full", |seen| log(seen, full()));
    is(over, Severity::Warning, &["There is room by now"]);
    let served = spoiled("disk-full", |seen| {
        let mut events = full();
        events.push(event(EventKind::DataChannelUp, -2, &[]));
        log(seen, events);
    });
    assert_eq!(served, None);
    let before_the_start = spoiled("disk-full", |seen| {
        let mut events = full();
        events.push(event(EventKind::CoreStarted, -2, &[]));
        log(seen, events);
    });
    assert_eq!(before_the_start, None);
}

#[test]
fn a_read_only_folder_is_an_error_and_a_sealed_root_is_not() {
    let found = spoiled("root-read-only", |seen| {
        folder(seen, FolderUse::Data, |folder| {
            folder.is_read_only = Some(true);
        });
    });
    is(
        found,
        Severity::Error,
        &["/var/lib/amazon/ssm is on a read-only"],
    );
    let sealed = spoiled("root-read-only", |seen| {
        folder(seen, FolderUse::Data, |folder| {
            folder.is_read_only = Some(true);
            "/".clone_into(&mut folder.looked_at);
        });
    });
    assert_eq!(sealed, None);
}

#[test]
fn what_the_agent_could_not_write_counts_until_it_can() {
    let kind = EventKind::VaultNotWritable;
    let forbidden = spoiled("root-read-only", |seen| {
        log(seen, vec![event(kind, -9, &[Sign::PermissionDenied])]);
    });
    is(
        forbidden,
        Severity::Error,
        &["9 min ago", "the agent's words"],
    );
    let remounted = spoiled("root-read-only", |seen| {
        log(seen, vec![event(kind, -9, &[Sign::ReadOnly])]);
    });
    is(remounted, Severity::Warning, &["writable by now"]);
    // SELinux explains it.
    let labelled = spoiled("root-read-only", |seen| {
        log(seen, vec![event(kind, -9, &[Sign::PermissionDenied])]);
        seen.0.host.health.denials =
            Reading::found(vec![denial("write", in_minutes(-9))], "audit.log");
    });
    assert_eq!(labelled, None);
}

#[test]
fn at_a_limit_of_inotify_the_greediest_is_named() {
    for use_of in [inotify(128, 10), inotify(3, 8192)] {
        let found = spoiled("inotify-exhausted", |seen| {
            seen.0.host.health.inotify = Reading::found(use_of, "/proc");
        });
        is(
            found,
            Severity::Error,
            &["kubelet (pid 7)", "of 128 instances"],
        );
    }
    let mut near = healthy();
    near.0.host.health.inotify = Reading::found(inotify(110, 10), "/proc");
    assert_eq!(status(&near, "host.inotify"), CheckStatus::Warn);
    assert!(finding(&near.report(), "inotify-exhausted").is_none());
}

#[test]
fn a_logged_watcher_is_about_watches_unless_the_disk_is_full() {
    let watcher = || vec![event(EventKind::WatcherFailed, -3, &[Sign::NoSpace])];
    let unknown = spoiled("inotify-exhausted", |seen| {
        log(seen, watcher());
        seen.0.host.health.inotify = Reading::not_read("elsewhere");
    });
    is(
        unknown,
        Severity::Error,
        &["3 min ago", "could not be seen"],
    );
    let over = spoiled("inotify-exhausted", |seen| log(seen, watcher()));
    is(over, Severity::Warning, &["root uses 20 of 128"]);
    let disk = spoiled("inotify-exhausted", |seen| {
        log(seen, watcher());
        folder(seen, FolderUse::Data, |folder| {
            folder.space = Some(space(0, 5));
        });
    });
    assert_eq!(disk, None);
    let descriptors_gone = spoiled("inotify-exhausted", |seen| {
        log(
            seen,
            vec![event(
                EventKind::WatcherFailed,
                -3,
                &[Sign::TooManyOpenFiles],
            )],
        );
        seen.0.host.health.descriptors = Reading::found(vec![descriptors(1024)], "/proc");
    });
    is(
        descriptors_gone,
        Severity::Error,
        &["1024 of 1024 file descriptors"],
    );
}

#[test]
fn a_noexec_mount_weighs_by_what_it_stops() {
    let noexec = |use_for, stops: bool| {
        spoiled("execution-blocked", |seen| {
            folder(seen, use_for, |folder| folder.is_noexec = Some(true));
            if stops {
                let core = vec![process(100, ProcessRole::Core)];
                seen.0.host.agent.processes = Reading::found(core, "/proc");
                let refused = event(EventKind::ProgramRefused, -1, &[Sign::PermissionDenied]);
                log(seen, vec![refused]);
            }
        })
    };
    is(
        noexec(FolderUse::Data, false),
        Severity::Warning,
        &["Run Command"],
    );
    is(
        noexec(FolderUse::Data, true),
        Severity::Error,
        &["60 s ago"],
    );
    is(
        noexec(FolderUse::Programs, true),
        Severity::Error,
        &["/usr/bin"],
    );
    is(
        noexec(FolderUse::Programs, false),
        Severity::Warning,
        &["/usr/bin"],
    );
    assert_eq!(noexec(FolderUse::Temporary, false), None);
}

#[test]
fn a_denial_counts_when_it_is_enforced_and_of_today() {
    let denied = |one: MandatoryDenial| {
        spoiled("execution-blocked", |seen| {
            seen.0.host.health.denials = Reading::found(vec![one], "/var/log/audit/audit.log");
        })
    };
    let now = in_minutes(-10);
    is(
        denied(denial("execute", now)),
        Severity::Error,
        &["SELinux denied execute"],
    );
    is(
        denied(denial("getattr", now)),
        Severity::Warning,
        &["Nothing shows"],
    );
    assert_eq!(denied(denial("execute", in_minutes(-3000))), None);
    let permissive = MandatoryDenial {
        is_permissive: true,
        ..denial("execute", now)
    };
    assert_eq!(denied(permissive), None);
}

#[test]
fn an_agent_that_cannot_live_here_is_not_blamed_for_not_running() {
    let mut seen = healthy();
    seen.0.host.agent.processes = Reading::found(Vec::new(), "/proc");
    folder(&mut seen, FolderUse::Data, |folder| {
        folder.is_read_only = Some(true);
    });
    let report = seen.report();
    assert_eq!(report.verdict.cause.as_deref(), Some("root-read-only"));
    let stopped = finding(&report, "agent-not-running").expect("it is still told");
    assert_eq!(stopped.severity, Severity::Note);
}

#[test]
fn the_user_of_a_session_counts_until_it_exists() {
    let refused = |exists: Option<bool>, later: Option<EventKind>| {
        spoiled("runas-user-missing", |seen| {
            let mut refusal = event(EventKind::RunAsUserMissing, -30, &[]);
            refusal.subject = Some("alice".to_owned());
            let mut events = vec![refusal];
            events.extend(later.map(|kind| event(kind, -5, &[])));
            log(seen, events);
            let users = exists.map(|exists| ("alice".to_owned(), exists));
            seen.0.host.health.session_users =
                Reading::found(users.into_iter().collect(), "/etc/passwd");
        })
    };
    is(
        refused(Some(false), None),
        Severity::Error,
        &["`alice`", "30 min ago", "still does not"],
    );
    is(refused(None, None), Severity::Error, &["could not be told"]);
    is(
        refused(Some(false), Some(EventKind::DataChannelUp)),
        Severity::Warning,
        &["only some people"],
    );
    assert_eq!(refused(Some(true), None), None);
    // A restart of the agent makes no user.
    assert!(refused(Some(false), Some(EventKind::CoreStarted)).is_some());
}

#[test]
fn the_missing_user_is_in_the_command_only_when_a_shell_can_take_it() {
    for (name, command) in [
        ("alice", "sudo useradd -m alice"),
        ("x;reboot", "USER_NAME"),
        ("-x", "USER_NAME"),
    ] {
        let mut seen = healthy();
        let mut refused = event(EventKind::RunAsUserMissing, -30, &[]);
        refused.subject = Some(name.to_owned());
        log(&mut seen, vec![refused]);
        let report = seen.report();
        let found = finding(&report, "runas-user-missing").expect("it is there");
        let text = &found.remedies.first().expect("it has a remedy").text;
        assert!(text.contains(command) && !text.contains("reboot"), "{text}");
    }
}

#[test]
fn two_agents_in_one_container_are_in_each_other_s_way() {
    let two = |container: bool| {
        spoiled("exec-agent-conflict", |seen| {
            let cores = [100, 200].map(|pid| process(pid, ProcessRole::Core));
            seen.0.host.agent.processes = Reading::found(cores.to_vec(), "/proc");
            if container {
                seen.0.host.container = Reading::found("ECS".to_owned(), "/proc/1/cgroup");
            }
        })
    };
    is(two(true), Severity::Warning, &["2 agents"]);
    assert_eq!(two(false), None);
    let taken = spoiled("exec-agent-conflict", |seen| {
        seen.0.host.container = Reading::found("ECS".to_owned(), "/proc/1/cgroup");
        log(
            seen,
            vec![event(EventKind::StartFailed, -1, &[Sign::AddressInUse])],
        );
    });
    is(taken, Severity::Warning, &["60 s ago"]);
}

#[test]
fn memory_descriptors_and_machine_id_are_told_by_their_checks() {
    let mut seen = healthy();
    seen.0.host.health.memory = Reading::found(memory(50 << 20), "/proc/meminfo");
    seen.0.host.health.descriptors = Reading::found(vec![descriptors(1000)], "/proc");
    seen.0.host.health.machine_id = Reading::absent("/etc/machine-id");
    assert_eq!(status(&seen, "host.memory"), CheckStatus::Warn);
    assert_eq!(status(&seen, "host.descriptors"), CheckStatus::Warn);
    assert_eq!(status(&seen, "host.machine-id"), CheckStatus::Skip);
    let mut node = Seen::hybrid();
    node.0.host.health.machine_id = Reading::absent("/etc/machine-id");
    assert_eq!(status(&node, "host.machine-id"), CheckStatus::Fail);
}
