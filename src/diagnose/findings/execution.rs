//! Whether the host keeps the agent's programs from running.

use super::Conclusion;
use super::host::{ago, text_of};
use crate::catalogue::{CheckId, FindingId};
use crate::diagnose::case::Case;
use crate::diagnose::health::{execution, runs_whole, served_since};
use crate::observations::{FolderUse, MandatoryDenial};

/// Programs that cannot start are the cause of all else. What only keeps documents from running
/// is a warning: a session's shell comes from elsewhere.
pub(super) fn judge(case: &Case<'_>) -> Option<Conclusion> {
    let denials = execution::denials(case);
    let (detail, is_error) = match denials.last() {
        Some(newest) => denied(case, newest, &denials),
        None => programs(case).or_else(|| scripts(case))?,
    };
    let checks = [CheckId::HostExecution];
    let mut found = Conclusion::new(case, FindingId::ExecutionBlocked, detail, &checks);
    found.subject.denied_by = denials.last().map(|newest| newest.by);
    found.subject.noexec = execution::noexec(case, FolderUse::Programs)
        .or_else(|| execution::noexec(case, FolderUse::Data))
        .map(|folder| folder.folder.clone());
    Some(found.warning_if(!is_error))
}

fn denied(case: &Case<'_>, newest: &MandatoryDenial, all: &[&MandatoryDenial]) -> (String, bool) {
    let is_harmful = execution::are_harmful(case, all);
    let so_far = if is_harmful {
        ""
    } else {
        " Nothing shows that it keeps the agent from its work."
    };
    let detail = format!(
        "{}; {} such denial(s) of the agent's programs within a day.{so_far}",
        execution::words(newest),
        all.len()
    );
    (detail, is_harmful)
}

fn programs(case: &Case<'_>) -> Option<(String, bool)> {
    let folder = execution::noexec(case, FolderUse::Programs)?;
    let detail = format!(
        "{} is mounted noexec: the agent's programs cannot be started from there.",
        folder.folder
    );
    Some((detail, runs_whole(case) != Some(true)))
}

fn scripts(case: &Case<'_>) -> Option<(String, bool)> {
    let folder = execution::noexec(case, FolderUse::Data);
    let refusal = execution::logged_refusal(case);
    let mount = folder.map(|folder| format!("{} is mounted noexec", folder.folder));
    match (mount, refusal) {
        (mount, Some(event)) => {
            let mount = mount.map_or_else(String::new, |mount| format!("{mount}. "));
            let detail = format!(
                "{mount}A program of the agent was refused {}: {}.",
                ago(case, event),
                text_of(event)
            );
            Some((detail, !served_since(case, event)))
        }
        (Some(mount), None) => {
            let detail = format!(
                "{mount}: scripts that the agent puts there (Run Command, updates) do not run. No \
                 refusal of it is logged, and a session's shell comes from elsewhere."
            );
            Some((detail, false))
        }
        (None, None) => None,
    }
}
