//! The doors through which `tests/fuzz` reaches the parsers of the host's files.

use super::{config, credentials_file, environment, log, proxies, runtime_config, vault};

/// `amazon-ssm-agent.json` and `identity_config.json`.
pub fn agent_config(bytes: &[u8]) {
    drop(config::parse(bytes));
    drop(runtime_config::parse(bytes));
}

/// The files of the vault.
pub fn vault(bytes: &[u8]) {
    vault::fuzz(bytes);
}

/// A piece of the agent's log.
pub fn agent_log(bytes: &[u8]) {
    log::fuzz(bytes);
}

/// A shared credentials file, and a process's environment.
pub fn credentials_file(bytes: &[u8]) {
    if let Ok(text) = std::str::from_utf8(bytes) {
        drop(credentials_file::parse(text, "default"));
    }
    let env = environment::parse(bytes);
    drop(environment::observe(&env));
    drop(proxies::of_environment(&env));
    drop(environment::keys(&env));
}
