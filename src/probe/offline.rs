//! Observations of files alone: a mounted root volume, or the agent's log.
//!
//! An edge without questions: neither IMDS nor AWS is asked, and the observations say so.

use std::collections::BTreeMap;

use super::plan;
use crate::host;
use crate::observations::{
    AgentLog, CallRecord, Fetched, Host, Imds, Network, Observations, Outcome, ProbeLevel, Reading,
    SCHEMA, Sessions,
};
use crate::world::World;

const WHY: &str = "only files were looked at";

/// What the files below the world's root say.
#[must_use]
pub fn root(world: &World) -> Observations {
    let (host, _secrets) = host::collect(world);
    Observations {
        privileged: host::is_privileged(),
        ..files(world, host)
    }
}

/// What an agent's log says on its own.
#[must_use]
pub fn log(world: &World, log: Reading<AgentLog>) -> Observations {
    let host = Host {
        agent_log: log,
        arch: String::new(),
        ..Host::not_read("only the agent's log was given")
    };
    files(world, host)
}

fn files(world: &World, host: Host) -> Observations {
    let at = world.clock.now();
    let mut seen = Observations {
        schema: SCHEMA.to_owned(),
        tool_version: env!("CARGO_PKG_VERSION").to_owned(),
        started_at: at,
        elapsed_ms: 0,
        probe_level: ProbeLevel::Passive,
        privileged: true,
        shell_region: None,
        host,
        imds: Imds::not_asked(WHY),
        task_metadata: Fetched::not_asked(WHY),
        credentials: BTreeMap::new(),
        calls: BTreeMap::new(),
        network: Network::default(),
        sessions: Sessions::default(),
        offline: true,
        cut_short: false,
    };
    for (call, why) in plan::left_out(&seen) {
        let record = CallRecord {
            path: None,
            endpoint: None,
            outcome: Outcome::NotAsked { why },
            at,
            elapsed_ms: 0,
        };
        seen.calls.insert(call, record);
    }
    seen
}
