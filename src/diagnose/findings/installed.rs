//! How the agent is installed: twice, half updated, or in a release with a known fault.

use jiff::{SignedDuration, Timestamp};

use super::Conclusion;
use crate::catalogue::{CheckId, FindingId, releases};
use crate::diagnose::case::Case;
use crate::diagnose::{log_evidence, times, waiting};
use crate::observations::{AgentLog, AgentVersion, EventKind, Install, InstallKind, ProcessRole};

/// A failure within this time of a change of version is worth naming beside it.
const NEAR: SignedDuration = SignedDuration::from_hours(24);
/// The log says the version some seconds after its process began.
const START_SLACK: SignedDuration = SignedDuration::from_secs(120);

pub(super) fn judge(case: &Case<'_>) -> Vec<Conclusion> {
    [duplicate(case), version(case)]
        .into_iter()
        .flatten()
        .collect()
}

/// A snap and a package side by side, and which of them runs.
fn duplicate(case: &Case<'_>) -> Option<Conclusion> {
    let installs = &case.view.all.host.agent.installs;
    let of = |kind| installs.iter().find(|one| one.kind == kind);
    let (package, snap) = (of(InstallKind::Package)?, of(InstallKind::Snap)?);
    let running = running_install(case, &[package, snap]);
    let (detail, runs) = match running {
        Some(one) => (
            format!(
                "A package ({}) and a snap ({}) are here. The one that runs is {}: its unit is {}.",
                package.binary, snap.binary, one.binary, one.unit
            ),
            Some(one.kind),
        ),
        None => (
            format!(
                "A package ({}, unit {}) and a snap ({}, unit {}) are here; which of them runs could not be told.",
                package.binary, package.unit, snap.binary, snap.unit
            ),
            None,
        ),
    };
    let mut conclusion = Conclusion::new(
        case,
        FindingId::AgentDuplicateInstall,
        detail,
        &[CheckId::AgentInstalled],
    );
    conclusion.subject.install = runs.or(conclusion.subject.install);
    Some(conclusion)
}

fn running_install<'i>(case: &Case<'_>, installs: &[&'i Install]) -> Option<&'i Install> {
    let processes = case.view.all.host.agent.processes.value()?;
    let core = processes.iter().find(|one| one.role == ProcessRole::Core)?;
    let program = core.executable.as_deref()?;
    let is_snap = program.starts_with("/snap/");
    installs
        .iter()
        .copied()
        .find(|one| (one.kind == InstallKind::Snap) == is_snap)
}

/// What is notable of the version, the most telling first.
fn version(case: &Case<'_>) -> Option<Conclusion> {
    let said: Vec<String> = [
        restart_pending(case),
        changed_before_failure(case),
        reported_fault(case),
    ]
    .into_iter()
    .flatten()
    .collect();
    (!said.is_empty()).then(|| {
        Conclusion::new(
            case,
            FindingId::AgentVersionNotable,
            said.join(" "),
            &[CheckId::AgentVersion],
        )
    })
}

/// The running program is not the one on disk.
fn restart_pending(case: &Case<'_>) -> Option<String> {
    let agent = &case.view.all.host.agent;
    let replaced = agent.processes.value()?.iter().any(|one| {
        one.role == ProcessRole::Core
            && one
                .executable
                .as_deref()
                .is_some_and(|path| path.ends_with(" (deleted)"))
    });
    let running = running_version(case);
    match (running, case.view.version()) {
        (Some(running), Some(installed)) if running != installed => Some(format!(
            "The agent runs {running}, and {installed} is installed: a restart is still to come after an update."
        )),
        _ if replaced => Some(
            "The running agent's program was replaced on disk since it started: a restart is still to come after an update.".to_owned(),
        ),
        _ => None,
    }
}

/// The version that the running core logged at its start.
pub(in crate::diagnose) fn running_version(case: &Case<'_>) -> Option<AgentVersion> {
    let started = waiting::core_started(case.view)?;
    let event = log_evidence::events(case.view)
        .iter()
        .rfind(|event| event.kind == EventKind::CoreStarted)?;
    let its_own = event.at.duration_since(started).abs() <= START_SLACK;
    event.subject.as_deref()?.parse().ok().filter(|_| its_own)
}

/// The version changed, all was well before, and the first failure came soon after.
fn changed_before_failure(case: &Case<'_>) -> Option<String> {
    let log = log_evidence::log(case.view)?;
    let (before, after, at) = last_change(log)?;
    let worked = log.events.iter().any(|event| {
        event.at < at
            && matches!(
                event.kind,
                EventKind::ControlChannelUp
                    | EventKind::CredentialsReady
                    | EventKind::CredentialsRotation
            )
    });
    let failure = log
        .events
        .iter()
        .find(|event| event.at > at && is_failure(event.kind))?;
    (worked && failure.at.duration_since(at) <= NEAR).then(|| {
        format!(
            "The agent went from {before} to {after} {}, and first failed {} later. Being near in time is not being the cause.",
            times::ago(case.view.now(), at),
            times::span(failure.at.duration_since(at).as_secs())
        )
    })
}

/// The last change of version in the log: from, to, when.
fn last_change(log: &AgentLog) -> Option<(String, String, Timestamp)> {
    let starts: Vec<_> = log
        .events
        .iter()
        .filter(|event| event.kind == EventKind::CoreStarted)
        .filter_map(|event| Some((event.subject.clone()?, event.at)))
        .collect();
    starts.windows(2).rev().find_map(|pair| match pair {
        [(before, _), (after, at)] if before != after => Some((before.clone(), after.clone(), *at)),
        _ => None,
    })
}

fn is_failure(kind: EventKind) -> bool {
    matches!(
        kind,
        EventKind::CredentialsFailed
            | EventKind::StartFailed
            | EventKind::NoIdentity
            | EventKind::Hibernating
            | EventKind::ControlChannelRefused
            | EventKind::ControlChannelFailed
            | EventKind::PluginMissing
            | EventKind::WorkerNotStarted
            | EventKind::Panicked
    )
}

fn reported_fault(case: &Case<'_>) -> Option<String> {
    let version = running_version(case).or_else(|| case.view.version())?;
    let fault = releases::reported(version)?;
    Some(format!(
        "People reported of releases from {} on, until {} mended it, that {} ({}).",
        fault.from, fault.fixed_in, fault.fault, fault.source
    ))
}
