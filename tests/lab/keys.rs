//! The machine keys of the lab: RSA keys made for these tests and used nowhere else.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ring::signature::{KeyPair as _, RSA_PSS_2048_8192_SHA256, RsaKeyPair, UnparsedPublicKey};

/// One of the lab's machine keys.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum MachineKey {
    /// The key that the lab's EC2 instance registered.
    Ec2,
    /// The key that the lab's hybrid node registered.
    Hybrid,
    /// A key that nobody registered.
    Stranger,
}

impl MachineKey {
    /// The private key as the agent's vault holds it: base64 of PKCS#1 DER.
    pub(crate) fn private_base64(self) -> &'static str {
        match self {
            Self::Ec2 => include_str!("keys/ec2.b64"),
            Self::Hybrid => include_str!("keys/hybrid.b64"),
            Self::Stranger => include_str!("keys/stranger.b64"),
        }
    }

    /// The key itself.
    pub(crate) fn pair(self) -> RsaKeyPair {
        let der = STANDARD
            .decode(self.private_base64())
            .expect("the fixture is base64");
        RsaKeyPair::from_der(&der).expect("the fixture is a PKCS#1 key")
    }

    /// Checks the agent's signature form: base64 of RSASSA-PSS, SHA-256, salt as long as the
    /// digest, over `text`.
    pub(crate) fn verify(self, text: &str, signature_base64: &str) -> Result<(), String> {
        let signature = STANDARD
            .decode(signature_base64)
            .map_err(|error| format!("the RSA signature is not base64: {error}"))?;
        let pair = self.pair();
        UnparsedPublicKey::new(&RSA_PSS_2048_8192_SHA256, pair.public_key().as_ref())
            .verify(text.as_bytes(), &signature)
            .map_err(|_unspecified| {
                "the RSA signature does not match the registered key".to_owned()
            })
    }
}
