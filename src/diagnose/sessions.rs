//! The session preferences as far as they are known here, and what they need of this host.
//!
//! Pure. The plan asks by it, the verdict judges by it, and the network chain looks at the
//! services that it names, so none of them can differ.

use super::denial;
use super::view::View;
use crate::observations::{Call, EventKind, Outcome, Service, SessionPreferences};

/// The document of the account's preferences in a Region.
pub const DOCUMENT: &str = "SSM-SessionManagerRunShell";

/// What is known of the preferences: the person's word first, then the document, then what the
/// agent was told or has logged.
#[must_use]
pub fn preferences(view: View<'_>) -> SessionPreferences {
    sources(view)
        .into_iter()
        .map(|(_, said)| said)
        .fold(SessionPreferences::default(), SessionPreferences::or)
}

/// Whose word a preference is, in words; `has` says whether a source speaks of it.
#[must_use]
pub fn source(view: View<'_>, has: impl Fn(&SessionPreferences) -> bool) -> String {
    sources(view)
        .into_iter()
        .find(|(_, said)| has(said))
        .map_or_else(|| "nothing that was seen".to_owned(), |(source, _)| source)
}

/// The services beyond those of Session Manager itself that sessions need here.
#[must_use]
pub fn services(view: View<'_>) -> Vec<Service> {
    let known = preferences(view);
    [
        (Service::Kms, kms_key(&known)),
        (Service::S3, bucket(&known)),
        (Service::Logs, log_group(&known)),
    ]
    .into_iter()
    .filter_map(|(service, named)| named.map(|_| service))
    .collect()
}

/// The key that encrypts sessions, if there is one.
#[must_use]
pub fn kms_key(known: &SessionPreferences) -> Option<&str> {
    named(known.kms_key.as_deref())
}

/// The bucket of session logs, if there is one.
#[must_use]
pub fn bucket(known: &SessionPreferences) -> Option<&str> {
    named(known.bucket.as_deref())
}

/// The log group of session logs, if there is one.
#[must_use]
pub fn log_group(known: &SessionPreferences) -> Option<&str> {
    named(known.log_group.as_deref())
}

/// The user that sessions run as, if Run As names one.
#[must_use]
pub fn run_as(known: &SessionPreferences) -> Option<&str> {
    named(known.run_as.as_deref())
}

/// The local user that sessions run as, whose word that is, and whether the user exists; `None`
/// inside = the host's files cannot tell.
#[must_use]
pub fn run_as_user(view: View<'_>) -> Option<(String, String, Option<bool>)> {
    let known = preferences(view);
    let name = run_as(&known)?.to_owned();
    let exists = view.all.sessions.users.value();
    let exists = exists.and_then(|users| users.get(&name).copied());
    let source = source(view, |said| run_as(said).is_some());
    Some((name, source, exists))
}

/// What a session question is about, and whose word that is.
#[must_use]
pub fn named_by(view: View<'_>, call: Call) -> (String, String) {
    let pick = match call {
        Call::DecryptSessionKey => kms_key,
        Call::GetBucketEncryption => bucket,
        _ => log_group,
    };
    let known = preferences(view);
    let name = pick(&known).unwrap_or("nothing").to_owned();
    (name, source(view, |said| pick(said).is_some()))
}

/// What is wrong with the thing itself, where the answer to a session question says so: then no
/// permission helps.
#[must_use]
pub fn fault(view: View<'_>, call: Call) -> Option<String> {
    let (name, _) = named_by(view, call);
    let code = match &view.record(call)?.outcome {
        Outcome::Answered(answer) => answer.code.as_deref().unwrap_or_default(),
        _ => "",
    };
    match (call, code) {
        (Call::DecryptSessionKey, "NotFoundException") => {
            Some(format!("there is no key {name} in this account and Region"))
        }
        (Call::DecryptSessionKey, "DisabledException") => {
            Some(format!("the key {name} is disabled"))
        }
        (Call::DecryptSessionKey, "KMSInvalidStateException") => Some(format!(
            "the key {name} cannot be used in its state, such as pending deletion"
        )),
        (Call::DecryptSessionKey, "InvalidKeyUsageException") => Some(format!(
            "the key {name} is not one for encryption and decryption"
        )),
        (Call::GetBucketEncryption, "NoSuchBucket") => Some(format!("there is no bucket {name}")),
        (Call::GetBucketEncryption, "ServerSideEncryptionConfigurationNotFoundError")
            if preferences(view).bucket_must_be_encrypted == Some(true) =>
        {
            Some(format!(
                "the bucket {name} has no default encryption, and the preferences demand it"
            ))
        }
        (Call::DescribeLogGroups, "") => log_group_fault(view, &name),
        _ => None,
    }
}

fn log_group_fault(view: View<'_>, name: &str) -> Option<String> {
    let group = view.all.sessions.log_group?;
    let demanded = preferences(view).log_group_must_be_encrypted == Some(true);
    if !group.exists {
        return Some(format!(
            "there is no log group {name}, and sessions do not make one"
        ));
    }
    (demanded && !group.is_encrypted)
        .then(|| format!("the log group {name} has no KMS key, and the preferences demand one"))
}

fn named(value: Option<&str>) -> Option<&str> {
    value.map(str::trim).filter(|text| !text.is_empty())
}

fn sources(view: View<'_>) -> Vec<(String, SessionPreferences)> {
    let sessions = &view.all.sessions;
    let under_way = &view.all.host.session_under_way;
    let mut all = vec![("the options given".to_owned(), sessions.given.clone())];
    all.extend(
        sessions
            .document
            .clone()
            .map(|said| (format!("the document {DOCUMENT}"), said)),
    );
    all.extend(under_way.value().cloned().map(|said| {
        let source = format!("the session under way ({})", under_way.source());
        (source, said)
    }));
    all.extend(logged_key(view).map(|said| ("a denial in the agent's log".to_owned(), said)));
    all
}

/// The key that a session was refused for, where the log names it.
fn logged_key(view: View<'_>) -> Option<SessionPreferences> {
    let log = view.all.host.agent_log.value()?;
    let message = log.last(EventKind::DataKeyFailed)?.message.as_deref()?;
    let key = denial::parse(message)
        .resource
        .filter(|arn| arn.contains(":kms:"))?;
    Some(SessionPreferences {
        kms_key: Some(key),
        ..SessionPreferences::default()
    })
}
