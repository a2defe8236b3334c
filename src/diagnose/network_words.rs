//! One endpoint's fault in a sentence.

use super::case::Case;
use super::reach::{self, AddressKind, Fault};
use super::words;
use crate::observations::{Chain, Failure, Link, Service};

fn chain<'a>(case: &Case<'a>, service: Service) -> Option<&'a Chain> {
    case.view.all.network.chains.get(&service)
}

/// What became of the way to a service, and where it broke.
#[must_use]
pub fn sentence(case: &Case<'_>, service: Service, fault: &Fault) -> String {
    let what = match fault {
        Fault::Link(failure) => words::failure(failure),
        Fault::NotAws { status, sign } => {
            format!("something other than AWS answered HTTP {status} ({sign})")
        }
    };
    format!(
        "{}{}: {what}{}{}.",
        host(case, service),
        place(case, service),
        asked_of(case, fault),
        vpc_answer(case, service)
    )
}

/// The address that was tried, or the proxy on the way.
fn place(case: &Case<'_>, service: Service) -> String {
    let Some(chain) = chain(case, service) else {
        return String::new();
    };
    if let Some(proxy) = &chain.proxy {
        return format!(" (through the agent's proxy {proxy})");
    }
    let tried = chain.connect.value().map(|connected| connected.address);
    let first = chain
        .resolve
        .value()
        .and_then(|found| found.addresses.first().copied());
    tried.or(first).map_or_else(String::new, |address| {
        format!(" ({} address {address})", reach::kind(address).word())
    })
}

/// Which name servers were asked, where the name is the trouble.
fn asked_of(case: &Case<'_>, fault: &Fault) -> String {
    let is_name = matches!(
        fault,
        Fault::Link(
            Failure::NameNotFound
                | Failure::NameFailed { .. }
                | Failure::TimedOut {
                    link: Link::Resolve,
                    ..
                }
        )
    );
    let config = case.view.all.network.resolver.as_ref();
    let servers = config
        .and_then(|config| config.value())
        .map(|config| &config.servers);
    match servers {
        Some(servers) if is_name && !servers.is_empty() => {
            let list: Vec<String> = servers.iter().map(ToString::to_string).collect();
            format!(" (asked of {})", list.join(", "))
        }
        _ => String::new(),
    }
}

/// What the VPC's own resolver says where the configured one does not help.
fn vpc_answer(case: &Case<'_>, service: Service) -> String {
    let asked = chain(case, service).and_then(|chain| chain.vpc_resolve.as_ref());
    let Some(step) = asked else {
        return String::new();
    };
    let Some(address) = step.value().and_then(|found| found.addresses.first()) else {
        let said = step.failure().map_or_else(String::new, words::failure);
        return format!("; of the VPC resolver 169.254.169.253: {said}");
    };
    let kind = reach::kind(*address).word();
    format!("; the VPC resolver 169.254.169.253 answers {address}, a {kind} address")
}

impl AddressKind {
    /// The kind in one word.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Private => "private",
            Self::Public => "public",
            Self::Loopback => "loopback",
        }
    }
}

/// The host's name, as far as it is known.
#[must_use]
pub fn host(case: &Case<'_>, service: Service) -> String {
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
