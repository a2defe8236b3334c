//! Whether documents are enough for what a person chose: the result of `policy eval`.

use serde::Serialize;
use serde_json::Value;

use crate::catalogue::Capability;
use crate::report::model::Layer;

use super::coverage::{
    CapabilityCoverage, Coverage, StatedKeys, cover, find_need, forms, other_request, request,
};
use super::evaluate::{Decision, Evaluation, evaluate_forms};
use super::given::{DocumentVerdict, Given, layers_of, silent_layers};
use super::layers::Layers;
use super::minimal::minimal_for_actions;
use super::node::Node;
use super::superfluous::Needed;

/// What is asked of the documents.
#[derive(Debug, Clone)]
pub struct Question<'a> {
    /// Whose requests.
    pub node: &'a Node,
    /// What is stated of the requests' condition keys.
    pub stated: &'a StatedKeys,
    /// The capabilities to cover.
    pub capabilities: Vec<&'static Capability>,
    /// Whether what a capability needs in some situations only counts too.
    pub optional: bool,
    /// Single actions besides.
    pub actions: &'a [String],
    /// The resources of the single actions; none = the ones that a node asks for.
    pub resources: &'a [String],
}

/// The answer.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct PolicyVerdict {
    /// The form of this document.
    pub schema: &'static str,
    /// The worst of all that follows.
    pub coverage: Coverage,
    /// Who asks; what is not known of it stands in braces.
    pub principal: String,
    /// Each chosen capability.
    pub capabilities: Vec<CapabilityCoverage>,
    /// Each single action on each resource.
    pub requests: Vec<RequestVerdict>,
    /// A policy of what the role's own policies lack; other layers it cannot mend.
    pub add: Option<Value>,
    /// The layers of which nothing was given: they count as not there.
    pub not_given: Vec<Layer>,
    /// Each document, with what is wrong with it.
    pub documents: Vec<DocumentVerdict>,
}

/// One action on one resource.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct RequestVerdict {
    /// `service:Operation`.
    pub action: String,
    /// The forms in which AWS may name the resource.
    pub resources: Vec<String>,
    /// The decision.
    #[serde(flatten)]
    pub evaluation: Evaluation,
}

/// Judges the documents.
#[must_use]
pub fn judge(given: &[Given], question: &Question<'_>) -> PolicyVerdict {
    let layers = layers_of(given);
    let capabilities: Vec<CapabilityCoverage> = question
        .capabilities
        .iter()
        .map(|capability| {
            let coverage = cover(&layers, question.node, question.stated, capability);
            if question.optional {
                coverage.with_optional()
            } else {
                coverage
            }
        })
        .collect();
    let requests = requests(&layers, question);
    let needed = needed(question, &capabilities);
    let mut documents: Vec<DocumentVerdict> = given
        .iter()
        .map(|one| one.judge(question.node, &needed))
        .collect();
    for (index, problem) in silent_layers(given) {
        if let Some(document) = documents.get_mut(index) {
            document.problems.push(problem);
        }
    }
    PolicyVerdict {
        schema: "ssm-probe/policy-eval/1",
        coverage: worst(&capabilities, &requests),
        principal: question.node.principal_arn(),
        add: minimal_for_actions(question.node, &missing(&capabilities, &requests)),
        not_given: not_given(given),
        documents,
        capabilities,
        requests,
    }
}

fn requests(layers: &Layers, question: &Question<'_>) -> Vec<RequestVerdict> {
    let mut found = Vec::new();
    for action in question.actions {
        let need = find_need(action);
        let base = match need {
            Some((part, need)) => request(question.node, question.stated, part, need),
            None => other_request(question.node, question.stated, action),
        };
        let alternatives: Vec<Vec<String>> = if question.resources.is_empty() {
            vec![need.map_or_else(
                || vec!["{resource}".to_owned()],
                |(_, need)| forms(question.node, need),
            )]
        } else {
            question
                .resources
                .iter()
                .map(|one| vec![one.clone()])
                .collect()
        };
        for resources in alternatives {
            found.push(RequestVerdict {
                action: action.clone(),
                evaluation: evaluate_forms(layers, &base, &resources),
                resources,
            });
        }
    }
    found
}

/// Every action that anything chosen needs, and what to grant it on.
fn needed(question: &Question<'_>, capabilities: &[CapabilityCoverage]) -> Vec<Needed> {
    let by_capability = capabilities
        .iter()
        .flat_map(|capability| &capability.actions)
        .map(|action| action.action.to_owned());
    by_capability
        .chain(question.actions.iter().cloned())
        .map(|action| Needed {
            grants: find_need(&action).map_or_else(Vec::new, |(_, need)| {
                let grants = need.grant.iter();
                grants.flat_map(|grant| question.node.fill(grant)).collect()
            }),
            action,
        })
        .collect()
}

/// The actions that the role's own policies do not grant.
fn missing(capabilities: &[CapabilityCoverage], requests: &[RequestVerdict]) -> Vec<String> {
    let by_capability = capabilities.iter().flat_map(|capability| {
        let actions = capability.actions.iter().filter(|action| action.counts);
        actions.map(|action| (action.action, &action.evaluation))
    });
    let single = requests
        .iter()
        .map(|one| (one.action.as_str(), &one.evaluation));
    by_capability
        .chain(single)
        .filter(|(_, evaluation)| {
            evaluation
                .refusals
                .iter()
                .any(|refusal| refusal.layer == Layer::IdentityPolicy && !refusal.explicit)
        })
        .map(|(action, _)| action.to_owned())
        .collect()
}

fn not_given(given: &[Given]) -> Vec<Layer> {
    [
        Layer::IdentityPolicy,
        Layer::PermissionsBoundary,
        Layer::SessionPolicy,
        Layer::ServiceControlPolicy,
        Layer::ResourceControlPolicy,
        Layer::VpcEndpointPolicy,
        Layer::ResourcePolicy,
    ]
    .into_iter()
    .filter(|layer| given.iter().all(|one| one.layer() != *layer))
    .collect()
}

fn worst(capabilities: &[CapabilityCoverage], requests: &[RequestVerdict]) -> Coverage {
    let single = requests.iter().map(|one| match one.evaluation.decision {
        Decision::Allowed => Coverage::Covered,
        Decision::Unknown => Coverage::Unknown,
        Decision::ImplicitDeny | Decision::ExplicitDeny => Coverage::NotCovered,
    });
    let all = capabilities.iter().map(|one| one.coverage).chain(single);
    all.max().unwrap_or(Coverage::Covered)
}
