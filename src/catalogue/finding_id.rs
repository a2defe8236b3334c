//! The ids of every conclusion, in the order in which one can be the cause of the next.
//!
//! What stands nearer to the host comes first, so the first error in this order is the first
//! cause. An id is public: never renamed, never reused. What each one means is in `findings.rs`.

use serde::{Deserialize, Serialize};

/// One conclusion of the catalogue.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FindingId {
    /// `agent-config-invalid`.
    AgentConfigInvalid,
    /// `identity-order-excludes-host`.
    IdentityOrderExcludesHost,
    /// `hybrid-registration-leftover`.
    HybridRegistrationLeftover,
    /// `imds-disabled`.
    ImdsDisabled,
    /// `imds-hop-limit`.
    ImdsHopLimit,
    /// `imds-proxied`.
    ImdsProxied,
    /// `imds-blocked`.
    ImdsBlocked,
    /// `imds-agent-too-old`.
    ImdsAgentTooOld,
    /// `imds-foreign`.
    ImdsForeign,
    /// `hybrid-activation-refused`.
    HybridActivationRefused,
    /// `not-registered`.
    NotRegistered,
    /// `agent-not-installed`.
    AgentNotInstalled,
    /// `disk-full`.
    DiskFull,
    /// `root-read-only`.
    RootReadOnly,
    /// `inotify-exhausted`.
    InotifyExhausted,
    /// `execution-blocked`.
    ExecutionBlocked,
    /// `agent-state-corrupt`.
    AgentStateCorrupt,
    /// `agent-not-running`.
    AgentNotRunning,
    /// `dns-failure`.
    DnsFailure,
    /// `no-route-to-endpoints`.
    NoRouteToEndpoints,
    /// `private-dns-off`.
    PrivateDnsOff,
    /// `endpoint-missing`.
    EndpointMissing,
    /// `endpoint-refuses`.
    EndpointRefuses,
    /// `proxy-not-in-service`.
    ProxyNotInService,
    /// `proxy-refuses`.
    ProxyRefuses,
    /// `tls-intercepted`.
    TlsIntercepted,
    /// `tls-cut`.
    TlsCut,
    /// `ca-bundle-missing`.
    CaBundleMissing,
    /// `certificate-invalid`.
    CertificateInvalid,
    /// `endpoint-override-wrong`.
    EndpointOverrideWrong,
    /// `clock-skew`.
    ClockSkew,
    /// `websocket-blocked`.
    WebsocketBlocked,
    /// `profile-empty`.
    ProfileEmpty,
    /// `profile-not-found`.
    ProfileNotFound,
    /// `role-trust-wrong`.
    RoleTrustWrong,
    /// `instance-credentials-expired`.
    InstanceCredentialsExpired,
    /// `hybrid-fingerprint-changed`.
    HybridFingerprintChanged,
    /// `hybrid-deregistered`.
    HybridDeregistered,
    /// `hybrid-role-unusable`.
    HybridRoleUnusable,
    /// `denied-by-service-control-policy`.
    DeniedByServiceControlPolicy,
    /// `denied-by-resource-control-policy`.
    DeniedByResourceControlPolicy,
    /// `denied-by-endpoint-policy`.
    DeniedByEndpointPolicy,
    /// `denied-by-permissions-boundary`.
    DeniedByPermissionsBoundary,
    /// `denied-by-session-policy`.
    DeniedBySessionPolicy,
    /// `denied-explicitly`.
    DeniedExplicitly,
    /// `registration-permission-missing`.
    RegistrationPermissionMissing,
    /// `session-permission-missing`.
    SessionPermissionMissing,
    /// `no-permission-path`.
    NoPermissionPath,
    /// `dhmc-agent-too-old`.
    DhmcAgentTooOld,
    /// `dhmc-identity-role-unreadable`.
    DhmcIdentityRoleUnreadable,
    /// `ec2-registration-missing`.
    Ec2RegistrationMissing,
    /// `dhmc-not-enabled`.
    DhmcNotEnabled,
    /// `agent-waiting-to-retry`.
    AgentWaitingToRetry,
    /// `session-endpoint-unreachable`.
    SessionEndpointUnreachable,
    /// `session-kms-denied`.
    SessionKmsDenied,
    /// `session-log-permission-missing`.
    SessionLogPermissionMissing,
    /// `session-log-not-ready`.
    SessionLogNotReady,
    /// `runas-user-missing`.
    RunasUserMissing,
    /// `service-unavailable`.
    ServiceUnavailable,
    /// `static-keys-present`.
    StaticKeysPresent,
    /// `dhmc-shadowed`.
    DhmcShadowed,
    /// `hybrid-role-replaced`.
    HybridRoleReplaced,
    /// `session-log-upload-denied`.
    SessionLogUploadDenied,
    /// `exec-agent-conflict`.
    ExecAgentConflict,
    /// `agent-duplicate-install`.
    AgentDuplicateInstall,
    /// `agent-version-notable`.
    AgentVersionNotable,
    /// `not-privileged`.
    NotPrivileged,
    /// `dhmc-not-tried`.
    DhmcNotTried,
    /// `optional-permission-missing`.
    OptionalPermissionMissing,
    /// `hybrid-tier-not-visible`.
    HybridTierNotVisible,
    /// `shared-profile-managed-by-agent`.
    SharedProfileManagedByAgent,
    /// `agent-evidence-stale`.
    AgentEvidenceStale,
    /// `host-is-fine`.
    HostIsFine,
}

impl FindingId {
    /// Every id, the nearest to the host first.
    pub const ALL: [Self; 73] = [
        Self::AgentConfigInvalid,
        Self::IdentityOrderExcludesHost,
        Self::HybridRegistrationLeftover,
        Self::ImdsDisabled,
        Self::ImdsHopLimit,
        Self::ImdsProxied,
        Self::ImdsBlocked,
        Self::ImdsAgentTooOld,
        Self::ImdsForeign,
        Self::HybridActivationRefused,
        Self::NotRegistered,
        Self::AgentNotInstalled,
        Self::DiskFull,
        Self::RootReadOnly,
        Self::InotifyExhausted,
        Self::ExecutionBlocked,
        Self::AgentStateCorrupt,
        Self::AgentNotRunning,
        Self::DnsFailure,
        Self::NoRouteToEndpoints,
        Self::PrivateDnsOff,
        Self::EndpointMissing,
        Self::EndpointRefuses,
        Self::ProxyNotInService,
        Self::ProxyRefuses,
        Self::TlsIntercepted,
        Self::TlsCut,
        Self::CaBundleMissing,
        Self::CertificateInvalid,
        Self::EndpointOverrideWrong,
        Self::ClockSkew,
        Self::WebsocketBlocked,
        Self::ProfileEmpty,
        Self::ProfileNotFound,
        Self::RoleTrustWrong,
        Self::InstanceCredentialsExpired,
        Self::HybridFingerprintChanged,
        Self::HybridDeregistered,
        Self::HybridRoleUnusable,
        Self::DeniedByServiceControlPolicy,
        Self::DeniedByResourceControlPolicy,
        Self::DeniedByEndpointPolicy,
        Self::DeniedByPermissionsBoundary,
        Self::DeniedBySessionPolicy,
        Self::DeniedExplicitly,
        Self::RegistrationPermissionMissing,
        Self::SessionPermissionMissing,
        Self::NoPermissionPath,
        Self::DhmcAgentTooOld,
        Self::DhmcIdentityRoleUnreadable,
        Self::Ec2RegistrationMissing,
        Self::DhmcNotEnabled,
        Self::AgentWaitingToRetry,
        Self::SessionEndpointUnreachable,
        Self::SessionKmsDenied,
        Self::SessionLogPermissionMissing,
        Self::SessionLogNotReady,
        Self::RunasUserMissing,
        Self::ServiceUnavailable,
        Self::StaticKeysPresent,
        Self::DhmcShadowed,
        Self::HybridRoleReplaced,
        Self::SessionLogUploadDenied,
        Self::ExecAgentConflict,
        Self::AgentDuplicateInstall,
        Self::AgentVersionNotable,
        Self::NotPrivileged,
        Self::DhmcNotTried,
        Self::OptionalPermissionMissing,
        Self::HybridTierNotVisible,
        Self::SharedProfileManagedByAgent,
        Self::AgentEvidenceStale,
        Self::HostIsFine,
    ];

    /// The public id.
    #[must_use]
    #[expect(clippy::too_many_lines, reason = "a table")]
    pub fn id(self) -> &'static str {
        match self {
            Self::AgentConfigInvalid => "agent-config-invalid",
            Self::IdentityOrderExcludesHost => "identity-order-excludes-host",
            Self::HybridRegistrationLeftover => "hybrid-registration-leftover",
            Self::ImdsDisabled => "imds-disabled",
            Self::ImdsHopLimit => "imds-hop-limit",
            Self::ImdsProxied => "imds-proxied",
            Self::ImdsBlocked => "imds-blocked",
            Self::ImdsAgentTooOld => "imds-agent-too-old",
            Self::ImdsForeign => "imds-foreign",
            Self::HybridActivationRefused => "hybrid-activation-refused",
            Self::NotRegistered => "not-registered",
            Self::AgentNotInstalled => "agent-not-installed",
            Self::DiskFull => "disk-full",
            Self::RootReadOnly => "root-read-only",
            Self::InotifyExhausted => "inotify-exhausted",
            Self::ExecutionBlocked => "execution-blocked",
            Self::AgentStateCorrupt => "agent-state-corrupt",
            Self::AgentNotRunning => "agent-not-running",
            Self::DnsFailure => "dns-failure",
            Self::NoRouteToEndpoints => "no-route-to-endpoints",
            Self::PrivateDnsOff => "private-dns-off",
            Self::EndpointMissing => "endpoint-missing",
            Self::EndpointRefuses => "endpoint-refuses",
            Self::ProxyNotInService => "proxy-not-in-service",
            Self::ProxyRefuses => "proxy-refuses",
            Self::TlsIntercepted => "tls-intercepted",
            Self::TlsCut => "tls-cut",
            Self::CaBundleMissing => "ca-bundle-missing",
            Self::CertificateInvalid => "certificate-invalid",
            Self::EndpointOverrideWrong => "endpoint-override-wrong",
            Self::ClockSkew => "clock-skew",
            Self::WebsocketBlocked => "websocket-blocked",
            Self::ProfileEmpty => "profile-empty",
            Self::ProfileNotFound => "profile-not-found",
            Self::RoleTrustWrong => "role-trust-wrong",
            Self::InstanceCredentialsExpired => "instance-credentials-expired",
            Self::HybridFingerprintChanged => "hybrid-fingerprint-changed",
            Self::HybridDeregistered => "hybrid-deregistered",
            Self::HybridRoleUnusable => "hybrid-role-unusable",
            Self::DeniedByServiceControlPolicy => "denied-by-service-control-policy",
            Self::DeniedByResourceControlPolicy => "denied-by-resource-control-policy",
            Self::DeniedByEndpointPolicy => "denied-by-endpoint-policy",
            Self::DeniedByPermissionsBoundary => "denied-by-permissions-boundary",
            Self::DeniedBySessionPolicy => "denied-by-session-policy",
            Self::DeniedExplicitly => "denied-explicitly",
            Self::RegistrationPermissionMissing => "registration-permission-missing",
            Self::SessionPermissionMissing => "session-permission-missing",
            Self::NoPermissionPath => "no-permission-path",
            Self::DhmcAgentTooOld => "dhmc-agent-too-old",
            Self::DhmcIdentityRoleUnreadable => "dhmc-identity-role-unreadable",
            Self::Ec2RegistrationMissing => "ec2-registration-missing",
            Self::DhmcNotEnabled => "dhmc-not-enabled",
            Self::AgentWaitingToRetry => "agent-waiting-to-retry",
            Self::SessionEndpointUnreachable => "session-endpoint-unreachable",
            Self::SessionKmsDenied => "session-kms-denied",
            Self::SessionLogPermissionMissing => "session-log-permission-missing",
            Self::SessionLogNotReady => "session-log-not-ready",
            Self::RunasUserMissing => "runas-user-missing",
            Self::ServiceUnavailable => "service-unavailable",
            Self::StaticKeysPresent => "static-keys-present",
            Self::DhmcShadowed => "dhmc-shadowed",
            Self::HybridRoleReplaced => "hybrid-role-replaced",
            Self::SessionLogUploadDenied => "session-log-upload-denied",
            Self::ExecAgentConflict => "exec-agent-conflict",
            Self::AgentDuplicateInstall => "agent-duplicate-install",
            Self::AgentVersionNotable => "agent-version-notable",
            Self::NotPrivileged => "not-privileged",
            Self::DhmcNotTried => "dhmc-not-tried",
            Self::OptionalPermissionMissing => "optional-permission-missing",
            Self::HybridTierNotVisible => "hybrid-tier-not-visible",
            Self::SharedProfileManagedByAgent => "shared-profile-managed-by-agent",
            Self::AgentEvidenceStale => "agent-evidence-stale",
            Self::HostIsFine => "host-is-fine",
        }
    }
}
