//! What stands between an unknown decision and a known one.

use std::collections::BTreeSet;

/// Everything that would have to be known.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Doubts {
    keys: BTreeSet<String>,
    notes: BTreeSet<String>,
}

impl Doubts {
    /// A condition key whose value or presence is not known.
    pub(super) fn key(&mut self, key: &str) {
        if !self.keys.contains(key) {
            self.keys.insert(key.to_owned());
        }
    }

    /// Anything else, in a few words.
    pub(super) fn note(&mut self, note: String) {
        self.notes.insert(note);
    }

    /// Takes over another's.
    pub(super) fn add(&mut self, other: Self) {
        self.keys.extend(other.keys);
        self.notes.extend(other.notes);
    }

    /// The keys, then the rest.
    pub(super) fn into_parts(self) -> (Vec<String>, Vec<String>) {
        (
            self.keys.into_iter().collect(),
            self.notes.into_iter().collect(),
        )
    }
}
