//! Rules on what surrounds the agent: proxies, trust, firewall, mounts, cloud-init.

use super::text::{self, Mount};
use super::{Image, Ruling, Spot};
use crate::no_proxy;

/// IMDS.
const IMDS: &str = "169.254.169.254";
/// Folders from which the agent and what it runs are started.
const PROGRAMS: [&str; 4] = [
    "/usr/bin/amazon-ssm-agent",
    "/snap/amazon-ssm-agent",
    "/var/lib/amazon/ssm",
    "/etc/amazon/ssm",
];

/// Only `http_proxy` counts: IMDS is asked by HTTP.
pub(super) fn proxy_without_imds(image: &Image) -> Ruling {
    let spots: Vec<_> = image
        .proxies
        .units
        .iter()
        .filter_map(|(unit, proxies)| {
            let proxy = proxies.http_proxy.as_ref()?;
            let leaves = proxies
                .no_proxy
                .as_ref()
                .is_some_and(|list| no_proxy::bypasses(list, IMDS, 80));
            (!leaves).then(|| {
                Spot::new(
                    unit,
                    format!("http_proxy is {proxy}, and no_proxy does not name {IMDS}"),
                )
            })
        })
        .collect();
    spots.into()
}

pub(super) fn proxy_not_in_unit(image: &Image) -> Ruling {
    let Some(shell) = &image.proxies.environment_file else {
        return Ruling::Clean;
    };
    let is_set = shell.https_proxy.is_some() || shell.http_proxy.is_some();
    let in_unit = |(_, proxies): &(String, crate::observations::ProxySettings)| {
        proxies.https_proxy.is_some() || proxies.http_proxy.is_some()
    };
    if is_set && !image.proxies.units.iter().any(in_unit) {
        vec![Spot::new(
            "/etc/environment",
            "a proxy is set here, and not in the agent's unit",
        )]
        .into()
    } else {
        Ruling::Clean
    }
}

pub(super) fn trust_store(image: &Image) -> Ruling {
    if image.roots > 0 {
        return Ruling::Clean;
    }
    match image.root_problems.first() {
        Some(problem) if problem.contains("denied") => Ruling::Unknown(problem.clone()),
        Some(problem) => vec![Spot::new("/etc/ssl/certs", problem)].into(),
        None => vec![Spot::new(
            "/etc/ssl/certs",
            "no certificate roots are in the image",
        )]
        .into(),
    }
}

pub(super) fn firewall(image: &Image) -> Ruling {
    let spots: Vec<_> = image
        .firewall
        .iter()
        .flat_map(|file| {
            text::blocks_imds(&file.text)
                .into_iter()
                .map(|line| Spot::new(&file.path, line))
        })
        .collect();
    unless_unread(
        image,
        spots,
        &[
            "nftables",
            "iptables",
            "rules.v",
            "ufw",
            "firewalld",
            "network",
        ],
    )
}

pub(super) fn noexec(image: &Image) -> Ruling {
    let mut mounts: Vec<(Mount, &str)> = Vec::new();
    for file in &image.mounts {
        mounts.extend(
            text::mounts(&file.path, &file.text)
                .into_iter()
                .map(|it| (it, file.path.as_str())),
        );
    }
    let mut spots = Vec::new();
    for program in PROGRAMS {
        let under = mounts
            .iter()
            .filter(|(mount, _)| mount.covers(program))
            .max_by_key(|(mount, _)| mount.place.len());
        if let Some((mount, path)) = under
            && mount.is_noexec
        {
            let spot = Spot::new(*path, format!("{} is mounted noexec", mount.place));
            if !spots.contains(&spot) {
                spots.push(spot);
            }
        }
    }
    unless_unread(image, spots, &["fstab", ".mount"])
}

pub(super) fn cloud_init(image: &Image) -> Ruling {
    let spots: Vec<_> = image
        .cloud_init
        .iter()
        .flat_map(|file| {
            text::undoes(&file.text)
                .into_iter()
                .map(|line| Spot::new(&file.path, line))
        })
        .collect();
    unless_unread(image, spots, &["cloud"])
}

/// What was found; where nothing was and a file of this kind could not be read, that is unknown.
fn unless_unread(image: &Image, spots: Vec<Spot>, kinds: &[&str]) -> Ruling {
    let unread = image
        .unread
        .iter()
        .find(|(path, _)| kinds.iter().any(|kind| path.contains(kind)));
    match unread {
        Some((path, why)) if spots.is_empty() => Ruling::Unknown(format!("{path}: {why}")),
        _ => spots.into(),
    }
}
