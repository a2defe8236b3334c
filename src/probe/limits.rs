//! How long looking may take.

use std::time::Duration;

/// The time bounds of a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// One question, from the name to the last byte.
    pub probe: Duration,
    /// The whole run; what has not answered by then is unknown.
    pub whole: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            probe: Duration::from_secs(3),
            whole: Duration::from_secs(20),
        }
    }
}
