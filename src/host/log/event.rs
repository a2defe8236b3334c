//! From an entry's text to an event: kind, code, signs, subject, endpoint, wait.
//!
//! Pure. Reads the tables in `fragments.rs`; what they do not know is no event.

use std::sync::LazyLock;

use super::entry::Entry;
use super::fragments::{CODES, FRAGMENTS, Meaning, SIGNS, Subject};
use crate::finder::{Finder, Hit};
use crate::host::environment::without_user;
use crate::observations::{EventKind, LogEvent, LogLevel, Sign};

/// Longest text of an event that is kept, in characters.
const MESSAGE_LIMIT: usize = 800;
/// Longest subject that is kept, in characters.
const SUBJECT_LIMIT: usize = 120;

/// What one entry turned out to be.
pub(super) enum Finding {
    Event(LogEvent),
    Noise,
    Unknown,
}

#[derive(Clone, Copy)]
enum Found {
    Fragment(Meaning),
    Sign(Sign),
}

static FINDER: LazyLock<Finder<Found>> = LazyLock::new(|| {
    let fragments = FRAGMENTS
        .iter()
        .map(|(text, meaning)| (*text, Found::Fragment(*meaning)));
    let signs = SIGNS.iter().map(|(text, sign)| (*text, Found::Sign(*sign)));
    Finder::new(fragments.chain(signs))
});

/// Recognises an entry.
pub(super) fn recognise(entry: &Entry) -> Finding {
    let hits = FINDER.find(&entry.text);
    let known = hits.iter().find_map(fragment);
    let Some((meaning, end)) = known.or_else(|| not_written(entry, &hits)) else {
        return Finding::Unknown;
    };
    let (kind, subject) = match meaning {
        Meaning::Noise => return Finding::Noise,
        Meaning::Event(kind, subject) => (kind, subject),
    };
    let text = String::from_utf8_lossy(&entry.text);
    let rest = String::from_utf8_lossy(entry.text.get(end..).unwrap_or_default());
    let mut signs: Vec<Sign> = hits.iter().filter_map(sign).collect();
    signs.sort_unstable();
    signs.dedup();
    let event = LogEvent {
        at: entry.at,
        kind,
        by: entry.source(),
        level: entry.level,
        code: code(&text),
        signs,
        subject: subject_of(subject, &text, &rest),
        endpoint: endpoint(&text),
        wait_ms: wait_ms(kind, &text),
        message: (entry.level >= LogLevel::Warn || says_error(kind)).then(|| shorten(&text)),
    };
    match kind {
        EventKind::ProxyVariable => proxy_variable(event, &text, end, &rest),
        _ => Finding::Event(event),
    }
}

/// Of an entry that is not known otherwise, the system's own words that nothing could be written.
/// From a watcher "no space left on device" is about watches.
fn not_written(entry: &Entry, hits: &[Hit<Found>]) -> Option<(Meaning, usize)> {
    let word = hits
        .iter()
        .find(|hit| matches!(sign(hit), Some(Sign::NoSpace | Sign::ReadOnly)))?;
    let is_watch =
        sign(word) == Some(Sign::NoSpace) && entry.text.windows(5).any(|window| window == b"watch");
    let kind = if is_watch {
        EventKind::WatcherFailed
    } else {
        EventKind::NotWritten
    };
    (entry.level >= LogLevel::Warn).then_some((Meaning::Event(kind, Subject::None), word.end))
}

fn fragment(hit: &Hit<Found>) -> Option<(Meaning, usize)> {
    match hit.value {
        Found::Fragment(meaning) => Some((meaning, hit.end)),
        Found::Sign(_) => None,
    }
}

fn sign(hit: &Hit<Found>) -> Option<Sign> {
    match hit.value {
        Found::Sign(sign) => Some(sign),
        Found::Fragment(_) => None,
    }
}

/// Failures that the agent logs at INFO, or demotes to DEBUG when they repeat.
fn says_error(kind: EventKind) -> bool {
    matches!(
        kind,
        EventKind::Hibernating
            | EventKind::EcsIdentityFailed
            | EventKind::CredentialsFailed
            | EventKind::CredentialsStatus
    )
}

/// A proxy variable counts when the line is nothing else and it is set.
fn proxy_variable(mut event: LogEvent, text: &str, end: usize, rest: &str) -> Finding {
    let head = text.get(..end).unwrap_or_default();
    let name = head.trim_end_matches([':', ' ']);
    let name = name.rsplit(' ').next().unwrap_or_default();
    if rest.trim().is_empty() || !head.trim_start().starts_with(name) {
        return Finding::Noise;
    }
    event.subject = Some(name.to_owned());
    event.message = Some(shorten(&without_user(rest.trim())));
    Finding::Event(event)
}

/// The first error code, in the order of the text.
fn code(text: &str) -> Option<String> {
    text.split(|char: char| !char.is_ascii_alphanumeric())
        .find(|word| {
            CODES.contains(word) || (word.ends_with("Exception") && word.len() > "Exception".len())
        })
        .map(str::to_owned)
}

fn subject_of(subject: Subject, whole: &str, rest: &str) -> Option<String> {
    let text = match subject {
        Subject::None => return None,
        Subject::Word => rest.split_ascii_whitespace().next()?,
        Subject::Quoted => whole.split('\'').nth(1)?,
    };
    let text: String = text
        .trim_end_matches(['.', ',', ':'])
        .chars()
        .take(SUBJECT_LIMIT)
        .collect();
    Some(text).filter(|text| !text.is_empty())
}

/// The host of the first address, or of the first name look-up.
fn endpoint(text: &str) -> Option<String> {
    let after = |mark: &str| text.split_once(mark).map(|(_, rest)| rest);
    let rest = after("https://")
        .or_else(|| after("wss://"))
        .or_else(|| after("http://"))
        .or_else(|| after("lookup "))?;
    let host = rest
        .split(|char: char| char.is_ascii_whitespace() || "/\"'?#".contains(char))
        .next()?;
    let host = host.rsplit('@').next()?.trim_end_matches(':');
    let name = host.split(':').next()?;
    let looks_right = !name.is_empty()
        && name.len() < 254
        && name
            .chars()
            .all(|char| char.is_ascii_alphanumeric() || ".-_".contains(char));
    looks_right.then(|| name.to_owned())
}

/// How long the agent says it will wait.
fn wait_ms(kind: EventKind, text: &str) -> Option<u64> {
    let after = |mark: &str| text.split_once(mark).map(|(_, rest)| rest);
    let word = |rest: &str| rest.split_ascii_whitespace().next().map(str::to_owned);
    match kind {
        EventKind::CredentialsSleep => go_duration_ms(&word(after("leeping for ")?)?),
        EventKind::CredentialsRotation => scaled_ms(&word(after("will be in ")?)?, 60_000.0),
        EventKind::Ec2RegistrationSleep => scaled_ms(&word(after("leeping for ")?)?, 60_000.0),
        EventKind::HibernationBackoff => scaled_ms(&word(after("to every ")?)?, 1000.0),
        _ => None,
    }
}

/// A decimal number of units, in milliseconds; a century at most.
fn scaled_ms(text: &str, unit_ms: f64) -> Option<u64> {
    let number: f64 = text.parse().ok()?;
    let duration = std::time::Duration::try_from_secs_f64(number * unit_ms / 1000.0).ok()?;
    u64::try_from(duration.as_millis())
        .ok()
        .filter(|ms| *ms < 3_155_760_000_000)
}

/// A duration as Go prints it: `25m5s`, `1h0m0s`, `16s`, `1.5s`, `500ms`.
fn go_duration_ms(text: &str) -> Option<u64> {
    let mut total: u64 = 0;
    let mut rest = text;
    while !rest.is_empty() {
        let unit_at = rest.find(|char: char| char.is_ascii_alphabetic())?;
        let (number, tail) = rest.split_at_checked(unit_at)?;
        let (unit_ms, tail) = [
            ("ms", 1.0),
            ("h", 3_600_000.0),
            ("m", 60_000.0),
            ("s", 1000.0),
        ]
        .iter()
        .find_map(|(unit, ms)| Some((*ms, tail.strip_prefix(unit)?)))?;
        total = total.checked_add(scaled_ms(number, unit_ms)?)?;
        rest = tail;
    }
    Some(total)
}

/// One line of bounded length, without users, passwords and query strings in addresses.
fn shorten(text: &str) -> String {
    let clean: Vec<String> = text
        .split_ascii_whitespace()
        .map(|word| match word.split_once("://") {
            Some((scheme, rest)) => {
                let end = rest.find(['?', '#']).unwrap_or(rest.len());
                let (address, query) = rest.split_at_checked(end).unwrap_or((rest, ""));
                // What closes the word (a quote, a bracket) stays readable.
                let closing = query.find(['"', '\'', ')', '>']);
                let closing = closing.and_then(|at| query.get(at..)).unwrap_or_default();
                let address = address.rsplit('@').next().unwrap_or_default();
                format!("{scheme}://{address}{closing}")
            }
            None => word.to_owned(),
        })
        .collect();
    let line = clean.join(" ");
    if line.chars().count() <= MESSAGE_LIMIT {
        return line;
    }
    line.chars()
        .take(MESSAGE_LIMIT)
        .chain(std::iter::once('…'))
        .collect()
}

#[cfg(test)]
#[path = "event_tests.rs"]
mod tests;
