//! Whether the user that a session shall run as exists.

use super::served_since;
use crate::diagnose::case::Case;
use crate::observations::{EventKind, LogEvent};

/// The user that the agent last refused a session for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refused<'a> {
    /// The entry that says so.
    pub event: &'a LogEvent,
    /// The user, where the entry names one.
    pub name: Option<&'a str>,
    /// Whether that user exists now; `None` = the files cannot tell.
    pub exists: Option<bool>,
    /// Whether another session has been served since.
    pub others_work: bool,
}

/// The last refusal in the log, of whatever age: users do not come and go with the agent's life.
#[must_use]
pub fn refused<'a>(case: &Case<'a>) -> Option<Refused<'a>> {
    let host = &case.view.all.host;
    let event = host.agent_log.value()?.last(EventKind::RunAsUserMissing)?;
    let name = event.subject.as_deref();
    let users = host.health.session_users.value();
    Some(Refused {
        event,
        name,
        exists: name.and_then(|name| users?.get(name).copied()),
        others_work: served_since(case, event),
    })
}
