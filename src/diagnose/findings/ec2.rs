//! The two paths of an EC2 instance: why the profile is out, and why nothing steps in.

use super::{Conclusion, by_log};
use crate::catalogue::{CheckId, FindingId};
use crate::diagnose::case::Case;
use crate::diagnose::ec2::{Dhmc, Ec2Chain, Profile};
use crate::diagnose::reply::Reply;
use crate::observations::{Call, Path};
use crate::report::model::Need;

pub(super) fn judge(case: &Case<'_>) -> Vec<Conclusion> {
    let Some(chain) = case.selection.ec2() else {
        return Vec::new();
    };
    [
        profile(case, chain),
        no_path(case, chain),
        dhmc(case, chain),
        not_tried(case, chain),
        shadowed(case, chain),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// What is wrong with the profile itself, by IMDS.
fn profile(case: &Case<'_>, chain: &Ec2Chain) -> Option<Conclusion> {
    let imds = &case.view.all.imds;
    let info = imds.profile_info.value();
    let arn = info
        .and_then(|info| info.instance_profile_arn.as_deref())
        .unwrap_or("the instance profile");
    let role = imds.role_name.value().map_or("the role", String::as_str);
    let checks = [CheckId::ProfileAttached, CheckId::ProfileCredentials];
    let (id, detail) = match &chain.profile {
        _ if info.is_some_and(|info| info.code == "InstanceProfileNotFound") => (
            FindingId::ProfileNotFound,
            format!(
                "EC2 answers InstanceProfileNotFound for {arn}: it was deleted, or deleted and made again under the same name."
            ),
        ),
        Profile::Empty { .. } => (
            FindingId::ProfileEmpty,
            format!("{arn} is attached and contains no role."),
        ),
        Profile::Refused { code } if code == "AssumeRoleUnauthorizedAccess" => (
            FindingId::RoleTrustWrong,
            format!(
                "EC2 may not assume {role} (AssumeRoleUnauthorizedAccess): its trust policy does not name ec2.amazonaws.com, or the role is gone."
            ),
        ),
        Profile::Refused { code } => (
            FindingId::RoleTrustWrong,
            format!("IMDS answers `{code}` in place of credentials of {role}."),
        ),
        Profile::Expired { expired_at } if chain.test.is_none() => (
            FindingId::InstanceCredentialsExpired,
            format!("IMDS hands out credentials of {role} that ended at {expired_at}."),
        ),
        Profile::None
        | Profile::Ready { .. }
        | Profile::Expired { .. }
        | Profile::Unreadable
        | Profile::Unknown => return None,
    };
    Some(Conclusion::new(case, id, detail, &checks).warning_if(chain.active.is_some()))
}

/// No profile at all, and the account says that Default Host Management is off.
fn no_path(case: &Case<'_>, chain: &Ec2Chain) -> Option<Conclusion> {
    let alone = profile(case, chain).is_none();
    (chain.profile == Profile::None && chain.dhmc == Dhmc::Off && alone).then(|| {
        Conclusion::new(
            case,
            FindingId::NoPermissionPath,
            format!(
                "No instance profile is attached, and Default Host Management is not configured in account {}, Region {}. Either one would do.{}",
                case.account_id().as_deref().unwrap_or("of this instance"),
                case.region().unwrap_or("of this instance"),
                by_log(case, chain.logged_at)
            ),
            &[CheckId::ProfileAttached, CheckId::DhmcToken],
        )
    })
}

/// Why Default Host Management does not step in. Beside a fault of the profile that stands for
/// itself it is the other way in, a note.
fn dhmc(case: &Case<'_>, chain: &Ec2Chain) -> Option<Conclusion> {
    let (id, detail, check) = match &chain.dhmc {
        Dhmc::AgentTooOld => (
            FindingId::DhmcAgentTooOld,
            format!("Agent {} predates 3.2.582.0, the first that knows Default Host Management.", case.view.version().map_or_else(String::new, |version| version.to_string())),
            CheckId::AgentVersion,
        ),
        Dhmc::IdentityRoleUnreadable => (
            FindingId::DhmcIdentityRoleUnreadable,
            format!("IMDS does not deliver the instance identity role, which Default Host Management signs with: {}.", crate::diagnose::words::fetched(&case.view.all.imds.identity_credentials)),
            CheckId::DhmcIdentityRole,
        ),
        Dhmc::NotRegistered => (
            FindingId::Ec2RegistrationMissing,
            "The agent's vault holds no EC2RegistrationKey for this instance, and without one it cannot ask for the account's default role.".to_owned(),
            CheckId::DhmcRegistration,
        ),
        Dhmc::KeyRefused => (
            FindingId::Ec2RegistrationMissing,
            "The service refuses the key that the agent's vault holds for this instance, or the key is damaged: for the service this instance is as good as not registered.".to_owned(),
            CheckId::DhmcRegistration,
        ),
        Dhmc::Off if chain.profile != Profile::None => (
            FindingId::DhmcNotEnabled,
            format!("Default Host Management, the other way in, is not configured in account {}, Region {}; it is set per Region.", case.account_id().as_deref().unwrap_or("of this instance"), case.region().unwrap_or("of this instance")),
            CheckId::DhmcToken,
        ),
        Dhmc::Off | Dhmc::NotReached | Dhmc::Works { .. } | Dhmc::Failed(_) | Dhmc::Unknown { .. } => return None,
    };
    let profile_is_the_cause = profile(case, chain).is_some()
        || matches!(chain.test, Some(Reply::Denied(_))) && !was_on_dhmc(case);
    Some(Conclusion::new(case, id, detail, &[check]).note_if(profile_is_the_cause))
}

/// The agent's own state says that its last success was on Default Host Management: then the
/// profile is out on purpose, and what is missing is Default Host Management.
fn was_on_dhmc(case: &Case<'_>) -> bool {
    case.view
        .runtime_config()
        .is_some_and(|state| state.identity_type == "EC2" && state.credential_source == "SSM")
}

/// The test of the profile failed on something other than a denial.
fn not_tried(case: &Case<'_>, chain: &Ec2Chain) -> Option<Conclusion> {
    let undecided =
        matches!(chain.row, Some("E12" | "E13" | "E14" | "E15")) && chain.dhmc == Dhmc::NotReached;
    undecided.then(|| {
        Conclusion::new(
            case,
            FindingId::DhmcNotTried,
            "The agent's test of the instance profile failed on something other than a denial, so it does not try Default Host Management; what made it fail comes first.",
            &[CheckId::PathSelection],
        )
    })
}

/// The profile wins by one permission and lacks those that sessions need.
fn shadowed(case: &Case<'_>, chain: &Ec2Chain) -> Option<Conclusion> {
    let wins = chain.active == Some(Path::InstanceProfile)
        && matches!(
            case.view.reply(Call::UpdateInstanceInformation),
            Reply::Allowed
        );
    (wins && !case.denied(Need::Session).is_empty()).then(|| {
        Conclusion::new(
            case,
            FindingId::DhmcShadowed,
            "The instance profile may call ssm:UpdateInstanceInformation, so the agent never tries Default Host Management, whatever its role could do.",
            &[CheckId::PathSelection],
        )
    })
}

/// Whether the profile's role was denied the agent's test on purpose or by neglect, and what that
/// means for the permission's own finding: see `permission.rs`.
pub(super) fn denial_is_the_cause(case: &Case<'_>) -> bool {
    !was_on_dhmc(case)
}
