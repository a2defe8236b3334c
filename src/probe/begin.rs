//! The observations of a run before anything is seen.

use std::collections::BTreeMap;

use super::wishes::Wishes;
use crate::host;
use crate::observations::{
    AccountView, Fetched, Host, Imds, Network, Observations, OperatorProfile, SCHEMA, Sessions,
};
use crate::world::World;

/// Nothing seen yet; whatever is never reached stays as it is here.
pub(super) fn nothing_seen(world: &World, wishes: &Wishes) -> Observations {
    let region = world
        .env
        .get("AWS_REGION")
        .or_else(|| world.env.get("AWS_DEFAULT_REGION"));
    Observations {
        schema: SCHEMA.to_owned(),
        tool_version: env!("CARGO_PKG_VERSION").to_owned(),
        started_at: world.clock.now(),
        elapsed_ms: 0,
        probe_level: wishes.level,
        privileged: host::is_privileged(),
        shell_region: region.map(str::to_owned),
        host: Host::not_read("the time was up before the host's files were read"),
        imds: Imds::not_asked("it has not answered yet"),
        task_metadata: Fetched::not_asked("no ECS variable is set"),
        credentials: BTreeMap::new(),
        calls: BTreeMap::new(),
        sessions: Sessions {
            given: wishes.session.clone(),
            ..Sessions::default()
        },
        account: AccountView {
            operator: wishes
                .operator_profile
                .as_ref()
                .map(|name| OperatorProfile {
                    name: name.clone(),
                    source: String::new(),
                    problem: Some("the time was up before it was read".to_owned()),
                }),
            ..AccountView::default()
        },
        network: Network::default(),
        offline: false,
        cut_short: false,
    }
}
