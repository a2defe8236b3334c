//! The ids of every check, in report order. An id is public: never renamed, never reused.

use serde::{Deserialize, Serialize};

use crate::observations::Service;

/// One check of the catalogue.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum CheckId {
    /// This run may read everything it needs.
    #[serde(rename = "host.privileges")]
    HostPrivileges,
    /// There is room where the agent writes.
    #[serde(rename = "host.space")]
    HostSpace,
    /// The agent's folders can be written to.
    #[serde(rename = "host.writable")]
    HostWritable,
    /// The host lets the agent's programs run.
    #[serde(rename = "host.execution")]
    HostExecution,
    /// The kernel has file watchers left for the agent.
    #[serde(rename = "host.inotify")]
    HostInotify,
    /// The agent has file descriptors left.
    #[serde(rename = "host.descriptors")]
    HostDescriptors,
    /// The host has memory left.
    #[serde(rename = "host.memory")]
    HostMemory,
    /// The machine has an id.
    #[serde(rename = "host.machine-id")]
    HostMachineId,
    /// No other container's agent is in the way.
    #[serde(rename = "agent.alone")]
    AgentAlone,
    /// The user that sessions run as exists.
    #[serde(rename = "session.run-as-user")]
    SessionRunAsUser,
    /// The SSM Agent is installed.
    #[serde(rename = "agent.installed")]
    AgentInstalled,
    /// The SSM Agent is running.
    #[serde(rename = "agent.running")]
    AgentRunning,
    /// The SSM Agent is recent enough for the path it is on.
    #[serde(rename = "agent.version")]
    AgentVersion,
    /// The agent's configuration is valid and leaves an identity to this host.
    #[serde(rename = "agent.config")]
    AgentConfig,
    /// No static AWS keys stand in the agent's way.
    #[serde(rename = "agent.static-keys")]
    AgentStaticKeys,
    /// The agent's service is enabled, and runs as root.
    #[serde(rename = "agent.unit")]
    AgentUnit,
    /// The agent's state files are intact.
    #[serde(rename = "agent.state")]
    AgentState,
    /// The agent is not waiting to try again.
    #[serde(rename = "agent.retry")]
    AgentRetry,
    /// The agent's control channel is up.
    #[serde(rename = "agent.channel")]
    AgentChannel,
    /// The agent can tell what this host is.
    #[serde(rename = "identity.selection")]
    IdentitySelection,
    /// The hybrid registration is complete.
    #[serde(rename = "hybrid.registration")]
    HybridRegistration,
    /// The machine is the one that registered.
    #[serde(rename = "hybrid.fingerprint")]
    HybridFingerprint,
    /// The service hands out the hybrid role.
    #[serde(rename = "hybrid.token")]
    HybridToken,
    /// IMDSv2 gives a session token.
    #[serde(rename = "imds.token")]
    ImdsToken,
    /// IMDS tells the instance and its Region.
    #[serde(rename = "imds.instance")]
    ImdsInstance,
    /// An instance profile with a role is attached.
    #[serde(rename = "profile.attached")]
    ProfileAttached,
    /// IMDS delivers credentials of the role.
    #[serde(rename = "profile.credentials")]
    ProfileCredentials,
    /// The agent has registered this instance for Default Host Management.
    #[serde(rename = "dhmc.registration")]
    DhmcRegistration,
    /// IMDS delivers credentials of the instance identity role.
    #[serde(rename = "dhmc.identity-role")]
    DhmcIdentityRole,
    /// Default Host Management hands out its role.
    #[serde(rename = "dhmc.token")]
    DhmcToken,
    /// A permission path is active.
    #[serde(rename = "path.selection")]
    PathSelection,
    /// AWS accepts the active path's credentials.
    #[serde(rename = "credentials.valid")]
    CredentialsValid,
    /// The clock agrees with AWS.
    #[serde(rename = "clock.offset")]
    ClockOffset,
    /// The name servers answer, and truly.
    #[serde(rename = "network.resolver")]
    NetworkResolver,
    /// There is a way out of this host.
    #[serde(rename = "network.routes")]
    NetworkRoutes,
    /// The agent has the proxies that it needs.
    #[serde(rename = "network.proxy")]
    NetworkProxy,
    /// This host trusts AWS's certificate authorities.
    #[serde(rename = "network.trust")]
    NetworkTrust,
    /// Systems Manager can be reached.
    #[serde(rename = "endpoint.ssm")]
    EndpointSsm,
    /// The message gateway can be reached.
    #[serde(rename = "endpoint.ssmmessages")]
    EndpointSsmmessages,
    /// ec2messages can be reached, which only older agents need.
    #[serde(rename = "endpoint.ec2messages")]
    EndpointEc2messages,
    /// STS can be reached, which only this program asks.
    #[serde(rename = "endpoint.sts")]
    EndpointSts,
    /// S3 can be reached.
    #[serde(rename = "endpoint.s3")]
    EndpointS3,
    /// KMS can be reached.
    #[serde(rename = "endpoint.kms")]
    EndpointKms,
    /// CloudWatch Logs can be reached.
    #[serde(rename = "endpoint.logs")]
    EndpointLogs,
    /// The role may register as a managed node.
    #[serde(rename = "permission.ssm.update-instance-information")]
    PermissionSsmUpdateInstanceInformation,
    /// The role may create a control channel.
    #[serde(rename = "permission.ssmmessages.create-control-channel")]
    PermissionSsmmessagesCreateControlChannel,
    /// The role may open a control channel.
    #[serde(rename = "permission.ssmmessages.open-control-channel")]
    PermissionSsmmessagesOpenControlChannel,
    /// The role may create a data channel.
    #[serde(rename = "permission.ssmmessages.create-data-channel")]
    PermissionSsmmessagesCreateDataChannel,
    /// The role may open a data channel.
    #[serde(rename = "permission.ssmmessages.open-data-channel")]
    PermissionSsmmessagesOpenDataChannel,
    /// The role may list its associations.
    #[serde(rename = "permission.ssm.list-instance-associations")]
    PermissionSsmListInstanceAssociations,
    /// The role may use ec2messages.
    #[serde(rename = "permission.ec2messages.get-endpoint")]
    PermissionEc2messagesGetEndpoint,
    /// The role may decrypt with the key that encrypts sessions.
    #[serde(rename = "permission.kms.decrypt")]
    PermissionKmsDecrypt,
    /// The role may look at the encryption of the session log's bucket.
    #[serde(rename = "permission.s3.get-encryption-configuration")]
    PermissionS3GetEncryptionConfiguration,
    /// The role may look at the session log's group.
    #[serde(rename = "permission.logs.describe-log-groups")]
    PermissionLogsDescribeLogGroups,
}

impl CheckId {
    /// Every check, in report order.
    pub const ALL: [Self; 54] = [
        Self::HostPrivileges,
        Self::HostSpace,
        Self::HostWritable,
        Self::HostExecution,
        Self::HostInotify,
        Self::HostDescriptors,
        Self::HostMemory,
        Self::HostMachineId,
        Self::AgentAlone,
        Self::SessionRunAsUser,
        Self::AgentInstalled,
        Self::AgentRunning,
        Self::AgentVersion,
        Self::AgentConfig,
        Self::AgentStaticKeys,
        Self::AgentUnit,
        Self::AgentState,
        Self::AgentRetry,
        Self::AgentChannel,
        Self::IdentitySelection,
        Self::HybridRegistration,
        Self::HybridFingerprint,
        Self::HybridToken,
        Self::ImdsToken,
        Self::ImdsInstance,
        Self::ProfileAttached,
        Self::ProfileCredentials,
        Self::DhmcRegistration,
        Self::DhmcIdentityRole,
        Self::DhmcToken,
        Self::PathSelection,
        Self::CredentialsValid,
        Self::ClockOffset,
        Self::NetworkResolver,
        Self::NetworkRoutes,
        Self::NetworkProxy,
        Self::NetworkTrust,
        Self::EndpointSsm,
        Self::EndpointSsmmessages,
        Self::EndpointEc2messages,
        Self::EndpointSts,
        Self::EndpointS3,
        Self::EndpointKms,
        Self::EndpointLogs,
        Self::PermissionSsmUpdateInstanceInformation,
        Self::PermissionSsmmessagesCreateControlChannel,
        Self::PermissionSsmmessagesOpenControlChannel,
        Self::PermissionSsmmessagesCreateDataChannel,
        Self::PermissionSsmmessagesOpenDataChannel,
        Self::PermissionSsmListInstanceAssociations,
        Self::PermissionEc2messagesGetEndpoint,
        Self::PermissionKmsDecrypt,
        Self::PermissionS3GetEncryptionConfiguration,
        Self::PermissionLogsDescribeLogGroups,
    ];

    /// The check of the way to a service.
    #[must_use]
    pub fn of_endpoint(service: Service) -> Self {
        match service {
            Service::Ssm => Self::EndpointSsm,
            Service::Ssmmessages => Self::EndpointSsmmessages,
            Service::Ec2messages => Self::EndpointEc2messages,
            Service::Sts => Self::EndpointSts,
            Service::S3 => Self::EndpointS3,
            Service::Kms => Self::EndpointKms,
            Service::Logs => Self::EndpointLogs,
        }
    }

    /// The public id.
    #[must_use]
    #[expect(clippy::too_many_lines, reason = "a table")]
    pub fn id(self) -> &'static str {
        match self {
            Self::HostPrivileges => "host.privileges",
            Self::HostSpace => "host.space",
            Self::HostWritable => "host.writable",
            Self::HostExecution => "host.execution",
            Self::HostInotify => "host.inotify",
            Self::HostDescriptors => "host.descriptors",
            Self::HostMemory => "host.memory",
            Self::HostMachineId => "host.machine-id",
            Self::AgentAlone => "agent.alone",
            Self::SessionRunAsUser => "session.run-as-user",
            Self::AgentInstalled => "agent.installed",
            Self::AgentRunning => "agent.running",
            Self::AgentVersion => "agent.version",
            Self::AgentConfig => "agent.config",
            Self::AgentStaticKeys => "agent.static-keys",
            Self::AgentUnit => "agent.unit",
            Self::AgentState => "agent.state",
            Self::AgentRetry => "agent.retry",
            Self::AgentChannel => "agent.channel",
            Self::IdentitySelection => "identity.selection",
            Self::HybridRegistration => "hybrid.registration",
            Self::HybridFingerprint => "hybrid.fingerprint",
            Self::HybridToken => "hybrid.token",
            Self::ImdsToken => "imds.token",
            Self::ImdsInstance => "imds.instance",
            Self::ProfileAttached => "profile.attached",
            Self::ProfileCredentials => "profile.credentials",
            Self::DhmcRegistration => "dhmc.registration",
            Self::DhmcIdentityRole => "dhmc.identity-role",
            Self::DhmcToken => "dhmc.token",
            Self::PathSelection => "path.selection",
            Self::CredentialsValid => "credentials.valid",
            Self::ClockOffset => "clock.offset",
            Self::NetworkResolver => "network.resolver",
            Self::NetworkRoutes => "network.routes",
            Self::NetworkProxy => "network.proxy",
            Self::NetworkTrust => "network.trust",
            Self::EndpointSsm => "endpoint.ssm",
            Self::EndpointSsmmessages => "endpoint.ssmmessages",
            Self::EndpointEc2messages => "endpoint.ec2messages",
            Self::EndpointSts => "endpoint.sts",
            Self::EndpointS3 => "endpoint.s3",
            Self::EndpointKms => "endpoint.kms",
            Self::EndpointLogs => "endpoint.logs",
            Self::PermissionSsmUpdateInstanceInformation => {
                "permission.ssm.update-instance-information"
            }
            Self::PermissionSsmmessagesCreateControlChannel => {
                "permission.ssmmessages.create-control-channel"
            }
            Self::PermissionSsmmessagesOpenControlChannel => {
                "permission.ssmmessages.open-control-channel"
            }
            Self::PermissionSsmmessagesCreateDataChannel => {
                "permission.ssmmessages.create-data-channel"
            }
            Self::PermissionSsmmessagesOpenDataChannel => {
                "permission.ssmmessages.open-data-channel"
            }
            Self::PermissionSsmListInstanceAssociations => {
                "permission.ssm.list-instance-associations"
            }
            Self::PermissionKmsDecrypt => "permission.kms.decrypt",
            Self::PermissionS3GetEncryptionConfiguration => {
                "permission.s3.get-encryption-configuration"
            }
            Self::PermissionLogsDescribeLogGroups => "permission.logs.describe-log-groups",
            Self::PermissionEc2messagesGetEndpoint => "permission.ec2messages.get-endpoint",
        }
    }

    /// The healthy condition, in the present tense.
    #[must_use]
    #[expect(clippy::too_many_lines, reason = "a table")]
    pub fn title(self) -> &'static str {
        match self {
            Self::HostPrivileges => "This run may read everything it needs",
            Self::HostSpace => "There is room where the agent writes",
            Self::HostWritable => "The agent's folders can be written to",
            Self::HostExecution => "The host lets the agent's programs run",
            Self::HostInotify => "The kernel has file watchers left for the agent",
            Self::HostDescriptors => "The agent has file descriptors left",
            Self::HostMemory => "The host has memory left",
            Self::HostMachineId => "The machine has an id",
            Self::AgentAlone => "No other container's agent is in the way",
            Self::SessionRunAsUser => "The user that sessions run as exists",
            Self::AgentInstalled => "The SSM Agent is installed",
            Self::AgentRunning => "The SSM Agent is running",
            Self::AgentVersion => "The SSM Agent is recent enough for the path it is on",
            Self::AgentConfig => {
                "The agent's configuration is valid and leaves an identity to this host"
            }
            Self::AgentStaticKeys => "No static AWS keys stand in the agent's way",
            Self::AgentUnit => "The agent's service is enabled, and runs as root",
            Self::AgentState => "The agent's state files are intact",
            Self::AgentRetry => "The agent is not waiting to try again",
            Self::AgentChannel => "The agent's control channel is up",
            Self::IdentitySelection => "The agent can tell what this host is",
            Self::HybridRegistration => "The hybrid registration is complete",
            Self::HybridFingerprint => "The machine is the one that registered",
            Self::HybridToken => "The service hands out the hybrid role",
            Self::ImdsToken => "IMDSv2 gives a session token",
            Self::ImdsInstance => "IMDS tells the instance and its Region",
            Self::ProfileAttached => "An instance profile with a role is attached",
            Self::ProfileCredentials => "IMDS delivers credentials of the role",
            Self::DhmcRegistration => {
                "The agent has registered this instance for Default Host Management"
            }
            Self::DhmcIdentityRole => "IMDS delivers credentials of the instance identity role",
            Self::DhmcToken => "Default Host Management hands out its role",
            Self::PathSelection => "A permission path is active",
            Self::CredentialsValid => "AWS accepts the active path's credentials",
            Self::ClockOffset => "The clock agrees with AWS",
            Self::NetworkResolver => "The name servers answer, and truly",
            Self::NetworkRoutes => "There is a way out of this host",
            Self::NetworkProxy => "The agent has the proxies that it needs",
            Self::NetworkTrust => "This host trusts AWS's certificate authorities",
            Self::EndpointSsm => "Systems Manager can be reached",
            Self::EndpointSsmmessages => "The message gateway can be reached",
            Self::EndpointEc2messages => "ec2messages can be reached, which only older agents need",
            Self::EndpointSts => "STS can be reached, which only this program asks",
            Self::EndpointS3 => "S3 can be reached",
            Self::EndpointKms => "KMS can be reached",
            Self::EndpointLogs => "CloudWatch Logs can be reached",
            Self::PermissionSsmUpdateInstanceInformation => {
                "The role may register as a managed node"
            }
            Self::PermissionSsmmessagesCreateControlChannel => {
                "The role may create a control channel"
            }
            Self::PermissionSsmmessagesOpenControlChannel => "The role may open a control channel",
            Self::PermissionSsmmessagesCreateDataChannel => "The role may create a data channel",
            Self::PermissionSsmmessagesOpenDataChannel => "The role may open a data channel",
            Self::PermissionSsmListInstanceAssociations => "The role may list its associations",
            Self::PermissionEc2messagesGetEndpoint => "The role may use ec2messages",
            Self::PermissionKmsDecrypt => {
                "The role may decrypt with the key that encrypts sessions"
            }
            Self::PermissionS3GetEncryptionConfiguration => {
                "The role may look at the encryption of the session log's bucket"
            }
            Self::PermissionLogsDescribeLogGroups => "The role may look at the session log's group",
        }
    }
}
