//! TEMP
use super::FindingId;
use crate::report::model::{Owner, Severity};
/// r
pub struct Row {
    /// s
    pub severity: Severity,
    /// o
    pub owner: Owner,
    /// t
    pub title: &'static str,
}
/// row
#[expect(clippy::too_many_lines, reason = "temporary")]
#[must_use]
pub fn row(id: FindingId) -> Row {
    match id {
        FindingId::NoPermissionPath => Row {
            severity: Severity::Error,
            owner: Owner::Account,
            title: "no-permission-path",
        },
        FindingId::NotRegistered => Row {
            severity: Severity::Error,
            owner: Owner::Host,
            title: "not-registered",
        },
        FindingId::DhmcNotEnabled => Row {
            severity: Severity::Error,
            owner: Owner::Account,
            title: "dhmc-not-enabled",
        },
        FindingId::DhmcAgentTooOld => Row {
            severity: Severity::Error,
            owner: Owner::Host,
            title: "dhmc-agent-too-old",
        },
        FindingId::DhmcIdentityRoleUnreadable => Row {
            severity: Severity::Error,
            owner: Owner::Host,
            title: "dhmc-identity-role-unreadable",
        },
        FindingId::Ec2RegistrationMissing => Row {
            severity: Severity::Error,
            owner: Owner::Host,
            title: "ec2-registration-missing",
        },
        FindingId::DhmcNotTried => Row {
            severity: Severity::Note,
            owner: Owner::Network,
            title: "dhmc-not-tried",
        },
        FindingId::DhmcShadowed => Row {
            severity: Severity::Warning,
            owner: Owner::Account,
            title: "dhmc-shadowed",
        },
        FindingId::IdentityOrderExcludesHost => Row {
            severity: Severity::Error,
            owner: Owner::Host,
            title: "identity-order-excludes-host",
        },
        FindingId::ProfileEmpty => Row {
            severity: Severity::Error,
            owner: Owner::Account,
            title: "profile-empty",
        },
        FindingId::ProfileNotFound => Row {
            severity: Severity::Error,
            owner: Owner::Account,
            title: "profile-not-found",
        },
        FindingId::RoleTrustWrong => Row {
            severity: Severity::Error,
            owner: Owner::Account,
            title: "role-trust-wrong",
        },
        FindingId::InstanceCredentialsExpired => Row {
            severity: Severity::Error,
            owner: Owner::Account,
            title: "instance-credentials-expired",
        },
        FindingId::StaticKeysPresent => Row {
            severity: Severity::Warning,
            owner: Owner::Host,
            title: "static-keys-present",
        },
        FindingId::RegistrationPermissionMissing => Row {
            severity: Severity::Error,
            owner: Owner::Account,
            title: "registration-permission-missing",
        },
        FindingId::SessionPermissionMissing => Row {
            severity: Severity::Error,
            owner: Owner::Account,
            title: "session-permission-missing",
        },
        FindingId::OptionalPermissionMissing => Row {
            severity: Severity::Note,
            owner: Owner::Account,
            title: "optional-permission-missing",
        },
        FindingId::DeniedByPermissionsBoundary => Row {
            severity: Severity::Error,
            owner: Owner::Account,
            title: "denied-by-permissions-boundary",
        },
        FindingId::DeniedByServiceControlPolicy => Row {
            severity: Severity::Error,
            owner: Owner::Organization,
            title: "denied-by-service-control-policy",
        },
        FindingId::DeniedByResourceControlPolicy => Row {
            severity: Severity::Error,
            owner: Owner::Organization,
            title: "denied-by-resource-control-policy",
        },
        FindingId::DeniedByEndpointPolicy => Row {
            severity: Severity::Error,
            owner: Owner::Network,
            title: "denied-by-endpoint-policy",
        },
        FindingId::DeniedBySessionPolicy => Row {
            severity: Severity::Error,
            owner: Owner::Account,
            title: "denied-by-session-policy",
        },
        FindingId::DeniedExplicitly => Row {
            severity: Severity::Error,
            owner: Owner::Account,
            title: "denied-explicitly",
        },
        FindingId::SessionKmsDenied => Row {
            severity: Severity::Error,
            owner: Owner::Account,
            title: "session-kms-denied",
        },
        FindingId::SessionLogPermissionMissing => Row {
            severity: Severity::Error,
            owner: Owner::Account,
            title: "session-log-permission-missing",
        },
        FindingId::SessionLogUploadDenied => Row {
            severity: Severity::Warning,
            owner: Owner::Account,
            title: "session-log-upload-denied",
        },
        FindingId::HybridRegistrationLeftover => Row {
            severity: Severity::Error,
            owner: Owner::Host,
            title: "hybrid-registration-leftover",
        },
        FindingId::HybridFingerprintChanged => Row {
            severity: Severity::Error,
            owner: Owner::Host,
            title: "hybrid-fingerprint-changed",
        },
        FindingId::HybridDeregistered => Row {
            severity: Severity::Error,
            owner: Owner::Account,
            title: "hybrid-deregistered",
        },
        FindingId::HybridActivationRefused => Row {
            severity: Severity::Error,
            owner: Owner::Account,
            title: "hybrid-activation-refused",
        },
        FindingId::HybridRoleUnusable => Row {
            severity: Severity::Error,
            owner: Owner::Account,
            title: "hybrid-role-unusable",
        },
        FindingId::HybridRoleReplaced => Row {
            severity: Severity::Warning,
            owner: Owner::Account,
            title: "hybrid-role-replaced",
        },
        FindingId::HybridTierNotVisible => Row {
            severity: Severity::Note,
            owner: Owner::Account,
            title: "hybrid-tier-not-visible",
        },
        FindingId::SharedProfileManagedByAgent => Row {
            severity: Severity::Note,
            owner: Owner::Host,
            title: "shared-profile-managed-by-agent",
        },
        FindingId::ImdsDisabled => Row {
            severity: Severity::Error,
            owner: Owner::Account,
            title: "imds-disabled",
        },
        FindingId::ImdsHopLimit => Row {
            severity: Severity::Error,
            owner: Owner::Account,
            title: "imds-hop-limit",
        },
        FindingId::ImdsBlocked => Row {
            severity: Severity::Error,
            owner: Owner::Host,
            title: "imds-blocked",
        },
        FindingId::ImdsProxied => Row {
            severity: Severity::Error,
            owner: Owner::Host,
            title: "imds-proxied",
        },
        FindingId::ImdsForeign => Row {
            severity: Severity::Warning,
            owner: Owner::Host,
            title: "imds-foreign",
        },
        FindingId::ImdsAgentTooOld => Row {
            severity: Severity::Error,
            owner: Owner::Host,
            title: "imds-agent-too-old",
        },
        FindingId::DnsFailure => Row {
            severity: Severity::Error,
            owner: Owner::Network,
            title: "dns-failure",
        },
        FindingId::NoRouteToEndpoints => Row {
            severity: Severity::Error,
            owner: Owner::Network,
            title: "no-route-to-endpoints",
        },
        FindingId::PrivateDnsOff => Row {
            severity: Severity::Error,
            owner: Owner::Network,
            title: "private-dns-off",
        },
        FindingId::EndpointMissing => Row {
            severity: Severity::Error,
            owner: Owner::Network,
            title: "endpoint-missing",
        },
        FindingId::EndpointRefuses => Row {
            severity: Severity::Error,
            owner: Owner::Network,
            title: "endpoint-refuses",
        },
        FindingId::TlsIntercepted => Row {
            severity: Severity::Error,
            owner: Owner::Network,
            title: "tls-intercepted",
        },
        FindingId::TlsCut => Row {
            severity: Severity::Error,
            owner: Owner::Network,
            title: "tls-cut",
        },
        FindingId::CaBundleMissing => Row {
            severity: Severity::Error,
            owner: Owner::Host,
            title: "ca-bundle-missing",
        },
        FindingId::CertificateInvalid => Row {
            severity: Severity::Error,
            owner: Owner::Network,
            title: "certificate-invalid",
        },
        FindingId::ProxyNotInService => Row {
            severity: Severity::Error,
            owner: Owner::Host,
            title: "proxy-not-in-service",
        },
        FindingId::ProxyRefuses => Row {
            severity: Severity::Error,
            owner: Owner::Network,
            title: "proxy-refuses",
        },
        FindingId::WebsocketBlocked => Row {
            severity: Severity::Error,
            owner: Owner::Network,
            title: "websocket-blocked",
        },
        FindingId::EndpointOverrideWrong => Row {
            severity: Severity::Error,
            owner: Owner::Host,
            title: "endpoint-override-wrong",
        },
        FindingId::ClockSkew => Row {
            severity: Severity::Error,
            owner: Owner::Host,
            title: "clock-skew",
        },
        FindingId::SessionEndpointUnreachable => Row {
            severity: Severity::Error,
            owner: Owner::Network,
            title: "session-endpoint-unreachable",
        },
        FindingId::ServiceUnavailable => Row {
            severity: Severity::Warning,
            owner: Owner::Account,
            title: "service-unavailable",
        },
        FindingId::AgentNotInstalled => Row {
            severity: Severity::Error,
            owner: Owner::Host,
            title: "agent-not-installed",
        },
        FindingId::AgentNotRunning => Row {
            severity: Severity::Error,
            owner: Owner::Host,
            title: "agent-not-running",
        },
        FindingId::AgentWaitingToRetry => Row {
            severity: Severity::Error,
            owner: Owner::Host,
            title: "agent-waiting-to-retry",
        },
        FindingId::AgentEvidenceStale => Row {
            severity: Severity::Note,
            owner: Owner::Host,
            title: "agent-evidence-stale",
        },
        FindingId::AgentDuplicateInstall => Row {
            severity: Severity::Warning,
            owner: Owner::Host,
            title: "agent-duplicate-install",
        },
        FindingId::AgentVersionNotable => Row {
            severity: Severity::Warning,
            owner: Owner::Host,
            title: "agent-version-notable",
        },
        FindingId::AgentStateCorrupt => Row {
            severity: Severity::Error,
            owner: Owner::Host,
            title: "agent-state-corrupt",
        },
        FindingId::AgentConfigInvalid => Row {
            severity: Severity::Error,
            owner: Owner::Host,
            title: "agent-config-invalid",
        },
        FindingId::DiskFull => Row {
            severity: Severity::Error,
            owner: Owner::Host,
            title: "disk-full",
        },
        FindingId::RootReadOnly => Row {
            severity: Severity::Error,
            owner: Owner::Host,
            title: "root-read-only",
        },
        FindingId::InotifyExhausted => Row {
            severity: Severity::Error,
            owner: Owner::Host,
            title: "inotify-exhausted",
        },
        FindingId::ExecutionBlocked => Row {
            severity: Severity::Error,
            owner: Owner::Host,
            title: "execution-blocked",
        },
        FindingId::RunasUserMissing => Row {
            severity: Severity::Error,
            owner: Owner::Host,
            title: "runas-user-missing",
        },
        FindingId::ExecAgentConflict => Row {
            severity: Severity::Warning,
            owner: Owner::Account,
            title: "exec-agent-conflict",
        },
        FindingId::HostIsFine => Row {
            severity: Severity::Note,
            owner: Owner::Client,
            title: "host-is-fine",
        },
        FindingId::NotPrivileged => Row {
            severity: Severity::Warning,
            owner: Owner::Host,
            title: "not-privileged",
        },
    }
}
