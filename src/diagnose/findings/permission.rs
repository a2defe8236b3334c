//! Denied actions on the path: which layer refused decides which finding it is, and whose.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::{Conclusion, by_log, ec2, layers, session};
use crate::catalogue::{CheckId, FindingId};
use crate::diagnose::capabilities;
use crate::diagnose::case::Case;
use crate::diagnose::denial::Denial;
use crate::diagnose::log_evidence;
use crate::diagnose::permissions::{self, ACTIONS};
use crate::diagnose::reply::Reply;
use crate::diagnose::simulation::{self, Verdict};
use crate::observations::{Call, Path};
use crate::report::model::{Decision, EvidenceKind, Layer, Need, Severity};

/// A denied action and what the denial says.
struct Denied {
    action: &'static str,
    need: Need,
    denial: Denial,
    path: Path,
    /// Whether only a simulation says so.
    simulated: bool,
    /// When the agent logged it; `None` = AWS answered this run so.
    logged_at: Option<Timestamp>,
}

pub(super) fn judge(case: &Case<'_>) -> Vec<Conclusion> {
    let mut by_finding: BTreeMap<FindingId, Vec<Denied>> = BTreeMap::new();
    let others = logged(case).into_iter().chain(simulated(case));
    for denied in all_denied(case).into_iter().chain(others) {
        by_finding.entry(finding(&denied)).or_default().push(denied);
    }
    by_finding
        .into_iter()
        .filter_map(|(id, denied)| conclude(case, id, &denied))
        .collect()
}

fn all_denied(case: &Case<'_>) -> Vec<Denied> {
    ACTIONS
        .into_iter()
        .chain(capabilities::session_rows(case.view))
        .filter_map(|(action, need, call)| {
            let call = call?;
            let path = case.view.record(call)?.path?;
            match case.view.reply(call) {
                Reply::Denied(denial) => Some(Denied {
                    action,
                    need,
                    denial,
                    path,
                    simulated: false,
                    logged_at: None,
                }),
                _ => None,
            }
        })
        .collect()
}

/// What sessions need and nothing live answers, where a simulation is refused.
fn simulated(case: &Case<'_>) -> Vec<Denied> {
    let Some(path) = case.path() else {
        return Vec::new();
    };
    let node = simulation::node_of(case, path);
    let denied: Vec<_> = case
        .permissions
        .iter()
        .filter(|one| one.decision == Decision::Denied && one.need != Need::Optional)
        .filter(|one| one.evidence == EvidenceKind::Simulation)
        .collect();
    permissions::rows(case.view)
        .into_iter()
        .filter(|(action, ..)| denied.iter().any(|one| one.action == *action))
        .filter_map(
            |(action, need, _)| match simulation::verdict(case.view, &node, action)? {
                Verdict::Denied(denial, _) => Some(Denied {
                    action,
                    need,
                    denial,
                    path,
                    simulated: true,
                    logged_at: None,
                }),
                Verdict::Allowed(_) | Verdict::Unknown(_) => None,
            },
        )
        .collect()
}

/// What nothing live answers, and the agent's log says was denied.
fn logged(case: &Case<'_>) -> Vec<Denied> {
    let Some(path) = case.path() else {
        return Vec::new();
    };
    let said = log_evidence::sayings(case.view);
    case.permissions
        .iter()
        .filter(|one| one.decision == Decision::Denied && one.evidence == EvidenceKind::Log)
        .filter_map(|one| {
            let ((_, action), said) = said
                .iter()
                .find(|((on, action), _)| *on == path && one.action == *action)?;
            Some(Denied {
                action,
                need: one.need,
                denial: said.denial.clone()?,
                path,
                simulated: false,
                logged_at: Some(said.at),
            })
        })
        .collect()
}

/// The finding that a denial belongs to.
fn finding(denied: &Denied) -> FindingId {
    let of_log = session::is_of_log(denied.action);
    match denied.need {
        Need::Optional if of_log => return FindingId::SessionLogPermissionMissing,
        Need::Optional => return FindingId::OptionalPermissionMissing,
        Need::Session | Need::Registration => {}
    }
    match denied.denial.layer {
        Layer::ServiceControlPolicy => FindingId::DeniedByServiceControlPolicy,
        Layer::ResourceControlPolicy => FindingId::DeniedByResourceControlPolicy,
        Layer::VpcEndpointPolicy => FindingId::DeniedByEndpointPolicy,
        Layer::PermissionsBoundary => FindingId::DeniedByPermissionsBoundary,
        Layer::SessionPolicy => FindingId::DeniedBySessionPolicy,
        Layer::IdentityPolicy if denied.denial.explicit => FindingId::DeniedExplicitly,
        Layer::IdentityPolicy | Layer::ResourcePolicy | Layer::NotSaid => match denied.need {
            _ if denied.action == "kms:Decrypt" => FindingId::SessionKmsDenied,
            _ if of_log => FindingId::SessionLogPermissionMissing,
            Need::Registration => FindingId::RegistrationPermissionMissing,
            Need::Session | Need::Optional => FindingId::SessionPermissionMissing,
        },
    }
}

fn conclude(case: &Case<'_>, id: FindingId, denied: &[Denied]) -> Option<Conclusion> {
    let first = denied.first()?;
    let actions: Vec<&str> = denied.iter().map(|one| one.action).collect();
    let checks: Vec<CheckId> = actions
        .iter()
        .filter_map(|action| check_of(action))
        .collect();
    let mut subject = case.subject(Some(first.path));
    subject.missing = actions.iter().map(|action| (*action).to_owned()).collect();
    subject.layer = Some(first.denial.layer);
    subject.policy_arn.clone_from(&first.denial.policy_arn);
    if first.denial.layer == Layer::PermissionsBoundary && subject.policy_arn.is_none() {
        let role = case.view.all.account.role.as_ref();
        subject.policy_arn = role.and_then(|role| role.boundary.clone());
    }
    let text = detail(case, first, &actions) + &grounds(case, denied);
    let mut conclusion = Conclusion::new(case, id, text, &checks);
    conclusion.subject = subject;
    Some(conclusion.weighing(severity(case, id, denied)))
}

/// A denial weighs only on the path in use; where Default Host Management steps in, the profile's
/// denial is how it came to be used.
fn severity(case: &Case<'_>, id: FindingId, denied: &[Denied]) -> Severity {
    if denied.iter().all(|one| one.need == Need::Optional) {
        return match id {
            // Sessions open all the same, and their log may suffer.
            FindingId::SessionLogPermissionMissing => Severity::Warning,
            _ => Severity::Note,
        };
    }
    let on_path = denied
        .iter()
        .any(|one| case.selection.active.is_none_or(|path| path == one.path));
    let only_registration = denied.iter().all(|one| one.need == Need::Registration);
    let on_purpose =
        case.selection.active.is_none() && only_registration && !ec2::denial_is_the_cause(case);
    if on_path && !on_purpose {
        Severity::Error
    } else {
        Severity::Note
    }
}

/// What a simulation adds: grounds of its own, or a word beside a live denial.
fn grounds(case: &Case<'_>, denied: &[Denied]) -> String {
    let by_simulation: Vec<&str> = denied
        .iter()
        .filter(|one| one.simulated)
        .map(|one| one.action)
        .collect();
    let mut said = String::new();
    if let Some(live) = denied
        .iter()
        .find(|one| !one.simulated && one.logged_at.is_none())
    {
        let node = simulation::node_of(case, live.path);
        said.push_str(&simulation::beside(case.view, &node, &live.denial));
    }
    if !by_simulation.is_empty() {
        said.extend([
            " A simulation says so of ",
            by_simulation.join(", ").as_str(),
            ", and no live answer could be had.",
        ]);
    }
    said
}

fn detail(case: &Case<'_>, first: &Denied, actions: &[&str]) -> String {
    let who = case
        .principal(first.path)
        .and_then(|one| one.role)
        .map_or_else(
            || format!("the {}'s role", first.path.title()),
            |role| format!("Role {role}"),
        );
    let refused = actions.join(", ");
    let named = first
        .denial
        .policy_arn
        .as_deref()
        .map_or_else(String::new, |arn| format!(" ({arn})"));
    let why = match (first.denial.layer, first.denial.explicit) {
        (Layer::IdentityPolicy, true) => "a policy of the role denies it explicitly",
        (Layer::IdentityPolicy, false) => "no policy of the role allows it",
        (Layer::PermissionsBoundary, _) => {
            "the role's permissions boundary does not let it through"
        }
        (Layer::SessionPolicy, _) => "a session policy does not let it through",
        (Layer::ServiceControlPolicy, _) => {
            "a service control policy of the organization blocks it, by a missing allow or a deny"
        }
        (Layer::ResourceControlPolicy, _) => {
            "a resource control policy of the organization denies it"
        }
        (Layer::VpcEndpointPolicy, _) => {
            "the policy of the VPC endpoint in use does not let it through"
        }
        (Layer::ResourcePolicy, _) => "a resource's policy does not let it through",
        (Layer::NotSaid, _) => "AWS does not say which policy refuses",
    };
    let vain = layers::what_does_not_help(first.denial.layer, first.denial.explicit);
    let effect = session::effect(case, actions);
    let logged = by_log(case, first.logged_at);
    format!("{who} may not call {refused}: {why}{named}.{vain}{effect}{logged}")
}

/// The check of an action.
fn check_of(action: &str) -> Option<CheckId> {
    let call = Call::ALL.into_iter().find(|call| call.action() == action)?;
    match call {
        Call::UpdateInstanceInformation => Some(CheckId::PermissionSsmUpdateInstanceInformation),
        Call::CreateControlChannel => Some(CheckId::PermissionSsmmessagesCreateControlChannel),
        Call::OpenControlChannel => Some(CheckId::PermissionSsmmessagesOpenControlChannel),
        Call::CreateDataChannel => Some(CheckId::PermissionSsmmessagesCreateDataChannel),
        Call::ListInstanceAssociations => Some(CheckId::PermissionSsmListInstanceAssociations),
        Call::GetEndpoint => Some(CheckId::PermissionEc2messagesGetEndpoint),
        Call::DecryptSessionKey => Some(CheckId::PermissionKmsDecrypt),
        Call::GetBucketEncryption => Some(CheckId::PermissionS3GetEncryptionConfiguration),
        Call::DescribeLogGroups => Some(CheckId::PermissionLogsDescribeLogGroups),
        Call::GetCallerIdentity
        | Call::RequestRoleTokenDefaultHostManagement
        | Call::RequestRoleTokenHybrid
        | Call::GetSessionDocument => None,
    }
}
