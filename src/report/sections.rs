//! The sections of the full report below its first screen.

use std::collections::BTreeSet;

use super::model::{
    AgentSummary, Basis, CheckReport, CheckStatus, Finding, HostKind, Offline, PathReport,
    RemedyStep, Report, Severity,
};
use super::page::{LABEL, Page};
use super::style::Tone;
use super::wide::fix_texts;
use super::words;
use crate::diagnose::denial;

/// Host, agent and run, one paragraph each.
pub(super) fn summary(page: &mut Page, report: &Report) {
    page.labelled("Host", Tone::Label, &host(report));
    page.labelled("Agent", Tone::Label, &agent(&report.agent));
    if let Some(at) = report.agent.next_retry_at {
        page.labelled("", Tone::Label, &format!("it tries again at about {at:.0}"));
    }
    if let Some(root) = &report.host.root {
        let said =
            format!("files and processes as below {root}; IMDS, network and AWS as seen from here");
        page.labelled("", Tone::Label, &said);
    }
    page.labelled("Run", Tone::Label, &run(report));
    if let Some(offline) = &report.offline {
        page.labelled("Offline", Tone::Doubt, &basis(offline));
        for one in &offline.not_known {
            page.paragraph(LABEL, one);
        }
    }
}

/// What a report was drawn from.
pub(super) fn basis(offline: &Offline) -> String {
    let from = match offline.basis {
        Basis::Bundle => "a support bundle",
        Basis::Root => "the files of a root volume",
        Basis::Log => "the agent's log alone",
    };
    format!(
        "drawn from {from} at {}; this cannot tell:",
        offline.analyzed_at
    )
}

/// What was run, how and when.
pub(super) fn run(report: &Report) -> String {
    let rights = if report.privileged {
        "as root"
    } else {
        "not as root"
    };
    format!(
        "{} {}, {rights}, `--probe {}`, {} ms, begun {}",
        report.tool.name,
        report.tool.version,
        words::probe_level(report.probe_level),
        report.elapsed_ms,
        report.started_at
    )
}

/// The host in one line.
pub(super) fn host(report: &Report) -> String {
    let host = &report.host;
    let kind = match host.kind {
        HostKind::Ec2 => "EC2 instance",
        HostKind::Hybrid => "hybrid node",
        HostKind::Ecs => "ECS task",
        HostKind::Other => "neither an EC2 instance nor registered",
        HostKind::Unknown => "kind unknown",
    };
    let known =
        |name: &str, value: &Option<String>| value.as_ref().map(|value| format!("{name}{value}"));
    let parts = [
        Some(
            host.instance_id
                .as_ref()
                .map_or_else(|| kind.to_owned(), |id| format!("{kind} {id}")),
        ),
        known("account ", &host.account_id),
        known("", &host.region),
        host.partition
            .as_ref()
            .filter(|partition| partition.as_str() != "aws")
            .map(|partition| format!("partition {partition}")),
        known("", &host.os),
        Some(host.arch.clone()).filter(|arch| !arch.is_empty()),
    ];
    parts.into_iter().flatten().collect::<Vec<_>>().join(", ")
}

pub(super) fn agent(agent: &AgentSummary) -> String {
    let installed = match agent.installed {
        Some(true) => "installed",
        Some(false) => "not installed",
        None => "unknown whether installed",
    };
    let running = match agent.running {
        Some(true) => "running",
        Some(false) => "not running",
        None => "unknown whether running",
    };
    let version = agent
        .version
        .as_ref()
        .map_or_else(|| "version unknown".to_owned(), Clone::clone);
    if agent.installed == Some(false) {
        return format!("{installed}, {running}");
    }
    let mut text = format!("{installed}, {version}, {running}");
    if let Some(identity) = &agent.identity {
        let source = agent
            .credential_source
            .as_deref()
            .filter(|source| !source.is_empty())
            .unwrap_or("no");
        let age = agent
            .state_age_s
            .map_or_else(String::new, |age| format!(", {} ago", words::span(age)));
        text = format!("{text}; last took identity {identity} with {source} credentials{age}");
    }
    text
}

pub(super) fn paths(page: &mut Page, report: &Report) {
    page.heading("Paths");
    for path in &report.paths {
        let (word, tone) = words::state(path.state);
        page.entry(
            2,
            word,
            tone,
            9,
            &format!("{}: {}", path.path.id(), path.reason),
        );
        if let Some(line) = principal(path) {
            page.quiet(11, &line);
        }
    }
}

pub(super) fn principal(path: &PathReport) -> Option<String> {
    let arn = path.principal.as_ref().map(|one| format!("as {}", one.arn));
    let credentials = path.credentials.as_ref().map(|one| {
        let end = one
            .expires_at
            .map_or_else(String::new, |at| format!(", ending {at:.0}"));
        format!("credentials from {}{end}", words::source(one.source))
    });
    let parts: Vec<_> = [arn, credentials].into_iter().flatten().collect();
    (!parts.is_empty()).then(|| parts.join("; "))
}

/// Checks that did not pass, and how many there are of each kind.
pub(super) fn checks(page: &mut Page, report: &Report) {
    let kinds = [
        CheckStatus::Pass,
        CheckStatus::Warn,
        CheckStatus::Fail,
        CheckStatus::Unknown,
        CheckStatus::Skip,
    ];
    let counts: Vec<_> = kinds
        .into_iter()
        .map(|kind| {
            let count = report
                .checks
                .iter()
                .filter(|one| one.status == kind)
                .count();
            format!("{count} {}", words::status(kind).0)
        })
        .collect();
    page.heading(&format!("Checks: {}", counts.join(", ")));
    for check in report
        .checks
        .iter()
        .filter(|one| one.status != CheckStatus::Pass)
    {
        let (word, tone) = words::status(check.status);
        page.brief_entry(
            2,
            word,
            tone,
            9,
            &denial::in_short(&format!("{}: {}", check.id, check.summary)),
            2,
        );
    }
}

pub(super) fn findings(page: &mut Page, report: &Report) {
    if report.findings.is_empty() {
        return;
    }
    page.heading("Findings");
    let leading = super::wide::leading(report);
    let mut pasted: BTreeSet<&str> = leading.into_iter().flat_map(fix_texts).collect();
    for (place, finding) in report.findings.iter().enumerate() {
        if place > 0 {
            page.blank();
        }
        let is_leading = leading.is_some_and(|one| one.id == finding.id);
        one_finding(page, finding, is_leading);
        if finding.ignored.is_none() && finding.severity != Severity::Note {
            remedies(page, finding, is_leading, &mut pasted);
        }
    }
}

fn one_finding(page: &mut Page, finding: &Finding, is_leading: bool) {
    let (word, tone) = words::weight(finding);
    page.entry(
        2,
        word,
        tone,
        9,
        &format!("{}: {}", finding.id, finding.title),
    );
    if let Some(reason) = &finding.ignored {
        let severity = words::severity(finding.severity);
        page.paragraph(11, &format!("Set aside ({severity}): {reason}"));
    }
    if !is_leading {
        page.paragraph(11, &finding.detail);
    }
    page.quiet(
        11,
        &format!(
            "Owner: {}. More: {}",
            words::owner(finding.owner),
            finding.more
        ),
    );
}

/// The ways that the first screen does not show; a text that is on the page already is only named.
fn remedies<'a>(
    page: &mut Page,
    finding: &'a Finding,
    is_leading: bool,
    pasted: &mut BTreeSet<&'a str>,
) {
    let shown = usize::from(is_leading);
    for remedy in finding
        .remedies
        .iter()
        .skip(shown)
        .filter(|one| one.step == RemedyStep::Choice || !is_leading)
    {
        if pasted.insert(&remedy.text) {
            page.paragraph(11, &remedy.summary);
            page.paste(&remedy.text);
        } else {
            page.paragraph(11, &format!("{}: as above", remedy.summary));
        }
    }
}

/// The evidence of checks that did not pass, and of those that findings rest on.
pub(super) fn evidence(page: &mut Page, report: &Report) {
    let is_named = |check: &CheckReport| {
        check.status != CheckStatus::Pass
            || report
                .findings
                .iter()
                .any(|finding| finding.checks.contains(&check.id))
    };
    let shown: Vec<_> = report
        .checks
        .iter()
        .filter(|check| is_named(check) && !check.evidence.is_empty())
        .collect();
    if shown.is_empty() {
        return;
    }
    page.heading("Evidence");
    for check in shown {
        page.paragraph(2, &check.id);
        for one in &check.evidence {
            let age = words::age(one.observed_at, report.started_at);
            page.entry(
                4,
                "-",
                Tone::Quiet,
                2,
                &format!("{}: {} ({age})", one.source, one.value),
            );
        }
    }
}

/// The first observation that a finding rests on, in one line.
pub(super) fn main_evidence(report: &Report, finding: &Finding) -> Option<String> {
    let failed = |check: &&CheckReport| {
        finding.checks.contains(&check.id) && check.status != CheckStatus::Pass
    };
    let one = report
        .checks
        .iter()
        .filter(failed)
        .find_map(|check| check.evidence.first())?;
    let age = words::age(one.observed_at, report.started_at);
    let line = format!("Evidence: {}: {} ({age})", one.source, one.value);
    Some(denial::in_short(&line))
}
