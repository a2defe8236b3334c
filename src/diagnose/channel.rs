//! The agent's live control channel: the worker's established connection to `ssmmessages`.
//!
//! Pure. It proves that the agent opened the channel with the path it is on, whatever this run
//! could ask. Behind a proxy the other end is the proxy, and nothing is proved.

use std::net::SocketAddr;

use jiff::Timestamp;

use super::log_evidence;
use super::times;
use super::view::View;
use crate::observations::{AgentSocket, EventKind, ProcessRole, Service, SocketState};

/// A control channel that is up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LiveChannel {
    /// Its other end.
    pub remote: SocketAddr,
    /// Since when, by the log; else since when at the earliest, by the start of the worker.
    pub since: Option<Timestamp>,
    /// Whether the log tells since when.
    pub is_logged: bool,
}

impl LiveChannel {
    /// What it is and since when, in words.
    #[must_use]
    pub fn words(&self, now: Timestamp) -> String {
        let since = match self.since {
            None => String::new(),
            Some(at) if self.is_logged => {
                format!(", opened {} by its log", times::ago(now, at))
            }
            Some(at) => format!(", and the worker started {}", times::ago(now, at)),
        };
        format!(
            "the agent's own connection to ssmmessages ({}) is up{since}",
            self.remote
        )
    }
}

/// The live control channel, if one can be seen.
#[must_use]
pub fn live(view: View<'_>) -> Option<LiveChannel> {
    let sockets = view.all.host.health.sockets.value()?;
    let socket = sockets.iter().find(|one| is_channel(view, one))?;
    let started = worker_started(view, socket.pid);
    let opened = log_evidence::events(view)
        .iter()
        .rev()
        .find(|event| event.kind == EventKind::ControlChannelUp)
        .map(|event| event.at)
        .filter(|at| started.is_none_or(|started| *at >= started));
    Some(LiveChannel {
        remote: SocketAddr::new(socket.remote_address, socket.remote_port),
        since: opened.or(started),
        is_logged: opened.is_some(),
    })
}

fn is_channel(view: View<'_>, socket: &AgentSocket) -> bool {
    let Some(chain) = view.all.network.chains.get(&Service::Ssmmessages) else {
        return false;
    };
    let leads_there = chain
        .resolve
        .value()
        .is_some_and(|found| found.addresses.contains(&socket.remote_address));
    socket.role == ProcessRole::Worker
        && socket.state == SocketState::Established
        && chain.proxy.is_none()
        && chain.port == socket.remote_port
        && leads_there
}

fn worker_started(view: View<'_>, pid: i32) -> Option<Timestamp> {
    let processes = view.all.host.agent.processes.value()?;
    processes.iter().find(|one| one.pid == pid)?.started_at
}
