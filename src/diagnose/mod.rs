//! From observations to a report: pure functions, no clock, no files, no network.
//!
//! Read `selection` first: it is the agent's own choice, and both the verdict and the probe plan
//! rest on it.

mod account;
pub mod agent_evidence;
pub mod backoff;
pub mod capabilities;
pub mod case;
pub mod channel;
pub mod checks;
pub mod clock;
pub mod denial;
pub mod ec2;
pub mod endpoints;
pub mod findings;
pub mod fingerprint;
pub mod health;
pub mod hybrid;
pub mod identity;
pub mod log_evidence;
pub mod network_words;
pub mod overrides;
pub mod paths;
pub mod permissions;
pub mod reach;
pub mod reply;
pub mod selection;
pub mod sessions;
pub mod simulation;
mod summary;
pub mod times;
pub mod verdict;
pub mod view;
pub mod waiting;
pub mod words;

use case::Case;
use findings::Conclusion;
use view::View;

use crate::catalogue::CheckId;
use crate::observations::Observations;
use crate::report::bounds;
use crate::report::model::{Report, SCHEMA, Severity, Tool, VerdictOutcome};

/// Draws the whole report from what was seen. The same observations give the same report.
#[must_use]
pub fn diagnose(seen: &Observations) -> Report {
    let case = Case::new(View::new(seen));
    let mut conclusions = findings::conclude(&case);
    let verdict = verdict::draw(&case, &conclusions);
    if verdict.outcome == VerdictOutcome::Usable {
        conclusions.extend(fine(&case));
    }
    let mut report = Report {
        schema: SCHEMA.to_owned(),
        tool: Tool {
            name: "ssm-probe".to_owned(),
            version: seen.tool_version.clone(),
        },
        started_at: seen.started_at,
        elapsed_ms: seen.elapsed_ms,
        probe_level: seen.probe_level,
        privileged: seen.privileged,
        host: summary::host(&case),
        agent: summary::agent(&case),
        paths: paths::judge(&case),
        capabilities: capabilities::judge(&case.permissions, case.path()),
        endpoints: endpoints::judge(&case),
        account: account::view(&case),
        checks: checks::judge(&case),
        findings: conclusions.iter().map(findings::report).collect(),
        verdict,
        offline: None,
    };
    bounds::apply(&mut report);
    report
}

fn fine(case: &Case<'_>) -> Option<Conclusion> {
    let (id, detail) = verdict::fine(case)?;
    Some(Conclusion {
        id,
        severity: Severity::Note,
        detail,
        checks: vec![CheckId::PathSelection],
        subject: case.subject(case.path()),
    })
}
