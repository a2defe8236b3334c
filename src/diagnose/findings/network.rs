//! The network: which link to a required endpoint broke, and whose it is to mend.
//!
//! First cause over the chain: a name before TCP, TCP before TLS, TLS before HTTP. An endpoint
//! that sessions do not need is never an error; one that the session preferences ask for is.

use std::collections::BTreeMap;

use super::Conclusion;
use crate::catalogue::{CheckId, FindingId};
use crate::diagnose::case::Case;
use crate::diagnose::network_words::{host, sentence};
use crate::diagnose::reach::{self, AddressKind, Fault};
use crate::diagnose::{overrides, words};
use crate::observations::{Chain, Failure, Link, Outcome, Service, ServiceNeed};
use crate::report::model::Severity;

/// The services without which Session Manager cannot work.
const REQUIRED: [Service; 2] = [Service::Ssm, Service::Ssmmessages];

pub(super) fn judge(case: &Case<'_>) -> Vec<Conclusion> {
    let mut by_finding: BTreeMap<FindingId, Vec<(Service, Fault)>> = BTreeMap::new();
    for service in REQUIRED {
        if let Some(fault) = reach::fault(case.view, service) {
            by_finding
                .entry(finding(case, service, &fault))
                .or_default()
                .push((service, fault));
        }
    }
    let mut all: Vec<Conclusion> = by_finding
        .into_iter()
        .map(|(id, faults)| conclude(case, id, &faults))
        .collect();
    all.extend(upgrade(case).or_else(|| https_proxy(case)));
    all.extend(contradiction(case));
    all.extend(session_endpoints(case));
    all
}

fn chain<'a>(case: &Case<'a>, service: Service) -> Option<&'a Chain> {
    case.view.all.network.chains.get(&service)
}

/// The finding that a fault belongs to.
fn finding(case: &Case<'_>, service: Service, fault: &Fault) -> FindingId {
    let seen = chain(case, service);
    if seen.is_some_and(|chain| chain.overridden && chain.default_works == Some(true)) {
        return FindingId::EndpointOverrideWrong;
    }
    if reach::is_invented(case.view, service) {
        return FindingId::DnsFailure;
    }
    let through_proxy = seen.is_some_and(|chain| chain.proxy.is_some());
    match fault.link() {
        Link::Resolve | Link::Connect if through_proxy => FindingId::ProxyRefuses,
        Link::Resolve if other_way_works(case, service) => FindingId::ProxyNotInService,
        Link::Resolve => FindingId::DnsFailure,
        Link::Connect => unconnected(case, service, fault),
        Link::Tls => untrusted(case, service, fault),
        Link::Http if matches!(fault, Fault::NotAws { .. }) => FindingId::ProxyRefuses,
        Link::Http => FindingId::ServiceUnavailable,
    }
}

/// The agent has no proxy, the shell has one, and that way works.
fn other_way_works(case: &Case<'_>, service: Service) -> bool {
    chain(case, service)
        .is_some_and(|chain| chain.proxy.is_none() && chain.other_way_works == Some(true))
}

/// TCP fails: the kind of address and what its neighbours do tell why.
fn unconnected(case: &Case<'_>, service: Service, fault: &Fault) -> FindingId {
    if matches!(
        fault,
        Fault::Link(Failure::ProxyAnswered { .. } | Failure::ProxyUnusable { .. })
    ) {
        return FindingId::ProxyRefuses;
    }
    if other_way_works(case, service) {
        return FindingId::ProxyNotInService;
    }
    let here = reach::address_kind(case.view, service);
    if here == Some(AddressKind::Private) {
        return FindingId::EndpointRefuses;
    }
    // The VPC has an endpoint and knows its address; this host asks somebody who does not.
    if here == Some(AddressKind::Public)
        && reach::vpc_address_kind(case.view, service) == Some(AddressKind::Private)
    {
        return FindingId::DnsFailure;
    }
    let other_answers = REQUIRED
        .into_iter()
        .any(|other| other != service && reach::answered(case.view, other));
    let some_private = Service::ALL
        .into_iter()
        .any(|other| reach::address_kind(case.view, other) == Some(AddressKind::Private));
    match (other_answers, some_private) {
        (true, _) => FindingId::EndpointMissing,
        (false, true) => FindingId::PrivateDnsOff,
        (false, false) => FindingId::NoRouteToEndpoints,
    }
}

/// The certificate is not accepted, or TLS breaks.
fn untrusted(case: &Case<'_>, service: Service, fault: &Fault) -> FindingId {
    let store = case.view.all.network.trust.as_ref();
    let no_roots = store.is_some_and(|trust| trust.roots == 0);
    // What the built-in roots trust is AWS's own: the host's store is old or torn.
    let only_here =
        chain(case, service).is_some_and(|chain| chain.trusted_by_built_in == Some(true));
    match fault {
        Fault::Link(Failure::CertificateNotTrusted { .. }) if no_roots || only_here => {
            FindingId::CaBundleMissing
        }
        Fault::Link(Failure::CertificateNotTrusted { .. }) => FindingId::TlsIntercepted,
        Fault::Link(Failure::CertificateTime { .. } | Failure::CertificateName) => {
            FindingId::CertificateInvalid
        }
        Fault::Link(_) | Fault::NotAws { .. } => FindingId::TlsCut,
    }
}

fn conclude(case: &Case<'_>, id: FindingId, faults: &[(Service, Fault)]) -> Conclusion {
    let mut said: Vec<String> = faults
        .iter()
        .map(|(service, fault)| sentence(case, *service, fault))
        .collect();
    said.extend(explanation(case, id));
    let mut checks: Vec<CheckId> = faults
        .iter()
        .map(|(service, _)| CheckId::of_endpoint(*service))
        .collect();
    checks.extend(network_check(id));
    let mut conclusion = Conclusion::new(case, id, said.join(" "), &checks);
    conclusion.subject.endpoint = faults.first().map(|(service, _)| host(case, *service));
    let behind_clock = id == FindingId::CertificateInvalid
        && case
            .clock
            .as_ref()
            .is_some_and(crate::diagnose::clock::ClockOffset::is_too_large);
    conclusion.note_if(behind_clock)
}

/// The check of this host's own settings that a finding rests on too.
fn network_check(id: FindingId) -> Option<CheckId> {
    match id {
        FindingId::DnsFailure => Some(CheckId::NetworkResolver),
        FindingId::NoRouteToEndpoints => Some(CheckId::NetworkRoutes),
        FindingId::ProxyRefuses | FindingId::ProxyNotInService => Some(CheckId::NetworkProxy),
        FindingId::TlsIntercepted | FindingId::CaBundleMissing => Some(CheckId::NetworkTrust),
        _ => None,
    }
}

/// What this host's own settings add to what the wire showed.
fn explanation(case: &Case<'_>, id: FindingId) -> Option<String> {
    let network = &case.view.all.network;
    match id {
        FindingId::NoRouteToEndpoints | FindingId::EndpointMissing => {
            let routes = network.routes.as_ref()?.value()?;
            match (routes.default_ipv4, routes.default_ipv6) {
                (true, _) => None,
                (false, true) => Some(
                    "This host has a default route for IPv6 only, and none for IPv4.".to_owned(),
                ),
                (false, false) => Some("This host has no default route at all.".to_owned()),
            }
        }
        FindingId::DnsFailure if network.resolver_lies == Some(true) => Some(
            "The name server gives an address for a name that cannot exist, so its answers are invented.".to_owned(),
        ),
        FindingId::CaBundleMissing => {
            let trust = network.trust.as_ref()?;
            let problem = trust.problem.as_ref().map_or_else(String::new, |problem| format!(": {problem}"));
            Some(if trust.roots == 0 {
                format!("This host's trust store holds no certificate{problem}.")
            } else {
                format!("Mozilla's roots, built into this program, trust that certificate; this host's {} do not{problem}.", trust.roots)
            })
        }
        FindingId::ProxyNotInService => {
            let shell = network.proxies.shell.as_ref()?.https_proxy.as_ref()?;
            Some(format!("Through the shell's proxy {shell} it works, and the agent has no proxy."))
        }
        FindingId::ProxyRefuses => {
            let straight = REQUIRED.into_iter().any(|service| {
                chain(case, service).is_some_and(|chain| chain.proxy.is_some() && chain.other_way_works == Some(true))
            });
            straight.then(|| "Straight from here, past the proxy, it works.".to_owned())
        }
        _ => None,
    }
}

/// HTTPS to ssmmessages works and the upgrade does not, in a way that is no answer of AWS.
fn upgrade(case: &Case<'_>) -> Option<Conclusion> {
    if !reach::answered(case.view, Service::Ssmmessages) {
        return None;
    }
    let record = case
        .view
        .record(crate::observations::Call::OpenControlChannel)?;
    let what = match &record.outcome {
        Outcome::Failed { failure } => words::failure(failure),
        Outcome::NotAws { status, sign } => format!("HTTP {status} ({sign})"),
        Outcome::NotAsked { .. } | Outcome::Answered(_) => return None,
    };
    Some(
        Conclusion::new(
            case,
            FindingId::WebsocketBlocked,
            format!(
                "HTTPS to {} works, and the WebSocket upgrade does not: {what}.",
                host(case, Service::Ssmmessages)
            ),
            &[CheckId::PermissionSsmmessagesOpenControlChannel],
        )
        .weighing(Severity::Error),
    )
}

/// A proxy that is spoken to over TLS cannot carry sessions.
///
/// Source: User Guide, "Configure SSM Agent to use a proxy (Linux)".
fn https_proxy(case: &Case<'_>) -> Option<Conclusion> {
    let proxy = chain(case, Service::Ssmmessages)?.proxy.as_deref()?;
    (proxy.starts_with("https://") && reach::answered(case.view, Service::Ssmmessages)).then(|| {
        Conclusion::new(
            case,
            FindingId::WebsocketBlocked,
            format!("The agent's proxy is {proxy}: AWS documents that proxies reached by HTTPS do not carry sessions."),
            &[CheckId::NetworkProxy],
        )
    })
}

/// An endpoint of one Region, and signatures for another.
fn contradiction(case: &Case<'_>) -> Option<Conclusion> {
    let found = overrides::contradiction(case)?;
    let mut conclusion = Conclusion::new(
        case,
        FindingId::EndpointOverrideWrong,
        format!(
            "The agent's configuration sends {} to {}, an endpoint of {}, and signs for {}: the service refuses such signatures.",
            found.service.name(),
            found.host,
            found.host_region,
            found.signing_region
        ),
        &[CheckId::AgentConfig],
    );
    conclusion.subject.endpoint = Some(found.host);
    Some(conclusion)
}

/// What the session preferences ask for and cannot be reached.
fn session_endpoints(case: &Case<'_>) -> Option<Conclusion> {
    let needed = Service::ALL
        .into_iter()
        .filter(|service| reach::need(case.view, *service) == ServiceNeed::SessionPreferences);
    let faults: Vec<(Service, Fault)> = needed
        .filter_map(|service| Some((service, reach::fault(case.view, service)?)))
        .filter(|(_, fault)| !matches!(fault, Fault::NotAws { .. }))
        .collect();
    let (first, _) = faults.first()?;
    let said: Vec<String> = faults
        .iter()
        .map(|(service, fault)| sentence(case, *service, fault))
        .collect();
    let checks: Vec<CheckId> = faults
        .iter()
        .map(|(service, _)| CheckId::of_endpoint(*service))
        .collect();
    let detail = format!(
        "The session preferences ask for {}. {} Sessions then hang for minutes, or fail.",
        faults
            .iter()
            .map(|(service, _)| service.name())
            .collect::<Vec<_>>()
            .join(" and "),
        said.join(" ")
    );
    let mut conclusion =
        Conclusion::new(case, FindingId::SessionEndpointUnreachable, detail, &checks);
    conclusion.subject.endpoint = Some(host(case, *first));
    Some(conclusion)
}
