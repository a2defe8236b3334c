//! The agent's own files: empty, damaged, or gone while the vault's manifest still names them.

use std::collections::BTreeMap;

use super::Conclusion;
use crate::catalogue::{CheckId, FindingId};
use crate::diagnose::case::Case;
use crate::diagnose::ec2::Dhmc;
use crate::diagnose::hybrid::Token;
use crate::diagnose::{log_evidence, times, waiting};
use crate::observations::{EventKind, Reading, Sign, Vault};

pub(super) fn judge(case: &Case<'_>) -> Vec<Conclusion> {
    [corrupt(case), expired_copy(case)]
        .into_iter()
        .flatten()
        .collect()
}

/// The agent's shared credentials have ended, the service hands out new ones to this run, and the
/// agent is not even waiting to ask: its refresher hangs.
fn expired_copy(case: &Case<'_>) -> Option<Conclusion> {
    let state = case.view.runtime_config()?;
    let end = state
        .credentials_expires_at
        .filter(|end| *end < case.view.now() && !state.share_file.is_empty())?;
    let issued = case
        .selection
        .hybrid()
        .is_some_and(|chain| chain.token == Token::Issued)
        || case
            .selection
            .ec2()
            .is_some_and(|chain| chain.dhmc == Dhmc::Works { asked: true });
    let explained = waiting::next_retry(case).is_some();
    (issued && !explained && case.view.running() == Some(true)).then(|| {
        let now = case.view.now();
        let refused = log_evidence::events(case.view)
            .iter()
            .rfind(|event| event.has(Sign::SharedCredentialsExpired))
            .map_or_else(String::new, |event| {
                format!(" Its worker met that {}.", times::ago(now, event.at))
            });
        Conclusion::new(
            case,
            FindingId::InstanceCredentialsExpired,
            format!(
                "The credentials that the agent keeps in {} ended {}, and it has not renewed them, though the service hands out new ones now.{refused} Restart the agent.",
                state.share_file,
                times::ago(now, end)
            ),
            &[CheckId::CredentialsValid, CheckId::AgentRetry],
        )
    })
}

/// A damaged file is an error unless a path is active all the same.
fn corrupt(case: &Case<'_>) -> Option<Conclusion> {
    let damaged = damaged(case);
    let logged = logged(case).filter(|_| damaged.is_empty() && case.selection.active.is_none());
    if damaged.is_empty() && logged.is_none() {
        return None;
    }
    let said: Vec<String> = damaged.into_iter().chain(logged).collect();
    Some(
        Conclusion::new(
            case,
            FindingId::AgentStateCorrupt,
            format!("{} The agent does not mend it by itself.", said.join(" ")),
            &[CheckId::AgentState],
        )
        .warning_if(case.selection.active.is_some()),
    )
}

/// Every damaged file, in a sentence each.
pub(in crate::diagnose) fn damaged(case: &Case<'_>) -> Vec<String> {
    let host = &case.view.all.host;
    let vault = &host.vault;
    let mut said: Vec<String> = [
        broken(case, &host.runtime_config),
        broken(case, &vault.manifest),
        broken(case, &vault.registration),
        broken(case, &vault.fingerprint),
        broken(case, &vault.ec2_manifest),
        broken(case, &vault.ec2_registration),
        lost(vault),
    ]
    .into_iter()
    .flatten()
    .collect();
    // A damaged manifest speaks for everything that it would name.
    said.dedup();
    said
}

fn broken<T>(case: &Case<'_>, reading: &Reading<T>) -> Option<String> {
    let written = reading.modified_at().map_or_else(String::new, |at| {
        format!(", written {}", times::ago(case.view.now(), at))
    });
    match reading {
        Reading::Empty { source, .. } => Some(format!("{source} is empty{written}.")),
        Reading::Malformed { source, why } => Some(format!(
            "{source} is not of the form it should have ({why}){written}."
        )),
        _ => None,
    }
}

/// The manifest names a registration whose own file is not there.
fn lost(vault: &Vault) -> Option<String> {
    let names = |manifest: &Reading<BTreeMap<String, String>>, name: &str| {
        manifest.value().and_then(|names| names.get(name).cloned())
    };
    let path = names(&vault.manifest, "RegistrationKey")?;
    (vault.registration.is_absent() && !path.is_empty()).then(|| {
        format!(
            "The vault's manifest names {path}, and that file is gone: the registration is lost."
        )
    })
}

/// What the agent itself said of its files at its last start.
fn logged(case: &Case<'_>) -> Option<String> {
    let event = log_evidence::events(case.view).iter().rfind(|event| {
        matches!(
            event.kind,
            EventKind::RegistrationLost
                | EventKind::RegistrationDamaged
                | EventKind::FingerprintBad
        )
    })?;
    let what = match event.kind {
        EventKind::RegistrationLost => "that the file of its registration is gone",
        EventKind::RegistrationDamaged => "that its registration is damaged",
        _ => "that its fingerprint could not be read",
    };
    Some(format!(
        "The agent logged {} {what}.",
        times::ago(case.view.now(), event.at)
    ))
}
