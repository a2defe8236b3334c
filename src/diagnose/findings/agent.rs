//! The agent itself: installed, running, configured; and what this run could not look at.

use super::Conclusion;
use crate::catalogue::{CheckId, FindingId};
use crate::diagnose::case::Case;
use crate::diagnose::identity::{Chosen, Identity};
use crate::diagnose::view::{ImdsUse, Machine};
use crate::observations::{Path, Reading};
use crate::report::model::Severity;

pub(super) fn judge(case: &Case<'_>) -> Vec<Conclusion> {
    [
        config(case),
        identity_order(case),
        not_installed(case),
        static_keys(case),
        not_privileged(case),
    ]
    .into_iter()
    .flatten()
    .collect()
}

fn config(case: &Case<'_>) -> Option<Conclusion> {
    let reading = &case.view.all.host.config;
    let checks = [CheckId::AgentConfig];
    match reading {
        Reading::Malformed { source, why } => Some(Conclusion::new(
            case,
            FindingId::AgentConfigInvalid,
            format!("{source} does not parse, so the agent does not start: {why}."),
            &checks,
        )),
        Reading::Empty { source, .. } => Some(Conclusion::new(
            case,
            FindingId::AgentConfigInvalid,
            format!("{source} is empty, which is not JSON, so the agent does not start."),
            &checks,
        )),
        Reading::Found { value, source, .. } if !value.warnings.is_empty() => {
            let said: Vec<_> = value
                .warnings
                .iter()
                .map(|one| format!("{}: {}", one.key, one.effect))
                .collect();
            let detail = format!("{source} sets what the agent drops. {}.", said.join("; "));
            Some(
                Conclusion::new(case, FindingId::AgentConfigInvalid, detail, &checks)
                    .weighing(Severity::Warning),
            )
        }
        _ => None,
    }
}

/// An order that leaves nothing this host can be, although it could be something.
fn identity_order(case: &Case<'_>) -> Option<Conclusion> {
    let config = case.view.config();
    if case.selection.identity.chosen != Chosen::None || !config.order_is_set {
        return None;
    }
    let could_be_ec2 = case.view.machine() != Machine::NotEc2;
    let could_be_hybrid = case.view.registration().is_some();
    let lists = |identity: Identity| {
        case.selection
            .identity
            .order
            .iter()
            .any(|word| word == identity.word())
    };
    let excluded_ec2 = could_be_ec2 && case.view.imds() == ImdsUse::Works && !lists(Identity::Ec2);
    let excluded_hybrid = could_be_hybrid && !lists(Identity::OnPrem);
    let only_ec2_elsewhere = !could_be_ec2 && !lists(Identity::OnPrem);
    (excluded_ec2 || excluded_hybrid || only_ec2_elsewhere).then(|| {
        let order = case.selection.identity.order.join(", ");
        let what = if excluded_ec2 {
            "this host is an EC2 instance"
        } else if excluded_hybrid {
            "this host is registered by a hybrid activation"
        } else {
            "this host is not an EC2 instance"
        };
        Conclusion::new(
            case,
            FindingId::IdentityOrderExcludesHost,
            format!("Identity.ConsumptionOrder is {order}, and {what}: no identity is left, and the agent ends at once."),
            &[CheckId::AgentConfig, CheckId::IdentitySelection],
        )
    })
}

fn not_installed(case: &Case<'_>) -> Option<Conclusion> {
    (case.view.installed() == Some(false)).then(|| {
        Conclusion::new(
            case,
            FindingId::AgentNotInstalled,
            "No SSM Agent was found: neither package, snap nor container layout, and no process of it.",
            &[CheckId::AgentInstalled],
        )
    })
}

fn static_keys(case: &Case<'_>) -> Option<Conclusion> {
    let host = &case.view.all.host;
    let in_environment = host
        .agent
        .environment
        .value()
        .is_some_and(|environment| environment.has_static_keys);
    let file = host
        .root_credentials
        .value()
        .filter(|file| file.has_keys && !file.has_token);
    if case.path() == Some(Path::CustomIdentity) || !(in_environment || file.is_some()) {
        return None;
    }
    let place = match file {
        _ if in_environment => "the agent's own environment".to_owned(),
        Some(file) => format!(
            "profile `{}` of {}",
            file.profile,
            host.root_credentials.source()
        ),
        None => return None,
    };
    Some(Conclusion::new(
        case,
        FindingId::StaticKeysPresent,
        format!(
            "Static AWS keys stand in {place}; some plugins of the agent use them in place of its role."
        ),
        &[CheckId::AgentStaticKeys],
    ))
}

fn not_privileged(case: &Case<'_>) -> Option<Conclusion> {
    (!case.view.all.privileged && case.view.anything_forbidden()).then(|| {
        let what = case
            .selection
            .question
            .as_deref()
            .map_or_else(String::new, |question| {
                format!(" Not known because of it: {question}.")
            });
        Conclusion::new(
            case,
            FindingId::NotPrivileged,
            format!(
                "Only root may read the agent's vault and state.{what} Run it again with sudo."
            ),
            &[CheckId::HostPrivileges],
        )
    })
}
