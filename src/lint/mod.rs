//! `lint`: what would go wrong once an image is launched, judged before it is baked.
//!
//! [`look`] is the edge and fills an [`Image`]; the rules ([`rules`]) judge it and know no files.

mod agent;
#[cfg(any(test, fuzzing))]
pub mod fuzzing;
mod image;
mod leftovers;
pub mod look;
mod render;
pub mod rules;
mod surroundings;
mod text;

use serde::Serialize;

pub use image::{Image, Proxies, TextFile};
pub use render::{json, junit, wide};
use rules::{RULES, Rule};

use crate::exit::Exit;
use crate::observations::Reading;
use crate::report::model::Severity;

/// What one rule says of an image.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ruling {
    /// Nothing is wrong, or it does not apply.
    Clean,
    /// It could not be looked at, and why.
    Unknown(String),
    /// Something is wrong, at these places.
    Found(Vec<Spot>),
}

/// One place where something is wrong.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Spot {
    /// The file, as on the launched host.
    pub path: String,
    /// What is wrong there, without secrets.
    pub detail: String,
}

impl Spot {
    fn new(path: impl Into<String>, detail: impl Into<String>) -> Self {
        Self {
            path: path.into(),
            detail: detail.into(),
        }
    }
}

impl From<Vec<Spot>> for Ruling {
    fn from(spots: Vec<Spot>) -> Self {
        if spots.is_empty() {
            Self::Clean
        } else {
            Self::Found(spots)
        }
    }
}

/// The rulings of every rule, in the order of the table.
pub type Rulings = Vec<(&'static Rule, Ruling)>;

/// Judges an image by every rule.
#[must_use]
pub fn judge(image: &Image) -> Rulings {
    RULES
        .iter()
        .map(|rule| (rule, (rule.judge)(image)))
        .collect()
}

/// The exit status of a lint: 1 for what weighs at least `fail_on`, 3 where too much is unknown.
#[must_use]
pub fn exit(rulings: &Rulings, fail_on: Severity) -> Exit {
    let found = |weight: Severity| {
        rulings
            .iter()
            .any(|(rule, ruling)| rule.severity == weight && matches!(ruling, Ruling::Found(_)))
    };
    let unknown = rulings
        .iter()
        .any(|(_, ruling)| matches!(ruling, Ruling::Unknown(_)));
    if found(Severity::Error) || (fail_on == Severity::Warning && found(Severity::Warning)) {
        Exit::Blocked
    } else if unknown {
        Exit::Inconclusive
    } else {
        Exit::Usable
    }
}

/// Why a reading says nothing; `None` where it is certain.
fn doubt<T>(reading: &Reading<T>) -> Option<String> {
    match reading {
        Reading::Forbidden { source } => Some(format!("{source}: permission denied")),
        Reading::Unreadable { source, why } => Some(format!("{source}: {why}")),
        _ => None,
    }
}
