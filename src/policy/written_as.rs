//! A policy in the words of the tool that will apply it: AWS CLI, `CloudFormation`, Terraform.
//!
//! Only text; every value that a person gave is quoted for its language.

use serde_json::{Map, Value, json};

use super::minimal::Trust;
use super::node::Node;

/// What is to be applied.
#[derive(Debug, Clone, PartialEq)]
pub struct Plan {
    /// The policy; `None` if nothing needs one.
    pub policy: Option<Value>,
    /// The trust policy of a role to be made; `None` to extend a role that is there.
    pub trust: Option<(Trust, Value)>,
    /// The role's name.
    pub role: String,
}

/// The name of the inline policy.
const POLICY_NAME: &str = "SessionManagerPermissions";

impl Plan {
    /// The documents alone.
    #[must_use]
    pub fn as_documents(&self) -> String {
        match (&self.policy, &self.trust) {
            (Some(policy), None) => pretty(policy),
            (None, None) => "null\n".to_owned(),
            (policy, Some((_, trust))) => {
                pretty(&json!({ "TrustPolicy": trust, "Policy": policy }))
            }
        }
    }

    /// AWS CLI commands for a POSIX shell.
    #[must_use]
    pub fn as_commands(&self, node: &Node) -> String {
        let role = shell(&self.role);
        let mut lines = Vec::new();
        if let Some((trust, document)) = &self.trust {
            let path = match trust {
                Trust::DefaultHostManagement => "--path /service-role/ ",
                Trust::Ec2 | Trust::Hybrid => "",
            };
            lines.push(format!(
                "aws iam create-role {path}--role-name {role} --assume-role-policy-document {}",
                shell(&document.to_string())
            ));
        }
        if let Some(policy) = &self.policy {
            lines.push(format!(
                "aws iam put-role-policy --role-name {role} --policy-name {POLICY_NAME} --policy-document {}",
                shell(&policy.to_string())
            ));
        }
        if let Some((trust, _)) = &self.trust {
            lines.extend(commands_that_hand_over(*trust, node, &self.role));
        }
        lines.push(String::new());
        lines.join("\n")
    }

    /// A `CloudFormation` template, in JSON.
    #[must_use]
    pub fn as_cloudformation(&self) -> String {
        let mut resources = Map::new();
        let mut role_name = json!(self.role);
        if let Some((trust, document)) = &self.trust {
            let mut properties = json!({
                "RoleName": self.role,
                "AssumeRolePolicyDocument": document,
            });
            if *trust == Trust::DefaultHostManagement
                && let Value::Object(properties) = &mut properties
            {
                properties.insert("Path".to_owned(), json!("/service-role/"));
            }
            resources.insert(
                "NodeRole".to_owned(),
                json!({ "Type": "AWS::IAM::Role", "Properties": properties }),
            );
            role_name = json!({ "Ref": "NodeRole" });
            if *trust == Trust::Ec2 {
                resources.insert(
                    "NodeInstanceProfile".to_owned(),
                    json!({
                        "Type": "AWS::IAM::InstanceProfile",
                        "Properties": { "InstanceProfileName": self.role, "Roles": [role_name] },
                    }),
                );
            }
        }
        if let Some(policy) = &self.policy {
            resources.insert(
                "NodePolicy".to_owned(),
                json!({
                    "Type": "AWS::IAM::RolePolicy",
                    "Properties": {
                        "RoleName": role_name,
                        "PolicyName": POLICY_NAME,
                        "PolicyDocument": policy,
                    },
                }),
            );
        }
        pretty(&json!({ "AWSTemplateFormatVersion": "2010-09-09", "Resources": resources }))
    }

    /// Terraform configuration.
    #[must_use]
    pub fn as_terraform(&self) -> String {
        let mut blocks = Vec::new();
        let mut role = hcl(&json!(self.role), 0);
        if let Some((trust, document)) = &self.trust {
            let path = match trust {
                Trust::DefaultHostManagement => "  path = \"/service-role/\"\n",
                Trust::Ec2 | Trust::Hybrid => "",
            };
            blocks.push(format!(
                "resource \"aws_iam_role\" \"node\" {{\n  name = {role}\n{path}  assume_role_policy = jsonencode({})\n}}\n",
                hcl(document, 1)
            ));
            if *trust == Trust::Ec2 {
                blocks.push(format!(
                    "resource \"aws_iam_instance_profile\" \"node\" {{\n  name = {role}\n  role = aws_iam_role.node.name\n}}\n"
                ));
            }
            "aws_iam_role.node.name".clone_into(&mut role);
        }
        if let Some(policy) = &self.policy {
            blocks.push(format!(
                "resource \"aws_iam_role_policy\" \"node\" {{\n  name = \"{POLICY_NAME}\"\n  role = {role}\n  policy = jsonencode({})\n}}\n",
                hcl(policy, 1)
            ));
        }
        blocks.join("\n")
    }
}

/// What gives the new role to the node.
fn commands_that_hand_over(trust: Trust, node: &Node, role: &str) -> Vec<String> {
    let known =
        |name: &Option<String>, placeholder: &str| shell(name.as_deref().unwrap_or(placeholder));
    let (region, id) = (
        known(&node.region, "REGION"),
        known(&node.node_id, "NODE_ID"),
    );
    let name = shell(role);
    match trust {
        Trust::Ec2 => vec![
            format!("aws iam create-instance-profile --instance-profile-name {name}"),
            format!(
                "aws iam add-role-to-instance-profile --instance-profile-name {name} --role-name {name}"
            ),
            format!(
                "aws ec2 associate-iam-instance-profile --region {region} --instance-id {id} --iam-instance-profile {}",
                shell(&format!("Name={role}"))
            ),
        ],
        Trust::Hybrid => vec![format!(
            "aws ssm update-managed-instance-role --region {region} --instance-id {id} --iam-role {name}"
        )],
        Trust::DefaultHostManagement => {
            let setting = node.fill("arn:{partition}:ssm:{region}:{account}:servicesetting/ssm/managed-instance/default-ec2-instance-management-role").concat();
            vec![format!(
                "aws ssm update-service-setting --region {region} --setting-id {} --setting-value {}",
                shell(&setting),
                shell(&format!("service-role/{role}"))
            )]
        }
    }
}

fn pretty(value: &Value) -> String {
    format!("{value:#}\n")
}

/// A word of a POSIX shell.
fn shell(text: &str) -> String {
    let plain = |c: char| {
        c.is_ascii_alphanumeric()
            || matches!(c, '-' | '_' | '.' | '/' | ':' | '@' | '=' | '+' | ',')
    };
    if !text.is_empty() && text.chars().all(plain) {
        return text.to_owned();
    }
    format!("'{}'", text.replace('\'', r"'\''"))
}

/// A value as Terraform writes it: templates in strings are kept from being filled in.
fn hcl(value: &Value, depth: usize) -> String {
    let (inner, outer) = ("  ".repeat(depth + 1), "  ".repeat(depth));
    match value {
        Value::Object(members) if !members.is_empty() => {
            let lines: Vec<String> = members
                .iter()
                .map(|(name, value)| format!("{inner}{} = {}", quoted(name), hcl(value, depth + 1)))
                .collect();
            format!("{{\n{}\n{outer}}}", lines.join("\n"))
        }
        Value::Array(values) if !values.is_empty() => {
            let lines: Vec<String> = values
                .iter()
                .map(|value| format!("{inner}{},", hcl(value, depth + 1)))
                .collect();
            format!("[\n{}\n{outer}]", lines.join("\n"))
        }
        Value::String(text) => quoted(text),
        plain => plain.to_string(),
    }
}

fn quoted(text: &str) -> String {
    let json = Value::String(text.to_owned()).to_string();
    json.replace("${", "$${").replace("%{", "%%{")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{hcl, shell};

    #[test]
    fn a_shell_word_stays_one_word() {
        assert_eq!(shell("NodeRole"), "NodeRole");
        assert_eq!(shell("it's $HOME"), r"'it'\''s $HOME'");
        assert_eq!(shell(""), "''");
    }

    #[test]
    fn terraform_fills_nothing_into_a_policy_variable() {
        assert_eq!(
            hcl(&json!({"Resource": ["${aws:userid}/*", true]}), 0),
            "{\n  \"Resource\" = [\n    \"$${aws:userid}/*\",\n    true,\n  ]\n}"
        );
    }
}
