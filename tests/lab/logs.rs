//! The agent's logs, written anew for each run with times relative to its beginning.
//!
//! A file in `tests/scenarios/logs` holds what the agent logs with a stretch of time in place of
//! the time: `-1h25m3s INFO text`. Lines without one belong to the entry above, as in the real
//! log; empty lines and lines that begin with `#` are left out. `NAME.hibernate.log` beside
//! `NAME.log` is the worker's log of its hibernation.
//!
//! Source of the forms: recorded runs of the real agent (`tests/agent-runs`); errors go to
//! `errors.log`, too, with the place in the source before the text.

use std::path::{Path, PathBuf};

use jiff::{SignedDuration, Timestamp};

use super::cloud::Cloud;
use super::host::{AGENT_VERSION, Files};

const FOLDER: &str = "/var/log/amazon/ssm";
/// The first version that writes fractions of seconds.
const FRACTIONS: [u32; 3] = [3, 3, 808];

/// Adds the logs of a scenario to the host's files.
pub(crate) fn lay(cloud: &Cloud, files: &mut Files) {
    let Some(name) = &cloud.scenario.host.log else {
        return;
    };
    let version = cloud.scenario.host.agent_version.as_deref();
    let fractions = has_fractions(version.unwrap_or(AGENT_VERSION));
    let read = |path: &Path| {
        let text = std::fs::read_to_string(path).ok()?;
        Some(write(&text, cloud.started, fractions))
    };
    let main = path(name);
    let log = read(&main).unwrap_or_else(|| panic!("no log {}", main.display()));
    let errors = errors(&log);
    if !errors.is_empty() {
        files.insert(format!("{FOLDER}/errors.log"), Some(errors));
    }
    files.insert(format!("{FOLDER}/amazon-ssm-agent.log"), Some(log));
    if let Some(log) = read(&path(&format!("{name}.hibernate"))) {
        files.insert(format!("{FOLDER}/hibernate.log"), Some(log));
    }
}

/// The file of a log.
pub(crate) fn path(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("tests/scenarios/logs/{name}.log"))
}

fn has_fractions(version: &str) -> bool {
    let numbers = version.split('.').filter_map(|part| part.parse().ok());
    numbers.collect::<Vec<u32>>() >= FRACTIONS.to_vec()
}

/// The log as the agent would have written it.
fn write(text: &str, now: Timestamp, fractions: bool) -> String {
    let mut log = String::new();
    for line in text.lines().filter(|line| !line.starts_with('#')) {
        match line
            .split_once(' ')
            .and_then(|(word, rest)| Some((ago(word)?, rest)))
        {
            Some((ago, rest)) => {
                let form = if fractions { "%F %T.%4f" } else { "%F %T" };
                log.extend([&(now - ago).strftime(form).to_string(), " ", rest, "\n"]);
            }
            None if line.is_empty() => {}
            None => log.extend([line, "\n"]),
        }
    }
    log
}

/// `-1d2h3m4s` as a stretch of time.
fn ago(word: &str) -> Option<SignedDuration> {
    let mut seconds = 0;
    let mut number = String::new();
    for char in word.strip_prefix('-')?.chars() {
        let unit = match char {
            '0'..='9' => {
                number.push(char);
                continue;
            }
            'd' => 86_400,
            'h' => 3_600,
            'm' => 60,
            's' => 1,
            _ => return None,
        };
        seconds += number.parse::<i64>().ok()? * unit;
        number.clear();
    }
    number
        .is_empty()
        .then(|| SignedDuration::from_secs(seconds))
}

/// The entries of the log that go to the errors' own, in its form.
fn errors(log: &str) -> String {
    let mut errors = String::new();
    let mut inside = false;
    for line in log.lines() {
        let is_entry = line.starts_with("20");
        if is_entry {
            inside = line.contains(" ERROR ") || line.contains(" CRITICAL ");
        }
        if inside {
            let place = if is_entry {
                " ERROR [minLog @ credentialrefresher.go.280] "
            } else {
                ""
            };
            let line = match line.split_once(" ERROR ") {
                Some((at, text)) if is_entry => format!("{at}{place}{text}"),
                _ => line.to_owned(),
            };
            errors.extend([&line, "\n"]);
        }
    }
    errors
}
