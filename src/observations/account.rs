//! The account's view of this node: what IAM and Systems Manager tell those who may ask.
//!
//! Asked with the named profile of the person at the keyboard, or at `full` with the node's own
//! role; never with the one in place of the other.

use std::collections::BTreeMap;

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::CallRecord;

/// One question about the account. Each is asked at most once in a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum AccountCall {
    /// `sts:GetCallerIdentity` of the operator: is the profile of this account?
    OperatorIdentity,
    /// `iam:GetRole`: the role's ARN and its permissions boundary.
    GetRole,
    /// `iam:ListAttachedRolePolicies`.
    ListAttachedRolePolicies,
    /// `iam:ListRolePolicies`: the names of its inline policies.
    ListRolePolicies,
    /// `iam:SimulatePrincipalPolicy`: every action of the report at once.
    SimulatePrincipalPolicy,
    /// `ssm:GetServiceSetting`: the role of Default Host Management.
    GetServiceSetting,
    /// `ssm:DescribeInstanceInformation` for this node.
    DescribeInstanceInformation,
    /// `ssm:GetConnectionStatus` of this node.
    GetConnectionStatus,
    /// `ssm:GetDocument` of the session preferences.
    GetSessionDocument,
}

impl AccountCall {
    /// Every question.
    pub const ALL: [Self; 9] = [
        Self::OperatorIdentity,
        Self::GetRole,
        Self::ListAttachedRolePolicies,
        Self::ListRolePolicies,
        Self::SimulatePrincipalPolicy,
        Self::GetServiceSetting,
        Self::DescribeInstanceInformation,
        Self::GetConnectionStatus,
        Self::GetSessionDocument,
    ];

    /// The operation's name.
    #[must_use]
    pub fn operation(self) -> &'static str {
        match self {
            Self::OperatorIdentity => "GetCallerIdentity",
            Self::GetRole => "GetRole",
            Self::ListAttachedRolePolicies => "ListAttachedRolePolicies",
            Self::ListRolePolicies => "ListRolePolicies",
            Self::SimulatePrincipalPolicy => "SimulatePrincipalPolicy",
            Self::GetServiceSetting => "GetServiceSetting",
            Self::DescribeInstanceInformation => "DescribeInstanceInformation",
            Self::GetConnectionStatus => "GetConnectionStatus",
            Self::GetSessionDocument => "GetDocument",
        }
    }

    /// The service it goes to: `sts`, `iam` or `ssm`.
    #[must_use]
    pub fn service(self) -> &'static str {
        match self {
            Self::OperatorIdentity => "sts",
            Self::GetRole
            | Self::ListAttachedRolePolicies
            | Self::ListRolePolicies
            | Self::SimulatePrincipalPolicy => "iam",
            Self::GetServiceSetting
            | Self::DescribeInstanceInformation
            | Self::GetConnectionStatus
            | Self::GetSessionDocument => "ssm",
        }
    }
}

/// Everything seen of the account.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct AccountView {
    /// The profile of the person at the keyboard; `None` = none was named.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub operator: Option<OperatorProfile>,
    /// Every question and what became of it. Its path is that of the node's own credentials;
    /// without one it was asked with the operator's.
    pub calls: BTreeMap<AccountCall, CallRecord>,
    /// The node's role.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub role: Option<RoleFacts>,
    /// The ARNs of the managed policies attached to it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub attached: Option<Vec<String>>,
    /// The names of its inline policies.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub inline: Option<Vec<String>>,
    /// What the simulation says.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub simulation: Option<Simulation>,
    /// The role of Default Host Management; empty = off.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub default_host_management_role: Option<String>,
    /// The node as the fleet shows it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fleet: Option<FleetNode>,
    /// `connected` or `notconnected`, as the service says.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub connection: Option<String>,
}

/// A named AWS profile, without its keys.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OperatorProfile {
    /// Its name.
    pub name: String,
    /// The file that its keys are in, or the files that were looked at.
    pub source: String,
    /// Why it cannot be used; `None` = it can.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub problem: Option<String>,
}

/// A role as `GetRole` shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RoleFacts {
    /// Its ARN, with its path.
    pub arn: String,
    /// The ARN of the policy that is its permissions boundary.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub boundary: Option<String>,
}

/// A node as `DescribeInstanceInformation` shows it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct FleetNode {
    /// Whether the service lists it at all.
    pub listed: bool,
    /// `Online`, `ConnectionLost` or `Inactive`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ping_status: Option<String>,
    /// When it last pinged.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_ping_at: Option<Timestamp>,
    /// The agent's version, as the agent reported it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub agent_version: Option<String>,
    /// The role of a hybrid activation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub iam_role: Option<String>,
}

/// What `SimulatePrincipalPolicy` says.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Simulation {
    /// The role that was simulated.
    pub role_arn: String,
    /// One row for each action and resource.
    pub results: Vec<Simulated>,
    /// Whether more rows were to come, which were not fetched.
    pub truncated: bool,
}

/// One action on one resource.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Simulated {
    /// `service:Operation`.
    pub action: String,
    /// The resource.
    pub resource: String,
    /// `allowed`, `explicitDeny` or `implicitDeny`.
    pub decision: String,
    /// The statements that decided: the policy's name and kind.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub matched: Vec<MatchedStatement>,
    /// Condition keys that the policies ask for and the simulation did not have.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub missing_context: Vec<String>,
    /// Whether the service control policies let it through, as far as a simulation sees them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub allowed_by_organizations: Option<bool>,
    /// Whether the permissions boundary lets it through.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub allowed_by_boundary: Option<bool>,
}

/// A statement that decided.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MatchedStatement {
    /// The policy's name or id, as IAM gives it.
    pub policy: String,
    /// Its kind, as IAM gives it, such as `IAM Policy`.
    pub kind: String,
    /// The line at which the statement begins in it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub line: Option<u64>,
}
