//! The walks to every endpoint, beside everything else that is asked.

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::time::Duration;

use super::endpoints::{self, ProxyWays};
use crate::aws::{endpoint, unsigned};
use crate::network::Stack;
use crate::network::chain::{self, Walk};
use crate::observations::{Network, Observations, Service};
use crate::world::Env;

/// Every walk of one run.
#[derive(Debug, Default)]
pub(super) struct Walks {
    by_service: BTreeMap<Service, Walk>,
}

/// Work to be done beside the rest; when it ends there is something new to take.
pub(super) type Work = std::pin::Pin<Box<dyn Future<Output = Gained> + Send>>;

/// What a piece of work brought.
pub(super) enum Gained {
    /// A walk is over.
    Walked,
    /// The addresses that the resolver invented for a name that does not exist.
    Invented(Option<Vec<IpAddr>>),
}

impl Walks {
    /// Begins walks as soon as the Region is known; more of them when more turns out to be needed.
    pub(super) fn begin(
        &mut self,
        seen: &Observations,
        stack: &Stack,
        env: &Env,
        proxies: &ProxyWays,
        limit: Duration,
    ) -> Vec<Work> {
        let Some(region) = endpoints::region(seen) else {
            return Vec::new();
        };
        let mut work: Vec<Work> = Vec::new();
        for (service, way) in endpoints::ways(seen, &region, env, proxies) {
            if self.by_service.contains_key(&service) {
                continue;
            }
            let Some(walk) = Walk::new(way, stack) else {
                continue;
            };
            self.by_service.insert(service, walk.clone());
            let stack = stack.clone();
            work.push(Box::pin(async move {
                walk.run(&stack, limit, unsigned::read).await;
                Gained::Walked
            }));
        }
        work
    }

    /// Puts down what the walks have seen so far.
    pub(super) fn put_down(&self, network: &mut Network) {
        for (service, walk) in &self.by_service {
            network.chains.insert(*service, walk.chain());
        }
    }
}

/// The question for a name that must not exist, as soon as the Region is known.
pub(super) fn control(seen: &Observations, stack: &Stack, limit: Duration) -> Option<Work> {
    let region = endpoints::region(seen)?;
    let names = stack.names.clone();
    let domain = format!("{region}.{}", endpoint::domain(&region));
    Some(Box::pin(async move {
        Gained::Invented(chain::invented(&names, &domain, limit).await)
    }))
}

/// Puts down what a piece of work brought.
pub(super) fn learn(gained: Gained, network: &mut Network) {
    if let Gained::Invented(Some(addresses)) = gained {
        network.resolver_lies = Some(!addresses.is_empty());
        network.invented = addresses;
    }
}
