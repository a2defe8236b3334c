//! The agent's vault: registrations and fingerprint, found by way of its manifests.
//!
//! Source: agent `agent/managedInstances/{vault/fsvault,registration,fingerprint}`. Reads only;
//! the private keys go into the secrets and never into what is observed.

use std::collections::BTreeMap;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::file::{self, JSON_LIMIT};
use super::go_json::{self, Json};
use super::layout::Layout;
use super::machine;
use crate::observations::{Fingerprint, Reading, Registration, RegistrationSummary, Vault};
use crate::secret::Secret;
use crate::world::World;

/// What in the vault must not be observed.
#[derive(Default)]
pub(super) struct VaultSecrets {
    /// `privateKey` of `RegistrationKey`, base64.
    pub(super) hybrid_private_key: Option<Secret>,
    /// `privateKey` of `EC2RegistrationKey`, base64.
    pub(super) ec2_private_key: Option<Secret>,
    /// The UUID of `InstanceFingerprint`.
    pub(super) fingerprint: Option<Secret>,
}

/// Reads the vault and the readable copy of the registration.
pub(super) fn read(world: &World, layout: &Layout) -> (Vault, VaultSecrets) {
    let mut secrets = VaultSecrets::default();
    let manifest = read_manifest(world, &format!("{}/Vault/Manifest", layout.data));
    let ec2_manifest = read_manifest(world, &format!("{}/Vault/EC2Manifest", layout.data));
    let vault = Vault {
        registration: read_entry(world, &manifest, "RegistrationKey")
            .parse(|bytes| parse_registration(&bytes, &mut secrets.hybrid_private_key)),
        ec2_registration: read_entry(world, &ec2_manifest, "EC2RegistrationKey")
            .parse(|bytes| parse_registration(&bytes, &mut secrets.ec2_private_key)),
        fingerprint: read_entry(world, &manifest, "InstanceFingerprint").parse(|bytes| {
            let machine_id = machine::machine_id(world);
            parse_fingerprint(&bytes, machine_id, &mut secrets.fingerprint)
        }),
        summary: file::read_bytes(world, &format!("{}/registration", layout.data), JSON_LIMIT)
            .parse(|bytes| parse_summary(&bytes)),
        manifest,
        ec2_manifest,
    };
    (vault, secrets)
}

/// The names in a manifest with the paths of their data files.
fn read_manifest(world: &World, path: &str) -> Reading<BTreeMap<String, String>> {
    file::read_bytes(world, path, JSON_LIMIT).parse(|bytes| parse_manifest(&bytes))
}

/// The data file that a manifest names. A name that the manifest does not list does not exist
/// for the agent, even when its data file does.
fn read_entry(
    world: &World,
    manifest: &Reading<BTreeMap<String, String>>,
    name: &str,
) -> Reading<Vec<u8>> {
    manifest.clone().and_then(|names, source| {
        match names.get(name).filter(|path| !path.is_empty()) {
            Some(path) => file::read_bytes(world, path, JSON_LIMIT),
            None => Reading::absent(source),
        }
    })
}

fn parse_manifest(bytes: &[u8]) -> Result<BTreeMap<String, String>, String> {
    let json = go_json::parse(bytes)?;
    json.expect_object()?;
    texts(&json)
}

/// An object of texts. Unlike the fields of a Go struct, the keys of a map keep their case.
fn texts(json: &Json) -> Result<BTreeMap<String, String>, String> {
    json.entries()
        .map(|(key, value)| match value {
            Json::Text(text) => Ok((key.to_owned(), text.clone())),
            Json::Null => Ok((key.to_owned(), String::new())),
            other => Err(format!("an entry should be a text, is {}", other.kind())),
        })
        .collect()
}

/// Parses a registration; its private key goes to `private_key` as it stands.
fn parse_registration(
    bytes: &[u8],
    private_key: &mut Option<Secret>,
) -> Result<Registration, String> {
    let json = go_json::parse(bytes)?;
    json.expect_object()?;
    for name in ["instanceType", "availabilityZone", "publicKey"] {
        json.text(name)?;
    }
    let key = Secret::new(json.text("privateKey")?);
    let registration = Registration {
        instance_id: json.text("instanceID")?,
        region: json.text("region")?,
        has_private_key: !key.is_empty(),
        private_key_usable: is_usable(&key),
        private_key_type: json.text("privateKeyType")?,
        private_key_created: json.text("privateKeyCreatedDate")?,
    };
    *private_key = Some(key).filter(|key| !key.is_empty());
    Ok(registration)
}

/// Whether this is base64 of an RSA key in PKCS#1 form.
///
/// Source: agent `agent/managedInstances/auth/rsa_key.go`; Go's decoder skips line ends.
fn is_usable(private_key: &Secret) -> bool {
    let text = zeroize::Zeroizing::new(private_key.expose().replace(['\r', '\n'], ""));
    STANDARD
        .decode(text.as_bytes())
        .map(zeroize::Zeroizing::new)
        .is_ok_and(|der| ring::rsa::KeyPair::from_der(&der).is_ok())
}

fn parse_fingerprint(
    bytes: &[u8],
    current_machine_id: Reading<String>,
    fingerprint: &mut Option<Secret>,
) -> Result<Fingerprint, String> {
    let json = go_json::parse(bytes)?;
    json.expect_object()?;
    let id = Secret::new(json.text("fingerprint")?);
    let mut hardware = BTreeMap::new();
    for hashes in json.all("hardwareHash") {
        hashes.expect_object()?;
        hardware.append(&mut texts(hashes)?);
    }
    let threshold = json.int("similarityThreshold", 0)?;
    let observed = Fingerprint {
        has_fingerprint: !id.is_empty(),
        similarity_threshold: i32::try_from(threshold)
            .map_err(|_too_large| "`similarityThreshold` is out of range".to_owned())?,
        hardware,
        current_machine_id,
    };
    *fingerprint = Some(id).filter(|id| !id.is_empty());
    Ok(observed)
}

fn parse_summary(bytes: &[u8]) -> Result<RegistrationSummary, String> {
    let json = go_json::parse(bytes)?;
    json.expect_object()?;
    Ok(RegistrationSummary {
        instance_id: json.text("ManagedInstanceID")?,
        region: json.text("Region")?,
    })
}

/// Reads any bytes as each file of the vault.
#[cfg(any(test, fuzzing))]
pub(super) fn fuzz(bytes: &[u8]) {
    drop(parse_manifest(bytes));
    drop(parse_registration(bytes, &mut None));
    drop(parse_fingerprint(
        bytes,
        Reading::absent("machine-id"),
        &mut None,
    ));
    drop(parse_summary(bytes));
}

#[cfg(test)]
#[path = "vault_tests.rs"]
mod tests;
