//! The command line from outside: usage, help, and what works without a host to look at.

use std::process::{Command, Output};

use ssm_probe::catalogue::{CheckId, FindingId};

fn run(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_ssm-probe"))
        .args(arguments)
        .env_clear()
        .output()
        .expect("the program just built can be started")
}

#[track_caller]
fn check(arguments: &[&str], status: i32) -> String {
    let done = run(arguments);
    let text = String::from_utf8_lossy(&done.stdout).into_owned();
    let complaint = String::from_utf8_lossy(&done.stderr).into_owned();
    assert_eq!(
        done.status.code(),
        Some(status),
        "{arguments:?}: {text}{complaint}"
    );
    text + &complaint
}

#[test]
fn a_wrong_command_line_ends_with_2() {
    for arguments in [
        ["--no-such-option"].as_slice(),
        &["--probe", "everything"],
        &["--timeout", "soon"],
        &["--ignore", "static-keys-present"],
        &["--ignore", "no-such-finding=because"],
        &["explain"],
        &["explain", "no-such-id"],
    ] {
        check(arguments, 2);
    }
}

#[test]
fn a_typo_is_answered_with_the_nearest_id() {
    let said = check(&["explain", "session-permision-missing"], 2);
    assert!(said.contains("session-permission-missing"), "{said}");
}

#[test]
fn every_id_is_explained_within_80_columns() {
    let ids = FindingId::ALL.map(FindingId::id).to_vec();
    for id in ids.into_iter().chain(CheckId::ALL.map(CheckId::id)) {
        let text = check(&["explain", id], 0);
        assert!(
            text.contains(id) && text.lines().count() > 4,
            "{id}: {text}"
        );
        for line in text.lines() {
            assert!(line.chars().count() <= 80, "{id}: {line}");
        }
    }
}

#[test]
fn the_list_names_every_id_in_both_forms() {
    let text = check(&["list-checks"], 0);
    let json: serde_json::Value =
        serde_json::from_str(&check(&["list-checks", "-o", "json"], 0)).expect("it is JSON");
    for id in FindingId::ALL.map(FindingId::id) {
        assert!(
            text.contains(id) && json.to_string().contains(&format!("\"{id}\"")),
            "{id}"
        );
    }
}

#[test]
fn help_version_completions_and_manual_are_there() {
    assert!(check(&["--help"], 0).contains("Exit status"));
    assert!(check(&["--version"], 0).starts_with("ssm-probe "));
    assert!(check(&["completions", "bash"], 0).contains("list-checks"));
    assert!(check(&["man"], 0).contains(".TH ssm-probe"));
}
