//! The report's two summaries: the host and the agent on it.

use super::case::Case;
use super::identity::Identity;
use super::view::Machine;
use crate::report::model::{AgentSummary, HostKind, HostSummary};

pub(super) fn host(case: &Case<'_>) -> HostSummary {
    let seen = &case.view.all.host;
    HostSummary {
        root: seen.root.clone(),
        kind: kind(case),
        instance_id: case.instance_id().map(str::to_owned),
        region: case.region().map(str::to_owned),
        account_id: case.account_id(),
        partition: case.partition(),
        os: seen.os.value().cloned(),
        arch: seen.arch.clone(),
    }
}

fn kind(case: &Case<'_>) -> HostKind {
    match (case.identity(), case.view.machine()) {
        (Some(Identity::Ecs), _) => HostKind::Ecs,
        (_, Machine::Ec2ByImds | Machine::Ec2ByFirmware) => HostKind::Ec2,
        (Some(Identity::OnPrem), _) => HostKind::Hybrid,
        (_, Machine::NotEc2) => HostKind::Other,
        (_, Machine::Unknown) => HostKind::Unknown,
    }
}

pub(super) fn agent(case: &Case<'_>) -> AgentSummary {
    let reading = &case.view.all.host.runtime_config;
    let state = reading.value();
    let age = reading
        .modified_at()
        .or_else(|| state.and_then(|state| state.credentials_retrieved_at))
        .map(|at| case.view.now().duration_since(at).as_secs());
    AgentSummary {
        installed: case.view.installed(),
        version: case.view.version().map(|version| version.to_string()),
        running: case.view.running(),
        identity: state.map(|state| state.identity_type.clone()),
        credential_source: state
            .map(|state| state.credential_source.clone())
            .filter(|source| !source.is_empty()),
        state_age_s: age,
        next_retry_at: super::waiting::next_retry(case),
    }
}
