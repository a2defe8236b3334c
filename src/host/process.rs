//! The agent's processes, from a process table below `World::root`.
//!
//! Read through the door of `host::file` and not with a library that opens files itself: under
//! `--root` the table is as untrusted as any other file. Says what runs, judges nothing.

use jiff::Timestamp;

use super::file::{self, TEXT_LIMIT};
use super::{environment, is_privileged};
use crate::observations::{AgentProcess, ProcessRole, Reading};
use crate::world::{Env, World};

/// Clock ticks in a second in `/proc/<pid>/stat`: 100 on every Linux since 2.6.
const TICKS_PER_SECOND: i64 = 100;
/// Largest environment of a process that is read, in bytes.
const ENVIRON_LIMIT: u64 = 1024 * 1024;

/// The agent's processes; `Found` and empty = certainly none runs.
pub(super) fn read(world: &World) -> Reading<Vec<AgentProcess>> {
    match process_ids(world) {
        Err(nothing) => nothing,
        Ok(pids) => {
            let boot = boot_time(world);
            let processes = pids
                .into_iter()
                .filter_map(|pid| read_one(world, pid, boot))
                .collect();
            Reading::found(processes, "/proc")
        }
    }
}

/// How many cores run in other process id namespaces: agents of containers on this host.
pub(super) fn cores_elsewhere(world: &World) -> Reading<u32> {
    match process_ids(world) {
        Err(nothing) => nothing,
        Ok(pids) => {
            let cores = pids.into_iter().filter(|pid| {
                let comm = file::read_bytes(world, &format!("/proc/{pid}/stat"), TEXT_LIMIT);
                comm.value()
                    .and_then(|bytes| parse_stat(bytes))
                    .is_some_and(|stat| {
                        role_of_comm(&stat.comm) == Some(ProcessRole::Core) && !stat.is_dead
                    })
                    && is_elsewhere(world, *pid)
            });
            Reading::found(u32::try_from(cores.count()).unwrap_or(u32::MAX), "/proc")
        }
    }
}

/// The environment of a process.
pub(super) fn read_environment(world: &World, pid: i32) -> Reading<Env> {
    let path = format!("/proc/{pid}/environ");
    match file::read_bytes(world, &path, ENVIRON_LIMIT) {
        Reading::Empty { source, .. } => Reading::found(Env::default(), source),
        reading => reading.map(|bytes| environment::parse(&bytes)),
    }
}

/// Every process id, or why the table tells nothing.
///
/// A table that is missing, or an empty `/proc` of a mounted volume, must never look like
/// "nothing runs": either a process or `/proc/stat` has to be there.
pub(super) fn process_ids<T>(world: &World) -> Result<Vec<i32>, Reading<T>> {
    if !cfg!(target_os = "linux") && world.is_live_root() {
        return Err(Reading::not_read(
            "this system has no process table in files",
        ));
    }
    let names = match file::list(world, "/proc") {
        Reading::Found { value, .. } => value,
        other => return Err(other.and_then(|_names, source| Reading::absent(source))),
    };
    let pids: Vec<i32> = names.iter().filter_map(|name| name.parse().ok()).collect();
    if pids.is_empty() && !names.iter().any(|name| name == "stat") {
        return Err(Reading::not_read(format!(
            "no process table below {}",
            world.root.display()
        )));
    }
    // With `hidepid` a plain user sees only processes of his own.
    if world.is_live_root() && !pids.contains(&1) && !is_privileged() {
        return Err(Reading::Forbidden {
            source: "/proc".to_owned(),
        });
    }
    Ok(pids)
}

/// One process, if it is one of the agent's here. What vanishes meanwhile is no longer running.
fn read_one(world: &World, pid: i32, boot: Option<Timestamp>) -> Option<AgentProcess> {
    let stat = file::read_bytes(world, &format!("/proc/{pid}/stat"), TEXT_LIMIT);
    let stat = parse_stat(stat.value()?)?;
    let role = role_of_comm(&stat.comm)?;
    if stat.is_dead || is_elsewhere(world, pid) || is_errand(world, pid) {
        return None;
    }
    let executable = match file::read_link(world, &format!("/proc/{pid}/exe")) {
        Reading::Found { value, .. } => Some(value),
        _ => None,
    };
    Some(AgentProcess {
        pid,
        role,
        executable,
        started_at: boot.and_then(|boot| after_boot(boot, stat.start_ticks)),
    })
}

/// What is needed of `/proc/<pid>/stat`.
struct Stat {
    comm: String,
    is_dead: bool,
    start_ticks: u64,
}

/// Source: `proc_pid_stat(5)`: `pid (comm) state …`, the start time is field 22. `comm` may hold
/// blanks and brackets, so the fields are counted from the last `)`.
fn parse_stat(bytes: &[u8]) -> Option<Stat> {
    let text = String::from_utf8_lossy(bytes);
    let (_pid, rest) = text.split_once('(')?;
    let (comm, rest) = rest.rsplit_once(')')?;
    let mut fields = rest.split_ascii_whitespace();
    let state = fields.next()?;
    Some(Stat {
        comm: comm.to_owned(),
        is_dead: matches!(state, "Z" | "X" | "x"),
        start_ticks: fields.nth(18)?.parse().ok()?,
    })
}

/// The kernel cuts a name to 15 characters.
fn role_of_comm(comm: &str) -> Option<ProcessRole> {
    match comm {
        "amazon-ssm-agen" => Some(ProcessRole::Core),
        "ssm-agent-worke" => Some(ProcessRole::Worker),
        "ssm-session-wor" => Some(ProcessRole::SessionWorker),
        "ssm-document-wo" => Some(ProcessRole::DocumentWorker),
        _ => None,
    }
}

/// Whether the process lives in another process id namespace: the agent of a container, seen
/// from its host, is not this host's agent.
///
/// Source: `proc_pid_status(5)`: `NSpid` lists one id for each namespace, from this one inwards.
fn is_elsewhere(world: &World, pid: i32) -> bool {
    file::read_text(world, &format!("/proc/{pid}/status"), TEXT_LIMIT)
        .value()
        .and_then(|text| text.lines().find_map(|line| line.strip_prefix("NSpid:")))
        .is_some_and(|ids| ids.split_ascii_whitespace().count() > 1)
}

/// Whether this is the agent's program on an errand (`-register`, `-version`, …), not the agent.
fn is_errand(world: &World, pid: i32) -> bool {
    file::read_bytes(world, &format!("/proc/{pid}/cmdline"), ENVIRON_LIMIT)
        .value()
        .is_some_and(|line| {
            line.split(|byte| *byte == 0).skip(1).any(|argument| {
                [b"-register".as_slice(), b"-version", b"-fingerprint", b"-y"].contains(&argument)
            })
        })
}

fn boot_time(world: &World) -> Option<Timestamp> {
    let reading = file::read_text(world, "/proc/stat", 4 * 1024 * 1024);
    let seconds = reading
        .value()?
        .lines()
        .find_map(|line| line.strip_prefix("btime "))?
        .trim()
        .parse()
        .ok()?;
    Timestamp::from_second(seconds).ok()
}

fn after_boot(boot: Timestamp, ticks: u64) -> Option<Timestamp> {
    let ticks = i64::try_from(ticks).ok()?;
    let millis = ticks.checked_mul(1000)?.checked_div(TICKS_PER_SECOND)?;
    Timestamp::from_millisecond(boot.as_millisecond().checked_add(millis)?).ok()
}

#[cfg(test)]
#[path = "process_tests.rs"]
mod tests;
