//! The network: which link to a required endpoint broke, and whose it is to mend.
//!
//! First cause over the chain: a name before TCP, TCP before TLS, TLS before HTTP. An endpoint
//! that sessions do not need is never an error.

use std::collections::BTreeMap;

use super::Conclusion;
use crate::catalogue::{CheckId, FindingId};
use crate::diagnose::case::Case;
use crate::diagnose::reach::{self, AddressKind, Fault};
use crate::diagnose::words;
use crate::observations::{Chain, Failure, Link, Outcome, Service};
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
    all.extend(upgrade(case));
    all
}

fn chain<'a>(case: &Case<'a>, service: Service) -> Option<&'a Chain> {
    case.view.all.network.chains.get(&service)
}

/// The finding that a fault belongs to.
fn finding(case: &Case<'_>, service: Service, fault: &Fault) -> FindingId {
    let overridden = chain(case, service)
        .is_some_and(|chain| chain.overridden && chain.default_works == Some(true));
    if overridden {
        return FindingId::EndpointOverrideWrong;
    }
    match fault.link() {
        Link::Resolve => FindingId::DnsFailure,
        Link::Connect => unconnected(case, service),
        Link::Tls => untrusted(case, fault),
        Link::Http if matches!(fault, Fault::NotAws { .. }) => FindingId::ProxyRefuses,
        Link::Http => FindingId::ServiceUnavailable,
    }
}

/// TCP fails: the kind of address and what its neighbours do tell why.
fn unconnected(case: &Case<'_>, service: Service) -> FindingId {
    let seen = chain(case, service);
    if seen.is_some_and(|chain| chain.proxy.is_some()) {
        return FindingId::ProxyRefuses;
    }
    if seen.is_some_and(|chain| chain.other_way_works == Some(true)) {
        return FindingId::ProxyNotInService;
    }
    if reach::address_kind(case.view, service) == Some(AddressKind::Private) {
        return FindingId::EndpointRefuses;
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

fn untrusted(case: &Case<'_>, fault: &Fault) -> FindingId {
    let no_roots = case
        .view
        .all
        .network
        .trust
        .as_ref()
        .is_some_and(|trust| trust.roots == 0);
    match fault {
        Fault::Link(Failure::CertificateNotTrusted { .. }) if no_roots => {
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
    let said: Vec<String> = faults
        .iter()
        .map(|(service, fault)| sentence(case, *service, fault))
        .collect();
    let mut conclusion = Conclusion::new(case, id, said.join(" "), &[CheckId::PathSelection]);
    conclusion.subject.endpoint = faults.first().map(|(service, _)| host(case, *service));
    let behind_clock = id == FindingId::CertificateInvalid
        && case
            .clock
            .as_ref()
            .is_some_and(crate::diagnose::clock::ClockOffset::is_too_large);
    conclusion.note_if(behind_clock)
}

fn sentence(case: &Case<'_>, service: Service, fault: &Fault) -> String {
    let address = chain(case, service)
        .and_then(|chain| chain.resolve.value())
        .and_then(|found| found.addresses.first())
        .map_or_else(String::new, |address| {
            let kind = match reach::kind(*address) {
                AddressKind::Private => "private",
                AddressKind::Public => "public",
                AddressKind::Loopback => "loopback",
            };
            format!(" ({kind} address {address})")
        });
    let what = match fault {
        Fault::Link(failure) => words::failure(failure),
        Fault::NotAws { status, sign } => {
            format!("something other than AWS answered HTTP {status} ({sign})")
        }
    };
    format!(
        "{}{address}: {what}{}.",
        host(case, service),
        vpc_answer(case, service)
    )
}

/// What the VPC's own resolver says where the configured one fails.
fn vpc_answer(case: &Case<'_>, service: Service) -> String {
    let asked = chain(case, service).and_then(|chain| chain.vpc_resolve.as_ref());
    match asked.map(|step| {
        step.value()
            .and_then(|found| found.addresses.first().copied())
    }) {
        None => String::new(),
        Some(Some(address)) => format!("; the VPC resolver 169.254.169.253 answers {address}"),
        Some(None) => "; the VPC resolver 169.254.169.253 does not answer either".to_owned(),
    }
}

/// The host's name, as far as it is known.
fn host(case: &Case<'_>, service: Service) -> String {
    if let Some(chain) = chain(case, service) {
        return chain.host.clone();
    }
    let asked = case
        .view
        .all
        .calls
        .iter()
        .find(|(call, _)| call.service() == service.name());
    let endpoint = asked.and_then(|(_, record)| record.endpoint.as_deref());
    let host = endpoint.and_then(|endpoint| endpoint.split(':').next());
    host.map_or_else(|| service.name().to_owned(), str::to_owned)
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
