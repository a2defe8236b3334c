//! As a plain user: what can be told is told, the rest is unknown and says why.

use std::collections::BTreeMap;
use std::os::unix::process::CommandExt as _;

use serde_json::Value;

use crate::lab::{Lab, run};
use crate::{NOBODY, need_root, open, open_binary};

/// Gives the agent's folders the modes that the agent gives them.
///
/// Source: agent `agent/managedInstances/vault/fsvault` (0600, folders too), `common/runtimeconfig`
/// (0700); the log by recorded runs.
fn as_the_agent_leaves_it(lab: &Lab) {
    let root = lab.root();
    let state = root.join("var/lib/amazon/ssm");
    for (path, mode) in [
        (state.join("Vault/Store"), 0o600),
        (state.join("Vault"), 0o600),
        (state.join("runtimeconfig"), 0o700),
        (root.join("root"), 0o700),
    ] {
        std::fs::create_dir_all(&path).expect("the lab's folder is writable");
        open(&path, mode);
    }
    let log = root.join("var/log/amazon/ssm/amazon-ssm-agent.log");
    std::fs::create_dir_all(log.parent().expect("it is in a folder")).expect("it is writable");
    std::fs::write(&log, "2026-01-01 10:00:00 INFO x\n").expect("it is writable");
    open(&log, 0o600);
}

/// A run in the lab as nobody, with its exit status.
fn look(lab: &Lab, arguments: &[&str]) -> (Option<i32>, String) {
    let (_folder, binary) = open_binary();
    open(lab.scratch(), 0o755);
    let as_root = run::command(lab);
    let mut command = std::process::Command::new(binary);
    command.args(as_root.get_args()).args(arguments).env_clear();
    for (name, value) in as_root.get_envs() {
        command.env(name, value.expect("only set ones"));
    }
    command.uid(NOBODY).gid(NOBODY).current_dir("/");
    let done = run::run(lab, command, "nobody");
    assert_eq!(done.stderr, "");
    (done.status, done.stdout)
}

fn report(text: &str) -> Value {
    serde_json::from_str(text).expect("it is JSON")
}

fn statuses(report: &Value) -> BTreeMap<&str, &str> {
    let checks = report["checks"].as_array().expect("checks are a list");
    checks
        .iter()
        .map(|check| {
            (
                check["id"].as_str().unwrap_or(""),
                check["status"].as_str().unwrap_or(""),
            )
        })
        .collect()
}

/// What needs no rights.
const TOLD: [&str; 13] = [
    "agent.config",
    "agent.installed",
    "agent.running",
    "agent.version",
    "clock.offset",
    "credentials.valid",
    "dhmc.identity-role",
    "host.machine-id",
    "imds.instance",
    "imds.token",
    "permission.ssmmessages.create-control-channel",
    "profile.attached",
    "profile.credentials",
];
/// What only root could have told.
const UNKNOWN: [&str; 12] = [
    "agent.static-keys",
    "dhmc.registration",
    "dhmc.token",
    "host.descriptors",
    "host.inotify",
    "hybrid.fingerprint",
    "hybrid.registration",
    "hybrid.token",
    "identity.selection",
    "path.selection",
    "permission.ssm.update-instance-information",
    "session.run-as-user",
];

#[test]
fn what_a_plain_user_can_see_is_told_and_the_rest_is_unknown() {
    need_root();
    let lab = Lab::start(Lab::healthy());
    as_the_agent_leaves_it(&lab);
    let (status, text) = look(&lab, &["-o", "json"]);
    let report = report(&text);
    assert_eq!(status, Some(3), "{text}");
    assert_eq!(report["verdict"]["outcome"], "inconclusive");
    assert_eq!(report["verdict"]["cause"], Value::Null);
    assert_eq!(report["privileged"], false);
    assert_eq!(report["host"]["instance_id"], "i-0123456789abcdef0");
    assert_eq!(report["host"]["account_id"], "111122223333");
    assert_eq!(report["agent"]["running"], true);
    let statuses = statuses(&report);
    for (ids, wanted) in [(TOLD.as_slice(), "pass"), (&UNKNOWN, "unknown")] {
        for id in ids {
            assert_eq!(statuses.get(id), Some(&wanted), "{id}");
        }
    }
    assert!(
        !statuses.values().any(|status| *status == "fail"),
        "{statuses:#?}"
    );
    let finding = &report["findings"][0];
    assert_eq!(finding["id"], "not-privileged");
    assert_eq!(finding["severity"], "warning");
    assert_eq!(finding["remedies"][0]["text"], "sudo ssm-probe");
}

#[test]
fn a_person_is_told_first_to_use_root() {
    need_root();
    let lab = Lab::start(Lab::healthy());
    as_the_agent_leaves_it(&lab);
    let (status, text) = look(&lab, &[]);
    assert_eq!(status, Some(3), "{text}");
    let screen: Vec<_> = text.lines().take(12).collect();
    let screen = screen.join("\n");
    assert!(
        screen.contains("not-privileged") && screen.contains("sudo ssm-probe"),
        "{screen}"
    );
}

#[test]
fn an_error_that_needs_no_rights_stands() {
    need_root();
    let mut scenario = Lab::healthy();
    scenario.host.agent = crate::lab::scenario::AgentPresence::Stopped;
    let lab = Lab::start(scenario);
    as_the_agent_leaves_it(&lab);
    let (status, text) = look(&lab, &["-o", "json"]);
    assert_eq!(status, Some(1), "{text}");
    let report = report(&text);
    assert_eq!(report["verdict"]["cause"], "agent-not-running");
    assert_eq!(
        statuses(&report).get("hybrid.registration"),
        Some(&"unknown")
    );
}

#[test]
fn a_registered_node_is_not_taken_for_a_stranger() {
    need_root();
    let mut scenario = Lab::healthy();
    scenario.host.machine = crate::lab::scenario::Machine::OnPremises;
    scenario.imds.service = crate::lab::scenario::ImdsService::Refused;
    let lab = Lab::start(scenario);
    as_the_agent_leaves_it(&lab);
    let (status, text) = look(&lab, &["-o", "json"]);
    assert_eq!(status, Some(3), "{text}");
    assert_eq!(report(&text)["verdict"]["cause"], Value::Null, "{text}");
}
