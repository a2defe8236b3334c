//! Observations of files alone: a mounted root volume, or the agent's log.
//!
//! An edge without questions: neither IMDS nor AWS is asked, and the observations say so.

use super::{begin, plan};
use crate::host;
use crate::observations::{
    AgentLog, CallRecord, Fetched, Host, Imds, Observations, Outcome, ProbeLevel, Reading,
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
        privileged: true,
        shell_region: None,
        host,
        imds: Imds::not_asked(WHY),
        task_metadata: Fetched::not_asked(WHY),
        offline: true,
        ..begin::nothing_seen(world, &ProbeLevel::Passive.into())
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
