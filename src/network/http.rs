//! The one HTTP stack: our resolver, our TLS, no redirects, no proxy, bounded in time and size.
//!
//! Every exchange has a connection of its own, so what it met on the way is its own too. It
//! never retries, and whatever happens is an answer or a [`Failure`].

#![expect(
    clippy::disallowed_methods,
    reason = "the one place that builds an HTTP client"
)]

use std::time::Duration;

use http::{HeaderMap, Request, Uri};
use tokio::time::timeout;

use super::classify;
use super::progress::Progress;
use super::resolver::{Names, literal};
use super::trust::Trust;
use crate::observations::{Failure, Link};
use crate::world::World;

/// Most of an answer's body that is read, in bytes.
pub const BODY_LIMIT: usize = 64 * 1024;
/// How this program names itself to every server.
pub const USER_AGENT: &str = concat!("ssm-probe/", env!("CARGO_PKG_VERSION"));

/// An answer of HTTP, its body bounded.
#[derive(Debug, Clone)]
pub struct Response {
    /// The status.
    pub status: u16,
    /// The headers.
    pub headers: HeaderMap,
    /// The body, or its first [`BODY_LIMIT`] bytes.
    pub body: Vec<u8>,
    /// Whether the body was longer than that.
    pub cut: bool,
}

impl Response {
    /// A header's value, when it is visible ASCII.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// The body as text; what is not UTF-8 is replaced.
    #[must_use]
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }
}

/// Names, trust and limits for everything that this program sends. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Stack {
    /// The host's way of resolving names.
    pub names: Names,
    /// What the host trusts.
    pub trust: Trust,
}

impl Stack {
    /// Reads the host's resolver and trust configuration. Blocks on files.
    #[must_use]
    pub fn read(world: &World) -> Self {
        Self {
            names: Names::read(world),
            trust: Trust::read(world),
        }
    }

    /// The same for plain HTTP only, at less cost: it trusts no certificate. Blocks on files.
    #[must_use]
    pub fn without_trust(world: &World) -> Self {
        Self {
            names: Names::read(world),
            trust: Trust::none(),
        }
    }

    /// Sends one request and reads its answer; `limit` covers everything from the name to the
    /// last byte.
    ///
    /// # Errors
    /// When no answer of HTTP came, or it broke off.
    pub async fn send(
        &self,
        request: Request<Vec<u8>>,
        limit: Duration,
    ) -> Result<Response, Failure> {
        self.send_marking(request, limit, &Progress::default())
            .await
    }

    /// As [`Self::send`], with a mark that tells the caller how far it has come.
    ///
    /// # Errors
    /// As [`Self::send`].
    pub async fn send_marking(
        &self,
        request: Request<Vec<u8>>,
        limit: Duration,
        progress: &Progress,
    ) -> Result<Response, Failure> {
        let exchange = async {
            let response = self.begin(request, limit, progress).await?;
            read_body(response, limit, progress).await
        };
        within(limit, progress, Box::pin(exchange)).await
    }

    /// Sends one request to switch protocols. 101 gives the connection, any other status the
    /// whole answer.
    ///
    /// # Errors
    /// As [`Self::send`].
    pub async fn upgrade(
        &self,
        request: Request<Vec<u8>>,
        limit: Duration,
        progress: &Progress,
    ) -> Result<(Response, Option<reqwest::Upgraded>), Failure> {
        let exchange = async {
            let response = self.begin(request, limit, progress).await?;
            if response.status() != http::StatusCode::SWITCHING_PROTOCOLS {
                let refused = read_body(response, limit, progress).await?;
                return Ok((refused, None));
            }
            let head = Response {
                status: response.status().as_u16(),
                headers: response.headers().clone(),
                body: Vec::new(),
                cut: false,
            };
            let socket = response
                .upgrade()
                .await
                .map_err(|error| failure(&error, limit, progress))?;
            Ok((head, Some(socket)))
        };
        within(limit, progress, Box::pin(exchange)).await
    }

    async fn begin(
        &self,
        request: Request<Vec<u8>>,
        limit: Duration,
        progress: &Progress,
    ) -> Result<reqwest::Response, Failure> {
        if request.uri().host().is_some_and(is_literal) {
            progress.reached(Link::Connect);
        }
        let not_sent = |error: &reqwest::Error| failure(error, limit, progress);
        let client = self.client(progress, limit)?;
        let request = reqwest::Request::try_from(request).map_err(|error| not_sent(&error))?;
        client
            .execute(request)
            .await
            .map_err(|error| not_sent(&error))
    }

    /// A client for one exchange.
    fn client(&self, progress: &Progress, limit: Duration) -> Result<reqwest::Client, Failure> {
        let tls = self
            .trust
            .client_config(progress)
            .map_err(|error| classify::tls(&error, None))?;
        reqwest::Client::builder()
            .user_agent(USER_AGENT)
            .tls_backend_preconfigured(tls)
            .dns_resolver(self.names.marking(progress.clone()))
            .connector_layer(progress.clone())
            .no_proxy()
            .redirect(reqwest::redirect::Policy::none())
            .retry(reqwest::retry::never())
            .http1_only()
            .referer(false)
            .pool_max_idle_per_host(0)
            // Shared out among a name's addresses, so that a silent first one is not the last.
            .connect_timeout(limit)
            .build()
            .map_err(|error| failure(&error, limit, progress))
    }
}

async fn within<T>(
    limit: Duration,
    progress: &Progress,
    exchange: impl Future<Output = Result<T, Failure>>,
) -> Result<T, Failure> {
    match timeout(limit, exchange).await {
        Ok(done) => done,
        Err(_elapsed) => Err(Failure::TimedOut {
            link: progress.link(),
            limit_ms: millis(limit),
        }),
    }
}

async fn read_body(
    mut response: reqwest::Response,
    limit: Duration,
    progress: &Progress,
) -> Result<Response, Failure> {
    let status = response.status().as_u16();
    let headers = response.headers().clone();
    let mut body = Vec::new();
    let mut cut = false;
    while let Some(chunk) = response
        .chunk()
        .await
        .map_err(|error| classify::body(&error, progress, millis(limit)))?
    {
        let room = BODY_LIMIT.saturating_sub(body.len());
        cut = chunk.len() > room;
        body.extend(chunk.iter().take(room));
        if cut {
            break;
        }
    }
    Ok(Response {
        status,
        headers,
        body,
        cut,
    })
}

fn failure(error: &reqwest::Error, limit: Duration, progress: &Progress) -> Failure {
    classify::exchange(error, progress, millis(limit))
}

fn is_literal(host: &str) -> bool {
    literal(host).is_some()
}

/// Whole milliseconds of a limit.
#[must_use]
pub fn millis(limit: Duration) -> u64 {
    u64::try_from(limit.as_millis()).unwrap_or(u64::MAX)
}

/// The host and port of a URI, the port only where it is written.
#[must_use]
pub fn authority(uri: &Uri) -> Option<String> {
    uri.authority().map(ToString::to_string)
}

#[cfg(test)]
#[path = "http_tests.rs"]
mod tests;
