//! Which secrets are the credentials of which path.
//!
//! Pure. Stored credentials count only while the agent's own state says that they have not
//! ended: a leftover file proves nothing.

use crate::aws::{Credentials, Keyring};
use crate::diagnose::view::View;
use crate::host::{HostSecrets, KeySet};
use crate::imds::ImdsSecrets;
use crate::observations::{CredentialSource, Observations, Path, RuntimeConfig};

/// Where secrets can come from; `None` = not looked at yet.
#[derive(Clone, Copy)]
pub(super) struct Sources<'a> {
    pub(super) host: Option<&'a HostSecrets>,
    pub(super) imds: Option<&'a ImdsSecrets>,
    pub(super) container: Option<&'a Credentials>,
}

/// Puts what was found into the keyring, without taking away what a role token brought.
pub(super) fn fill(keyring: &mut Keyring, seen: &Observations, from: Sources<'_>) {
    let view = View::new(seen);
    let found = [
        (Path::HybridActivation, hybrid(view, from)),
        (
            Path::InstanceProfile,
            from.imds.and_then(|imds| imds.role.clone()),
        ),
        (
            Path::DefaultHostManagement,
            default_host_management(view, from),
        ),
        (Path::EcsTaskRole, from.container.cloned()),
        (Path::CustomIdentity, custom(view, from)),
    ];
    for (path, credentials) in found {
        if let (Some(credentials), None) = (credentials, keyring.get(path)) {
            keyring.insert(path, credentials);
        }
    }
}

/// Takes the machine's own keys, which belong to no path.
pub(super) fn take_machine_keys(keyring: &mut Keyring, host: &HostSecrets) {
    keyring.ec2_private_key.clone_from(&host.ec2_private_key);
    keyring
        .hybrid_private_key
        .clone_from(&host.hybrid_private_key);
    keyring.fingerprint.clone_from(&host.fingerprint);
}

fn hybrid(view: View<'_>, from: Sources<'_>) -> Option<Credentials> {
    let id = view.registration()?.instance_id.as_str();
    let state = view
        .fresh_state(id)
        .filter(|state| state.identity_type == "OnPrem")?;
    // Keys without a token are somebody's own, not the agent's.
    let keys = from
        .host?
        .root
        .as_ref()
        .filter(|keys| keys.token.is_some())?;
    Some(stored(keys, state))
}

fn default_host_management(view: View<'_>, from: Sources<'_>) -> Option<Credentials> {
    let state = view
        .fresh_state(view.ec2_instance_id()?)
        .filter(|state| state.identity_type == "EC2" && state.credential_source == "SSM")?;
    Some(stored(from.host?.dhmc.as_ref()?, state))
}

/// The SDK's own chain: environment, shared file, container, IMDS.
///
/// Source: agent `common/identity/availableidentities/customidentity`; Go SDK default chain.
fn custom(view: View<'_>, from: Sources<'_>) -> Option<Credentials> {
    if view.config().custom_identities.is_empty() {
        return None;
    }
    let host = from.host?;
    let keys = |keys: &KeySet, source| credentials(keys, source, None);
    host.environment
        .as_ref()
        .map(|found| keys(found, CredentialSource::Environment))
        .or_else(|| {
            host.root
                .as_ref()
                .map(|found| keys(found, CredentialSource::SharedFile))
        })
        .or_else(|| from.container.cloned())
        .or_else(|| from.imds?.role.clone())
}

fn stored(keys: &KeySet, state: &RuntimeConfig) -> Credentials {
    credentials(
        keys,
        CredentialSource::SharedFile,
        state.credentials_expires_at,
    )
}

fn credentials(
    keys: &KeySet,
    source: CredentialSource,
    expires_at: Option<jiff::Timestamp>,
) -> Credentials {
    Credentials {
        key_id: keys.key_id.clone(),
        secret: keys.secret.clone(),
        token: keys.token.clone(),
        expires_at,
        source,
    }
}
