//! Everything seen in one run, as plain data: the border between looking and judging.
//!
//! Left of it is I/O without opinion, right of it pure functions. It serialises, so a verdict
//! can be replayed elsewhere, and it has no field that can hold a secret.

/// Reads `$kind<T>` by way of `$kind<Value>`, and writes it as derived.
///
/// One copy of the reader in the binary instead of one for each `T`: a megabyte less.
macro_rules! read_by_value {
    ($kind:ident) => {
        impl<'de, T: serde::de::DeserializeOwned> serde::Deserialize<'de> for $kind<T> {
            fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
                $kind::<serde_json::Value>::deserialize(from)?
                    .try_map(serde_json::from_value)
                    .map_err(serde::de::Error::custom)
            }
        }

        impl<T: serde::Serialize> serde::Serialize for $kind<T> {
            fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
                Self::serialize(self, to)
            }
        }
    };
}

mod account;
mod agent_log;
mod call;
mod health;
mod host;
mod imds;
mod network;
mod path;
mod reading;
mod session;

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

pub use account::{
    AccountCall, AccountView, FleetNode, MatchedStatement, OperatorProfile, RoleFacts, Simulated,
    Simulation,
};
pub use agent_log::{AgentLog, EventKind, LogEvent, LogFile, LogLevel, LogSource, Sign};
pub use call::{Answer, Call, CallRecord, Failure, Link, NotAsked, Outcome, ProbeLevel};
pub use health::{
    AgentSocket, Descriptors, FolderSpace, FolderUse, Health, Inotify, InotifyUser,
    MachineProperties, MandatoryControl, MandatoryDenial, Memory, SocketState, Space, Unit,
};
pub use host::{
    Agent, AgentEnvironment, AgentProcess, AgentVersion, Config, ConfigWarning, CredentialsFile,
    CustomIdentityEntry, Dmi, EndpointOverrides, Fingerprint, Host, Install, InstallKind,
    ProcessRole, Registration, RegistrationSummary, RuntimeConfig, Vault,
};
pub use imds::{CredentialsDocument, Fetched, IdentityDocument, Imds, ProfileInfo};
pub use network::{
    Attempt, Certificate, Chain, Connected, Handshake, HttpAnswer, MetadataRoute, Network, Proxies,
    ProxySettings, Resolved, ResolverConfig, RouteWay, Routes, Service, ServiceNeed, Step,
    TrustStore,
};
pub use path::{CredentialFacts, CredentialSource, Path, Principal};
pub use reading::Reading;
pub use session::{LogGroup, SessionPreferences, Sessions};

/// The form of `observations.json` that this version writes.
pub const SCHEMA: &str = "ssm-probe/observations/1";

/// Everything seen in one run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Observations {
    /// The form of this value; see [`SCHEMA`].
    pub schema: String,
    /// The version of `ssm-probe` that looked.
    pub tool_version: String,
    /// When the run began (UTC).
    pub started_at: Timestamp,
    /// How long looking took.
    pub elapsed_ms: u64,
    /// How much the run was allowed to send.
    pub probe_level: ProbeLevel,
    /// Whether the run had root's rights (effective user id 0).
    pub privileged: bool,
    /// `AWS_REGION` of the person's shell: the last resort for a Region.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shell_region: Option<String>,
    /// What the host's files and processes say.
    pub host: Host,
    /// What the instance metadata service says.
    pub imds: Imds,
    /// Whether ECS task metadata answered (`ECS_CONTAINER_METADATA_URI_V4`), with its status.
    pub task_metadata: Fetched<TaskMetadata>,
    /// The credentials found for each path, without the credentials.
    pub credentials: BTreeMap<Path, CredentialFacts>,
    /// Every question that was put to AWS, and those that were left out with the reason.
    pub calls: BTreeMap<Call, CallRecord>,
    /// What shows of the account's session preferences.
    #[serde(default)]
    pub sessions: Sessions,
    /// What those who may ask were told of the account.
    #[serde(default)]
    pub account: AccountView,
    /// The chain to each endpoint, and the host's own network settings.
    #[serde(default)]
    pub network: Network,
    /// Whether only files were looked at, here or elsewhere: neither IMDS nor AWS was asked, so
    /// the agent's own state is all there is.
    #[serde(default)]
    pub offline: bool,
    /// Whether the run ended because its overall time was up or it was interrupted.
    pub cut_short: bool,
}

impl Observations {
    /// Reads `observations.json`. All of it from `Value`: another kind of input would be a second
    /// copy of every reader in the binary.
    ///
    /// # Errors
    /// The text is not JSON, or not of this form.
    pub fn from_json(text: &str) -> serde_json::Result<Self> {
        serde_json::from_value(serde_json::from_str(text)?)
    }
}

/// What the ECS task metadata endpoint says of this task.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TaskMetadata {
    /// The cluster's name or ARN.
    pub cluster: Option<String>,
    /// The task's ARN.
    pub task_arn: Option<String>,
    /// The container runtime id of this container.
    pub container_id: Option<String>,
}
