//! Checks of identity, registrations and the selected path.

use super::{Judgement, evidence_of};
use crate::diagnose::case::Case;
use crate::diagnose::ec2::Dhmc;
use crate::diagnose::fingerprint::{self, Sameness};
use crate::diagnose::hybrid::Token;
use crate::diagnose::identity::Chosen;
use crate::diagnose::permissions;
use crate::diagnose::view::{Machine, certainly_without};
use crate::observations::{Call, Registration};
use crate::report::model::Evidence;

pub(super) fn identity(case: &Case<'_>) -> Judgement {
    let choice = &case.selection.identity;
    let judgement = match &choice.chosen {
        Chosen::Is(identity) => Judgement::pass(identity.word()),
        Chosen::None => Judgement::fail("no identity fits, so the agent ends"),
        Chosen::NotStarted => Judgement::fail("the agent does not start"),
        Chosen::Unknown {
            likely: Some(identity),
            question,
        } => Judgement::unknown(format!("likely {}; not known: {question}", identity.word())),
        Chosen::Unknown {
            likely: None,
            question,
        } => Judgement::unknown(format!("not known: {question}")),
    };
    judgement.resting_on(Evidence {
        source: "the agent's order of identities".to_owned(),
        value: table_row(&choice.order.join(", "), choice.row),
        observed_at: None,
    })
}

fn table_row(value: &str, row: Option<&str>) -> String {
    row.map_or_else(
        || value.to_owned(),
        |row| format!("{value} (decision table, row {row})"),
    )
}

fn describe(registration: &Registration) -> String {
    let id = if registration.instance_id.is_empty() {
        "no instance id"
    } else {
        &registration.instance_id
    };
    let key = if registration.has_private_key {
        "with its key"
    } else {
        "without a key"
    };
    format!(
        "{id}, Region {}, {key}",
        if registration.region.is_empty() {
            "none"
        } else {
            &registration.region
        }
    )
}

pub(super) fn registration(case: &Case<'_>) -> Judgement {
    let reading = &case.view.all.host.vault.registration;
    let judgement = match (case.view.registration(), certainly_without(reading)) {
        (Some(found), _) => Judgement::pass(found.instance_id.clone()),
        (None, None) => Judgement::unknown("the vault could not be read"),
        (None, _) if reading.value().is_some_and(|one| one.has_private_key) => {
            Judgement::fail("begun and not finished: a key and no instance id")
        }
        (None, _) if case.view.machine() == Machine::NotEc2 => Judgement::fail("none"),
        (None, _) => Judgement::skip("none, and an EC2 instance needs none"),
    };
    judgement.resting_on(evidence_of(reading, describe))
}

pub(super) fn fingerprint(case: &Case<'_>) -> Judgement {
    let reading = &case.view.all.host.vault.fingerprint;
    if case.view.registration().is_none() {
        return unless_unread(
            case,
            Judgement::skip("not registered by a hybrid activation"),
        );
    }
    let comparison = fingerprint::compare(case.view);
    let evidence = evidence_of(reading, |one| {
        format!(
            "{} stored properties, threshold {} %",
            one.hardware.len(),
            one.similarity_threshold
        )
    });
    let refused = case
        .selection
        .hybrid()
        .is_some_and(|chain| chain.token == Token::FingerprintMismatch);
    let judgement = match comparison {
        _ if refused => Judgement::fail("MachineFingerprintDoesNotMatch, says the service"),
        None if certainly_without(reading) == Some(true) => Judgement::fail(
            "none is stored: the agent makes a new one at its next start, which the service refuses",
        ),
        None => Judgement::unknown("could not be read"),
        Some(comparison) => match comparison.sameness {
            Sameness::SwitchedOff => Judgement::pass("the comparison is switched off"),
            Sameness::Same => Judgement::pass(comparison.words()),
            Sameness::Other(_) => Judgement::fail(comparison.words()),
            Sameness::NotSettled => {
                Judgement::unknown(format!("not settled. {}", comparison.words()))
            }
        },
    };
    judgement.resting_on(evidence)
}

/// What does not apply to a host that is not registered is unknown while the vault is closed.
fn unless_unread(case: &Case<'_>, judgement: Judgement) -> Judgement {
    if certainly_without(&case.view.all.host.vault.registration).is_none()
        && case.view.registration().is_none()
    {
        Judgement::unknown("whether this is a hybrid node is not known")
    } else {
        judgement
    }
}

pub(super) fn hybrid_token(case: &Case<'_>) -> Judgement {
    let Some(chain) = case.selection.hybrid() else {
        let skip = Judgement::skip("the agent is not on a hybrid activation");
        return unless_unread(case, skip);
    };
    let judgement = match &chain.token {
        Token::Stored => Judgement::pass("the agent holds credentials that have not ended"),
        Token::Issued => Judgement::pass("the service hands out the role"),
        Token::Deregistered => Judgement::fail("the service does not know this node"),
        Token::FingerprintMismatch => Judgement::fail("MachineFingerprintDoesNotMatch"),
        Token::RoleRefused => Judgement::fail("the service refuses the role"),
        Token::KeyRefused => Judgement::fail("the service refuses the signature of the stored key"),
        Token::Failed(_) | Token::Unknown => {
            Judgement::unknown(call_words(case, Call::RequestRoleTokenHybrid))
        }
    };
    judgement
        .resting_on_all(call_evidence(case, Call::RequestRoleTokenHybrid))
        .resting_on(state_evidence(case))
}

pub(super) fn dhmc_registration(case: &Case<'_>) -> Judgement {
    if case.view.machine() == Machine::NotEc2 {
        return Judgement::skip("this is not an EC2 instance");
    }
    let reading = &case.view.all.host.vault.ec2_registration;
    let here = case.view.ec2_instance_id();
    let judgement = match (reading.value(), certainly_without(reading)) {
        (Some(found), _) if Some(found.instance_id.as_str()) == here && found.has_private_key => {
            Judgement::pass("registered")
        }
        (Some(found), _) if found.instance_id.is_empty() => Judgement::warn(
            "keys and no instance id: not finished; only Default Host Management needs it",
        ),
        (Some(_), _) if here.is_none() => Judgement::unknown("the instance's id is not known"),
        (Some(found), _) => {
            Judgement::warn(format!("it is of {}, another instance", found.instance_id))
        }
        (None, None) => Judgement::unknown("the vault could not be read"),
        (None, _) => Judgement::warn("none; only Default Host Management needs it"),
    };
    judgement.resting_on(evidence_of(reading, describe))
}

pub(super) fn dhmc_token(case: &Case<'_>) -> Judgement {
    let Some(chain) = case.selection.ec2() else {
        return Judgement::skip("the agent is not an EC2 instance to itself");
    };
    let judgement = match &chain.dhmc {
        Dhmc::NotReached => unless_unread(case, Judgement::skip("the agent does not come to it")),
        Dhmc::Works { asked: true } => {
            Judgement::pass("the service hands out the account's default role")
        }
        Dhmc::Works { asked: false } => {
            Judgement::pass("the agent holds credentials that have not ended")
        }
        Dhmc::Off => Judgement::fail("not configured in this account and Region"),
        Dhmc::KeyRefused => Judgement::fail("the key stored for this instance is refused"),
        Dhmc::AgentTooOld => Judgement::fail("the agent does not know it"),
        Dhmc::NotRegistered | Dhmc::IdentityRoleUnreadable => {
            Judgement::fail("the agent lacks what it needs to ask")
        }
        Dhmc::Failed(_) => Judgement::unknown(call_words(
            case,
            Call::RequestRoleTokenDefaultHostManagement,
        )),
        Dhmc::Unknown { question, .. } => Judgement::unknown(format!("not known: {question}")),
    };
    judgement
        .resting_on_all(call_evidence(
            case,
            Call::RequestRoleTokenDefaultHostManagement,
        ))
        .resting_on(state_evidence(case))
}

pub(super) fn selection(case: &Case<'_>) -> Judgement {
    let judgement = match (case.selection.active, &case.selection.question) {
        (Some(path), _) => Judgement::pass(path.id()),
        (None, Some(question)) => Judgement::unknown(format!("not known: {question}")),
        (None, None) if undecided(case) => {
            Judgement::unknown("the agent's test came to nothing, so neither path was decided")
        }
        (None, None) => Judgement::fail("none"),
    };
    judgement
        .resting_on(Evidence {
            source: "the agent's decision table".to_owned(),
            value: case
                .selection
                .row
                .map_or_else(|| "no row fits".to_owned(), |row| format!("row {row}")),
            observed_at: None,
        })
        .resting_on(state_evidence(case))
}

/// Whether the question that selects the path was put and settled nothing.
pub(in crate::diagnose) fn undecided(case: &Case<'_>) -> bool {
    matches!(
        case.selection.row,
        Some("E12" | "E13" | "E15" | "H7" | "H9")
    ) || case
        .selection
        .hybrid()
        .is_some_and(|chain| matches!(chain.token, Token::Failed(_)))
        || case.selection.ec2().is_some_and(|chain| {
            matches!(chain.dhmc, Dhmc::Failed(_)) || (chain.row.is_none() && chain.test.is_some())
        })
}

/// What the agent itself last took.
fn state_evidence(case: &Case<'_>) -> Evidence {
    let reading = &case.view.all.host.runtime_config;
    evidence_of(reading, |state| {
        let source = if state.credential_source.is_empty() {
            "none yet"
        } else {
            &state.credential_source
        };
        let end = state.credentials_expires_at.map_or_else(
            || "never had credentials".to_owned(),
            |end| format!("credentials end {end:.0}"),
        );
        format!(
            "identity {}, credential source {source}, {end}",
            state.identity_type
        )
    })
}

pub(super) fn call_evidence(case: &Case<'_>, call: Call) -> Option<Evidence> {
    let record = case.view.record(call)?;
    Some(Evidence {
        source: format!(
            "{} at {}",
            call.action(),
            record.endpoint.as_deref().unwrap_or("no endpoint")
        ),
        value: permissions::words(&case.view.reply(call), record),
        observed_at: Some(record.at),
    })
}

fn call_words(case: &Case<'_>, call: Call) -> String {
    case.view.record(call).map_or_else(
        || "not asked".to_owned(),
        |record| permissions::words(&case.view.reply(call), record),
    )
}
