//! What the active path's permissions are enough for, by the catalogue's capabilities.
//!
//! Pure. A capability is there when every action it needs is known to be allowed; one denied
//! action is enough to miss it, and what nobody could ask leaves it unknown.

use super::permissions::Row;
use super::sessions;
use super::view::View;
use crate::catalogue::{ActionNeed, Capability};
use crate::observations::{Call, Path};
use crate::report::model::{CapabilityReport, CapabilityState, Decision, Need, Permission};

/// The capabilities of the report, sessions first.
const SHOWN: [&str; 16] = [
    "session-manager",
    "managed-node",
    "session-kms",
    "session-s3-log",
    "session-s3-log-kms",
    "session-cwl-log",
    "session-cwl-stream",
    "session-port-forwarding",
    "session-ssh",
    "session-run-as",
    "run-command",
    "state-manager",
    "inventory",
    "patch-manager",
    "parameter-store",
    "distributor",
];

/// A task never registers, so it needs no ping.
pub(super) const PING: &str = "ssm:UpdateInstanceInformation";

/// The capabilities of the report.
pub(super) fn shown() -> impl Iterator<Item = &'static Capability> {
    SHOWN.into_iter().filter_map(Capability::find)
}

/// What a capability needs on a path, with all it depends on.
pub(super) fn needs(
    capability: &'static Capability,
    path: Option<Path>,
) -> impl Iterator<Item = (&'static Capability, &'static ActionNeed)> {
    capability
        .with_dependencies()
        .into_iter()
        .flat_map(|part| part.required.iter().map(move |need| (part, need)))
        .filter(move |(_, need)| path != Some(Path::EcsTaskRole) || need.action != PING)
}

/// Every shown capability, judged by what is known of its actions.
#[must_use]
pub fn judge(permissions: &[Permission], path: Option<Path>) -> Vec<CapabilityReport> {
    shown()
        .map(|capability| {
            let known = |action: &str| permissions.iter().find(|one| one.action == action);
            let mut missing: Vec<String> = Vec::new();
            let mut all_allowed = true;
            for (_, need) in needs(capability, path) {
                let decision = known(need.action).map(|one| one.decision);
                all_allowed &= decision == Some(Decision::Allowed);
                let denied = decision == Some(Decision::Denied);
                if denied && missing.iter().all(|one| one != need.action) {
                    missing.push(need.action.to_owned());
                }
            }
            CapabilityReport {
                id: capability.id.to_owned(),
                state: match (missing.is_empty(), all_allowed) {
                    (false, _) => CapabilityState::Blocked,
                    (true, true) => CapabilityState::Available,
                    (true, false) => CapabilityState::Unknown,
                },
                missing,
            }
        })
        .collect()
}

/// What the session preferences make needed, each with the call that proves it. Where they
/// demand encryption, the agent refuses the session unless it can see it.
#[must_use]
pub fn session_rows(view: View<'_>) -> [Row; 3] {
    let known = sessions::preferences(view);
    let need = |needed: bool| {
        if needed {
            Need::Session
        } else {
            Need::Optional
        }
    };
    let bucket = sessions::bucket(&known).is_some() && known.bucket_must_be_encrypted == Some(true);
    let group =
        sessions::log_group(&known).is_some() && known.log_group_must_be_encrypted == Some(true);
    [
        (
            "kms:Decrypt",
            need(sessions::kms_key(&known).is_some()),
            Some(Call::DecryptSessionKey),
        ),
        (
            "s3:GetEncryptionConfiguration",
            need(bucket),
            Some(Call::GetBucketEncryption),
        ),
        (
            "logs:DescribeLogGroups",
            need(group),
            Some(Call::DescribeLogGroups),
        ),
    ]
}

/// The actions of every shown capability that are not among `listed`, all optional.
pub(super) fn further(listed: &[Row]) -> Vec<Row> {
    let mut rows: Vec<Row> = Vec::new();
    for need in shown().flat_map(|capability| capability.required) {
        let is_new = listed
            .iter()
            .chain(&rows)
            .all(|(action, ..)| *action != need.action);
        if is_new {
            let call = (need.action == "ssm:GetDocument").then_some(Call::GetSessionDocument);
            rows.push((need.action, Need::Optional, call));
        }
    }
    rows
}

#[cfg(test)]
mod tests {
    use super::{SHOWN, judge, needs, shown};
    use crate::observations::Path;
    use crate::report::model::{CapabilityState, Decision, EvidenceKind, Need, Permission};

    fn permission(action: &str, decision: Decision) -> Permission {
        Permission {
            action: action.to_owned(),
            need: Need::Optional,
            decision,
            evidence: EvidenceKind::None,
            layer: None,
            detail: String::new(),
            observed_at: None,
        }
    }

    fn state(permissions: &[Permission], id: &str) -> CapabilityState {
        let all = judge(permissions, Some(Path::InstanceProfile));
        all.into_iter().find(|one| one.id == id).unwrap().state
    }

    #[test]
    fn every_shown_capability_is_in_the_catalogue() {
        assert_eq!(shown().count(), SHOWN.len());
    }

    #[test]
    fn one_denied_action_blocks_and_one_unasked_action_leaves_it_open() {
        let ssh = shown().find(|one| one.id == "session-ssh").unwrap();
        let mut all: Vec<_> = needs(ssh, None)
            .map(|(_, need)| permission(need.action, Decision::Allowed))
            .collect();
        assert_eq!(state(&all, "session-ssh"), CapabilityState::Available);
        assert_eq!(state(&all, "session-kms"), CapabilityState::Unknown);
        all.push(permission("kms:Decrypt", Decision::Denied));
        assert_eq!(state(&all, "session-kms"), CapabilityState::Blocked);
        all.pop();
        all.pop();
        assert_eq!(state(&all, "session-ssh"), CapabilityState::Unknown);
    }

    #[test]
    fn a_task_needs_no_ping() {
        let shell = shown().next().unwrap();
        let pings = |path| needs(shell, path).any(|(_, need)| need.action == super::PING);
        assert!(!pings(Some(Path::EcsTaskRole)));
        assert!(pings(Some(Path::InstanceProfile)));
    }
}
