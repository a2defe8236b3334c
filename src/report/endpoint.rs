//! Endpoints in the report: the chain to each, link by link.

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::model::CheckStatus;
use crate::observations::{Link, ServiceNeed};

/// The chain to one endpoint.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct EndpointReport {
    /// The service, as it stands in host names.
    pub service: String,
    /// The host's name.
    pub host: String,
    /// The port.
    pub port: u16,
    /// What needs it.
    pub need: ServiceNeed,
    /// Whether it can be reached.
    pub status: CheckStatus,
    /// The proxy that the agent would go through.
    pub proxy: Option<String>,
    /// The address that was reached, or the first that was tried.
    pub address: Option<String>,
    /// `private`, `public` or `loopback`.
    pub address_kind: Option<String>,
    /// The links in order, up to the one that broke.
    pub links: Vec<LinkReport>,
    /// When it was looked at.
    pub observed_at: Option<Timestamp>,
}

/// One link of a chain.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct LinkReport {
    /// Which link.
    pub link: Link,
    /// Whether it held.
    pub held: bool,
    /// How long it took.
    pub elapsed_ms: u64,
    /// What was seen, in a few words.
    pub detail: String,
}
