//! Which questions to put next: a pure function of what is already known.
//!
//! It is asked again after every answer, so the order follows the agent's own: what selects the
//! path first, everything else with the selected path's credentials. Nothing is ever asked twice.

use std::collections::BTreeSet;

use crate::diagnose::identity::Identity;
use crate::diagnose::selection::{Chain, Selection, select};
use crate::diagnose::sessions;
use crate::diagnose::view::{ImdsUse, View};
use crate::observations::{Call, NotAsked, Observations, Path, ProbeLevel, SessionPreferences};

/// One question to put.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Question {
    /// The call.
    pub call: Call,
    /// Whose credentials it is put with.
    pub path: Path,
}

/// The questions to put now. `pending` are under way; `impatient` = they have been for a while,
/// so what would rather wait for them should wait no longer.
#[must_use]
pub fn next(seen: &Observations, pending: &BTreeSet<Call>, impatient: bool) -> Vec<Question> {
    if seen.probe_level == ProbeLevel::Passive {
        return Vec::new();
    }
    let view = View::new(seen);
    let selection = select(view);
    let imds_is_open = view.imds() == ImdsUse::NotAsked || view.awaits_plain_get();
    let on_prem = selection.identity.certain() == Some(Identity::OnPrem);
    if imds_is_open && !on_prem && selection.identity.certain() != Some(Identity::Custom) {
        return Vec::new();
    }
    let mut questions = deciding(view, &selection);
    let undecided = questions
        .iter()
        .any(|question| !is_asked(seen, question.call));
    if !undecided || impatient || is_settled_by_state(view, &selection) {
        questions.extend(remaining(view, &selection));
    }
    let mut planned = BTreeSet::new();
    questions.retain(|question| {
        !is_asked(seen, question.call)
            && !pending.contains(&question.call)
            && seen.credentials.contains_key(&question.path) == needs_credentials(question.call)
            && planned.insert(question.call)
    });
    questions
}

/// Why the calls that are not on record were left out.
#[must_use]
pub fn left_out(seen: &Observations) -> Vec<(Call, NotAsked)> {
    let view = View::new(seen);
    Call::ALL
        .into_iter()
        .filter(|call| !is_asked(seen, *call))
        .map(|call| (call, why_left_out(view, call)))
        .collect()
}

fn is_asked(seen: &Observations, call: Call) -> bool {
    seen.calls.contains_key(&call)
}

/// A role token is asked for with the machine's key, so only while there are no credentials.
fn needs_credentials(call: Call) -> bool {
    !matches!(
        call,
        Call::RequestRoleTokenHybrid | Call::RequestRoleTokenDefaultHostManagement
    )
}

/// The one question whose answer selects the path.
fn deciding(view: View<'_>, selection: &Selection) -> Vec<Question> {
    let certain = selection.identity.certain().is_some();
    selection
        .asks
        .filter(|call| certain && refusal(view, *call).is_none())
        .map(|call| Question {
            call,
            path: path_of(call),
        })
        .into_iter()
        .collect()
}

fn path_of(call: Call) -> Path {
    match call {
        Call::RequestRoleTokenHybrid => Path::HybridActivation,
        Call::RequestRoleTokenDefaultHostManagement => Path::DefaultHostManagement,
        Call::GetCallerIdentity
        | Call::UpdateInstanceInformation
        | Call::ListInstanceAssociations
        | Call::CreateControlChannel
        | Call::OpenControlChannel
        | Call::CreateDataChannel
        | Call::GetEndpoint
        | Call::GetSessionDocument
        | Call::DecryptSessionKey
        | Call::GetBucketEncryption
        | Call::DescribeLogGroups => Path::InstanceProfile,
    }
}

/// The agent's own fresh state names the path: waiting for the test would only cost time.
fn is_settled_by_state(view: View<'_>, selection: &Selection) -> bool {
    selection.active.is_some()
        && view
            .ec2_instance_id()
            .is_some_and(|id| view.fresh_state(id).is_some())
}

/// Everything else, with the candidate's credentials.
fn remaining(view: View<'_>, selection: &Selection) -> Vec<Question> {
    let Some(path) = selection.candidate else {
        return Vec::new();
    };
    let identity = selection.identity.certain();
    Call::ALL
        .into_iter()
        .filter(|call| needs_credentials(*call) && refusal(view, *call).is_none())
        .filter(|call| {
            *call != Call::UpdateInstanceInformation || registers(identity, &selection.chain)
        })
        .map(|call| Question { call, path })
        .collect()
}

/// Only an identity that is certain, and one that registers at all, may send a ping: a ping for
/// another id could create a node.
fn registers(identity: Option<Identity>, chain: &Chain) -> bool {
    match identity {
        Some(Identity::Ec2 | Identity::OnPrem | Identity::Custom) => *chain != Chain::None,
        Some(Identity::Ecs) | None => false,
    }
}

/// Why a call may not be sent at this level on this host; `None` = it may.
fn refusal(view: View<'_>, call: Call) -> Option<NotAsked> {
    let level = view.all.probe_level;
    if level == ProbeLevel::Passive {
        return Some(NotAsked::ProbeLevel);
    }
    match call {
        Call::OpenControlChannel | Call::CreateDataChannel | Call::GetSessionDocument => {
            (level < ProbeLevel::Full).then_some(NotAsked::ProbeLevel)
        }
        Call::DecryptSessionKey => unless_named(view, sessions::kms_key),
        Call::GetBucketEncryption => unless_named(view, sessions::bucket),
        Call::DescribeLogGroups => unless_named(view, sessions::log_group),
        Call::RequestRoleTokenDefaultHostManagement | Call::RequestRoleTokenHybrid => {
            only_a_running_agent(view)
        }
        Call::UpdateInstanceInformation => only_a_running_agent(view).or_else(|| {
            view.version()
                .is_none()
                .then_some(NotAsked::AgentVersionUnknown)
        }),
        Call::GetCallerIdentity
        | Call::ListInstanceAssociations
        | Call::CreateControlChannel
        | Call::GetEndpoint => None,
    }
}

/// Session questions are about what the preferences name.
fn unless_named(view: View<'_>, name: fn(&SessionPreferences) -> Option<&str>) -> Option<NotAsked> {
    let known = sessions::preferences(view);
    name(&known).is_none().then_some(NotAsked::NoPreference)
}

fn only_a_running_agent(view: View<'_>) -> Option<NotAsked> {
    let may = view.all.probe_level == ProbeLevel::Full || view.running() == Some(true);
    (!may).then_some(NotAsked::AgentNotRunning)
}

fn why_left_out(view: View<'_>, call: Call) -> NotAsked {
    if let Some(why) = refusal(view, call) {
        return why;
    }
    if view.all.cut_short {
        return NotAsked::OutOfTime;
    }
    let selection = select(view);
    if selection.asks == Some(call) && selection.identity.certain().is_none() {
        return NotAsked::IdentityUnknown;
    }
    let has_candidate = selection
        .candidate
        .is_some_and(|path| view.all.credentials.contains_key(&path));
    if needs_credentials(call) && !has_candidate {
        NotAsked::NoCredentials
    } else {
        NotAsked::NotNeeded
    }
}
