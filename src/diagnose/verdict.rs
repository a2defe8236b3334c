//! The outcome of the whole run, from its conclusions.
//!
//! Pure. The cause is the first error in the catalogue's order, never the loudest symptom.

use super::case::Case;
use super::checks;
use super::findings::Conclusion;
use crate::catalogue::{FindingId, findings};
use crate::report::model::{Decision, Need, Severity, Verdict, VerdictOutcome};

/// Draws the verdict.
#[must_use]
pub fn draw(case: &Case<'_>, conclusions: &[Conclusion]) -> Verdict {
    let first = conclusions
        .iter()
        .find(|one| one.severity == Severity::Error);
    let outcome = outcome(case, first);
    Verdict {
        outcome,
        path: case.selection.active,
        cause: first.map(|one| one.id.id().to_owned()),
        headline: headline(case, outcome, first),
    }
}

fn outcome(case: &Case<'_>, first: Option<&Conclusion>) -> VerdictOutcome {
    match (case.selection.active, first) {
        (Some(_), Some(_)) => VerdictOutcome::Blocked,
        // Files alone say what went wrong; that all is well now nobody can tell by them.
        (Some(_), None) if can_open_channels(case) && !case.view.all.offline => {
            VerdictOutcome::Usable
        }
        (Some(_) | None, None) => VerdictOutcome::Inconclusive,
        (None, Some(_)) if may_become_active(case) => VerdictOutcome::Blocked,
        (None, Some(_)) => VerdictOutcome::NoPath,
    }
}

/// A path would be active but for something that hides it: the clock, the network, an agent that
/// does not run.
fn may_become_active(case: &Case<'_>) -> bool {
    case.selection.question.is_some() || checks::undecided(case)
}

/// A control channel can be created, and nothing that sessions need is known to be denied.
fn can_open_channels(case: &Case<'_>) -> bool {
    let created = case
        .permission("ssmmessages:CreateControlChannel")
        .is_some_and(|one| one.decision == Decision::Allowed);
    let denied = case
        .permissions
        .iter()
        .any(|one| one.need != Need::Optional && one.decision == Decision::Denied);
    created && !denied
}

fn headline(case: &Case<'_>, outcome: VerdictOutcome, first: Option<&Conclusion>) -> String {
    let path = case.selection.active.map(|path| {
        let role = case.principal(path).and_then(|one| one.role);
        role.map_or_else(
            || path.title().to_owned(),
            |role| format!("{} (role {role})", path.title()),
        )
    });
    let title = first
        .map(|one| lower_first(findings::row(one.id).title))
        .unwrap_or_default();
    match (outcome, path) {
        (VerdictOutcome::Usable, Some(path)) => {
            format!("Session Manager is usable from this host, on the {path}")
        }
        (VerdictOutcome::Blocked, Some(path)) => {
            format!("Session Manager is blocked on the {path}: {title}")
        }
        (VerdictOutcome::Blocked, None) => format!("Session Manager is blocked: {title}"),
        (VerdictOutcome::NoPath, _) => format!("no permission path is active: {title}"),
        (VerdictOutcome::Inconclusive, Some(path)) if case.view.all.offline => {
            format!("the agent was on the {path}, and files alone cannot tell whether it works now")
        }
        (VerdictOutcome::Inconclusive, Some(path)) => {
            format!("the {path} is active, and whether sessions work on it could not be told")
        }
        (VerdictOutcome::Usable | VerdictOutcome::Inconclusive, _) => {
            format!("too much is unknown to say: {}", unknown(case))
        }
    }
}

/// What is missing most for an answer.
fn unknown(case: &Case<'_>) -> String {
    match &case.selection.question {
        Some(question) => question.clone(),
        None if checks::undecided(case) => {
            "the question that selects the path came to nothing".to_owned()
        }
        None => "no answer decides it".to_owned(),
    }
}

fn lower_first(title: &str) -> String {
    let mut letters = title.chars();
    let second_is_upper = title.chars().nth(1).is_some_and(char::is_uppercase);
    let is_name = second_is_upper || title.starts_with("Systems Manager");
    match letters.next() {
        Some(first) if !is_name => first.to_lowercase().chain(letters).collect(),
        _ => title.to_owned(),
    }
}

/// The note for a host on which nothing is wrong: what is left is on the caller's side.
#[must_use]
pub fn fine(case: &Case<'_>) -> Option<(FindingId, String)> {
    let id = case.instance_id()?;
    let role = case
        .path()
        .and_then(|path| case.principal(path))
        .map(|one| one.arn);
    Some((
        FindingId::HostIsFine,
        format!(
            "This node is {id} in account {}, Region {}, partition {}{}. If a session still fails, compare these with the caller's own.",
            case.account_id().as_deref().unwrap_or("unknown"),
            case.region().unwrap_or("unknown"),
            case.partition().as_deref().unwrap_or("unknown"),
            role.map_or_else(String::new, |arn| format!(", as {arn}")),
        ),
    ))
}
