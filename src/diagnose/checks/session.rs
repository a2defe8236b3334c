//! Checks of what the session preferences need: the key, the bucket, the log group.

use super::{Judgement, path};
use crate::catalogue::CheckId;
use crate::diagnose::case::Case;
use crate::diagnose::reply::Reply;
use crate::diagnose::sessions;
use crate::observations::{Call, NotAsked};
use crate::report::model::{Decision, Evidence, Need};

pub(super) fn named(case: &Case<'_>, id: CheckId) -> Judgement {
    let call = call(id);
    if let Reply::NotAsked(why @ (NotAsked::NoPreference | NotAsked::ProbeLevel)) =
        case.view.reply(call)
    {
        return Judgement::skip(crate::diagnose::permissions::why_not_asked(why));
    }
    let Some(permission) = case.permission(call.action()) else {
        return Judgement::skip("no path to ask on");
    };
    let judgement = match (permission.decision, permission.need) {
        (Decision::Allowed, _) => allowed(case, call),
        (Decision::Denied, Need::Optional) => Judgement::warn(permission.detail.clone()),
        (Decision::Denied, _) => Judgement::fail(permission.detail.clone()),
        (Decision::Unknown, _) => match sessions::fault(case.view, call) {
            Some(fault) => Judgement::fail(fault),
            None => Judgement::unknown(permission.detail.clone()),
        },
    };
    judgement
        .resting_on_all(path::call_evidence(case, call))
        .resting_on(preference(case, call))
}

fn call(id: CheckId) -> Call {
    match id {
        CheckId::PermissionKmsDecrypt => Call::DecryptSessionKey,
        CheckId::PermissionS3GetEncryptionConfiguration => Call::GetBucketEncryption,
        _ => Call::DescribeLogGroups,
    }
}

/// The call went through; what it shows may still be wrong.
fn allowed(case: &Case<'_>, call: Call) -> Judgement {
    match sessions::fault(case.view, call) {
        Some(fault) => Judgement::fail(fault),
        None => Judgement::pass("allowed"),
    }
}

/// Which preference makes it needed, and whose word that is.
fn preference(case: &Case<'_>, call: Call) -> Evidence {
    let (name, source) = sessions::named_by(case.view, call);
    Evidence {
        source,
        value: format!("names {name}"),
        observed_at: None,
    }
}

/// The user that the preferences name; `None` = they name none that is known here.
pub(super) fn run_as_user(case: &Case<'_>) -> Option<Judgement> {
    let (name, source, exists) = sessions::run_as_user(case.view)?;
    let judgement = match exists {
        Some(true) => Judgement::pass(format!("{name} exists")),
        Some(false) => Judgement::fail(format!("{name} does not exist")),
        None => Judgement::unknown(format!(
            "{name} is not in the host's files, and may come from a directory service"
        )),
    };
    Some(
        judgement
            .resting_on(Evidence {
                source,
                value: format!("names {name}"),
                observed_at: None,
            })
            .resting_on(super::evidence_of(
                &case.view.all.sessions.users,
                |users| match users.get(&name) {
                    Some(true) => format!("{name} is listed"),
                    Some(false) => format!("{name} is not listed"),
                    None => format!("{name} is not listed, and other sources are in use"),
                },
            )),
    )
}
