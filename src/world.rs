//! What is injected: clock, environment, the root under which host files are read.
//!
//! The only file that asks the operating system for the time or for variables, so every
//! other module can be run with a made-up world.

#![expect(
    clippy::disallowed_methods,
    reason = "the one place that reads the clock and the environment"
)]

use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use jiff::{Timestamp, Unit};

/// Everything a run takes from outside itself.
#[derive(Debug, Clone)]
pub struct World {
    /// Where the time comes from.
    pub clock: Clock,
    /// The environment of this process, taken once.
    pub env: Env,
    /// The folder that stands for `/` when host files are read (`--root`).
    pub root: PathBuf,
}

impl World {
    /// The real clock and environment, with host files under `root`.
    #[must_use]
    pub fn real(root: PathBuf) -> Self {
        Self {
            clock: Clock::System,
            env: Env::from_process(),
            root,
        }
    }

    /// Whether host files are those of the running system.
    #[must_use]
    pub fn is_live_root(&self) -> bool {
        self.root == Path::new("/")
    }
}

/// The source of the current time.
#[derive(Debug, Clone, Copy)]
pub enum Clock {
    /// The system clock.
    System,
    /// A time that stands still, for tests.
    Fixed(Timestamp),
}

impl Clock {
    /// The current time (UTC), to the millisecond.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        match self {
            // Finer than a millisecond is noise, and unpleasant to read.
            Self::System => {
                let now = Timestamp::now();
                now.round(Unit::Millisecond).unwrap_or(now)
            }
            Self::Fixed(at) => *at,
        }
    }

    /// Starts measuring a stretch of time that clock changes do not disturb.
    #[must_use]
    pub fn stopwatch(&self) -> Stopwatch {
        Stopwatch(std::time::Instant::now())
    }
}

/// A running monotonic measurement.
#[derive(Debug, Clone, Copy)]
pub struct Stopwatch(std::time::Instant);

impl Stopwatch {
    /// Time since the start.
    #[must_use]
    pub fn elapsed(&self) -> Duration {
        self.0.elapsed()
    }

    /// Time since the start, in whole milliseconds.
    #[must_use]
    pub fn elapsed_ms(&self) -> u64 {
        u64::try_from(self.elapsed().as_millis()).unwrap_or(u64::MAX)
    }
}

/// A snapshot of environment variables. Its `Debug` shows names only.
#[derive(Clone, Default)]
pub struct Env(BTreeMap<String, String>);

impl Env {
    /// The environment of this process; names and values that are not UTF-8 are left out.
    #[must_use]
    pub fn from_process() -> Self {
        Self(
            std::env::vars_os()
                .filter_map(|(name, value)| {
                    Some((name.into_string().ok()?, value.into_string().ok()?))
                })
                .collect(),
        )
    }

    /// A made-up environment.
    #[must_use]
    pub fn from_pairs<const N: usize>(pairs: [(&str, &str); N]) -> Self {
        Self(
            pairs
                .into_iter()
                .map(|(name, value)| (name.to_owned(), value.to_owned()))
                .collect(),
        )
    }

    /// Every variable on a line of its own; may hold secrets.
    #[must_use]
    pub(crate) fn lines(&self) -> String {
        let line = |(name, value): (&String, &String)| format!("{name}={value}\n");
        self.0.iter().map(line).collect()
    }

    /// The value of a variable; `None` when unset or empty.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0
            .get(name)
            .map(String::as_str)
            .filter(|value| !value.is_empty())
    }
}

impl FromIterator<(String, String)> for Env {
    fn from_iter<I: IntoIterator<Item = (String, String)>>(pairs: I) -> Self {
        Self(pairs.into_iter().collect())
    }
}

impl fmt::Debug for Env {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.0.keys()).finish()
    }
}
