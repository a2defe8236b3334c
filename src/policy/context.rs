//! The condition keys of a request, with what is not known of them.
//!
//! Source: "AWS global condition context keys"; three states per key instead of AWS's two, for
//! a host cannot see them all.

use std::collections::BTreeMap;

/// What is known of one condition key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum KeyState {
    /// The request certainly has no such key.
    Absent,
    /// The request has it, with these values; several only for keys that take a list.
    Values(Vec<String>),
    /// The request certainly has it, with a value that is not known.
    ValueUnknown,
    /// Not even its presence is known.
    Unknown,
}

/// The condition keys of a request. Key names ignore case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Context {
    keys: BTreeMap<String, KeyState>,
    /// How keys begin, in lower case, that are absent unless they are set.
    absent: Vec<&'static str>,
    unlisted: KeyState,
}

impl Context {
    /// A context in which every key that is not set is absent.
    #[must_use]
    pub fn complete() -> Self {
        Self {
            keys: BTreeMap::new(),
            absent: Vec::new(),
            unlisted: KeyState::Absent,
        }
    }

    /// A context in which nothing is known of a key that is not set.
    #[must_use]
    pub fn partial() -> Self {
        Self {
            keys: BTreeMap::new(),
            absent: Vec::new(),
            unlisted: KeyState::Unknown,
        }
    }

    /// Sets what is known of a key.
    pub fn set(&mut self, key: &str, state: KeyState) {
        self.keys.insert(key.to_ascii_lowercase(), state);
    }

    /// Says of every key that begins so, in lower case, and is not set, that it is absent.
    pub(super) fn set_absent(&mut self, lower_case_prefix: &'static str) {
        self.absent.push(lower_case_prefix);
    }

    /// The same context with one single-valued key more.
    #[must_use]
    pub fn with(mut self, key: &str, value: &str) -> Self {
        self.set(key, KeyState::Values(vec![value.to_owned()]));
        self
    }

    /// The same context with one certainly absent key more.
    #[must_use]
    pub fn without(mut self, key: &str) -> Self {
        self.set(key, KeyState::Absent);
        self
    }

    /// What is known of a key, its name in lower case.
    pub(super) fn state(&self, lower_case_key: &str) -> &KeyState {
        const ABSENT: &KeyState = &KeyState::Absent;
        self.keys.get(lower_case_key).unwrap_or_else(|| {
            let is_absent = |prefix: &&str| lower_case_key.starts_with(prefix);
            if self.absent.iter().any(is_absent) {
                ABSENT
            } else {
                &self.unlisted
            }
        })
    }

    /// The only value of a key, if it is known.
    pub(super) fn single(&self, lower_case_key: &str) -> Option<&str> {
        match self.state(lower_case_key) {
            KeyState::Values(values) => match values.as_slice() {
                [value] => Some(value),
                _ => None,
            },
            KeyState::Absent | KeyState::ValueUnknown | KeyState::Unknown => None,
        }
    }
}
