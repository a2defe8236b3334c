//! Each endpoint's chain as the report tells it.
//!
//! Pure.

use jiff::Timestamp;

use super::case::Case;
use super::reach;
use crate::observations::{Chain, Failure, Link, Service, ServiceNeed, Step};
use crate::report::endpoint::{EndpointReport, LinkReport};
use crate::report::model::CheckStatus;

/// Every endpoint that was walked to, the required ones first.
#[must_use]
pub fn judge(case: &Case<'_>) -> Vec<EndpointReport> {
    let chains = &case.view.all.network.chains;
    Service::ALL
        .into_iter()
        .filter_map(|service| Some(one(case, service, chains.get(&service)?)))
        .collect()
}

fn one(case: &Case<'_>, service: Service, chain: &Chain) -> EndpointReport {
    let reached = chain.connect.value().map(|connected| connected.address);
    let first = chain
        .resolve
        .value()
        .and_then(|found| found.addresses.first().copied());
    let address = reached.or(first);
    EndpointReport {
        service: service.name().to_owned(),
        host: chain.host.clone(),
        port: chain.port,
        need: reach::need(case.view, service),
        status: status(case, service),
        proxy: chain.proxy.clone(),
        address: address.map(|address| address.to_string()),
        address_kind: address.map(|address| reach::kind(address).word().to_owned()),
        links: links(chain),
        observed_at: at(&chain.resolve),
    }
}

/// Whether a service can be reached; what nothing needs is a warning at most.
#[must_use]
pub fn status(case: &Case<'_>, service: Service) -> CheckStatus {
    if reach::answered(case.view, service) {
        return CheckStatus::Pass;
    }
    match (
        reach::fault(case.view, service),
        reach::need(case.view, service),
    ) {
        (None, _) => CheckStatus::Unknown,
        (Some(_), ServiceNeed::Useful) => CheckStatus::Warn,
        (Some(_), ServiceNeed::Required | ServiceNeed::SessionPreferences) => CheckStatus::Fail,
    }
}

fn links(chain: &Chain) -> Vec<LinkReport> {
    let certificate = chain.presented.first();
    let all = [
        link(Link::Resolve, &chain.resolve, |found| {
            let list: Vec<String> = found.addresses.iter().map(ToString::to_string).collect();
            format!("{} by {}", list.join(", "), found.source)
        }),
        link(Link::Connect, &chain.connect, |connected| {
            format!("connected to {}", connected.address)
        }),
        link(Link::Tls, &chain.tls, |shaken| {
            let issuer = certificate.map_or("unknown", |one| one.issuer.as_str());
            format!("{}, certificate issued by {issuer}", shaken.version)
        }),
        link(Link::Http, &chain.http, |answer| {
            let who = match (&answer.sign, answer.is_aws) {
                (_, true) => "AWS".to_owned(),
                (Some(sign), false) => format!("not AWS: {sign}"),
                (None, false) => "nothing tells whether it is AWS".to_owned(),
            };
            format!("HTTP {}, {who}", answer.status)
        }),
    ];
    all.into_iter().flatten().collect()
}

fn link<T>(link: Link, step: &Step<T>, seen: impl FnOnce(&T) -> String) -> Option<LinkReport> {
    match step {
        Step::NotAsked => None,
        Step::Held {
            value, elapsed_ms, ..
        } => Some(LinkReport {
            link,
            held: true,
            elapsed_ms: *elapsed_ms,
            detail: seen(value),
        }),
        Step::Broke {
            failure,
            elapsed_ms,
            ..
        } => Some(LinkReport {
            link,
            held: false,
            elapsed_ms: *elapsed_ms,
            detail: short(failure),
        }),
    }
}

/// A broken link in two or three words.
fn short(failure: &Failure) -> String {
    match failure {
        Failure::NameNotFound => "no such name".to_owned(),
        Failure::NameFailed { why } => format!("no address ({why})"),
        Failure::Refused => "refused".to_owned(),
        Failure::Unreachable => "no route".to_owned(),
        Failure::ProxyAnswered { status } => format!("the proxy answers {status}"),
        Failure::ProxyUnusable { .. } => "the proxy cannot be used".to_owned(),
        Failure::Reset { .. } => "reset".to_owned(),
        Failure::CertificateNotTrusted { .. } => "certificate not trusted".to_owned(),
        Failure::CertificateTime { .. } => "certificate of another time".to_owned(),
        Failure::CertificateName => "certificate for another name".to_owned(),
        Failure::TlsRefused { .. } => "handshake failed".to_owned(),
        Failure::NotHttp { .. } => "not a whole answer".to_owned(),
        Failure::TimedOut { .. } => "silent".to_owned(),
    }
}

fn at<T>(step: &Step<T>) -> Option<Timestamp> {
    match step {
        Step::Held { at, .. } | Step::Broke { at, .. } => Some(*at),
        Step::NotAsked => None,
    }
}
