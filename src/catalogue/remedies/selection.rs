//! Ways to give a host a permission path.

use serde_json::json;

use super::agent_host::{restart, update};
use super::names::{CORE, Names};
use super::permission;
use super::text::{allow, aws, command, config, console, document, in_turn, layout, quoted, trust};
use crate::report::model::Remedy;

/// The Default Host Management role of AWS's documents.
const DHMC_ROLE: &str = "AWSSystemsManagerDefaultEC2InstanceManagementRole";

/// The name of the role and profile that the commands make.
const NEW_ROLE: &str = "SessionManagerInstanceRole";

pub(super) fn no_path(names: &Names) -> Vec<Remedy> {
    let mut all = new_profiles(names);
    all.push(default_host_management(
        names,
        "Or turn on Default Host Management: it gives a role to every EC2 instance without a \
         working profile in this account and Region, with IMDSv2 and an agent from 3.2.582.0 on",
    ));
    all.push(restart(names));
    all
}

/// A new role in a new profile for this instance: with sessions only, or with all of Systems
/// Manager.
pub(super) fn new_profiles(names: &Names) -> Vec<Remedy> {
    let sessions = aws(
        "iam put-role-policy",
        &[
            format!("--role-name {NEW_ROLE}"),
            "--policy-name SessionManagerPermissions".to_owned(),
            format!(
                "--policy-document {}",
                quoted(&document(&[allow(&CORE, "*")]))
            ),
        ],
    );
    let everything = aws(
        "iam attach-role-policy",
        &[
            format!("--role-name {NEW_ROLE}"),
            format!(
                "--policy-arn {}",
                names.managed_policy("AmazonSSMManagedInstanceCore")
            ),
        ],
    );
    vec![
        command(
            "Give this instance a profile with a role for sessions only",
            new_profile(names, sessions),
        ),
        command(
            "Or the same with AWS's policy for all of Systems Manager",
            new_profile(names, everything),
        ),
    ]
}

/// A fresh profile takes some seconds until EC2 sees it, hence the sleep.
fn new_profile(names: &Names, grant: String) -> String {
    let role = format!("--role-name {NEW_ROLE}");
    let profile = format!("--instance-profile-name {NEW_ROLE}");
    let trusted = quoted(&trust(names.ec2_principal()));
    in_turn(&[
        aws(
            "iam create-role",
            &[
                role.clone(),
                format!("--assume-role-policy-document {trusted}"),
            ],
        ),
        grant,
        aws(
            "iam create-instance-profile",
            std::slice::from_ref(&profile),
        ),
        aws("iam add-role-to-instance-profile", &[profile, role]),
        "sleep 15".to_owned(),
        aws(
            "ec2 associate-iam-instance-profile",
            &[
                format!("--region {}", names.region),
                format!("--instance-id {}", names.instance_id),
                format!("--iam-instance-profile Name={NEW_ROLE}"),
            ],
        ),
    ])
}

/// Default Host Management with its prerequisites: role, policy, then the setting.
///
/// Source: User Guide, "Managing EC2 instances automatically with Default Host Management
/// Configuration". The setting's value is the role's path and name, so the path must be made.
pub(super) fn default_host_management(names: &Names, summary: &str) -> Remedy {
    let role = format!("--role-name {DHMC_ROLE}");
    let trusted = quoted(&trust("ssm.amazonaws.com"));
    let default_policy = names.managed_policy("AmazonSSMManagedEC2InstanceDefaultPolicy");
    command(
        summary,
        in_turn(&[
            aws(
                "iam create-role",
                &[
                    "--path /service-role/".to_owned(),
                    role.clone(),
                    format!("--assume-role-policy-document {trusted}"),
                ],
            ),
            aws(
                "iam attach-role-policy",
                &[role, format!("--policy-arn {default_policy}")],
            ),
            aws(
                "ssm update-service-setting",
                &[
                    format!("--region {}", names.region),
                    "--setting-id \
                     /ssm/managed-instance/default-ec2-instance-management-role"
                        .to_owned(),
                    format!("--setting-value service-role/{DHMC_ROLE}"),
                ],
            ),
        ]),
    )
}

pub(super) fn dhmc_not_enabled(names: &Names) -> Vec<Remedy> {
    vec![
        default_host_management(
            names,
            "Turn on Default Host Management for the account and this Region; it then serves \
             every EC2 instance without a working profile",
        ),
        console(
            "Or mend the instance profile, which comes first",
            "Look at the other findings of this report: they say why the instance\nprofile is \
             out, and how to mend it.",
        ),
        restart(names),
    ]
}

pub(super) fn agent_too_old(names: &Names) -> Vec<Remedy> {
    let mut all = vec![update(names)];
    all.extend(new_profiles(names).into_iter().take(1));
    all.push(restart(names));
    all
}

pub(super) fn registration_missing(names: &Names) -> Vec<Remedy> {
    vec![
        command(
            "Make the vault writable for root; the agent registers when it starts",
            format!(
                "sudo mkdir -p {state}/Vault/Store\nsudo chown -R root:root {state}/Vault\nsudo \
                 touch {state}/Vault/probe && sudo rm {state}/Vault/probe",
                state = names.state()
            ),
        ),
        restart(names),
    ]
}

pub(super) fn shadowed(names: &Names) -> Vec<Remedy> {
    let mut all = permission::session(names);
    all.insert(
        1,
        command(
            "Or leave the host to Default Host Management, if it is on: find what grants \
             ssm:UpdateInstanceInformation to this role, and take it away",
            format!(
                "{}\n{}",
                aws(
                    "iam list-attached-role-policies",
                    &[format!("--role-name {}", names.role)]
                ),
                aws(
                    "iam list-role-policies",
                    &[format!("--role-name {}", names.role)]
                ),
            ),
        ),
    );
    all
}

pub(super) fn identity_order(names: &Names) -> Vec<Remedy> {
    vec![
        config(
            format!(
                "Set the default order in {}, or remove the key",
                names.config()
            ),
            layout(&json!({
                "Identity": {"ConsumptionOrder": ["OnPrem", "EC2", "CustomIdentity"]}
            })),
        ),
        restart(names),
    ]
}

pub(super) fn client_side(names: &Names) -> Vec<Remedy> {
    let region = format!("--region {}", names.region);
    let target = format!("--target {}", names.instance_id);
    vec![command(
        "Compare, where the session is started: who you are, whether the node is connected, and \
         whether the plugin is there",
        [
            aws("sts get-caller-identity", &[]),
            aws("ssm get-connection-status", &[region, target]),
            "session-manager-plugin --version".to_owned(),
        ]
        .join("\n"),
    )]
}
