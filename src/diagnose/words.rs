//! Observed failures in words, the same everywhere.

use crate::observations::{Failure, Fetched, Link, MetadataRoute, RouteWay};

/// An amount of data in its largest fitting unit, with one decimal.
#[must_use]
pub fn size(bytes: u64) -> String {
    let mut unit = 1_u64;
    let mut name = "bytes";
    for larger in ["KiB", "MiB", "GiB", "TiB"] {
        if bytes / unit < 1024 {
            break;
        }
        unit = unit.saturating_mul(1024);
        name = larger;
    }
    let tenths = (bytes % unit).saturating_mul(10) / unit;
    if unit == 1 {
        format!("{bytes} {name}")
    } else {
        format!("{}.{tenths} {name}", bytes / unit)
    }
}

/// A broken link in words.
#[must_use]
pub fn failure(failure: &Failure) -> String {
    match failure {
        Failure::NameNotFound => "the name does not exist in DNS".to_owned(),
        Failure::NameFailed { why } => format!("the name does not resolve: {why}"),
        Failure::Refused => "the connection was refused".to_owned(),
        Failure::Unreachable => "there is no route".to_owned(),
        Failure::ProxyAnswered { status } => format!("the proxy answered HTTP {status} to CONNECT"),
        Failure::ProxyUnusable { why } => {
            format!("this program cannot go through the proxy: {why}")
        }
        Failure::Reset { link } => format!("the connection was reset {}", during(*link)),
        Failure::CertificateNotTrusted {
            issuer: Some(issuer),
        } => {
            format!("the certificate is issued by `{issuer}`, which this host does not trust")
        }
        Failure::CertificateNotTrusted { issuer: None } => {
            "the certificate's issuer is not trusted by this host".to_owned()
        }
        Failure::CertificateTime { why } => format!("the certificate's dates do not fit: {why}"),
        Failure::CertificateName => "the certificate is for another name".to_owned(),
        Failure::TlsRefused { why } => format!("the TLS handshake failed: {why}"),
        Failure::NotHttp { why } => format!("the answer is not HTTP: {why}"),
        Failure::TimedOut { link, limit_ms } => {
            format!("nothing came within {limit_ms} ms {}", during(*link))
        }
    }
}

/// The route to IMDS in words.
#[must_use]
pub fn route(route: &MetadataRoute) -> String {
    let to = &route.destination;
    match route.way {
        RouteWay::Direct => {
            let device = route.device.as_deref().unwrap_or("a device");
            format!("the route to {to} goes straight out of {device}")
        }
        RouteWay::Gateway {
            gateway,
            is_neighbour: true,
        } => format!("the route to {to} goes by {gateway}"),
        RouteWay::Gateway {
            gateway,
            is_neighbour: false,
        } => format!("the route to {to} goes by {gateway}, which is on no network of this host"),
        RouteWay::Refused => format!("the route to {to} is `unreachable` or `prohibit`"),
        RouteWay::BlackHole => format!("the route to {to} is a black hole"),
    }
}

fn during(link: Link) -> &'static str {
    match link {
        Link::Resolve => "while resolving the name",
        Link::Connect => "while connecting",
        Link::Tls => "during the TLS handshake",
        Link::Http => "while waiting for the answer",
    }
}

/// An IMDS answer in words, without its value.
#[must_use]
pub fn fetched<T>(answer: &Fetched<T>) -> String {
    match answer {
        Fetched::Value { .. } => "HTTP 200".to_owned(),
        Fetched::Status { status, .. } => format!("HTTP {status}"),
        Fetched::Empty { .. } => "HTTP 200 with nothing in it".to_owned(),
        Fetched::Malformed { why, .. } => {
            format!("HTTP 200, not of the form it should have: {why}")
        }
        Fetched::Failed {
            failure: broken, ..
        } => failure(broken),
        Fetched::NotAsked { why } => format!("not asked: {why}"),
    }
}
