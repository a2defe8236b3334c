//! Host, agent and run in a line each: what every form of the report says of them.

use super::model::{AgentSummary, Basis, HostKind, Offline, Report};
use super::page::{LABEL, Page};
use super::style::Tone;
use super::words;

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
