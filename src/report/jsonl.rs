//! The report by line, for collectors of logs: one JSON object for each check and each finding.

use serde_json::{Map, Value, json};

use super::model::Report;

/// The form of each line that this version writes.
const SCHEMA: &str = "ssm-probe/line/1";

/// One line for each check, then one for each finding; every line stands for itself.
#[must_use]
pub fn jsonl(report: &Report) -> String {
    let checks = report
        .checks
        .iter()
        .map(|check| line(report, "check", &json!(check)));
    let findings = report
        .findings
        .iter()
        .map(|finding| line(report, "finding", &json!(finding)));
    checks.chain(findings).collect()
}

fn line(report: &Report, kind: &str, content: &Value) -> String {
    let mut line = Map::new();
    let common = json!({
        "schema": SCHEMA,
        "time": report.started_at,
        "kind": kind,
        "host": report.host.instance_id,
        "account_id": report.host.account_id,
        "region": report.host.region,
        "outcome": report.verdict.outcome,
        "path": report.verdict.path,
        "cause": report.verdict.cause,
    });
    for part in [&common, content] {
        for (name, value) in part.as_object().into_iter().flatten() {
            line.insert(name.clone(), value.clone());
        }
    }
    format!("{}\n", Value::Object(line))
}
