//! Questions to AWS and what came back, layered so that a lost packet and a denial can never
//! look alike.

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Path;

/// How much a run may send; see "Do no harm" in `ARCHITECTURE.md`.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "kebab-case")]
pub enum ProbeLevel {
    /// No signed call.
    Passive,
    /// Only what the running agent would itself send within the hour.
    Agent,
    /// The same for an agent that is not running, plus a data channel for an invented session
    /// and a WebSocket upgrade without the token frame.
    Full,
}

/// One question to AWS. Each is asked at most once in a run.
///
/// Source: forms and side effects in the agent's `agent/ssm`, `agent/session/service`,
/// `agent/runcommand/mds`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Call {
    /// `sts:GetCallerIdentity`.
    GetCallerIdentity,
    /// `ssm:UpdateInstanceInformation` in the four-field form the agent tests credentials with.
    UpdateInstanceInformation,
    /// `RequestManagedInstanceRoleToken`, Default Host Management form.
    RequestRoleTokenDefaultHostManagement,
    /// `RequestManagedInstanceRoleToken`, hybrid form.
    RequestRoleTokenHybrid,
    /// `ssm:ListInstanceAssociations` for its own id.
    ListInstanceAssociations,
    /// `ssmmessages:CreateControlChannel`; the token is dropped.
    CreateControlChannel,
    /// `ssmmessages:OpenControlChannel`: an upgrade without the token frame (`full` only).
    OpenControlChannel,
    /// `ssmmessages:CreateDataChannel` for an invented session (`full` only).
    CreateDataChannel,
    /// `ec2messages:GetEndpoint`.
    GetEndpoint,
    /// `ssm:GetDocument` of the session preferences (`full` only: the agent never reads them).
    GetSessionDocument,
    /// `kms:Decrypt` with the session key, as a dry run.
    DecryptSessionKey,
    /// `s3:GetEncryptionConfiguration` of the session log's bucket.
    GetBucketEncryption,
    /// `logs:DescribeLogGroups` for the session log's group.
    DescribeLogGroups,
}

impl Call {
    /// Every question, in the order in which the agent's own life would meet them.
    pub const ALL: [Self; 13] = [
        Self::GetCallerIdentity,
        Self::UpdateInstanceInformation,
        Self::RequestRoleTokenDefaultHostManagement,
        Self::RequestRoleTokenHybrid,
        Self::ListInstanceAssociations,
        Self::CreateControlChannel,
        Self::OpenControlChannel,
        Self::CreateDataChannel,
        Self::GetEndpoint,
        Self::GetSessionDocument,
        Self::DecryptSessionKey,
        Self::GetBucketEncryption,
        Self::DescribeLogGroups,
    ];

    /// The IAM action that AWS checks for it.
    #[must_use]
    pub fn action(self) -> &'static str {
        match self {
            Self::GetCallerIdentity => "sts:GetCallerIdentity",
            Self::UpdateInstanceInformation => "ssm:UpdateInstanceInformation",
            Self::RequestRoleTokenDefaultHostManagement | Self::RequestRoleTokenHybrid => {
                "ssm:RequestManagedInstanceRoleToken"
            }
            Self::ListInstanceAssociations => "ssm:ListInstanceAssociations",
            Self::CreateControlChannel => "ssmmessages:CreateControlChannel",
            Self::OpenControlChannel => "ssmmessages:OpenControlChannel",
            Self::CreateDataChannel => "ssmmessages:CreateDataChannel",
            Self::GetEndpoint => "ec2messages:GetEndpoint",
            Self::GetSessionDocument => "ssm:GetDocument",
            Self::DecryptSessionKey => "kms:Decrypt",
            Self::GetBucketEncryption => "s3:GetEncryptionConfiguration",
            Self::DescribeLogGroups => "logs:DescribeLogGroups",
        }
    }

    /// The service whose endpoint it goes to: `ssm`, `ssmmessages`, `ec2messages`, `sts`, `kms`,
    /// `s3`, `logs`.
    #[must_use]
    pub fn service(self) -> &'static str {
        match self {
            Self::GetCallerIdentity => "sts",
            Self::UpdateInstanceInformation
            | Self::RequestRoleTokenDefaultHostManagement
            | Self::RequestRoleTokenHybrid
            | Self::ListInstanceAssociations
            | Self::GetSessionDocument => "ssm",
            Self::CreateControlChannel | Self::OpenControlChannel | Self::CreateDataChannel => {
                "ssmmessages"
            }
            Self::GetEndpoint => "ec2messages",
            Self::DecryptSessionKey => "kms",
            Self::GetBucketEncryption => "s3",
            Self::DescribeLogGroups => "logs",
        }
    }
}

/// One question and what became of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CallRecord {
    /// Whose credentials it was asked with.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub path: Option<Path>,
    /// The URL's host and port it went to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub endpoint: Option<String>,
    /// What became of it.
    pub outcome: Outcome,
    /// When it was sent, or left out.
    pub at: Timestamp,
    /// How long it took.
    pub elapsed_ms: u64,
}

/// What became of a question.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "outcome")]
pub enum Outcome {
    /// It was not asked.
    NotAsked {
        /// Why not.
        why: NotAsked,
    },
    /// No answer of HTTP came.
    Failed {
        /// At which link it broke.
        failure: Failure,
    },
    /// HTTP answered, and it was not AWS: a proxy's page, a captive portal.
    NotAws {
        /// The HTTP status.
        status: u16,
        /// What gives it away, such as the `Server` header or the content type.
        sign: String,
    },
    /// AWS answered.
    Answered(Answer),
}

/// Why a question was not asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum NotAsked {
    /// The probe level does not allow it.
    ProbeLevel,
    /// It is something only a running agent would send, and the agent is not running.
    AgentNotRunning,
    /// It must carry the agent's own version, which could not be found out.
    AgentVersionUnknown,
    /// There are no credentials for the path it is about.
    NoCredentials,
    /// The instance's id or Region is not known.
    NoInstance,
    /// Only the host's own identity asks it, and that is not known.
    IdentityUnknown,
    /// No session preference that needs it is known.
    NoPreference,
    /// Nobody who may ask was named.
    NoOperator,
    /// Whoever was named is of another account, or of one that is not known.
    OtherAccount,
    /// Another answer had already settled it.
    NotNeeded,
    /// The run's time was up, or it was interrupted, before there was an answer to wait for.
    OutOfTime,
    /// This tool failed while asking; a bug, not a finding.
    ToolFailed,
}

/// An answer of AWS, with everything secret left out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answer {
    /// The HTTP status.
    pub status: u16,
    /// The service's error code, such as `AccessDeniedException`; `None` on success.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
    /// The service's message, as it was sent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
    /// The request id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request_id: Option<String>,
    /// The service's clock, from the `Date` header.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub date: Option<Timestamp>,
    /// The caller, from `GetCallerIdentity` only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub caller_arn: Option<String>,
}

/// The links between this host and an answer, in order.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "kebab-case")]
pub enum Link {
    /// Turning the name into addresses.
    Resolve,
    /// TCP to one of them.
    Connect,
    /// The TLS handshake.
    Tls,
    /// The HTTP exchange.
    Http,
}

/// How a question died before HTTP answered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "failure")]
pub enum Failure {
    /// The resolver says that the name does not exist.
    NameNotFound,
    /// The resolver answered with an error, or gave no address.
    NameFailed {
        /// What it said.
        why: String,
    },
    /// The address refused the connection.
    Refused,
    /// The kernel has no route, or was told the host or network is unreachable.
    Unreachable,
    /// The proxy on the way answered in place of opening it.
    ProxyAnswered {
        /// Its HTTP status, such as 403 or 407.
        status: u16,
    },
    /// The proxy is of a kind that this program cannot go through.
    ProxyUnusable {
        /// What about it.
        why: String,
    },
    /// The connection was reset or closed, at this link.
    Reset {
        /// Where.
        link: Link,
    },
    /// The certificate is not signed by a root that this host trusts.
    CertificateNotTrusted {
        /// The issuer in the last certificate that was sent, where it could be read.
        issuer: Option<String>,
    },
    /// The certificate is expired or not yet valid by this host's clock.
    CertificateTime {
        /// What the verifier said.
        why: String,
    },
    /// The certificate is for another name.
    CertificateName,
    /// The handshake failed in another way (version, cipher, not TLS at all).
    TlsRefused {
        /// What the TLS library said.
        why: String,
    },
    /// What answered does not speak HTTP, or broke off in the middle of its answer.
    NotHttp {
        /// What the HTTP library said.
        why: String,
    },
    /// Nothing came within the limit, at this link.
    TimedOut {
        /// Where it waited.
        link: Link,
        /// The limit.
        limit_ms: u64,
    },
}
