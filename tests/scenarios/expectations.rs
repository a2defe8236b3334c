//! What a scenario expects, held against what the program said and sent.

use std::sync::LazyLock;

use serde_json::Value;

use crate::lab::cloud::Cloud;
use crate::lab::run::Run;
use crate::lab::scenario::Scenario;

/// The longest that any run may take: `--timeout` and a little.
const WITHIN_S: f64 = 22.0;

/// The paths that every report lists.
const PATHS: [&str; 5] = [
    "hybrid-activation",
    "instance-profile",
    "default-host-management",
    "ecs-task-role",
    "custom-identity",
];

/// The shipped schema of the report.
static SCHEMA: LazyLock<Result<jsonschema::Validator, String>> = LazyLock::new(|| {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/schema/report-1.json");
    let text = std::fs::read_to_string(path).map_err(|error| format!("{path}: {error}"))?;
    let schema: Value = serde_json::from_str(&text).map_err(|error| format!("{path}: {error}"))?;
    jsonschema::validator_for(&schema).map_err(|error| format!("{path}: {error}"))
});

/// What is wrong with one run, whatever its output form.
pub(crate) fn of_run(scenario: &Scenario, run: &Run) -> Vec<String> {
    let mut faults = Vec::new();
    if run.status != Some(scenario.expect.exit) {
        faults.push(format!(
            "exit status {:?}, not {}",
            run.status, scenario.expect.exit
        ));
    }
    let limit = scenario.expect.within_s.unwrap_or(WITHIN_S);
    if run.took.as_secs_f64() > limit {
        faults.push(format!("took {:?}, more than {limit} s", run.took));
    }
    if run.stdout.trim().is_empty() {
        faults.push("nothing on standard output".to_owned());
    }
    if run.stderr.contains("panicked at") {
        faults.push("the program panicked".to_owned());
    }
    faults
}

/// What is wrong with the calls of a run.
pub(crate) fn of_calls(scenario: &Scenario, cloud: &Cloud) -> Vec<String> {
    let sent = |action: &String| {
        cloud
            .requests()
            .iter()
            .any(|it| it.action.as_ref() == Some(action) && it.signed_by.is_some())
    };
    let expect = &scenario.expect;
    let unsent = expect.sent.iter().filter(|action| !sent(action));
    let unwanted = expect.not_sent.iter().filter(|action| sent(action));
    unsent
        .map(|action| format!("{action} was not sent"))
        .chain(unwanted.map(|action| format!("{action} was sent")))
        .collect()
}

/// What is wrong with the report.
pub(crate) fn of_report(scenario: &Scenario, report: &Value) -> Vec<String> {
    let mut faults = Vec::new();
    match SCHEMA.as_ref() {
        Ok(schema) => faults.extend(
            schema
                .iter_errors(report)
                .map(|error| format!("against the schema: {error}")),
        ),
        Err(why) => faults.push(format!("no schema: {why}")),
    }
    let expect = &scenario.expect;
    let mut same = |what: &str, is: &Value, wanted: Value| {
        if *is != wanted {
            faults.push(format!("{what} is {is}, not {wanted}"));
        }
    };
    let verdict = &report["verdict"];
    same(
        "verdict.outcome",
        &verdict["outcome"],
        expect.outcome.as_str().into(),
    );
    same("verdict.path", &verdict["path"], expect.path.clone().into());
    same(
        "verdict.cause",
        &verdict["cause"],
        expect.cause.clone().into(),
    );
    for name in PATHS {
        let path = entry(report, "paths", "path", name);
        let state = expect.states.get(name).map_or("missing", String::as_str);
        same(&format!("state of {name}"), &path["state"], state.into());
        let missing = expect.missing.get(name).cloned().unwrap_or_default();
        same(
            &format!("missing of {name}"),
            &path["missing"],
            missing.into(),
        );
    }
    for (id, severity) in &expect.findings {
        let finding = entry(report, "findings", "id", id);
        let name = format!("severity of {id}");
        same(&name, &finding["severity"], severity.as_str().into());
    }
    for id in &expect.no_findings {
        let finding = entry(report, "findings", "id", id);
        same(&format!("finding {id}"), finding, Value::Null);
    }
    faults.extend(of_findings(report));
    faults.extend(of_evidence(scenario, report));
    faults
}

/// What is wrong with the owner, the times and the grounds.
fn of_evidence(scenario: &Scenario, report: &Value) -> Vec<String> {
    let expect = &scenario.expect;
    let mut faults = Vec::new();
    if let Some(owner) = &expect.owner {
        let first = &report["findings"][0]["owner"];
        if first != owner {
            faults.push(format!("the first cause belongs to {first}, not {owner}"));
        }
    }
    for (id, parts) in &expect.says {
        let detail = entry(report, "findings", "id", id)["detail"].as_str();
        let unsaid = parts
            .iter()
            .filter(|part| !detail.is_some_and(|detail| detail.contains(*part)));
        faults.extend(unsaid.map(|part| format!("{id} does not say `{part}`: {detail:?}")));
    }
    for (action, wanted) in &expect.decisions {
        let paths = report["paths"].as_array().into_iter().flatten();
        let mut all = paths
            .filter_map(|path| path["permissions"].as_array())
            .flatten();
        let one = all.find(|one| one["action"] == *action);
        let text = |field: &str| one.and_then(|one| one[field].as_str()).unwrap_or("nothing");
        let is = format!("{} by {}", text("decision"), text("evidence"));
        if is != *wanted {
            faults.push(format!("{action} is {is}, not {wanted}"));
        }
    }
    for (id, status) in &expect.checks {
        let check = entry(report, "checks", "id", id);
        if check["status"] != *status {
            faults.push(format!("check {id} is {check}, not {status}"));
        }
    }
    if let Some(misleads) = &scenario.misleads
        && entry(report, "findings", "id", &misleads.suggests)["severity"] == "error"
    {
        faults.push(format!("the log misleads it to {}", misleads.suggests));
    }
    if scenario.host.log.is_some() || expect.next_retry_s.is_some() {
        faults.extend(of_retry(expect.next_retry_s, report));
    }
    faults
}

/// What is wrong with the time of the next try.
fn of_retry(wanted: Option<(i64, i64)>, report: &Value) -> Option<String> {
    let time = |value: &Value| value.as_str()?.parse::<jiff::Timestamp>().ok();
    let next = time(&report["agent"]["next_retry_at"]);
    let started = time(&report["started_at"])?;
    let seconds = next.map(|next| next.duration_since(started).as_secs());
    let fits = match (seconds, wanted) {
        (None, None) => true,
        (Some(seconds), Some((least, most))) => (least..=most).contains(&seconds),
        (Some(_), None) | (None, Some(_)) => false,
    };
    (!fits).then(|| format!("the next try is in {seconds:?} s, not {wanted:?}"))
}

/// What holds of the findings in every report.
fn of_findings(report: &Value) -> Vec<String> {
    let mut faults = Vec::new();
    let findings = report["findings"].as_array().into_iter().flatten();
    let serious: Vec<_> = findings
        .filter(|finding| finding["severity"] != "note")
        .collect();
    for finding in &serious {
        if finding["remedies"].as_array().is_none_or(Vec::is_empty) {
            faults.push(format!("{} has no remedy", finding["id"]));
        }
    }
    let first_error = serious
        .iter()
        .find(|finding| finding["severity"] == "error")
        .map_or(&Value::Null, |finding| &finding["id"]);
    if report["verdict"]["cause"] != *first_error {
        faults.push(format!(
            "the first error finding is {first_error}, not the cause"
        ));
    }
    faults
}

/// The entry of a list whose `key` is `name`; null when there is none.
fn entry<'a>(report: &'a Value, list: &str, key: &str, name: &str) -> &'a Value {
    let entries = report[list].as_array();
    let found = entries.and_then(|all| all.iter().find(|it| it[key] == name));
    found.unwrap_or(&Value::Null)
}
