//! Servers on loopback that behave as badly as tests need, and a stack that trusts a test CA.

#![expect(
    clippy::disallowed_methods,
    reason = "tests lay out the files that the edge then reads"
)]

use std::sync::Arc;

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use rustls::ServerConfig;
use rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;

use super::Stack;
use crate::world::{Clock, Env, World};

/// The name in the test server's certificate.
pub(crate) const NAME: &str = "ssm.eu-west-1.amazonaws.com";

/// A world whose hosts file sends [`NAME`] to loopback and whose bundle is the test CA.
pub(crate) struct Lab {
    folder: tempfile::TempDir,
    authority: CertifiedIssuer<'static, KeyPair>,
}

impl Lab {
    pub(crate) fn new() -> Self {
        let mut params = CertificateParams::new(Vec::new()).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params
            .distinguished_name
            .push(rcgen::DnType::CommonName, "Test Authority");
        let authority = CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap();
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir_all(folder.path().join("etc")).unwrap();
        std::fs::write(
            folder.path().join("etc/hosts"),
            format!("127.0.0.1 {NAME} other.example\n"),
        )
        .unwrap();
        std::fs::write(folder.path().join("ca.pem"), authority.pem()).unwrap();
        Self { folder, authority }
    }

    pub(crate) fn world(&self) -> World {
        let bundle = self.folder.path().join("ca.pem");
        World {
            clock: Clock::System,
            env: Env::from_pairs([("AWS_CA_BUNDLE", bundle.to_str().unwrap())]),
            root: self.folder.path().to_owned(),
        }
    }

    pub(crate) fn stack(&self) -> Stack {
        Stack::read(&self.world())
    }

    /// A TLS server's setup with a certificate for [`NAME`], changed by `change`.
    pub(crate) fn tls(&self, change: impl FnOnce(&mut CertificateParams)) -> TlsAcceptor {
        let mut params = CertificateParams::new(vec![NAME.to_owned()]).unwrap();
        change(&mut params);
        let key = KeyPair::generate().unwrap();
        let certificate = params.signed_by(&key, &self.authority).unwrap();
        let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.serialize_der()));
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(vec![certificate.der().clone()], key)
            .unwrap();
        TlsAcceptor::from(Arc::new(config))
    }
}

/// Serves every connection with `serve`, on a free port of loopback.
pub(crate) async fn listen<F, T>(serve: F) -> u16
where
    F: Fn(TcpStream) -> T + Send + 'static,
    T: Future<Output = ()> + Send + 'static,
{
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        while let Ok((socket, _)) = listener.accept().await {
            tokio::spawn(serve(socket));
        }
    });
    port
}

/// A server that reads a request's head and sends `answer` as it is.
pub(crate) async fn answering(answer: &'static [u8]) -> u16 {
    listen(move |mut socket| async move {
        read_head(&mut socket).await;
        socket.write_all(answer).await.unwrap();
        socket.shutdown().await.ok();
    })
    .await
}

/// The same over TLS.
pub(crate) async fn answering_tls(tls: TlsAcceptor, answer: &'static [u8]) -> u16 {
    listen(move |socket| {
        let tls = tls.clone();
        async move {
            let Ok(mut stream) = tls.accept(socket).await else {
                return;
            };
            read_head(&mut stream).await;
            stream.write_all(answer).await.unwrap();
            stream.shutdown().await.ok();
        }
    })
    .await
}

/// Reads up to the end of a request's head.
pub(crate) async fn read_head(stream: &mut (impl AsyncReadExt + Unpin)) -> String {
    let mut head = Vec::new();
    while !head.windows(4).any(|window| window == b"\r\n\r\n") {
        let mut byte = [0_u8];
        if stream.read(&mut byte).await.unwrap_or(0) == 0 {
            break;
        }
        head.extend(byte);
    }
    String::from_utf8(head).unwrap()
}
