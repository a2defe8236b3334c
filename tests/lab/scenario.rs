//! The form of a scenario file: a host, an AWS and what must be said of them.
//!
//! Everything has a healthy default (an EC2 instance with a running agent on a good instance
//! profile, Default Host Management off), so a file says only what is different.

use std::collections::BTreeMap;
use std::path::Path;

use serde::Deserialize;
use serde_json::Value;

use super::iam::FleetSpec;
use super::preferences::SessionSpec;

/// One scenario file.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Scenario {
    /// One sentence: what is the case here.
    pub(crate) docs: String,
    /// Where it comes from: a row of the decision table, a field report, an invention.
    pub(crate) origin: String,
    /// The last error of the log, where it is not the cause: see `cases.rs`.
    #[serde(default)]
    pub(crate) misleads: Option<Misleads>,
    /// The rows of the decision table that it is an example of.
    #[serde(default)]
    pub(crate) row: Vec<String>,
    /// Which of the eleven broken hosts it is that AWS's own `ssm-cli get-diagnostics` shows all
    /// green.
    #[serde(default)]
    pub(crate) peer: Option<u8>,
    /// The host's files and processes.
    #[serde(default)]
    pub(crate) host: HostSpec,
    /// The instance metadata service.
    #[serde(default)]
    pub(crate) imds: ImdsSpec,
    /// The account's roles, policies and Systems Manager settings.
    #[serde(default)]
    pub(crate) account: AccountSpec,
    /// Faults by service (`ssm`) or by action (`ssm:UpdateInstanceInformation`).
    #[serde(default)]
    pub(crate) faults: BTreeMap<String, Fault>,
    /// The name server in the host's `resolv.conf`.
    #[serde(default)]
    pub(crate) resolver: Resolver,
    /// Whether the proxy at `{{proxy}}` wants `node` and `{{proxy_password}}`.
    #[serde(default)]
    pub(crate) proxy_wants_login: bool,
    /// How far the services' clocks are ahead of this machine's.
    #[serde(default)]
    pub(crate) clock_offset_s: i64,
    /// Further arguments for the program.
    #[serde(default)]
    pub(crate) args: Vec<String>,
    /// Further environment for the program.
    #[serde(default)]
    pub(crate) env: BTreeMap<String, String>,
    /// What must come out.
    pub(crate) expect: Expect,
}

impl Scenario {
    /// Reads a scenario file.
    pub(crate) fn read(path: &Path) -> Result<Self, String> {
        let text = std::fs::read_to_string(path)
            .map_err(|error| format!("cannot read {}: {error}", path.display()))?;
        serde_json::from_str(&text).map_err(|error| format!("{}: {error}", path.display()))
    }

    /// The probe level that its arguments ask for.
    pub(crate) fn probe_level(&self) -> &str {
        let at = self.args.iter().position(|arg| arg == "--probe");
        at.and_then(|at| self.args.get(at + 1))
            .map_or("agent", String::as_str)
    }
}

/// The host.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct HostSpec {
    /// What its firmware says.
    pub(crate) machine: Machine,
    /// Whether the agent is there and runs.
    pub(crate) agent: AgentPresence,
    /// The core's program, where it is not the package's.
    pub(crate) agent_program: Option<String>,
    /// How long the agent's processes have run, in seconds; an hour unless set.
    pub(crate) agent_age_s: Option<i64>,
    /// The agent's version; a recent one unless set.
    pub(crate) agent_version: Option<String>,
    /// The vault's `EC2RegistrationKey`; on an EC2 instance complete unless set.
    pub(crate) ec2_registration: Option<RegistrationFile>,
    /// The vault's `RegistrationKey`; on other machines complete unless set.
    pub(crate) hybrid_registration: Option<RegistrationFile>,
    /// What `identity_config.json` says that the agent last took.
    pub(crate) last_taken: LastTaken,
    /// The agent's log, by its name below `tests/scenarios/logs`; see `logs.rs`.
    pub(crate) log: Option<String>,
    /// Further files, or other contents, by absolute path; `null` removes one.
    pub(crate) files: BTreeMap<String, Value>,
    /// Symbolic links, by absolute path, with where they point.
    pub(crate) links: BTreeMap<String, String>,
    /// Environment of the agent's core process.
    pub(crate) agent_environment: BTreeMap<String, String>,
    /// Further processes.
    pub(crate) processes: Vec<ProcessSpec>,
}

/// What the firmware says of the machine.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Machine {
    /// A Nitro instance.
    #[default]
    Ec2,
    /// A machine somewhere else.
    OnPremises,
    /// A container, which sees no firmware of its own.
    Container,
}

/// Whether the agent is installed and runs.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum AgentPresence {
    /// Core and worker run.
    #[default]
    Running,
    /// The core runs and has had no credentials since it started.
    CoreOnly,
    /// Installed, and no process.
    Stopped,
    /// Not installed.
    NotInstalled,
}

/// What a registration file of the vault holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum RegistrationFile {
    /// All fields, for this host, with the registered key.
    Complete,
    /// No file.
    None,
    /// Complete, for another instance.
    OtherInstance,
    /// Keys without an id: registration did not finish.
    WithoutId,
    /// Complete, with a key that nobody registered.
    OtherKey,
}

/// What `identity_config.json` says.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum LastTaken {
    /// No file: the agent never started, or never found an identity.
    #[default]
    Never,
    /// An identity, and never credentials.
    NoCredentials,
    /// The instance profile, ten minutes ago.
    InstanceProfile,
    /// Default Host Management, ten minutes ago, with the credentials in the agent's file.
    DefaultHostManagement,
    /// Default Host Management, and its end passed two hours ago.
    DefaultHostManagementExpired,
    /// The hybrid role, ten minutes ago, with the credentials in root's file.
    Hybrid,
    /// The hybrid role, and its end passed two hours ago.
    HybridExpired,
}

/// A process.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ProcessSpec {
    /// Its id.
    pub(crate) pid: u32,
    /// Its name, at most 15 characters.
    pub(crate) comm: String,
    /// Its program.
    pub(crate) exe: Option<String>,
    /// How long it has run, in seconds; an hour unless set.
    #[serde(default)]
    pub(crate) age_s: Option<i64>,
    /// Its environment.
    #[serde(default)]
    pub(crate) environ: BTreeMap<String, String>,
}

/// The instance metadata service.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct ImdsSpec {
    /// Whether it is there at all.
    pub(crate) service: ImdsService,
    /// What `PUT api/token` gives.
    pub(crate) token: TokenAnswer,
    /// Whether IMDSv1 is allowed, too.
    pub(crate) tokens_optional: bool,
    /// The instance profile.
    pub(crate) profile: ProfileSpec,
    /// What `identity-credentials/ec2/…` gives.
    pub(crate) identity_role: ItemAnswer,
    /// Other answers, by path below `/latest/`.
    pub(crate) items: BTreeMap<String, ItemOverride>,
}

/// Whether IMDS is there.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum ImdsService {
    /// It answers.
    #[default]
    Answers,
    /// Nothing listens at its address.
    Refused,
    /// It accepts and never answers.
    Silent,
    /// The address swallows every packet.
    Swallowed,
    /// It sends its answers one byte at a time.
    Drip,
    /// Something else answers every request with a web page.
    ForeignHtml,
}

/// What `PUT api/token` gives.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum TokenAnswer {
    /// A token.
    #[default]
    Ok,
    /// 403 here and everywhere: switched off.
    Forbidden,
    /// 404: an emulator that knows version 1 only.
    NotFound,
    /// 400.
    BadRequest,
    /// 503.
    Unavailable,
    /// No answer, while plain GETs are answered: the hop limit.
    Silent,
}

/// The instance profile as IMDS shows it.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum ProfileSpec {
    /// None attached.
    None,
    /// A profile without a role: the role list is 200 and empty.
    Empty,
    /// `iam/info` says `InstanceProfileNotFound`.
    NotFound,
    /// A profile with a role.
    Role(ProfileRole),
}

impl Default for ProfileSpec {
    fn default() -> Self {
        Self::Role(ProfileRole::default())
    }
}

/// A role in an instance profile.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct ProfileRole {
    /// Its name.
    pub(crate) name: String,
    /// `Code` of its credentials document.
    pub(crate) code: String,
    /// What its credentials are worth.
    pub(crate) credentials: Worth,
}

impl Default for ProfileRole {
    fn default() -> Self {
        Self {
            name: "NodeRole".to_owned(),
            code: "Success".to_owned(),
            credentials: Worth::Valid,
        }
    }
}

/// What credentials are worth.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Worth {
    /// AWS takes them.
    #[default]
    Valid,
    /// Past their end, by their document and by AWS.
    Expired,
    /// AWS does not know the key id, though the document looks good.
    Unknown,
}

/// What an item of IMDS gives.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum ItemAnswer {
    /// What it should.
    #[default]
    Ok,
    /// 403.
    Forbidden,
    /// 404.
    NotFound,
    /// No answer.
    Silent,
}

/// Another answer for an item.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ItemOverride {
    /// The HTTP status; 0 = never answers.
    pub(crate) status: u16,
    /// The body.
    #[serde(default)]
    pub(crate) body: String,
}

/// The account.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct AccountSpec {
    /// Roles by name, on top of the lab's own; see `policy::ROLES`.
    pub(crate) roles: BTreeMap<String, RoleSpec>,
    /// Service control policies, level by level; none = full access.
    pub(crate) service_control: Vec<Vec<PolicySource>>,
    /// Resource control policies.
    pub(crate) resource_control: Vec<PolicySource>,
    /// Denials by action that no policy here explains, in AWS's words after the resource.
    pub(crate) denials: BTreeMap<String, String>,
    /// VPC endpoint policies by service.
    pub(crate) endpoint: BTreeMap<String, PolicySource>,
    /// Default Host Management Configuration.
    pub(crate) dhmc: Dhmc,
    /// What the service holds for this EC2 instance.
    pub(crate) ec2_registration: ServiceRegistration,
    /// What the service holds for the hybrid node.
    pub(crate) hybrid: HybridState,
    /// How the fleet shows the node.
    pub(crate) fleet: FleetSpec,
    /// The session preferences and what they name.
    pub(crate) session: SessionSpec,
}

/// A role.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct RoleSpec {
    /// Its policies.
    pub(crate) policies: Vec<PolicySource>,
    /// Its permissions boundary.
    pub(crate) boundary: Option<PolicySource>,
    /// The session policy its credentials were made with.
    pub(crate) session: Option<PolicySource>,
}

/// A policy: a managed policy's name, a short grant or a whole document.
#[derive(Debug, Clone, Deserialize)]
#[serde(untagged)]
pub(crate) enum PolicySource {
    /// The name of a managed policy that the lab knows.
    Managed(String),
    /// Actions on every resource.
    Grant(Grant),
    /// A policy document.
    Document(Value),
}

/// Actions allowed and denied on every resource.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Grant {
    /// Allowed actions.
    #[serde(default)]
    pub(crate) allow: Vec<String>,
    /// Denied actions.
    #[serde(default)]
    pub(crate) deny: Vec<String>,
}

/// Default Host Management Configuration of the account and Region.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Dhmc {
    /// Not configured.
    #[default]
    Off,
    /// Configured with the role `AWSSystemsManagerDefaultEC2InstanceManagementRole`.
    On,
}

/// What the service holds for this EC2 instance.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum ServiceRegistration {
    /// The public part of the lab's EC2 key.
    #[default]
    Registered,
    /// Another key; the answer is `InvalidSignatureException`.
    OtherKey,
    /// Another key; the answer is `AccessDeniedException`.
    OtherKeyDenied,
}

/// What the service holds for the hybrid node.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum HybridState {
    /// All is well.
    #[default]
    Registered,
    /// `InvalidInstanceId`.
    Deregistered,
    /// `MachineFingerprintDoesNotMatch`.
    FingerprintMismatch,
    /// `AccessDeniedException`: the service role cannot be assumed.
    RoleUnusable,
}

/// The name server in the host's `resolv.conf`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Resolver {
    /// It knows the services' names and no others.
    #[default]
    Answers,
    /// It never answers, and no name is in `/etc/hosts`.
    Silent,
    /// It never answers, and every name is in `/etc/hosts`.
    SilentBesideHosts,
    /// It has an address for every name that does not exist.
    Lies,
}

/// A fault of a service, or of one action.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Fault {
    /// Rate exceeded.
    Throttle,
    /// 503 in the service's own form.
    Unavailable,
    /// Accepts and never answers.
    Silent,
    /// Every packet to it vanishes (service only).
    Swallow,
    /// Nothing listens (service only).
    Refuse,
    /// The connection is reset as soon as it stands (service only).
    Reset,
    /// A proxy's 403 page in place of the service.
    ProxyPage,
    /// The answer comes one byte at a time (service only).
    Drip,
    /// The certificate is signed by nobody that this host trusts (service only).
    UntrustedCertificate,
    /// The name server says that the name does not exist (service only, as all that follow).
    NameNotFound,
    /// The name server fails.
    NameFails,
    /// The name server says nothing.
    NameSilent,
    /// The name leads to an address where nothing listens.
    WrongAddress,
    /// The connection is reset after the client's greeting.
    TlsReset,
    /// The certificate is past its end.
    ExpiredCertificate,
    /// The certificate is not valid yet.
    FutureCertificate,
    /// The certificate is for another name.
    OtherName,
    /// TLS 1.0 and nothing newer.
    OldTls,
    /// HTTP without TLS.
    PlainHttp,
    /// The WebSocket opens and is closed at once (`ssmmessages:OpenControlChannel` only).
    HangsUp,
    /// A captive portal's redirect in place of the service.
    PortalRedirect,
    /// The proxy asks for a login before it opens the way to this service.
    ProxyAsksLogin,
    /// The proxy refuses to open the way to this service.
    ProxyRefuses,
    /// The proxy never answers for this service.
    ProxySilent,
    /// An answer without end.
    HugeBody,
    /// An answer that breaks off.
    TruncatedBody,
    /// The service's own clock is an hour ahead.
    ClockAhead,
    /// The service's own clock is an hour behind.
    ClockBehind,
}

/// A log whose last error is not the cause.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Misleads {
    /// A part of the log's last error or warning.
    pub(crate) last_error: String,
    /// The finding that it suggests, which must not be the cause and no error.
    pub(crate) suggests: String,
}

/// What must come out of a scenario.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Expect {
    /// The exit status, whatever the output format.
    pub(crate) exit: i32,
    /// `verdict.outcome`.
    pub(crate) outcome: String,
    /// `verdict.path`.
    pub(crate) path: Option<String>,
    /// `verdict.cause`.
    pub(crate) cause: Option<String>,
    /// Every path's state; a path that is not named is `missing`.
    #[serde(default)]
    pub(crate) states: BTreeMap<String, String>,
    /// Every path's missing actions; a path that is not named misses none.
    #[serde(default)]
    pub(crate) missing: BTreeMap<String, Vec<String>>,
    /// Findings that must be there, with their severity.
    #[serde(default)]
    pub(crate) findings: BTreeMap<String, String>,
    /// Findings that must not be there.
    #[serde(default)]
    pub(crate) no_findings: Vec<String>,
    /// Who owns the first cause.
    pub(crate) owner: Option<String>,
    /// What findings must say, in their details: ages, times, names.
    #[serde(default)]
    pub(crate) says: BTreeMap<String, Vec<String>>,
    /// When the agent tries again, in seconds from now; a scenario with a log and without this
    /// expects that it is not known.
    pub(crate) next_retry_s: Option<(i64, i64)>,
    /// What is known of actions on the path in question, and on what grounds, as
    /// `denied by log`; the first path with permissions is meant.
    #[serde(default)]
    pub(crate) decisions: BTreeMap<String, String>,
    /// Checks by id, with the status that they must have.
    #[serde(default)]
    pub(crate) checks: BTreeMap<String, String>,
    /// Signed calls that must have been sent.
    #[serde(default)]
    pub(crate) sent: Vec<String>,
    /// Signed calls that must not have been sent.
    #[serde(default)]
    pub(crate) not_sent: Vec<String>,
    /// The longest a run may take.
    pub(crate) within_s: Option<f64>,
}
