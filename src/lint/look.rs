//! The edge of `lint`: reads an image's files through `host::file`.

use super::image::{Image, Proxies, TextFile};
use crate::host::{self, file, layout::Layout};
use crate::network::trust::Trust;
use crate::observations::{AgentEnvironment, ProxySettings, Reading};
use crate::world::{Clock, Env, World};

/// Largest text that is gone through, in bytes.
const LIMIT: u64 = 512 * 1024;
/// Most files of one folder.
const FILES: usize = 256;

/// Where saved rules of firewalls and routes stand; a folder ends in `/`.
const FIREWALL: [&str; 15] = [
    "/etc/nftables.conf",
    "/etc/nftables/",
    "/etc/sysconfig/nftables.conf",
    "/etc/iptables/",
    "/etc/sysconfig/iptables",
    "/etc/sysconfig/ip6tables",
    "/etc/ufw/",
    "/etc/firewalld/zones/",
    "/etc/firewalld/direct.xml",
    "/etc/network/interfaces",
    "/etc/network/interfaces.d/",
    "/etc/systemd/network/",
    "/etc/sysconfig/network-scripts/",
    "/etc/netplan/",
    "/etc/rc.local",
];
/// Where cloud-init's configuration and scripts stand.
const CLOUD_INIT: [&str; 6] = [
    "/etc/cloud/cloud.cfg",
    "/etc/cloud/cloud.cfg.d/",
    "/var/lib/cloud/scripts/per-boot/",
    "/var/lib/cloud/scripts/per-instance/",
    "/var/lib/cloud/scripts/per-once/",
    "/var/lib/cloud/seed/nocloud/",
];
/// Where mounts are set up.
const MOUNTS: [&str; 2] = ["/etc/fstab", "/etc/systemd/system/"];

/// Looks at the image below the world's root.
#[must_use]
pub fn image(root: &std::path::Path) -> Image {
    let world = World {
        clock: Clock::System,
        // Nothing of the person's shell is part of the image.
        env: Env::default(),
        root: root.to_owned(),
    };
    let layout = Layout::of(&world);
    let (seen, _secrets) = host::collect(&world);
    let trust = Trust::read(&world);
    let mut looker = Looker {
        world: &world,
        unread: Vec::new(),
    };
    let mounts = looker.texts(&MOUNTS, |path| {
        path.ends_with("fstab") || super::text::is_mount_unit(path)
    });
    let firewall = looker.texts(&FIREWALL, |_| true);
    let cloud_init = looker.texts(&CLOUD_INIT, |_| true);
    let units = looker.units(&seen);
    let vault_folder = format!("{}/Vault/Store", layout.data);
    Image {
        vault_names: file::list(&world, &vault_folder),
        vault_folder,
        machine_id: file::read_value(&world, "/etc/machine-id"),
        homes: homes(&world),
        proxies: proxies(&world, &seen),
        roots: trust.roots,
        root_problems: trust.problems,
        mounts,
        firewall,
        units,
        cloud_init,
        logs: logs(&world, &layout),
        unread: looker.unread,
        host: seen,
    }
}

struct Looker<'a> {
    world: &'a World,
    unread: Vec<(String, String)>,
}

impl Looker<'_> {
    /// The texts of these files, and of the files of these folders.
    fn texts(&mut self, places: &[&str], wanted: impl Fn(&str) -> bool) -> Vec<TextFile> {
        let mut paths = Vec::new();
        for place in places {
            match place.strip_suffix('/') {
                None => paths.push((*place).to_owned()),
                Some(folder) => {
                    let names = file::list(self.world, folder);
                    self.note(&names);
                    let names = names.value().into_iter().flatten().take(FILES);
                    paths.extend(names.map(|name| format!("{folder}/{name}")));
                }
            }
        }
        let wanted = paths.into_iter().filter(|path| wanted(path));
        wanted.filter_map(|path| self.text(path)).collect()
    }

    fn text(&mut self, path: String) -> Option<TextFile> {
        let stat = file::stat(self.world, &path);
        if stat.value().is_some_and(|meta| meta.is_folder) {
            return None;
        }
        let bytes = file::read_bytes(self.world, &path, LIMIT);
        self.note(&bytes);
        let text = String::from_utf8_lossy(bytes.value()?).into_owned();
        Some(TextFile { path, text })
    }

    /// The agent's units and what changes them.
    fn units(&mut self, seen: &crate::observations::Host) -> Vec<TextFile> {
        let units = seen.health.units.value();
        let paths: Vec<String> = units
            .into_iter()
            .flatten()
            .flat_map(|unit| unit.file.iter().chain(&unit.drop_ins).cloned())
            .collect();
        paths
            .into_iter()
            .filter_map(|path| self.text(path))
            .collect()
    }

    fn note<T>(&mut self, reading: &Reading<T>) {
        if let Some(why) = super::doubt(reading) {
            self.unread.push((reading.source().to_owned(), why));
        }
    }
}

/// Credentials files of every home.
fn homes(world: &World) -> Vec<(String, Reading<crate::observations::CredentialsFile>)> {
    let names = file::list(world, "/home");
    let homes = names.value().into_iter().flatten().take(FILES);
    homes
        .map(|name| format!("/home/{name}"))
        .chain(["/root".to_owned()])
        .map(|home| {
            let path = format!("{home}/.aws/credentials");
            let reading = host::credentials_file_at(world, &path);
            (path, reading)
        })
        .collect()
}

fn proxies(world: &World, seen: &crate::observations::Host) -> Proxies {
    let mut found = Proxies::default();
    for unit in seen.health.units.value().into_iter().flatten() {
        let environment = &unit.environment;
        found.units.push((unit.name.clone(), settings(environment)));
        if environment.has_static_keys {
            found.static_keys.push(unit.name.clone());
        }
    }
    let path = "/etc/environment";
    if let Reading::Found { value, .. } = file::read_text(world, path, LIMIT) {
        let environment = host::environment_of_lines(&value);
        if environment.has_static_keys {
            found.static_keys.push(path.to_owned());
        }
        found.environment_file = Some(settings(&environment));
    }
    found
}

fn settings(environment: &AgentEnvironment) -> ProxySettings {
    ProxySettings {
        https_proxy: environment.https_proxy.clone(),
        http_proxy: environment.http_proxy.clone(),
        no_proxy: environment.no_proxy.clone(),
    }
}

fn logs(world: &World, layout: &Layout) -> Vec<String> {
    let names = file::list(world, layout.logs);
    let paths = names
        .value()
        .into_iter()
        .flatten()
        .map(|name| format!("{}/{name}", layout.logs));
    paths
        .filter(|path| {
            let meta = file::stat(world, path);
            meta.value()
                .is_some_and(|meta| !meta.is_folder && meta.size_bytes > 0)
        })
        .collect()
}
