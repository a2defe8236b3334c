//! What each fault of a scenario means for a service's socket, its certificate and its answers.

use super::answer::{Answer, Form, portal_redirect, proxy_page};
use super::misbehave::{Answering, InPlaceOfTls};
use super::scenario::Fault;
use super::services::Reply;

/// How a socket behaves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Manner {
    /// HTTP, by way of TLS where there is one.
    Serve,
    /// A web page for everything.
    Portal,
    /// Accept and never answer.
    Silent,
    /// Reset at once.
    Reset,
    /// Something else where TLS should begin.
    InPlaceOfTls(InPlaceOfTls),
    /// An answer that breaks the rules.
    Misbehave(Answering),
    /// Nothing listens.
    Refuse,
    /// Packets vanish.
    Swallow,
}

/// The certificate that a server presents.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Presented {
    /// A good one.
    Good,
    /// Signed by an authority that nobody trusts.
    Untrusted,
    /// Past its end.
    Expired,
    /// Before its beginning.
    NotYetValid,
    /// For another name.
    OtherName,
}

/// How far a service's clock is off when it is a fault of its own, in seconds.
const CLOCK_FAULT_S: i64 = 3_600;

impl Fault {
    /// How the service's socket behaves.
    pub(crate) fn manner(self) -> Manner {
        match self {
            Self::Silent => Manner::Silent,
            Self::Swallow => Manner::Swallow,
            Self::Refuse => Manner::Refuse,
            Self::Reset => Manner::Reset,
            Self::TlsReset => Manner::InPlaceOfTls(InPlaceOfTls::Reset),
            Self::OldTls => Manner::InPlaceOfTls(InPlaceOfTls::OldVersion),
            Self::PlainHttp => Manner::InPlaceOfTls(InPlaceOfTls::PlainHttp),
            Self::Drip => Manner::Misbehave(Answering::Drip),
            Self::HugeBody => Manner::Misbehave(Answering::Huge),
            Self::TruncatedBody => Manner::Misbehave(Answering::Truncated),
            _ => Manner::Serve,
        }
    }

    /// The certificate that the service presents.
    pub(crate) fn presented(self) -> Presented {
        match self {
            Self::UntrustedCertificate => Presented::Untrusted,
            Self::ExpiredCertificate => Presented::Expired,
            Self::FutureCertificate => Presented::NotYetValid,
            Self::OtherName => Presented::OtherName,
            _ => Presented::Good,
        }
    }

    /// What is answered in place of the service; `None` = the service itself answers.
    pub(crate) fn reply(self, form: Form) -> Option<Reply> {
        let answer: Answer = match self {
            Self::Throttle => form.throttled(),
            Self::Unavailable => form.unavailable(),
            Self::ProxyPage => proxy_page(),
            Self::PortalRedirect => portal_redirect(),
            Self::Silent => return Some(Reply::Never),
            Self::HangsUp => return Some(Reply::HangUp),
            _ => return None,
        };
        Some(Reply::Answer(answer))
    }

    /// Whether it lies in the name, so that `/etc/hosts` must not hold it.
    pub(crate) fn is_of_the_name(self) -> bool {
        matches!(
            self,
            Self::NameNotFound | Self::NameFails | Self::NameSilent | Self::WrongAddress
        )
    }

    /// How far the service's clock is ahead, in seconds.
    pub(crate) fn clock_offset_s(self) -> i64 {
        match self {
            Self::ClockAhead => CLOCK_FAULT_S,
            Self::ClockBehind => -CLOCK_FAULT_S,
            _ => 0,
        }
    }
}
