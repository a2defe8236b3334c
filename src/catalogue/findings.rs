//! What each conclusion is: its weight, its owner, its title and its explanation.
//!
//! A table in areas, one file each. It knows nothing of a host; what to paste is in `remedies`.

mod agent_host;
mod hybrid;
mod imds;
mod network;
mod permission;
mod profile;
mod selection;

use super::FindingId;
use crate::report::model::{Owner, Severity};

/// One row of the catalogue of conclusions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FindingRow {
    /// How much it weighs when it stands alone.
    pub severity: Severity,
    /// Who can mend it.
    pub owner: Owner,
    /// The condition in a few words, present tense.
    pub title: &'static str,
    /// The explanation that `ssm-probe explain` prints.
    pub explain: Explain,
}

/// What a conclusion means, in paragraphs that the renderer wraps.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Explain {
    /// What it means for the person who wants a session.
    pub means: &'static str,
    /// What it is decided from.
    pub decided: &'static str,
    /// How to mend it.
    pub mend: &'static str,
    /// What it does not prove.
    pub limits: &'static str,
    /// Where the facts come from.
    pub sources: &'static str,
}

impl FindingId {
    /// The finding with this public id.
    #[must_use]
    pub fn from_id(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|id| id.id() == text)
    }
}

/// The row of a finding.
#[must_use]
#[expect(clippy::too_many_lines, reason = "a table")]
pub fn row(id: FindingId) -> &'static FindingRow {
    match id {
        FindingId::AgentConfigInvalid => &agent_host::AGENT_CONFIG_INVALID,
        FindingId::IdentityOrderExcludesHost => &selection::IDENTITY_ORDER_EXCLUDES_HOST,
        FindingId::HybridRegistrationLeftover => &hybrid::HYBRID_REGISTRATION_LEFTOVER,
        FindingId::ImdsDisabled => &imds::IMDS_DISABLED,
        FindingId::ImdsHopLimit => &imds::IMDS_HOP_LIMIT,
        FindingId::ImdsProxied => &imds::IMDS_PROXIED,
        FindingId::ImdsBlocked => &imds::IMDS_BLOCKED,
        FindingId::ImdsAgentTooOld => &imds::IMDS_AGENT_TOO_OLD,
        FindingId::ImdsForeign => &imds::IMDS_FOREIGN,
        FindingId::HybridActivationRefused => &hybrid::HYBRID_ACTIVATION_REFUSED,
        FindingId::NotRegistered => &selection::NOT_REGISTERED,
        FindingId::AgentNotInstalled => &agent_host::AGENT_NOT_INSTALLED,
        FindingId::DiskFull => &agent_host::DISK_FULL,
        FindingId::RootReadOnly => &agent_host::ROOT_READ_ONLY,
        FindingId::InotifyExhausted => &agent_host::INOTIFY_EXHAUSTED,
        FindingId::ExecutionBlocked => &agent_host::EXECUTION_BLOCKED,
        FindingId::AgentStateCorrupt => &agent_host::AGENT_STATE_CORRUPT,
        FindingId::AgentNotRunning => &agent_host::AGENT_NOT_RUNNING,
        FindingId::DnsFailure => &network::DNS_FAILURE,
        FindingId::NoRouteToEndpoints => &network::NO_ROUTE_TO_ENDPOINTS,
        FindingId::PrivateDnsOff => &network::PRIVATE_DNS_OFF,
        FindingId::EndpointMissing => &network::ENDPOINT_MISSING,
        FindingId::EndpointRefuses => &network::ENDPOINT_REFUSES,
        FindingId::ProxyNotInService => &network::PROXY_NOT_IN_SERVICE,
        FindingId::ProxyRefuses => &network::PROXY_REFUSES,
        FindingId::TlsIntercepted => &network::TLS_INTERCEPTED,
        FindingId::TlsCut => &network::TLS_CUT,
        FindingId::CaBundleMissing => &network::CA_BUNDLE_MISSING,
        FindingId::CertificateInvalid => &network::CERTIFICATE_INVALID,
        FindingId::EndpointOverrideWrong => &network::ENDPOINT_OVERRIDE_WRONG,
        FindingId::ClockSkew => &network::CLOCK_SKEW,
        FindingId::WebsocketBlocked => &network::WEBSOCKET_BLOCKED,
        FindingId::ProfileEmpty => &profile::PROFILE_EMPTY,
        FindingId::ProfileNotFound => &profile::PROFILE_NOT_FOUND,
        FindingId::RoleTrustWrong => &profile::ROLE_TRUST_WRONG,
        FindingId::InstanceCredentialsExpired => &profile::INSTANCE_CREDENTIALS_EXPIRED,
        FindingId::HybridFingerprintChanged => &hybrid::HYBRID_FINGERPRINT_CHANGED,
        FindingId::HybridDeregistered => &hybrid::HYBRID_DEREGISTERED,
        FindingId::HybridRoleUnusable => &hybrid::HYBRID_ROLE_UNUSABLE,
        FindingId::DeniedByServiceControlPolicy => &permission::DENIED_BY_SERVICE_CONTROL_POLICY,
        FindingId::DeniedByResourceControlPolicy => &permission::DENIED_BY_RESOURCE_CONTROL_POLICY,
        FindingId::DeniedByEndpointPolicy => &permission::DENIED_BY_ENDPOINT_POLICY,
        FindingId::DeniedByPermissionsBoundary => &permission::DENIED_BY_PERMISSIONS_BOUNDARY,
        FindingId::DeniedBySessionPolicy => &permission::DENIED_BY_SESSION_POLICY,
        FindingId::DeniedExplicitly => &permission::DENIED_EXPLICITLY,
        FindingId::RegistrationPermissionMissing => &permission::REGISTRATION_PERMISSION_MISSING,
        FindingId::SessionPermissionMissing => &permission::SESSION_PERMISSION_MISSING,
        FindingId::NoPermissionPath => &selection::NO_PERMISSION_PATH,
        FindingId::DhmcAgentTooOld => &selection::DHMC_AGENT_TOO_OLD,
        FindingId::DhmcIdentityRoleUnreadable => &selection::DHMC_IDENTITY_ROLE_UNREADABLE,
        FindingId::Ec2RegistrationMissing => &selection::EC2_REGISTRATION_MISSING,
        FindingId::DhmcNotEnabled => &selection::DHMC_NOT_ENABLED,
        FindingId::AgentWaitingToRetry => &agent_host::AGENT_WAITING_TO_RETRY,
        FindingId::SessionEndpointUnreachable => &network::SESSION_ENDPOINT_UNREACHABLE,
        FindingId::SessionKmsDenied => &permission::SESSION_KMS_DENIED,
        FindingId::SessionLogPermissionMissing => &permission::SESSION_LOG_PERMISSION_MISSING,
        FindingId::SessionLogNotReady => &permission::SESSION_LOG_NOT_READY,
        FindingId::RunasUserMissing => &agent_host::RUNAS_USER_MISSING,
        FindingId::ServiceUnavailable => &network::SERVICE_UNAVAILABLE,
        FindingId::StaticKeysPresent => &profile::STATIC_KEYS_PRESENT,
        FindingId::DhmcShadowed => &selection::DHMC_SHADOWED,
        FindingId::HybridRoleReplaced => &hybrid::HYBRID_ROLE_REPLACED,
        FindingId::SessionLogUploadDenied => &permission::SESSION_LOG_UPLOAD_DENIED,
        FindingId::ExecAgentConflict => &agent_host::EXEC_AGENT_CONFLICT,
        FindingId::AgentDuplicateInstall => &agent_host::AGENT_DUPLICATE_INSTALL,
        FindingId::AgentVersionNotable => &agent_host::AGENT_VERSION_NOTABLE,
        FindingId::NotPrivileged => &agent_host::NOT_PRIVILEGED,
        FindingId::DhmcNotTried => &selection::DHMC_NOT_TRIED,
        FindingId::OptionalPermissionMissing => &permission::OPTIONAL_PERMISSION_MISSING,
        FindingId::HybridTierNotVisible => &hybrid::HYBRID_TIER_NOT_VISIBLE,
        FindingId::SharedProfileManagedByAgent => &hybrid::SHARED_PROFILE_MANAGED_BY_AGENT,
        FindingId::AgentEvidenceStale => &agent_host::AGENT_EVIDENCE_STALE,
        FindingId::HostIsFine => &agent_host::HOST_IS_FINE,
    }
}
