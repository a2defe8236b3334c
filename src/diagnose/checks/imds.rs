//! Checks of what IMDS gives.

use super::Judgement;
use crate::diagnose::case::Case;
use crate::diagnose::view::{Machine, is_instance_id};
use crate::diagnose::words;
use crate::observations::{CredentialsDocument, Fetched};
use crate::report::model::Evidence;

fn evidence<T>(source: &str, answer: &Fetched<T>, value: impl FnOnce(&T) -> String) -> Evidence {
    Evidence {
        source: format!("IMDS {source}"),
        value: answer.value().map_or_else(|| words::fetched(answer), value),
        observed_at: answer.at(),
    }
}

/// Off EC2 none of these applies.
fn off_ec2(case: &Case<'_>) -> Option<Judgement> {
    (case.view.machine() == Machine::NotEc2).then(|| Judgement::skip("this is not an EC2 instance"))
}

pub(super) fn token(case: &Case<'_>) -> Judgement {
    let imds = &case.view.all.imds;
    let seen = [
        evidence("PUT api/token", &imds.token, |ttl| {
            format!("a token for {ttl} s")
        }),
        evidence("GET meta-data/ without a token", &imds.plain_get, |_| {
            "HTTP 200".to_owned()
        }),
    ];
    let judgement = match &imds.token {
        Fetched::Value { .. } => Judgement::pass(format!("{} gives a token", imds.endpoint)),
        Fetched::NotAsked { why } => Judgement::unknown(why.clone()),
        _ if case.view.machine() == Machine::NotEc2 => {
            Judgement::skip("this is not an EC2 instance")
        }
        answer => Judgement::fail(words::fetched(answer)),
    };
    judgement.resting_on_all(seen)
}

pub(super) fn instance(case: &Case<'_>) -> Judgement {
    let imds = &case.view.all.imds;
    let seen = [
        evidence("meta-data/instance-id", &imds.instance_id, Clone::clone),
        evidence(
            "dynamic/instance-identity/document",
            &imds.identity_document,
            |one| one.region.clone(),
        ),
    ];
    let judgement = match (imds.instance_id.value(), imds.identity_document.value()) {
        (Some(id), Some(document)) if is_instance_id(id) => {
            Judgement::pass(format!("{id} in {}", document.region))
        }
        _ => off_ec2(case).unwrap_or_else(|| {
            if matches!(imds.instance_id, Fetched::NotAsked { .. }) {
                Judgement::unknown("IMDS gave no token to ask with")
            } else {
                Judgement::fail("IMDS does not tell the instance and its Region")
            }
        }),
    };
    judgement.resting_on_all(seen)
}

pub(super) fn profile_attached(case: &Case<'_>) -> Judgement {
    let imds = &case.view.all.imds;
    let seen = [
        evidence("meta-data/iam/info", &imds.profile_info, |info| {
            let arn = info.instance_profile_arn.clone().unwrap_or_default();
            format!("{} {arn}", info.code).trim_end().to_owned()
        }),
        evidence(
            "meta-data/iam/security-credentials/",
            &imds.role_name,
            Clone::clone,
        ),
    ];
    let code = imds.profile_info.value().map(|info| info.code.as_str());
    let judgement = match (&imds.role_name, code) {
        (_, Some("InstanceProfileNotFound")) => {
            Judgement::fail("EC2 answers InstanceProfileNotFound")
        }
        (Fetched::Value { value, .. }, _) => Judgement::pass(format!("role {value}")),
        (Fetched::Empty { .. }, _) | (Fetched::Status { status: 404, .. }, Some("Success")) => {
            Judgement::fail("a profile without a role")
        }
        (Fetched::Status { status: 404, .. }, _) => Judgement::warn("no profile"),
        (Fetched::NotAsked { .. }, _) => {
            off_ec2(case).unwrap_or_else(|| Judgement::unknown("IMDS gave no token to ask with"))
        }
        (answer, _) => off_ec2(case).unwrap_or_else(|| Judgement::unknown(words::fetched(answer))),
    };
    judgement.resting_on_all(seen)
}

pub(super) fn profile_credentials(case: &Case<'_>) -> Judgement {
    let answer = &case.view.all.imds.role_credentials;
    let seen = evidence(
        "meta-data/iam/security-credentials/<role>",
        answer,
        describe,
    );
    let judgement = match answer.value() {
        Some(document) => of_document(case, document),
        None if case.view.all.imds.role_name.value().is_none() => {
            off_ec2(case).unwrap_or_else(|| Judgement::skip("no role"))
        }
        None => Judgement::fail(words::fetched(answer)),
    };
    judgement.resting_on(seen)
}

pub(super) fn identity_role(case: &Case<'_>) -> Judgement {
    let answer = &case.view.all.imds.identity_credentials;
    let seen = evidence(
        "meta-data/identity-credentials/ec2/security-credentials/ec2-instance",
        answer,
        describe,
    );
    let judgement = match answer.value() {
        Some(document) => of_document(case, document),
        None => off_ec2(case).unwrap_or_else(|| match answer {
            Fetched::NotAsked { .. } => Judgement::unknown("IMDS gave no token to ask with"),
            answer => Judgement::warn(format!(
                "{}; only Default Host Management needs it",
                words::fetched(answer)
            )),
        }),
    };
    judgement.resting_on(seen)
}

fn of_document(case: &Case<'_>, document: &CredentialsDocument) -> Judgement {
    match (document.code.as_str(), document.expires_at) {
        ("Success", Some(end)) if end <= case.view.now() => {
            Judgement::fail(format!("ended at {end}"))
        }
        ("Success", _) if !document.complete => Judgement::fail("the document is incomplete"),
        ("Success", Some(end)) => Judgement::pass(format!("until {end}")),
        ("Success", None) => Judgement::pass("delivered"),
        (code, _) => Judgement::fail(code.to_owned()),
    }
}

fn describe(document: &CredentialsDocument) -> String {
    let end = document
        .expires_at
        .map_or_else(String::new, |end| format!(", ends {end}"));
    format!("code {}{end}", document.code)
}
