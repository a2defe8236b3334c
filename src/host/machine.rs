//! The machine: operating system, firmware, machine-id, and whether this is a container.
//!
//! Hints for the report and for telling a missing IMDS from a host that is not on EC2; the
//! agent itself looks at none of this when it chooses its identity.

use std::io::Read as _;

use super::file::{self, TEXT_LIMIT};
use super::layout::{Layout, MAC_VERSION};
use crate::observations::{Dmi, Install, Reading};
use crate::world::World;

/// The operating system's own name for itself.
pub(super) fn os(world: &World, layout: &Layout) -> Reading<String> {
    if layout.is_mac() {
        return file::read_text(world, MAC_VERSION, TEXT_LIMIT).parse(|text| parse_plist(&text));
    }
    let reading = file::read_text(world, "/etc/os-release", TEXT_LIMIT);
    let reading = if reading.is_absent() {
        file::read_text(world, "/usr/lib/os-release", TEXT_LIMIT)
    } else {
        reading
    };
    reading.parse(|text| parse_os_release(&text))
}

/// The processor architecture in AWS's words; empty when it is not known.
///
/// Below another root it is not this machine's but what its programs were built for.
pub(super) fn arch(world: &World, installs: &[Install]) -> String {
    if world.is_live_root() {
        return match std::env::consts::ARCH {
            "aarch64" => "arm64".to_owned(),
            other => other.to_owned(),
        };
    }
    installs
        .iter()
        .map(|install| install.binary.as_str())
        .chain(["/bin/sh", "/usr/bin/env"])
        .find_map(|path| {
            let mut head = Vec::new();
            let (program, _meta) = file::open(world, path).ok()?;
            program.take(HEAD).read_to_end(&mut head).ok()?;
            built_for(&head)
        })
        .unwrap_or_default()
        .to_owned()
}

/// How much of a program is read to tell what it was built for.
const HEAD: u64 = 20;

/// Source: `elf(5)`, `e_machine`; Apple's `mach/machine.h`, `cputype`. Little-endian only.
fn built_for(head: &[u8]) -> Option<&'static str> {
    if head.starts_with(b"\x7fELF") {
        return match (head.get(18)?, head.get(19)?) {
            (62, 0) => Some("x86_64"),
            (183, 0) => Some("arm64"),
            (3, 0) => Some("x86"),
            (40, 0) => Some("arm"),
            _ => None,
        };
    }
    match head.get(..8)? {
        [0xcf, 0xfa, 0xed, 0xfe, 7, 0, 0, 1] => Some("x86_64"),
        [0xcf, 0xfa, 0xed, 0xfe, 12, 0, 0, 1] => Some("arm64"),
        _ => None,
    }
}

/// What the firmware says.
pub(super) fn dmi(world: &World) -> Dmi {
    let value = |name: &str| file::read_value(world, &format!("/sys/class/dmi/id/{name}"));
    let hypervisor = file::read_value(world, "/sys/hypervisor/uuid");
    Dmi {
        vendor: value("sys_vendor"),
        product: value("product_name"),
        asset_tag: value("board_asset_tag"),
        uuid_says_ec2: either(
            hypervisor.map(|uuid| is_ec2_uuid(&uuid)),
            value("product_uuid").map(|uuid| is_ec2_uuid(&uuid)),
        ),
    }
}

/// The machine's own id, as the file holds it: the agent compares it with its line end.
///
/// Source: agent `agent/managedInstances/fingerprint/hardwareInfo_unix.go`.
pub(super) fn machine_id(world: &World) -> Reading<String> {
    let reading = file::read_text(world, "/etc/machine-id", TEXT_LIMIT);
    if reading.value().is_some() {
        return reading;
    }
    let other = file::read_text(world, "/var/lib/dbus/machine-id", TEXT_LIMIT);
    if other.value().is_some() {
        other
    } else {
        reading
    }
}

/// The first sign that this is the inside of a container; `Absent` = no sign.
pub(super) fn container(world: &World) -> Reading<String> {
    for (path, sign) in [
        ("/.dockerenv", "Docker"),
        ("/run/.containerenv", "Podman"),
        ("/var/run/secrets/kubernetes.io", "Kubernetes"),
    ] {
        if file::exists(world, path) {
            return Reading::found(sign.to_owned(), path);
        }
    }
    if world.env.get("ECS_CONTAINER_METADATA_URI_V4").is_some() && world.is_live_root() {
        return Reading::found("ECS".to_owned(), "ECS_CONTAINER_METADATA_URI_V4");
    }
    let manager = file::read_value(world, "/run/systemd/container");
    if manager.value().is_some() {
        return manager;
    }
    let path = "/proc/1/cgroup";
    let cgroup = file::read_text(world, path, TEXT_LIMIT);
    match cgroup.value().and_then(|text| cgroup_sign(text)) {
        Some(sign) => Reading::found(sign.to_owned(), path),
        None => Reading::absent(path),
    }
}

/// The words that container managers leave in the group of process 1.
fn cgroup_sign(text: &str) -> Option<&'static str> {
    [
        ("kubepods", "Kubernetes"),
        ("/ecs/", "ECS"),
        ("docker", "Docker"),
        ("libpod", "Podman"),
        ("/lxc", "LXC"),
        ("containerd", "containerd"),
    ]
    .into_iter()
    .find_map(|(word, name)| text.contains(word).then_some(name))
}

/// Either place may say yes; "no" needs a place that could be read.
fn either(first: Reading<bool>, second: Reading<bool>) -> Reading<bool> {
    match (first.value(), second.value()) {
        (Some(true), _) | (Some(false), None) => first,
        (None, None) if !first.is_absent() => first,
        _ => second,
    }
}

/// Source: EC2 user guide, "Detect whether a host is an EC2 instance": the UUID begins with
/// `ec2`, possibly with the bytes of its first group in little-endian order.
fn is_ec2_uuid(uuid: &str) -> bool {
    let uuid = uuid.to_ascii_lowercase();
    let first = uuid.split('-').next().unwrap_or_default();
    let swapped: String = first
        .as_bytes()
        .chunks(2)
        .rev()
        .flatten()
        .copied()
        .map(char::from)
        .collect();
    uuid.starts_with("ec2") || (first.len() == 8 && swapped.starts_with("ec2"))
}

/// `PRETTY_NAME`, else `NAME`, without quotes. Source: os-release(5).
fn parse_os_release(text: &str) -> Result<String, String> {
    let value = |name: &str| {
        text.lines()
            .filter_map(|line| line.trim().strip_prefix(name)?.strip_prefix('='))
            .map(|value| value.trim_matches(['"', '\'']).to_owned())
            .rfind(|value| !value.is_empty())
    };
    value("PRETTY_NAME")
        .or_else(|| value("NAME"))
        .ok_or_else(|| "no `PRETTY_NAME`".to_owned())
}

/// `ProductName` and `ProductVersion` of macOS's version file.
fn parse_plist(text: &str) -> Result<String, String> {
    let value = |key: &str| {
        let (_, rest) = text.split_once(&format!("<key>{key}</key>"))?;
        let (_, rest) = rest.split_once("<string>")?;
        Some(rest.split_once("</string>")?.0.trim().to_owned())
    };
    match (value("ProductName"), value("ProductVersion")) {
        (Some(name), Some(version)) => Ok(format!("{name} {version}")),
        _ => Err("no `ProductVersion`".to_owned()),
    }
}

#[cfg(test)]
#[path = "machine_tests.rs"]
mod tests;
