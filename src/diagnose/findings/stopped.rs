//! An agent that does not run, or ends as soon as it starts: what its unit and its log say.

use jiff::SignedDuration;

use super::Conclusion;
use crate::catalogue::{CheckId, FindingId};
use crate::diagnose::case::Case;
use crate::diagnose::identity::Chosen;
use crate::diagnose::{log_evidence, times};
use crate::observations::{EventKind, InstallKind, LogEvent, Unit};

/// The shipped unit starts the agent again after 90 s, so a loop shows within this time.
///
/// Source: agent `packaging/linux/amazon-ssm-agent.service`.
const LOOP: SignedDuration = SignedDuration::from_mins(10);
/// So many ends within that time are a loop.
const LOOPS: usize = 3;

pub(super) fn judge(case: &Case<'_>) -> Vec<Conclusion> {
    let stopped = case.view.running() == Some(false);
    let ends = ends(case);
    if case.view.installed() != Some(true) || !(stopped || ends.len() >= LOOPS) {
        return Vec::new();
    }
    // Without an identity the agent ends by itself: then its absence is a consequence.
    let ends_by_itself = matches!(
        case.selection.identity.chosen,
        Chosen::None | Chosen::NotStarted
    );
    let detail = if ends_by_itself {
        "The agent is installed and not running: without an identity it ends, and its unit starts it again after 90 seconds.".to_owned()
    } else {
        detail(case, &ends)
    };
    let mut conclusion = Conclusion::new(
        case,
        FindingId::AgentNotRunning,
        format!("{detail}{}", last_line(case)),
        &[
            CheckId::AgentInstalled,
            CheckId::AgentRunning,
            CheckId::AgentUnit,
        ],
    )
    .note_if(ends_by_itself);
    conclusion.subject.install = enabled_install(case).or(conclusion.subject.install);
    vec![conclusion]
}

/// The starts that failed, and the crashes, of the last minutes.
fn ends<'a>(case: &Case<'a>) -> Vec<&'a LogEvent> {
    let now = case.view.now();
    log_evidence::log(case.view)
        .map(|log| log.events.as_slice())
        .unwrap_or_default()
        .iter()
        .filter(|event| {
            matches!(event.kind, EventKind::StartFailed | EventKind::Panicked)
                && now.duration_since(event.at) <= LOOP
        })
        .collect()
}

fn detail(case: &Case<'_>, ends: &[&LogEvent]) -> String {
    if let (Some(last), true) = (ends.last(), ends.len() >= LOOPS) {
        let words = last.message.as_deref().unwrap_or_default();
        return format!(
            "The agent ends as soon as it starts: {} times within the last {}. Its last words: {words}",
            ends.len(),
            times::span(LOOP.as_secs())
        );
    }
    match units(case).first() {
        Some(unit) if unit.is_masked => format!(
            "The agent is installed and not running: its unit {} is masked, so nothing can start it.",
            unit.name
        ),
        Some(unit) if unit.file.is_none() => format!(
            "The agent is installed and not running, and there is no unit {} to start it.",
            unit.name
        ),
        Some(unit) if !unit.is_enabled => format!(
            "The agent is installed and not running: its unit {} is not enabled, so it does not start at boot.",
            unit.name
        ),
        Some(unit) => format!(
            "The agent is installed and not running: its unit {} is enabled, so it was stopped, or it ended.",
            unit.name
        ),
        None => "The agent is installed and its core process is not running.".to_owned(),
    }
}

/// The units of the installations that are here.
fn units<'a>(case: &Case<'a>) -> Vec<&'a Unit> {
    let host = &case.view.all.host;
    let named = |unit: &&Unit| {
        host.agent
            .installs
            .iter()
            .any(|one| format!("{}.service", one.unit) == unit.name)
    };
    let all = host.health.units.value().map(Vec::as_slice);
    all.unwrap_or_default().iter().filter(named).collect()
}

/// The kind of the installation whose unit is enabled, so that the remedy speaks of that one.
fn enabled_install(case: &Case<'_>) -> Option<InstallKind> {
    let units = units(case);
    let unit = units.iter().find(|unit| unit.is_enabled)?;
    let installs = &case.view.all.host.agent.installs;
    installs
        .iter()
        .find(|one| format!("{}.service", one.unit) == unit.name)
        .map(|one| one.kind)
}

/// When the agent last wrote anything: the console may show it online for some time after.
fn last_line(case: &Case<'_>) -> String {
    log_evidence::log(case.view)
        .and_then(|log| log.last_at)
        .map_or_else(String::new, |at| {
            format!(
                " Its log ends {}; an `Online` in the console since then is out of date.",
                times::ago(case.view.now(), at)
            )
        })
}
