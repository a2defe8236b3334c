//! What this host trusts: the certificate roots of the agent's own store, or `AWS_CA_BUNDLE`.
//!
//! One TLS setup for everything that this program sends: ring, TLS 1.2 or newer, no resumption.
//! An empty store is an answer, not an error: every certificate is then not trusted.

use std::sync::Arc;

use jiff::Timestamp;
use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::CryptoProvider;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{ClientConfig, DigitallySignedStruct, RootCertStore, SignatureScheme};

use x509_parser::extensions::GeneralName;

use super::progress::Progress;
use super::{classify, store};
use crate::observations::{Certificate, Failure, TrustStore};
use crate::world::World;

/// Most certificates of one server that are kept.
const KEPT: usize = 5;
/// Most names of one certificate that are kept.
const NAMES: usize = 8;
/// Longest name that is kept, in characters.
const NAME_LIMIT: usize = 256;

/// The roots of this host and the TLS setup that rests on them. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Trust {
    /// Where the roots were read, `AWS_CA_BUNDLE`'s file or the store's files.
    pub sources: Vec<String>,
    /// How many roots there are.
    pub roots: usize,
    /// What could not be read or used, without content.
    pub problems: Vec<String>,
    /// Whether `AWS_CA_BUNDLE` of this run's shell chose the roots.
    pub chosen_by_shell: bool,
    provider: Arc<CryptoProvider>,
    verifier: Option<Arc<WebPkiServerVerifier>>,
    /// Mozilla's roots, as they were when this program was built.
    built_in: Option<Arc<WebPkiServerVerifier>>,
    /// Whether a certificate that the host does not accept, and that is AWS's all the same, is
    /// gone on with; for unsigned requests alone.
    goes_on: bool,
}

impl Trust {
    /// The same for unsigned requests: a server that only the built-in roots trust, or whose dates
    /// alone do not fit, is gone on with, to see who answers and what time it is there. The TLS
    /// link counts as broken.
    #[must_use]
    pub fn going_on(&self) -> Self {
        Self {
            goes_on: true,
            ..self.clone()
        }
    }

    /// What was found, for the observations.
    #[must_use]
    pub fn observe(&self) -> TrustStore {
        TrustStore {
            source: self.sources.join(", "),
            roots: self.roots,
            problem: (!self.problems.is_empty()).then(|| self.problems.join("; ")),
            chosen_by_shell: self.chosen_by_shell,
        }
    }

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
        let built_in = RootCertStore {
            roots: webpki_roots::TLS_SERVER_ROOTS.to_vec(),
        };
        // The builder refuses an empty store; nothing is trusted then.
        let verifier = |roots: RootCertStore| {
            WebPkiServerVerifier::builder_with_provider(Arc::new(roots), Arc::clone(&provider))
                .build()
                .ok()
        };
        Self {
            verifier: verifier(roots),
            built_in: verifier(built_in),
            goes_on: false,
            sources: found.sources,
            roots: count,
            problems,
            chosen_by_shell: found.chosen_by_shell,
            provider,
        }
    }

    /// The TLS setup for one exchange, which moves `progress` and leaves the issuer there.
    ///
    /// # Errors
    /// When the crypto provider lacks TLS 1.2 and 1.3, which would be a fault of this program.
    pub fn client_config(&self, progress: &Progress) -> Result<ClientConfig, rustls::Error> {
        let verifier = Verifier {
            inner: self.verifier.clone(),
            built_in: self.built_in.clone(),
            goes_on: self.goes_on,
            provider: Arc::clone(&self.provider),
            progress: progress.clone(),
        };
        let mut config = ClientConfig::builder_with_provider(Arc::clone(&self.provider))
            .with_safe_default_protocol_versions()?
            .dangerous()
            .with_custom_certificate_verifier(Arc::new(verifier))
            .with_no_client_auth();
        config.resumption = rustls::client::Resumption::disabled();
        Ok(config)
    }
}

/// The standard verifier, which also notes what the server sent.
#[derive(Debug)]
struct Verifier {
    inner: Option<Arc<WebPkiServerVerifier>>,
    built_in: Option<Arc<WebPkiServerVerifier>>,
    goes_on: bool,
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
        let sent = std::iter::once(end_entity).chain(intermediates);
        self.progress
            .presented(sent.take(KEPT).filter_map(certificate).collect());
        let ask = |verifier: &WebPkiServerVerifier| {
            verifier.verify_server_cert(end_entity, intermediates, server_name, ocsp_response, now)
        };
        let unknown = || Err(rustls::CertificateError::UnknownIssuer.into());
        let verified = self.inner.as_deref().map_or_else(unknown, ask);
        let Err(refusal) = verified else {
            return verified;
        };
        let failure = classify::tls(&refusal, self.progress.issuer());
        let otherwise = match &failure {
            Failure::CertificateNotTrusted { .. } => {
                let compared = self.built_in.as_deref().map_or_else(unknown, ask);
                self.progress.compared(compared.is_ok());
                compared
            }
            Failure::CertificateTime { .. } => within_its_dates(end_entity)
                .zip(self.inner.as_deref())
                .map_or_else(unknown, |(then, verifier)| {
                    verifier.verify_server_cert(
                        end_entity,
                        intermediates,
                        server_name,
                        ocsp_response,
                        then,
                    )
                }),
            _ => unknown(),
        };
        match otherwise {
            Ok(accepted) if self.goes_on => {
                self.progress.pardon(failure);
                Ok(accepted)
            }
            _ => Err(refusal),
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

/// A time at which a certificate holds.
fn within_its_dates(sent: &CertificateDer<'_>) -> Option<UnixTime> {
    let (_, parsed) = x509_parser::parse_x509_certificate(sent).ok()?;
    let begins = u64::try_from(parsed.validity().not_before.timestamp()).ok()?;
    Some(UnixTime::since_unix_epoch(std::time::Duration::from_secs(
        begins.saturating_add(1),
    )))
}

/// What a certificate says of itself; `None` = it cannot be read.
fn certificate(sent: &CertificateDer<'_>) -> Option<Certificate> {
    let (_, parsed) = x509_parser::parse_x509_certificate(sent).ok()?;
    let cut = |text: String| text.chars().take(NAME_LIMIT).collect::<String>();
    let validity = parsed.validity();
    let at = |time: x509_parser::time::ASN1Time| Timestamp::from_second(time.timestamp()).ok();
    let names = parsed.subject_alternative_name().ok().flatten();
    let names = names.iter().flat_map(|names| &names.value.general_names);
    Some(Certificate {
        subject: cut(parsed.subject().to_string()),
        issuer: cut(parsed.issuer().to_string()),
        not_before: at(validity.not_before),
        not_after: at(validity.not_after),
        names: names
            .filter_map(|name| match name {
                GeneralName::DNSName(name) => Some(cut((*name).to_owned())),
                _ => None,
            })
            .take(NAMES)
            .collect(),
    })
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
