//! The checks: each one condition, judged from one case. `skip` = does not apply, `unknown` =
//! could not look.

mod agent;
mod agent_state;
mod host;
mod imds;
mod network;
mod path;
mod permission;
mod session;

pub(super) use path::undecided;

use super::case::Case;
use crate::catalogue::CheckId;
use crate::observations::{Reading, Service};
use crate::report::model::{CheckReport, CheckStatus, Evidence};

/// What a check says, and what it rests on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Judgement {
    /// What it says.
    pub status: CheckStatus,
    /// In one line.
    pub summary: String,
    /// What it rests on.
    pub evidence: Vec<Evidence>,
}

impl Judgement {
    fn new(status: CheckStatus, summary: impl Into<String>) -> Self {
        Self {
            status,
            summary: summary.into(),
            evidence: Vec::new(),
        }
    }

    fn pass(summary: impl Into<String>) -> Self {
        Self::new(CheckStatus::Pass, summary)
    }

    fn warn(summary: impl Into<String>) -> Self {
        Self::new(CheckStatus::Warn, summary)
    }

    fn fail(summary: impl Into<String>) -> Self {
        Self::new(CheckStatus::Fail, summary)
    }

    fn skip(summary: impl Into<String>) -> Self {
        Self::new(CheckStatus::Skip, summary)
    }

    fn unknown(summary: impl Into<String>) -> Self {
        Self::new(CheckStatus::Unknown, summary)
    }

    fn resting_on(mut self, evidence: Evidence) -> Self {
        self.evidence.push(evidence);
        self
    }

    fn resting_on_all(mut self, evidence: impl IntoIterator<Item = Evidence>) -> Self {
        self.evidence.extend(evidence);
        self
    }
}

/// Every check, in report order.
#[must_use]
pub fn judge(case: &Case<'_>) -> Vec<CheckReport> {
    CheckId::ALL
        .into_iter()
        .map(|id| {
            let judgement = judge_one(case, id);
            CheckReport {
                id: id.id().to_owned(),
                status: judgement.status,
                summary: judgement.summary,
                evidence: judgement.evidence,
            }
        })
        .collect()
}

fn judge_one(case: &Case<'_>, id: CheckId) -> Judgement {
    match id {
        CheckId::HostPrivileges => agent::privileges(case),
        CheckId::HostSpace => host::space(case),
        CheckId::HostWritable => host::writable(case),
        CheckId::HostExecution => host::execution(case),
        CheckId::HostInotify => host::inotify(case),
        CheckId::HostDescriptors => host::descriptors(case),
        CheckId::HostMemory => host::memory(case),
        CheckId::HostMachineId => host::machine_id(case),
        CheckId::AgentAlone => host::alone(case),
        CheckId::SessionRunAsUser => host::run_as_user(case),
        CheckId::AgentInstalled => agent::installed(case),
        CheckId::AgentRunning => agent::running(case),
        CheckId::AgentVersion => agent::version(case),
        CheckId::AgentConfig => agent::config(case),
        CheckId::AgentStaticKeys => agent::static_keys(case),
        CheckId::AgentUnit => agent_state::unit(case),
        CheckId::AgentState => agent_state::state(case),
        CheckId::AgentRetry => agent_state::retry(case),
        CheckId::AgentChannel => agent_state::channel(case),
        CheckId::IdentitySelection => path::identity(case),
        CheckId::HybridRegistration => path::registration(case),
        CheckId::HybridFingerprint => path::fingerprint(case),
        CheckId::HybridToken => path::hybrid_token(case),
        CheckId::ImdsToken => imds::token(case),
        CheckId::ImdsInstance => imds::instance(case),
        CheckId::ProfileAttached => imds::profile_attached(case),
        CheckId::ProfileCredentials => imds::profile_credentials(case),
        CheckId::DhmcRegistration => path::dhmc_registration(case),
        CheckId::DhmcIdentityRole => imds::identity_role(case),
        CheckId::DhmcToken => path::dhmc_token(case),
        CheckId::PathSelection => path::selection(case),
        CheckId::CredentialsValid => permission::credentials(case),
        CheckId::ClockOffset => permission::clock(case),
        CheckId::NetworkResolver => network::resolver(case),
        CheckId::NetworkRoutes => network::routes(case),
        CheckId::NetworkProxy => network::proxy(case),
        CheckId::NetworkTrust => network::trust(case),
        CheckId::EndpointSsm => network::endpoint(case, Service::Ssm),
        CheckId::EndpointSsmmessages => network::endpoint(case, Service::Ssmmessages),
        CheckId::EndpointEc2messages => network::endpoint(case, Service::Ec2messages),
        CheckId::EndpointSts => network::endpoint(case, Service::Sts),
        CheckId::EndpointS3 => network::endpoint(case, Service::S3),
        CheckId::EndpointKms => network::endpoint(case, Service::Kms),
        CheckId::EndpointLogs => network::endpoint(case, Service::Logs),
        CheckId::PermissionSsmUpdateInstanceInformation
        | CheckId::PermissionSsmmessagesCreateControlChannel
        | CheckId::PermissionSsmmessagesOpenControlChannel
        | CheckId::PermissionSsmmessagesCreateDataChannel
        | CheckId::PermissionSsmmessagesOpenDataChannel
        | CheckId::PermissionSsmListInstanceAssociations
        | CheckId::PermissionEc2messagesGetEndpoint => permission::action(case, id),
        CheckId::PermissionKmsDecrypt
        | CheckId::PermissionS3GetEncryptionConfiguration
        | CheckId::PermissionLogsDescribeLogGroups => session::named(case, id),
    }
}

/// A reading as evidence: where it was looked for, and which of the answers it was.
fn evidence_of<T>(reading: &Reading<T>, value: impl FnOnce(&T) -> String) -> Evidence {
    Evidence {
        source: reading.source().to_owned(),
        value: match reading {
            Reading::Found { value: found, .. } => value(found),
            Reading::Absent { .. } => "not there".to_owned(),
            Reading::Empty { .. } => "empty".to_owned(),
            Reading::Forbidden { .. } => "only root may read it".to_owned(),
            Reading::Unreadable { why, .. } => format!("could not be read: {why}"),
            Reading::Malformed { why, .. } => format!("not of the form it should have: {why}"),
            Reading::NotRead { why } => format!("not looked at: {why}"),
        },
        observed_at: reading.modified_at(),
    }
}
