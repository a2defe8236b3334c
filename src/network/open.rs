//! The way to a server: name, TCP, the agent's proxy, TLS.

use std::time::Duration;

use http::Uri;
use tokio::io::{AsyncRead, AsyncWrite};

use super::http::{Stack, millis};
use super::progress::Progress;
use super::proxy::{Kind, Proxy};
use super::{connect, tls, tunnel};
use crate::observations::{Connected, Failure, Link};

/// A connection of any kind.
pub(super) trait Io: AsyncRead + AsyncWrite + Unpin + Send {}
impl<T: AsyncRead + AsyncWrite + Unpin + Send> Io for T {}
/// A connection that is spoken over.
pub(super) type Channel = Box<dyn Io>;
/// Where a request goes.
pub(super) struct Place {
    pub(super) is_tls: bool,
    pub(super) host: String,
    pub(super) port: u16,
    pub(super) proxy: Option<Proxy>,
}

impl Stack {
    /// Where a request goes, and by which way.
    pub(super) fn place(&self, uri: &Uri) -> Result<Place, Failure> {
        let host = uri.host().ok_or_else(|| Failure::NameFailed {
            why: "the address names no host".to_owned(),
        })?;
        let is_tls = uri.scheme() != Some(&http::uri::Scheme::HTTP);
        let port = uri.port_u16().unwrap_or(if is_tls { 443 } else { 80 });
        Ok(Place {
            is_tls,
            host: host.to_owned(),
            port,
            proxy: self.proxies.proxy_for(is_tls, host, port),
        })
    }

    /// A connection, through the proxy where there is one, with TLS where it is asked for.
    pub(super) async fn open(
        &self,
        place: &Place,
        limit: Duration,
        progress: &Progress,
    ) -> Result<Channel, Failure> {
        let (host, port) = match &place.proxy {
            Some(proxy) => (proxy.host.as_str(), proxy.port),
            None => (place.host.as_str(), place.port),
        };
        let found = self
            .names
            .lookup(host)
            .await
            .map_err(|error| error.failure(millis(limit)))?;
        progress.resolved(found.clone());
        progress.reached(Link::Connect);
        let (stream, address) =
            connect::connect(&found.addresses, port, millis(limit), progress).await?;
        let mut channel: Channel = Box::new(stream);
        if let Some(proxy) = &place.proxy {
            channel = self.tunnel(proxy, channel, place, limit).await?;
        }
        progress.connected(Connected { address });
        if !place.is_tls {
            progress.reached(Link::Http);
            return Ok(channel);
        }
        progress.reached(Link::Tls);
        let stream =
            tls::shake_hands(channel, &place.host, &self.trust, millis(limit), progress).await?;
        Ok(Box::new(stream))
    }

    /// Through a proxy that is connected to. Requests in the clear need no tunnel.
    async fn tunnel(
        &self,
        proxy: &Proxy,
        channel: Channel,
        place: &Place,
        limit: Duration,
    ) -> Result<Channel, Failure> {
        let mut channel = match proxy.kind {
            Kind::Http => channel,
            Kind::Https => {
                // Its own marks: the proxy's certificate is not the endpoint's.
                let aside = Progress::default();
                aside.reached(Link::Tls);
                let limit_ms = millis(limit);
                let shaken =
                    tls::shake_hands(channel, &proxy.host, &self.trust, limit_ms, &aside).await;
                Box::new(shaken.map_err(|_failure| Failure::ProxyUnusable {
                    why: "it is to be spoken to over TLS, and that fails".to_owned(),
                })?)
            }
            Kind::Other => {
                return Err(Failure::ProxyUnusable {
                    why: "it is not an HTTP proxy".to_owned(),
                });
            }
        };
        if place.is_tls {
            tunnel::open(&mut channel, proxy, &place.host, place.port).await?;
        }
        Ok(channel)
    }
}
