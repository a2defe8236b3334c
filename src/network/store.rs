//! The certificates that the agent's own TLS library would load on this host.
//!
//! Source: Go `crypto/x509` `root_linux.go` and `root_unix.go`: the first file of a fixed list
//! that can be read, and every file of two folders. Read below `World::root`, bounded.

use std::collections::HashSet;

use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;

use crate::host::file;
use crate::observations::Reading;
use crate::world::World;

/// Largest bundle that is read, in bytes; real ones have about 250 kB.
const BUNDLE_LIMIT: u64 = 4 * 1024 * 1024;
/// Largest file of a folder of certificates that is read, in bytes.
const SINGLE_LIMIT: u64 = 256 * 1024;
/// Most files of one folder that are read.
const FOLDER_LIMIT: usize = 1_000;

/// Go's list, in its order.
const FILES: [&str; 6] = [
    "/etc/ssl/certs/ca-certificates.crt",
    "/etc/pki/tls/certs/ca-bundle.crt",
    "/etc/ssl/ca-bundle.pem",
    "/etc/pki/tls/cacert.pem",
    "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem",
    "/etc/ssl/cert.pem",
];
/// Go's folders.
const FOLDERS: [&str; 2] = ["/etc/ssl/certs", "/etc/pki/tls/certs"];

/// What was found.
#[derive(Debug, Default)]
pub(super) struct Found {
    pub(super) certificates: Vec<CertificateDer<'static>>,
    pub(super) sources: Vec<String>,
    pub(super) problems: Vec<String>,
    /// Whether `AWS_CA_BUNDLE` named it.
    pub(super) chosen_by_shell: bool,
}

/// Reads `AWS_CA_BUNDLE` if it is set, else the system's store.
pub(super) fn read(world: &World) -> Found {
    match world.env.get("AWS_CA_BUNDLE") {
        Some(path) => read_bundle(world, path),
        None => read_system(world),
    }
}

/// The bundle is named by the person's shell, so it lies outside of `--root`.
fn read_bundle(world: &World, path: &str) -> Found {
    let mut found = Found {
        chosen_by_shell: true,
        ..Found::default()
    };
    let outside = World {
        root: "/".into(),
        ..world.clone()
    };
    let absolute = std::path::absolute(path)
        .ok()
        .and_then(|path| path.to_str().map(str::to_owned));
    match absolute {
        Some(path) => {
            let reading = file::read_bytes(&outside, &path, BUNDLE_LIMIT);
            found.add(&path, &reading, &mut HashSet::new());
        }
        None => found.problems.push(format!("`{path}` is no path")),
    }
    found
}

#[cfg(not(target_os = "macos"))]
fn read_system(world: &World) -> Found {
    let mut found = Found::default();
    let mut seen = HashSet::new();
    for path in FILES {
        let reading = file::read_bytes(world, path, BUNDLE_LIMIT);
        if reading.is_absent() {
            continue;
        }
        found.add(path, &reading, &mut seen);
        if reading.value().is_some() {
            break;
        }
    }
    for folder in FOLDERS {
        found.add_folder(world, folder, &mut seen);
    }
    found
}

/// On macOS Go asks the keychain.
#[cfg(target_os = "macos")]
fn read_system(_world: &World) -> Found {
    let loaded = rustls_native_certs::load_native_certs();
    Found {
        certificates: loaded.certs,
        sources: vec!["keychain".to_owned()],
        problems: loaded.errors.iter().map(ToString::to_string).collect(),
        chosen_by_shell: false,
    }
}

impl Found {
    fn add(
        &mut self,
        path: &str,
        reading: &Reading<Vec<u8>>,
        seen: &mut HashSet<CertificateDer<'static>>,
    ) {
        let bytes = match reading {
            Reading::Found { value, .. } => value,
            Reading::Absent { .. } => return self.problem(path, "is not there"),
            Reading::Empty { .. } => return self.problem(path, "is empty"),
            Reading::Forbidden { .. } => return self.problem(path, "may not be read by this user"),
            Reading::Unreadable { why, .. }
            | Reading::Malformed { why, .. }
            | Reading::NotRead { why } => return self.problem(path, why),
        };
        let before = self.certificates.len();
        let mut broken = 0_usize;
        for certificate in CertificateDer::pem_slice_iter(bytes) {
            match certificate {
                Ok(certificate) if !seen.contains(&certificate) => {
                    seen.insert(certificate.clone());
                    self.certificates.push(certificate);
                }
                Ok(_) => {}
                Err(_) => broken += 1,
            }
        }
        if broken > 0 {
            self.problem(path, "holds PEM blocks that cannot be read");
        }
        if self.certificates.len() > before {
            self.sources.push(path.to_owned());
        }
    }

    fn add_folder(
        &mut self,
        world: &World,
        folder: &str,
        seen: &mut HashSet<CertificateDer<'static>>,
    ) {
        let reading = file::list(world, folder);
        let before = self.sources.len();
        let had = self.certificates.len();
        for name in reading.value().into_iter().flatten().take(FOLDER_LIMIT) {
            let path = format!("{folder}/{name}");
            if FILES.contains(&path.as_str()) || is_link_beside(world, &path) {
                continue;
            }
            let reading = file::read_bytes(world, &path, SINGLE_LIMIT);
            if reading.value().is_some() {
                self.add(&path, &reading, seen);
            }
        }
        self.sources.truncate(before);
        if self.certificates.len() > had {
            self.sources.push(folder.to_owned());
        }
    }

    fn problem(&mut self, path: &str, what: &str) {
        self.problems.push(format!("`{path}` {what}"));
    }
}

/// Whether a name is a link to another name in the same folder, such as OpenSSL's hash links.
fn is_link_beside(world: &World, path: &str) -> bool {
    file::read_link(world, path)
        .value()
        .is_some_and(|target| !target.contains('/'))
}
