//! The words of the text forms for the values of the report.

pub(super) use crate::diagnose::times::span;
use jiff::Timestamp;

use super::model::{
    CheckStatus, Decision, EvidenceKind, Finding, Layer, Need, Owner, PathState, Severity,
    VerdictOutcome,
};
use super::style::Tone;
use crate::observations::{CredentialSource, ProbeLevel};

pub(super) fn outcome(outcome: VerdictOutcome) -> (&'static str, Tone) {
    match outcome {
        VerdictOutcome::Usable => ("USABLE", Tone::Good),
        VerdictOutcome::Blocked => ("BLOCKED", Tone::Bad),
        VerdictOutcome::NoPath => ("NO PATH", Tone::Bad),
        VerdictOutcome::Inconclusive => ("UNKNOWN", Tone::Doubt),
    }
}

pub(super) fn outcome_id(outcome: VerdictOutcome) -> &'static str {
    match outcome {
        VerdictOutcome::Usable => "usable",
        VerdictOutcome::Blocked => "blocked",
        VerdictOutcome::NoPath => "no-path",
        VerdictOutcome::Inconclusive => "inconclusive",
    }
}

pub(super) fn state(state: PathState) -> (&'static str, Tone) {
    match state {
        PathState::Active => ("active", Tone::Good),
        PathState::Standby => ("standby", Tone::Label),
        PathState::Missing => ("missing", Tone::Quiet),
        PathState::Broken => ("broken", Tone::Bad),
        PathState::Unknown => ("unknown", Tone::Doubt),
    }
}

pub(super) fn decision(decision: Decision) -> (&'static str, Tone) {
    match decision {
        Decision::Allowed => ("allowed", Tone::Good),
        Decision::Denied => ("denied", Tone::Bad),
        Decision::Unknown => ("unknown", Tone::Doubt),
    }
}

pub(super) fn status(status: CheckStatus) -> (&'static str, Tone) {
    match status {
        CheckStatus::Pass => ("pass", Tone::Good),
        CheckStatus::Warn => ("warn", Tone::Doubt),
        CheckStatus::Fail => ("fail", Tone::Bad),
        CheckStatus::Skip => ("skip", Tone::Quiet),
        CheckStatus::Unknown => ("unknown", Tone::Doubt),
    }
}

/// A finding's weight, or that it was set aside.
pub(super) fn weight(finding: &Finding) -> (&'static str, Tone) {
    if finding.ignored.is_some() {
        return ("ignored", Tone::Quiet);
    }
    match finding.severity {
        Severity::Error => ("error", Tone::Bad),
        Severity::Warning => ("warning", Tone::Doubt),
        Severity::Note => ("note", Tone::Label),
    }
}

pub(super) fn severity(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Note => "note",
    }
}

pub(super) fn owner(owner: Owner) -> &'static str {
    match owner {
        Owner::Host => "whoever runs this host",
        Owner::Account => "the AWS account's administrator",
        Owner::Network => "the network's owner",
        Owner::Organization => "the organization's administrator",
        Owner::Client => "the person who opens the session",
    }
}

pub(super) fn need(need: Need) -> &'static str {
    match need {
        Need::Session => "needed for sessions",
        Need::Registration => "needed to register",
        Need::Optional => "optional",
    }
}

pub(super) fn evidence(kind: EvidenceKind) -> &'static str {
    match kind {
        EvidenceKind::Probe => "by a live probe",
        EvidenceKind::Socket => "by a live socket of the agent",
        EvidenceKind::Log => "by the agent's log or state",
        EvidenceKind::Simulation => "by simulation",
        EvidenceKind::Policy => "by policy documents",
        EvidenceKind::None => "no evidence",
    }
}

pub(super) fn layer(layer: Layer) -> &'static str {
    match layer {
        Layer::IdentityPolicy => "refused by the role's policies",
        Layer::PermissionsBoundary => "refused by the permissions boundary",
        Layer::SessionPolicy => "refused by a session policy",
        Layer::ServiceControlPolicy => "refused by a service control policy",
        Layer::ResourceControlPolicy => "refused by a resource control policy",
        Layer::VpcEndpointPolicy => "refused by a VPC endpoint policy",
        Layer::ResourcePolicy => "refused by a resource's policy",
        Layer::NotSaid => "the refusing layer is not said",
    }
}

pub(super) fn source(source: CredentialSource) -> &'static str {
    match source {
        CredentialSource::Imds => "IMDS",
        CredentialSource::SharedFile => "the agent's credentials file",
        CredentialSource::RoleToken => "Systems Manager",
        CredentialSource::ContainerEndpoint => "the container credentials endpoint",
        CredentialSource::Environment => "the agent's environment",
        CredentialSource::OperatorProfile => "the operator's profile",
    }
}

pub(super) fn probe_level(level: ProbeLevel) -> &'static str {
    match level {
        ProbeLevel::Passive => "passive",
        ProbeLevel::Agent => "agent",
        ProbeLevel::Full => "full",
    }
}

/// How old something is, counted from when the run began.
pub(super) fn age(observed_at: Option<Timestamp>, started_at: Timestamp) -> String {
    let Some(observed_at) = observed_at else {
        return "undated".to_owned();
    };
    let seconds = started_at.as_second() - observed_at.as_second();
    if seconds <= 1 {
        return "seen in this run".to_owned();
    }
    format!("{} old", span(seconds))
}

#[cfg(test)]
mod tests {
    use super::{age, span};

    #[test]
    fn an_age_is_counted_from_the_start_of_the_run() {
        let start = "2026-01-01T00:00:00Z".parse().unwrap();
        let seen = |text: &str| age(Some(text.parse().unwrap()), start);
        assert_eq!(seen("2026-01-01T00:00:03Z"), "seen in this run");
        assert_eq!(seen("2025-12-31T23:57:00Z"), "3 min old");
        assert_eq!(age(None, start), "undated");
        assert_eq!(
            [span(119), span(7200), span(172_800)],
            ["119 s", "2 h", "2 days"]
        );
    }
}
