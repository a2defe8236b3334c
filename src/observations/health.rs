//! What the host gives the agent to live on: space, watchers, descriptors, memory, its unit.

use std::collections::BTreeMap;
use std::net::IpAddr;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{AgentEnvironment, ProcessRole, Reading};

/// The state of the host as far as the agent depends on it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Health {
    /// The file systems below the folders that the agent needs, one for each folder.
    #[serde(default = "Reading::not_recorded")]
    pub folders: Reading<Vec<FolderSpace>>,
    /// The use of inotify by the agent's user.
    #[serde(default = "Reading::not_recorded")]
    pub inotify: Reading<Inotify>,
    /// The systemd units of the installations that were found.
    #[serde(default = "Reading::not_recorded")]
    pub units: Reading<Vec<Unit>>,
    /// The TCP connections of core and worker. An established one of the worker to an address
    /// of `ssmmessages` is the live control channel.
    #[serde(default = "Reading::not_recorded")]
    pub sockets: Reading<Vec<AgentSocket>>,
    /// The file descriptors of core and worker.
    #[serde(default = "Reading::not_recorded")]
    pub descriptors: Reading<Vec<Descriptors>>,
    /// The host's memory.
    #[serde(default = "Reading::not_recorded")]
    pub memory: Reading<Memory>,
    /// What of the stored fingerprint can be seen without running programs.
    #[serde(default = "Reading::not_recorded")]
    pub properties: Reading<MachineProperties>,
    /// Whether the machine's id is of the usual form; the id itself stays out.
    #[serde(default = "Reading::not_recorded")]
    pub machine_id: Reading<bool>,
    /// What SELinux or AppArmor denied to the agent's programs; `Found` and empty = the audit
    /// log was read and its end has none.
    #[serde(default = "Reading::not_recorded")]
    pub denials: Reading<Vec<MandatoryDenial>>,
    /// Whether SELinux enforces; `Absent` = this kernel has none.
    #[serde(default = "Reading::not_recorded")]
    pub selinux_enforcing: Reading<bool>,
    /// The names of the local users, of those that the log or sessions are about: `ssm-user`
    /// and the last user that a session was refused for, with whether each exists; one that may
    /// come from a directory service is left out.
    #[serde(default = "Reading::not_recorded")]
    pub session_users: Reading<BTreeMap<String, bool>>,
    /// How many core processes run in other process id namespaces (containers on this host).
    #[serde(default = "Reading::not_recorded")]
    pub cores_in_containers: Reading<u32>,
}

impl Health {
    /// A host that nobody could look at.
    #[must_use]
    pub fn not_read(why: &str) -> Self {
        Self {
            folders: Reading::not_read(why),
            inotify: Reading::not_read(why),
            units: Reading::not_read(why),
            sockets: Reading::not_read(why),
            descriptors: Reading::not_read(why),
            memory: Reading::not_read(why),
            properties: Reading::not_read(why),
            machine_id: Reading::not_read(why),
            denials: Reading::not_read(why),
            selinux_enforcing: Reading::not_read(why),
            session_users: Reading::not_read(why),
            cores_in_containers: Reading::not_read(why),
        }
    }
}

impl Default for Health {
    /// What an older record, which does not hold any of it, says.
    fn default() -> Self {
        Self::not_read("not part of this record")
    }
}

/// One folder that the agent needs, and the file system under it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FolderSpace {
    /// The folder, as the agent names it.
    pub folder: String,
    /// What the agent needs it for.
    pub use_for: FolderUse,
    /// The folder that was looked at: itself, or the nearest one above it that exists.
    pub looked_at: String,
    /// Space and inodes; `None` where they are not those of the host (another root that is no
    /// mount point).
    pub space: Option<Space>,
    /// Whether the file system is read-only; `None` = not known for another root.
    pub is_read_only: Option<bool>,
    /// Whether programs cannot be run from it.
    pub is_noexec: Option<bool>,
}

/// What the agent needs a folder for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FolderUse {
    /// State, sessions, documents; scripts are run from it.
    Data,
    /// Its log.
    Log,
    /// Its programs.
    Programs,
    /// Short-lived files of plugins.
    Temporary,
}

/// Room in a file system.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Space {
    /// Its size in bytes.
    pub total_bytes: u64,
    /// What root can still write, in bytes.
    pub free_bytes: u64,
    /// Its inodes; 0 = it has no fixed number.
    pub total_inodes: u64,
    /// The inodes that are left.
    pub free_inodes: u64,
}

/// The use of inotify by the agent's user.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Inotify {
    /// `fs.inotify.max_user_instances`.
    pub max_instances: u64,
    /// `fs.inotify.max_user_watches`.
    pub max_watches: u64,
    /// Instances in use by the agent's user.
    pub instances: u64,
    /// Watches in use by the agent's user.
    pub watches: u64,
    /// The processes of that user with the most instances, most first.
    pub top: Vec<InotifyUser>,
    /// Whether every process was looked at; if not, the numbers are lower bounds.
    pub complete: bool,
}

/// A process and its use of inotify.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct InotifyUser {
    /// Its process id.
    pub pid: i32,
    /// Its name, cut to 15 characters by the kernel.
    pub name: String,
    /// Its instances.
    pub instances: u64,
    /// Its watches.
    pub watches: u64,
}

/// A systemd unit of the agent, by its files.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Unit {
    /// Its name, with `.service`.
    pub name: String,
    /// The unit file in force; `None` = there is none.
    pub file: Option<String>,
    /// Whether it is masked: linked to `/dev/null`, or an empty file.
    pub is_masked: bool,
    /// Whether something wants it at boot.
    pub is_enabled: bool,
    /// Whether its control group has processes; `None` = the groups could not be read.
    pub is_active: Option<bool>,
    /// The files that change it, in the order in which they count.
    pub drop_ins: Vec<String>,
    /// What matters of the environment that unit and drop-ins set.
    pub environment: AgentEnvironment,
    /// The user it runs as, if not root.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user: Option<String>,
    /// How often the kernel killed a process of it for want of memory.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub out_of_memory_kills: Option<u64>,
}

/// A TCP connection of one of the agent's processes.
///
/// The kernel does not tell its age: it is at most that of its process, and the log's last
/// [`super::EventKind::ControlChannelUp`] says more.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AgentSocket {
    /// The process.
    pub pid: i32,
    /// Which of the agent's programs it is.
    pub role: ProcessRole,
    /// Where it leads.
    pub remote_address: IpAddr,
    /// The port there.
    pub remote_port: u16,
    /// How far it has come.
    pub state: SocketState,
}

/// How far a connection has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SocketState {
    /// It is up.
    Established,
    /// The first packet is out and nothing has come back.
    Opening,
    /// The other side has closed it, or it is being closed.
    Closing,
}

/// The file descriptors of one process.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Descriptors {
    /// The process.
    pub pid: i32,
    /// Which of the agent's programs it is.
    pub role: ProcessRole,
    /// How many are open; `None` = may not be seen.
    pub open: Option<u64>,
    /// The soft limit; `None` = unlimited or not known.
    pub limit: Option<u64>,
}

/// The host's memory.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Memory {
    /// All of it, in bytes.
    pub total_bytes: u64,
    /// What programs can still get without swapping, in bytes.
    pub available_bytes: u64,
    /// Free swap, in bytes.
    pub free_swap_bytes: u64,
    /// The share of the last 10 s, in per cent, in which some process waited for memory.
    pub pressure_percent: Option<f64>,
}

/// Of the properties in the stored fingerprint, those that files tell.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MachineProperties {
    /// The host's name (`hostname-info`).
    pub hostname: Option<String>,
    /// Its IPv4 addresses without loopback: `ipaddress-info` is the first by interface.
    pub ipv4: Vec<String>,
    /// Its hardware addresses in the order of the interfaces: `macaddr-info` is the first.
    pub mac: Vec<String>,
}

/// One denial of SELinux or AppArmor.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MandatoryDenial {
    /// When.
    pub at: Option<Timestamp>,
    /// Who denied.
    pub by: MandatoryControl,
    /// The program, cut to 15 characters by the kernel.
    pub program: String,
    /// What it wanted to do.
    pub operation: String,
    /// What with, where it is named.
    pub target: Option<String>,
    /// Whether it was only noted and not prevented.
    pub is_permissive: bool,
}

/// A system of mandatory access control.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum MandatoryControl {
    /// SELinux.
    Selinux,
    /// AppArmor.
    AppArmor,
    /// fapolicyd, by way of fanotify.
    Fapolicyd,
}
