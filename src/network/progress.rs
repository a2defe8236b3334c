//! Where one exchange stands: which link it waits at, and what the server's certificate said.
//!
//! A limit covers the whole exchange; this is how a wait is blamed on the right link. Hooks in
//! the resolver, the TLS setup and the connector move the mark forward, never back.

use std::sync::atomic::{AtomicU8, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};

use rustls::NamedGroup;
use rustls::client::{ClientSessionStore, Tls12ClientSessionValue, Tls13ClientSessionValue};
use rustls::pki_types::ServerName;
use tower_layer::Layer;
use tower_service::Service;

use crate::observations::Link;

/// The mark of one exchange; clones share it.
#[derive(Debug, Clone, Default)]
pub struct Progress(Arc<Marks>);

#[derive(Debug, Default)]
struct Marks {
    link: AtomicU8,
    issuer: Mutex<Option<String>>,
}

impl Progress {
    /// The link that is being waited for.
    #[must_use]
    pub fn link(&self) -> Link {
        match self.0.link.load(Ordering::Relaxed) {
            0 => Link::Resolve,
            1 => Link::Connect,
            2 => Link::Tls,
            _ => Link::Http,
        }
    }

    /// The exchange has come as far as this link.
    pub fn reached(&self, link: Link) {
        let rank = match link {
            Link::Resolve => 0,
            Link::Connect => 1,
            Link::Tls => 2,
            Link::Http => 3,
        };
        self.0.link.fetch_max(rank, Ordering::Relaxed);
    }

    /// Keeps the issuer of the last certificate that the server sent.
    pub(crate) fn note_issuer(&self, issuer: Option<String>) {
        *self.0.issuer.lock().unwrap_or_else(PoisonError::into_inner) = issuer;
    }

    /// The issuer of the last certificate that the server sent, if it sent any.
    #[must_use]
    pub fn issuer(&self) -> Option<String> {
        self.0
            .issuer
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }
}

/// Sees a TLS handshake begin: rustls looks for a session to resume before anything is sent.
///
/// It stores nothing, so no exchange ever resumes another's session.
impl ClientSessionStore for Progress {
    fn set_kx_hint(&self, _: ServerName<'static>, _: NamedGroup) {}

    fn kx_hint(&self, _: &ServerName<'_>) -> Option<NamedGroup> {
        self.reached(Link::Tls);
        None
    }

    fn set_tls12_session(&self, _: ServerName<'static>, _: Tls12ClientSessionValue) {}

    fn tls12_session(&self, _: &ServerName<'_>) -> Option<Tls12ClientSessionValue> {
        self.reached(Link::Tls);
        None
    }

    fn remove_tls12_session(&self, _: &ServerName<'_>) {}

    fn insert_tls13_ticket(&self, _: ServerName<'static>, _: Tls13ClientSessionValue) {}

    fn take_tls13_ticket(&self, _: &ServerName<'_>) -> Option<Tls13ClientSessionValue> {
        self.reached(Link::Tls);
        None
    }
}

/// Wraps reqwest's connector: when it gives a connection, HTTP is what is left to wait for.
impl<S> Layer<S> for Progress {
    type Service = Marked<S>;

    fn layer(&self, inner: S) -> Self::Service {
        Marked {
            inner,
            progress: self.clone(),
        }
    }
}

/// A connector that marks when it is done.
#[derive(Debug, Clone)]
pub struct Marked<S> {
    inner: S,
    progress: Progress,
}

impl<S, Request> Service<Request> for Marked<S>
where
    S: Service<Request>,
    S::Future: Send + 'static,
    S::Response: 'static,
    S::Error: 'static,
{
    type Response = S::Response;
    type Error = S::Error;
    type Future =
        std::pin::Pin<Box<dyn Future<Output = Result<S::Response, S::Error>> + Send + 'static>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, request: Request) -> Self::Future {
        let connecting = self.inner.call(request);
        let progress = self.progress.clone();
        Box::pin(async move {
            let connection = connecting.await?;
            progress.reached(Link::Http);
            Ok(connection)
        })
    }
}
