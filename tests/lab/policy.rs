//! Decides each call from the scenario's policies, layer by layer, and words the denial.
//!
//! Source of the words: IAM User Guide "Troubleshoot access denied error messages".

use serde_json::{Value, json};

use super::cloud::{ACCOUNT, Cloud, DHMC_ROLE, HYBRID_ROLE, Holder, INSTANCE, NODE, REGION};
use super::scenario::{PolicySource, RoleSpec};

/// The lab's own roles and the managed policy that each has unless a scenario says otherwise.
pub(crate) const ROLES: [(&str, &str); 4] = [
    ("NodeRole", "AmazonSSMManagedInstanceCore"),
    (DHMC_ROLE, "AmazonSSMManagedEC2InstanceDefaultPolicy"),
    (HYBRID_ROLE, "AmazonSSMManagedInstanceCore"),
    ("TaskRole", "AmazonSSMManagedInstanceCore"),
];

/// The managed policies that a scenario can name.
fn managed(name: &str) -> Option<&'static str> {
    match name {
        "AmazonSSMManagedInstanceCore" => {
            Some(include_str!("policies/AmazonSSMManagedInstanceCore.json"))
        }
        "AmazonSSMManagedEC2InstanceDefaultPolicy" => Some(include_str!(
            "policies/AmazonSSMManagedEC2InstanceDefaultPolicy.json"
        )),
        _ => None,
    }
}

/// `None` = allowed, otherwise the message of the denial.
pub(crate) fn refuse(cloud: &Cloud, holder: &Holder, action: &str) -> Option<String> {
    let (service, _) = action.split_once(':')?;
    let resource = resource(service, holder);
    let reason = reason(cloud, holder, service, action, &resource)?;
    Some(format!(
        "User: {} is not authorized to perform: {action} on resource: {resource} {reason}",
        holder.arn()
    ))
}

/// The resource that the service names in its decision.
fn resource(service: &str, holder: &Holder) -> String {
    let id = match holder {
        Holder::Role(_, session) => session.as_str(),
        Holder::InstanceIdentity | Holder::User(_) => INSTANCE,
    };
    match service {
        "ssm" if id == NODE => format!("arn:aws:ssm:{REGION}:{ACCOUNT}:managed-instance/{id}"),
        "ssm" => format!("arn:aws:ec2:{REGION}:{ACCOUNT}:instance/{id}"),
        "ssmmessages" => format!("arn:aws:ssmmessages:{REGION}:{ACCOUNT}:control-channel/{id}"),
        "ec2messages" => format!("arn:aws:ssm:{REGION}:{ACCOUNT}:*"),
        _ => "*".to_owned(),
    }
}

/// The layers of one decision, in the order in which a denial names them.
struct Layers {
    identity: Vec<Value>,
    boundary: Option<Value>,
    session: Option<Value>,
    service_control: Vec<Vec<Value>>,
    resource_control: Vec<Value>,
    endpoint: Option<Value>,
}

fn reason(
    cloud: &Cloud,
    holder: &Holder,
    service: &str,
    action: &str,
    resource: &str,
) -> Option<String> {
    let layers = layers(cloud, holder, service);
    let judge = |document: &Value| interim_judge(document, action, resource);
    let denies = |documents: &[Value]| documents.iter().any(|it| judge(it) == Some(false));
    let explicit = [
        (denies(&layers.identity), "an identity-based policy"),
        (denies(layers.boundary.as_slice()), "a permissions boundary"),
        (denies(layers.session.as_slice()), "a session policy"),
        (
            denies(&layers.service_control.concat()),
            "a service control policy",
        ),
        (
            denies(&layers.resource_control),
            "a resource control policy",
        ),
        (denies(layers.endpoint.as_slice()), "a VPC endpoint policy"),
    ];
    if let Some((_, name)) = explicit.iter().find(|(denied, _)| *denied) {
        return Some(format!("with an explicit deny in {name}"));
    }
    let allows = |documents: &[Value]| documents.iter().any(|it| judge(it) == Some(true));
    let attached = |document: &Option<Value>| document.is_none() || allows(document.as_slice());
    let implicit = [
        (
            layers.service_control.iter().all(|level| allows(level)),
            "service control policy",
        ),
        (attached(&layers.endpoint), "VPC endpoint policy"),
        (attached(&layers.boundary), "permissions boundary"),
        (attached(&layers.session), "session policy"),
        (allows(&layers.identity), "identity-based policy"),
    ];
    implicit
        .iter()
        .find(|(allowed, _)| !allowed)
        .map(|(_, name)| format!("because no {name} allows the {action} action"))
}

fn layers(cloud: &Cloud, holder: &Holder, service: &str) -> Layers {
    let account = &cloud.scenario.account;
    let role = match holder {
        Holder::Role(name, _) => role(cloud, name),
        Holder::InstanceIdentity | Holder::User(_) => RoleSpec {
            policies: vec![PolicySource::Document(full_access())],
            ..RoleSpec::default()
        },
    };
    let all = |sources: &[PolicySource]| sources.iter().map(document).collect::<Vec<_>>();
    let levels = account.service_control.iter().map(|level| all(level));
    let mut layers = Layers {
        identity: all(&role.policies),
        boundary: role.boundary.as_ref().map(document),
        session: role.session.as_ref().map(document),
        service_control: levels.collect(),
        resource_control: all(&account.resource_control),
        endpoint: account.endpoint.get(service).map(document),
    };
    if service == "sts" {
        // GetCallerIdentity needs no permission and heeds no identity policy.
        layers.identity = vec![full_access()];
        layers.boundary = None;
        layers.session = None;
        layers.service_control = Vec::new();
        layers.resource_control = Vec::new();
    }
    layers
}

fn role(cloud: &Cloud, name: &str) -> RoleSpec {
    if let Some(role) = cloud.scenario.account.roles.get(name) {
        return role.clone();
    }
    let own = ROLES.iter().find(|(role, _)| *role == name);
    RoleSpec {
        policies: own
            .map(|(_, policy)| PolicySource::Managed((*policy).to_owned()))
            .into_iter()
            .collect(),
        ..RoleSpec::default()
    }
}

fn full_access() -> Value {
    document(&PolicySource::Grant(super::scenario::Grant {
        allow: vec!["*".to_owned()],
        deny: Vec::new(),
    }))
}

/// A policy as a document.
fn document(source: &PolicySource) -> Value {
    match source {
        PolicySource::Managed(name) => {
            let text = managed(name)
                .unwrap_or_else(|| panic!("the lab does not know the managed policy `{name}`"));
            let file: Value = serde_json::from_str(text).expect("the fixture is JSON");
            file["document"].clone()
        }
        PolicySource::Grant(grant) => {
            let statements: Vec<Value> = [("Allow", &grant.allow), ("Deny", &grant.deny)]
                .into_iter()
                .filter(|(_, actions)| !actions.is_empty())
                .map(|(effect, actions)| {
                    json!({"Effect": effect, "Action": actions, "Resource": "*"})
                })
                .collect();
            json!({"Version": "2012-10-17", "Statement": statements})
        }
        PolicySource::Document(document) => document.clone(),
    }
}

/// Until the crate's own engine is merged: effect and action only.
fn interim_judge(document: &Value, action: &str, _resource: &str) -> Option<bool> {
    let mut decision = None;
    for statement in document["Statement"].as_array()? {
        let actions = match &statement["Action"] {
            Value::String(one) => vec![one.clone()],
            Value::Array(many) => many
                .iter()
                .filter_map(|it| it.as_str().map(str::to_owned))
                .collect(),
            _ => Vec::new(),
        };
        let hit = actions.iter().any(|pattern| match pattern.split_once('*') {
            Some((head, _)) => action.starts_with(head),
            None => pattern == action,
        });
        match (hit, statement["Effect"].as_str()) {
            (true, Some("Deny")) => return Some(false),
            (true, Some("Allow")) => decision = Some(true),
            _ => {}
        }
    }
    decision
}
