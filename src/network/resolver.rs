//! Names to addresses, in this process: `/etc/hosts`, then the servers of `/etc/resolv.conf`.
//!
//! A static glibc binary must not load the host's NSS libraries, and the agent's own Go resolver
//! works this way too. Both files are read below `World::root` and are untrusted.

use std::collections::{BTreeMap, HashMap};
use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use hickory_resolver::TokioResolver;
use hickory_resolver::config::{
    LookupIpStrategy, NameServerConfig, ResolveHosts, ResolverConfig as ServerList, ResolverOpts,
};
use hickory_resolver::net::runtime::TokioRuntimeProvider;
use hickory_resolver::net::{DnsError, NetError};
use hickory_resolver::proto::op::ResponseCode;
use hickory_resolver::proto::rr::{Name, RData};
use hickory_resolver::system_conf::parse_resolv_conf;
use tokio::sync::OnceCell;

use super::dns_port;
use super::hosts::Hosts;
use crate::host::file;
use crate::observations::{Failure, Link, Reading, Resolved, ResolverConfig};
use crate::world::World;

/// Longest time one question to one server may take.
const ATTEMPT: Duration = Duration::from_secs(1);
/// Most times a question is put; the caller's deadline usually ends it before.
const ATTEMPTS: usize = 2;
/// Most names on the way to an address that are kept.
const CNAMES: usize = 8;
/// Largest `/etc/resolv.conf` that is read, in bytes.
const RESOLV_CONF_LIMIT: u64 = 64 * 1024;
/// Largest `/etc/hosts` that is read, in bytes; ad-blocking lists run to megabytes.
const HOSTS_LIMIT: u64 = 8 * 1024 * 1024;

/// The host's way of resolving names. Cheap to clone.
#[derive(Clone)]
pub struct Names(Arc<Inner>);

struct Inner {
    hosts: Hosts,
    servers: Result<Servers, String>,
    config: Reading<ResolverConfig>,
    /// Each name is asked once in a run, however many want to know.
    asked: Mutex<BTreeMap<String, Answer>>,
}

/// An answer that is there, or under way.
type Answer = Arc<OnceCell<Result<Resolved, Unresolved>>>;

struct Servers {
    resolver: TokioResolver,
    search: Vec<Name>,
    ndots: usize,
    /// Who answers, for the record.
    source: String,
}

/// Why a name gave no address.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unresolved {
    /// The server says that there is no such name.
    #[error("the name does not exist")]
    NotFound,
    /// The server answered with an error or with no address, or there is no server.
    #[error("{0}")]
    Failed(String),
    /// No server answered.
    #[error("no name server answered")]
    Silent,
}

impl Unresolved {
    /// As an observed failure.
    #[must_use]
    pub fn failure(&self, limit_ms: u64) -> Failure {
        match self {
            Self::NotFound => Failure::NameNotFound,
            Self::Failed(why) => Failure::NameFailed { why: why.clone() },
            Self::Silent => Failure::TimedOut {
                link: Link::Resolve,
                limit_ms,
            },
        }
    }
}

impl Names {
    /// Reads the host's configuration. Cannot fail: without servers, names only resolve by
    /// `/etc/hosts`, and asking for others says why.
    #[must_use]
    pub fn read(world: &World) -> Self {
        let hosts = file::read_bytes(world, "/etc/hosts", HOSTS_LIMIT);
        let resolv_conf = file::read_bytes(world, "/etc/resolv.conf", RESOLV_CONF_LIMIT);
        Self::from_files(&hosts, &resolv_conf)
    }

    /// One name server and nothing else: no files, no search list.
    #[must_use]
    pub fn of_server(server: IpAddr) -> Self {
        let list = ServerList::from_parts(
            None,
            Vec::new(),
            vec![NameServerConfig::udp_and_tcp(server)],
        );
        Self::new(
            Hosts::default(),
            Servers::build(list, ResolverOpts::default()),
            Reading::NotRead {
                why: "one server was named".to_owned(),
            },
        )
    }

    pub(super) fn from_files(hosts: &Reading<Vec<u8>>, resolv_conf: &Reading<Vec<u8>>) -> Self {
        let hosts = hosts.value().map(Vec::as_slice).unwrap_or_default();
        let hosts = String::from_utf8_lossy(hosts);
        Self::new(
            Hosts::parse(&hosts),
            Servers::from_file(resolv_conf),
            resolv_conf.clone().parse(|bytes| observe(&bytes)),
        )
    }

    fn new(
        hosts: Hosts,
        servers: Result<Servers, String>,
        config: Reading<ResolverConfig>,
    ) -> Self {
        Self(Arc::new(Inner {
            hosts,
            servers,
            config,
            asked: Mutex::default(),
        }))
    }

    /// What `/etc/resolv.conf` says.
    #[must_use]
    pub fn config(&self) -> &Reading<ResolverConfig> {
        &self.0.config
    }

    /// The addresses of a host name or address literal, IPv4 first, and where they come from.
    ///
    /// # Errors
    /// When there is none, and why.
    pub async fn lookup(&self, host: &str) -> Result<Resolved, Unresolved> {
        let answer = {
            let mut asked = self.0.asked.lock().unwrap_or_else(PoisonError::into_inner);
            Arc::clone(asked.entry(host.to_ascii_lowercase()).or_default())
        };
        answer.get_or_init(|| self.ask(host)).await.clone()
    }

    async fn ask(&self, host: &str) -> Result<Resolved, Unresolved> {
        let without_server = |addresses: Vec<IpAddr>, source: &str| Resolved {
            addresses,
            cnames: Vec::new(),
            source: source.to_owned(),
        };
        if let Some(address) = literal(host) {
            return Ok(without_server(vec![address], "written as an address"));
        }
        let known = self.0.hosts.lookup(host);
        if !known.is_empty() {
            return Ok(without_server(known.to_vec(), "/etc/hosts"));
        }
        if is_loopback_name(host) {
            let both = vec![
                IpAddr::V4(Ipv4Addr::LOCALHOST),
                IpAddr::V6(Ipv6Addr::LOCALHOST),
            ];
            return Ok(without_server(both, "the name itself"));
        }
        match &self.0.servers {
            Err(why) => Err(Unresolved::Failed(why.clone())),
            Ok(servers) => servers.lookup(host).await,
        }
    }
}

fn parse(bytes: &[u8]) -> Result<(ServerList, ResolverOpts), String> {
    let (text, ports) = dns_port::split(bytes);
    let (config, options) = parse_resolv_conf(text).map_err(|error| error.to_string())?;
    Ok((on_ports(&config, &ports), options))
}

/// What a resolver configuration says, as it stands.
fn observe(bytes: &[u8]) -> Result<ResolverConfig, String> {
    let (config, options) = parse(bytes)?;
    let servers = config.name_servers().iter().map(|server| server.ip);
    Ok(ResolverConfig {
        servers: servers.collect(),
        search: config.search().iter().map(ToString::to_string).collect(),
        ndots: options.ndots,
    })
}

impl fmt::Debug for Names {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Names")
    }
}

impl Servers {
    fn from_file(resolv_conf: &Reading<Vec<u8>>) -> Result<Self, String> {
        let bytes = match resolv_conf {
            Reading::Found { value, .. } => value,
            Reading::Absent { .. } => return Err("`/etc/resolv.conf` is not there".to_owned()),
            Reading::Empty { .. } => return Err("`/etc/resolv.conf` is empty".to_owned()),
            Reading::Forbidden { .. } => {
                return Err("this user may not read `/etc/resolv.conf`".to_owned());
            }
            Reading::Unreadable { why, .. }
            | Reading::Malformed { why, .. }
            | Reading::NotRead { why } => {
                return Err(format!("`/etc/resolv.conf` cannot be read: {why}"));
            }
        };
        let (config, options) = parse(bytes).map_err(|why| format!("`/etc/resolv.conf`: {why}"))?;
        Self::build(config, options)
    }

    fn build(config: ServerList, mut options: ResolverOpts) -> Result<Self, String> {
        options.timeout = options.timeout.min(ATTEMPT);
        options.attempts = options.attempts.min(ATTEMPTS);
        options.ip_strategy = LookupIpStrategy::Ipv4AndIpv6;
        options.use_hosts_file = ResolveHosts::Never;
        // Each name is asked once in a run, and a cached answer would hide a change.
        options.cache_size = 0;
        let search = config.search().to_vec();
        let ndots = options.ndots;
        let servers: Vec<String> = config
            .name_servers()
            .iter()
            .map(|server| server.ip.to_string())
            .collect();
        let resolver = TokioResolver::builder_with_config(config, TokioRuntimeProvider::default())
            .with_options(options)
            .build()
            .map_err(|error| format!("the name servers cannot be used: {error}"))?;
        Ok(Self {
            resolver,
            search,
            ndots,
            source: servers.join(", "),
        })
    }

    async fn lookup(&self, host: &str) -> Result<Resolved, Unresolved> {
        let Ok(name) = Name::from_utf8(host) else {
            return Err(Unresolved::Failed("not a valid name".to_owned()));
        };
        let (names, own) = self.candidates(&name);
        let mut verdict = Unresolved::NotFound;
        for (index, candidate) in names.into_iter().enumerate() {
            match self.ask(candidate).await {
                Ok(found) => return Ok(found),
                // The name as it was written decides, not a guess from the search list.
                Err(why) if index == own => verdict = why,
                Err(_) => {}
            }
        }
        Err(verdict)
    }

    /// The full names to try, and which of them is the name as written.
    ///
    /// Source: Go `net/dnsclient_unix.go` `nameList`.
    fn candidates(&self, name: &Name) -> (Vec<Name>, usize) {
        let mut written = name.clone();
        written.set_fqdn(true);
        let dots = usize::from(name.num_labels()).saturating_sub(1);
        let mut names: Vec<Name> = if name.is_fqdn() {
            Vec::new()
        } else {
            self.search
                .iter()
                .filter_map(|suffix| name.clone().append_domain(suffix).ok())
                .map(|mut full| {
                    full.set_fqdn(true);
                    full
                })
                .collect()
        };
        if dots >= self.ndots || name.is_fqdn() {
            names.insert(0, written);
            (names, 0)
        } else {
            names.push(written);
            let own = names.len().saturating_sub(1);
            (names, own)
        }
    }

    async fn ask(&self, name: Name) -> Result<Resolved, Unresolved> {
        let found = self
            .resolver
            .lookup_ip(name)
            .await
            .map_err(|error| unresolved(&error))?;
        let mut addresses: Vec<IpAddr> = found.iter().collect();
        addresses.sort_by_key(IpAddr::is_ipv6);
        if addresses.is_empty() {
            return Err(Unresolved::Failed("the name has no address".to_owned()));
        }
        let mut cnames = Vec::new();
        for record in found.as_lookup().answers() {
            if let RData::CNAME(next) = &record.data {
                let next = next.0.to_string().trim_end_matches('.').to_owned();
                if !cnames.contains(&next) && cnames.len() < CNAMES {
                    cnames.push(next);
                }
            }
        }
        Ok(Resolved {
            addresses,
            cnames,
            source: self.source.clone(),
        })
    }
}

/// The same servers, on the ports that the file names.
fn on_ports(config: &ServerList, ports: &HashMap<IpAddr, u16>) -> ServerList {
    let mut servers = config.name_servers().to_vec();
    for server in &mut servers {
        if let Some(port) = ports.get(&server.ip) {
            for connection in &mut server.connections {
                connection.port = *port;
            }
        }
    }
    let search = config.search().to_vec();
    ServerList::from_parts(config.domain().cloned(), search, servers)
}

fn unresolved(error: &NetError) -> Unresolved {
    match error {
        NetError::Dns(DnsError::NoRecordsFound(none)) => match none.response_code {
            ResponseCode::NXDomain => Unresolved::NotFound,
            ResponseCode::NoError => Unresolved::Failed("the name has no address".to_owned()),
            code => Unresolved::Failed(code.to_string()),
        },
        NetError::Dns(DnsError::ResponseCode(ResponseCode::NXDomain)) => Unresolved::NotFound,
        NetError::Dns(DnsError::ResponseCode(code)) => Unresolved::Failed(code.to_string()),
        NetError::Timeout => Unresolved::Silent,
        NetError::Io(error) if error.kind() == std::io::ErrorKind::TimedOut => Unresolved::Silent,
        NetError::NoConnections => Unresolved::Failed("no name server could be reached".to_owned()),
        other => Unresolved::Failed(other.to_string()),
    }
}

/// An address written as such, with or without the brackets of a URL.
#[must_use]
pub fn literal(host: &str) -> Option<IpAddr> {
    host.strip_prefix('[')
        .and_then(|rest| rest.strip_suffix(']'))
        .unwrap_or(host)
        .parse()
        .ok()
}

fn is_loopback_name(host: &str) -> bool {
    let name = host.trim_end_matches('.').to_ascii_lowercase();
    name == "localhost" || name.ends_with(".localhost")
}

#[cfg(test)]
#[path = "resolver_tests.rs"]
mod tests;
