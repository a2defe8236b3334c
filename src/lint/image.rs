//! What was seen of an image: plain data.

use crate::observations::{CredentialsFile, Host, ProxySettings, Reading};

/// Everything that the rules look at.
#[derive(Debug)]
pub struct Image {
    /// What its files say, as on a running host.
    pub host: Host,
    /// The names in the vault's store: keys of registrations, the fingerprint.
    pub vault_names: Reading<Vec<String>>,
    /// The folder of those names.
    pub vault_folder: String,
    /// `/etc/machine-id` as it stands.
    pub machine_id: Reading<String>,
    /// Credentials files of every home, by path.
    pub homes: Vec<(String, Reading<CredentialsFile>)>,
    /// Proxies, where they are set.
    pub proxies: Proxies,
    /// How many certificate roots the image brings.
    pub roots: usize,
    /// What kept roots from being read.
    pub root_problems: Vec<String>,
    /// `/etc/fstab` and mount units.
    pub mounts: Vec<TextFile>,
    /// Saved rules of firewalls, and routes that are set at boot.
    pub firewall: Vec<TextFile>,
    /// The agent's units and what changes them.
    pub units: Vec<TextFile>,
    /// cloud-init's configuration, and scripts that it runs.
    pub cloud_init: Vec<TextFile>,
    /// Logs of the agent that were left behind.
    pub logs: Vec<String>,
    /// Files that could not be read, and why.
    pub unread: Vec<(String, String)>,
}

/// A text that a rule goes through line by line.
#[derive(Debug, Clone)]
pub struct TextFile {
    /// Its path, as on the launched host.
    pub path: String,
    /// Its content.
    pub text: String,
}

/// Proxies of the image, credentials cut out.
#[derive(Debug, Default)]
pub struct Proxies {
    /// What the agent's unit and its drop-ins set, with the unit's name.
    pub units: Vec<(String, ProxySettings)>,
    /// What `/etc/environment` sets, which the agent does not read.
    pub environment_file: Option<ProxySettings>,
    /// Whether `/etc/environment` or a unit holds static keys, by path.
    pub static_keys: Vec<String>,
}
