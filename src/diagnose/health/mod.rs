//! What the host gives the agent to live on, judged: what the checks say and the findings
//! conclude is decided here, once.
//!
//! Pure. The state of the host now outweighs what was logged, and an entry counts only since the
//! agent's last start: an older one is about another life of it.

pub mod execution;
pub mod namespace;
pub mod room;
pub mod user;
pub mod watchers;
pub mod writing;

use super::case::Case;
use crate::observations::{EventKind, FolderSpace, FolderUse, LogEvent, ProcessRole, Sign};

/// The newest entry of the log since the agent's last start that fits.
pub fn logged<'a>(case: &Case<'a>, fits: impl Fn(&LogEvent) -> bool) -> Option<&'a LogEvent> {
    let log = case.view.all.host.agent_log.value()?;
    log.since_start().iter().rev().find(|event| fits(event))
}

/// Whether a session has been served since: then what was wrong then is over.
#[must_use]
pub fn served_since(case: &Case<'_>, event: &LogEvent) -> bool {
    let log = case.view.all.host.agent_log.value();
    log.and_then(|log| log.last(EventKind::DataChannelUp))
        .is_some_and(|later| later.at > event.at)
}

/// The newest entry of any of these kinds with one of these signs.
#[must_use]
pub fn logged_with<'a>(
    case: &Case<'a>,
    kinds: &[EventKind],
    signs: &[Sign],
) -> Option<&'a LogEvent> {
    logged(case, |event| {
        kinds.contains(&event.kind) && signs.iter().any(|sign| event.has(*sign))
    })
}

/// Where the agent writes: its state and its log.
///
/// One that is only a guess by the root folder is left out: on a sealed system the root is
/// read-only, and the folder would be on another mount.
pub fn written_folders<'a>(case: &Case<'a>) -> impl Iterator<Item = &'a FolderSpace> {
    let folders = case.view.all.host.health.folders.value();
    folders.into_iter().flatten().filter(|folder| {
        matches!(folder.use_for, FolderUse::Data | FolderUse::Log)
            && (folder.looked_at != "/" || folder.folder == "/")
    })
}

/// Whether core and worker both run; `None` = not known.
#[must_use]
pub fn runs_whole(case: &Case<'_>) -> Option<bool> {
    let processes = case.view.all.host.agent.processes.value()?;
    let runs = |role: ProcessRole| processes.iter().any(|one| one.role == role);
    Some(runs(ProcessRole::Core) && runs(ProcessRole::Worker))
}

/// Names as they are listed in a sentence: `a`, `a and b`, `a, b and c`.
#[must_use]
pub fn list(names: &[&str]) -> String {
    match names {
        [] => String::new(),
        [one] => (*one).to_owned(),
        [most @ .., last] => format!("{} and {last}", most.join(", ")),
    }
}
