//! Whether the agent may write to its folders.

use super::{logged_with, served_since, written_folders};
use crate::diagnose::case::Case;
use crate::observations::{EventKind, FolderSpace, LogEvent, Sign};

/// Entries about files of the agent that it could not write.
const WRITES: [EventKind; 5] = [
    EventKind::NotWritten,
    EventKind::VaultNotWritable,
    EventKind::DataRootNotWritable,
    EventKind::RuntimeConfigNotWritten,
    EventKind::SharedCredentialsNotWritten,
];
/// Those of them that are about the agent's own folders, where root is refused only by more than
/// permission bits.
const OWN_FOLDERS: [EventKind; 3] = [
    EventKind::VaultNotWritable,
    EventKind::DataRootNotWritable,
    EventKind::RuntimeConfigNotWritten,
];

/// The folders of the agent that are on a read-only file system.
#[must_use]
pub fn read_only<'a>(case: &Case<'a>) -> Vec<&'a FolderSpace> {
    written_folders(case)
        .filter(|folder| folder.is_read_only == Some(true))
        .collect()
}

/// Whether it is known of every folder that it can be written to.
#[must_use]
pub fn is_known(case: &Case<'_>) -> bool {
    let mut folders = written_folders(case).peekable();
    folders.peek().is_some() && folders.all(|folder| folder.is_read_only.is_some())
}

/// The newest entry about something that could not be written, unless a session was served since.
#[must_use]
pub fn logged_refusal<'a>(case: &Case<'a>) -> Option<&'a LogEvent> {
    let read_only = logged_with(case, &WRITES, &[Sign::ReadOnly]);
    let forbidden = logged_with(case, &OWN_FOLDERS, &[Sign::PermissionDenied]);
    let newest = [read_only, forbidden]
        .into_iter()
        .flatten()
        .max_by_key(|event| event.at)?;
    (!served_since(case, newest)).then_some(newest)
}
