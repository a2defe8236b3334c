//! The TLS handshake, verified as the agent's own library would.

use std::sync::Arc;

use rustls::pki_types::ServerName;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

use super::classify;
use super::open::Channel;
use super::progress::Progress;
use super::trust::Trust;
use crate::observations::{Failure, Handshake, Link};

/// Shakes hands with `host` over a connection.
///
/// # Errors
/// When the handshake fails or the certificate is not accepted.
pub(super) async fn shake_hands(
    channel: Channel,
    host: &str,
    trust: &Trust,
    limit_ms: u64,
    progress: &Progress,
) -> Result<TlsStream<Channel>, Failure> {
    let name = host.trim_matches(['[', ']']).to_owned();
    let name = ServerName::try_from(name).map_err(|_invalid| Failure::CertificateName)?;
    let config = trust
        .client_config(progress)
        .map_err(|error| classify::tls(&error, None))?;
    let stream = TlsConnector::from(Arc::new(config))
        .connect(name, channel)
        .await
        .map_err(|error| classify::exchange(&error, progress, limit_ms))?;
    let (_, connection) = stream.get_ref();
    let version = connection
        .protocol_version()
        .and_then(|version| version.as_str().map(str::to_owned))
        .unwrap_or_default();
    let own = progress.steps().presented.into_iter().next();
    progress.shaken_hands(Handshake {
        version: version.replace('_', "."),
        issuer: own.as_ref().map(|own| own.issuer.clone()),
        not_after: own.and_then(|own| own.not_after),
    });
    progress.reached(Link::Http);
    Ok(stream)
}
