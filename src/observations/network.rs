//! The chain between this host and each endpoint, link by link, and what the host itself says of
//! its network.

use std::net::IpAddr;

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Failure, Reading};

/// A service whose endpoint may be needed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Service {
    /// `ssm`: required.
    Ssm,
    /// `ssmmessages`: required.
    Ssmmessages,
    /// `ec2messages`: needed by agents before 3.3.40.0 only.
    Ec2messages,
    /// `sts`: nothing of the agent needs it.
    Sts,
    /// `s3`: updates and packages, and session logs where set.
    S3,
    /// `kms`: where sessions are encrypted.
    Kms,
    /// `logs`: where sessions are logged to CloudWatch.
    Logs,
}

impl Service {
    /// Every service, the required ones first.
    pub const ALL: [Self; 7] = [
        Self::Ssm,
        Self::Ssmmessages,
        Self::Ec2messages,
        Self::Sts,
        Self::S3,
        Self::Kms,
        Self::Logs,
    ];

    /// The service's name in host names.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Ssm => "ssm",
            Self::Ssmmessages => "ssmmessages",
            Self::Ec2messages => "ec2messages",
            Self::Sts => "sts",
            Self::S3 => "s3",
            Self::Kms => "kms",
            Self::Logs => "logs",
        }
    }

    /// Whether Session Manager cannot work without it.
    #[must_use]
    pub fn is_required(self) -> bool {
        matches!(self, Self::Ssm | Self::Ssmmessages)
    }
}

/// What needs a service.
#[derive(
    Debug,
    Clone,
    Copy,
    Default,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Serialize,
    Deserialize,
    JsonSchema,
)]
#[serde(rename_all = "kebab-case")]
pub enum ServiceNeed {
    /// Session Manager cannot work without it.
    Required,
    /// The session preferences of this account and Region ask for it.
    SessionPreferences,
    /// Something else on this host may use it.
    #[default]
    Useful,
}

/// Everything seen of the network.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Network {
    /// The chain to each endpoint, as the agent would go.
    #[serde(default)]
    pub chains: std::collections::BTreeMap<Service, Chain>,
    /// `/etc/resolv.conf`.
    #[serde(default)]
    pub resolver: Option<Reading<ResolverConfig>>,
    /// What a name that cannot exist resolved to; `Some(true)` = the resolver invents answers.
    #[serde(default)]
    pub resolver_lies: Option<bool>,
    /// The addresses that it invented.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub invented: Vec<IpAddr>,
    /// The routing table, as far as it explains something.
    #[serde(default)]
    pub routes: Option<Reading<Routes>>,
    /// The roots that verify certificates.
    #[serde(default)]
    pub trust: Option<TrustStore>,
    /// Proxy settings wherever they are made.
    #[serde(default)]
    pub proxies: Proxies,
}

/// The chain to one endpoint: each link is asked only when the one before it held.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Chain {
    /// The host's name.
    pub host: String,
    /// The port.
    pub port: u16,
    /// Whether a setting of the agent or of the environment chose this endpoint.
    pub overridden: bool,
    /// The proxy that the agent would go through, its credentials cut out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub proxy: Option<String>,
    /// The name's addresses.
    pub resolve: Step<Resolved>,
    /// What the VPC's own resolver says, asked only where `resolve` failed on an EC2 instance.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub vpc_resolve: Option<Step<Resolved>>,
    /// TCP to one of them, or the proxy's answer to CONNECT.
    pub connect: Step<Connected>,
    /// Every address that was tried, in the order of the attempts.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub attempts: Vec<Attempt>,
    /// The TLS handshake, verified against the roots in use.
    pub tls: Step<Handshake>,
    /// The certificates that the server sent, its own first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub presented: Vec<Certificate>,
    /// Whether the roots built into this program trust them, looked at only where the host's do
    /// not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trusted_by_built_in: Option<bool>,
    /// An unsigned HTTP request.
    pub http: Step<HttpAnswer>,
    /// The same without the proxy, where the agent has one; without one, through the shell's
    /// proxy where direct is closed. `Some(true)` = that way works.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub other_way_works: Option<bool>,
    /// Whether the endpoint that would hold without the override answers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub default_works: Option<bool>,
}

impl Chain {
    /// The first link that broke, with how; `None` = every link that was asked held.
    #[must_use]
    pub fn broken(&self) -> Option<&Failure> {
        self.resolve
            .failure()
            .or_else(|| self.connect.failure())
            .or_else(|| self.tls.failure())
            .or_else(|| self.http.failure())
    }
}

/// One link of a chain.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "step", remote = "Self")]
pub enum Step<T> {
    /// It held.
    Held {
        /// What was seen.
        value: T,
        /// When.
        at: Timestamp,
        /// How long it took.
        elapsed_ms: u64,
    },
    /// It broke.
    Broke {
        /// How.
        failure: Failure,
        /// When.
        at: Timestamp,
        /// How long it took.
        elapsed_ms: u64,
    },
    /// It was not asked.
    NotAsked,
}

read_by_value!(Step);

impl<T> Step<T> {
    /// The same link with its value turned into something else, unless that fails.
    fn try_map<U, E>(self, turn: impl FnOnce(T) -> Result<U, E>) -> Result<Step<U>, E> {
        Ok(match self {
            Self::Held {
                value,
                at,
                elapsed_ms,
            } => Step::Held {
                value: turn(value)?,
                at,
                elapsed_ms,
            },
            Self::Broke {
                failure,
                at,
                elapsed_ms,
            } => Step::Broke {
                failure,
                at,
                elapsed_ms,
            },
            Self::NotAsked => Step::NotAsked,
        })
    }

    /// What was seen, if it held.
    pub fn value(&self) -> Option<&T> {
        match self {
            Self::Held { value, .. } => Some(value),
            Self::Broke { .. } | Self::NotAsked => None,
        }
    }

    /// How it broke, if it did.
    pub fn failure(&self) -> Option<&Failure> {
        match self {
            Self::Broke { failure, .. } => Some(failure),
            Self::Held { .. } | Self::NotAsked => None,
        }
    }
}

/// A name's addresses.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Resolved {
    /// The addresses, in the order in which they would be tried.
    pub addresses: Vec<IpAddr>,
    /// The names on the way, where the resolver gave any.
    #[serde(default)]
    pub cnames: Vec<String>,
    /// Where the answer came from: a server's address, or `/etc/hosts`.
    pub source: String,
}

/// One address, and what became of TCP to it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attempt {
    /// The address.
    pub address: IpAddr,
    /// How it went; not asked = another address had answered before it did.
    pub step: Step<()>,
}

/// A certificate as it was sent; nobody vouches for what it says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Certificate {
    /// Whom it is for.
    pub subject: String,
    /// Who signed it.
    pub issuer: String,
    /// When it begins to hold.
    pub not_before: Option<Timestamp>,
    /// When it ends.
    pub not_after: Option<Timestamp>,
    /// The names it is for, the first few.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub names: Vec<String>,
}

/// A TCP connection.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Connected {
    /// The address that answered.
    pub address: IpAddr,
}

/// A TLS handshake.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Handshake {
    /// The protocol, such as `TLSv1.3`.
    pub version: String,
    /// The issuer of the server's own certificate.
    pub issuer: Option<String>,
    /// When the server's certificate ends.
    pub not_after: Option<Timestamp>,
}

/// The answer to an unsigned HTTP request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HttpAnswer {
    /// The HTTP status.
    pub status: u16,
    /// Whether it bears AWS's signs (request id, error type, service's own form).
    pub is_aws: bool,
    /// What gives something else away.
    pub sign: Option<String>,
    /// The `Date` header.
    pub date: Option<Timestamp>,
}

/// What `/etc/resolv.conf` says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ResolverConfig {
    /// The servers.
    pub servers: Vec<IpAddr>,
    /// The search list.
    pub search: Vec<String>,
    /// `ndots`.
    pub ndots: usize,
}

/// What the routing table explains.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Routes {
    /// Whether there is a default route for IPv4.
    pub default_ipv4: bool,
    /// Whether there is a default route for IPv6.
    pub default_ipv6: bool,
    /// The route to 169.254.169.254, where it is another than the default one.
    #[serde(default)]
    pub metadata: Option<MetadataRoute>,
}

/// The route to IMDS.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MetadataRoute {
    /// Where it leads to, such as `169.254.169.254/32`.
    pub destination: String,
    /// By which device.
    pub device: Option<String>,
    /// How.
    pub way: RouteWay,
}

/// How a route leads on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "way")]
pub enum RouteWay {
    /// Straight out of a device.
    Direct,
    /// By a gateway.
    Gateway {
        /// Its address.
        gateway: IpAddr,
        /// Whether it lies in a network that this host is attached to.
        is_neighbour: bool,
    },
    /// The kernel refuses: unreachable or prohibited.
    Refused,
    /// The kernel throws packets away.
    BlackHole,
}

impl RouteWay {
    /// Whether nothing can come of it.
    #[must_use]
    pub fn is_dead_end(self) -> bool {
        match self {
            Self::Direct => false,
            Self::Gateway { is_neighbour, .. } => !is_neighbour,
            Self::Refused | Self::BlackHole => true,
        }
    }
}

/// The roots in use.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TrustStore {
    /// `AWS_CA_BUNDLE`'s file, or the system's store.
    pub source: String,
    /// How many roots it gave.
    pub roots: usize,
    /// What went wrong while reading it.
    #[serde(default)]
    pub problem: Option<String>,
    /// Whether `AWS_CA_BUNDLE` of this run's shell chose it. The agent does not see that shell.
    #[serde(default)]
    pub chosen_by_shell: bool,
}

/// Proxy settings, wherever they are made; credentials cut out.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Proxies {
    /// The running agent's own environment.
    #[serde(default)]
    pub agent: Option<ProxySettings>,
    /// The agent's unit and its drop-ins.
    #[serde(default)]
    pub unit: Option<ProxySettings>,
    /// The shell this was started from.
    #[serde(default)]
    pub shell: Option<ProxySettings>,
    /// `/etc/environment`, which the agent does not read.
    #[serde(default)]
    pub environment_file: Option<ProxySettings>,
}

/// One set of proxy settings.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProxySettings {
    /// `https_proxy`.
    #[serde(default)]
    pub https_proxy: Option<String>,
    /// `http_proxy`.
    #[serde(default)]
    pub http_proxy: Option<String>,
    /// `no_proxy`.
    #[serde(default)]
    pub no_proxy: Option<String>,
}
