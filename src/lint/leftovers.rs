//! Rules on what the host that the image was built on has left behind.

use super::{Image, Ruling, Spot, doubt};
use crate::observations::Reading;

pub(super) fn hybrid_registration(image: &Image) -> Ruling {
    let vault = &image.host.vault;
    let mut spots = Vec::new();
    match &vault.registration {
        Reading::Found { value, source, .. } => {
            let id = if value.instance_id.is_empty() {
                "keys of a registration that did not finish".to_owned()
            } else {
                format!("the registration of {}", value.instance_id)
            };
            spots.push(Spot::new(source, id));
        }
        Reading::Malformed { source, .. } => {
            spots.push(Spot::new(source, "a damaged registration"));
        }
        _ => {}
    }
    if let Reading::Found { value, source, .. } = &vault.summary {
        spots.push(Spot::new(
            source,
            format!("the readable copy of {}", value.instance_id),
        ));
    }
    match doubt(&vault.registration) {
        Some(why) if spots.is_empty() => Ruling::Unknown(why),
        _ => spots.into(),
    }
}

pub(super) fn vault_keys(image: &Image) -> Ruling {
    if let Some(why) = doubt(&image.vault_names) {
        return Ruling::Unknown(why);
    }
    let names = image.vault_names.value().into_iter().flatten();
    let spots: Vec<_> = names
        // The hybrid key has a rule of its own.
        .filter(|name| name.as_str() != "RegistrationKey")
        .map(|name| {
            Spot::new(
                format!("{}/{name}", image.vault_folder),
                "a secret of another host",
            )
        })
        .collect();
    spots.into()
}

pub(super) fn agent_state(image: &Image) -> Ruling {
    let state = &image.host.runtime_config;
    match state {
        Reading::Found { value, source, .. } => vec![Spot::new(
            source,
            format!("the state of {}", value.instance_id),
        )]
        .into(),
        Reading::Malformed { source, .. } => vec![Spot::new(source, "a damaged state")].into(),
        other => doubt(other).map_or(Ruling::Clean, Ruling::Unknown),
    }
}

pub(super) fn agent_log(image: &Image) -> Ruling {
    let spots: Vec<_> = image
        .logs
        .iter()
        .map(|path| Spot::new(path, "a log that is not empty"))
        .collect();
    spots.into()
}

/// Empty, or the word by which systemd knows an image: both are right.
pub(super) fn machine_id(image: &Image) -> Ruling {
    match &image.machine_id {
        Reading::Found { value, source, .. } if value != "uninitialized" => {
            vec![Spot::new(source, "a machine id is baked in")].into()
        }
        other => doubt(other).map_or(Ruling::Clean, Ruling::Unknown),
    }
}

pub(super) fn credentials(image: &Image) -> Ruling {
    let agents = [&image.host.dhmc_credentials, &image.host.root_credentials];
    let mut spots = Vec::new();
    let mut doubts = Vec::new();
    for reading in agents
        .into_iter()
        .chain(image.homes.iter().map(|(_, reading)| reading))
    {
        match reading {
            Reading::Found { value, source, .. }
                if value.has_keys || !value.other_profiles.is_empty() =>
            {
                let kind = if value.has_token {
                    "temporary"
                } else {
                    "static"
                };
                let detail = if value.has_keys {
                    format!(
                        "{kind} keys ({}…) in profile {}",
                        value.key_prefix, value.profile
                    )
                } else {
                    format!("profiles with keys: {}", value.other_profiles.join(", "))
                };
                let spot = Spot::new(source, detail);
                if !spots.contains(&spot) {
                    spots.push(spot);
                }
            }
            Reading::Malformed { source, .. } => {
                spots.push(Spot::new(source, "a credentials file that is damaged"));
            }
            other => doubts.extend(doubt(other)),
        }
    }
    match doubts.pop() {
        Some(why) if spots.is_empty() => Ruling::Unknown(why),
        _ => spots.into(),
    }
}

pub(super) fn static_keys(image: &Image) -> Ruling {
    let spots: Vec<_> = image
        .proxies
        .static_keys
        .iter()
        .map(|path| Spot::new(path, "AWS keys are set here"))
        .collect();
    spots.into()
}
