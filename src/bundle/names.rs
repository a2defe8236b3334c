//! The names on this host that pseudonyms stand for, so that they are found wherever they stand.

use std::collections::BTreeSet;

use crate::host::file;
use crate::observations::{Observations, Outcome};
use crate::redact::pseudonyms::Pseudonyms;
use crate::world::World;

/// Pseudonyms for what was seen on this host.
#[must_use]
pub fn pseudonyms(world: &World, seen: &Observations) -> Pseudonyms {
    Pseudonyms::new(hosts(world, seen), roles(seen), kept(seen))
}

fn hosts(world: &World, seen: &Observations) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    let own = ["/etc/hostname", "/proc/sys/kernel/hostname"];
    for reading in own.map(|path| file::read_value(world, path)) {
        names.extend(reading.value().cloned());
    }
    if let Some(fingerprint) = seen.host.vault.fingerprint.value() {
        names.extend(fingerprint.hardware.get("hostname-info").cloned());
    }
    // A name with its domain is also known by its first part.
    let first = |name: &String| name.split('.').next().unwrap_or_default().to_owned();
    let firsts: Vec<_> = names.iter().map(first).collect();
    names.extend(firsts);
    names.iter().map(|name| name.to_ascii_lowercase()).collect()
}

fn roles(seen: &Observations) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    names.extend(seen.imds.role_name.value().cloned());
    let arns = seen
        .calls
        .values()
        .filter_map(|record| match &record.outcome {
            Outcome::Answered(answer) => answer.caller_arn.clone(),
            _ => None,
        });
    let profile = seen.imds.profile_info.value();
    let profile = profile.and_then(|info| info.instance_profile_arn.clone());
    for arn in arns.chain(profile) {
        let mut parts = arn.split('/');
        if let (Some(_), Some(name)) = (parts.next(), parts.next()) {
            names.insert(name.to_owned());
        }
    }
    names
}

/// What looks like a public address and is AWS's, or none at all.
fn kept(seen: &Observations) -> BTreeSet<String> {
    let mut kept = BTreeSet::new();
    for chain in seen.network.chains.values() {
        let resolved = [Some(&chain.resolve), chain.vpc_resolve.as_ref()];
        for step in resolved.into_iter().flatten() {
            let addresses = step.value().into_iter().flat_map(|one| &one.addresses);
            kept.extend(addresses.map(ToString::to_string));
        }
    }
    kept.extend(seen.host.agent.version.value().map(ToString::to_string));
    let log = seen.host.agent_log.value();
    let subjects = log.into_iter().flat_map(|log| &log.events);
    kept.extend(subjects.filter_map(|event| event.subject.clone()));
    kept
}
