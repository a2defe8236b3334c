//! The one HTTP stack: our resolver, our TLS, the agent's proxy, no redirects, bounded in time
//! and size.
//!
//! Every exchange has a connection of its own, so what it met on the way is its own too. It
//! never retries, and whatever happens is an answer or a [`Failure`].

#![expect(
    clippy::disallowed_methods,
    reason = "the one place that speaks HTTP over a connection"
)]

use std::time::Duration;

use http::{HeaderMap, HeaderValue, Request, Uri, header};
use http_body_util::{BodyExt as _, Full};
use hyper::body::{Bytes, Incoming};
use hyper::client::conn::http1::{self, SendRequest};
use hyper_util::rt::TokioIo;
use tokio::task::JoinHandle;
use tokio::time::timeout;

use super::classify;
use super::open::{Channel, Place};
use super::progress::Progress;
use super::proxy::Settings;
use super::resolver::Names;
use super::trust::Trust;
use crate::observations::Failure;
use crate::world::World;

/// Most of an answer's body that is read, in bytes.
pub const BODY_LIMIT: usize = 512 * 1024;
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
    /// The proxies to go through; none = straight.
    pub proxies: Settings,
}

/// A connection that has switched protocols.
pub type Upgraded = TokioIo<hyper::upgrade::Upgraded>;

/// One exchange's connection, and the task that drives it: both end together.
#[derive(Debug)]
pub(super) struct Exchange {
    pub(super) sender: SendRequest<Full<Bytes>>,
    _driver: Driver,
}

/// Ends the driving task when the exchange is over or given up.
#[derive(Debug)]
struct Driver(JoinHandle<()>);

impl Drop for Driver {
    fn drop(&mut self) {
        self.0.abort();
    }
}

impl Stack {
    /// Reads the host's resolver and trust configuration. Blocks on files.
    #[must_use]
    pub fn read(world: &World) -> Self {
        Self {
            names: Names::read(world),
            trust: Trust::read(world),
            proxies: Settings::default(),
        }
    }

    /// The same for plain HTTP only, at less cost: it trusts no certificate. Blocks on files.
    #[must_use]
    pub fn without_trust(world: &World) -> Self {
        Self {
            names: Names::read(world),
            trust: Trust::none(),
            proxies: Settings::default(),
        }
    }

    /// The same by way of these proxies.
    #[must_use]
    pub fn through(&self, proxies: Settings) -> Self {
        Self {
            proxies,
            ..self.clone()
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
            let (response, _exchange) = self.begin(request, limit, progress).await?;
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
    ) -> Result<(Response, Option<Upgraded>), Failure> {
        let exchange = async {
            let (mut response, _exchange) = self.begin(request, limit, progress).await?;
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
            let socket = hyper::upgrade::on(&mut response)
                .await
                .map_err(|error| classify::exchange(&error, progress, millis(limit)))?;
            Ok((head, Some(TokioIo::new(socket))))
        };
        within(limit, progress, Box::pin(exchange)).await
    }

    /// Opens the way, sends the request, and gives the head of the answer and the connection.
    pub(super) async fn begin(
        &self,
        request: Request<Vec<u8>>,
        limit: Duration,
        progress: &Progress,
    ) -> Result<(http::Response<Incoming>, Exchange), Failure> {
        let place = self.place(request.uri())?;
        let channel = self.open(&place, limit, progress).await?;
        let request = as_sent(request, &place);
        let lost = |error: &hyper::Error| classify::exchange(error, progress, millis(limit));
        let mut exchange = handshake(channel).await.map_err(|error| lost(&error))?;
        let response = exchange
            .sender
            .send_request(request)
            .await
            .map_err(|error| lost(&error))?;
        Ok((response, exchange))
    }
}

async fn handshake(channel: Channel) -> Result<Exchange, hyper::Error> {
    let (sender, connection) = http1::handshake(TokioIo::new(channel)).await?;
    let driver = tokio::spawn(async move {
        // What goes wrong here reaches the sender too.
        let _over = connection.with_upgrades().await;
    });
    Ok(Exchange {
        sender,
        _driver: Driver(driver),
    })
}

/// The request in the form that goes over the wire: its target, `Host` and our own name.
pub(super) fn as_sent(request: Request<Vec<u8>>, place: &Place) -> Request<Full<Bytes>> {
    let (mut parts, body) = request.into_parts();
    let default_port = if place.is_tls { 443 } else { 80 };
    let host = if place.port == default_port {
        place.host.clone()
    } else {
        format!("{}:{}", place.host, place.port)
    };
    let mut put = |name, value: Result<HeaderValue, _>| {
        if let (Ok(value), false) = (value, parts.headers.contains_key(&name)) {
            parts.headers.insert(name, value);
        }
    };
    put(header::HOST, HeaderValue::try_from(host));
    put(header::USER_AGENT, HeaderValue::try_from(USER_AGENT));
    match &place.proxy {
        // In the clear a proxy is told the whole address.
        Some(proxy) if !place.is_tls => {
            if let Some(word) = &proxy.authorization {
                put(
                    header::PROXY_AUTHORIZATION,
                    HeaderValue::try_from(word.expose()),
                );
            }
        }
        _ => {
            let target = parts.uri.path_and_query().map(ToString::to_string);
            let target = target.filter(|target| target.starts_with('/'));
            if let Ok(target) = target.as_deref().unwrap_or("/").parse() {
                parts.uri = target;
            }
        }
    }
    Request::from_parts(parts, Full::new(Bytes::from(body)))
}

pub(super) async fn within<T>(
    limit: Duration,
    progress: &Progress,
    exchange: impl Future<Output = Result<T, Failure>>,
) -> Result<T, Failure> {
    let done = timeout(limit, exchange).await.unwrap_or_else(|_elapsed| {
        Err(Failure::TimedOut {
            link: progress.link(),
            limit_ms: millis(limit),
        })
    });
    if let Err(failure) = &done {
        progress.broke(failure);
    }
    done
}

pub(super) async fn read_body(
    mut response: http::Response<Incoming>,
    limit: Duration,
    progress: &Progress,
) -> Result<Response, Failure> {
    let status = response.status().as_u16();
    let headers = response.headers().clone();
    let mut body = Vec::new();
    let mut cut = false;
    while let Some(frame) = response.frame().await {
        let frame = frame.map_err(|error| classify::body(&error, progress, millis(limit)))?;
        let Ok(chunk) = frame.into_data() else {
            continue;
        };
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
