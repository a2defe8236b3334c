//! The chain to one endpoint: name, TCP, TLS and an unsigned request, as the agent would go; and
//! beside it the ways that tell a cause from its look-alikes.
//!
//! Everything runs side by side within one limit, and what is known can be taken at any time.

use std::net::{IpAddr, Ipv4Addr};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use http::Request;

use super::http::millis;
use super::progress::Progress;
use super::proxy::Settings;
use super::resolver::Names;
use super::{Response, Stack};
use crate::observations::{Chain, HttpAnswer, Link, Resolved, Step};
use crate::world::Clock;

/// The VPC's own resolver.
///
/// Source: VPC User Guide, "Amazon DNS server".
pub const VPC_RESOLVER: IpAddr = IpAddr::V4(Ipv4Addr::new(169, 254, 169, 253));
/// How long no connection may come before the VPC's resolver is asked beside it.
const PATIENCE: Duration = Duration::from_millis(500);

/// An endpoint and the ways to it.
#[derive(Debug, Clone)]
pub struct Way {
    /// Scheme, host and port, without a final slash.
    pub base: String,
    /// What is asked for, beginning with a slash.
    pub path: String,
    /// Whether a setting chose this endpoint.
    pub overridden: bool,
    /// The endpoint that would hold without the agent's settings, where it is another.
    pub default_base: Option<String>,
    /// Another way beside the agent's: straight past its proxy, or through the shell's.
    pub other: Option<Settings>,
    /// Whether the VPC's resolver may be asked when no connection comes.
    pub may_ask_vpc: bool,
}

/// How an unsigned answer is read: is it AWS's, and what gives it away if not.
pub type Reader = fn(&Response) -> HttpAnswer;

/// One walk along a chain. Clones share it.
#[derive(Debug, Clone)]
pub struct Walk(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    way: Way,
    host: String,
    port: u16,
    proxy: Option<String>,
    progress: Progress,
    beside: Mutex<Beside>,
}

#[derive(Debug, Clone, Default)]
struct Beside {
    vpc_resolve: Option<Step<Resolved>>,
    other_way_works: Option<bool>,
    default_works: Option<bool>,
}

impl Walk {
    /// A walk that has not begun; `None` = the endpoint is no address.
    #[must_use]
    pub fn new(way: Way, stack: &Stack) -> Option<Self> {
        let uri: http::Uri = way.base.parse().ok()?;
        let is_tls = uri.scheme_str() != Some("http");
        let port = uri.port_u16().unwrap_or(if is_tls { 443 } else { 80 });
        let host = uri.host()?.to_owned();
        let proxy = stack.proxies.proxy_for(is_tls, &host, port);
        Some(Self(Arc::new(Shared {
            way,
            host,
            port,
            proxy: proxy.map(|proxy| proxy.shown()),
            progress: Progress::default(),
            beside: Mutex::default(),
        })))
    }

    /// Walks the chain and what is beside it; each part ends within `limit`.
    pub async fn run(&self, stack: &Stack, limit: Duration, read: Reader) {
        let stack = Stack {
            trust: stack.trust.going_on(),
            ..stack.clone()
        };
        tokio::join!(
            Box::pin(self.and_the_vpc(&stack, limit, read)),
            Box::pin(self.other_way(&stack, limit, read)),
            Box::pin(self.default_endpoint(&stack, limit, read)),
        );
    }

    /// The agent's way; and where it has not come to a connection soon, what the VPC's resolver
    /// says of the name.
    async fn and_the_vpc(&self, stack: &Stack, limit: Duration, read: Reader) {
        let way = self.as_the_agent(stack, limit, read);
        tokio::pin!(way);
        let early = tokio::time::timeout(PATIENCE, &mut way).await;
        let is_there = self.0.progress.link() > Link::Connect;
        if is_there || !self.0.way.may_ask_vpc || self.0.proxy.is_some() {
            if early.is_err() {
                way.await;
            }
            return;
        }
        let asked = self.ask_vpc(limit.saturating_sub(PATIENCE));
        if early.is_err() {
            tokio::join!(way, asked);
        } else {
            asked.await;
        }
    }

    async fn as_the_agent(&self, stack: &Stack, limit: Duration, read: Reader) {
        let progress = &self.0.progress;
        let Some(request) = request(&self.0.way.base, &self.0.way.path) else {
            return;
        };
        if let Ok(response) = stack.send_marking(request, limit, progress).await {
            progress.answered(read(&response));
        }
    }

    async fn ask_vpc(&self, limit: Duration) {
        let (at, since) = (Clock::System.now(), Clock::System.stopwatch());
        let (vpc, name) = (Names::of_server(VPC_RESOLVER), format!("{}.", self.0.host));
        let asked = tokio::time::timeout(limit, vpc.lookup(&name));
        let answer = asked
            .await
            .unwrap_or(Err(super::resolver::Unresolved::Silent));
        let elapsed_ms = since.elapsed_ms();
        let step = match answer {
            Ok(value) => Step::Held {
                value,
                at,
                elapsed_ms,
            },
            Err(error) => Step::Broke {
                failure: error.failure(millis(limit)),
                at,
                elapsed_ms,
            },
        };
        self.beside().vpc_resolve = Some(step);
    }

    async fn other_way(&self, stack: &Stack, limit: Duration, read: Reader) {
        let Some(settings) = &self.0.way.other else {
            return;
        };
        let stack = Stack {
            proxies: settings.clone(),
            ..stack.clone()
        };
        let works = self.works(&stack, &self.0.way.base, limit, read).await;
        self.beside().other_way_works = Some(works);
    }

    async fn default_endpoint(&self, stack: &Stack, limit: Duration, read: Reader) {
        let Some(base) = &self.0.way.default_base else {
            return;
        };
        let works = self.works(stack, base, limit, read).await;
        self.beside().default_works = Some(works);
    }

    async fn works(&self, stack: &Stack, base: &str, limit: Duration, read: Reader) -> bool {
        let Some(request) = request(base, &self.0.way.path) else {
            return false;
        };
        let answer = stack.send(request, limit).await;
        answer.is_ok_and(|response| read(&response).sign.is_none())
    }

    fn beside(&self) -> MutexGuard<'_, Beside> {
        self.0.beside.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The chain as far as it is known now.
    #[must_use]
    pub fn chain(&self) -> Chain {
        let steps = self.0.progress.steps();
        let beside = self.beside().clone();
        Chain {
            host: self.0.host.clone(),
            port: self.0.port,
            overridden: self.0.way.overridden,
            proxy: self.0.proxy.clone(),
            resolve: steps.resolve,
            vpc_resolve: beside.vpc_resolve,
            connect: steps.connect,
            attempts: steps.attempts,
            tls: steps.tls,
            presented: steps.presented,
            trusted_by_built_in: steps.trusted_by_built_in,
            http: steps.http,
            other_way_works: beside.other_way_works,
            default_works: beside.default_works,
        }
    }
}

fn request(base: &str, path: &str) -> Option<Request<Vec<u8>>> {
    Request::get(format!("{base}{path}")).body(Vec::new()).ok()
}

/// Asks for a name that must not exist: what the resolver answers is invented.
pub async fn invented(names: &Names, domain: &str, limit: Duration) -> Option<Vec<IpAddr>> {
    let name = format!("ssm-probe-{}.{domain}.", uuid::Uuid::new_v4().simple());
    let asked = tokio::time::timeout(limit, names.lookup(&name)).await;
    match asked {
        Ok(Ok(found)) => Some(found.addresses),
        Ok(Err(super::resolver::Unresolved::NotFound)) => Some(Vec::new()),
        Ok(Err(_)) | Err(_) => None,
    }
}
