//! The hybrid activation: never registered, refused, deregistered, cloned, or in the way.

use super::Conclusion;
use crate::catalogue::{CheckId, FindingId};
use crate::diagnose::case::Case;
use crate::diagnose::hybrid::Token;
use crate::diagnose::identity::Chosen;
use crate::diagnose::view::{Machine, certainly_without};
use crate::observations::Path;
use crate::report::model::Severity;

pub(super) fn judge(case: &Case<'_>) -> Vec<Conclusion> {
    [
        leftover(case),
        unregistered(case),
        refused_token(case),
        machine_id(case),
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
            "The vault holds a key and no instance id: the last registration was refused or broke off. The agent writes the key before it asks, so an earlier registration is gone too.",
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
    ))
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
                changed_machine_id(case).unwrap_or_default()
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
            detail,
            &[CheckId::HybridToken, CheckId::HybridFingerprint],
        )
        .note_if(in_the_way),
    )
}

/// A changed machine-id is fatal at the agent's next start, whatever the threshold.
fn machine_id(case: &Case<'_>) -> Option<Conclusion> {
    let chain = case.selection.hybrid()?;
    if !matches!(chain.token, Token::Stored | Token::Issued | Token::Unknown) {
        return None;
    }
    let detail = changed_machine_id(case)?;
    Some(
        Conclusion::new(
            case,
            FindingId::HybridFingerprintChanged,
            format!("At its next start the agent will take this for another machine.{detail}"),
            &[CheckId::HybridFingerprint],
        )
        .weighing(if chain.active {
            Severity::Warning
        } else {
            Severity::Error
        }),
    )
}

/// What the stored fingerprint says against the machine.
fn changed_machine_id(case: &Case<'_>) -> Option<String> {
    let stored = case.view.all.host.vault.fingerprint.value()?;
    let then = stored.hardware.get("machine-id")?.trim();
    let now = stored.current_machine_id.value()?.trim();
    (stored.similarity_threshold != -1 && !then.is_empty() && then != now)
        .then(|| " The machine-id is not the one that was stored at registration: a clone, a restored image, or a machine-id that does not persist.".to_owned())
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
