//! The waits that the agent is really in: what its log says, held against what has happened since.
//!
//! Pure. A wait that another start, a success or a live channel has overtaken is none.

use jiff::{SignedDuration, Timestamp};

use super::backoff::{self, NextTry, Retry, Waiting};
use super::case::Case;
use super::channel;
use super::ec2::Dhmc;
use super::view::View;
use crate::observations::{ProcessRole, RuntimeConfig};

/// A process is listed as started up to a second late, and logs some time after that.
const START_SLACK: SignedDuration = SignedDuration::from_secs(5);

/// Every wait that the running agent is in.
#[must_use]
pub fn of(view: View<'_>) -> Vec<Waiting> {
    let Some(log) = view.all.host.agent_log.value() else {
        return Vec::new();
    };
    if view.running() == Some(false) || channel::live(view).is_some() {
        return Vec::new();
    }
    let config = view.all.host.config.value();
    let mut waits = backoff::waits(log, config, view.now());
    waits.retain(|wait| !is_overtaken(view, wait));
    waits
}

/// Whether the agent was started again, or has had credentials, since it began to wait.
fn is_overtaken(view: View<'_>, wait: &Waiting) -> bool {
    let restarted =
        core_started(view).is_some_and(|at| at.duration_since(wait.since) > START_SLACK);
    let had_since = |state: &RuntimeConfig| {
        state
            .credentials_retrieved_at
            .is_some_and(|at| at > wait.since)
    };
    let succeeded = wait.what == Retry::Credentials && view.runtime_config().is_some_and(had_since);
    restarted || succeeded
}

/// When the running core was started.
#[must_use]
pub fn core_started(view: View<'_>) -> Option<Timestamp> {
    let processes = view.all.host.agent.processes.value()?;
    processes
        .iter()
        .find(|one| one.role == ProcessRole::Core)?
        .started_at
}

/// The wait that keeps sessions away: for credentials, or for a ping in hibernation.
#[must_use]
pub fn deciding<'c>(case: &'c Case<'_>) -> Option<&'c Waiting> {
    case.waits
        .iter()
        .find(|wait| matches!(wait.what, Retry::Credentials | Retry::Ping))
}

/// When the agent tries again, at the latest; `None` = it does not wait, or it cannot be told.
#[must_use]
pub fn next_retry(case: &Case<'_>) -> Option<Timestamp> {
    let needs_registration = case
        .selection
        .ec2()
        .is_some_and(|chain| chain.dhmc == Dhmc::NotRegistered);
    let registration = case
        .waits
        .iter()
        .find(|wait| wait.what == Retry::Ec2Registration && needs_registration);
    let wait = deciding(case).or(registration)?;
    match wait.next {
        NextTry::At(at) | NextTry::Between(_, at) => Some(at),
        NextTry::Overdue(_) => None,
    }
}
