//! Whether the host lets the agent's programs run.

use jiff::SignedDuration;

use super::{logged_with, runs_whole};
use crate::diagnose::case::Case;
use crate::observations::{
    EventKind, FolderSpace, FolderUse, LogEvent, MandatoryControl, MandatoryDenial, Sign,
};

/// A denial that is older says little of now.
const RECENT: SignedDuration = SignedDuration::from_hours(24);
/// What a denial must be of to keep a program from running.
const OF_RUNNING: [&str; 4] = ["exec", "execute", "transition", "entrypoint"];

/// The folder of this use, if programs cannot be run from it.
#[must_use]
pub fn noexec<'a>(case: &Case<'a>, use_for: FolderUse) -> Option<&'a FolderSpace> {
    let folders = case.view.all.host.health.folders.value()?;
    folders
        .iter()
        .find(|folder| folder.use_for == use_for && folder.is_noexec == Some(true))
}

/// The newest entry about a program that the system did not let run.
#[must_use]
pub fn logged_refusal<'a>(case: &Case<'a>) -> Option<&'a LogEvent> {
    logged_with(
        case,
        &[EventKind::WorkerNotStarted, EventKind::ProgramRefused],
        &[Sign::PermissionDenied],
    )
}

/// The denials of the last day that were enforced.
#[must_use]
pub fn denials<'a>(case: &Case<'a>) -> Vec<&'a MandatoryDenial> {
    let all = case.view.all.host.health.denials.value();
    let since = case.view.now().checked_sub(RECENT).ok();
    all.into_iter()
        .flatten()
        .filter(|denial| !denial.is_permissive && denial.at.is_none_or(|at| Some(at) > since))
        .collect()
}

/// Whether a denial kept a program from running.
#[must_use]
pub fn is_of_running(denial: &MandatoryDenial) -> bool {
    denial
        .operation
        .split(|char: char| !char.is_ascii_alphabetic() && char != '_')
        .any(|word| OF_RUNNING.contains(&word) || word == "execute_no_trans")
}

/// Whether the denials are what keeps the agent from working, as far as can be told: they are of
/// running a program, or a part of it does not run, or it logged that it was forbidden something.
#[must_use]
pub fn are_harmful(case: &Case<'_>, denials: &[&MandatoryDenial]) -> bool {
    denials.iter().any(|denial| is_of_running(denial))
        || (!denials.is_empty()
            && (runs_whole(case) == Some(false)
                || super::logged(case, |event| event.has(Sign::PermissionDenied)).is_some()))
}

/// A denial in words.
#[must_use]
pub fn words(denial: &MandatoryDenial) -> String {
    let by = match denial.by {
        MandatoryControl::Selinux => "SELinux",
        MandatoryControl::AppArmor => "AppArmor",
        MandatoryControl::Fapolicyd => "fapolicyd",
    };
    let target = denial
        .target
        .as_deref()
        .map_or_else(String::new, |target| format!(" on {target}"));
    format!(
        "{by} denied {} to {}{target}",
        denial.operation, denial.program
    )
}
