//! The least policy for what a node is to do, and the trust policy its role needs.
//!
//! What is written here always satisfies [`super::cover`], and nothing in it can be left out.
//! Source: "Create a custom IAM role for Session Manager" and its neighbours; trust policies by
//! "Create the IAM service role required for Systems Manager in hybrid and multicloud
//! environments".

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::catalogue::{ActionNeed, Capability};

use super::coverage::find_need;
use super::node::Node;

/// A name of the node that a policy needs and nobody gave.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the policy needs {}", .names.join(", "))]
pub struct Missing {
    /// The names as options, such as `--session-log-bucket`.
    pub names: Vec<String>,
}

/// The least policy for capabilities with all they depend on, `None` if they need none.
///
/// With `optional`, what the chosen capabilities need in some situations only is granted too.
///
/// # Errors
/// A name that a resource needs is not known.
pub fn minimal(
    node: &Node,
    capabilities: &[&'static Capability],
    optional: bool,
) -> Result<Option<Value>, Missing> {
    let mut grants = Grants::default();
    for capability in capabilities {
        for part in capability.with_dependencies() {
            for need in part.required {
                grants.add(node, part, need);
            }
        }
        for need in capability.optional.iter().filter(|_| optional) {
            grants.add(node, capability, need);
        }
    }
    grants.complete()?;
    Ok(grants.document())
}

/// The least policy that adds these actions, whatever they are for; `None` for no action.
///
/// Names that are not known stand in capitals, to be filled in by a person.
#[must_use]
pub fn minimal_for_actions(node: &Node, actions: &[String]) -> Option<Value> {
    let mut grants = Grants::default();
    for action in actions {
        match find_need(action) {
            Some((part, need)) => grants.add(node, part, need),
            None => grants.add_on_everything(action),
        }
    }
    grants.document()
}

/// Grants by action, in the order in which they were asked for.
#[derive(Debug, Default)]
struct Grants(Vec<Grant>);

#[derive(Debug)]
struct Grant {
    action: String,
    resources: BTreeSet<String>,
    /// What the statement is called.
    sid: String,
}

impl Grants {
    fn add(&mut self, node: &Node, part: &Capability, need: &ActionNeed) {
        let resources = need.grant.iter().flat_map(|template| node.fill(template));
        let sid = camel_case(part.id);
        match self.0.iter_mut().find(|grant| grant.action == need.action) {
            Some(grant) => grant.resources.extend(resources),
            None => self.0.push(Grant {
                action: need.action.to_owned(),
                resources: resources.collect(),
                sid,
            }),
        }
    }

    fn add_on_everything(&mut self, action: &str) {
        if self.0.iter().all(|grant| grant.action != action) {
            self.0.push(Grant {
                action: action.to_owned(),
                resources: BTreeSet::from(["*".to_owned()]),
                sid: "AlsoNeeded".to_owned(),
            });
        }
    }

    /// Fails if a resource has a name in braces.
    fn complete(&self) -> Result<(), Missing> {
        let texts = self.0.iter().flat_map(|grant| &grant.resources);
        let names: BTreeSet<String> = texts.flat_map(|text| open_names(text)).collect();
        if names.is_empty() {
            return Ok(());
        }
        Err(Missing {
            names: names.into_iter().collect(),
        })
    }

    fn document(self) -> Option<Value> {
        let mut statements: Vec<(BTreeSet<String>, String, Vec<String>)> = Vec::new();
        for grant in self.0 {
            let resources = without_covered(&grant.resources);
            match statements
                .iter_mut()
                .find(|(known, ..)| *known == resources)
            {
                Some((.., actions)) => actions.push(grant.action),
                None => statements.push((resources, grant.sid, vec![grant.action])),
            }
        }
        let mut sids = BTreeSet::new();
        let statements: Vec<Value> = statements
            .into_iter()
            .map(|(resources, sid, actions)| {
                json!({
                    "Sid": unused(&mut sids, &sid),
                    "Effect": "Allow",
                    "Action": actions,
                    "Resource": one_or_many(resources),
                })
            })
            .collect();
        (!statements.is_empty())
            .then(|| json!({ "Version": "2012-10-17", "Statement": statements }))
    }
}

/// The resources that no other one takes in.
fn without_covered(resources: &BTreeSet<String>) -> BTreeSet<String> {
    use super::pattern::{Reading, Template, matches};
    let reading = Reading {
        wildcards: true,
        variables: false,
    };
    // A `?` may not stand for another pattern's `*`, so only patterns without one cover others.
    let covers = |wide: &String, narrow: &String| {
        wide != narrow
            && !wide.contains('?')
            && Template::parse(wide, reading).is_ok_and(|wide| matches(wide.tokens(), narrow))
    };
    resources
        .iter()
        .filter(|narrow| !resources.iter().any(|wide| covers(wide, narrow)))
        .map(|text| in_capitals(text))
        .collect()
}

fn one_or_many(texts: BTreeSet<String>) -> Value {
    let mut texts: Vec<String> = texts.into_iter().collect();
    match (texts.pop(), texts.is_empty()) {
        (Some(only), true) => Value::String(only),
        (last, _) => {
            texts.extend(last);
            json!(texts)
        }
    }
}

fn unused(taken: &mut BTreeSet<String>, sid: &str) -> String {
    let mut found = sid.to_owned();
    for number in 2.. {
        if taken.insert(found.clone()) {
            break;
        }
        found = format!("{sid}{number}");
    }
    found
}

/// `session-manager` as `SessionManager`, for a `Sid`.
fn camel_case(id: &str) -> String {
    id.split('-')
        .flat_map(|word| {
            let mut chars = word.chars();
            let first = chars.next().map(|c| c.to_ascii_uppercase());
            first.into_iter().chain(chars)
        })
        .collect()
}

/// The names in braces of a text, as the options that give them.
fn open_names(text: &str) -> Vec<String> {
    braced(text)
        .map(|name| match name {
            "bucket" => "--session-log-bucket".to_owned(),
            "kms_key_arn" => "--session-kms-key".to_owned(),
            "log_group" => "--session-log-group".to_owned(),
            "aws_owned_bucket" => "--region".to_owned(),
            other => format!("--{}", other.replace('_', "-")),
        })
        .collect()
}

/// A text with its open names in capitals instead of braces.
fn in_capitals(text: &str) -> String {
    braced(text).fold(text.to_owned(), |text, name| {
        text.replace(&format!("{{{name}}}"), &name.to_ascii_uppercase())
    })
}

fn braced(text: &str) -> impl Iterator<Item = &str> {
    text.split('{')
        .skip(1)
        .filter_map(|after| after.split_once('}').map(|(name, _)| name))
}

/// Who a role must trust.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trust {
    /// The role in an EC2 instance profile.
    Ec2,
    /// The service role of a hybrid activation.
    Hybrid,
    /// The role of Default Host Management Configuration.
    DefaultHostManagement,
}

/// The trust policy of a role.
///
/// # Errors
/// The account or Region of a hybrid activation is not known.
pub fn trust_policy(node: &Node, trust: Trust) -> Result<Value, Missing> {
    let service = match trust {
        Trust::Ec2 => "ec2.amazonaws.com",
        Trust::Hybrid | Trust::DefaultHostManagement => "ssm.amazonaws.com",
    };
    let mut statement = json!({
        "Effect": "Allow",
        "Principal": { "Service": service },
        "Action": "sts:AssumeRole",
    });
    if trust == Trust::Hybrid
        && let Value::Object(elements) = &mut statement
    {
        let (account, arn) = (
            node.fill("{account}").concat(),
            node.fill("arn:{partition}:ssm:{region}:{account}:*")
                .concat(),
        );
        let names: Vec<String> = open_names(&arn);
        if !names.is_empty() {
            return Err(Missing { names });
        }
        elements.insert(
            "Condition".to_owned(),
            json!({
                "StringEquals": { "aws:SourceAccount": account },
                "ArnEquals": { "aws:SourceArn": arn },
            }),
        );
    }
    Ok(json!({ "Version": "2012-10-17", "Statement": [statement] }))
}
