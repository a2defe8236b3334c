//! `analyze` of what is no bundle: a root volume, and the agent's log alone.

use std::path::Path;
use std::process::Command;

use serde_json::Value;

use crate::host::{Host, LOG, analyze};

/// The report of something that can be judged.
#[track_caller]
fn judged(target: &Path) -> Value {
    let (status, out, said) = analyze(target);
    // Nobody can say `usable` by files alone.
    assert!(matches!(status, Some(1 | 3)), "{status:?} {said}");
    serde_json::from_str(&out).expect("it is JSON")
}

fn of_root(root: &Path) -> (Option<i32>, Value, String) {
    let done = Command::new(env!("CARGO_BIN_EXE_ssm-probe"))
        .env_clear()
        .args(["analyze", "-o", "json", "--root"])
        .arg(root)
        .output()
        .expect("the program just built can be started");
    let report = serde_json::from_slice(&done.stdout).unwrap_or_default();
    let said = String::from_utf8_lossy(&done.stderr).into_owned();
    (done.status.code(), report, said)
}

fn status(report: &Value, check: &str) -> String {
    let checks = report["checks"].as_array().expect("a list");
    let check = checks.iter().find(|one| one["id"] == check);
    check.expect("it is a check")["status"]
        .as_str()
        .expect("a word")
        .to_owned()
}

#[test]
fn a_root_volume_is_judged_by_its_files_and_nothing_is_asked() {
    let host = Host::new();
    let (status_of, report, said) = of_root(&host.root());
    assert_eq!(status_of, Some(3), "{said}");
    assert_eq!(report["offline"]["basis"], "root");
    let not_known = report["offline"]["not_known"].to_string();
    for word in ["IMDS", "network", "whether the agent runs"] {
        assert!(not_known.contains(word), "{not_known}");
    }
    assert_eq!(report["host"]["instance_id"], "i-0123456789abcdef0");
    assert_eq!(status(&report, "agent.installed"), "pass");
    for check in [
        "imds.token",
        "endpoint.ssm",
        "permission.ssmmessages.create-control-channel",
    ] {
        assert!(
            matches!(status(&report, check).as_str(), "unknown" | "skip"),
            "{check}"
        );
    }
    // Named without the option it is the same.
    let plain = judged(&host.root());
    assert_eq!(plain["verdict"], report["verdict"]);
    assert_eq!(plain["offline"]["basis"], "root");
}

#[test]
fn what_is_wrong_on_a_root_volume_is_found() {
    let host = Host::new();
    host.put("/etc/amazon/ssm/amazon-ssm-agent.json", "{ \"Agent\": ");
    let (status_of, report, said) = of_root(&host.root());
    assert_eq!(status(&report, "agent.config"), "fail", "{said}");
    assert_eq!(status_of, Some(1), "{said}");
    std::fs::remove_file(host.real("/usr/bin/amazon-ssm-agent")).expect("it is ours");
    let (status_of, report, said) = of_root(&host.root());
    assert_eq!(status(&report, "agent.installed"), "fail", "{said}");
    assert_eq!(status_of, Some(1), "{said}");
}

#[test]
fn what_is_no_root_volume_is_refused() {
    let host = Host::new();
    for root in [host.scratch().join("no-such-folder"), host.real(LOG)] {
        let (status, _, said) = of_root(&root);
        assert_eq!(status, Some(2), "{said}");
        assert!(said.contains("it is no folder that can be read"), "{said}");
    }
}

/// A real agent's log, whose role may open no channel, on a day long ago.
fn denied() -> String {
    let log = include_str!("../scenarios/logs/f03-role-may-not-open-channels.log");
    let dated = log.lines().map(|line| match line.split_once(' ') {
        Some((ago, rest)) if ago.starts_with('-') => {
            let second = u8::from(ago != "-1h");
            format!("2026-01-01 00:00:0{second}.0000 {rest}\n")
        }
        _ => format!("{line}\n"),
    });
    dated.collect()
}

#[test]
fn a_log_alone_is_judged_and_what_it_cannot_tell_is_said() {
    let host = Host::new();
    host.put(LOG, denied());
    let report = judged(&host.real(LOG));
    assert_eq!(report["offline"]["basis"], "log");
    let not_known = report["offline"]["not_known"].to_string();
    for word in ["still runs", "time zone", "IMDS"] {
        assert!(not_known.contains(word), "{not_known}");
    }
    assert_eq!(
        status(&report, "agent.installed"),
        "unknown",
        "no file was looked at"
    );
    // The folder of the logs is the same.
    let folder = host.real(LOG).parent().expect("it has one").to_owned();
    assert_eq!(judged(&folder)["verdict"], report["verdict"]);
    // And so is a rotated one that was packed.
    let packed = host.scratch().join("amazon-ssm-agent.log.1.gz");
    let file = std::fs::File::create(&packed).expect("it is ours");
    let mut gzip = flate2::write::GzEncoder::new(file, flate2::Compression::fast());
    std::io::Write::write_all(&mut gzip, denied().as_bytes()).expect("it is ours");
    gzip.finish().expect("it is ours");
    assert_eq!(judged(&packed)["offline"]["basis"], "log");
}

#[test]
fn a_denial_in_a_log_alone_is_evidence() {
    let host = Host::new();
    host.put(LOG, denied());
    let report = judged(&host.real(LOG));
    assert_eq!(
        report["verdict"]["cause"], "session-permission-missing",
        "{report}"
    );
    let detail = report["findings"][0]["detail"].as_str().expect("a text");
    assert!(
        detail.contains("ssmmessages:CreateControlChannel"),
        "{detail}"
    );
}

#[test]
fn a_log_of_an_agent_that_was_well_does_not_say_that_it_still_is() {
    for (run, path) in [
        ("healthy-profile", "instance-profile"),
        ("dhmc-only", "default-host-management"),
    ] {
        let log = format!("tests/agent-runs/{run}/amazon-ssm-agent.log");
        let report = judged(&Path::new(env!("CARGO_MANIFEST_DIR")).join(log));
        assert_eq!(report["verdict"]["outcome"], "inconclusive", "{run}");
        assert_eq!(report["verdict"]["path"], path);
        let headline = report["verdict"]["headline"].to_string();
        assert!(headline.contains("files alone"), "{headline}");
        let reason = report["paths"][0]["reason"].to_string();
        assert!(!reason.contains("own state"), "there is none: {reason}");
    }
}

#[test]
fn what_is_neither_is_refused() {
    let host = Host::new();
    let file = host.scratch().join("letter.txt");
    for (text, word) in [
        ("", "it is empty"),
        ("Dear sir,\nall is well.\n", "no entry was found"),
    ] {
        std::fs::write(&file, text).expect("it is ours");
        let (status, out, said) = analyze(&file);
        assert_eq!(status, Some(2), "{said}");
        assert!(said.contains(word) && out.is_empty(), "{said}");
    }
    let (status, _, said) = analyze(&host.scratch());
    assert_eq!(status, Some(2), "{said}");
    assert!(said.contains("neither an unpacked bundle"), "{said}");
}
