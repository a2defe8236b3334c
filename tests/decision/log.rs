//! The agent's log and its live channel as evidence: what they decide, and what outweighs them.

use std::net::IpAddr;

use ssm_probe::observations::Call::{CreateControlChannel, UpdateInstanceInformation};
use ssm_probe::observations::{
    AgentLog, AgentProcess, AgentSocket, Chain, CredentialsFile, EventKind, LogEvent, LogLevel,
    LogSource, Path, ProcessRole, Reading, RegistrationSummary, Service, Sign, SocketState,
};
use ssm_probe::report::model::{
    Decision, EvidenceKind, Finding, Permission, Report, Severity, VerdictOutcome,
};

use crate::seen::{ACCOUNT, INSTANCE, Seen, in_minutes, now};

const PROFILE: Path = Path::InstanceProfile;

fn event(minutes: i64, kind: EventKind) -> LogEvent {
    LogEvent {
        at: in_minutes(minutes),
        kind,
        by: LogSource::Core,
        level: LogLevel::Info,
        code: None,
        signs: Vec::new(),
        subject: None,
        endpoint: None,
        wait_ms: None,
        message: None,
    }
}

fn denial(minutes: i64, kind: EventKind, role: &str, action: &str) -> LogEvent {
    LogEvent {
        code: Some("AccessDeniedException".to_owned()),
        message: Some(format!(
            "AccessDeniedException: User: arn:aws:sts::{ACCOUNT}:assumed-role/{role}/{INSTANCE} is not authorized to perform: {action} on resource: * because no identity-based policy allows the {action} action"
        )),
        ..event(minutes, kind)
    }
}

fn sleep(minutes: i64, wait_minutes: u64) -> LogEvent {
    LogEvent {
        wait_ms: Some(wait_minutes * 60_000),
        ..event(minutes, EventKind::CredentialsSleep)
    }
}

fn identity(minutes: i64) -> LogEvent {
    LogEvent {
        subject: Some("EC2".to_owned()),
        ..event(minutes, EventKind::IdentityTaken)
    }
}

trait Logged {
    fn logged(self, events: Vec<LogEvent>) -> Seen;
    fn worker(self) -> Seen;
    fn channel(self, proxy: Option<&str>) -> Seen;
}

impl Logged for Seen {
    /// The agent's log holds these events.
    fn logged(self, events: Vec<LogEvent>) -> Seen {
        self.with(|all| {
            let log = AgentLog {
                last_at: events.last().map(|event| event.at),
                events,
                ..AgentLog::default()
            };
            all.host.agent_log = Reading::found(log, "/var/log/amazon/ssm");
        })
    }

    /// The worker runs, too, since an hour ago.
    fn worker(self) -> Seen {
        self.with(|all| {
            let one = |pid, role| AgentProcess {
                pid,
                role,
                executable: None,
                started_at: Some(in_minutes(-60)),
            };
            let both = vec![one(100, ProcessRole::Core), one(120, ProcessRole::Worker)];
            all.host.agent.processes = Reading::found(both, "/proc");
        })
    }

    /// The worker holds a connection to the address that `ssmmessages` has.
    fn channel(self, proxy: Option<&str>) -> Seen {
        let address: IpAddr = "10.0.1.5".parse().expect("an address");
        self.worker().with(|all| {
            let socket = AgentSocket {
                pid: 120,
                role: ProcessRole::Worker,
                remote_address: address,
                remote_port: 443,
                state: SocketState::Established,
            };
            all.host.health.sockets = Reading::found(vec![socket], "/proc/120/net/tcp");
            let chain: Chain = serde_json::from_value(serde_json::json!({
                "host": "ssmmessages.eu-west-1.amazonaws.com", "port": 443, "overridden": false,
                "proxy": proxy,
                "resolve": {
                    "step": "held", "at": now(), "elapsed_ms": 1,
                    "value": {"addresses": [address], "source": "10.0.0.2"}
                },
                "connect": {"step": "not-asked"}, "tls": {"step": "not-asked"},
                "http": {"step": "not-asked"}
            }))
            .expect("a chain");
            all.network.chains.insert(Service::Ssmmessages, chain);
        })
    }
}

fn permission(report: &Report, path: Path, action: &str) -> Permission {
    let path = report.paths.iter().find(|one| one.path == path);
    path.and_then(|path| path.permissions.iter().find(|one| one.action == action))
        .cloned()
        .expect("it is listed")
}

fn finding<'r>(report: &'r Report, id: &str) -> Option<&'r Finding> {
    report.findings.iter().find(|one| one.id == id)
}

/// The profile is active, and nothing is known of the channels.
fn active() -> Seen {
    Seen::ec2().allowed(UpdateInstanceInformation, PROFILE)
}

#[test]
fn a_logged_denial_decides_where_nothing_live_answers() {
    let log = vec![
        event(-50, EventKind::CoreStarted),
        event(-49, EventKind::ProfileConnected),
        denial(
            -48,
            EventKind::ControlChannelRefused,
            "NodeRole",
            "ssmmessages:CreateControlChannel",
        ),
    ];
    let report = active().logged(log).report();
    let one = permission(&report, PROFILE, "ssmmessages:CreateControlChannel");
    assert_eq!(
        (one.decision, one.evidence, one.observed_at),
        (Decision::Denied, EvidenceKind::Log, Some(in_minutes(-48)))
    );
    assert_eq!(
        report.verdict.cause.as_deref(),
        Some("session-permission-missing")
    );
    let said = finding(&report, "session-permission-missing").expect("it is said");
    assert!(said.detail.contains("48 min ago"), "{}", said.detail);
}

#[test]
fn a_live_answer_outweighs_the_log() {
    let log = vec![
        event(-49, EventKind::ProfileConnected),
        denial(
            -48,
            EventKind::ControlChannelRefused,
            "NodeRole",
            "ssmmessages:CreateControlChannel",
        ),
    ];
    let report = active()
        .allowed(CreateControlChannel, PROFILE)
        .logged(log)
        .report();
    let one = permission(&report, PROFILE, "ssmmessages:CreateControlChannel");
    assert_eq!(
        (one.decision, one.evidence),
        (Decision::Allowed, EvidenceKind::Probe)
    );
    assert_eq!(report.verdict.outcome, VerdictOutcome::Usable);
}

#[test]
fn a_network_failure_or_another_start_in_the_log_is_no_denial() {
    let failed = LogEvent {
        signs: vec![Sign::TimedOut],
        message: Some("i/o timeout".to_owned()),
        ..event(-10, EventKind::ControlChannelRefused)
    };
    let before = denial(
        -60,
        EventKind::ControlChannelRefused,
        "NodeRole",
        "ssmmessages:CreateControlChannel",
    );
    let log = vec![
        event(-70, EventKind::ProfileConnected),
        before,
        event(-50, EventKind::CoreStarted),
        event(-49, EventKind::ProfileConnected),
        failed,
    ];
    let one = permission(
        &active().logged(log).report(),
        PROFILE,
        "ssmmessages:CreateControlChannel",
    );
    assert_eq!(one.decision, Decision::Unknown, "{}", one.detail);
}

#[test]
fn a_denial_of_the_role_that_was_in_the_profile_before_says_nothing() {
    let log = vec![denial(
        -48,
        EventKind::ProfileRefused,
        "FormerRole",
        "ssm:UpdateInstanceInformation",
    )];
    let selection = Seen::ec2().logged(log).selection();
    assert_eq!(selection.active, None);
    assert!(selection.question.is_some(), "it is still open");
}

#[test]
fn a_logged_denial_of_the_test_is_asked_again_where_it_may_be() {
    let log = vec![denial(
        -48,
        EventKind::ProfileRefused,
        "NodeRole",
        "ssm:UpdateInstanceInformation",
    )];
    let selection = Seen::ec2().logged(log).selection();
    assert_eq!(selection.asks, Some(UpdateInstanceInformation));
    let chain = selection.ec2().expect("an EC2 chain");
    assert_eq!(chain.logged_at, Some(in_minutes(-48)));
}

#[test]
fn what_a_stopped_agent_was_allowed_once_is_no_evidence() {
    let log = vec![
        event(-49, EventKind::ProfileConnected),
        event(-48, EventKind::ControlChannelUp),
    ];
    let report = active()
        .logged(log)
        .with(|all| all.host.agent.processes = Reading::found(Vec::new(), "/proc"))
        .report();
    let one = permission(&report, PROFILE, "ssmmessages:CreateControlChannel");
    assert_eq!(one.decision, Decision::Unknown);
}

#[test]
fn a_live_channel_is_evidence_for_what_opened_it_and_tells_its_age() {
    let log = vec![
        event(-59, EventKind::ProfileConnected),
        event(-58, EventKind::ControlChannelUp),
    ];
    let report = active().logged(log).channel(None).report();
    for action in [
        "ssmmessages:CreateControlChannel",
        "ssmmessages:OpenControlChannel",
    ] {
        let one = permission(&report, PROFILE, action);
        assert_eq!(
            (one.decision, one.evidence),
            (Decision::Allowed, EvidenceKind::Socket)
        );
        assert!(
            one.detail.contains("10.0.1.5:443") && one.detail.contains("58 min ago"),
            "{}",
            one.detail
        );
    }
    assert_eq!(report.verdict.outcome, VerdictOutcome::Usable);
}

#[test]
fn behind_a_proxy_a_connection_proves_nothing() {
    let log = vec![event(-59, EventKind::ProfileConnected)];
    let report = active()
        .logged(log)
        .channel(Some("http://10.0.0.9:3128"))
        .report();
    let one = permission(&report, PROFILE, "ssmmessages:OpenControlChannel");
    assert_eq!(one.decision, Decision::Unknown);
}

#[test]
fn a_channel_of_another_path_is_no_evidence_for_this_one() {
    let log = vec![event(-59, EventKind::DhmcConnected)];
    let report = active().logged(log).channel(None).report();
    let one = permission(&report, PROFILE, "ssmmessages:OpenControlChannel");
    assert_eq!(one.decision, Decision::Unknown);
}

#[test]
fn leftover_files_are_named_and_prove_nothing() {
    let seen = active()
        .state(INSTANCE, "EC2", "EC2", in_minutes(50))
        .with(|all| {
            let file = CredentialsFile {
                profile: "default".to_owned(),
                has_keys: true,
                has_token: true,
                key_prefix: "ASIA".to_owned(),
                other_profiles: Vec::new(),
            };
            all.host.dhmc_credentials = Reading::found(file, "/var/lib/amazon/ssm/credentials");
            let copy = RegistrationSummary {
                instance_id: "mi-0123456789abcdef0".to_owned(),
                region: "eu-west-1".to_owned(),
            };
            all.host.vault.summary = Reading::found(copy, "/var/lib/amazon/ssm/registration");
        });
    let report = seen.report();
    assert_eq!(report.verdict.path, Some(PROFILE));
    let check = report.checks.iter().find(|one| one.id == "agent.state");
    let said = &check.expect("it is judged").evidence;
    assert_eq!(
        said.iter()
            .filter(|one| one.value.starts_with("left over"))
            .count(),
        2,
        "{said:?}"
    );
}

/// The agent failed ten minutes ago and sleeps for 27.
fn asleep() -> Vec<LogEvent> {
    vec![
        identity(-12),
        event(-12, EventKind::CoreStarted),
        denial(
            -10,
            EventKind::CredentialsFailed,
            "NodeRole",
            "ssm:UpdateInstanceInformation",
        ),
        sleep(-10, 27),
    ]
}

#[test]
fn an_agent_that_sleeps_while_all_is_well_is_the_cause() {
    let report = active()
        .allowed(CreateControlChannel, PROFILE)
        .logged(asleep())
        .report();
    assert_eq!(
        report.verdict.cause.as_deref(),
        Some("agent-waiting-to-retry")
    );
    assert_eq!(report.agent.next_retry_at, Some(in_minutes(17)));
    let said = finding(&report, "agent-waiting-to-retry").expect("it is said");
    assert!(
        said.detail.contains("10 min ago") && said.detail.contains("in 17 min"),
        "{}",
        said.detail
    );
}

#[test]
fn a_sleep_is_no_finding_while_nothing_live_says_that_all_is_well() {
    let report = Seen::ec2().logged(asleep()).report();
    assert!(finding(&report, "agent-waiting-to-retry").is_none());
    assert_eq!(report.agent.next_retry_at, Some(in_minutes(17)));
    let denied = Seen::ec2()
        .denied(UpdateInstanceInformation, PROFILE)
        .logged(asleep())
        .report();
    assert!(finding(&denied, "agent-waiting-to-retry").is_none());
    assert_eq!(denied.agent.next_retry_at, Some(in_minutes(17)));
}

#[test]
fn a_sleep_behind_another_error_is_a_note() {
    let report = active()
        .denied(CreateControlChannel, PROFILE)
        .logged(asleep())
        .report();
    assert_eq!(
        report.verdict.cause.as_deref(),
        Some("session-permission-missing")
    );
    let said = finding(&report, "agent-waiting-to-retry").expect("it is said");
    assert_eq!(said.severity, Severity::Note);
}

#[test]
fn an_agent_past_its_time_hangs_unless_its_worker_is_at_work() {
    let log = || {
        let mut log = asleep();
        log.pop();
        log.push(LogEvent {
            wait_ms: Some(60_000),
            ..event(-10, EventKind::CredentialsSleep)
        });
        log
    };
    let well = || {
        active()
            .allowed(CreateControlChannel, PROFILE)
            .logged(log())
    };
    let hangs = well().report();
    let said = finding(&hangs, "agent-waiting-to-retry").expect("it is said");
    assert_eq!(said.severity, Severity::Error);
    assert!(said.detail.contains("it hangs"), "{}", said.detail);
    assert_eq!(hangs.agent.next_retry_at, None);
    let at_work = well().worker().report();
    assert!(finding(&at_work, "agent-waiting-to-retry").is_none());
}

#[test]
fn a_success_a_restart_or_a_live_channel_ends_the_sleep() {
    let well = || {
        active()
            .allowed(CreateControlChannel, PROFILE)
            .logged(asleep())
    };
    let since = well()
        .state(INSTANCE, "EC2", "EC2", in_minutes(55))
        .with(|all| {
            if let Reading::Found { value, .. } = &mut all.host.runtime_config {
                value.credentials_retrieved_at = Some(in_minutes(-5));
            }
        });
    let restarted = well().with(|all| {
        let core = AgentProcess {
            pid: 100,
            role: ProcessRole::Core,
            executable: None,
            started_at: Some(in_minutes(-3)),
        };
        all.host.agent.processes = Reading::found(vec![core], "/proc");
    });
    let stopped = well().with(|all| {
        all.host.agent.processes = Reading::found(Vec::new(), "/proc");
    });
    let reports = [
        since.report(),
        restarted.report(),
        well().channel(None).report(),
        stopped.report(),
    ];
    for report in reports {
        assert_eq!(report.agent.next_retry_at, None);
        assert!(finding(&report, "agent-waiting-to-retry").is_none());
    }
}

#[test]
fn three_failures_before_the_version_s_line_are_an_ec2_agent_s_too() {
    // The identity is logged before the version: the start holds both.
    let mut log = vec![identity(-300), event(-300, EventKind::CoreStarted)];
    for minutes in [-300, -272, -244] {
        log.push(denial(
            minutes,
            EventKind::CredentialsFailed,
            "NodeRole",
            "ssm:UpdateInstanceInformation",
        ));
        log.push(sleep(minutes, 27));
    }
    let report = Seen::ec2()
        .denied(UpdateInstanceInformation, PROFILE)
        .logged(log)
        .report();
    let note = finding(&report, "agent-evidence-stale").expect("it is said");
    assert_eq!(note.severity, Severity::Note);
    assert!(note.detail.contains("three failures"), "{}", note.detail);
    let next = report.agent.next_retry_at.expect("it can be told");
    assert!(next > now() && next <= in_minutes(36), "{next}");
}
