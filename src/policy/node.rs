//! The node that policies are judged for: its names, and what is known of its requests.
//!
//! Source of the context: "AWS global condition context keys", "Actions, resources, and condition
//! keys for AWS Systems Manager".

use jiff::Timestamp;

use crate::catalogue::{aws_owned_buckets, partitions};
use crate::observations::Path;

use super::context::{Context, KeyState};

/// The names of a node and of what it uses. What is `None` stays open, and so may the answer.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Node {
    /// The permission path; `None` = not known.
    pub path: Option<Path>,
    /// `aws`, `aws-cn`, `aws-us-gov`.
    pub partition: Option<String>,
    /// The Region.
    pub region: Option<String>,
    /// The account.
    pub account: Option<String>,
    /// `i-…` or `mi-…`.
    pub node_id: Option<String>,
    /// The role's name.
    pub role: Option<String>,
    /// The role's own ARN with its path, which a session's ARN does not show.
    pub role_arn: Option<String>,
    /// The bucket of session logs or command output.
    pub bucket: Option<String>,
    /// The prefix of the keys in it.
    pub prefix: Option<String>,
    /// The ARN of the KMS key.
    pub kms_key_arn: Option<String>,
    /// The log group's name.
    pub log_group: Option<String>,
    /// The parameter's name.
    pub parameter: Option<String>,
    /// The secret's name.
    pub secret: Option<String>,
    /// The directory's id.
    pub directory_id: Option<String>,
    /// Now (UTC), where the clock is to be believed.
    pub now: Option<Timestamp>,
}

impl Node {
    /// What the ARN of a role or of its session tells.
    #[must_use]
    pub fn of_principal(arn: &str) -> Self {
        let parts: Vec<&str> = arn.splitn(6, ':').collect();
        let part = |at: usize| parts.get(at).filter(|part| !part.is_empty());
        let owned = |text: &&str| (*text).to_owned();
        let names: Vec<&str> = part(5).map_or_else(Vec::new, |rest| rest.split('/').collect());
        let (role, node_id, role_arn) = match names.as_slice() {
            ["assumed-role", role, node] => (Some(*role), Some(*node), None),
            ["role", .., role] => (Some(*role), None, Some(arn)),
            _ => (None, None, None),
        };
        Self {
            partition: part(1).map(owned),
            account: part(4).map(owned),
            role: role.map(str::to_owned),
            node_id: node_id.map(str::to_owned),
            role_arn: role_arn.map(str::to_owned),
            ..Self::default()
        }
    }

    /// Whether its id is one of a hybrid activation.
    #[must_use]
    pub fn is_hybrid(&self) -> bool {
        match &self.node_id {
            Some(id) => id.starts_with("mi-"),
            None => self.path == Some(Path::HybridActivation),
        }
    }

    /// The ARN of the role's session; what is not known of it stays in braces.
    #[must_use]
    pub fn principal_arn(&self) -> String {
        self.fill_one("arn:{partition}:sts::{account}:assumed-role/{role}/{node_id}")
    }

    /// A template with the node's names in it; one text, or one for each of AWS's own buckets.
    #[must_use]
    pub fn fill(&self, template: &str) -> Vec<String> {
        if template.contains("{aws_owned_bucket}")
            && let Some(region) = &self.region
        {
            return aws_owned_buckets(region)
                .iter()
                .map(|bucket| self.fill_one(&template.replace("{aws_owned_bucket}", bucket)))
                .collect();
        }
        vec![self.fill_one(template)]
    }

    fn fill_one(&self, template: &str) -> String {
        let self_arn = if self.is_hybrid() {
            "arn:{partition}:ssm:{region}:{account}:managed-instance/{node_id}"
        } else {
            "arn:{partition}:ec2:{region}:{account}:instance/{node_id}"
        };
        let prefix = self.prefix.as_deref().map_or_else(String::new, |prefix| {
            let ends = prefix.is_empty() || prefix.ends_with('/');
            format!("{prefix}{}", if ends { "" } else { "/" })
        });
        let parameter = self.parameter.as_deref().map(|p| p.trim_start_matches('/'));
        let dns_suffix = self.partition.as_deref().map(partitions::domain_of);
        let mut text = template
            .replace("{self_arn}", self_arn)
            .replace("{prefix}", &prefix);
        for (name, value) in [
            // First, for a key that was given by its id has names of its own in it.
            ("{kms_key_arn}", self.kms_key_arn.as_deref()),
            ("{partition}", self.partition.as_deref()),
            ("{dns_suffix}", dns_suffix),
            ("{region}", self.region.as_deref()),
            ("{account}", self.account.as_deref()),
            ("{node_id}", self.node_id.as_deref()),
            ("{role}", self.role.as_deref()),
            ("{bucket}", self.bucket.as_deref()),
            ("{log_group}", self.log_group.as_deref()),
            ("{parameter}", parameter),
            ("{secret}", self.secret.as_deref()),
            ("{directory_id}", self.directory_id.as_deref()),
        ] {
            if let Some(value) = value {
                text = text.replace(name, value);
            }
        }
        text
    }

    /// What is known of the condition keys of the node's own calls. Everything else is unknown.
    #[must_use]
    pub fn context(&self) -> Context {
        let mut context = Context::partial();
        for key in NEVER_THERE {
            context.set(key, KeyState::Absent);
        }
        // Tags of a request that makes or tags something; a node does neither.
        context.set_absent("aws:requesttag/");
        for (key, value) in ALWAYS_THE_SAME {
            context = context.with(key, value);
        }
        for (key, value) in [
            ("aws:PrincipalAccount", &self.account),
            ("aws:RequestedRegion", &self.region),
        ] {
            context.set(key, known_or_open(value.clone()));
        }
        for key in ALWAYS_THERE {
            context.set(key, KeyState::ValueUnknown);
        }
        if let Some(arn) = &self.role_arn {
            context = context.with("aws:PrincipalArn", arn);
        }
        if let Some(now) = self.now {
            context = context
                .with("aws:CurrentTime", &now.to_string())
                .with("aws:EpochTime", &now.as_second().to_string());
        }
        self.set_source_keys(&mut context);
        context
    }

    /// The keys that flip between paths: who handed out the credentials.
    fn set_source_keys(&self, context: &mut Context) {
        let arn = self.fill_one("{self_arn}");
        let arn = known_or_open((!arn.contains('{')).then_some(arn));
        let path = match self.path {
            None if self.is_hybrid() => Some(Path::HybridActivation),
            known => known,
        };
        let (ec2, ssm, inside_ec2) = match path {
            None => return,
            Some(Path::InstanceProfile) => (arn, KeyState::Absent, KeyState::ValueUnknown),
            Some(Path::HybridActivation | Path::DefaultHostManagement) => {
                (KeyState::Absent, arn, KeyState::Absent)
            }
            Some(Path::EcsTaskRole | Path::CustomIdentity) => {
                (KeyState::Absent, KeyState::Absent, KeyState::Absent)
            }
        };
        context.set("ec2:SourceInstanceARN", ec2);
        context.set("ssm:SourceInstanceARN", ssm);
        for key in [
            "ec2:RoleDelivery",
            "aws:Ec2InstanceSourceVpc",
            "aws:Ec2InstanceSourcePrivateIPv4",
        ] {
            context.set(key, inside_ec2.clone());
        }
    }
}

fn known_or_open(value: Option<String>) -> KeyState {
    value.map_or(KeyState::ValueUnknown, |value| {
        KeyState::Values(vec![value])
    })
}

/// Keys that a node's own call never carries.
const NEVER_THERE: [&str; 16] = [
    "aws:username",
    "aws:CalledVia",
    "aws:CalledViaFirst",
    "aws:CalledViaLast",
    "aws:SourceAccount",
    "aws:SourceArn",
    "aws:SourceOrgID",
    "aws:MultiFactorAuthAge",
    "aws:FederatedProvider",
    "aws:SourceIdentity",
    "aws:TagKeys",
    "aws:Referer",
    "ssm:SessionDocumentAccessCheck",
    "ssm:AccessRequestId",
    "iam:PassedToService",
    "ec2:InstanceProfile",
];

/// Keys that every call carries with one value.
const ALWAYS_THE_SAME: [(&str, &str); 4] = [
    ("aws:PrincipalType", "AssumedRole"),
    ("aws:PrincipalIsAWSService", "false"),
    ("aws:ViaAWSService", "false"),
    ("aws:SecureTransport", "true"),
];

/// Keys that every call carries, with a value that is not seen here.
const ALWAYS_THERE: [&str; 5] = [
    "aws:PrincipalArn",
    "aws:userid",
    "aws:CurrentTime",
    "aws:EpochTime",
    "aws:TokenIssueTime",
];
