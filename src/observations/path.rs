//! The permission paths, and what is known of the credentials on each.

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Where the agent's credentials come from. The order is the order of preference in reports.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "kebab-case")]
pub enum Path {
    /// The IAM service role of a hybrid activation.
    HybridActivation,
    /// The role in the instance profile, by IMDS.
    InstanceProfile,
    /// Default Host Management Configuration of the account and Region.
    DefaultHostManagement,
    /// The role of an ECS task.
    EcsTaskRole,
    /// `Identity.CustomIdentities` in the agent's configuration.
    CustomIdentity,
}

impl Path {
    /// Every path, in report order.
    pub const ALL: [Self; 5] = [
        Self::HybridActivation,
        Self::InstanceProfile,
        Self::DefaultHostManagement,
        Self::EcsTaskRole,
        Self::CustomIdentity,
    ];

    /// The stable word for this path.
    #[must_use]
    pub fn id(self) -> &'static str {
        match self {
            Self::HybridActivation => "hybrid-activation",
            Self::InstanceProfile => "instance-profile",
            Self::DefaultHostManagement => "default-host-management",
            Self::EcsTaskRole => "ecs-task-role",
            Self::CustomIdentity => "custom-identity",
        }
    }

    /// The path's name in a sentence.
    #[must_use]
    pub fn title(self) -> &'static str {
        match self {
            Self::HybridActivation => "hybrid activation",
            Self::InstanceProfile => "instance profile",
            Self::DefaultHostManagement => "Default Host Management Configuration",
            Self::EcsTaskRole => "ECS task role",
            Self::CustomIdentity => "custom identity",
        }
    }
}

/// The place a path's credentials were taken from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum CredentialSource {
    /// `iam/security-credentials/…` of IMDS.
    Imds,
    /// A credentials file that the agent writes (Default Host Management, hybrid).
    SharedFile,
    /// `RequestManagedInstanceRoleToken`, asked in this run.
    RoleToken,
    /// The container credentials endpoint of ECS.
    ContainerEndpoint,
    /// Variables in the agent's environment.
    Environment,
    /// A named profile of the person at the keyboard; never a path's.
    OperatorProfile,
}

/// What is known of the credentials on one path; never the credentials.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CredentialFacts {
    /// Where they were taken from.
    pub source: CredentialSource,
    /// When they end, where the source says so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<Timestamp>,
    /// The first four characters of the access key id: `ASIA` temporary, `AKIA` long-lived.
    pub key_prefix: String,
    /// Whether a session token came with them.
    pub has_token: bool,
}

/// Who AWS takes a path's credentials for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Principal {
    /// The caller's ARN.
    pub arn: String,
    /// The role's name, when the caller is an assumed role.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub role: Option<String>,
    /// The account.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub account_id: Option<String>,
}
