//! Decides each call from the scenario's policies by the crate's own engine, and words the denial.
//!
//! The engine is the one part of the program inside the lab; its vectors check it elsewhere.
//! Source of the words: IAM User Guide "Troubleshoot access denied error messages".

use serde_json::{Value, json};
use ssm_probe::policy::{
    Context, Decision, Document, Grammar, Layers, Request, Scoped, Severity, evaluate,
};
use ssm_probe::report::model::Layer;

use super::cloud::{ACCOUNT, Cloud, DHMC_ROLE, HYBRID_ROLE, Holder, INSTANCE, NODE, REGION};
use super::scenario::{Grant, PolicySource, RoleSpec};

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
pub(crate) fn refuse(
    cloud: &Cloud,
    holder: &Holder,
    action: &str,
    named: Option<String>,
) -> Option<String> {
    let (service, _) = action.split_once(':')?;
    let resource = named.unwrap_or_else(|| resource(service, holder));
    let said = cloud.scenario.account.denials.get(action).cloned();
    let reason = said.or_else(|| reason(cloud, holder, service, action, &resource))?;
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

/// The refusing layer in AWS's words; `None` = allowed.
fn reason(
    cloud: &Cloud,
    holder: &Holder,
    service: &str,
    action: &str,
    resource: &str,
) -> Option<String> {
    let instance = format!("arn:aws:ec2:{REGION}:{ACCOUNT}:instance/{INSTANCE}");
    let context = Context::complete()
        .with("ec2:SourceInstanceARN", &instance)
        .with("aws:RequestedRegion", REGION);
    let request = Request::new(&holder.arn(), action, resource, context);
    let evaluation = evaluate(&layers(cloud, holder, service), &request);
    let refusal = match evaluation.decision {
        Decision::Allowed => return None,
        Decision::ExplicitDeny | Decision::ImplicitDeny => evaluation.refusals.first()?,
        Decision::Unknown => panic!("the scenario's policies do not decide {action}"),
    };
    let (article, name) = match refusal.layer {
        Layer::IdentityPolicy => ("an", "identity-based policy"),
        Layer::PermissionsBoundary => ("a", "permissions boundary"),
        Layer::SessionPolicy => ("a", "session policy"),
        Layer::ServiceControlPolicy => ("a", "service control policy"),
        Layer::ResourceControlPolicy => ("a", "resource control policy"),
        Layer::VpcEndpointPolicy => ("a", "VPC endpoint policy"),
        Layer::ResourcePolicy | Layer::NotSaid => ("a", "resource-based policy"),
    };
    Some(if refusal.explicit {
        format!("with an explicit deny in {article} {name}")
    } else {
        format!("because no {name} allows the {action} action")
    })
}

fn layers(cloud: &Cloud, holder: &Holder, service: &str) -> Layers {
    let account = &cloud.scenario.account;
    let role = match holder {
        Holder::Role(name, _) | Holder::User(name)
            if cloud.scenario.account.roles.contains_key(name) =>
        {
            role(cloud, name)
        }
        Holder::Role(name, _) => role(cloud, name),
        Holder::InstanceIdentity | Holder::User(_) => full_access(),
    };
    let all = |sources: &[PolicySource], grammar| -> Vec<Document> {
        sources.iter().map(|it| document(it, grammar)).collect()
    };
    let endpoint = account.endpoint.get(service);
    let endpoint = endpoint.map(|it| Scoped::everywhere(document(it, Grammar::Resource)));
    let endpoint: Vec<Scoped> = endpoint.into_iter().collect();
    if service == "sts" {
        // GetCallerIdentity needs no permission, and no policy of the account can refuse it.
        return Layers {
            identity: all(&full_access().policies, Grammar::Identity),
            endpoint,
            ..Layers::default()
        };
    }
    let levels = account.service_control.iter();
    Layers {
        identity: all(&role.policies, Grammar::Identity),
        boundary: role.boundary.map(|it| document(&it, Grammar::Identity)),
        session: role.session.map(|it| all(&[it], Grammar::Identity)),
        service_control: levels.map(|it| all(it, Grammar::Identity)).collect(),
        resource_control: all(&account.resource_control, Grammar::Resource),
        endpoint,
        resource: Vec::new(),
    }
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

fn full_access() -> RoleSpec {
    RoleSpec {
        policies: vec![PolicySource::Grant(Grant {
            allow: vec!["*".to_owned()],
            deny: Vec::new(),
        })],
        ..RoleSpec::default()
    }
}

/// A policy as the engine reads it; one that it cannot believe is a fault of the scenario.
fn document(source: &PolicySource, grammar: Grammar) -> Document {
    let parsed = Document::parse("scenario", &value(source, grammar), grammar);
    assert!(
        parsed.is_readable()
            && parsed
                .problems
                .iter()
                .all(|it| it.severity != Severity::Error),
        "the scenario's policy is no policy: {:?}",
        parsed.problems
    );
    parsed
}

fn value(source: &PolicySource, grammar: Grammar) -> Value {
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
                    let mut statement =
                        json!({"Effect": effect, "Action": actions, "Resource": "*"});
                    if grammar == Grammar::Resource {
                        statement["Principal"] = "*".into();
                    }
                    statement
                })
                .collect();
            json!({"Version": "2012-10-17", "Statement": statements})
        }
        PolicySource::Document(document) => document.clone(),
    }
}

/// What a simulation says of one action on one resource.
pub(crate) struct Simulated {
    /// `allowed`, `explicitDeny` or `implicitDeny`.
    pub(crate) decision: &'static str,
    /// The policies whose statements matched.
    pub(crate) statements: Vec<String>,
    /// Condition keys that were missing.
    pub(crate) missing: Vec<String>,
    /// Whether the boundary allows it; none = there is none.
    pub(crate) boundary: Option<bool>,
    /// Whether the organization allows it; none = there is none.
    pub(crate) organization: Option<bool>,
}

/// Simulates as IAM does: without endpoint and session policies, without resource control.
pub(crate) fn simulate(
    cloud: &Cloud,
    name: &str,
    action: &str,
    resource: &str,
    context: &[(String, String)],
) -> Simulated {
    let spec = role(cloud, name);
    let all = |sources: &[PolicySource]| -> Vec<Document> {
        sources
            .iter()
            .map(|it| document(it, Grammar::Identity))
            .collect()
    };
    let mut known = Context::complete();
    for (key, value) in context {
        known = known.with(key, value);
    }
    let arn = Holder::Role(name.to_owned(), INSTANCE.to_owned()).arn();
    let request = Request::new(&arn, action, resource, known);
    let allows = |layers: &Layers| evaluate(layers, &request);
    let identity = Layers {
        identity: all(&spec.policies),
        ..Layers::default()
    };
    let boundary = spec.boundary.as_ref().map(|it| Layers {
        identity: all(std::slice::from_ref(it)),
        ..Layers::default()
    });
    let levels = &cloud.scenario.account.service_control;
    let organization = (!levels.is_empty()).then(|| {
        levels.iter().all(|level| {
            let layers = Layers {
                identity: all(level),
                ..Layers::default()
            };
            allows(&layers).decision == Decision::Allowed
        })
    });
    let own = allows(&identity);
    let bounded = boundary.as_ref().map(allows);
    let explicit = [Some(own.decision), bounded.as_ref().map(|it| it.decision)]
        .contains(&Some(Decision::ExplicitDeny));
    let boundary = bounded.map(|it| it.decision == Decision::Allowed);
    let everywhere =
        own.decision == Decision::Allowed && boundary != Some(false) && organization != Some(false);
    Simulated {
        decision: match (everywhere, explicit) {
            (true, _) => "allowed",
            (false, true) => "explicitDeny",
            (false, false) => "implicitDeny",
        },
        statements: if own.decision == Decision::ImplicitDeny {
            Vec::new()
        } else {
            managed_of(cloud, name)
                .into_iter()
                .chain((inline_of(cloud, name) > 0).then(|| "inline-1".to_owned()))
                .take(1)
                .collect()
        },
        missing: Vec::new(),
        boundary,
        organization,
    }
}

/// Whether the account has a role of this name.
pub(crate) fn is_role(cloud: &Cloud, name: &str) -> bool {
    cloud.scenario.account.roles.contains_key(name) || ROLES.iter().any(|(role, _)| *role == name)
}

/// Whether a role has a permissions boundary.
pub(crate) fn has_boundary(cloud: &Cloud, name: &str) -> bool {
    role(cloud, name).boundary.is_some()
}

/// The managed policies of a role.
pub(crate) fn managed_of(cloud: &Cloud, name: &str) -> Vec<String> {
    role(cloud, name)
        .policies
        .iter()
        .filter_map(|policy| match policy {
            PolicySource::Managed(name) => Some(name.clone()),
            PolicySource::Grant(_) | PolicySource::Document(_) => None,
        })
        .collect()
}

/// How many inline policies a role has.
pub(crate) fn inline_of(cloud: &Cloud, name: &str) -> usize {
    role(cloud, name).policies.len() - managed_of(cloud, name).len()
}
