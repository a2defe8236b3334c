//! The hybrid activation: never registered, refused, deregistered, cloned, or in the way.

use super::{Conclusion, by_log};
use crate::catalogue::{CheckId, FindingId};
use crate::diagnose::case::{Case, principal_of};
use crate::diagnose::fingerprint::{self, Sameness};
use crate::diagnose::hybrid::Token;
use crate::diagnose::identity::Chosen;
use crate::diagnose::view::{Machine, certainly_without};
use crate::diagnose::{log_evidence, times};
use crate::observations::{EventKind, Path};
use crate::report::model::Severity;

pub(super) fn judge(case: &Case<'_>) -> Vec<Conclusion> {
    [
        leftover(case),
        unregistered(case),
        refused_token(case),
        fingerprint(case),
        role_replaced(case),
        tier(case),
        shared_profile(case),
    ]
    .into_iter()
    .flatten()
    .collect()
}

fn on_ec2(case: &Case<'_>) -> bool {
    matches!(
        case.view.machine(),
        Machine::Ec2ByImds | Machine::Ec2ByFirmware
    )
}

/// An EC2 instance whose registration wins. Where it works somebody may want it so.
fn leftover(case: &Case<'_>) -> Option<Conclusion> {
    let registration = case.view.registration()?;
    if !on_ec2(case) || !case.is_hybrid() {
        return None;
    }
    let here = case.view.ec2_instance_id().unwrap_or("an EC2 instance");
    Some(
        Conclusion::new(
            case,
            FindingId::HybridRegistrationLeftover,
            format!(
                "This is {here}, and it holds a complete hybrid registration {} (Region {}). While it does, the agent looks at neither the instance profile nor Default Host Management.",
                registration.instance_id, registration.region
            ),
            &[CheckId::HybridRegistration, CheckId::IdentitySelection],
        )
        .warning_if(case.selection.active == Some(Path::HybridActivation)),
    )
}

/// Not EC2, and no complete registration: never begun, or begun and refused.
fn unregistered(case: &Case<'_>) -> Option<Conclusion> {
    let reading = &case.view.all.host.vault.registration;
    let nothing = matches!(case.selection.identity.chosen, Chosen::None);
    if case.view.machine() != Machine::NotEc2 || !nothing || certainly_without(reading).is_none() {
        return None;
    }
    if case.view.registration().is_some() {
        return None;
    }
    let checks = [CheckId::HybridRegistration, CheckId::IdentitySelection];
    if reading
        .value()
        .is_some_and(|partial| partial.has_private_key)
    {
        return Some(Conclusion::new(
            case,
            FindingId::HybridActivationRefused,
            format!(
                "The vault holds a key and no instance id: the last registration was refused or broke off.{} The agent writes the key before it asks, so an earlier registration is gone too.",
                registration_refusal(case)
            ),
            &checks,
        ));
    }
    let vendor = case.view.all.host.dmi.vendor.value();
    let firmware = vendor.map_or_else(String::new, |vendor| {
        format!(" (its firmware says {vendor})")
    });
    Some(Conclusion::new(
        case,
        FindingId::NotRegistered,
        format!(
            "This machine is not an EC2 instance{firmware}, and it is not registered by a hybrid activation. The agent does not use the AWS CLI's credentials."
        ),
        &checks,
    )
    .note_if(!super::damaged_state(case).is_empty()))
}

/// What the log says of the registration that failed.
fn registration_refusal(case: &Case<'_>) -> String {
    let last =
        log_evidence::log(case.view).and_then(|log| log.last(EventKind::HybridRegistrationFailed));
    let Some(event) = last else {
        return String::new();
    };
    let code = event.code.as_deref().unwrap_or("an error");
    let why = match code {
        "ActivationExpired" => ": the activation has expired",
        "InvalidActivation" | "InvalidActivationId" => {
            ": the activation's code or id is wrong, it is of another Region, or its number of machines is used up"
        }
        "RegistrationLimitExceeded" => ": the activation's number of machines is used up",
        _ => "",
    };
    format!(
        " It failed {} with {code}{why}.",
        times::ago(case.view.now(), event.at)
    )
}

/// The service's own words on the token call.
fn refused_token(case: &Case<'_>) -> Option<Conclusion> {
    let chain = case.selection.hybrid()?;
    let id = case.instance_id().unwrap_or("this node");
    let (finding, detail) = match &chain.token {
        Token::Deregistered => (
            FindingId::HybridDeregistered,
            format!(
                "The service does not know {id}: it was deregistered, or belongs to another Region than {}.",
                case.region().unwrap_or("the stored one")
            ),
        ),
        Token::FingerprintMismatch => (
            FindingId::HybridFingerprintChanged,
            format!(
                "The service refuses {id}: MachineFingerprintDoesNotMatch.{}",
                compared(case)
            ),
        ),
        Token::RoleRefused => (
            FindingId::HybridRoleUnusable,
            format!(
                "The service refuses to hand out the role of {id}'s activation: the role is gone, or it does not trust ssm.amazonaws.com for this account."
            ),
        ),
        Token::KeyRefused => (
            FindingId::HybridDeregistered,
            format!(
                "The service refuses the signature of {id}'s stored key: a restored disk may hold a key that was rotated out."
            ),
        ),
        Token::Stored | Token::Issued | Token::Failed(_) | Token::Unknown => return None,
    };
    let in_the_way = on_ec2(case);
    Some(
        Conclusion::new(
            case,
            finding,
            format!("{detail}{}", by_log(case, chain.logged_at)),
            &[CheckId::HybridToken, CheckId::HybridFingerprint],
        )
        .note_if(in_the_way),
    )
}

/// A changed machine is fatal at the agent's next start: it replaces the stored fingerprint, and
/// the service refuses the new one.
fn fingerprint(case: &Case<'_>) -> Option<Conclusion> {
    let chain = case.selection.hybrid()?;
    if !matches!(chain.token, Token::Stored | Token::Issued | Token::Unknown) {
        return None;
    }
    let comparison = fingerprint::compare(case.view)?;
    matches!(comparison.sameness, Sameness::Other(_)).then(|| {
        Conclusion::new(
            case,
            FindingId::HybridFingerprintChanged,
            format!(
                "At its next start the agent will take this for another machine. {}",
                comparison.words()
            ),
            &[CheckId::HybridFingerprint],
        )
        .weighing(if chain.active {
            Severity::Warning
        } else {
            Severity::Error
        })
    })
}

/// What the stored fingerprint says against the machine, and when the agent replaced it.
fn compared(case: &Case<'_>) -> String {
    let words = fingerprint::compare(case.view)
        .map_or_else(String::new, |comparison| format!(" {}", comparison.words()));
    let replaced = log_evidence::log(case.view).and_then(|log| {
        log.last_of(&[
            EventKind::FingerprintReplaced,
            EventKind::FingerprintCreated,
        ])
    });
    let replaced = replaced.map_or_else(String::new, |event| {
        format!(
            " The agent replaced the stored fingerprint {}{}; since then only the service knows the registered one, and equal properties prove nothing.",
            times::ago(case.view.now(), event.at),
            changed_then(case)
        )
    });
    format!("{words}{replaced}")
}

/// The properties that the agent itself found changed, by its log.
fn changed_then(case: &Case<'_>) -> String {
    let events = log_evidence::log(case.view).map(|log| log.events.as_slice());
    let names: Vec<&str> = events
        .unwrap_or_default()
        .iter()
        .filter(|event| event.kind == EventKind::HardwarePropertyChanged)
        .filter_map(|event| event.subject.as_deref())
        .collect();
    match names.as_slice() {
        [] => String::new(),
        names => format!(" ({} had changed)", names.join(", ")),
    }
}

/// AWS names another role for this node than older lines of the log do.
fn role_replaced(case: &Case<'_>) -> Option<Conclusion> {
    let id = case.view.registration()?.instance_id.as_str();
    let now = case.principal(Path::HybridActivation)?.role?;
    let events = &log_evidence::log(case.view)?.events;
    let (before, at) = events.iter().rev().find_map(|event| {
        let arn = log_evidence::denial_of(event)?.principal?;
        let role = principal_of(&arn).role?;
        (arn.ends_with(id) && role != now).then_some((role, event.at))
    })?;
    case.is_hybrid().then(|| {
        Conclusion::new(
            case,
            FindingId::HybridRoleReplaced,
            format!(
                "The node's role is {now}; the agent's log names {before} {}. Quick Setup and patch policies replace it without asking.",
                times::ago(case.view.now(), at)
            ),
            &[CheckId::CredentialsValid],
        )
    })
}

fn tier(case: &Case<'_>) -> Option<Conclusion> {
    (case.selection.active == Some(Path::HybridActivation)).then(|| {
        let account = case.account_id();
        Conclusion::new(
            case,
            FindingId::HybridTierNotVisible,
            format!(
                "Sessions to mi- nodes also need the advanced-instances tier in account {}, Region {}; no host can see that setting.",
                account.as_deref().unwrap_or("of the activation"),
                case.region().unwrap_or("of the activation")
            ),
            &[CheckId::PathSelection],
        )
    })
}

fn shared_profile(case: &Case<'_>) -> Option<Conclusion> {
    let config = case.view.config();
    let file = &case.view.all.host.root_credentials;
    let managed = case.is_hybrid()
        && config.share_creds
        && config.share_profile.is_empty()
        && file
            .value()
            .is_some_and(|found| found.profile == "default" && found.has_token);
    managed.then(|| {
        Conclusion::new(
            case,
            FindingId::SharedProfileManagedByAgent,
            format!("The agent writes the hybrid role's credentials to profile `default` of {}: every AWS tool of root acts with that role.", file.source()),
            &[CheckId::AgentStaticKeys],
        )
    })
}
