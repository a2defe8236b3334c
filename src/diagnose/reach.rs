//! How each required endpoint is out of reach: the first broken link, from the unsigned chain or
//! from the signed calls themselves.
//!
//! Pure.

use std::net::IpAddr;

use super::reply::{self, Reply};
use super::sessions;
use super::view::View;
use crate::observations::{Chain, Failure, Link, Outcome, Resolved, Service, ServiceNeed, Step};

/// What kind of address a name leads to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AddressKind {
    /// A private address: an interface endpoint, or a proxy inside.
    Private,
    /// A public address.
    Public,
    /// This host itself.
    Loopback,
}

/// The kind of an address.
#[must_use]
pub fn kind(address: IpAddr) -> AddressKind {
    match address {
        _ if address.is_loopback() => AddressKind::Loopback,
        IpAddr::V4(v4) if v4.is_private() || v4.is_link_local() => AddressKind::Private,
        IpAddr::V4(v4) if matches!(v4.octets(), [100, 64..=127, ..]) => AddressKind::Private,
        IpAddr::V6(v6) if v6.is_unique_local() || v6.is_unicast_link_local() => {
            AddressKind::Private
        }
        IpAddr::V4(_) | IpAddr::V6(_) => AddressKind::Public,
    }
}

/// Why an endpoint is out of reach.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fault {
    /// A link broke.
    Link(Failure),
    /// Something that is not AWS answered.
    NotAws {
        /// The HTTP status.
        status: u16,
        /// What gives it away.
        sign: String,
    },
}

impl Fault {
    /// The link that broke.
    #[must_use]
    pub fn link(&self) -> Link {
        match self {
            Self::NotAws { .. } => Link::Http,
            Self::Link(failure) => match failure {
                Failure::NameNotFound | Failure::NameFailed { .. } => Link::Resolve,
                Failure::Refused
                | Failure::Unreachable
                | Failure::ProxyAnswered { .. }
                | Failure::ProxyUnusable { .. } => Link::Connect,
                // A refused SYN is `Refused`: what is reset was open before.
                Failure::Reset {
                    link: Link::Connect,
                }
                | Failure::CertificateNotTrusted { .. }
                | Failure::CertificateTime { .. }
                | Failure::CertificateName
                | Failure::TlsRefused { .. } => Link::Tls,
                Failure::NotHttp { .. } => Link::Http,
                Failure::Reset { link } | Failure::TimedOut { link, .. } => *link,
            },
        }
    }
}

/// The fault of a service's endpoint; `None` = it answered as AWS, or nothing was asked of it.
///
/// One answer of AWS outweighs a broken chain: what works, works.
#[must_use]
pub fn fault(view: View<'_>, service: Service) -> Option<Fault> {
    if answered(view, service) {
        return None;
    }
    let chain = view.all.network.chains.get(&service);
    chain
        .and_then(chain_fault)
        .or_else(|| call_fault(view, service))
}

/// Whether AWS itself answered any question put to this service.
#[must_use]
pub fn answered(view: View<'_>, service: Service) -> bool {
    let by_call = view.all.calls.iter().any(|(call, record)| {
        call.service() == service.name() && reply::read(*call, Some(record)).is_from_aws()
    });
    let chain = view.all.network.chains.get(&service);
    let by_chain = |chain: &Chain| {
        chain.broken().is_none() && chain.http.value().is_some_and(|http| http.is_aws)
    };
    by_call || chain.is_some_and(by_chain)
}

/// What needs a service on this host.
#[must_use]
pub fn need(view: View<'_>, service: Service) -> ServiceNeed {
    if service.is_required() {
        ServiceNeed::Required
    } else if sessions::services(view).contains(&service) {
        ServiceNeed::SessionPreferences
    } else {
        ServiceNeed::Useful
    }
}

/// Whether the addresses of a service are those that the resolver gives to any name.
#[must_use]
pub fn is_invented(view: View<'_>, service: Service) -> bool {
    let network = &view.all.network;
    let found = network
        .chains
        .get(&service)
        .and_then(|chain| chain.resolve.value());
    network.resolver_lies == Some(true)
        && found.is_some_and(|found| {
            found
                .addresses
                .iter()
                .all(|one| network.invented.contains(one))
        })
}

fn chain_fault(chain: &Chain) -> Option<Fault> {
    if let Some(failure) = chain.broken() {
        return Some(Fault::Link(failure.clone()));
    }
    // Without a sign it may be AWS all the same.
    let http = chain.http.value().filter(|http| !http.is_aws)?;
    Some(Fault::NotAws {
        status: http.status,
        sign: http.sign.clone()?,
    })
}

fn call_fault(view: View<'_>, service: Service) -> Option<Fault> {
    view.all
        .calls
        .iter()
        .filter(|(call, _)| call.service() == service.name())
        .find_map(|(call, record)| match &record.outcome {
            Outcome::NotAws { status, sign } => Some(Fault::NotAws {
                status: *status,
                sign: sign.clone(),
            }),
            Outcome::Failed { failure } => Some(Fault::Link(failure.clone())),
            Outcome::NotAsked { .. } | Outcome::Answered(_) => {
                debug_assert!(!matches!(reply::read(*call, Some(record)), Reply::NotAws));
                None
            }
        })
}

/// The kind of address that a service's name leads to, where it resolved.
#[must_use]
pub fn address_kind(view: View<'_>, service: Service) -> Option<AddressKind> {
    kind_of(&view.all.network.chains.get(&service)?.resolve)
}

/// The same by the VPC's own resolver, where that was asked.
#[must_use]
pub fn vpc_address_kind(view: View<'_>, service: Service) -> Option<AddressKind> {
    let chain = view.all.network.chains.get(&service)?;
    kind_of(chain.vpc_resolve.as_ref()?)
}

fn kind_of(step: &Step<Resolved>) -> Option<AddressKind> {
    step.value()?
        .addresses
        .first()
        .map(|address| kind(*address))
}
