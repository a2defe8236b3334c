//! What to do about each conclusion, filled with the names of this host.
//!
//! Pure: from a finding's id and its subject to texts that can be pasted. Names come from the
//! host and from answers, so only those that fit their grammar are ever put into a command.

mod agent_host;
mod execution;
mod hybrid;
mod imds;
mod names;
mod network;
mod permission;
mod profile;
mod selection;
mod session;
mod text;

use super::{FindingId, Subject};
use crate::report::model::Remedy;
use names::Names;

/// Every way to mend a finding, the best first; what must follow any of them comes last.
#[must_use]
pub fn remedies(id: FindingId, subject: &Subject) -> Vec<Remedy> {
    let names = Names::new(subject);
    ways(id, &names)
        .into_iter()
        .map(text::name_blanks)
        .collect()
}

#[expect(clippy::too_many_lines, reason = "a table")]
fn ways(id: FindingId, names: &Names) -> Vec<Remedy> {
    match id {
        FindingId::AgentConfigInvalid => agent_host::config_invalid(names),
        FindingId::IdentityOrderExcludesHost => selection::identity_order(names),
        FindingId::HybridRegistrationLeftover => hybrid::leftover(names),
        FindingId::ImdsDisabled => imds::disabled(names),
        FindingId::ImdsHopLimit => imds::hop_limit(names),
        FindingId::ImdsProxied => imds::proxied(names),
        FindingId::ImdsBlocked => imds::blocked(names),
        FindingId::ImdsAgentTooOld => vec![agent_host::update(names), agent_host::restart(names)],
        FindingId::ImdsForeign => imds::foreign(),
        FindingId::HybridActivationRefused
        | FindingId::NotRegistered
        | FindingId::HybridDeregistered => vec![hybrid::register(names)],
        FindingId::AgentNotInstalled => agent_host::install(names),
        FindingId::DiskFull => agent_host::disk_full(names),
        FindingId::RootReadOnly => agent_host::root_read_only(names),
        FindingId::InotifyExhausted => agent_host::inotify(names),
        FindingId::ExecutionBlocked => execution::blocked(names),
        FindingId::AgentStateCorrupt => agent_host::state_corrupt(names),
        FindingId::AgentNotRunning => agent_host::start(names),
        FindingId::DnsFailure => network::dns(names),
        FindingId::NoRouteToEndpoints => network::no_route(names),
        FindingId::PrivateDnsOff => network::private_dns(names),
        FindingId::EndpointMissing => network::endpoint_missing(names),
        FindingId::EndpointRefuses => network::endpoint_refuses(names),
        FindingId::ProxyNotInService => network::proxy_not_in_service(names),
        FindingId::ProxyRefuses => network::proxy_refuses(names),
        FindingId::TlsIntercepted => network::tls_intercepted(names),
        FindingId::TlsCut => network::tls_cut(names),
        FindingId::CaBundleMissing => network::ca_bundle(names),
        FindingId::CertificateInvalid => network::certificate(names),
        FindingId::EndpointOverrideWrong => network::endpoint_override(names),
        FindingId::ClockSkew => network::clock(names),
        FindingId::WebsocketBlocked => network::websocket(names),
        FindingId::ProfileEmpty => profile::empty(names),
        FindingId::ProfileNotFound => profile::not_found(names),
        FindingId::RoleTrustWrong => profile::trust_wrong(names),
        FindingId::InstanceCredentialsExpired => profile::credentials_expired(names),
        FindingId::HybridFingerprintChanged => hybrid::fingerprint(names),
        FindingId::HybridRoleUnusable => hybrid::role_unusable(names),
        FindingId::DeniedByServiceControlPolicy => permission::service_control_policy(names),
        FindingId::DeniedByResourceControlPolicy => permission::resource_control_policy(names),
        FindingId::DeniedByEndpointPolicy => permission::endpoint_policy(names),
        FindingId::DeniedByPermissionsBoundary => permission::boundary(names),
        FindingId::DeniedBySessionPolicy => permission::session_policy(names),
        FindingId::DeniedExplicitly => permission::explicit(names),
        FindingId::RegistrationPermissionMissing => permission::registration(names),
        FindingId::SessionPermissionMissing => permission::session(names),
        FindingId::NoPermissionPath => selection::no_path(names),
        FindingId::DhmcAgentTooOld => selection::agent_too_old(names),
        FindingId::DhmcIdentityRoleUnreadable => imds::identity_role(names),
        FindingId::Ec2RegistrationMissing => selection::registration_missing(names),
        FindingId::DhmcNotEnabled => selection::dhmc_not_enabled(names),
        FindingId::AgentWaitingToRetry | FindingId::AgentEvidenceStale => {
            vec![agent_host::restart_now(names)]
        }
        FindingId::SessionEndpointUnreachable => network::session_endpoint(names),
        FindingId::SessionKmsDenied => session::key(names),
        FindingId::SessionLogPermissionMissing => session::log(names),
        FindingId::SessionLogNotReady => session::log_not_ready(names),
        FindingId::RunasUserMissing => agent_host::runas_user(names),
        FindingId::ServiceUnavailable => network::service_unavailable(),
        FindingId::StaticKeysPresent => profile::static_keys(names),
        FindingId::DhmcShadowed => selection::shadowed(names),
        FindingId::HybridRoleReplaced => hybrid::role_replaced(names),
        FindingId::SessionLogUploadDenied => session::log_upload(names),
        FindingId::ExecAgentConflict => agent_host::exec_conflict(),
        FindingId::AgentDuplicateInstall => agent_host::duplicate(names),
        FindingId::AgentVersionNotable => agent_host::version_notable(names),
        FindingId::NotPrivileged => agent_host::not_privileged(),
        FindingId::DhmcNotTried => Vec::new(),
        FindingId::OptionalPermissionMissing => permission::optional(names),
        FindingId::HybridTierNotVisible => hybrid::tier(names),
        FindingId::SharedProfileManagedByAgent => hybrid::shared_profile(names),
        FindingId::HostIsFine => selection::client_side(names),
    }
}
