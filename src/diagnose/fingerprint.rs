//! The stored fingerprint of a hybrid node held against this machine, by the agent's own rules.
//!
//! Pure, and nothing is written: the agent itself would replace a fingerprint that differs, and
//! the registration would be lost with it. What only running programs tell (`dmidecode`, the
//! links below `/dev/disk`) is not known here, and counted so.
//!
//! Source: agent `agent/managedInstances/fingerprint/fingerprint.go` and `hardwareInfo_unix.go`:
//! threshold -1 is the same machine; an empty map, or another machine-id, another one; the same
//! first address the same; else the share of equal properties decides.

use super::view::View;
use crate::observations::{Fingerprint, MachineProperties};

/// What the comparison comes to, as the agent would make it at its next start.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sameness {
    /// The comparison is switched off.
    SwitchedOff,
    /// The same machine.
    Same,
    /// Another machine, and what settles that.
    Other(Why),
    /// What can be seen here does not settle it.
    NotSettled,
}

/// What makes it another machine.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Why {
    /// No properties are stored.
    NothingStored,
    /// The machine-id is another one, which is fatal by itself.
    MachineId,
    /// Too few properties are equal, whatever the unknown ones are.
    TooFewEqual,
}

/// One property that was compared.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Property {
    /// Its name in the stored file.
    pub name: String,
    /// Whether it is what it was; `None` = it cannot be seen here.
    pub is_equal: Option<bool>,
}

/// The comparison, property by property.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Comparison {
    /// What it comes to.
    pub sameness: Sameness,
    /// Every stored property.
    pub properties: Vec<Property>,
    /// The stored threshold, in per cent; -1 = off.
    pub threshold: i32,
}

/// What a changed machine looks like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Likely {
    /// The hardware address is still the same: the machine-id does not persist, or was made anew.
    MachineIdNotKept,
    /// Nothing that can be seen is the same: a clone, or an image put on another machine.
    Clone,
    /// The machine-id is the same on another network card: a copied disk.
    CopiedDisk,
}

/// Compares what is stored with what is there; `None` = nothing is stored or it cannot be read.
#[must_use]
pub fn compare(view: View<'_>) -> Option<Comparison> {
    let stored = view.all.host.vault.fingerprint.value()?;
    let now = view.all.host.health.properties.value();
    let properties: Vec<Property> = stored
        .hardware
        .iter()
        .map(|(name, then)| Property {
            name: name.clone(),
            is_equal: current(stored, now, name)
                .map(|now| now.iter().any(|one| one == then.trim())),
        })
        .collect();
    Some(Comparison {
        sameness: sameness(stored.similarity_threshold, &properties),
        properties,
        threshold: stored.similarity_threshold,
    })
}

/// The present values of a property: one, or several of which the agent's own choice is one.
fn current(
    stored: &Fingerprint,
    now: Option<&MachineProperties>,
    name: &str,
) -> Option<Vec<String>> {
    let several = |all: &[String]| (!all.is_empty()).then(|| all.to_vec());
    match name {
        "machine-id" => Some(vec![stored.current_machine_id.value()?.trim().to_owned()]),
        "hostname-info" => Some(vec![now?.hostname.clone()?]),
        "ipaddress-info" => several(&now?.ipv4),
        "macaddr-info" => several(&now?.mac),
        _ => None,
    }
}

fn sameness(threshold: i32, properties: &[Property]) -> Sameness {
    let of = |name: &str| properties.iter().find(|one| one.name == name)?.is_equal;
    if threshold == -1 {
        return Sameness::SwitchedOff;
    }
    if properties.is_empty() {
        return Sameness::Other(Why::NothingStored);
    }
    match of("machine-id") {
        Some(false) => return Sameness::Other(Why::MachineId),
        None => return Sameness::NotSettled,
        Some(true) => {}
    }
    if of("ipaddress-info") == Some(true) {
        return Sameness::Same;
    }
    let count = |equal: Option<bool>| {
        let matching = properties
            .iter()
            .filter(|one| one.is_equal == equal)
            .count();
        i32::try_from(matching).unwrap_or(i32::MAX)
    };
    let (equal, unknown) = (count(Some(true)), count(None));
    let all = i32::try_from(properties.len()).unwrap_or(i32::MAX);
    let share = |equal: i32| equal.saturating_mul(100) / all.max(1);
    if share(equal) >= threshold {
        Sameness::Same
    } else if share(equal.saturating_add(unknown)) < threshold {
        Sameness::Other(Why::TooFewEqual)
    } else {
        Sameness::NotSettled
    }
}

impl Comparison {
    /// The names of the properties that are not what they were.
    #[must_use]
    pub fn changed(&self) -> Vec<&str> {
        self.named(Some(false))
    }

    /// The names of the properties that cannot be seen here.
    #[must_use]
    pub fn unseen(&self) -> Vec<&str> {
        self.named(None)
    }

    fn named(&self, equal: Option<bool>) -> Vec<&str> {
        let matching = self.properties.iter().filter(|one| one.is_equal == equal);
        matching.map(|one| one.name.as_str()).collect()
    }

    /// What a machine that has changed looks like; `None` = too little can be seen.
    #[must_use]
    pub fn likely(&self) -> Option<Likely> {
        let of = |name: &str| {
            self.properties
                .iter()
                .find(|one| one.name == name)?
                .is_equal
        };
        match (of("machine-id")?, of("macaddr-info")?, of("hostname-info")) {
            (false, true, _) => Some(Likely::MachineIdNotKept),
            (false, false, Some(false)) => Some(Likely::Clone),
            (true, false, _) => Some(Likely::CopiedDisk),
            (false, false, _) | (true, true, _) => None,
        }
    }

    /// The comparison in one or two sentences.
    #[must_use]
    pub fn words(&self) -> String {
        let changed = match self.changed().as_slice() {
            [] => "Of the stored properties none that can be seen here has changed".to_owned(),
            names => format!(
                "Of {} stored properties these have changed: {}",
                self.properties.len(),
                names.join(", ")
            ),
        };
        let unseen = match self.unseen().len() {
            0 => String::new(),
            number => format!(" ({number} cannot be seen without running programs)"),
        };
        let rule = match self.sameness {
            Sameness::Other(Why::MachineId) => {
                ". Another machine-id is fatal by itself, whatever the threshold".to_owned()
            }
            Sameness::Other(Why::TooFewEqual) => format!(
                ". Fewer than {} % are equal, and the address is another one, too",
                self.threshold
            ),
            Sameness::Other(Why::NothingStored) => ". Nothing is stored to compare with".to_owned(),
            Sameness::SwitchedOff => ". The comparison is switched off".to_owned(),
            Sameness::Same | Sameness::NotSettled => String::new(),
        };
        format!("{changed}{unseen}{rule}.{}", self.likely_words())
    }

    fn likely_words(&self) -> &'static str {
        match self.likely() {
            Some(Likely::MachineIdNotKept) => {
                " The network card is the same: the machine-id does not persist here, or was made anew."
            }
            Some(Likely::Clone) => {
                " Nothing that can be seen is the same: a clone, or an image of another machine."
            }
            Some(Likely::CopiedDisk) => {
                " The machine-id is the same on another network card: a copied disk, or new hardware."
            }
            None => "",
        }
    }
}

#[cfg(test)]
#[path = "fingerprint_tests.rs"]
mod tests;
