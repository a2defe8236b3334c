//! Ways to mend an instance profile, its role, and keys that lie about.

use super::agent_host::{restart, restart_now};
use super::names::Names;
use super::selection::new_profiles;
use super::text::{aws, command, quoted, trust};
use crate::observations::Path;
use crate::report::model::Remedy;

pub(super) fn empty(names: &Names) -> Vec<Remedy> {
    vec![
        command(
            format!("Put the role into the profile {}", names.profile),
            aws(
                "iam add-role-to-instance-profile",
                &[
                    format!("--instance-profile-name {}", names.profile),
                    format!("--role-name {}", names.role),
                ],
            ),
        ),
        restart(names),
    ]
}

pub(super) fn not_found(names: &Names) -> Vec<Remedy> {
    vec![
        command(
            "Associate the profile with the instance again; the name alone does not bind it",
            associate_again(names),
        ),
        restart(names),
    ]
}

fn associate_again(names: &Names) -> String {
    let region = format!("--region {}", names.region);
    let find = aws(
        "ec2 describe-iam-instance-profile-associations",
        &[
            region.clone(),
            format!("--filters Name=instance-id,Values={}", names.instance_id),
            "--query 'IamInstanceProfileAssociations[0].AssociationId'".to_owned(),
            "--output text".to_owned(),
        ],
    );
    let replace = aws(
        "ec2 replace-iam-instance-profile-association",
        &[
            region,
            "--association-id \"$association\"".to_owned(),
            format!("--iam-instance-profile Name={}", names.profile),
        ],
    );
    format!("association=$({find})\n{replace}")
}

pub(super) fn trust_wrong(names: &Names) -> Vec<Remedy> {
    let mut all = vec![command(
        format!(
            "Let EC2 assume the role {}. This replaces the whole trust policy: keep the services \
             that still need the role",
            names.role
        ),
        aws(
            "iam update-assume-role-policy",
            &[
                format!("--role-name {}", names.role),
                format!(
                    "--policy-document {}",
                    quoted(&trust(names.ec2_principal()))
                ),
            ],
        ),
    )];
    all.extend(new_profiles(names).into_iter().take(1).map(|other| {
        Remedy {
            summary:
                "Or, if the role is gone, give the instance another profile (take the present \
                  one off first)"
                    .to_owned(),
            ..other
        }
    }));
    all.push(restart(names));
    all
}

pub(super) fn credentials_expired(names: &Names) -> Vec<Remedy> {
    // The agent fetches and keeps these itself: first it should be made to.
    let kept_by_agent = matches!(
        names.path,
        Some(Path::DefaultHostManagement | Path::HybridActivation)
    );
    if kept_by_agent {
        return vec![restart_now(names)];
    }
    vec![
        command(
            "See whether the role still exists, and whether its sessions were revoked (an inline \
             policy AWSRevokeOlderSessions)",
            format!(
                "{}\n{}",
                aws("iam get-role", &[format!("--role-name {}", names.role)]),
                aws(
                    "iam list-role-policies",
                    &[format!("--role-name {}", names.role)]
                ),
            ),
        ),
        restart(names),
    ]
}

pub(super) fn static_keys(names: &Names) -> Vec<Remedy> {
    if names.is_ecs() {
        return vec![command(
            "Rename the variables in the task definition; the agent inherits them",
            "# AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY -> names of your own\n\
             aws ecs update-service --cluster CLUSTER --service TASK_SERVICE \\\n  \
             --force-new-deployment",
        )];
    }
    vec![
        command(
            "Move root's default keys to a named profile, after making sure that nothing needs \
             them as the default",
            "sudo cp -p /root/.aws/credentials /root/.aws/credentials.before\n\
             sudo sed -i 's/^\\[default\\]$/[before]/' /root/.aws/credentials",
        ),
        command(
            "Or, where the unit's environment holds them, take them out of it",
            format!(
                "systemctl cat {unit}\nsudo systemctl edit {unit}",
                unit = names.unit()
            ),
        ),
        restart(names),
    ]
}
