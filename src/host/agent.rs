//! The agent itself: where it is installed, which configuration it takes, what its processes say.
//!
//! Looks only; which installation should run, and whether it does, is judged elsewhere.

use super::environment;
use super::file;
use super::layout::Layout;
use super::process;
use crate::observations::{
    AgentEnvironment, AgentProcess, Install, InstallKind, ProcessRole, Reading,
};
use crate::world::{Env, World};

const UNIT: &str = "amazon-ssm-agent";
const SNAP_UNIT: &str = "snap.amazon-ssm-agent.amazon-ssm-agent";

/// Fixed places of the core binary, with the unit that runs it.
///
/// Source: agent `packaging/*`; Nix and Alpine packages are not built by AWS.
const PLACES: [(InstallKind, &str, &str); 7] = [
    (InstallKind::Package, "/usr/bin/amazon-ssm-agent", UNIT),
    (InstallKind::Package, "/usr/sbin/amazon-ssm-agent", UNIT),
    (
        InstallKind::Package,
        "/usr/local/bin/amazon-ssm-agent",
        UNIT,
    ),
    (
        InstallKind::Package,
        "/run/current-system/sw/bin/amazon-ssm-agent",
        UNIT,
    ),
    (
        InstallKind::Snap,
        "/snap/amazon-ssm-agent/current/amazon-ssm-agent",
        SNAP_UNIT,
    ),
    (
        InstallKind::MacPackage,
        "/opt/aws/ssm/bin/amazon-ssm-agent",
        "com.amazon.aws.ssm",
    ),
    (
        InstallKind::Container,
        "/managed-agents/execute-command/amazon-ssm-agent",
        "",
    ),
];

/// Every installation on the host.
pub(super) fn installs(world: &World, processes: &Reading<Vec<AgentProcess>>) -> Vec<Install> {
    let mut installs = Vec::new();
    let mut seen = Vec::new();
    for (kind, binary, unit) in PLACES {
        // One binary may be reached by two names (`/usr/sbin` is a link to `/usr/bin`).
        let found = file::stat(world, binary).value().copied();
        let Some(meta) = found.filter(|meta| !meta.is_folder) else {
            continue;
        };
        if !seen.contains(&meta.id) {
            seen.push(meta.id);
            installs.push(install(kind, binary, unit));
        }
    }
    // ECS on EC2 injects the agent into a folder of the container's root with a random name.
    if let Some(names) = file::list(world, "/").value() {
        for name in names
            .iter()
            .filter(|name| name.starts_with("ecs-execute-command-"))
        {
            let binary = format!("/{name}/amazon-ssm-agent");
            if file::exists(world, &binary) {
                installs.push(install(InstallKind::Container, &binary, ""));
            }
        }
    }
    if let Some(binary) = core_binary(processes)
        && !installs.iter().any(|install| is_of(install, &binary))
    {
        installs.push(install(InstallKind::Elsewhere, &binary, UNIT));
    }
    installs
}

fn install(kind: InstallKind, binary: &str, unit: &str) -> Install {
    Install {
        kind,
        binary: binary.to_owned(),
        unit: unit.to_owned(),
    }
}

/// Whether a running binary belongs to this installation. A snap runs from the folder of its
/// revision, not from `current`; NixOS from its store.
fn is_of(install: &Install, binary: &str) -> bool {
    install.binary == binary
        || (install.kind == InstallKind::Snap && binary.starts_with("/snap/amazon-ssm-agent/"))
        || (install.binary.starts_with("/run/current-system/") && binary.starts_with("/nix/store/"))
}

/// The program of the running core, also when the file was replaced meanwhile.
fn core_binary(processes: &Reading<Vec<AgentProcess>>) -> Option<String> {
    let core = processes
        .value()?
        .iter()
        .find(|process| process.role == ProcessRole::Core)?;
    let path = core.executable.as_deref()?;
    Some(path.strip_suffix(" (deleted)").unwrap_or(path).to_owned())
}

/// The configuration file that counts.
///
/// Binaries in another place than `/usr/bin` bring a `configuration` folder of their own, which
/// counts when it and the workers beside it belong to root and nobody else may write the workers.
/// Source: agent `agent/appconfig/constants_unix.go`, `init`.
pub(super) fn config_path(
    world: &World,
    layout: &Layout,
    installs: &[Install],
    processes: &Reading<Vec<AgentProcess>>,
) -> String {
    let binary = core_binary(processes).or_else(|| Some(installs.first()?.binary.clone()));
    let own = binary
        .as_deref()
        .and_then(|binary| binary.rsplit_once('/'))
        .map(|(folder, _name)| folder)
        .filter(|folder| !layout.is_mac() && *folder != "/usr/bin")
        .filter(|folder| {
            is_trusted_worker(world, &format!("{folder}/ssm-session-worker"))
                && is_trusted_worker(world, &format!("{folder}/ssm-agent-worker"))
        })
        .map(|folder| format!("{folder}/configuration"))
        .filter(|folder| is_roots(world, folder, true))
        .map(|folder| format!("{folder}/amazon-ssm-agent.json"))
        .filter(|path| is_roots(world, path, false));
    own.unwrap_or_else(|| layout.config.to_owned())
}

fn is_trusted_worker(world: &World, path: &str) -> bool {
    file::stat(world, path).value().is_some_and(|meta| {
        is_roots(world, path, false) && meta.mode & 0o511 == 0o511 && meta.mode & 0o022 == 0
    })
}

/// Whether root owns it. Below another root, that root's owner stands for root: an unpacked
/// image belongs to whoever unpacked it.
fn is_roots(world: &World, path: &str, folder: bool) -> bool {
    let owner = |path: &str| {
        file::stat(world, path)
            .value()
            .map(|meta| (meta.uid, meta.gid))
    };
    let meta = file::stat(world, path);
    let Some(meta) = meta.value().filter(|meta| meta.is_folder == folder) else {
        return false;
    };
    let found = (meta.uid, meta.gid);
    found == (0, 0) || (!world.is_live_root() && owner("/") == Some(found))
}

/// The environment of the core process; `Absent` = it does not run.
pub(super) fn environment(
    world: &World,
    processes: &Reading<Vec<AgentProcess>>,
) -> (Reading<AgentEnvironment>, Option<Env>) {
    let core = processes.clone().and_then(|all, source| {
        match all.iter().find(|process| process.role == ProcessRole::Core) {
            Some(core) => Reading::found(core.pid, source),
            None => Reading::absent(source),
        }
    });
    let reading = core.and_then(|pid, _source| process::read_environment(world, pid));
    let env = reading.value().cloned();
    (reading.map(|env| environment::observe(&env)), env)
}

#[cfg(test)]
#[path = "agent_tests.rs"]
mod tests;
