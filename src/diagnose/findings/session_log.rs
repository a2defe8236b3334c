//! What sessions failed on by the agent's log, where nothing live was asked: buckets and log
//! groups that the agent could not look at, endpoints that did not answer.
//!
//! A session that came up since takes such a failure back.

use jiff::SignedDuration;

use super::Conclusion;
use crate::catalogue::{CheckId, FindingId};
use crate::diagnose::case::Case;
use crate::diagnose::{log_evidence, times};
use crate::observations::{Call, EventKind, LogEvent, Sign};

/// A failure of a session older than this says nothing of today.
const RECENT: SignedDuration = SignedDuration::from_hours(7 * 24);
/// What says that an endpoint did not answer.
const UNREACHABLE: [Sign; 5] = [
    Sign::TimedOut,
    Sign::Unreachable,
    Sign::NameNotFound,
    Sign::NameFailed,
    Sign::Refused,
];

pub(super) fn judge(case: &Case<'_>) -> Vec<Conclusion> {
    let mut found: Vec<Conclusion> = Vec::new();
    for event in failures(case) {
        let Some((id, what)) = meaning(case, event) else {
            continue;
        };
        if found.iter().any(|one| one.id == id) {
            continue;
        }
        found.push(conclude(case, id, what, event));
    }
    found
}

/// The failures of sessions since the last one that came up, the newest first.
fn failures<'a>(case: &Case<'a>) -> impl Iterator<Item = &'a LogEvent> {
    let now = case.view.now();
    log_evidence::log(case.view)
        .map(|log| log.events.as_slice())
        .unwrap_or_default()
        .iter()
        .rev()
        .take_while(|event| event.kind != EventKind::DataChannelUp)
        .filter(move |event| now.duration_since(event.at) <= RECENT)
}

/// The finding that a failure belongs to, and what it is; `None` = none, or a live answer stands.
fn meaning(case: &Case<'_>, event: &LogEvent) -> Option<(FindingId, &'static str)> {
    let denied = log_evidence::denial_of(event).is_some();
    let unreachable = UNREACHABLE.iter().any(|sign| event.has(*sign));
    let (call, what) = match event.kind {
        EventKind::S3EncryptionRefused => (
            Call::GetBucketEncryption,
            "could not see whether the bucket of the session preferences is encrypted, which it reports as not encrypted (s3:GetEncryptionConfiguration)",
        ),
        EventKind::LogsEncryptionRefused => (
            Call::DescribeLogGroups,
            "could not see whether the log group of the session preferences is encrypted, which it reports as not encrypted (logs:DescribeLogGroups)",
        ),
        EventKind::LogGroupsFailed if denied || unreachable => (
            Call::DescribeLogGroups,
            "was refused logs:DescribeLogGroups",
        ),
        EventKind::DataKeyFailed if unreachable => (Call::DecryptSessionKey, ""),
        _ => return None,
    };
    let answered = case.view.reply(call).is_from_aws();
    if answered {
        None
    } else if unreachable {
        Some((
            FindingId::SessionEndpointUnreachable,
            "needed an endpoint of the session preferences that did not answer",
        ))
    } else {
        Some((FindingId::SessionLogPermissionMissing, what))
    }
}

fn conclude(case: &Case<'_>, id: FindingId, what: &str, event: &LogEvent) -> Conclusion {
    let words = event
        .message
        .as_deref()
        .map_or_else(String::new, |words| format!(" The agent's words: {words}"));
    let role = case
        .path()
        .and_then(|path| case.principal(path))
        .and_then(|one| one.role)
        .map_or_else(String::new, |role| {
            format!(" The role in question is {role}.")
        });
    let mut conclusion = Conclusion::new(
        case,
        id,
        format!(
            "A session {what}, {}, by the agent's log.{role}{words}",
            times::ago(case.view.now(), event.at)
        ),
        &[CheckId::PathSelection],
    );
    conclusion.subject.endpoint.clone_from(&event.endpoint);
    conclusion
}
