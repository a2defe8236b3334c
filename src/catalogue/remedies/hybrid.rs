//! Ways to mend a hybrid node. Registering is never advised lightly: the agent overwrites the
//! old registration before it asks the service (`failures.md` F29), so a copy is kept first.

use serde_json::json;

use super::agent_host::{restart, start_now, stop_now};
use super::names::Names;
use super::text::{afterwards, aws, command, config, document, in_turn, layout, quoted};
use crate::report::model::Remedy;

/// A new activation, a look at it, a copy of the vault, and the registration.
pub(super) fn register(names: &Names) -> Remedy {
    let region = format!("--region {}", names.region);
    let create = aws(
        "ssm create-activation",
        &[
            region.clone(),
            format!("--iam-role {}", names.role),
            "--registration-limit 1".to_owned(),
            "--default-instance-name NODE_NAME".to_owned(),
        ],
    );
    let look = aws(
        "ssm describe-activations",
        &[
            region,
            "--filters FilterKey=ActivationIds,FilterValues=ACTIVATION_ID".to_owned(),
            "--query 'ActivationList[].[Expired,RegistrationsCount]'".to_owned(),
        ],
    );
    let register = format!(
        "sudo {} -register -y -region {} \\\n  -id ACTIVATION_ID -code ACTIVATION_CODE",
        names.binary(),
        names.region
    );
    command(
        "Register with a new activation. A failed attempt destroys what the vault holds, so look \
         at the activation first and keep a copy",
        format!(
            "# where you have rights in the account:\n{create}\n{look}\n# on this host:\n{}\n{}\n\
             {register} &&\n{}",
            stop_now(names),
            copy_vault(names),
            start_now(names),
        ),
    )
}

fn copy_vault(names: &Names) -> String {
    format!(
        "sudo cp -a {state}/Vault {state}/Vault.$(date +%s)",
        state = names.state()
    )
}

pub(super) fn leftover(names: &Names) -> Vec<Remedy> {
    vec![
        command(
            "Clear the leftover registration, keeping a copy; the agent then takes the instance \
             profile or Default Host Management",
            in_turn(&[
                stop_now(names),
                copy_vault(names),
                format!("sudo {} -register -clear -y", names.binary()),
                start_now(names),
            ]),
        ),
        command(
            "Where images are made, leave these out of the image",
            format!(
                "sudo rm -rf {state}/Vault {state}/registration \\\n  {state}/runtimeconfig",
                state = names.state()
            ),
        ),
    ]
}

pub(super) fn fingerprint(names: &Names) -> Vec<Remedy> {
    vec![
        command(
            "See that the machine id is on disk and stays the same; a mount over it is a sign \
             that it does not",
            "findmnt /etc/machine-id; cat /etc/machine-id\n\
             # only where it is mounted over:\n\
             # sudo umount /etc/machine-id; sudo systemd-machine-id-setup",
        ),
        afterwards(register(names)),
    ]
}

pub(super) fn role_unusable(names: &Names) -> Vec<Remedy> {
    let trust = document(&[json!({
        "Effect": "Allow",
        "Principal": {"Service": "ssm.amazonaws.com"},
        "Action": "sts:AssumeRole",
        "Condition": {
            "StringEquals": {"aws:SourceAccount": names.account},
            "ArnEquals": {"aws:SourceArn": format!(
                "arn:{}:ssm:{}:{}:*", names.partition, names.region, names.account
            )},
        },
    })]);
    vec![
        command(
            "Let Systems Manager assume the node's role. This replaces the whole trust policy: \
             keep the services that still need the role",
            aws(
                "iam update-assume-role-policy",
                &[
                    format!("--role-name {}", names.role),
                    format!("--policy-document {}", quoted(&trust)),
                ],
            ),
        ),
        give_role(
            names,
            "Or, if the role is gone, give the node another one",
            "ROLE_NAME",
        ),
        restart(names),
    ]
}

fn give_role(names: &Names, summary: &str, role: &str) -> Remedy {
    command(
        summary,
        aws(
            "ssm update-managed-instance-role",
            &[
                format!("--region {}", names.region),
                format!("--instance-id {}", names.instance_id),
                format!("--iam-role {role}"),
            ],
        ),
    )
}

pub(super) fn role_replaced(names: &Names) -> Vec<Remedy> {
    vec![
        give_role(
            names,
            "Set the earlier role back, if that one is meant",
            "OLD_ROLE_NAME",
        ),
        restart(names),
    ]
}

pub(super) fn tier(names: &Names) -> Vec<Remedy> {
    let region = format!("--region {}", names.region);
    let setting = "--setting-id /ssm/managed-instance/activation-tier".to_owned();
    vec![
        command(
            "See which tier the account has in this Region",
            aws(
                "ssm get-service-setting",
                &[region.clone(), setting.clone()],
            ),
        ),
        command(
            "Turn on the advanced-instances tier, which is charged by node and hour",
            aws(
                "ssm update-service-setting",
                &[region, setting, "--setting-value advanced".to_owned()],
            ),
        ),
    ]
}

pub(super) fn shared_profile(names: &Names) -> Vec<Remedy> {
    vec![
        config(
            format!(
                "Only if root's other tools are disturbed: name a profile in {}",
                names.config()
            ),
            layout(&json!({"Profile": {"ShareProfile": "ssm-agent"}})),
        ),
        restart(names),
    ]
}
