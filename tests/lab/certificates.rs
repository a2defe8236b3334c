//! The lab's certification authority: made anew for every lab, trusted by nobody else.

use std::sync::Arc;

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, DnType, IsCa, KeyPair};
use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};

use super::cloud::REGION;
use super::faults::Presented;

/// The names that the lab's servers answer to.
pub(crate) fn host_of(service: &str) -> String {
    // IAM is one for the whole partition.
    if service == "iam" {
        return "iam.amazonaws.com".to_owned();
    }
    format!("{service}.{REGION}.amazonaws.com")
}

/// A certification authority.
pub(crate) struct Authority(CertifiedIssuer<'static, KeyPair>);

impl Authority {
    /// A new one.
    pub(crate) fn new(name: &str) -> Self {
        let mut params = CertificateParams::default();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.distinguished_name.push(DnType::CommonName, name);
        let key = KeyPair::generate().expect("ring makes keys");
        Self(CertifiedIssuer::self_signed(params, key).expect("the parameters are sound"))
    }

    /// Its certificate, for `AWS_CA_BUNDLE`.
    pub(crate) fn pem(&self) -> String {
        self.0.pem()
    }

    /// A certificate for some services and this machine's own address, and its key, as PEM.
    pub(crate) fn files(&self, services: &[&str]) -> (String, String) {
        let key = KeyPair::generate().expect("ring makes keys");
        let mut names: Vec<String> = services.iter().map(|service| host_of(service)).collect();
        names.push("127.0.0.1".to_owned());
        let params = CertificateParams::new(names).expect("the names are sound");
        let leaf = params
            .signed_by(&key, &self.0)
            .expect("the authority can sign");
        (leaf.pem(), key.serialize_pem())
    }

    /// A server's TLS settings, with a certificate for the service's real name or a bad one.
    pub(crate) fn server(&self, service: &str, how: Presented) -> Arc<rustls::ServerConfig> {
        let key = KeyPair::generate().expect("ring makes keys");
        let name = match how {
            Presented::OtherName => "other.example".to_owned(),
            _ => host_of(service),
        };
        let buckets = format!("*.{name}");
        let mut params = CertificateParams::new(vec![name, buckets]).expect("the name is sound");
        match how {
            Presented::Expired => params.not_after = rcgen::date_time_ymd(2020, 1, 1),
            Presented::NotYetValid => params.not_before = rcgen::date_time_ymd(2999, 1, 1),
            Presented::Good | Presented::Untrusted | Presented::OtherName => {}
        }
        let leaf = params
            .signed_by(&key, &self.0)
            .expect("the authority can sign");
        let chain: Vec<CertificateDer<'static>> = vec![leaf.der().clone(), self.0.der().clone()];
        let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.serialize_der()));
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = rustls::ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .expect("ring supports the default versions")
            .with_no_client_auth()
            .with_single_cert(chain, key)
            .expect("key and certificate belong together");
        Arc::new(config)
    }
}
