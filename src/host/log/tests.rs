use std::io::Write;

use super::{EVENTS, read};
use crate::host::layout::Layout;
use crate::host::testing::Root;
use crate::observations::{AgentLog, EventKind as E, Reading, Sign};

const LOGS: &str = "/var/log/amazon/ssm";

fn look(root: &Root) -> Reading<AgentLog> {
    read(&root.world(), &Layout::LINUX)
}

#[track_caller]
fn found(root: &Root) -> AgentLog {
    match look(root) {
        Reading::Found { value, .. } => value,
        other => panic!("{other:?}"),
    }
}

fn recorded(name: &str) -> AgentLog {
    let root = Root::new();
    for file in ["amazon-ssm-agent.log", "errors.log"] {
        root.copy(
            &format!("tests/agent-runs/{name}/{file}"),
            &format!("{LOGS}/{file}"),
        );
    }
    found(&root)
}

fn main_log(root: &Root, content: impl AsRef<[u8]>) {
    root.write(&format!("{LOGS}/amazon-ssm-agent.log"), content);
}

#[test]
fn recorded_runs_tell_their_story() {
    let healthy = recorded("healthy-profile");
    assert_eq!(
        healthy.last(E::IdentityTaken).unwrap().subject.as_deref(),
        Some("EC2")
    );
    assert!(healthy.last(E::ProfileConnected).is_some());
    assert!(healthy.last(E::ChannelSsmmessages).is_some());
    assert!(healthy.last(E::CredentialsFailed).is_none());
    assert_eq!(
        healthy.last(E::CoreStarted).unwrap().subject.as_deref(),
        Some("3.3.0.0")
    );

    let denied = recorded("profile-no-policy");
    let refused = denied.last(E::ProfileRefused).unwrap();
    assert_eq!(refused.code.as_deref(), Some("AccessDeniedException"));
    assert!(
        refused
            .message
            .as_ref()
            .unwrap()
            .contains("ssm:UpdateInstanceInformation")
    );
    assert!(
        denied
            .last(E::DhmcFailed)
            .unwrap()
            .has(Sign::DhmcNotConfigured)
    );
    assert_eq!(
        denied.last(E::CredentialsSleep).unwrap().wait_ms,
        Some(1_505_000)
    );
    assert!(denied.last(E::WorkerStarted).is_none());

    let dhmc = recorded("dhmc-only");
    assert!(
        dhmc.last(E::ProfileRefused)
            .unwrap()
            .has(Sign::NoRoleInImds)
    );
    assert!(dhmc.last(E::DhmcConnected).is_some());
}

#[test]
fn recorded_troubles_tell_theirs() {
    let hybrid = recorded("hybrid.imds-noroute");
    assert_eq!(
        hybrid.last(E::IdentityTaken).unwrap().subject.as_deref(),
        Some("OnPrem")
    );
    assert!(hybrid.last(E::ControlChannelUp).is_some());

    let skewed = recorded("clock-skew");
    let failed = skewed.last(E::CredentialsFailed).unwrap();
    assert!(failed.has(Sign::SignatureExpired) && failed.has(Sign::DhmcSkipped));
    assert_eq!(
        skewed.last(E::CredentialsSleep).unwrap().wait_ms,
        Some(300_000)
    );

    let no_name = recorded("ssmmessages-nxdomain");
    let channel = no_name.last(E::ControlChannelRefused).unwrap();
    assert!(channel.has(Sign::NameNotFound));
    assert_eq!(
        channel.endpoint.as_deref(),
        Some("ssmmessages.us-east-1.amazonaws.com")
    );
    assert!(no_name.last(E::ChannelEc2messages).is_some());

    let no_imds = recorded("imds-disabled");
    assert!(
        no_imds
            .last(E::Ec2IdentityFailed)
            .unwrap()
            .has(Sign::ImdsTokenFailed)
    );
    assert!(no_imds.last(E::StartFailed).is_some());
}

#[test]
fn a_failure_that_both_logs_hold_counts_once() {
    let log = recorded("ssmmessages-nxdomain");
    let count = log
        .events
        .iter()
        .filter(|event| event.kind == E::ControlChannelRefused)
        .count();
    assert_eq!(count, 3);
    assert_eq!(log.files.len(), 2);
    assert!(log.files.iter().all(|file| file.complete));
}

#[test]
fn what_the_log_has_rolled_away_is_still_in_the_errors() {
    let root = Root::new();
    main_log(&root, "2026-11-24 10:00:00 INFO Credentials ready\n");
    root.write(
        &format!("{LOGS}/errors.log"),
        "2026-11-23 10:00:00 ERROR [f @ x.go.1] Agent failed to assume any identity\n\
         2026-11-24 11:00:00 ERROR [f @ x.go.1] Agent failed to assume any identity\n",
    );
    let log = found(&root);
    let kinds: Vec<_> = log.events.iter().map(|event| event.kind).collect();
    assert_eq!(kinds, [E::NoIdentity, E::CredentialsReady]);
    assert_eq!(log.first_at.unwrap().to_string(), "2026-11-23T10:00:00Z");
}

#[test]
fn rolled_and_packed_logs_are_read_in_order_of_time() {
    let root = Root::new();
    main_log(&root, "2026-11-24 10:00:00 INFO Credentials ready\n");
    let rolled = format!("{LOGS}/amazon-ssm-agent.log.1");
    root.write(
        &rolled,
        "2026-11-23 10:00:00 INFO Agent will take identity from EC2\n",
    );
    root.touch(&rolled, 1_795_400_000);
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    packed
        .write_all(b"2026-11-22 10:00:00 INFO Agent will take identity from OnPrem\n")
        .unwrap();
    let path = format!("{LOGS}/amazon-ssm-agent.log.2.gz");
    root.write(&path, packed.finish().unwrap());
    root.touch(&path, 1_795_300_000);
    let log = found(&root);
    let subjects: Vec<_> = log
        .events
        .iter()
        .filter_map(|event| event.subject.as_deref())
        .collect();
    assert_eq!(subjects, ["OnPrem", "EC2"]);
    assert_eq!(log.files.len(), 3);
    assert!(log.files[0].path.ends_with("agent.log"));
}

#[test]
fn a_packed_log_that_is_cut_off_or_a_bomb_costs_little() {
    let root = Root::new();
    let mut bomb = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    let line = b"2026-11-22 10:00:00 INFO nothing of note in here at all\n".repeat(20_000);
    for _ in 0..100 {
        bomb.write_all(&line).unwrap();
    }
    let bytes = bomb.finish().unwrap();
    root.write(&format!("{LOGS}/amazon-ssm-agent.log.1.gz"), &bytes);
    let log = found(&root);
    assert!(log.files[0].read_bytes <= super::MAIN_LIMIT && !log.files[0].complete);
    root.write(
        &format!("{LOGS}/amazon-ssm-agent.log.1.gz"),
        &bytes[..bytes.len() / 2],
    );
    assert!(found(&root).entries > 0);
    root.write(&format!("{LOGS}/amazon-ssm-agent.log.1.gz"), "garbage");
    assert!(matches!(look(&root), Reading::Unreadable { .. }));
}

#[test]
fn only_the_end_of_a_huge_log_is_read() {
    let root = Root::new();
    let path = format!("{LOGS}/amazon-ssm-agent.log");
    root.sparse(&path, 10 << 30);
    root.append(&path, b"\n2026-11-24 10:00:00 INFO Credentials ready\n");
    let watch = root.world().clock.stopwatch();
    let log = found(&root);
    assert!(log.last(E::CredentialsReady).is_some());
    assert!(!log.files[0].complete && log.files[0].read_bytes <= super::MAIN_LIMIT);

    // Words first, then a hole: what a log looks like after it was enlarged by mistake.
    root.write(&path, b"2026-11-24 10:00:00 INFO Credentials ready\n");
    root.grow(&path, 10 << 30);
    assert!(found(&root).last(E::CredentialsReady).is_some());

    // A line of 1 GB, and then words.
    root.sparse(&path, 0);
    root.append(&path, b"2026-11-24 09:00:00 ERROR ");
    root.grow(&path, 1 << 30);
    root.append(&path, b"\n2026-11-24 10:00:00 INFO Credentials ready\n");
    assert!(found(&root).last(E::CredentialsReady).is_some());
    assert!(watch.elapsed().as_secs() < 10, "{:?}", watch.elapsed());
}

#[test]
fn a_million_lines_of_noise_give_no_event() {
    let root = Root::new();
    let lines = "2026-11-24 10:00:00.1234 INFO [ssm-agent-worker] [MessageService] registered plugins: {}\n\
                 2026-11-24 10:00:01 WARN [x] Failed to do something that nobody knows\n"
        .repeat(500_000);
    main_log(&root, lines);
    let log = found(&root);
    assert!(log.events.is_empty());
    assert!(log.entries > 10_000 && log.unknown_errors > 5_000);
}

#[test]
fn many_events_are_thinned_to_the_newest_and_the_last_of_each_kind() {
    let root = Root::new();
    let mut lines = vec!["2026-11-23 10:00:00 INFO Agent will take identity from EC2".to_owned()];
    for minute in 0..60 {
        lines.extend((0..60).map(|second| {
            format!("2026-11-24 10:{minute:02}:{second:02} ERROR GetMessages Error: x")
        }));
    }
    main_log(
        &root,
        lines.join(
            "
",
        ),
    );
    let log = found(&root);
    assert_eq!(log.events.len(), EVENTS + 1);
    assert_eq!(log.events[0].kind, E::IdentityTaken);
    assert_eq!(log.entries, 3601);
    assert!(log.events.is_sorted_by_key(|event| event.at));
}

#[test]
fn hibernation_s_own_log_counts_as_the_worker_s() {
    let root = Root::new();
    main_log(&root, "");
    root.write(
        &format!("{LOGS}/hibernate.log"),
        "2026-11-24 10:00:00 INFO Agent is in hibernate mode. Reducing logging.\n\
         2026-11-24 10:05:00 INFO Backing off health check to every 600 seconds for 1800 seconds.\n",
    );
    let log = found(&root);
    assert_eq!(log.events[1].wait_ms, Some(600_000));
    assert_eq!(log.events[1].by, crate::observations::LogSource::Worker);
}

#[test]
fn times_follow_the_host_s_zone_and_a_damaged_one_is_said() {
    let root = Root::new();
    main_log(&root, "2026-11-24 10:00:00 INFO Credentials ready\n");
    assert_eq!(found(&root).time_zone.as_deref(), Some("UTC"));
    root.write("/etc/localtime", "garbage");
    assert_eq!(found(&root).time_zone, None);
    root.write("/usr/share/zoneinfo/Etc/GMT-2", tzif_east(2));
    root.link("/etc/localtime", "/usr/share/zoneinfo/Etc/GMT-2");
    let log = found(&root);
    assert_eq!(log.time_zone.as_deref(), Some("Etc/GMT-2"));
    assert_eq!(log.events[0].at.to_string(), "2026-11-24T08:00:00Z");
}

/// A zone file (RFC 9636, version 1) of one fixed offset.
fn tzif_east(hours: i32) -> Vec<u8> {
    let mut bytes = b"TZif".to_vec();
    bytes.resize(20, 0);
    for count in [0_u32, 0, 0, 0, 1, 4] {
        bytes.extend(count.to_be_bytes());
    }
    bytes.extend((hours * 3600).to_be_bytes());
    bytes.extend([0, 0]);
    bytes.extend(b"XXX\0");
    bytes
}

#[test]
fn the_log_gives_each_of_the_answers() {
    let root = Root::new();
    assert!(look(&root).is_absent());
    root.folder(LOGS);
    assert!(look(&root).is_absent());
    main_log(&root, "");
    assert_eq!(found(&root).entries, 0);
    let path = format!("{LOGS}/amazon-ssm-agent.log");
    root.fifo(&path);
    assert!(matches!(look(&root), Reading::Unreadable { .. }));
    root.link(&path, &path);
    assert!(matches!(look(&root), Reading::Unreadable { .. }));
    root.write(
        &format!("{LOGS}/errors.log"),
        "2026-11-24 10:00:00 ERROR GetMessages Error: x\n",
    );
    let log = found(&root);
    assert!(log.files[0].refused.is_some() && log.events.len() == 1);
    root.write(LOGS, "a file");
    assert!(look(&root).is_absent());
}
