//! The agent's waits: all is well by now and it still sleeps; or its silence proves nothing.

use jiff::{SignedDuration, Timestamp};

use super::Conclusion;
use crate::catalogue::{CheckId, FindingId};
use crate::diagnose::backoff::{NextTry, Retry, Waiting};
use crate::diagnose::case::Case;
use crate::diagnose::ec2::Dhmc;
use crate::diagnose::hybrid::Token;
use crate::diagnose::reply::Reply;
use crate::diagnose::{log_evidence, times, waiting};
use crate::observations::{Call, EventKind, Path};
use crate::report::model::Need;

/// A failure this soon after the start may have met a role that was not visible yet.
const EARLY: SignedDuration = SignedDuration::from_secs(120);
/// A healthy agent logs its health at least once in an hour; with slack.
const SILENCE: SignedDuration = SignedDuration::from_mins(75);
/// A pause longer than this is worth a word when the agent fails in silence.
const QUIET: SignedDuration = SignedDuration::from_mins(10);

pub(super) fn judge(case: &Case<'_>) -> Vec<Conclusion> {
    [still_waiting(case), stale(case)]
        .into_iter()
        .flatten()
        .collect()
}

/// A live answer says yes to what the agent was refused, and the agent sleeps on.
fn still_waiting(case: &Case<'_>) -> Option<Conclusion> {
    let wait = waiting::deciding(case)?;
    // Past its time with a worker at work, it is the log that is not written any more.
    let has_moved_on = matches!(wait.next, NextTry::Overdue(_)) && case.view.has_worker();
    if !succeeds_now(case, wait.what) || has_moved_on {
        return None;
    }
    let now = case.view.now();
    let next = match wait.next {
        NextTry::At(at) => format!("tries again {}", times::until(now, at)),
        NextTry::Between(_, at) => format!("tries again at the latest {}", times::until(now, at)),
        NextTry::Overdue(at) => format!(
            "was to try again {}, of which its log has no word: it hangs",
            times::ago(now, at)
        ),
    };
    let code = wait
        .code
        .as_deref()
        .map_or_else(String::new, |code| format!(" with {code}"));
    let detail = format!(
        "The agent last failed {}{code}, and {next}. The same question, put now with the same credentials, succeeds.{}",
        times::ago(now, wait.since),
        too_early(case, wait).unwrap_or_default()
    );
    Some(
        Conclusion::new(
            case,
            FindingId::AgentWaitingToRetry,
            detail,
            &[CheckId::AgentRetry, CheckId::PathSelection],
        )
        .note_if(!case.denied(Need::Session).is_empty()),
    )
}

/// Whether what the agent waits for was asked in this run, and allowed.
fn succeeds_now(case: &Case<'_>, what: Retry) -> bool {
    let Some(path) = case.selection.active else {
        return false;
    };
    let pinged = case.view.reply_on(Call::UpdateInstanceInformation, path) == Some(Reply::Allowed);
    match (what, path) {
        (Retry::Ec2Registration, _) => false,
        (Retry::Ping, _) | (Retry::Credentials, Path::InstanceProfile) => pinged,
        (Retry::Credentials, _) => {
            let issued = case
                .selection
                .hybrid()
                .is_some_and(|chain| chain.token == Token::Issued);
            let handed_out = case
                .selection
                .ec2()
                .is_some_and(|chain| chain.dhmc == Dhmc::Works { asked: true });
            issued || handed_out
        }
    }
}

/// The one failure came right after the start.
fn too_early(case: &Case<'_>, wait: &Waiting) -> Option<String> {
    let started = log_evidence::events(case.view)
        .iter()
        .find(|event| event.kind == EventKind::CoreStarted)?
        .at;
    let after = wait.since.duration_since(started);
    (wait.what == Retry::Credentials && after <= EARLY).then(|| {
        format!(
            " That was {} after it started: what was attached or allowed then may not have been visible yet.",
            times::span(after.as_secs())
        )
    })
}

/// Log and state are older than they would be on a working agent, so their silence is no news.
fn stale(case: &Case<'_>) -> Option<Conclusion> {
    if case.view.running() != Some(true) {
        return None;
    }
    let why = silent_failures(case)
        .or_else(|| overdue(case))
        .or_else(|| old_log(case))
        .or_else(|| expired_state(case))?;
    Some(Conclusion::new(
        case,
        FindingId::AgentEvidenceStale,
        why,
        &[CheckId::AgentRetry],
    ))
}

fn silent_failures(case: &Case<'_>) -> Option<String> {
    let now = case.view.now();
    let quiet = |wait: &&Waiting| {
        let is_past_its_words = match wait.what {
            Retry::Credentials => matches!(wait.next, NextTry::Between(..)),
            Retry::Ping | Retry::Ec2Registration => true,
        };
        wait.is_silent && is_past_its_words && now.duration_since(last_word(case, wait)) > QUIET
    };
    let wait = case.waits.iter().find(quiet)?;
    let rule = match wait.what {
        Retry::Ping => "in hibernation it logs a failed ping once",
        Retry::Credentials | Retry::Ec2Registration => {
            "after three failures in a row it logs them at debug level only"
        }
    };
    Some(format!(
        "The agent still fails and no longer says so: its last word is {} old, and {rule}. No recent error is no good news.",
        times::span(
            case.view
                .now()
                .duration_since(last_word(case, wait))
                .as_secs()
        )
    ))
}

/// The agent's last word on what it waits for.
fn last_word(case: &Case<'_>, wait: &Waiting) -> Timestamp {
    log_evidence::log(case.view)
        .and_then(|log| log.last_at)
        .unwrap_or(wait.since)
}

fn overdue(case: &Case<'_>) -> Option<String> {
    let (wait, due) = case.waits.iter().find_map(|wait| match wait.next {
        NextTry::Overdue(at) => Some((wait, at)),
        NextTry::At(_) | NextTry::Between(..) => None,
    })?;
    Some(format!(
        "The agent failed {} and was to try again {}; nothing was logged since, so it hangs, or cannot write its log.",
        times::ago(case.view.now(), wait.since),
        times::ago(case.view.now(), due)
    ))
}

/// The worker runs, and logs nothing: a healthy one reports its health at least once in an hour.
fn old_log(case: &Case<'_>) -> Option<String> {
    let log = log_evidence::log(case.view)?;
    let last = log.last_at?;
    let age = case.view.now().duration_since(last);
    let started_since = waiting::core_started(case.view).is_some_and(|at| at > last);
    (case.view.has_worker() && age > SILENCE && !started_since).then(|| {
        format!(
            "The worker runs and has logged nothing for {}, where a healthy one reports at least once in an hour.{} An `Online` in the console proves nothing: it lags.",
            times::span(age.as_secs()),
            last_success(case)
        )
    })
}

fn last_success(case: &Case<'_>) -> String {
    let had = case
        .view
        .runtime_config()
        .and_then(|state| state.credentials_retrieved_at);
    had.map_or_else(String::new, |at| {
        format!(
            " Its last successful call that is on record was {}.",
            times::ago(case.view.now(), at)
        )
    })
}

fn expired_state(case: &Case<'_>) -> Option<String> {
    let end = case.view.runtime_config()?.credentials_expires_at?;
    (end < case.view.now()).then(|| {
        format!(
            "The agent's state speaks of credentials that ended {}, and it is written on success only.{}",
            times::ago(case.view.now(), end),
            last_success(case)
        )
    })
}
