//! The report as metrics, for the textfile collector of `node_exporter`.
//!
//! Source of the form: Prometheus documentation, "Exposition formats", text format 0.0.4.

use serde_json::Value;

use super::model::{CheckStatus, Report, VerdictOutcome};
use super::words;

/// The metrics of one run.
#[must_use]
pub fn prometheus(report: &Report) -> String {
    let mut page = Metrics(String::new());
    page.family(
        "ssm_probe_info",
        "Version of ssm-probe, and the host that it looked at.",
    );
    page.sample(
        "ssm_probe_info",
        &[
            ("version", &report.tool.version),
            (
                "instance_id",
                report.host.instance_id.as_deref().unwrap_or(""),
            ),
            ("region", report.host.region.as_deref().unwrap_or("")),
            (
                "account_id",
                report.host.account_id.as_deref().unwrap_or(""),
            ),
        ],
        "1",
    );
    page.family(
        "ssm_probe_run_timestamp_seconds",
        "When the run began, in seconds since 1970 (UTC).",
    );
    page.sample(
        "ssm_probe_run_timestamp_seconds",
        &[],
        &report.started_at.as_second().to_string(),
    );
    page.family("ssm_probe_run_duration_seconds", "How long the run took.");
    let (seconds, rest) = (report.elapsed_ms / 1000, report.elapsed_ms % 1000);
    page.sample(
        "ssm_probe_run_duration_seconds",
        &[],
        &format!("{seconds}.{rest:03}"),
    );
    outcome(&mut page, report);
    paths(&mut page, report);
    checks(&mut page, report);
    findings(&mut page, report);
    page.0
}

fn outcome(page: &mut Metrics, report: &Report) {
    page.family(
        "ssm_probe_usable",
        "Whether Session Manager is usable from here.",
    );
    let usable = report.verdict.outcome == VerdictOutcome::Usable;
    page.sample("ssm_probe_usable", &[], flag(usable));
    page.family(
        "ssm_probe_outcome",
        "The outcome of the run: 1 for the one that holds.",
    );
    for outcome in [
        VerdictOutcome::Usable,
        VerdictOutcome::Blocked,
        VerdictOutcome::NoPath,
        VerdictOutcome::Inconclusive,
    ] {
        let holds = report.verdict.outcome == outcome;
        page.sample(
            "ssm_probe_outcome",
            &[("outcome", words::outcome_id(outcome))],
            flag(holds),
        );
    }
}

fn paths(page: &mut Metrics, report: &Report) {
    page.family(
        "ssm_probe_path_state",
        "The state of each permission path, as a label.",
    );
    for path in &report.paths {
        let state = words::state(path.state).0;
        page.sample(
            "ssm_probe_path_state",
            &[("path", path.path.id()), ("state", state)],
            "1",
        );
    }
    page.family(
        "ssm_probe_credentials_expiry_timestamp_seconds",
        "When a path's credentials end, in seconds since 1970 (UTC).",
    );
    for path in &report.paths {
        let ends = path.credentials.as_ref().and_then(|one| one.expires_at);
        if let Some(ends) = ends {
            page.sample(
                "ssm_probe_credentials_expiry_timestamp_seconds",
                &[("path", path.path.id())],
                &ends.as_second().to_string(),
            );
        }
    }
}

fn checks(page: &mut Metrics, report: &Report) {
    page.family(
        "ssm_probe_check_status",
        "The status of each check, as a label.",
    );
    for check in &report.checks {
        let status = words::status(check.status).0;
        page.sample(
            "ssm_probe_check_status",
            &[("check", &check.id), ("status", status)],
            "1",
        );
    }
    page.family("ssm_probe_checks", "How many checks have each status.");
    for status in [
        CheckStatus::Pass,
        CheckStatus::Warn,
        CheckStatus::Fail,
        CheckStatus::Skip,
        CheckStatus::Unknown,
    ] {
        let count = report
            .checks
            .iter()
            .filter(|one| one.status == status)
            .count();
        page.sample(
            "ssm_probe_checks",
            &[("status", words::status(status).0)],
            &count.to_string(),
        );
    }
}

fn findings(page: &mut Metrics, report: &Report) {
    page.family(
        "ssm_probe_finding",
        "Each finding, with its weight and owner as labels.",
    );
    for finding in &report.findings {
        let owner = serde_json::to_value(finding.owner).unwrap_or(Value::Null);
        page.sample(
            "ssm_probe_finding",
            &[
                ("finding", &finding.id),
                ("severity", words::severity(finding.severity)),
                ("owner", owner.as_str().unwrap_or_default()),
                (
                    "ignored",
                    if finding.ignored.is_some() {
                        "true"
                    } else {
                        "false"
                    },
                ),
            ],
            "1",
        );
    }
}

fn flag(holds: bool) -> &'static str {
    if holds { "1" } else { "0" }
}

struct Metrics(String);

impl Metrics {
    fn family(&mut self, name: &str, help: &str) {
        self.0
            .extend([format!("# HELP {name} {help}\n# TYPE {name} gauge\n")]);
    }

    fn sample(&mut self, name: &str, labels: &[(&str, &str)], value: &str) {
        self.0.push_str(name);
        if !labels.is_empty() {
            let labels: Vec<String> = labels
                .iter()
                .map(|(label, value)| format!("{label}=\"{}\"", escaped(value)))
                .collect();
            self.0.extend([format!("{{{}}}", labels.join(","))]);
        }
        self.0.extend([format!(" {value}\n")]);
    }
}

/// A label's value: backslash, quote and line break are escaped.
fn escaped(value: &str) -> String {
    value
        .replace('\\', "\\\\")
        .replace('"', "\\\"")
        .replace('\n', "\\n")
}

#[cfg(test)]
mod tests {
    use super::escaped;

    #[test]
    fn a_label_cannot_be_left() {
        assert_eq!(escaped("a\"} 1\nb\\"), "a\\\"} 1\\nb\\\\");
    }
}
