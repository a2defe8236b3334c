//! Checks of credentials, clock and permissions, by live answers.

use super::{Judgement, path};
use crate::catalogue::CheckId;
use crate::diagnose::case::Case;
use crate::diagnose::permissions;
use crate::diagnose::reply::Reply;
use crate::observations::{Call, NotAsked};
use crate::report::model::{Decision, Evidence, Need};

/// Credentials are good as soon as AWS lets any call through or denies it by name: both come
/// behind authentication. STS may be out of reach in a private subnet, which is no fault.
pub(super) fn credentials(case: &Case<'_>) -> Judgement {
    let Some(path) = case.path() else {
        return Judgement::skip("no path to ask on");
    };
    let mut accepted = None;
    for call in Call::ALL {
        let Some(reply) = case.view.reply_on(call, path) else {
            continue;
        };
        match reply {
            Reply::Expired | Reply::Unrecognized => {
                let what = if reply == Reply::Expired {
                    "ended"
                } else {
                    "not known to AWS"
                };
                return Judgement::fail(what).resting_on_all(path::call_evidence(case, call));
            }
            Reply::Allowed | Reply::Denied(_) if accepted.is_none() => accepted = Some(call),
            _ => {}
        }
    }
    match accepted {
        Some(call) => {
            let who = case
                .principal(path)
                .map_or_else(|| "accepted".to_owned(), |one| one.arn);
            Judgement::pass(who).resting_on_all(path::call_evidence(case, call))
        }
        None if case.view.all.credentials.contains_key(&path) => {
            Judgement::unknown("no answer says whether AWS accepts them")
        }
        None => Judgement::skip("there are none"),
    }
}

pub(super) fn clock(case: &Case<'_>) -> Judgement {
    let Some(clock) = &case.clock else {
        return Judgement::unknown("nothing told the time");
    };
    let judgement = if clock.is_too_large() {
        Judgement::fail(clock.words())
    } else {
        Judgement::pass(format!(
            "within {} s",
            clock.offset.as_secs().unsigned_abs().max(1)
        ))
    };
    judgement.resting_on(Evidence {
        source: clock.source.clone(),
        value: format!(
            "offset {} s, by {} service(s)",
            clock.offset.as_secs(),
            clock.services
        ),
        observed_at: Some(clock.at),
    })
}

pub(super) fn action(case: &Case<'_>, id: CheckId) -> Judgement {
    let (action, call) = subject(id);
    let Some(permission) = case.permission(action) else {
        return if case.path().is_some() {
            Judgement::skip("not needed on this path")
        } else {
            Judgement::skip("no path to ask on")
        };
    };
    let judgement = match (permission.decision, permission.need) {
        (Decision::Allowed, _) => Judgement::pass("allowed"),
        (Decision::Denied, Need::Optional) => Judgement::warn(format!(
            "denied, which sessions do not mind: {}",
            permission.detail
        )),
        (Decision::Denied, _) => Judgement::fail(permission.detail.clone()),
        (Decision::Unknown, _) if left_out(case, call) => {
            Judgement::skip(permission.detail.clone())
        }
        (Decision::Unknown, _) => Judgement::unknown(permission.detail.clone()),
    };
    judgement.resting_on_all(call.and_then(|call| path::call_evidence(case, call)))
}

/// Left out on purpose at this probe level: nothing that anybody failed to look at.
fn left_out(case: &Case<'_>, call: Option<Call>) -> bool {
    call.is_none_or(|call| {
        matches!(
            case.view.reply(call),
            Reply::NotAsked(NotAsked::ProbeLevel | NotAsked::NotNeeded)
        )
    })
}

/// The action that a check is about, and the call that proves it.
fn subject(id: CheckId) -> (&'static str, Option<Call>) {
    let action = match id {
        CheckId::PermissionSsmUpdateInstanceInformation => "ssm:UpdateInstanceInformation",
        CheckId::PermissionSsmmessagesCreateControlChannel => "ssmmessages:CreateControlChannel",
        CheckId::PermissionSsmmessagesOpenControlChannel => "ssmmessages:OpenControlChannel",
        CheckId::PermissionSsmmessagesCreateDataChannel => "ssmmessages:CreateDataChannel",
        CheckId::PermissionSsmListInstanceAssociations => "ssm:ListInstanceAssociations",
        CheckId::PermissionEc2messagesGetEndpoint => "ec2messages:GetEndpoint",
        _ => "ssmmessages:OpenDataChannel",
    };
    let call = permissions::ACTIONS
        .into_iter()
        .find(|(name, ..)| *name == action)
        .and_then(|row| row.2);
    (action, call)
}
