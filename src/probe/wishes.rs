//! What the person who runs this wants to be asked, and what they already know.

use crate::observations::{ProbeLevel, SessionPreferences};

/// The wishes of a run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wishes {
    /// How much may be sent.
    pub level: ProbeLevel,
    /// The session preferences, as far as the person gave them.
    pub session: SessionPreferences,
    /// The AWS profile of the person at the keyboard, for the account's view of this node.
    pub operator_profile: Option<String>,
}

impl From<ProbeLevel> for Wishes {
    fn from(level: ProbeLevel) -> Self {
        Self {
            level,
            session: SessionPreferences::default(),
            operator_profile: None,
        }
    }
}
