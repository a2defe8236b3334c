//! Rules on the agent: that it is there, starts, is new enough, and is configured soundly.

use super::text::settings;
use super::{Image, Ruling, Spot, doubt};
use crate::observations::{AgentVersion, InstallKind, Reading};

/// The first agent that speaks IMDSv2.
const IMDSV2: AgentVersion = crate::diagnose::view::IMDSV2_MINIMUM;
/// The first agent that knows Default Host Management.
///
/// Source: Systems Manager User Guide, "Default Host Management Configuration".
const DHMC: AgentVersion = AgentVersion::new(3, 2, 582, 0);

pub(super) fn absent(image: &Image) -> Ruling {
    if image.host.agent.installs.is_empty() {
        vec![Spot::new(
            "/usr/bin/amazon-ssm-agent",
            "no binary of the agent is here, nor elsewhere",
        )]
        .into()
    } else {
        Ruling::Clean
    }
}

pub(super) fn disabled(image: &Image) -> Ruling {
    if image.host.agent.installs.is_empty() {
        return Ruling::Clean;
    }
    let units = match &image.host.health.units {
        Reading::Found { value, .. } => value,
        Reading::Absent { .. } => {
            return Ruling::Unknown("there is no systemd in this image".to_owned());
        }
        other => return doubt(other).map_or(Ruling::Clean, Ruling::Unknown),
    };
    if units
        .iter()
        .any(|unit| unit.file.is_some() && unit.is_enabled && !unit.is_masked)
    {
        return Ruling::Clean;
    }
    let spots: Vec<_> = units
        .iter()
        .map(|unit| {
            let path = unit.file.clone().unwrap_or_else(|| unit.name.clone());
            let what = if unit.is_masked {
                "masked"
            } else {
                "not wanted by any target"
            };
            Spot::new(path, format!("{} is {what}", unit.name))
        })
        .collect();
    if spots.is_empty() {
        let install = image.host.agent.installs.first();
        let path = install.map_or("", |install| install.binary.as_str());
        return vec![Spot::new(path, "no unit starts it")].into();
    }
    spots.into()
}

fn before(image: &Image, minimum: AgentVersion) -> Ruling {
    if image.host.agent.installs.is_empty() {
        return Ruling::Clean;
    }
    match &image.host.agent.version {
        Reading::Found { value, source, .. } if *value < minimum => vec![Spot::new(
            source,
            format!("version {value} is older than {minimum}"),
        )]
        .into(),
        Reading::Found { .. } => Ruling::Clean,
        _ => Ruling::Unknown(
            "the agent's version could not be told from the image's files".to_owned(),
        ),
    }
}

pub(super) fn before_imdsv2(image: &Image) -> Ruling {
    before(image, IMDSV2)
}

pub(super) fn before_dhmc(image: &Image) -> Ruling {
    before(image, DHMC)
}

pub(super) fn twice(image: &Image) -> Ruling {
    let has = |kind: InstallKind| {
        image
            .host
            .agent
            .installs
            .iter()
            .find(|one| one.kind == kind)
    };
    match (has(InstallKind::Package), has(InstallKind::Snap)) {
        (Some(package), Some(snap)) => vec![
            Spot::new(&package.binary, "the package's agent"),
            Spot::new(&snap.binary, "the snap's agent"),
        ]
        .into(),
        _ => Ruling::Clean,
    }
}

pub(super) fn config_invalid(image: &Image) -> Ruling {
    match &image.host.config {
        Reading::Malformed { source, why } => vec![Spot::new(source, why)].into(),
        Reading::Empty { source, .. } => vec![Spot::new(source, "the file is empty")].into(),
        other => doubt(other).map_or(Ruling::Clean, Ruling::Unknown),
    }
}

pub(super) fn config_excludes_host(image: &Image) -> Ruling {
    let Reading::Found {
        value: config,
        source,
        ..
    } = &image.host.config
    else {
        return Ruling::Clean;
    };
    let has = |word: &str| config.consumption_order.iter().any(|one| one == word);
    let mut spots = Vec::new();
    if config.order_all_invalid {
        spots.push(Spot::new(
            source,
            "no word of Identity.ConsumptionOrder is valid",
        ));
    } else if config.order_is_set && !has("EC2") {
        let order = config.consumption_order.join(", ");
        spots.push(Spot::new(
            source,
            format!("Identity.ConsumptionOrder [{order}] leaves nothing to an EC2 instance"),
        ));
    }
    if config.container_mode {
        spots.push(Spot::new(
            source,
            "ContainerMode is on, which is for ECS tasks only",
        ));
    }
    spots.into()
}

pub(super) fn config_changed(image: &Image) -> Ruling {
    let Reading::Found {
        value: config,
        source,
        ..
    } = &image.host.config
    else {
        return Ruling::Clean;
    };
    let spots: Vec<_> = config
        .warnings
        .iter()
        .map(|one| Spot::new(source, format!("{}: {}", one.key, one.effect)))
        .collect();
    spots.into()
}

/// A key, whether a value of it is bad, and why.
type BadSetting = (&'static str, fn(&str) -> bool, &'static str);

/// Settings of a unit that take from the agent what it lives on.
///
/// Source: `systemd.exec(5)`, `systemd.resource-control(5)`, `systemd.unit(5)`.
const BAD_SETTINGS: [BadSetting; 14] = [
    (
        "User",
        |value| !matches!(value, "" | "root" | "0"),
        "the agent must run as root",
    ),
    ("DynamicUser", is_on, "the agent must run as root"),
    (
        "ProtectSystem",
        |value| value == "strict",
        "the agent cannot write its state and log",
    ),
    (
        "ReadOnlyPaths",
        is_state,
        "the agent cannot write its state and log",
    ),
    (
        "InaccessiblePaths",
        is_state,
        "the agent cannot reach its own files",
    ),
    (
        "NoExecPaths",
        |value| !value.is_empty(),
        "the agent cannot start its workers",
    ),
    (
        "MemoryDenyWriteExecute",
        is_on,
        "programs of sessions cannot run",
    ),
    ("PrivateNetwork", is_on, "the agent has no network"),
    (
        "IPAddressDeny",
        |value| value.contains("any") || value.contains("169.254") || value.contains("link-local"),
        "the agent is kept from the network or from IMDS",
    ),
    (
        "RestrictAddressFamilies",
        |value| {
            value == "none"
                || (!value.starts_with('~') && !value.is_empty() && !value.contains("AF_INET"))
        },
        "the agent cannot open connections",
    ),
    ("PrivateUsers", is_on, "sessions cannot become other users"),
    (
        "Restart",
        |value| value == "no",
        "the agent is not started again after it ends",
    ),
    (
        "ConditionPathExists",
        |value| !value.is_empty() && !value.contains("amazon"),
        "the agent starts only under a condition",
    ),
    (
        "ExecStart",
        |value| !value.is_empty() && !value.contains("amazon-ssm-agent"),
        "something else is started in the agent's place",
    ),
];

fn is_on(value: &str) -> bool {
    matches!(value, "yes" | "true" | "on" | "1")
}

fn is_state(value: &str) -> bool {
    ["/var", "/var/lib", "/var/lib/amazon", "/var/log", "/"]
        .iter()
        .any(|folder| {
            value
                .split_whitespace()
                .any(|one| one.trim_start_matches('-') == *folder)
        })
}

pub(super) fn unit_override(image: &Image) -> Ruling {
    let mut spots = Vec::new();
    for file in &image.units {
        for (key, value) in settings(&file.text) {
            let bad = BAD_SETTINGS
                .iter()
                .find(|(name, is_bad, _)| *name == key && is_bad(value));
            if let Some((_, _, why)) = bad {
                spots.push(Spot::new(&file.path, format!("{key}={value}: {why}")));
            }
        }
    }
    spots.into()
}
