//! What the instance metadata service answered, with raw statuses kept.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::Failure;

/// The result of one bounded HTTP question.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "fetched", remote = "Self")]
pub enum Fetched<T> {
    /// 200, and understood.
    Value {
        /// What it says.
        value: T,
        /// When.
        at: Timestamp,
    },
    /// Any status other than 200.
    Status {
        /// The HTTP status.
        status: u16,
        /// When.
        at: Timestamp,
    },
    /// 200 with an empty body.
    Empty {
        /// When.
        at: Timestamp,
    },
    /// 200 with a body that is not of the form it should have.
    Malformed {
        /// What is wrong, without the content.
        why: String,
        /// When.
        at: Timestamp,
    },
    /// No answer.
    Failed {
        /// At which link it broke.
        failure: Failure,
        /// When.
        at: Timestamp,
    },
    /// Not asked.
    NotAsked {
        /// Why not.
        why: String,
    },
}

read_by_value!(Fetched);

impl<T> Fetched<T> {
    /// The same answer with its value turned into something else, unless that fails.
    fn try_map<U, E>(self, turn: impl FnOnce(T) -> Result<U, E>) -> Result<Fetched<U>, E> {
        Ok(match self {
            Self::Value { value, at } => Fetched::Value {
                value: turn(value)?,
                at,
            },
            Self::Status { status, at } => Fetched::Status { status, at },
            Self::Empty { at } => Fetched::Empty { at },
            Self::Malformed { why, at } => Fetched::Malformed { why, at },
            Self::Failed { failure, at } => Fetched::Failed { failure, at },
            Self::NotAsked { why } => Fetched::NotAsked { why },
        })
    }

    /// The value, if there is one.
    pub fn value(&self) -> Option<&T> {
        match self {
            Self::Value { value, .. } => Some(value),
            Self::Status { .. }
            | Self::Empty { .. }
            | Self::Malformed { .. }
            | Self::Failed { .. }
            | Self::NotAsked { .. } => None,
        }
    }

    /// The HTTP status, if there was an answer.
    pub fn status(&self) -> Option<u16> {
        match self {
            Self::Value { .. } | Self::Empty { .. } | Self::Malformed { .. } => Some(200),
            Self::Status { status, .. } => Some(*status),
            Self::Failed { .. } | Self::NotAsked { .. } => None,
        }
    }

    /// When it was asked.
    pub fn at(&self) -> Option<Timestamp> {
        match self {
            Self::Value { at, .. }
            | Self::Status { at, .. }
            | Self::Empty { at }
            | Self::Malformed { at, .. }
            | Self::Failed { at, .. } => Some(*at),
            Self::NotAsked { .. } => None,
        }
    }

    /// Not asked, and why.
    pub fn not_asked(why: impl Into<String>) -> Self {
        Self::NotAsked { why: why.into() }
    }
}

/// Everything asked of IMDS. Paths are below `/latest/`.
///
/// Source: EC2 User Guide "Instance metadata categories"; agent `…/ec2/ec2_identity_deps.go`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Imds {
    /// The base address that was asked, such as `http://169.254.169.254`.
    pub endpoint: String,
    /// Whether `AWS_EC2_METADATA_DISABLED` turns IMDS off for the agent's SDK.
    pub disabled_by_environment: bool,
    /// `PUT api/token` over IPv4 (or the endpoint set by the environment). The token is dropped;
    /// the value is its lifetime in seconds.
    pub token: Fetched<u32>,
    /// `PUT api/token` over IPv6 (`http://[fd00:ec2::254]`), for comparison.
    pub token_ipv6: Fetched<u32>,
    /// A plain `GET meta-data/` without a token, asked only when the token did not come: it
    /// answers 200 or 401 where the PUT's reply was lost on the way (hop limit). The value is
    /// whether the body looks like a metadata index.
    pub plain_get: Fetched<bool>,
    /// `meta-data/instance-id`.
    pub instance_id: Fetched<String>,
    /// `dynamic/instance-identity/document`.
    pub identity_document: Fetched<IdentityDocument>,
    /// `meta-data/placement/availability-zone`.
    pub availability_zone: Fetched<String>,
    /// `meta-data/services/partition`.
    pub partition: Fetched<String>,
    /// `meta-data/services/domain`.
    pub domain: Fetched<String>,
    /// `meta-data/iam/info`.
    pub profile_info: Fetched<ProfileInfo>,
    /// `meta-data/iam/security-credentials/`: the first line, the role's name. 404 = no profile;
    /// `Empty` = a profile without a role, or one just attached.
    pub role_name: Fetched<String>,
    /// `meta-data/iam/security-credentials/<role>`.
    pub role_credentials: Fetched<CredentialsDocument>,
    /// `meta-data/identity-credentials/ec2/security-credentials/ec2-instance`: the instance
    /// identity role, which every instance has and DHMC signs with.
    pub identity_credentials: Fetched<CredentialsDocument>,
}

impl Imds {
    /// An IMDS that nobody asked.
    #[must_use]
    pub fn not_asked(why: &str) -> Self {
        Self {
            endpoint: String::new(),
            disabled_by_environment: false,
            token: Fetched::not_asked(why),
            token_ipv6: Fetched::not_asked(why),
            plain_get: Fetched::not_asked(why),
            instance_id: Fetched::not_asked(why),
            identity_document: Fetched::not_asked(why),
            availability_zone: Fetched::not_asked(why),
            partition: Fetched::not_asked(why),
            domain: Fetched::not_asked(why),
            profile_info: Fetched::not_asked(why),
            role_name: Fetched::not_asked(why),
            role_credentials: Fetched::not_asked(why),
            identity_credentials: Fetched::not_asked(why),
        }
    }
}

/// The parts of the instance identity document that matter here.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct IdentityDocument {
    /// The instance's id.
    pub instance_id: String,
    /// The instance's Region: the agent takes its Region from here.
    pub region: String,
    /// The account that owns the instance.
    #[serde(default)]
    pub account_id: Option<String>,
    /// The image it was launched from.
    #[serde(default)]
    pub image_id: Option<String>,
}

/// `iam/info`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct ProfileInfo {
    /// `Success`, `InstanceProfileNotFound`, …
    pub code: String,
    /// Free text that comes with some codes, such as a profile without a role.
    #[serde(default)]
    pub message: Option<String>,
    /// The profile's ARN. Its path is the profile's, not the role's.
    #[serde(default)]
    pub instance_profile_arn: Option<String>,
    /// The profile's unique id: differs after deleting and re-creating under one name.
    #[serde(default)]
    pub instance_profile_id: Option<String>,
}

/// A credentials document without its credentials.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CredentialsDocument {
    /// `Success`, `AssumeRoleUnauthorizedAccess`, `Failed`, …
    pub code: String,
    /// What came with a code other than `Success`.
    #[serde(default)]
    pub message: Option<String>,
    /// When the credentials end.
    #[serde(default)]
    pub expires_at: Option<Timestamp>,
    /// When IMDS last renewed them.
    #[serde(default)]
    pub updated_at: Option<Timestamp>,
    /// Whether all three of key id, secret and token were there.
    pub complete: bool,
}
