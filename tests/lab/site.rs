//! Where a lab's servers stand: loopback with free ports, or real addresses in a network
//! namespace of the test's own.

use std::collections::BTreeMap;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::time::Duration;

/// The place of the servers.
#[derive(Debug, Clone, Default)]
pub(crate) struct Site {
    /// The namespace that the servers' thread enters.
    pub(crate) namespace: Option<PathBuf>,
    /// Addresses by server; any other stands on loopback with a free port.
    pub(crate) addresses: BTreeMap<&'static str, SocketAddr>,
    /// How long a packet is under way.
    pub(crate) delay: Duration,
}

impl Site {
    /// Loopback, free ports.
    pub(crate) fn loopback() -> Self {
        Self::default()
    }

    /// Loopback, where every packet is under way for a while and every name is asked for.
    pub(crate) fn far(delay: Duration) -> Self {
        Self {
            delay,
            ..Self::default()
        }
    }

    /// Whether names, ports and addresses are the real ones, so that the program needs no
    /// environment to find them.
    pub(crate) fn is_real(&self) -> bool {
        self.namespace.is_some()
    }

    /// Where a server shall listen.
    pub(crate) fn address(&self, server: &str) -> SocketAddr {
        let free = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
        self.addresses.get(server).copied().unwrap_or(free)
    }

    /// Moves this thread, and what it opens from now on, to the place.
    pub(crate) fn enter(&self) {
        let Some(path) = &self.namespace else {
            return;
        };
        let namespace = std::fs::File::open(path).expect("the namespace is there");
        rustix::thread::move_into_link_name_space(
            std::os::fd::AsFd::as_fd(&namespace),
            Some(rustix::thread::LinkNameSpaceType::Network),
        )
        .expect("root may enter a namespace");
    }
}
