//! From the layers' tallies to one decision, and what it rests on.
//!
//! Source: "How AWS enforcement code logic evaluates requests to allow or deny access", "Policy
//! evaluation for requests within a single account", "Resource control policies (RCPs)".

use serde::Serialize;

use crate::report::model::{self, Layer};

use super::doubt::Doubts;
use super::layers::{Layers, holding_for};
use super::rcp_services::RCP_SERVICES;
use super::request::Request;
use super::tally::{StatementRef, Tally};
use super::truth::Truth;

/// What the policies say of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Decision {
    /// Every layer lets it through.
    Allowed,
    /// A layer that must allow it does not.
    ImplicitDeny,
    /// A `Deny` statement refuses it.
    ExplicitDeny,
    /// It depends on something that is not known.
    Unknown,
}

impl Decision {
    /// The same in the report's words.
    #[must_use]
    pub fn to_report(self) -> model::Decision {
        match self {
            Self::Allowed => model::Decision::Allowed,
            Self::ImplicitDeny | Self::ExplicitDeny => model::Decision::Denied,
            Self::Unknown => model::Decision::Unknown,
        }
    }
}

/// One layer's refusal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Refusal {
    /// The layer.
    pub layer: Layer,
    /// Whether a `Deny` statement refuses; else no statement allows.
    pub explicit: bool,
    /// The `Deny` statements; empty when not explicit.
    pub statements: Vec<StatementRef>,
}

/// A decision and what it rests on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Evaluation {
    /// The decision.
    pub decision: Decision,
    /// The layer that AWS would name; only with a deny.
    pub layer: Option<Layer>,
    /// The statements that decided: the `Deny` statements of that layer, or the `Allow`
    /// statements of every layer; none for an implicit deny or an unknown.
    pub statements: Vec<StatementRef>,
    /// Every layer that refuses, the one AWS would name first.
    pub refusals: Vec<Refusal>,
    /// `Deny` statements that may match besides, should an open key have the wrong value.
    pub possible_denies: Vec<StatementRef>,
    /// For an unknown: the condition keys (lower case) whose value would settle it.
    pub unknown_keys: Vec<String>,
    /// For an unknown: what else would have to be known.
    pub doubts: Vec<String>,
}

/// Decides a request.
#[must_use]
pub fn evaluate(layers: &Layers, request: &Request) -> Evaluation {
    let gates = gates(layers, request);
    let refusals = refusals(&gates);
    let mut evaluation = Evaluation {
        decision: Decision::Allowed,
        layer: None,
        statements: Vec::new(),
        refusals,
        possible_denies: gates
            .iter()
            .flat_map(|gate| gate.tally.perhaps_denying.iter().cloned())
            .collect(),
        unknown_keys: Vec::new(),
        doubts: Vec::new(),
    };
    if let Some(first) = evaluation.refusals.first() {
        evaluation.decision = if first.explicit {
            Decision::ExplicitDeny
        } else {
            Decision::ImplicitDeny
        };
        evaluation.layer = Some(first.layer);
        evaluation.statements.clone_from(&first.statements);
    } else if gates.iter().all(Gate::is_certain) {
        evaluation.statements = gates
            .into_iter()
            .flat_map(|gate| gate.tally.allowing)
            .collect();
    } else {
        evaluation.decision = Decision::Unknown;
        let mut doubts = Doubts::default();
        for gate in gates {
            gate.into_doubts(&mut doubts);
        }
        (evaluation.unknown_keys, evaluation.doubts) = doubts.into_parts();
    }
    evaluation
}

/// Decides a request whose resource may take one of several forms: known only if all agree.
///
/// AWS's tables and the denials seen in the field disagree on the ARN of some actions.
#[must_use]
pub fn evaluate_forms(layers: &Layers, request: &Request, resources: &[String]) -> Evaluation {
    let mut forms = resources
        .iter()
        .map(|resource| (resource, evaluate(layers, &request.on(resource))));
    let Some((first_form, mut first)) = forms.next() else {
        return evaluate(layers, request);
    };
    for (form, other) in forms {
        if other.decision == first.decision {
            continue;
        }
        let mut keys = first.unknown_keys;
        keys.extend(other.unknown_keys);
        keys.sort();
        keys.dedup();
        first = Evaluation {
            decision: Decision::Unknown,
            layer: None,
            statements: Vec::new(),
            unknown_keys: keys,
            doubts: vec![format!(
                "AWS does not say whether the resource is `{first_form}` or `{form}`, and the policies tell them apart"
            )],
            ..first
        };
        break;
    }
    first
}

/// One layer that a request must pass.
struct Gate {
    layer: Layer,
    tally: Tally,
    /// Whether it lets the request through, denies left aside.
    passes: Truth,
    /// What makes `passes` unknown.
    pass_doubts: Doubts,
}

impl Gate {
    /// A layer that must allow.
    fn requiring(layer: Layer, mut tally: Tally) -> Self {
        Self {
            layer,
            passes: tally.allows,
            pass_doubts: std::mem::take(&mut tally.allow_doubts),
            tally,
        }
    }

    /// A layer that only refuses.
    fn refusing(layer: Layer, tally: Tally) -> Self {
        Self {
            layer,
            passes: Truth::True,
            pass_doubts: Doubts::default(),
            tally,
        }
    }

    /// The same, or the resource's own grant in its stead.
    fn or_granted(mut self, grant: Truth, doubts: &Doubts) -> Self {
        self.passes = self.passes.or(grant);
        if grant == Truth::Unknown {
            self.pass_doubts.add(doubts.clone());
        }
        self
    }

    fn is_certain(&self) -> bool {
        self.passes == Truth::True && self.tally.denies == Truth::False
    }

    fn into_doubts(self, doubts: &mut Doubts) {
        if self.passes == Truth::Unknown {
            doubts.add(self.pass_doubts);
        }
        if self.tally.denies == Truth::Unknown {
            doubts.add(self.tally.deny_doubts);
        }
    }
}

/// The layers in the order in which AWS names them.
fn gates(layers: &Layers, request: &Request) -> Vec<Gate> {
    let mut gates = Vec::with_capacity(4 + layers.service_control.len());
    if !layers.resource_control.is_empty() && RCP_SERVICES.contains(&request.service()) {
        let tally = Tally::of(&layers.resource_control, request);
        gates.push(Gate::refusing(Layer::ResourceControlPolicy, tally));
    }
    for level in &layers.service_control {
        let tally = Tally::of(level, request);
        gates.push(Gate::requiring(Layer::ServiceControlPolicy, tally));
    }
    let grants = ResourceGrants::new(layers, request);
    let (role, session) = (grants.role, grants.session);
    let doubts = grants.gate.pass_doubts.clone();
    gates.push(grants.gate);
    gates.push(
        Gate::requiring(Layer::IdentityPolicy, Tally::of(&layers.identity, request))
            .or_granted(role, &doubts),
    );
    if let Some(boundary) = &layers.boundary {
        let tally = Tally::of([boundary], request);
        gates.push(Gate::requiring(Layer::PermissionsBoundary, tally).or_granted(session, &doubts));
    }
    if let Some(policies) = &layers.session {
        let tally = Tally::of(policies, request);
        gates.push(Gate::requiring(Layer::SessionPolicy, tally).or_granted(session, &doubts));
    }
    let mut endpoint = holding_for(&layers.endpoint, request.service()).peekable();
    if endpoint.peek().is_some() {
        let tally = Tally::of(endpoint, request);
        gates.push(Gate::requiring(Layer::VpcEndpointPolicy, tally));
    }
    gates
}

/// What the resource's own policy adds, and which other layers its grant stands in for.
struct ResourceGrants {
    gate: Gate,
    /// A grant to the role or nearer: stands in for identity policies.
    role: Truth,
    /// A grant to the session or everyone: stands in for boundary and session policy too.
    session: Truth,
}

impl ResourceGrants {
    fn new(layers: &Layers, request: &Request) -> Self {
        let mut policies = holding_for(&layers.resource, request.service()).peekable();
        let is_seen = policies.peek().is_some();
        let tally = Tally::of(policies, request);
        let (role, session) = (tally.allows_role, tally.allows_session);
        let mut gate = Gate::requiring(Layer::ResourcePolicy, tally);
        if let Some(owner) = foreign_owner(request) {
            if !is_seen {
                gate.passes = Truth::Unknown;
                gate.pass_doubts.note(format!(
                    "the resource belongs to account {owner}, whose policies are not seen here"
                ));
            }
            return Self {
                gate,
                role: Truth::False,
                session: Truth::False,
            };
        }
        if !is_seen || !must_allow_itself(request) {
            gate.passes = Truth::True;
        }
        Self {
            gate,
            role,
            session,
        }
    }
}

/// The account that owns the resource, if it is certainly not the caller's.
fn foreign_owner(request: &Request) -> Option<String> {
    let caller = request.caller.account()?;
    let owner = request
        .context
        .single("aws:resourceaccount")
        .or_else(|| request.resource().split(':').nth(4))
        .filter(|owner| owner.len() == 12 && owner.bytes().all(|b| b.is_ascii_digit()))?;
    (owner != caller).then(|| owner.to_owned())
}

/// Whether the resource's policy must allow, the identity's not being enough: KMS keys and roles.
fn must_allow_itself(request: &Request) -> bool {
    request.service() == "kms" || request.lower_case_action.starts_with("sts:assumerole")
}

fn refusals(gates: &[Gate]) -> Vec<Refusal> {
    let explicit = gates.iter().filter(|gate| gate.tally.denies == Truth::True);
    let implicit = gates
        .iter()
        .filter(|gate| gate.tally.denies != Truth::True && gate.passes == Truth::False);
    let explicit = explicit.map(|gate| Refusal {
        layer: gate.layer,
        explicit: true,
        statements: gate.tally.denying.clone(),
    });
    explicit
        .chain(implicit.map(|gate| Refusal {
            layer: gate.layer,
            explicit: false,
            statements: Vec::new(),
        }))
        .collect()
}
