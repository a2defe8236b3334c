//! Where the agent keeps its things on this kind of system.
//!
//! Paths are as on the host, without `--root`. Constants only; nothing is read but the sign
//! that tells macOS from Linux.

use super::file;
use crate::world::World;

/// The agent's places on one kind of system.
///
/// Source: agent `agent/appconfig/constants_{unix,darwin}.go`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Layout {
    /// The data root, without a slash at the end.
    pub data: &'static str,
    /// The folder of `identity_config.json`.
    pub runtime_config: &'static str,
    /// The configuration file when the binaries are in their usual place.
    pub config: &'static str,
    /// The folder of the logs.
    pub logs: &'static str,
    /// Root's home where nothing else says.
    pub root_home: &'static str,
}

impl Layout {
    /// Linux: deb, rpm, snap and containers alike.
    pub const LINUX: Self = Self {
        data: "/var/lib/amazon/ssm",
        runtime_config: "/var/lib/amazon/ssm/runtimeconfig",
        config: "/etc/amazon/ssm/amazon-ssm-agent.json",
        logs: "/var/log/amazon/ssm",
        root_home: "/root",
    };

    /// macOS. The credentials file follows the agent's source; AWS's page names another place.
    pub const MAC: Self = Self {
        data: "/opt/aws/ssm/data",
        runtime_config: "/opt/aws/ssm/runtimeconfig",
        config: "/opt/aws/ssm/amazon-ssm-agent.json",
        logs: "/var/log/amazon/ssm",
        root_home: "/var/root",
    };

    /// The layout of the system below the world's root.
    #[must_use]
    pub fn of(world: &World) -> Self {
        if file::exists(world, MAC_VERSION) {
            Self::MAC
        } else {
            Self::LINUX
        }
    }

    /// Whether this is macOS.
    #[must_use]
    pub fn is_mac(&self) -> bool {
        *self == Self::MAC
    }
}

/// The file that every macOS has and no other system.
pub(super) const MAC_VERSION: &str = "/System/Library/CoreServices/SystemVersion.plist";
