//! The parts that a healthy host is made of.

use ssm_probe::observations::{
    Agent, AgentEnvironment, AgentProcess, CredentialsDocument, Dmi, Host, IdentityDocument, Imds,
    Install, InstallKind, ProcessRole, ProfileInfo, Reading, Registration, Vault,
};

use crate::seen::{ACCOUNT, INSTANCE, in_minutes, value};

pub(crate) fn registration(id: &str) -> Registration {
    Registration {
        instance_id: id.to_owned(),
        region: "eu-west-1".to_owned(),
        has_private_key: true,
        private_key_usable: true,
        private_key_type: "Rsa".to_owned(),
        private_key_created: String::new(),
    }
}

pub(crate) fn ec2_imds() -> Imds {
    let document = CredentialsDocument {
        code: "Success".to_owned(),
        message: None,
        expires_at: Some(in_minutes(300)),
        updated_at: Some(in_minutes(-60)),
        complete: true,
    };
    Imds {
        endpoint: "http://169.254.169.254".to_owned(),
        token: value(300),
        instance_id: value(INSTANCE.to_owned()),
        identity_document: value(IdentityDocument {
            instance_id: INSTANCE.to_owned(),
            region: "eu-west-1".to_owned(),
            account_id: Some(ACCOUNT.to_owned()),
            image_id: None,
        }),
        partition: value("aws".to_owned()),
        profile_info: value(ProfileInfo {
            code: "Success".to_owned(),
            message: None,
            instance_profile_arn: Some(format!(
                "arn:aws:iam::{ACCOUNT}:instance-profile/NodeProfile"
            )),
            instance_profile_id: None,
        }),
        role_name: value("NodeRole".to_owned()),
        role_credentials: value(document.clone()),
        identity_credentials: value(document),
        ..Imds::not_asked("not asked")
    }
}

pub(crate) fn host() -> Host {
    let absent = || Reading::absent("/sys");
    Host {
        root: None,
        os: Reading::found("Debian".to_owned(), "/etc/os-release"),
        arch: "x86_64".to_owned(),
        dmi: Dmi {
            vendor: absent(),
            product: absent(),
            asset_tag: absent(),
            uuid_says_ec2: Reading::absent("/sys/hypervisor/uuid"),
        },
        container: Reading::absent("/.dockerenv"),
        agent: Agent {
            installs: vec![Install {
                kind: InstallKind::Package,
                binary: "/usr/bin/amazon-ssm-agent".to_owned(),
                unit: "amazon-ssm-agent".to_owned(),
            }],
            version: Reading::found(
                "3.3.987.0".parse().expect("a version"),
                "/var/lib/dpkg/status",
            ),
            processes: Reading::found(
                vec![AgentProcess {
                    pid: 100,
                    role: ProcessRole::Core,
                    executable: None,
                    started_at: None,
                }],
                "/proc",
            ),
            environment: Reading::found(AgentEnvironment::default(), "/proc/100/environ"),
        },
        config: Reading::absent("/etc/amazon/ssm/amazon-ssm-agent.json"),
        vault: Vault {
            manifest: Reading::absent("Manifest"),
            ec2_manifest: Reading::absent("EC2Manifest"),
            registration: Reading::absent("RegistrationKey"),
            ec2_registration: Reading::absent("EC2RegistrationKey"),
            fingerprint: Reading::absent("InstanceFingerprint"),
            summary: Reading::absent("registration"),
        },
        runtime_config: Reading::absent("identity_config.json"),
        dhmc_credentials: Reading::absent("/var/lib/amazon/ssm/credentials"),
        root_credentials: Reading::absent("/root/.aws/credentials"),
        agent_log: Reading::absent("/var/log/amazon/ssm"),
        session_under_way: Reading::absent("/var/lib/amazon/ssm"),
        health: ssm_probe::observations::Health::default(),
    }
}
