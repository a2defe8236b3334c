//! The forms for programs, of recorded runs: one object on a line, and metrics.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

fn bundles() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/bundles");
    let entries = std::fs::read_dir(folder).expect("the frozen bundles are there");
    let paths = entries.map(|entry| entry.expect("it can be listed").path());
    let bundles: Vec<_> = paths
        .filter(|path| path.extension().is_some_and(|end| end == "gz"))
        .collect();
    assert!(bundles.len() >= 4, "{bundles:?}");
    bundles
}

fn told(bundle: &Path, form: &str) -> String {
    let done = Command::new(env!("CARGO_BIN_EXE_ssm-probe"))
        .env_clear()
        .args(["analyze", "-o", form])
        .arg(bundle)
        .output()
        .expect("the program just built can be started");
    assert!(matches!(done.status.code(), Some(0 | 1 | 3)), "{done:?}");
    String::from_utf8(done.stdout).expect("it is text")
}

fn report(bundle: &Path) -> Value {
    serde_json::from_str(&told(bundle, "json")).expect("it is JSON")
}

#[test]
fn each_line_for_collectors_stands_for_itself() {
    for bundle in bundles() {
        let report = report(&bundle);
        let text = told(&bundle, "jsonl");
        assert!(text.ends_with('\n'));
        let lines: Vec<Value> = text
            .lines()
            .map(|line| serde_json::from_str(line).expect("each line is one object"))
            .collect();
        for line in &lines {
            assert_eq!(line["schema"], "ssm-probe/line/1");
            assert_eq!(line["time"], report["started_at"]);
            assert_eq!(line["host"], report["host"]["instance_id"]);
            assert_eq!(line["account_id"], report["host"]["account_id"]);
            assert_eq!(line["region"], report["host"]["region"]);
            for field in ["outcome", "path", "cause"] {
                assert_eq!(line[field], report["verdict"][field]);
            }
        }
        // Every check and every finding, with every field that the report has of it, in its order.
        for (kind, list) in [("check", "checks"), ("finding", "findings")] {
            let of_kind: Vec<_> = lines.iter().filter(|line| line["kind"] == kind).collect();
            let reported = report[list].as_array().expect("a list");
            assert_eq!(of_kind.len(), reported.len(), "{kind}");
            for (line, reported) in of_kind.iter().zip(reported) {
                for (name, value) in reported.as_object().expect("an object") {
                    assert_eq!(&line[name], value, "{kind} {name}");
                }
            }
        }
        let kinds: BTreeSet<_> = lines.iter().map(|line| line["kind"].as_str()).collect();
        assert!(kinds.is_subset(&BTreeSet::from([Some("check"), Some("finding")])));
    }
}

type Labels = BTreeMap<String, String>;

/// Reads metrics by the text format 0.0.4, and panics at what it does not allow.
fn read(text: &str) -> BTreeMap<String, Vec<(Labels, f64)>> {
    assert!(text.ends_with('\n'), "the last line must end");
    let mut families: BTreeMap<String, Vec<(Labels, f64)>> = BTreeMap::new();
    let mut current = String::new();
    let mut lines = text.lines();
    while let Some(line) = lines.next() {
        if let Some(help) = line.strip_prefix("# HELP ") {
            let (name, words) = help.split_once(' ').expect("a name and what it is");
            assert!(!words.is_empty() && is_name(name), "{line}");
            let kind = lines.next().expect("a type follows");
            assert_eq!(kind, format!("# TYPE {name} gauge"));
            let known = families.insert(name.to_owned(), Vec::new());
            assert!(known.is_none(), "{name} stands twice");
            name.clone_into(&mut current);
            continue;
        }
        let (name, labels, value) = sample(line);
        assert_eq!(name, current, "a sample stands with its family");
        let family = families.get_mut(&name).expect("it was declared");
        assert!(
            family.iter().all(|(other, _)| *other != labels),
            "{line} stands twice"
        );
        family.push((labels, value));
    }
    families
}

fn is_name(name: &str) -> bool {
    let mut letters = name.chars();
    letters
        .next()
        .is_some_and(|first| first.is_ascii_alphabetic() || first == '_')
        && letters.all(|letter| letter.is_ascii_alphanumeric() || letter == '_')
}

fn sample(line: &str) -> (String, Labels, f64) {
    let (name, rest) = line.split_at(line.find(['{', ' ']).expect("a value follows"));
    assert!(is_name(name), "{line}");
    let mut labels = Labels::new();
    let mut rest = rest;
    if let Some(inner) = rest.strip_prefix('{') {
        rest = inner;
        loop {
            let (label, after) = rest.split_once("=\"").expect("a label has a value");
            assert!(is_name(label), "{line}");
            let (value, after) = unescaped(after);
            assert!(labels.insert(label.to_owned(), value).is_none(), "{line}");
            let Some(more) = after.strip_prefix(',') else {
                rest = after.strip_prefix('}').expect("the labels end");
                break;
            };
            rest = more;
        }
    }
    let value = rest
        .strip_prefix(' ')
        .expect("a space stands before the value");
    (
        name.to_owned(),
        labels,
        value.parse().expect("a value is a number"),
    )
}

/// A label's value to its closing quote, and what follows.
fn unescaped(text: &str) -> (String, &str) {
    let mut value = String::new();
    let mut letters = text.chars();
    loop {
        match letters.next().expect("a value ends") {
            '"' => return (value, letters.as_str()),
            '\\' => {
                let escaped = letters.next().expect("something is escaped");
                assert!(matches!(escaped, 'n' | '\\' | '"'), "{text}");
                value.push(if escaped == 'n' { '\n' } else { escaped });
            }
            letter => value.push(letter),
        }
    }
}

/// The label of the one sample that is 1.
fn holds(family: &[(Labels, f64)], label: &str) -> String {
    let set: Vec<_> = family.iter().filter(|(_, value)| *value > 0.5).collect();
    assert_eq!(set.len(), 1, "{family:?}");
    set[0].0[label].clone()
}

/// How many there are of something in the report.
fn count(report: &Value, list: &str) -> usize {
    report[list].as_array().expect("a list").len()
}

#[test]
fn metrics_follow_the_text_format_and_tell_the_verdict() {
    for bundle in bundles() {
        let report = report(&bundle);
        let metrics = read(&told(&bundle, "prometheus"));
        assert!(metrics.keys().all(|name| name.starts_with("ssm_probe_")));
        let value = |name: &str| metrics[name][0].1.to_string();
        let outcome = &report["verdict"]["outcome"];
        assert_eq!(holds(&metrics["ssm_probe_outcome"], "outcome"), *outcome);
        assert_eq!(metrics["ssm_probe_outcome"].len(), 4);
        let usable = if outcome == "usable" { "1" } else { "0" };
        assert_eq!(value("ssm_probe_usable"), usable);
        let info = &metrics["ssm_probe_info"][0].0;
        let instance = report["host"]["instance_id"].as_str();
        assert_eq!(info["instance_id"], instance.unwrap_or(""));
        let begun = report["started_at"].as_str().expect("a time");
        let begun: jiff::Timestamp = begun.parse().expect("a time");
        let seconds = begun.as_second().to_string();
        assert_eq!(value("ssm_probe_run_timestamp_seconds"), seconds);
        let paths = metrics["ssm_probe_path_state"].len();
        assert_eq!(paths, count(&report, "paths"));
    }
}

#[test]
fn metrics_tell_every_check_and_every_finding() {
    for bundle in bundles() {
        let report = report(&bundle);
        let metrics = read(&told(&bundle, "prometheus"));
        for (name, label, list) in [
            ("ssm_probe_check_status", "check", "checks"),
            ("ssm_probe_finding", "finding", "findings"),
        ] {
            let samples = &metrics[name];
            assert_eq!(samples.len(), count(&report, list), "{name}");
            let reported = report[list].as_array().expect("a list");
            for ((labels, _), one) in samples.iter().zip(reported) {
                assert_eq!(labels[label], one["id"]);
                let weight = if list == "checks" {
                    "status"
                } else {
                    "severity"
                };
                assert_eq!(labels[weight], one[weight]);
            }
        }
        let counts = metrics["ssm_probe_checks"].iter();
        let sum: f64 = counts.map(|(_, value)| value).sum();
        assert_eq!(sum.to_string(), count(&report, "checks").to_string());
    }
}

#[test]
fn no_value_can_leave_its_label() {
    let hostile = "i-1\"} 1\nssm_probe_usable 1\n\\";
    let bundle = bundles().pop().expect("there are some");
    let file = std::fs::File::open(bundle).expect("it is there");
    let bundle = ssm_probe::bundle::read::archive(file).expect("it is sound");
    let mut report = ssm_probe::diagnose(&bundle.observations);
    report.host.instance_id = Some(hostile.to_owned());
    report.host.region = Some(hostile.to_owned());
    let metrics = read(&ssm_probe::report::prometheus(&report));
    let info = &metrics["ssm_probe_info"][0].0;
    assert_eq!(
        (info["instance_id"].as_str(), info["region"].as_str()),
        (hostile, hostile)
    );
    assert_eq!(metrics["ssm_probe_usable"].len(), 1);
    // A line of its own stays one, whatever stands in it.
    let lines = ssm_probe::report::jsonl(&report);
    for line in lines.lines() {
        let line: Value = serde_json::from_str(line).expect("each line is one object");
        assert_eq!(line["host"], hostile);
    }
}

#[test]
fn metrics_in_a_file_can_be_read_by_the_exporter_s_user_and_reports_cannot() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = tempfile::tempdir().expect("there is room for temporary files");
    let bundle = bundles().pop().expect("there are some");
    for (form, mode) in [("prometheus", 0o644), ("json", 0o600)] {
        let file = folder.path().join(form);
        let done = Command::new(env!("CARGO_BIN_EXE_ssm-probe"))
            .env_clear()
            .args(["analyze", "-o", form, "--output-file"])
            .args([&file, &bundle])
            .output()
            .expect("the program just built can be started");
        assert!(matches!(done.status.code(), Some(0 | 1 | 3)), "{done:?}");
        let meta = std::fs::metadata(&file).expect("it was written");
        assert_eq!(meta.permissions().mode() & 0o777, mode, "{form}");
        assert!(done.stdout.is_empty());
    }
}
