//! What the host holds that must never be observed: keys, tokens, proxy passwords.
//!
//! Lives as long as questions are asked and goes nowhere else: no `Serialize`, and `Debug` tells
//! only what is there.

use super::{environment, file};
use crate::network::proxy::Settings;
use crate::secret::Secret;
use crate::world::{Env, World};

/// Every secret found on the host.
#[derive(Debug, Default)]
pub struct HostSecrets {
    /// `privateKey` of `RegistrationKey`: base64 of PKCS#1, as the agent wrote it.
    pub hybrid_private_key: Option<Secret>,
    /// `privateKey` of `EC2RegistrationKey`, likewise.
    pub ec2_private_key: Option<Secret>,
    /// The UUID of `InstanceFingerprint`.
    pub fingerprint: Option<Secret>,
    /// The agent's file of Default Host Management credentials.
    pub dhmc: Option<KeySet>,
    /// Root's shared credentials file.
    pub root: Option<KeySet>,
    /// Keys in the agent's environment.
    pub environment: Option<KeySet>,
    /// Where the agent's environment says that container credentials are.
    pub container: Option<ContainerCredentials>,
    /// The agent's proxies as they stand, with user and password.
    pub proxies: Settings,
}

/// One set of AWS credentials.
#[derive(Debug, Clone)]
pub struct KeySet {
    /// The access key id.
    pub key_id: Secret,
    /// The secret access key.
    pub secret: Secret,
    /// The session token; `None` = static keys.
    pub token: Option<Secret>,
}

/// The container credentials endpoint.
#[derive(Clone)]
pub struct ContainerCredentials {
    /// Its address, which is as good as a password.
    pub uri: String,
    /// What must be shown in the `Authorization` header.
    pub token: Option<Secret>,
}

impl std::fmt::Debug for ContainerCredentials {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("ContainerCredentials([redacted])")
    }
}

impl KeySet {
    /// A key set, if id and secret are there.
    pub(super) fn from_texts(key_id: String, secret: String, token: String) -> Option<Self> {
        if key_id.is_empty() || secret.is_empty() {
            return None;
        }
        Some(Self {
            key_id: Secret::new(key_id),
            secret: Secret::new(secret),
            token: Some(Secret::new(token)).filter(|token| !token.is_empty()),
        })
    }

    /// The first four characters of the key id: `ASIA` temporary, `AKIA` long-lived.
    #[must_use]
    pub fn prefix(&self) -> String {
        self.key_id.expose().chars().take(4).collect()
    }
}

impl HostSecrets {
    /// Every secret in it, to keep them out of a bundle.
    pub fn all(&self) -> impl Iterator<Item = &Secret> {
        let sets = [&self.dhmc, &self.root, &self.environment];
        let keys = sets
            .into_iter()
            .flatten()
            .flat_map(|set| [&set.key_id, &set.secret].into_iter().chain(&set.token));
        let container = self.container.iter().flat_map(|one| &one.token);
        [
            &self.hybrid_private_key,
            &self.ec2_private_key,
            &self.fingerprint,
        ]
        .into_iter()
        .flatten()
        .chain(keys)
        .chain(container)
    }

    /// Takes what is secret in the environment that the agent runs in, or would.
    pub(super) fn take_environment(&mut self, world: &World, env: Option<&Env>) {
        let Some(env) = env else {
            return;
        };
        self.environment = environment::keys(env);
        self.container =
            environment::container(env, |path| file::read_value(world, path).value().cloned());
    }
}
