//! Every path: whether the agent takes it, and why, in one sentence.
//!
//! Pure. `state` speaks of selection only; what works on the active path is the verdict's.

use super::case::Case;
use super::ec2::{Dhmc, Ec2Chain, Profile};
use super::hybrid::Token;
use super::identity::Identity;
use super::permissions;
use super::reply::Reply;
use super::view::{Machine, certainly_without};
use super::words;
use crate::observations::Path;
use crate::report::model::{CredentialsReport, PathReport, PathState};

/// A state and the sentence that gives the reason.
type Judged = (PathState, String);

/// Every path, the active one first, then in the catalogue's order.
#[must_use]
pub fn judge(case: &Case<'_>) -> Vec<PathReport> {
    let mut all: Vec<PathReport> = Path::ALL
        .into_iter()
        .map(|path| report(case, path))
        .collect();
    all.sort_by_key(|one| one.state != PathState::Active);
    all
}

fn report(case: &Case<'_>, path: Path) -> PathReport {
    let (state, reason) = match path {
        Path::HybridActivation => hybrid(case),
        Path::InstanceProfile => instance_profile(case),
        Path::DefaultHostManagement => default_host_management(case),
        Path::EcsTaskRole => ecs_task_role(case),
        Path::CustomIdentity => custom_identity(case),
    };
    let permissions = if case.path() == Some(path) {
        case.permissions.clone()
    } else if was_asked(case, path) {
        permissions::judge(case.view, path)
    } else {
        Vec::new()
    };
    let facts = case.view.all.credentials.get(&path);
    PathReport {
        path,
        state,
        reason,
        principal: facts.and_then(|_| case.principal(path)),
        credentials: facts.map(|facts| CredentialsReport {
            source: facts.source,
            expires_at: facts.expires_at,
        }),
        missing: permissions::missing(&permissions),
        permissions,
    }
}

/// Whether any question was put with this path's credentials.
fn was_asked(case: &Case<'_>, path: Path) -> bool {
    case.view.all.calls.iter().any(|(call, record)| {
        record.path == Some(path)
            && !matches!(super::reply::read(*call, Some(record)), Reply::NotAsked(_))
    })
}

fn sentence(state: PathState, reason: &str) -> Judged {
    (state, reason.to_owned())
}

fn hybrid(case: &Case<'_>) -> Judged {
    let reading = &case.view.all.host.vault.registration;
    let Some(registration) = case.view.registration() else {
        return unregistered(case);
    };
    let id = &registration.instance_id;
    let Some(chain) = case.selection.hybrid() else {
        return (
            PathState::Unknown,
            format!("{id} is registered, and the agent's order of identities takes another first"),
        );
    };
    if case.selection.identity.certain().is_none() {
        return (
            PathState::Unknown,
            "which identity the agent takes could not be told".to_owned(),
        );
    }
    match &chain.token {
        Token::Stored => (
            PathState::Active,
            format!(
                "{id} is registered in {}, and the agent holds its role's credentials",
                reading.source()
            ),
        ),
        Token::Issued => (
            PathState::Active,
            format!(
                "{id} is registered in {}, and the service hands out its role",
                reading.source()
            ),
        ),
        Token::Deregistered => (
            PathState::Broken,
            format!(
                "the service does not know {id}: it was deregistered, or belongs to another Region"
            ),
        ),
        Token::FingerprintMismatch => (
            PathState::Broken,
            format!("the service says that this is not the machine that registered as {id}"),
        ),
        Token::RoleRefused => (
            PathState::Broken,
            format!("the service refuses to hand out the role of {id}'s activation"),
        ),
        Token::KeyRefused => (
            PathState::Broken,
            format!("the service refuses the signature of {id}'s stored key"),
        ),
        Token::Failed(reply) => (
            PathState::Unknown,
            format!("{id} is registered; {}", came_to_nothing(reply)),
        ),
        Token::Unknown => (
            PathState::Unknown,
            format!("{id} is registered; whether the service hands out its role was not asked"),
        ),
    }
}

fn unregistered(case: &Case<'_>) -> Judged {
    let reading = &case.view.all.host.vault.registration;
    match (reading.value(), certainly_without(reading)) {
        (Some(partial), _) if partial.has_private_key => sentence(
            PathState::Broken,
            "the vault holds a key and no instance id: a registration was begun and not finished",
        ),
        (_, None) => sentence(PathState::Unknown, "the vault could not be read"),
        (None, _) if matches!(reading, crate::observations::Reading::Malformed { .. }) => {
            sentence(PathState::Broken, "the vault's registration is damaged")
        }
        _ => sentence(
            PathState::Missing,
            "this host is not registered by a hybrid activation",
        ),
    }
}

fn instance_profile(case: &Case<'_>) -> Judged {
    if case.selection.active == Some(Path::InstanceProfile) {
        return (PathState::Active, active_profile(case));
    }
    match case.view.machine() {
        Machine::NotEc2 => return sentence(PathState::Missing, "this is not an EC2 instance"),
        Machine::Ec2ByFirmware => {
            return sentence(
                PathState::Unknown,
                "the agent cannot read it: IMDS does not work",
            );
        }
        Machine::Unknown => return sentence(PathState::Unknown, "IMDS was not asked"),
        Machine::Ec2ByImds => {}
    }
    match case.selection.ec2() {
        Some(chain) => passed_over_profile(case, chain),
        None => untried_profile(case),
    }
}

fn active_profile(case: &Case<'_>) -> String {
    let role = case
        .view
        .all
        .imds
        .role_name
        .value()
        .map_or("its role", String::as_str);
    match case.selection.row {
        Some("E21") if case.view.runtime_config().is_none() => {
            format!("the agent's log says that it took {role}")
        }
        Some("E21") => {
            format!("the agent's own state says that it took {role}, and that is still in force")
        }
        Some("O2") => format!("the task has no role of its own, so {role} of the instance is used"),
        _ => format!("{role} may call ssm:UpdateInstanceInformation, the agent's one test"),
    }
}

fn passed_over_profile(case: &Case<'_>, chain: &Ec2Chain) -> Judged {
    let role = case
        .view
        .all
        .imds
        .role_name
        .value()
        .map_or("the role", String::as_str);
    match &chain.profile {
        Profile::None => sentence(PathState::Missing, "no instance profile is attached"),
        Profile::Empty { .. } => {
            sentence(PathState::Broken, "the attached profile contains no role")
        }
        Profile::Refused { code } => (
            PathState::Broken,
            format!("EC2 cannot assume {role} ({code})"),
        ),
        Profile::Unreadable => (
            PathState::Unknown,
            format!(
                "IMDS did not deliver the role: {}",
                words::fetched(&case.view.all.imds.role_name)
            ),
        ),
        Profile::Unknown => sentence(PathState::Unknown, "IMDS was not asked"),
        Profile::Expired { expired_at } if chain.test.is_none() => (
            PathState::Broken,
            format!("IMDS hands out credentials of {role} that ended at {expired_at}"),
        ),
        Profile::Ready { .. } | Profile::Expired { .. } => tested_profile(role, chain),
    }
}

fn tested_profile(role: &str, chain: &Ec2Chain) -> Judged {
    match &chain.test {
        Some(Reply::Denied(_)) => (
            PathState::Broken,
            format!("{role} may not call ssm:UpdateInstanceInformation"),
        ),
        Some(Reply::Expired) => (
            PathState::Broken,
            format!("AWS says that the credentials of {role} have ended"),
        ),
        Some(Reply::Unrecognized) => (
            PathState::Broken,
            format!("AWS does not accept the credentials of {role}"),
        ),
        Some(reply) => (
            PathState::Unknown,
            format!("{role} could not be tested: {}", came_to_nothing(reply)),
        ),
        None => (
            PathState::Unknown,
            format!(
                "{role} is there; whether it may call ssm:UpdateInstanceInformation was not asked"
            ),
        ),
    }
}

/// The identity is another one, so the agent never looks at the profile.
fn untried_profile(case: &Case<'_>) -> Judged {
    let imds = &case.view.all.imds;
    match (imds.role_name.value(), imds.role_name.status()) {
        (Some(role), _) if case.is_hybrid() => (
            PathState::Unknown,
            format!("{role} is attached; the agent never looks while the hybrid registration wins"),
        ),
        (Some(role), _) => (
            PathState::Unknown,
            format!("{role} is attached; the agent does not come to it"),
        ),
        (None, Some(404)) => sentence(PathState::Missing, "no instance profile is attached"),
        _ => sentence(PathState::Unknown, "the agent does not come to it"),
    }
}

fn default_host_management(case: &Case<'_>) -> Judged {
    let machine = match case.selection.active {
        Some(Path::DefaultHostManagement) => Machine::Ec2ByImds,
        _ => case.view.machine(),
    };
    match machine {
        Machine::NotEc2 => {
            return sentence(PathState::Missing, "only EC2 instances can have it");
        }
        Machine::Ec2ByFirmware | Machine::Unknown => {
            return sentence(
                PathState::Unknown,
                "the agent cannot come to it: IMDS does not work",
            );
        }
        Machine::Ec2ByImds => {}
    }
    let Some(chain) = case.selection.ec2() else {
        return sentence(PathState::Unknown, "the agent does not come to it");
    };
    dhmc_reason(chain)
}

fn dhmc_reason(chain: &Ec2Chain) -> Judged {
    match &chain.dhmc {
        Dhmc::NotReached if chain.active == Some(Path::InstanceProfile) => sentence(
            PathState::Unknown,
            "not tried while the instance profile wins",
        ),
        Dhmc::NotReached => sentence(
            PathState::Unknown,
            "not tried: only a denial or a missing role leads the agent to it",
        ),
        Dhmc::AgentTooOld => sentence(PathState::Broken, "the agent is older than 3.2.582.0"),
        Dhmc::NotRegistered => sentence(
            PathState::Broken,
            "the agent has not registered this instance",
        ),
        Dhmc::IdentityRoleUnreadable => sentence(
            PathState::Broken,
            "IMDS does not deliver the instance identity role",
        ),
        Dhmc::Off => sentence(
            PathState::Missing,
            "it is not configured in this account and Region",
        ),
        Dhmc::KeyRefused => sentence(
            PathState::Broken,
            "the service refuses the key stored for this instance",
        ),
        Dhmc::Works { asked: true } => sentence(
            PathState::Active,
            "the profile is out, and the service hands out the account's default role",
        ),
        Dhmc::Works { asked: false } => sentence(
            PathState::Active,
            "by the agent's own record it holds the account's default role",
        ),
        Dhmc::Failed(reply) => (PathState::Unknown, came_to_nothing(reply)),
        Dhmc::Unknown { question, .. } => (PathState::Unknown, format!("not known: {question}")),
    }
}

fn ecs_task_role(case: &Case<'_>) -> Judged {
    if case.selection.active == Some(Path::EcsTaskRole) {
        return sentence(
            PathState::Active,
            "the container's variables name the task's credentials",
        );
    }
    match case.identity() {
        Some(Identity::Ecs) if case.selection.candidate == Some(Path::EcsTaskRole) => sentence(
            PathState::Broken,
            "the task's credentials endpoint did not deliver",
        ),
        _ => sentence(
            PathState::Missing,
            "this is not a container of an ECS task with a role",
        ),
    }
}

fn custom_identity(case: &Case<'_>) -> Judged {
    if case.selection.active == Some(Path::CustomIdentity) {
        return if case
            .view
            .all
            .credentials
            .contains_key(&Path::CustomIdentity)
        {
            sentence(
                PathState::Active,
                "the agent's configuration names an identity of its own",
            )
        } else {
            sentence(
                PathState::Broken,
                "an identity is configured, and no credentials were found for it",
            )
        };
    }
    if case.view.config().custom_identities.is_empty() {
        sentence(PathState::Missing, "none is configured")
    } else {
        sentence(
            PathState::Unknown,
            "one is configured, and the agent's order takes another first",
        )
    }
}

/// A question that was put and settled nothing.
fn came_to_nothing(reply: &Reply) -> String {
    match reply {
        Reply::Unreachable(failure) => words::failure(failure),
        Reply::NotAws => "something other than AWS answered".to_owned(),
        Reply::Throttled => "AWS throttled the question".to_owned(),
        Reply::ServiceFailed => "the service failed".to_owned(),
        Reply::ClockSkew(_) => "AWS refused the signature because of the clock".to_owned(),
        Reply::SignatureRefused => "AWS refused the signature".to_owned(),
        Reply::Expired => "AWS says that the credentials have ended".to_owned(),
        Reply::Unrecognized => "AWS does not accept the credentials".to_owned(),
        Reply::InstanceUnknown => "the service does not know this instance".to_owned(),
        Reply::Allowed
        | Reply::Denied(_)
        | Reply::NotConfigured
        | Reply::FingerprintMismatch
        | Reply::Inconclusive
        | Reply::NotAsked(_) => "the answer settled nothing".to_owned(),
    }
}
