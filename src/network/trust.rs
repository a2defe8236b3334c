//! What this host trusts: the certificate roots of the agent's own store, or `AWS_CA_BUNDLE`.
//!
//! One TLS setup for everything that this program sends: ring, TLS 1.2 or newer, no resumption.
//! An empty store is an answer, not an error: every certificate is then not trusted.

use std::sync::Arc;

use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::CryptoProvider;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{ClientConfig, DigitallySignedStruct, RootCertStore, SignatureScheme};

use super::progress::Progress;
use super::store;
use crate::world::World;

/// The roots of this host and the TLS setup that rests on them. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Trust {
    /// Where the roots were read, `AWS_CA_BUNDLE`'s file or the store's files.
    pub sources: Vec<String>,
    /// How many roots there are.
    pub roots: usize,
    /// What could not be read or used, without content.
    pub problems: Vec<String>,
    provider: Arc<CryptoProvider>,
    verifier: Option<Arc<WebPkiServerVerifier>>,
}

impl Trust {
    /// Reads the roots: `AWS_CA_BUNDLE` of this process if it is set, else the system's store.
    #[must_use]
    pub fn read(world: &World) -> Self {
        Self::from_store(store::read(world))
    }

    /// Trust in nothing, for plain HTTP.
    #[must_use]
    pub fn none() -> Self {
        Self::from_store(store::Found::default())
    }

    fn from_store(found: store::Found) -> Self {
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let mut problems = found.problems;
        let mut roots = RootCertStore::empty();
        let (_, unusable) = roots.add_parsable_certificates(found.certificates);
        if unusable > 0 {
            problems.push(format!("{unusable} certificates could not be used"));
        }
        let count = roots.len();
        // The builder refuses an empty store; nothing is trusted then.
        let verifier =
            WebPkiServerVerifier::builder_with_provider(Arc::new(roots), Arc::clone(&provider))
                .build()
                .ok();
        Self {
            sources: found.sources,
            roots: count,
            problems,
            provider,
            verifier,
        }
    }

    /// The TLS setup for one exchange, which moves `progress` and leaves the issuer there.
    ///
    /// # Errors
    /// When the crypto provider lacks TLS 1.2 and 1.3, which would be a fault of this program.
    pub fn client_config(&self, progress: &Progress) -> Result<ClientConfig, rustls::Error> {
        let verifier = Verifier {
            inner: self.verifier.clone(),
            provider: Arc::clone(&self.provider),
            progress: progress.clone(),
        };
        let mut config = ClientConfig::builder_with_provider(Arc::clone(&self.provider))
            .with_safe_default_protocol_versions()?
            .dangerous()
            .with_custom_certificate_verifier(Arc::new(verifier))
            .with_no_client_auth();
        config.resumption = rustls::client::Resumption::store(Arc::new(progress.clone()));
        Ok(config)
    }
}

/// The standard verifier, which also notes who issued what the server sent.
#[derive(Debug)]
struct Verifier {
    inner: Option<Arc<WebPkiServerVerifier>>,
    provider: Arc<CryptoProvider>,
    progress: Progress,
}

impl ServerCertVerifier for Verifier {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        self.progress
            .note_issuer(issuer(intermediates.last().unwrap_or(end_entity)));
        match &self.inner {
            Some(inner) => {
                inner.verify_server_cert(end_entity, intermediates, server_name, ocsp_response, now)
            }
            None => Err(rustls::CertificateError::UnknownIssuer.into()),
        }
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        rustls::crypto::verify_tls12_signature(
            message,
            certificate,
            signed,
            &self.provider.signature_verification_algorithms,
        )
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        rustls::crypto::verify_tls13_signature(
            message,
            certificate,
            signed,
            &self.provider.signature_verification_algorithms,
        )
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.provider
            .signature_verification_algorithms
            .supported_schemes()
    }
}

/// The issuer's name of a certificate, at most 256 characters.
fn issuer(certificate: &CertificateDer<'_>) -> Option<String> {
    let (_, parsed) = x509_parser::parse_x509_certificate(certificate).ok()?;
    Some(parsed.issuer().to_string().chars().take(256).collect())
}

#[cfg(test)]
mod tests {
    use super::Trust;

    #[test]
    fn an_empty_store_trusts_nothing_and_is_no_panic() {
        let trust = Trust::none();
        assert_eq!(trust.roots, 0);
        assert!(trust.client_config(&super::Progress::default()).is_ok());
    }
}
