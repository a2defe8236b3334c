//! The agent's own doings as evidence: its live channel, and what its log says.
//!
//! Pure. They count where no live answer of this run does, the channel before the log.

use jiff::Timestamp;

use super::channel::{self, LiveChannel};
use super::log_evidence::{self, Said, Sayings};
use super::times;
use super::view::View;
use crate::observations::Path;
use crate::report::model::{Decision, EvidenceKind, Permission};

/// What the agent did, by its channel and its log.
pub struct AgentDoings {
    now: Timestamp,
    /// The live channel and the path that it was opened on.
    channel: Option<(Path, LiveChannel)>,
    log: Sayings,
    /// Whether the agent certainly does not run: what it was allowed once is then no evidence.
    stopped: bool,
}

impl AgentDoings {
    /// What the agent did.
    #[must_use]
    pub fn of(view: View<'_>) -> Self {
        Self {
            now: view.now(),
            channel: log_evidence::path(view).zip(channel::live(view)),
            log: log_evidence::sayings(view),
            stopped: view.running() == Some(false),
        }
    }

    /// Decides by the channel, else by the log; else the permission stays as it is.
    #[must_use]
    pub fn decide(&self, path: Path, action: &str, probed: Permission) -> Permission {
        let opened = self.channel.as_ref().filter(|(on, _)| *on == path);
        if let Some((_, channel)) = opened
            && OPENED.contains(&action)
        {
            return Permission {
                decision: Decision::Allowed,
                evidence: EvidenceKind::Socket,
                detail: channel.words(self.now),
                observed_at: Some(self.now),
                ..probed
            };
        }
        let said = self
            .log
            .iter()
            .find(|((on, name), _)| *on == path && *name == action);
        match said.map(|(_, said)| said) {
            Some(said) if said.denial.is_some() || !self.stopped => self.by_log(said, probed),
            Some(_) | None => probed,
        }
    }

    fn by_log(&self, said: &Said, probed: Permission) -> Permission {
        let how = if said.denial.is_some() {
            "refused"
        } else {
            "allowed"
        };
        let words = said
            .words
            .as_ref()
            .map_or_else(String::new, |words| format!(": {words}"));
        Permission {
            decision: if said.denial.is_some() {
                Decision::Denied
            } else {
                Decision::Allowed
            },
            evidence: EvidenceKind::Log,
            layer: said.denial.as_ref().map(|denial| denial.layer),
            detail: format!(
                "{how} {}, by the agent's log{words}",
                times::ago(self.now, said.at)
            ),
            observed_at: Some(said.at),
            ..probed
        }
    }
}

/// What an open control channel proves.
const OPENED: [&str; 2] = [
    "ssmmessages:CreateControlChannel",
    "ssmmessages:OpenControlChannel",
];
