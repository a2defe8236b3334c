//! What the host's files and processes say, without secrets.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{AgentLog, Health, Reading, SessionPreferences};

/// Everything read from files and the process table.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Host {
    /// The folder that stood for `/`; `None` = the running system's own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub root: Option<String>,
    /// The operating system's own name for itself (`PRETTY_NAME` of `os-release`).
    pub os: Reading<String>,
    /// The processor architecture in AWS's words: `x86_64`, `arm64`, …
    pub arch: String,
    /// What the firmware says of the machine.
    pub dmi: Dmi,
    /// Whether this looks like the inside of a container, and by what sign. `Absent` = no sign.
    pub container: Reading<String>,
    /// The agent: where it is, whether it runs, and in what environment.
    pub agent: Agent,
    /// The agent's effective configuration; `Absent` = all defaults.
    pub config: Reading<Config>,
    /// The agent's vault: registrations and fingerprint.
    pub vault: Vault,
    /// `runtimeconfig/identity_config.json`: what the agent last took.
    pub runtime_config: Reading<RuntimeConfig>,
    /// The file in which the agent keeps Default Host Management credentials.
    pub dhmc_credentials: Reading<CredentialsFile>,
    /// Root's shared credentials file, which a hybrid agent writes by default.
    pub root_credentials: Reading<CredentialsFile>,
    /// The agent's log.
    #[serde(default = "Reading::not_recorded")]
    pub agent_log: Reading<AgentLog>,
    /// What the agent was told for the newest session that is under way.
    #[serde(default = "Reading::not_recorded")]
    pub session_under_way: Reading<SessionPreferences>,
    /// What the host gives the agent to live on.
    #[serde(default)]
    pub health: Health,
}

impl Host {
    /// A host that nobody could look at.
    #[must_use]
    pub fn not_read(why: &str) -> Self {
        fn none<T>(why: &str) -> Reading<T> {
            Reading::not_read(why)
        }
        Self {
            root: None,
            os: none(why),
            arch: std::env::consts::ARCH.to_owned(),
            dmi: Dmi {
                vendor: none(why),
                product: none(why),
                asset_tag: none(why),
                uuid_says_ec2: none(why),
            },
            container: none(why),
            agent: Agent {
                installs: Vec::new(),
                version: none(why),
                processes: none(why),
                environment: none(why),
            },
            config: none(why),
            vault: Vault {
                registration: none(why),
                ec2_registration: none(why),
                fingerprint: none(why),
                summary: none(why),
                manifest: none(why),
                ec2_manifest: none(why),
            },
            runtime_config: none(why),
            dhmc_credentials: none(why),
            root_credentials: none(why),
            agent_log: none(why),
            session_under_way: none(why),
            health: Health::not_read(why),
        }
    }
}

/// What the firmware says of the machine. A hint only: the agent itself does not look.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Dmi {
    /// `/sys/class/dmi/id/sys_vendor`.
    pub vendor: Reading<String>,
    /// `/sys/class/dmi/id/product_name`: the instance type on Nitro.
    pub product: Reading<String>,
    /// `/sys/class/dmi/id/board_asset_tag`: the instance id on Nitro.
    pub asset_tag: Reading<String>,
    /// Whether `/sys/hypervisor/uuid` or `product_uuid` begins with `ec2` (Xen instances).
    pub uuid_says_ec2: Reading<bool>,
}

/// The agent's presence on this host.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Agent {
    /// Every installation found, in the order in which the agent's units would use them.
    pub installs: Vec<Install>,
    /// The version, with the source that said it (package database, running binary, audit file).
    pub version: Reading<AgentVersion>,
    /// The agent's processes. `Found` with an empty list = certainly none runs.
    pub processes: Reading<Vec<AgentProcess>>,
    /// The environment of the core process; `Absent` = it does not run.
    pub environment: Reading<AgentEnvironment>,
}

impl Agent {
    /// Whether the core process runs; `None` when the process table could not be read.
    #[must_use]
    pub fn running(&self) -> Option<bool> {
        self.processes
            .value()
            .map(|all| all.iter().any(|process| process.role == ProcessRole::Core))
    }
}

/// One installation of the agent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Install {
    /// How it was installed.
    pub kind: InstallKind,
    /// The core binary's path.
    pub binary: String,
    /// The unit that runs it, for commands to paste.
    pub unit: String,
}

/// How the agent came onto the host.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum InstallKind {
    /// deb or rpm: `/usr/bin/amazon-ssm-agent`.
    Package,
    /// `/snap/amazon-ssm-agent/current/amazon-ssm-agent`.
    Snap,
    /// macOS: `/opt/aws/ssm/bin/amazon-ssm-agent`.
    MacPackage,
    /// Injected by ECS Exec below `/managed-agents` or `/ecs-execute-command-…`.
    Container,
    /// Somewhere else, as a tarball or a build of one's own; known by its running process.
    Elsewhere,
}

/// A four-part version of the agent, such as `3.3.987.0`; ordered by its numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct AgentVersion([u32; 4]);

impl AgentVersion {
    /// A version from its four numbers.
    #[must_use]
    pub const fn new(major: u32, minor: u32, patch: u32, build: u32) -> Self {
        Self([major, minor, patch, build])
    }
}

impl std::str::FromStr for AgentVersion {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let mut numbers = [0_u32; 4];
        let mut parts = text.trim().split('.');
        for number in &mut numbers {
            let part = parts.next().ok_or("fewer than four numbers")?;
            *number = part
                .parse()
                .map_err(|error| format!("a part is not a number: {error}"))?;
        }
        match parts.next() {
            None => Ok(Self(numbers)),
            Some(_) => Err("more than four numbers".to_owned()),
        }
    }
}

impl TryFrom<String> for AgentVersion {
    type Error = String;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<AgentVersion> for String {
    fn from(version: AgentVersion) -> Self {
        version.to_string()
    }
}

impl std::fmt::Display for AgentVersion {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let [major, minor, patch, build] = self.0;
        write!(f, "{major}.{minor}.{patch}.{build}")
    }
}

/// One process of the agent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AgentProcess {
    /// Its process id.
    pub pid: i32,
    /// Which of the agent's programs it is.
    pub role: ProcessRole,
    /// Its program's path, where it could be read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub executable: Option<String>,
    /// When it started.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub started_at: Option<Timestamp>,
}

/// The agent's programs. A core without a worker has had no credentials since it started.
///
/// Source: agent `core/app/agent.go`; facts sheet "Start sequence of core on EC2".
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ProcessRole {
    /// `amazon-ssm-agent`.
    Core,
    /// `ssm-agent-worker`.
    Worker,
    /// `ssm-session-worker`.
    SessionWorker,
    /// `ssm-document-worker`.
    DocumentWorker,
}

/// What matters in the environment of the agent's core process.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct AgentEnvironment {
    /// `https_proxy`, its password cut out.
    #[serde(default)]
    pub https_proxy: Option<String>,
    /// `http_proxy`, its password cut out.
    #[serde(default)]
    pub http_proxy: Option<String>,
    /// `no_proxy`.
    #[serde(default)]
    pub no_proxy: Option<String>,
    /// Whether `AWS_ACCESS_KEY_ID` is set: static keys that win in some chains.
    #[serde(default)]
    pub has_static_keys: bool,
    /// `AWS_SHARED_CREDENTIALS_FILE`.
    #[serde(default)]
    pub shared_credentials_file: Option<String>,
    /// `AWS_PROFILE`.
    #[serde(default)]
    pub profile: Option<String>,
    /// `HOME`.
    #[serde(default)]
    pub home: Option<String>,
    /// `AWS_EC2_METADATA_DISABLED` is `true`.
    #[serde(default)]
    pub imds_disabled: bool,
    /// `AWS_CONTAINER_CREDENTIALS_RELATIVE_URI` or `…_FULL_URI` is set.
    #[serde(default)]
    pub has_container_credentials: bool,
    /// `ECS_CONTAINER_METADATA_URI_V4` or `ECS_CONTAINER_METADATA_URI`.
    #[serde(default)]
    pub task_metadata_uri: Option<String>,
}

/// The agent's configuration, with defaults in place of what is not set.
///
/// Source: agent `agent/appconfig/{contracts,appconfig,appconfig_parser}.go`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Config {
    /// `Identity.ConsumptionOrder` as the agent would use it, unknown words dropped.
    pub consumption_order: Vec<String>,
    /// Whether the file itself set an order.
    pub order_is_set: bool,
    /// Whether the file set an order of which no word is valid: the built-in order, possibly
    /// damaged by the agent's own decoder.
    #[serde(default)]
    pub order_all_invalid: bool,
    /// `Identity.CustomIdentities`, usable entries only.
    pub custom_identities: Vec<CustomIdentityEntry>,
    /// `Agent.ContainerMode`.
    pub container_mode: bool,
    /// `Agent.Region`.
    pub agent_region: Option<String>,
    /// `Agent.ServiceDomain`.
    pub service_domain: Option<String>,
    /// `Agent.UseDualStackEndpoint` (since 3.3.3270.0).
    pub use_dual_stack: bool,
    /// `Profile.ShareCreds`.
    pub share_creds: bool,
    /// `Profile.ShareProfile`; empty = `default`.
    pub share_profile: String,
    /// `Ssm.HealthFrequencyMinutes`.
    pub health_frequency_minutes: u32,
    /// `Ssm.CredentialRetryMaxSleepSeconds` (since 3.3.3050.0).
    pub credential_retry_max_sleep_seconds: u32,
    /// `Ssm.HibernationMaxBackoffIntervalMinutes` (since 3.3.2299.0).
    pub hibernation_max_backoff_minutes: u32,
    /// `Ssm.Endpoint`, `Mgs.Endpoint`, … as set.
    pub endpoints: EndpointOverrides,
    /// What the agent silently drops or changes in this file.
    pub warnings: Vec<ConfigWarning>,
}

impl Config {
    /// What the agent uses when there is no file.
    #[must_use]
    pub fn defaults() -> Self {
        Self {
            consumption_order: ["OnPrem", "EC2", "CustomIdentity"]
                .map(str::to_owned)
                .to_vec(),
            order_is_set: false,
            order_all_invalid: false,
            custom_identities: Vec::new(),
            container_mode: false,
            agent_region: None,
            service_domain: None,
            use_dual_stack: false,
            share_creds: true,
            share_profile: String::new(),
            health_frequency_minutes: 5,
            credential_retry_max_sleep_seconds: 1800,
            hibernation_max_backoff_minutes: 60,
            endpoints: EndpointOverrides::default(),
            warnings: Vec::new(),
        }
    }
}

/// Endpoint settings of the configuration, as written (host or URL).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct EndpointOverrides {
    /// `Ssm.Endpoint`.
    #[serde(default)]
    pub ssm: Option<String>,
    /// `Mgs.Endpoint`.
    #[serde(default)]
    pub ssmmessages: Option<String>,
    /// `Mgs.Region`.
    #[serde(default)]
    pub ssmmessages_region: Option<String>,
    /// `Mds.Endpoint`.
    #[serde(default)]
    pub ec2messages: Option<String>,
    /// `S3.Endpoint`.
    #[serde(default)]
    pub s3: Option<String>,
    /// `Kms.Endpoint`.
    #[serde(default)]
    pub kms: Option<String>,
}

/// A usable entry of `Identity.CustomIdentities`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CustomIdentityEntry {
    /// `InstanceID`.
    pub instance_id: String,
    /// `Region`.
    pub region: String,
}

/// Something in the configuration that the agent drops or changes without saying so.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConfigWarning {
    /// The key, as in the documents: `Identity.ConsumptionOrder`.
    pub key: String,
    /// What the agent makes of it.
    pub effect: String,
}

/// The agent's vault.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Vault {
    /// `Vault/Store/RegistrationKey`, found by way of `Vault/Manifest`.
    pub registration: Reading<Registration>,
    /// `Vault/Store/EC2RegistrationKey`, found by way of `Vault/EC2Manifest`.
    pub ec2_registration: Reading<Registration>,
    /// `Vault/Store/InstanceFingerprint`.
    pub fingerprint: Reading<Fingerprint>,
    /// The readable copy `registration`; goes stale and is never the truth.
    pub summary: Reading<RegistrationSummary>,
    /// `Vault/Manifest`: the names it lists, with the paths of their data files. A name listed
    /// here whose own reading is `Absent` has lost its data file.
    #[serde(default = "Reading::not_recorded")]
    pub manifest: Reading<std::collections::BTreeMap<String, String>>,
    /// `Vault/EC2Manifest`, likewise.
    #[serde(default = "Reading::not_recorded")]
    pub ec2_manifest: Reading<std::collections::BTreeMap<String, String>>,
}

/// A registration without its private key. Empty texts mean that the field is empty.
///
/// Source: agent `agent/managedInstances/registration/instance_info.go`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Registration {
    /// `instanceID`: `mi-…` or `i-…`.
    pub instance_id: String,
    /// `region`.
    pub region: String,
    /// Whether `privateKey` is not empty.
    pub has_private_key: bool,
    /// Whether `privateKey` is base64 of an RSA key in PKCS#1 form, which the agent can use.
    pub private_key_usable: bool,
    /// `privateKeyType`.
    pub private_key_type: String,
    /// `privateKeyCreatedDate`, as written.
    pub private_key_created: String,
}

impl Registration {
    /// Whether the agent takes this for a complete registration.
    #[must_use]
    pub fn is_complete(&self) -> bool {
        self.has_private_key && !self.region.is_empty() && !self.instance_id.is_empty()
    }
}

/// The stored machine fingerprint.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fingerprint {
    /// The random UUID that the service knows this machine by; needed to ask for a role token,
    /// and kept out of observations beyond its presence.
    pub has_fingerprint: bool,
    /// `similarityThreshold`: per cent, -1 = off.
    pub similarity_threshold: i32,
    /// The stored hardware properties by name.
    pub hardware: std::collections::BTreeMap<String, String>,
    /// The machine's own machine-id now; `Absent` when it has none.
    pub current_machine_id: Reading<String>,
}

/// The readable copy of a hybrid registration.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RegistrationSummary {
    /// `ManagedInstanceID`.
    pub instance_id: String,
    /// `Region`.
    pub region: String,
}

/// `identity_config.json`: what the agent last took, rewritten only on success.
///
/// Source: agent `common/runtimeconfig/identity_runtimeconfig.go`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct RuntimeConfig {
    /// The id it ran as.
    pub instance_id: String,
    /// `EC2`, `OnPrem`, `ECS`, `CustomIdentity`.
    pub identity_type: String,
    /// `EC2`, `SSM`, `None` or empty.
    #[serde(default)]
    pub credential_source: String,
    /// Where shared credentials are kept; empty = nowhere.
    #[serde(default)]
    pub share_file: String,
    /// The profile in that file; empty = `default`.
    #[serde(default)]
    pub share_profile: String,
    /// When the credentials end; `None` = never had any (`0001-01-01T00:00:00Z`).
    #[serde(default)]
    pub credentials_expires_at: Option<Timestamp>,
    /// When they were had; `None` = never.
    #[serde(default)]
    pub credentials_retrieved_at: Option<Timestamp>,
}

/// A shared credentials file, without the credentials.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CredentialsFile {
    /// The profile that was looked at.
    pub profile: String,
    /// Whether that profile has a key id and a secret.
    pub has_keys: bool,
    /// Whether it has a session token: without one the keys are static.
    pub has_token: bool,
    /// The first four characters of the key id.
    pub key_prefix: String,
    /// The other profiles in the file.
    pub other_profiles: Vec<String>,
}
