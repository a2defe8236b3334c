//! What keeps the agent from IMDS, on a host that is an EC2 instance; and what poses as IMDS on
//! one that is not.

use super::Conclusion;
use crate::catalogue::{CheckId, FindingId};
use crate::diagnose::case::Case;
use crate::diagnose::identity::Identity;
use crate::diagnose::reach::{self, Fault};
use crate::diagnose::view::{IMDSV2_MINIMUM, ImdsUse, Machine};
use crate::diagnose::words;
use crate::no_proxy;
use crate::observations::{Failure, Fetched, Imds, Service};
use crate::report::model::Severity;

const CHECKS: [CheckId; 2] = [CheckId::ImdsToken, CheckId::ImdsInstance];

pub(super) fn judge(case: &Case<'_>) -> Vec<Conclusion> {
    let mut all: Vec<Conclusion> = [too_old(case), proxied(case)]
        .into_iter()
        .flatten()
        .collect();
    if case.view.imds() != ImdsUse::Fails || case.view.is_shut_out_of_imdsv2() {
        return all;
    }
    let works_without = case.selection.active.is_some() && case.identity() != Some(Identity::Ec2);
    let found = match case.view.machine() {
        Machine::Ec2ByFirmware => Some(broken(case)),
        Machine::NotEc2 | Machine::Unknown | Machine::Ec2ByImds => foreign(case),
    };
    all.extend(found.map(|one| one.warning_if(works_without)));
    all
}

/// The firmware says EC2, and IMDS does not work.
fn broken(case: &Case<'_>) -> Conclusion {
    let imds = &case.view.all.imds;
    let contained = case.view.all.host.container.value().is_some();
    let (id, detail) = match &imds.token {
        Fetched::Failed { failure, .. } if dead_route(case).is_some() => (
            FindingId::ImdsBlocked,
            format!(
                "The firmware says EC2 and 169.254.169.254 cannot be reached ({}): {} on this host.",
                words::failure(failure),
                dead_route(case).unwrap_or_default()
            ),
        ),
        Fetched::Status { status: 403, .. } => (
            FindingId::ImdsDisabled,
            "IMDS answers 403 to everything: it is switched off on this instance (HttpEndpoint).".to_owned(),
        ),
        Fetched::Failed { failure: Failure::TimedOut { .. }, .. } if plain_get_answers(imds) => (
            FindingId::ImdsHopLimit,
            "The token's answer never comes, while a plain GET is answered: the answer to the PUT dies on the way, as it does with a hop limit of 1 and one hop too many.".to_owned(),
        ),
        Fetched::Failed { failure: Failure::TimedOut { .. }, .. } if contained => (
            FindingId::ImdsHopLimit,
            "IMDS is silent, and this is a container: typical of a hop limit of 1. A network policy that drops 169.254.169.254 looks the same.".to_owned(),
        ),
        Fetched::Failed { failure: Failure::TimedOut { .. }, .. } => (
            FindingId::ImdsDisabled,
            format!(
                "The firmware says EC2 and IMDS is silent: it is switched off on this instance, or something drops packets to 169.254.169.254.{}",
                if all_is_silent(case) {
                    " The endpoints of AWS are silent too, so look first at what this host's packets meet: its own firewall, its security group, its subnet."
                } else {
                    ""
                }
            ),
        ),
        Fetched::Failed { failure, .. } => (
            FindingId::ImdsBlocked,
            format!("The firmware says EC2 and 169.254.169.254 cannot be reached: {}.", words::failure(failure)),
        ),
        Fetched::NotAsked { .. } => (
            FindingId::ImdsDisabled,
            "AWS_EC2_METADATA_DISABLED switches IMDS off for the agent.".to_owned(),
        ),
        Fetched::Value { .. } if environment_disables(case) => (
            FindingId::ImdsDisabled,
            "IMDS works, and AWS_EC2_METADATA_DISABLED in the agent's environment keeps the agent from it.".to_owned(),
        ),
        answer => (
            FindingId::ImdsForeign,
            format!("What answers at {} is not EC2's IMDS: token {}, identity document {}.", imds.endpoint, words::fetched(answer), words::fetched(&imds.identity_document)),
        ),
    };
    Conclusion::new(case, id, detail, &CHECKS)
}

/// A host that is not EC2, where something answers all the same.
fn foreign(case: &Case<'_>) -> Option<Conclusion> {
    let imds = &case.view.all.imds;
    let answered = imds.token.status().is_some() || imds.plain_get.status().is_some();
    answered.then(|| {
        Conclusion::new(
            case,
            FindingId::ImdsForeign,
            format!(
                "Something answers at {} and it is not EC2's IMDS: token {}, identity document {}.",
                imds.endpoint,
                words::fetched(&imds.token),
                words::fetched(&imds.identity_document)
            ),
            &CHECKS,
        )
    })
}

/// A route of this host's own that keeps IMDS away.
fn dead_route(case: &Case<'_>) -> Option<String> {
    let routes = case.view.all.network.routes.as_ref()?.value()?;
    let route = routes.metadata.as_ref()?;
    route.way.is_dead_end().then(|| words::route(route))
}

/// Whether the endpoints that sessions need do not answer either.
fn all_is_silent(case: &Case<'_>) -> bool {
    [Service::Ssm, Service::Ssmmessages].iter().all(|&service| {
        matches!(
            reach::fault(case.view, service),
            Some(Fault::Link(Failure::TimedOut { .. } | Failure::Unreachable))
        )
    })
}

fn plain_get_answers(imds: &Imds) -> bool {
    matches!(imds.plain_get.status(), Some(200 | 401))
}

fn environment_disables(case: &Case<'_>) -> bool {
    case.view
        .all
        .host
        .agent
        .environment
        .value()
        .is_some_and(|environment| environment.imds_disabled)
}

/// The agent's environment sends IMDS through a proxy, which cannot answer for this instance.
fn proxied(case: &Case<'_>) -> Option<Conclusion> {
    let environment = case.view.agent_environment()?;
    let proxy = environment
        .http_proxy
        .as_deref()
        .filter(|proxy| !proxy.is_empty())?;
    let no_proxy = environment.no_proxy.as_deref().unwrap_or_default();
    let on_ec2 = matches!(
        case.view.machine(),
        Machine::Ec2ByImds | Machine::Ec2ByFirmware
    );
    // IPv6 matters only where the agent has no other way to IMDS.
    let over_ipv6 = case.view.all.imds.endpoint.contains("fd00:ec2::254");
    let address = if over_ipv6 {
        "fd00:ec2::254"
    } else {
        "169.254.169.254"
    };
    let reached = no_proxy::bypasses(no_proxy, address, 80);
    (on_ec2 && !reached).then(|| {
        Conclusion::new(
            case,
            FindingId::ImdsProxied,
            format!("The agent's environment sets http_proxy={proxy} and its no_proxy does not cover {address}: the agent asks the proxy for this instance's identity, and gets none, or the proxy's own."),
            &[CheckId::ImdsToken],
        )
        .warning_if(has_fresh_state(case))
    })
}

/// The agent has credentials of this instance that have not ended, so it did reach IMDS.
fn has_fresh_state(case: &Case<'_>) -> bool {
    case.view
        .ec2_instance_id()
        .is_some_and(|id| case.view.fresh_state(id).is_some())
}

/// An agent from before IMDSv2: fatal where a plain GET is refused, a risk elsewhere.
fn too_old(case: &Case<'_>) -> Option<Conclusion> {
    let version = case
        .view
        .version()
        .filter(|version| *version < IMDSV2_MINIMUM)?;
    let on_ec2 = matches!(
        case.view.machine(),
        Machine::Ec2ByImds | Machine::Ec2ByFirmware
    );
    let required = case.view.is_shut_out_of_imdsv2();
    on_ec2.then(|| {
        Conclusion::new(
            case,
            FindingId::ImdsAgentTooOld,
            format!("Agent {version} predates IMDSv2, which needs 2.3.814.0; where the instance requires IMDSv2 it has no identity."),
            &[CheckId::AgentVersion, CheckId::ImdsToken],
        )
        .weighing(if required { Severity::Error } else { Severity::Warning })
    })
}
