//! Whether another container's agent lives in this container's process namespace.

use super::logged;
use crate::diagnose::case::Case;
use crate::diagnose::identity::Identity;
use crate::observations::{LogEvent, ProcessRole, Sign};

/// By what another agent shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Conflict<'a> {
    /// More than one core runs here; how many.
    Cores(usize),
    /// The agent found its channel taken.
    AddressInUse(&'a LogEvent),
}

/// Whether this is the inside of a container.
#[must_use]
pub fn is_container(case: &Case<'_>) -> bool {
    case.view.all.host.container.value().is_some() || case.identity() == Some(Identity::Ecs)
}

/// How many cores run in this namespace.
#[must_use]
pub fn cores(case: &Case<'_>) -> usize {
    let processes = case.view.all.host.agent.processes.value();
    processes
        .into_iter()
        .flatten()
        .filter(|one| one.role == ProcessRole::Core)
        .count()
}

/// The newest entry about an address that another agent holds.
#[must_use]
pub fn address_in_use<'a>(case: &Case<'a>) -> Option<&'a LogEvent> {
    logged(case, |event| event.has(Sign::AddressInUse))
}

/// The sign of another agent; outside of containers two agents are two installations.
#[must_use]
pub fn conflict<'a>(case: &Case<'a>) -> Option<Conflict<'a>> {
    if !is_container(case) {
        return None;
    }
    match cores(case) {
        count @ 2.. => Some(Conflict::Cores(count)),
        _ => address_in_use(case).map(Conflict::AddressInUse),
    }
}
