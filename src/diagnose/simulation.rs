//! What `SimulatePrincipalPolicy` says of each action, and what it cannot see.
//!
//! Pure. A simulation fills in what nothing live has answered; it never outweighs a live answer.
//!
//! Source: IAM API Reference, `SimulatePrincipalPolicy`; IAM User Guide "IAM policy testing with
//! the IAM policy simulator".

use super::case::{Case, principal_of};
use super::denial::Denial;
use super::permissions;
use super::reply::{self, Reply};
use super::sessions;
use super::view::View;
use crate::catalogue::Capability;
use crate::catalogue::actions::action;
use crate::observations::{AccountCall, Path, Simulated};
use crate::policy::Node;
use crate::report::model::{Decision, EvidenceKind, Layer, Permission};

/// An action that needs no permission: where even this is refused "by the organization", that
/// word of the simulation is worth nothing.
const CONTROL: &str = "sts:GetCallerIdentity";

/// What a simulation cannot see.
pub const BLIND_SPOTS: [&str; 4] = [
    "service control policies with conditions (they are left out)",
    "resource control policies",
    "VPC endpoint policies and session policies",
    "policies of keys and buckets, and whatever a condition asks of the real request",
];

/// What is simulated, all in one request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Simulating {
    /// The role's ARN.
    pub role_arn: String,
    /// Every action.
    pub actions: Vec<String>,
    /// Every resource that one of them needs.
    pub resources: Vec<String>,
    /// What is known of the requests: key and value.
    pub context: Vec<(String, String)>,
}

/// The simulation to ask for, of the role that a path's caller has.
#[must_use]
pub fn request(view: View<'_>, node: &Node) -> Option<Simulating> {
    let mut asked = Simulating {
        role_arn: role_arn(view, node)?,
        actions: vec![CONTROL.to_owned()],
        resources: vec!["*".to_owned()],
        context: context(node),
    };
    for (name, ..) in permissions::rows(view) {
        if let Some(resource) = resource(node, name) {
            asked.actions.push(name.to_owned());
            if !asked.resources.contains(&resource) {
                asked.resources.push(resource);
            }
        }
    }
    Some(asked)
}

/// The node's names, for filling in resources.
#[must_use]
pub fn node_of(case: &Case<'_>, path: Path) -> Node {
    let known = sessions::preferences(case.view);
    let mut node = Node {
        path: Some(path),
        partition: case.partition(),
        region: case.region().map(str::to_owned),
        account: case.account_id(),
        node_id: case.instance_id().map(str::to_owned),
        role: case.principal(path).and_then(|one| one.role),
        bucket: sessions::bucket(&known).map(str::to_owned),
        prefix: known.prefix.clone(),
        log_group: sessions::log_group(&known).map(str::to_owned),
        ..Node::default()
    };
    node.kms_key_arn = sessions::kms_key(&known).and_then(|key| key_arn(&node, key));
    node
}

/// A key's ARN; an alias does not tell it.
fn key_arn(node: &Node, key: &str) -> Option<String> {
    if key.contains("alias/") {
        return None;
    }
    if key.starts_with("arn:") {
        return Some(key.to_owned());
    }
    let arn = node
        .fill(&format!(
            "arn:{{partition}}:kms:{{region}}:{{account}}:key/{key}"
        ))
        .concat();
    (!arn.contains('{')).then_some(arn)
}

/// The role's ARN: as `GetRole` says, else with the usual path.
fn role_arn(view: View<'_>, node: &Node) -> Option<String> {
    if let Some(role) = &view.all.account.role {
        return Some(role.arn.clone());
    }
    let folder = match node.path {
        Some(Path::DefaultHostManagement) => "service-role/",
        _ => "",
    };
    let arn = node
        .fill(&format!(
            "arn:{{partition}}:iam::{{account}}:role/{folder}{{role}}"
        ))
        .concat();
    (!arn.contains('{')).then_some(arn)
}

/// The resource that an action is simulated on; `None` = not known here.
fn resource(node: &Node, name: &str) -> Option<String> {
    if action(name).is_some_and(|action| action.wildcard_only) {
        return Some("*".to_owned());
    }
    let needs = Capability::ALL
        .iter()
        .flat_map(|capability| capability.required.iter().chain(capability.optional));
    let need = needs.into_iter().find(|need| need.action == name)?;
    need.request.iter().find_map(|template| {
        let named = template
            .replace("{object}", "ssm-probe")
            .replace("{log_stream}", "ssm-probe")
            .replace("{document_account}", "")
            .replace("{document}", "AWS-UpdateSSMAgent")
            .replace("{association_id}", "00000000-0000-0000-0000-000000000000");
        let filled = node.fill(&named).concat();
        (!filled.contains('{')).then_some(filled)
    })
}

/// The condition keys whose values are known.
fn context(node: &Node) -> Vec<(String, String)> {
    let source = match node.path {
        Some(Path::InstanceProfile) => Some("ec2:SourceInstanceARN"),
        Some(Path::DefaultHostManagement | Path::HybridActivation) => Some("ssm:SourceInstanceARN"),
        Some(Path::EcsTaskRole | Path::CustomIdentity) | None => None,
    };
    let arn = node.fill("{self_arn}").concat();
    [
        source.map(|key| (key.to_owned(), arn)),
        node.region
            .clone()
            .map(|region| ("aws:RequestedRegion".to_owned(), region)),
    ]
    .into_iter()
    .flatten()
    .filter(|(_, value)| !value.contains('{'))
    .collect()
}

/// What the simulation says of an action.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// The policies that it sees let it through.
    Allowed(String),
    /// They do not.
    Denied(Denial, String),
    /// It does not say.
    Unknown(String),
}

/// What the simulation says of an action; `None` = it was not simulated.
#[must_use]
pub fn verdict(view: View<'_>, node: &Node, name: &str) -> Option<Verdict> {
    let simulation = view.all.account.simulation.as_ref()?;
    let role = node.role.as_deref()?;
    if simulation.role_arn.rsplit('/').next() != Some(role) {
        return None;
    }
    let wanted = resource(node, name);
    let of = |row: &&Simulated| row.action.eq_ignore_ascii_case(name);
    let row = simulation
        .results
        .iter()
        .filter(of)
        .find(|row| wanted.as_ref() == Some(&row.resource))?;
    Some(read(row, organization_is_credible(&simulation.results)))
}

fn organization_is_credible(rows: &[Simulated]) -> bool {
    rows.iter()
        .filter(|row| row.action.eq_ignore_ascii_case(CONTROL))
        .all(|row| row.allowed_by_organizations != Some(false))
}

fn read(row: &Simulated, credible: bool) -> Verdict {
    let by = statements(row);
    if row.decision == "allowed" {
        return Verdict::Allowed(format!("a simulation allows it{by}"));
    }
    let explicit = row.decision == "explicitDeny";
    if !row.missing_context.is_empty() && !explicit {
        return Verdict::Unknown(format!(
            "a simulation does not decide it: the policies ask for {}",
            row.missing_context.join(", ")
        ));
    }
    let layer = match (row.allowed_by_organizations, row.allowed_by_boundary) {
        (Some(false), _) if !credible => {
            return Verdict::Unknown(
                "a simulation names the organization, and does so for actions that need no \
                 permission too"
                    .to_owned(),
            );
        }
        (Some(false), _) => Layer::ServiceControlPolicy,
        (_, Some(false)) => Layer::PermissionsBoundary,
        _ => Layer::IdentityPolicy,
    };
    let denial = Denial {
        principal: None,
        action: Some(row.action.clone()),
        resource: Some(row.resource.clone()),
        layer,
        explicit,
        policy_arn: explicit
            .then(|| row.matched.first().map(|one| one.policy.clone()))
            .flatten(),
    };
    let why = match (layer, explicit) {
        (_, true) => format!("a simulation is denied explicitly{by}"),
        (Layer::PermissionsBoundary, _) if !by.is_empty() => format!(
            "a simulation is stopped by the permissions boundary; the role's own policies allow \
             it{by}"
        ),
        (Layer::PermissionsBoundary | Layer::ServiceControlPolicy, _) => {
            format!("a simulation is stopped by {}", layer_words(layer))
        }
        _ => "a simulation finds nothing that allows it".to_owned(),
    };
    Verdict::Denied(denial, why)
}

/// The policies whose statements matched, in words.
fn statements(row: &Simulated) -> String {
    let names: Vec<String> = row
        .matched
        .iter()
        .map(|one| match one.line {
            Some(line) => format!("{} (line {line})", one.policy),
            None => one.policy.clone(),
        })
        .collect();
    if names.is_empty() {
        String::new()
    } else {
        format!(", by {}", names.join(", "))
    }
}

/// Fills in what nothing live has answered.
pub fn fill(view: View<'_>, node: &Node, permissions: &mut [Permission]) {
    let at = view
        .all
        .account
        .calls
        .get(&AccountCall::SimulatePrincipalPolicy)
        .map(|record| record.at);
    for one in permissions
        .iter_mut()
        .filter(|one| one.decision == Decision::Unknown)
    {
        let (decision, layer, detail) = match verdict(view, node, &one.action) {
            None => continue,
            Some(Verdict::Allowed(detail)) => (Decision::Allowed, None, detail),
            Some(Verdict::Denied(denial, detail)) => (Decision::Denied, Some(denial.layer), detail),
            Some(Verdict::Unknown(detail)) => (Decision::Unknown, None, detail),
        };
        one.decision = decision;
        one.evidence = EvidenceKind::Simulation;
        one.layer = layer;
        one.detail = detail;
        one.observed_at = at;
    }
}

/// What the account tells of the layer that refuses, and what a simulation says beside a live
/// denial; with a space before it.
#[must_use]
pub fn beside(view: View<'_>, node: &Node, live: &Denial) -> String {
    let account = &view.all.account;
    let mut said = String::new();
    let boundary = account
        .role
        .as_ref()
        .and_then(|role| role.boundary.as_deref());
    if let (Layer::PermissionsBoundary, Some(boundary)) = (live.layer, boundary) {
        said.extend([" The boundary is ", boundary, "."]);
    }
    if live.layer == Layer::IdentityPolicy && !live.explicit {
        said.push_str(&policies(view));
    }
    let name = live.action.as_deref().unwrap_or_default();
    match verdict(view, node, name) {
        Some(Verdict::Allowed(_)) if live.layer != Layer::IdentityPolicy => said.push_str(
            " A simulation of the role's policies allows it; it cannot see the layer that refuses.",
        ),
        Some(Verdict::Allowed(_)) => said.push_str(
            " A simulation allows it all the same; the live answer counts: a condition may depend \
             on the real request, or the policies have changed since.",
        ),
        Some(Verdict::Denied(denial, _)) if denial.layer != live.layer => said.extend([
            " Mending this is not enough: a simulation is refused by ",
            layer_words(denial.layer),
            " too.",
        ]),
        _ => {}
    }
    said
}

/// The role's policies by name, as far as they were read.
fn policies(view: View<'_>) -> String {
    let account = &view.all.account;
    let (Some(attached), Some(inline)) = (&account.attached, &account.inline) else {
        return String::new();
    };
    let names: Vec<&str> = attached
        .iter()
        .map(|arn| arn.rsplit('/').next().unwrap_or(arn))
        .chain(inline.iter().map(String::as_str))
        .collect();
    if names.is_empty() {
        " The role has no policy at all.".to_owned()
    } else {
        format!(" Its policies are {}.", names.join(", "))
    }
}

fn layer_words(layer: Layer) -> &'static str {
    match layer {
        Layer::PermissionsBoundary => "the permissions boundary",
        Layer::ServiceControlPolicy => "a service control policy",
        _ => "the role's own policies",
    }
}

/// Whether the operator's answers are about this node's account; `None` = not known.
#[must_use]
pub fn operator_account(view: View<'_>) -> Option<String> {
    let record = view.all.account.calls.get(&AccountCall::OperatorIdentity)?;
    match &record.outcome {
        crate::observations::Outcome::Answered(answer) => {
            principal_of(answer.caller_arn.as_deref()?).account_id
        }
        _ => None,
    }
}

/// What became of a question about the account.
#[must_use]
pub fn reply(view: View<'_>, call: AccountCall) -> Reply {
    // None of these has a reading of its own; any call without one reads them alike.
    reply::read(
        crate::observations::Call::GetCallerIdentity,
        view.all.account.calls.get(&call),
    )
}
