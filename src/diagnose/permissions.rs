//! Action by action: allowed, denied or unknown on one path, and on what grounds.
//!
//! Pure. An answer to a call put with that path's own credentials outweighs everything; where
//! none says anything, the agent's own doings count.

use super::agent_evidence::AgentDoings;
use super::capabilities;
use super::reply::Reply;
use super::view::View;
use crate::observations::{Call, CallRecord, NotAsked, Outcome, Path};
use crate::report::model::{Decision, EvidenceKind, Need, Permission};

/// An action, what it is needed for, and the call that proves it.
pub type Row = (&'static str, Need, Option<Call>);

/// The actions of the report, in its order: what sessions need, what the node needs, the rest.
///
/// `None` = no call of this tool can prove it; the agent's own socket or a session would.
///
/// Source: "Create a custom IAM role for Session Manager"; facts sheet `permissions.md` 3.
pub const ACTIONS: [Row; 7] = [
    (
        "ssmmessages:CreateControlChannel",
        Need::Session,
        Some(Call::CreateControlChannel),
    ),
    (
        "ssmmessages:OpenControlChannel",
        Need::Session,
        Some(Call::OpenControlChannel),
    ),
    (
        "ssmmessages:CreateDataChannel",
        Need::Session,
        Some(Call::CreateDataChannel),
    ),
    ("ssmmessages:OpenDataChannel", Need::Session, None),
    (
        "ssm:UpdateInstanceInformation",
        Need::Registration,
        Some(Call::UpdateInstanceInformation),
    ),
    (
        "ssm:ListInstanceAssociations",
        Need::Optional,
        Some(Call::ListInstanceAssociations),
    ),
    (
        "ec2messages:GetEndpoint",
        Need::Optional,
        Some(Call::GetEndpoint),
    ),
];

/// What is known of every action on this path.
#[must_use]
pub fn judge(view: View<'_>, path: Path) -> Vec<Permission> {
    let doings = AgentDoings::of(view);
    rows(view)
        .into_iter()
        .filter(|(action, ..)| path != Path::EcsTaskRole || *action != capabilities::PING)
        .map(|(action, need, call)| {
            let probed = permission(view, path, action, need, call);
            if probed.decision == Decision::Unknown {
                doings.decide(path, action, probed)
            } else {
                probed
            }
        })
        .collect()
}

/// Every action of the report: what sessions need first, then everything else.
#[must_use]
pub fn rows(view: View<'_>) -> Vec<Row> {
    let mut rows = Vec::from(ACTIONS);
    rows.extend(capabilities::session_rows(view));
    rows.sort_by_key(|(_, need, _)| *need);
    rows.extend(capabilities::further(&rows));
    rows
}

/// The actions that are known to be denied, in the report's order.
#[must_use]
pub fn missing(permissions: &[Permission]) -> Vec<String> {
    permissions
        .iter()
        .filter(|one| one.decision == Decision::Denied)
        .map(|one| one.action.clone())
        .collect()
}

fn permission(
    view: View<'_>,
    path: Path,
    action: &str,
    need: Need,
    call: Option<Call>,
) -> Permission {
    let unknown = |detail: &str| Permission {
        action: action.to_owned(),
        need,
        decision: Decision::Unknown,
        evidence: EvidenceKind::None,
        layer: None,
        detail: detail.to_owned(),
        observed_at: None,
    };
    let Some(call) = call else {
        return unknown(if action.starts_with("ssmmessages:") {
            "only an opened session proves it"
        } else {
            "no question without side effects proves it; a simulation may (--operator-profile)"
        });
    };
    let Some(record) = view.record(call) else {
        return unknown("not asked");
    };
    let Some(reply) = view.reply_on(call, path) else {
        return unknown(match &record.outcome {
            Outcome::NotAsked { why } => why_not_asked(*why),
            Outcome::Failed { .. } | Outcome::NotAws { .. } | Outcome::Answered(_) => {
                "asked on another path, and each question is put once"
            }
        });
    };
    let base = unknown(&words(&reply, record));
    match &reply {
        Reply::Allowed => Permission {
            decision: Decision::Allowed,
            evidence: EvidenceKind::Probe,
            observed_at: Some(record.at),
            ..base
        },
        Reply::Denied(denial) => Permission {
            decision: Decision::Denied,
            evidence: EvidenceKind::Probe,
            layer: Some(denial.layer),
            observed_at: Some(record.at),
            ..base
        },
        Reply::NotAsked(_) => base,
        _ => Permission {
            observed_at: Some(record.at),
            ..base
        },
    }
}

/// The answer in words: its own where it has some.
#[must_use]
pub fn words(reply: &Reply, record: &CallRecord) -> String {
    match reply {
        Reply::Allowed => "allowed".to_owned(),
        Reply::NotAsked(why) => why_not_asked(*why).to_owned(),
        Reply::Unreachable(failure) => super::words::failure(failure),
        Reply::NotAws => "something other than AWS answered".to_owned(),
        Reply::Throttled => {
            "AWS throttled the question, which says nothing of permission".to_owned()
        }
        Reply::ServiceFailed => "the service failed, which says nothing of permission".to_owned(),
        Reply::Denied(_)
        | Reply::NotConfigured
        | Reply::InstanceUnknown
        | Reply::FingerprintMismatch
        | Reply::Expired
        | Reply::Unrecognized
        | Reply::ClockSkew(_)
        | Reply::SignatureRefused
        | Reply::Inconclusive => answer_words(record),
    }
}

fn answer_words(record: &CallRecord) -> String {
    let Outcome::Answered(answer) = &record.outcome else {
        return String::new();
    };
    match (&answer.code, &answer.message) {
        (Some(code), Some(message)) => format!("{code}: {message}"),
        (Some(code), None) => code.clone(),
        (None, Some(message)) => format!("HTTP {}: {message}", answer.status),
        (None, None) => format!("HTTP {}", answer.status),
    }
}

/// Why a question was left out, in words.
#[must_use]
pub fn why_not_asked(why: NotAsked) -> &'static str {
    match why {
        NotAsked::ProbeLevel => "not asked: a higher --probe level would",
        NotAsked::AgentNotRunning => {
            "not asked: only a running agent would send it (--probe full asks all the same)"
        }
        NotAsked::AgentVersionUnknown => {
            "not asked: it must carry the agent's version, unknown here"
        }
        NotAsked::NoCredentials => "not asked: there are no credentials to ask with",
        NotAsked::NoInstance => "not asked: the instance's id or Region is not known",
        NotAsked::IdentityUnknown => "not asked: what the agent takes this host for is not known",
        NotAsked::NoPreference => "not asked: no session preference that needs it is known here",
        NotAsked::NoOperator => "not asked: --operator-profile names somebody who may",
        NotAsked::OtherAccount => {
            "not asked: the operator's profile is of another account, or of one not known"
        }
        NotAsked::NotNeeded => "not asked: another answer had settled it",
        NotAsked::OutOfTime => "not answered before the run ended",
        NotAsked::ToolFailed => "not asked: this tool failed while asking, please report it",
    }
}
