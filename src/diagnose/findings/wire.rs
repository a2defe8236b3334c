//! What the answers say of time, of the credentials themselves, and of the service's health.

use super::Conclusion;
use crate::catalogue::{CheckId, FindingId};
use crate::diagnose::case::Case;
use crate::diagnose::reply::Reply;
use crate::observations::{Call, CallRecord, Path};

pub(super) fn judge(case: &Case<'_>) -> Vec<Conclusion> {
    [clock(case), rejected(case), unavailable(case)]
        .into_iter()
        .flatten()
        .collect()
}

fn clock(case: &Case<'_>) -> Option<Conclusion> {
    let clock = case.clock.as_ref().filter(|clock| clock.is_too_large())?;
    let effect = if clock.refused {
        "AWS refuses its signatures"
    } else {
        "AWS refuses signatures more than 5 minutes off"
    };
    Some(Conclusion::new(
        case,
        FindingId::ClockSkew,
        format!(
            "This host's clock is {} (as {} tells the time): {effect}.",
            clock.words(),
            clock.source
        ),
        &[CheckId::ClockOffset],
    ))
}

/// Keys that AWS itself calls ended or unknown. Behind a wrong clock they prove nothing.
fn rejected(case: &Case<'_>) -> Option<Conclusion> {
    if case
        .clock
        .as_ref()
        .is_some_and(crate::diagnose::clock::ClockOffset::is_too_large)
    {
        return None;
    }
    let (call, record, reply) = Call::ALL.into_iter().find_map(|call| {
        let record = case.view.record(call)?;
        let reply = case.view.reply(call);
        matches!(reply, Reply::Expired | Reply::Unrecognized).then_some((call, record, reply))
    })?;
    Some(Conclusion::new(
        case,
        FindingId::InstanceCredentialsExpired,
        rejected_detail(case, call, record, &reply),
        &[CheckId::CredentialsValid],
    ))
}

fn rejected_detail(case: &Case<'_>, call: Call, record: &CallRecord, reply: &Reply) -> String {
    let what = match reply {
        Reply::Expired => "have ended",
        _ => "are not known to AWS: deleted, of another partition, or the Region is not enabled",
    };
    let path = record.path.unwrap_or(Path::InstanceProfile);
    let ends = case
        .view
        .all
        .credentials
        .get(&path)
        .and_then(|facts| facts.expires_at)
        .map_or_else(String::new, |end| {
            format!(" Their source gives {end} as their end.")
        });
    format!(
        "The credentials of the {} {what}, says {}.{ends}",
        path.title(),
        call.action()
    )
}

/// AWS answered, and said nothing of permission, on a question that decides something.
fn unavailable(case: &Case<'_>) -> Option<Conclusion> {
    const DECIDING: [Call; 4] = [
        Call::UpdateInstanceInformation,
        Call::RequestRoleTokenDefaultHostManagement,
        Call::RequestRoleTokenHybrid,
        Call::CreateControlChannel,
    ];
    let call = DECIDING
        .into_iter()
        .find(|call| case.view.reply(*call).is_unavailable())?;
    let how = match case.view.reply(call) {
        Reply::Throttled => "throttled",
        _ => "failed to answer",
    };
    Some(Conclusion::new(
        case,
        FindingId::ServiceUnavailable,
        format!(
            "AWS {how} {}, which says nothing of permission. The agent asks again later; so can you.",
            call.action()
        ),
        &[CheckId::PathSelection],
    ))
}
