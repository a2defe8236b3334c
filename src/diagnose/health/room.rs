//! Whether there is room where the agent writes.

use super::{logged, served_since, written_folders};
use crate::diagnose::case::Case;
use crate::diagnose::words;
use crate::observations::{EventKind, FolderSpace, LogEvent, Sign, Space};

/// With less than this a session's files and the log's next lines do not fit.
const FULL_BYTES: u64 = 1024 * 1024;
/// A session makes about as many files.
const FULL_INODES: u64 = 16;
/// Less than the agent's log takes before it rolls.
const SCARCE_BYTES: u64 = 64 * 1024 * 1024;
/// Some sessions more.
const SCARCE_INODES: u64 = 256;

/// How much room a file system has for the agent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Room {
    /// Enough.
    Enough,
    /// Enough for now.
    Scarce,
    /// No bytes, or next to none.
    NoBytes,
    /// Bytes, and no inodes, or next to none.
    NoInodes,
}

impl Room {
    /// The room of a file system.
    #[must_use]
    pub fn of(space: &Space) -> Self {
        let counts_inodes = space.total_inodes > 0;
        if space.free_bytes < FULL_BYTES {
            Self::NoBytes
        } else if counts_inodes && space.free_inodes < FULL_INODES {
            Self::NoInodes
        } else if space.free_bytes < SCARCE_BYTES
            || (counts_inodes && space.free_inodes < SCARCE_INODES)
        {
            Self::Scarce
        } else {
            Self::Enough
        }
    }

    /// Whether nothing more can be written.
    #[must_use]
    pub fn is_full(self) -> bool {
        matches!(self, Self::NoBytes | Self::NoInodes)
    }
}

/// The folders that the agent can no longer write to, with what is missing.
#[must_use]
pub fn full<'a>(case: &Case<'a>) -> Vec<(&'a FolderSpace, Room)> {
    written_folders(case)
        .filter_map(|folder| {
            let room = Room::of(folder.space.as_ref()?);
            room.is_full().then_some((folder, room))
        })
        .collect()
}

/// Whether the room of every folder that the agent writes to is known.
#[must_use]
pub fn is_known(case: &Case<'_>) -> bool {
    let mut folders = written_folders(case).peekable();
    folders.peek().is_some() && folders.all(|folder| folder.space.is_some())
}

/// The newest entry that a full disk explains, unless a session was served since. A watcher's
/// "no space left on device" is about watches.
#[must_use]
pub fn logged_full<'a>(case: &Case<'a>) -> Option<&'a LogEvent> {
    logged(case, |event| {
        event.has(Sign::NoSpace) && event.kind != EventKind::WatcherFailed
    })
    .filter(|event| !served_since(case, event))
}

/// A folder's room in words.
#[must_use]
pub fn words(folder: &FolderSpace) -> String {
    let Some(space) = &folder.space else {
        return "not known for another root".to_owned();
    };
    let inodes = if space.total_inodes == 0 {
        String::new()
    } else {
        format!(
            ", {} of {} inodes free",
            space.free_inodes, space.total_inodes
        )
    };
    format!(
        "{} free of {}{inodes}",
        words::size(space.free_bytes),
        words::size(space.total_bytes)
    )
}
