//! The agent's version, from the first source that tells it.
//!
//! Cheapest and surest first: package database, snap, audit file, log, and as a last resort the
//! binary itself, run with `-version` for at most a second on the live root.

#![expect(
    clippy::disallowed_methods,
    reason = "the one program that may be run: the agent's own `-version`"
)]

use std::io::{BufRead, BufReader, Read, Seek, SeekFrom};
use std::process::{Command, Stdio};
use std::time::Duration;

use super::file::{self, TEXT_LIMIT};
use super::layout::Layout;
use crate::observations::{AgentVersion, Install, InstallKind, Reading};
use crate::world::World;

/// Most bytes of the package database that are searched.
const DPKG_LIMIT: u64 = 64 * 1024 * 1024;
/// Longest line of it that counts.
const DPKG_LINE_LIMIT: u64 = 64 * 1024;
/// How much of the end of the log is searched.
const LOG_TAIL: u64 = 1024 * 1024;
/// Most audit files that are opened, newest first.
const AUDIT_FILES: usize = 8;
/// Longest time the binary may take to say its version.
const RUN_LIMIT: Duration = Duration::from_secs(1);

/// The version of the agent on this host, with its source.
pub(super) fn read(world: &World, layout: &Layout, installs: &[Install]) -> Reading<AgentVersion> {
    let has = |kind| installs.iter().any(|install| install.kind == kind);
    let sources: [&dyn Fn() -> Reading<AgentVersion>; 5] = [
        &|| when(has(InstallKind::Package), || from_dpkg(world)),
        &|| when(has(InstallKind::Snap), || from_snap(world)),
        &|| from_audit(world, layout),
        &|| from_log(world, layout),
        &|| from_binary(world, installs),
    ];
    let mut nothing: Option<Reading<AgentVersion>> = None;
    for source in sources {
        let reading = source();
        if reading.value().is_some() {
            return reading;
        }
        // Of several kinds of nothing, the first that something can be done about is told.
        if rank(&reading) > nothing.as_ref().map_or(0, rank) {
            nothing = Some(reading);
        }
    }
    nothing.unwrap_or_else(|| Reading::not_read("no source of a version"))
}

fn rank(nothing: &Reading<AgentVersion>) -> u8 {
    match nothing {
        Reading::NotRead { .. } => 1,
        Reading::Absent { .. } | Reading::Empty { .. } => 2,
        Reading::Unreadable { .. } | Reading::Malformed { .. } => 3,
        Reading::Forbidden { .. } => 4,
        Reading::Found { .. } => 5,
    }
}

fn when(installed: bool, read: impl FnOnce() -> Reading<AgentVersion>) -> Reading<AgentVersion> {
    if installed {
        read()
    } else {
        Reading::not_read("not installed in this way")
    }
}

/// The package database of Debian and Ubuntu.
fn from_dpkg(world: &World) -> Reading<AgentVersion> {
    let path = "/var/lib/dpkg/status";
    let file = match file::open(world, path) {
        Ok((file, _meta)) => file,
        Err(refusal) => return refusal.reading(path),
    };
    match parse_dpkg(&mut BufReader::new(file.take(DPKG_LIMIT))) {
        Ok(Some(text)) => Reading::found(text, path).parse(|text| text.parse()),
        Ok(None) => Reading::absent(path),
        Err(error) => file::Refusal::from(error).reading(path),
    }
}

/// The upstream version of `amazon-ssm-agent`, when it is installed: no epoch, no revision.
fn parse_dpkg(status: &mut impl BufRead) -> std::io::Result<Option<String>> {
    let mut ours = false;
    let mut installed = false;
    let mut version = None;
    let mut line = Vec::new();
    loop {
        line.clear();
        let length = status.take(DPKG_LINE_LIMIT).read_until(b'\n', &mut line)?;
        let text = String::from_utf8_lossy(&line);
        let text = text.trim_end();
        if text.is_empty() {
            if ours && installed && version.is_some() {
                return Ok(version);
            }
            if length == 0 {
                return Ok(None);
            }
            (ours, installed, version) = (false, false, None);
        } else if let Some(name) = text.strip_prefix("Package: ") {
            ours = name == "amazon-ssm-agent";
        } else if let Some(state) = text.strip_prefix("Status: ") {
            installed = state.ends_with(" installed");
        } else if let Some(full) = text.strip_prefix("Version: ") {
            let upstream = full.split_once(':').map_or(full, |(_epoch, rest)| rest);
            let upstream = upstream.split(['-', '~', '+']).next().unwrap_or_default();
            version = Some(upstream.to_owned());
        }
    }
}

/// The snap's own description of itself.
fn from_snap(world: &World) -> Reading<AgentVersion> {
    let path = "/snap/amazon-ssm-agent/current/meta/snap.yaml";
    file::read_text(world, path, TEXT_LIMIT).parse(|text| {
        let version = text
            .lines()
            .find_map(|line| line.strip_prefix("version:"))
            .ok_or("no `version`")?;
        version.trim().trim_matches(['"', '\'']).parse()
    })
}

/// The last start in the newest audit file that has one.
///
/// Source: line `agent_telemetry amazon-ssm-agent.start <version> <time>`, agent `core/agent.go`.
fn from_audit(world: &World, layout: &Layout) -> Reading<AgentVersion> {
    let folder = format!("{}/audits", layout.logs);
    file::list(world, &folder).and_then(|names, source| {
        names
            .iter()
            .rev()
            .filter(|name| name.starts_with("amazon-ssm-agent-audit-"))
            .take(AUDIT_FILES)
            .find_map(|name| {
                let reading = file::read_text(world, &format!("{folder}/{name}"), file::JSON_LIMIT);
                let version = parse_audit(reading.value()?)?;
                Some(reading.map(|_text| version))
            })
            .unwrap_or_else(|| Reading::absent(source))
    })
}

fn parse_audit(text: &str) -> Option<AgentVersion> {
    text.lines().rev().find_map(|line| {
        let rest = line.split_once("amazon-ssm-agent.start ")?.1;
        rest.split_ascii_whitespace().next()?.parse().ok()
    })
}

/// The line `amazon-ssm-agent - v…` of the last start that the end of the log still holds.
fn from_log(world: &World, layout: &Layout) -> Reading<AgentVersion> {
    let path = format!("{}/amazon-ssm-agent.log", layout.logs);
    let tail = file::open(world, &path).and_then(|(mut file, meta)| {
        file.seek(SeekFrom::Start(meta.size_bytes.saturating_sub(LOG_TAIL)))?;
        let mut bytes = Vec::new();
        file.take(LOG_TAIL).read_to_end(&mut bytes)?;
        Ok(bytes)
    });
    match tail {
        Err(refusal) => refusal.reading(&path),
        Ok(bytes) => match parse_log(&String::from_utf8_lossy(&bytes)) {
            Some(version) => Reading::found(version, path),
            None => Reading::absent(path),
        },
    }
}

fn parse_log(text: &str) -> Option<AgentVersion> {
    text.rsplit("amazon-ssm-agent - v")
        .take(text.matches("amazon-ssm-agent - v").count())
        .find_map(|rest| rest.split_ascii_whitespace().next()?.parse().ok())
}

/// What the binary says, when nobody but root could have written it.
fn from_binary(world: &World, installs: &[Install]) -> Reading<AgentVersion> {
    let Some(install) = installs.first() else {
        return Reading::not_read("no agent found to ask");
    };
    if !world.is_live_root() {
        return Reading::not_read("programs are never run below another root");
    }
    file::stat(world, &install.binary).and_then(|meta, source| {
        if meta.uid != 0 || meta.mode & 0o022 != 0 || meta.is_folder {
            return Reading::not_read("the binary could be written by others than root");
        }
        let source = format!("{source} -version");
        match run(world, &install.binary) {
            Ok(text) => Reading::found(text, source).parse(|text| parse_binary(&text)),
            Err(why) => Reading::Unreadable { source, why },
        }
    })
}

fn parse_binary(text: &str) -> Result<AgentVersion, String> {
    text.split_once("SSM Agent version: ")
        .and_then(|(_, rest)| rest.split_ascii_whitespace().next())
        .ok_or("it did not say its version")?
        .parse()
}

/// Runs `<binary> -version` and gives its output; it is killed when its time is up.
fn run(world: &World, binary: &str) -> Result<String, String> {
    let watch = world.clock.stopwatch();
    let mut child = Command::new(binary)
        .arg("-version")
        .env_clear()
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .map_err(|error| error.to_string())?;
    let ended = loop {
        match child.try_wait() {
            Ok(Some(_status)) => break true,
            Ok(None) if watch.elapsed() < RUN_LIMIT => {
                std::thread::sleep(Duration::from_millis(10));
            }
            Ok(None) | Err(_) => break false,
        }
    };
    if !ended {
        let killed = child.kill().and_then(|()| child.wait());
        return Err(match killed {
            Ok(_status) => format!("did not end within {} ms", RUN_LIMIT.as_millis()),
            Err(error) => error.to_string(),
        });
    }
    let mut text = String::new();
    let output = child.stdout.take().ok_or("no output")?;
    // What it left in the pipe, never more: a child of its own may still hold the other end.
    set_nonblocking(&output)?;
    let mut bytes = Vec::new();
    match output.take(TEXT_LIMIT).read_to_end(&mut bytes) {
        Ok(_) => {}
        Err(error) if error.kind() == std::io::ErrorKind::WouldBlock => {}
        Err(error) => return Err(error.to_string()),
    }
    text.push_str(&String::from_utf8_lossy(&bytes));
    Ok(text)
}

fn set_nonblocking(output: &std::process::ChildStdout) -> Result<(), String> {
    rustix::fs::fcntl_getfl(output)
        .and_then(|flags| rustix::fs::fcntl_setfl(output, flags | rustix::fs::OFlags::NONBLOCK))
        .map_err(|error| error.to_string())
}

#[cfg(test)]
#[path = "agent_version_tests.rs"]
mod tests;
