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

    /// Its row in the catalogue.
    #[must_use]
    #[expect(clippy::too_many_lines, reason = "a table")]
    pub fn row(self) -> &'static FindingRow {
        match self {
            Self::AgentConfigInvalid => &agent_host::AGENT_CONFIG_INVALID,
            Self::IdentityOrderExcludesHost => &selection::IDENTITY_ORDER_EXCLUDES_HOST,
            Self::HybridRegistrationLeftover => &hybrid::HYBRID_REGISTRATION_LEFTOVER,
            Self::ImdsDisabled => &imds::IMDS_DISABLED,
            Self::ImdsHopLimit => &imds::IMDS_HOP_LIMIT,
            Self::ImdsProxied => &imds::IMDS_PROXIED,
            Self::ImdsBlocked => &imds::IMDS_BLOCKED,
            Self::ImdsAgentTooOld => &imds::IMDS_AGENT_TOO_OLD,
            Self::ImdsForeign => &imds::IMDS_FOREIGN,
            Self::HybridActivationRefused => &hybrid::HYBRID_ACTIVATION_REFUSED,
            Self::NotRegistered => &selection::NOT_REGISTERED,
            Self::AgentNotInstalled => &agent_host::AGENT_NOT_INSTALLED,
            Self::DiskFull => &agent_host::DISK_FULL,
            Self::RootReadOnly => &agent_host::ROOT_READ_ONLY,
            Self::InotifyExhausted => &agent_host::INOTIFY_EXHAUSTED,
            Self::ExecutionBlocked => &agent_host::EXECUTION_BLOCKED,
            Self::AgentStateCorrupt => &agent_host::AGENT_STATE_CORRUPT,
            Self::AgentNotRunning => &agent_host::AGENT_NOT_RUNNING,
            Self::DnsFailure => &network::DNS_FAILURE,
            Self::NoRouteToEndpoints => &network::NO_ROUTE_TO_ENDPOINTS,
            Self::PrivateDnsOff => &network::PRIVATE_DNS_OFF,
            Self::EndpointMissing => &network::ENDPOINT_MISSING,
            Self::EndpointRefuses => &network::ENDPOINT_REFUSES,
            Self::ProxyNotInService => &network::PROXY_NOT_IN_SERVICE,
            Self::ProxyRefuses => &network::PROXY_REFUSES,
            Self::TlsIntercepted => &network::TLS_INTERCEPTED,
            Self::TlsCut => &network::TLS_CUT,
            Self::CaBundleMissing => &network::CA_BUNDLE_MISSING,
            Self::CertificateInvalid => &network::CERTIFICATE_INVALID,
            Self::EndpointOverrideWrong => &network::ENDPOINT_OVERRIDE_WRONG,
            Self::ClockSkew => &network::CLOCK_SKEW,
            Self::WebsocketBlocked => &network::WEBSOCKET_BLOCKED,
            Self::ProfileEmpty => &profile::PROFILE_EMPTY,
            Self::ProfileNotFound => &profile::PROFILE_NOT_FOUND,
            Self::RoleTrustWrong => &profile::ROLE_TRUST_WRONG,
            Self::InstanceCredentialsExpired => &profile::INSTANCE_CREDENTIALS_EXPIRED,
            Self::HybridFingerprintChanged => &hybrid::HYBRID_FINGERPRINT_CHANGED,
            Self::HybridDeregistered => &hybrid::HYBRID_DEREGISTERED,
            Self::HybridRoleUnusable => &hybrid::HYBRID_ROLE_UNUSABLE,
            Self::DeniedByServiceControlPolicy => &permission::DENIED_BY_SERVICE_CONTROL_POLICY,
            Self::DeniedByResourceControlPolicy => &permission::DENIED_BY_RESOURCE_CONTROL_POLICY,
            Self::DeniedByEndpointPolicy => &permission::DENIED_BY_ENDPOINT_POLICY,
            Self::DeniedByPermissionsBoundary => &permission::DENIED_BY_PERMISSIONS_BOUNDARY,
            Self::DeniedBySessionPolicy => &permission::DENIED_BY_SESSION_POLICY,
            Self::DeniedExplicitly => &permission::DENIED_EXPLICITLY,
            Self::RegistrationPermissionMissing => &permission::REGISTRATION_PERMISSION_MISSING,
            Self::SessionPermissionMissing => &permission::SESSION_PERMISSION_MISSING,
            Self::NoPermissionPath => &selection::NO_PERMISSION_PATH,
            Self::DhmcAgentTooOld => &selection::DHMC_AGENT_TOO_OLD,
            Self::DhmcIdentityRoleUnreadable => &selection::DHMC_IDENTITY_ROLE_UNREADABLE,
            Self::Ec2RegistrationMissing => &selection::EC2_REGISTRATION_MISSING,
            Self::DhmcNotEnabled => &selection::DHMC_NOT_ENABLED,
            Self::AgentWaitingToRetry => &agent_host::AGENT_WAITING_TO_RETRY,
            Self::SessionEndpointUnreachable => &network::SESSION_ENDPOINT_UNREACHABLE,
            Self::SessionKmsDenied => &permission::SESSION_KMS_DENIED,
            Self::SessionLogPermissionMissing => &permission::SESSION_LOG_PERMISSION_MISSING,
            Self::RunasUserMissing => &agent_host::RUNAS_USER_MISSING,
            Self::ServiceUnavailable => &network::SERVICE_UNAVAILABLE,
            Self::StaticKeysPresent => &profile::STATIC_KEYS_PRESENT,
            Self::DhmcShadowed => &selection::DHMC_SHADOWED,
            Self::HybridRoleReplaced => &hybrid::HYBRID_ROLE_REPLACED,
            Self::SessionLogUploadDenied => &permission::SESSION_LOG_UPLOAD_DENIED,
            Self::ExecAgentConflict => &agent_host::EXEC_AGENT_CONFLICT,
            Self::AgentDuplicateInstall => &agent_host::AGENT_DUPLICATE_INSTALL,
            Self::AgentVersionNotable => &agent_host::AGENT_VERSION_NOTABLE,
            Self::NotPrivileged => &agent_host::NOT_PRIVILEGED,
            Self::DhmcNotTried => &selection::DHMC_NOT_TRIED,
            Self::OptionalPermissionMissing => &permission::OPTIONAL_PERMISSION_MISSING,
            Self::HybridTierNotVisible => &hybrid::HYBRID_TIER_NOT_VISIBLE,
            Self::SharedProfileManagedByAgent => &hybrid::SHARED_PROFILE_MANAGED_BY_AGENT,
            Self::AgentEvidenceStale => &agent_host::AGENT_EVIDENCE_STALE,
            Self::HostIsFine => &agent_host::HOST_IS_FINE,
        }
    }
}
