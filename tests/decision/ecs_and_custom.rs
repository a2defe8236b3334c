//! Rows O1 to O3: ECS tasks and custom identities.

use ssm_probe::observations::Call::CreateControlChannel;
use ssm_probe::observations::{CredentialSource, CustomIdentityEntry, Path};
use ssm_probe::report::model::PathState::{Active, Missing};
use ssm_probe::report::model::VerdictOutcome;

use crate::seen::{Expect, Seen, check, task};

fn usable(path: Path) -> Expect<'static> {
    Expect {
        outcome: VerdictOutcome::Usable,
        path: Some(path),
        cause: None,
        states: &[],
        missing: &[],
    }
}

fn in_task() -> Seen {
    let mut seen = Seen::ec2().with(|all| all.task_metadata = task());
    seen.config(|config| config.container_mode = true);
    seen
}

#[test]
fn o1_a_task_with_a_role_uses_it() {
    let seen = in_task()
        .credentials(Path::EcsTaskRole, CredentialSource::ContainerEndpoint)
        .allowed(CreateControlChannel, Path::EcsTaskRole);
    check(
        &seen,
        "O1",
        &Expect {
            states: &[(Path::EcsTaskRole, Active)],
            ..usable(Path::EcsTaskRole)
        },
    );
}

#[test]
fn o2_a_task_without_a_role_uses_the_instance_profile() {
    let seen = in_task().allowed(CreateControlChannel, Path::InstanceProfile);
    let states = [
        (Path::InstanceProfile, Active),
        (Path::EcsTaskRole, Missing),
    ];
    check(
        &seen,
        "O2",
        &Expect {
            states: &states,
            ..usable(Path::InstanceProfile)
        },
    );
}

#[test]
fn o3_a_custom_identity_uses_the_sdk_s_chain() {
    let mut seen = Seen::elsewhere();
    seen.config(|config| {
        config.custom_identities.push(CustomIdentityEntry {
            instance_id: "my-node".to_owned(),
            region: "eu-west-1".to_owned(),
        });
    });
    let seen = seen
        .credentials(Path::CustomIdentity, CredentialSource::Environment)
        .allowed(CreateControlChannel, Path::CustomIdentity);
    check(&seen, "O3", &usable(Path::CustomIdentity));
}
