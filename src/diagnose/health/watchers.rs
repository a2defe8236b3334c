//! Whether the kernel still gives the agent file watchers.

use super::{logged_with, served_since};
use crate::diagnose::case::Case;
use crate::observations::{Descriptors, EventKind, Inotify, LogEvent, Sign};

/// How much of a limit's use is left.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Use {
    /// Plenty.
    Fine,
    /// More than four fifths are used.
    Scarce,
    /// All are used.
    Exhausted,
}

impl Use {
    /// The use of a limit.
    #[must_use]
    pub fn of(used: u64, limit: u64) -> Self {
        if used >= limit {
            Self::Exhausted
        } else if used.saturating_mul(5) >= limit.saturating_mul(4) {
            Self::Scarce
        } else {
            Self::Fine
        }
    }
}

/// The scarcer of instances and watches.
#[must_use]
pub fn use_of(inotify: &Inotify) -> Use {
    Use::of(inotify.instances, inotify.max_instances)
        .max(Use::of(inotify.watches, inotify.max_watches))
}

/// The newest entry that says that a watcher could not be had, unless a session was served since.
#[must_use]
pub fn logged_failure<'a>(case: &Case<'a>) -> Option<&'a LogEvent> {
    logged_with(
        case,
        &[EventKind::WatcherFailed],
        &[Sign::TooManyOpenFiles, Sign::NoSpace],
    )
    .filter(|event| !served_since(case, event))
}

/// The use in words, with the greediest programs.
#[must_use]
pub fn words(inotify: &Inotify) -> String {
    let at_least = if inotify.complete { "" } else { "at least " };
    let top: Vec<_> = inotify
        .top
        .iter()
        .take(3)
        .map(|one| {
            format!(
                "{} (pid {}): {} instances, {} watches",
                one.name, one.pid, one.instances, one.watches
            )
        })
        .collect();
    let top = if top.is_empty() {
        String::new()
    } else {
        format!("; most by {}", top.join(", "))
    };
    format!(
        "root uses {at_least}{} of {} instances and {} of {} watches{top}",
        inotify.instances, inotify.max_instances, inotify.watches, inotify.max_watches
    )
}

/// The scarcest use of file descriptors by core or worker; `None` = not known of either.
#[must_use]
pub fn descriptors<'a>(case: &Case<'a>) -> Option<(&'a Descriptors, u64, u64, Use)> {
    let all = case.view.all.host.health.descriptors.value()?;
    all.iter()
        .filter_map(|one| {
            let (open, limit) = (one.open?, one.limit?);
            Some((one, open, limit, Use::of(open, limit)))
        })
        .max_by_key(|(.., left)| *left)
}
