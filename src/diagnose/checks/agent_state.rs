//! Checks of the agent's service, its files, its waits and its channel.

use super::{Judgement, evidence_of};
use crate::diagnose::backoff::{NextTry, Retry, Waiting};
use crate::diagnose::case::Case;
use crate::diagnose::findings::damaged_state;
use crate::diagnose::{channel, log_evidence, times};
use crate::observations::{EventKind, LogEvent, Unit};
use crate::report::model::Evidence;

pub(super) fn unit(case: &Case<'_>) -> Judgement {
    let reading = &case.view.all.host.health.units;
    let evidence = evidence_of(reading, |units| {
        let all: Vec<String> = units.iter().map(describe).collect();
        if all.is_empty() {
            "none of the agent's".to_owned()
        } else {
            all.join("; ")
        }
    });
    let judgement = match reading.value().map(Vec::as_slice) {
        _ if case.view.installed() == Some(false) => Judgement::skip("not installed"),
        None if reading.is_absent() => Judgement::skip("this system has no systemd units"),
        None => Judgement::unknown("could not be looked at"),
        Some([]) => Judgement::skip("the agent is not run by a systemd unit"),
        Some(units) => judge_units(units),
    };
    judgement.resting_on(evidence)
}

fn judge_units(units: &[Unit]) -> Judgement {
    let enabled = units.iter().find(|unit| unit.is_enabled && !unit.is_masked);
    match (enabled, units.iter().find(|unit| unit.is_masked)) {
        (Some(unit), _) => match &unit.user {
            Some(user) => Judgement::warn(format!(
                "{} runs as {user}, and the agent needs root",
                unit.name
            )),
            None => Judgement::pass(format!("{} is enabled", unit.name)),
        },
        (None, Some(masked)) => Judgement::fail(format!("{} is masked", masked.name)),
        (None, None) => {
            Judgement::warn("not enabled by a file that can be seen: it may not start at boot")
        }
    }
}

fn describe(unit: &Unit) -> String {
    let state = match (unit.is_masked, unit.is_enabled) {
        (true, _) => "masked",
        (false, true) => "enabled",
        (false, false) => "not enabled",
    };
    let active = match unit.is_active {
        Some(true) => ", active",
        Some(false) => ", not active",
        None => "",
    };
    let killed = match unit.out_of_memory_kills {
        Some(times) if times > 0 => format!(", killed {times} times for want of memory"),
        Some(_) | None => String::new(),
    };
    format!("{}: {state}{active}{killed}", unit.name)
}

pub(super) fn state(case: &Case<'_>) -> Judgement {
    let host = &case.view.all.host;
    let damaged = damaged_state(case);
    let judgement = if !damaged.is_empty() {
        Judgement::fail(damaged.join(" "))
    } else if host.runtime_config.is_certain() && host.vault.registration.is_certain() {
        Judgement::pass("what is there is of the form it should have")
    } else {
        Judgement::unknown("not all of it could be read")
    };
    judgement
        .resting_on(evidence_of(&host.runtime_config, |state| {
            format!("identity {}", state.identity_type)
        }))
        .resting_on_all(leftovers(case))
}

/// Files that look like a path and prove nothing: the state file and the vault are the truth.
fn leftovers(case: &Case<'_>) -> Vec<Evidence> {
    let host = &case.view.all.host;
    let on_profile = case
        .view
        .runtime_config()
        .is_some_and(|state| state.credential_source == "EC2");
    let dhmc = (on_profile && host.dhmc_credentials.value().is_some()).then(|| {
        evidence_of(&host.dhmc_credentials, |_| {
            "left over: the agent's state says that it is on the instance profile".to_owned()
        })
    });
    let unregistered = case.view.registration().is_none() && host.vault.registration.is_certain();
    let copy = (unregistered && host.vault.summary.value().is_some()).then(|| {
        evidence_of(&host.vault.summary, |copy| {
            format!(
                "left over: a copy that names {}, and the vault holds no such registration",
                copy.instance_id
            )
        })
    });
    dhmc.into_iter().chain(copy).collect()
}

pub(super) fn retry(case: &Case<'_>) -> Judgement {
    let log = &case.view.all.host.agent_log;
    let mut evidence = evidence_of(log, |log| format!("{} entries read", log.entries));
    evidence.observed_at = log.value().and_then(|log| log.last_at);
    let judgement = match (case.view.running(), log.value(), case.waits.first()) {
        (Some(false), ..) => Judgement::skip("the agent does not run"),
        (_, None, _) => Judgement::unknown("the agent's log could not be read"),
        (.., None) => Judgement::pass("it waits for nothing, by its log"),
        (.., Some(wait)) => Judgement::warn(wait_words(case, wait)),
    };
    judgement.resting_on(evidence)
}

fn wait_words(case: &Case<'_>, wait: &Waiting) -> String {
    let now = case.view.now();
    let what = match wait.what {
        Retry::Credentials => "asks for credentials again",
        Retry::Ping => "pings again",
        Retry::Ec2Registration => "registers the instance again",
    };
    let when = match wait.next {
        NextTry::At(at) => times::until(now, at),
        NextTry::Between(_, at) => format!("at the latest {}", times::until(now, at)),
        NextTry::Overdue(at) => format!("and was to do so {}", times::ago(now, at)),
    };
    format!(
        "it failed {} and {what} {when}",
        times::ago(now, wait.since)
    )
}

pub(super) fn channel(case: &Case<'_>) -> Judgement {
    if case.view.running() == Some(false) {
        return Judgement::skip("the agent does not run");
    }
    let now = case.view.now();
    if let Some(live) = channel::live(case.view) {
        return Judgement::pass(live.words(now)).resting_on(Evidence {
            source: "the worker's connections".to_owned(),
            value: live.remote.to_string(),
            observed_at: Some(now),
        });
    }
    match last_word(case) {
        None => Judgement::unknown("neither a connection nor the log tells"),
        Some(event) => {
            let at = times::ago(now, event.at);
            let judgement = match event.kind {
                EventKind::ControlChannelUp | EventKind::ChannelSsmmessages => {
                    Judgement::pass(format!("up since {at}, by the agent's log"))
                }
                _ => Judgement::fail(format!("could not be opened {at}, by the agent's log")),
            };
            judgement.resting_on(Evidence {
                source: "the agent's log".to_owned(),
                value: event
                    .message
                    .clone()
                    .unwrap_or_else(|| "the control channel is up".to_owned()),
                observed_at: Some(event.at),
            })
        }
    }
}

/// The last word of the log on the control channel since the last start.
fn last_word<'a>(case: &Case<'a>) -> Option<&'a LogEvent> {
    log_evidence::events(case.view).iter().rfind(|event| {
        matches!(
            event.kind,
            EventKind::ControlChannelUp
                | EventKind::ChannelSsmmessages
                | EventKind::ControlChannelRefused
                | EventKind::ControlChannelFailed
                | EventKind::ChannelEc2messages
        )
    })
}
