//! Every live secret of one run: credentials by path, the identity role, the machine keys.
//!
//! It has no `Serialize`, its `Debug` shows names only, and it dies with `observe`: nothing
//! after that can leak one.

use std::collections::BTreeMap;

use super::Credentials;
use crate::observations::{CredentialFacts, Path};
use crate::secret::Secret;

/// The live secrets of one run.
#[derive(Debug, Clone, Default)]
pub struct Keyring {
    pub(super) by_path: BTreeMap<Path, Credentials>,
    /// The operator's own, for questions about the account and nothing else.
    pub operator: Option<Credentials>,
    /// The instance identity role, by IMDS: Default Host Management signs with it.
    pub identity_role: Option<Credentials>,
    /// `EC2RegistrationKey`'s private key: base64 of PKCS#1.
    pub ec2_private_key: Option<Secret>,
    /// `RegistrationKey`'s private key: base64 of PKCS#1.
    pub hybrid_private_key: Option<Secret>,
    /// The stored machine fingerprint.
    pub fingerprint: Option<Secret>,
}

/// What shorter texts are not searched for: they would blank out innocent words.
const SHORTEST_SECRET: usize = 8;

impl Keyring {
    /// The credentials of a path.
    #[must_use]
    pub fn get(&self, path: Path) -> Option<&Credentials> {
        self.by_path.get(&path)
    }

    /// Takes credentials for a path, in place of earlier ones.
    pub fn insert(&mut self, path: Path, credentials: Credentials) {
        self.by_path.insert(path, credentials);
    }

    /// What may be known of the credentials on each path.
    #[must_use]
    pub fn facts(&self) -> BTreeMap<Path, CredentialFacts> {
        self.by_path
            .iter()
            .map(|(path, credentials)| (*path, credentials.facts()))
            .collect()
    }

    /// A text from elsewhere without any secret of this keyring that occurs in it.
    ///
    /// AWS does not echo secrets; a server that is not AWS could.
    #[must_use]
    pub fn redact(&self, text: &str) -> String {
        let mut clean = text.to_owned();
        for secret in self.secrets() {
            let secret = secret.expose();
            if secret.len() >= SHORTEST_SECRET && clean.contains(secret) {
                clean = clean.replace(secret, "[redacted]");
            }
        }
        clean
    }

    /// Every secret in it, to keep them out of texts that came from elsewhere.
    pub fn secrets(&self) -> impl Iterator<Item = &Secret> {
        self.by_path
            .values()
            .chain(&self.identity_role)
            .chain(&self.operator)
            .flat_map(Credentials::secrets)
            .chain(&self.ec2_private_key)
            .chain(&self.hybrid_private_key)
            .chain(&self.fingerprint)
    }
}

#[cfg(test)]
mod tests {
    use super::Keyring;
    use crate::aws::credentials::tests::planted;
    use crate::observations::Path;
    use crate::secret::Secret;

    fn keyring() -> Keyring {
        let mut keyring = Keyring {
            fingerprint: Some(Secret::new("planted-fingerprint".to_owned())),
            ..Keyring::default()
        };
        keyring.insert(Path::InstanceProfile, planted());
        keyring
    }

    #[test]
    fn a_server_that_echoes_a_secret_does_not_get_it_printed() {
        let text = keyring().redact(
            "bad key ASIAPLANTEDKEYID0001 token planted-session-token of planted-fingerprint",
        );
        assert_eq!(text, "bad key [redacted] token [redacted] of [redacted]");
    }

    #[test]
    fn debug_and_facts_show_no_secret() {
        let keyring = keyring();
        let shown = format!("{keyring:?} {:?}", keyring.facts()).to_lowercase();
        assert!(!shown.contains("planted"), "{shown}");
    }
}
