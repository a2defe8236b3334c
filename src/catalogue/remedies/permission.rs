//! Ways to mend denials, by the layer that refused.
//!
//! Source of the three ways and of their texts: User Guide, "Verify or add instance permissions
//! for Session Manager" and the pages it leads to.

use serde_json::{Value, json};

use super::agent_host::restart;
use super::names::{CORE, Names};
use super::selection::default_host_management;
use super::text::{allow, aws, command, console, document, policy, quoted};
use crate::observations::Path;
use crate::report::model::Remedy;

const SESSION: [&str; 4] = [
    "ssmmessages:CreateControlChannel",
    "ssmmessages:CreateDataChannel",
    "ssmmessages:OpenControlChannel",
    "ssmmessages:OpenDataChannel",
];

/// The name of the inline policy that the commands write.
const INLINE: &str = "SessionManagerPermissions";

pub(super) fn session(names: &Names) -> Vec<Remedy> {
    let mut actions = SESSION.to_vec();
    if names.is_missing("ssm:UpdateInstanceInformation") && !names.is_ecs() {
        actions = CORE.to_vec();
    }
    let wanted = document(&[allow(&actions, "*")]);
    let mut all = match names.path {
        Some(Path::DefaultHostManagement) => vec![attach_default(names), embed(names, &wanted)],
        Some(Path::EcsTaskRole) => vec![embed(names, &wanted)],
        Some(Path::HybridActivation | Path::InstanceProfile | Path::CustomIdentity) | None => {
            vec![embed(names, &wanted), attach_core(names)]
        }
    };
    all.push(policy(
        "The same as a policy document, for a template or the console",
        &wanted,
    ));
    all.push(restart(names));
    all
}

pub(super) fn registration(names: &Names) -> Vec<Remedy> {
    let wanted = document(&[allow(&CORE, "*")]);
    let mut all = vec![embed(names, &wanted), attach_core(names)];
    if names.path == Some(Path::InstanceProfile) {
        all.push(default_host_management(
            names,
            "Or leave the role as it is and turn on Default Host Management for the account and \
             Region; it serves agents from 3.2.582.0 on, with IMDSv2",
        ));
    }
    all.push(policy(
        "The five actions as a policy document, for a template or the console",
        &wanted,
    ));
    all.push(restart(names));
    all
}

pub(super) fn optional(names: &Names) -> Vec<Remedy> {
    if names.missing.is_empty() {
        return vec![attach_core(names)];
    }
    vec![
        policy(
            "Allow these actions to the role, only if Run Command, State Manager or Inventory \
             are wanted",
            &document(&[allow(&names.denied(), "*")]),
        ),
        attach_core(names),
    ]
}

/// The least policy, written into the role that is already there.
fn embed(names: &Names, wanted: &Value) -> Remedy {
    let (what, shared) = match names.path {
        Some(Path::EcsTaskRole) => ("task role", "; the execution role does not count"),
        Some(Path::HybridActivation) => (
            "hybrid service role",
            ", which every node of its activation shares",
        ),
        Some(Path::DefaultHostManagement) => (
            "Default Host Management role",
            ", which serves the account's nodes in this Region",
        ),
        Some(Path::InstanceProfile | Path::CustomIdentity) | None => {
            ("role", ", for every host that has it")
        }
    };
    command(
        format!(
            "Add the missing actions to the {what} {}{shared}",
            names.role
        ),
        put_role_policy(names, wanted),
    )
}

fn put_role_policy(names: &Names, wanted: &Value) -> String {
    aws(
        "iam put-role-policy",
        &[
            format!("--role-name {}", names.role),
            format!("--policy-name {INLINE}"),
            format!("--policy-document {}", quoted(wanted)),
        ],
    )
}

fn attach_core(names: &Names) -> Remedy {
    attach(
        names,
        "AmazonSSMManagedInstanceCore",
        "Or attach AWS's policy for all of Systems Manager; it also lets the role read every \
         parameter of Parameter Store",
    )
}

fn attach_default(names: &Names) -> Remedy {
    attach(
        names,
        "AmazonSSMManagedEC2InstanceDefaultPolicy",
        "Attach AWS's own policy to the Default Host Management role, which serves the \
         account's nodes in this Region",
    )
}

fn attach(names: &Names, policy_name: &str, summary: &str) -> Remedy {
    command(
        summary,
        aws(
            "iam attach-role-policy",
            &[
                format!("--role-name {}", names.role),
                format!("--policy-arn {}", names.managed_policy(policy_name)),
            ],
        ),
    )
}

pub(super) fn service_control_policy(names: &Names) -> Vec<Remedy> {
    vec![
        policy(
            "Ask the organization's administrator to let these actions pass: an allow list needs \
             this statement, a Deny that covers them an exception. No grant to the role helps",
            &document(&[allow(&names.denied(), "*")]),
        ),
        organization_policies(names, "SERVICE_CONTROL_POLICY"),
        restart(names),
    ]
}

pub(super) fn resource_control_policy(names: &Names) -> Vec<Remedy> {
    vec![
        organization_policies(names, "RESOURCE_CONTROL_POLICY"),
        console(
            "Ask the organization's administrator for an exception. No grant to the role helps",
            format!(
                "Exempt the role {} of account {} from the Deny that\ncovers these actions, or \
                 let this host take the network way that the rule\nasks for (often a VPC \
                 endpoint):\n  {}",
                names.role,
                names.account,
                names.denied().join("\n  ")
            ),
        ),
        restart(names),
    ]
}

/// Reading an organization's policies, with rights in its management account.
fn organization_policies(names: &Names, kind: &str) -> Remedy {
    let id = names
        .policy_arn
        .as_deref()
        .and_then(|arn| arn.rsplit('/').next());
    id.map_or_else(
        || {
            command(
                "Find the policy, in the organization's management account",
                aws(
                    "organizations list-policies-for-target",
                    &[
                        format!("--target-id {}", names.account),
                        format!("--filter {kind}"),
                    ],
                ),
            )
        },
        |id| {
            command(
                "Read the policy that refused, in the organization's management account",
                aws(
                    "organizations describe-policy",
                    &[format!("--policy-id {id}")],
                ),
            )
        },
    )
}

pub(super) fn endpoint_policy(names: &Names) -> Vec<Remedy> {
    let statement = json!({
        "Effect": "Allow", "Principal": "*", "Action": names.denied(), "Resource": "*",
    });
    vec![
        policy(
            format!(
                "Add this statement to the policy of the VPC endpoint for {}. No grant to the \
                 role helps",
                names.endpoint
            ),
            &document(&[statement]),
        ),
        command(
            "Or set the endpoint's policy back to the default, which lets all calls pass",
            aws(
                "ec2 modify-vpc-endpoint",
                &[
                    format!("--region {}", names.region),
                    "--vpc-endpoint-id ENDPOINT_ID".to_owned(),
                    "--reset-policy".to_owned(),
                ],
            ),
        ),
        restart(names),
    ]
}

pub(super) fn boundary(names: &Names) -> Vec<Remedy> {
    let (which, next) = match &names.policy_arn {
        Some(arn) => (
            format!("{arn}, the permissions boundary of {}", names.role),
            command(
                "See the versions of the boundary",
                aws("iam list-policy-versions", &[format!("--policy-arn {arn}")]),
            ),
        ),
        None => (
            format!(
                "the policy that is the permissions boundary of {}",
                names.role
            ),
            command(
                "Find the boundary",
                aws(
                    "iam get-role",
                    &[
                        format!("--role-name {}", names.role),
                        "--query Role.PermissionsBoundary.PermissionsBoundaryArn".to_owned(),
                    ],
                ),
            ),
        ),
    };
    vec![
        policy(
            format!("Add this statement to {which}. More policies on the role do not help"),
            &document(&[allow(&names.denied(), "*")]),
        ),
        next,
        restart(names),
    ]
}

pub(super) fn session_policy(names: &Names) -> Vec<Remedy> {
    vec![
        policy(
            "Add this statement to the policy that is passed when these credentials are made \
             (the Policy or PolicyArns of AssumeRole). More policies on the role do not help",
            &document(&[allow(&names.denied(), "*")]),
        ),
        restart(names),
    ]
}

pub(super) fn explicit(names: &Names) -> Vec<Remedy> {
    let mut all = Vec::new();
    if let Some(arn) = &names.policy_arn {
        all.push(command(
            "Take the Deny out of the policy that the answer names; see its versions",
            aws("iam list-policy-versions", &[format!("--policy-arn {arn}")]),
        ));
    }
    all.push(command(
        "Find the policies with the Deny that matches, then narrow it. An Allow does not help",
        aws(
            "iam simulate-principal-policy",
            &[
                format!(
                    "--policy-source-arn arn:{}:iam::{}:role/{}",
                    names.partition, names.account, names.role
                ),
                format!("--action-names {}", names.denied().join(" \\\n    ")),
                "--query 'EvaluationResults[].MatchedStatements[].SourcePolicyId'".to_owned(),
            ],
        ),
    ));
    all.push(restart(names));
    all
}
