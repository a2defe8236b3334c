//! What the host gives the agent to live on. Each part reads a few small files, within a bound.
//!
//! Looks only. Without root's rights most of it is `Forbidden`, which is an answer.

mod audit;
mod descriptors;
mod inotify;
mod memory;
mod properties;
mod sockets;
mod space;
pub(super) mod unit;

use std::collections::BTreeMap;

use super::file;
use super::layout::Layout;
use super::machine;
use super::process;
use super::users;
use crate::observations::{
    AgentLog, AgentProcess, EventKind, Health, Install, ProcessRole, Reading,
};
use crate::world::World;

/// What the rest of the host's facts say that is needed here.
pub(super) struct Known<'a> {
    pub(super) layout: &'a Layout,
    pub(super) installs: &'a [Install],
    pub(super) processes: &'a Reading<Vec<AgentProcess>>,
    pub(super) log: &'a Reading<AgentLog>,
}

/// Looks at everything.
pub(super) fn read(world: &World, known: &Known<'_>) -> Health {
    Health {
        folders: space::read(world, known.layout, known.installs),
        inotify: inotify::read(world),
        units: unit::read(world, known.installs),
        sockets: sockets::read(world, known.processes),
        descriptors: descriptors::read(world, known.processes),
        memory: memory::read(world),
        properties: properties::read(world),
        machine_id: machine::machine_id(world).map(|id| is_machine_id(&id)),
        denials: audit::read(world),
        selinux_enforcing: file::read_value(world, "/sys/fs/selinux/enforce")
            .map(|value| value != "0"),
        session_users: session_users(world, known.log),
        cores_in_containers: process::cores_elsewhere(world),
    }
}

/// Core and worker: the processes whose connections and descriptors matter.
fn lasting(processes: &[AgentProcess]) -> impl Iterator<Item = &AgentProcess> {
    processes
        .iter()
        .filter(|process| matches!(process.role, ProcessRole::Core | ProcessRole::Worker))
}

/// Source: `machine-id(5)`: 32 lower-case hexadecimal digits and a line end.
fn is_machine_id(text: &str) -> bool {
    let id = text.trim_end();
    id.len() == 32 && id.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// Whether the users that sessions are about exist.
fn session_users(world: &World, log: &Reading<AgentLog>) -> Reading<BTreeMap<String, bool>> {
    let refused = log
        .value()
        .and_then(|log| log.last(EventKind::RunAsUserMissing))
        .and_then(|event| event.subject.as_deref());
    users::exist(world, ["ssm-user"].into_iter().chain(refused))
}

#[cfg(test)]
#[path = "tests.rs"]
mod tests;
