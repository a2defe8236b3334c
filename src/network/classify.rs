//! Foreign errors (hyper, rustls, the kernel) turned into [`Failure`].
//!
//! By type and kind, down the chain of causes; never by searching a message. The one place that
//! knows these libraries' errors.

use std::error::Error;
use std::io::{self, ErrorKind};

use rustls::CertificateError;

use super::progress::Progress;
use crate::observations::{Failure, Link};

/// What an exchange died of before its answer began.
#[must_use]
pub fn exchange(error: &(dyn Error + 'static), progress: &Progress, limit_ms: u64) -> Failure {
    let mut deepest = error.to_string();
    for link in chain(error) {
        if let Some(failure) = known(link, progress, limit_ms) {
            return failure;
        }
        deepest = link.to_string();
    }
    match progress.link() {
        Link::Tls => Failure::TlsRefused { why: deepest },
        Link::Resolve => Failure::NameFailed { why: deepest },
        Link::Connect | Link::Http => Failure::NotHttp { why: deepest },
    }
}

/// What an exchange died of in the middle of its answer.
#[must_use]
pub fn body(error: &(dyn Error + 'static), progress: &Progress, limit_ms: u64) -> Failure {
    match exchange(error, progress, limit_ms) {
        Failure::Reset { link: Link::Http } => Failure::NotHttp {
            why: "the answer broke off".to_owned(),
        },
        other => other,
    }
}

/// A failure of the TLS library.
#[must_use]
pub fn tls(error: &rustls::Error, issuer: Option<String>) -> Failure {
    match error {
        rustls::Error::InvalidCertificate(reason) => match reason {
            CertificateError::Expired
            | CertificateError::ExpiredContext { .. }
            | CertificateError::NotValidYet
            | CertificateError::NotValidYetContext { .. } => Failure::CertificateTime {
                why: reason.to_string(),
            },
            CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => {
                Failure::CertificateName
            }
            // Unknown issuer, bad signature, wrong purpose: no chain to a trusted root.
            _ => Failure::CertificateNotTrusted { issuer },
        },
        other => Failure::TlsRefused {
            why: other.to_string(),
        },
    }
}

/// A failure of a socket, at this link.
#[must_use]
pub fn socket(error: &io::Error, link: Link, limit_ms: u64) -> Option<Failure> {
    match error.kind() {
        ErrorKind::ConnectionRefused => Some(Failure::Refused),
        // `EPERM`: a rule of the local firewall.
        ErrorKind::HostUnreachable
        | ErrorKind::NetworkUnreachable
        | ErrorKind::NetworkDown
        | ErrorKind::AddrNotAvailable
        | ErrorKind::PermissionDenied => Some(Failure::Unreachable),
        ErrorKind::ConnectionReset
        | ErrorKind::ConnectionAborted
        | ErrorKind::BrokenPipe
        | ErrorKind::NotConnected
        | ErrorKind::UnexpectedEof => Some(Failure::Reset { link }),
        ErrorKind::TimedOut => Some(Failure::TimedOut { link, limit_ms }),
        // What has no kind of its own: the address family is missing on this host.
        _ if error.raw_os_error() == Some(rustix::io::Errno::AFNOSUPPORT.raw_os_error()) => {
            Some(Failure::Unreachable)
        }
        _ => None,
    }
}

fn known(error: &(dyn Error + 'static), progress: &Progress, limit_ms: u64) -> Option<Failure> {
    if let Some(error) = error.downcast_ref::<rustls::Error>() {
        return Some(tls(error, progress.issuer()));
    }
    if let Some(error) = error.downcast_ref::<io::Error>() {
        return socket(error, progress.link(), limit_ms);
    }
    let error = error.downcast_ref::<hyper::Error>()?;
    if error.is_parse() {
        return Some(Failure::NotHttp {
            why: error.to_string(),
        });
    }
    (error.is_incomplete_message() || error.is_canceled()).then(|| Failure::Reset {
        link: progress.link(),
    })
}

/// An error and its causes, also those that `io::Error` keeps to itself.
fn chain<'a>(error: &'a (dyn Error + 'static)) -> Vec<&'a (dyn Error + 'static)> {
    let mut all = Vec::new();
    let mut next = Some(error);
    while let Some(link) = next {
        // A kept error says more than the kind of its wrapping, so it comes first.
        let kept = link
            .downcast_ref::<io::Error>()
            .and_then(io::Error::get_ref);
        if let Some(kept) = kept {
            all.extend(chain(kept));
        }
        all.push(link);
        next = link.source();
    }
    all
}
