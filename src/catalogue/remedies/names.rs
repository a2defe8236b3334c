//! The names that go into commands: checked against their grammar, or a blank in capitals.

use crate::catalogue::Subject;
use crate::observations::{InstallKind, MandatoryControl, Path};

/// The five actions of a managed node that serves sessions.
///
/// Source: User Guide, "Create a custom IAM role for Session Manager".
pub(super) const CORE: [&str; 5] = [
    "ssm:UpdateInstanceInformation",
    "ssmmessages:CreateControlChannel",
    "ssmmessages:CreateDataChannel",
    "ssmmessages:OpenControlChannel",
    "ssmmessages:OpenDataChannel",
];

/// Names fit for a shell and for JSON.
pub(super) struct Names {
    pub(super) path: Option<Path>,
    pub(super) install: Option<InstallKind>,
    pub(super) role: String,
    pub(super) account: String,
    pub(super) region: String,
    pub(super) partition: String,
    pub(super) instance_id: String,
    pub(super) profile: String,
    pub(super) endpoint: String,
    pub(super) missing: Vec<String>,
    pub(super) policy_arn: Option<String>,
    pub(super) session_key: Option<String>,
    pub(super) bucket: Option<String>,
    pub(super) log_group: Option<String>,
    pub(super) user: String,
    pub(super) denied_by: Option<MandatoryControl>,
    pub(super) noexec: Option<String>,
}

impl Names {
    pub(super) fn new(subject: &Subject) -> Self {
        let partition =
            fit(subject.partition.as_ref(), is_lower_word).unwrap_or_else(|| "aws".to_owned());
        let region =
            fit(subject.region.as_ref(), is_lower_word).unwrap_or_else(|| "REGION".to_owned());
        let endpoint = fit(subject.endpoint.as_ref(), is_host_name)
            .unwrap_or_else(|| format!("ssm.{region}.{}", domain(&partition)));
        Self {
            path: subject.path,
            install: subject.install,
            role: fit(subject.role.as_ref(), is_iam_name).unwrap_or_else(|| "ROLE_NAME".to_owned()),
            account: fit(subject.account_id.as_ref(), is_account)
                .unwrap_or_else(|| "ACCOUNT_ID".to_owned()),
            instance_id: fit(subject.instance_id.as_ref(), is_lower_word)
                .unwrap_or_else(|| "INSTANCE_ID".to_owned()),
            profile: fit(subject.profile.as_ref(), is_iam_name)
                .unwrap_or_else(|| "PROFILE_NAME".to_owned()),
            missing: subject
                .missing
                .iter()
                .filter(|one| is_action(one))
                .cloned()
                .collect(),
            user: fit(subject.user.as_ref(), is_user_name)
                .unwrap_or_else(|| "USER_NAME".to_owned()),
            policy_arn: fit(subject.policy_arn.as_ref(), is_arn),
            session_key: fit(subject.session_key.as_ref(), is_resource),
            bucket: fit(subject.bucket.as_ref(), is_host_name),
            log_group: fit(subject.log_group.as_ref(), is_resource),
            denied_by: subject.denied_by,
            noexec: fit(subject.noexec.as_ref(), is_resource),
            partition,
            region,
            endpoint,
        }
    }

    /// The host name of a service in this Region.
    pub(super) fn host(&self, service: &str) -> String {
        format!("{service}.{}.{}", self.region, domain(&self.partition))
    }

    /// The ARN of a managed policy of AWS.
    pub(super) fn managed_policy(&self, name: &str) -> String {
        format!("arn:{}:iam::aws:policy/{name}", self.partition)
    }

    /// The service that EC2 is in trust policies.
    ///
    /// Source: AWS China documents use the `.cn` form; both have been seen to work.
    pub(super) fn ec2_principal(&self) -> &'static str {
        if self.partition == "aws-cn" {
            "ec2.amazonaws.com.cn"
        } else {
            "ec2.amazonaws.com"
        }
    }

    /// The denied actions, or the five core ones where none is named.
    pub(super) fn denied(&self) -> Vec<&str> {
        if self.missing.is_empty() {
            CORE.to_vec()
        } else {
            self.missing.iter().map(String::as_str).collect()
        }
    }

    pub(super) fn is_missing(&self, action: &str) -> bool {
        self.missing.iter().any(|one| one == action)
    }

    /// Whether the agent lives in a container of an ECS task.
    pub(super) fn is_ecs(&self) -> bool {
        self.path == Some(Path::EcsTaskRole) || self.install == Some(InstallKind::Container)
    }

    /// The unit that runs the agent.
    pub(super) fn unit(&self) -> &'static str {
        match self.install {
            Some(InstallKind::Snap) => "snap.amazon-ssm-agent.amazon-ssm-agent",
            Some(
                InstallKind::Package
                | InstallKind::MacPackage
                | InstallKind::Container
                | InstallKind::Elsewhere,
            )
            | None => "amazon-ssm-agent",
        }
    }

    /// The agent's program, for registering.
    pub(super) fn binary(&self) -> &'static str {
        match self.install {
            Some(InstallKind::Snap) => "/snap/amazon-ssm-agent/current/amazon-ssm-agent",
            Some(InstallKind::MacPackage) => "/opt/aws/ssm/bin/amazon-ssm-agent",
            Some(InstallKind::Package | InstallKind::Container | InstallKind::Elsewhere) | None => {
                "amazon-ssm-agent"
            }
        }
    }

    /// The folder of the agent's state.
    pub(super) fn state(&self) -> &'static str {
        match self.install {
            Some(InstallKind::MacPackage) => "/opt/aws/ssm/data",
            Some(
                InstallKind::Package
                | InstallKind::Snap
                | InstallKind::Container
                | InstallKind::Elsewhere,
            )
            | None => "/var/lib/amazon/ssm",
        }
    }

    /// The agent's configuration file.
    pub(super) fn config(&self) -> &'static str {
        match self.install {
            Some(InstallKind::MacPackage) => "/opt/aws/ssm/amazon-ssm-agent.json",
            Some(
                InstallKind::Package
                | InstallKind::Snap
                | InstallKind::Container
                | InstallKind::Elsewhere,
            )
            | None => "/etc/amazon/ssm/amazon-ssm-agent.json",
        }
    }
}

/// The DNS suffix of a partition.
///
/// Source: agent `common/identity/endpoint/endpoint.go`.
pub(super) fn domain(partition: &str) -> &'static str {
    match partition {
        "aws-cn" => "amazonaws.com.cn",
        "aws-iso" => "c2s.ic.gov",
        "aws-iso-b" => "sc2s.sgov.gov",
        "aws-iso-e" => "cloud.adc-e.uk",
        "aws-iso-f" => "csp.hci.ic.gov",
        "aws-eusc" => "amazonaws.eu",
        _ => "amazonaws.com",
    }
}

fn fit(value: Option<&String>, fits: fn(&str) -> bool) -> Option<String> {
    value.filter(|text| !text.is_empty() && fits(text)).cloned()
}

/// Source: IAM API reference, `RoleName`: `[\w+=,.@-]+`, at most 64 (profiles 128).
fn is_iam_name(text: &str) -> bool {
    text.len() <= 128
        && !text.starts_with('-')
        && text
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || "_+=,.@-".contains(c))
}

fn is_account(text: &str) -> bool {
    text.len() == 12 && text.chars().all(|c| c.is_ascii_digit())
}

fn is_lower_word(text: &str) -> bool {
    text.len() <= 100
        && !text.starts_with('-')
        && text
            .chars()
            .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-')
}

/// Source: `useradd(8)`, with the capitals and dots that a directory's names have.
fn is_user_name(text: &str) -> bool {
    text.len() <= 32
        && text.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && text
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | '-'))
}

fn is_host_name(text: &str) -> bool {
    text.len() <= 253
        && !text.starts_with('-')
        && text
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '.')
}

fn is_action(text: &str) -> bool {
    text.split_once(':').is_some_and(|(service, name)| {
        is_lower_word(service)
            && !name.is_empty()
            && name.len() <= 100
            && name.chars().all(|c| c.is_ascii_alphanumeric())
    })
}

/// A key's id, alias or ARN, or a log group's name.
///
/// Source: CloudWatch Logs API reference, `logGroupName`: `[\.\-_/#A-Za-z0-9]+`.
fn is_resource(text: &str) -> bool {
    text.len() <= 2048
        && !text.starts_with('-')
        && text
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || ":/_.-".contains(c))
}

fn is_arn(text: &str) -> bool {
    text.len() <= 500
        && text.starts_with("arn:")
        && text
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || ":/_+=,.@-".contains(c))
}

#[cfg(test)]
mod tests {
    use super::Names;
    use crate::catalogue::Subject;

    #[test]
    fn a_name_that_could_break_a_command_becomes_a_blank() {
        for bad in [
            "a b", "$(id)", "a'b", "a\nb", "-x", "", "a;b", "a\"b", "`id`",
        ] {
            let names = Names::new(&Subject {
                role: Some(bad.to_owned()),
                region: Some(bad.to_owned()),
                account_id: Some(bad.to_owned()),
                instance_id: Some(bad.to_owned()),
                profile: Some(bad.to_owned()),
                partition: Some(bad.to_owned()),
                endpoint: Some(bad.to_owned()),
                policy_arn: Some(bad.to_owned()),
                session_key: Some(bad.to_owned()),
                bucket: Some(bad.to_owned()),
                log_group: Some(bad.to_owned()),
                missing: vec![bad.to_owned()],
                ..Subject::default()
            });
            assert_eq!(names.role, "ROLE_NAME", "{bad:?}");
            assert_eq!(names.region, "REGION");
            assert_eq!(names.account, "ACCOUNT_ID");
            assert_eq!(names.instance_id, "INSTANCE_ID");
            assert_eq!(names.profile, "PROFILE_NAME");
            assert_eq!(names.partition, "aws");
            assert_eq!(names.endpoint, "ssm.REGION.amazonaws.com");
            assert_eq!((names.policy_arn, names.missing.len()), (None, 0));
            assert_eq!(
                (names.session_key, names.bucket, names.log_group),
                (None, None, None)
            );
        }
    }
}
