//! What the session preferences need and do not get: key, bucket, log group.
//!
//! Denials are sorted by their layer among the others, in `permission`; here are the words for
//! them, things that are not there, and what the agent's log says of uploads and keys.

use super::Conclusion;
use crate::catalogue::{CheckId, FindingId};
use crate::diagnose::case::Case;
use crate::diagnose::denial;
use crate::diagnose::reply::Reply;
use crate::diagnose::sessions;
use crate::observations::{Call, EventKind, LogEvent};
use crate::report::model::{Layer, Severity};

/// The calls whose subject may itself be at fault, with the finding for each.
const THINGS: [(Call, FindingId, CheckId); 3] = [
    (
        Call::DecryptSessionKey,
        FindingId::SessionKmsDenied,
        CheckId::PermissionKmsDecrypt,
    ),
    (
        Call::GetBucketEncryption,
        FindingId::SessionLogNotReady,
        CheckId::PermissionS3GetEncryptionConfiguration,
    ),
    (
        Call::DescribeLogGroups,
        FindingId::SessionLogNotReady,
        CheckId::PermissionLogsDescribeLogGroups,
    ),
];

pub(super) fn judge(case: &Case<'_>) -> Vec<Conclusion> {
    let mut all: Vec<Conclusion> = Vec::new();
    all.extend(key_out_of_use(case));
    all.extend(log_not_ready(case));
    all.extend(logged_key(case));
    all.extend(logged_upload(case));
    all
}

/// Whether the action looks at the session log's encryption.
pub(super) fn is_of_log(action: &str) -> bool {
    matches!(
        action,
        "s3:GetEncryptionConfiguration" | "logs:DescribeLogGroups"
    )
}

/// What a denied action does to sessions, with a space before it; empty for actions that are
/// not about the preferences.
pub(super) fn effect(case: &Case<'_>, actions: &[&str]) -> String {
    let known = sessions::preferences(case.view);
    let mut said = String::new();
    for action in actions {
        let (call, what) = match *action {
            "kms:Decrypt" => (
                Call::DecryptSessionKey,
                "sessions are encrypted with it, so each one ends in its handshake",
            ),
            "s3:GetEncryptionConfiguration" if known.bucket_must_be_encrypted == Some(true) => (
                Call::GetBucketEncryption,
                "the agent refuses each session and claims that encryption is not set up, which may \
                 well be untrue",
            ),
            "s3:GetEncryptionConfiguration" => (
                Call::GetBucketEncryption,
                "if the preferences demand encryption, which is not known here, the agent refuses \
                 each session",
            ),
            "logs:DescribeLogGroups" if known.log_group_must_be_encrypted == Some(true) => (
                Call::DescribeLogGroups,
                "the agent refuses each session and claims that encryption is not set up, which may \
                 well be untrue",
            ),
            "logs:DescribeLogGroups" => (
                Call::DescribeLogGroups,
                "the log is not streamed; if the preferences demand encryption, which is not known \
                 here, the agent refuses each session",
            ),
            _ => continue,
        };
        let (name, source) = sessions::named_by(case.view, call);
        said.extend([
            " The preferences name ",
            name.as_str(),
            " (by ",
            source.as_str(),
            "): ",
            what,
            ".",
        ]);
    }
    said
}

/// The user that the preferences name does not exist here.
pub(super) fn run_as_user(case: &Case<'_>) -> Option<Conclusion> {
    let (name, source, exists) = sessions::run_as_user(case.view)?;
    (exists == Some(false)).then(|| {
        let detail = format!(
            "Sessions run as the local user `{name}` (by {source}), which does not exist here, so \
             each one ends at once."
        );
        let checks = [CheckId::SessionRunAsUser];
        let mut conclusion = Conclusion::new(case, FindingId::RunasUserMissing, detail, &checks);
        conclusion.subject.user = Some(name);
        conclusion
    })
}

/// The key itself is at fault: no permission helps.
fn key_out_of_use(case: &Case<'_>) -> Option<Conclusion> {
    let (call, id, check) = THINGS.into_iter().next()?;
    let fault = sessions::fault(case.view, call)?;
    Some(Conclusion::new(
        case,
        id,
        format!(
            "Sessions are encrypted with a KMS key, and {fault}: each one ends in its handshake. No \
             permission of the role helps."
        ),
        &[check],
    ))
}

/// The bucket or log group is missing, or not encrypted where it must be.
fn log_not_ready(case: &Case<'_>) -> Option<Conclusion> {
    let known = sessions::preferences(case.view);
    let faults: Vec<(String, CheckId, bool)> = THINGS
        .into_iter()
        .skip(1)
        .filter_map(|(call, _, check)| {
            let demanded = match call {
                Call::GetBucketEncryption => known.bucket_must_be_encrypted,
                _ => known.log_group_must_be_encrypted,
            };
            let fault = sessions::fault(case.view, call)?;
            Some((fault, check, demanded == Some(true)))
        })
        .collect();
    let refuses = faults.iter().any(|(.., demanded)| *demanded);
    let said: Vec<&str> = faults.iter().map(|(fault, ..)| fault.as_str()).collect();
    let effect = if refuses {
        "The preferences demand an encrypted one, so the agent refuses each session"
    } else {
        "Sessions open, and their log is lost"
    };
    let checks: Vec<CheckId> = faults.iter().map(|(_, check, _)| *check).collect();
    let detail = format!("For the session log, {}. {effect}.", said.join(", and "));
    (!faults.is_empty()).then(|| {
        Conclusion::new(case, FindingId::SessionLogNotReady, detail, &checks).warning_if(!refuses)
    })
}

/// A session that ended for its key, by the agent's log, where nothing live contradicts it.
fn logged_key(case: &Case<'_>) -> Option<Conclusion> {
    let reply = case.view.reply(Call::DecryptSessionKey);
    if matches!(reply, Reply::Allowed | Reply::Denied(_))
        || sessions::fault(case.view, Call::DecryptSessionKey).is_some()
    {
        return None;
    }
    let event = denied_event(case, EventKind::DataKeyFailed)?;
    let conclusion = from_log(case, FindingId::SessionKmsDenied, event, "kms:Decrypt");
    Some(conclusion.weighing(Severity::Warning))
}

/// The upload of a session's log that was refused, by the agent's log.
fn logged_upload(case: &Case<'_>) -> Option<Conclusion> {
    let event = denied_event(case, EventKind::UploadFailed)?;
    Some(from_log(
        case,
        FindingId::SessionLogUploadDenied,
        event,
        "s3:PutObject",
    ))
}

fn denied_event<'a>(case: &Case<'a>, kind: EventKind) -> Option<&'a LogEvent> {
    let log = case.view.all.host.agent_log.value()?;
    log.last(kind).filter(|event| {
        let said = event.code.as_deref().unwrap_or_default();
        let text = event.message.as_deref().unwrap_or_default();
        said.starts_with("AccessDenied") || text.contains("AccessDenied")
    })
}

fn from_log(case: &Case<'_>, id: FindingId, event: &LogEvent, usual: &str) -> Conclusion {
    let message = event.message.as_deref().unwrap_or_default();
    let denial = denial::parse(message);
    let action = denial.action.clone().unwrap_or_else(|| usual.to_owned());
    let layer = match denial.layer {
        Layer::NotSaid => String::new(),
        layer => format!(" ({})", layer_words(layer)),
    };
    let mut conclusion = Conclusion::new(
        case,
        id,
        format!(
            "The agent logged at {} that {action} was denied{layer}: {message} Whether it still is \
             was not asked.",
            event.at
        ),
        &[],
    );
    conclusion.subject.missing = vec![action];
    conclusion
}

fn layer_words(layer: Layer) -> &'static str {
    match layer {
        Layer::IdentityPolicy => "by the role's policies",
        Layer::PermissionsBoundary => "by the permissions boundary",
        Layer::SessionPolicy => "by a session policy",
        Layer::ServiceControlPolicy => "by a service control policy",
        Layer::ResourceControlPolicy => "by a resource control policy",
        Layer::VpcEndpointPolicy => "by a VPC endpoint policy",
        Layer::ResourcePolicy => "by the resource's policy",
        Layer::NotSaid => "by a layer that is not said",
    }
}
