//! Whether policies are enough for a capability, action by action.
//!
//! The same needs, forms and context serve `policy eval`, `policy minimal` and the report.

use serde::Serialize;

use crate::catalogue::{ActionNeed, Capability};

use super::context::{Context, KeyState};
use super::evaluate::{Decision, Evaluation, evaluate_forms};
use super::layers::Layers;
use super::node::Node;
use super::request::Request;

/// Whether a capability has what it needs; the worst is the last.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Coverage {
    /// Every action it needs is allowed.
    Covered,
    /// None is known to be denied, and not all are known to be allowed.
    Unknown,
    /// An action it needs is denied.
    NotCovered,
}

/// One capability's verdict.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct CapabilityCoverage {
    /// The capability's id.
    pub id: &'static str,
    /// What it is.
    pub title: &'static str,
    /// Whether it has what it needs, with all it depends on.
    pub coverage: Coverage,
    /// Each action, the required ones first.
    pub actions: Vec<ActionCoverage>,
}

/// One action's verdict.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ActionCoverage {
    /// `service:Operation`.
    pub action: &'static str,
    /// Whether the capability cannot do without it.
    pub required: bool,
    /// Whether the capability's coverage rests on it.
    #[serde(skip)]
    pub counts: bool,
    /// When it is needed; empty where it always is.
    #[serde(skip_serializing_if = "str::is_empty")]
    pub why: &'static str,
    /// The forms in which AWS may name the resource.
    pub resources: Vec<String>,
    /// The decision.
    #[serde(flatten)]
    pub evaluation: Evaluation,
}

impl CapabilityCoverage {
    /// The same, resting on what is needed in some situations only as well.
    #[must_use]
    pub fn with_optional(mut self) -> Self {
        for action in &mut self.actions {
            action.counts = true;
        }
        self.coverage = conclude(&self.actions);
        self
    }
}

/// What a person states about the requests' condition keys, over what is known of any node.
pub type StatedKeys = [(String, KeyState)];

/// Judges a capability with all it depends on.
#[must_use]
pub fn cover(
    layers: &Layers,
    node: &Node,
    stated: &StatedKeys,
    capability: &'static Capability,
) -> CapabilityCoverage {
    let mut actions: Vec<ActionCoverage> = Vec::new();
    let chain = capability.with_dependencies();
    let required = chain
        .iter()
        .flat_map(|part| part.required.iter().map(move |need| (*part, need, true)));
    let optional = capability
        .optional
        .iter()
        .map(|need| (capability, need, false));
    for (part, need, required) in required.chain(optional) {
        let resources = forms(node, need);
        let is_known = actions
            .iter()
            .any(|known| known.action == need.action && known.resources == resources);
        if !is_known {
            let request = request(node, stated, part, need);
            actions.push(ActionCoverage {
                action: need.action,
                required,
                counts: required,
                why: need.why,
                evaluation: evaluate_forms(layers, &request, &resources),
                resources,
            });
        }
    }
    CapabilityCoverage {
        id: capability.id,
        title: capability.title,
        coverage: conclude(&actions),
        actions,
    }
}

/// The forms in which AWS may name the resource of an action.
pub(super) fn forms(node: &Node, need: &ActionNeed) -> Vec<String> {
    let mut forms: Vec<String> = need
        .request
        .iter()
        .flat_map(|template| node.fill(template))
        .collect();
    forms.dedup();
    forms
}

pub(super) fn request(
    node: &Node,
    stated: &StatedKeys,
    part: &Capability,
    need: &ActionNeed,
) -> Request {
    let mut context = node.context();
    set_capability_keys(&mut context, node, part, need);
    set_resource_account(&mut context, node, need);
    state_keys(&mut context, stated);
    Request::new(&node.principal_arn(), need.action, "*", context)
}

fn state_keys(context: &mut Context, stated: &StatedKeys) {
    for (key, state) in stated {
        context.set(key, state.clone());
    }
}

/// The capability and the need of an action, the most needed first.
pub(super) fn find_need(action: &str) -> Option<(&'static Capability, &'static ActionNeed)> {
    let required = Capability::ALL
        .iter()
        .flat_map(|part| part.required.iter().map(move |need| (part, need)));
    let optional = Capability::ALL
        .iter()
        .flat_map(|part| part.optional.iter().map(move |need| (part, need)));
    required
        .chain(optional)
        .find(|(_, need)| need.action.eq_ignore_ascii_case(action))
}

/// A request for an action that no capability has.
pub(super) fn other_request(node: &Node, stated: &StatedKeys, action: &str) -> Request {
    let mut context = node.context();
    state_keys(&mut context, stated);
    Request::new(&node.principal_arn(), action, "*", context)
}

/// A resource that has the node's account in its ARN is owned by it.
fn set_resource_account(context: &mut Context, node: &Node, need: &ActionNeed) {
    let is_own = |form: &&str| form.contains(":{account}:") || form.contains("{self_arn}");
    if let Some(account) = &node.account
        && need.request.iter().all(is_own)
    {
        context.set(
            "aws:ResourceAccount",
            KeyState::Values(vec![account.clone()]),
        );
    }
}

/// The keys that the capability's requests carry, each with the service that defines it.
fn set_capability_keys(context: &mut Context, node: &Node, part: &Capability, need: &ActionNeed) {
    let service = need.action.split(':').next().unwrap_or_default();
    for (key, template) in part.context {
        if key.split(':').next() != Some(service) {
            continue;
        }
        let state = match *template {
            "" => KeyState::Absent,
            // A list of names; no value of a node has a comma.
            list => match list
                .split(',')
                .map(|one| node.fill(one).concat())
                .collect::<Vec<_>>()
            {
                open if open.iter().any(|value| value.contains('{')) => KeyState::ValueUnknown,
                values => KeyState::Values(values),
            },
        };
        context.set(key, state);
    }
}

fn conclude(actions: &[ActionCoverage]) -> Coverage {
    let mut coverage = Coverage::Covered;
    for action in actions.iter().filter(|action| action.counts) {
        match action.evaluation.decision {
            Decision::Allowed => {}
            Decision::Unknown => coverage = Coverage::Unknown,
            Decision::ImplicitDeny | Decision::ExplicitDeny => return Coverage::NotCovered,
        }
    }
    coverage
}
