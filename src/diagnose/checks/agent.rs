//! Checks of the agent on this host.

use super::{Judgement, evidence_of};
use crate::diagnose::case::Case;
use crate::diagnose::ec2::DHMC_MINIMUM;
use crate::observations::{ProcessRole, Reading};
use crate::report::model::Evidence;

pub(super) fn privileges(case: &Case<'_>) -> Judgement {
    match (case.view.all.privileged, case.view.anything_forbidden()) {
        (true, _) => Judgement::pass("running as root"),
        (false, true) => Judgement::warn("not root: the agent's vault and state could not be read"),
        (false, false) => Judgement::pass("not root, and nothing was out of reach"),
    }
}

pub(super) fn installed(case: &Case<'_>) -> Judgement {
    let agent = &case.view.all.host.agent;
    match (agent.installs.first(), agent.running()) {
        (Some(install), _) => Judgement::pass(format!("{} is there", install.binary))
            .resting_on_all(agent.installs.iter().map(|one| Evidence {
                source: one.binary.clone(),
                value: format!("unit {}", one.unit),
                observed_at: None,
            })),
        (None, Some(true)) => Judgement::pass("running, from an unusual place"),
        (None, _) if case.view.installed().is_none() => {
            Judgement::unknown("its places were not looked at")
        }
        (None, _) => Judgement::fail("no agent in any of its places"),
    }
}

pub(super) fn running(case: &Case<'_>) -> Judgement {
    let reading = &case.view.all.host.agent.processes;
    let evidence = evidence_of(reading, |all| {
        let list: Vec<_> = all
            .iter()
            .map(|one| format!("{} (pid {})", role_name(one.role), one.pid))
            .collect();
        if list.is_empty() {
            "no process of the agent".to_owned()
        } else {
            list.join(", ")
        }
    });
    let judgement = match (case.view.installed(), case.view.running()) {
        (_, None) => Judgement::unknown("the process table could not be read"),
        (_, Some(true)) if case.view.has_worker() => Judgement::pass("core and worker run"),
        (_, Some(true)) => Judgement::warn(
            "the core runs without its worker: it has had no credentials since it started",
        ),
        (Some(false), Some(false)) => Judgement::skip("not installed"),
        (_, Some(false)) => Judgement::fail("not running"),
    };
    judgement.resting_on(evidence)
}

fn role_name(role: ProcessRole) -> &'static str {
    match role {
        ProcessRole::Core => "amazon-ssm-agent",
        ProcessRole::Worker => "ssm-agent-worker",
        ProcessRole::SessionWorker => "ssm-session-worker",
        ProcessRole::DocumentWorker => "ssm-document-worker",
    }
}

pub(super) fn version(case: &Case<'_>) -> Judgement {
    let reading = &case.view.all.host.agent.version;
    let evidence = evidence_of(reading, ToString::to_string);
    let judgement = match reading.value() {
        Some(version) if *version < DHMC_MINIMUM => Judgement::warn(format!(
            "{version}; Default Host Management needs 3.2.582.0"
        )),
        Some(version) => Judgement::pass(version.to_string()),
        None if case.view.installed() == Some(false) => Judgement::skip("not installed"),
        None => Judgement::unknown("could not be told"),
    };
    judgement.resting_on(evidence)
}

pub(super) fn config(case: &Case<'_>) -> Judgement {
    let reading = &case.view.all.host.config;
    let evidence = evidence_of(reading, |config| {
        format!(
            "identities in the order {}",
            config.consumption_order.join(", ")
        )
    });
    let judgement = match reading {
        Reading::Absent { .. } => Judgement::pass("none, so the defaults hold"),
        Reading::Found { value, .. } if value.warnings.is_empty() => Judgement::pass("valid"),
        Reading::Found { value, .. } => Judgement::warn(
            value
                .warnings
                .iter()
                .map(|one| format!("{}: {}", one.key, one.effect))
                .collect::<Vec<_>>()
                .join("; "),
        ),
        Reading::Empty { .. } => Judgement::fail("empty: the agent does not start"),
        Reading::Malformed { why, .. } => Judgement::fail(format!("does not parse: {why}")),
        Reading::Forbidden { .. } | Reading::Unreadable { .. } | Reading::NotRead { .. } => {
            Judgement::unknown("could not be read")
        }
    };
    judgement.resting_on(evidence)
}

pub(super) fn static_keys(case: &Case<'_>) -> Judgement {
    let host = &case.view.all.host;
    let environment = host.agent.environment.value();
    let file = evidence_of(&host.root_credentials, |file| {
        let kind = match (file.has_keys, file.has_token) {
            (false, _) => "no keys",
            (true, true) => "temporary keys",
            (true, false) => "static keys",
        };
        format!("profile `{}`: {kind}", file.profile)
    });
    let static_file = host
        .root_credentials
        .value()
        .is_some_and(|file| file.has_keys && !file.has_token);
    let judgement = if environment.is_some_and(|one| one.has_static_keys) {
        Judgement::warn("static keys in the agent's environment")
    } else if static_file {
        Judgement::warn("static keys in root's default profile")
    } else if host.root_credentials.is_forbidden() {
        Judgement::unknown("only root may read root's credentials file")
    } else {
        Judgement::pass("none")
    };
    judgement.resting_on(file)
}
