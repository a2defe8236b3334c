//! What is secret on this host, gathered so that it can be hidden wherever it turns up.
//!
//! These files are read for this alone; nothing of them goes into a bundle.

use super::contents::SECRET_PLACES;
use super::items::place;
use crate::host::file::{self, TEXT_LIMIT};
use crate::host::layout::Layout;
use crate::observations::Observations;
use crate::redact::Redactor;
use crate::redact::known::KnownSecrets;
use crate::secret::Secret;
use crate::world::World;

/// Most files of one folder that are looked through.
const FOLDER_LIMIT: usize = 64;

/// Every secret that can be known: those of the run, and those in the places where secrets lie.
#[must_use]
pub fn known_secrets(world: &World, seen: &Observations, of_run: Vec<Secret>) -> KnownSecrets {
    let mut known = KnownSecrets::default();
    let rules = Redactor::new(&known);
    for secret in of_run {
        // A proxy is known with its whole address; its password is what must be hidden.
        known.extend(rules.secrets_in(secret.expose().as_bytes()));
        if !secret.expose().contains("://") {
            known.insert(&secret);
        }
    }
    for text in texts(world, seen) {
        known.extend(rules.secrets_in(&text));
    }
    known
}

fn texts(world: &World, seen: &Observations) -> Vec<Vec<u8>> {
    let layout = Layout::of(world);
    let mut paths = Vec::new();
    for path in SECRET_PLACES.map(|path| place(path, &layout)) {
        match path.strip_suffix('/') {
            Some(folder) => paths.extend(below(world, folder)),
            None => paths.push(path),
        }
    }
    paths.push(seen.host.root_credentials.source().to_owned());
    paths.push(seen.host.dhmc_credentials.source().to_owned());
    paths.extend(environments(world));
    let read = |path: &String| file::read_bytes(world, path, TEXT_LIMIT).value().cloned();
    let mut texts: Vec<Vec<u8>> = paths.iter().filter_map(read).collect();
    for text in &mut texts {
        // An environment ends each variable with a zero byte.
        for byte in text.iter_mut().filter(|byte| **byte == 0) {
            *byte = b'\n';
        }
    }
    texts.push(world.env.lines().into_bytes());
    texts
}

/// The environments of the agent's processes, whether or not more is known of them.
fn environments(world: &World) -> Vec<String> {
    let names = file::list(world, "/proc");
    let pids = names.value().into_iter().flatten();
    pids.filter(|name| name.bytes().all(|byte| byte.is_ascii_digit()))
        .filter(|pid| {
            let name = file::read_value(world, &format!("/proc/{pid}/comm"));
            name.value()
                .is_some_and(|name| name.starts_with("amazon-ssm-") || name.starts_with("ssm-"))
        })
        .map(|pid| format!("/proc/{pid}/environ"))
        .collect()
}

fn below(world: &World, folder: &str) -> Vec<String> {
    let names = file::list(world, folder);
    let names = names.value().into_iter().flatten().take(FOLDER_LIMIT);
    names.map(|name| format!("{folder}/{name}")).collect()
}
