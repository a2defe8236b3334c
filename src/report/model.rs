//! The report as plain data: the JSON contract `ssm-probe/report/1`.
//!
//! Fields are only ever added within a major. The JSON Schema is generated from these types.

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::endpoint::EndpointReport;
use crate::observations::{CredentialSource, FleetNode, Path, Principal, ProbeLevel};

/// The form of the report that this version writes.
pub const SCHEMA: &str = "ssm-probe/report/1";

/// The whole report.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Report {
    /// The form of this value: `ssm-probe/report/1`.
    pub schema: String,
    /// What wrote it.
    pub tool: Tool,
    /// When the run began (UTC).
    pub started_at: Timestamp,
    /// How long the run took.
    pub elapsed_ms: u64,
    /// How much the run was allowed to send.
    pub probe_level: ProbeLevel,
    /// Whether the run had root's rights.
    pub privileged: bool,
    /// The host that was looked at.
    pub host: HostSummary,
    /// The agent on it.
    pub agent: AgentSummary,
    /// The outcome of the whole run.
    pub verdict: Verdict,
    /// Every path, the active one first.
    pub paths: Vec<PathReport>,
    /// What the active path's permissions are enough for.
    pub capabilities: Vec<CapabilityReport>,
    /// The chain to each endpoint, the required ones first.
    #[serde(default)]
    pub endpoints: Vec<EndpointReport>,
    /// What those who may ask were told of the account; `null` = nobody was asked.
    #[serde(default)]
    pub account: Option<AccountReport>,
    /// Every check, in the order of the catalogue.
    pub checks: Vec<CheckReport>,
    /// Every conclusion, the first cause first.
    pub findings: Vec<Finding>,
    /// What it was drawn from, when not on the running host itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub offline: Option<Offline>,
}

/// What a report was drawn from, away from the running host, and what that cannot tell.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Offline {
    /// What kind of record it is.
    pub basis: Basis,
    /// When it was analysed.
    pub analyzed_at: Timestamp,
    /// What cannot be known from it, one sentence each.
    pub not_known: Vec<String>,
}

/// What kind of record a report was drawn from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Basis {
    /// A support bundle.
    Bundle,
    /// A mounted root volume.
    Root,
    /// The agent's log alone.
    Log,
}

/// What wrote the report.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Tool {
    /// `ssm-probe`.
    pub name: String,
    /// Its version.
    pub version: String,
}

/// The host that was looked at; what is not known is `null`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct HostSummary {
    /// The folder whose files were read in place of this host's own (`--root`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub root: Option<String>,
    /// `ec2`, `hybrid`, `ecs`, `other` or `unknown`.
    pub kind: HostKind,
    /// `i-…` or `mi-…`.
    pub instance_id: Option<String>,
    /// The Region the agent would use.
    pub region: Option<String>,
    /// The account.
    pub account_id: Option<String>,
    /// The partition, such as `aws` or `aws-cn`.
    pub partition: Option<String>,
    /// The operating system.
    pub os: Option<String>,
    /// The architecture.
    pub arch: String,
}

/// What kind of host it is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum HostKind {
    /// An EC2 instance, by IMDS or by its firmware.
    Ec2,
    /// A machine registered by a hybrid activation, and not an EC2 instance.
    Hybrid,
    /// A container of an ECS task.
    Ecs,
    /// Neither an EC2 instance nor registered.
    Other,
    /// Could not be told.
    #[default]
    Unknown,
}

/// The agent on the host.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct AgentSummary {
    /// Whether an installation was found; `null` = could not be told.
    pub installed: Option<bool>,
    /// Its version.
    pub version: Option<String>,
    /// Whether its core process runs; `null` = could not be told.
    pub running: Option<bool>,
    /// The identity it last took, by `identity_config.json`.
    pub identity: Option<String>,
    /// The credential source it last took, by the same file.
    pub credential_source: Option<String>,
    /// How old that file is, in seconds.
    pub state_age_s: Option<i64>,
    /// When it will ask again after a failure, where that can be told.
    pub next_retry_at: Option<Timestamp>,
}

/// The outcome of the whole run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Verdict {
    /// The outcome.
    pub outcome: VerdictOutcome,
    /// The active path, if one is.
    pub path: Option<Path>,
    /// The id of the first cause: the first finding of severity `error`.
    pub cause: Option<String>,
    /// One sentence.
    pub headline: String,
}

/// The outcome of a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum VerdictOutcome {
    /// A path is active and Session Manager is usable from here.
    Usable,
    /// A path is active, or would be, and Session Manager cannot work on it or cannot be reached.
    Blocked,
    /// No path can be active.
    NoPath,
    /// Too much is unknown to say.
    Inconclusive,
}

/// Whether the agent takes a path.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum PathState {
    /// The agent takes it, or would when started.
    Active,
    /// It would work, and another wins.
    Standby,
    /// Not set up.
    Missing,
    /// Set up, and cannot deliver usable credentials.
    Broken,
    /// Could not be told.
    Unknown,
}

/// One path.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct PathReport {
    /// Which.
    pub path: Path,
    /// Whether the agent takes it.
    pub state: PathState,
    /// Why, in one sentence.
    pub reason: String,
    /// Who AWS takes its credentials for.
    pub principal: Option<Principal>,
    /// Where its credentials come from, and when they end.
    pub credentials: Option<CredentialsReport>,
    /// Action by action.
    pub permissions: Vec<Permission>,
    /// The actions that are known to be denied, session actions first.
    pub missing: Vec<String>,
}

/// A path's credentials.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct CredentialsReport {
    /// Where they come from.
    pub source: CredentialSource,
    /// When they end.
    pub expires_at: Option<Timestamp>,
}

/// What an action is needed for.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "kebab-case")]
pub enum Need {
    /// Session Manager itself.
    Session,
    /// Being a managed node.
    Registration,
    /// Anything else; never an error.
    Optional,
}

/// What is known of one action.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Decision {
    /// AWS lets it through.
    Allowed,
    /// AWS refuses it.
    Denied,
    /// Not known.
    Unknown,
}

/// What a decision rests on, strongest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum EvidenceKind {
    /// A live probe's answer.
    Probe,
    /// A live socket of the agent.
    Socket,
    /// The agent's log or state files.
    Log,
    /// `iam:SimulatePrincipalPolicy`.
    Simulation,
    /// Local evaluation of policy documents.
    Policy,
    /// Nothing.
    None,
}

/// The layer that refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Layer {
    /// The role's own policies.
    IdentityPolicy,
    /// The role's permissions boundary.
    PermissionsBoundary,
    /// A session policy.
    SessionPolicy,
    /// A service control policy of the organization.
    ServiceControlPolicy,
    /// A resource control policy of the organization.
    ResourceControlPolicy,
    /// The policy of a VPC endpoint.
    VpcEndpointPolicy,
    /// A resource's own policy.
    ResourcePolicy,
    /// The denial does not say.
    NotSaid,
}

/// One action on one path.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Permission {
    /// `service:Operation`.
    pub action: String,
    /// What it is needed for.
    pub need: Need,
    /// What is known.
    pub decision: Decision,
    /// On what grounds.
    pub evidence: EvidenceKind,
    /// Which layer refused; only with `denied`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub layer: Option<Layer>,
    /// The answer's own words, or why it is unknown.
    pub detail: String,
    /// When the evidence was seen.
    pub observed_at: Option<Timestamp>,
}

/// A capability and whether the active path's permissions are enough for it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct CapabilityReport {
    /// Its stable id, such as `session-manager`.
    pub id: String,
    /// Whether it is there.
    pub state: CapabilityState,
    /// The actions it needs that are known to be denied.
    pub missing: Vec<String>,
}

/// Whether a capability is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum CapabilityState {
    /// Every action it needs is known to be allowed.
    Available,
    /// An action it needs is denied.
    Blocked,
    /// Not all of its actions are known.
    Unknown,
}

/// The account's view of this node.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct AccountReport {
    /// With whose credentials it was asked.
    pub asked_with: String,
    /// Why they could not be used.
    pub problem: Option<String>,
    /// The role's ARN in IAM.
    pub role_arn: Option<String>,
    /// The policy that is its permissions boundary.
    pub boundary: Option<String>,
    /// Its policies: ARNs of managed ones, names of inline ones.
    pub policies: Option<Vec<String>>,
    /// Whether a simulation of the role's policies answered.
    pub simulated: bool,
    /// What that simulation cannot see.
    pub blind_spots: Vec<String>,
    /// The role of Default Host Management in this account and Region, or `off`.
    pub default_host_management: Option<String>,
    /// The node as Fleet Manager shows it.
    pub fleet: Option<FleetNode>,
    /// Whether a session could connect right now, as the service says.
    pub connection: Option<String>,
    /// What was asked and not answered, with the reason.
    pub unanswered: Vec<String>,
}

/// One check.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct CheckReport {
    /// Its stable id.
    pub id: String,
    /// What it says.
    pub status: CheckStatus,
    /// In one line.
    pub summary: String,
    /// What it rests on.
    pub evidence: Vec<Evidence>,
}

/// What a check says. `skip` = does not apply, `unknown` = could not look.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum CheckStatus {
    /// The healthy condition holds.
    Pass,
    /// It holds with a doubt.
    Warn,
    /// It does not hold.
    Fail,
    /// It does not apply here.
    Skip,
    /// It could not be looked at.
    Unknown,
}

/// One observation that a conclusion rests on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Evidence {
    /// Where it was seen: a file, an IMDS path, a call.
    pub source: String,
    /// What was seen.
    pub value: String,
    /// When.
    pub observed_at: Option<Timestamp>,
}

/// How much a finding weighs.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "kebab-case")]
pub enum Severity {
    /// Session Manager cannot be used because of it.
    Error,
    /// It is wrong, and sessions work all the same or it could not be told.
    Warning,
    /// Worth knowing: a consequence of something else, or harmless.
    Note,
}

/// Who can mend a finding.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Owner {
    /// Who runs this host.
    Host,
    /// Who runs the AWS account.
    Account,
    /// Who runs the network.
    Network,
    /// Who runs the AWS organization.
    Organization,
    /// The person who opens the session.
    Client,
}

/// One conclusion of the catalogue.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Finding {
    /// Its stable id.
    pub id: String,
    /// How much it weighs here.
    pub severity: Severity,
    /// The condition in a few words.
    pub title: String,
    /// What was seen on this host, in one or a few sentences.
    pub detail: String,
    /// Who can mend it.
    pub owner: Owner,
    /// The checks it rests on.
    pub checks: Vec<String>,
    /// What to do, the best first.
    pub remedies: Vec<Remedy>,
    /// The command that explains it.
    pub more: String,
    /// Why the person who ran this has set it aside (`--ignore`); it then does not count for the
    /// exit status.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ignored: Option<String>,
}

/// One way to mend a finding.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Remedy {
    /// What it does, beginning with a verb.
    pub summary: String,
    /// Of what kind `text` is.
    pub kind: RemedyKind,
    /// What to paste: complete, and for this host's role, account, Region and partition.
    pub text: String,
    /// Whether it is one of several ways, or follows whichever was taken.
    #[serde(default)]
    pub step: RemedyStep,
}

/// The place of a remedy among those of one finding.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum RemedyStep {
    /// One way to mend it; one is enough.
    #[default]
    Choice,
    /// To be done after whichever way was taken, such as restarting the agent.
    Afterwards,
}

/// Of what kind a remedy's text is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum RemedyKind {
    /// An IAM policy document.
    Policy,
    /// Shell commands.
    Command,
    /// Steps in the AWS console.
    Console,
    /// Lines for a configuration file.
    Config,
}
