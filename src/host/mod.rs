//! What the host's files and processes say: the first edge of the line.
//!
//! Everything here looks and has no opinion. Every file comes through the one door in
//! [`mod@file`], below `World::root`; nothing is written, and the only program that may be run is
//! the agent's own `-version`.

mod agent;
mod agent_version;
mod config;
mod config_keys;
mod credentials_file;
mod environment;
pub mod file;
#[cfg(any(test, fuzzing))]
pub mod fuzzing;
mod go_json;
mod health;
pub mod layout;
mod log;
mod machine;
pub mod operator;
mod process;
pub mod proxies;
mod runtime_config;
mod secrets;
mod session_state;
#[cfg(test)]
mod testing;
pub mod users;
mod vault;

use layout::Layout;

use crate::observations::{Agent, Host, Reading, RuntimeConfig};
use crate::world::{Env, World};

pub use secrets::{ContainerCredentials, HostSecrets, KeySet};

/// Looks at the host once. It cannot fail: what could not be read is part of the answer.
///
/// Blocking, and bounded: files are read up to a limit, nothing waits but at most one second
/// for the agent's `-version` when no file tells its version.
#[must_use]
pub fn collect(world: &World) -> (Host, HostSecrets) {
    let layout = Layout::of(world);
    let processes = process::read(world);
    let installs = agent::installs(world, &processes);
    let (environment, env) = agent::environment(world, &processes);
    let config_path = agent::config_path(world, &layout, &installs, &processes);
    let config = config::read(world, &config_path);
    let runtime_config = runtime_config::read(world, &layout);
    let (vault, from_vault) = vault::read(world, &layout);

    let dhmc_path = credentials_file::dhmc_path(&layout, &runtime_config);
    let (dhmc_credentials, dhmc) = credentials_file::read(world, &dhmc_path, "default");
    let root_path = credentials_file::root_path(world, &layout, &runtime_config, &environment);
    let profile = share_profile(&config, &runtime_config);
    let (root_credentials, root) = credentials_file::read(world, &root_path, &profile);

    let mut secrets = HostSecrets {
        hybrid_private_key: from_vault.hybrid_private_key,
        ec2_private_key: from_vault.ec2_private_key,
        fingerprint: from_vault.fingerprint,
        dhmc,
        root,
        ..HostSecrets::default()
    };
    secrets.take_environment(world, env.as_ref().or_else(|| own(world)));
    let agent_log = log::read(world, &layout);
    let health = health::read(
        world,
        &health::Known {
            layout: &layout,
            installs: &installs,
            processes: &processes,
            log: &agent_log,
        },
    );
    secrets.proxies = proxies::of_agent(world, env.as_ref(), &health.units);
    let host = Host {
        os: machine::os(world, &layout),
        root: (!world.is_live_root()).then(|| world.root.to_string_lossy().into_owned()),
        arch: machine::arch(world, &installs),
        dmi: machine::dmi(world),
        container: machine::container(world),
        agent: Agent {
            version: agent_version::read(world, &layout, &installs),
            installs,
            processes,
            environment,
        },
        config,
        vault,
        runtime_config,
        dhmc_credentials,
        root_credentials,
        agent_log,
        session_under_way: session_state::read(world, &layout),
        health,
    };
    (host, secrets)
}

/// A shared credentials file, without the credentials.
#[must_use]
pub fn credentials_file_at(
    world: &World,
    path: &str,
) -> Reading<crate::observations::CredentialsFile> {
    credentials_file::read(world, path, "default").0
}

/// What may be seen of a file of variables, such as `/etc/environment`.
#[must_use]
pub fn environment_of_lines(text: &str) -> crate::observations::AgentEnvironment {
    let variable = |line: &str| {
        let line = line.trim().trim_start_matches("export ");
        let (name, value) = line.split_once('=')?;
        Some((name.to_owned(), value.trim_matches(['"', '\'']).to_owned()))
    };
    environment::observe(&text.lines().filter_map(variable).collect())
}

/// A file of the agent's log on its own, away from its host.
#[must_use]
pub fn log_alone(world: &World, path: &str) -> Reading<crate::observations::AgentLog> {
    log::alone(world, path)
}

/// Whether this process has root's rights.
#[must_use]
pub fn is_privileged() -> bool {
    rustix::process::geteuid().is_root()
}

/// The profile that a hybrid agent shares its credentials under.
fn share_profile(
    config: &Reading<crate::observations::Config>,
    runtime: &Reading<RuntimeConfig>,
) -> String {
    config
        .value()
        .map(|config| config.share_profile.as_str())
        .or_else(|| runtime.value().map(|config| config.share_profile.as_str()))
        .filter(|profile| !profile.is_empty())
        .unwrap_or("default")
        .to_owned()
}

/// Inside an ECS task the agent is started with the environment that we have, so its credentials
/// are the task's; anywhere else ours is a person's shell and stays out.
fn own(world: &World) -> Option<&Env> {
    let in_task = world.env.get("ECS_CONTAINER_METADATA_URI_V4").is_some()
        || world.env.get("ECS_CONTAINER_METADATA_URI").is_some();
    (in_task && world.is_live_root()).then_some(&world.env)
}

#[cfg(test)]
mod tests;
