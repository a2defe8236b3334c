//! What is sound JSON and sound IAM, and still not what its author meant.
//!
//! Works on the text as written; what IAM itself refuses is found by the parser.
//! Source: "IAM and AWS STS quotas", the Service Authorization Reference, and the mistakes that people
//! bring to AWS's forums.

use serde_json::{Map, Value};

use crate::catalogue::actions::action;
use crate::catalogue::managed_policy;
use crate::report::model::Layer;

use super::document::{Problem, Severity};
use super::node::Node;

/// A document as written, for the linter.
#[derive(Debug, Clone, Copy)]
pub struct Written<'a> {
    /// Its name, file or ARN.
    pub name: &'a str,
    /// What it says.
    pub value: &'a Value,
    /// The layer it is meant for.
    pub layer: Layer,
}

/// Names what is doubtful in a document.
#[must_use]
pub fn lint(written: Written<'_>, node: &Node) -> Vec<Problem> {
    let mut lint = Lint {
        partition: node.partition.as_deref(),
        layer: written.layer,
        problems: Vec::new(),
    };
    lint.managed(written.name);
    lint.size(written.value);
    for (statement, number) in statements(written.value).iter().zip(1..) {
        if let Value::Object(elements) = statement {
            lint.statement(elements, &format!("Statement[{number}]"));
        }
    }
    lint.problems
}

struct Lint<'a> {
    partition: Option<&'a str>,
    layer: Layer,
    problems: Vec<Problem>,
}

impl Lint<'_> {
    fn add(&mut self, severity: Severity, id: &'static str, at: String, text: String) {
        self.problems.push(Problem {
            id,
            severity,
            at,
            text,
        });
    }

    fn warn(&mut self, id: &'static str, at: String, text: String) {
        self.add(Severity::Warning, id, at, text);
    }

    fn managed(&mut self, name: &str) {
        let text = match managed_policy(name).map(|policy| policy.name) {
            Some("AmazonEC2RoleforSSM") => {
                "deprecated by AWS: it reads and writes every bucket that lets the account in; attach AmazonSSMManagedInstanceCore and grant the named buckets"
            }
            Some("AmazonSSMFullAccess") => {
                "made for people: a node that has it can run commands on every other node of the account"
            }
            Some("AmazonSSMAutomationRole" | "AmazonSSMMaintenanceWindowRole") => {
                "a role for Systems Manager itself, not for a node"
            }
            Some("AmazonSSMServiceRolePolicy") => {
                "belongs to AWS's service-linked role and cannot be attached"
            }
            Some(_) | None => return,
        };
        let id = if name.ends_with("AmazonEC2RoleforSSM") {
            "managed-policy-deprecated"
        } else {
            "managed-policy-not-for-nodes"
        };
        self.warn(id, String::new(), text.to_owned());
    }

    /// IAM counts characters without white space; the organization's and endpoints' limits are in
    /// bytes as sent, for which the compact form is the least.
    fn size(&mut self, value: &Value) {
        let length = value.to_string().chars().count();
        let (most, what) = match self.layer {
            Layer::IdentityPolicy => (10_240, "all inline policies of a role together"),
            Layer::PermissionsBoundary => (6_144, "a managed policy"),
            Layer::SessionPolicy => (2_048, "session policies"),
            Layer::ServiceControlPolicy => (5_120, "a service control policy"),
            Layer::ResourceControlPolicy => (5_120, "a resource control policy"),
            Layer::VpcEndpointPolicy => (20_480, "a VPC endpoint policy"),
            Layer::ResourcePolicy => (20_480, "a bucket policy"),
            Layer::NotSaid => return,
        };
        if length > most {
            let text = format!("{length} characters; the limit for {what} is {most}");
            self.add(Severity::Error, "too-large", String::new(), text);
        } else if self.layer == Layer::IdentityPolicy && length > 6_144 {
            let text = format!("{length} characters fit inline only; a managed policy holds 6144");
            self.warn("too-large-for-managed", String::new(), text);
        }
    }

    fn statement(&mut self, elements: &Map<String, Value>, at: &str) {
        let actions = texts(elements.get("Action"));
        let resources = texts(elements.get("Resource"));
        let allows = elements.get("Effect").and_then(Value::as_str) == Some("Allow");
        for name in actions
            .iter()
            .copied()
            .chain(texts(elements.get("NotAction")))
        {
            self.action_name(name, at);
        }
        for arn in resources
            .iter()
            .copied()
            .chain(texts(elements.get("NotResource")))
        {
            self.resource_arn(arn, at);
        }
        if allows && self.layer == Layer::IdentityPolicy {
            for name in &actions {
                self.operator_right(name, at);
            }
        }
        if allows && !resources.is_empty() {
            for name in &actions {
                self.action_on(name, &resources, at);
            }
        }
        self.keys(elements, allows, at);
    }

    /// `ssmmessages` and `ec2messages` are held complete, so a name that is not there is a slip.
    fn action_name(&mut self, name: &str, at: &str) {
        let lower = name.to_ascii_lowercase();
        let complete = ["ssmmessages:", "ec2messages:"];
        let is_plain = !name.contains(['*', '?']);
        if is_plain && complete.iter().any(|s| lower.starts_with(s)) && action(name).is_none() {
            let text = format!("`{name}` is not an action that a node has in this service");
            self.warn("action-unknown", format!("{at}.Action"), text);
        }
    }

    fn resource_arn(&mut self, arn: &str, at: &str) {
        let at = format!("{at}.Resource");
        let mut parts = arn.splitn(6, ':').skip(1);
        let (partition, service) = (parts.next(), parts.next());
        let tail = parts.nth(2).unwrap_or_default();
        if let (Some(found), Some(wanted)) = (partition, self.partition)
            && found != wanted
            && !found.contains(['*', '?'])
        {
            let text = format!("`{arn}` is in partition `{found}`; the node is in `{wanted}`");
            self.add(Severity::Error, "wrong-partition", at.clone(), text);
        }
        if service == Some("kms") && tail.starts_with("alias/") {
            let text = format!(
                "`{arn}` never matches: a KMS request names the key, not its alias; use the key's ARN or the condition key `kms:ResourceAliases`"
            );
            self.add(Severity::Error, "kms-alias", at, text);
        }
    }

    fn operator_right(&mut self, name: &str, at: &str) {
        const OPERATOR: [&str; 5] = [
            "ssm:StartSession",
            "ssm:SendCommand",
            "ssm:ResumeSession",
            "ssm:TerminateSession",
            "ssm:CreateAssociation",
        ];
        if OPERATOR
            .iter()
            .any(|known| known.eq_ignore_ascii_case(name))
        {
            let text = format!(
                "`{name}` is for the person who opens sessions: a node that has it reaches other nodes"
            );
            self.warn("operator-right", format!("{at}.Action"), text);
        }
    }

    /// One action against the resources it is granted on.
    fn action_on(&mut self, name: &str, resources: &[&str], at: &str) {
        let place = format!("{at}.Resource");
        let Some(known) = action(name) else {
            return;
        };
        let everything = resources.iter().any(|arn| arn.chars().all(|c| c == '*'));
        if everything {
            return;
        }
        if known.wildcard_only {
            let text = format!(
                "`{name}` takes only `*`: AWS does not promise that it is ever allowed on an ARN"
            );
            self.warn("resource-must-be-wildcard", place, text);
            return;
        }
        let tails: Vec<&str> = resources
            .iter()
            .filter_map(|arn| arn.splitn(6, ':').nth(5))
            .collect();
        let wrong =
            form_rule(known.name).filter(|rule| tails.iter().all(|tail| (rule.wrong)(tail)));
        if let Some(rule) = wrong {
            self.add(
                rule.severity,
                rule.id,
                place,
                format!("`{name}` {}", rule.text),
            );
        }
    }

    fn keys(&mut self, elements: &Map<String, Value>, allows: bool, at: &str) {
        let Some(Value::Object(operators)) = elements.get("Condition") else {
            return;
        };
        for (operator, keys) in operators {
            let excuses = operator.contains("IfExists")
                || operator.contains("Not")
                || operator.contains("ForAllValues")
                || operator == "Null";
            for key in keys.as_object().into_iter().flat_map(Map::keys) {
                let at = format!("{at}.Condition.{operator}.{key}");
                let lower = key.to_ascii_lowercase();
                if excuses || !allows || self.layer != Layer::IdentityPolicy {
                    continue;
                }
                if matches!(lower.as_str(), "aws:sourceaccount" | "aws:sourcearn") {
                    let text = format!(
                        "a node's calls carry no `{key}`, so this never allows anything; it belongs in the trust policy"
                    );
                    self.add(Severity::Error, "key-never-there", at, text);
                } else if matches!(
                    lower.as_str(),
                    "ec2:sourceinstancearn" | "ssm:sourceinstancearn"
                ) {
                    let text = format!(
                        "`{key}` is there on one permission path only: the grant ends when the node's path changes"
                    );
                    self.warn("key-of-one-path", at, text);
                }
            }
        }
    }
}

/// A form of ARN that an action is never asked for.
struct FormRule {
    id: &'static str,
    severity: Severity,
    text: &'static str,
    /// Whether the last part of an ARN has the wrong form.
    wrong: fn(&str) -> bool,
}

/// The rule for an action whose ARN people often get wrong.
fn form_rule(action: &str) -> Option<FormRule> {
    Some(match action {
        "logs:CreateLogStream" | "logs:PutLogEvents" => FormRule {
            id: "log-group-bare",
            severity: Severity::Error,
            text: "is asked for a log stream: a bare log-group ARN never matches, end it in `:*`",
            wrong: |tail| {
                tail.starts_with("log-group:")
                    && !tail.contains('*')
                    && tail.matches(':').count() < 2
            },
        },
        "logs:CreateLogGroup" | "logs:DescribeLogStreams" | "logs:PutRetentionPolicy" => FormRule {
            id: "log-group-form",
            severity: Severity::Warning,
            text: "is asked for the bare log-group ARN by newer denials: write it beside the one that ends in `:*`",
            wrong: |tail| tail.starts_with("log-group:") && tail.ends_with(":*"),
        },
        "s3:PutObject" | "s3:PutObjectAcl" | "s3:GetObject" => FormRule {
            id: "bucket-for-object",
            severity: Severity::Error,
            text: "is asked for an object: a bucket ARN never matches, write `bucket/prefix*`",
            wrong: |tail| !tail.contains(['/', '*']),
        },
        "s3:GetEncryptionConfiguration" | "s3:ListBucket" | "s3:GetBucketLocation" => FormRule {
            id: "object-for-bucket",
            severity: Severity::Error,
            text: "is asked for the bucket: an ARN with `/` never matches, write the bucket's own",
            wrong: |tail| tail.contains('/'),
        },
        _ => return None,
    })
}

/// The statements of a policy, whether it has one or a list of them.
pub(super) fn statements(policy: &Value) -> &[Value] {
    match policy.get("Statement") {
        Some(Value::Array(statements)) => statements,
        Some(one) => std::slice::from_ref(one),
        None => &[],
    }
}

/// The strings of an element, whether it is one or a list of them.
pub(super) fn texts(value: Option<&Value>) -> Vec<&str> {
    match value {
        Some(Value::Array(values)) => values.iter().filter_map(Value::as_str).collect(),
        Some(Value::String(text)) => vec![text],
        Some(_) | None => Vec::new(),
    }
}
