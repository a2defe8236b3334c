//! The agent's log as evidence: the ends of its files, turned into typed events.
//!
//! Current and rotated `amazon-ssm-agent.log`, older errors from `errors.log`, and
//! `hibernate.log`. Costs the same for 10 GB as for 10 kB. Judges nothing.

mod entry;
mod event;
mod fragments;
mod tail;

use std::collections::BTreeSet;

use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::file;
use super::layout::Layout;
use crate::observations::{AgentLog, EventKind, LogEvent, LogLevel, LogSource, Reading};
use crate::world::World;
use event::Finding;

/// How much of the log proper is read, over all its files, in bytes.
const MAIN_LIMIT: u64 = 3 * 1024 * 1024;
/// How much of each smaller log is read, in bytes.
const SIDE_LIMIT: u64 = 512 * 1024;
/// Most files of the log proper that are opened.
const FILES: usize = 6;
/// Most events that are kept, apart from the newest of each kind.
const EVENTS: usize = 400;

const MAIN: &str = "amazon-ssm-agent.log";

/// Reads the agent's log.
pub(super) fn read(world: &World, layout: &Layout) -> Reading<AgentLog> {
    let folder = layout.logs;
    let names = match file::list(world, folder) {
        Reading::Found { value, .. } => value,
        other => return other.map(|_names| AgentLog::default()),
    };
    let (zone, zone_name) = time_zone(world);
    let mut reader = Reader::new(zone);
    reader.log.time_zone = zone_name;
    let mut left = MAIN_LIMIT;
    for path in newest_first(world, folder, &names).into_iter().take(FILES) {
        let read = reader.take(world, &path, left, LogSource::Core, None);
        left = left.saturating_sub(read);
        if left == 0 {
            break;
        }
    }
    // The errors' own log rolls more slowly: it reaches further back.
    if names.iter().any(|name| name == "errors.log") {
        let before = reader.log.first_at;
        let path = format!("{folder}/errors.log");
        reader.take(world, &path, SIDE_LIMIT, LogSource::Core, before);
    }
    if names.iter().any(|name| name == "hibernate.log") {
        let path = format!("{folder}/hibernate.log");
        reader.take(world, &path, SIDE_LIMIT, LogSource::Worker, None);
    }
    reader.finish(folder)
}

/// Reads one file of the log that was taken from its host. Its zone is not known.
pub(super) fn alone(world: &World, path: &str) -> Reading<AgentLog> {
    let mut reader = Reader::new(TimeZone::UTC);
    reader.take(world, path, MAIN_LIMIT, LogSource::Core, None);
    reader.finish(path)
}

/// The log proper and what it was rolled to, by the agent or by others, newest first.
fn newest_first(world: &World, folder: &str, names: &[String]) -> Vec<String> {
    let mut files: Vec<(bool, Option<Timestamp>, String)> = names
        .iter()
        .filter(|name| name.starts_with(MAIN))
        .map(|name| {
            let path = format!("{folder}/{name}");
            let written = file::stat(world, &path).modified_at();
            (name == MAIN, written, path)
        })
        .collect();
    files.sort_unstable_by(|one, other| other.cmp(one));
    files.into_iter().map(|(_, _, path)| path).collect()
}

/// The zone of the host's local time, which the log's times are in.
fn time_zone(world: &World) -> (TimeZone, Option<String>) {
    let path = "/etc/localtime";
    let name = match file::read_link(world, path) {
        Reading::Found { value, .. } => value
            .split_once("zoneinfo/")
            .map(|(_, name)| name.to_owned()),
        _ => None,
    };
    let reading = file::read_bytes(world, path, file::TEXT_LIMIT);
    let Some(bytes) = reading.value() else {
        // No zone file at all means UTC, to Go as to everyone.
        return (TimeZone::UTC, reading.is_absent().then(|| "UTC".to_owned()));
    };
    let name = name.unwrap_or_else(|| "local".to_owned());
    match TimeZone::tzif(&name, bytes) {
        Ok(zone) => (zone, Some(name)),
        Err(_damaged) => (TimeZone::UTC, None),
    }
}

struct Reader {
    zone: TimeZone,
    log: AgentLog,
}

impl Reader {
    fn new(zone: TimeZone) -> Self {
        Self {
            zone,
            log: AgentLog::default(),
        }
    }

    /// Takes in the end of one file and tells how many bytes that were. Entries at or after
    /// `before` are left out.
    fn take(
        &mut self,
        world: &World,
        path: &str,
        limit: u64,
        by: LogSource,
        before: Option<Timestamp>,
    ) -> u64 {
        let (file, bytes) = tail::read(world, path, limit);
        let read = file.read_bytes;
        self.log.files.push(file);
        let log = &mut self.log;
        entry::for_each(&bytes, &self.zone, |entry| {
            if before.is_some_and(|before| entry.at >= before) {
                return;
            }
            log.entries = log.entries.saturating_add(1);
            log.first_at = Some(log.first_at.map_or(entry.at, |at| at.min(entry.at)));
            log.last_at = Some(log.last_at.map_or(entry.at, |at| at.max(entry.at)));
            match event::recognise(entry) {
                Finding::Event(mut event) => {
                    if by == LogSource::Worker {
                        event.by = by;
                    }
                    log.events.push(event);
                }
                Finding::Noise => log.noise = log.noise.saturating_add(1),
                Finding::Unknown if entry.level >= LogLevel::Warn => {
                    log.unknown_errors = log.unknown_errors.saturating_add(1);
                }
                Finding::Unknown => {}
            }
        });
        thin_out(&mut self.log.events);
        read
    }

    fn finish(self, folder: &str) -> Reading<AgentLog> {
        let refused: Vec<_> = self
            .log
            .files
            .iter()
            .filter_map(|file| file.refused.as_ref())
            .collect();
        match refused.first() {
            _ if self.log.files.is_empty() => Reading::absent(folder),
            Some(why) if refused.len() == self.log.files.len() => {
                if why.as_str() == "permission denied" {
                    Reading::Forbidden {
                        source: folder.to_owned(),
                    }
                } else {
                    Reading::Unreadable {
                        source: folder.to_owned(),
                        why: (*why).clone(),
                    }
                }
            }
            _ => Reading::found(self.log, folder),
        }
    }
}

/// Puts events in order of time and drops old ones past the bound; of each kind the newest
/// stays, because the last word on a thing may be old.
fn thin_out(events: &mut Vec<LogEvent>) {
    events.sort_by_key(|event| event.at);
    let mut seen: BTreeSet<EventKind> = BTreeSet::new();
    let mut kept = 0_usize;
    let mut keep: Vec<bool> = events
        .iter()
        .rev()
        .map(|event| {
            let is_new = seen.insert(event.kind);
            kept = kept.saturating_add(1);
            is_new || kept <= EVENTS
        })
        .collect();
    events.retain(|_| keep.pop().unwrap_or(false));
}

/// Reads any bytes as a piece of a log.
#[cfg(any(test, fuzzing))]
pub(super) fn fuzz(bytes: &[u8]) {
    entry::for_each(bytes, &TimeZone::UTC, |entry| drop(event::recognise(entry)));
}

#[cfg(test)]
#[path = "tests.rs"]
mod tests;
